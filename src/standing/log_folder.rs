//! Whether the log can be written, as far as the system's rights, mounts and room tell. Never: writes to it.

use std::io;
use std::path::{Path, absolute};

use rustix::fs::Access;
use rustix::io::Errno;

use crate::domain::health::LOG;
use crate::domain::saying::Saying;
use crate::domain::standing::Caution;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::{fault, files, rights, space};

/// What keeps `folder/backup.log` from being written, and what to do about it.
pub fn trouble(folder: &Path) -> Option<Trouble> {
    let folder = absolute(folder).ok()?;
    let log = folder.join("backup.log");
    let nearest = folder.ancestors().find(|path| path.symlink_metadata().is_ok())?;
    let refused = |path: &Path, so: Access| rights::may(path, so).err().map(|errno| files::at(path, errno.into()));
    let error = if nearest.is_dir() {
        let refused = if log.exists() {
            // A log that stands needs no right on its folder but to pass through it.
            refused(&log, Access::WRITE_OK).or_else(|| other_than_a_file(&log))
        } else {
            refused(nearest, Access::WRITE_OK | Access::EXEC_OK)
        };
        refused.or_else(|| no_room(nearest))?
    } else {
        files::at(nearest, Errno::NOTDIR.into())
    };
    Some(fault::trouble_of_log(&folder, Stage::SetUp, &error))
}

/// The same as health tells it.
pub fn caution(folder: &Path) -> Option<Caution> {
    let trouble = trouble(folder)?;
    let saying = Saying::new("reason-log").with("error", &trouble.error);
    Some(Caution { code: LOG, saying, hint: trouble.hint.unwrap_or_else(|| Saying::new("page-do-check")) })
}

fn other_than_a_file(log: &Path) -> Option<io::Error> {
    let metadata = log.metadata().ok()?;
    let why = if metadata.is_dir() {
        Errno::ISDIR.into()
    } else {
        io::Error::new(io::ErrorKind::InvalidData, "not a regular file")
    };
    (!metadata.is_file()).then(|| files::at(log, why))
}

fn no_room(folder: &Path) -> Option<io::Error> {
    // A file system that counts no bytes at all says nothing of its room.
    let is_full = space::of(folder).is_ok_and(|space| space.total_bytes > 0 && space.free_bytes == 0);
    is_full.then(|| files::at(folder, Errno::NOSPC.into()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_in_the_place_of_the_folder_is_named() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("logs");
        assert_eq!(caution(&folder), None);
        fs::create_dir(&folder).unwrap();
        assert_eq!(caution(&folder), None);
        fs::remove_dir(&folder).unwrap();
        fs::write(&folder, "").unwrap();
        let told = caution(&folder).unwrap();
        assert_eq!((told.code, told.hint.key), (LOG, "hint-no-folder-for-log"));
        assert!(told.saying.args[0].1.contains("logs"), "{told:?}");
    }

    #[test]
    fn what_is_no_file_in_the_place_of_the_log_is_named() {
        let place = tempfile::tempdir().unwrap();
        let log = place.path().join("backup.log");
        let told = || caution(place.path()).map(|told| (told.hint.key, told.saying.args[0].1.clone()));
        fs::create_dir(&log).unwrap();
        let (hint, error) = told().unwrap();
        assert!(hint == "hint-no-file" && error.contains("Is a directory"), "{hint} {error}");
        fs::remove_dir(&log).unwrap();
        std::os::unix::fs::symlink("/dev/full", &log).unwrap();
        let (hint, error) = told().unwrap();
        assert!(hint == "page-do-check" && error.contains("not a regular file"), "{hint} {error}");
        fs::remove_file(&log).unwrap();
        fs::write(&log, "").unwrap();
        assert_eq!(told(), None);
    }
}
