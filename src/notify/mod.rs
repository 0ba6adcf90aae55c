//! Floor 5: telling people.
//!
//! Given: the standing, its health, a mailer. Returns: what could not be told, as warnings.
//! Never: decides what is worth telling (that is `domain::telling`); hides the failure it reports
//! behind one of its own; marks as told what reached nobody.

pub mod compose;
pub mod deliver;
pub mod smtp;
pub mod told;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::health::Health;
use crate::domain::report::Warning;
use crate::domain::saying::Saying;
use crate::domain::standing::Standing;
use crate::domain::telling::{self, Admission, Message};
use crate::domain::trouble::Outlook;
use crate::sys::stop::Stop;
use crate::words::Words;
use compose::{Letter, Sender};
use deliver::{Delivered, deliver};
use told::ToldFile;

/// The name under which mails of a day are counted.
const CHANNEL: &str = "mail";

/// Carries letters to people.
pub trait Mailer: Send + Sync {
    /// Who is to be told.
    fn recipients(&self) -> &[String];

    /// Sends one letter to one recipient. Blocks, at most as long as the form promises.
    ///
    /// # Errors
    /// Where the letter was not accepted for this recipient.
    fn send(&self, letter: &Letter, recipient: &str) -> Result<(), Undelivered>;
}

/// Why a letter was not accepted, what to do about it, and whether trying again can help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Undelivered {
    pub error: String,
    pub hint: Option<Saying>,
    pub outlook: Outlook,
}

/// How often, and how long apart, a letter is tried.
#[derive(Debug, Clone)]
pub struct Patience {
    /// Before the second try, the third …, within one telling.
    pub pauses: Vec<Duration>,
    /// After a telling that reached nobody, before the next.
    pub again_after: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let pauses = vec![Duration::from_secs(2), Duration::from_secs(10)];
        // The daemon asks once a minute; a server that is down is not worth a warning each time.
        Self { pauses, again_after: Duration::from_mins(5) }
    }
}

/// Tells people by mail. Lives as long as the process: it remembers what was told also while that
/// cannot be written.
pub struct Teller {
    mailer: Box<dyn Mailer>,
    told: ToldFile,
    sender: Sender,
    words: Words,
    per_day_max: u32,
    patience: Patience,
    /// After a telling that reached nobody.
    rests_until: Mutex<Option<Instant>>,
}

impl Teller {
    pub fn new(
        mailer: Box<dyn Mailer>,
        told: ToldFile,
        sender: Sender,
        words: Words,
        per_day_max: u32,
        patience: Patience,
    ) -> Self {
        Self { mailer, told, sender, words, per_day_max, patience, rests_until: Mutex::new(None) }
    }

    /// Tells what is to be told now. What reaches nobody stays due. Returns what the operator
    /// should find in the log about the telling itself.
    pub fn tell(&self, standing: &Standing, health: &Health, stop: &Stop) -> Vec<Warning> {
        if self.rests() {
            return Vec::new();
        }
        // While another process tells, this one has nothing to add.
        let Some((before, _turn)) = self.told.take(stop) else { return Vec::new() };
        let (messages, mut after) = telling::decide(&before, standing, health);
        let today = standing.now.with_timezone(&standing.zone).date_naive();
        let mut warnings = Vec::new();
        let mut unreachable = false;
        for message in messages {
            let counted = after.sent.clone();
            let admission = after.admit(CHANNEL, today, self.per_day_max);
            if admission == Admission::Withhold {
                warnings.push(warning("mail-withheld", &message, "", None));
                continue;
            }
            let is_last = admission == Admission::SendAsLast;
            // Once nobody could be reached the others wait as well, rather than each its time.
            let delivered = if unreachable { Delivered::default() } else { self.send(&message, is_last, stop) };
            warnings
                .extend(delivered.failed.iter().map(|f| warning("mail-unsent", &message, &f.error, f.hint.as_ref())));
            if delivered.accepted == 0 {
                unreachable = true;
                after.sent = counted;
                after.keep_due(&before, &message);
            }
        }
        if unreachable {
            self.rest();
        }
        if let Err(error) = self.told.put(&before, after) {
            let text = Words::english().text("warning-told-unwritten", &[("error", &error.to_string())]);
            warnings.push(Warning { code: "told-unwritten".to_owned(), source: None, text });
        }
        warnings
    }

    fn send(&self, message: &Message, is_last: bool, stop: &Stop) -> Delivered {
        let letter = self.sender.compose(message, is_last, &self.words);
        deliver(self.mailer.as_ref(), &letter, &self.patience.pauses, stop)
    }

    fn rests(&self) -> bool {
        let until = self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn rest(&self) {
        let mut until = self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = Some(Instant::now() + self.patience.again_after);
    }
}

/// About the telling itself, for the log.
fn warning(code: &str, message: &Message, error: &str, hint: Option<&Saying>) -> Warning {
    let words = Words::english();
    let subject = words.say(&message.subject);
    let mut text = words.text(&format!("warning-{code}"), &[("subject", &subject), ("error", error)]);
    if let Some(hint) = hint {
        text.extend([" ", &words.say(hint)]);
    }
    Warning { code: code.to_owned(), source: message.source.clone(), text }
}
