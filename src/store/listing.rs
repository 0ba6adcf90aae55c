//! What stands in a folder: every name with size, time and inode, in one pass. What could not be
//! listed is told, so that a half-read folder is never taken for an empty one.

use std::collections::HashMap;
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use crate::sys::files::at;
use crate::sys::users::Reader;

/// So many files are looked at by one thread. A look takes a microsecond here and a thousand on
/// another machine's disk; starting a thread takes some tens.
const FILES_PER_THREAD: usize = 2_500;
/// More threads than this only wait for each other.
const THREADS_MAX: usize = 8;

/// What tells one content of a file from another without reading it. A published file never
/// changes and a mark is only ever replaced by a new file, so this is enough: a changed content
/// has another inode, and one that came by its number again has another time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    size_bytes: u64,
    modified_secs: i64,
    modified_nanos: i64,
    inode: u64,
}

#[cfg(test)]
impl Stamp {
    pub(super) fn at(size_bytes: u64, modified_secs: i64, modified_nanos: i64, inode: u64) -> Self {
        Self { size_bytes, modified_secs, modified_nanos, inode }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) stamp: Stamp,
    /// A file, not a link, folder or device.
    pub(super) regular: bool,
    /// Whether owner and mode let us read it.
    pub(super) readable: bool,
}

impl Entry {
    /// The size of a regular file.
    pub(super) fn size_bytes(&self) -> Option<u64> {
        self.regular.then_some(self.stamp.size_bytes)
    }
}

impl Entry {
    fn of(metadata: &Metadata, reader: &Reader) -> Self {
        let readable = reader.may_read(metadata.uid(), metadata.gid(), metadata.mode());
        Self { stamp: Stamp::from(metadata), regular: metadata.is_file(), readable }
    }
}

impl From<&Metadata> for Stamp {
    fn from(metadata: &Metadata) -> Self {
        Self {
            size_bytes: metadata.len(),
            modified_secs: metadata.mtime(),
            modified_nanos: metadata.mtime_nsec(),
            inode: metadata.ino(),
        }
    }
}

/// The entries of one folder by name.
pub(super) type Listing = HashMap<String, Entry, RandomState>;

/// Lists a folder; one that is not there is empty. Names that are not UTF-8 are passed over: none
/// of ours is such, and no set can depend on one.
pub(super) fn list(folder: &Path, unlisted: &mut Vec<String>) -> Listing {
    Names::of(folder, unlisted).look(unlisted)
}

/// The names in one folder, not yet looked at.
pub(super) struct Names {
    folder: PathBuf,
    files: Vec<DirEntry>,
}

impl Names {
    pub(super) fn of(folder: &Path, unlisted: &mut Vec<String>) -> Self {
        let mut told = |error: io::Error| unlisted.push(at(folder, error).to_string());
        let files = match fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(|entry| entry.map_err(&mut told).ok()).collect(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(e) => {
                told(e);
                Vec::new()
            }
        };
        Self { folder: folder.to_owned(), files }
    }

    /// What stands under them now.
    pub(super) fn look(&self, unlisted: &mut Vec<String>) -> Listing {
        let mut listing = Listing::with_capacity_and_hasher(self.files.len(), RandomState::default());
        for (file, seen) in self.files.iter().zip(look_at_all(&self.files)) {
            match seen {
                Ok(Some(entry)) => listing.extend(file.file_name().into_string().ok().map(|name| (name, entry))),
                Ok(None) => {}
                Err(error) => unlisted.push(at(&self.folder, error).to_string()),
            }
        }
        listing
    }
}

/// What stands under a name; `None` where it went since it was listed.
type Seen = io::Result<Option<Entry>>;

/// Looks at the files of a large folder with several threads, which allocate nothing on their way:
/// that is what threads wait for each other with.
fn look_at_all(files: &[DirEntry]) -> Vec<Seen> {
    let each = files.len().div_ceil(THREADS_MAX).max(FILES_PER_THREAD);
    let mut seen: Vec<Seen> = Vec::new();
    seen.resize_with(files.len(), || Ok(None));
    let reader = &Reader::us();
    thread::scope(|scope| {
        for (files, seen) in files.chunks(each).zip(seen.chunks_mut(each)) {
            let look = move || files.iter().zip(seen).for_each(|(file, seen)| *seen = look_at(file, reader));
            // What one thread can look at needs no other.
            if files.len() < FILES_PER_THREAD { look() } else { drop(scope.spawn(look)) }
        }
    });
    seen
}

fn look_at(file: &DirEntry, reader: &Reader) -> Seen {
    match file.metadata() {
        Ok(metadata) => Ok(Some(Entry::of(&metadata, reader))),
        // Another process may remove a file between its name and its size.
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(at(&file.path(), e)),
    }
}

/// The stamp of whatever stands at a path; `None` where nothing can be seen there.
pub(super) fn stamp_of(path: &Path) -> Option<Stamp> {
    path.metadata().ok().map(|metadata| Stamp::from(&metadata))
}

/// The size of a regular file, asked of it alone; `None` where there is none.
pub(super) fn size_of(path: &Path) -> Option<u64> {
    path.symlink_metadata().ok().filter(Metadata::is_file).map(|metadata| metadata.len())
}
