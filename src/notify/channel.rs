//! One way to tell people: mail, or a webhook. Never: when something is told, or how often it is
//! tried again; that is the outbox's.

use std::time::Duration;

use super::compose::Letter;
use crate::domain::saying::Saying;
use crate::domain::trouble::Outlook;

/// One way to tell people.
pub trait Channel: Send + Sync {
    /// Under which its messages of a day are counted and kept waiting: `mail`, `webhook:<name>`.
    fn name(&self) -> &str;

    /// So many messages a day at most.
    fn per_day_max(&self) -> u32;

    /// Who is told through it, one delivery each: mail addresses, or the hook's own name.
    fn addressees(&self) -> &[String];

    /// The host it leads through; empty where that cannot be told now.
    fn host(&self) -> String;

    /// Sends one letter to one of them, and returns what the other side answered, on one line.
    /// Blocks, at most as long as the form promises.
    ///
    /// # Errors
    /// Where the letter was not accepted for this addressee.
    fn send(&self, letter: &Letter, addressee: &str) -> Result<String, Undelivered>;
}

/// Why a letter was not accepted, what to do about it, and whether trying again can help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Undelivered {
    /// One line, without a secret; it names the channel's server, and the addressee where there are several.
    pub error: String,
    pub hint: Option<Saying>,
    pub outlook: Outlook,
    /// Not before so long, where the other side said so.
    pub again_after: Option<Duration>,
    /// The time ran out: whoever else is told through the same server would wait for as long.
    pub is_silence: bool,
}

impl Undelivered {
    /// It may pass by itself.
    pub fn passing(error: impl Into<String>) -> Self {
        Self { error: error.into(), hint: None, outlook: Outlook::Passing, again_after: None, is_silence: false }
    }

    /// It stays until somebody acts.
    pub fn lasting(error: impl Into<String>) -> Self {
        Self { outlook: Outlook::Lasting, ..Self::passing(error) }
    }

    /// Nobody answered within so long.
    pub fn silence(lasted: Duration) -> Self {
        Self { is_silence: true, ..Self::passing(format!("no answer within {} s", lasted.as_secs_f64())) }
    }

    /// The same, with what to do about it.
    pub fn hint(self, key: &'static str) -> Self {
        Self { hint: Some(Saying::new(key)), ..self }
    }
}
