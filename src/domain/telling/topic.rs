//! What a message is about, and how loud that is.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::domain::saying::Saying;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
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
    /// A slot passed without a run, which is made up for.
    Missed,
    /// A verify found something bad, or could not look at it.
    Verify,
    /// A drill says no, could not be held, or is overdue.
    Drill,
    /// A drill brought everything back, and got another answer than the operator expects.
    DrillAnswer,
    /// A drill brought everything back, with a warning.
    DrillWarning,
}

impl Topic {
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Suspect => "suspect",
            Topic::Empty => "empty",
            Topic::Braked => "braked",
            Topic::Stale => "stale",
            Topic::Failed => "failed",
            Topic::Partial => "partial",
            Topic::Skipped => "skipped",
            Topic::Missed => "missed",
            Topic::Verify => "verify",
            Topic::Drill => "drill",
            Topic::DrillAnswer => "drill_answer",
            Topic::DrillWarning => "drill_warning",
        }
    }

    pub(super) fn severity(self) -> Severity {
        match self {
            Topic::Partial | Topic::Skipped | Topic::Drill | Topic::DrillAnswer => Severity::Warning,
            Topic::DrillWarning | Topic::Missed => Severity::Notice,
            _ => Severity::Critical,
        }
    }

    pub(super) fn subject(self) -> Saying {
        Saying::new(match self {
            Topic::Suspect => "tell-suspect",
            Topic::Empty => "tell-empty",
            Topic::Braked => "tell-braked",
            Topic::Stale => "tell-stale",
            Topic::Failed => "tell-failed",
            Topic::Partial => "tell-partial",
            Topic::Skipped => "tell-skipped",
            Topic::Missed => "tell-missed",
            Topic::Verify => "tell-verify",
            Topic::Drill => "tell-drill",
            Topic::DrillAnswer => "tell-drill-answer",
            Topic::DrillWarning => "tell-drill-warning",
        })
    }

    /// What lasts is told again after so long. Nothing is at stake in a warning of a drill, and only
    /// another drill ends it.
    pub(super) fn repeat_after(self) -> TimeDelta {
        if self == Topic::DrillWarning { TimeDelta::days(7) } else { TimeDelta::days(1) }
    }

    /// Whether it is told once and lasts no longer than its telling.
    pub(super) fn is_passing_note(self) -> bool {
        self == Topic::Missed
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
