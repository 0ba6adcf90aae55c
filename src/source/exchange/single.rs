//! Single files, each put in its place by itself. What stood there first gets its kept name as a
//! second one, so that there is no instant without the file; where the file system knows no
//! second names it is renamed. Whether `new` still stands says of each whether it is done.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::{Paths, trouble, unsettled};
use crate::domain::trouble::Trouble;
use crate::source::restore::Stands;
use crate::sys::files::{Files, errno, parent};
use crate::sys::tree::Folder;

/// Puts every new file in its place.
///
/// # Errors
/// Where every old file still stands in its place.
pub(in crate::source) fn swap(all: &[Paths], files: &Files) -> Result<(), Trouble> {
    put_all(all, files).map_err(|error| {
        // Where this fails too, `settle` will do it.
        let _later = take_back_all(all, files);
        trouble(&error)
    })?;
    // All is in its place; an empty folder that stays is removed by the next who clears away.
    let _stays = clear(all, files);
    Ok(())
}

/// Ends what was cut short: forwards where any new file stands in its place, else back.
///
/// # Errors
/// The system's.
pub(in crate::source) fn settle(all: &[Paths], files: &Files) -> Result<Stands, Trouble> {
    let end = || -> io::Result<Stands> {
        let done: io::Result<Vec<bool>> = all.iter().map(|paths| Pair::open(paths, files)?.is_done()).collect();
        if done?.contains(&true) {
            put_all(all, files).and_then(|()| clear(all, files)).map(|()| Stands::New)
        } else {
            take_back_all(all, files).map(|()| Stands::Old)
        }
    };
    end().map_err(|error| trouble(&error))
}

/// Removes what a prepare made.
///
/// # Errors
/// Where an exchange is under way, or the system refuses.
pub(in crate::source) fn discard(all: &[Paths], files: &Files) -> Result<(), Trouble> {
    let mut left = Vec::new();
    for paths in all.iter().filter(|paths| paths.is_made()) {
        if super::stands(&paths.new).map_err(|error| trouble(&error))? {
            left.push(paths);
        }
    }
    if let Some(paths) = left.first() {
        let begun = all.iter().map(|paths| Pair::open(paths, files)?.is_begun());
        let begun: io::Result<Vec<bool>> = begun.collect();
        if begun.map_err(|error| trouble(&error))?.contains(&true) {
            return Err(unsettled(paths));
        }
    }
    clear(all, files).map_err(|error| trouble(&error))
}

/// The folders new files were brought into.
pub(in crate::source) fn staging_folders(all: &[Paths]) -> BTreeSet<PathBuf> {
    let is_ours = |path: &&Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(super::NEW));
    all.iter().filter_map(|paths| paths.new.ancestors().find(is_ours).map(Path::to_owned)).collect()
}

fn put_all(all: &[Paths], files: &Files) -> io::Result<()> {
    all.iter().try_for_each(|paths| Pair::open(paths, files)?.put())
}

fn take_back_all(all: &[Paths], files: &Files) -> io::Result<()> {
    all.iter().rev().try_for_each(|paths| Pair::open(paths, files)?.take_back())
}

fn clear(all: &[Paths], files: &Files) -> io::Result<()> {
    staging_folders(all).iter().try_for_each(|folder| files.remove_folder(folder))
}

/// One file and the open folders its names lie in.
struct Pair<'a> {
    place: Folder,
    /// `None` where it was cleared away, after the last new file had left it.
    from: Option<Folder>,
    live: &'a Path,
    new: &'a Path,
    old: Option<&'a Path>,
}

impl<'a> Pair<'a> {
    fn open(paths: &'a Paths, files: &Files) -> io::Result<Self> {
        let from = match files.open_folder(parent(&paths.new)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            opened => Some(opened?),
        };
        let name = |path: &'a Path| path.file_name().map(Path::new).ok_or(io::Error::from(io::ErrorKind::InvalidInput));
        Ok(Self {
            place: files.open_folder(parent(&paths.live))?,
            from,
            live: name(&paths.live)?,
            new: name(&paths.new)?,
            old: paths.old.as_deref().map(name).transpose()?,
        })
    }

    /// Whether the new file stands in its place: it has left where it was brought, and what stood
    /// there has its kept name.
    fn is_done(&self) -> io::Result<bool> {
        let new = self.from.as_ref().map_or(Ok(None), |from| from.entry(self.new))?;
        let standing = self.place.entry(self.live)?;
        Ok(if new.is_some() { standing == new } else { standing.is_some() && self.is_kept()? })
    }

    /// Whether what stood there has its kept name; true where nothing did.
    fn is_kept(&self) -> io::Result<bool> {
        self.old.map_or(Ok(true), |old| Ok(self.place.entry(old)?.is_some()))
    }

    /// Whether anything of the exchange was made.
    fn is_begun(&self) -> io::Result<bool> {
        Ok(self.is_done()? || (self.old.is_some() && self.is_kept()?))
    }

    fn put(&self) -> io::Result<()> {
        let Some(from) = &self.from else { return Ok(()) };
        if self.is_done()? {
            // A second name is what a way back that was cut short has left.
            return from.remove(self.new);
        }
        match self.old {
            None => self.place.take_new(self.live, from, self.new)?,
            Some(old) => {
                let standing = self.place.entry(self.live)?;
                let is_kept = self.place.entry(old)?.is_some_and(|kept| standing.is_none_or(|it| it == kept));
                if !is_kept {
                    name_also(&self.place, old, &self.place, self.live)?;
                    self.place.sync()?;
                }
                self.place.take(self.live, from, self.new)?;
            }
        }
        self.place.sync()
    }

    fn take_back(&self) -> io::Result<()> {
        let Some(from) = &self.from else { return Ok(()) };
        let standing = self.place.entry(self.live)?;
        match self.old {
            None if self.is_done()? => from.take_new(self.new, &self.place, self.live)?,
            None => {}
            Some(old) if self.is_done()? => {
                if from.entry(self.new)?.is_none() {
                    name_also(from, self.new, &self.place, self.live)?;
                }
                self.place.take(self.live, &self.place, old)?;
            }
            Some(old) => match (standing, self.place.entry(old)?) {
                (None, Some(_)) => self.place.take_new(self.live, &self.place, old)?,
                (Some(live), Some(kept)) if live == kept => self.place.remove(old)?,
                _ => {}
            },
        }
        self.place.sync()
    }
}

/// Gives the entry `theirs` of `from` the name `name` in `folder` too; moves it there where it
/// can have no second one.
fn name_also(folder: &Folder, name: &Path, from: &Folder, theirs: &Path) -> io::Result<()> {
    match folder.new_hard_link(name, from, theirs) {
        Err(error) if errno(&error).is_some_and(has_no_second_names) => folder.take_new(name, from, theirs),
        named => named,
    }
}

/// By the file system, by its bound, or by the kernel for what is another's.
fn has_no_second_names(number: i32) -> bool {
    [Errno::PERM, Errno::NOTSUP, Errno::MLINK, Errno::NOSYS].map(Errno::raw_os_error).contains(&number)
}
