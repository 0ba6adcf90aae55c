//! What an archive may need, what it would miss, and whether a restore could make its files whose they
//! are: the look before the reading.

use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, Stat, accessat, fstat, statat};

use super::entry;
use super::giver::Giver;
use super::notes::{Notes, shown};
use super::walk::{Exclude, Met, walk};
use crate::domain::manifest::ArchiveContent;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{RESTORE_HINDERED, Remark, Survey};
use crate::sys::stop::Stop;

/// The longest path a system call takes.
const PATH_BYTES_MAX: u64 = 4096;
/// A header, records with a header of their own, padding; a long name with its header.
const ENTRY_BYTES_MAX: u64 = 6 * 512;
/// The blocks that end an archive.
const END_BYTES: u64 = 1024;

/// Gathered over all that one archive takes.
pub(in crate::source) struct Measure {
    /// The folder that paths start at, by which a person finds them.
    below: PathBuf,
    bytes_max: u64,
    notes: Notes,
    giver: Giver,
    /// The first path that a restore by us could not give its owner, in words.
    foreign: Option<Saying>,
}

impl Measure {
    pub(in crate::source) fn new(below: &Path) -> Self {
        Self { below: below.to_owned(), bytes_max: 0, notes: Notes::default(), giver: Giver::ours(), foreign: None }
    }

    /// Adds the tree of an open folder, which is to be stored as `prefix`: its content, and so
    /// much for each entry's headers, records and padding.
    ///
    /// # Errors
    /// Where the run is asked to stop.
    pub(in crate::source) fn tree(
        &mut self,
        root: OwnedFd,
        prefix: &[u8],
        exclude: &Exclude,
        stop: &Stop,
    ) -> Result<(), Trouble> {
        self.bytes_max += END_BYTES + PATH_BYTES_MAX;
        walk(root, prefix, exclude, &mut |step| {
            stop.check(Stage::Connect)?;
            self.bytes_max += ENTRY_BYTES_MAX + 2 * step.path.len() as u64;
            let stat = match step.met {
                Met::Folder(folder) => fstat(folder),
                _ => statat(step.above, step.name, AtFlags::SYMLINK_NOFOLLOW),
            };
            let is_kept = matches!(step.met, Met::Folder(_) | Met::ShutFolder | Met::File | Met::Link);
            if let (true, Ok(stat)) = (is_kept, &stat) {
                self.owner(step.path, stat);
            }
            match step.met {
                Met::File => {
                    self.bytes_max += stat.map_or(0, |stat| entry::size_bytes(&stat));
                    // By the rights that an opening goes by; one that vanished is no loss.
                    let may_read = accessat(step.above, step.name, Access::READ_OK, AtFlags::EACCESS);
                    if may_read == Err(rustix::io::Errno::ACCESS) {
                        self.notes.unreadable(step.path);
                    }
                }
                Met::ShutFolder | Met::Unreadable => self.notes.unreadable(step.path),
                Met::Folder(_) | Met::Link | Met::Special | Met::Vanished => {}
            }
            Ok(())
        })
    }

    /// Adds one open file, which is to be stored as `path`.
    pub(in crate::source) fn file(&mut self, path: &[u8], file: &OwnedFd) {
        let stat = fstat(file).inspect(|stat| self.owner(path, stat));
        let content_bytes = stat.map_or(0, |stat| entry::size_bytes(&stat));
        self.bytes_max += END_BYTES + ENTRY_BYTES_MAX + 2 * PATH_BYTES_MAX + content_bytes;
    }

    /// Adds something that cannot be read.
    pub(in crate::source) fn unreadable(&mut self, path: &[u8]) {
        self.notes.unreadable(path);
    }

    fn owner(&mut self, path: &[u8], stat: &Stat) {
        let (user, group) = (stat.st_uid, stat.st_gid);
        if self.foreign.is_none() && !self.giver.may_give((u64::from(user), u64::from(group))) {
            let (owner, path) = (format!("{user}:{group}"), self.below.join(OsStr::from_bytes(path)));
            // Of the folder itself no more is stored than a dot, which the parts of a path leave out.
            let path: PathBuf = path.components().collect();
            let first = shown(path.as_os_str().as_bytes());
            self.foreign = Some(self.giver.forecast().with("first", first).with("owner", owner));
        }
    }

    pub(in crate::source) fn finish(self) -> Survey {
        let (_, mut warnings) = self.notes.finish(ArchiveContent::default());
        warnings.extend(self.foreign.map(|saying| Remark { code: RESTORE_HINDERED, saying }));
        Survey { bytes_max: self.bytes_max, user_tables: None, warnings }
    }
}
