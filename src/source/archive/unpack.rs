//! Entries of an archive as files, folders and links below open folders. Everything is created
//! relative to a folder's handle, following no link; nothing is ever replaced.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::process::geteuid;

use super::attributes::is_kept;
use super::entry::{Attribute, Entry, What};
use super::giver;
use super::hostile;
use super::load::Content;
use super::terms::Owners;
use crate::domain::trouble::{Outlook, Stage, Trouble};
use crate::source::Work;
use crate::sys::fault;
use crate::sys::files::errno;
use crate::sys::tree::{Folder, Looks};

/// Until a folder has all its entries nobody else looks into it.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// Folders that only a path speaks of, without an entry of their own.
const IMPLIED_MODE: u32 = 0o755;

/// Where an entry is unpacked: which of the roots, and the path below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::source) struct Spot {
    pub(in crate::source) root: usize,
    pub(in crate::source) path: PathBuf,
}

/// An unpacking under way.
pub(super) struct Unpacking {
    roots: Vec<Folder>,
    owners: Owners,
    /// The folder of the last entry: the next one mostly lies there too.
    current: Option<(Spot, Folder)>,
    /// Folders get their looks last: their entries change their time and inherit their ACLs.
    dressed_later: BTreeMap<Spot, Entry>,
    /// Folders made because a path spoke of them.
    implied: BTreeSet<Spot>,
    /// Looks of folders that are not brought back for themselves, but may be made on the way.
    known: BTreeMap<Spot, Entry>,
}

impl Unpacking {
    pub(super) fn new(roots: Vec<Folder>, owners: Owners) -> Self {
        let (dressed_later, known) = (BTreeMap::new(), BTreeMap::new());
        Self { roots, owners, current: None, dressed_later, implied: BTreeSet::new(), known }
    }

    /// Unpacks one entry; `first` is where the entry stands that a hard link names again.
    ///
    /// # Errors
    /// Where the entry is hostile, its owner cannot be set, or the system refuses.
    pub(super) fn entry(
        &mut self,
        at: Spot,
        first: Option<Spot>,
        entry: &Entry,
        content: &mut Content<'_, '_>,
    ) -> Result<(), Trouble> {
        let Some(name) = at.path.file_name().map(PathBuf::from) else {
            return self.folder(at, entry);
        };
        let looks = Dress::of(entry, &self.owners)?;
        let folder = Spot { root: at.root, path: at.path.parent().unwrap_or(Path::new("")).to_owned() };
        let folder = self.enter(folder).map_err(|error| told(entry, &error))?;
        let made = match (entry.what, first) {
            (What::Folder, _) => return self.folder(at, entry),
            (What::File, _) => folder.new_file(&name, FILE_MODE).map(Some),
            (What::Link, _) => {
                let target = Path::new(OsStr::from_bytes(&entry.link));
                folder.new_link(&name, target, &looks.looks()).map(|()| None)
            }
            (What::HardLink, first) => {
                let folder = folder.again().map_err(|error| refused(&error))?;
                self.hard_link(&folder, &name, first).map(|()| None)
            }
        };
        let Some(mut file) = made.map_err(|error| told(entry, &error))? else { return Ok(()) };
        content.pass(&mut |piece| file.write_all(piece).map_err(|error| refused(&error)))?;
        file.dress(&looks.looks()).map_err(|error| undressed(&error))
    }

    /// Remembers what a folder looks like, should one of its entries need it.
    pub(super) fn know(&mut self, at: Spot, entry: &Entry) {
        self.known.insert(at, entry.clone());
    }

    fn folder(&mut self, at: Spot, entry: &Entry) -> Result<(), Trouble> {
        let is_root = at.path.as_os_str().is_empty();
        if is_root && entry.what != What::Folder {
            return Err(hostile(entry, "is no folder"));
        }
        if self.dressed_later.contains_key(&at) {
            return Err(hostile(entry, TWICE));
        }
        if !is_root && !self.implied.remove(&at) {
            let name = at.path.file_name().map(PathBuf::from).ok_or_else(|| hostile(entry, TWICE))?;
            let (_, folder) = self.current.as_ref().ok_or_else(|| hostile(entry, TWICE))?;
            folder.new_folder(&name, FOLDER_MODE).map_err(|error| told(entry, &error))?;
        }
        self.dressed_later.insert(at, entry.clone());
        Ok(())
    }

    fn hard_link(&self, folder: &Folder, name: &Path, first: Option<Spot>) -> io::Result<()> {
        let first = first.ok_or(io::ErrorKind::InvalidInput)?;
        let first_name = first.path.file_name().map(PathBuf::from).ok_or(io::ErrorKind::InvalidInput)?;
        let above = Spot { root: first.root, path: first.path.parent().unwrap_or(Path::new("")).to_owned() };
        folder.new_hard_link(name, &self.open(&above)?, &first_name)
    }

    /// The folder at a spot, with those above it made where no entry spoke of them.
    fn enter(&mut self, at: Spot) -> io::Result<&Folder> {
        if self.current.as_ref().is_none_or(|(current, _)| *current != at) {
            let mut folder = self.root(&at)?.again()?;
            let mut walked = PathBuf::new();
            for name in &at.path {
                walked.push(name);
                let name = Path::new(name);
                folder = match folder.folder(name) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        self.implied.insert(Spot { root: at.root, path: walked.clone() });
                        folder.new_folder(name, IMPLIED_MODE)?
                    }
                    opened => opened?,
                };
            }
            self.current = Some((at, folder));
        }
        self.current.as_ref().map(|(_, folder)| folder).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn root(&self, at: &Spot) -> io::Result<&Folder> {
        self.roots.get(at.root).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn open(&self, at: &Spot) -> io::Result<Folder> {
        at.path.iter().try_fold(self.root(at)?.again()?, |folder, name| folder.folder(Path::new(name)))
    }

    /// Gives folders their looks and makes all of it durable. Deepest first, so that each is
    /// still open to us and none changes another's time.
    ///
    /// # Errors
    /// Where an owner cannot be set, or the system refuses.
    pub(super) fn finish(mut self, work: &Work) -> Result<(), Trouble> {
        let made_on_the_way = std::mem::take(&mut self.known).into_iter().filter(|(at, _)| self.implied.contains(at));
        self.dressed_later.extend(made_on_the_way);
        for (at, entry) in self.dressed_later.iter().rev() {
            work.stop.check(Stage::Write)?;
            let looks = Dress::of(entry, &self.owners)?;
            let folder = self.open(at).map_err(|error| refused(&error))?;
            folder.dress(&looks.looks()).map_err(|error| undressed(&error))?;
        }
        self.roots.iter().try_for_each(Folder::sync_all).map_err(|error| refused(&error))
    }
}

/// An entry's looks, as far as they are to be given.
struct Dress<'a> {
    entry: &'a Entry,
    owner: Option<(u32, u32)>,
    attributes: Vec<Attribute>,
}

impl<'a> Dress<'a> {
    fn of(entry: &'a Entry, owners: &Owners) -> Result<Self, Trouble> {
        let attributes = entry.attributes.iter().filter(|(name, _)| is_kept(name)).cloned().collect();
        Ok(Self { entry, owner: owners.of(entry)?, attributes })
    }

    fn looks(&self) -> Looks<'_> {
        Looks {
            owner: self.owner,
            mode: self.entry.mode,
            modified_secs: self.entry.mtime.secs,
            modified_nanos: self.entry.mtime.nanos,
            attributes: &self.attributes,
        }
    }
}

/// What an error of creating an entry says about the archive; else it is the system's.
fn told(entry: &Entry, error: &io::Error) -> Trouble {
    match errno(error).map(Errno::from_raw_os_error) {
        Some(Errno::EXIST) => hostile(entry, TWICE),
        Some(Errno::NOTDIR | Errno::LOOP) => hostile(entry, THROUGH),
        Some(Errno::NOENT) if entry.what == What::HardLink => hostile(entry, TO_NOTHING),
        _ => refused(error),
    }
}

pub(super) const TWICE: &str = "stands in it twice";
pub(super) const THROUGH: &str = "leads through what is no folder";
pub(super) const TO_NOTHING: &str = "is a hard link to nothing before it";

/// Root without the right to give files away, as in a container that has dropped it.
fn undressed(error: &io::Error) -> Trouble {
    if errno(error) == Some(Errno::PERM.raw_os_error()) {
        let trouble = refused(error);
        return Trouble { outlook: Outlook::Lasting, hint: Some(giver::hint(geteuid().is_root())), ..trouble };
    }
    refused(error)
}

pub(super) fn refused(error: &io::Error) -> Trouble {
    fault::trouble(Stage::Write, error).while_doing("unpack the archive")
}
