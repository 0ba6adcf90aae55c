//! The index: what the files of each set said when they were last read, so that a catalog of ten
//! thousand sets needs no manifest to be read again. Only a cache: an entry holds for exactly the
//! files it was made from, every line carries its own sum, and of whether an artifact is there it
//! says nothing. Deleting, corrupting or outdating it changes speed alone.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::listing::Stamp;
use crate::domain::id::BackupId;
use crate::domain::set::CatalogSet;
use crate::sys::regular;

/// An index larger than this is not read: half a million sets.
const INDEX_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The first line: what another version of the program wrote is not read.
const HEADER: &str = concat!("resguardo ", env!("CARGO_PKG_VERSION"));

/// The files that the facts of a set are read from: manifest, verify, drill.
pub(super) type Stamps = [Option<Stamp>; 3];

/// What a set's files said, and which files those were.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) stamps: Stamps,
    /// Presence, pin and acceptance in it mean nothing.
    pub(super) set: CatalogSet,
}

/// Everything known, by id.
#[derive(Debug, Default)]
pub(super) struct Index {
    loaded: bool,
    known: HashMap<BackupId, Known>,
}

impl Index {
    /// Reads the file, once; what is not whole in it is passed over.
    pub(super) fn load_once(&mut self, path: &Path) {
        if std::mem::replace(&mut self.loaded, true) {
            return;
        }
        // Whatever is wrong with a cache, the sets themselves are read instead.
        let Ok(bytes) = regular::read(path, INDEX_BYTES_MAX) else { return };
        let mut lines = bytes.split(|b| *b == b'\n');
        if lines.next() != Some(HEADER.as_bytes()) {
            return;
        }
        self.known = lines.filter_map(read_line).map(|known| (known.set.id.clone(), known)).collect();
    }

    /// What is known of a set whose files are these.
    pub(super) fn get(&self, id: &BackupId, stamps: &Stamps) -> Option<&CatalogSet> {
        self.known.get(id).filter(|known| known.stamps == *stamps).map(|known| &known.set)
    }

    pub(super) fn remember(&mut self, stamps: Stamps, set: CatalogSet) {
        self.known.insert(set.id.clone(), Known { stamps, set });
    }

    /// Forgets the sets that are no more.
    pub(super) fn retain(&mut self, stands: impl Fn(&BackupId) -> bool) {
        self.known.retain(|id, _| stands(id));
    }

    /// The content of the file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{HEADER}\n").into_bytes();
        for known in self.known.values() {
            // Values of this shape always become JSON; a line left out costs one manifest's reading.
            let Ok(json) = serde_json::to_vec(known) else { continue };
            bytes.extend(format!("{:016x} ", xxh3_64(&json)).into_bytes());
            bytes.extend(json);
            bytes.push(b'\n');
        }
        bytes
    }
}

fn read_line(line: &[u8]) -> Option<Known> {
    let (sum, json) = line.split_at_checked(17)?;
    let whole = sum == format!("{:016x} ", xxh3_64(json)).as_bytes();
    whole.then(|| serde_json::from_slice(json).ok()).flatten()
}
