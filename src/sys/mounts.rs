//! What is mounted where, as the kernel lists it: a mount point cannot be renamed, and a folder
//! with another volume below it must not be.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use super::files::at;

const LIST: &str = "/proc/self/mountinfo";

/// Every mount point this process sees.
///
/// # Errors
/// The system's, with the path.
pub fn points() -> io::Result<Vec<PathBuf>> {
    let list = fs::read(LIST).map_err(|error| at(Path::new(LIST), error))?;
    Ok(list.split(|byte| *byte == b'\n').filter_map(point).collect())
}

/// The fifth field of a line, its spaces and the like written as `\040`.
fn point(line: &[u8]) -> Option<PathBuf> {
    let mut rest = line.split(|byte| *byte == b' ').nth(4)?;
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
    Some(PathBuf::from(OsString::from_vec(plain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_point_is_read_with_its_odd_signs() {
        let line = br"36 35 98:0 / /srv/my\040media\134x rw,noatime master:1 - ext4 /dev/root rw";
        assert_eq!(point(line), Some(PathBuf::from(r"/srv/my media\x")));
        assert_eq!(point(b""), None);
        assert!(points().unwrap().contains(&PathBuf::from("/")));
    }
}
