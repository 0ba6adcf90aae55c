//! A SQLite file as a source: copied by the online backup API in one step, checked, counted, and
//! streamed as one plain file. The live file is never read past SQLite, never replaced; beside
//! it nothing is touched but what SQLite itself keeps there (`-wal`, `-shm`, `-journal`).

mod alike;
mod aside;
mod content;
pub(super) mod drill;
pub mod restore;
mod tally;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{self, Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rustix::fs::Access;
use rustix::io::Errno;

use super::{Dumped, Source, Survey, Target, Work};
use crate::config::SqliteConfig;
use crate::domain::artifact::{Form, Kind};
use crate::domain::manifest::{Content, Facts, SqliteFacts};
use crate::domain::name::SourceName;
use crate::domain::progress::Event;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::rights;
use tally::{Checked, number};

/// How long a writer that holds the whole file is waited for; a web application's transactions
/// take less than a second.
const BUSY_WAIT: Duration = Duration::from_secs(30);
/// Between two tries; also how long a stop may go unseen.
const TRY_EVERY: Duration = Duration::from_millis(100);
/// Bytes pass in pieces of this size.
const PIECE_BYTES: usize = 256 * 1024;
/// Virtual machine steps between two looks at the stop signal.
const STEPS_BETWEEN_LOOKS: i32 = 100_000;
/// What every file of SQLite's begins with.
const HEAD: &[u8] = b"SQLite format 3\0";
/// Lines of a failed integrity check that are told.
const LINES_MAX: usize = 3;

/// A SQLite file that is copied.
pub struct Sqlite {
    name: SourceName,
    path: PathBuf,
    busy_wait: Duration,
}

impl Sqlite {
    pub fn new(config: &SqliteConfig) -> Self {
        Self { name: config.name.clone(), path: config.path.clone(), busy_wait: BUSY_WAIT }
    }

    /// The same source with another bound for waiting on a writer.
    pub fn busy_wait(self, busy_wait: Duration) -> Self {
        Self { busy_wait, ..self }
    }

    /// Opens the live file without ever creating it. In WAL mode, and where a crashed writer left
    /// a journal, also a reader must be able to write beside it.
    fn open(&self, work: &Work) -> Result<Connection, Trouble> {
        let mut head = [0; 20];
        let read = File::open(&self.path).and_then(|file| file.take(20).read(&mut head));
        read.map_err(|error| self.missing(&error))?;
        let is_wal = head[18..20].contains(&2);
        let access = if is_wal || beside(&self.path, "-journal").exists() {
            OpenFlags::SQLITE_OPEN_READ_WRITE
        } else {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        };
        let live = connect(&self.path, access, work).map_err(|error| self.told(&error, work))?;
        live.busy_timeout(TRY_EVERY).map_err(|error| self.told(&error, work))?;
        Ok(live)
    }

    fn copy(&self, live: &Connection, copy: &mut Connection, work: &Work) -> Result<(), Trouble> {
        let backup = Backup::new(live, copy).map_err(|error| self.told(&error, work))?;
        let until = Instant::now() + self.busy_wait;
        loop {
            work.stop.check(Stage::Dump)?;
            // One step: in several, every write of the application would start it anew.
            match backup.step(-1).map_err(|error| self.told(&error, work))? {
                StepResult::Done => return Ok(()),
                _ if Instant::now() >= until => {
                    let waited = self.busy_wait.as_secs();
                    let text = format!("copy {}: locked by a writer for {waited} s", self.path.display());
                    return Err(Trouble::passing(Stage::Dump, text).hint(self.say("hint-sqlite-locked")));
                }
                _ => work.stop.wait(TRY_EVERY),
            }
        }
    }

    fn missing(&self, error: &io::Error) -> Trouble {
        let text = format!("open {}: {error}", self.path.display());
        match error.kind() {
            // A volume may come back.
            io::ErrorKind::NotFound => Trouble::passing(Stage::Connect, text).hint(self.say("hint-sqlite-missing")),
            _ => Trouble::lasting(Stage::Connect, text).hint(rights::to_read(&self.path, &self.path)),
        }
    }

    /// What an error of the live file means for the operator.
    fn told(&self, error: &rusqlite::Error, work: &Work) -> Trouble {
        let text = format!("read {}: {error}", self.path.display());
        if let Some(reason) = work.stop.reason() {
            return Trouble::stopped(Stage::Dump, reason);
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                Trouble::lasting(Stage::Connect, text).hint(self.say("hint-sqlite-no-database"))
            }
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
                let hint = self.unshared().unwrap_or_else(|| self.say("hint-sqlite-read-only"));
                Trouble::lasting(Stage::Connect, text).hint(hint)
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Trouble::passing(Stage::Connect, text).hint(self.say("hint-sqlite-locked"))
            }
            Some(ErrorCode::DatabaseCorrupt) => {
                Trouble::lasting(Stage::Dump, text).hint(self.say("hint-sqlite-damaged"))
            }
            Some(ErrorCode::DiskFull) => Trouble::passing(Stage::Write, text),
            _ => Trouble::passing(Stage::Dump, text),
        }
    }

    /// What to do where the application keeps from us what SQLite needs beside the file, or its folder.
    fn unshared(&self) -> Option<Saying> {
        let folder = self.path.parent()?;
        let beside = ["-wal", "-shm", "-journal"].map(|ending| beside(&self.path, ending));
        let mut needed = beside.into_iter().chain([folder.to_owned()]);
        let so = Access::READ_OK | Access::WRITE_OK;
        let barred = needed.find(|path| rights::may(path, so) == Err(Errno::ACCESS))?;
        Some(rights::to_share(&barred, folder))
    }

    fn say(&self, key: &'static str) -> Saying {
        Saying::new(key).with("path", self.path.display())
    }

    /// What is wrong with a copy just made is wrong with the live file.
    fn damaged(&self, trouble: Trouble) -> Trouble {
        if trouble.stopped.is_some() { trouble } else { trouble.hint(self.say("hint-sqlite-damaged")) }
    }
}

impl Source for Sqlite {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn kind(&self) -> Kind {
        Kind::Sqlite
    }

    fn form(&self) -> Form {
        Form::SqliteFile
    }

    fn survey(&self, work: &Work) -> Result<Survey, Trouble> {
        let live = self.open(work)?;
        let pages = number(&live, "PRAGMA page_count").map_err(|error| self.told(&error, work))?;
        let page_bytes = number(&live, "PRAGMA page_size").map_err(|error| self.told(&error, work))?;
        let user_tables = tally::countable(&live).map_err(|error| self.told(&error, work))?;
        // Twice: the copy lies on the store's disk while the artifact is written.
        Ok(Survey { bytes_max: 2 * pages.max(1) * page_bytes, user_tables: Some(user_tables), warnings: Vec::new() })
    }

    fn dump(&self, out: &mut dyn Write, work: &Work) -> Result<Dumped, Trouble> {
        work.stop.check(Stage::Dump)?;
        let live = self.open(work)?;
        let scratch = ScratchFile::new(self.name.as_str(), work)?;
        work.sys.files.create_new(&scratch.path, 0o600).map_err(|error| work.write_trouble(&error))?;
        let told = |error: &rusqlite::Error| Trouble::passing(Stage::Write, format!("write the copy: {error}"));
        let mut copy = connect(&scratch.path, OpenFlags::SQLITE_OPEN_READ_WRITE, work).map_err(|e| told(&e))?;
        // The copy is thrown away with the run: nothing of it must be durable.
        copy.pragma_update(None, "synchronous", "OFF").map_err(|e| told(&e))?;
        self.copy(&live, &mut copy, work)?;
        drop(live);
        // One file is everything: no `-wal` is needed beside it.
        copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(|e| told(&e))?;
        if number(&copy, "PRAGMA page_count").map_err(|e| told(&e))? == 0 {
            // Of a database without a page no file could be told from one that was cut.
            copy.execute_batch("VACUUM").map_err(|e| told(&e))?;
        }
        let facts = examine(&copy, work).map_err(|trouble| self.damaged(trouble))?;
        drop(copy);
        let mut file =
            File::open(&scratch.path).map_err(|e| Trouble::passing(Stage::Dump, format!("read the copy: {e}")))?;
        pass_on(&mut file, out, work, Some(&self.name))?;
        let facts = Facts { sqlite: Some(facts), ..Facts::default() };
        Ok(Dumped { facts, complete: true, warnings: Vec::new() })
    }

    fn load(&self, raw: &mut dyn Read, target: &Target, work: &Work) -> Result<(), Trouble> {
        let Target::Path(path) = target else {
            return Err(Trouble::lasting(Stage::SetUp, "load a SQLite file: a path is needed, not a database"));
        };
        // A journal that lies there would be replayed over what is loaded.
        for left in ["-wal", "-journal"].map(|ending| beside(path, ending)) {
            if fs::symlink_metadata(&left).is_ok() {
                return Err(Trouble::lasting(
                    Stage::SetUp,
                    format!("load a SQLite file: {} lies there", left.display()),
                ));
            }
        }
        let mut file = work.sys.files.create_new(path, 0o640).map_err(|error| work.write_trouble(&error))?;
        pass_on(raw, &mut file, work, None)?;
        file.sync().map_err(|error| work.write_trouble(&error))?;
        drop(file);
        let loaded = open_whole(path, work)?;
        examine(&loaded, work).map(drop)
    }
}

/// What a stored copy holds. SQLite can only look at a file, so it is written out for that.
///
/// # Errors
/// Where it is not whole, or there is no room for the file.
pub(super) fn inspect(raw: &mut dyn Read, work: &Work) -> Result<Content, Trouble> {
    work.stop.check(Stage::Dump)?;
    let scratch = ScratchFile::new("inspected", work)?;
    let mut file = work.sys.files.create_new(&scratch.path, 0o600).map_err(|error| work.write_trouble(&error))?;
    pass_on(raw, &mut file, work, None)?;
    drop(file);
    open_whole(&scratch.path, work).and_then(|copy| examine(&copy, work)).map(Content::Sqlite)
}

/// Checks a copy of ours and counts what is in it.
fn examine(copy: &Connection, work: &Work) -> Result<SqliteFacts, Trouble> {
    let told = |error: &rusqlite::Error| match work.stop.reason() {
        Some(reason) => Trouble::stopped(Stage::Dump, reason),
        None => Trouble::lasting(Stage::Dump, format!("check the copy: {error}")),
    };
    let faults = faults(copy).map_err(|error| told(&error))?;
    if !faults.is_empty() {
        return Err(Trouble::lasting(Stage::Dump, format!("check the copy: {}", faults.join("; "))));
    }
    let tally = tally::of(copy, work).map_err(|error| told(&error))?;
    work.stop.check(Stage::Dump)?;
    Ok(tally.facts)
}

/// Opens a plain copy whose length is what its head states: SQLite itself would not miss the
/// last byte of a page.
fn open_whole(path: &Path, work: &Work) -> Result<Connection, Trouble> {
    let damaged = |what: &str| Trouble::lasting(Stage::Dump, format!("read the copy: {what}"));
    let mut head = [0; 32];
    let mut file = File::open(path).map_err(|error| damaged(&error.to_string()))?;
    let length = file.metadata().map_err(|error| damaged(&error.to_string()))?.len();
    file.read_exact(&mut head).map_err(|_| damaged("it is shorter than the head of a SQLite file"))?;
    let page_bytes = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let pages = u64::from(u32::from_be_bytes([head[28], head[29], head[30], head[31]]));
    if !head.starts_with(HEAD) {
        return Err(damaged("it is no SQLite file"));
    }
    if length != pages * page_bytes {
        return Err(damaged("it has not the length its head states"));
    }
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, work).map_err(|error| damaged(&error.to_string()))
}

/// A file in the scratch folder, removed with what SQLite may have left beside it.
struct ScratchFile<'a> {
    path: PathBuf,
    work: &'a Work,
}

impl<'a> ScratchFile<'a> {
    fn new(name: &str, work: &'a Work) -> Result<Self, Trouble> {
        // Absolute, for SQLite reads a relative `file:…` as something else than a name.
        let scratch = path::absolute(&work.scratch)
            .map_err(|error| Trouble::passing(Stage::SetUp, format!("find the scratch folder: {error}")))?;
        Ok(Self { path: scratch.join(format!("{name}.sqlite3")), work })
    }
}

impl Drop for ScratchFile<'_> {
    fn drop(&mut self) {
        for ending in ["", "-journal", "-wal", "-shm"] {
            // What stays is cleared away with the scratch folder.
            let _stays = self.work.sys.files.remove(&beside(&self.path, ending));
        }
    }
}

/// Opens a file by its plain name, whatever characters it holds, and ends its long statements
/// when the run is asked to stop.
fn connect(path: &Path, access: OpenFlags, work: &Work) -> rusqlite::Result<Connection> {
    let path = path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let stop = work.stop.clone();
    connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || stop.reason().is_some()))?;
    // Rows that break the application's own rules are no damage, and the rules may be functions of its
    // own (Django's REGEXP is one).
    connection.pragma_update(None, "ignore_check_constraints", true)?;
    Ok(connection)
}

/// The first lines of an integrity check that failed; none where all is well.
fn faults(copy: &Connection) -> rusqlite::Result<Vec<String>> {
    checked(copy).map(|checked| checked.lines)
}

/// The same, with what it could not be looked for in.
fn checked(copy: &Connection) -> rusqlite::Result<Checked> {
    let mut checked = tally::checked(copy, "integrity_check", LINES_MAX)?;
    checked.lines.retain(|line| line != "ok");
    checked.lines.truncate(LINES_MAX);
    Ok(checked)
}

/// Hands bytes over, piece by piece, until there are no more.
fn pass_on(from: &mut dyn Read, to: &mut dyn Write, work: &Work, told_as: Option<&SourceName>) -> Result<(), Trouble> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = match from.read(&mut piece) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                work.stop.check(Stage::Dump)?;
                return Err(Trouble::passing(Stage::Dump, format!("read the copy: {error}")));
            }
        };
        work.stop.check(Stage::Dump)?;
        if length == 0 {
            return Ok(());
        }
        to.write_all(&piece[..length]).map_err(|error| work.write_trouble(&error))?;
        if let Some(source) = told_as {
            work.progress.event(Event::Bytes { source: source.clone(), more: length as u64 });
        }
    }
}

/// The path with an ending of SQLite's.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
