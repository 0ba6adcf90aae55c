//! Files that are written: created, appended, renamed, synced, removed. Nothing else in the
//! program opens a file for writing, and nothing but a regular file is opened here. What root
//! creates takes the owner of the folder it is created in; a group can be given to all of it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, Gid, OFlags, RenameFlags, Uid};
use rustix::io::Errno;

use super::gate::{Act, Gate};
use super::regular;
use super::tree::{Folder, Looks};

/// The door for writing.
#[derive(Clone)]
pub struct Files {
    gate: Arc<dyn Gate>,
    group: Option<u32>,
}

/// A file open for writing; every write and sync passes the gate.
pub struct WriteFile {
    file: File,
    path: PathBuf,
    gate: Arc<dyn Gate>,
}

impl Files {
    pub fn new(gate: Arc<dyn Gate>) -> Self {
        Self { gate, group: None }
    }

    /// The same door, giving what it creates to group `gid`.
    pub fn for_group(&self, gid: Option<u32>) -> Self {
        Self { gate: self.gate.clone(), group: gid }
    }

    /// Creates a file that must not exist yet, with exactly `mode`.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn create_new(&self, path: &Path, mode: u32) -> io::Result<WriteFile> {
        self.open(path, mode, OpenOptions::new().write(true).create_new(true))
    }

    /// Creates a file or empties the one that is there.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn create(&self, path: &Path, mode: u32) -> io::Result<WriteFile> {
        self.open(path, mode, OpenOptions::new().write(true).create(true).truncate(true))
    }

    /// Opens a file for single appending writes, creating it where it is missing.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn append(&self, path: &Path, mode: u32) -> io::Result<WriteFile> {
        self.open(path, mode, OpenOptions::new().append(true).create(true))
    }

    fn open(&self, path: &Path, mode: u32, options: &mut OpenOptions) -> io::Result<WriteFile> {
        self.gate.pass(Act::Create, path).map_err(|e| at(path, e))?;
        let existed = path.exists();
        let file = regular::open_as(path, options.mode(mode), OFlags::empty())?;
        if !existed {
            file.set_permissions(fs::Permissions::from_mode(mode)).map_err(|e| at(path, e))?;
            // By the open file: another process may have moved its name away by now.
            if let Some((owner, group)) = self.heirs(path)? {
                rustix::fs::fchown(&file, owner, group).map_err(|e| at(path, e.into()))?;
            }
        }
        Ok(WriteFile { file, path: path.to_owned(), gate: self.gate.clone() })
    }

    /// Writes a whole small file so that a reader sees the old or the new one: a file beside it,
    /// synced, then renamed over it, then the folder synced.
    ///
    /// # Errors
    /// The system's, with the path; the old file then still stands.
    pub fn replace(&self, path: &Path, mode: u32, content: &[u8]) -> io::Result<()> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let beside = path.with_file_name(name);
        let mut file = self.create(&beside, mode)?;
        file.write_all(content)?;
        file.sync()?;
        self.rename(&beside, path)?;
        self.sync_folder(parent(path))
    }

    /// Makes a folder and those above it where missing, each new one with exactly `mode`.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn make_folder(&self, path: &Path, mode: u32) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        if let Some(above) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            self.make_folder(above, mode)?;
        }
        self.gate.pass(Act::MakeFolder, path).map_err(|e| at(path, e))?;
        match fs::DirBuilder::new().mode(mode).create(path) {
            Ok(()) => {
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|e| at(path, e))?;
                self.hand_over(path)
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Err(at(path, Errno::NOTDIR.into())),
            Err(e) => Err(at(path, e)),
        }
    }

    /// Makes a folder that must not exist yet, in one that does, and holds it open.
    ///
    /// # Errors
    /// `AlreadyExists` where something stands there; else the system's, with the path.
    pub fn new_folder(&self, path: &Path, mode: u32) -> io::Result<Folder> {
        self.gate.pass(Act::MakeFolder, path).map_err(|e| at(path, e))?;
        fs::DirBuilder::new().mode(mode).create(path).map_err(|e| at(path, e))?;
        self.hand_over(path)?;
        Folder::open(path, self.gate.clone())
    }

    /// Renames, replacing what stands at `to`.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.gate.pass(Act::Rename, to).map_err(|e| at(to, e))?;
        fs::rename(from, to).map_err(|e| at(to, e))
    }

    /// Renames without ever replacing. Where the file system knows no such rename (some network
    /// and shared folders), it looks first and renames then: enough under the store's lock,
    /// which keeps every other run of ours from making the same name in between.
    ///
    /// # Errors
    /// `AlreadyExists` where something stands at `to`; else the system's, with the path.
    pub fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.gate.pass(Act::Rename, to).map_err(|e| at(to, e))?;
        match rustix::fs::renameat_with(rustix::fs::CWD, from, rustix::fs::CWD, to, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => match fs::symlink_metadata(to) {
                Ok(_) => Err(at(to, Errno::EXIST.into())),
                Err(e) if e.kind() == io::ErrorKind::NotFound => fs::rename(from, to).map_err(|e| at(to, e)),
                Err(e) => Err(at(to, e)),
            },
            renamed => renamed.map_err(|e| at(to, e.into())),
        }
    }

    /// Exchanges what stands at two paths in one act; `false` where the file system knows no such
    /// act (some network and shared folders), and then nothing has changed.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn exchange(&self, one: &Path, other: &Path) -> io::Result<bool> {
        let exchange =
            || Ok(rustix::fs::renameat_with(rustix::fs::CWD, one, rustix::fs::CWD, other, RenameFlags::EXCHANGE)?);
        match self.gate.pass(Act::Rename, other).and_then(|()| exchange()) {
            Ok(()) => Ok(true),
            Err(error) if is_unknown(&error) => Ok(false),
            Err(error) => Err(at(other, error)),
        }
    }

    /// Opens a folder, so that entries can be made in it and moved; no part of its path may be a
    /// link.
    ///
    /// # Errors
    /// The system's, with the path; `NotADirectory` also where a link stands on the way.
    pub fn open_folder(&self, path: &Path) -> io::Result<Folder> {
        Folder::reach(path, self.gate.clone())
    }

    /// Removes a folder that is empty; a missing one is no error.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn remove_empty(&self, path: &Path) -> io::Result<()> {
        self.gate.pass(Act::Remove, path).map_err(|e| at(path, e))?;
        match fs::remove_dir(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(at(path, e)),
            _ => Ok(()),
        }
    }

    /// Removes a file; a missing one is no error.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn remove(&self, path: &Path) -> io::Result<()> {
        self.gate.pass(Act::Remove, path).map_err(|e| at(path, e))?;
        match fs::remove_file(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(at(path, e)),
            _ => Ok(()),
        }
    }

    /// Removes a folder with all that is in it, following no link; a missing one is no error.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.gate.pass(Act::Remove, path).map_err(|e| at(path, e))?;
        let removed = match fs::remove_dir_all(path) {
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
                open_up(path);
                fs::remove_dir_all(path)
            }
            removed => removed,
        };
        match removed {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(at(path, e)),
            _ => Ok(()),
        }
    }

    /// Makes the names in a folder durable, where its file system can.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.try_sync_folder(path).map(|_can| ())
    }

    /// The same; `false` says that the file system cannot (EINVAL, ENOTSUP).
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn try_sync_folder(&self, path: &Path) -> io::Result<bool> {
        let passed = self.gate.pass(Act::SyncFolder, path);
        match passed.and_then(|()| File::open(path)).and_then(|folder| folder.sync_all()) {
            Ok(()) => Ok(true),
            Err(e) if [Errno::INVAL, Errno::NOTSUP].map(Errno::raw_os_error).map(Some).contains(&e.raw_os_error()) => {
                Ok(false)
            }
            Err(e) => Err(at(path, e)),
        }
    }

    /// Gives a file or folder this mode; nobody may have put a link in its place.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        self.gate.pass(Act::Write, path).map_err(|e| at(path, e))?;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|e| at(path, e))
    }

    /// Gives a file or folder of ours to another user; only root may.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn give(&self, path: &Path, uid: u32, gid: u32) -> io::Result<()> {
        let (owner, group) = (Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)));
        rustix::fs::chownat(rustix::fs::CWD, path, owner, group, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|e| at(path, e.into()))
    }

    fn hand_over(&self, path: &Path) -> io::Result<()> {
        let Some((owner, group)) = self.heirs(path)? else { return Ok(()) };
        rustix::fs::chownat(rustix::fs::CWD, path, owner, group, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|e| at(path, e.into()))
    }

    /// Whom something new goes to: what root creates takes the owner of its folder; a group, where
    /// one is set, is given.
    fn heirs(&self, path: &Path) -> io::Result<Option<(Option<Uid>, Option<Gid>)>> {
        let is_root = rustix::process::geteuid().is_root();
        if !is_root && self.group.is_none() {
            return Ok(None);
        }
        let above = fs::metadata(parent(path)).map_err(|e| at(path, e))?;
        let owner = is_root.then(|| Uid::from_raw(above.uid()));
        Ok(Some((owner, Some(Gid::from_raw(self.group.unwrap_or_else(|| above.gid()))))))
    }
}

impl WriteFile {
    /// One that a [`Folder`] has created.
    pub(super) fn created(file: File, path: PathBuf, gate: Arc<dyn Gate>) -> Self {
        Self { file, path, gate }
    }

    /// Gives it owner, mode, attributes and time; last of all, for writing changes them.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn dress(&self, looks: &Looks<'_>) -> io::Result<()> {
        self.gate.pass(Act::Write, &self.path).map_err(|e| at(&self.path, e))?;
        looks.put_on(self.file.as_fd()).map_err(|e| at(&self.path, e.into()))
    }

    /// Makes the content durable.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn sync(&self) -> io::Result<()> {
        self.gate.pass(Act::Sync, &self.path).map_err(|e| at(&self.path, e))?;
        self.file.sync_all().map_err(|e| at(&self.path, e))
    }

    /// The number of bytes the file system says are there.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn size_bytes(&self) -> io::Result<u64> {
        Ok(self.file.metadata().map_err(|e| at(&self.path, e))?.len())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Write for WriteFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let may_pass = self.gate.pass_bytes(&self.path, bytes.len()).map_err(|e| at(&self.path, e))?;
        self.file.write(&bytes[..may_pass.min(bytes.len())]).map_err(|e| at(&self.path, e))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes the folders in a folder ones that their owner may empty; whoever restored them gave them
/// the modes they had. Another's stay as they are.
fn open_up(folder: &Path) {
    let Ok(found) = folder.symlink_metadata() else { return };
    if !found.is_dir() {
        return;
    }
    let _not_ours = fs::set_permissions(folder, fs::Permissions::from_mode(found.mode() | 0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        open_up(&entry.path());
    }
}

/// What a file system answers that knows no such act.
fn is_unknown(error: &io::Error) -> bool {
    [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP].map(Errno::raw_os_error).map(Some).contains(&error.raw_os_error())
}

/// The folder a path lies in; the working folder for a bare name.
pub fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    }
}

/// The same error with the path before it; kind and number of the system's error stay readable
/// through [`errno`].
pub fn at(path: &Path, error: io::Error) -> io::Error {
    if path_of(&error).is_some() {
        return error;
    }
    io::Error::new(error.kind(), PathError { path: path.to_owned(), source: error })
}

/// The system's number of an error, also of one that carries a path.
pub fn errno(error: &io::Error) -> Option<i32> {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<PathError>()) {
        Some(inner) => inner.source.raw_os_error(),
        None => error.raw_os_error(),
    }
}

/// The path an error is about, where it carries one.
pub fn path_of(error: &io::Error) -> Option<&Path> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<PathError>()).map(|inner| inner.path.as_path())
}

#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
struct PathError {
    path: PathBuf,
    source: io::Error,
}
