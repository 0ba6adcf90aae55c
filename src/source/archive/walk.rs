//! The walk over a tree: depth first, names in the order of their bytes, every folder opened
//! relative to the one it lies in and never through a link, so that nothing swapped in on the
//! way leads out of the tree. What lies on volumes mounted below belongs to the tree.

use std::ffi::{CStr, OsStr};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::rc::Rc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

use super::listing::Listing;
use crate::domain::trouble::{Stage, Trouble};

/// What stands at one place of the tree.
pub(super) enum Met<'a> {
    /// A folder, open; its entries come next.
    Folder(BorrowedFd<'a>),
    /// A folder that cannot be opened.
    ShutFolder,
    File,
    Link,
    /// A socket, device or pipe.
    Special,
    /// Listed, and then no longer there.
    Vanished,
    /// Its kind, or the rest of the folder's entries, cannot be read.
    Unreadable,
}

/// One step of the walk.
pub(super) struct Step<'a> {
    /// As stored.
    pub(super) path: &'a [u8],
    /// The folder it lies in, and its name there.
    pub(super) above: BorrowedFd<'a>,
    pub(super) name: &'a CStr,
    pub(super) met: Met<'a>,
}

/// Paths that are left out, relative to the folder. A folder left out is not looked into.
pub(in crate::source) struct Exclude(GlobSet);

impl Exclude {
    /// # Errors
    /// Where a pattern is none.
    pub(in crate::source) fn new(patterns: &[String]) -> Result<Self, Trouble> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            // `./cache/` means the folder as `cache` does.
            let plain = pattern.trim_start_matches("./").trim_matches('/');
            let glob = Glob::new(plain)
                .map_err(|error| Trouble::lasting(Stage::SetUp, format!("read the exclusion `{pattern}`: {error}")))?;
            set.add(glob);
        }
        let set =
            set.build().map_err(|error| Trouble::lasting(Stage::SetUp, format!("read the exclusions: {error}")))?;
        Ok(Self(set))
    }

    fn holds(&self, path: &[u8]) -> bool {
        !self.0.is_empty() && self.0.is_match(Path::new(OsStr::from_bytes(path)))
    }
}

/// Walks the tree of an open folder, which is stored as `prefix`; the folder itself comes first.
///
/// # Errors
/// Those of `visit` alone: what cannot be read is a step of its own.
pub(super) fn walk(
    root: OwnedFd,
    prefix: &[u8],
    exclude: &Exclude,
    visit: &mut dyn FnMut(&Step<'_>) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut path = prefix.to_owned();
    let mut levels = vec![enter(root, &path, CWD, c".", visit)?];
    while let Some(level) = levels.last_mut() {
        path.truncate(level.path_length);
        let Some((name, file_type)) = level.names.get(level.next) else {
            levels.pop();
            continue;
        };
        level.next += 1;
        path.push(b'/');
        path.extend_from_slice(name.to_bytes());
        if exclude.holds(&path[prefix.len() + 1..]) {
            continue;
        }
        let above = level.folder.as_fd();
        let met = match known_type(above, name, file_type) {
            Ok(FileType::Directory) => match open_quietly(above, name, OFlags::DIRECTORY) {
                Ok(folder) => {
                    let (above, name) = (Rc::clone(&level.folder), name.to_owned());
                    levels.push(enter(folder, &path, above.as_fd(), &name, visit)?);
                    continue;
                }
                Err(error) if is_gone(error) => Met::Vanished,
                Err(_) => Met::ShutFolder,
            },
            Ok(FileType::RegularFile) => Met::File,
            Ok(FileType::Symlink) => Met::Link,
            Ok(_) => Met::Special,
            Err(error) if is_gone(error) => Met::Vanished,
            Err(_) => Met::Unreadable,
        };
        visit(&Step { path: &path, above, name, met })?;
    }
    Ok(())
}

/// A folder the walk is in.
struct Level {
    folder: Rc<OwnedFd>,
    names: Listing,
    next: usize,
    path_length: usize,
}

fn enter(
    folder: OwnedFd,
    path: &[u8],
    above: BorrowedFd<'_>,
    name: &CStr,
    visit: &mut dyn FnMut(&Step<'_>) -> Result<(), Trouble>,
) -> Result<Level, Trouble> {
    visit(&Step { path, above, name, met: Met::Folder(folder.as_fd()) })?;
    let (names, ended) = Listing::of(folder.as_fd());
    if ended.is_err() {
        visit(&Step { path, above, name, met: Met::Unreadable })?;
    }
    Ok(Level { folder: Rc::new(folder), names, next: 0, path_length: path.len() })
}

/// Not every file system says in its lists what an entry is.
fn known_type(above: BorrowedFd<'_>, name: &CStr, listed: FileType) -> Result<FileType, Errno> {
    if listed == FileType::Unknown {
        let stat = statat(above, name, AtFlags::SYMLINK_NOFOLLOW)?;
        return Ok(FileType::from_raw_mode(stat.st_mode));
    }
    Ok(listed)
}

/// Opens for reading: through no link, without waiting for a pipe's other end, and without
/// changing the time of access where the owner's right allows that.
pub(super) fn open_quietly(above: BorrowedFd<'_>, name: &CStr, more: OFlags) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | more;
    match openat(above, name, flags | OFlags::NOATIME, Mode::empty()) {
        Err(Errno::PERM) => openat(above, name, flags, Mode::empty()),
        opened => opened,
    }
}

/// Opens a folder that was named by the operator, also through links.
///
/// # Errors
/// The system's.
pub(in crate::source) fn open_root(path: &Path) -> io::Result<OwnedFd> {
    Ok(openat(CWD, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
}

/// Whether an error says that the entry went, or became something else, since it was listed.
pub(super) fn is_gone(error: Errno) -> bool {
    matches!(error, Errno::NOENT | Errno::NOTDIR | Errno::LOOP)
}
