//! Ends what a restore that was cut short has begun, one way or the other, under the lock: at the
//! start of the daemon and before every run. What was only being prepared is removed; what was
//! being exchanged is settled, and clients are let in again.

use super::errand::{WayBack, way_of};
use super::ledger::{Ledger, note_all_undone};
use crate::config::Config;
use crate::domain::restoring::{Part, PartState, RestoreJournal};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::restore::{Restore, Stands};
use crate::store::{LockedStore, Store};

/// What became of one source's part.
pub struct Settled {
    pub part: Part,
    /// In words, or why it could not be settled; then it is tried again.
    pub result: Result<Saying, Trouble>,
}

/// Whether a restore was cut short and waits to be settled.
pub fn is_needed(store: &Store) -> bool {
    store.restores().journals.iter().any(RestoreJournal::is_unfinished)
}

/// # Errors
/// Where the journals themselves cannot be written.
pub fn recover(
    config: &Config,
    locked: &LockedStore,
    way_back: &WayBack,
    work: &Work,
) -> Result<Vec<Settled>, Trouble> {
    let mut all = Vec::new();
    for journal in locked.restores().journals.into_iter().filter(RestoreJournal::is_unfinished) {
        let is_undo = journal.undoes.is_some();
        let mut ledger = Ledger::of(locked, journal);
        for at in 0..ledger.journal().parts.len() {
            let part = ledger.journal().parts[at].clone();
            if !part.is_unfinished() {
                continue;
            }
            let settled = way_of(way_back, config, part.kind, &part.source)
                .and_then(|way| settle(way.as_ref(), &part, is_undo, work))
                .and_then(|(state, saying)| ledger.note(at, state).map(|()| saying))
                .map_err(|trouble| trouble.while_doing(format!("settle the restore of {}", part.source)));
            all.push(Settled { part, result: settled });
        }
        ledger.end()?;
    }
    note_all_undone(locked)?;
    Ok(all)
}

fn settle(way: &dyn Restore, part: &Part, is_undo: bool, work: &Work) -> Result<(PartState, Saying), Trouble> {
    let said = |key: &'static str| Saying::new(key).with("source", &part.source);
    work.stop.check(Stage::Recover)?;
    if part.state == PartState::Cleaning {
        way.clean(&part.exchanges, work)?;
        return Ok((PartState::Cleaned, said("restore-settled-clean")));
    }
    if part.state == PartState::Swapping && way.settle(&part.exchanges, work)? == Stands::New {
        return Ok((PartState::Swapped, said("restore-settled-new")));
    }
    // What an undo would have put in place is a kept old copy.
    if !is_undo {
        way.discard(&part.exchanges, work)?;
    }
    Ok((PartState::Discarded, said("restore-settled-old")))
}
