//! Putting back: a dump into an empty database by psql or `pg_restore`, stopped at the first
//! error; roles and properties statement by statement over our own client, so that what exists
//! already is passed over and never altered.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{Read, Write};

use super::access::{Access, connection_string};
use super::connect::Connection;
use super::counter::{Counter, Trailer};
use super::lexer::{Lexer, Seen};
use super::reached::Reached;
use super::tools::Tools;
use super::{dump as stream, fitting, properties as about, statement};
use crate::config::{DumpFormat, PostgresConfig};
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{Target, Work};
use crate::sys::programs::Command;

/// Where a database is created from: the one that every server has.
const MAINTENANCE: &str = "postgres";
/// Roles and properties are read whole before the first is carried out. Ten thousand roles with
/// hashes and settings take a fifth of it.
const STATEMENTS_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// A dump says in its first lines whether it restricts psql itself.
const HEAD_BYTES: u64 = 1024;

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
    let Reached { access, connection, database, tools } = Reached::reach(&config.server, target, work)?;
    drop(connection);
    if database.user_tables > 0 {
        return Err(Trouble::lasting(Stage::Connect, format!("load into {target}: it is not empty"))
            .hint(Saying::new("hint-not-empty").with("database", target)));
    }
    let server_major = database.server_major;
    let needs_fitting = fitting::is_needed(server_major) && !fitting::is_needed(tools.version.major);
    let load = Load { source: &config.name, access, server_major, tools, target, work };
    match config.format {
        DumpFormat::Plain => load.plain(raw),
        DumpFormat::Custom if needs_fitting => load.custom_as_sql(raw),
        DumpFormat::Custom => load.custom(raw),
    }
}

/// What goes where.
struct Load<'a> {
    source: &'a SourceName,
    access: Access<'a>,
    server_major: u32,
    tools: Tools,
    target: &'a str,
    work: &'a Work,
}

impl Load<'_> {
    /// Through psql, to which no command of its own is allowed; counted once more to the trailer.
    fn plain(&self, mut raw: &mut dyn Read) -> Result<(), Trouble> {
        let mut head = Vec::new();
        Read::take(&mut raw, HEAD_BYTES)
            .read_to_end(&mut head)
            .map_err(|e| Trouble::passing(Stage::Dump, format!("read: {e}")))?;
        let version = self.tools.version;
        let first = match (is_restricted(&head), version.knows_restrict()) {
            (true, false) => {
                return Err(Trouble::lasting(Stage::Connect, format!("psql {version} does not know \\restrict"))
                    .hint(Saying::new("hint-old-psql")));
            }
            // No meta-command of a file shall run; the word that lifts it is known to nobody.
            (false, true) => format!("\\restrict {}\n", token()),
            _ => String::new(),
        };
        let psql = self.access.command(&self.tools.program("psql"), self.target, "UTF8");
        let psql =
            psql.args(["--no-psqlrc", "--no-password", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1"]);
        let (before, after) = fitting::around(&head, self.server_major);
        let mut counter = Counter::new(Trailer::Dump);
        self.feed("psql", psql, first.as_bytes(), before.chain(after).chain(raw), |piece| counter.push(piece))?;
        counter.finish().map(drop).map_err(|e| Trouble::lasting(Stage::Dump, e).while_doing("load"))
    }

    fn custom(&self, raw: &mut dyn Read) -> Result<(), Trouble> {
        let pg_restore = self.access.command(&self.tools.program("pg_restore"), self.target, "UTF8");
        let pg_restore =
            pg_restore.args(["--no-password", "--exit-on-error", "--dbname"]).arg(connection_string(self.target));
        self.feed("pg_restore", pg_restore, b"", raw, |_| {})
    }

    /// By way of SQL, from which can be left out what the server does not know.
    fn custom_as_sql(&self, raw: &mut dyn Read) -> Result<(), Trouble> {
        let give = |reader: &mut dyn Write| {
            stream::pass(raw, self.work, None, |piece| {
                let _ended = reader.write_all(piece);
                Ok(())
            })
        };
        stream::as_sql(&self.tools.program("pg_restore"), self.work, give, |sql| self.plain(sql))
    }

    /// Gives a program all of its input, shows each piece, and waits for its good end.
    fn feed(
        &self,
        program: &str,
        command: Command,
        first: &[u8],
        raw: impl Read,
        mut seen: impl FnMut(&[u8]),
    ) -> Result<(), Trouble> {
        let mut child = stream::start(program, &command.feeds_stdin(), self.work)?;
        let mut stdin = child.take_stdin();
        let mut give = |piece: &[u8]| {
            let stdin = stdin.as_mut().ok_or_else(|| Trouble::passing(Stage::Dump, format!("write to {program}")))?;
            stdin.write_all(piece).map_err(|e| Trouble::passing(Stage::Dump, format!("write to {program}: {e}")))
        };
        let mut has_left = give(first).is_err();
        let passed = stream::pass(raw, self.work, Some(self.source), |piece| {
            seen(piece);
            give(piece).inspect_err(|_| has_left = true)
        });
        drop(stdin);
        // A program that left before the end says why by how it ended; anything else is told as it is.
        if let (Err(trouble), false) = (&passed, has_left) {
            return Err(trouble.clone());
        }
        let ended = child.finish().map_err(|e| Trouble::passing(Stage::Dump, format!("wait for {program}: {e}")))?;
        self.work.stop.check(Stage::Dump)?;
        if !ended.success {
            return Err(Trouble::lasting(Stage::Dump, self.access.ending(program, &ended)));
        }
        passed
    }
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
    let name = quoted(target);
    for text in statements {
        work.stop.check(Stage::Dump)?;
        match about::about_database(&text) {
            Some((before, after)) => run(&connection, &[before, name.as_bytes(), after].concat())?,
            // The client speaks UTF-8 whatever the file says; it was written so.
            None if text.starts_with(b"SET client_encoding ") => {}
            None => run(&connection, &text)?,
        }
    }
    Ok(())
}

/// Creates the roles and memberships that do not exist yet, each by itself. Existing roles are
/// never altered, tablespaces never created.
pub(super) fn roles(config: &PostgresConfig, raw: &mut dyn Read, work: &Work) -> Result<(), Trouble> {
    let statements = statements(raw, Trailer::Globals, work)?;
    let access = Access::read(&config.server)?;
    let connection = Connection::open(&access, MAINTENANCE, &work.runtime)?;
    let text_pairs = "SELECT r.rolname::text, coalesce(m.rolname::text, '') FROM pg_roles r
                      LEFT JOIN pg_auth_members a ON a.roleid = r.oid LEFT JOIN pg_roles m ON m.oid = a.member";
    let mut existing = BTreeSet::new();
    let mut memberships = BTreeSet::new();
    for row in connection.rows(text_pairs, &[])? {
        existing.insert(row.get::<_, String>(0));
        memberships.insert((row.get::<_, String>(0), row.get::<_, String>(1)));
    }
    for text in statements {
        work.stop.check(Stage::Dump)?;
        let is_new = match (role(&text), membership(&text)) {
            (Some(role), _) => !existing.contains(&role),
            (_, Some(pair)) => !memberships.contains(&pair),
            _ => false,
        };
        if is_new {
            run(&connection, &text)?;
        }
    }
    Ok(())
}

/// The role that a statement is about.
fn role(text: &[u8]) -> Option<String> {
    let starts = ["CREATE ROLE ", "ALTER ROLE ", "COMMENT ON ROLE "];
    let after = starts.iter().find_map(|start| text.strip_prefix(start.as_bytes()))?;
    statement::name(after).map(|(role, _)| role)
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

fn run(connection: &Connection, text: &[u8]) -> Result<(), Trouble> {
    let text = std::str::from_utf8(text).map_err(|e| Trouble::lasting(Stage::Dump, format!("read: {e}")))?;
    connection.run(text)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether a dump begins by restricting psql: before any statement, and outside every comment.
fn is_restricted(head: &[u8]) -> bool {
    let (mut lexer, mut rest) = (Lexer::new(), head);
    while !rest.is_empty() {
        let (used, seen) = lexer.push(rest);
        match seen {
            Seen::Nothing | Seen::Comment => rest = &rest[used..],
            Seen::Meta => return lexer.line().starts_with(b"\\restrict "),
            Seen::Statement | Seen::Literal(_) => return false,
        }
    }
    false
}

/// A word that nobody can guess: the system's randomness, as the standard library seeds its maps.
fn token() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_dump_that_begins_so_restricts_psql_itself() {
        assert!(is_restricted(b"--\n-- PostgreSQL database dump\n--\n\n\\restrict Tok\n\nSET x = 1;"));
        for not in
            ["/*\n\\restrict Tok\n*/\n\\! true\n", "SELECT '\n\\restrict Tok\n';", "\\! true\n\\restrict Tok\n", ""]
        {
            assert!(!is_restricted(not.as_bytes()), "{not}");
        }
    }
}
