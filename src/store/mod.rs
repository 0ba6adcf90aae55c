//! Floor 2: where sets live. Reading takes no lock; only a [`LockedStore`], made from the lock,
//! has the methods that write.
//!
//! Given: the doors and where the store is. Returns: the catalog, and artifacts and manifests to
//! read; under the lock a set to be staged and published whole, or removed whole.
//! Never: judges what is suspect or expired, decides what is removed, opens what is sealed.

mod adopt;
mod beside;
mod catalog;
mod group;
mod identity;
mod index;
mod layout;
mod listing;
mod locked;
mod manifests;
mod memo;
mod newest_good;
mod precedence;
mod recover;
mod refusal;
mod restore_md;
mod restores;
mod self_test;
mod staging;
mod turn;

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use locked::LockedStore;
pub use newest_good::{Good, NewestGood, No, PassedOver, Why};
pub use recover::Recovered;
pub use restore_md::{Imprint, restore_md};
pub use restores::{Restores, Unreadable};
pub use staging::Staging;
pub use turn::{DrillTurn, VerifyTurn};

use crate::config::StoreConfig;
use crate::domain::artifact;
use crate::domain::drill::DrillFindings;
use crate::domain::id::BackupId;
use crate::domain::manifest::Manifest;
use crate::domain::set::Catalog;
use crate::domain::trouble::Trouble;
use crate::sys::Sys;
use crate::sys::files::at;
use crate::sys::lock::{self, FileLock};
use crate::sys::regular;
use crate::sys::space::{self, Space};
use crate::sys::stop::Stop;
use index::Index;
use layout::{Layout, Mark};
use memo::Memo;

/// A look for readers holds a manifest for an instant; a reader that meets it tries again so often.
const READ_LOCK_TRIES: usize = 20;
const READ_LOCK_EVERY: Duration = Duration::from_millis(10);

/// A store, for reading. Cheap to clone; clones share what they remember.
#[derive(Clone)]
pub struct Store {
    layout: Layout,
    sys: Sys,
    group: Arc<str>,
    single_host: bool,
    memory: Arc<Mutex<Memory>>,
}

/// What a store remembers, so that asking again is quick. None of it is ever more than a memory.
#[derive(Default)]
struct Memory {
    index: Index,
    memo: Memo,
}

impl Store {
    /// Touches nothing.
    pub fn new(sys: &Sys, config: &StoreConfig) -> Self {
        Self {
            layout: Layout { dir: config.dir.clone() },
            sys: sys.clone(),
            group: config.group.as_str().into(),
            single_host: config.single_host,
            memory: Arc::default(),
        }
    }

    pub fn dir(&self) -> &Path {
        &self.layout.dir
    }

    /// `.resguardo`: lock, record, spool.
    pub fn state_dir(&self) -> PathBuf {
        self.layout.state()
    }

    /// The sets that stand here, oldest first, not yet judged; a store that was never written to
    /// is empty. Never fails: what could not be listed stands in `unlisted`.
    pub fn catalog(&self) -> Catalog {
        Catalog { as_of: Some(self.sys.clock.now()), ..self.listed() }
    }

    fn listed(&self) -> Catalog {
        let mut memory = self.remembered();
        let (folders, now) = (catalog::folder_stamps(&self.layout), Instant::now());
        if let Some(catalog) = memory.memo.recall(&folders, now) {
            return catalog.clone();
        }
        let catalog = catalog::read(&self.layout, &mut memory.index);
        memory.memo.keep(folders, now, &catalog);
        catalog
    }

    /// # Errors
    /// The system's, with the path; `InvalidData` where it is no manifest of this id.
    pub fn manifest(&self, id: &BackupId) -> io::Result<Manifest> {
        manifests::read(&self.layout.manifest(id), id)
    }

    /// What drills found of a set; `None` where none did, or where it cannot be read.
    pub fn drill_findings(&self, id: &BackupId) -> Option<DrillFindings> {
        catalog::read_mark(&self.layout, id, Mark::Drill)
    }

    /// The same of every set of which there is any.
    pub fn all_drill_findings(&self) -> impl Iterator<Item = DrillFindings> {
        self.set_ids().into_iter().filter_map(|id| self.drill_findings(&id))
    }

    /// Whether the set stands: its manifest is in place.
    pub fn holds(&self, id: &BackupId) -> bool {
        self.layout.manifest(id).symlink_metadata().is_ok()
    }

    /// Opens an artifact or an adopted file by its path in the store, following no link.
    ///
    /// # Errors
    /// The system's, with the path; `InvalidData` where the path leads elsewhere.
    pub fn open_artifact(&self, path: &str) -> io::Result<File> {
        let full = self.layout.artifact(path);
        match manifests::file_name(path) {
            Some(_) => regular::open(&full),
            None => Err(at(&full, io::Error::new(io::ErrorKind::InvalidData, "not a path of an artifact"))),
        }
    }

    /// Holds a set against removal while it is read for long. `None`: it is being removed.
    ///
    /// # Errors
    /// `NotFound` where there is no such set; else the system's, with the path.
    pub fn read_lock(&self, id: &BackupId) -> io::Result<Option<FileLock>> {
        let path = self.layout.manifest(id);
        for _ in 0..READ_LOCK_TRIES {
            if let Some(lock) = lock::shared(&path)? {
                // It may have been renamed away between being opened and being held.
                return path.symlink_metadata().map(|_| Some(lock)).map_err(|e| at(&path, e));
            }
            Stop::new().wait(READ_LOCK_EVERY);
        }
        Ok(None)
    }

    /// The sets somebody reads for long. A set whose lock cannot be asked for counts as read.
    pub fn being_read(&self) -> BTreeSet<BackupId> {
        let mut ids = self.set_ids();
        ids.retain(|id| match lock::try_exclusive(&self.layout.manifest(id)) {
            Ok(free) => free.is_none(),
            Err(e) => e.kind() != io::ErrorKind::NotFound,
        });
        ids
    }

    /// Whether an id is used by anything in the store: a set, one on its way in or out, a file of
    /// the shell loop's.
    pub fn is_taken(&self, id: &BackupId) -> bool {
        let carried = |name: &String| artifact::parse_file_name(name).is_some_and(|(_, i, _)| i == *id);
        let mut unlisted = Vec::new();
        self.holds(id)
            || catalog::hidden_ids(&self.layout, &mut unlisted).contains(id)
            || artifact::FOLDERS
                .iter()
                .any(|folder| listing::list(&self.layout.dir.join(folder), &mut unlisted).keys().any(carried))
    }

    /// Whether a restore asks for the store: it holds its request for as long as it waits, so that
    /// one that died asks for nothing any more.
    pub fn yield_requested(&self) -> bool {
        matches!(lock::try_exclusive(&self.layout.yield_request()), Ok(None))
    }

    /// Room where the store is, or will be once it is made.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn space(&self) -> io::Result<Space> {
        let nearest = self.layout.dir.ancestors().find(|folder| folder.exists());
        space::of(nearest.unwrap_or(Path::new(".")))
    }

    /// Waits for the store's lock, at most so long, making the store where it is missing. `None`:
    /// another run holds it still, or this one was asked to end. A restore that waits goes first.
    ///
    /// # Errors
    /// Where the store cannot be made, written to or locked, with what to do about it.
    pub fn lock(&self, wait: Duration, stop: &Stop) -> Result<Option<LockedStore>, Trouble> {
        precedence::lock_after_restores(self, wait, stop)
    }

    /// The same for a restore: it goes before all others, and a run that can makes way for it.
    ///
    /// # Errors
    /// As [`Store::lock`].
    pub fn lock_first(&self, wait: Duration, stop: &Stop) -> Result<Option<LockedStore>, Trouble> {
        precedence::lock_first(self, wait, stop)
    }

    fn remembered(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_ids(&self) -> BTreeSet<BackupId> {
        listing::list(&self.layout.sets(), &mut Vec::new()).keys().filter_map(|name| beside::set_id(name)).collect()
    }
}
