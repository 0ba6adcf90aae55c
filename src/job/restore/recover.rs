//! Ends what a restore that was cut short has begun, one way or the other, under the lock: at the
//! start of the daemon and before every run. What was only being prepared is removed; what was
//! being exchanged is settled, and clients are let in again.

use super::errand::{WayBack, way_of};
use super::ledger::{Ledger, note_all_undone};
use crate::config::Config;
use crate::domain::restoring::{Part, PartState, RestoreJournal, listed};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::restore::{Restore, Stands};
use crate::store::{LockedStore, Store};

/// What became of all that was cut short.
#[derive(Default)]
pub struct Recovered {
    pub settled: Vec<Settled>,
    /// Restores of several sources that ended between them: some new, some old.
    pub mixed: Vec<Saying>,
}

/// What became of one source's part.
pub struct Settled {
    pub part: Part,
    /// In words, or why it could not be settled; then it is tried again.
    pub result: Result<Saying, Trouble>,
    /// Where that lies which came while the data was exchanged.
    pub meanwhile: Vec<String>,
}

/// Whether a restore was cut short and waits to be settled.
pub fn is_needed(store: &Store) -> bool {
    store.restores().journals.iter().any(RestoreJournal::is_unfinished)
}

/// # Errors
/// Where the journals themselves cannot be written.
pub fn recover(config: &Config, locked: &LockedStore, way_back: &WayBack, work: &Work) -> Result<Recovered, Trouble> {
    let mut recovered = Recovered::default();
    for journal in locked.restores().journals.into_iter().filter(RestoreJournal::is_unfinished) {
        let is_undo = journal.undoes.is_some();
        let mut ledger = Ledger::of(locked, journal);
        for at in 0..ledger.journal().parts.len() {
            let part = ledger.journal().parts[at].clone();
            if !part.is_unfinished() {
                continue;
            }
            let mut meanwhile = Vec::new();
            let settled = way_of(way_back, config, part.kind, &part.source).and_then(|way| {
                let (state, saying) = settle(way.as_ref(), &part, is_undo, work)?;
                meanwhile = way.meanwhile(&part.exchanges);
                ledger.end_part(at, state).and_then(|()| ledger.note_meanwhile(at, &meanwhile)).map(|()| saying)
            });
            let result = settled.map_err(|trouble| {
                // The reason is for whoever reads it; where it cannot be noted, it is told now.
                let _unnoted = ledger.note_unsettled(at, &trouble.error);
                trouble.while_doing(format!("settle the restore of {}", part.source))
            });
            recovered.settled.push(Settled { part, result, meanwhile });
        }
        recovered.mixed.extend(mixed(ledger.journal()));
        ledger.end()?;
    }
    note_all_undone(locked)?;
    // What stays is asked for again; what was settled must be told.
    let _later = locked.sweep_restores();
    Ok(recovered)
}

/// Says of a settled restore which of its sources are new and which are old, where there are both.
fn mixed(journal: &RestoreJournal) -> Option<Saying> {
    let of = |state: PartState| {
        journal.parts.iter().filter(move |part| part.state == state).map(|part| part.source.as_str())
    };
    let (new, old) = (listed(of(PartState::Swapped)), listed(of(PartState::Discarded)));
    if journal.is_unfinished() || new.is_empty() || old.is_empty() {
        return None;
    }
    let again: Vec<String> = of(PartState::Discarded).map(|source| format!("--source {source}")).collect();
    let saying = match journal.undoes {
        None => Saying::new("restore-mixed"),
        Some(_) => Saying::new("restore-mixed-undo").with("again", again.join(" ")),
    };
    Some(saying.with("run", &journal.id).with("new", new).with("old", old))
}

fn settle(way: &dyn Restore, part: &Part, is_undo: bool, work: &Work) -> Result<(PartState, Saying), Trouble> {
    let said = |key: &'static str| Saying::new(key).with("source", &part.source);
    work.stop.check(Stage::Recover)?;
    if part.state == PartState::Cleaning {
        way.clean(&part.cleanable(), work)?;
        return Ok((PartState::Cleaned, said("restore-settled-clean")));
    }
    if let Some(in_place) = &part.in_place {
        return Ok(match (way.settle_replaced(in_place.transaction.as_deref(), work)?, &in_place.safety) {
            (Stands::Old, None) => (PartState::Discarded, said("restore-settled-old")),
            (Stands::Old, Some(set)) => (PartState::Discarded, said("restore-settled-old-safety").with("set", set)),
            (Stands::New, Some(set)) => (PartState::Swapped, said("restore-settled-in-place").with("set", set)),
            (Stands::New, None) => (PartState::Swapped, said("restore-settled-in-place-bare")),
        });
    }
    if part.state == PartState::Swapping && way.settle(&part.exchanges, work)? == Stands::New {
        return Ok((PartState::Swapped, said("restore-settled-new")));
    }
    // What an undo would have put in place is a kept old copy.
    if is_undo {
        return Ok((PartState::Discarded, said("restore-settled-undo-old")));
    }
    way.discard(&part.exchanges, work)?;
    Ok((PartState::Discarded, said("restore-settled-old")))
}
