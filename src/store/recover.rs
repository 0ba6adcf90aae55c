//! Recovery: what an earlier run began and could not end is ended, one way or the other. A set
//! that was declared finished and is whole is put into place; all else of an unfinished id goes;
//! a removal that was begun is completed. Under the lock, nobody else is at work on any of it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustix::io::Errno;
use sha2::{Digest, Sha256};

use super::beside::{marked_id, set_id};
use super::locked::LockedStore;
use super::{listing, manifests};
use crate::domain::artifact::FOLDERS;
use crate::domain::id::BackupId;
use crate::domain::manifest::{Artifact, Manifest};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::fault;
use crate::sys::files::{self, at, errno};
use crate::sys::regular;

/// Large enough that a disk reads at its own speed, small beside the memory bar.
const READ_BYTES: usize = 1024 * 1024;

/// What a recovery did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Sets that were finished and stand now.
    pub completed: Vec<BackupId>,
    /// Ids whose unfinished files were taken away.
    pub discarded: Vec<BackupId>,
    /// Sets whose removal was completed.
    pub removed: Vec<BackupId>,
    /// What somebody should know.
    pub warnings: Vec<Saying>,
}

impl LockedStore {
    /// Ends what earlier runs began. To be called before each run.
    ///
    /// # Errors
    /// The system's; what is left is left for the next one. Where the run was asked to end.
    pub fn recover(&self) -> Result<Recovered, Trouble> {
        let mut recovered = Recovered::default();
        self.forget_half_marked()?;
        self.sweep_restores()?;
        for id in self.partial_ids() {
            self.stop.check(Stage::Recover)?;
            self.recover_partial(&id, &mut recovered).map_err(|e| self.told(&id, &e))?;
        }
        for id in self.expired_ids() {
            match self.recover_expired(&id, &mut recovered) {
                // What may not be removed must not keep a night from being backed up.
                Err(e) if is_refused(&e) => {
                    let saying = Saying::new("warning-removal-refused").with("id", &id).with("error", e);
                    recovered.warnings.push(saying);
                }
                ended => ended.map_err(|e| self.told(&id, &e))?,
            }
        }
        Ok(recovered)
    }

    fn told(&self, id: &BackupId, error: &io::Error) -> Trouble {
        match self.stop.reason() {
            Some(reason) => Trouble::stopped(Stage::Recover, reason),
            None => fault::trouble(Stage::Recover, error).while_doing(format!("recover set {id}")),
        }
    }

    fn partial_ids(&self) -> BTreeSet<BackupId> {
        let beside = FOLDERS.iter().map(|folder| self.layout.staged_beside(folder));
        [self.layout.partial()]
            .into_iter()
            .chain(beside)
            .flat_map(|folder| listing::list(&folder, &mut Vec::new()).into_keys())
            .filter_map(|name| BackupId::parse(&name).ok())
            .collect()
    }

    fn expired_ids(&self) -> BTreeSet<BackupId> {
        let listing = listing::list(&self.layout.expired(), &mut Vec::new());
        listing.keys().filter_map(|name| set_id(name)).collect()
    }

    /// A mark that was being written has its name only at the end; what was cut short before is
    /// nobody's any more.
    fn forget_half_marked(&self) -> Result<(), Trouble> {
        let listing = listing::list(&self.layout.sets(), &mut Vec::new());
        listing
            .iter()
            .filter(|(name, entry)| entry.regular && name.strip_suffix(".new").and_then(marked_id).is_some())
            .try_for_each(|(name, _)| self.files.remove(&self.layout.sets().join(name)))
            .map_err(|e| fault::trouble(Stage::Recover, &e).while_doing("recover the marks"))
    }

    fn recover_partial(&self, id: &BackupId, recovered: &mut Recovered) -> io::Result<()> {
        self.must_be_folders(id)?;
        // Published, and killed before its staging was cleared away, or before its name was durable.
        if self.holds(id) {
            self.files.sync_folder(&self.layout.sets())?;
            return self.clear(id);
        }
        let manifest = match manifests::read(&self.layout.finished_manifest(id), id) {
            Ok(manifest) => manifest,
            // Not finished: nothing of it was put into place yet.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                recovered.discarded.push(id.clone());
                return self.clear(id);
            }
            // Finished, by a newer program or before it was damaged: kept whole, and hidden.
            Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                recovered.warnings.push(unreadable("warning-finished-unreadable", &self.layout.finished_manifest(id)));
                return Ok(());
            }
            Err(e) => return Err(e),
        };
        let why = if self.is_whole(&manifest)? {
            match self.place(&manifest) {
                Ok(()) => {
                    recovered.completed.push(id.clone());
                    return self.clear(id);
                }
                // Its place is taken, or the mounts are others than they were: it never will be.
                Err(e) if is_final(&e) => Saying::new("warning-finished-no-place").with("error", e),
                Err(e) => return Err(e),
            }
        } else {
            Saying::new("warning-finished-not-whole")
        };
        self.take_back(&manifest)?;
        recovered.warnings.push(why.with("id", id));
        recovered.discarded.push(id.clone());
        self.clear(id)
    }

    /// Whatever else stands where a set is staged is not ours: nothing is looked for behind it,
    /// and nothing of it is removed.
    fn must_be_folders(&self, id: &BackupId) -> io::Result<()> {
        let folders = self.layout.staging_folders(id);
        match folders.iter().find(|path| path.symlink_metadata().is_ok_and(|found| !found.is_dir())) {
            Some(other) => Err(at(other, Errno::NOTDIR.into())),
            None => Ok(()),
        }
    }

    /// Whether every artifact, staged or already in place, is what the manifest says.
    fn is_whole(&self, manifest: &Manifest) -> io::Result<bool> {
        for artifact in &manifest.artifacts {
            let place = self.layout.artifact(&artifact.path);
            let path = self.layout.find_staged(&manifest.id, &artifact.path).unwrap_or(place);
            if !self.matches(&path, artifact)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn matches(&self, path: &Path, artifact: &Artifact) -> io::Result<bool> {
        if listing::size_of(path) != Some(artifact.size_bytes) {
            return Ok(false);
        }
        match regular::open(path).and_then(|file| self.digest(file, path)) {
            Ok(digest) => Ok(digest == artifact.digest),
            // What the disk does not give back is not whole.
            Err(e) if errno(&e) == Some(Errno::IO.raw_os_error()) => Ok(false),
            Err(e) => Err(e),
        }
    }

    fn digest(&self, mut file: File, path: &Path) -> io::Result<String> {
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; READ_BYTES];
        loop {
            self.stop.check_io()?;
            match file.read(&mut buffer).map_err(|e| at(path, e))? {
                0 => return Ok(format!("sha256:{}", hex::encode(hasher.finalize()))),
                count => hasher.update(&buffer[..count]),
            }
        }
    }

    /// Takes a finished set's artifacts out of their places again. A place is ours only where
    /// nothing is staged for it any more: a file that lies where ours could not go is another's.
    fn take_back(&self, manifest: &Manifest) -> io::Result<()> {
        for artifact in &manifest.artifacts {
            if self.layout.find_staged(&manifest.id, &artifact.path).is_none() {
                self.files.remove(&self.layout.artifact(&artifact.path))?;
            }
        }
        self.sync_places(manifest)
    }

    fn recover_expired(&self, id: &BackupId, recovered: &mut Recovered) -> io::Result<()> {
        let path = self.layout.expired_manifest(id);
        match manifests::read(&path, id) {
            Ok(manifest) => {
                self.finish_removal(&manifest)?;
                recovered.removed.push(id.clone());
                Ok(())
            }
            // What it held is not known any more; its files stay, and stay hidden.
            Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                recovered.warnings.push(unreadable("warning-removal-unreadable", &path));
                Ok(())
            }
            Err(e) => Err(e),
        }
    }
}

fn unreadable(key: &'static str, manifest: &Path) -> Saying {
    Saying::new(key).with("path", manifest.display()).with("folder", files::parent(manifest).display())
}

fn is_final(error: &io::Error) -> bool {
    [Errno::EXIST, Errno::XDEV].map(|e| Some(e.raw_os_error())).contains(&errno(error))
}

/// Whether a file cannot be removed as it stands: a folder, one that is not to be changed, not ours.
fn is_refused(error: &io::Error) -> bool {
    [Errno::ISDIR, Errno::PERM, Errno::ACCESS].map(|e| Some(e.raw_os_error())).contains(&errno(error))
}
