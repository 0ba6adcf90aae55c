//! What earlier restores have left that stands in the way of this one: one of the same source
//! that was cut short and is not settled, or a journal that nobody can read.
//!
//! Never: lets one source's trouble stop the restore of another.

use std::collections::BTreeSet;

use super::errand::{Errand, PutBack, way_of};
use super::find::Chosen;
use crate::domain::artifact::Kind;
use crate::domain::id::BackupId;
use crate::domain::report::RunReport;
use crate::domain::restoring::{Exchange, Part, RestoreJournal};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::{Context, warn};
use crate::store::{Restores, Unreadable};

/// # Errors
/// Where a restore of one of these sources was cut short and is not settled, and this one would
/// touch what is live.
pub(super) fn must_be_settled_for(
    context: &Context,
    errand: &Errand,
    seen: &Restores,
    wish: &PutBack,
    chosen: &[Chosen],
) -> Result<(), Trouble> {
    if wish.to_db.is_some() || wish.to_dir.is_some() {
        return Ok(());
    }
    let is_chosen = |part: &Part| chosen.iter().any(|one| (&one.source, one.kind) == (&part.source, part.kind));
    must_be_settled(context, errand, seen, is_chosen)
}

/// # Errors
/// The same, where that source bears another name now: what is live is what counts.
pub(super) fn must_be_settled_at(
    context: &Context,
    errand: &Errand,
    seen: &Restores,
    kind: Kind,
    exchanges: &[Exchange],
) -> Result<(), Trouble> {
    let lives: BTreeSet<&str> = exchanges.iter().map(|exchange| exchange.live.as_str()).collect();
    let is_there = |part: &Part| part.exchanges.iter().any(|exchange| lives.contains(exchange.live.as_str()));
    must_be_settled(context, errand, seen, |part| part.kind == kind && is_there(part))
}

/// # Errors
/// Where a restore was cut short in one of the parts that concern the caller.
pub(super) fn must_be_settled(
    context: &Context,
    errand: &Errand,
    seen: &Restores,
    concerns: impl Fn(&Part) -> bool,
) -> Result<(), Trouble> {
    let parts = seen.journals.iter().flat_map(|journal| journal.parts.iter().map(move |part| (journal, part)));
    let unsettled = parts.into_iter().find(|(_, part)| part.is_cut_short() && concerns(part));
    unsettled.map_or(Ok(()), |(journal, part)| Err(unsettled_trouble(context, errand, journal, part)))
}

/// Which restore of which source is not settled, why, and what to do.
pub(super) fn unsettled_trouble(context: &Context, errand: &Errand, journal: &RestoreJournal, part: &Part) -> Trouble {
    let why = why_unsettled(context, errand, part).map(|why| format!(": {why}")).unwrap_or_default();
    let error =
        format!("restore {}: the restore {} of it was cut short and is not settled{why}", part.source, journal.id);
    let is_configured = way_of(&errand.way_back, &context.config, part.kind, &part.source).is_ok();
    let hint = if is_configured { "hint-restore-unsettled" } else { "hint-restore-unsettled-unconfigured" };
    Trouble::passing(Stage::Look, error).hint(Saying::new(hint).with("source", &part.source))
}

/// Why a part could not be settled, where that is known.
pub(super) fn why_unsettled(context: &Context, errand: &Errand, part: &Part) -> Option<String> {
    let way = way_of(&errand.way_back, &context.config, part.kind, &part.source);
    way.err().map(|trouble| trouble.error).or_else(|| part.unsettled.clone())
}

/// The newest journal that cannot be read and may be of a restore after `run`, in the words of
/// `doing`, which cannot go on without knowing.
pub(super) fn unreadable(doing: &str, seen: &Restores, run: Option<&BackupId>) -> Option<Trouble> {
    let may_be_later = |one: &&Unreadable| one.run.as_ref().is_none_or(|id| run.is_none_or(|run| id > run));
    let one = seen.unreadable.iter().rev().find(may_be_later)?;
    let error = format!("{doing}: what an earlier restore has kept cannot be told: {}", one.error);
    Some(Trouble::lasting(Stage::Look, error).hint(Saying::new("hint-restore-journal").with("run", named(one))))
}

/// Names in a report the journals that cannot be read, where the run goes on all the same.
pub(super) fn warn_of_unreadable(context: &Context, seen: &Restores, report: &mut RunReport) {
    for one in &seen.unreadable {
        let saying = Saying::new("warning-restore-journal").with("error", &one.error).with("run", named(one));
        warn(report, "restore_journal", context.words.say(&saying));
    }
}

fn named(one: &Unreadable) -> &str {
    one.run.as_ref().map_or("YYYYMMDD_HHMMSS", BackupId::as_str)
}
