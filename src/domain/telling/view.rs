//! How things stand, seen by every topic: of each source, and of the runs as a whole. Never: what was
//! told before.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::causes::{
    attention_subject, causes_of, codes_of, drill_lines, drill_subject, is_out_of_reach, store_subject,
};
use super::made_up::{missed_by_any, missed_lines};
use super::{Message, Phase, Severity, ToldTrouble, Topic, cause, figures, key, proof};
use crate::domain::health::{DISK_LOW, Health, STORE_GONE, Status, has_ample_room};
use crate::domain::name::SourceName;
use crate::domain::report::{Job, Outcome};
use crate::domain::saying::Saying;
use crate::domain::schedule::BRAKE_AFTER;
use crate::domain::standing::{SourceStanding, Standing};
use crate::domain::trend::{Measure, days_until_full, trend, unusual};

/// A disk that is full in so few days is critical.
const CRITICAL_DAYS: u32 = 3;
/// Told to be filling, a disk is well again only when it lasts longer than this.
const WELL_AGAIN_DAYS: u32 = 21;

/// How one topic stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Holds,
    /// Neither begun nor over: a trouble told before goes on.
    Open,
    Over,
}

/// One source, or the run as a whole, as seen by every topic.
pub(super) struct View<'a> {
    pub source: Option<&'a SourceName>,
    pub states: BTreeMap<Topic, State>,
    /// Since when there is what a passing note tells.
    pub notes: BTreeMap<Topic, DateTime<Utc>>,
    /// Why the last attempt failed, as short as a subject needs it.
    pub cause: Option<String>,
    zone: Tz,
    /// What a subject says of a topic instead of what it always says.
    subjects: BTreeMap<Topic, Saying>,
    /// The age of the newest good backup.
    age: Option<TimeDelta>,
    nights_without: usize,
    /// Whether that is too old.
    is_stale: bool,
    /// Topics that are critical as they stand, whatever they are otherwise.
    critical: BTreeSet<Topic>,
    standing: &'a Standing,
    health: &'a Health,
    /// What a message of this topic alone says.
    own_lines: BTreeMap<Topic, Vec<Saying>>,
    /// What there is to add to a message, whatever its topic.
    lines: Vec<Saying>,
}

pub(super) fn views<'a>(standing: &'a Standing, health: &'a Health) -> Vec<View<'a>> {
    let of_sources = standing.sources.iter().map(|source| view_of_source(standing, health, source));
    of_sources.chain([view_of_run(standing, health)]).collect()
}

fn view_of_source<'a>(standing: &'a Standing, health: &'a Health, source: &'a SourceStanding) -> View<'a> {
    let name = &source.name;
    let judged = health.sources.get(name).map_or(Status::Never, |of_source| of_source.status);
    let last = source.last_attempt.as_ref();
    let outcome = last.map(|report| report.outcome_of(name));
    let found_empty = last.is_some_and(|report| report.found_empty(name));
    let stored = matches!(outcome, Some(Outcome::Succeeded | Outcome::Partial));

    let failed = holds_until(outcome == Some(Outcome::Failed), stored);
    // Nothing stored yet is news only once something was tried; a failure says it already.
    let stale = judged == Status::Stale || (judged == Status::Never && outcome.is_some() && failed != State::Holds);
    // The newest of all, not the newest good one of several that are not: that was told in its night.
    let newest = standing.catalog.data_of(name).next().map(|(set, _)| set);
    let odd = unusual(&standing.catalog, name).filter(|odd| newest.is_some_and(|set| set.id == *odd.set));
    let states = BTreeMap::from([
        (Topic::Suspect, holds_until(judged == Status::Suspect, true)),
        (Topic::Empty, holds_until(found_empty, stored)),
        (Topic::Braked, holds_until(source.interrupted_in_row >= BRAKE_AFTER, stored)),
        (Topic::Stale, holds_until(stale, matches!(judged, Status::Healthy | Status::Warning))),
        (Topic::Failed, failed),
        (Topic::Partial, holds_until(outcome == Some(Outcome::Partial), outcome == Some(Outcome::Succeeded))),
        (Topic::Skipped, holds_until(outcome == Some(Outcome::Skipped) && !found_empty, stored)),
        (Topic::Unusual, holds_until(odd.is_some(), true)),
    ]);

    let is_partial = outcome == Some(Outcome::Partial);
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
    let good = standing.catalog.newest_good(name).map(|(set, artifact)| (set, artifact.ended_at));
    let age = good.map(|(_, ended_at)| (standing.now - ended_at).max(TimeDelta::zero()));
    if let (Some((set, ended_at)), Some(age)) = (good, age) {
        let newest = Saying::new("tell-newest-good").with("id", &set.id);
        let newest = newest.with("at", local_minute(standing.zone, ended_at));
        lines.push(newest.with("age_seconds", age.num_seconds()));
    } else if judged != Status::Never {
        // Where health says that there is none yet, it has been said.
        lines.push(Saying::new("tell-no-good"));
    }
    let odd_saying = odd.map(|odd| {
        let (key, now, usual) = match odd.measure {
            Measure::Bytes => ("tell-unusual-bytes", "now_bytes", "usual_bytes"),
            Measure::Rows => ("tell-unusual-rows", "now_rows", "usual_rows"),
        };
        Saying::new(key).with(now, odd.now).with(usual, odd.usual)
    });
    View {
        source: Some(name),
        states,
        notes: newest.map(|set| (Topic::Unusual, set.started_at)).into_iter().collect(),
        cause: of_source.and_then(|of_source| of_source.error.as_deref()).map(cause::short),
        zone: standing.zone,
        standing,
        health,
        subjects: odd_saying.map(|saying| (Topic::Unusual, saying)).into_iter().collect(),
        age,
        nights_without: source.nights_without,
        is_stale: stale,
        critical: (stale && is_partial).then_some(Topic::Partial).into_iter().collect(),
        own_lines: own_lines(),
        lines,
    }
}

/// What to do about it, where no cause of health says that.
fn own_lines() -> BTreeMap<Topic, Vec<Saying>> {
    BTreeMap::from([
        (Topic::Stale, vec![Saying::new("page-do-backup")]),
        (Topic::Skipped, vec![Saying::new("tell-skipped-why")]),
        (Topic::Unusual, vec![Saying::new("tell-unusual-why")]),
    ])
}

/// A backup that failed before it came to any source, what failed beside the sources, what a verify or a
/// drill found, what did not happen at all, the store and its disk.
fn view_of_run<'a>(standing: &'a Standing, health: &'a Health) -> View<'a> {
    let last = standing.jobs.get(&Job::Backup).and_then(|history| history.last.as_ref());
    let failed = last.is_some_and(|report| report.outcome == Outcome::Failed && report.sources.is_empty());
    let came_to_sources = last.is_some_and(|report| !report.sources.is_empty());
    let beside = standing.failed_roles().map(|(_, of_source)| of_source);
    let run_lines =
        || last.map(|report| error_lines(report.error.as_deref(), report.hint.as_deref())).unwrap_or_default();
    let beside_lines = beside.map(|of_source| error_lines(of_source.error.as_deref(), of_source.hint.as_deref()));
    let verify = causes_of(health, Topic::Verify);
    let drills = [Topic::Drill, Topic::DrillAnswer, Topic::DrillWarning].map(|topic| (topic, causes_of(health, topic)));
    let has = |code: &str| health.causes.iter().any(|cause| cause.code == code);
    let (is_low, is_gone) = (has(DISK_LOW), has(STORE_GONE));
    let disk = causes_of(health, Topic::DiskFull);
    let (store, attention) = (causes_of(health, Topic::Store), causes_of(health, Topic::Attention));
    // A set that is being removed, or a restore under way, looks for a moment like one that was cut short.
    let is_moving = standing.running.iter().any(|run| matches!(run.job, Job::Backup | Job::Prune | Job::Restore));
    let missed = missed_by_any(standing);
    let proof_due = proof::due(standing);

    let mut states: BTreeMap<Topic, State> = [
        (Topic::Failed, holds_until(failed, came_to_sources)),
        (Topic::Partial, holds_until(beside.is_some(), came_to_sources)),
        (Topic::Verify, holds_until(!verify.is_empty(), true)),
        (Topic::Store, holds_until(!store.is_empty(), true)),
        (Topic::Attention, holds_until(!attention.is_empty() && !is_moving, !is_moving)),
        (Topic::Missed, holds_until(missed.is_some(), true)),
        (Topic::Proof, holds_until(proof_due.is_some(), true)),
    ]
    .into();
    states.extend(drills.iter().map(|(topic, sayings)| (*topic, holds_until(!sayings.is_empty(), true))));
    let days_until_full = days_until_full(standing);
    // Where too little is known to look ahead, what is free now tells.
    let lasts_long = days_until_full.flatten().is_none_or(|days| days > WELL_AGAIN_DAYS);
    states.insert(Topic::DiskFull, holds_until(!disk.is_empty(), lasts_long && has_ample_room(standing)));
    let is_full_soon = days_until_full.flatten().is_some_and(|days| days <= CRITICAL_DAYS);
    let critical = [(Topic::DiskFull, is_low || is_full_soon), (Topic::Store, is_gone || is_out_of_reach(standing))];

    let mut own_lines = BTreeMap::from([
        (Topic::Failed, run_lines()),
        (Topic::Partial, beside_lines.unwrap_or_default()),
        (Topic::Verify, verify),
        (Topic::Store, store),
        (Topic::DiskFull, disk.into_iter().chain(is_low.then(|| Saying::new("page-do-room"))).collect()),
        (Topic::Attention, attention),
        (Topic::Missed, missed.map(|missed| missed_lines(standing, &missed)).unwrap_or_default()),
        (Topic::Proof, proof::lines(health)),
    ]);
    // Its report tells one cause: that of the gravest there is.
    let mut why = Some(drill_lines(standing));
    own_lines.extend(drills.into_iter().map(|(topic, sayings)| {
        let why = if sayings.is_empty() { None } else { why.take() };
        (topic, sayings.into_iter().chain(why.into_iter().flatten()).collect())
    }));
    let mut subjects = BTreeMap::new();
    if let Some(missed) = missed {
        subjects.insert(Topic::Missed, Saying::new("tell-missed").with("nights", missed.nights));
    }
    if let Some(Some(days)) = days_until_full {
        subjects.insert(Topic::DiskFull, Saying::new("tell-disk-full").with("days", days));
    }
    if is_low {
        subjects.insert(Topic::DiskFull, Saying::new("tell-disk-low"));
    }
    if let Some(saying) = store_subject(standing, health) {
        subjects.insert(Topic::Store, saying);
    }
    if let Some(saying) = attention_subject(health) {
        subjects.insert(Topic::Attention, saying);
    }
    if let Some(key) = drill_subject(health, standing) {
        subjects.insert(Topic::Drill, Saying::new(key));
    }
    if proof_due.is_some() {
        subjects.insert(Topic::Proof, proof::subject(standing, health));
    }
    if failed {
        subjects.insert(Topic::Failed, Saying::new("tell-failed-run"));
    }
    let notes = missed.map(|missed| (Topic::Missed, missed.last)).into_iter();
    View {
        source: None,
        states,
        notes: notes.chain(proof_due.map(|due| (Topic::Proof, due))).collect(),
        cause: last.and_then(|report| report.error.as_deref()).map(cause::short),
        zone: standing.zone,
        standing,
        health,
        subjects,
        age: newest_good_age(standing),
        nights_without: 0,
        is_stale: false,
        critical: critical.into_iter().filter_map(|(topic, is_critical)| is_critical.then_some(topic)).collect(),
        own_lines,
        lines: Vec::new(),
    }
}

/// The age of what would be lost at most: of the source whose newest good backup is the oldest.
fn newest_good_age(standing: &Standing) -> Option<TimeDelta> {
    let ages = standing.sources.iter().map(|source| {
        let (_, artifact) = standing.catalog.newest_good(&source.name)?;
        Some((standing.now - artifact.ended_at).max(TimeDelta::zero()))
    });
    ages.collect::<Option<Vec<_>>>()?.into_iter().max()
}

fn holds_until(holds: bool, over: bool) -> State {
    match (holds, over) {
        (true, _) => State::Holds,
        (false, true) => State::Over,
        (false, false) => State::Open,
    }
}

pub(super) fn error_lines(error: Option<&str>, hint: Option<&str>) -> Vec<Saying> {
    let error = error.map(|error| Saying::new("tell-error").with("error", error));
    let hint = hint.map(|hint| Saying::new("tell-hint").with("hint", hint));
    error.into_iter().chain(hint).collect()
}

impl View<'_> {
    pub(super) fn severity(&self, topic: Topic) -> Severity {
        match topic {
            topic if self.critical.contains(&topic) => Severity::Critical,
            topic => topic.severity(),
        }
    }

    pub(super) fn message(&self, topic: Topic, phase: Phase, told: &ToldTrouble) -> Message {
        let since = local_minute(self.zone, told.since);
        let since = (phase == Phase::Lasts).then(|| Saying::new("tell-since").with("since", since));
        let own = self.own_lines.get(&topic).into_iter().flatten().cloned();
        // Where things are heading takes long to find out: only where it is told.
        let figures = match topic {
            Topic::Proof => figures::whole(self.standing, &trend(self.standing)),
            Topic::DiskFull => figures::of_disk(self.standing, &trend(self.standing)).into_iter().collect(),
            _ => Vec::new(),
        };
        let changed = if phase == Phase::Lasts { self.changed(topic, told) } else { Vec::new() };
        Message {
            topic,
            phase,
            source: self.source.cloned(),
            severity: self.severity(topic),
            subject: self.subject(topic, phase),
            lines: since.into_iter().chain(changed).chain(own).chain(self.lines.iter().cloned()).collect(),
            figures,
            conversation: self.conversation(topic, told),
            closes: Vec::new(),
        }
    }

    /// The message that it is over, and with it whatever else of its kind was.
    pub(super) fn over(&self, topic: Topic, told: &ToldTrouble, others: &[(Topic, &ToldTrouble)]) -> Message {
        let since = others.iter().map(|(_, other)| other.since).min().unwrap_or(told.since).min(told.since);
        let was_since = Saying::new("tell-was-since").with("since", local_minute(self.zone, since));
        let (subject, lines) = match self.source {
            Some(source) => (Saying::new("tell-over").with("source", source), vec![was_since]),
            None if topic == Topic::Missed => (Saying::new("tell-missed-over"), self.next_lines()),
            None => (Saying::new("tell-over-run").with("kind", topic.kind(false)), vec![was_since]),
        };
        Message {
            topic,
            phase: Phase::Over,
            source: self.source.cloned(),
            severity: Severity::Notice,
            subject,
            lines: lines.into_iter().chain(self.lines.iter().cloned()).collect(),
            figures: Vec::new(),
            conversation: self.conversation(topic, told),
            closes: others.iter().map(|(topic, other)| self.conversation(*topic, other)).collect(),
        }
    }

    fn next_lines(&self) -> Vec<Saying> {
        let next = self.standing.next_runs.get(&Job::Backup);
        next.map(|next| Saying::new("tell-missed-next").with("at", local_minute(self.zone, *next)))
            .into_iter()
            .collect()
    }

    /// What is told anew at once when it changes: what needs attention, what is wrong with the store.
    pub(super) fn told_as(&self, topic: Topic) -> Option<String> {
        match topic {
            Topic::Failed => self.cause.clone(),
            Topic::Attention => Some(codes_of(self.health, topic).join(",")),
            Topic::Store => self.subjects.get(&topic).map(|saying| saying.key.to_owned()),
            _ => None,
        }
    }

    /// Whether there is more to it than when it was told.
    pub(super) fn has_more(&self, topic: Topic, told: &ToldTrouble) -> bool {
        let before = || told.cause.as_deref().unwrap_or_default();
        match topic {
            Topic::Attention => {
                let known: Vec<&str> = before().split(',').collect();
                codes_of(self.health, topic).iter().any(|code| !known.contains(code))
            }
            Topic::Store => {
                self.severity(topic) == Severity::Critical && self.told_as(topic).as_deref() != Some(before())
            }
            _ => false,
        }
    }

    fn conversation(&self, topic: Topic, told: &ToldTrouble) -> String {
        format!("{}@{}", key(topic, self.source), told.since.format("%Y%m%dT%H%M%SZ"))
    }

    /// What is otherwise than when it was last told.
    fn changed(&self, topic: Topic, told: &ToldTrouble) -> Vec<Saying> {
        if topic != Topic::Failed {
            return Vec::new();
        }
        let nights = (self.nights_without > 0).then(|| Saying::new("tell-nights").with("nights", self.nights_without));
        let before = told.cause.as_ref().filter(|before| self.cause.as_ref() != Some(before));
        let cause = before.map(|before| Saying::new("tell-cause-changed").with("before", before));
        nights.into_iter().chain(cause).collect()
    }

    fn subject(&self, topic: Topic, phase: Phase) -> Saying {
        let still_fails = topic == Topic::Failed && phase == Phase::Lasts && self.nights_without > 1;
        let saying = match self.subjects.get(&topic) {
            Some(saying) => saying.clone(),
            None if still_fails => Saying::new("tell-still-failed").with("nights", self.nights_without),
            None if topic == Topic::Partial && self.is_stale => Saying::new("tell-partial-stale"),
            None => topic.subject(),
        };
        let saying = saying.with("source", self.source.map_or("backup", SourceName::as_str));
        let is_too_old = topic == Topic::Partial && self.is_stale;
        if !topic.tells_of_a_missing_backup() && !is_too_old {
            return saying;
        }
        // A word where there is no number: the sentence chooses by it.
        let age = self.age.map_or_else(|| "never".to_owned(), |age| age.num_seconds().to_string());
        let saying = saying.with("cause", self.cause.as_deref().unwrap_or("unknown")).with("age_seconds", age);
        match (topic, self.source) {
            (Topic::Failed, Some(_)) => saying.with("stale", if self.is_stale { "yes" } else { "no" }),
            _ => saying,
        }
    }
}

pub(super) fn local_minute(zone: Tz, instant: DateTime<Utc>) -> String {
    instant.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}
