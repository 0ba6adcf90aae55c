//! Putting back: a dump into an empty database by psql or `pg_restore`, stopped at the first
//! error; roles and properties statement by statement over our own client, so that what exists
//! already is passed over and never altered.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::access::{Access, connection_string};
use super::connect::Connection;
use super::counter::{Counter, Trailer};
use super::lexer::{Lexer, Seen};
use super::reached::Reached;
use super::tools::{Tools, Version};
use super::without::{Leave, Without};
use super::{dump as stream, failing, fitting, properties as about, restricting, statement};
use crate::config::{DumpFormat, PostgresConfig};
use crate::domain::manifest::PostgresContent;
use crate::domain::name::SourceName;
use crate::domain::progress::Event;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{Target, Work};
use crate::sys::programs::{Child, Command};

/// How psql loads: nobody's settings, nobody asked, only what is answered, and the first error its end.
pub(super) const PSQL: [&str; 6] =
    ["--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "--echo-errors", "--set=ON_ERROR_STOP=1"];
/// Where a database is created from: the one that every server has.
const MAINTENANCE: &str = "postgres";
/// Roles and properties are read whole before the first is carried out. Ten thousand roles with
/// hashes and settings take a fifth of it.
const STATEMENTS_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// A dump says in its first lines whether it restricts psql itself.
const HEAD_BYTES: u64 = 1024;
const DUMPED_FROM: &[u8] = b"\n-- Dumped from database version ";

pub(super) fn database(target: &Target) -> Result<&str, Trouble> {
    match target {
        Target::Database(name) => Ok(name),
        Target::Path(path) => {
            Err(Trouble::lasting(Stage::Connect, format!("load into {}: not a database", path.display())))
        }
    }
}

/// Loads a dump into a database that holds no tables yet.
pub(super) fn dump(config: &PostgresConfig, raw: &mut dyn Read, target: &str, work: &Work) -> Result<(), Trouble> {
    Load::reach(config, target, work)?.stream(config.format, raw).map(drop)
}

/// What goes where.
pub(super) struct Load<'a> {
    source: &'a SourceName,
    access: Access<'a>,
    server_major: u32,
    tools: Tools,
    target: &'a str,
    work: &'a Work,
    leave: Leave,
    left_empty: AtomicU64,
    /// As whose the bytes that pass are told; `None`: whoever hands them in tells of them.
    told_as: Option<&'a SourceName>,
}

impl<'a> Load<'a> {
    /// # Errors
    /// Where the database cannot be reached, or holds tables already.
    pub(super) fn reach(config: &'a PostgresConfig, target: &'a str, work: &'a Work) -> Result<Self, Trouble> {
        let Reached { access, connection, database, tools } = Reached::reach(&config.server, target, work)?;
        drop(connection);
        if database.user_tables > 0 {
            return Err(Trouble::lasting(Stage::Connect, format!("load into {target}: it is not empty"))
                .hint(Saying::new("hint-not-empty").with("database", target)));
        }
        let server_major = database.server_major;
        let (source, leave, left_empty) = (&config.name, Leave::default(), AtomicU64::new(0));
        Ok(Self { source, access, server_major, tools, target, work, leave, left_empty, told_as: Some(source) })
    }

    /// The same, leaving out what this server or role cannot carry out.
    pub(super) fn leaving(self, leave: Leave) -> Self {
        Self { leave, ..self }
    }

    /// The same, telling nobody of the bytes that pass: whoever hands them in does.
    pub(super) fn told_elsewhere(self) -> Self {
        Self { told_as: None, ..self }
    }

    /// The same, where the programs' sessions are listed under this name.
    pub(super) fn named(self, application_name: &str) -> Self {
        Self { access: self.access.named(application_name.to_owned()), ..self }
    }

    /// Loads the stream as it passes; returns what was counted, where it passes as SQL.
    ///
    /// # Errors
    /// The first error of the load; a stream that is not whole; rows that did not arrive.
    pub(super) fn stream(&self, format: DumpFormat, raw: &mut dyn Read) -> Result<Option<PostgresContent>, Trouble> {
        match format {
            DumpFormat::Plain => self.plain(raw).map(Some),
            DumpFormat::Custom if self.needs_fitting() || self.leave.is_in_its_text() => {
                self.custom_as_sql(raw).map(Some)
            }
            DumpFormat::Custom => {
                self.feed("pg_restore", self.pg_restore(), b"", raw, |_| {})?;
                Ok(None)
            }
        }
    }

    /// Loads a custom dump from the file that holds it, in several jobs at once, while `raw`, the
    /// same bytes, is read to its end and so checked.
    ///
    /// # Errors
    /// As of [`Load::stream`].
    pub(super) fn parallel(&self, file: &Path, jobs: usize, raw: &mut dyn Read) -> Result<(), Trouble> {
        if self.needs_fitting() {
            return self.custom_as_sql(raw).map(drop);
        }
        let command = self.pg_restore().arg("--jobs").arg(jobs.to_string()).arg(file);
        let child = stream::start("pg_restore", &command, self.work)?;
        // How far the load is cannot be told by how far this reading is.
        stream::pass(raw, self.work, None, |_| Ok(()))?;
        self.ended_well("pg_restore", child)
    }

    /// How many materialized views it left empty, for they may ask other servers.
    pub(super) fn left_empty(&self) -> u64 {
        self.left_empty.load(Ordering::Relaxed)
    }

    /// Whether newer programs write what this server does not know.
    fn needs_fitting(&self) -> bool {
        fitting::is_needed(self.server_major) && !fitting::is_needed(self.tools.version.major)
    }

    /// Through psql, to which no command of its own is allowed; counted once more to the trailer,
    /// and held against what psql says of each COPY.
    fn plain(&self, raw: &mut dyn Read) -> Result<PostgresContent, Trouble> {
        let (head, first) = head(raw, &self.tools, self.server_major)?;
        let psql = self.access.loading(&self.tools.program("psql"), self.target).args(PSQL);
        let (before, after) = fitting::around(&head, self.server_major);
        let raw = before.chain(after).chain(raw);
        let mut counter = Counter::new(Trailer::Dump);
        let seen = |piece: &[u8]| counter.push(piece);
        let copied = if self.leave.nothing() {
            self.feed("psql", psql, first.as_bytes(), raw, seen)
        } else {
            let mut without = Without::new(raw, &self.leave);
            let copied = self.feed("psql", psql, first.as_bytes(), &mut without, seen);
            self.left_empty.store(without.left_empty(), Ordering::Relaxed);
            copied
        }?;
        let arrived = copied == counter.blocks;
        let content = counter.finish().map_err(|e| Trouble::lasting(Stage::Dump, e).while_doing("load"))?;
        if !arrived {
            return Err(Trouble::lasting(Stage::Dump, "load: not every row arrived that was sent"));
        }
        Ok(content)
    }

    fn pg_restore(&self) -> Command {
        let pg_restore = self.access.loading(&self.tools.program("pg_restore"), self.target);
        let left = [(self.leave.owners, "--no-owner"), (self.leave.tablespaces_but.is_some(), "--no-tablespaces")];
        pg_restore
            .args(left.iter().filter(|(is_left, _)| *is_left).map(|(_, option)| option))
            .args(["--no-password", "--exit-on-error", "--dbname"])
            .arg(connection_string(self.target))
    }

    /// By way of SQL, from which can be left out what the server does not know.
    fn custom_as_sql(&self, raw: &mut dyn Read) -> Result<PostgresContent, Trouble> {
        let give = |reader: &mut dyn Write| {
            stream::pass(raw, self.work, None, |piece| {
                let _ended = reader.write_all(piece);
                Ok(())
            })
        };
        stream::as_sql(&self.tools.program("pg_restore"), self.work, give, |sql| self.plain(sql))
    }

    /// Gives a program all of its input, shows each piece, and waits for its good end; returns the
    /// rows it says it copied, COPY by COPY.
    fn feed(
        &self,
        program: &str,
        command: Command,
        first: &[u8],
        raw: impl Read,
        mut seen: impl FnMut(&[u8]),
    ) -> Result<Vec<u64>, Trouble> {
        let mut child = stream::start(program, &command.feeds_stdin(), self.work)?;
        let mut stdin = child.take_stdin();
        let stdout = stream::take_stdout(&mut child)?;
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || copied(stdout));
            let mut give = |piece: &[u8]| {
                let stdin =
                    stdin.as_mut().ok_or_else(|| Trouble::passing(Stage::Dump, format!("write to {program}")))?;
                stdin.write_all(piece).map_err(|e| Trouble::passing(Stage::Dump, format!("write to {program}: {e}")))
            };
            let mut has_left = give(first).is_err();
            let passed = stream::pass(raw, self.work, self.told_as, |piece| {
                seen(piece);
                give(piece).inspect_err(|_| has_left = true)
            });
            drop(stdin);
            // A program that left before the end says why by how it ended; anything else is told as
            // it is, and the program, dropped here, is killed: half a dump does not go on.
            if let (Err(trouble), false) = (&passed, has_left) {
                return Err(trouble.clone());
            }
            // The rows are given; what the program is busy with from here on is what a dump holds after
            // them.
            let source = Some(self.source.clone());
            self.work.progress.event(Event::Stage { source, stage: "index", expected_bytes: None });
            self.ended_well(program, child)?;
            passed?;
            reading.join().map_err(|_| Trouble::passing(Stage::Dump, format!("read what {program} writes")))
        })
    }

    fn ended_well(&self, program: &str, child: Child) -> Result<(), Trouble> {
        let ended = child.finish().map_err(|e| Trouble::passing(Stage::Dump, format!("wait for {program}: {e}")))?;
        self.work.stop.check(Stage::Dump)?;
        if ended.success {
            return Ok(());
        }
        Err(failing::told(&self.access, self.target, program, &ended, self.work))
    }
}

/// The first bytes of a dump, and what psql is told before them: no command of its own in a file shall
/// run, and the word that lifts this is known to nobody.
pub(super) fn head(raw: &mut dyn Read, tools: &Tools, server_major: u32) -> Result<(Vec<u8>, String), Trouble> {
    let mut head = Vec::new();
    let read = raw.take(HEAD_BYTES).read_to_end(&mut head);
    read.map_err(|e| Trouble::passing(Stage::Dump, format!("read: {e}")))?;
    if let Some(dumped) = dumped_from(&head).filter(|dumped| *dumped > server_major) {
        return Err(newer(dumped, server_major));
    }
    match (restricting::is_restricted(&head), tools.version.knows_restrict()) {
        (true, false) => Err(unrestricted(tools.version)),
        (false, true) => Ok((head, format!("\\restrict {}\n", restricting::token()))),
        _ => Ok((head, String::new())),
    }
}

/// A dump that restricts psql is for one that knows the word.
pub(super) fn unrestricted(version: Version) -> Trouble {
    Trouble::lasting(Stage::Connect, format!("psql {version} does not know \\restrict"))
        .hint(Saying::new("hint-old-psql"))
}

/// A dump of a server newer than this one.
pub(super) fn newer(dumped: u32, server: u32) -> Trouble {
    Trouble::lasting(Stage::Connect, format!("the dump is of a server {dumped}, this one is {server}"))
        .hint(Saying::new("hint-restore-older-server").with("dumped", dumped).with("server", server))
}

/// The server's major version, as a dump says it in its first lines.
fn dumped_from(head: &[u8]) -> Option<u32> {
    let at = memchr::memmem::find(head, DUMPED_FROM)?;
    let line = head[at + DUMPED_FROM.len()..].split(|byte| *byte == b'\n').next()?;
    Version::parse(std::str::from_utf8(line).ok()?).map(|version| version.major)
}

/// The number of each line `COPY 5`: what psql says of a COPY that ended well.
fn copied(stdout: impl Read) -> Vec<u64> {
    let lines = BufReader::new(stdout).split(b'\n').map_while(Result::ok);
    lines.filter_map(|line| std::str::from_utf8(line.strip_prefix(b"COPY ")?).ok()?.parse().ok()).collect()
}

/// Creates a database with these properties, under the target's name.
pub(super) fn properties(
    config: &PostgresConfig,
    raw: &mut dyn Read,
    target: &str,
    work: &Work,
) -> Result<(), Trouble> {
    let statements = statements(raw, Trailer::Properties, work)?;
    let access = Access::read(&config.server)?;
    let connection = Connection::open(&access, MAINTENANCE, &work.runtime)?;
    for text in statements {
        work.stop.check(Stage::Dump)?;
        run_about(&connection, &text, target)?;
    }
    Ok(())
}

/// The statements of a file of properties.
pub(super) fn properties_of(raw: &[u8], work: &Work) -> Result<Vec<Vec<u8>>, Trouble> {
    statements(&mut &*raw, Trailer::Properties, work)
}

/// The statements of a file of roles.
pub(super) fn globals(raw: &[u8], work: &Work) -> Result<Vec<Vec<u8>>, Trouble> {
    statements(&mut &*raw, Trailer::Globals, work)
}

/// Carries out a statement about a database, for the one of this name.
pub(super) fn run_about(connection: &Connection, text: &[u8], database: &str) -> Result<(), Trouble> {
    match about::about_database(text) {
        Some((before, after)) => run(connection, &[before, quoted(database).as_bytes(), after].concat()),
        // The client speaks UTF-8 whatever the file says; it was written so.
        None if text.starts_with(b"SET client_encoding ") => Ok(()),
        None => run(connection, text),
    }
}

/// Creates the roles and memberships that do not exist yet, each by itself. Existing roles are
/// never altered, tablespaces never created.
pub(super) fn roles(config: &PostgresConfig, raw: &mut dyn Read, work: &Work) -> Result<(), Trouble> {
    let access = Access::read(&config.server)?;
    let connection = Connection::open(&access, MAINTENANCE, &work.runtime)?;
    for text in new_roles(&connection, raw, work)? {
        work.stop.check(Stage::Dump)?;
        run(&connection, &text)?;
    }
    Ok(())
}

/// The statements that make roles and memberships which do not exist yet.
pub(super) fn new_roles(connection: &Connection, raw: &mut dyn Read, work: &Work) -> Result<Vec<Vec<u8>>, Trouble> {
    let mut statements = statements(raw, Trailer::Globals, work)?;
    let text_pairs = "SELECT r.rolname::text, coalesce(m.rolname::text, '') FROM pg_roles r
                      LEFT JOIN pg_auth_members a ON a.roleid = r.oid LEFT JOIN pg_roles m ON m.oid = a.member";
    let mut existing = BTreeSet::new();
    let mut memberships = BTreeSet::new();
    for row in connection.rows(text_pairs, &[])? {
        existing.insert(row.get::<_, String>(0));
        memberships.insert((row.get::<_, String>(0), row.get::<_, String>(1)));
    }
    statements.retain(|text| match (role(text), membership(text)) {
        (Some(role), _) => !existing.contains(&role),
        (_, Some(pair)) => !memberships.contains(&pair),
        _ => false,
    });
    Ok(statements)
}

/// The role that a statement is about.
pub(super) fn role(text: &[u8]) -> Option<String> {
    let starts = ["CREATE ROLE ", "ALTER ROLE ", "COMMENT ON ROLE "];
    let after = starts.iter().find_map(|start| text.strip_prefix(start.as_bytes()))?;
    statement::name(after).map(|(role, _)| role)
}

/// The tablespace that a statement creates.
pub(super) fn tablespace(text: &[u8]) -> Option<String> {
    statement::name(text.strip_prefix(b"CREATE TABLESPACE ")?).map(|(tablespace, _)| tablespace)
}

/// The role that is given, and to whom.
fn membership(text: &[u8]) -> Option<(String, String)> {
    let (role, rest) = statement::name(text.strip_prefix(b"GRANT ")?)?;
    let (member, _) = statement::name(rest.strip_prefix(b" TO ")?)?;
    Some((role, member))
}

/// All statements of a small file, once it is known to be whole.
fn statements(raw: &mut dyn Read, trailer: Trailer, work: &Work) -> Result<Vec<Vec<u8>>, Trouble> {
    let mut file = Vec::new();
    raw.take(STATEMENTS_BYTES_MAX)
        .read_to_end(&mut file)
        .map_err(|e| Trouble::passing(Stage::Dump, format!("read: {e}")))?;
    super::count(&mut file.as_slice(), trailer, work)?;
    let (mut lexer, mut rest, mut statements) = (Lexer::new(), file.as_slice(), Vec::new());
    while !rest.is_empty() {
        let (used, seen) = lexer.push(rest);
        if seen == Seen::Statement {
            statements.push(lexer.text().to_vec());
        }
        rest = &rest[used..];
    }
    Ok(statements)
}

pub(super) fn run(connection: &Connection, text: &[u8]) -> Result<(), Trouble> {
    connection.run(&statement::readable(text.to_vec()))
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
