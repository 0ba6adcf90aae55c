//! Which store this is, so that nobody takes an empty folder for it: a disk that is not mounted leaves
//! one behind. The store bears a mark of its own, and the log folder, which lies elsewhere, keeps word of
//! it; so does the folder of drills where there is one, since a botched move may take both others along.
//! What there is of these and cannot be read is told, not passed over. Never: keeps a backup from being
//! made; writes over word of a store that may be another; makes the folder of drills.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf, absolute};

use rustix::fs::Access;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::locked::{FILE_MODE, LockedStore};
use super::{Layout, Store};
use crate::config::Config;
use crate::domain::health::{STORE_GONE, STORE_UNREADABLE};
use crate::domain::saying::Saying;
use crate::domain::standing::Caution;
use crate::sys::{regular, rights};

const VERSION: u32 = 1;
/// A page at most.
const BYTES_MAX: u64 = 4096;
/// As all that lies in the log folder: it holds no secret.
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

/// What is known of it elsewhere.
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

    /// Says so where what stands here is not the store that stood here before, or that cannot be told, with
    /// what to do about it.
    pub fn stranger(&self, config: &Config) -> Option<Caution> {
        let (words, mark) = (words(config, &self.layout), identity(&self.layout));
        // What may not be looked at as a whole is told by whoever looks at rights.
        if mark.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::NotFound) && self.refusal().is_some() {
            return None;
        }
        let stands = mark.as_ref().err().is_none_or(|error| error.kind() != io::ErrorKind::NotFound);
        let forgetting = || rights::to_forget(words.iter().map(|(path, _)| path.as_path()));
        let (code, key, hint) = match (words.first(), &mark) {
            (Some((_, Ok(word))), Ok(here)) if here.id == word.id => return None,
            (Some((_, Ok(_))), Ok(_)) => (STORE_GONE, "reason-store-other", forgetting()),
            (Some((_, Ok(_))), Err(_)) if !stands => (STORE_GONE, "reason-store-gone", forgetting()),
            (None, Err(error)) if stands => {
                (STORE_UNREADABLE, "reason-store-mark", self.to_read_mark(error, Saying::new("hint-store-mark-anew")))
            }
            (Some((_, Ok(_))), Err(error)) => {
                (STORE_UNREADABLE, "reason-store-mark", self.to_read_mark(error, forgetting()))
            }
            (None, _) => return None,
            (Some((path, Err(error))), _) => {
                let hint = of_error(error, || rights::to_read_own(path), forgetting());
                (if stands { STORE_UNREADABLE } else { STORE_GONE }, "reason-store-word", hint)
            }
        };
        let (dir, unread) = match words.first() {
            Some((_, Ok(word))) => (word.dir.clone(), self.layout.identity()),
            Some((path, Err(_))) => (place(&self.layout), path.clone()),
            None => (place(&self.layout), self.layout.identity()),
        };
        let saying = Saying::new(key).with("dir", dir.display()).with("path", unread.display());
        Some(Caution { code, saying, hint })
    }

    fn to_read_mark(&self, error: &io::Error, damaged: Saying) -> Saying {
        of_error(error, || rights::to_read_back(&self.layout.identity(), &self.layout.dir), damaged)
    }
}

impl LockedStore {
    /// Leaves word of this store with each witness, marking it where it bears no mark yet or a damaged one;
    /// nothing where there is word of one that stood here before, also where that cannot be read: only the
    /// operator's word ends that.
    ///
    /// # Errors
    /// The system's; `Unsupported` where a later version marked the store. The next run tries again.
    pub fn leave_word(&self, config: &Config) -> io::Result<()> {
        let words = words(config, &self.layout);
        let id = match (words.first(), identity(&self.layout)) {
            (Some((_, Ok(word))), Ok(here)) if here.id == word.id => here.id,
            (Some(_), _) => return Ok(()),
            (None, Ok(here)) => here.id,
            (None, Err(error)) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => {
                self.mark_as_ours()?
            }
            (None, Err(error)) => return Err(error),
        };
        let knows = |path: &Path| {
            words.iter().any(|(kept, word)| kept == path && word.as_ref().is_ok_and(|word| word.id == id))
        };
        let word = serde_json::to_vec(&Word { version: VERSION, dir: place(&self.layout), id: id.clone() })?;
        self.files.make_folder(&config.store.log_dir, LOG_FOLDER_MODE)?;
        for path in witnesses(config) {
            if path.parent().is_some_and(Path::is_dir) && !knows(&path) {
                self.files.replace(&path, WORD_MODE, &word)?;
            }
        }
        Ok(())
    }

    fn mark_as_ours(&self) -> io::Result<String> {
        let mut bytes = [0; MARK_BYTES];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        let identity = Identity { version: VERSION, id: hex::encode(bytes) };
        self.files.replace(&self.layout.identity(), FILE_MODE, &serde_json::to_vec(&identity)?)?;
        Ok(identity.id)
    }
}

/// What to do about a file that is there and cannot be read.
fn of_error(error: &io::Error, refused: impl FnOnce() -> Saying, damaged: Saying) -> Saying {
    match error.kind() {
        io::ErrorKind::PermissionDenied => refused(),
        io::ErrorKind::Unsupported => Saying::new("hint-store-later"),
        _ => damaged,
    }
}

fn identity(layout: &Layout) -> io::Result<Identity> {
    read(&layout.identity())
}

/// Where word of the store is kept, what is believed first being first; not in the store, with which it
/// would go. One folder of drills that several share has word of the last of their stores.
fn witnesses(config: &Config) -> impl Iterator<Item = PathBuf> {
    let store = real(&config.store.dir);
    let all = [config.store.log_dir.join("store.json"), config.drill.dir.join(".resguardo-store.json")];
    all.into_iter().filter(move |path| !real(path).starts_with(&store))
}

/// What is known of a store in this place, in the same order, and the files that say it.
fn words(config: &Config, layout: &Layout) -> Vec<(PathBuf, io::Result<Word>)> {
    witnesses(config).filter_map(|path| word(&path, layout).map(|word| (path, word))).collect()
}

fn word(path: &Path, layout: &Layout) -> Option<io::Result<Word>> {
    let is_shut = || path.parent().is_some_and(|folder| rights::may(folder, Access::EXEC_OK).is_err());
    match read::<Word>(path) {
        Ok(word) => (real(&word.dir) == real(&layout.dir)).then_some(Ok(word)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => None,
        // Where the folder itself is closed the log or the drill says so, and nothing there is written over.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && is_shut() => None,
        Err(error) => Some(Err(error)),
    }
}

/// `InvalidData` where it is damaged, `Unsupported` where a later version wrote it.
fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let bytes = regular::read(path, BYTES_MAX)?;
    let damaged = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    let Versioned { version } = serde_json::from_slice(&bytes).map_err(damaged)?;
    if version > VERSION {
        return Err(io::ErrorKind::Unsupported.into());
    }
    serde_json::from_slice(&bytes).map_err(damaged)
}

/// As the settings spell it.
fn place(layout: &Layout) -> PathBuf {
    absolute(&layout.dir).unwrap_or_else(|_| layout.dir.clone())
}

/// The same however it is spelled, as far as it exists; beyond that by its names alone.
fn real(path: &Path) -> PathBuf {
    let spelled = absolute(path).unwrap_or_else(|_| path.to_owned());
    spelled.components().fold(PathBuf::new(), |mut real, part| {
        match part {
            Component::ParentDir => _ = real.pop(),
            part => real.push(part),
        }
        real.canonicalize().unwrap_or(real)
    })
}
