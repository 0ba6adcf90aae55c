//! Where everything of a store lies. One place makes these paths; nothing here touches a disk but
//! to ask on which mount a folder is.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, StatxFlags};

use crate::domain::artifact;
use crate::domain::id::BackupId;
use crate::sys::files::{self, at};

/// The folder for artifacts on their way, inside an artifact folder that is a mount of its own.
pub(super) const STAGED_BESIDE: &str = ".resguardo-partial";

/// A finding or a wish that lies beside a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Verify,
    Drill,
    Pin,
    Accept,
}

impl Mark {
    pub(super) const ALL: [Mark; 4] = [Mark::Verify, Mark::Drill, Mark::Pin, Mark::Accept];

    /// What follows the id in its file name.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Mark::Verify => ".verify.json",
            Mark::Drill => ".drill.json",
            Mark::Pin => ".pin",
            Mark::Accept => ".accept",
        }
    }
}

/// The paths of one store.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) dir: PathBuf,
}

impl Layout {
    pub(super) fn state(&self) -> PathBuf {
        self.dir.join(".resguardo")
    }

    /// The mark by which this store is known from any other.
    pub(super) fn identity(&self) -> PathBuf {
        self.state().join("store.json")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.state().join("lock")
    }

    /// A restore that wants the store asks by this file.
    pub(super) fn yield_request(&self) -> PathBuf {
        self.state().join("yield")
    }

    pub(super) fn restores(&self) -> PathBuf {
        self.state().join("restores")
    }

    pub(super) fn restore_journal(&self, run: &BackupId) -> PathBuf {
        self.restores().join(format!("{run}.json"))
    }

    /// What the sources of one restore write for themselves.
    pub(super) fn restore_scratch(&self, run: &BackupId) -> PathBuf {
        self.restores().join(format!("{run}.scratch"))
    }

    pub(super) fn index(&self) -> PathBuf {
        self.state().join("catalog")
    }

    /// Held by the one verify at work.
    pub(super) fn verify_lock(&self) -> PathBuf {
        self.state().join("verify.lock")
    }

    pub(super) fn verify_scratch(&self) -> PathBuf {
        self.state().join("verify")
    }

    /// Held by the one drill at work.
    pub(super) fn drill_lock(&self) -> PathBuf {
        self.state().join("drill.lock")
    }

    pub(super) fn self_test(&self) -> PathBuf {
        self.state().join("self-test")
    }

    pub(super) fn sets(&self) -> PathBuf {
        self.dir.join("sets")
    }

    pub(super) fn manifest(&self, id: &BackupId) -> PathBuf {
        self.sets().join(format!("{id}.json"))
    }

    pub(super) fn mark(&self, id: &BackupId, mark: Mark) -> PathBuf {
        self.sets().join(format!("{id}{}", mark.ending()))
    }

    /// What verifies found of files without a manifest.
    pub(super) fn adopted_findings(&self) -> PathBuf {
        self.sets().join("adopted.verify.json")
    }

    pub(super) fn expired(&self) -> PathBuf {
        self.state().join("expired")
    }

    pub(super) fn expired_manifest(&self, id: &BackupId) -> PathBuf {
        self.expired().join(format!("{id}.json"))
    }

    pub(super) fn partial(&self) -> PathBuf {
        self.state().join("partial")
    }

    pub(super) fn partial_of(&self, id: &BackupId) -> PathBuf {
        self.partial().join(id.as_str())
    }

    /// Only this name makes a partial folder finished.
    pub(super) fn finished_manifest(&self, id: &BackupId) -> PathBuf {
        self.partial_of(id).join("manifest.json")
    }

    /// An artifact in its place.
    pub(super) fn artifact(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    /// The folders that may hold staged artifacts of `id`, the first of them always there.
    pub(super) fn staging_folders(&self, id: &BackupId) -> Vec<PathBuf> {
        let beside = artifact::FOLDERS.iter().map(|folder| self.staged_beside(folder).join(id.as_str()));
        [self.partial_of(id)].into_iter().chain(beside).collect()
    }

    pub(super) fn staged_beside(&self, folder: &str) -> PathBuf {
        self.dir.join(folder).join(STAGED_BESIDE)
    }

    /// Where an artifact of `id` is written before it is published: always on the mount it will
    /// live on, since a rename cannot leave it. Its folder in the store must be there.
    ///
    /// # Errors
    /// The system's, with the path.
    pub(super) fn staged(&self, id: &BackupId, path: &str) -> io::Result<PathBuf> {
        let here = self.staged_here(id, path);
        let folder = self.artifact(path);
        let same = mount_of(files::parent(&folder))? == mount_of(&self.state())?;
        Ok(if same { here } else { self.staged_there(id, path) })
    }

    /// Where it was staged, by whatever mounts there were then; `None` where it is in neither.
    pub(super) fn find_staged(&self, id: &BackupId, path: &str) -> Option<PathBuf> {
        [self.staged_here(id, path), self.staged_there(id, path)]
            .into_iter()
            .find(|staged| staged.symlink_metadata().is_ok())
    }

    fn staged_here(&self, id: &BackupId, path: &str) -> PathBuf {
        self.partial_of(id).join(path)
    }

    fn staged_there(&self, id: &BackupId, path: &str) -> PathBuf {
        let (folder, name) = path.split_once('/').unwrap_or(("db", path));
        self.staged_beside(folder).join(id.as_str()).join(name)
    }
}

/// What tells one mount from another. The device alone does not: two bind mounts of one file
/// system share it, and a rename between them is refused all the same.
pub(super) fn mount_of(path: &Path) -> io::Result<(u32, u32, u64)> {
    // A bit of statx(2) since Linux 5.8; an older kernel leaves the number 0, and the device decides.
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::MNT_ID;
    let stat = rustix::fs::statx(CWD, path, AtFlags::empty(), wanted).map_err(|e| at(path, e.into()))?;
    let mount =
        if StatxFlags::from_bits_retain(stat.stx_mask).contains(StatxFlags::MNT_ID) { stat.stx_mnt_id } else { 0 };
    Ok((stat.stx_dev_major, stat.stx_dev_minor, mount))
}
