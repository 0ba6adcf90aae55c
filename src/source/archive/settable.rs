//! Whether the entries of an archive can be given their owners where they go, told before anything is
//! made. A folder that stands there already stays whose it is.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::entry::{Entry, What};
use super::terms::Owners;
use crate::domain::trouble::Trouble;

/// What is asked of every entry, in the archive's order.
pub(in crate::source) struct Settable<'a> {
    owners: Owners,
    /// Whether a restore makes the folder of this path.
    is_made: &'a dyn Fn(&Path) -> bool,
    /// Folders whose owner cannot be set, should they be made.
    folders: HashMap<PathBuf, Trouble>,
}

impl<'a> Settable<'a> {
    pub(in crate::source) fn new(owners: Owners, is_made: &'a dyn Fn(&Path) -> bool) -> Self {
        Self { owners, is_made, folders: HashMap::new() }
    }

    /// Takes one more entry that is to be brought, and the folders made on its way.
    ///
    /// # Errors
    /// Where the owner of any of them must be set and cannot.
    pub(super) fn take(&mut self, entry: &Entry, path: &Path) -> Result<(), Trouble> {
        self.pass(entry, path);
        if entry.what != What::Folder {
            self.owners.of(entry)?;
        }
        // Nobody makes the root on the way: it is brought for itself or is there.
        let folders = path.ancestors().filter(|above| *above == path || !above.as_os_str().is_empty());
        for folder in folders {
            if self.folders.contains_key(folder) && (self.is_made)(folder) {
                return self.folders.remove(folder).map_or(Ok(()), Err);
            }
        }
        Ok(())
    }

    /// One that is not asked for; a folder may still be made for what lies in it.
    pub(super) fn pass(&mut self, entry: &Entry, path: &Path) {
        if entry.what == What::Folder
            && let Err(trouble) = self.owners.of(entry)
        {
            self.folders.insert(path.to_owned(), trouble);
        }
    }
}
