//! When to speak, and of what, as a pure function of what was told before and how things stand
//! now. Never twice for the same thing; at once when it begins, daily while it lasts, once when
//! it is over. Never: how a message is sent, or to whom, or in which language.

mod bound;
mod cause;
mod causes;
mod figures;
mod made_up;
mod proof;
mod together;
mod topic;
mod view;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::health::Health;
use super::name::SourceName;
use super::report::Job;
use super::saying::Saying;
use super::standing::Standing;
pub use bound::{Asking, Left, SentToday};
use causes::is_out_of_reach;
pub use figures::{Figure, Figures};
use made_up::is_made_up_for;
pub use topic::{Severity, Topic};
use view::{State, View, views};

/// A note told further ahead of now was told by a clock that has been set back since.
const AHEAD_MAX: TimeDelta = TimeDelta::hours(1);
/// A start after days gives the backup that makes up for them so long to get under way.
const EXPLAINS_FOR: TimeDelta = TimeDelta::minutes(15);

/// How a store was told of that nothing could be stored in, or seen of.
const OUT_OF_REACH: [&str; 2] = ["tell-store-refused", "tell-store-trouble"];

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
    /// The conversations that end with this one, where several do.
    pub closes: Vec<String>,
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
    /// Since when it is over, where that is still to be told: with the rest of its kind, or when what it
    /// explained has gone as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_at: Option<DateTime<Utc>>,
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
    let explained = Explained::by(told, standing, &views);
    for view in &views {
        let mut over: Vec<(Topic, ToldTrouble)> = Vec::new();
        for (topic, state) in &view.states {
            let key = key(*topic, view.source);
            let known = told.troubles.get(&key);
            match (state, known) {
                (State::Holds, _) if explained.is(view, *topic, told) => {
                    after.troubles.extend(known.map(|known| (key, known.clone())));
                }
                (State::Holds, _) if view.is_to_be_told(*topic, known, standing.now) => {
                    let is_note = topic.is_passing_note();
                    let mut entry = known.filter(|_| !is_note).cloned().unwrap_or_else(|| begun(standing.now));
                    let phase = if known.is_some() && !is_note { Phase::Lasts } else { Phase::Begins };
                    messages.push(view.message(*topic, phase, &entry));
                    entry.told_at = standing.now;
                    entry.times = entry.times.saturating_add(1);
                    entry.cause = view.told_as(*topic);
                    entry.severity = entry.severity.max(Some(view.severity(*topic)));
                    // Whoever is told that it was made up for awaits nothing more.
                    entry.over_at = (*topic == Topic::Missed && is_made_up_for(standing)).then_some(standing.now);
                    after.troubles.insert(key, entry);
                }
                (State::Holds, Some(known)) if *topic == Topic::Missed => {
                    let mut entry = known.clone();
                    if known.over_at.is_none() && is_made_up_for(standing) {
                        messages.push(view.over(*topic, known, &[]));
                        entry.over_at = Some(standing.now);
                    }
                    after.troubles.insert(key, entry);
                }
                (State::Holds | State::Open, Some(known)) => {
                    after.troubles.insert(key, known.clone());
                }
                (State::Over, Some(known)) if *topic == Topic::Missed => {
                    if known.over_at.is_none() {
                        over.push((*topic, known.clone()));
                    }
                }
                (State::Over, Some(known)) if !topic.is_passing_note() => over.push((*topic, known.clone())),
                (State::Holds | State::Open | State::Over, _) => {}
            }
        }
        for (topic, of_kind) in by_kind(view, over) {
            let lasts = |topic: &Topic| {
                let entry = after.troubles.get(&key(*topic, view.source));
                !topic.is_passing_note() && entry.is_some_and(|entry| entry.over_at.is_none())
            };
            let kind = topic.kind(view.source.is_some());
            let is_awaited = view.states.keys().any(|other| other.kind(view.source.is_some()) == kind && lasts(other))
                || (topic == Topic::Store && explained.by_store)
                || (topic == Topic::Missed && !is_made_up_for(standing));
            if is_awaited {
                // While something else of its kind still lasts, no one is told that all is well again.
                for (topic, known) in of_kind {
                    let over_at = if topic == Topic::Missed { None } else { known.over_at.or(Some(standing.now)) };
                    after.troubles.insert(key(topic, view.source), ToldTrouble { over_at, ..known });
                }
                continue;
            }
            let others: Vec<_> = of_kind.iter().filter(|(other, _)| *other != topic).map(|(t, e)| (*t, e)).collect();
            if let Some((_, known)) = of_kind.iter().find(|(other, _)| *other == topic) {
                messages.push(view.over(topic, known, &others));
            }
        }
    }
    messages.sort_by_key(|message| (std::cmp::Reverse(message.severity), message.topic));
    (together::joined(messages), after)
}

/// What is over, by its kind, under the topic that lasted to the end.
fn by_kind(view: &View<'_>, over: Vec<(Topic, ToldTrouble)>) -> Vec<(Topic, Vec<(Topic, ToldTrouble)>)> {
    let mut kinds: BTreeMap<&str, Vec<(Topic, ToldTrouble)>> = BTreeMap::new();
    for (topic, known) in over {
        kinds.entry(topic.kind(view.source.is_some())).or_default().push((topic, known));
    }
    let last = |of_kind: &[(Topic, ToldTrouble)]| {
        of_kind.iter().min_by_key(|(_, known)| known.over_at.is_some()).map(|(topic, _)| *topic)
    };
    kinds.into_values().filter_map(|of_kind| Some((last(&of_kind)?, of_kind))).collect()
}

/// Why something need not be told although it holds: whoever reads one letter needs no second.
struct Explained {
    /// Nothing can be stored, or could not until just now.
    by_store: bool,
    /// What was missed says why the newest is old.
    by_missed: bool,
}

impl Explained {
    fn by(told: &Told, standing: &Standing, views: &[View<'_>]) -> Self {
        let missed = told.troubles.get(Topic::Missed.as_str());
        let is_new = views.iter().any(|view| view.is_to_be_told(Topic::Missed, missed, standing.now));
        let lately = |at: DateTime<Utc>| (standing.now - at).abs() < EXPLAINS_FOR;
        let by_missed = is_new || missed.is_some_and(|missed| lately(missed.told_at));
        Self { by_store: Self::is_by_store(told, standing, views), by_missed }
    }

    /// What failed because of the store is nothing to be told of when that is mended, but to be tried again.
    fn is_by_store(told: &Told, standing: &Standing, views: &[View<'_>]) -> bool {
        if is_out_of_reach(standing) {
            return true;
        }
        let Some(store) = told.troubles.get(Topic::Store.as_str()) else { return false };
        let was_out_of_reach = store.cause.as_deref().is_some_and(|cause| OUT_OF_REACH.contains(&cause));
        let mended_at = store.over_at.unwrap_or(standing.now);
        let last = standing.jobs.get(&Job::Backup).and_then(|history| history.last.as_ref());
        let was_tried = last.is_some_and(|report| report.started_at >= mended_at);
        let is_tried = standing.running.iter().any(|run| run.job == Job::Backup);
        let is_left = |view: &View<'_>| {
            view.states
                .iter()
                .any(|(topic, state)| *state == State::Holds && matches!(topic, Topic::Failed | Topic::Stale))
        };
        was_out_of_reach
            && !was_tried
            && (is_tried || (standing.now - mended_at).abs() < EXPLAINS_FOR)
            && views.iter().any(is_left)
    }

    fn is(&self, view: &View<'_>, topic: Topic, told: &Told) -> bool {
        let known = |topic: Topic| told.troubles.get(&key(topic, view.source));
        let holds = |topic: Topic| match view.states.get(&topic) {
            Some(State::Holds) => true,
            Some(State::Open) => known(topic).is_some_and(|known| known.over_at.is_none()),
            Some(State::Over) | None => false,
        };
        match topic {
            Topic::Failed | Topic::Missed | Topic::DiskFull | Topic::Stale if self.by_store => true,
            // The letter of the failure says how old the newest is, and that it is too old.
            Topic::Stale if holds(Topic::Failed) || holds(Topic::Partial) => true,
            Topic::Stale => self.by_missed && known(topic).is_none(),
            _ => false,
        }
    }
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
        // That something partial has become too old by now is said by its next letter.
        let is_louder = topic != Topic::Partial && known.severity.is_some_and(|told| severity > told);
        if known.over_at.is_some() || self.has_more(topic, known) {
            return true;
        }
        // A clock that was ahead when it was told must not silence it for as long.
        is_louder || (now - known.told_at).abs() >= topic.repeat_after(severity)
    }
}

fn begun(now: DateTime<Utc>) -> ToldTrouble {
    ToldTrouble { since: now, told_at: now, times: 0, cause: None, severity: None, over_at: None }
}

fn key(topic: Topic, source: Option<&SourceName>) -> String {
    match source {
        Some(source) => format!("{}:{source}", topic.as_str()),
        None => topic.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests;
