//! Kept copies: what stands of them, and their removal on the operator's word.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{Paths, text, trouble};
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::restore::Kept;

/// What the system counts in, whatever the file system.
const BLOCK_BYTES: u64 = 512;
/// Nobody waits longer than some seconds to be told the size of a folder: so many entries.
const ENTRIES_MAX: usize = 50_000;

/// The kept copies that stand.
///
/// # Errors
/// The system's.
pub(in crate::source) fn kept(all: &[Paths]) -> Result<Vec<Kept>, Trouble> {
    let look = |old: &Path| match fs::symlink_metadata(old) {
        Err(_) if !super::stands(old)? => Ok(None),
        found => {
            let metadata = found?;
            let bytes = if metadata.is_dir() { size_bytes(old, ENTRIES_MAX)? } else { Some(metadata.len()) };
            Ok(Some(Kept { name: text(old), bytes }))
        }
    };
    let olds = all.iter().filter_map(|paths| paths.old.as_deref());
    olds.filter_map(|old| look(old).transpose()).collect::<io::Result<_>>().map_err(|error| trouble(&error))
}

/// Removes the kept copies of `all`, and returns the bytes they took.
///
/// # Errors
/// The system's.
pub(in crate::source) fn clean(all: &[Paths], work: &Work) -> Result<u64, Trouble> {
    let mut bytes = 0;
    for old in all.iter().filter_map(|paths| paths.old.as_deref()) {
        work.stop.check(Stage::Prune)?;
        bytes += clean_one(old, work).map_err(|error| trouble(&error))?;
    }
    Ok(bytes)
}

fn clean_one(old: &Path, work: &Work) -> io::Result<u64> {
    let Ok(metadata) = fs::symlink_metadata(old) else { return Ok(0) };
    if metadata.is_dir() {
        let bytes = size_bytes(old, usize::MAX)?.unwrap_or(0);
        work.sys.files.remove_folder(old)?;
        return Ok(bytes);
    }
    work.sys.files.remove(old)?;
    Ok(freed_bytes(&metadata))
}

/// Of all that lies in a folder, links not followed; `None` where that are more entries than these.
fn size_bytes(folder: &Path, entries_max: usize) -> io::Result<Option<u64>> {
    let (mut bytes, mut entries) = (0, 0);
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            entries += 1;
            if entries > entries_max {
                return Ok(None);
            }
            let metadata = entry.metadata()?;
            bytes += freed_bytes(&metadata);
            if metadata.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    Ok(Some(bytes))
}

/// A file with another name stays.
fn freed_bytes(metadata: &fs::Metadata) -> u64 {
    if metadata.is_dir() || metadata.nlink() == 1 { metadata.blocks() * BLOCK_BYTES } else { 0 }
}
