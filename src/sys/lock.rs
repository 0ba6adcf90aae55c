//! Locks between processes: flock, freed by the kernel with the last descriptor. A process id in
//! a file proves nothing in a container, where it is always 1. Lock files are never deleted, and
//! only a regular file is one: a pipe in its place would be waited at for ever.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::files::{self, Files};
use super::regular;
use super::stop::Stop;

/// Between two tries of a lock that is held.
const TRY_EVERY: Duration = Duration::from_millis(200);

/// A lock that is held until dropped.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

/// Holds `path` against every other process, waiting at most so long; creates the file where it
/// is missing. `None`: another holds it still, or the run was asked to end.
///
/// # Errors
/// The system's, with the path: the file cannot be created or the store cannot lock.
pub fn exclusive(files: &Files, path: &Path, wait: Duration, stop: &Stop) -> io::Result<Option<FileLock>> {
    if path.symlink_metadata().is_err() {
        drop(files.append(path, 0o640)?);
    }
    let file = regular::open(path)?;
    let until = Instant::now() + wait;
    loop {
        if try_flock(&file, path, FlockOperation::NonBlockingLockExclusive)? {
            return Ok(Some(FileLock { _file: file }));
        }
        if Instant::now() >= until || stop.reason().is_some() {
            return Ok(None);
        }
        stop.wait(TRY_EVERY.min(until.saturating_duration_since(Instant::now())));
    }
}

/// Holds an existing file against exclusive locks, as a reader. `None`: it is held exclusively.
///
/// # Errors
/// The system's, with the path.
pub fn shared(path: &Path) -> io::Result<Option<FileLock>> {
    let file = regular::open(path)?;
    let locked = try_flock(&file, path, FlockOperation::NonBlockingLockShared)?;
    Ok(locked.then_some(FileLock { _file: file }))
}

/// Holds an existing file exclusively if nobody holds it in any way. `None`: somebody does.
///
/// # Errors
/// The system's, with the path.
pub fn try_exclusive(path: &Path) -> io::Result<Option<FileLock>> {
    let file = regular::open(path)?;
    let locked = try_flock(&file, path, FlockOperation::NonBlockingLockExclusive)?;
    Ok(locked.then_some(FileLock { _file: file }))
}

fn try_flock(file: &File, path: &Path, operation: FlockOperation) -> io::Result<bool> {
    match rustix::fs::flock(file, operation) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(files::at(path, error.into())),
    }
}
