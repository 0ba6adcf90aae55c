//! Looks at a folder before anything is made in it: whether we may, and whether there is room.

use std::io;
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;

use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::archive::ENTRY_BYTES;
use crate::source::restore::Wish;
use crate::sys::{fault, space};

/// What may be written on the disk of `folder`; `None` where that cannot be seen.
pub(in crate::source) fn free_bytes(folder: &Path) -> Option<u64> {
    space::of(folder).ok().map(|space| space.free_bytes)
}

/// What all of a wished archive takes on a disk.
pub(in crate::source) fn of_archive(wish: &Wish) -> u64 {
    match &wish.facts.archive {
        Some(facts) => {
            let content = &facts.content;
            content.content_bytes + ENTRY_BYTES * (content.files + content.directories + content.links)
        }
        None => wish.raw_bytes.unwrap_or(0),
    }
}

/// # Errors
/// Where the disk of `folder` has less room than that, or hides it and the wish does not go on
/// all the same.
pub(in crate::source) fn demand(folder: &Path, needed_bytes: u64, wish: &Wish) -> Result<(), Trouble> {
    let size = |bytes: u64| bytesize::ByteSize::b(bytes).display().si().to_string();
    match free_bytes(folder) {
        Some(free_bytes) if free_bytes >= needed_bytes => Ok(()),
        Some(free_bytes) => {
            let (needed, free) = (size(needed_bytes), size(free_bytes));
            let text = format!("look for room at {}: {needed} are needed, {free} are free", folder.display());
            let hint = Saying::new("hint-restore-room").with("needed", needed).with("path", folder.display());
            Err(Trouble::passing(Stage::Space, text).hint(hint))
        }
        None if wish.assume_room => Ok(()),
        None => {
            let text = format!("look for room at {}: the system does not say", folder.display());
            let hint = Saying::new("hint-room-unseen").with("path", folder.display());
            Err(Trouble::lasting(Stage::Space, text).hint(hint))
        }
    }
}

/// # Errors
/// Where entries cannot be made in `folder` or moved.
pub(in crate::source) fn may_write(folder: &Path) -> Result<(), Trouble> {
    accessat(CWD, folder, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS).map_err(|error| {
        let text = format!("look at {}: {}", folder.display(), io::Error::from(error));
        let hint = match error {
            Errno::ROFS => "hint-restore-read-only",
            Errno::ACCESS | Errno::PERM => "hint-restore-no-right",
            Errno::NOENT => "hint-restore-no-folder",
            _ => return fault::trouble(Stage::Connect, &error.into()).while_doing(text),
        };
        Trouble::lasting(Stage::Connect, text).hint(Saying::new(hint).with("path", folder.display()))
    })
}
