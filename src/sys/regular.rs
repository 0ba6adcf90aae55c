//! Opening a file that must be a regular one: never waiting at a pipe that somebody put in its
//! place, and for reading never through a link.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::files::at;

/// Opens a regular file for reading; closed in every program that is started.
///
/// # Errors
/// The system's, with the path; `InvalidData` where something else stands there.
pub fn open(path: &Path) -> io::Result<File> {
    open_as(path, OpenOptions::new().read(true), OFlags::NOFOLLOW)
}

/// Opens a regular file with these options and flags.
///
/// # Errors
/// As [`open`].
pub(super) fn open_as(path: &Path, options: &mut OpenOptions, flags: OFlags) -> io::Result<File> {
    // Changes nothing for a regular file.
    let flags = flags | OFlags::NONBLOCK;
    // The bits of O_… flags are the same in both types.
    let flags = i32::from_ne_bytes(flags.bits().to_ne_bytes());
    let other = || at(path, io::Error::new(io::ErrorKind::InvalidData, "not a regular file"));
    let file = options.custom_flags(flags).open(path).map_err(|e| match e.raw_os_error() {
        // What a pipe answers that nobody reads, and a socket.
        Some(number) if number == Errno::NXIO.raw_os_error() => other(),
        _ => at(path, e),
    })?;
    if file.metadata().map_err(|e| at(path, e))?.is_file() { Ok(file) } else { Err(other()) }
}

/// Reads a whole file of bounded size.
///
/// # Errors
/// As [`open`]; `InvalidData` where it is larger.
pub fn read(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let size_bytes = file.metadata().map_err(|e| at(path, e))?.len();
    if size_bytes > bytes_max {
        let why = format!("{size_bytes} bytes, more than the {bytes_max} allowed");
        return Err(at(path, io::Error::new(io::ErrorKind::InvalidData, why)));
    }
    let mut bytes = Vec::new();
    file.take(bytes_max).read_to_end(&mut bytes).map_err(|e| at(path, e))?;
    Ok(bytes)
}
