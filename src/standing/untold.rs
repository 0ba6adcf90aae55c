//! Which channels do not deliver, as whoever tells people left it beside what was told. Never: writes
//! it; looks at what waits to be delivered.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::untold::Untold;
use crate::sys::regular;

/// A hundred letters wait in it at most, each with its HTML.
pub const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// All of the file that the standing is about.
#[derive(Default, Deserialize)]
struct Kept {
    #[serde(default)]
    untold: BTreeMap<String, Untold>,
}

/// The memory of whoever tells people, in a store's own folder.
pub fn path(folder: &Path) -> PathBuf {
    folder.join("told.json")
}

/// The channels that do not deliver and still are to; none where that cannot be read.
pub fn read(folder: &Path, is_used: impl Fn(&str) -> bool) -> BTreeMap<String, Untold> {
    let text = regular::read(&path(folder), FILE_BYTES_MAX).unwrap_or_default();
    let mut kept: Kept = serde_json::from_slice(&text).unwrap_or_default();
    kept.untold.retain(|channel, _| is_used(channel));
    kept.untold
}
