//! A folder that cannot be renamed, as a mount point, changes its entries one by one. First all
//! old ones move into `….part`, which takes its final name when it is whole; then the new ones
//! move in. So the names alone say how far it came: with a `.part` the old entries go back, with
//! the final name the new ones go on. What a program puts there in between is moved to where it
//! meant it, as far as nothing stands there; the rest stays aside.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::looks::Seen;
use super::{OWN, Paths, can_begin, stands, trouble, unsettled, without_run};
use crate::domain::trouble::Trouble;
use crate::source::restore::Stands;
use crate::sys::files::{Files, at};
use crate::sys::tree::Folder;

/// Belongs to the volume, not to its data.
const LOST_AND_FOUND: &str = "lost+found";
const FOLDER_MODE: u32 = 0o700;
/// Each level holds two folders open; what lies deeper stays aside with what it lies in.
const LEVELS_MAX: usize = 64;
const MEANWHILE: &str = "meanwhile-";

/// Whether an exchange is of this kind: the new data lies within the live folder.
pub(in crate::source) fn is_inside(paths: &Paths) -> bool {
    paths.new.parent() == Some(&paths.live)
}

/// Exchanges new and old entries.
///
/// # Errors
/// Where the old entries still stand in their place.
pub(in crate::source) fn swap(paths: &Paths, files: &Files) -> Result<(), Trouble> {
    can_begin(paths)?;
    let Some(old) = &paths.old else { return Ok(()) };
    let done = empty(paths, old, files).and_then(|()| fill(paths, files)).inspect_err(|_| {
        // Where this fails too, `settle` will do it.
        let _later = back(paths, old, files);
    });
    done.map_err(|error| trouble(&error))
}

/// Ends what was cut short: back while old entries were on their way, else forwards.
///
/// # Errors
/// The system's.
pub(in crate::source) fn settle(paths: &Paths, files: &Files) -> Result<Stands, Trouble> {
    end(paths, files).map_err(|error| trouble(&error))
}

fn end(paths: &Paths, files: &Files) -> io::Result<Stands> {
    let Some(old) = &paths.old else { return Ok(Stands::Old) };
    if stands(&part(old))? {
        back(paths, old, files)?;
        return Ok(Stands::Old);
    }
    if !stands(old)? {
        return Ok(Stands::Old);
    }
    if stands(&paths.new)? {
        fill(paths, files)?;
    }
    Ok(Stands::New)
}

/// Removes what a prepare made.
///
/// # Errors
/// Where an exchange is under way, or the system refuses.
pub(in crate::source) fn discard(paths: &Paths, files: &Files) -> Result<(), Trouble> {
    if !paths.is_made() {
        return Ok(());
    }
    let begun = match &paths.old {
        Some(old) => stands(&part(old)).and_then(|part| Ok(part || (stands(old)? && stands(&paths.new)?))),
        None => Ok(false),
    };
    if begun.map_err(|error| trouble(&error))? {
        return Err(unsettled(paths));
    }
    files.remove_folder(&paths.new).map_err(|error| trouble(&error))
}

/// First phase: the old entries go aside, with the looks of their folder.
fn empty(paths: &Paths, old: &Path, files: &Files) -> io::Result<()> {
    let part = part(old);
    let seen = Seen::of(&paths.live)?;
    let aside = files.new_folder(&part, FOLDER_MODE)?;
    move_all(&paths.live, &part, None, files)?;
    seen.put_on(&aside)?;
    files.rename_new(&part, old)?;
    files.sync_folder(&paths.live)
}

/// Second phase: the new entries come in, and their folder's looks with them.
fn fill(paths: &Paths, files: &Files) -> io::Result<()> {
    let seen = Seen::of(&paths.new)?;
    move_all(&paths.new, &paths.live, meanwhile(paths).as_deref(), files)?;
    // What stays aside is named by who asks for it.
    let _aside = bring_in(&paths.live, files);
    // Of a volume's own folder ours is only the archive's empty memory.
    files.remove_folder(&paths.new.join(LOST_AND_FOUND))?;
    let live = files.open_folder(&paths.live)?;
    seen.put_on(&live)?;
    files.remove_empty(&paths.new)?;
    // Once more for the time. All is decided, and that is not worth a failure.
    let _lost = seen.put_on(&live).and_then(|()| live.sync());
    Ok(())
}

/// From either phase to where it began.
fn back(paths: &Paths, old: &Path, files: &Files) -> io::Result<()> {
    let part = part(old);
    if stands(old)? {
        move_all(&paths.live, &paths.new, None, files)?;
        // Before the name says that the looks are the folder's own again.
        Seen::of(old)?.put_on(&files.open_folder(&paths.live)?)?;
        files.rename_new(old, &part)?;
    }
    if stands(&part)? {
        move_all(&part, &paths.live, meanwhile(paths).as_deref(), files)?;
        files.remove_empty(&part)?;
        let _aside = bring_in(&paths.live, files);
    }
    files.sync_folder(&paths.live)
}

/// Moves every entry that is neither ours nor the volume's. What a program put at the name of one
/// in the meantime goes into the folder `meanwhile`.
fn move_all(from: &Path, to: &Path, meanwhile: Option<&Path>, files: &Files) -> io::Result<()> {
    let (source, target) = (files.open_folder(from)?, files.open_folder(to)?);
    for name in names(from)? {
        let name = Path::new(&name);
        match target.take_new(name, &source, name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let Some(meanwhile) = meanwhile else { return Err(error) };
                files.make_folder(meanwhile, FOLDER_MODE)?;
                files.open_folder(meanwhile)?.take_new(name, &target, name)?;
                target.take_new(name, &source, name)?;
            }
            moved => moved?,
        }
    }
    source.sync()?;
    target.sync()
}

fn names(folder: &Path) -> io::Result<Vec<OsString>> {
    let mut list = all_names(folder)?;
    list.retain(|name| name != LOST_AND_FOUND && !name.as_bytes().starts_with(OWN.as_bytes()));
    list.sort_unstable();
    Ok(list)
}

fn all_names(folder: &Path) -> io::Result<Vec<OsString>> {
    let list = fs::read_dir(folder).and_then(|list| list.map(|entry| entry.map(|entry| entry.file_name())).collect());
    list.map_err(|error| at(folder, error))
}

/// The folders in `live` that hold what came meanwhile and had a like in it.
pub(in crate::source) fn meanwhile_in(live: &Path) -> Vec<PathBuf> {
    let is_ours = |name: &OsString| name.as_bytes().starts_with(format!("{OWN}{MEANWHILE}").as_bytes());
    let mut folders: Vec<PathBuf> =
        all_names(live).unwrap_or_default().into_iter().filter(is_ours).map(|name| live.join(name)).collect();
    folders.sort_unstable();
    folders
}

/// Moves what came meanwhile to where it was meant to be, replacing nothing.
fn bring_in(live: &Path, files: &Files) -> io::Result<()> {
    for aside in meanwhile_in(live) {
        merge(&aside, &files.open_folder(&aside)?, &files.open_folder(live)?, files, LEVELS_MAX)?;
        if all_names(&aside)?.is_empty() {
            files.remove_empty(&aside)?;
        }
    }
    Ok(())
}

/// Two folders of one name become one; anything else that has a like stays.
fn merge(path: &Path, from: &Folder, to: &Folder, files: &Files, levels: usize) -> io::Result<()> {
    for name in all_names(path)? {
        let (name, path) = (Path::new(&name), path.join(&name));
        match to.take_new(name, from, name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let (Ok(inner), Ok(like)) = (from.folder(name), to.folder(name)) else { continue };
                if levels > 0 {
                    merge(&path, &inner, &like, files, levels - 1)?;
                }
                if all_names(&path)?.is_empty() {
                    files.remove_empty(&path)?;
                }
            }
            moved => moved?,
        }
    }
    to.sync()?;
    from.sync()
}

fn part(old: &Path) -> PathBuf {
    let mut name = old.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// `.resguardo-meanwhile-<run>`.
fn meanwhile(paths: &Paths) -> Option<PathBuf> {
    let old = paths.old.as_deref()?;
    let run = old.file_name()?.as_bytes().get(without_run(old)?.len()..)?;
    let mut name = OsString::from(format!("{OWN}{MEANWHILE}"));
    name.push(OsStr::from_bytes(run));
    Some(paths.live.join(name))
}
