//! psql with its input kept open: a transaction is begun in it, a dump streamed through it, and
//! only when everything else agrees is it told to commit. Given up, it is killed before its input
//! ends: at the end of its input it would carry out what stands there unfinished.

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::access::Access;
use crate::source::postgres::tools::Tools;
use crate::source::postgres::{dump as stream, failing, load, restricting};
use crate::sys::programs::Child;

/// While an answer is waited for, the stop signal is looked at so often.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What psql says of a COPY that ended well, and of a transaction.
const COPIED: &str = "COPY ";
const COMMITTED: &str = "COMMIT";

pub(super) struct Session<'a> {
    access: &'a Access<'a>,
    database: &'a str,
    work: &'a Work,
    /// Stands before what is asked for and not the dump's.
    token: String,
    /// Dropped first, so that psql is gone before its input ends.
    child: Option<Child>,
    stdin: Option<Box<dyn Write + Send>>,
    said: Receiver<String>,
    /// The rows that psql says it copied, COPY by COPY.
    pub(super) copied: Vec<u64>,
}

impl<'a> Session<'a> {
    /// # Errors
    /// Where psql cannot be started.
    pub(super) fn start(
        access: &'a Access<'a>,
        tools: &Tools,
        database: &'a str,
        name: &str,
        work: &'a Work,
    ) -> Result<Self, Trouble> {
        let psql = access.loading(&tools.program("psql"), database).env("PGAPPNAME", name).args(load::PSQL);
        let mut child = stream::start("psql", &psql.feeds_stdin(), work)?;
        let stdin = child.take_stdin().map(|stdin| Box::new(stdin) as Box<dyn Write + Send>);
        let stdout = stream::take_stdout(&mut child)?;
        let (tells, said) = channel();
        let token = restricting::token();
        let marked = token.clone();
        // Ends with psql, which ends with the session. It holds a line at a time and passes on few.
        std::thread::spawn(move || {
            let lines = BufReader::new(stdout).split(b'\n').map_while(Result::ok);
            let lines = lines.filter_map(|line| String::from_utf8(line).ok());
            let told = |line: &String| line.starts_with(COPIED) || line == COMMITTED || line.starts_with(&marked);
            lines.filter(told).try_for_each(|line| tells.send(line))
        });
        Ok(Self { access, database, work, token, child: Some(child), stdin, said, copied: Vec::new() })
    }

    /// Has a statement carried out, and everything before it.
    ///
    /// # Errors
    /// Where psql does not take it any more: why, it says itself.
    pub(super) fn tell(&mut self, sql: &str) -> Result<(), Trouble> {
        self.write(sql.as_bytes()).map_err(|_| self.ended())
    }

    /// Asks for one text, which is the answer once everything before it has been carried out.
    /// `waiting` is called while it is waited for.
    ///
    /// # Errors
    /// What ended psql before it could answer.
    pub(super) fn ask(&mut self, text: &str, mut waiting: impl FnMut()) -> Result<String, Trouble> {
        self.tell(&format!("SELECT '{}' || {text};\n", self.token))?;
        loop {
            self.work.stop.check(Stage::Load)?;
            match self.said.recv_timeout(LOOK_EVERY) {
                Ok(line) => match line.strip_prefix(&self.token) {
                    Some(answer) => return Ok(answer.to_owned()),
                    None => self.copied.extend(line.strip_prefix(COPIED).and_then(|rows| rows.parse::<u64>().ok())),
                },
                Err(RecvTimeoutError::Timeout) => waiting(),
                Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
            }
        }
    }

    /// Passes SQL on, showing each piece.
    ///
    /// # Errors
    /// The stream's own; what ended psql.
    pub(super) fn pass(&mut self, sql: impl Read, mut seen: impl FnMut(&[u8])) -> Result<(), Trouble> {
        let mut has_left = false;
        let work = self.work;
        let passed = stream::pass(sql, work, None, |piece| {
            seen(piece);
            self.write(piece).inspect_err(|_| has_left = true)
        });
        if has_left { Err(self.ended()) } else { passed }
    }

    /// Commits, and sees that it was done.
    ///
    /// # Errors
    /// Where the server did not say so: it may have been done all the same.
    pub(super) fn commit(mut self) -> Result<(), Trouble> {
        self.tell("COMMIT;\n")?;
        self.stdin = None;
        let unsaid = || Trouble::passing(Stage::Swap, "commit: the server did not say that it was done");
        let child = self.child.take().ok_or_else(unsaid)?;
        let last = self.said.iter().last();
        let ended = child.finish().map_err(|e| Trouble::passing(Stage::Swap, format!("wait for psql: {e}")))?;
        if ended.success && last.as_deref() == Some(COMMITTED) {
            return Ok(());
        }
        let told = failing::told(self.access, self.database, "psql", &ended, self.work);
        Err(if ended.success { unsaid() } else { told })
    }

    fn write(&mut self, piece: &[u8]) -> Result<(), Trouble> {
        let gone = || Trouble::passing(Stage::Load, "write to psql");
        let stdin = self.stdin.as_mut().ok_or_else(gone)?;
        stdin.write_all(piece).and_then(|()| stdin.flush()).map_err(|_| gone())
    }

    /// psql left before it was told to: how it ended says why.
    fn ended(&mut self) -> Trouble {
        let Some(child) = self.child.take() else { return Trouble::passing(Stage::Load, "write to psql") };
        if let Some(reason) = self.work.stop.reason() {
            return Trouble::stopped(Stage::Load, reason);
        }
        match child.finish() {
            Ok(ended) if ended.success => Trouble::passing(Stage::Load, "psql ended before it was told to"),
            Ok(ended) => failing::told(self.access, self.database, "psql", &ended, self.work),
            Err(e) => Trouble::passing(Stage::Load, format!("wait for psql: {e}")),
        }
    }
}
