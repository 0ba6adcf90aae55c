//! The flags of `restore`, and what they ask for.

use std::path::PathBuf;

use clap::{ArgAction, ArgGroup};
use globset::Glob;

use crate::cli::args::{id, name};
use crate::domain::Invalid;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
use crate::domain::table_name::TableName;
use crate::job::restore::{Ask, GivenFile, PutBack, Role, What};

/// More jobs than this outrun every disk we know.
const JOBS_MAX: i64 = 64;

#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true))]
#[command(group = ArgGroup::new("one").args(["set", "latest", "undo", "clean"]).multiple(false))]
#[command(group = ArgGroup::new("files").args(["db", "media"]).multiple(true).conflicts_with("one"))]
#[command(group = ArgGroup::new("act").args(["undo", "clean"]).multiple(false))]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct RestoreOptions {
    /// A dump to restore: a path, or the name of a file in the store (may be given several times)
    #[arg(long, value_name = "FILE", group = "what")]
    pub db: Vec<PathBuf>,
    /// An archive to restore: a path, or the name of a file in the store (may be given several times)
    #[arg(long, value_name = "FILE", group = "what")]
    pub media: Vec<PathBuf>,
    /// Restore what this set holds: `YYYYMMDD_HHMMSS`
    #[arg(long, value_name = "ID", value_parser = id, group = "what")]
    pub set: Option<BackupId>,
    /// Restore the newest good artifact of each source
    #[arg(long, group = "what")]
    pub latest: bool,
    /// Only this source (may be given several times); with a file, the source it is restored to
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub source: Vec<SourceName>,
    /// Restore the database under this new name, beside all that stands
    #[arg(long, value_name = "NAME", conflicts_with = "act")]
    pub to_db: Option<String>,
    /// Restore folders, files and SQLite databases into this folder, which must be empty or missing
    #[arg(long, value_name = "DIR", conflicts_with = "act")]
    pub to_dir: Option<PathBuf>,
    /// Bring back only the files of an archive that fit this pattern (may be given several times)
    #[arg(long, value_name = "GLOB", conflicts_with = "act", value_parser = glob)]
    pub only: Vec<String>,
    /// Bring back only this table of a database, `NAME` or `SCHEMA.NAME` under the name with `_restored` added (may be given several times)
    #[arg(long, value_name = "T", conflicts_with_all = ["act", "to_db", "to_dir", "only", "media"], value_parser = table)]
    pub table: Vec<TableName>,
    /// With --table: exchange the rows that stand in the table for the restored ones
    #[arg(long, requires = "table")]
    pub replace: bool,
    /// Load a custom dump with so many jobs side by side
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "act", value_parser = clap::value_parser!(u16).range(1..=JOBS_MAX))]
    pub jobs: u16,
    /// Go on where owners cannot be set
    #[arg(long, conflicts_with = "act")]
    pub no_owner: bool,
    /// Go on where it cannot be seen whether the server has room
    #[arg(long, conflicts_with = "act")]
    pub assume_room: bool,
    /// Where a database can only be replaced in place: go on without a backup of what stands there now
    #[arg(long, conflicts_with = "act")]
    pub no_safety_backup: bool,
    /// Say what would happen, change nothing
    #[arg(long, conflicts_with = "act")]
    pub dry_run: bool,
    /// Exchange the old copies of the newest restore back
    #[arg(long, group = "what")]
    pub undo: bool,
    /// Remove the old copies that restores have kept
    #[arg(long, group = "what")]
    pub clean: bool,
    /// Consent without being asked: for scripts
    #[arg(long, action = ArgAction::SetTrue)]
    pub yes: bool,
}

impl RestoreOptions {
    pub(super) fn ask(&self) -> Ask {
        if self.undo {
            return Ask::Undo { sources: self.source.clone() };
        }
        if self.clean {
            return Ask::Clean { sources: self.source.clone() };
        }
        let given = |names: &[PathBuf], role| {
            names.iter().map(move |name| GivenFile { name: name.clone(), role }).collect::<Vec<_>>()
        };
        let what = match &self.set {
            Some(id) => What::Set { id: id.clone(), sources: self.source.clone() },
            None if self.latest => What::Latest { sources: self.source.clone() },
            None => What::Files {
                files: [given(&self.db, Role::Db), given(&self.media, Role::Media)].concat(),
                source: self.source.first().cloned(),
            },
        };
        Ask::PutBack(PutBack {
            what,
            to_db: self.to_db.clone(),
            to_dir: self.to_dir.clone(),
            only: self.only.clone(),
            tables: self.table.clone(),
            replace: self.replace,
            jobs: usize::from(self.jobs),
            no_owner: self.no_owner,
            assume_room: self.assume_room,
            no_safety_backup: self.no_safety_backup,
            dry_run: self.dry_run,
        })
    }

    /// Whether one source is named for several files: which of them is meant cannot be told.
    pub(super) fn source_is_unclear(&self) -> bool {
        let files = self.db.len() + self.media.len();
        files > 0 && !self.source.is_empty() && (files > 1 || self.source.len() > 1)
    }
}

fn table(text: &str) -> Result<TableName, Invalid> {
    TableName::parse(text)
}

fn glob(text: &str) -> Result<String, globset::Error> {
    Glob::new(text).map(|_| text.to_owned())
}
