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

/// How often it was kept.
#[derive(Default, Deserialize)]
struct Count {
    #[serde(default)]
    times_kept: u64,
}

/// The memory of whoever tells people: in a store's own folder, or in the log folder while that one
/// cannot be written.
pub fn path(folder: &Path) -> PathBuf {
    folder.join("told.json")
}

/// The channels that do not deliver and still are to; none where that cannot be read.
pub fn read(folders: &[&Path], is_used: impl Fn(&str) -> bool) -> BTreeMap<String, Untold> {
    let paths: Vec<PathBuf> = folders.iter().map(|folder| path(folder)).collect();
    let (_, text) = newest(&paths);
    let mut kept: Kept = serde_json::from_slice(&text).unwrap_or_default();
    kept.untold.retain(|channel, _| is_used(channel));
    kept.untold
}

/// The text of the one that was kept last, and how often it was; none, and never, where no file can be read.
/// Where both were kept as often, the first stands.
pub fn newest(paths: &[PathBuf]) -> (u64, Vec<u8>) {
    let texts = paths.iter().filter_map(|path| regular::read(path, FILE_BYTES_MAX).ok());
    let counted = texts.map(|text| {
        let count: Count = serde_json::from_slice(&text).unwrap_or_default();
        (count.times_kept, text)
    });
    counted.rev().max_by_key(|(times, _)| *times).unwrap_or_default()
}
