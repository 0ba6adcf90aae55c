//! Unpacks an archive into a folder that does not exist yet. What an archive says is not
//! believed: a path that is absolute or climbs, an entry through a link, a hard link to what the
//! archive did not bring, a second entry of one path, devices and pipes are refused; everything
//! is created relative to an open folder, following no link. Owners are given where we are root.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use rustix::io::Errno;

use super::attributes::is_kept;
use super::entry::{Attribute, Entry, What};
use super::read::Reader;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{Target, Work};
use crate::sys::files::errno;
use crate::sys::tree::{Folder, Looks};

/// Until a folder has all its entries nobody else looks into it.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// Folders that only a path speaks of, without an entry of their own.
const IMPLIED_MODE: u32 = 0o755;

/// # Errors
/// Where something stands at the target already, the archive is not whole or hostile, or the
/// system refuses; a part may then stand in the target.
pub(in crate::source) fn load(raw: &mut dyn Read, target: &Target, work: &Work) -> Result<(), Trouble> {
    let Target::Path(path) = target else {
        return Err(Trouble::lasting(Stage::SetUp, "unpack an archive: a folder is needed, not a database"));
    };
    let root = work.sys.files.new_folder(path, FOLDER_MODE).map_err(|error| refused(&error))?;
    root.inherit_nothing().map_err(|error| refused(&error))?;
    let current = root.again().map_err(|error| refused(&error))?;
    let mut unpacking =
        Unpacking { root, current, current_path: PathBuf::new(), dressed_later: Vec::new(), implied: BTreeSet::new() };
    let mut reader = Reader::new(raw, &work.stop);
    while let Some(entry) = reader.next()? {
        unpacking.entry(entry, &mut reader)?;
    }
    unpacking.finish(work).map_err(|error| refused(&error))
}

struct Unpacking {
    root: Folder,
    /// The folder of the last entry: the next one mostly lies there too.
    current: Folder,
    current_path: PathBuf,
    /// Folders get their looks last: their entries change their time and inherit their ACLs.
    dressed_later: Vec<(PathBuf, Entry)>,
    /// Folders made because a path spoke of them.
    implied: BTreeSet<PathBuf>,
}

impl Unpacking {
    fn entry(&mut self, mut entry: Entry, reader: &mut Reader<'_>) -> Result<(), Trouble> {
        let path = inside(&entry.path).ok_or_else(|| hostile(&entry, "leads out of the archive"))?;
        entry.attributes.retain(|(name, _)| is_kept(name));
        let Some(name) = path.file_name().map(PathBuf::from) else {
            return self.folder(PathBuf::new(), entry);
        };
        self.enter(path.parent().unwrap_or(Path::new(""))).map_err(|error| told(&entry, &error))?;
        let made = match entry.what {
            What::Folder => return self.folder(path, entry),
            What::File => self.current.new_file(&name, FILE_MODE).map(Some),
            What::Link => {
                let target = Path::new(OsStr::from_bytes(&entry.link));
                self.current.new_link(&name, target, &looks(&entry)).map(|()| None)
            }
            What::HardLink => {
                let first = inside(&entry.link).ok_or_else(|| hostile(&entry, "is a hard link out of the archive"))?;
                self.hard_link(&name, &first).map(|()| None)
            }
        };
        let Some(mut file) = made.map_err(|error| told(&entry, &error))? else { return Ok(()) };
        reader.content(&mut |piece| file.write_all(piece).map_err(|error| refused(&error)))?;
        file.dress(&looks(&entry)).map_err(|error| refused(&error))
    }

    fn folder(&mut self, path: PathBuf, entry: Entry) -> Result<(), Trouble> {
        let is_root = path.as_os_str().is_empty();
        if is_root && entry.what != What::Folder {
            return Err(hostile(&entry, "is no folder"));
        }
        let was_there = (is_root && !self.dressed_later.iter().any(|(path, _)| path.as_os_str().is_empty()))
            || self.implied.remove(&path);
        if !was_there {
            let name = path.file_name().map(PathBuf::from).ok_or_else(|| hostile(&entry, TWICE))?;
            self.current.new_folder(&name, FOLDER_MODE).map_err(|error| told(&entry, &error))?;
        }
        self.dressed_later.push((path, entry));
        Ok(())
    }

    fn hard_link(&mut self, name: &Path, first: &Path) -> io::Result<()> {
        let first_name = first.file_name().map(PathBuf::from).ok_or(io::ErrorKind::InvalidInput)?;
        let folder = self.open(first.parent().unwrap_or(Path::new("")))?;
        self.current.new_hard_link(name, &folder, &first_name)
    }

    /// Makes `path` the current folder, with those above it where no entry spoke of them.
    fn enter(&mut self, path: &Path) -> io::Result<()> {
        if path == self.current_path {
            return Ok(());
        }
        let mut folder = self.root.again()?;
        let mut walked = PathBuf::new();
        for name in path {
            walked.push(name);
            let name = Path::new(name);
            folder = match folder.folder(name) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.implied.insert(walked.clone());
                    folder.new_folder(name, IMPLIED_MODE)?
                }
                opened => opened?,
            };
        }
        (self.current, self.current_path) = (folder, walked);
        Ok(())
    }

    fn open(&self, path: &Path) -> io::Result<Folder> {
        path.iter().try_fold(self.root.again()?, |folder, name| folder.folder(Path::new(name)))
    }

    /// Deepest first, so that each is still open to us and none changes another's time.
    fn finish(mut self, work: &Work) -> io::Result<()> {
        self.dressed_later.sort_unstable_by(|(a, _), (b, _)| b.cmp(a));
        for (path, entry) in &self.dressed_later {
            work.stop.check_io()?;
            self.open(path)?.dress(&looks(entry))?;
        }
        self.root.sync_all()
    }
}

/// What an error of creating an entry says about the archive; else it is the system's.
fn told(entry: &Entry, error: &io::Error) -> Trouble {
    match errno(error).map(Errno::from_raw_os_error) {
        Some(Errno::EXIST) => hostile(entry, TWICE),
        Some(Errno::NOTDIR | Errno::LOOP) => hostile(entry, "leads through what is no folder"),
        Some(Errno::NOENT) if entry.what == What::HardLink => hostile(entry, "is a hard link to nothing before it"),
        _ => refused(error),
    }
}

const TWICE: &str = "stands in it twice";

fn looks(entry: &Entry) -> Looks<'_> {
    let number = |id: u64| u32::try_from(id).unwrap_or(u32::MAX);
    let attributes: &[Attribute] = &entry.attributes;
    Looks {
        owner: rustix::process::geteuid().is_root().then(|| (number(entry.uid), number(entry.gid))),
        mode: entry.mode,
        modified_secs: entry.mtime.secs,
        modified_nanos: entry.mtime.nanos,
        attributes,
    }
}

/// The path below the target; `None` where it would lie elsewhere or cannot be one.
fn inside(path: &[u8]) -> Option<PathBuf> {
    if path.is_empty() || path.contains(&0) {
        return None;
    }
    let mut plain = PathBuf::new();
    for component in Path::new(OsStr::from_bytes(path)).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) => plain.push(name),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(plain)
}

fn hostile(entry: &Entry, what: &str) -> Trouble {
    let path = String::from_utf8_lossy(&entry.path);
    Trouble::lasting(Stage::Dump, format!("unpack the archive: `{path}` {what}"))
}

fn refused(error: &io::Error) -> Trouble {
    Trouble::passing(Stage::Write, format!("unpack the archive: {error}"))
}
