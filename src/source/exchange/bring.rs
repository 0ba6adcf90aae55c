//! Archives brought to where they are wanted: whole into a new folder, single entries to the new
//! paths of their exchanges, anything into a folder the operator names.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::places::Live;
use super::{Paths, room, stands, target, trouble};
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::archive::{self, Giver, Only, Spot, Terms};
use crate::source::restore::Wish;
use crate::sys::files::parent;
use crate::sys::tree::Folder;

/// Until its entries are in their places nobody else looks into it.
const STAGING_MODE: u32 = 0o700;

/// Unpacks what is wished for into a folder that does not exist yet.
///
/// # Errors
/// Anything less; what was made may stand then.
pub(in crate::source) fn whole(new: &Path, raw: &mut dyn Read, wish: &Wish, work: &Work) -> Result<(), Trouble> {
    let room_bytes = room::free_bytes(parent(new));
    unpack(archive::new_root(new, work)?, room_bytes, raw, wish, work)
}

/// Unpacks what is wished for into a folder that is empty or does not exist.
///
/// # Errors
/// Anything less; what was made is gone then.
pub(in crate::source) fn into_folder(
    folder: &Path,
    raw: &mut dyn Read,
    wish: &Wish,
    work: &Work,
) -> Result<(), Trouble> {
    target::fill(folder, work, |real, is_there| {
        if !is_there {
            return whole(real, raw, wish, work);
        }
        let root = work.sys.files.open_folder(real).map_err(|error| trouble(&error))?;
        unpack(root, room::free_bytes(real), raw, wish, work)
    })
}

/// Reads an archive that no manifest vouches for, or whose owners may be in the way, before anything is
/// made of it in `folder`.
///
/// # Errors
/// Where it could not be brought there: hostile, more than there is room for, of owners that cannot be
/// set.
pub(in crate::source) fn look_through(
    folder: &Path,
    raw: &mut dyn Read,
    wish: &Wish,
    work: &Work,
) -> Result<(), Trouble> {
    let stated = wish.facts.archive.as_ref();
    if stated.is_some_and(|facts| wish.no_owner || Giver::ours().may_give_all(facts.owners.as_deref())) {
        return Ok(());
    }
    let standing = folder.ancestors().find(|above| above.is_dir()).unwrap_or(Path::new("/"));
    let terms = Terms::of(stated.map(|facts| &facts.content), room::free_bytes(standing), wish.no_owner);
    archive::look_through(raw, &mut Only::new(&wish.only)?, terms, work)
}

fn unpack(root: Folder, room_bytes: Option<u64>, raw: &mut dyn Read, wish: &Wish, work: &Work) -> Result<(), Trouble> {
    let stated = wish.facts.archive.as_ref().map(|facts| &facts.content);
    let terms = Terms::of(stated, room_bytes, wish.no_owner);
    let mut only = Only::new(&wish.only)?;
    archive::load_into(raw, vec![root], &mut |path| Some(Spot { root: 0, path }), &mut only, terms, work)
}

/// Brings the picked entries to the new paths of their exchanges.
///
/// # Errors
/// Anything less; what was made may stand then.
pub(in crate::source) fn single(
    all: &[Paths],
    raw: &mut dyn Read,
    live: Live<'_>,
    wish: &Wish,
    work: &Work,
) -> Result<(), Trouble> {
    if all.is_empty() {
        return Err(Trouble::lasting(Stage::SetUp, "unpack the archive: nothing in it is to be exchanged"));
    }
    let staging: Vec<PathBuf> = super::single::staging_folders(all).into_iter().collect();
    let mut spots: BTreeMap<&Path, Spot> = BTreeMap::new();
    for paths in all {
        let below = staging.iter().enumerate().find_map(|(root, folder)| {
            let path = paths.new.strip_prefix(folder).ok()?.to_owned();
            Some(Spot { root, path })
        });
        spots.extend(below.map(|spot| (paths.live.as_path(), spot)));
    }
    let roots: io::Result<Vec<Folder>> = staging.iter().map(|folder| new_staging(folder, work)).collect();
    let roots = roots.map_err(|error| trouble(&error))?;
    let stated = wish.facts.archive.as_ref().map(|facts| &facts.content);
    let room_bytes = staging.iter().filter_map(|folder| room::free_bytes(folder)).min();
    let mut spot = |path: PathBuf| {
        let live = live(&path).ok()?;
        live.ancestors().find_map(|above| {
            let at = spots.get(above)?;
            let rest = live.strip_prefix(above).ok()?;
            Some(Spot { root: at.root, path: at.path.components().chain(rest.components()).collect() })
        })
    };
    let mut only = Only::new(&wish.only)?;
    let terms = Terms::of(stated, room_bytes, wish.no_owner);
    archive::load_into(raw, roots, &mut spot, &mut only, terms, work)?;
    for paths in all {
        if !stands(&paths.new).map_err(|error| trouble(&error))? {
            let text = format!("unpack the archive: nothing came to {}", paths.new.display());
            return Err(Trouble::lasting(Stage::Dump, text));
        }
    }
    Ok(())
}

/// Within a folder of the application's, which could have put a link on the way meanwhile.
fn new_staging(path: &Path, work: &Work) -> io::Result<Folder> {
    let name = Path::new(path.file_name().unwrap_or_default());
    let folder = work.sys.files.open_folder(parent(path))?.new_folder(name, STAGING_MODE)?;
    folder.inherit_nothing()?;
    Ok(folder)
}
