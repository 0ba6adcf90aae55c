//! What a message is about, and how loud that is.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::domain::saying::Saying;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The store is not the one that stood there, or not all of it may be read.
    Store,
    /// The newest backup is suspect.
    Suspect,
    /// The database was found empty where data should be.
    Empty,
    /// Attempt after attempt ended with the process; nothing runs by itself before the next slot.
    Braked,
    /// The newest complete backup is too old, or there is none.
    Stale,
    Failed,
    Partial,
    /// A run gave up waiting for the lock.
    Skipped,
    /// Slots passed while nobody tried.
    Missed,
    /// The disk has no room for the nights to come.
    DiskFull,
    /// A verify found something bad, or could not look at it.
    Verify,
    /// A drill says no, could not be held, or is overdue.
    Drill,
    /// A drill brought everything back, and got another answer than the operator expects.
    DrillAnswer,
    /// A drill brought everything back, with a warning.
    DrillWarning,
    /// The newest backup is unlike those before it, though not as much as a suspect one.
    Unusual,
    /// What is kept, and how that is known.
    Proof,
}

impl Topic {
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Store => "store",
            Topic::Suspect => "suspect",
            Topic::Empty => "empty",
            Topic::Braked => "braked",
            Topic::Stale => "stale",
            Topic::Failed => "failed",
            Topic::Partial => "partial",
            Topic::Skipped => "skipped",
            Topic::Missed => "missed",
            Topic::DiskFull => "disk_full",
            Topic::Verify => "verify",
            Topic::Drill => "drill",
            Topic::DrillAnswer => "drill_answer",
            Topic::DrillWarning => "drill_warning",
            Topic::Unusual => "unusual",
            Topic::Proof => "proof",
        }
    }

    pub(super) fn severity(self) -> Severity {
        match self {
            Topic::Store
            | Topic::Partial
            | Topic::Skipped
            | Topic::Missed
            | Topic::DiskFull
            | Topic::Drill
            | Topic::DrillAnswer => Severity::Warning,
            Topic::DrillWarning | Topic::Unusual | Topic::Proof => Severity::Notice,
            _ => Severity::Critical,
        }
    }

    pub(super) fn subject(self) -> Saying {
        Saying::new(match self {
            Topic::Store => "tell-store-unreadable",
            Topic::Suspect => "tell-suspect",
            Topic::Empty => "tell-empty",
            Topic::Braked => "tell-braked",
            Topic::Stale => "tell-stale",
            Topic::Failed => "tell-failed",
            Topic::Partial => "tell-partial",
            Topic::Skipped => "tell-skipped",
            Topic::Missed => "tell-missed",
            Topic::DiskFull => "tell-disk-full",
            Topic::Verify => "tell-verify",
            Topic::Drill => "tell-drill-no",
            Topic::DrillAnswer => "tell-drill-answer",
            Topic::DrillWarning => "tell-drill-warning",
            Topic::Unusual => "tell-unusual-bytes",
            Topic::Proof => "tell-proof-well",
        })
    }

    /// What lasts is told again after so long. Nothing is at stake in a warning of a drill, and only
    /// another drill ends it; a disk that will do for days can wait for somebody to have the time.
    pub(super) fn repeat_after(self, severity: Severity) -> TimeDelta {
        match self {
            Topic::DrillWarning => TimeDelta::days(7),
            Topic::DiskFull if severity < Severity::Critical => TimeDelta::days(7),
            _ => TimeDelta::days(1),
        }
    }

    /// Whether its subject says how old the newest good backup is.
    pub(super) fn tells_of_a_missing_backup(self) -> bool {
        matches!(self, Topic::Suspect | Topic::Empty | Topic::Braked | Topic::Stale | Topic::Failed | Topic::Missed)
    }

    /// Whether it is told once and lasts no longer than its telling.
    pub(super) fn is_passing_note(self) -> bool {
        matches!(self, Topic::Missed | Topic::Unusual | Topic::Proof)
    }
}

/// How loud a message should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Notice,
    Warning,
    Critical,
}
