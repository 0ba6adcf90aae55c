//! What a drill found: the value that lies beside a set's manifest, `sets/<id>.drill.json`, and how
//! the operator's own questions are judged.

mod expected;
mod findings;
mod verdict;

use std::ops::Deref;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::artifact::Kind;
use super::id::BackupId;
use super::name::SourceName;
use super::set::Drilled;
pub use expected::{Expected, too_many_missing};
pub use verdict::judge;

pub const VERSION: u32 = 1;

/// What drills found of the sources of one set: the value that lies beside its manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrillFindings {
    pub version: u32,
    /// Of each source the last that says anything of it, and a later one that could not be held.
    pub sources: Vec<DrillFinding>,
}

impl DrillFindings {
    /// What they say of one artifact; nothing where that could not be drilled. A database's properties
    /// are proven with it, a server's roles with all its databases.
    pub fn of(&self, source: &SourceName, kind: Kind) -> Option<Drilled> {
        let belongs = |drilled: &&DrillFinding| match kind {
            Kind::Globals => drilled.kind == Kind::Postgres,
            Kind::Database => drilled.kind == Kind::Postgres && drilled.source == *source,
            _ => drilled.kind == kind && drilled.source == *source,
        };
        let looked_for = || self.sources.iter().filter(belongs);
        let about: Vec<&DrillFinding> = looked_for().filter(|drilled| drilled.verdict != Verdict::NotHeld).collect();
        if looked_for().any(|wanted| !about.iter().any(|drilled| drilled.source == wanted.source)) {
            return None;
        }
        let at = about.iter().map(|drilled| drilled.at).max()?;
        let proven = about.iter().all(|drilled| drilled.verdict == Verdict::Proven);
        let restore_seconds = if kind.is_data() { about[0].restore_seconds } else { None };
        Some(Drilled { at, proven, restore_seconds })
    }
}

/// What one drill found of one source of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrillFinding {
    /// The set it was taken from.
    pub backup_id: BackupId,
    /// The run that held it, and when that began.
    pub run: String,
    pub started_at: DateTime<Utc>,
    /// When this source was done.
    pub at: DateTime<Utc>,
    pub tool_version: String,
    /// How old the set was when the drill began: what would have been lost of this source.
    pub rpo_seconds: u64,
    /// The disk that was taken when this source lay restored; nothing where it came to no restoring.
    pub disk_bytes: Option<u64>,
    #[serde(flatten)]
    pub drilled: DrilledSource,
}

impl Deref for DrillFinding {
    type Target = DrilledSource;
    fn deref(&self) -> &DrilledSource {
        &self.drilled
    }
}

/// One drill, over all the sets it took something of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrillReport {
    pub version: u32,
    pub run: String,
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Whether everything it took was restored and found to be what the manifests say.
    pub ok: bool,
    pub tool_version: String,
    /// The age of the oldest set when the drill began.
    pub rpo_seconds: u64,
    /// How long all restoring took, one source after the other, without the comparing.
    pub rto_seconds: f64,
    /// The most disk it took at a time.
    pub peak_bytes: Option<u64>,
    pub sources: Vec<DrillFinding>,
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
    /// Files that rows name, in media that are no older.
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
