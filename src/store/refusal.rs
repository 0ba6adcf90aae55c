//! Whether the store can be used as things stand, and all that is in it: looked at by rights alone, so that it costs nothing and
//! changes nothing, however often health is asked. Never: tries it; that is [`super::self_test`]'s.

use std::path::{Path, PathBuf};

use rustix::fs::Access;
use rustix::io::Errno;

use super::Store;
use crate::config::Config;
use crate::domain::artifact::FOLDERS;
use crate::domain::health::STORE_UNREADABLE;
use crate::domain::saying::Saying;
use crate::domain::set::Catalog;
use crate::domain::standing::Caution;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::files::at;
use crate::sys::{fault, rights};

impl Store {
    /// What keeps the program from reading or writing the store, with what to do about it. The store
    /// itself is named before what lies in it: one line then mends all.
    pub fn refusal(&self) -> Option<Trouble> {
        let layout = &self.layout;
        let told =
            |path: &Path, errno: Errno| Some(fault::trouble_within(&layout.dir, Stage::Lock, &at(path, errno.into())));
        let inner = [layout.state(), layout.sets()];
        let folders = inner.into_iter().chain(FOLDERS.map(|folder| layout.dir.join(folder)));
        // Of a file in the place of a folder the system would say that it may not be passed through.
        let mut all = std::iter::once(nearest(&layout.dir)).chain(folders.clone());
        if let Some(other) = all.find(|path| path.symlink_metadata().is_ok() && !path.is_dir()) {
            return told(&other, Errno::NOTDIR);
        }
        let files = [layout.lock(), layout.state().join("runs.jsonl"), layout.state().join("runs.lock")];
        let (folder, file) = (Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK, Access::READ_OK | Access::WRITE_OK);
        let wanted = folders.map(|path| (path, folder)).chain(files.map(|path| (path, file)));
        let root = std::iter::once((nearest(&layout.dir), folder));
        let (path, errno) = root.chain(wanted).find_map(|(path, so)| refused(&path, so).map(|errno| (path, errno)))?;
        told(&path, errno)
    }
}

impl Store {
    /// What is not as it should be though the store can be used: it is not the one that stood here, or
    /// files of it may not be read. Nothing where it cannot be used: that comes first.
    pub fn cautions(&self, config: &Config, catalog: &Catalog) -> Vec<Caution> {
        if self.refusal().is_some() {
            return Vec::new();
        }
        let barred = catalog.barred.first().map(|first| {
            let saying = Saying::new("reason-store-unreadable").with("count", catalog.barred.len());
            let hint = rights::to_read_back(&self.layout.artifact(first), &self.layout.dir);
            Caution { code: STORE_UNREADABLE, saying: saying.with("path", first), hint }
        });
        self.stranger(config).into_iter().chain(barred).collect()
    }
}

/// The folder itself, or where it would be made.
fn nearest(folder: &Path) -> PathBuf {
    folder.ancestors().find(|folder| folder.symlink_metadata().is_ok()).unwrap_or(Path::new(".")).to_owned()
}

/// What is not there yet can still be made.
fn refused(path: &Path, so: Access) -> Option<Errno> {
    rights::may(path, so).err().filter(|errno| *errno != Errno::NOENT)
}
