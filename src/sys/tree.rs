//! A tree of files that is built: entries are created relative to a folder's open handle and no
//! link is ever followed, so that nothing that stands in the tree, or is put there meanwhile,
//! leads a write out of it. Part of the door for writing.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{
    AtFlags, CWD, Gid, Mode, OFlags, RenameFlags, Timespec, Timestamps, UTIME_OMIT, Uid, XattrFlags, chownat, fchmod,
    fchown, fremovexattr, fsetxattr, fsync, futimens, linkat, mkdirat, openat, renameat, renameat_with, statat,
    symlinkat, syncfs, unlinkat, utimensat,
};
use rustix::io::Errno;

use super::files::{WriteFile, at};
use super::gate::{Act, Gate};

/// A folder held open. Names are single: no `/` in them.
pub struct Folder {
    handle: OwnedFd,
    path: PathBuf,
    gate: Arc<dyn Gate>,
}

/// What an entry looks like apart from its content.
#[derive(Debug, Clone, Copy)]
pub struct Looks<'a> {
    /// User and group; `None` leaves them.
    pub owner: Option<(u32, u32)>,
    pub mode: u32,
    pub modified_secs: i64,
    pub modified_nanos: u32,
    /// Names and values of extended attributes.
    pub attributes: &'a [(Vec<u8>, Vec<u8>)],
}

/// Which entry stands at a name; two names of one file are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub device: u64,
    pub inode: u64,
}

impl Folder {
    pub(super) fn open(path: &Path, gate: Arc<dyn Gate>) -> io::Result<Self> {
        let handle = openat(CWD, path, FOLDER, Mode::empty()).map_err(|e| at(path, e.into()))?;
        Ok(Self { handle, path: path.to_owned(), gate })
    }

    /// Opens a folder by an absolute path, step by step and through no link; reading what lies on
    /// the way needs no right, only passing through it.
    pub(super) fn reach(path: &Path, gate: Arc<dyn Gate>) -> io::Result<Self> {
        let mut handle = openat(CWD, "/", PASSING, Mode::empty()).map_err(|e| at(path, e.into()))?;
        for component in path.components() {
            match component {
                Component::RootDir | Component::CurDir => {}
                Component::Normal(name) => {
                    handle = openat(&handle, name, PASSING, Mode::empty()).map_err(|e| at(path, e.into()))?;
                }
                Component::ParentDir | Component::Prefix(_) => return Err(at(path, Errno::INVAL.into())),
            }
        }
        let handle = openat(&handle, ".", FOLDER, Mode::empty()).map_err(|e| at(path, e.into()))?;
        Ok(Self { handle, path: path.to_owned(), gate })
    }

    /// The same folder, held once more.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn again(&self) -> io::Result<Self> {
        let handle = self.handle.try_clone().map_err(|e| at(&self.path, e))?;
        Ok(Self { handle, path: self.path.clone(), gate: self.gate.clone() })
    }

    /// Opens a folder that lies in this one.
    ///
    /// # Errors
    /// The system's, with the path; `NotADirectory` also where a link stands.
    pub fn folder(&self, name: &Path) -> io::Result<Self> {
        let path = self.path.join(name);
        let handle = openat(&self.handle, name, FOLDER, Mode::empty()).map_err(|e| at(&path, e.into()))?;
        Ok(Self { handle, path, gate: self.gate.clone() })
    }

    /// Makes a folder that must not exist yet and opens it.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn new_folder(&self, name: &Path, mode: u32) -> io::Result<Self> {
        let path = self.pass(Act::MakeFolder, name)?;
        mkdirat(&self.handle, name, Mode::from_raw_mode(mode)).map_err(|e| at(&path, e.into()))?;
        self.folder(name)
    }

    /// Creates a file that must not exist yet.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn new_file(&self, name: &Path, mode: u32) -> io::Result<WriteFile> {
        let path = self.pass(Act::Create, name)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.handle, name, flags, Mode::from_raw_mode(mode)).map_err(|e| at(&path, e.into()))?;
        Ok(WriteFile::created(File::from(file), path, self.gate.clone()))
    }

    /// Creates a symbolic link with its owner and time; where it points is not looked at.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn new_link(&self, name: &Path, target: &Path, looks: &Looks<'_>) -> io::Result<()> {
        let path = self.pass(Act::Create, name)?;
        let made = symlinkat(target, &self.handle, name)
            .and_then(|()| match looks.owner() {
                Some((user, group)) => chownat(&self.handle, name, Some(user), Some(group), AtFlags::SYMLINK_NOFOLLOW),
                None => Ok(()),
            })
            .and_then(|()| utimensat(&self.handle, name, &looks.times(), AtFlags::SYMLINK_NOFOLLOW));
        made.map_err(|e| at(&path, e.into()))
    }

    /// Gives the entry `theirs` of `folder` one more name here.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn new_hard_link(&self, name: &Path, folder: &Folder, theirs: &Path) -> io::Result<()> {
        let path = self.pass(Act::Create, name)?;
        linkat(&folder.handle, theirs, &self.handle, name, AtFlags::empty()).map_err(|e| at(&path, e.into()))
    }

    /// Moves the entry `theirs` of `from` here, in the place of what stands at `name`.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn take(&self, name: &Path, from: &Folder, theirs: &Path) -> io::Result<()> {
        let path = self.pass(Act::Rename, name)?;
        renameat(&from.handle, theirs, &self.handle, name).map_err(|e| at(&path, e.into()))
    }

    /// Moves the entry `theirs` of `from` here without ever replacing; as
    /// [`super::files::Files::rename_new`] where the file system knows no such move.
    ///
    /// # Errors
    /// `AlreadyExists` where something stands at `name`; else the system's, with the path.
    pub fn take_new(&self, name: &Path, from: &Folder, theirs: &Path) -> io::Result<()> {
        let path = self.pass(Act::Rename, name)?;
        let moved = match renameat_with(&from.handle, theirs, &self.handle, name, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
                    Ok(_) => Err(Errno::EXIST),
                    Err(Errno::NOENT) => renameat(&from.handle, theirs, &self.handle, name),
                    Err(error) => Err(error),
                }
            }
            moved => moved,
        };
        moved.map_err(|e| at(&path, e.into()))
    }

    /// Takes one name of an entry away that is no folder; a missing one is no error.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn remove(&self, name: &Path) -> io::Result<()> {
        let path = self.pass(Act::Remove, name)?;
        match unlinkat(&self.handle, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(at(&path, error.into())),
        }
    }

    /// What stands at `name`; `None` where nothing does.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn entry(&self, name: &Path) -> io::Result<Option<Standing>> {
        match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Standing { device: stat.st_dev, inode: stat.st_ino })),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(at(&self.path.join(name), error.into())),
        }
    }

    /// Makes the names in it durable, where its file system can.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn sync(&self) -> io::Result<()> {
        self.gate.pass(Act::SyncFolder, &self.path).map_err(|e| at(&self.path, e))?;
        match fsync(&self.handle) {
            Ok(()) | Err(Errno::INVAL | Errno::NOTSUP) => Ok(()),
            Err(error) => Err(at(&self.path, error.into())),
        }
    }

    /// Gives the folder itself owner, mode, attributes and time; after all its entries, for these
    /// change its time and inherit from it.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn dress(&self, looks: &Looks<'_>) -> io::Result<()> {
        self.gate.pass(Act::Write, &self.path).map_err(|e| at(&self.path, e))?;
        looks.put_on(self.handle.as_fd()).map_err(|e| at(&self.path, e.into()))
    }

    /// Lets new entries inherit nothing: what the folder above gave this one is taken away.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn inherit_nothing(&self) -> io::Result<()> {
        for name in [c"system.posix_acl_default", c"system.posix_acl_access"] {
            match fremovexattr(&self.handle, name) {
                Ok(()) | Err(Errno::NODATA | Errno::NOTSUP) => {}
                Err(error) => return Err(at(&self.path, error.into())),
            }
        }
        Ok(())
    }

    /// Makes everything on its file system durable.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn sync_all(&self) -> io::Result<()> {
        self.gate.pass(Act::Sync, &self.path).map_err(|e| at(&self.path, e))?;
        syncfs(&self.handle).map_err(|e| at(&self.path, e.into()))
    }

    fn pass(&self, act: Act, name: &Path) -> io::Result<PathBuf> {
        let path = self.path.join(name);
        match self.gate.pass(act, &path) {
            Ok(()) => Ok(path),
            Err(error) => Err(at(&path, error)),
        }
    }
}

impl Looks<'_> {
    /// In the order that keeps each: a change of owner clears set-uid, a change of mode may take
    /// away the right to set attributes and alters an ACL, anything may change the time.
    pub(super) fn put_on(&self, handle: BorrowedFd<'_>) -> Result<(), Errno> {
        if let Some((user, group)) = self.owner() {
            fchown(handle, Some(user), Some(group))?;
        }
        let is_acl = |name: &[u8]| name.starts_with(b"system.");
        for (name, value) in self.attributes.iter().filter(|(name, _)| !is_acl(name)) {
            set_attribute(handle, name, value)?;
        }
        fchmod(handle, Mode::from_raw_mode(self.mode))?;
        for (name, value) in self.attributes.iter().filter(|(name, _)| is_acl(name)) {
            set_attribute(handle, name, value)?;
        }
        futimens(handle, &self.times())
    }

    fn owner(&self) -> Option<(Uid, Gid)> {
        self.owner.map(|(user, group)| (Uid::from_raw(user), Gid::from_raw(group)))
    }

    fn times(&self) -> Timestamps {
        Timestamps {
            last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
            last_modification: Timespec { tv_sec: self.modified_secs, tv_nsec: self.modified_nanos.into() },
        }
    }
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A folder on the way to another: it may be passed through without the right to read it.
const PASSING: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A file system that keeps no attributes loses them: content that is back matters more.
fn set_attribute(handle: BorrowedFd<'_>, name: &[u8], value: &[u8]) -> Result<(), Errno> {
    match fsetxattr(handle, name, value, XattrFlags::empty()) {
        Err(Errno::NOTSUP) => Ok(()),
        set => set,
    }
}
