//! A place whose stored bytes are to be verified: an application, its sets, and ways to harm them.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::domain::id::BackupId;
use resguardo::domain::manifest::Artifact;
use resguardo::domain::progress::{Event, Sink};
use resguardo::domain::report::{Job, Outcome, RunReport};
use resguardo::job::verify::Scope;
use resguardo::runner::Request;
use serde_json::Value;

use super::life::{HandClock, Parts};
use super::site::{Site, sqlite, toml};

/// An application of files, its parts, and a clock that is moved by hand.
pub(crate) struct Place {
    pub(crate) site: Site,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) parts: Parts,
}

/// A morning of 2024 in Lima, where clocks never change: 03:00 there is 08:00 UTC.
fn morning() -> DateTime<Utc> {
    "2024-11-12T08:00:00Z".parse().unwrap()
}

impl Place {
    /// A SQLite database, two folders and a settings file; `settings` is TOML put before them.
    pub(crate) fn new(settings: &str) -> Self {
        let site = Site::new("");
        make_application(&site);
        site.configure(&format!("timezone = \"America/Lima\"\n{settings}\n{}", sources(&site)));
        let clock = HandClock::at(morning());
        let parts = Parts::start(&site.path("backup.toml"), &clock);
        Self { site, clock, parts }
    }

    /// The same a while later, as another start of the daemon finds it.
    pub(crate) fn restart(&mut self) {
        self.parts = Parts::start(&self.site.path("backup.toml"), &self.clock);
    }

    /// A set made an hour on.
    pub(crate) fn backup(&self) -> BackupId {
        self.clock.pass(TimeDelta::hours(1));
        let report = self.parts.backup();
        assert_eq!(report.outcome, Outcome::Succeeded, "{report:#?}");
        report.backup_id.unwrap()
    }

    pub(crate) fn verify(&self, scope: Scope) -> RunReport {
        self.parts.run(request(scope))
    }

    pub(crate) fn verify_one(&self, id: &BackupId) -> RunReport {
        self.verify(Scope::One(id.clone()))
    }

    pub(crate) fn artifacts(&self, id: &BackupId) -> Vec<Artifact> {
        self.parts.runner.store.manifest(id).unwrap().artifacts
    }

    /// Where the data of a source lies in a set.
    pub(crate) fn stored(&self, id: &BackupId, source: &str) -> PathBuf {
        let artifacts = self.artifacts(id);
        let artifact = artifacts.iter().find(|a| a.source.as_str() == source && a.kind.is_data()).unwrap();
        self.site.path("backups").join(&artifact.path)
    }

    /// Changes what the manifest of a set says of a source's data.
    pub(crate) fn restate(&self, id: &BackupId, source: &str, change: impl FnOnce(&mut Value)) {
        let path = self.site.path(&format!("backups/sets/{id}.json"));
        let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let artifacts = manifest["artifacts"].as_array_mut().unwrap();
        change(artifacts.iter_mut().find(|a| a["source"] == source && a["kind"] != "database").unwrap());
        fs::write(&path, manifest.to_string()).unwrap();
    }

    /// The finding beside a manifest.
    pub(crate) fn finding(&self, id: &BackupId) -> Option<Value> {
        let bytes = fs::read(self.site.path(&format!("backups/sets/{id}.verify.json"))).ok()?;
        Some(serde_json::from_slice(&bytes).unwrap())
    }
}

pub(crate) fn request(scope: Scope) -> Request {
    Request { scope, ..Request::command(Job::Verify, Duration::ZERO) }
}

pub(crate) fn make_application(site: &Site) {
    fs::create_dir_all(site.path("app/media")).unwrap();
    fs::create_dir_all(site.path("app/papers")).unwrap();
    sqlite(&site.path("app/db.sqlite3"), 500);
    fs::write(site.path("app/media/a.jpg"), "not a photo").unwrap();
    fs::write(site.path("app/papers/b.pdf"), "not a paper").unwrap();
    fs::write(site.path("app/.env.prod"), "SECRET=1").unwrap();
}

pub(crate) fn sources(site: &Site) -> String {
    let path = |name: &str| toml(&site.path("app").join(name));
    format!(
        "[[sqlite]]\nname = \"app\"\npath = {}\n[[media]]\nname = \"media\"\npath = {}\n\
         [[media]]\nname = \"papers\"\npath = {}\n[[files]]\nname = \"settings\"\npaths = [{}]\n",
        path("db.sqlite3"),
        path("media"),
        path("papers"),
        path(".env.prod")
    )
}

/// What a report says is wrong with a source.
#[track_caller]
pub(crate) fn error_of(report: &RunReport, source: &str) -> String {
    let of_source = report.sources.iter().find(|s| s.source.as_str() == source);
    of_source.and_then(|s| s.error.clone()).unwrap_or_else(|| panic!("{source} is good: {report:#?}"))
}

/// The sources of which something is wrong.
pub(crate) fn bad_ones(report: &RunReport) -> Vec<&str> {
    report.sources.iter().filter(|s| s.outcome != Outcome::Succeeded).map(|s| s.source.as_str()).collect()
}

/// Keeps a verify at its first file for as long as the door is held, and remembers what it began.
#[derive(Default)]
pub(crate) struct Doorkeeper {
    pub(crate) door: Mutex<()>,
    pub(crate) is_there: AtomicBool,
    pub(crate) began: Mutex<Vec<&'static str>>,
}

impl Sink for Doorkeeper {
    fn event(&self, event: Event) {
        if let Event::Stage { stage, .. } = event {
            self.began.lock().unwrap().push(stage);
            if stage == "verify" {
                self.is_there.store(true, Ordering::SeqCst);
                drop(self.door.lock().unwrap());
            }
        }
    }
}
