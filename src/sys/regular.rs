//! Opening a file that must be a regular one: never through a link, never waiting at a pipe that
//! somebody put in its place.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

use super::files::at;

/// Opens a regular file for reading; closed in every program that is started.
///
/// # Errors
/// The system's, with the path; `InvalidData` where something else stands there.
pub fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    // The bits of O_… flags are the same in both types.
    let flags = i32::from_ne_bytes(flags.bits().to_ne_bytes());
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(|e| at(path, e))?;
    if file.metadata().map_err(|e| at(path, e))?.is_file() {
        Ok(file)
    } else {
        Err(at(path, io::Error::new(io::ErrorKind::InvalidData, "not a regular file")))
    }
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
