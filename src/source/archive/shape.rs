//! Whether the entries of an archive can stand beside each other, told from their paths alone: what
//! unpacking would refuse half-way is refused before anything is made.

use std::collections::HashMap;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::entry::{Entry, What};
use super::only::Only;
use super::read::Reader;
use super::settable::Settable;
use super::terms::Terms;
use super::unpack::{THROUGH, TO_NOTHING, TWICE};
use super::{hostile, inside};
use crate::domain::trouble::Trouble;
use crate::source::Work;

/// What stands at a path so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// A folder that only other paths speak of.
    Implied,
    Folder,
    Other,
}

/// The entries seen so far. A path is known by its digest: of a million files these are some
/// megabytes, and two paths that share one are not met.
#[derive(Default)]
pub(super) struct Shape {
    known: HashMap<u128, Stands>,
}

impl Shape {
    /// Takes one more entry, whose path below the target this is.
    ///
    /// # Errors
    /// Where it cannot stand beside those before it.
    pub(super) fn add(&mut self, entry: &Entry, path: &Path) -> Result<(), Trouble> {
        if path.as_os_str().is_empty() && entry.what != What::Folder {
            return Err(hostile(entry, "is no folder"));
        }
        self.lead(entry, path)?;
        if entry.what == What::HardLink {
            let first = inside(&entry.link).ok_or_else(|| hostile(entry, "is a hard link out of the archive"))?;
            self.lead(entry, &first)?;
            if self.known.get(&key(&first)) != Some(&Stands::Other) {
                return Err(hostile(entry, TO_NOTHING));
            }
        }
        let now = if entry.what == What::Folder { Stands::Folder } else { Stands::Other };
        match self.known.insert(key(path), now) {
            None => Ok(()),
            Some(Stands::Implied) if now == Stands::Folder => Ok(()),
            Some(_) => Err(hostile(entry, TWICE)),
        }
    }

    /// Every folder on the way must be one.
    fn lead(&mut self, entry: &Entry, path: &Path) -> Result<(), Trouble> {
        for above in path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
            if *self.known.entry(key(above)).or_insert(Stands::Implied) == Stands::Other {
                return Err(hostile(entry, THROUGH));
            }
        }
        Ok(())
    }
}

fn key(path: &Path) -> u128 {
    xxh3_128(path.as_os_str().as_bytes())
}

/// Reads all of an archive, and holds what `only` takes of it to `terms`.
///
/// # Errors
/// Where it is not whole, or hostile, or less or more than may be.
pub(in crate::source) fn look_through(
    raw: &mut dyn Read,
    only: &mut Only,
    mut terms: Terms<'_>,
    work: &Work,
) -> Result<(), Trouble> {
    let (mut reader, mut shape) = (Reader::new(raw, &work.stop), Shape::default());
    let mut settable = Settable::new(terms.owners(), &|_folder| true);
    while let Some(entry) = reader.next()? {
        let path = inside(&entry.path).ok_or_else(|| hostile(&entry, "leads out of the archive"))?;
        if only.takes(&path) {
            terms.admit(&entry)?;
            settable.take(&entry, &path)?;
            shape.add(&entry, &path)?;
        } else {
            settable.pass(&entry, &path);
        }
    }
    only.found_some()
}
