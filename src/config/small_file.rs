//! A file that is read for its text: the settings, a secret, a template. Links are followed, for that
//! is how orchestrators mount a secret. Never: waits at a pipe; reads what has no end.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// No settings, no secret and no template come near it.
const BYTES_MAX: u64 = 1024 * 1024;

/// The whole text.
///
/// # Errors
/// As [`text`], with the path.
pub(super) fn read(path: &Path) -> io::Result<String> {
    text(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// The same for whoever names the path himself.
///
/// # Errors
/// The system's; `InvalidData` where it is no regular file, too large or not UTF-8.
pub(super) fn text(path: &Path) -> io::Result<String> {
    let refused = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    // Asked before it is opened: opening a pipe waits for whoever writes to it.
    if !fs::metadata(path)?.is_file() {
        return Err(refused("not a regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(refused(format!("larger than {BYTES_MAX} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| refused("not UTF-8".to_owned()))
}
