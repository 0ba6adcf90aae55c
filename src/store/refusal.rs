//! Whether the store can be used as things stand: looked at by rights alone, so that it costs nothing and
//! changes nothing, however often health is asked. Never: tries it; that is [`super::self_test`]'s.

use std::path::{Path, PathBuf};

use rustix::fs::Access;
use rustix::io::Errno;

use super::Store;
use crate::domain::artifact::FOLDERS;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::files::at;
use crate::sys::{fault, rights};

impl Store {
    /// What keeps the program from reading or writing the store, with what to do about it. The store
    /// itself is named before what lies in it: one line then mends all.
    pub fn refusal(&self) -> Option<Trouble> {
        let layout = &self.layout;
        let inner = [layout.state(), layout.sets()];
        let folders = inner.into_iter().chain(FOLDERS.map(|folder| layout.dir.join(folder)));
        let files = [layout.lock(), layout.state().join("runs.jsonl"), layout.state().join("runs.lock")];
        let (folder, file) = (Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK, Access::READ_OK | Access::WRITE_OK);
        let wanted = folders.map(|path| (path, folder)).chain(files.map(|path| (path, file)));
        let root = std::iter::once((nearest(&layout.dir), folder));
        let (path, errno) = root.chain(wanted).find_map(|(path, so)| refused(&path, so).map(|errno| (path, errno)))?;
        Some(fault::trouble_within(&layout.dir, Stage::Lock, &at(&path, errno.into())))
    }
}

/// The folder itself, or where it would be made.
fn nearest(folder: &Path) -> PathBuf {
    folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new(".")).to_owned()
}

/// What is not there yet can still be made.
fn refused(path: &Path, so: Access) -> Option<Errno> {
    rights::may(path, so).err().filter(|errno| *errno != Errno::NOENT)
}
