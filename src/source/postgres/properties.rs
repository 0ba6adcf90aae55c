//! The properties of a database that no dump holds: owner, encoding, locale, comment, limits,
//! privileges, settings, also those of single roles within it. `pg_dump` itself writes them, for
//! every version as that version needs it; of its statements we keep those about the database.

use std::io::{Read, Write};

use super::counter::Trailer;
use super::dump::{Run, write};
use super::lexer::{Lexer, Seen};
use super::reached::Reached;
use super::server::NO_ENCODING;
use super::{load, statement};
use crate::config::PostgresConfig;
use crate::domain::artifact::{Form, Kind};
use crate::domain::manifest::Facts;
use crate::domain::name::SourceName;
use crate::domain::trouble::Trouble;
use crate::source::{Dumped, Source, Survey, Target, Work};

/// What `CREATE DATABASE` and its like say of a database.
pub struct PostgresProperties {
    config: PostgresConfig,
}

impl PostgresProperties {
    pub fn new(config: &PostgresConfig) -> Self {
        Self { config: config.clone() }
    }
}

impl Source for PostgresProperties {
    fn name(&self) -> &SourceName {
        &self.config.name
    }

    fn kind(&self) -> Kind {
        Kind::Database
    }

    fn form(&self) -> Form {
        Form::CreateSql
    }

    fn survey(&self, work: &Work) -> Result<Survey, Trouble> {
        Reached::survey(&self.config.server, &self.config.database, work)
    }

    fn dump(&self, out: &mut dyn Write, work: &Work) -> Result<Dumped, Trouble> {
        let name = &self.config.database;
        let Reached { access, connection, database, tools } = Reached::reach(&self.config.server, name, work)?;
        drop(connection);
        // Where nobody promised texts to be of any encoding, asking for one would fail on the first that
        // is not, also on the name of a table.
        let encoding = if database.encoding == NO_ENCODING { NO_ENCODING } else { "UTF8" };
        // No schema matches, so no table is read or locked; a tablespace is not ours to restore.
        let command = access.command(&tools.program("pg_dump"), name, encoding).args([
            "--no-password",
            "--create",
            "--schema-only",
            "--exclude-schema=*",
            "--no-tablespaces",
        ]);
        let run = Run { source: &self.config.name, access: &access, database: name, work };
        let mut filter = Filter { lexer: Lexer::new(), kept: Vec::new(), grantor: None };
        run.plain("pg_dump", &command, Trailer::Dump, &mut filter)?;
        write(out, &filter.into_file())?;
        Ok(Dumped { facts: Facts::default(), complete: true, warnings: Vec::new() })
    }

    fn load(&self, raw: &mut dyn Read, target: &Target, work: &Work) -> Result<(), Trouble> {
        load::properties(&self.config, raw, load::database(target)?, work)
    }
}

/// What stands before and after the database's name, where a statement is about a database.
pub(super) fn about_database(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let after = ["CREATE DATABASE ", "ALTER DATABASE ", "COMMENT ON DATABASE "]
        .iter()
        .find_map(|start| text.strip_prefix(start.as_bytes()))
        .or_else(|| after_privileges(text))
        .or_else(|| {
            let (_, rest) = statement::name(text.strip_prefix(b"ALTER ROLE ")?)?;
            rest.strip_prefix(b" IN DATABASE ")
        })?;
    let (_, rest) = statement::name(after)?;
    Some((&text[..text.len() - after.len()], rest))
}

/// Privileges and a label's provider hold no ` ON `: what follows the first says on what.
fn after_privileges(text: &[u8]) -> Option<&[u8]> {
    let is_one = [&b"GRANT "[..], b"REVOKE ", b"SECURITY LABEL "].iter().any(|start| text.starts_with(start));
    let on = is_one.then(|| memchr::memmem::find(text, b" ON "))??;
    text[on..].strip_prefix(b" ON DATABASE ")
}

/// Keeps what is about the database, as it passes.
struct Filter {
    lexer: Lexer,
    kept: Vec<u8>,
    /// The last change of who speaks, kept only with a privilege that was granted so.
    grantor: Option<Vec<u8>>,
}

impl Filter {
    fn statement(&mut self) {
        let text = self.lexer.text().to_vec();
        if text.starts_with(b"SET client_encoding ") || text.starts_with(b"SET standard_conforming_strings ") {
            // Said again after every reconnection; once is enough.
            if memchr::memmem::find(&self.kept, &text).is_none() {
                self.keep(&text);
            }
        } else if text.starts_with(b"SET SESSION AUTHORIZATION ") {
            self.grantor = Some(text);
        } else if text == b"RESET SESSION AUTHORIZATION" {
            self.grantor = None;
        } else if about_database(&text).is_some() {
            let grantor = self.grantor.clone();
            if let Some(grantor) = &grantor {
                self.keep(grantor);
            }
            self.keep(&text);
            if grantor.is_some() {
                self.keep(b"RESET SESSION AUTHORIZATION");
            }
        }
    }

    fn keep(&mut self, text: &[u8]) {
        self.kept.extend_from_slice(text);
        self.kept.extend_from_slice(b";\n");
    }

    fn into_file(self) -> Vec<u8> {
        let mut file = b"--\n-- PostgreSQL database properties\n--\n\n".to_vec();
        file.extend_from_slice(&self.kept);
        file.extend_from_slice(format!("\n--\n{}\n--\n\n", Trailer::Properties.comment()).as_bytes());
        file
    }
}

impl Write for Filter {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        let mut rest = piece;
        while !rest.is_empty() {
            let (used, seen) = self.lexer.push(rest);
            if seen == Seen::Statement {
                self.statement();
            }
            rest = &rest[used..];
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
