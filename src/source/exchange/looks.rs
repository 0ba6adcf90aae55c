//! What a folder looks like, read so that another can be given the same.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::fstat;
use rustix::io::Errno;

use crate::source::archive::{Attributes, open_root};
use crate::sys::files::{at, errno};
use crate::sys::tree::{Folder, Looks};

/// A folder's looks, held.
pub(super) struct Seen {
    owner: (u32, u32),
    mode: u32,
    modified: (i64, u32),
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Seen {
    /// # Errors
    /// The system's, with the path.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let folder = open_root(path).map_err(|error| at(path, error))?;
        let stat = fstat(&folder).map_err(|error| at(path, error.into()))?;
        let attributes = Attributes::new().of(folder.as_fd()).map_err(|error| at(path, error.into()))?;
        Ok(Self {
            owner: (stat.st_uid, stat.st_gid),
            mode: stat.st_mode & 0o7777,
            modified: (stat.st_mtime, u32::try_from(stat.st_mtime_nsec).unwrap_or(0)),
            attributes,
        })
    }

    /// The same with another time.
    pub(super) fn at(self, modified: (i64, u32)) -> Self {
        Self { modified, ..self }
    }

    /// Gives `folder` these looks. Where it is not ours to give it keeps its own: its entries are
    /// what matters.
    ///
    /// # Errors
    /// The system's, with the path.
    pub(super) fn put_on(&self, folder: &Folder) -> io::Result<()> {
        let looks = Looks {
            owner: rustix::process::geteuid().is_root().then_some(self.owner),
            mode: self.mode,
            modified_secs: self.modified.0,
            modified_nanos: self.modified.1,
            attributes: &self.attributes,
        };
        match folder.dress(&looks) {
            Err(error) if errno(&error) == Some(Errno::PERM.raw_os_error()) => Ok(()),
            dressed => dressed,
        }
    }
}
