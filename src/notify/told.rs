//! What was told before: `.resguardo/told.json`, read and written by one process at a time. Where
//! it cannot be written (the store is gone: just then people are told) it is remembered for as
//! long as the process lives, so that nobody is told the same thing every minute.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::telling::Told;
use crate::sys::files::Files;
use crate::sys::lock::{self, FileLock};
use crate::sys::stop::Stop;

const MODE: u32 = 0o640;

/// The file, and what it should hold while it cannot be written.
pub struct ToldFile {
    files: Files,
    path: PathBuf,
    unwritten: Mutex<Option<Told>>,
}

impl ToldFile {
    /// Touches nothing yet.
    pub fn new(files: Files, path: &Path) -> Self {
        Self { files, path: path.to_owned(), unwritten: Mutex::new(None) }
    }

    /// What was told before, and the turn to tell more, held until dropped. `None`: another
    /// process has it.
    pub fn take(&self, stop: &Stop) -> Option<(Told, Option<FileLock>)> {
        let turn = match lock::exclusive(&self.files, &self.path.with_extension("lock"), Duration::ZERO, stop) {
            Ok(Some(turn)) => Some(turn),
            Ok(None) => return None,
            // A store that cannot be locked is a trouble to be told of, not a reason for silence.
            Err(_) => None,
        };
        let unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Some((unwritten.unwrap_or_else(|| self.read()), turn))
    }

    /// One that is missing or cannot be read as what it should be counts as nothing told: to be
    /// told twice is better than not at all.
    fn read(&self) -> Told {
        let text = fs::read(&self.path).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Keeps what has now been told, if anything changed.
    ///
    /// # Errors
    /// The system's, with the path, the first time it cannot be written; it is remembered then.
    pub fn put(&self, before: &Told, after: Told) -> io::Result<()> {
        let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        let failed_before = unwritten.is_some();
        if *before == after && !failed_before {
            return Ok(());
        }
        let written = serde_json::to_vec_pretty(&after)
            .map_err(io::Error::other)
            .and_then(|text| self.files.replace(&self.path, MODE, &text));
        *unwritten = written.is_err().then_some(after);
        if failed_before { Ok(()) } else { written }
    }
}
