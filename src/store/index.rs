//! The index: what the files of each set said when they were last read, so that a catalog of ten
//! thousand sets needs no manifest to be read again. Only a cache: an entry holds for exactly the
//! files it was made from, the whole carries its sum, and of whether an artifact is there it says
//! nothing. Deleting, corrupting or outdating it changes speed alone.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::listing::Stamp;
use crate::domain::id::BackupId;
use crate::domain::set::CatalogSet;
use crate::sys::regular;

/// An index larger than this is not read: a million sets.
const INDEX_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The first line. An entry does not say how it is made up: one of another shape is not read.
const HEADER: &str = "resguardo catalog 3\n";

/// The files that the facts of a set are read from: manifest, verify, drill.
pub(super) type Stamps = [Option<Stamp>; 3];

/// What a set's files said, and which files those were.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    stamps: Stamps,
    /// Presence, pin and acceptance in it mean nothing.
    set: CatalogSet,
}

/// Everything known, by id.
#[derive(Debug, Default)]
pub(super) struct Index {
    loaded: bool,
    known: BTreeMap<BackupId, Known>,
}

impl Index {
    /// Reads the file, once; one that is not whole counts as none.
    pub(super) fn load_once(&mut self, path: &Path) {
        if std::mem::replace(&mut self.loaded, true) {
            return;
        }
        // Whatever is wrong with a cache, the sets themselves are read instead.
        let Ok(bytes) = regular::read(path, INDEX_BYTES_MAX) else { return };
        self.known = read(&bytes).unwrap_or_default();
    }

    /// What is known of a set whose files are these.
    pub(super) fn get(&self, id: &BackupId, stamps: &Stamps) -> Option<&CatalogSet> {
        self.known.get(id).filter(|known| known.stamps == *stamps).map(|known| &known.set)
    }

    pub(super) fn remember(&mut self, stamps: Stamps, set: CatalogSet) {
        self.known.insert(set.id.clone(), Known { stamps, set });
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Forgets the sets that are no more.
    pub(super) fn retain(&mut self, stands: impl Fn(&BackupId) -> bool) {
        self.known.retain(|id, _| stands(id));
    }

    /// The content of the file: the header, the sum of what follows, one entry after the other.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // An entry that cannot be written, of a year beyond reason, costs one manifest's reading.
        let entries = self.known.values().filter_map(|known| postcard::to_stdvec(known).ok());
        let entries: Vec<u8> = entries.flatten().collect();
        [HEADER.as_bytes(), &xxh3_64(&entries).to_le_bytes(), &entries].concat()
    }
}

fn read(bytes: &[u8]) -> Option<BTreeMap<BackupId, Known>> {
    let (sum, mut entries) = bytes.strip_prefix(HEADER.as_bytes())?.split_first_chunk()?;
    if xxh3_64(entries).to_le_bytes() != *sum {
        return None;
    }
    let mut known = BTreeMap::new();
    while !entries.is_empty() {
        let (one, rest) = postcard::take_from_bytes::<Known>(entries).ok()?;
        known.insert(one.set.id.clone(), one);
        entries = rest;
    }
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture;
    use crate::domain::set::{Caveats, Drilled};

    /// Whoever changes what an entry is made up of gives the header another number, else the new
    /// program believes the old one's bytes.
    #[test]
    fn entries_of_this_shape_have_this_number() {
        let stamp = Some(Stamp::at(7, 1_700_000_000, 5, 9));
        let mut set = fixture::set("20241112_030000", &["app"]);
        let caveats = Caveats { answer: true, ..Caveats::default() };
        set.artifacts[0].drill = Some(Drilled { at: set.ended_at, proven: true, restore_seconds: Some(2.5), caveats });
        let known = Known { stamps: [stamp, None, None], set };
        let bytes = postcard::to_stdvec(&known).unwrap();
        let expected = "010780c49fd50c0a0900000f32303234313131325f3033303030300000808097919ed38c873080e0d195ddd68c8730000103617070001d64622f6170705f32303234313131325f3033303030302e73716c2e677ac0843dc096b10280e0d195ddd68c87300101012801904e00000180e0d195ddd68c87300101000000000000044001000100000000";
        assert_eq!((HEADER, hex::encode(bytes).as_str()), ("resguardo catalog 3\n", expected));
    }
}
