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
use super::scrub::one_line;
use super::set::{Caveats, Drilled};
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
        let proven = about.iter().all(|drilled| drilled.verdict.is_of_proven_data());
        let own = if kind.is_data() { about.first() } else { None };
        let restore_seconds = own.and_then(|drilled| drilled.restore_seconds);
        let caveats = own.map(|drilled| drilled.caveats()).unwrap_or_default();
        Some(Drilled { at, proven, restore_seconds, caveats })
    }

    /// The last that was found out of a source's data, where that is a no.
    pub fn no_to(&self, source: &SourceName, kind: Kind) -> Option<&DrillFinding> {
        let is_of_it = |found: &&DrillFinding| found.kind == kind && found.source == *source;
        let last = self.sources.iter().rev().filter(is_of_it).find(|found| found.found_anything_out())?;
        (last.verdict == Verdict::Failed).then_some(last)
    }
}

/// So much of why a drill says no is told where the drill is not what one reads of.
const SHORT_CHARS_MAX: usize = 200;

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
    /// Sources of the settings of which that drill found nothing good to prove: they have no set to be
    /// written down beside.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub nothing_good: Vec<SourceName>,
    #[serde(flatten)]
    pub drilled: DrilledSource,
}

impl DrillFinding {
    /// Why it says no, in a few words on one line; the drill's own page has all of them.
    pub fn in_short(&self) -> String {
        let error = one_line(self.error.as_deref().unwrap_or("it did not come back as it was stored"));
        match error.char_indices().nth(SHORT_CHARS_MAX) {
            Some((end, _)) => format!("{}…", &error[..end]),
            None => error,
        }
    }
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
    /// Whether there was something good of every source, everything was restored and found to be what the
    /// manifests say, and every question that was asked of it answered as expected.
    pub ok: bool,
    pub tool_version: String,
    /// The age of the oldest set when the drill began.
    pub rpo_seconds: u64,
    /// How long all restoring took, one source after the other, without the comparing; `None` where
    /// not all of it came back.
    pub rto_seconds: Option<f64>,
    /// The most disk it took at a time.
    pub peak_bytes: Option<u64>,
    /// Sources of the settings of which nothing good is stored.
    #[serde(default)]
    pub nothing_good: Vec<SourceName>,
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

impl DrilledSource {
    /// What is to be told beside that the data came back.
    pub fn caveats(&self) -> Caveats {
        let has = |what: What, judgement: Judgement| {
            self.proofs.iter().any(|proof| (proof.what, proof.judgement) == (what, judgement))
        };
        let came_back = self.verdict.is_of_proven_data();
        Caveats {
            answer: self.verdict == Verdict::Doubted,
            unasked: came_back && has(What::Checks, Judgement::Skipped),
            media: match came_back && has(What::Media, Judgement::Failed) {
                false if has(What::Media, Judgement::Skipped) => None,
                missing => Some(missing),
            },
        }
    }

    /// The proofs of data that came back which are no success and no failure either: what could not be
    /// looked at, and files that rows name and the media lacks.
    pub fn warnings(&self) -> impl Iterator<Item = &Proof> {
        let came_back = self.verdict.is_of_proven_data();
        self.proofs.iter().filter(move |proof| came_back && proof.is_a_warning())
    }
}

/// How long it took until all of these were back, one after the other; `None` where not all came back.
pub fn rto_seconds<'a>(all: impl IntoIterator<Item = &'a DrilledSource>) -> Option<f64> {
    let came_back = |one: &DrilledSource| one.restore_seconds.filter(|_| one.verdict.is_of_proven_data());
    all.into_iter().try_fold(0.0, |sum, one| Some(sum + came_back(one)?))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Proven,
    /// The data came back as they were stored, and are proven by that; but one of the operator's own
    /// questions is answered otherwise than expected. A question is not the data.
    Doubted,
    Failed,
    /// Something was missing here that says nothing of the set: a program, a locale, room.
    NotHeld,
}

impl Verdict {
    /// Whether the data came back as they were stored.
    pub fn is_of_proven_data(self) -> bool {
        matches!(self, Verdict::Proven | Verdict::Doubted)
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub what: What,
    pub judgement: Judgement,
    /// What was found, in English: a number, or the first differences.
    pub text: String,
}

impl Proof {
    fn is_a_warning(&self) -> bool {
        match self.judgement {
            Judgement::Passed => false,
            // Uploads come and go while a set is made.
            Judgement::Failed => self.what == What::Media,
            Judgement::Skipped => true,
        }
    }
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
    /// It could not be asked, which is no answer.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub unasked: bool,
    /// What was expected, where it is not so; why it could not be asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
}
