//! How the server is reached: the settings, the password as it is at this moment, and child
//! programs whose environment holds nothing that we did not name. No password is ever an argument.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::config::PostgresServer;
use crate::config::secret::Secret;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::programs::{Command, Ended};
use crate::sys::rights;

/// A server that does not answer in this time is down: networks give up sooner or never.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Where Debian, Alpine and the images made from them keep the certificates everybody trusts.
/// libpq before version 16 knows no word for them.
const SYSTEM_CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// What every session of ours and of the programs must have so that equal data gives equal
/// bytes, whatever the server, the database or the role has set; the time zone goes by `PGTZ`.
const SESSION: &str = "-c bytea_output=hex -c lc_monetary=C -c standard_conforming_strings=on \
                       -c quote_all_identifiers=off";

/// What a server lists our sessions as, where nobody gives them another name.
const APPLICATION_NAME: &str = "resguardo";

/// The last lines of a program's errors say what went wrong; those before repeat it.
const LINES_TOLD: usize = 4;

/// The server, and who we are there right now.
pub(super) struct Access<'a> {
    pub(super) server: &'a PostgresServer,
    pub(super) password: Option<String>,
    application_name: String,
}

impl<'a> Access<'a> {
    /// # Errors
    /// Where the file that holds the password cannot be read.
    pub(super) fn read(server: &'a PostgresServer) -> Result<Self, Trouble> {
        let read = |secret: &Secret| {
            secret.read().map_err(|e| {
                let trouble = Trouble::lasting(Stage::Connect, format!("read the password's file: {e}"));
                let path = secret.path().unwrap_or(Path::new("password_file"));
                trouble.hint(match e.kind() {
                    io::ErrorKind::PermissionDenied => rights::to_read_own(path),
                    _ => Saying::new("hint-password-file").with("user", &server.user).with("path", path.display()),
                })
            })
        };
        let password = server.password.as_ref().map(read).transpose()?;
        Ok(Self { server, password, application_name: APPLICATION_NAME.to_owned() })
    }

    /// The same, where every session, ours and the programs', is listed under this name: whoever
    /// comes after us finds them by it. Of a longer one the server keeps 63 bytes.
    pub(super) fn named(self, application_name: String) -> Self {
        Self { application_name, ..self }
    }

    pub(super) fn application_name(&self) -> &str {
        &self.application_name
    }

    /// A program of PostgreSQL's that will talk to `database`. Its settings come by variables:
    /// a database whose name holds a `=` would be taken for a connection string as an argument.
    pub(super) fn command(&self, program: &Path, database: &str, encoding: &str) -> Command {
        let mut command = Command::new(program)
            // libpq looks for passwords, certificates and services at home.
            .env("HOME", "/nonexistent")
            .env("PGPASSFILE", "/nonexistent")
            .env("PGSERVICEFILE", "/nonexistent")
            .env("PGSYSCONFDIR", "/nonexistent")
            .env("PGGSSENCMODE", "disable")
            .env("PGAPPNAME", &self.application_name)
            .env("PGCONNECT_TIMEOUT", CONNECT_TIMEOUT.as_secs().to_string())
            .env("PGHOST", &self.server.host)
            .env("PGPORT", self.server.port.to_string())
            .env("PGUSER", &self.server.user)
            .env("PGDATABASE", database)
            .env("PGSSLMODE", &self.server.sslmode)
            .env("PGCLIENTENCODING", encoding)
            .env("PGTZ", "UTC")
            .env("PGOPTIONS", SESSION);
        if let Some(password) = &self.password {
            command = command.env("PGPASSWORD", password);
        }
        if let Some(certificates) = &self.server.sslrootcert {
            command = command.env("PGSSLROOTCERT", certificates);
        } else if self.server.sslmode.starts_with("verify") {
            command = command.env("PGSSLROOTCERT", SYSTEM_CERTIFICATES);
        }
        command
    }

    /// The same for a program that writes there, whatever the database forbids its sessions by
    /// default.
    pub(super) fn loading(&self, program: &Path, database: &str) -> Command {
        // What is loaded is made durable as a whole, by whatever is committed after it.
        let options = format!("{SESSION} -c default_transaction_read_only=off -c synchronous_commit=off");
        self.command(program, database, "UTF8").env("PGOPTIONS", options)
    }

    /// How a program ended, without the password.
    pub(super) fn ending(&self, program: &str, ended: &Ended) -> String {
        self.scrub(&ending(program, ended))
    }

    pub(super) fn scrub(&self, text: &str) -> String {
        match self.password.as_deref() {
            None | Some("") => text.to_owned(),
            Some(password) => text.replace(password, "***"),
        }
    }

    /// The server in words.
    pub(super) fn place(&self) -> String {
        if self.server.host.starts_with('/') {
            format!("{}/.s.PGSQL.{}", self.server.host, self.server.port)
        } else {
            format!("{}:{}", self.server.host, self.server.port)
        }
    }
}

/// How a program ended, with the last lines of what it said.
pub(super) fn ending(program: &str, ended: &Ended) -> String {
    let lines: Vec<&str> = ended.stderr.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines[lines.len().saturating_sub(LINES_TOLD)..].join(" ");
    let told = if last.is_empty() { String::new() } else { format!(": {last}") };
    format!("run {program}: {}{told}", ended.how)
}

/// A connection string that holds a database's name and nothing else.
pub(super) fn connection_string(database: &str) -> String {
    format!("dbname='{}'", database.replace('\\', "\\\\").replace('\'', "\\'"))
}
