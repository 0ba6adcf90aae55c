//! What stands in a folder: every name with size, time and inode, in one pass. What could not be
//! listed is told, so that a half-read folder is never taken for an empty one.

use std::collections::HashMap;
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::sys::files::at;

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

#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) stamp: Stamp,
    /// A file, not a link, folder or device.
    pub(super) regular: bool,
}

impl Entry {
    /// The size of a regular file.
    pub(super) fn size_bytes(&self) -> Option<u64> {
        self.regular.then_some(self.stamp.size_bytes)
    }
}

impl From<&Metadata> for Entry {
    fn from(metadata: &Metadata) -> Self {
        let stamp = Stamp {
            size_bytes: metadata.len(),
            modified_secs: metadata.mtime(),
            modified_nanos: metadata.mtime_nsec(),
            inode: metadata.ino(),
        };
        Self { stamp, regular: metadata.is_file() }
    }
}

/// The entries of one folder by name.
pub(super) type Listing = HashMap<String, Entry>;

/// Lists a folder; one that is not there is empty. Names that are not UTF-8 are passed over: none
/// of ours is such, and no set can depend on one.
pub(super) fn list(folder: &Path, unlisted: &mut Vec<String>) -> Listing {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Listing::new(),
        Err(e) => {
            unlisted.push(at(folder, e).to_string());
            return Listing::new();
        }
    };
    let mut told = |error: io::Error| unlisted.push(at(folder, error).to_string());
    let files: Vec<DirEntry> = entries.filter_map(|entry| entry.map_err(&mut told).ok()).collect();
    let mut listing = Listing::with_capacity(files.len());
    for seen in look_at_all(&files) {
        match seen {
            Ok(Some((name, entry))) => {
                listing.insert(name, entry);
            }
            Ok(None) => {}
            Err(error) => told(error),
        }
    }
    listing
}

/// A file's name and what stands under it; `None` where it went since it was listed, and for a
/// name that is not UTF-8.
type Seen = io::Result<Option<(String, Entry)>>;

/// Looks at the files of a large folder with several threads.
fn look_at_all(files: &[DirEntry]) -> Vec<Seen> {
    let each = files.len().div_ceil(THREADS_MAX).max(FILES_PER_THREAD);
    thread::scope(|scope| {
        let parts = files.chunks(each).map(|part| {
            let look = move || part.iter().map(look_at).collect::<Vec<Seen>>();
            // The last part, which may be the only one, needs no thread of its own.
            let is_last = part.as_ptr_range().end == files.as_ptr_range().end;
            if is_last { Err(look()) } else { Ok(scope.spawn(look)) }
        });
        let parts: Vec<_> = parts.collect();
        let seen = parts.into_iter().map(|part| match part {
            Ok(thread) => thread.join().unwrap_or_else(|panicked| std::panic::resume_unwind(panicked)),
            Err(seen) => seen,
        });
        seen.flatten().collect()
    })
}

fn look_at(file: &DirEntry) -> Seen {
    match file.metadata() {
        Ok(metadata) => Ok(file.file_name().into_string().ok().map(|name| (name, Entry::from(&metadata)))),
        // Another process may remove a file between its name and its size.
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(at(&file.path(), e)),
    }
}

/// The stamp of whatever stands at a path; `None` where nothing can be seen there.
pub(super) fn stamp_of(path: &Path) -> Option<Stamp> {
    path.metadata().ok().map(|metadata| Entry::from(&metadata).stamp)
}

/// The size of a regular file, asked of it alone; `None` where there is none.
pub(super) fn size_of(path: &Path) -> Option<u64> {
    path.symlink_metadata().ok().and_then(|metadata| Entry::from(&metadata).size_bytes())
}
