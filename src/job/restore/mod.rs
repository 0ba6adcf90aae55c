//! The restore: brings data back so that at every moment either the old data or the new stands
//! whole, and the way back is one command.
//!
//! Given: an errand, a store that is not locked yet, somebody to ask. Returns: a run report.
//! Never: touches anything live before it was asked; removes an old copy unasked.

mod aside;
mod clean;
mod contradictions;
mod earlier;
mod errand;
mod exchange;
mod find;
mod hook;
mod ledger;
mod looked;
mod put_back;
mod question;
mod recover;
mod refusals;
mod safety;
mod stored;
mod undo;
mod verify;

use std::time::Duration;

pub use errand::{Answer, Ask, Consent, Errand, GivenFile, PutBack, Question, Role, WayBack, What};
pub use exchange::of_meanwhile;
pub use recover::{Recovered, Settled, is_needed, recover};

use super::{Context, Order, fail};
use crate::domain::report::RunReport;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::store::{LockedStore, Restores, Store};

/// A backup makes way within seconds; another restore does not, and is waited for no longer.
const LOCK_WAIT: Duration = Duration::from_mins(2);

/// Runs one restore, undo or clean.
pub fn run(context: &Context, store: &Store, order: &Order, errand: &Errand) -> RunReport {
    let mut report = order.report();
    let done = match &errand.ask {
        Ask::PutBack(wish) => put_back::run(context, store, order, errand, wish, &mut report),
        Ask::Undo { sources, .. } => undo::undo(context, store, order, errand, sources, &mut report),
        Ask::Clean { sources, .. } => clean::clean(context, store, order, errand, sources, &mut report),
    };
    if let Err(trouble) = done {
        fail(&mut report, &trouble, &context.words);
    }
    report.ended_at = context.sys.clock.now().max(report.started_at);
    report.duration_seconds = (report.ended_at - report.started_at).as_seconds_f64();
    report
}

fn ask(context: &Context, errand: &Errand, question: &Question) -> Result<(), Trouble> {
    let answer = errand.consent.ask(question, &context.stop);
    context.stop.check(Stage::Consent)?;
    let refused =
        |error: &str, hint: &'static str| Err(Trouble::lasting(Stage::Consent, error).hint(Saying::new(hint)));
    match answer {
        Answer::Yes => Ok(()),
        Answer::No => refused("consent was not given", "hint-restore-no-consent"),
        Answer::Nobody => refused("nobody is there to be asked", "hint-restore-nobody"),
    }
}

/// A run that can makes way.
fn lock(context: &Context, store: &Store) -> Result<LockedStore, Trouble> {
    let locked = store.lock_first(LOCK_WAIT, &context.stop)?;
    context.stop.check(Stage::Lock)?;
    let held = || Trouble::passing(Stage::Lock, "another run holds the store").hint(Saying::new("hint-lock-held"));
    locked.ok_or_else(held)
}

fn must_be_as_seen(store: &Store, seen: &Restores) -> Result<(), Trouble> {
    if store.restores() == *seen {
        return Ok(());
    }
    let error = "another restore was made since it was looked at what stands there";
    Err(Trouble::passing(Stage::Consent, error).hint(Saying::new("hint-restore-again")))
}

fn nothing_kept(doing: &str) -> Trouble {
    let error = format!("{doing}: no restore has kept an old copy");
    Trouble::lasting(Stage::Look, error).hint(Saying::new("hint-restore-nothing-kept"))
}
