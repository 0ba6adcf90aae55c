//! The content of a live SQLite file exchanged under its own lock. From the moment the lock is
//! held nobody else writes: the present content is copied and checked, then the new one written,
//! all in one transaction of SQLite's, which a crash rolls back.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::alike::{self, same_bytes};
use super::{ScratchFile, Sqlite, TRY_EVERY, beside, connect, faults, pass_on};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::exchange::{self, Paths, can_begin, stands};
use crate::source::restore::Stands;
use crate::sys::files::{WriteFile, parent};

/// Of a file that takes no other's place.
const MODE: u32 = 0o640;

/// Where the kept copy grows until it is whole.
pub(super) fn part(old: &Path) -> PathBuf {
    beside(old, ".part")
}

/// Keeps what stands in `live` as `old`, and writes what `new` holds into it.
///
/// # Errors
/// Where the old content still stands.
pub(super) fn swap(source: &Sqlite, paths: &Paths, old: &Path, work: &Work) -> Result<(), Trouble> {
    // A name taken by another would be taken for ours after a failure.
    can_begin(paths)?;
    let swapped = Swap { source, paths, old, work }.run();
    if swapped.is_err() {
        remove_all(&part(old), work);
        // The copy is kept on where it is not certain that what it holds stands in the file.
        let _later = settle(source, paths, old, work);
        return swapped;
    }
    // What it held is live now; one that stays is named by its exchange.
    remove_all(&paths.new, work);
    Ok(())
}

/// Tells which content stands after a crash: with another program's writes since, neither is
/// there to the byte, so the one that more pages come from. The kept copy goes only where it is
/// sure that what it holds stands: where neither has more of them, it stays and is named.
///
/// # Errors
/// Where the live file cannot be read now.
pub(super) fn settle(source: &Sqlite, paths: &Paths, old: &Path, work: &Work) -> Result<Stands, Trouble> {
    let is_there = |path: &Path| stands(path).map_err(|error| exchange::trouble(&error));
    remove_all(&part(old), work);
    if !is_there(old)? {
        return Ok(Stands::Old);
    }
    if !is_there(&paths.new)? {
        return Ok(Stands::New);
    }
    let scratch = ScratchFile::new(source.name.as_str(), work)?;
    work.sys.files.create_new(&scratch.path, 0o600).map_err(|error| work.write_trouble(&error))?;
    copy(source, &paths.live, &scratch.path, work)?;
    let is_old = alike::is_more_like(&scratch.path, old, &paths.new)
        .map_err(|error| Trouble::passing(Stage::Dump, format!("compare {}: {error}", paths.live.display())))?;
    if is_old {
        remove_all(old, work);
        return Ok(Stands::Old);
    }
    remove_all(&paths.new, work);
    Ok(Stands::New)
}

struct Swap<'a> {
    source: &'a Sqlite,
    paths: &'a Paths,
    old: &'a Path,
    work: &'a Work,
}

impl Swap<'_> {
    fn run(&self) -> Result<(), Trouble> {
        let told = |error: &rusqlite::Error| self.told(error);
        let open = |path: &Path| connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, self.work);
        let is_wal = journal_mode(&open(&self.paths.live).map_err(|error| told(&error))?) == "wal";
        // Outside of WAL nobody can read a locked file through SQLite, and so it is read past it.
        // Opened before the connection and closed after it: closing any descriptor of a file
        // gives back all locks that the process holds on it.
        let raw = (!is_wal).then(|| File::open(&self.paths.live)).transpose();
        let raw = raw.map_err(|error| exchange::trouble(&error))?;
        let mut live = open(&self.paths.live).map_err(|error| told(&error))?;
        live.busy_timeout(TRY_EVERY).map_err(|error| told(&error))?;
        let new = open(&self.paths.new).map_err(|error| told(&error))?;
        let left_wal = is_wal && page_bytes(&live) != page_bytes(&new) && self.leave_wal(&live)?;
        if left_wal {
            drop(live);
            return self.run().and_then(|()| {
                let live = open(&self.paths.live).map_err(|error| told(&error))?;
                live.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).map_err(|error| told(&error))
            });
        }
        let write = Backup::new(&new, &mut live).map_err(|error| told(&error))?;
        // No page yet: only the lock.
        self.step(&write, 0)?;
        self.keep(raw.as_ref())?;
        self.work.stop.check(Stage::Write)?;
        self.step(&write, -1)
    }

    /// A step of the write, waiting for locks.
    fn step(&self, write: &Backup<'_, '_>, pages: i32) -> Result<(), Trouble> {
        let until = Instant::now() + self.source.busy_wait;
        loop {
            self.work.stop.check(Stage::Write)?;
            match write.step(pages).map_err(|error| self.told(&error))? {
                StepResult::Done => return Ok(()),
                StepResult::More if pages == 0 => return Ok(()),
                _ if Instant::now() >= until => {
                    let waited = self.source.busy_wait.as_secs();
                    let live = self.paths.live.display();
                    let text = format!("write into {live}: locked by another program for {waited} s");
                    return Err(
                        Trouble::passing(Stage::Write, text).hint(Saying::new("hint-sqlite-locked").with("path", live))
                    );
                }
                _ => self.work.stop.wait(TRY_EVERY),
            }
        }
    }

    /// Copies what stands in the locked file, checks the copy and gives it its name.
    fn keep(&self, raw: Option<&File>) -> Result<(), Trouble> {
        let (files, part) = (&self.work.sys.files, part(self.old));
        let written = |error: &io::Error| self.work.write_trouble(error);
        let mut file = new_like(&self.paths.live, &part, self.work).map_err(|error| written(&error))?;
        match raw {
            Some(mut raw) => {
                pass_on(&mut raw, &mut file, self.work, None)?;
                file.sync().map_err(|error| written(&error))?;
            }
            None => copy(self.source, &self.paths.live, &part, self.work)?,
        }
        drop(file);
        let copied = connect(&part, OpenFlags::SQLITE_OPEN_READ_WRITE, self.work).map_err(|e| self.told(&e))?;
        let is_whole = faults(&copied).is_ok_and(|faults| faults.is_empty());
        drop(copied);
        self.work.stop.check(Stage::Write)?;
        // A copy as damaged as what it was taken from is all that can be kept.
        if !is_whole && !self.is_same(raw, &part)? {
            let text = format!("check the copy of {}: it is damaged, and the file is not", self.paths.live.display());
            return Err(Trouble::passing(Stage::Write, text));
        }
        files
            .rename_new(&part, self.old)
            .and_then(|()| files.sync_folder(parent(self.old)))
            .map_err(|error| exchange::trouble(&error))
    }

    /// Whether the copy has its faults from the live file.
    fn is_same(&self, raw: Option<&File>, part: &Path) -> Result<bool, Trouble> {
        if let Some(raw) = raw {
            return same_bytes(raw, part).map_err(|error| exchange::trouble(&error));
        }
        let live = connect(&self.paths.live, OpenFlags::SQLITE_OPEN_READ_WRITE, self.work);
        Ok(!live.and_then(|live| faults(&live)).is_ok_and(|faults| faults.is_empty()))
    }

    /// In WAL mode a file keeps the size of its pages: it must leave it for a while, which needs
    /// every other program to close it.
    fn leave_wal(&self, live: &Connection) -> Result<bool, Trouble> {
        let mode = live.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0));
        if mode.is_ok_and(|mode| mode == "delete") {
            return Ok(true);
        }
        let text = format!("write into {}: its pages have another size, and it is open", self.paths.live.display());
        Err(Trouble::passing(Stage::Write, text)
            .hint(Saying::new("hint-sqlite-close").with("path", self.paths.live.display())))
    }

    fn told(&self, error: &rusqlite::Error) -> Trouble {
        let text = format!("write into {}: {error}", self.paths.live.display());
        match error.sqlite_error_code() {
            _ if self.work.stop.reason().is_some() => self.source.told(error, self.work),
            Some(ErrorCode::DiskFull) => Trouble::passing(Stage::Write, text)
                .hint(Saying::new("hint-disk-full").with("path", parent(&self.paths.live).display())),
            _ => Trouble::passing(Stage::Write, text),
        }
    }
}

/// A new file that no more people may read than the live one, where there is one, and that is its
/// owner's.
pub(super) fn new_like(live: &Path, path: &Path, work: &Work) -> io::Result<WriteFile> {
    let Ok(metadata) = live.metadata() else { return work.sys.files.create_new(path, MODE) };
    let file = work.sys.files.create_new(path, metadata.mode() & 0o777)?;
    if rustix::process::geteuid().is_root() {
        work.sys.files.give(path, metadata.uid(), metadata.gid())?;
    }
    Ok(file)
}

/// Copies a file by SQLite's own means into one that is empty and alone: without a `-wal`.
fn copy(source: &Sqlite, from: &Path, to: &Path, work: &Work) -> Result<(), Trouble> {
    let told = |error: &rusqlite::Error| Trouble::passing(Stage::Write, format!("write the copy: {error}"));
    let from = connect(from, OpenFlags::SQLITE_OPEN_READ_WRITE, work).map_err(|error| source.told(&error, work))?;
    let mut copy = connect(to, OpenFlags::SQLITE_OPEN_READ_WRITE, work).map_err(|error| told(&error))?;
    source.copy(&from, &mut copy, work).map_err(|trouble| match trouble.stage {
        Stage::Write => trouble.hint(Saying::new("hint-disk-full").with("path", parent(to).display())),
        _ => trouble,
    })?;
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(|error| told(&error))
}

fn journal_mode(database: &Connection) -> String {
    database.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap_or_default()
}

fn page_bytes(database: &Connection) -> Option<u64> {
    super::number(database, "PRAGMA page_size").ok()
}

/// A file of ours with what SQLite may have left beside it. What stays is asked for again.
fn remove_all(path: &Path, work: &Work) {
    for ending in ["", "-journal", "-wal", "-shm"] {
        let _stays = work.sys.files.remove(&beside(path, ending));
    }
}
