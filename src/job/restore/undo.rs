//! Undo: exchanges the newest restore's old copies back, and keeps what stood there since. Clean:
//! removes kept old copies. Both on the operator's word alone.

use std::time::Instant;

use super::errand::{Errand, way_of};
use super::exchange::{Broken, Exchanger, Ways};
use super::ledger::Ledger;
use super::question;
use super::{ask, hook, lock, must_be_as_seen, settled};
use crate::domain::name::SourceName;
use crate::domain::progress::Event;
use crate::domain::report::{Outcome, RunReport, SourceReport};
use crate::domain::restoring::{Part, PartState, RestoreJournal, VERSION, listed, newest_kept};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::{Context, Order, fail, source_failed, warn};
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
    let seen = settled(store)?;
    let Some(newest) = newest_kept(&seen.journals, sources) else { return Err(nothing_kept("undo")) };
    let (mut parts, mut ways) = (Vec::new(), Vec::new());
    let wanted = |part: &&Part| sources.is_empty() || sources.contains(&part.source);
    for part in newest.parts.iter().filter(wanted).filter(|part| part.kept().next().is_some()) {
        let way = way_of(&errand.way_back, &context.config, part.kind, &part.source)?;
        let exchanges = way.reversed(&part.exchanges, &order.id);
        parts.push(Part { exchanges, state: PartState::Prepared, ..part.clone() });
        ways.push(way);
    }
    ask(context, errand, &question::of_undo(context, newest, &parts))?;
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
    let mut exchanger = Exchanger { context, store: &locked, work: &work, unnoted: Vec::new() };
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
    exchanger.unnoted.extend(ledger.end().and_then(|()| locked.sweep_restores()).err().map(|trouble| trouble.error));
    for error in exchanger.unnoted {
        warn(
            report,
            "restore_unsettled",
            context.words.say(&Saying::new("warning-restore-unsettled").with("error", error)),
        );
    }
    sum_up(context, &parts, result, report);
    Ok(())
}

fn sum_up(context: &Context, parts: &[Part], result: Result<(), Box<Broken>>, report: &mut RunReport) {
    let Err(broken) = result else {
        report.sources.extend(parts.iter().map(|part| done(&part.source, None)));
        return;
    };
    let Broken { trouble, stay, .. } = *broken;
    for part in parts {
        let stays = stay.iter().any(|(source, _)| *source == part.source);
        let failed = || source_failed(&part.source, &trouble, &context.words);
        report.sources.push(if stays { done(&part.source, None) } else { failed() });
    }
    fail(report, &trouble, &context.words);
    if !stay.is_empty() {
        report.outcome = Outcome::Partial;
    }
}

pub(super) fn clean(
    context: &Context,
    store: &Store,
    order: &Order,
    errand: &Errand,
    report: &mut RunReport,
) -> Result<(), Trouble> {
    let seen = settled(store)?;
    let kept: Vec<RestoreJournal> = seen.journals.iter().filter(|journal| journal.keeps()).cloned().collect();
    if kept.is_empty() {
        return Err(nothing_kept("clean"));
    }
    ask(context, errand, &question::of_clean(context, &kept))?;
    let locked = lock(context, store)?;
    must_be_as_seen(store, &seen)?;
    let work = context.work(locked.restore_scratch(&order.id)?);
    for journal in kept {
        let mut ledger = Ledger::of(&locked, journal);
        for at in 0..ledger.journal().parts.len() {
            let part = ledger.journal().parts[at].clone();
            if part.kept().next().is_none() {
                continue;
            }
            context.stop.check(Stage::Clean)?;
            // Noted before the first file goes: half a copy is never offered as the way back.
            let cleaned = way_of(&errand.way_back, &context.config, part.kind, &part.source)
                .and_then(|way| ledger.note(at, PartState::Cleaning).map(|()| way))
                .and_then(|way| clean_one(context, way.as_ref(), &part, &work))
                .and_then(|bytes| ledger.note(at, PartState::Cleaned).map(|()| bytes));
            report.sources.push(match cleaned {
                Ok(bytes) => done(&part.source, bytes),
                Err(trouble) => source_failed(&part.source, &trouble, &context.words),
            });
        }
        ledger.end()?;
    }
    locked.sweep_restores()?;
    report.outcome = match report.sources.iter().filter(|source| source.outcome != Outcome::Succeeded).count() {
        0 => Outcome::Succeeded,
        failed if failed == report.sources.len() => Outcome::Failed,
        _ => Outcome::Partial,
    };
    Ok(())
}

fn clean_one(context: &Context, way: &dyn Restore, part: &Part, work: &Work) -> Result<Option<u64>, Trouble> {
    let began = Instant::now();
    let bytes = way.clean(&part.exchanges, work)?;
    context.progress.event(Event::Stepped {
        source: Some(part.source.clone()),
        what: format!("removed {}", listed(part.kept())),
        bytes,
        seconds: began.elapsed().as_secs_f64(),
    });
    Ok(bytes)
}

fn nothing_kept(what: &str) -> Trouble {
    let error = format!("{what}: no restore has kept an old copy");
    Trouble::lasting(Stage::Look, error).hint(Saying::new("hint-restore-nothing-kept"))
}

fn done(source: &SourceName, bytes: Option<u64>) -> SourceReport {
    SourceReport {
        source: source.clone(),
        outcome: Outcome::Succeeded,
        stage: None,
        error: None,
        hint: None,
        bytes,
        lasting: false,
    }
}
