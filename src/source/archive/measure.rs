//! What an archive may need, and what it would miss: the look before the reading.

use std::os::fd::OwnedFd;

use rustix::fs::{Access, AtFlags, accessat, fstat, statat};

use super::entry;
use super::notes::Notes;
use super::walk::{Exclude, Met, walk};
use crate::domain::manifest::ArchiveContent;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Survey;
use crate::sys::stop::Stop;

/// The longest path a system call takes.
const PATH_BYTES_MAX: u64 = 4096;
/// A header, records with a header of their own, padding; a long name with its header.
const ENTRY_BYTES_MAX: u64 = 6 * 512;
/// The blocks that end an archive.
const END_BYTES: u64 = 1024;

/// Gathered over all that one archive takes.
#[derive(Default)]
pub(in crate::source) struct Measure {
    bytes_max: u64,
    notes: Notes,
}

impl Measure {
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
            match step.met {
                Met::File => {
                    let stat = statat(step.above, step.name, AtFlags::SYMLINK_NOFOLLOW);
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

    /// Adds one open file.
    pub(in crate::source) fn file(&mut self, file: &OwnedFd) {
        let content_bytes = fstat(file).map_or(0, |stat| entry::size_bytes(&stat));
        self.bytes_max += END_BYTES + ENTRY_BYTES_MAX + 2 * PATH_BYTES_MAX + content_bytes;
    }

    /// Adds something that cannot be read.
    pub(in crate::source) fn unreadable(&mut self, path: &[u8]) {
        self.notes.unreadable(path);
    }

    pub(in crate::source) fn finish(self) -> Survey {
        let (_, warnings) = self.notes.finish(ArchiveContent::default());
        Survey { bytes_max: self.bytes_max, user_tables: None, warnings }
    }
}
