//! What a drill found: the value that lies beside a set's manifest, `sets/<id>.drill.json`, and how
//! the operator's own questions are judged.

mod expected;
mod verdict;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::artifact::Kind;
use super::id::BackupId;
use super::name::SourceName;
use super::set::Drilled;
pub use expected::{Expected, too_many_missing};
pub use verdict::judge;

pub const VERSION: u32 = 1;

/// One drill of one set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrillReport {
    pub version: u32,
    /// The run that held it.
    pub run: String,
    pub backup_id: BackupId,
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Whether everything of the set was restored and found to be what the manifest says.
    pub ok: bool,
    pub tool_version: String,
    /// How old the set was when the drill began: what would have been lost.
    pub rpo_seconds: u64,
    /// How long all restoring took, one source after the other, without the comparing.
    pub rto_seconds: f64,
    /// The most disk it took at a time.
    pub peak_bytes: Option<u64>,
    pub sources: Vec<DrilledSource>,
}

impl DrillReport {
    /// What it says of one artifact; nothing where that could not be drilled. A database's properties
    /// are proven with it, a server's roles with all its databases.
    pub fn of(&self, source: &SourceName, kind: Kind) -> Option<Drilled> {
        let belongs = |drilled: &&DrilledSource| match kind {
            Kind::Globals => drilled.kind == Kind::Postgres,
            Kind::Database => drilled.kind == Kind::Postgres && drilled.source == *source,
            _ => drilled.kind == kind && drilled.source == *source,
        };
        let about: Vec<&DrilledSource> = self.sources.iter().filter(belongs).collect();
        if about.is_empty() || about.iter().any(|drilled| drilled.verdict == Verdict::NotHeld) {
            return None;
        }
        let proven = about.iter().all(|drilled| drilled.verdict == Verdict::Proven);
        let restore_seconds = if kind.is_data() { about[0].restore_seconds } else { None };
        Some(Drilled { at: self.at, proven, restore_seconds })
    }

    /// Whether it says anything of the set at all.
    pub fn found_anything_out(&self) -> bool {
        self.sources.iter().any(|drilled| drilled.verdict != Verdict::NotHeld)
    }
}

/// How one source fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrilledSource {
    pub source: SourceName,
    pub kind: Kind,
    pub verdict: Verdict,
    /// Why it failed or could not be held, and what to do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// Until the data was back and ready for use.
    pub restore_seconds: Option<f64>,
    /// What was looked at, in order.
    pub proofs: Vec<Proof>,
    /// The operator's own questions.
    #[serde(default)]
    pub checks: Vec<Answer>,
    /// What is odd in production itself.
    #[serde(default)]
    pub remarks: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Proven,
    Failed,
    /// Something was missing here that says nothing of the set: a program, a locale, room.
    NotHeld,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub what: What,
    pub judgement: Judgement,
    /// What was found, in English: a number, or the first differences.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was loaded to its end without an error.
    Load,
    /// Tables with the number and the sum of their rows.
    Rows,
    LargeObjects,
    Sequences,
    /// What a database makes beside rows: its indexes, constraints, views, triggers and all else.
    Schema,
    /// Indexes and constraints are as valid as in the dump.
    Constraints,
    /// Every index of kind b-tree by amcheck.
    Indexes,
    /// SQLite's own check.
    Integrity,
    /// The unpacked tree, walked anew from disk.
    Tree,
    /// The operator's own questions.
    Checks,
    /// Files that rows name, in the media of the same set.
    Media,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    Passed,
    Failed,
    /// Reported as such; no success.
    Skipped,
}

/// The answer to one of the operator's own questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub sql: String,
    /// The first column of the first row, as text.
    pub value: Option<String>,
    pub ok: bool,
    /// What was expected, where it is not so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
}
