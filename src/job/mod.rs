//! Floor 3: the verbs. Each job is handed what it needs and returns one [`RunReport`]; one may
//! call another, handing on the lock it holds.
//!
//! Given: a locked store or a turn to verify or drill, sources, an order, a context. Returns: a run report.
//! Never: records, tells, draws progress, decides when; those are the floors above.

pub mod backup;
mod companions;
mod digested;
pub mod drill;
pub mod guard;
mod intake;
pub mod prune;
pub mod restore;
pub mod restore_page;
pub mod room;
pub mod verify;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
use crate::domain::progress::Sink;
use crate::domain::report::{Job, Outcome, RunReport, SourceReport, Trigger, VERSION, Warning};
use crate::domain::trouble::{Outlook, StopReason, Trouble};
use crate::source::Work;
use crate::sys::Sys;
use crate::sys::stop::Stop;
use crate::words::Words;

/// What every job works with.
#[derive(Clone)]
pub struct Context {
    pub sys: Sys,
    pub config: Arc<Config>,
    /// English: what is said in reports is kept, logged, and read by machines.
    pub words: Words,
    /// In the language of the settings: for questions, and for `RESTORE.md`.
    pub reader_words: Words,
    pub stop: Stop,
    pub progress: Arc<dyn Sink>,
    pub runtime: tokio::runtime::Handle,
    /// The clock jumped by more than two days since the run before: nothing expires.
    pub clock_jumped: bool,
}

impl Context {
    /// What a source works with, given a scratch folder.
    fn work(&self, scratch: PathBuf) -> Work {
        Work {
            sys: self.sys.clone(),
            stop: self.stop.clone(),
            progress: self.progress.clone(),
            scratch,
            runtime: self.runtime.clone(),
        }
    }
}

/// What a run is to do, and who asked.
#[derive(Debug, Clone)]
pub struct Order {
    /// `<job>-<id>`.
    pub run: String,
    pub id: BackupId,
    pub job: Job,
    pub trigger: Trigger,
    pub started_at: DateTime<Utc>,
    pub label: Option<String>,
    /// The set is pinned as soon as it stands.
    pub pin: bool,
}

impl Order {
    /// The report of a run of this order that has done nothing yet.
    pub fn report(&self) -> RunReport {
        RunReport {
            version: VERSION,
            run: self.run.clone(),
            job: self.job,
            trigger: self.trigger,
            outcome: Outcome::Succeeded,
            started_at: self.started_at,
            ended_at: self.started_at,
            duration_seconds: 0.0,
            backup_id: None,
            stage: None,
            error: None,
            hint: None,
            sources: Vec::new(),
            pruned: Vec::new(),
            pruned_files: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// Writes a run's own failure into its report.
pub fn fail(report: &mut RunReport, trouble: &Trouble, words: &Words) {
    report.outcome = outcome_of(trouble);
    report.stage = Some(trouble.stage.as_str().to_owned());
    report.error = Some(trouble.error.clone());
    report.hint = trouble.hint.as_ref().map(|hint| words.say(hint));
}

/// The report's form of a source that fared well.
pub fn source_succeeded(source: &SourceName, bytes: Option<u64>) -> SourceReport {
    let (source, outcome) = (source.clone(), Outcome::Succeeded);
    SourceReport { source, outcome, stage: None, error: None, hint: None, bytes, lasting: false }
}

/// The report's form of how one source failed.
pub fn source_failed(source: &SourceName, trouble: &Trouble, words: &Words) -> SourceReport {
    SourceReport {
        source: source.clone(),
        outcome: outcome_of(trouble),
        stage: Some(trouble.stage.as_str().to_owned()),
        error: Some(trouble.error.clone()),
        hint: trouble.hint.as_ref().map(|hint| words.say(hint)),
        bytes: None,
        lasting: trouble.outlook == Outlook::Lasting,
    }
}

/// A run asked to end by a signal or a restore was interrupted; all else failed.
fn outcome_of(trouble: &Trouble) -> Outcome {
    match trouble.stopped {
        Some(StopReason::Signal | StopReason::Yielded) => Outcome::Interrupted,
        Some(StopReason::Deadline) | None => Outcome::Failed,
    }
}

/// A warning of the run as a whole.
fn warn(report: &mut RunReport, code: &str, text: String) {
    report.warnings.push(Warning { code: code.to_owned(), source: None, text });
}
