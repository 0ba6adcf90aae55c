//! What keeps two runs out of each other's way, by job.

use super::Request;
use crate::domain::report::Job;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::store::{DrillTurn, LockedStore, Store, VerifyTurn};
use crate::sys::stop::Stop;

/// What a run holds while it works: whatever writes the store holds all of it; a verify and a drill,
/// which may take hours and keep no backup waiting, only their turn.
pub(super) enum Held {
    Store(LockedStore),
    ToVerify(VerifyTurn),
    ToDrill(DrillTurn),
}

impl Held {
    /// `None`: another run has it still, or this one was asked to end.
    pub(super) fn take(store: &Store, request: &Request, stop: &Stop) -> Result<Option<Self>, Trouble> {
        Ok(match request.job {
            Job::Verify => store.verify_turn(request.lock_wait, stop)?.map(Held::ToVerify),
            Job::Drill => store.drill_turn(request.lock_wait, stop)?.map(Held::ToDrill),
            Job::Backup | Job::Prune | Job::Restore => store.lock(request.lock_wait, stop)?.map(Held::Store),
        })
    }

    /// Why it could not be taken: another run of ours has it.
    pub(super) fn by_another(job: Job) -> Trouble {
        let (error, hint) = match job {
            Job::Verify => ("another verify is at work on the store", "hint-verify-held"),
            Job::Drill => ("another drill is at work on the store", "hint-drill-held"),
            _ => ("another run holds the store", "hint-lock-held"),
        };
        Trouble::passing(Stage::Lock, error).hint(Saying::new(hint))
    }

    /// The store that a restore may ask for; a verify and a drill are in nobody's way.
    pub(super) fn makes_way(&self) -> Option<&Store> {
        match self {
            Held::Store(locked) => Some(locked),
            Held::ToVerify(_) | Held::ToDrill(_) => None,
        }
    }
}
