//! The way of the bytes: from a program of PostgreSQL's through the counter into the stream we
//! are handed. A dump is whole only when every program ended well, the trailer was seen where it
//! means something, and the stream ended with it.

use std::io::{self, Read, Write};
use std::path::Path;

use rustix::process::Signal;

use super::access::{Access, ending};
use super::connect::Connection;
use super::counter::{Counter, Trailer};
use super::server;
use crate::domain::manifest::PostgresContent;
use crate::domain::name::SourceName;
use crate::domain::progress::Event;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::sys::fault;
use crate::sys::programs::{Child, Command, Ended};
use crate::words::size;

/// What is passed on at once: what a pipe holds, a few times over.
const PIECE_BYTES: usize = 256 * 1024;

/// Who dumps what: enough to run a program and to say why it failed.
pub(super) struct Run<'a> {
    pub(super) source: &'a SourceName,
    pub(super) access: &'a Access<'a>,
    pub(super) database: &'a str,
    pub(super) work: &'a Work,
}

impl Run<'_> {
    /// Runs a program that writes SQL, and counts it in passing.
    pub(super) fn plain(
        &self,
        program: &str,
        command: &Command,
        trailer: Trailer,
        out: &mut dyn Write,
    ) -> Result<PostgresContent, Trouble> {
        let mut counter = Counter::new(trailer);
        let mut child = self.start(program, command)?;
        let stdout = take_stdout(&mut child)?;
        self.pass(stdout, |piece| {
            counter.push(piece);
            write(out, piece)
        })?;
        self.ended_well(program, child)?;
        counter.finish().map_err(|e| Trouble::passing(Stage::Dump, e).while_doing(format!("run {program}")))
    }

    /// Runs a program that writes a custom dump; what passes is also read back by `pg_restore`,
    /// whose output is counted and whose good end is the proof that the dump is whole.
    pub(super) fn custom(
        &self,
        program: &str,
        command: &Command,
        pg_restore: &Path,
        out: &mut dyn Write,
    ) -> Result<PostgresContent, Trouble> {
        let mut child = self.start(program, command)?;
        let stdout = take_stdout(&mut child)?;
        let mut passed = Ok(());
        let content = read_back(pg_restore, self.work, |reader| {
            passed = self.pass(stdout, |piece| {
                write(out, piece)?;
                // What ends `pg_restore` early is told by its exit status.
                let _ended = reader.write_all(piece);
                Ok(())
            });
            passed.clone()
        });
        // The first in the line to fail is the cause; what it left the next is not whole either.
        passed?;
        self.ended_well(program, child)?;
        content
    }

    fn start(&self, program: &str, command: &Command) -> Result<Child, Trouble> {
        start(program, command, self.work)
    }

    fn pass(&self, from: impl Read, each: impl FnMut(&[u8]) -> Result<(), Trouble>) -> Result<(), Trouble> {
        pass(from, self.work, Some(self.source), each)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// Where that is not a good one, and why.
    pub(super) fn ended_well(&self, program: &str, child: Child) -> Result<(), Trouble> {
        let ended = child.finish().map_err(|e| Trouble::passing(Stage::Dump, format!("wait for {program}: {e}")))?;
        self.work.stop.check(Stage::Dump)?;
        if ended.success {
            return Ok(());
        }
        let trouble = Trouble::passing(Stage::Dump, self.access.ending(program, &ended));
        Err(if was_killed(&ended) { trouble.hint(killed(program, &ended, self.work)) } else { self.explain(trouble) })
    }

    /// Asks the server itself why a program may have failed: programs speak the server's
    /// language, and only codes and catalogues are the same in all.
    fn explain(&self, trouble: Trouble) -> Trouble {
        let connection = match Connection::open(self.access, self.database, &self.work.runtime) {
            Ok(connection) => connection,
            Err(why) => return Trouble { hint: why.hint, outlook: why.outlook, ..trouble },
        };
        let table = |found: Result<Option<String>, Trouble>| found.ok().flatten();
        let hint = if let Some(table) = table(server::unreadable(&connection)) {
            Saying::new("hint-grant").with("table", table)
        } else if let Some(table) = table(server::filtered(&connection)) {
            Saying::new("hint-row-security").with("table", table)
        } else if let Some(table) = table(server::locked(&connection)) {
            return trouble.hint(Saying::new("hint-locked").with("table", table));
        } else {
            return trouble;
        };
        let lasting = Trouble::lasting(trouble.stage, trouble.error);
        lasting.hint(hint.with("user", &self.access.server.user))
    }
}

/// Counts the content of a custom dump that `feed` writes: `pg_restore` turns it into SQL.
pub(super) fn read_back(
    pg_restore: &Path,
    work: &Work,
    feed: impl FnOnce(&mut dyn Write) -> Result<(), Trouble>,
) -> Result<PostgresContent, Trouble> {
    let counter = as_sql(pg_restore, work, feed, |sql| {
        let mut counter = Counter::new(Trailer::Dump);
        pass(sql, work, None, |piece| {
            counter.push(piece);
            Ok(())
        })?;
        Ok(counter)
    })?;
    counter.finish().map_err(|e| Trouble::passing(Stage::Dump, e).while_doing("read back"))
}

/// Turns the custom dump that `feed` writes into the SQL that `read` gets, as it passes.
pub(super) fn as_sql<T: Send>(
    pg_restore: &Path,
    work: &Work,
    feed: impl FnOnce(&mut dyn Write) -> Result<(), Trouble>,
    read: impl FnOnce(&mut dyn Read) -> Result<T, Trouble> + Send,
) -> Result<T, Trouble> {
    let command = Command::new(pg_restore).args(["--file", "-"]).feeds_stdin();
    let mut child = start("pg_restore", &command, work)?;
    let mut stdout = take_stdout(&mut child)?;
    let stdin = child.take_stdin();
    let (written, reading) = std::thread::scope(|scope| {
        // Moved in, so that `pg_restore` ends when nobody reads it any more.
        let reading = scope.spawn(move || read(&mut stdout));
        let written = stdin.map_or(Ok(()), |mut stdin| feed(&mut stdin));
        // Whatever stopped the feed, `pg_restore` now sees the end of its input and ends too.
        (written, reading.join())
    });
    written?;
    let result = reading.unwrap_or_else(|_| Err(Trouble::passing(Stage::Dump, "read what pg_restore writes")));
    let ended = child.finish().map_err(|e| Trouble::passing(Stage::Dump, format!("wait for pg_restore: {e}")))?;
    work.stop.check(Stage::Dump)?;
    // Whoever stopped to read knows why; that its writer could not go on says nothing.
    let was_left_alone = ended.signal == Some(Signal::PIPE.as_raw()) && result.is_err();
    if !(ended.success || was_left_alone) {
        let trouble = Trouble::passing(Stage::Dump, ending("pg_restore", &ended)).while_doing("read back");
        return Err(if was_killed(&ended) { trouble.hint(killed("pg_restore", &ended, work)) } else { trouble });
    }
    result
}

/// Killed, and not by us: whoever is asked to stop is told so before.
pub(super) fn was_killed(ended: &Ended) -> bool {
    ended.signal == Some(Signal::KILL.as_raw())
}

/// What to do about it. That memory ran out is only told where the kernel says so.
pub(super) fn killed(program: &str, ended: &Ended, work: &Work) -> Saying {
    let saying = match (ended.memory_ran_out, work.sys.programs.memory().limit_bytes()) {
        (true, Some(limit_bytes)) => Saying::new("hint-killed-at-limit").with("limit", size(limit_bytes)),
        (true, None) => Saying::new("hint-killed-for-memory"),
        (false, _) => Saying::new("hint-killed"),
    };
    saying.with("program", program)
}

pub(super) fn start(program: &str, command: &Command, work: &Work) -> Result<Child, Trouble> {
    work.sys.programs.start(command, &work.stop).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => Trouble::lasting(Stage::Connect, format!("start {program}: there is none here"))
            .hint(Saying::new("hint-no-tools")),
        _ => Trouble::passing(Stage::Connect, format!("start {program}: {e}")),
    })
}

pub(super) fn take_stdout(child: &mut Child) -> Result<impl Read + Send + use<>, Trouble> {
    child.take_stdout().ok_or_else(|| Trouble::passing(Stage::Dump, "read a program's output"))
}

/// Reads to the end, piece by piece, looking at the stop signal between two of them. Pieces are
/// filled, however little a pipe gives at once: fewer and larger writes behind.
pub(super) fn pass(
    mut from: impl Read,
    work: &Work,
    source: Option<&SourceName>,
    mut each: impl FnMut(&[u8]) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut buffer = vec![0; PIECE_BYTES];
    loop {
        work.stop.check(Stage::Dump)?;
        let read = fill(&mut from, &mut buffer);
        // A stream that was asked to stop ends early, or fails its reads and writes.
        work.stop.check(Stage::Dump)?;
        let piece = &buffer[..read.map_err(|e| Trouble::passing(Stage::Dump, format!("read: {e}")))?];
        if piece.is_empty() {
            return Ok(());
        }
        if let Err(trouble) = each(piece) {
            work.stop.check(Stage::Dump)?;
            return Err(trouble);
        }
        if let Some(source) = source {
            work.progress.event(Event::Bytes { source: source.clone(), more: piece.len() as u64 });
        }
    }
}

/// Reads until the buffer is full or the stream ends.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

pub(super) fn write(out: &mut dyn Write, piece: &[u8]) -> Result<(), Trouble> {
    out.write_all(piece).map_err(|e| fault::trouble(Stage::Write, &e).while_doing("write"))
}
