//! Which store this is, so that nobody takes an empty folder for it: a disk that is not mounted leaves
//! one behind. The store bears a mark of its own, and the log folder, which lies elsewhere, keeps word of
//! it. Never: keeps a backup from being made; says a word where the log folder knows of no store here.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf, absolute};

use serde::{Deserialize, Serialize};

use super::locked::{FILE_MODE, LockedStore};
use super::{Layout, Store};
use crate::domain::health::STORE_GONE;
use crate::domain::saying::Saying;
use crate::domain::standing::Caution;
use crate::sys::{regular, rights};

const VERSION: u32 = 1;
/// A page at most.
const BYTES_MAX: u64 = 4096;
/// As all that lies in the log folder, which holds no secret.
const WORD_MODE: u32 = 0o644;
const LOG_FOLDER_MODE: u32 = 0o755;
/// No two stores are ever called the same.
const MARK_BYTES: usize = 16;

/// The store's own mark.
#[derive(Debug, Serialize, Deserialize)]
struct Identity {
    version: u32,
    id: String,
}

/// What the log folder knows of the store.
#[derive(Debug, Serialize, Deserialize)]
struct Word {
    version: u32,
    /// Where it stood: one whose place is another by the settings is looked for nowhere else.
    dir: PathBuf,
    id: String,
}

impl Store {
    /// Whether a store was ever made here.
    pub fn stands(&self) -> bool {
        self.layout.state().is_dir()
    }

    /// Says so where what stands here is not the store that stood here before, with what to do about it.
    pub fn stranger(&self, log_dir: &Path) -> Option<Caution> {
        let word = word(log_dir, &self.layout)?;
        let key = match identity(&self.layout) {
            Ok(here) if here.id == word.id => return None,
            Ok(_) => "reason-store-other",
            Err(error) if error.kind() == io::ErrorKind::NotFound => "reason-store-gone",
            // What cannot be looked at is told by whoever looks at rights.
            Err(_) => return None,
        };
        let hint = rights::to_forget(&path(log_dir));
        Some(Caution { code: STORE_GONE, saying: Saying::new(key).with("dir", word.dir.display()), hint })
    }
}

impl LockedStore {
    /// Leaves word of this store in the log folder, marking it where it bears no mark yet; nothing where
    /// the log folder knows another that stood here: only the operator's word ends that.
    ///
    /// # Errors
    /// The system's; the next run tries again.
    pub fn leave_word(&self, log_dir: &Path) -> io::Result<()> {
        if word(log_dir, &self.layout).is_some() {
            return Ok(());
        }
        let id = match identity(&self.layout) {
            Ok(here) => here.id,
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.mark_as_ours()?,
            Err(error) => return Err(error),
        };
        self.files.make_folder(log_dir, LOG_FOLDER_MODE)?;
        let word = Word { version: VERSION, dir: place(&self.layout), id };
        self.files.replace(&path(log_dir), WORD_MODE, &serde_json::to_vec(&word)?)
    }

    fn mark_as_ours(&self) -> io::Result<String> {
        let mut bytes = [0; MARK_BYTES];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        let identity = Identity { version: VERSION, id: hex::encode(bytes) };
        self.files.replace(&self.layout.identity(), FILE_MODE, &serde_json::to_vec(&identity)?)?;
        Ok(identity.id)
    }
}

fn identity(layout: &Layout) -> io::Result<Identity> {
    Ok(serde_json::from_slice(&regular::read(&layout.identity(), BYTES_MAX)?)?)
}

/// What the log folder knows of a store in this place; nothing where it cannot be read.
fn word(log_dir: &Path, layout: &Layout) -> Option<Word> {
    let bytes = regular::read(&path(log_dir), BYTES_MAX).ok()?;
    let word: Word = serde_json::from_slice(&bytes).ok()?;
    (word.dir == place(layout)).then_some(word)
}

fn place(layout: &Layout) -> PathBuf {
    absolute(&layout.dir).unwrap_or_else(|_| layout.dir.clone())
}

fn path(log_dir: &Path) -> PathBuf {
    log_dir.join("store.json")
}
