//! What a restore exchanges and keeps, as values: written down before each step, so that whoever
//! comes after a crash, an undo or a clean knows what stands where.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::artifact::Kind;
use super::id::BackupId;
use super::name::SourceName;

pub const VERSION: u32 = 1;

/// One exchange: `new` takes the place of `live`, and what stood there is kept as `old`. Names of
/// databases, or absolute paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub live: String,
    pub new: String,
    /// `None` where nothing stood there.
    pub old: Option<String>,
}

impl Exchange {
    /// The way back: what was kept takes the place again, and what stands there now is kept as
    /// `aside`. `None` where nothing was kept.
    pub fn reversed(&self, aside: String) -> Option<Exchange> {
        Some(Exchange { live: self.live.clone(), new: self.old.clone()?, old: Some(aside) })
    }
}

/// How far one source's part of a restore has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// The new data is being brought beside the old.
    Preparing,
    /// It stands there, whole and compared.
    Prepared,
    /// The two are being exchanged.
    Swapping,
    /// The new data stands in its place, the old one beside it.
    Swapped,
    /// Given up: the old data stands as it was, nothing of the new is left.
    Discarded,
    /// The old copy was exchanged back by an undo.
    Undone,
    /// The old copy was removed on the operator's word.
    Cleaned,
}

/// One source's part of a restore.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub source: SourceName,
    pub kind: Kind,
    /// The set the data came from, where it came from one.
    pub backup_id: Option<BackupId>,
    pub exchanges: Vec<Exchange>,
    pub state: PartState,
}

/// The journal of one restore, undo included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestoreJournal {
    pub version: u32,
    /// Of the run: what it made or kept ends in it.
    pub id: BackupId,
    pub started_at: DateTime<Utc>,
    /// The restore that this one took back.
    pub undoes: Option<BackupId>,
    pub parts: Vec<Part>,
}
