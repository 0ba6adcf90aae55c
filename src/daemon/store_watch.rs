//! Looks whether the store can be used, and says so when that begins to be otherwise and when it is over,
//! not at every look. Never: keeps a run from trying; the system may know better than a look at rights.

use std::time::Duration;

use crate::runner::Runner;

/// A look is a dozen questions for rights; whoever mends a folder waits for what comes of it.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What the last look found.
#[derive(Default)]
pub struct StoreWatch {
    is_refused: bool,
}

impl StoreWatch {
    /// When to look again at the latest, where something has to be waited for.
    pub fn look_within(&self) -> Option<Duration> {
        self.is_refused.then_some(LOOK_EVERY)
    }

    /// Looks once more; true where the store has just become usable again.
    pub fn look(&mut self, runner: &Runner) -> bool {
        let was_refused = self.is_refused;
        let refusal = runner.store.refusal().or_else(|| {
            // What could not be written is tried first: a disk may have been full.
            runner.record.settle();
            runner.record.refusal()
        });
        self.is_refused = refusal.is_some();
        match refusal {
            Some(trouble) if !was_refused => {
                let hint = trouble.hint.map(|hint| format!(" ({})", runner.words.say(&hint))).unwrap_or_default();
                tracing::error!("the store cannot be used: {}; looked at until it can{hint}", trouble.error);
                false
            }
            None if was_refused => {
                tracing::info!("the store can be used again");
                true
            }
            Some(_) | None => false,
        }
    }
}
