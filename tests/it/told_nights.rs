//! What is told of real nights: the daemon's own parts on a real store, the standing gathered from it, and the letters
//! that arrive at a receiver.

use std::fs;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::config::WebhookConfig;
use resguardo::domain::health;
use resguardo::domain::report::{Job, Outcome, Trigger};
use resguardo::notify::Teller;
use resguardo::notify::channel::Channel;
use resguardo::notify::compose::Sender;
use resguardo::notify::run_log::RunLog;
use resguardo::notify::told::ToldFile;
use resguardo::notify::webhook::Webhook;
use resguardo::runner::Request;
use resguardo::standing::untold;
use resguardo::sys::stop::Stop;
use resguardo::words::Words;

use crate::support::life::{HandClock, Parts};
use crate::support::mounts::Mounts;
use crate::support::site::{Called, Site, sqlite};
use crate::support::web::{Answer, Seen, Web};

/// A database that is backed up at three in Lima, and somebody who is told.
struct Place {
    site: Site,
    clock: Arc<HandClock>,
    web: Web,
    heard: usize,
}

/// One letter as it arrived: what it is about, and all it says.
#[derive(Debug)]
struct Heard {
    topic: String,
    phase: String,
    subject: String,
    text: String,
    conversation: String,
}

impl Place {
    fn new(at: &str) -> Self {
        let web = Web::start(|_| Answer::ok());
        let site = Site::new("");
        fs::create_dir_all(site.path("app")).unwrap();
        sqlite(&site.path("app/db.sqlite3"), 500);
        site.configure(&format!(
            "timezone = \"America/Lima\"\n[[sqlite]]\nname = \"app\"\npath = {:?}\n[schedule]\nbackup = \"0 3 * * *\"\n\
             [mail]\nproof = \"weekly\"\n[[webhook]]\nname = \"ops\"\nurl = {:?}\n",
            site.path("app/db.sqlite3").display().to_string(),
            web.url("/ops")
        ));
        Self { site, clock: HandClock::at(utc(at)), web, heard: 0 }
    }

    /// As a start of the daemon has them.
    fn parts(&self) -> Parts {
        Parts::start(&self.site.path("backup.toml"), &self.clock)
    }

    /// Tells as another process would that has the same store, and returns what arrived.
    fn tell(&mut self, parts: &Parts) -> Vec<Heard> {
        let runner = &parts.runner;
        let told = ToldFile::new(runner.sys.files.clone(), &untold::path(&runner.store.state_dir()));
        let log = RunLog::new(self.site.path("logs/backup.log"), Vec::new());
        let hook = |config: &WebhookConfig| Webhook::new(config.clone(), runner.sys.clone(), parts.handle());
        let channels = runner.config.webhooks.iter().map(|config| Box::new(hook(config)) as Box<dyn Channel>);
        let sender = Sender { place: "puno".to_owned(), contact: Vec::new() };
        let teller = Teller::new(channels.collect(), told, sender, log, Words::english());
        let standing = runner.gatherer.gather();
        let warnings = teller.tell(&standing, &health::judge(&standing), &Stop::new());
        assert_eq!(warnings, []);
        self.hear()
    }

    /// What arrived since this was asked last.
    fn hear(&mut self) -> Vec<Heard> {
        let seen = self.web.seen();
        let new = seen[self.heard..].iter().map(Seen::json);
        let new: Vec<Heard> = new
            .map(|json| {
                let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
                Heard {
                    topic: text("topic"),
                    phase: text("phase"),
                    subject: text("subject"),
                    text: text("text"),
                    conversation: text("conversation"),
                }
            })
            .collect();
        self.heard = seen.len();
        new
    }
}

fn utc(at: &str) -> DateTime<Utc> {
    at.parse().unwrap()
}

fn kinds(heard: &[Heard]) -> Vec<(&str, &str)> {
    heard.iter().map(|heard| (heard.topic.as_str(), heard.phase.as_str())).collect()
}

const NOTHING: [(&str, &str); 0] = [];

#[test]
fn a_week_off_three_failing_nights_and_mondays_proof_are_told_from_what_the_store_says() {
    // A Tuesday.
    let mut place = Place::new("2024-11-12T08:00:00Z");
    let mut parts = place.parts();
    assert_eq!(parts.run_due().unwrap().outcome, Outcome::Succeeded);
    assert_eq!(kinds(&place.tell(&parts)), NOTHING);

    // Switched off for a week; it is on again on Tuesday at ten, and the catch-up is about to run.
    place.clock.set(utc("2024-11-19T15:00:00Z"));
    let mut parts = place.parts();
    let heard = place.tell(&parts);
    assert_eq!(kinds(&heard), [("missed", "begins")]);
    assert!(heard[0].subject.contains("7 nights without an attempt"), "{heard:#?}");
    assert!(heard[0].text.contains("the first time 2024-11-13 03:00, the last time 2024-11-19 03:00"), "{heard:#?}");
    let conversation = heard[0].conversation.clone();
    let report = parts.run_due().unwrap();
    assert_eq!((report.trigger, report.outcome), (Trigger::CatchUp, Outcome::Succeeded));
    let heard = place.tell(&parts);
    assert_eq!(kinds(&heard), [("missed", "over")]);
    assert!(heard[0].subject.contains("made up for"), "{heard:#?}");
    assert_eq!(heard[0].conversation, conversation);

    // Three nights in which the database is not there.
    fs::rename(place.site.path("app/db.sqlite3"), place.site.path("app/away")).unwrap();
    let mut subjects = Vec::new();
    for day in 20..=22 {
        place.clock.set(utc(&format!("2024-11-{day}T08:00:00Z")));
        for _retry in 0..3 {
            assert_eq!(parts.run_due().unwrap().outcome, Outcome::Failed);
            place.clock.pass(TimeDelta::minutes(1));
            subjects.extend(place.tell(&parts));
            place.clock.pass(TimeDelta::minutes(20));
        }
        // Until the next evening, hour by hour.
        for _hour in 0..12 {
            place.clock.pass(TimeDelta::hours(1));
            subjects.extend(place.tell(&parts));
        }
    }
    assert_eq!(kinds(&subjects), [("failed", "begins"), ("failed", "lasts"), ("failed", "lasts")], "{subjects:#?}");
    assert!(subjects[1].subject.contains("2 nights in a row") && subjects[1].subject.contains("TOO OLD"));
    assert!(subjects[2].subject.contains("3 nights in a row") && subjects[2].subject.contains("TOO OLD"));
    fs::rename(place.site.path("app/away"), place.site.path("app/db.sqlite3")).unwrap();
    place.clock.set(utc("2024-11-23T08:00:00Z"));
    assert_eq!(parts.run_due().unwrap().outcome, Outcome::Succeeded);
    assert_eq!(kinds(&place.tell(&parts)), [("failed", "over")]);

    // Monday, a minute before eight and at eight.
    place.clock.set(utc("2024-11-24T08:00:00Z"));
    parts.run_due().unwrap();
    place.clock.set(utc("2024-11-25T08:00:00Z"));
    parts.run_due().unwrap();
    place.clock.set(utc("2024-11-25T12:59:00Z"));
    assert_eq!(kinds(&place.tell(&parts)), NOTHING);
    place.clock.set(utc("2024-11-25T13:00:00Z"));
    let heard = place.tell(&parts);
    assert_eq!(kinds(&heard), [("proof", "begins")]);
    assert!(heard[0].subject.contains("all is well: 4 backup sets are kept"), "{heard:#?}");
    assert!(heard[0].text.contains("Backup:                2024-11-26 03:00"), "{heard:#?}");
}

#[test]
fn a_catch_up_under_way_is_said_to_be() {
    let mut place = Place::new("2024-11-12T08:00:00Z");
    place.parts().run_due().unwrap();
    place.clock.set(utc("2024-11-19T15:00:00Z"));
    let parts = place.parts();
    // As a run that has just begun leaves it.
    let _mark = parts.runner.record.begin(&resguardo::standing::record::Start {
        run: "backup-20241119_100000".to_owned(),
        job: Job::Backup,
        trigger: Trigger::CatchUp,
        started_at: place.clock_now(),
        deadline_at: place.clock_now() + TimeDelta::hours(1),
        sources: parts.runner.config.source_names().collect(),
    });
    let heard = place.tell(&parts);
    assert_eq!(heard[0].topic, "missed");
    assert!(
        heard[0].text.contains("It is being made up for now.") && !heard[0].text.contains("due 2024"),
        "{heard:#?}"
    );
}

impl Place {
    fn clock_now(&self) -> DateTime<Utc> {
        use resguardo::sys::clock::Clock;
        self.clock.now()
    }
}

#[test]
fn a_record_that_cannot_be_written_is_kept_until_it_can() {
    let mut place = Place::new("2024-11-12T08:00:00Z");
    let mut parts = place.parts();
    assert_eq!(parts.run_due().unwrap().outcome, Outcome::Succeeded);
    place.tell(&parts);
    // A folder where the record should be appended to: nothing of it can be written or read.
    let record = place.site.path("backups/.resguardo/runs.jsonl");
    let away = place.site.path("runs.jsonl");
    fs::rename(&record, &away).unwrap();
    fs::create_dir(&record).unwrap();
    for day in 13..=15 {
        place.clock.set(utc(&format!("2024-11-{day}T08:00:00Z")));
        let request =
            Request { trigger: Trigger::Schedule, ..Request::command(Job::Backup, std::time::Duration::ZERO) };
        parts.run(request);
    }
    assert_eq!(parts.runner.record.known().0.len(), 3, "they are known to whoever asks");
    fs::remove_dir(&record).unwrap();
    fs::rename(&away, &record).unwrap();
    parts.runner.record.settle();
    assert_eq!(parts.runner.record.read().unwrap().len(), 4);
    assert_eq!(fs::read_to_string(&record).unwrap().lines().count(), 4);
    parts.runner.record.settle();
    assert_eq!(fs::read_to_string(&record).unwrap().lines().count(), 4);
}

#[test]
fn a_store_mounted_read_only_is_told_as_that_by_a_command() {
    let mut place = Place::new("2024-11-12T08:00:00Z");
    let mounts = Mounts::new();
    let disk = place.site.path("backups");
    mounts.small_disk(&disk, 64);
    let call = |args: &[&str]| Called::from(mounts.inside(&place.site.command()).args(args).output().unwrap());
    call(&["backup"]).ends(0);
    mounts.remount(&disk, "ro");
    call(&["backup"]).ends(1);
    call(&["backup"]).ends(1);
    mounts.remount(&disk, "rw");
    call(&["backup"]).ends(0);
    let heard = place.hear();
    assert_eq!(kinds(&heard), [("store", "begins"), ("store", "over")], "{heard:#?}");
    assert!(heard[0].subject.contains("NOTHING CAN BE STORED: Read-only file system"), "{heard:#?}");
    assert!(heard[0].text.contains("is mounted read-only. Mount it for writing"), "{heard:#?}");
}
