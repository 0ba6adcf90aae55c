//! Single files and settings as a source: one small tar, entries named by the absolute path
//! without its first `/`. A folder among them is taken with all that is below it.

pub mod restore;

use std::collections::BTreeSet;
use std::ffi::CString;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{self, Component, Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat};
use rustix::io::Errno;

use super::archive::{self, Exclude, Packer};
use super::exchange::OWN_GLOBS;
use super::{Dumped, Source, Survey, Target, Work};
use crate::config::FilesConfig;
use crate::domain::artifact::{Form, Kind};
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::rights;

/// Files that are archived together.
pub struct Files {
    name: SourceName,
    /// Where the paths begin: the root, unless an archive of them was loaded elsewhere.
    root: PathBuf,
    /// Relative to the root, in order, none within another.
    paths: Vec<PathBuf>,
    exclude: Exclude,
}

impl Files {
    /// # Errors
    /// Where a relative path has no working folder to start from.
    pub fn new(config: &FilesConfig) -> Result<Self, Trouble> {
        let mut paths: Vec<PathBuf> = Vec::new();
        let absolute: Result<BTreeSet<PathBuf>, Trouble> = config.paths.iter().map(|path| plain(path)).collect();
        for path in absolute? {
            // In this order a folder comes before what lies in it.
            if !paths.last().is_some_and(|last| path.starts_with(last)) {
                paths.push(path);
            }
        }
        Ok(Self {
            name: config.name.clone(),
            root: PathBuf::from("/"),
            paths,
            exclude: Exclude::new(&OWN_GLOBS.map(str::to_owned))?,
        })
    }

    /// The same files, below a folder that an archive of them was loaded into.
    pub fn below(self, root: &Path) -> Self {
        Self { root: root.to_owned(), ..self }
    }

    /// All that can be opened; `Err` in the place of what cannot.
    fn open(&self) -> Result<Vec<Named<'_>>, Trouble> {
        let opened: Vec<_> = self.paths.iter().map(|path| (path.as_path(), open(&self.root.join(path)))).collect();
        match opened.iter().find_map(|(path, file)| file.as_ref().err().map(|error| (path, error))) {
            Some((path, error)) if opened.iter().all(|(_, file)| file.is_err()) => {
                let file = self.root.join(path);
                let path = file.display();
                let text = format!("open {path}: {}", std::io::Error::from(*error));
                Err(match *error {
                    Errno::ACCESS => Trouble::lasting(Stage::Connect, text).hint(rights::to_read(&file, &file)),
                    _ => Trouble::passing(Stage::Connect, text)
                        .hint(Saying::new("hint-no-file-found").with("path", path)),
                })
            }
            _ => Ok(opened),
        }
    }
}

impl Source for Files {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn kind(&self) -> Kind {
        Kind::Files
    }

    fn form(&self) -> Form {
        Form::Tar
    }

    fn survey(&self, work: &Work) -> Result<Survey, Trouble> {
        let mut measure = archive::Measure::new(&self.root);
        for (path, opened) in self.open()? {
            let stored = path.as_os_str().as_bytes();
            match opened {
                Ok(folder) if is_folder(&folder) => measure.tree(folder, stored, &self.exclude, &work.stop)?,
                Ok(file) => measure.file(stored, &file),
                Err(_) => measure.unreadable(stored),
            }
        }
        Ok(measure.finish())
    }

    fn dump(&self, out: &mut dyn Write, work: &Work) -> Result<Dumped, Trouble> {
        let mut packer = Packer::new(out, work, &self.name);
        for (path, opened) in self.open()? {
            let stored = path.as_os_str().as_bytes();
            match opened {
                Ok(folder) if is_folder(&folder) => packer.tree(folder, stored, &self.exclude)?,
                Ok(file) => packer.file(stored, file)?,
                // What the operator named must be there: this is no file that merely vanished.
                Err(_) => packer.note_unreadable(stored),
            }
        }
        packer.finish()
    }

    fn load(&self, raw: &mut dyn Read, target: &Target, work: &Work) -> Result<(), Trouble> {
        archive::load(raw, target, work)
    }
}

/// A path, and what stands there or why it cannot be opened.
type Named<'a> = (&'a Path, Result<OwnedFd, Errno>);

/// Opened through links: a settings file is often one, and its content is what is wanted. A pipe
/// is not waited for.
fn open(path: &Path) -> Result<OwnedFd, Errno> {
    let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno::INVAL)?;
    openat(CWD, path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())
}

fn is_folder(file: &OwnedFd) -> bool {
    fstat(file).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
}

/// From the root, without `.` and `..`: an entry's name must never climb.
fn plain(path: &Path) -> Result<PathBuf, Trouble> {
    let absolute = path::absolute(path)
        .map_err(|error| Trouble::lasting(Stage::SetUp, format!("find {}: {error}", path.display())))?;
    let mut plain = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::Normal(name) => plain.push(name),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    Ok(plain)
}
