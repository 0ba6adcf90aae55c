//! What is asked of a restore, and the one who is asked for consent.

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Config;
use crate::domain::artifact::Kind;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
use crate::domain::table_name::TableName;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Configured;
use crate::source::restore::Restore;
use crate::sys::stop::Stop;

/// Finds the way back of a configured source. The program's is [`crate::source::way_back`]; a
/// test hands in one of its own.
pub type WayBack = Arc<dyn Fn(&Config, Kind, &SourceName) -> Option<Box<dyn Restore>> + Send + Sync>;

/// # Errors
/// Where the source is not configured any more.
pub(super) fn way_of(
    way_back: &WayBack,
    config: &Config,
    kind: Kind,
    source: &SourceName,
) -> Result<Box<dyn Restore>, Trouble> {
    let none = || Trouble::lasting(Stage::Look, format!("restore {source}: no such {} is configured", kind.as_str()));
    way_back(config, kind, source).ok_or_else(none)
}

/// What a restore is to do, and with what.
#[derive(Clone)]
pub struct Errand {
    pub ask: Ask,
    pub consent: Arc<dyn Consent>,
    pub way_back: WayBack,
    /// Every artifact of the settings: tells which roles go with which database.
    pub sources: Arc<[Configured]>,
}

#[derive(Debug, Clone)]
pub enum Ask {
    PutBack(PutBack),
    /// Exchange the newest restore's old copies back; of these sources alone, where any is named.
    Undo {
        sources: Vec<SourceName>,
        /// End after the words.
        dry_run: bool,
    },
    /// Remove kept old copies; of these sources alone, where any is named. What cannot be settled of
    /// a source that is named is given up.
    Clean {
        sources: Vec<SourceName>,
        /// End after the words.
        dry_run: bool,
    },
}

impl Ask {
    /// Whether nothing is to be done but looked.
    pub fn only_looks(&self) -> bool {
        match self {
            Ask::PutBack(wish) => wish.dry_run,
            Ask::Undo { dry_run, .. } | Ask::Clean { dry_run, .. } => *dry_run,
        }
    }
}

/// Data to put back, and how.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct PutBack {
    pub what: What,
    pub to_db: Option<String>,
    pub to_dir: Option<PathBuf>,
    /// Single files of an archive, as globs.
    pub only: Vec<String>,
    /// Single tables of a database, and whether they take the place of the rows that stand.
    pub tables: Vec<TableName>,
    pub replace: bool,
    pub jobs: usize,
    pub no_owner: bool,
    pub assume_room: bool,
    /// Replace in place also what can no longer be backed up.
    pub no_safety_backup: bool,
    /// End after the words.
    pub dry_run: bool,
}

#[derive(Debug, Clone)]
pub enum What {
    /// What a set holds; of these sources alone, where any is named.
    Set {
        id: BackupId,
        sources: Vec<SourceName>,
    },
    /// The newest of each source; of these alone, where any is named.
    Latest {
        sources: Vec<SourceName>,
    },
    Files {
        files: Vec<GivenFile>,
        source: Option<SourceName>,
    },
}

/// A file as the operator named it.
#[derive(Debug, Clone)]
pub struct GivenFile {
    pub name: PathBuf,
    pub role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A dump: PostgreSQL or SQLite.
    Db,
    /// An archive: a folder or single files.
    Media,
}

/// Shows what will happen and hears the answer.
pub trait Consent: Send + Sync {
    /// Shows the sentences of a question that nobody will be asked.
    fn show(&self, question: &Question);

    /// Shows them and asks; returns when answered, or when `stop` is asked to end.
    fn ask(&self, question: &Question, stop: &Stop) -> Answer;
}

/// What the operator is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub lines: Vec<String>,
    /// What is typed to consent: names of sources, with a space between; or a set.
    pub typed: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    /// Nobody is there to be asked.
    Nobody,
}
