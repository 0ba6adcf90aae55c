//! Whether the log can be written, as far as the system's rights and mounts tell. Never: writes to it; what a
//! full disk refuses is seen by who logs.

use std::path::{Path, absolute};

use rustix::fs::Access;
use rustix::io::Errno;

use crate::domain::health::LOG;
use crate::domain::saying::Saying;
use crate::domain::standing::Caution;
use crate::domain::trouble::Stage;
use crate::sys::{fault, files, rights};

/// What keeps `folder/backup.log` from being written, and what to do about it.
pub fn caution(folder: &Path) -> Option<Caution> {
    let folder = absolute(folder).ok()?;
    let log = folder.join("backup.log");
    let nearest = folder.ancestors().find(|path| path.symlink_metadata().is_ok())?;
    let refused = |path: &Path, so: Access| rights::may(path, so).err().map(|errno| (path.to_owned(), errno));
    let (path, errno) = if nearest.is_dir() {
        let of_folder = || refused(nearest, Access::WRITE_OK | Access::EXEC_OK);
        let of_log = || refused(&log, Access::WRITE_OK);
        // A log that stands needs no right on its folder but to pass through it.
        if log.exists() { of_log() } else { of_folder() }?
    } else {
        (nearest.to_owned(), Errno::NOTDIR)
    };
    let trouble = fault::trouble_of_log(&folder, Stage::SetUp, &files::at(&path, errno.into()));
    let saying = Saying::new("reason-log").with("error", &trouble.error);
    Some(Caution { code: LOG, saying, hint: trouble.hint.unwrap_or_else(|| Saying::new("page-do-check")) })
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
}
