//! What should have run and what should stand, told again from the contract without a line of the
//! program's rules: no cron, no plan, no catalog, only what happened, in lists.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use resguardo::domain::id::BackupId;
use resguardo::domain::report::{Outcome, Trigger};

use super::almanac::Almanac;
use crate::support::fake::{DUMP_TAKES, Mood};

/// How long sets are kept, as the test's own settings say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Keep {
    pub(super) days: i64,
    pub(super) daily: usize,
    pub(super) weekly: usize,
    pub(super) monthly: usize,
    pub(super) yearly: usize,
    pub(super) redundancy: usize,
}

/// Names the day, week, month or year of a date.
type Period = fn(NaiveDate) -> String;

/// What one source left in a set.
#[derive(Debug, Clone, Copy)]
struct Left {
    source: usize,
    emptied: bool,
    complete: bool,
    suspect: bool,
    at: DateTime<Utc>,
}

impl Left {
    fn is_good(&self) -> bool {
        self.complete && !self.suspect
    }
}

/// One set that should stand.
#[derive(Debug, Clone)]
struct Stood {
    id: BackupId,
    at: DateTime<Utc>,
    accepted: bool,
    left: Vec<Left>,
}

/// How the last slot of a source went so far.
#[derive(Debug, Clone, Default)]
struct Tried {
    slot: Option<DateTime<Utc>>,
    stored: bool,
    /// How many attempts failed or were not begun.
    failures: usize,
    last: Option<Attempt>,
    /// How many attempts in a row ended with their process, over all slots.
    killed_in_row: usize,
}

#[derive(Debug, Clone, Copy)]
struct Attempt {
    began: DateTime<Utc>,
    /// When it may be made again, if it stored nothing.
    again: DateTime<Utc>,
    found_empty: bool,
}

/// How grave a source should stand, as far as it is the calendar's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grave {
    Well,
    Stale,
    Never,
    Empty,
    Suspect,
}

/// How a run should end.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) outcomes: Vec<(usize, Outcome)>,
    pub(super) publishes: bool,
    pub(super) nothing_expires: bool,
    left: Vec<Left>,
}

pub(super) struct Oracle {
    zone: Tz,
    keep: Keep,
    catch_up: bool,
    pub(super) almanacs: [Almanac; 2],
    tried: [Tried; 2],
    stood: Vec<Stood>,
    daemon_began: DateTime<Utc>,
    last_run_ended: Option<DateTime<Utc>>,
}

impl Oracle {
    pub(super) fn new(zone: Tz, keep: Keep, catch_up: bool, almanacs: [Almanac; 2]) -> Self {
        let (tried, stood) = (Default::default(), Vec::new());
        Self { zone, keep, catch_up, almanacs, tried, stood, daemon_began: DateTime::UNIX_EPOCH, last_run_ended: None }
    }

    pub(super) fn daemon_begins(&mut self, now: DateTime<Utc>) {
        self.daemon_began = now;
    }

    /// Who should run now, and why: the first source that is due, with all that are due likewise.
    pub(super) fn due(&self, now: DateTime<Utc>) -> Option<(Trigger, Vec<usize>)> {
        let due: Vec<(usize, Trigger)> = (0..2).filter_map(|s| Some((s, self.due_alone(s, now)?))).collect();
        let trigger = due.first()?.1;
        Some((trigger, due.into_iter().filter(|(_, other)| *other == trigger).map(|(source, _)| source).collect()))
    }

    fn due_alone(&self, source: usize, now: DateTime<Utc>) -> Option<Trigger> {
        let slot = self.almanacs[source].last(now);
        let missed = slot < self.daemon_began && self.daemon_began <= now;
        let afresh = if missed { Trigger::CatchUp } else { Trigger::Schedule };
        let tried = &self.tried[source];
        let last = tried.last.filter(|_| !is_of_another_clock(tried, now));
        let tried_since_start = last.is_some_and(|last| last.began >= self.daemon_began);
        if missed && !tried_since_start && self.newest_good(source, now).is_none() {
            return Some(if self.catch_up { Trigger::CatchUp } else { Trigger::Start });
        }
        match last {
            Some(last) if tried.slot == Some(slot) => {
                let retry = !tried.stored && tried.killed_in_row < 3 && last.again <= now;
                retry.then_some(Trigger::Retry)
            }
            // The clock was set back within the hour: this slot was seen to before.
            Some(_) if tried.slot > Some(slot) => None,
            _ => (!missed || self.catch_up).then_some(afresh),
        }
    }

    /// Nothing is known any more of what was tried, but what stands was stored.
    pub(super) fn record_lost(&mut self, now: DateTime<Utc>) {
        for source in 0..2 {
            let slot = self.almanacs[source].last(now);
            let stands = self.newest_first(source, now).map(|(_, left)| left.at).find(|at| slot <= *at && *at <= now);
            self.tried[source] = Tried::default();
            if let Some(began) = stands {
                let last = Some(Attempt { began, again: began, found_empty: false });
                self.tried[source] = Tried { slot: Some(slot), stored: true, last, ..Tried::default() };
            }
        }
        self.last_run_ended = None;
    }

    /// Notes that a run of these sources began now and was killed with its process.
    pub(super) fn killed(&mut self, now: DateTime<Utc>, sources: &[usize]) {
        for source in sources {
            let tried = self.begin(*source, now);
            tried.killed_in_row += 1;
            tried.last = Some(Attempt { began: now, again: now, found_empty: false });
        }
        self.last_run_ended = Some(now);
    }

    /// Notes a run, and says how it should end.
    pub(super) fn run(&mut self, now: DateTime<Utc>, trigger: Trigger, sources: &[(usize, Mood)]) -> Expected {
        let trusted = self.last_run_ended.is_none_or(|ended| self.follows_on(ended, now));
        let waits_for_somebody = matches!(trigger, Trigger::CatchUp | Trigger::Retry);
        let mut outcomes = Vec::new();
        let mut left = Vec::new();
        let mut ended = now;
        for (source, mood) in sources {
            let had_tables = self.newest_good(*source, now).is_some_and(|good| !good.emptied);
            let outcome = match mood {
                Mood::FailsLasting => Outcome::Failed,
                Mood::Emptied if waits_for_somebody && had_tables => Outcome::Skipped,
                _ => {
                    ended += DUMP_TAKES;
                    match mood {
                        Mood::Full | Mood::Emptied => Outcome::Succeeded,
                        Mood::Incomplete => Outcome::Partial,
                        _ => Outcome::Failed,
                    }
                }
            };
            if matches!(outcome, Outcome::Succeeded | Outcome::Partial) {
                let (emptied, complete) = (*mood == Mood::Emptied, *mood != Mood::Incomplete);
                left.push(Left { source: *source, emptied, complete, suspect: false, at: now });
            }
            outcomes.push((*source, outcome));
        }
        for ((source, outcome), (_, mood)) in outcomes.iter().zip(sources) {
            self.note(*source, now, ended, *outcome, *mood == Mood::FailsLasting);
        }
        self.last_run_ended = Some(ended);
        let behind = self.stood.iter().any(|set| set.at > ended);
        Expected { outcomes, publishes: !left.is_empty(), nothing_expires: !trusted || behind, left }
    }

    fn note(&mut self, source: usize, began: DateTime<Utc>, ended: DateTime<Utc>, outcome: Outcome, lasting: bool) {
        let tried = self.begin(source, began);
        tried.killed_in_row = 0;
        tried.stored |= matches!(outcome, Outcome::Succeeded | Outcome::Partial);
        tried.failures += usize::from(!tried.stored && !lasting);
        let minutes = match (lasting, tried.failures) {
            (false, 1) => 5,
            (false, 2) => 15,
            (false, 3) => 45,
            _ => 60,
        };
        let again = ended + TimeDelta::minutes(minutes);
        tried.last = Some(Attempt { began, again, found_empty: outcome == Outcome::Skipped });
    }

    fn begin(&mut self, source: usize, now: DateTime<Utc>) -> &mut Tried {
        let slot = self.almanacs[source].last(now);
        let tried = &mut self.tried[source];
        if is_of_another_clock(tried, now) {
            *tried = Tried::default();
        }
        if tried.slot != Some(slot) {
            *tried = Tried { slot: Some(slot), killed_in_row: tried.killed_in_row, ..Tried::default() };
        }
        tried
    }

    /// Whether the clock stands where it should after a run: not two days back, and not two days
    /// past the next one.
    fn follows_on(&self, ended: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let wait = self.almanacs.iter().map(|almanac| almanac.longest_wait(now)).max().unwrap();
        let two_days = TimeDelta::days(2);
        ended - two_days <= now && now <= ended + wait + two_days
    }

    /// Notes the set that a run published, and returns the ids that should go with it.
    pub(super) fn published(&mut self, id: BackupId, now: DateTime<Utc>, expected: &Expected) -> Vec<BackupId> {
        self.stood.push(Stood { id, at: now, accepted: false, left: expected.left.clone() });
        self.stood.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        self.suspect();
        if expected.nothing_expires {
            return Vec::new();
        }
        let kept = self.kept(now);
        let (stays, goes): (Vec<Stood>, Vec<Stood>) =
            std::mem::take(&mut self.stood).into_iter().partition(|set| kept.contains(&set.id));
        self.stood = stays;
        // What a later set was compared with may be gone; then it stands for itself.
        self.suspect();
        goes.into_iter().map(|set| set.id).collect()
    }

    /// The newest set that is suspect, which the operator accepts.
    pub(super) fn accept(&mut self) -> BackupId {
        let newest = self.stood.iter_mut().rev().find(|set| set.left.iter().any(|left| left.suspect)).unwrap();
        newest.accepted = true;
        let id = newest.id.clone();
        self.suspect();
        id
    }

    pub(super) fn ids(&self) -> Vec<BackupId> {
        self.stood.iter().map(|set| set.id.clone()).collect()
    }

    /// The ids of the sets that should be called suspect.
    pub(super) fn suspect_ids(&self) -> Vec<BackupId> {
        let suspect = self.stood.iter().filter(|set| set.left.iter().any(|left| left.suspect));
        suspect.map(|set| set.id.clone()).collect()
    }

    /// Goes through each source's artifacts from the oldest on: one that is empty after one that
    /// was not is suspect, unless its set was accepted.
    fn suspect(&mut self) {
        for source in 0..2 {
            let mut good_before: Option<Left> = None;
            let mut any_before = false;
            for set in &mut self.stood {
                for left in set.left.iter_mut().filter(|left| left.source == source) {
                    let lost = good_before.map_or(any_before, |good| !good.emptied);
                    left.suspect = left.complete && left.emptied && lost && !set.accepted;
                    if left.is_good() {
                        good_before = Some(*left);
                    }
                    any_before = true;
                }
            }
        }
    }

    /// The ids that any rule keeps.
    fn kept(&self, now: DateTime<Utc>) -> BTreeSet<BackupId> {
        let date = |at: DateTime<Utc>| at.with_timezone(&self.zone).date_naive();
        let mut kept: BTreeSet<BackupId> = BTreeSet::new();
        for set in &self.stood {
            if (date(now) - date(set.at)).num_days() < self.keep.days {
                kept.insert(set.id.clone());
            }
        }
        for source in 0..2 {
            let held: Vec<(&Stood, &Left)> = self.newest_first(source, now).collect();
            if held.iter().find(|(_, left)| left.complete).is_some_and(|(_, left)| left.suspect) {
                kept.extend(held.iter().map(|(set, _)| set.id.clone()));
            }
            let good: Vec<&Stood> = held.iter().filter(|(_, left)| left.is_good()).map(|(set, _)| *set).collect();
            let half = held.iter().filter(|(_, left)| !left.complete).map(|(set, _)| *set);
            kept.extend(good.iter().copied().chain(half).take(self.keep.redundancy).map(|set| set.id.clone()));
            let rules: [(usize, Period); 4] = [
                (self.keep.daily, |date| date.to_string()),
                (self.keep.weekly, |date| date.format("%G-%V").to_string()),
                (self.keep.monthly, |date| date.format("%Y-%m").to_string()),
                (self.keep.yearly, |date| date.format("%Y").to_string()),
            ];
            for (number, period) in rules {
                let mut periods: Vec<String> = good.iter().map(|set| period(date(set.at))).collect();
                periods.dedup();
                for wanted in periods.into_iter().take(number) {
                    let newest = good.iter().find(|set| period(date(set.at)) == wanted).unwrap();
                    kept.insert(newest.id.clone());
                }
            }
        }
        kept
    }

    /// Without those that a clock that was ahead dated more than an hour past `now`.
    fn newest_first(&self, source: usize, now: DateTime<Utc>) -> impl Iterator<Item = (&Stood, &Left)> {
        let sets = self.stood.iter().rev().filter(move |set| set.at <= now + TimeDelta::hours(1));
        sets.flat_map(move |set| set.left.iter().filter(move |left| left.source == source).map(move |left| (set, left)))
    }

    fn newest_good(&self, source: usize, now: DateTime<Utc>) -> Option<&Left> {
        self.newest_first(source, now).map(|(_, left)| left).find(|left| left.is_good())
    }

    /// The newest set that counts for a source.
    pub(super) fn newest_good_id(&self, source: usize, now: DateTime<Utc>) -> Option<&BackupId> {
        self.newest_first(source, now).find(|(_, left)| left.is_good()).map(|(set, _)| &set.id)
    }

    /// What may lie behind before a source is stale.
    pub(super) fn max_age(&self, source: usize, now: DateTime<Utc>) -> TimeDelta {
        self.almanacs[source].longest_wait(now) + TimeDelta::hours(1)
    }

    /// How grave a source should stand.
    pub(super) fn grave(&self, source: usize, now: DateTime<Utc>) -> Grave {
        let newest = self.newest_first(source, now).map(|(_, left)| left).find(|left| left.complete);
        if newest.is_some_and(|left| left.suspect) {
            return Grave::Suspect;
        }
        if self.tried[source].last.is_some_and(|last| last.found_empty) {
            return Grave::Empty;
        }
        match self.newest_good(source, now) {
            None => Grave::Never,
            Some(good) if now - good.at > self.max_age(source, now) => Grave::Stale,
            Some(_) => Grave::Well,
        }
    }

    /// Whether a source turns stale in this minute or the next: the moments to look at closely.
    pub(super) fn is_on_the_edge(&self, now: DateTime<Utc>) -> bool {
        (0..2).any(|source| {
            self.newest_good(source, now).is_some_and(|good| {
                let age = now - good.at;
                let could = age >= TimeDelta::hours(24) && age.num_minutes() % 30 <= 1;
                could && (0..=1).contains(&(age - self.max_age(source, now)).num_minutes())
            })
        })
    }
}

/// Whether what was tried was tried under a clock that has been set back since, by more than an
/// hour.
fn is_of_another_clock(tried: &Tried, now: DateTime<Utc>) -> bool {
    tried.last.is_some_and(|last| last.began > now + TimeDelta::hours(1))
}
