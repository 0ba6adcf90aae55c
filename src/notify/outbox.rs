//! What is to be told and has not been delivered yet, for each channel: kept on disk with what was
//! told, tried again with growing pauses, given up in the end. Never: sends anything itself.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::channel::{Channel, Undelivered};
use super::compose::Letter;
use crate::domain::trouble::Outlook;
use crate::domain::untold::Untold;
use crate::words::Words;

/// More are read by nobody; the oldest makes room.
const WAITING_MAX: usize = 100;

/// What was not delivered by then is no news any more, and the log has it.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(3);

/// Before the second try, and doubled for each further one.
const PAUSE_FIRST: TimeDelta = TimeDelta::minutes(1);
const PAUSE_MAX: TimeDelta = TimeDelta::hours(1);

/// No letter waits longer for its turn (until tomorrow, at most): else a clock was set back.
const WAIT_MAX: TimeDelta = TimeDelta::hours(26);

/// All that waits, oldest first, and the channels that do not deliver.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbox {
    #[serde(default)]
    pub waiting: Vec<Waiting>,
    /// By the name of the channel.
    #[serde(default)]
    pub untold: BTreeMap<String, Untold>,
}

/// One letter on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub channel: String,
    /// Those it has not reached yet.
    pub addressees: Vec<String>,
    pub letter: Letter,
    pub tries: u32,
    pub not_before: DateTime<Utc>,
    /// The local date on which it was counted among the channel's messages, and whether as the last.
    #[serde(default)]
    pub counted: Option<(NaiveDate, bool)>,
}

impl Outbox {
    /// Adds a letter for all whom a channel tells. It takes the place of an older one of the same
    /// conversation in the same phase. Returns what had to make room.
    pub fn put(&mut self, channel: &dyn Channel, letter: &Letter) -> Option<Waiting> {
        let is_outdone = |waiting: &Waiting| {
            waiting.channel == channel.name()
                && waiting.letter.conversation == letter.conversation
                && waiting.letter.phase == letter.phase
        };
        self.waiting.retain(|waiting| !is_outdone(waiting));
        self.waiting.push(Waiting {
            channel: channel.name().to_owned(),
            addressees: channel.addressees().to_vec(),
            letter: letter.clone(),
            tries: 0,
            not_before: letter.at,
            counted: None,
        });
        (self.waiting.len() > WAITING_MAX).then(|| self.waiting.remove(0))
    }

    /// Leaves out whom the settings do not name any more.
    pub fn keep_only(&mut self, channels: &[Box<dyn Channel>]) {
        let is_told = |name: &str, addressee: &String| {
            channels.iter().any(|channel| channel.name() == name && channel.addressees().contains(addressee))
        };
        for waiting in &mut self.waiting {
            waiting.addressees.retain(|addressee| is_told(&waiting.channel, addressee));
        }
        self.waiting.retain(|waiting| !waiting.addressees.is_empty());
        for (name, untold) in &mut self.untold {
            untold.addressees.retain(|addressee| is_told(name, addressee));
        }
        self.untold.retain(|_, untold| !untold.addressees.is_empty());
    }

    /// Takes out what has waited for too long.
    pub fn give_up(&mut self, now: DateTime<Utc>) -> Vec<Waiting> {
        let is_old = |waiting: &mut Waiting| (now - waiting.letter.at).abs() > GIVEN_UP_AFTER;
        self.waiting.extract_if(.., is_old).collect()
    }

    /// Which letters are to be tried now, by channel and id, gravest first, then oldest.
    pub fn due(&self, now: DateTime<Utc>) -> Vec<(String, String)> {
        let mut due: Vec<&Waiting> = self.waiting.iter().filter(|waiting| waiting.is_due(now)).collect();
        due.sort_by_key(|waiting| std::cmp::Reverse(waiting.letter.severity));
        due.into_iter().map(|waiting| (waiting.channel.clone(), waiting.letter.id.clone())).collect()
    }

    pub fn find(&mut self, channel: &str, id: &str) -> Option<&mut Waiting> {
        self.waiting.iter_mut().find(|waiting| waiting.channel == channel && waiting.letter.id == id)
    }

    /// A letter reached one addressee: the channel's trouble with that one is over.
    pub fn reached(&mut self, channel: &str, addressee: &str) {
        if let Some(untold) = self.untold.get_mut(channel) {
            untold.addressees.remove(addressee);
            if untold.addressees.is_empty() {
                self.untold.remove(channel);
            }
        }
    }

    /// What waits for a channel is due at once.
    pub fn hurry(&mut self, channel: &str) {
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.channel == channel) {
            waiting.not_before = waiting.letter.at;
        }
    }

    /// A letter did not reach one addressee. Whether that is news: the channel delivered before.
    pub fn missed(&mut self, channel: &str, addressee: &str, failed: &Undelivered, now: DateTime<Utc>) -> bool {
        let is_news = !self.untold.contains_key(channel);
        let untold = self.untold.entry(channel.to_owned()).or_insert_with(|| Untold {
            since: now,
            error: String::new(),
            hint: None,
            addressees: [].into(),
        });
        untold.error.clone_from(&failed.error);
        untold.hint = failed.hint.as_ref().map(|hint| Words::english().say(hint));
        untold.addressees.insert(addressee.to_owned());
        is_news
    }

    /// Takes out what has reached everyone, and lets all else of a channel that reached nobody wait
    /// as long as the letter that found out.
    pub fn settle(&mut self, channel: &str, rests_until: Option<DateTime<Utc>>) {
        self.waiting.retain(|waiting| !waiting.addressees.is_empty());
        let Some(until) = rests_until else { return };
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.channel == channel) {
            waiting.not_before = waiting.not_before.max(until);
        }
    }
}

impl Waiting {
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        now >= self.not_before || self.not_before > now + WAIT_MAX
    }

    /// After a try that did not reach everyone: later, and later still after the next. What somebody
    /// must mend first is not worth asking every minute.
    pub fn try_later(&mut self, failed: &Undelivered, now: DateTime<Utc>) -> DateTime<Utc> {
        let doubled = PAUSE_FIRST * 2_i32.pow(self.tries.min(10));
        let asked = failed.again_after.and_then(|pause| TimeDelta::from_std(pause).ok()).unwrap_or_default();
        let pause = if failed.outlook == Outlook::Lasting { PAUSE_MAX } else { doubled.max(asked).min(PAUSE_MAX) };
        self.tries = self.tries.saturating_add(1);
        self.not_before = now + pause;
        self.not_before
    }
}
