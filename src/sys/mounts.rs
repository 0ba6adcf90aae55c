//! What is mounted where, as the kernel lists it: a mount point cannot be renamed, and a folder
//! with another volume below it must not be.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use super::files::at;

const LIST: &str = "/proc/self/mountinfo";

/// Something mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    pub point: PathBuf,
    /// Which folder or file of its file system it shows: of a folder that an engine mounts into a
    /// container, where it lies on the host, unless that has several disks.
    pub root: PathBuf,
}

/// Every mount point this process sees.
///
/// # Errors
/// The system's, with the path.
pub fn points() -> io::Result<Vec<PathBuf>> {
    Ok(all()?.into_iter().map(|mount| mount.point).collect())
}

/// Everything that is mounted, in the order in which it was.
///
/// # Errors
/// The system's, with the path.
pub fn all() -> io::Result<Vec<Mount>> {
    let list = fs::read(LIST).map_err(|error| at(Path::new(LIST), error))?;
    Ok(list.split(|byte| *byte == b'\n').filter_map(mount).collect())
}

/// The fourth and fifth field of a line.
fn mount(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ').skip(3);
    let (root, point) = (fields.next()?, fields.next()?);
    Some(Mount { point: plain(point), root: plain(root) })
}

/// A path whose spaces and the like are written as `\040`.
fn plain(mut rest: &[u8]) -> PathBuf {
    let mut plain = Vec::with_capacity(rest.len());
    while let [first, after @ ..] = rest {
        let octal = after.get(..3).filter(|_| *first == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
        let (byte, after) = match octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => (byte, &after[3..]),
            None => (*first, after),
        };
        plain.push(byte);
        rest = after;
    }
    PathBuf::from(OsString::from_vec(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_point_is_read_with_its_odd_signs() {
        let line = br"36 35 98:0 /on\040host /srv/my\040media\134x rw,noatime master:1 - ext4 /dev/root rw";
        let read = Mount { point: PathBuf::from(r"/srv/my media\x"), root: PathBuf::from("/on host") };
        assert_eq!(mount(line), Some(read));
        assert_eq!(mount(b""), None);
        assert!(points().unwrap().contains(&PathBuf::from("/")));
    }
}
