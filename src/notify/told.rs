//! What was told before, and what is still to be delivered: `.resguardo/told.json`, read and written
//! by one process at a time, and whole, so that no message is ever both untold and unsent. Where it
//! cannot be written (the store is gone: just then people are told) it is remembered for as long as
//! the process lives, so that nobody is told the same thing every minute.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::outbox::Outbox;
use crate::domain::telling::Told;
use crate::standing::untold;
use crate::sys::files::Files;
use crate::sys::lock::{self, FileLock};
use crate::sys::regular;
use crate::sys::stop::Stop;

const MODE: u32 = 0o640;

/// All that is remembered of the telling.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Memory {
    #[serde(flatten)]
    pub told: Told,
    #[serde(flatten)]
    pub outbox: Outbox,
}

/// The file, and what it should hold while it cannot be written.
pub struct ToldFile {
    files: Files,
    path: PathBuf,
    unwritten: Mutex<Option<Memory>>,
}

/// The turn to tell, as long as it is held.
pub struct Turn<'a> {
    file: &'a ToldFile,
    kept: Memory,
    _lock: Option<FileLock>,
}

impl ToldFile {
    /// Touches nothing yet.
    pub fn new(files: Files, path: &Path) -> Self {
        Self { files, path: path.to_owned(), unwritten: Mutex::new(None) }
    }

    /// What is remembered, and the turn to tell more. `None`: another process has it.
    pub fn take(&self, stop: &Stop) -> Option<(Memory, Turn<'_>)> {
        let lock = match lock::exclusive(&self.files, &self.path.with_extension("lock"), Duration::ZERO, stop) {
            Ok(Some(lock)) => Some(lock),
            Ok(None) => return None,
            // A store that cannot be locked is a trouble to be told of, not a reason for silence.
            Err(_) => None,
        };
        let memory = self.unwritten().clone().unwrap_or_else(|| self.read());
        Some((memory.clone(), Turn { file: self, kept: memory, _lock: lock }))
    }

    /// What is missing or cannot be read as what it should be counts as nothing told: to be told twice
    /// is better than not at all. Each half is read by itself, so that one that an older version wrote
    /// does not cost the other.
    fn read(&self) -> Memory {
        let text = regular::read(&self.path, untold::FILE_BYTES_MAX).unwrap_or_default();
        Memory {
            told: serde_json::from_slice(&text).unwrap_or_default(),
            outbox: serde_json::from_slice(&text).unwrap_or_default(),
        }
    }

    fn unwritten(&self) -> MutexGuard<'_, Option<Memory>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Keeps what is to be remembered from now on, if anything changed.
    ///
    /// # Errors
    /// The system's, with the path, the first time it cannot be written; it is remembered then.
    pub fn keep(&mut self, memory: &Memory) -> io::Result<()> {
        let mut unwritten = self.file.unwritten();
        let failed_before = unwritten.is_some();
        if self.kept == *memory && !failed_before {
            return Ok(());
        }
        let written = serde_json::to_vec_pretty(memory)
            .map_err(io::Error::other)
            .and_then(|text| self.file.files.replace(&self.file.path, MODE, &text));
        *unwritten = written.is_err().then(|| memory.clone());
        self.kept = memory.clone();
        if failed_before { Ok(()) } else { written }
    }
}
