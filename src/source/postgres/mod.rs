//! PostgreSQL: a database by `pg_dump`, its properties and the server's roles beside it.
//!
//! Given: where a server is, who we are there, a stream. Returns: what `pg_dump` wrote, counted in
//! passing (rows of each table, large objects, sequences, what else is made) and proven whole.
//! Never: writes a dumper of its own, hands a password to a program as an argument, takes a
//! setting from the environment or the server for one that decides what the bytes look like.

mod access;
mod connect;
mod counter;
pub(super) mod drill;
mod dump;
mod failing;
mod fitting;
mod globals;
mod inspect;
mod lexer;
mod load;
mod nameless;
mod objects;
mod properties;
mod reached;
pub mod restore;
mod restricting;
mod rows;
mod said;
mod server;
mod statement;
pub mod throwaway;
mod tls;
mod tools;
mod wide_row;
mod within;
mod without;

use std::io::{Read, Write};
use std::time::Duration;

pub use globals::PostgresGlobals;
pub(in crate::source) use inspect::{inspect, inspect_adopted};
pub use properties::PostgresProperties;
pub use tools::Tools;

use crate::config::{DumpFormat, PostgresConfig};
use crate::domain::artifact::{Form, Kind};
use crate::domain::manifest::{Facts, PostgresContent, PostgresFacts};
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{Dumped, Remark, Source, Survey, Target, Work};
use counter::Trailer;
use dump::Run;
use fitting::Fitting;
use inspect::count;
use reached::Reached;
use server::Database;
use tools::Version;

/// `pg_dump` waits for a table that a migration holds no longer than this: longer, and the night
/// would pass without a word.
const LOCK_WAIT_MAX: Duration = Duration::from_mins(10);

/// A database, as plain SQL or in `pg_dump`'s custom format.
pub struct PostgresDump {
    config: PostgresConfig,
    lock_wait_max: Duration,
}

impl PostgresDump {
    pub fn new(config: &PostgresConfig) -> Self {
        Self { config: config.clone(), lock_wait_max: LOCK_WAIT_MAX }
    }

    /// The same, waiting no longer than this for a table that somebody holds.
    pub fn with_lock_wait_max(self, lock_wait_max: Duration) -> Self {
        Self { lock_wait_max, ..self }
    }

    /// Whether its widest row may ask for more memory than there is for a dump, so far as that can be
    /// told within so long; `None` where it fits.
    ///
    /// # Errors
    /// Where the server cannot be reached.
    pub fn wide_row(&self, limit_bytes: u64, within: Duration, work: &Work) -> Result<Option<Remark>, Trouble> {
        wide_row::look(&self.config, limit_bytes, within, work)
    }

    fn facts(&self, database: Database, client: Version, content: PostgresContent) -> PostgresFacts {
        PostgresFacts {
            server_version: database.server_version,
            client_version: client.to_string(),
            format: match self.config.format {
                DumpFormat::Plain => "plain",
                DumpFormat::Custom => "custom",
            }
            .to_owned(),
            database: self.config.database.clone(),
            size_bytes: database.size_bytes,
            owner: database.owner,
            encoding: database.encoding,
            locale_provider: database.locale_provider,
            collate: database.collate,
            ctype: database.ctype,
            icu_locale: database.icu_locale,
            timezone: database.timezone,
            superuser: database.superuser,
            extensions: database.extensions,
            user_tables: Some(database.user_tables),
            content,
        }
    }
}

impl Source for PostgresDump {
    fn name(&self) -> &SourceName {
        &self.config.name
    }

    fn kind(&self) -> Kind {
        Kind::Postgres
    }

    fn form(&self) -> Form {
        match self.config.format {
            DumpFormat::Plain => Form::PlainSql,
            DumpFormat::Custom => Form::CustomDump,
        }
    }

    fn survey(&self, work: &Work) -> Result<Survey, Trouble> {
        let Reached { connection, database, .. } = Reached::reach(&self.config.server, &self.config.database, work)?;
        let mut warnings = Vec::new();
        if let Some(table) = server::unreadable(&connection)? {
            let saying = Saying::new("hint-grant").with("table", table).with("user", &self.config.server.user);
            warnings.push(Remark { code: "unreadable_table", saying });
        }
        // Row headers and indexes, which a dump has not, make up for what it writes longer (bytes as
        // hex, texts unpacked); where they do not, compression does. To ask for twice as much would
        // refuse first nights that have room.
        Ok(Survey { bytes_max: database.size_bytes, user_tables: Some(database.user_tables), warnings })
    }

    fn dump(&self, out: &mut dyn Write, work: &Work) -> Result<Dumped, Trouble> {
        work.stop.check(Stage::Connect)?;
        let name = &self.config.database;
        let Reached { access, connection, database, tools } = Reached::reach(&self.config.server, name, work)?;
        drop(connection);
        let run = Run { source: &self.config.name, access: &access, database: name, work };
        let command = access
            .command(&tools.program("pg_dump"), name, &database.encoding)
            .args(["--no-password", "--lock-wait-timeout"])
            .arg(self.lock_wait_max.as_millis().to_string());
        let content = match self.config.format {
            DumpFormat::Plain => {
                let mut out = Fitting { out, server_major: database.server_major, is_begun: false };
                run.plain("pg_dump", &command.arg("--format=plain"), Trailer::Dump, &mut out)
            }
            DumpFormat::Custom => {
                run.custom("pg_dump", &command.arg("--format=custom"), &tools.program("pg_restore"), out)
            }
        }?;
        let facts = Facts { postgres: Some(self.facts(database, tools.version, content)), ..Facts::default() };
        Ok(Dumped { facts, complete: true, warnings: Vec::new() })
    }

    fn load(&self, raw: &mut dyn Read, target: &Target, work: &Work) -> Result<(), Trouble> {
        load::dump(&self.config, raw, load::database(target)?, work)
    }
}
