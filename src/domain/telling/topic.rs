//! What a message is about, and how loud that is.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::domain::health::{
    DISK_FILLING, DISK_LOW, DRILL_ANSWER, DRILL_FAILED, DRILL_OVERDUE, DRILL_UNASKED, LOG, MEDIA_MISSING, STORE_GONE,
    STORE_UNREADABLE, VERIFY_FAILED,
};
use crate::domain::saying::Saying;

/// Of what health says, what no topic tells, and why.
#[cfg(test)]
pub(super) const UNTOLD_CODES: [(&str, &str); 3] = [
    ("running", "nothing is wrong"),
    ("interrupted", "it is made up for at once; attempt after attempt is braked, and without any the newest is stale"),
    ("untold", "whom no letter reaches cannot be told by letter; page and health say it"),
];

/// The topic that tells what health says under a code.
pub(super) fn of_code(code: &str) -> Option<Topic> {
    Some(match code {
        "store" | STORE_GONE | STORE_UNREADABLE => Topic::Store,
        "suspect" => Topic::Suspect,
        "empty" => Topic::Empty,
        "braked" => Topic::Braked,
        "stale" | "never" => Topic::Stale,
        "failed" | "run_failed" => Topic::Failed,
        "partial" | "run_partial" => Topic::Partial,
        DISK_LOW | DISK_FILLING => Topic::DiskFull,
        VERIFY_FAILED => Topic::Verify,
        DRILL_FAILED | DRILL_OVERDUE => Topic::Drill,
        DRILL_ANSWER => Topic::DrillAnswer,
        DRILL_UNASKED | MEDIA_MISSING => Topic::DrillWarning,
        "prune_failed" | "verify_overdue" | "damaged" | "clock_behind" | "unheard" | "unconfigured" | "old_copies"
        | "restore_unsettled" | LOG => Topic::Attention,
        _ => return None,
    })
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The store cannot be written, is not the one that stood there, or not all of it may be read.
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
    /// Something else that health warns of, and nothing above tells.
    Attention,
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
            Topic::Attention => "attention",
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
            | Topic::Attention
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
            Topic::Attention => "tell-attention",
            Topic::Unusual => "tell-unusual-bytes",
            Topic::Proof => "tell-proof-well",
        })
    }

    /// What lasts is told again after so long. Nothing is at stake in a warning of a drill, and only
    /// another drill ends it; a disk that will do for days can wait for somebody to have the time.
    pub(super) fn repeat_after(self, severity: Severity) -> TimeDelta {
        match self {
            Topic::DrillWarning | Topic::Attention => TimeDelta::days(7),
            Topic::DiskFull if severity < Severity::Critical => TimeDelta::days(7),
            _ => TimeDelta::days(1),
        }
    }

    /// Whether its subject says how old the newest good backup is.
    pub(super) fn tells_of_a_missing_backup(self) -> bool {
        matches!(self, Topic::Suspect | Topic::Empty | Topic::Braked | Topic::Stale | Topic::Failed | Topic::Missed)
    }

    /// Troubles of a kind are over together: while one of them lasts nobody is told that another is over. Those of
    /// one source are all of a kind.
    pub(super) fn kind(self, is_of_source: bool) -> &'static str {
        match self {
            _ if is_of_source => "source",
            Topic::Drill | Topic::DrillAnswer | Topic::DrillWarning => "drill",
            Topic::Failed | Topic::Partial => "failed",
            topic => topic.as_str(),
        }
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
