//! Staging and publishing. A set is written aside, made durable, declared finished by one rename,
//! and only then put into place, its manifest last: it is absent or whole at every moment.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use super::locked::{FILE_MODE, FOLDER_MODE, LockedStore, PRIVATE_FILE_MODE};
use super::{listing, manifests};
use crate::domain::id::BackupId;
use crate::domain::manifest::Manifest;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::fault;
use crate::sys::files::{self, WriteFile, at};

/// A set on its way into the store; holds the lock. Dropped before it is finished it takes away
/// all that was written for it.
pub struct Staging {
    store: LockedStore,
    id: BackupId,
    /// Once declared finished it is the next recovery's, whatever befalls us.
    finished: bool,
}

impl LockedStore {
    /// Begins a set.
    ///
    /// # Errors
    /// Where the id is taken, or the system's.
    pub fn stage(&self, id: &BackupId) -> Result<Staging, Trouble> {
        if self.is_taken(id) {
            return Err(Trouble::passing(
                Stage::Write,
                format!("begin set {id}: something of this id is in the store"),
            ));
        }
        let folder = self.layout.partial_of(id);
        self.ensure_folder(&self.layout.partial())
            .and_then(|()| self.files.make_folder(&folder, FOLDER_MODE))
            .map_err(|e| fault::trouble(Stage::Write, &e))?;
        Ok(Staging { store: self.clone(), id: id.clone(), finished: false })
    }

    /// Puts a finished set into place, from wherever an earlier attempt at it ended.
    pub(super) fn place(&self, manifest: &Manifest) -> io::Result<()> {
        for artifact in &manifest.artifacts {
            if let Some(staged) = self.layout.find_staged(&manifest.id, &artifact.path) {
                self.files.rename_new(&staged, &self.layout.artifact(&artifact.path))?;
            }
        }
        self.sync_places(manifest)?;
        self.ensure_folder(&self.layout.sets())?;
        self.files.rename_new(&self.layout.finished_manifest(&manifest.id), &self.layout.manifest(&manifest.id))?;
        self.files.sync_folder(&self.layout.sets())
    }

    /// Takes away all that was staged for an id, what says so last.
    pub(super) fn clear(&self, id: &BackupId) -> io::Result<()> {
        let folders = self.layout.staging_folders(id);
        folders.iter().rev().filter(|folder| folder.exists()).try_for_each(|folder| self.files.remove_folder(folder))
    }
}

impl Staging {
    pub fn id(&self) -> &BackupId {
        &self.id
    }

    /// Creates the file of an artifact, on the mount it will live on. The writer syncs it.
    ///
    /// # Errors
    /// Where its path is not one of this set or its place is taken; else the system's.
    pub fn create(&self, artifact_path: &str, private: bool) -> Result<WriteFile, Trouble> {
        self.create_io(artifact_path, private).map_err(|e| fault::trouble(Stage::Write, &e))
    }

    fn create_io(&self, artifact_path: &str, private: bool) -> io::Result<WriteFile> {
        let layout = &self.store.layout;
        let place = layout.artifact(artifact_path);
        if !manifests::belongs(artifact_path, &self.id) {
            return Err(at(&place, io::Error::new(io::ErrorKind::InvalidInput, "not a path of this set")));
        }
        if place.symlink_metadata().is_ok() {
            return Err(at(&place, rustix::io::Errno::EXIST.into()));
        }
        self.store.ensure_folder(files::parent(&place))?;
        let staged = layout.staged(&self.id, artifact_path)?;
        self.store.files.make_folder(files::parent(&staged), FOLDER_MODE)?;
        self.store.files.create_new(&staged, if private { PRIVATE_FILE_MODE } else { FILE_MODE })
    }

    /// Takes the file of a source that failed away.
    ///
    /// # Errors
    /// The system's.
    pub fn discard(&self, artifact_path: &str) -> Result<(), Trouble> {
        match self.store.layout.find_staged(&self.id, artifact_path) {
            Some(staged) => self.store.files.remove(&staged).map_err(|e| fault::trouble(Stage::Write, &e)),
            None => Ok(()),
        }
    }

    /// A folder for what a source must write on its way to an artifact, on the store's disk and
    /// for our eyes only; it goes with the staging.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn scratch(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.store.layout.partial_of(&self.id).join("scratch").join(name);
        self.store.files.make_folder(&folder, 0o700)?;
        Ok(folder)
    }

    /// Publishes the set: all of it stands in the store, durably, or none of it is seen.
    ///
    /// # Errors
    /// Where what was staged is not what the manifest says, or the system's. A set that was
    /// declared finished before the error is put into place by the next recovery.
    pub fn publish(mut self, manifest: &Manifest) -> Result<(), Trouble> {
        self.finish(manifest)
            .and_then(|()| self.store.place(manifest))
            .map_err(|e| fault::trouble(Stage::Publish, &e).while_doing(format!("publish set {}", self.id)))?;
        // The set stands; what is left of its staging is cleared away by the next recovery.
        let _left_over = self.store.clear(&self.id);
        Ok(())
    }

    /// Makes everything durable, then declares it finished.
    fn finish(&mut self, manifest: &Manifest) -> io::Result<()> {
        let files = &self.store.files;
        let folder = self.store.layout.partial_of(&self.id);
        for folder in self.checked_folders(manifest)? {
            files.sync_folder(&folder)?;
            // The folder's own name: it was made for this set.
            files.sync_folder(files::parent(&folder))?;
        }
        let beside = folder.join("manifest.json.new");
        let mut bytes = serde_json::to_vec(manifest)?;
        bytes.push(b'\n');
        let mut file = files.create(&beside, FILE_MODE)?;
        file.write_all(&bytes)?;
        file.sync()?;
        drop(file);
        files.rename(&beside, &self.store.layout.finished_manifest(&self.id))?;
        self.finished = true;
        files.sync_folder(&folder)?;
        files.sync_folder(&self.store.layout.partial())
    }

    /// The folders of the staged artifacts, each artifact being there with the size it should have.
    fn checked_folders(&self, manifest: &Manifest) -> io::Result<BTreeSet<PathBuf>> {
        let wrong = |path: &str, why: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("{path}: {why}"));
        if manifest.id != self.id {
            return Err(wrong("manifest", "of another set"));
        }
        let mut folders = BTreeSet::new();
        for artifact in &manifest.artifacts {
            let path = artifact.path.as_str();
            let staged = self.store.layout.find_staged(&self.id, path).filter(|_| manifests::belongs(path, &self.id));
            let staged = staged.ok_or_else(|| wrong(path, "was not staged"))?;
            if listing::size_of(&staged) != Some(artifact.size_bytes) {
                return Err(wrong(path, "has another size than its manifest states"));
            }
            folders.insert(files::parent(&staged).to_owned());
        }
        Ok(folders)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.finished {
            // What cannot be cleared now is unfinished, and the next recovery's.
            let _left_over = self.store.clear(&self.id);
        }
    }
}
