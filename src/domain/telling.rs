//! When to speak, and of what, as a pure function of what was told before and how things stand
//! now. Never twice for the same thing; at once when it begins, daily while it lasts, once when
//! it is over. Never: how a message is sent, or to whom, or in which language.

mod cause;
mod figures;
mod proof;
mod together;
mod topic;
mod view;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::health::Health;
use super::name::SourceName;
use super::saying::Saying;
use super::standing::Standing;
pub use figures::{Figure, Figures};
pub use topic::{Severity, Topic};
use view::{State, View, views};

/// A note told further ahead of now was told by a clock that has been set back since.
const AHEAD_MAX: TimeDelta = TimeDelta::hours(1);
/// A start after days gives the backup that makes up for them so long to get under way.
const EXPLAINS_FOR: TimeDelta = TimeDelta::minutes(15);

pub const VERSION: u32 = 1;

/// Where in the life of a trouble a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Begins,
    Lasts,
    Over,
}

/// Something to be told, not yet in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub topic: Topic,
    pub phase: Phase,
    /// `None` where it is about a run as a whole.
    pub source: Option<SourceName>,
    pub severity: Severity,
    pub subject: Saying,
    /// The body, line by line.
    pub lines: Vec<Saying>,
    /// What stands below it in rows.
    pub figures: Vec<Figures>,
    /// One and the same for all that is said of one trouble, and of no other.
    pub conversation: String,
}

/// How often people are told what is kept, also where all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofEvery {
    Week,
    Month,
    Never,
}

/// What was told before, kept on disk between decisions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub version: u32,
    /// Troubles that last, by `<topic>` or `<topic>:<source>`.
    #[serde(default)]
    pub troubles: BTreeMap<String, ToldTrouble>,
    /// What each channel has sent on its latest day.
    #[serde(default)]
    pub sent: BTreeMap<String, SentToday>,
}

/// A trouble that lasts, and when it was spoken of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldTrouble {
    pub since: DateTime<Utc>,
    pub told_at: DateTime<Utc>,
    pub times: u32,
    /// What caused it when it was last told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The loudest it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentToday {
    /// The local date.
    pub date: NaiveDate,
    pub count: u32,
}

impl Default for Told {
    fn default() -> Self {
        Self { version: VERSION, troubles: BTreeMap::new(), sent: BTreeMap::new() }
    }
}

/// What is to be told now, gravest first, many alike as one, and what will have been told then. Nothing is decided
/// about a source that is not configured any more: what lasted there is forgotten.
pub fn decide(told: &Told, standing: &Standing, health: &Health) -> (Vec<Message>, Told) {
    let mut messages = Vec::new();
    let mut after = Told { troubles: BTreeMap::new(), ..told.clone() };
    let views = views(standing, health);
    // What was missed says why the newest is old; whoever reads that needs no second letter at once.
    let missed = told.troubles.get(Topic::Missed.as_str());
    let is_new = views.iter().any(|view| view.is_to_be_told(Topic::Missed, missed, standing.now));
    let explains = is_new || missed.is_some_and(|missed| (standing.now - missed.told_at).abs() < EXPLAINS_FOR);
    for view in views {
        let mut over: Vec<(Topic, &ToldTrouble)> = Vec::new();
        for (topic, state) in &view.states {
            let key = key(*topic, view.source);
            let known = told.troubles.get(&key);
            match (state, known) {
                (State::Holds, None) if *topic == Topic::Stale && explains => {}
                (State::Holds, _) => {
                    let mut entry = known.cloned().unwrap_or_else(|| begun(standing.now));
                    if view.is_to_be_told(*topic, known, standing.now) {
                        let is_note = topic.is_passing_note();
                        let phase = if known.is_some() && !is_note { Phase::Lasts } else { Phase::Begins };
                        if is_note {
                            entry.since = standing.now;
                        }
                        messages.push(view.message(*topic, phase, &entry));
                        let severity = view.severity(*topic);
                        entry = ToldTrouble {
                            told_at: standing.now,
                            times: entry.times.saturating_add(1),
                            cause: view.cause.clone().filter(|_| *topic == Topic::Failed),
                            severity: entry.severity.max(Some(severity)),
                            ..entry
                        };
                    }
                    after.troubles.insert(key, entry);
                }
                (State::Open, Some(known)) => {
                    after.troubles.insert(key, known.clone());
                }
                (State::Over, Some(known)) if !topic.is_passing_note() => over.push((*topic, known)),
                (State::Open | State::Over, _) => {}
            }
        }
        // While something else still lasts, no one is told that all is well again.
        let still_lasts = view
            .states
            .keys()
            .any(|topic| !topic.is_passing_note() && after.troubles.contains_key(&key(*topic, view.source)));
        if let Some((topic, known)) = over.first().filter(|_| !still_lasts) {
            let since = over.iter().map(|(_, known)| known.since).min().unwrap_or(known.since);
            messages.push(view.over(*topic, known, since));
        }
    }
    messages.sort_by_key(|message| (std::cmp::Reverse(message.severity), message.topic));
    (together::joined(messages), after)
}

impl View<'_> {
    fn is_to_be_told(&self, topic: Topic, known: Option<&ToldTrouble>, now: DateTime<Utc>) -> bool {
        if topic.is_passing_note() {
            let of = self.notes.get(&topic);
            return of
                .is_some_and(|of| known.is_none_or(|known| known.told_at < *of || known.told_at > now + AHEAD_MAX));
        }
        let Some(known) = known else { return true };
        let severity = self.severity(topic);
        let is_louder = known.severity.is_some_and(|told| severity > told);
        // A clock that was ahead when it was told must not silence it for as long.
        is_louder || (now - known.told_at).abs() >= topic.repeat_after(severity)
    }
}

/// Whether a channel may send one more message today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Send,
    /// The last one today: it must say that no more come.
    SendAsLast,
    Withhold,
}

impl Told {
    /// Counts one more message on a channel, and says whether it may be sent.
    pub fn admit(&mut self, channel: &str, today: NaiveDate, per_day_max: u32) -> Admission {
        let sent = self.sent.entry(channel.to_owned()).or_insert(SentToday { date: today, count: 0 });
        if sent.date != today {
            *sent = SentToday { date: today, count: 0 };
        }
        if sent.count >= per_day_max {
            return Admission::Withhold;
        }
        sent.count += 1;
        if sent.count == per_day_max { Admission::SendAsLast } else { Admission::Send }
    }
}

fn begun(now: DateTime<Utc>) -> ToldTrouble {
    ToldTrouble { since: now, told_at: now, times: 0, cause: None, severity: None }
}

fn key(topic: Topic, source: Option<&SourceName>) -> String {
    match source {
        Some(source) => format!("{}:{source}", topic.as_str()),
        None => topic.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests;
