//! The journals of restores: written before each step, read by whoever comes after a crash, an undo
//! or a clean, and kept for as long as an old copy is.

use std::io;
use std::path::PathBuf;

use super::beside::set_id;
use super::locked::{FILE_MODE, LockedStore};
use super::{Store, listing};
use crate::domain::id::BackupId;
use crate::domain::restoring::{RestoreJournal, VERSION};
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::fault;
use crate::sys::regular;

/// A journal names each thing that is exchanged: some bytes for each of a hundred thousand files.
const JOURNAL_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The journals that stand.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Restores {
    /// Oldest first.
    pub journals: Vec<RestoreJournal>,
    pub unreadable: Vec<Unreadable>,
}

/// A journal that stands and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// As its file's name says; `None` where not even the names could be listed.
    pub run: Option<BackupId>,
    /// Its path, and why.
    pub error: String,
}

impl Restores {
    /// Whether anything that is made or kept bears this id: no other may be called by it.
    pub fn uses(&self, id: &BackupId) -> bool {
        let bears = |name: &str| name.contains(id.as_str());
        self.unreadable.iter().any(|one| one.run.as_ref() == Some(id))
            || self.journals.iter().any(|journal| {
                let mut exchanges = journal.parts.iter().flat_map(|part| &part.exchanges);
                journal.id == *id || exchanges.any(|one| bears(&one.new) || one.old.as_deref().is_some_and(bears))
            })
    }
}

impl Store {
    /// The journals of restores that keep an old copy or were cut short.
    pub fn restores(&self) -> Restores {
        let (mut restores, mut unlisted) = (Restores::default(), Vec::new());
        let listing = listing::list(&self.layout.restores(), &mut unlisted);
        restores.unreadable = unlisted.into_iter().map(|error| Unreadable { run: None, error }).collect();
        for (name, run) in listing.keys().filter_map(|name| Some((name, set_id(name)?))) {
            let path = self.layout.restores().join(name);
            match regular::read(&path, JOURNAL_BYTES_MAX).and_then(|bytes| parse(&bytes)) {
                Ok(journal) => restores.journals.push(journal),
                // Its restore has ended while we looked.
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => {
                    let error = format!("{}: {e}", path.display());
                    restores.unreadable.push(Unreadable { run: Some(run), error });
                }
            }
        }
        restores.unreadable.sort_by(|a, b| a.error.cmp(&b.error));
        restores.journals.sort_by(|a, b| (a.started_at, &a.id).cmp(&(b.started_at, &b.id)));
        restores
    }
}

impl LockedStore {
    /// Writes a journal, whole and durable before this returns.
    ///
    /// # Errors
    /// The system's; the journal stands then as it was.
    pub fn write_restore(&self, journal: &RestoreJournal) -> Result<(), Trouble> {
        let written = serde_json::to_vec_pretty(journal).map_err(io::Error::from).and_then(|bytes| {
            self.ensure_folder(&self.layout.restores())?;
            self.files.replace(&self.layout.restore_journal(&journal.id), FILE_MODE, &bytes)
        });
        written.map_err(|e| fault::trouble(Stage::Write, &e).while_doing("write the journal of the restore"))
    }

    /// Removes the journal of a restore that keeps nothing any more.
    ///
    /// # Errors
    /// The system's.
    pub fn forget_restore(&self, run: &BackupId) -> Result<(), Trouble> {
        self.files
            .remove(&self.layout.restore_journal(run))
            .and_then(|()| self.files.sync_folder(&self.layout.restores()))
            .map_err(|e| fault::trouble(Stage::Write, &e).while_doing("remove the journal of a restore"))
    }

    /// A folder for what the sources of a restore must write, for our eyes only.
    ///
    /// # Errors
    /// The system's.
    pub fn restore_scratch(&self, run: &BackupId) -> Result<PathBuf, Trouble> {
        let folder = self.layout.restore_scratch(run);
        self.ensure_folder(&self.layout.restores())
            .and_then(|()| self.files.make_folder(&folder, 0o700))
            .map_err(|e| fault::trouble(Stage::Write, &e))?;
        Ok(folder)
    }

    /// Takes away what restores that ended or were cut short have left beside the journals.
    ///
    /// # Errors
    /// The system's.
    pub fn sweep_restores(&self) -> Result<(), Trouble> {
        let folder = self.layout.restores();
        listing::list(&folder, &mut Vec::new())
            .keys()
            .try_for_each(|name| match name.rsplit_once('.') {
                Some((_, "scratch")) => self.files.remove_folder(&folder.join(name)),
                Some((_, "new")) => self.files.remove(&folder.join(name)),
                _ => Ok(()),
            })
            .map_err(|e| fault::trouble(Stage::Recover, &e).while_doing("clear away after restores"))
    }
}

fn parse(bytes: &[u8]) -> io::Result<RestoreJournal> {
    let journal: RestoreJournal = serde_json::from_slice(bytes)?;
    if journal.version == VERSION {
        return Ok(journal);
    }
    let why = format!("a journal of version {}, this program reads version {VERSION}", journal.version);
    Err(io::Error::new(io::ErrorKind::InvalidData, why))
}
