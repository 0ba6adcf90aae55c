//! Room on the file system a path lies on.

use std::io;
use std::path::Path;

/// Bytes of a file system: all of it, and what may still be written by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    pub total_bytes: u64,
    pub free_bytes: u64,
}

/// File systems that keep what is written in memory: tmpfs and ramfs, as linux/magic.h has them.
const IN_MEMORY: [i64; 2] = [0x0102_1994, 0x8584_58f6];

/// Whether what is written there takes memory rather than disk.
///
/// # Errors
/// The system's, with the path.
pub fn is_memory(path: &Path) -> io::Result<bool> {
    let stat = rustix::fs::statfs(path).map_err(|e| super::files::at(path, e.into()))?;
    Ok(IN_MEMORY.contains(&stat.f_type))
}

/// # Errors
/// The system's, with the path.
pub fn of(path: &Path) -> io::Result<Space> {
    let stat = rustix::fs::statvfs(path).map_err(|e| super::files::at(path, e.into()))?;
    Ok(Space { total_bytes: stat.f_blocks * stat.f_frsize, free_bytes: stat.f_bavail * stat.f_frsize })
}
