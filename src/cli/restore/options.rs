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
    #[arg(long, help = "help-restore-db", value_name = "FILE", group = "what")]
    pub db: Vec<PathBuf>,
    #[arg(long, help = "help-restore-media", value_name = "FILE", group = "what")]
    pub media: Vec<PathBuf>,
    #[arg(long, help = "help-restore-set", value_name = "ID", value_parser = id, group = "what")]
    pub set: Option<BackupId>,
    #[arg(long, help = "help-restore-latest", group = "what")]
    pub latest: bool,
    #[arg(long, help = "help-restore-source", value_name = "NAME", value_parser = name)]
    pub source: Vec<SourceName>,
    #[arg(long, help = "help-restore-to-db", value_name = "NAME", conflicts_with = "act")]
    pub to_db: Option<String>,
    #[arg(long, help = "help-restore-to-dir", value_name = "DIR", conflicts_with = "act")]
    pub to_dir: Option<PathBuf>,
    #[arg(long, help = "help-restore-only", value_name = "GLOB", conflicts_with = "act", value_parser = glob)]
    pub only: Vec<String>,
    #[arg(long, help = "help-restore-table", value_name = "T", conflicts_with_all = ["act", "to_db", "to_dir", "only", "media"], value_parser = table)]
    pub table: Vec<TableName>,
    #[arg(long, help = "help-restore-replace", requires = "table")]
    pub replace: bool,
    #[arg(long, help = "help-restore-jobs", value_name = "N", default_value_t = 1, conflicts_with = "act", value_parser = clap::value_parser!(u16).range(1..=JOBS_MAX))]
    pub jobs: u16,
    #[arg(long, help = "help-restore-no-owner", conflicts_with = "act")]
    pub no_owner: bool,
    #[arg(long, help = "help-restore-assume-room", conflicts_with = "act")]
    pub assume_room: bool,
    #[arg(long, help = "help-restore-no-safety-backup", conflicts_with = "act")]
    pub no_safety_backup: bool,
    #[arg(long, help = "help-restore-dry-run")]
    pub dry_run: bool,
    #[arg(long, help = "help-restore-undo", group = "what")]
    pub undo: bool,
    #[arg(long, help = "help-restore-clean", group = "what")]
    pub clean: bool,
    #[arg(long, help = "help-yes", action = ArgAction::SetTrue)]
    pub yes: bool,
}

impl RestoreOptions {
    pub(super) fn ask(&self) -> Ask {
        if self.undo {
            return Ask::Undo { sources: self.source.clone(), dry_run: self.dry_run };
        }
        if self.clean {
            return Ask::Clean { sources: self.source.clone(), dry_run: self.dry_run };
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
