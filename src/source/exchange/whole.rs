//! A folder that takes another's place by one act, so that there is no instant without it. A
//! mark within the new one, put there before and taken away after, tells which of two folders
//! stands where, whatever names a crash has left them.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::looks::Seen;
use super::{Paths, can_begin, stands, trouble, unsettled};
use crate::domain::trouble::Trouble;
use crate::source::restore::Stands;
use crate::sys::files::{Files, at, parent};
use crate::sys::tree::Looks;

const MARK: &str = ".resguardo-swapping";

/// Exchanges new and live.
///
/// # Errors
/// Where the old folder still stands in its place.
pub(in crate::source) fn swap(paths: &Paths, files: &Files) -> Result<(), Trouble> {
    can_begin(paths)?;
    let done = match &paths.old {
        None => files.rename_new(&paths.new, &paths.live).and_then(|()| files.sync_folder(parent(&paths.live))),
        Some(old) => exchange(paths, old, files).inspect_err(|_| {
            // Where this fails too, `settle` will do it.
            let _later = back(paths, old, files);
        }),
    };
    done.map_err(|error| trouble(&error))
}

fn exchange(paths: &Paths, old: &Path, files: &Files) -> io::Result<()> {
    mark(&paths.new, files)?;
    if files.exchange(&paths.new, &paths.live)? {
        files.sync_folder(parent(&paths.live))?;
        files.rename_new(&paths.new, old)?;
    } else {
        files.rename_new(&paths.live, old)?;
        files.rename_new(&paths.new, &paths.live)?;
    }
    files.sync_folder(parent(&paths.live))?;
    unmark(&paths.live, files)
}

/// Puts the old folder in its place again, from wherever an exchange has brought it.
fn back(paths: &Paths, old: &Path, files: &Files) -> io::Result<()> {
    if is_marked(old)? {
        // A way back that was itself cut short.
        files.rename_new(old, &paths.new)?;
    } else if is_marked(&paths.live)? {
        if !stands(old)? {
            files.exchange(&paths.new, &paths.live)?;
        } else if files.exchange(old, &paths.live)? {
            files.rename_new(old, &paths.new)?;
        } else {
            files.rename_new(&paths.live, &paths.new)?;
            files.rename_new(old, &paths.live)?;
        }
    } else if !stands(&paths.live)? {
        files.rename_new(old, &paths.live)?;
    }
    files.sync_folder(parent(&paths.live))?;
    unmark(&paths.new, files)
}

/// Ends an exchange that was cut short: forwards where the new folder stands already.
///
/// # Errors
/// The system's.
pub(in crate::source) fn settle(paths: &Paths, files: &Files) -> Result<Stands, Trouble> {
    end(paths, files).map_err(|error| trouble(&error))
}

fn end(paths: &Paths, files: &Files) -> io::Result<Stands> {
    let Some(old) = &paths.old else {
        return Ok(if !stands(&paths.new)? && stands(&paths.live)? { Stands::New } else { Stands::Old });
    };
    if is_marked(&paths.live)? {
        if stands(&paths.new)? {
            files.rename_new(&paths.new, old)?;
        }
        files.sync_folder(parent(&paths.live))?;
        unmark(&paths.live, files)?;
        return Ok(Stands::New);
    }
    if stands(&paths.live)? && !stands(&paths.new)? && stands(old)? && !is_marked(old)? {
        return Ok(Stands::New);
    }
    back(paths, old, files)?;
    Ok(Stands::Old)
}

/// Removes what a prepare made.
///
/// # Errors
/// Where an exchange is under way, or the system refuses.
pub(in crate::source) fn discard(paths: &Paths, files: &Files) -> Result<(), Trouble> {
    if !paths.is_made() {
        return Ok(());
    }
    let old_stands = paths.old.as_deref().map_or(Ok(false), stands);
    let is_under_way = || -> io::Result<bool> { Ok(is_marked(&paths.live)? || (old_stands? && stands(&paths.new)?)) };
    if is_under_way().map_err(|error| trouble(&error))? {
        return Err(unsettled(paths));
    }
    files.remove_folder(&paths.new).map_err(|error| trouble(&error))
}

/// The mark bears the folder's own time, which putting and taking it changes.
fn mark(folder: &Path, files: &Files) -> io::Result<()> {
    let path = folder.join(MARK);
    let of_folder = fs::metadata(folder).map_err(|error| at(folder, error))?;
    let (secs, nanos) = modified(&of_folder);
    let looks = Looks { owner: None, mode: 0o600, modified_secs: secs, modified_nanos: nanos, attributes: &[] };
    let marked = files.create_new(&path, 0o600).and_then(|mark| {
        mark.dress(&looks)?;
        mark.sync()
    });
    match marked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => files.sync_folder(folder),
    }
}

fn unmark(folder: &Path, files: &Files) -> io::Result<()> {
    let path: PathBuf = folder.join(MARK);
    let Ok(mark) = fs::symlink_metadata(&path) else { return Ok(()) };
    let seen = Seen::of(folder)?.at(modified(&mark));
    files.remove(&path)?;
    // All is decided. A mark that comes back with a crash says the same again; a folder's time is
    // not worth a failure.
    let _lost = files.open_folder(folder).and_then(|open| seen.put_on(&open).and_then(|()| open.sync()));
    Ok(())
}

fn is_marked(folder: &Path) -> io::Result<bool> {
    stands(&folder.join(MARK))
}

fn modified(metadata: &fs::Metadata) -> (i64, u32) {
    (metadata.mtime(), u32::try_from(metadata.mtime_nsec()).unwrap_or(0))
}
