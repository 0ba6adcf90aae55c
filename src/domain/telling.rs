//! When to speak, and of what, as a pure function of what was told before and how things stand
//! now. Never twice for the same thing; at once when it begins, daily while it lasts, once when
//! it is over. Never: how a message is sent, or to whom, or in which language.

mod topic;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::health::{
    DRILL_ANSWER, DRILL_FAILED, DRILL_OVERDUE, DRILL_UNASKED, Health, MEDIA_MISSING, Status, VERIFY_FAILED,
};
use super::name::SourceName;
use super::report::{Job, Outcome, RunReport, Trigger};
use super::saying::Saying;
use super::schedule::BRAKE_AFTER;
use super::standing::{SourceStanding, Standing};
pub use topic::{Severity, Topic};

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

/// What is to be told now, gravest first, and what will have been told then. Nothing is decided
/// about a source that is not configured any more: what lasted there is forgotten.
pub fn decide(told: &Told, standing: &Standing, health: &Health) -> (Vec<Message>, Told) {
    let mut messages = Vec::new();
    let mut after = Told { troubles: BTreeMap::new(), ..told.clone() };
    for views in views(standing, health) {
        let mut over: Vec<(Topic, &ToldTrouble)> = Vec::new();
        for (topic, state) in &views.states {
            let key = key(*topic, views.source);
            match (state, told.troubles.get(&key)) {
                (State::Holds, known) => {
                    let phase = if known.is_some() { Phase::Lasts } else { Phase::Begins };
                    let mut entry = known.cloned().unwrap_or_else(|| begun(standing.now));
                    if views.is_to_be_told(*topic, known, standing.now) {
                        entry.told_at = standing.now;
                        entry.times = entry.times.saturating_add(1);
                        messages.push(views.message(*topic, phase, entry.since));
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
        let still_lasts = views
            .states
            .keys()
            .any(|topic| !topic.is_passing_note() && after.troubles.contains_key(&key(*topic, views.source)));
        if let Some((topic, _)) = over.first().filter(|_| !still_lasts) {
            let since = over.iter().map(|(_, known)| known.since).min().unwrap_or(standing.now);
            messages.push(views.message(*topic, Phase::Over, since));
        }
    }
    messages.sort_by_key(|message| (std::cmp::Reverse(message.severity), message.topic));
    (messages, after)
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

    /// Takes back that this message was told, as it reached nobody: what `before` knew of it holds
    /// again, and the next decision speaks of it anew.
    pub fn keep_due(&mut self, before: &Told, message: &Message) {
        let source = message.source.as_ref();
        if message.phase == Phase::Over {
            let of_source = before.troubles.iter().filter(|(key, _)| source_of(key) == source.map(SourceName::as_str));
            for (key, known) in of_source {
                self.troubles.entry(key.clone()).or_insert_with(|| known.clone());
            }
            return;
        }
        let key = key(message.topic, source);
        match before.troubles.get(&key) {
            Some(known) => drop(self.troubles.insert(key, known.clone())),
            None => drop(self.troubles.remove(&key)),
        }
    }
}

/// How one topic stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Holds,
    /// Neither begun nor over: a trouble told before goes on.
    Open,
    Over,
}

/// One source, or the run as a whole, as seen by every topic.
struct Views<'a> {
    source: Option<&'a SourceName>,
    zone: Tz,
    attempted_at: Option<DateTime<Utc>>,
    states: BTreeMap<Topic, State>,
    /// What there is to add to a message, whatever its topic.
    lines: Vec<Saying>,
}

fn views<'a>(standing: &'a Standing, health: &Health) -> Vec<Views<'a>> {
    let of_sources = standing.sources.iter().map(|source| view_of_source(standing, health, source));
    of_sources.chain([view_of_run(standing, health)]).collect()
}

fn view_of_source<'a>(standing: &'a Standing, health: &Health, source: &'a SourceStanding) -> Views<'a> {
    let name = &source.name;
    let judged = health.sources.get(name).map_or(Status::Never, |of_source| of_source.status);
    let last = source.last_attempt.as_ref();
    let outcome = last.map(|report| report.outcome_of(name));
    let found_empty = last.is_some_and(|report| report.found_empty(name));
    let stored = matches!(outcome, Some(Outcome::Succeeded | Outcome::Partial));

    let failed = holds_until(outcome == Some(Outcome::Failed), stored);
    // Nothing stored yet is news only once something was tried; a failure says it already.
    let stale = judged == Status::Stale || (judged == Status::Never && outcome.is_some() && failed != State::Holds);
    let states = BTreeMap::from([
        (Topic::Suspect, holds_until(judged == Status::Suspect, true)),
        (Topic::Empty, holds_until(found_empty, stored)),
        (Topic::Braked, holds_until(source.interrupted_in_row >= BRAKE_AFTER, stored)),
        (Topic::Stale, holds_until(stale, matches!(judged, Status::Healthy | Status::Warning))),
        (Topic::Failed, failed),
        (Topic::Partial, holds_until(outcome == Some(Outcome::Partial), outcome == Some(Outcome::Succeeded))),
        (Topic::Skipped, holds_until(outcome == Some(Outcome::Skipped) && !found_empty, stored)),
        (Topic::Missed, holds_until(last.is_some_and(|report| made_up_for_a_slot(standing, name, report)), true)),
    ]);

    let mut lines: Vec<Saying> = health
        .causes
        .iter()
        .filter(|cause| cause.source.as_ref() == Some(name))
        .map(|cause| cause.saying.clone())
        .collect();
    let of_source = last.and_then(|report| report.sources.iter().find(|of_source| of_source.source == *name));
    if let Some(of_source) = of_source {
        lines.extend(error_lines(of_source.error.as_deref(), of_source.hint.as_deref()));
    }
    lines.push(match standing.catalog.newest_good(name) {
        Some((set, artifact)) => Saying::new("tell-newest-good")
            .with("id", &set.id)
            .with("at", local_minute(standing.zone, artifact.ended_at)),
        None => Saying::new("tell-no-good"),
    });
    Views { source: Some(name), zone: standing.zone, attempted_at: last.map(|report| report.started_at), states, lines }
}

/// A backup that failed before it came to any source, what failed beside the sources, and what a
/// verify or a drill found.
fn view_of_run<'a>(standing: &'a Standing, health: &Health) -> Views<'a> {
    let last = standing.jobs.get(&Job::Backup).and_then(|history| history.last.as_ref());
    let failed = last.is_some_and(|report| report.outcome == Outcome::Failed && report.sources.is_empty());
    let came_to_sources = last.is_some_and(|report| !report.sources.is_empty());
    let beside = standing.failed_roles().map(|(_, of_source)| of_source);
    let mut lines = last.map(|report| error_lines(report.error.as_deref(), report.hint.as_deref())).unwrap_or_default();
    lines.extend(
        beside.into_iter().flat_map(|of_source| error_lines(of_source.error.as_deref(), of_source.hint.as_deref())),
    );
    let verify = health.causes.iter().find(|cause| cause.code == VERIFY_FAILED);
    lines.extend(verify.map(|cause| cause.saying.clone()));
    let drills = [
        (Topic::Drill, [DRILL_FAILED, DRILL_OVERDUE].as_slice()),
        (Topic::DrillAnswer, [DRILL_ANSWER].as_slice()),
        (Topic::DrillWarning, [DRILL_UNASKED, MEDIA_MISSING].as_slice()),
    ]
    .map(|(topic, codes)| (topic, causes_of(health, codes)));
    let of_drills: Vec<Saying> = drills.iter().flat_map(|(_, sayings)| sayings).cloned().collect();
    if !of_drills.is_empty() {
        lines.extend(of_drills.into_iter().chain(drill_lines(standing)));
    }
    Views {
        source: None,
        zone: standing.zone,
        attempted_at: last.map(|report| report.started_at),
        states: [
            (Topic::Failed, holds_until(failed, came_to_sources)),
            (Topic::Partial, holds_until(beside.is_some(), came_to_sources)),
            (Topic::Verify, holds_until(verify.is_some(), true)),
        ]
        .into_iter()
        .chain(drills.map(|(topic, sayings)| (topic, holds_until(!sayings.is_empty(), true))))
        .collect(),
        lines,
    }
}

/// What health says under these codes.
fn causes_of(health: &Health, codes: &[&str]) -> Vec<Saying> {
    health.causes.iter().filter(|cause| codes.contains(&cause.code)).map(|cause| cause.saying.clone()).collect()
}

/// What went wrong first in the last drill, and what to do about it.
fn drill_lines(standing: &Standing) -> Vec<Saying> {
    let last = standing.jobs.get(&Job::Drill).and_then(|history| history.last.as_ref());
    let Some(last) = last.filter(|last| last.outcome != Outcome::Succeeded) else { return Vec::new() };
    let of_source = last.sources.iter().find(|source| source.outcome != Outcome::Succeeded);
    let (error, hint) = of_source.map_or((None, None), |source| (source.error.as_deref(), source.hint.as_deref()));
    error_lines(error, last.hint.as_deref().or(hint))
}

fn holds_until(holds: bool, over: bool) -> State {
    match (holds, over) {
        (true, _) => State::Holds,
        (false, true) => State::Over,
        (false, false) => State::Open,
    }
}

/// Whether a run caught up a slot that had passed: a source that had no complete backup before
/// was due at start, and missed nothing.
fn made_up_for_a_slot(standing: &Standing, source: &SourceName, report: &RunReport) -> bool {
    let mut held = standing.catalog.data_of(source);
    report.trigger == Trigger::CatchUp && held.any(|(set, a)| a.counts() && set.started_at < report.started_at)
}

fn error_lines(error: Option<&str>, hint: Option<&str>) -> Vec<Saying> {
    let error = error.map(|error| Saying::new("tell-error").with("error", error));
    let hint = hint.map(|hint| Saying::new("tell-hint").with("hint", hint));
    error.into_iter().chain(hint).collect()
}

impl Views<'_> {
    fn is_to_be_told(&self, topic: Topic, known: Option<&ToldTrouble>, now: DateTime<Utc>) -> bool {
        match known {
            None => true,
            Some(known) if topic.is_passing_note() => self.attempted_at.is_some_and(|at| at > known.told_at),
            // A clock that was ahead when it was told must not silence it for as long.
            Some(known) => (now - known.told_at).abs() >= topic.repeat_after(),
        }
    }

    fn message(&self, topic: Topic, phase: Phase, since: DateTime<Utc>) -> Message {
        let source = self.source.map_or("backup", SourceName::as_str);
        let subject = match phase {
            Phase::Begins | Phase::Lasts => topic.subject(),
            Phase::Over => Saying::new("tell-over"),
        };
        let since = local_minute(self.zone, since);
        let since = match phase {
            Phase::Begins => None,
            Phase::Lasts => Some(Saying::new("tell-since").with("since", since)),
            Phase::Over => Some(Saying::new("tell-was-since").with("since", since)),
        };
        let is_over = phase == Phase::Over;
        Message {
            topic,
            phase,
            source: self.source.cloned(),
            severity: if is_over { Severity::Notice } else { topic.severity() },
            subject: subject.with("source", source),
            lines: since.into_iter().chain(self.lines.iter().cloned()).collect(),
        }
    }
}

fn local_minute(zone: Tz, instant: DateTime<Utc>) -> String {
    instant.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

fn begun(now: DateTime<Utc>) -> ToldTrouble {
    ToldTrouble { since: now, told_at: now, times: 0 }
}

fn key(topic: Topic, source: Option<&SourceName>) -> String {
    match source {
        Some(source) => format!("{}:{source}", topic.as_str()),
        None => topic.as_str().to_owned(),
    }
}

fn source_of(key: &str) -> Option<&str> {
    key.split_once(':').map(|(_, source)| source)
}

#[cfg(test)]
mod tests;
