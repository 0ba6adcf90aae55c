//! Putting back: find, verify, look, ask; and only then, under the lock, bring the new data beside
//! the old and exchange the two. Until the exchange the old data is not touched.

use std::time::Instant;

use super::earlier::{must_be_settled_at, must_be_settled_for, warn_of_unreadable};
use super::errand::{Errand, PutBack};
use super::exchange::{Broken, Exchanger, Replace, Ways};
use super::find::{Chosen, find};
use super::ledger::Ledger;
use super::looked::{Look, Looked, look, with_bytes};
use super::question;
use super::refusals::refused;
use super::verify::{Verified, verify};
use super::{ask, hook, lock, must_be_as_seen, safety};
use crate::domain::artifact::Kind;
use crate::domain::id::BackupId;
use crate::domain::progress::Event;
use crate::domain::report::{Outcome, RunReport, SourceReport, Warning};
use crate::domain::restoring::{InPlace, Part, PartState, RestoreJournal, VERSION, listed};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::{Context, Order, fail, source_failed, source_succeeded, warn};
use crate::source::Work;
use crate::source::restore::To;
use crate::store::{LockedStore, Store};
use crate::sys::fault;
use crate::sys::lock::FileLock;
use crate::sys::stop::Stop;

pub(super) fn run(
    context: &Context,
    store: &Store,
    order: &Order,
    errand: &Errand,
    wish: &PutBack,
    report: &mut RunReport,
) -> Result<(), Trouble> {
    let seen = store.restores();
    warn_of_unreadable(context, &seen, report);
    context.progress.event(Event::Stage { source: None, stage: "find", expected_bytes: None });
    let chosen = find(context, store, errand, wish)?;
    must_be_settled_for(context, errand, &seen, wish, &chosen)?;
    let _held_against_removal = hold(store, &chosen)?;
    report.backup_id = only_set(&chosen);
    warn_of_noes(context, &chosen, report);
    let work = context.work(store.state_dir());
    let verified: Result<Vec<Verified>, Trouble> =
        chosen.into_iter().map(|one| verify(context, store, &work, one)).collect();
    let verified = verified?;
    let targets = targets(wish, &verified);
    let both = verified.into_iter().zip(targets);
    let parts: Result<Vec<Looked>, Trouble> =
        both.map(|(one, to)| look(&Look { context, store, order, errand, wish, work: &work }, one, to)).collect();
    let mut parts = parts?;
    for part in &parts {
        must_be_settled_at(context, errand, &seen, part.chosen().kind, &part.prospect.exchanges)?;
    }
    // One that fails in its place undoes itself; what was exchanged before it is exchanged back.
    parts.sort_by_key(|part| part.prospect.in_place);
    let question = question::of_put_back(context, wish, &parts);
    if wish.dry_run {
        errand.consent.show(&question);
        // What is shown is what would be; what would be refused all the same is said after it.
        return parts.into_iter().find_map(|part| part.refusal).map_or(Ok(()), Err);
    }
    if parts.iter().all(Looked::fills_a_folder) {
        errand.consent.show(&question);
        fill(context, store, &parts, report);
        return Ok(());
    }
    ask(context, errand, &question)?;
    let locked = lock(context, store)?;
    must_be_as_seen(store, &seen)?;
    carry_out(&Carry { context, store: &locked, order, errand, wish }, &parts, report)
}

/// Holds the sets against removal for as long as they are read.
fn hold(store: &Store, chosen: &[Chosen]) -> Result<Vec<FileLock>, Trouble> {
    let mut ids: Vec<&BackupId> = chosen.iter().filter_map(Chosen::id).collect();
    ids.dedup();
    let held = ids.into_iter().map(|id| match store.read_lock(id) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => Err(refused(format!("read set {id}: it is being removed"), Saying::new("hint-no-such-set"))),
        Err(error) => Err(fault::trouble(Stage::Verify, &error).while_doing(format!("read set {id}"))),
    });
    held.collect()
}

/// What drills have said against the choice stands in the log, whoever reads the question.
fn warn_of_noes(context: &Context, chosen: &[Chosen], report: &mut RunReport) {
    let noes = chosen.iter().flat_map(|one| one.noes.iter().map(move |no| (one, no)));
    report.warnings.extend(noes.map(|(one, no)| Warning {
        code: "drill_refuted".to_owned(),
        source: Some(one.source.clone()),
        text: context.words.say(no),
    }));
}

fn only_set(chosen: &[Chosen]) -> Option<BackupId> {
    let first = chosen.first()?.id()?;
    chosen.iter().all(|one| one.id() == Some(first)).then(|| first.clone())
}

/// Where each goes: several that go into a folder have each one of its own there.
fn targets(wish: &PutBack, verified: &[Verified]) -> Vec<To> {
    let into_folders = verified.iter().filter(|one| one.chosen.kind != Kind::Postgres).count();
    let target = |one: &Verified| match (&wish.to_db, &wish.to_dir) {
        (Some(name), _) if one.chosen.kind == Kind::Postgres => To::Database(name.clone()),
        (_, Some(dir)) if into_folders > 1 => To::Folder(dir.join(one.chosen.source.as_str())),
        (_, Some(dir)) => To::Folder(dir.clone()),
        _ => To::Home,
    };
    verified.iter().map(target).collect()
}

/// What the steps under the lock are taken with.
struct Carry<'a> {
    context: &'a Context,
    store: &'a LockedStore,
    order: &'a Order,
    errand: &'a Errand,
    wish: &'a PutBack,
}

fn carry_out(with: &Carry<'_>, parts: &[Looked], report: &mut RunReport) -> Result<(), Trouble> {
    let Carry { context, store: locked, order, .. } = *with;
    let journal = RestoreJournal {
        version: VERSION,
        id: order.id.clone(),
        started_at: order.started_at,
        undoes: None,
        parts: parts.iter().map(part_of).collect(),
    };
    // Nothing was begun as long as it could not be written down.
    let refused = |trouble: Trouble| {
        if trouble.stage == Stage::Space { trouble } else { Trouble { stage: Stage::Look, ..trouble } }
    };
    let work = context.work(locked.restore_scratch(&order.id).map_err(refused)?);
    let mut ledger = Ledger::begin(locked, journal).map_err(refused)?;
    // What is begun is ended, and what is given up is cleared away, whoever asks to stop.
    let unstopped = Work { stop: Stop::new(), ..work.clone() };
    let ways: Ways<'_> = parts.iter().map(|part| part.way.as_ref()).collect();
    let in_place: &Replace<'_> = &|at, begun| {
        let part = &parts[at];
        with_bytes(context, locked, &part.verified, |bytes| part.way.replace(bytes, &part.wish, begun, &work))
            .map_err(|trouble| trouble.while_doing(format!("restore {}", part.chosen().source)))
    };
    let mut exchanger = Exchanger::new(context, locked, &unstopped, in_place);
    let result = match prepare_all(context, locked, parts, &mut ledger, &work) {
        Ok(()) => exchange(with, parts, &mut exchanger, &mut ledger, &ways),
        Err(broken) => {
            exchanger.give_up(&mut ledger, &ways);
            Err(broken)
        }
    };
    let safety = safety_sets(ledger.journal());
    exchanger.end(ledger, report);
    for saying in safety {
        warn(report, "restore_in_place", context.words.say(&saying));
    }
    sum_up(context, parts, result, report);
    Ok(())
}

/// Fills folders that the operator named. Nothing live gives way and nothing of the store is written:
/// it needs neither lock nor journal, and works where the store cannot be written any more.
fn fill(context: &Context, store: &Store, parts: &[Looked], report: &mut RunReport) {
    let work = context.work(store.state_dir());
    let filled = parts.iter().try_for_each(|part| {
        prepare(context, store, part, &work).map_err(|trouble| Broken::before(&part.chosen().source, trouble))
    });
    sum_up(context, parts, filled, report);
}

/// The sets that keep what stood before: the way back of what was replaced, and otherwise in nobody's
/// need.
fn safety_sets(journal: &RestoreJournal) -> Vec<Saying> {
    let of_part = |part: &Part| {
        let set = part.in_place.as_ref()?.safety.as_ref()?;
        let key = if part.state == PartState::Swapped { "restore-way-back" } else { "restore-safety-left" };
        Some(Saying::new(key).with("source", &part.source).with("set", set))
    };
    journal.parts.iter().filter_map(of_part).collect()
}

fn part_of(part: &Looked) -> Part {
    let (chosen, prospect) = (part.chosen(), &part.prospect);
    let in_place = prospect.in_place.then(InPlace::default);
    let made = Part::new(chosen.source.clone(), chosen.kind, chosen.id().cloned(), prospect.exchanges.clone());
    Part { in_place, ..made }
}

fn prepare_all(
    context: &Context,
    store: &Store,
    parts: &[Looked],
    ledger: &mut Ledger,
    work: &Work,
) -> Result<(), Box<Broken>> {
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| !part.prospect.in_place) {
        prepare(context, store, part, work)
            .and_then(|()| ledger.note(at, PartState::Prepared))
            .map_err(|trouble| Broken::before(&part.chosen().source, trouble))?;
    }
    Ok(())
}

/// Brings one source's data beside the old, digesting its bytes again on the way.
fn prepare(context: &Context, store: &Store, part: &Looked, work: &Work) -> Result<(), Trouble> {
    context.stop.check(Stage::Load)?;
    let (began, chosen) = (Instant::now(), part.chosen());
    let stage =
        Event::Stage { source: Some(chosen.source.clone()), stage: "load", expected_bytes: part.verified.raw_bytes };
    context.progress.event(stage);
    let loaded = load(context, store, part, work);
    context.progress.event(Event::StageEnded { source: chosen.source.clone() });
    // A source that was stopped says so in words of its own.
    loaded.map_err(|trouble| match context.stop.reason() {
        Some(reason) => Trouble::stopped(Stage::Load, reason),
        None => trouble.while_doing(format!("restore {}", chosen.source)),
    })?;
    context.progress.event(Event::Stepped {
        source: Some(chosen.source.clone()),
        what: "loaded beside what stands there".to_owned(),
        bytes: part.verified.raw_bytes,
        seconds: began.elapsed().as_secs_f64(),
    });
    context.stop.check(Stage::Load)
}

fn load(context: &Context, store: &Store, part: &Looked, work: &Work) -> Result<(), Trouble> {
    with_bytes(context, store, &part.verified, |bytes| {
        part.way.prepare(&part.prospect.exchanges, bytes, &part.wish, work)
    })
}

/// Between the hooks, where something live gives way. The hook has stopped the application before a
/// safety backup is taken, so that its last write is in it.
fn exchange(
    with: &Carry<'_>,
    parts: &[Looked],
    exchanger: &mut Exchanger<'_>,
    ledger: &mut Ledger,
    ways: &Ways<'_>,
) -> Result<(), Box<Broken>> {
    let Carry { context, order, .. } = *with;
    let replaced: Vec<_> =
        parts.iter().filter(|part| part.replaces()).map(|part| part.chosen().source.clone()).collect();
    let Some(last) = parts.last() else { return Ok(()) };
    hook::around(context, &order.id, &replaced, exchanger, |exchanger, before| {
        // The last instant at which nothing has happened yet.
        let ready = before.and_then(|()| back_up(with, parts, ledger)).and_then(|()| context.stop.check(Stage::Swap));
        match ready {
            Ok(()) => exchanger.exchange(ledger, ways),
            Err(trouble) => {
                exchanger.give_up(ledger, ways);
                Err(Broken::before(&last.chosen().source, trouble))
            }
        }
    })
}

/// Takes a safety backup of everything that is replaced in place.
fn back_up(with: &Carry<'_>, parts: &[Looked], ledger: &mut Ledger) -> Result<(), Trouble> {
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| part.prospect.in_place && !with.wish.no_safety_backup)
    {
        let began = Instant::now();
        let source = &part.chosen().source;
        let set = safety::take(with.context, with.store, with.order, with.errand, source)?;
        ledger.note_in_place(at, InPlace { safety: Some(set.clone()), transaction: None })?;
        with.context.progress.event(Event::Stepped {
            source: Some(source.clone()),
            what: format!("kept what stands there as set {set}"),
            bytes: None,
            seconds: began.elapsed().as_secs_f64(),
        });
    }
    Ok(())
}

/// How each source fared.
fn sum_up(context: &Context, parts: &[Looked], result: Result<(), Box<Broken>>, report: &mut RunReport) {
    let Err(broken) = result else {
        report.sources.extend(parts.iter().map(succeeded));
        return;
    };
    let Broken { source, trouble, stay, aside } = *broken;
    for part in parts {
        let name = &part.chosen().source;
        if let Some((_, why)) = stay.iter().find(|(stays, _)| stays == name) {
            let saying = Saying::new("warning-restore-stays").with("source", name).with("error", &why.error);
            warn(report, "restore_stays", context.words.say(&saying));
            report.sources.push(succeeded(part));
        } else if *name == source || trouble.stopped.is_some() {
            report.sources.push(source_failed(name, &trouble, &context.words));
        } else {
            let skipped =
                Trouble { hint: None, ..trouble.clone() }.while_doing(format!("not restored, for {source} was not"));
            report.sources.push(source_failed(name, &skipped, &context.words));
        }
    }
    warn_of_aside(context, &aside, report);
    fail(report, &trouble, &context.words);
    if !stay.is_empty() {
        report.outcome = Outcome::Partial;
    }
}

/// What an exchange back has kept is named, with the command that removes it.
pub(super) fn warn_of_aside(context: &Context, aside: &[String], report: &mut RunReport) {
    if !aside.is_empty() {
        let saying = Saying::new("warning-restore-aside").with("names", listed(aside.iter().map(String::as_str)));
        warn(report, "restore_aside", context.words.say(&saying));
    }
}

fn succeeded(part: &Looked) -> SourceReport {
    source_succeeded(&part.chosen().source, Some(part.verified.imprint.size_bytes))
}
