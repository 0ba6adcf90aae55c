//! A month of nights played against the rules of speaking, asked anew at every minute: a diary of what
//! happened and of all that was said. Ordinary nights are those of which it says nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use resguardo::domain::artifact::Kind;
use resguardo::domain::health::judge;
use resguardo::domain::id::BackupId;
use resguardo::domain::local_time::instant_of;
use resguardo::domain::missed::missed;
use resguardo::domain::report::{self, Job, JobHistory, Outcome, RunReport, SourceReport, Trigger};
use resguardo::domain::retention::Policy;
use resguardo::domain::schedule::Schedule;
use resguardo::domain::set::{CatalogSet, Caveats, Drilled};
use resguardo::domain::standing::{Standing, StoreSpace};
use resguardo::domain::suspect;
use resguardo::domain::telling::{Message, Phase, ProofEvery, Told, decide};
use resguardo::words::Words;

use crate::support::serve::{empty_standing, set_of, source_standing};

const ZONE: chrono_tz::Tz = chrono_tz::America::Lima;
const MB: u64 = 1_000_000;
const MEDIA_BYTES: u64 = 200 * MB;

/// What comes of the night's backup.
enum Night {
    Good {
        bytes: u64,
        rows: u64,
    },
    /// The database cannot be dumped, for this reason; the media can.
    Failed(&'static str),
    /// Something of the media cannot be read.
    Partial,
    /// The machine is off.
    Off,
}

fn night(date: NaiveDate) -> Night {
    let usual = Night::Good { bytes: 100 * MB, rows: 50_000 };
    match date.format("%m-%d").to_string().as_str() {
        "11-05" => Night::Failed("dump app: connect to db:5432: connection refused"),
        "11-06" => Night::Failed("dump app: FATAL:  password authentication failed for user \"app\""),
        "11-08" => Night::Partial,
        "11-11" | "11-12" => Night::Good { bytes: 320 * MB, rows: 50_000 },
        "11-13" => Night::Good { bytes: MB, rows: 3 },
        "11-19" | "11-20" | "11-21" | "11-22" | "11-23" | "11-24" | "11-25" => Night::Off,
        _ => usual,
    }
}

/// When, in words, and what happens then.
type Event = (&'static str, &'static str, fn(&mut Place));

/// A store, what was told of it, and the book that is kept.
struct Place {
    standing: Standing,
    record: Vec<RunReport>,
    told: Told,
    disk_bytes: u64,
    diary: String,
    said: Vec<Message>,
    /// The local dates of those.
    said_on: Vec<NaiveDate>,
}

fn at(text: &str) -> DateTime<Utc> {
    instant_of(ZONE, NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap())
}

impl Place {
    fn new() -> Self {
        let mut standing = empty_standing();
        standing.sources = vec![source_standing("app", Kind::Postgres), source_standing("media", Kind::Media)];
        standing.proof = ProofEvery::Week;
        standing.retention = Policy { keep_days: 0, keep_daily: 60, ..standing.retention };
        standing.drill_max_age = Some(TimeDelta::days(8));
        let (record, diary, said, said_on) = (Vec::new(), String::new(), Vec::new(), Vec::new());
        Self { standing, record, told: Told::default(), disk_bytes: 100_000 * MB, diary, said, said_on }
    }

    fn note(&mut self, what: &str) {
        let now = self.standing.now.with_timezone(&ZONE).format("%a %d %b %H:%M");
        writeln!(self.diary, "{now}  {what}").unwrap();
    }

    /// A backup that began now and has ended within the minute.
    fn backup(&mut self, night: &Night, trigger: Trigger) {
        let now = self.standing.now;
        let id = BackupId::next(now.with_timezone(&ZONE).naive_local(), None, |_| false);
        let (app, media) = match night {
            Night::Off => return,
            Night::Good { .. } => (Outcome::Succeeded, Outcome::Succeeded),
            Night::Failed(_) => (Outcome::Failed, Outcome::Succeeded),
            Night::Partial => (Outcome::Succeeded, Outcome::Partial),
        };
        let (bytes, rows) = if let Night::Good { bytes, rows } = night { (*bytes, *rows) } else { (100 * MB, 50_000) };
        let mut stored = vec![("media", Kind::Media, MEDIA_BYTES)];
        if app == Outcome::Succeeded {
            stored.insert(0, ("app", Kind::Postgres, bytes));
        }
        // A retry takes only what failed.
        if trigger == Trigger::Retry {
            stored.retain(|(name, ..)| *name == "app");
        }
        let mut set = set_of(&id, now, &stored);
        set.ended_at = now + TimeDelta::seconds(50);
        for artifact in &mut set.artifacts {
            artifact.ended_at = set.ended_at;
            match artifact.kind {
                Kind::Postgres => artifact.rows = Some(rows),
                _ => artifact.complete = media == Outcome::Succeeded,
            }
        }
        if !set.artifacts.is_empty() {
            self.standing.catalog.sets.push(set);
        }
        let error = if let Night::Failed(error) = night { Some((*error).to_owned()) } else { None };
        let mut fared = vec![fared("app", app, error)];
        if trigger != Trigger::Retry {
            fared.push(self::fared(
                "media",
                media,
                (media == Outcome::Partial).then(|| "read 2024/a.jpg: permission denied".to_owned()),
            ));
        }
        let outcome = if app == media { app } else { Outcome::Partial };
        self.record(Job::Backup, trigger, outcome, fared);
    }

    /// A drill of the newest set.
    fn drill(&mut self, proven: bool) {
        let now = self.standing.now;
        let drilled =
            |seconds| Drilled { at: now, proven, restore_seconds: Some(seconds), caveats: Caveats::default() };
        let set = self.standing.catalog.sets.last_mut().unwrap();
        for artifact in &mut set.artifacts {
            artifact.drill = Some(drilled(if artifact.kind == Kind::Media { 34.0 } else { 152.0 }));
        }
        let outcome = if proven { Outcome::Succeeded } else { Outcome::Failed };
        let error = (!proven).then(|| "compare app: rows of asset: 49999 restored, 50000 stored".to_owned());
        let mut fared = vec![fared("app", outcome, error.clone())];
        fared[0].stage = (!proven).then(|| "drill".to_owned());
        self.record(Job::Drill, Trigger::Schedule, outcome, fared);
        self.record.last_mut().unwrap().error = error;
    }

    fn record(&mut self, job: Job, trigger: Trigger, outcome: Outcome, sources: Vec<SourceReport>) {
        let started_at = self.standing.now;
        self.record.push(RunReport {
            version: report::VERSION,
            run: format!("{}-{}", job.as_str(), started_at.with_timezone(&ZONE).format("%Y%m%d_%H%M%S")),
            job,
            trigger,
            outcome,
            started_at,
            ended_at: started_at + TimeDelta::seconds(55),
            duration_seconds: 55.0,
            backup_id: None,
            stage: None,
            error: None,
            hint: None,
            sources,
            pruned: Vec::new(),
            pruned_files: Vec::new(),
            warnings: Vec::new(),
        });
    }

    /// What the record and the store say now, as whoever gathers it would.
    fn gather(&mut self) {
        let standing = &mut self.standing;
        suspect::judge(&mut standing.catalog, 90);
        let last = |job: Job| self.record.iter().rev().find(|report| report.job == job).cloned();
        let jobs = [Job::Backup, Job::Drill].into_iter().filter_map(|job| Some((job, last(job)?)));
        standing.jobs =
            jobs.map(|(job, last)| (job, JobHistory { last: Some(last), counts: BTreeMap::new() })).collect();
        for source in &mut standing.sources {
            let attempts = || {
                let backups = self.record.iter().rev().filter(|report| report.job == Job::Backup);
                backups.filter(|report| report.sources.iter().any(|of| of.source == source.name))
            };
            let tried = attempts().map(|report| (report.started_at, report.ended_at)).collect();
            let failed = attempts().take_while(|report| report.outcome_of(&source.name) == Outcome::Failed);
            let nights: BTreeSet<_> =
                failed.map(|report| report.started_at.with_timezone(&ZONE).date_naive()).collect();
            source.missed = missed(&nightly(), ZONE, tried, standing.now, TimeDelta::minutes(90));
            source.nights_without = nights.len();
            source.known_since = attempts().next_back().map(|report| report.started_at);
            source.last_attempt = attempts().next().cloned();
        }
        standing.next_runs =
            nightly().next_after(ZONE, standing.now).map(|next| (Job::Backup, next)).into_iter().collect();
        let store_bytes = standing.catalog.sets.iter().map(CatalogSet::size_bytes).sum::<u64>();
        let free_bytes = self.disk_bytes.saturating_sub(store_bytes);
        standing.space = Some(StoreSpace { store_bytes, free_bytes, total_bytes: self.disk_bytes });
    }

    /// Asks what is to be told, and writes it down.
    fn tell(&mut self) {
        let (messages, told) = decide(&self.told, &self.standing, &judge(&self.standing));
        self.told = told;
        let words = Words::english();
        for message in messages {
            let now = self.standing.now.with_timezone(&ZONE).format("%a %d %b %H:%M");
            writeln!(self.diary, "{now}  > {:?} {}", message.severity, words.say(&message.subject)).unwrap();
            for line in &message.lines {
                writeln!(self.diary, "                    | {}", words.say(line)).unwrap();
            }
            for figures in &message.figures {
                writeln!(self.diary, "                    | {}", words.say(&figures.heading)).unwrap();
                for row in &figures.rows {
                    let (name, value) = (words.say(&row.name), words.say(&row.value));
                    writeln!(self.diary, "                    |   {name}: {value}").unwrap();
                }
            }
            self.said.push(message);
            self.said_on.push(self.standing.now.with_timezone(&ZONE).date_naive());
        }
    }

    /// Lives on, minute by minute; what is planned happens in its minute.
    fn live(&mut self, from: &str, until: &str, plan: &[Event]) {
        self.standing.now = at(from);
        let mut changed = true;
        while self.standing.now < at(until) {
            let local = self.standing.now.with_timezone(&ZONE).naive_local();
            let minute = local.format("%Y-%m-%d %H:%M").to_string();
            for (_, what, happen) in plan.iter().filter(|(at, ..)| *at == minute) {
                self.note(what);
                happen(self);
                changed = true;
            }
            if minute.ends_with("03:00") {
                let night = night(local.date());
                match &night {
                    Night::Failed(error) => self.note(error),
                    Night::Partial => self.note("something of the media cannot be read"),
                    Night::Good { bytes, rows } if (*bytes, *rows) != (100 * MB, 50_000) => {
                        self.note(&format!("a backup of {} MB and {rows} rows", bytes / MB));
                    }
                    _ => {}
                }
                self.backup(&night, Trigger::Schedule);
                changed = true;
            }
            if ["03:06", "03:22"].iter().any(|retry| minute.ends_with(retry))
                && matches!(night(local.date()), Night::Failed(_))
            {
                self.backup(&night(local.date()), Trigger::Retry);
                changed = true;
            }
            self.standing.now += TimeDelta::minutes(1);
            // What is gathered changes with the runs; what was missed with the clock, which stands at whole hours.
            if changed || minute.ends_with(":30") {
                self.gather();
                changed = false;
            }
            self.tell();
        }
    }
}

fn nightly() -> Schedule {
    Schedule::parse("0 3 * * *").unwrap()
}

fn fared(name: &str, outcome: Outcome, error: Option<String>) -> SourceReport {
    SourceReport {
        source: crate::support::serve::source(name),
        outcome,
        stage: error.is_some().then(|| "dump".to_owned()),
        error,
        hint: None,
        bytes: None,
        lasting: false,
    }
}

#[test]
fn a_month_of_nights_is_told_as_a_person_would_tell_it() {
    let mut place = Place::new();
    place.live(
        "2024-10-28 02:59",
        "2024-11-18 20:00",
        &[
            ("2024-11-03 05:00", "the first drill brings everything back", |place| place.drill(true)),
            ("2024-11-10 05:00", "a drill brings everything back", |place| place.drill(true)),
            ("2024-11-17 05:00", "a drill does not bring back what was stored", |place| place.drill(false)),
            ("2024-11-18 10:00", "the next drill does", |place| place.drill(true)),
        ],
    );
    place.note("the machine is switched off");
    place.standing.now = at("2024-11-25 09:30");
    place.gather();
    place.note("and on again");
    place.live(
        "2024-11-25 09:30",
        "2024-12-03 00:00",
        &[
            ("2024-11-25 09:31", "the backup is made up for", |place| {
                place.backup(&Night::Good { bytes: 100 * MB, rows: 50_000 }, Trigger::CatchUp);
            }),
            ("2024-11-27 05:00", "a drill brings everything back", |place| place.drill(true)),
            ("2024-11-29 12:00", "something else fills the disk", |place| {
                let taken: u64 = place.standing.catalog.sets.iter().map(CatalogSet::size_bytes).sum();
                place.disk_bytes = taken + 4 * 300 * MB;
            }),
            ("2024-12-01 12:00", "somebody makes room", |place| place.disk_bytes = 100_000 * MB),
        ],
    );
    insta::assert_snapshot!("diary", place.diary);

    // Nothing twice, of one source once a day beside that it began or is over, and each trouble one conversation:
    // begun once, over once and then last.
    let mut conversations: BTreeMap<&str, Vec<Phase>> = BTreeMap::new();
    let mut days = BTreeSet::new();
    let told = |message: &Message| (message.subject.clone(), message.lines.clone(), message.figures.clone());
    for (at, message) in place.said.iter().enumerate() {
        let again = place.said[..at].iter().any(|one| told(one) == told(message));
        assert!(!again, "{message:#?}");
        conversations.entry(&message.conversation).or_default().push(message.phase);
        for closed in &message.closes {
            conversations.entry(closed).or_default().push(message.phase);
        }
        if let Some(source) = &message.source {
            assert!(days.insert((place.said_on[at], source)), "twice on a day of {source}: {message:#?}");
        }
    }
    for (conversation, phases) in conversations {
        let is_note = ["unusual", "proof"].iter().any(|note| conversation.starts_with(note));
        let is_whole = phases[0] == Phase::Begins
            && phases[1..].iter().all(|phase| *phase != Phase::Begins)
            && phases[..phases.len() - 1].iter().all(|phase| *phase != Phase::Over)
            && (is_note || phases.last() == Some(&Phase::Over));
        assert!(is_whole, "{conversation}: {phases:?}");
    }
}
