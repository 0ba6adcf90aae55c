//! The store under its lock: the only one that writes. What it begins and cannot end (a full disk,
//! a kill) the next one finishes, see [`super::recover`].

use std::collections::BTreeMap;
use std::io;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;
use serde::Serialize;
use serde_json::json;

use super::layout::Mark;
use super::{Store, catalog, group, listing};
use crate::domain::artifact::FOLDERS;
use crate::domain::drill::{DrillFinding, DrillFindings};
use crate::domain::finding::{self, AdoptedFinding, ArtifactFinding, Finding};
use crate::domain::id::BackupId;
use crate::domain::manifest::Manifest;
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::fault;
use crate::sys::files::{self, Files};
use crate::sys::lock::{self, FileLock};
use crate::sys::stop::Stop;

/// Folders of the store: for the owner, and the operator's group to look into.
pub(super) const FOLDER_MODE: u32 = 0o750;
/// What the operator's group may read.
pub(super) const FILE_MODE: u32 = 0o640;
/// What holds secrets.
pub(super) const PRIVATE_FILE_MODE: u32 = 0o600;

/// A store that is locked; clones hold the same lock, which ends with the last of them.
#[derive(Clone)]
pub struct LockedStore {
    store: Store,
    pub(super) files: Files,
    pub(super) stop: Stop,
    _lock: Arc<FileLock>,
}

impl Deref for LockedStore {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

impl LockedStore {
    pub(super) fn take(store: &Store, wait: Duration, stop: &Stop) -> Result<Option<Self>, Trouble> {
        let files = store.sys.files.for_group(group::resolve(&store.group)?);
        let lock = files
            .make_folder(&store.layout.state(), FOLDER_MODE)
            .and_then(|()| lock::exclusive(&files, &store.layout.lock(), wait, stop))
            .map_err(|e| fault::trouble_within(store.dir(), Stage::Lock, &e).while_doing("lock the store"))?;
        Ok(lock.map(|lock| Self { store: store.clone(), files, stop: stop.clone(), _lock: Arc::new(lock) }))
    }

    /// Removes a whole set and returns the bytes that became free. From its first step on the set
    /// is gone for every reader; a removal that is cut short is finished by the next recovery.
    ///
    /// # Errors
    /// Where somebody reads the set, where its manifest cannot be read (what it holds is then
    /// not known, and nothing of it is removed), else the system's.
    pub fn expire(&self, id: &BackupId) -> Result<u64, Trouble> {
        self.expire_io(id)
            .map_err(|e| fault::trouble(Stage::Prune, &e).while_doing(format!("remove set {id}")))?
            .ok_or_else(|| Trouble::passing(Stage::Prune, format!("remove set {id}: somebody reads it")))
    }

    fn expire_io(&self, id: &BackupId) -> io::Result<Option<u64>> {
        let manifest = self.manifest(id)?;
        // What cannot be removed is found before anything is.
        for artifact in &manifest.artifacts {
            let place = self.layout.artifact(&artifact.path);
            if place.symlink_metadata().is_ok_and(|stands| stands.is_dir()) {
                return Err(files::at(&place, Errno::ISDIR.into()));
            }
        }
        let path = self.layout.manifest(id);
        let Some(held) = lock::try_exclusive(&path)? else { return Ok(None) };
        self.ensure_folder(&self.layout.expired())?;
        self.files.rename_new(&path, &self.layout.expired_manifest(id))?;
        self.files.sync_folder(&self.layout.expired())?;
        self.files.sync_folder(&self.layout.sets())?;
        drop(held);
        self.finish_removal(&manifest).map(Some)
    }

    /// Removes what belongs to a set whose manifest lies in `expired/`, that manifest last, and
    /// only once the removal of the rest is durable: else files could come back without it.
    pub(super) fn finish_removal(&self, manifest: &Manifest) -> io::Result<u64> {
        let mut freed_bytes = 0;
        for artifact in &manifest.artifacts {
            let path = self.layout.artifact(&artifact.path);
            freed_bytes += listing::size_of(&path).unwrap_or(0);
            self.files.remove(&path)?;
        }
        for path in Mark::ALL.map(|mark| self.layout.mark(&manifest.id, mark)) {
            if path.symlink_metadata().is_ok() {
                self.files.remove(&path)?;
            }
        }
        self.sync_places(manifest)?;
        self.files.sync_folder(&self.layout.sets())?;
        self.files.remove(&self.layout.expired_manifest(&manifest.id))?;
        Ok(freed_bytes)
    }

    /// Whether all that a set holds of a source is what was written, by its digests.
    ///
    /// # Errors
    /// Where the manifest or a file cannot be read, or the run was asked to end.
    pub fn has_whole(&self, id: &BackupId, source: &SourceName) -> Result<bool, Trouble> {
        let all_match = || {
            for artifact in self.manifest(id)?.artifacts.iter().filter(|artifact| artifact.source == *source) {
                if !self.matches(&self.layout.artifact(&artifact.path), artifact)? {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        all_match().map_err(|e: io::Error| fault::trouble(Stage::Verify, &e).while_doing(format!("read set {id}")))
    }

    /// Removes an adopted file, by its path in the store.
    ///
    /// # Errors
    /// Where it is none, or the system's.
    pub fn remove_adopted(&self, path: &str) -> Result<(), Trouble> {
        if !self.catalog().adopted.iter().any(|file| file.path == path) {
            return Err(Trouble::lasting(Stage::Prune, format!("remove {path}: not an adopted file")));
        }
        let full = self.layout.artifact(path);
        self.files
            .remove(&full)
            .and_then(|()| self.files.sync_folder(files::parent(&full)))
            .map_err(|e| fault::trouble(Stage::Prune, &e).while_doing("remove an adopted file"))
    }

    /// Marks a set so that it never expires.
    ///
    /// # Errors
    /// Where there is no such set, or the system's.
    pub fn pin(&self, id: &BackupId, label: Option<&str>) -> Result<(), Trouble> {
        self.mark(id, Mark::Pin, &json!({ "label": label, "at": self.sys.clock.now() }))
    }

    /// Takes the pin away; a set that has none stays as it is.
    ///
    /// # Errors
    /// Where there is no such set, or the system's.
    pub fn unpin(&self, id: &BackupId) -> Result<(), Trouble> {
        self.must_stand(id)?;
        self.files
            .remove(&self.layout.mark(id, Mark::Pin))
            .and_then(|()| self.files.sync_folder(&self.layout.sets()))
            .map_err(|e| fault::trouble(Stage::Write, &e).while_doing(format!("unpin set {id}")))
    }

    /// Marks a suspect set as meant so; `by` is who says it.
    ///
    /// # Errors
    /// Where there is no such set, or the system's.
    pub fn accept(&self, id: &BackupId, by: &str) -> Result<(), Trouble> {
        self.mark(id, Mark::Accept, &json!({ "by": by, "at": self.sys.clock.now() }))
    }

    /// Keeps what a verify found of a set beside its manifest, in place of what an earlier one found.
    ///
    /// # Errors
    /// Where there is no such set, or the system's; the earlier finding then still stands.
    pub fn keep_finding(&self, id: &BackupId, finding: &Finding) -> Result<(), Trouble> {
        self.mark(id, Mark::Verify, finding)
    }

    /// Keeps what a verify found of adopted files, by their paths; what was found of files that are gone
    /// goes with them.
    ///
    /// # Errors
    /// The system's; what was found earlier then still stands.
    pub fn keep_adopted_findings(&self, found: &BTreeMap<String, AdoptedFinding>) -> Result<(), Trouble> {
        let mut all = catalog::adopted_findings(&self.layout);
        all.version = finding::VERSION;
        all.files.extend(found.iter().map(|(path, finding)| (path.clone(), finding.clone())));
        all.files.retain(|path, _| self.layout.artifact(path).symlink_metadata().is_ok());
        let written = self.ensure_folder(&self.layout.sets()).and_then(|()| {
            let json = serde_json::to_vec(&all)?;
            self.files.replace(&self.layout.adopted_findings(), FILE_MODE, &[&json[..], b"\n"].concat())
        });
        written.map_err(|e| fault::trouble(Stage::Write, &e).while_doing("note what was found of adopted files"))
    }

    /// Keeps that these files of a set are not what was stored, beside what a verify found of the others.
    ///
    /// # Errors
    /// As [`LockedStore::keep_finding`].
    pub fn keep_bad(&self, id: &BackupId, run: &str, bad: &[ArtifactFinding]) -> Result<(), Trouble> {
        if bad.is_empty() {
            return Ok(());
        }
        let earlier = catalog::read_mark(&self.layout, id, Mark::Verify);
        self.keep_finding(id, &Finding::with_bad(earlier, run, self.sys.clock.now(), bad))
    }

    /// Keeps what a drill found of sources of a set beside its manifest, in place of what an earlier one
    /// found of them.
    ///
    /// # Errors
    /// Where there is no such set, or the system's; what was found earlier then still stands.
    pub fn keep_drill(&self, id: &BackupId, found: Vec<DrillFinding>) -> Result<(), Trouble> {
        self.mark(id, Mark::Drill, &DrillFindings::renewed(self.drill_findings(id), found))
    }

    fn mark(&self, id: &BackupId, mark: Mark, content: &impl Serialize) -> Result<(), Trouble> {
        self.must_stand(id)?;
        serde_json::to_vec(content)
            .map_err(io::Error::from)
            .and_then(|json| self.files.replace(&self.layout.mark(id, mark), FILE_MODE, &[&json[..], b"\n"].concat()))
            .map_err(|e| fault::trouble(Stage::Write, &e).while_doing(format!("mark set {id}")))
    }

    fn must_stand(&self, id: &BackupId) -> Result<(), Trouble> {
        if self.holds(id) {
            return Ok(());
        }
        let missing = Trouble::lasting(Stage::SetUp, format!("find set {id}: there is no such set"));
        Err(missing.hint(Saying::new("hint-no-such-set")))
    }

    /// Writes `RESTORE.md` anew; a reader sees the old one or the new one.
    ///
    /// # Errors
    /// The system's; the old one then still stands.
    pub fn write_restore_md(&self, text: &str) -> Result<(), Trouble> {
        self.files
            .replace(&self.layout.dir.join("RESTORE.md"), FILE_MODE, text.as_bytes())
            .map_err(|e| fault::trouble(Stage::Write, &e))
    }

    /// Brings the index on disk up to the sets that stand. It is only a cache: whoever calls may
    /// let an error pass.
    ///
    /// # Errors
    /// The system's; the old index then still stands, or none.
    pub fn refresh_index(&self) -> io::Result<()> {
        let _remembered_in_passing = self.catalog();
        let bytes = self.remembered().index.to_bytes();
        self.files.replace(&self.layout.index(), FILE_MODE, &bytes)
    }

    /// Makes a folder of the store where it is missing, durably.
    pub(super) fn ensure_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        self.files.make_folder(folder, FOLDER_MODE)?;
        self.files.sync_folder(files::parent(folder))
    }

    /// Makes the names of a set's artifacts, in their places, durable.
    pub(super) fn sync_places(&self, manifest: &Manifest) -> io::Result<()> {
        let used = |folder: &str| manifest.artifacts.iter().any(|a| a.path.split('/').next() == Some(folder));
        FOLDERS
            .into_iter()
            .filter(|folder| used(folder))
            .map(|folder| self.layout.dir.join(folder))
            // A folder that went with all its files has nothing left to make durable.
            .filter(|folder| folder.is_dir())
            .try_for_each(|folder| self.files.sync_folder(&folder))
    }
}
