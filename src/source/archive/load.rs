//! Takes an archive apart into folders: whole, or only the entries that are asked for. What an
//! archive says is not believed: a path that is absolute or climbs, more than its manifest says
//! or than there is room for are refused here, what leads through a link or stands twice by
//! `unpack`. All of it was read and counted when this returns, also what was not unpacked.

use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::entry::{Entry, What};
use super::inspect::Count;
use super::only::Only;
use super::read::Reader;
use super::terms::Terms;
use super::unpack::{Spot, Unpacking, refused};
use super::{hostile, inside};
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{Target, Work};
use crate::sys::tree::Folder;

/// Until a folder has all its entries nobody else looks into it.
const FOLDER_MODE: u32 = 0o700;

/// Unpacks all of an archive into a folder that does not exist yet. Owners are given where we are
/// root.
///
/// # Errors
/// Where something stands at the target already, the archive is not whole or hostile, or the
/// system refuses; a part may then stand in the target.
pub(in crate::source) fn load(raw: &mut dyn Read, target: &Target, work: &Work) -> Result<(), Trouble> {
    let Target::Path(path) = target else {
        return Err(Trouble::lasting(Stage::SetUp, "unpack an archive: a folder is needed, not a database"));
    };
    let root = new_root(path, work)?;
    load_into(raw, vec![root], &mut |path| Some(Spot { root: 0, path }), &mut Only::all(), Terms::none(), work)
}

/// Makes the folder that an archive is unpacked into.
///
/// # Errors
/// Where something stands there, or the system refuses.
pub(in crate::source) fn new_root(path: &Path, work: &Work) -> Result<Folder, Trouble> {
    let root = work.sys.files.new_folder(path, FOLDER_MODE).map_err(|error| refused(&error))?;
    root.inherit_nothing().map_err(|error| refused(&error))?;
    Ok(root)
}

/// Unpacks what `only` takes of an archive, each entry at the spot that `spot` says; an entry
/// without one is read and left.
///
/// # Errors
/// Where nothing is taken, the archive is not whole, hostile, not what `terms` say, or the system
/// refuses; a part may then stand in the roots.
pub(in crate::source) fn load_into(
    raw: &mut dyn Read,
    roots: Vec<Folder>,
    spot: &mut dyn FnMut(PathBuf) -> Option<Spot>,
    only: &mut Only,
    mut terms: Terms<'_>,
    work: &Work,
) -> Result<(), Trouble> {
    let mut unpacking = Unpacking::new(roots, terms.owners());
    let mut reader = Reader::new(raw, &work.stop);
    let mut count = Count::default().showing(terms.each());
    while let Some(entry) = reader.next()? {
        let path = inside(&entry.path).ok_or_else(|| hostile(&entry, "leads out of the archive"))?;
        let mut content = Content { reader: &mut reader, hash: terms.compares().then(Sha256::new) };
        if only.takes(&path) {
            if let Some(at) = spot(path) {
                terms.admit(&entry)?;
                let first = first_of(&entry)?.map(|first| spot(first).ok_or_else(|| hostile(&entry, OTHER_LINK)));
                unpacking.entry(at, first.transpose()?, &entry, &mut content)?;
            }
        } else if entry.what == What::Folder
            && let Some(at) = spot(path)
        {
            unpacking.know(at, &entry);
        }
        count.add(&entry, &content.finish()?);
    }
    only.found_some()?;
    terms.compare(count)?;
    unpacking.finish(work)
}

const OTHER_LINK: &str = "is a hard link to what is not brought back";

/// The path a hard link names again.
fn first_of(entry: &Entry) -> Result<Option<PathBuf>, Trouble> {
    if entry.what != What::HardLink {
        return Ok(None);
    }
    inside(&entry.link).map(Some).ok_or_else(|| hostile(entry, "is a hard link out of the archive"))
}

/// The content of one entry, digested as it passes where that is wanted.
pub(super) struct Content<'a, 'b> {
    reader: &'a mut Reader<'b>,
    hash: Option<Sha256>,
}

impl Content<'_, '_> {
    /// Hands all of it over, piece by piece.
    pub(super) fn pass(&mut self, take: &mut dyn FnMut(&[u8]) -> Result<(), Trouble>) -> Result<(), Trouble> {
        let hash = &mut self.hash;
        self.reader.content(&mut |piece| {
            if let Some(hash) = hash {
                hash.update(piece);
            }
            take(piece)
        })
    }

    /// Reads what is left, and gives the digest of all: zeros where none is wanted.
    fn finish(mut self) -> Result<[u8; 32], Trouble> {
        self.pass(&mut |_piece| Ok(()))?;
        Ok(self.hash.map_or([0; 32], |hash| hash.finalize().into()))
    }
}
