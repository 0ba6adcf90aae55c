//! Where data is put: the real path of what is configured, and a folder the operator names, into
//! which everything is copied without touching what is live.

use std::fs;
use std::io;
use std::path::{self, Path, PathBuf};

use super::{room, stands, trouble};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::restore::{Prospect, Wish};
use crate::sys::files::{Files, at, parent};

/// A folder that holds those of several sources.
const FOLDER_MODE: u32 = 0o750;

/// The path with every link on it resolved; its last part may be missing.
///
/// # Errors
/// Where the folder it lies in is missing, or the path is a link to nothing.
pub(in crate::source) fn real(configured: &Path) -> Result<PathBuf, Trouble> {
    let missing = |folder: &Path, error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => {
            let text = format!("look at {}: {error}", folder.display());
            let hint = Saying::new("hint-restore-no-folder").with("path", folder.display());
            Trouble::lasting(Stage::Connect, text).hint(hint)
        }
        _ => trouble(&at(folder, error)),
    };
    let plain = path::absolute(configured).map_err(|error| missing(configured, error))?;
    if stands(&plain).map_err(|error| trouble(&error))? {
        return plain.canonicalize().map_err(|error| missing(&plain, error));
    }
    let (Some(folder), Some(name)) = (plain.parent(), plain.file_name()) else {
        return Err(Trouble::lasting(Stage::Connect, format!("look at {}: it has no name", plain.display())));
    };
    Ok(folder.canonicalize().map_err(|error| missing(folder, error))?.join(name))
}

/// # Errors
/// Where something stands at a path that a restore needs.
pub(in crate::source) fn is_free(path: Option<&Path>) -> Result<(), Trouble> {
    match path {
        Some(path) if stands(path).map_err(|error| trouble(&error))? => {
            let text = format!("look at {}: something stands there", path.display());
            Err(Trouble::lasting(Stage::Connect, text)
                .hint(Saying::new("hint-name-taken").with("path", path.display())))
        }
        _ => Ok(()),
    }
}

/// What the operator types.
pub(in crate::source) fn no_database() -> Trouble {
    let text = "look at the target: this is no artifact of a database server";
    Trouble::lasting(Stage::SetUp, text).hint(Saying::new("hint-to-dir"))
}

/// A folder that is to be filled: its real path, and the folder above it where that is missing too, as
/// it is where each of several sources has one of its own in a new folder.
fn place(folder: &Path) -> Result<(PathBuf, Option<PathBuf>), Trouble> {
    let plain = path::absolute(folder).map_err(|error| trouble(&at(folder, error)))?;
    match (plain.parent(), plain.file_name()) {
        (Some(above), Some(name)) if !stands(above).map_err(|error| trouble(&error))? => {
            let above = real(above)?;
            Ok((above.join(name), Some(above)))
        }
        _ => real(folder).map(|real| (real, None)),
    }
}

/// Looks at a folder that is to be filled.
///
/// # Errors
/// Where something lies in it, or there is no right or room to fill it.
pub(in crate::source) fn look(folder: &Path, needed_bytes: u64, wish: &Wish) -> Result<Prospect, Trouble> {
    let (real, missing) = place(folder)?;
    let is_there = stands(&real).map_err(|error| trouble(&error))?;
    if is_there && !is_empty(&real).map_err(|error| trouble(&error))? {
        let text = format!("look at {}: it is not empty", real.display());
        let hint = Saying::new("hint-restore-not-empty").with("path", real.display());
        return Err(Trouble::lasting(Stage::Connect, text).hint(hint));
    }
    let standing = if is_there { &real } else { parent(missing.as_deref().unwrap_or(&real)) };
    room::may_write(standing)?;
    room::demand(standing, needed_bytes, wish)?;
    let says = vec![Saying::new("restore-to-folder").with("path", real.display())];
    Ok(Prospect { says, exchanges: Vec::new(), remarks: Vec::new(), in_place: false })
}

/// Has a folder filled; what came into it is gone again where that fails.
///
/// # Errors
/// Those of `fill`, which is told whether the folder stands already.
pub(in crate::source) fn fill(
    folder: &Path,
    work: &Work,
    fill: impl FnOnce(&Path, bool) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let (real, missing) = place(folder)?;
    let is_there = stands(&real).map_err(|error| trouble(&error))?;
    if is_there && !is_empty(&real).map_err(|error| trouble(&error))? {
        return Err(Trouble::lasting(Stage::Connect, format!("fill {}: it is not empty", real.display())));
    }
    if let Some(above) = &missing {
        work.sys.files.make_folder(above, FOLDER_MODE).map_err(|error| trouble(&error))?;
    }
    fill(&real, is_there).inspect_err(|_| {
        // What stays is named by the error, and lies in a folder that the operator chose.
        let _stays = empty(&real, is_there, &work.sys.files);
        let _stays = missing.map(|above| work.sys.files.remove_empty(&above));
    })
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(folder).map_err(|error| at(folder, error))?.next().is_none())
}

fn empty(folder: &Path, was_there: bool, files: &Files) -> io::Result<()> {
    if !was_there {
        return files.remove_folder(folder);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.remove_folder(&entry.path())?;
        } else {
            files.remove(&entry.path())?;
        }
    }
    Ok(())
}
