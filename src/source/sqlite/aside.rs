//! The one exception: a file that SQLite does not accept cannot be written into, so it is set
//! aside with everything SQLite kept beside it, and the restored file takes its name. The
//! application must be stopped meanwhile; consent says so.

use std::io;
use std::path::{Path, PathBuf};

use super::beside;
use crate::domain::trouble::Trouble;
use crate::source::exchange::{Paths, can_begin, single, stands, trouble};
use crate::source::restore::Stands;
use crate::sys::files::{Files, parent};

const SIDES: [&str; 3] = ["-journal", "-wal", "-shm"];

/// Sets live aside and puts new there.
///
/// # Errors
/// Where the old file still stands.
pub(super) fn swap(paths: &Paths, old: &Path, files: &Files) -> Result<(), Trouble> {
    can_begin(paths)?;
    let moved = move_sides(&paths.live, old, files).map_err(|error| trouble(&error));
    moved.and_then(|()| single::swap(std::slice::from_ref(paths), files)).inspect_err(|_| {
        // Where this fails too, `settle` will do it.
        let _later = move_sides(old, &paths.live, files);
    })?;
    // Of a file that was itself set aside once.
    move_sides(&paths.new, &paths.live, files).map_err(|error| trouble(&error))
}

/// # Errors
/// The system's.
pub(super) fn settle(paths: &Paths, old: &Path, files: &Files) -> Result<Stands, Trouble> {
    let stands = single::settle(std::slice::from_ref(paths), files)?;
    let from = if stands == Stands::New { &paths.new } else { old };
    move_sides(from, &paths.live, files).map_err(|error| trouble(&error))?;
    Ok(stands)
}

/// What SQLite keeps beside a file goes where the file goes.
fn move_sides(from: &Path, to: &Path, files: &Files) -> io::Result<()> {
    let sides: Vec<(PathBuf, PathBuf)> = SIDES.iter().map(|side| (beside(from, side), beside(to, side))).collect();
    for (from, to) in &sides {
        if stands(from)? {
            files.rename_new(from, to)?;
        }
    }
    files.sync_folder(parent(to))
}
