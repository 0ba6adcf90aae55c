//! Which channels do not deliver, or have told as much as they may today, as whoever tells people left it
//! beside what was told. Never: writes it; reads what a letter says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::domain::untold::{Untold, Withheld};
use crate::sys::regular;

/// A hundred letters wait in it at most, each with its HTML.
pub const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// All of the file that the standing is about.
#[derive(Default, Deserialize)]
struct Kept {
    #[serde(default)]
    untold: BTreeMap<String, Untold>,
    #[serde(default)]
    waiting: Vec<Waiting>,
}

/// All of a letter that the standing is about.
#[derive(Deserialize)]
struct Waiting {
    channel: String,
    #[serde(default)]
    withheld_until: Option<DateTime<Utc>>,
}

/// What people were not told, by channel.
#[derive(Debug, Default, PartialEq)]
pub struct Unreached {
    pub untold: BTreeMap<String, Untold>,
    pub withheld: BTreeMap<String, Withheld>,
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

/// The channels that do not deliver, or keep something for another day, and still are to tell; none where
/// that cannot be read.
pub fn read(folders: &[&Path], is_used: impl Fn(&str) -> bool) -> Unreached {
    let paths: Vec<PathBuf> = folders.iter().map(|folder| path(folder)).collect();
    let (_, text) = newest(&paths);
    let Kept { mut untold, waiting } = serde_json::from_slice(&text).unwrap_or_default();
    untold.retain(|channel, _| is_used(channel));
    let mut withheld: BTreeMap<String, Withheld> = BTreeMap::new();
    for Waiting { channel, withheld_until } in waiting {
        if let Some(until) = withheld_until.filter(|_| is_used(&channel)) {
            withheld.entry(channel).or_insert(Withheld { count: 0, until }).count += 1;
        }
    }
    Unreached { untold, withheld }
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
