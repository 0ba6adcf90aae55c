//! The way back of a SQLite file: the restored database is checked beside, and then its content
//! is written into the live file by SQLite itself, so that every program that has it open sees
//! the old or the new whole. Only a file that SQLite does not accept is set aside instead.
//!
//! Never: renames, replaces or removes a live file of SQLite's, or what SQLite keeps beside it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{
    HEAD, STEPS_BETWEEN_LOOKS, Sqlite, TRY_EVERY, aside, beside, connect, content, examine, open_whole, pass_on,
};
use crate::config::SqliteConfig;
use crate::domain::difference;
use crate::domain::id::BackupId;
use crate::domain::manifest::Content;
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::exchange::{self, Paths, remove, room, stands, target};
use crate::source::restore::{Bytes, Kept, Prospect, Restore, Stands, To, Wish};
use crate::sys::files::parent;

/// A look at the live file keeps writers from committing no longer than this: less than any
/// application waits for a lock.
const LOOK_MAX: Duration = Duration::from_secs(2);

/// Puts copies of one SQLite file back.
pub struct SqliteRestore {
    source: Sqlite,
}

/// What stands at the target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Whole,
    /// Damaged, and yet SQLite can write into it.
    Damaged,
    /// Nothing that SQLite accepts.
    NoDatabase,
}

impl SqliteRestore {
    pub fn new(config: &SqliteConfig) -> Self {
        Self { source: Sqlite::new(config) }
    }

    /// The same way back with another bound for waiting on a lock.
    pub fn busy_wait(self, busy_wait: Duration) -> Self {
        Self { source: self.source.busy_wait(busy_wait) }
    }

    fn look_home(&self, wish: &Wish, work: &Work) -> Result<Prospect, Trouble> {
        let live = target::real(&self.source.path)?;
        let folder = parent(&live);
        room::may_write(folder)?;
        let new = exchange::new_beside(&live, &wish.run);
        let raw_bytes = wish.raw_bytes.unwrap_or(0);
        let mut says = Vec::new();
        let old = if stands(&live).map_err(|error| exchange::trouble(&error))? {
            let found = self.found(&live, work)?;
            let live_bytes = ["", "-wal"].map(|ending| beside(&live, ending).metadata().map_or(0, |data| data.len()));
            let live_bytes: u64 = live_bytes.iter().sum();
            // The restored beside, the present kept, and what SQLite writes to be able to go back.
            room::demand(folder, raw_bytes + live_bytes + raw_bytes.max(live_bytes), wish)?;
            let old = match found {
                Found::NoDatabase => exchange::ending(&live, &format!("_before_{}", wish.run)),
                Found::Whole | Found::Damaged => kept(&live, "before", &wish.run),
            };
            let of_both = |key| Saying::new(key).with("path", live.display()).with("old", old.display());
            says.extend(match found {
                Found::Whole => vec![of_both("restore-sqlite-kept")],
                Found::Damaged => vec![
                    of_both("restore-sqlite-kept"),
                    Saying::new("restore-sqlite-damaged").with("path", live.display()),
                ],
                Found::NoDatabase => vec![of_both("restore-sqlite-stop")],
            });
            Some(old)
        } else {
            nothing_left(&live)?;
            room::demand(folder, raw_bytes, wish)?;
            says.push(Saying::new("restore-nothing-stands").with("path", live.display()));
            None
        };
        target::is_free(old.as_deref())?;
        target::is_free(Some(&new))?;
        Ok(Prospect {
            says,
            exchanges: vec![Paths { live, new, old }.exchange()],
            remarks: Vec::new(),
            in_place: false,
        })
    }

    /// Takes the lock a swap needs and gives it back, and looks whether the file is whole.
    fn found(&self, live: &Path, work: &Work) -> Result<Found, Trouble> {
        if !live.is_file() {
            return Err(Trouble::lasting(Stage::Connect, format!("look at {}: it is no file", live.display())));
        }
        // SQLite would throw away what lies beside a file that is none of its own.
        if !has_head(live).map_err(|error| exchange::trouble(&error))? {
            return Ok(Found::NoDatabase);
        }
        let told = |error: &rusqlite::Error| self.source.told(error, work);
        let database = connect(live, OpenFlags::SQLITE_OPEN_READ_WRITE, work).map_err(|error| told(&error))?;
        database.busy_timeout(TRY_EVERY).map_err(|error| told(&error))?;
        let until = Instant::now() + self.source.busy_wait;
        loop {
            work.stop.check(Stage::Connect)?;
            match database.execute_batch("BEGIN EXCLUSIVE; ROLLBACK") {
                Ok(()) => break,
                Err(error) => match error.sqlite_error_code() {
                    Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => return Ok(Found::NoDatabase),
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) if Instant::now() < until => {
                        work.stop.wait(TRY_EVERY);
                    }
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => return Err(self.locked(live)),
                    _ => return Err(told(&error)),
                },
            }
        }
        Ok(if is_damaged(&database, work) { Found::Damaged } else { Found::Whole })
    }

    fn locked(&self, live: &Path) -> Trouble {
        let waited = self.source.busy_wait.as_secs();
        let text = format!("lock {}: held by another program for {waited} s", live.display());
        Trouble::passing(Stage::Connect, text).hint(Saying::new("hint-sqlite-locked").with("path", live.display()))
    }

    /// Writes the raw bytes to `path`, as readable as `live`, and checks them there.
    fn bring(path: &Path, live: &Path, raw: &mut dyn Read, wish: &Wish, work: &Work) -> Result<(), Trouble> {
        let bound = wish.raw_bytes.filter(|_| wish.facts.sqlite.is_some()).or(room::free_bytes(parent(path)));
        let mut raw = Bounded { raw, left: bound.unwrap_or(u64::MAX) };
        let mut file = content::new_like(live, path, work).map_err(|error| work.write_trouble(&error))?;
        pass_on(&mut raw, &mut file, work, None)?;
        file.sync().map_err(|error| work.write_trouble(&error))?;
        drop(file);
        let facts = examine(&open_whole(path, work)?, work)?;
        let differs = |stated| difference::between(&Content::Sqlite(stated), &Content::Sqlite(facts));
        match wish.facts.sqlite.clone().and_then(differs) {
            Some(differs) => {
                let text = format!("check the copy: it does not hold what its manifest says: {differs}");
                Err(Trouble::lasting(Stage::Dump, text).hint(Saying::new("hint-not-as-stated")))
            }
            None => Ok(()),
        }
    }
}

impl Restore for SqliteRestore {
    fn look(&self, wish: &Wish, work: &Work) -> Result<Prospect, Trouble> {
        match &wish.to {
            To::Home => self.look_home(wish, work),
            To::Folder(folder) => target::look(folder, wish.raw_bytes.unwrap_or(0), wish),
            To::Database(_) => Err(target::no_database()),
        }
    }

    fn prepare(&self, exchanges: &[Exchange], bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
        match (&wish.to, exchanges) {
            (To::Database(_), _) => Err(target::no_database()),
            (To::Folder(folder), _) => target::fill(folder, work, |real, is_there| {
                if !is_there {
                    drop(work.sys.files.new_folder(real, 0o750).map_err(|error| exchange::trouble(&error))?);
                }
                let path = real.join(self.source.path.file_name().unwrap_or_default());
                Self::bring(&path, &path, bytes.raw, wish, work)
            }),
            (To::Home, [exchange]) => {
                let paths = Paths::of(exchange);
                Self::bring(&paths.new, &paths.live, bytes.raw, wish, work).inspect_err(|_| {
                    // What stays is named by its exchange, and asked for again.
                    let _stays = self.discard(exchanges, work);
                })
            }
            (To::Home, _) => Err(Trouble::lasting(Stage::SetUp, "restore a SQLite file: one exchange is needed")),
        }
    }

    fn swap(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
        exchanges.iter().map(Paths::of).try_for_each(|paths| match Form::of(&paths) {
            Form::Fresh => {
                nothing_left(&paths.live)?;
                let files = &work.sys.files;
                let renamed = files.rename_new(&paths.new, &paths.live);
                renamed.and_then(|()| files.sync_folder(parent(&paths.live))).map_err(|error| exchange::trouble(&error))
            }
            Form::Content(old) => content::swap(&self.source, &paths, old, work),
            Form::Aside(old) => aside::swap(&paths, old, &work.sys.files),
        })
    }

    fn settle(&self, exchanges: &[Exchange], work: &Work) -> Result<Stands, Trouble> {
        let all: Result<Vec<Stands>, Trouble> = exchanges
            .iter()
            .map(Paths::of)
            .map(|paths| match Form::of(&paths) {
                Form::Fresh => {
                    let is_new = !stands(&paths.new).map_err(|error| exchange::trouble(&error))?;
                    Ok(if is_new { Stands::New } else { Stands::Old })
                }
                Form::Content(old) => content::settle(&self.source, &paths, old, work),
                Form::Aside(old) => aside::settle(&paths, old, &work.sys.files),
            })
            .collect();
        Ok(if all?.contains(&Stands::Old) { Stands::Old } else { Stands::New })
    }

    fn discard(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
        let made = exchanges.iter().map(Paths::of).flat_map(|paths| {
            let new = paths.is_made().then(|| paths.new.clone());
            new.into_iter().chain(paths.old.as_deref().map(content::part))
        });
        let all = made.flat_map(|path| ["", "-journal", "-wal", "-shm"].map(|ending| beside(&path, ending)));
        all.into_iter().try_for_each(|path| work.sys.files.remove(&path)).map_err(|error| exchange::trouble(&error))
    }

    fn kept(&self, exchanges: &[Exchange], _work: &Work) -> Result<Vec<Kept>, Trouble> {
        remove::kept(&exchanges.iter().map(Paths::of).collect::<Vec<_>>())
    }

    fn clean(&self, exchanges: &[Exchange], work: &Work) -> Result<Option<u64>, Trouble> {
        let with_sides = exchanges.iter().map(Paths::of).flat_map(|paths| {
            let olds = paths.old.clone().map(|old| ["", "-journal", "-wal", "-shm"].map(|ending| beside(&old, ending)));
            olds.into_iter().flatten().map(move |old| Paths { old: Some(old), ..paths.clone() })
        });
        remove::clean(&with_sides.collect::<Vec<_>>(), work).map(Some)
    }

    fn reversed(&self, done: &[Exchange], run: &BackupId) -> Vec<Exchange> {
        exchange::reversed(done, &|paths| match Form::of(paths) {
            Form::Aside(_) => exchange::ending(&paths.live, &format!("_undone_{run}")),
            Form::Fresh | Form::Content(_) => kept(&paths.live, "undone", run),
        })
    }
}

/// How an exchange is made, which the name of the kept copy says.
enum Form<'a> {
    /// Nothing stands at the target.
    Fresh,
    /// The content is exchanged, the file stays.
    Content(&'a Path),
    /// The file is set aside.
    Aside(&'a Path),
}

impl<'a> Form<'a> {
    fn of(paths: &'a Paths) -> Self {
        match paths.old.as_deref() {
            None => Form::Fresh,
            Some(old) if old.extension().is_some_and(|ending| ending == KEPT_ENDING) => Form::Content(old),
            Some(old) => Form::Aside(old),
        }
    }
}

const KEPT_ENDING: &str = "sqlite3";

/// `<name>_before_<run>.sqlite3`.
fn kept(live: &Path, what: &str, run: &BackupId) -> PathBuf {
    let stem = live.with_file_name(live.file_stem().unwrap_or_default());
    exchange::ending(&stem, &format!("_{what}_{run}.{KEPT_ENDING}"))
}

/// A journal that lies where no file is would be replayed over what is put there.
fn nothing_left(live: &Path) -> Result<(), Trouble> {
    for left in ["-wal", "-journal"].map(|ending| beside(live, ending)) {
        if stands(&left).map_err(|error| exchange::trouble(&error))? {
            let text = format!("look at {}: {} lies there without it", live.display(), left.display());
            let hint = Saying::new("hint-sqlite-left").with("left", left.display());
            return Err(Trouble::lasting(Stage::Connect, text).hint(hint));
        }
    }
    Ok(())
}

/// Whether a file begins as SQLite's do; an empty one is an empty database.
fn has_head(live: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(live)?.take(HEAD.len() as u64).read_to_end(&mut head)?;
    Ok(head.is_empty() || head == HEAD)
}

/// As far as that can be seen in a short look.
fn is_damaged(database: &Connection, work: &Work) -> bool {
    let (stop, until) = (work.stop.clone(), Instant::now() + LOOK_MAX);
    let is_over = move || stop.reason().is_some() || Instant::now() >= until;
    if database.progress_handler(STEPS_BETWEEN_LOOKS / 10, Some(is_over)).is_err() {
        return false;
    }
    match database.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)) {
        Ok(line) => line != "ok",
        Err(error) => error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt),
    }
}

/// Bytes that may not be more than was said.
struct Bounded<'a> {
    raw: &'a mut dyn Read,
    left: u64,
}

impl Read for Bounded<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = self.raw.read(bytes)?;
        self.left = self.left.checked_sub(length as u64).ok_or_else(|| {
            io::Error::other("there are more bytes than its manifest says, or than there is room for")
        })?;
        Ok(length)
    }
}
