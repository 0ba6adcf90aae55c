//! One letter to everyone who is to be told, tried again a few times where that can help. Each
//! recipient is sent a letter of its own: a mailbox that is gone keeps it from nobody else.

use std::time::{Duration, Instant};

use super::compose::Letter;
use super::{Mailer, Undelivered};
use crate::domain::trouble::Outlook;
use crate::sys::stop::Stop;

/// After so long no further try is begun: a dead server must not hold up the next run. One try is
/// bounded by the mailer, for each recipient.
const DELIVERY_LASTS: Duration = Duration::from_mins(2);

/// What became of a letter.
#[derive(Debug, Default)]
pub struct Delivered {
    /// To how many it went.
    pub accepted: usize,
    /// Why it did not reach the others.
    pub failed: Vec<Undelivered>,
}

/// Sends the letter to each recipient, pausing between tries unless the run is asked to end.
pub fn deliver(mailer: &dyn Mailer, letter: &Letter, pauses: &[Duration], stop: &Stop) -> Delivered {
    let begun = Instant::now();
    let mut delivered = Delivered::default();
    let mut left: Vec<&str> = mailer.recipients().iter().map(String::as_str).collect();
    let mut pauses = pauses.iter();
    loop {
        let mut again = Vec::new();
        for recipient in left {
            match mailer.send(letter, recipient) {
                Ok(()) => delivered.accepted += 1,
                Err(failed) if failed.outlook == Outlook::Passing => again.push((recipient, failed)),
                Err(failed) => delivered.failed.push(failed),
            }
        }
        let pause = pauses.next().filter(|_| !again.is_empty() && begun.elapsed() < DELIVERY_LASTS);
        if let Some(pause) = pause {
            stop.wait(*pause);
        }
        if pause.is_none() || stop.reason().is_some() {
            delivered.failed.extend(again.into_iter().map(|(_, failed)| failed));
            return delivered;
        }
        left = again.into_iter().map(|(recipient, _)| recipient).collect();
    }
}
