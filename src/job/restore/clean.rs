//! Clean: removes kept old copies, on the operator's word alone. What is gone already is only
//! forgotten; what can be neither settled nor removed is given up where its source is named.
//!
//! Never: removes what it has not named before; forgets anything that may stand without saying
//! where.

use std::time::Instant;

use super::earlier::{unreadable, unsettled_trouble, warn_of_unreadable, why_unsettled};
use super::errand::{Errand, way_of};
use super::ledger::Ledger;
use super::{ask, lock, must_be_as_seen, question};
use crate::domain::name::SourceName;
use crate::domain::progress::Event;
use crate::domain::report::{Outcome, RunReport};
use crate::domain::restoring::{Part, PartState, RestoreJournal, listed};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::{Context, Order, source_failed, source_succeeded, warn};
use crate::source::Work;
use crate::source::restore::{Kept, Restore};
use crate::store::{Restores, Store};

/// One part of an earlier restore, and what is to become of it.
pub(super) struct Item<'a> {
    pub(super) journal: &'a RestoreJournal,
    at: usize,
    pub(super) part: &'a Part,
    pub(super) fate: Fate,
}

pub(super) enum Fate {
    /// What is kept of it is removed.
    Removed { way: Box<dyn Restore>, kept: Vec<Kept> },
    /// Nothing of it stands here any more.
    Gone,
    /// It is given up, for this reason; what it may have left is not touched.
    GivenUp { why: String },
    /// It stays as it is, for this reason.
    Stays(Trouble),
}

pub(super) fn clean(
    context: &Context,
    store: &Store,
    order: &Order,
    errand: &Errand,
    sources: &[SourceName],
    report: &mut RunReport,
) -> Result<(), Trouble> {
    let seen = store.restores();
    let items = look(context, store, errand, &seen, sources);
    warn_of_unreadable(context, &seen, report);
    must_be_of_use(&items, &seen)?;
    let question = question::of_clean(context, &items, &seen);
    if errand.ask.only_looks() {
        errand.consent.show(&question);
        return Ok(());
    }
    ask(context, errand, &question)?;
    let locked = lock(context, store)?;
    must_be_as_seen(store, &seen)?;
    let work = context.work(locked.restore_scratch(&order.id)?);
    for journal in &seen.journals {
        let mut ledger = Ledger::of(&locked, journal.clone());
        let ours: Vec<&Item<'_>> = items.iter().filter(|item| item.journal.id == journal.id).collect();
        for item in &ours {
            context.stop.check(Stage::Clean)?;
            let source = &item.part.source;
            report.sources.push(match carry_out(context, item, &mut ledger, &work) {
                Ok(bytes) => source_succeeded(source, bytes),
                Err(trouble) => source_failed(source, &trouble, &context.words),
            });
            if !matches!(item.fate, Fate::Removed { .. }) {
                warn(report, "restore_clean", context.words.say(&question::of_item(context, item)));
            }
        }
        if !ours.is_empty() {
            ledger.end()?;
        }
    }
    locked.sweep_restores()?;
    report.outcome = match report.sources.iter().filter(|source| source.outcome != Outcome::Succeeded).count() {
        0 => Outcome::Succeeded,
        failed if failed == report.sources.len() => Outcome::Failed,
        _ => Outcome::Partial,
    };
    Ok(())
}

/// What is to become of each part that keeps something or was never ended.
fn look<'a>(
    context: &Context,
    store: &Store,
    errand: &Errand,
    seen: &'a Restores,
    sources: &[SourceName],
) -> Vec<Item<'a>> {
    let work = context.work(store.state_dir());
    let mut items = Vec::new();
    for journal in &seen.journals {
        let is_meant = |part: &Part| sources.is_empty() || sources.contains(&part.source);
        for (at, part) in journal.parts.iter().enumerate().filter(|(_, part)| is_meant(part)) {
            let fate = if part.is_unfinished() {
                of_unsettled(context, errand, journal, part, !sources.is_empty())
            } else if part.cleanable().is_empty() {
                continue;
            } else {
                of_kept(context, errand, part, !sources.is_empty(), &work)
            };
            items.push(Item { journal, at, part, fate });
        }
    }
    items
}

/// What could not be settled before this run began stays, unless its source is named.
fn of_unsettled(context: &Context, errand: &Errand, journal: &RestoreJournal, part: &Part, is_named: bool) -> Fate {
    let trouble = || unsettled_trouble(context, errand, journal, part);
    if is_named {
        let why = why_unsettled(context, errand, part);
        return why.map_or_else(|| Fate::Stays(trouble()), |why| Fate::GivenUp { why });
    }
    Fate::Stays(trouble())
}

fn of_kept(context: &Context, errand: &Errand, part: &Part, is_named: bool, work: &Work) -> Fate {
    let way = match way_of(&errand.way_back, &context.config, part.kind, &part.source) {
        Ok(way) => way,
        Err(trouble) if is_named => return Fate::GivenUp { why: trouble.error },
        Err(trouble) => {
            let hint = Saying::new("hint-restore-kept-unconfigured").with("source", &part.source);
            return Fate::Stays(trouble.hint(hint));
        }
    };
    match way.kept(&part.cleanable(), work) {
        Ok(kept) if kept.is_empty() => Fate::Gone,
        Ok(kept) => Fate::Removed { way, kept },
        Err(trouble) => Fate::Stays(trouble.while_doing(format!("look at what is kept of {}", part.source))),
    }
}

/// # Errors
/// Where there is nothing that could be done.
fn must_be_of_use(items: &[Item<'_>], seen: &Restores) -> Result<(), Trouble> {
    let mut stay = Vec::new();
    for item in items {
        let Fate::Stays(trouble) = &item.fate else { return Ok(()) };
        stay.push(trouble);
    }
    Err(match stay.first() {
        Some(trouble) => Trouble { stage: Stage::Look, ..(*trouble).clone() }.while_doing("clean"),
        None => unreadable("clean", seen, None).unwrap_or_else(|| super::nothing_kept("clean")),
    })
}

fn carry_out(context: &Context, item: &Item<'_>, ledger: &mut Ledger, work: &Work) -> Result<Option<u64>, Trouble> {
    match &item.fate {
        Fate::Removed { way, kept } => {
            // Noted before the first file goes: half a copy is never offered as the way back.
            ledger.note(item.at, PartState::Cleaning)?;
            let bytes = remove(context, item.part, way.as_ref(), kept, work)?;
            ledger.end_part(item.at, PartState::Cleaned)?;
            Ok(bytes)
        }
        Fate::Gone => ledger.end_part(item.at, PartState::Cleaned).map(|()| None),
        Fate::GivenUp { .. } => ledger.end_part(item.at, PartState::GivenUp).map(|()| None),
        Fate::Stays(trouble) => Err(trouble.clone()),
    }
}

fn remove(
    context: &Context,
    part: &Part,
    way: &dyn Restore,
    kept: &[Kept],
    work: &Work,
) -> Result<Option<u64>, Trouble> {
    let began = Instant::now();
    let bytes = way.clean(&part.cleanable(), work)?;
    context.progress.event(Event::Stepped {
        source: Some(part.source.clone()),
        what: format!("removed {}", listed(kept.iter().map(|one| one.name.as_str()))),
        bytes,
        seconds: began.elapsed().as_secs_f64(),
    });
    Ok(bytes)
}
