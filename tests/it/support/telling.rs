//! Tellers that live and die as processes do, whose letters go nowhere but into a list.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use resguardo::domain::health::judge;
use resguardo::domain::language::Language;
use resguardo::domain::report::Warning;
use resguardo::domain::standing::Standing;
use resguardo::notify::Teller;
use resguardo::notify::channel::{Channel, Undelivered};
use resguardo::notify::compose::{Letter, Sender};
use resguardo::notify::run_log::RunLog;
use resguardo::notify::told::ToldFile;
use resguardo::standing::untold;
use resguardo::sys::files::Files;
use resguardo::sys::gate::Open;
use resguardo::sys::stop::Stop;
use resguardo::words::Words;
use tempfile::TempDir;

/// A store, a log folder, how things stand, and all that was sent.
pub(crate) struct Place {
    pub(crate) dir: TempDir,
    pub(crate) standing: Standing,
    pub(crate) per_day_max: u32,
    /// The receiver answers nobody.
    pub(crate) is_down: bool,
    pub(crate) language: Language,
    sent: Arc<Mutex<Vec<Letter>>>,
}

struct Noted {
    per_day_max: u32,
    is_down: bool,
    addressees: Vec<String>,
    sent: Arc<Mutex<Vec<Letter>>>,
}

impl Channel for Noted {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn per_day_max(&self) -> u32 {
        self.per_day_max
    }

    fn addressees(&self) -> &[String] {
        &self.addressees
    }

    fn host(&self) -> String {
        String::new()
    }

    fn send(&self, letter: &Letter, _addressee: &str) -> Result<String, Undelivered> {
        if self.is_down {
            return Err(Undelivered::passing("connection refused"));
        }
        self.sent.lock().unwrap().push(letter.clone());
        Ok("250 ok".to_owned())
    }
}

impl Place {
    pub(crate) fn new(standing: Standing) -> Self {
        let dir = TempDir::new().unwrap();
        for folder in ["store", "logs"] {
            std::fs::create_dir(dir.path().join(folder)).unwrap();
        }
        let (language, sent) = (Language::English, Arc::default());
        Self { dir, standing, per_day_max: 10, is_down: false, language, sent }
    }

    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn memory(&self, folder: &str) -> PathBuf {
        untold::path(&self.folder(folder))
    }

    /// One process, silent at first for so long where it can note nothing.
    pub(crate) fn process(&self, silent_at_first: TimeDelta) -> Teller {
        let files = Files::new(Arc::new(Open));
        let told =
            ToldFile::new(files, &self.memory("store")).or_else(&self.memory("logs")).silent_at_first(silent_at_first);
        let channel = Noted {
            per_day_max: self.per_day_max,
            is_down: self.is_down,
            addressees: vec!["ana@example.org".to_owned()],
            sent: self.sent.clone(),
        };
        let sender = Sender { place: "puno".to_owned(), contact: Vec::new() };
        let log = RunLog::new(self.folder("backup.log"), Vec::new());
        Teller::new(vec![Box::new(channel)], told, sender, log, Words::of(self.language))
    }

    pub(crate) fn tell(&self, process: &Teller) -> Vec<Warning> {
        process.tell(&self.standing, &judge(&self.standing), &Stop::new())
    }

    /// A process that is started, tells, and ends; a minute passes.
    pub(crate) fn tell_anew(&mut self, silent_at_first: TimeDelta) -> Vec<Warning> {
        let said = self.tell(&self.process(silent_at_first));
        self.pass(TimeDelta::minutes(1));
        said
    }

    pub(crate) fn pass(&mut self, time: TimeDelta) {
        self.standing.now += time;
    }

    pub(crate) fn sent(&self) -> Vec<Letter> {
        self.sent.lock().unwrap().clone()
    }

    pub(crate) fn subjects(&self) -> Vec<String> {
        self.sent().into_iter().map(|letter| letter.subject).collect()
    }
}
