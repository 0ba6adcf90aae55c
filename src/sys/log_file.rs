//! The log for people: whole lines, each one appending write, so that several processes share a
//! file; rotated by size. The file is opened anew for each line: no process holds on to one that
//! another has rotated away, or that somebody removed. Never: says what is logged.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::files::{self, Files};
use super::lock;

/// Everyone may read it: a log holds no secret.
const FILE_MODE: u32 = 0o644;
const FOLDER_MODE: u32 = 0o755;

/// One log, such as `logs/backup.log`, with those rotated beside it: `backup.log.1` is the newest
/// of them, `backup.log.<keep>` the oldest.
pub struct LogFile {
    files: Files,
    path: PathBuf,
    bytes_max: u64,
    keep: u32,
}

impl LogFile {
    /// The log `name` in `folder`, rotated before it grows past `bytes_max`. Touches nothing yet.
    pub fn new(files: Files, folder: &Path, name: &str, bytes_max: u64, keep: u32) -> Self {
        Self { files, path: folder.join(name), bytes_max, keep }
    }

    /// Another log beside this one, with the same bounds.
    pub fn named(&self, name: &str) -> Self {
        Self { files: self.files.clone(), path: self.beside(name), bytes_max: self.bytes_max, keep: self.keep }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends one line, to which the line end is added.
    ///
    /// # Errors
    /// The system's, with the path: the line may then stand in part or not at all. The next call
    /// tries anew.
    pub fn append(&self, line: &str) -> io::Result<()> {
        let line = format!("{line}\n");
        let length = line.len() as u64;
        self.files.make_folder(files::parent(&self.path), FOLDER_MODE)?;
        // A rotation that fails (the folder is read-only, the file is not) must not lose the line.
        let rotated = self.rotate_before(length);
        let written = self.files.append(&self.path, FILE_MODE)?.write(line.as_bytes())?;
        if (written as u64) < length {
            return Err(files::at(&self.path, io::ErrorKind::WriteZero.into()));
        }
        rotated
    }

    /// Rotates if the log would grow past its bound by so many bytes more.
    fn rotate_before(&self, more_bytes: u64) -> io::Result<()> {
        if !self.is_full(more_bytes) {
            return Ok(());
        }
        let lock_path = self.beside(&format!(".{}.lock", self.name()));
        if !lock_path.exists() {
            drop(self.files.append(&lock_path, FILE_MODE)?);
        }
        // Whoever holds the lock is rotating at this moment; the line goes into either file.
        let Some(_lock) = lock::try_exclusive(&lock_path)? else { return Ok(()) };
        // Looked at again under the lock: another process may have rotated just before.
        if self.is_full(more_bytes) { self.rotate() } else { Ok(()) }
    }

    /// An empty log is never full: a line longer than the bound stands alone in its file.
    fn is_full(&self, more_bytes: u64) -> bool {
        let size_bytes = fs::metadata(&self.path).map_or(0, |metadata| metadata.len());
        size_bytes > 0 && size_bytes + more_bytes > self.bytes_max
    }

    fn rotate(&self) -> io::Result<()> {
        if self.keep == 0 {
            return self.files.remove(&self.path);
        }
        for number in (1..self.keep).rev() {
            let older = self.rotated(number);
            if older.exists() {
                self.files.rename(&older, &self.rotated(number + 1))?;
            }
        }
        self.files.rename(&self.path, &self.rotated(1))
    }

    fn rotated(&self, number: u32) -> PathBuf {
        self.beside(&format!("{}.{number}", self.name()))
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.path.with_file_name(name)
    }

    fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}
