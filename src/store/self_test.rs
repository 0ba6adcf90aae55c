//! The store is tried before it is trusted: what publishing and locking rest on is done once, in
//! a folder of its own. What a file system cannot do is named; what would let two runs write at
//! once, or a file be replaced, is refused.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::Store;
use super::layout::{Layout, mount_of};
use super::locked::{FILE_MODE, FOLDER_MODE, LockedStore};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::fault;
use crate::sys::files::at;
use crate::sys::lock;
use crate::sys::stop::Stop;

/// The folder of the test in a folder where no store was made yet.
const UNMADE: &str = ".resguardo-check";

impl Store {
    /// Tries the folder in which the first backup will make the store, and leaves it as it was. One that is
    /// missing itself is not made for that.
    ///
    /// # Errors
    /// As [`LockedStore::self_test`].
    pub fn test_unmade(&self) -> Result<Vec<Saying>, Trouble> {
        if !self.dir().is_dir() {
            return Ok(Vec::new());
        }
        let dir = self.dir().join(UNMADE);
        let trial = Store { layout: Layout { dir: dir.clone() }, ..self.clone() };
        let tried = LockedStore::take(&trial, Duration::ZERO, &Stop::new());
        let tried = tried.and_then(|locked| locked.map_or(Ok(Vec::new()), |locked| locked.self_test()));
        let told = |e: io::Error| fault::trouble_within(self.dir(), Stage::SetUp, &e).while_doing("try the store");
        self.sys.files.remove_folder(&dir).map_err(told)?;
        tried
    }
}

impl LockedStore {
    /// Tries the store; returns what an operator should know about it.
    ///
    /// # Errors
    /// Where the store cannot hold sets safely, with what to do about it.
    pub fn self_test(&self) -> Result<Vec<Saying>, Trouble> {
        let told = |e: io::Error| fault::trouble(Stage::SetUp, &e).while_doing("try the store");
        let folder = self.layout.self_test();
        self.ensure_folder(&self.layout.sets()).map_err(told)?;
        self.files.remove_folder(&folder).map_err(told)?;
        self.files.make_folder(&folder, FOLDER_MODE).map_err(told)?;
        let tried = self.try_in(&folder);
        let cleared = self.files.remove_folder(&folder).map_err(told);
        let warnings = tried?;
        cleared.map(|()| warnings)
    }

    fn try_in(&self, folder: &Path) -> Result<Vec<Saying>, Trouble> {
        let told = |e: io::Error| fault::trouble(Stage::SetUp, &e).while_doing("try the store");
        let [first, second, third] = ["first", "second", "third"].map(|name| folder.join(name));
        let mut warnings = Vec::new();
        let mut warn = |key| warnings.push(Saying::new(key).with("path", self.dir().display()));

        for path in [&first, &second] {
            let mut file = self.files.create_new(path, FILE_MODE).map_err(told)?;
            file.write_all(b"resguardo").map_err(told)?;
            file.sync().map_err(told)?;
        }
        if !has_mode(&first, FILE_MODE).map_err(told)? || !has_mode(folder, FOLDER_MODE).map_err(told)? {
            warn("warning-store-modes");
        }

        match self.files.rename_new(&first, &second) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(told(e)),
            Ok(()) => return Err(refused("a rename replaced a file", "hint-store-replaces", folder)),
        }
        self.files.rename_new(&first, &third).map_err(told)?;
        self.files.rename(&third, &second).map_err(told)?;
        if !self.files.try_sync_folder(folder).map_err(told)? {
            warn("warning-store-folder-sync");
        }

        let held = lock::try_exclusive(&second).map_err(told)?;
        let held_again = lock::try_exclusive(&second).map_err(told)?;
        let excludes = held.is_some() && held_again.is_none();
        if let Some(key) = judge_lock(excludes, self.single_host, folder)? {
            warn(key);
        }
        if mount_of(&self.layout.sets()).map_err(told)? != mount_of(folder).map_err(told)? {
            return Err(refused("sets/ is a mount of its own", "hint-sets-mounted", &self.layout.sets()));
        }
        Ok(warnings)
    }
}

/// A lock that does not exclude is accepted only where the operator vouches for a single host.
fn judge_lock(excludes: bool, single_host: bool, folder: &Path) -> Result<Option<&'static str>, Trouble> {
    match (excludes, single_host) {
        (true, _) => Ok(None),
        (false, true) => Ok(Some("warning-store-locks")),
        (false, false) => Err(refused("a lock does not exclude another", "hint-store-locks", folder)),
    }
}

fn refused(why: &str, hint: &'static str, path: &Path) -> Trouble {
    Trouble::lasting(Stage::SetUp, format!("try the store: {why}")).hint(Saying::new(hint).with("path", path.display()))
}

fn has_mode(path: &Path, mode: u32) -> io::Result<bool> {
    Ok(fs::metadata(path).map_err(|e| at(path, e))?.permissions().mode() & 0o7777 == mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_does_not_exclude_needs_the_operators_word() {
        let folder = Path::new("/backups");
        assert_eq!(judge_lock(true, false, folder), Ok(None));
        assert_eq!(judge_lock(false, true, folder), Ok(Some("warning-store-locks")));
        assert_eq!(judge_lock(false, false, folder).unwrap_err().hint.map(|h| h.key), Some("hint-store-locks"));
    }
}
