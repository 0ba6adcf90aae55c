//! Since when the heartbeat is not heard, as whoever tells it left it in the store's own folder. Never:
//! writes it; tells anything.

use std::path::{Path, PathBuf};

use crate::domain::untold::Untold;
use crate::sys::regular;

/// It holds a line of an error, and one of what to do about it.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// Where it is kept, in a store's own folder.
pub fn path(folder: &Path) -> PathBuf {
    folder.join("unheard.json")
}

/// What is kept there; nothing where it is heard, and where that cannot be read.
pub fn read(path: &Path) -> Option<Untold> {
    serde_json::from_slice(&regular::read(path, FILE_BYTES_MAX).ok()?).ok()
}
