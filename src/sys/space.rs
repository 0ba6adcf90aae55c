//! Room on the file system a path lies on.

use std::io;
use std::path::Path;

/// Bytes of a file system: all of it, and what may still be written by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    pub total_bytes: u64,
    pub free_bytes: u64,
}

/// # Errors
/// The system's, with the path.
pub fn of(path: &Path) -> io::Result<Space> {
    let stat = rustix::fs::statvfs(path).map_err(|e| super::files::at(path, e.into()))?;
    Ok(Space { total_bytes: stat.f_blocks * stat.f_frsize, free_bytes: stat.f_bavail * stat.f_frsize })
}
