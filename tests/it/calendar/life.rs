//! One life of seven years: the program's own scheduler, runner, store and prune on real files,
//! under a clock and on sources that do as told, minute by minute beside the oracle.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use resguardo::config;
use resguardo::daemon::scheduler::Scheduler;
use resguardo::domain::artifact::Kind;
use resguardo::domain::health::{self, Status};
use resguardo::domain::id::BackupId;
use resguardo::domain::name::SourceName;
use resguardo::domain::progress::Unseen;
use resguardo::domain::report::{Job, Outcome, RunReport};
use resguardo::domain::schedule::Schedule;
use resguardo::domain::set::SetState;
use resguardo::domain::standing::Standing;
use resguardo::domain::suspect;
use resguardo::runner::{Request, Runner};
use resguardo::source::{Configured, Source};
use resguardo::standing::record::{Start, run_name};
use resguardo::sys::Sys;
use resguardo::sys::clock::Clock;
use resguardo::sys::gate::Open;
use resguardo::sys::stop::Stop;
use resguardo::words::Words;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::almanac::{Almanac, Matches, jumps};
use super::misfortune::{self, APP, Dice, Misfortune};
use super::oracle::{Expected, Grave, Keep, Oracle};
use crate::support::fake::{FakeClock, FakeSource, Mood};
use crate::support::folder;

const YEARS_DAYS: i64 = 7 * 365 + 2;
const NAMES: [&str; 2] = ["app", "media"];
const KINDS: [Kind; 2] = [Kind::Sqlite, Kind::Media];

/// Where and by what rules a life is lived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) zone: Tz,
    pub(super) from: &'static str,
    /// An expression for each source, beside its meaning in other words.
    pub(super) schedules: [(&'static str, Matches); 2],
    pub(super) keep: Keep,
    pub(super) catch_up: bool,
    /// How far the clock once runs ahead. Until the sets of those nights are the past, nothing
    /// expires, and a store that grows for a year takes its time.
    pub(super) ahead: TimeDelta,
}

/// What a life came to, so that a life in which nothing happened is seen.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) runs: usize,
    pub(super) published: usize,
    pub(super) pruned: usize,
    pub(super) looks: usize,
    pub(super) stood_max: usize,
    pub(super) graves: BTreeSet<&'static str>,
}

/// Lives seven years and compares at every step.
pub(super) fn live(place: &Place, seed: u64) -> Tally {
    let mut dice = Dice::new(seed);
    let start: DateTime<Utc> = place.from.parse().unwrap();
    let end = start + TimeDelta::days(YEARS_DAYS);
    let (earliest, latest) = (start - TimeDelta::days(400), end + TimeDelta::days(2 * 366 + 40));
    let almanacs = place.schedules.map(|(_, matches)| Almanac::new(place.zone, matches, earliest, latest));
    for ((expression, _), almanac) in place.schedules.iter().zip(&almanacs) {
        schedule_agrees(expression, place.zone, almanac, start, end);
    }
    let jumps = jumps(place.zone, start, end);
    let misfortunes = misfortune::of_seven_years(start, place.ahead, &jumps, &mut dice);
    let mut life = Life::new(place, Oracle::new(place.zone, place.keep, place.catch_up, almanacs), dice);

    let mut to_come = VecDeque::from(misfortunes);
    let around: BTreeSet<DateTime<Utc>> = jumps
        .iter()
        .flat_map(|jump| [-61, -60, -31, -30, -1, 0, 1, 29, 30, 59, 60, 61].map(|m| *jump + TimeDelta::minutes(m)))
        .collect();
    let mut minute = start;
    while minute < end {
        while to_come.front().is_some_and(|(at, _)| *at <= minute) {
            let (_, misfortune) = to_come.pop_front().unwrap();
            life.befall(minute, misfortune);
        }
        life.pass(minute, around.contains(&minute));
        minute += TimeDelta::minutes(1);
    }
    life.tally
}

/// The program's schedule names the slots of the almanac over all years, each once, and from one
/// slot to just before the next it answers with the first.
fn schedule_agrees(expression: &str, zone: Tz, almanac: &Almanac, start: DateTime<Utc>, end: DateTime<Utc>) {
    let schedule = Schedule::parse(expression).unwrap();
    for pair in almanac.slots.windows(2).filter(|pair| start <= pair[0] && pair[0] < end) {
        assert_eq!(schedule.next_after(zone, pair[0]), Some(pair[1]), "{expression} {zone} after {}", pair[0]);
        assert_eq!(schedule.last_at(zone, pair[0]), Some(pair[0]), "{expression} {zone} at {}", pair[0]);
        let just_before = pair[1] - TimeDelta::minutes(1);
        assert_eq!(schedule.last_at(zone, just_before), Some(pair[0]), "{expression} {zone} at {just_before}");
    }
}

struct Life {
    place: Place,
    _dir: TempDir,
    runtime: Runtime,
    clock: Arc<FakeClock>,
    runner: Runner,
    fakes: [Arc<FakeSource>; 2],
    oracle: Oracle,
    dice: Dice,
    /// What was last seen of the store, and of the record since.
    standing: Option<Standing>,
    reports: Vec<RunReport>,
    /// The daemon's memory; `None` while it is off.
    scheduler: Option<Scheduler>,
    /// What the clock shows beyond the truth.
    ahead: TimeDelta,
    moods: [Mood; 2],
    next_moods: [VecDeque<Mood>; 2],
    kills_to_come: usize,
    /// The newest id since the clock was last set back.
    newest_id: Option<BackupId>,
    tally: Tally,
}

impl Life {
    fn new(place: &Place, oracle: Oracle, dice: Dice) -> Self {
        let dir = folder::in_memory();
        let clock = Arc::new(FakeClock::default());
        let (runner, fakes) = runner(place, dir.path(), &clock);
        Self {
            place: *place,
            _dir: dir,
            runtime: tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap(),
            clock,
            runner,
            fakes,
            oracle,
            dice,
            standing: None,
            reports: Vec::new(),
            scheduler: None,
            ahead: TimeDelta::zero(),
            moods: [Mood::Full; 2],
            next_moods: [VecDeque::new(), VecDeque::new()],
            kills_to_come: 0,
            newest_id: None,
            tally: Tally::default(),
        }
    }

    fn befall(&mut self, minute: DateTime<Utc>, misfortune: Misfortune) {
        match misfortune {
            Misfortune::Off => self.scheduler = None,
            Misfortune::On => self.daemon_begins(minute + self.ahead),
            Misfortune::Mood(source, mood) => self.moods[source] = mood,
            Misfortune::Next(source, moods) => self.next_moods[source].extend(moods),
            Misfortune::Killed(times) => self.kills_to_come += times,
            Misfortune::Accepted => {
                self.clock.set(minute + self.ahead);
                let id = self.oracle.accept();
                let locked = self.runner.store.lock(Duration::ZERO, &Stop::new()).unwrap().unwrap();
                locked.accept(&id, "operator").unwrap();
            }
            Misfortune::RecordLost => {
                self.clock.set(minute + self.ahead);
                fs::remove_file(self.runner.store.state_dir().join("runs.jsonl")).unwrap();
                self.oracle.record_lost(minute + self.ahead);
                // The daemon remembers what it noted; only a new one knows nothing.
                self.daemon_begins(minute + self.ahead);
            }
            Misfortune::Clock(by) => {
                self.ahead += by;
                if by < TimeDelta::zero() {
                    self.newest_id = None;
                }
            }
        }
    }

    fn daemon_begins(&mut self, now: DateTime<Utc>) {
        self.clock.set(now);
        self.oracle.daemon_begins(now);
        self.scheduler = Some(Scheduler::new(self.runner.config.clone(), now));
        self.runner.recover();
        self.standing = None;
    }

    /// One minute: where the oracle says that something is due, and at moments picked by chance,
    /// the program is asked.
    fn pass(&mut self, minute: DateTime<Utc>, is_near_jump: bool) {
        let now = minute + self.ahead;
        if self.scheduler.is_none() {
            return;
        }
        let expects_run = self.oracle.due(now).is_some();
        let is_moment = is_near_jump || self.oracle.is_on_the_edge(now);
        if !expects_run && !is_moment && self.dice.roll(3 * 1440) > 0 {
            return;
        }
        self.tally.looks += 1;
        self.clock.set(now);
        // A daemon asks until nothing more is due; no source is ever due so often at once.
        for _ in 0..8 {
            let now = self.clock.now();
            let is_empty = (0..2).any(|source| self.oracle.grave(source, now) == Grave::Empty);
            let closely = is_moment || is_empty || self.dice.roll(10) == 0;
            let standing = self.look(closely);
            let request = self.scheduler.as_ref().unwrap().due(&standing, &self.reports);
            self.standing = Some(standing);
            let expected = self.oracle.due(now);
            let found = request.as_ref().map(|request| (request.trigger, numbers(&request.sources)));
            assert_eq!(found, expected, "due at {}", self.at(now));
            let Some(request) = request else { return };
            self.run(&request);
            if self.oracle.due(self.clock.now()).is_none() && self.dice.roll(8) > 0 {
                return;
            }
        }
        panic!("runs without end at {}", self.at(now));
    }

    /// How things stand now. Closely: everything is gathered from the disk and health compared;
    /// else the record, which only we write, is remembered, and only the store is read.
    fn look(&mut self, closely: bool) -> Standing {
        if let Some(standing) = self.standing.take().filter(|_| !closely) {
            let mut catalog = self.runner.store.catalog();
            suspect::judge(&mut catalog, self.runner.config.retention.suspect_drop_percent);
            return Standing { now: self.clock.now(), catalog, ..standing };
        }
        let standing = self.runner.gatherer.gather();
        self.compare_health(&standing);
        self.reports = self.runner.record.read().unwrap();
        standing
    }

    fn run(&mut self, request: &Request) {
        let now = self.clock.now();
        let sources = numbers(&request.sources);
        if self.kills_to_come > 0 {
            self.kills_to_come -= 1;
            self.killed(request);
            self.oracle.killed(now, &sources);
            self.daemon_begins(now);
            return;
        }
        let moods: Vec<(usize, Mood)> =
            sources.iter().map(|s| (*s, self.next_moods[*s].pop_front().unwrap_or(self.moods[*s]))).collect();
        for (source, mood) in &moods {
            self.fakes[*source].set(*mood);
        }
        let report = self.runtime.block_on(self.runner.run(request.clone(), Stop::new()));
        self.scheduler.as_mut().unwrap().note(Some(report.clone()));
        self.reports.push(report.clone());
        let expected = self.oracle.run(now, request.trigger, &moods);
        self.compare_run(now, &report, &expected);
    }

    /// Leaves what a run leaves whose process was killed: its mark, held by nobody.
    fn killed(&self, request: &Request) {
        let now = self.clock.now();
        let local = now.with_timezone(&self.place.zone).naive_local();
        let is_known = |id: &BackupId| self.runner.record.knows(Job::Backup, id, &self.reports);
        let id = BackupId::next(local, None, is_known);
        let start = Start {
            run: run_name(Job::Backup, &id),
            job: Job::Backup,
            trigger: request.trigger,
            started_at: now,
            deadline_at: now + TimeDelta::hours(6),
            sources: request.sources.clone(),
        };
        drop(self.runner.record.begin(&start).unwrap());
    }

    fn compare_run(&mut self, now: DateTime<Utc>, report: &RunReport, expected: &Expected) {
        let at = self.at(now);
        self.tally.runs += 1;
        let mut outcomes: Vec<(usize, Outcome)> =
            report.sources.iter().map(|source| (number(&source.source), source.outcome)).collect();
        outcomes.sort();
        assert_eq!(outcomes, expected.outcomes, "{at}: {report:#?}");
        assert_eq!(report.backup_id.is_some(), expected.publishes, "{at}: {report:#?}");
        let Some(id) = report.backup_id.clone() else {
            assert_eq!(report.pruned, [], "{at}");
            return;
        };
        self.tally.published += 1;
        self.compare_id(now, &id);
        let pruned = self.oracle.published(id, now, expected);
        assert_eq!(report.pruned, pruned, "pruned at {at}");
        self.tally.pruned += pruned.len();
        let said = report.warnings.iter().any(|warning| warning.code == "nothing_expires");
        assert_eq!(said, expected.nothing_expires, "{at}: {report:#?}");
        self.compare_stood(&at);
    }

    /// While the clock only moves forward ids only grow; none is given that stands.
    fn compare_id(&mut self, now: DateTime<Utc>, id: &BackupId) {
        let at = self.at(now);
        assert!(!self.oracle.ids().contains(id), "{id} given twice at {at}");
        assert!(self.newest_id.as_ref().is_none_or(|newest| newest < id), "{id} after {:?} at {at}", self.newest_id);
        let ahead = id.local() - now.with_timezone(&self.place.zone).naive_local();
        assert!(TimeDelta::zero() <= ahead && ahead <= TimeDelta::hours(1), "{id} at {at}");
        self.newest_id = Some(id.clone());
    }

    /// What lies on the disk is what should stand: by manifest, by artifact, and as it is judged.
    fn compare_stood(&mut self, at: &str) {
        let expected = self.oracle.ids();
        self.tally.stood_max = self.tally.stood_max.max(expected.len());
        let names = |folder: &str, read: fn(&str) -> Option<&str>| -> BTreeSet<String> {
            let entries = fs::read_dir(self.runner.store.dir().join(folder)).into_iter().flatten();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.filter_map(|name| read(&name).map(str::to_owned)).collect()
        };
        let ids: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(names("sets", |name| name.strip_suffix(".json")), ids, "manifests at {at}");
        let mut carried = names("db", |name| name.strip_prefix("app_")?.strip_suffix(".sqlite3"));
        carried.extend(names("media", |name| name.strip_prefix("media_")?.strip_suffix(".tar")));
        assert_eq!(carried, ids, "artifacts at {at}");
    }

    fn compare_health(&mut self, standing: &Standing) {
        let at = self.at(standing.now);
        let health = health::judge(standing);
        for (source, name) in NAMES.iter().enumerate() {
            let name = SourceName::new(name).unwrap();
            let found = &health.sources[&name];
            let expected = self.oracle.grave(source, standing.now);
            let grave = match found.status {
                Status::Suspect => Grave::Suspect,
                Status::Empty => Grave::Empty,
                Status::Never => Grave::Never,
                Status::Stale => Grave::Stale,
                Status::Healthy | Status::Warning | Status::Running => Grave::Well,
            };
            assert_eq!(grave, expected, "{name} at {at}: {found:?}");
            assert_eq!(found.backup_id.as_ref(), self.oracle.newest_good_id(source, standing.now), "{name} at {at}");
            let max_age = self.oracle.max_age(source, standing.now);
            assert_eq!(found.max_age_seconds, max_age.num_seconds(), "{name} at {at}");
            self.tally.graves.insert(found.status.as_str());
        }
        let suspect = standing.catalog.sets.iter().filter(|set| set.state() == SetState::Suspect);
        let suspect: Vec<BackupId> = suspect.map(|set| set.id.clone()).collect();
        assert_eq!(suspect, self.oracle.suspect_ids(), "suspect at {at}");
    }

    /// An instant as a reader of a failure wants it.
    fn at(&self, now: DateTime<Utc>) -> String {
        let local = now.with_timezone(&self.place.zone);
        format!("{} ({}), the clock {} days ahead", local.to_rfc3339(), self.place.zone, self.ahead.num_days())
    }
}

fn runner(place: &Place, dir: &Path, clock: &Arc<FakeClock>) -> (Runner, [Arc<FakeSource>; 2]) {
    let Place { zone, keep, catch_up, schedules, .. } = place;
    let file = dir.join("backup.toml");
    let text = format!(
        "timezone = \"{zone}\"\n\
         [schedule]\nbackup = \"{app}\"\ncatch_up = {catch_up}\nlock_wait_minutes = 0\n\
         [store]\ndir = {dir:?}\nlog_dir = {logs:?}\n\
         [retention]\nkeep_days = {}\nkeep_daily = {}\nkeep_weekly = {}\nkeep_monthly = {}\nkeep_yearly = {}\n\
         minimum_redundancy = {}\n\
         [compression]\nmethod = \"none\"\nthreads = 1\n\
         [[sqlite]]\nname = \"app\"\npath = \"/nowhere\"\n\
         [[media]]\nname = \"media\"\npath = \"/nowhere\"\nschedule = \"{media}\"\n",
        keep.days,
        keep.daily,
        keep.weekly,
        keep.monthly,
        keep.yearly,
        keep.redundancy,
        app = schedules[APP].0,
        media = schedules[1].0,
        dir = dir.join("backups").display().to_string(),
        logs = dir.join("logs").display().to_string(),
    );
    fs::write(&file, text).unwrap();
    let config = config::load(Some(&file), []).unwrap().config;
    let sys = Sys::new(clock.clone(), Arc::new(Open));
    let mut runner = Runner::new(&sys, Arc::new(config), Words::english(), Arc::new(Unseen)).unwrap();
    let fakes = [0, 1].map(|number| FakeSource::new(NAMES[number], KINDS[number], clock));
    let configured = fakes.iter().map(|fake| {
        let source: Arc<dyn Source> = fake.clone();
        Configured { belongs_to: BTreeSet::from([source.name().clone()]), source }
    });
    runner.sources = configured.collect();
    (runner, fakes)
}

/// A source's number by its name.
fn number(name: &SourceName) -> usize {
    NAMES.iter().position(|known| *known == name.as_str()).unwrap()
}

fn numbers(names: &BTreeSet<SourceName>) -> Vec<usize> {
    names.iter().map(number).collect()
}
