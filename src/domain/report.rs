//! The run report: what every run returns, a line of `runs.jsonl`, the output of `--json`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::id::BackupId;
use super::name::SourceName;
use super::trouble::Stage;

pub const VERSION: u32 = 1;

/// The code of the warning that a run leaves for a source whose database was found without user
/// tables while the store holds sets of it, so that nothing was begun.
pub const EMPTY: &str = "empty";

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    Backup,
    Prune,
    Verify,
    Restore,
    Drill,
}

impl Job {
    pub fn as_str(self) -> &'static str {
        match self {
            Job::Backup => "backup",
            Job::Prune => "prune",
            Job::Verify => "verify",
            Job::Restore => "restore",
            Job::Drill => "drill",
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Succeeded,
    /// Some sources good, some not; or something of a source could not be read.
    Partial,
    Failed,
    /// Ended with its process, by a signal or by making way.
    Interrupted,
    /// Not begun: another run held the lock, or an empty database stood where data should be.
    Skipped,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Succeeded => "succeeded",
            Outcome::Partial => "partial",
            Outcome::Failed => "failed",
            Outcome::Interrupted => "interrupted",
            Outcome::Skipped => "skipped",
        }
    }
}

/// The name of a run: `<job>-<id>`.
pub fn run_name(job: Job, id: &BackupId) -> String {
    format!("{}-{id}", job.as_str())
}

/// What made a run begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    Schedule,
    /// A slot had passed while nobody was there to see it.
    CatchUp,
    /// The daemon started and the store held no complete backup; no missed slot is made up for.
    Start,
    Retry,
    Command,
}

/// A line of the record. Texts in `error`, `hint` and `warnings` hold no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    pub version: u32,
    /// `<job>-<id>`.
    pub run: String,
    pub job: Job,
    pub trigger: Trigger,
    pub outcome: Outcome,
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub duration_seconds: f64,
    /// The set this run published or worked on.
    pub backup_id: Option<BackupId>,
    /// Where the run as a whole failed, if it did.
    pub stage: Option<String>,
    pub error: Option<String>,
    pub hint: Option<String>,
    pub sources: Vec<SourceReport>,
    pub pruned: Vec<BackupId>,
    /// Adopted files that were removed, by their path in the store.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pruned_files: Vec<String>,
    pub warnings: Vec<Warning>,
}

impl RunReport {
    /// How a source fared in this run; as the run as a whole did where it never came to the
    /// source.
    pub fn outcome_of(&self, source: &SourceName) -> Outcome {
        self.sources.iter().find(|report| report.source == *source).map_or(self.outcome, |report| report.outcome)
    }

    /// Whether the run ended with its process, rather than by a signal or by making way.
    pub fn ended_with_process(&self) -> bool {
        self.outcome == Outcome::Interrupted && self.stage.as_deref() == Some(Stage::Process.as_str())
    }

    /// Whether it is a drill that restored something and did not find it as it was stored. Else a drill
    /// that failed could not be held, which says nothing of what is stored.
    pub fn is_a_no_of_a_drill(&self) -> bool {
        let says_no = |source: &SourceReport| {
            source.outcome == Outcome::Failed && source.stage.as_deref() == Some(Stage::Drill.as_str())
        };
        self.job == Job::Drill && self.sources.iter().any(says_no)
    }

    /// Whether it is a drill that brought everything back as it was stored, and failed only because the
    /// operator's own questions are answered otherwise than expected.
    pub fn failed_by_answers_alone(&self) -> bool {
        let mut failed = self.sources.iter().filter(|source| source.outcome == Outcome::Failed).peekable();
        let is_of_answers = |source: &SourceReport| source.stage.as_deref() == Some(Stage::Ask.as_str());
        self.job == Job::Drill && failed.peek().is_some() && failed.all(is_of_answers)
    }

    /// Whether this run found the source's database empty where data should be.
    pub fn found_empty(&self, source: &SourceName) -> bool {
        self.warnings.iter().any(|warning| warning.code == EMPTY && warning.source.as_ref() == Some(source))
    }
}

/// How one source fared in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceReport {
    pub source: SourceName,
    pub outcome: Outcome,
    pub stage: Option<String>,
    pub error: Option<String>,
    pub hint: Option<String>,
    /// Bytes stored.
    pub bytes: Option<u64>,
    /// True where the same attempt cannot succeed before somebody acts; retries slow down.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lasting: bool,
}

/// Something worth knowing that did not fail the run. `code` is stable, `text` for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    pub code: String,
    pub source: Option<SourceName>,
    pub text: String,
}

/// What the record says of one job, for metrics and health.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JobHistory {
    pub last: Option<RunReport>,
    pub counts: BTreeMap<Outcome, u64>,
}
