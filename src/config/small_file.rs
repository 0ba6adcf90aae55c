//! A file that the configuration names for its text: a secret, a template. Links are followed, for that
//! is how orchestrators mount a secret. Never: waits at a pipe; reads what has no end.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// No secret and no template comes near it.
const BYTES_MAX: u64 = 1024 * 1024;

/// The whole text.
///
/// # Errors
/// The system's, with the path; `InvalidData` where it is no regular file, too large or not UTF-8.
pub(super) fn read(path: &Path) -> io::Result<String> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let refused = |why: String| named(io::Error::new(io::ErrorKind::InvalidData, why));
    // Asked before it is opened: opening a pipe waits for whoever writes to it.
    if !fs::metadata(path).map_err(named)?.is_file() {
        return Err(refused("not a regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes)).map_err(named)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(refused(format!("larger than {BYTES_MAX} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| refused("not UTF-8".to_owned()))
}
