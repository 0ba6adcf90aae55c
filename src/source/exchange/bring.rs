//! Archives brought to where they are wanted: whole into a new folder, single entries to the new
//! paths of their exchanges, anything into a folder the operator names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::places::Live;
use super::{Paths, room, stands, target, trouble};
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::archive::{self, Only, Spot, Terms};
use crate::source::restore::{Bytes, Wish};
use crate::sys::files::parent;
use crate::sys::tree::Folder;

/// Unpacks what is wished for into a folder that does not exist yet.
///
/// # Errors
/// Anything less; what was made may stand then.
pub(in crate::source) fn whole(new: &Path, bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
    let room_bytes = room::free_bytes(parent(new));
    unpack(archive::new_root(new, work)?, room_bytes, bytes, wish, work)
}

/// Unpacks what is wished for into a folder that is empty or does not exist.
///
/// # Errors
/// Anything less; what was made is gone then.
pub(in crate::source) fn into_folder(folder: &Path, bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
    target::fill(folder, work, |real, is_there| {
        if !is_there {
            return whole(real, bytes, wish, work);
        }
        let root = work.sys.files.open_folder(real).map_err(|error| trouble(&error))?;
        unpack(root, room::free_bytes(real), bytes, wish, work)
    })
}

fn unpack(root: Folder, room_bytes: Option<u64>, bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
    let stated = wish.facts.archive.as_ref().map(|facts| &facts.content);
    let terms = Terms::of(stated, room_bytes, wish.no_owner);
    let mut only = Only::new(&wish.only)?;
    archive::load_into(bytes.raw, vec![root], &mut |path| Some(Spot { root: 0, path }), &mut only, terms, work)
}

/// Brings the picked entries to the new paths of their exchanges.
///
/// # Errors
/// Anything less; what was made may stand then.
pub(in crate::source) fn single(
    all: &[Paths],
    bytes: Bytes<'_>,
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
    let roots: Result<Vec<_>, Trouble> = staging.iter().map(|folder| archive::new_root(folder, work)).collect();
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
    archive::load_into(bytes.raw, roots?, &mut spot, &mut only, terms, work)?;
    for paths in all {
        if !stands(&paths.new).map_err(|error| trouble(&error))? {
            let text = format!("unpack the archive: nothing came to {}", paths.new.display());
            return Err(Trouble::lasting(Stage::Dump, text));
        }
    }
    Ok(())
}
