//! The entries of an archive that are asked for, found by reading it once before anything is
//! made: whoever puts single files back must know where each belongs.

use std::collections::HashSet;
use std::io::Read;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::entry::What;
use super::only::Only;
use super::read::Reader;
use super::settable::Settable;
use super::shape::Shape;
use super::{hostile, inside};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;

/// Each becomes a line of the journal and an act of its own; who wants more wants the folder.
const PICKS_MAX: usize = 20_000;

/// An entry that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::source) struct Pick {
    /// Below the root of the archive; never the root itself.
    pub(in crate::source) path: PathBuf,
    pub(in crate::source) is_folder: bool,
    pub(in crate::source) size_bytes: u64,
    /// SHA-256 of a file's content, where it is to be compared.
    pub(in crate::source) digest: Option<[u8; 32]>,
}

fn digest_of(reader: &mut Reader<'_>) -> Result<[u8; 32], Trouble> {
    let mut hash = Sha256::new();
    reader.content(&mut |piece| {
        hash.update(piece);
        Ok(())
    })?;
    Ok(hash.finalize().into())
}

/// All that `only` takes, in the archive's order, with digests where it is to be `compared`.
///
/// # Errors
/// Where nothing is taken or too much, an owner cannot be set, or the archive is not whole or hostile.
pub(in crate::source) fn picks(
    raw: &mut dyn Read,
    only: &mut Only,
    compared: bool,
    settable: &mut Settable<'_>,
    work: &Work,
) -> Result<Vec<Pick>, Trouble> {
    let mut reader = Reader::new(raw, &work.stop);
    let mut found: Vec<Pick> = Vec::new();
    let (mut taken, mut shape) = (HashSet::new(), Shape::default());
    while let Some(entry) = reader.next()? {
        let path = inside(&entry.path).ok_or_else(|| hostile(&entry, "leads out of the archive"))?;
        if !only.takes(&path) || path.as_os_str().is_empty() {
            settable.pass(&entry, &path);
            continue;
        }
        if entry.what == What::HardLink {
            let first = inside(&entry.link).ok_or_else(|| hostile(&entry, "is a hard link out of the archive"))?;
            if !taken.contains(&first) {
                let first = first.display();
                let text = format!("is a hard link to `{first}`, which is not asked for");
                return Err(hostile(&entry, &text).hint(Saying::new("hint-hard-link").with("first", first)));
            }
        }
        if found.len() == PICKS_MAX {
            let text = format!("find files in the archive: more than {PICKS_MAX} match");
            return Err(Trouble::lasting(Stage::SetUp, text).hint(Saying::new("hint-too-many")));
        }
        shape.add(&entry, &path)?;
        settable.take(&entry, &path)?;
        taken.insert(path.clone());
        let digest = if compared && entry.what == What::File { Some(digest_of(&mut reader)?) } else { None };
        found.push(Pick { path, is_folder: entry.what == What::Folder, size_bytes: entry.size_bytes, digest });
    }
    only.found_some()?;
    Ok(found)
}
