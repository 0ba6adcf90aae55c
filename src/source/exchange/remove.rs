//! Kept copies that are removed on the operator's word.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{Paths, trouble};
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;

/// What the system counts in, whatever the file system.
const BLOCK_BYTES: u64 = 512;

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
        let bytes = size_bytes(old)?;
        work.sys.files.remove_folder(old)?;
        return Ok(bytes);
    }
    work.sys.files.remove(old)?;
    Ok(freed_bytes(&metadata))
}

/// Of all that lies in a folder, links not followed.
fn size_bytes(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            bytes += freed_bytes(&metadata);
            if metadata.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    Ok(bytes)
}

/// A file with another name stays.
fn freed_bytes(metadata: &fs::Metadata) -> u64 {
    if metadata.is_dir() || metadata.nlink() == 1 { metadata.blocks() * BLOCK_BYTES } else { 0 }
}
