//! What was told before, and what is still to be delivered: `.resguardo/told.json`, read and written
//! by one process at a time, and whole, so that no message is ever both untold and unsent. Where it
//! cannot be written (the store is gone, or full: just then people are told) a file of that name in the
//! log folder takes its place, and where neither can be, the memory of this process: nobody is told the
//! same thing every minute, or at every start.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::outbox::Outbox;
use crate::domain::telling::Told;
use crate::standing::untold;
use crate::sys::files::Files;
use crate::sys::lock::{self, FileLock};
use crate::sys::stop::Stop;

const MODE: u32 = 0o640;
/// No two memories are ever called the same.
const MARK_BYTES: usize = 16;

/// All that is remembered of the telling.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Memory {
    /// What no other memory bears; empty while nothing was told.
    pub mark: String,
    #[serde(flatten)]
    pub told: Told,
    #[serde(flatten)]
    pub outbox: Outbox,
}

/// A memory, and how often it was kept: of two files the newer is known by it.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Kept {
    times_kept: u64,
    #[serde(flatten)]
    memory: Memory,
}

/// The part of a memory that tells it from others.
#[derive(Default, Deserialize)]
struct Marked {
    #[serde(default)]
    mark: String,
}

/// The file, whatever takes its place, and what they should hold while none can be written.
pub struct ToldFile {
    files: Files,
    /// The store's own, then what takes its place.
    paths: Vec<PathBuf>,
    silent_at_first: TimeDelta,
    first_asked_at: Mutex<Option<DateTime<Utc>>>,
    unwritten: Mutex<Option<Kept>>,
}

/// The turn to tell, as long as it is held.
pub struct Turn<'a> {
    file: &'a ToldFile,
    kept: Kept,
    _lock: Option<FileLock>,
}

impl ToldFile {
    /// Touches nothing yet.
    pub fn new(files: Files, path: &Path) -> Self {
        Self {
            files,
            paths: vec![path.to_owned()],
            silent_at_first: TimeDelta::zero(),
            first_asked_at: Mutex::default(),
            unwritten: Mutex::default(),
        }
    }

    /// What takes the file's place while it cannot be written.
    pub fn or_else(mut self, path: &Path) -> Self {
        self.paths.push(path.to_owned());
        self
    }

    /// A process that may be started again and again keeps silent for so long while nothing can be
    /// written: what it would tell may have been told by those before it, who left no word.
    pub fn silent_at_first(self, time: TimeDelta) -> Self {
        Self { silent_at_first: time, ..self }
    }

    /// What is remembered, and the turn to tell more. `None`: another process has it.
    pub fn take(&self, stop: &Stop) -> Option<(Memory, Turn<'_>)> {
        let locks = self
            .paths
            .iter()
            .map(|path| lock::exclusive(&self.files, &path.with_extension("lock"), Duration::ZERO, stop));
        // A store that cannot be locked is a trouble to be told of, not a reason for silence.
        let lock = match locks.into_iter().find_map(Result::ok) {
            Some(None) => return None,
            lock => lock.flatten(),
        };
        let kept = held(&self.unwritten).clone().unwrap_or_else(|| self.read());
        Some((kept.memory.clone(), Turn { file: self, kept, _lock: lock }))
    }

    /// Whether a process before this one may have told what this one has just decided, and nobody can know.
    pub fn may_repeat(&self, now: DateTime<Utc>) -> bool {
        let first = *held(&self.first_asked_at).get_or_insert(now);
        held(&self.unwritten).is_some() && (now - first).abs() < self.silent_at_first
    }

    /// What is missing or cannot be read as what it should be counts as nothing told: to be told twice
    /// is better than not at all. Each part is read by itself, so that one that an older version wrote
    /// does not cost the others.
    fn read(&self) -> Kept {
        let (times_kept, text) = untold::newest(&self.paths);
        let told = serde_json::from_slice(&text).unwrap_or_default();
        let outbox = serde_json::from_slice(&text).unwrap_or_default();
        let Marked { mark } = serde_json::from_slice(&text).unwrap_or_default();
        Kept { times_kept, memory: Memory { mark, told, outbox } }
    }

    /// Writes it where that can be done, and takes away what is older.
    fn write(&self, kept: &Kept) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(kept).map_err(io::Error::other)?;
        let mut refused = None;
        for (at, path) in self.paths.iter().enumerate() {
            match self.files.replace(path, MODE, &text) {
                Ok(()) => {
                    for older in self.paths[at + 1..].iter().filter(|older| older.symlink_metadata().is_ok()) {
                        // One that stays is known to be the older.
                        let _stays = self.files.remove(older);
                    }
                    return Ok(());
                }
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        refused.map_or(Ok(()), Err)
    }
}

impl Memory {
    /// Gives it a mark where it has none; where the system has no chance to give, the next telling does.
    pub fn mark_as_one(&mut self) {
        if self.mark.is_empty() {
            self.mark = by_chance().unwrap_or_default();
        }
    }
}

fn by_chance() -> io::Result<String> {
    let mut bytes = [0; MARK_BYTES];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(hex::encode(bytes))
}

impl Turn<'_> {
    /// Keeps what is to be remembered from now on, if anything changed.
    ///
    /// # Errors
    /// The system's, with the store's path, the first time it can be written nowhere; it is remembered then.
    pub fn keep(&mut self, memory: &Memory) -> io::Result<()> {
        if self.kept.memory == *memory && held(&self.file.unwritten).is_none() {
            return Ok(());
        }
        self.keep_anew(memory)
    }

    /// Keeps it even where nothing changed: whoever is about to send finds out whether that can be noted.
    ///
    /// # Errors
    /// As [`Turn::keep`].
    pub fn keep_anew(&mut self, memory: &Memory) -> io::Result<()> {
        let mut unwritten = held(&self.file.unwritten);
        let failed_before = unwritten.is_some();
        self.kept = Kept { times_kept: self.kept.times_kept.saturating_add(1), memory: memory.clone() };
        let written = self.file.write(&self.kept);
        *unwritten = written.is_err().then(|| self.kept.clone());
        if failed_before { Ok(()) } else { written }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
