//! Floor 5: telling people.
//!
//! Given: the standing, its health, the channels that lead to people. Returns: what could not be
//! told, as warnings.
//! Never: decides what is worth telling (that is `domain::telling`); hides the failure it reports
//! behind one of its own; forgets what reached nobody before its time.

pub mod channel;
pub mod compose;
pub mod deliver;
pub mod heartbeat;
mod html;
pub mod http;
pub mod outbox;
pub mod run_log;
pub mod smtp;
pub mod told;
pub mod webhook;

use std::io;
use std::time::Duration;

use crate::domain::health::Health;
use crate::domain::name::SourceName;
use crate::domain::report::{Job, Outcome, RunReport, Warning};
use crate::domain::saying::Saying;
use crate::domain::standing::Standing;
use crate::domain::telling::{self, Message, Phase, Topic};
use crate::sys::stop::Stop;
use crate::words::Words;
use channel::Channel;
use compose::{Letter, Occasion, Sender};
use deliver::{DELIVERY_LASTS, Delivery, Happened};
use run_log::RunLog;
use told::{Memory, ToldFile};

/// Tells people. Lives as long as the process: it remembers what was told also while that cannot be
/// written.
pub struct Teller {
    channels: Vec<Box<dyn Channel>>,
    told: ToldFile,
    sender: Sender,
    log: RunLog,
    words: Words,
    delivery_lasts: Duration,
}

impl Teller {
    pub fn new(channels: Vec<Box<dyn Channel>>, told: ToldFile, sender: Sender, log: RunLog, words: Words) -> Self {
        Self { channels, told, sender, log, words, delivery_lasts: DELIVERY_LASTS }
    }

    /// The same, with another bound on the sending of one telling.
    pub fn delivering_for(self, at_most: Duration) -> Self {
        Self { delivery_lasts: at_most, ..self }
    }

    /// Tells what is to be told now, and tries again what waits. What is decided is on disk before any
    /// of it is sent. Returns what the operator should find in the log about the telling itself.
    pub fn tell(&self, standing: &Standing, health: &Health, stop: &Stop) -> Vec<Warning> {
        // While another process tells, this one has nothing to add.
        let Some((before, mut turn)) = self.told.take(stop) else { return Vec::new() };
        let (messages, told) = telling::decide(&before.told, standing, health);
        let mut memory = Memory { told, ..before };
        if !messages.is_empty() {
            memory.mark_as_one();
        }
        memory.outbox.keep_only(&self.channels);
        let mut given_up = memory.outbox.give_up(standing.now);
        for message in &messages {
            let letter = self.letter(message, standing, &memory.mark);
            for channel in &self.channels {
                given_up.extend(memory.outbox.put(channel.as_ref(), &letter));
            }
        }
        let mut warnings: Vec<Warning> =
            given_up.iter().map(|waiting| warning("given-up", &waiting.channel, &waiting.letter, "", None)).collect();
        let mut unkept = Vec::new();
        let mut note = |kept: io::Result<()>| unkept.extend(kept.err().map(|error| unwritten(&error)));
        let has_due = !memory.outbox.due(standing.now).is_empty();
        note(if has_due { turn.keep_anew(&memory) } else { turn.keep(&memory) });
        let happened = if self.told.may_repeat(standing.now) {
            Vec::new()
        } else {
            let delivery = Delivery {
                channels: &self.channels,
                words: &self.words,
                now: standing.now,
                zone: standing.zone,
                stop,
                lasts: self.delivery_lasts,
            };
            delivery.run(&mut memory, |memory| note(turn.keep(memory)))
        };
        warnings.extend(unkept);
        for happened in &happened {
            match happened {
                Happened::Untold { channel, letter, failed } => {
                    warnings.push(warning("untold", channel, letter, &failed.error, failed.hint.as_ref()));
                }
                Happened::Withheld { channel, letter } => warnings.push(warning("withheld", channel, letter, "", None)),
                Happened::ToldAgain { channel } => told_again(channel),
            }
        }
        warnings
    }

    /// A test went through: the channel's trouble is over, and what waits for it need not wait longer.
    pub fn note_reached(&self, channel: &str, addressee: &str) {
        let Some((mut memory, mut turn)) = self.told.take(&Stop::new()) else { return };
        if memory.outbox.reached(channel, addressee) {
            told_again(channel);
        }
        memory.outbox.hurry(channel);
        // Else the next telling finds out by itself.
        let _unkept = turn.keep(&memory);
    }

    fn letter(&self, message: &Message, standing: &Standing, mark: &str) -> Letter {
        let failed = failed_run(message, standing);
        let log = failed.map(|report| self.log.of_run(&report.run)).unwrap_or_default();
        let occasion = Occasion { at: standing.now, zone: standing.zone, log, mark: mark.to_owned() };
        self.sender.compose(message, &occasion, &self.words)
    }
}

/// The run that a message is about, where it did not go well: what it left in the log says more.
fn failed_run<'a>(message: &Message, standing: &'a Standing) -> Option<&'a RunReport> {
    let last = |job: Job| standing.jobs.get(&job).and_then(|history| history.last.as_ref());
    let of_source =
        |source: &SourceName| standing.sources.iter().find(|one| one.name == *source)?.last_attempt.as_ref();
    let report = match (message.topic, &message.source) {
        (Topic::Verify, _) => last(Job::Verify),
        (Topic::Drill | Topic::DrillAnswer, _) => last(Job::Drill),
        (topic, _) if !is_of_backup(topic) => None,
        (_, Some(source)) => of_source(source),
        (_, None) => last(Job::Backup),
    };
    report.filter(|report| message.phase != Phase::Over && report.outcome != Outcome::Succeeded)
}

fn is_of_backup(topic: Topic) -> bool {
    matches!(topic, Topic::Failed | Topic::Partial | Topic::Empty | Topic::Braked | Topic::Stale | Topic::Skipped)
}

/// What is told now may be told again after a restart.
fn unwritten(error: &io::Error) -> Warning {
    let text = Words::english().text("warning-told-unwritten", &[("error", &error.to_string())]);
    Warning { code: "told-unwritten".to_owned(), source: None, text }
}

/// For the log, which has said that it is not so.
fn told_again(channel: &str) {
    tracing::info!("people are told through {channel} again");
}

/// About the telling itself, for the log.
fn warning(code: &str, channel: &str, letter: &Letter, error: &str, hint: Option<&Saying>) -> Warning {
    let words = Words::english();
    let key = format!("warning-{code}");
    let mut text = words.text(&key, &[("channel", channel), ("subject", &letter.subject), ("error", error)]);
    if let Some(hint) = hint {
        text.extend([" ", &words.say(hint)]);
    }
    Warning { code: code.to_owned(), source: None, text }
}
