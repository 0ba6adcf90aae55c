//! Nights that are told by mail: a standing that may say anything, a server that may do anything, and
//! tellers that live as long as one process would.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use resguardo::config::secret::Secret;
use resguardo::config::{MailConfig, MailSecurity};
use resguardo::domain::health::{self, Health};
use resguardo::domain::language::Language;
use resguardo::domain::report::{Job, Outcome, SourceReport, Warning};
use resguardo::domain::set::SetState;
use resguardo::domain::standing::Standing;
use resguardo::notify::Teller;
use resguardo::notify::channel::Channel;
use resguardo::notify::compose::Sender;
use resguardo::notify::outbox::Outbox;
use resguardo::notify::run_log::RunLog;
use resguardo::notify::smtp::SmtpMailer;
use resguardo::notify::told::ToldFile;
use resguardo::standing::untold::{self, Unreached};
use resguardo::sys::files::Files;
use resguardo::sys::gate::{Gate, Open};
use resguardo::sys::stop::Stop;
use resguardo::words::Words;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::mail::{Parsed, SmtpServer, parse};
use super::serve::full_standing;

/// One source of which the standing may say anything, told of by a server started so.
pub(crate) struct Night {
    pub(crate) server: SmtpServer,
    pub(crate) standing: Standing,
    /// How mails are sent; the server's address stays.
    pub(crate) config: MailConfig,
    /// The authority the mailer trusts.
    pub(crate) root: Option<String>,
    pub(crate) language: Language,
    pub(crate) place: String,
    pub(crate) secrets: Vec<Secret>,
    runtime: Runtime,
    pub(crate) store: TempDir,
}

impl Night {
    pub(crate) fn new(options: &[&str]) -> Self {
        let server = SmtpServer::start(options);
        let mut standing = full_standing();
        standing.sources.truncate(1);
        standing.catalog.sets.retain(|set| set.state() == SetState::Complete);
        // Nothing is stored of what is not configured: that would be told as well.
        let name = standing.sources[0].name.clone();
        for set in &mut standing.catalog.sets {
            set.artifacts.retain(|artifact| artifact.source == name || !artifact.kind.is_data());
        }
        Self {
            config: server.config(MailSecurity::None),
            server,
            standing,
            root: None,
            language: Language::English,
            place: "puno".to_owned(),
            secrets: Vec::new(),
            runtime: Runtime::new().unwrap(),
            store: TempDir::new().unwrap(),
        }
    }

    /// Whatever was wrong with the server is mended: another one that takes everything is in its place.
    pub(crate) fn mend(&mut self) {
        self.server = SmtpServer::start(&[]);
        self.config = MailConfig { to: self.config.to.clone(), ..self.server.config(MailSecurity::None) };
    }

    pub(crate) fn pass(&mut self, time: TimeDelta) {
        self.standing.now += time;
    }

    /// A run of the source ended so, some minutes after the one before.
    pub(crate) fn run(&mut self, outcome: Outcome, error: Option<&str>) {
        let mut run = self.standing.jobs[&Job::Backup].last.clone().unwrap();
        self.pass(TimeDelta::minutes(5));
        run.run = format!("backup-{}", self.standing.now.format("%Y%m%d_%H%M%S"));
        (run.started_at, run.ended_at, run.outcome) = (self.standing.now, self.standing.now, outcome);
        run.sources = vec![SourceReport {
            source: self.standing.sources[0].name.clone(),
            outcome,
            stage: error.map(|_| "dump".to_owned()),
            error: error.map(str::to_owned),
            hint: error.map(|_| "Set the password right.".to_owned()),
            bytes: None,
            lasting: false,
        }];
        self.standing.jobs.get_mut(&Job::Backup).unwrap().last = Some(run.clone());
        self.standing.sources[0].last_attempt = Some(run);
    }

    /// What the last run gave as hint.
    pub(crate) fn hint(&mut self, hint: &str) {
        for source in &mut self.standing.sources[0].last_attempt.as_mut().unwrap().sources {
            source.hint = Some(hint.to_owned());
        }
    }

    /// The name of the last run.
    pub(crate) fn last_run(&self) -> String {
        self.standing.jobs[&Job::Backup].last.as_ref().unwrap().run.clone()
    }

    pub(crate) fn told_path(&self) -> PathBuf {
        untold::path(self.store.path())
    }

    pub(crate) fn log_path(&self) -> PathBuf {
        self.store.path().join("backup.log")
    }

    /// A process of its own that tells: nothing is remembered but what is on disk.
    pub(crate) fn teller(&self, gate: Arc<dyn Gate>) -> Teller {
        let mut mailer = SmtpMailer::new(self.config.clone(), self.runtime.handle().clone());
        if self.is_slow() {
            mailer = mailer.lasting(Duration::from_millis(300));
        }
        if let Some(pem) = &self.root {
            mailer = mailer.trusting(pem).unwrap();
        }
        self.teller_of(vec![Box::new(mailer)], gate)
    }

    pub(crate) fn teller_of(&self, channels: Vec<Box<dyn Channel>>, gate: Arc<dyn Gate>) -> Teller {
        let told = ToldFile::new(Files::new(gate), &self.told_path());
        let sender = Sender { place: self.place.clone(), contact: vec!["Ana, 951 000 000".to_owned()] };
        let log = RunLog::new(self.log_path(), self.secrets.clone());
        Teller::new(channels, told, sender, log, Words::of(self.language))
    }

    /// A server that never answers is not waited for as long as the real mailer would.
    fn is_slow(&self) -> bool {
        self.server.options.iter().any(|option| option == "slow" || option == "silent")
    }

    pub(crate) fn tell(&self, teller: &Teller) -> Vec<Warning> {
        teller.tell(&self.standing, &health::judge(&self.standing), &Stop::new())
    }

    pub(crate) fn tell_anew(&self) -> Vec<Warning> {
        self.tell(&self.teller(Arc::new(Open)))
    }

    /// Health as it stands now, with what is known of the telling.
    pub(crate) fn health(&self) -> Health {
        let Unreached { untold, withheld } = untold::read(&[self.store.path()], |_| true);
        health::judge(&Standing { untold, withheld, ..self.standing.clone() })
    }

    /// What health says of the telling.
    pub(crate) fn untold(&self) -> Option<String> {
        let health = self.health();
        let cause = health.causes.iter().find(|cause| cause.code == "untold")?;
        assert_eq!(cause.status, health::Status::Warning);
        Some(Words::english().say(&cause.saying))
    }

    /// What waits on disk, and what was told.
    pub(crate) fn outbox(&self) -> Outbox {
        serde_json::from_slice(&fs::read(self.told_path()).unwrap()).unwrap()
    }

    /// The mails that arrived, parsed.
    pub(crate) fn parsed(&self) -> Vec<Parsed> {
        self.server.mails().iter().map(|mail| parse(mail)).collect()
    }
}

pub(crate) fn codes(warnings: &[Warning]) -> Vec<&str> {
    warnings.iter().map(|warning| warning.code.as_str()).collect()
}
