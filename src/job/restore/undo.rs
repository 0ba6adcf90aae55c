//! Undo: exchanges the newest restore's old copies back, and keeps what stood there since, on the
//! operator's word alone.

use super::earlier::{must_be_settled, unreadable, warn_of_unreadable};
use super::errand::{Errand, way_of};
use super::exchange::{Broken, Exchanger, Replace, Ways};
use super::ledger::Ledger;
use super::question;
use super::{ask, hook, lock, must_be_as_seen, nothing_kept};
use crate::domain::name::SourceName;
use crate::domain::report::{Outcome, RunReport};
use crate::domain::restoring::{Part, PartState, RestoreJournal, VERSION, is_safety, listed, newest_kept};
use crate::domain::saying::Saying;
use crate::domain::set::Catalog;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::{Context, Order, fail, source_failed, source_succeeded};
use crate::source::Work;
use crate::source::restore::Restore;
use crate::store::Store;
use crate::sys::stop::Stop;

pub(super) fn undo(
    context: &Context,
    store: &Store,
    order: &Order,
    errand: &Errand,
    sources: &[SourceName],
    report: &mut RunReport,
) -> Result<(), Trouble> {
    let seen = store.restores();
    let newest = newest_kept(&seen.journals, sources);
    if let Some(trouble) = unreadable("undo", &seen, newest.map(|journal| &journal.id)) {
        return Err(trouble);
    }
    warn_of_unreadable(context, &seen, report);
    let Some(newest) = newest else {
        let replaced = safety_set(&store.catalog(), sources);
        let none = nothing_kept("undo");
        return Err(Trouble { hint: replaced.or(none.hint), ..none });
    };
    let look = context.work(store.state_dir());
    let (mut parts, mut ways) = (Vec::new(), Vec::new());
    let wanted = |part: &&Part| sources.is_empty() || sources.contains(&part.source);
    for part in newest.parts.iter().filter(wanted).filter(|part| part.kept().next().is_some()) {
        let hint = || Saying::new("hint-restore-kept-unconfigured").with("source", &part.source);
        let way = way_of(&errand.way_back, &context.config, part.kind, &part.source).map_err(|e| e.hint(hint()))?;
        must_stand(way.as_ref(), part, &look)?;
        let exchanges = way.reversed(&part.exchanges, &order.id);
        let part = Part::new(part.source.clone(), part.kind, part.backup_id.clone(), exchanges);
        parts.push(Part { state: PartState::Prepared, ..part });
        ways.push(way);
    }
    let is_wanted = |part: &Part| parts.iter().any(|one| (&one.source, one.kind) == (&part.source, part.kind));
    must_be_settled(context, errand, &seen, is_wanted)?;
    let question = question::of_undo(context, newest, &parts);
    if errand.ask.only_looks() {
        errand.consent.show(&question);
        return Ok(());
    }
    ask(context, errand, &question)?;
    let locked = lock(context, store)?;
    must_be_as_seen(store, &seen)?;
    let journal = RestoreJournal {
        version: VERSION,
        id: order.id.clone(),
        started_at: order.started_at,
        undoes: Some(newest.id.clone()),
        parts: parts.clone(),
    };
    let mut ledger = Ledger::begin(&locked, journal)?;
    let work = Work { stop: Stop::new(), ..context.work(locked.restore_scratch(&order.id)?) };
    let in_place: &Replace<'_> =
        &|_, _| Err(Trouble::lasting(Stage::Swap, "undo: nothing is kept of what was replaced"));
    let mut exchanger = Exchanger::new(context, &locked, &work, in_place);
    let ways: Ways<'_> = ways.iter().map(AsRef::as_ref).collect();
    let sources = question::sources_of(&parts);
    let result = hook::around(context, &order.id, &sources, &mut exchanger, |exchanger, before| {
        match before.and_then(|()| context.stop.check(Stage::Swap)) {
            Ok(()) => exchanger.exchange(&mut ledger, &ways),
            Err(trouble) => {
                exchanger.give_up(&mut ledger, &ways);
                Err(Broken::before(&parts[0].source, trouble))
            }
        }
    });
    exchanger.end(ledger, report);
    sum_up(context, &parts, result, report);
    Ok(())
}

/// # Errors
/// Where an old copy is not there: what is gone cannot be exchanged back.
fn must_stand(way: &dyn Restore, part: &Part, work: &Work) -> Result<(), Trouble> {
    let undo = || format!("undo the restore of {}", part.source);
    let kept = way.kept(&part.exchanges, work).map_err(|trouble| trouble.while_doing(undo()))?;
    let gone: Vec<&str> = part.kept().filter(|old| !kept.iter().any(|one| one.name == *old)).collect();
    if gone.is_empty() {
        return Ok(());
    }
    let error = format!("{}: the old copy is not there: {}", undo(), listed(gone));
    Err(Trouble::lasting(Stage::Look, error).hint(Saying::new("hint-restore-gone")))
}

/// The newest set that keeps what stood before a replacement in place, as a hint.
fn safety_set(catalog: &Catalog, sources: &[SourceName]) -> Option<Saying> {
    let sets = catalog.sets.iter().rev().filter(|set| is_safety(set.label.as_deref()));
    let kept = sets.flat_map(|set| set.artifacts.iter().filter(|one| one.kind.is_data()).map(move |one| (set, one)));
    let mut kept = kept.filter(|(_, artifact)| sources.is_empty() || sources.contains(&artifact.source));
    let (set, artifact) = kept.next()?;
    Some(Saying::new("hint-restore-undo-in-place").with("set", &set.id).with("source", &artifact.source))
}

fn sum_up(context: &Context, parts: &[Part], result: Result<(), Box<Broken>>, report: &mut RunReport) {
    let Err(broken) = result else {
        report.sources.extend(parts.iter().map(|part| source_succeeded(&part.source, None)));
        return;
    };
    let Broken { trouble, stay, .. } = *broken;
    for part in parts {
        let stays = stay.iter().any(|(source, _)| *source == part.source);
        let failed = || source_failed(&part.source, &trouble, &context.words);
        report.sources.push(if stays { source_succeeded(&part.source, None) } else { failed() });
    }
    fail(report, &trouble, &context.words);
    if !stay.is_empty() {
        report.outcome = Outcome::Partial;
    }
}
