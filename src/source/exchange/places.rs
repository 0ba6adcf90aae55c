//! Where single entries of an archive belong, and how they come there: each is brought into a
//! folder of ours in the nearest folder that stands, on whose file system it will stay, and moves
//! from there by one act. A folder that is missing comes whole.
//!
//! Never: follows a link on the way to a place.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Paths, ending, new_within, room, stands, trouble};
use crate::domain::id::BackupId;
use crate::domain::restoring::listed;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::archive::{self, ENTRY_BYTES, Only, Owners, Pick, Settable};
use crate::source::restore::{Prospect, Wish};
use crate::sys::files::at;
use crate::sys::{mounts, regular};

/// A file that is compared is read in pieces of this size.
const PIECE_BYTES: usize = 64 * 1024;

/// Where the entry of a path belongs.
pub(in crate::source) type Live<'a> = &'a dyn Fn(&Path) -> Result<PathBuf, Trouble>;

/// How it is told what stands there and will be replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Told {
    Counted,
    /// Each file that differs is named: settings of another machine must not come unseen.
    ByName,
}

/// What putting single entries back will do.
///
/// # Errors
/// Where nothing is asked for, an entry cannot stand in its place or be whose it was, or there is no
/// right or room to put it there.
pub(in crate::source) fn look(
    raw: &mut dyn Read,
    live: Live<'_>,
    told: Told,
    wish: &Wish,
    work: &Work,
) -> Result<Prospect, Trouble> {
    let is_made = |path: &Path| live(path).is_ok_and(|live| !stands(&live).unwrap_or(true));
    let mut settable = Settable::new(Owners::wished(wish.no_owner), &is_made);
    let picks = archive::picks(raw, &mut Only::new(&wish.only)?, told == Told::ByName, &mut settable, work)?;
    let (all, changed) = exchanges(&picks, live, wish)?;
    let mut says = Vec::new();
    if let Some(first) = all.first() {
        let first = first.live.display();
        says.push(Saying::new("restore-single").with("count", all.len()).with("first", first));
    }
    let kept = all.iter().filter(|paths| paths.old.is_some()).count();
    if kept > 0 {
        says.push(Saying::new("restore-single-kept").with("count", kept).with("run", &wish.run));
    }
    if !changed.is_empty() {
        says.push(Saying::new("restore-single-changed").with("paths", listed(changed.iter().map(String::as_str))));
    }
    let exchanges = all.iter().map(Paths::exchange).collect();
    Ok(Prospect { says, exchanges, remarks: Vec::new(), in_place: false })
}

/// The exchanges, and which of the files that stand there hold something else than the archive's; that
/// is told only of picks that were digested.
fn exchanges(picks: &[Pick], live: Live<'_>, wish: &Wish) -> Result<(Vec<Paths>, Vec<String>), Trouble> {
    let mounts = mounts::points().map_err(|error| trouble(&error))?;
    let (mut exchanges, mut changed) = (Vec::new(), Vec::new());
    let mut named = HashSet::new();
    let mut needed: BTreeMap<PathBuf, u64> = BTreeMap::new();
    for pick in picks {
        let live = live(&pick.path)?;
        let (folder, first) = nearest(&live)?;
        *needed.entry(folder.clone()).or_default() += pick.size_bytes + ENTRY_BYTES;
        if mounts.contains(&live) && !pick.is_folder {
            let text = format!("look at {}: it is mounted by itself", live.display());
            let hint = Saying::new("hint-restore-mounted").with("path", live.display());
            return Err(Trouble::lasting(Stage::Connect, text).hint(hint));
        }
        if let Some(paths) = exchange(pick, &live, &folder, &first, &wish.run)?
            && named.insert(paths.live.clone())
        {
            if paths.old.is_some() && pick.digest.is_some_and(|digest| differs(&paths.live, pick.size_bytes, digest)) {
                changed.push(paths.live.display().to_string());
            }
            exchanges.push(paths);
        }
    }
    for (folder, needed_bytes) in &needed {
        room::may_write(folder)?;
        room::demand(folder, *needed_bytes, wish)?;
    }
    Ok((exchanges, changed))
}

/// Whether a file holds something else than was digested; one that cannot be read may.
fn differs(live: &Path, size_bytes: u64, digest: [u8; 32]) -> bool {
    let read = || {
        let mut file = regular::open(live)?;
        if file.metadata()?.len() != size_bytes {
            return Ok(true);
        }
        let mut hash = Sha256::new();
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            match file.read(&mut piece)? {
                0 => break,
                read => hash.update(&piece[..read]),
            }
        }
        Ok::<bool, io::Error>(<[u8; 32]>::from(hash.finalize()) != digest)
    };
    read().unwrap_or(true)
}

/// One pick's exchange; `None` for a folder that stands already.
fn exchange(pick: &Pick, live: &Path, folder: &Path, first: &Path, run: &BackupId) -> Result<Option<Paths>, Trouble> {
    let (target, new) = (folder.join(first), new_within(folder, run).join(first));
    if target != live || !stands(live).map_err(|error| trouble(&error))? {
        return Ok(Some(Paths { live: target, new, old: None }));
    }
    let is_folder = live.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    match (pick.is_folder, is_folder) {
        (true, true) => Ok(None),
        (false, false) => Ok(Some(Paths { live: target, new, old: Some(ending(live, &format!("_before_{run}"))) })),
        _ => {
            let what = if is_folder { "a folder" } else { "a file" };
            let text = format!("look at {}: {what} stands there, and the archive holds something else", live.display());
            let hint = Saying::new("hint-restore-other-kind").with("path", live.display());
            Err(Trouble::lasting(Stage::Connect, text).hint(hint))
        }
    }
}

/// The nearest folder above a path that stands, without any link on the way to it, and the name
/// of the next step down.
fn nearest(live: &Path) -> Result<(PathBuf, PathBuf), Trouble> {
    let mut below = live;
    while let Some(folder) = below.parent() {
        match folder.canonicalize() {
            Ok(real) if real == folder && real.is_dir() => {
                let name = below.file_name().map(PathBuf::from).unwrap_or_default();
                return Ok((real, name));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.is_symlink() => below = folder,
            Err(error) if error.kind() != io::ErrorKind::NotADirectory => return Err(trouble(&at(folder, error))),
            _ => {
                let text = format!("look at {}: a link or file stands on the way to it", live.display());
                let hint = Saying::new("hint-restore-other-kind").with("path", folder.display());
                return Err(Trouble::lasting(Stage::Connect, text).hint(hint));
            }
        }
    }
    Err(Trouble::lasting(Stage::Connect, format!("look at {}: it is no path of a file", live.display())))
}
