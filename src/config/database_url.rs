//! Addresses of databases as applications write them: `postgres://user:password@host:5432/name`,
//! `sqlite:///path`. The rules are those of dj-database-url: parts are percent-decoded, and
//! `sqlite:///db.sqlite3` is relative to the working directory while `sqlite:////app/db.sqlite3`
//! is absolute. An address is never shown whole: it may hold a password.

use std::path::PathBuf;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::domain::saying::Saying;

/// What an address leads to.
pub(super) enum DatabaseUrl {
    Postgres(PostgresUrl),
    Sqlite(PathBuf),
}

/// The parts of a PostgreSQL address, decoded. Not `Debug`: it holds the password as it is.
#[derive(Clone)]
pub(super) struct PostgresUrl {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) database: String,
    pub(super) sslmode: String,
    pub(super) sslrootcert: Option<PathBuf>,
}

impl Default for PostgresUrl {
    fn default() -> Self {
        Self {
            host: HOST_DEFAULT.to_owned(),
            port: PORT_DEFAULT,
            user: String::new(),
            password: None,
            database: String::new(),
            sslmode: SSLMODE_DEFAULT.to_owned(),
            sslrootcert: None,
        }
    }
}

pub(super) const HOST_DEFAULT: &str = "localhost";
pub(super) const PORT_DEFAULT: u16 = 5432;
const SSLMODE_DEFAULT: &str = "prefer";

/// `psql` and `pgsql` are what some Django packages write for the same.
const POSTGRES_SCHEMES: [&str; 5] = ["postgres", "postgresql", "postgis", "psql", "pgsql"];
const SSLMODES: [&str; 5] = ["disable", "prefer", "require", "verify-ca", "verify-full"];
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Reads an address.
///
/// # Errors
/// With what is wrong; never with a part of the address.
pub(super) fn parse(text: &str) -> Result<DatabaseUrl, Saying> {
    let text = text.trim();
    if text.starts_with(['"', '\'']) {
        return Err(Saying::new("fault-url-quoted"));
    }
    let (scheme, rest) = text.split_once("://").ok_or_else(|| Saying::new("fault-url"))?;
    // `postgresql+psycopg2` names the application's driver, which is none of our business.
    let scheme = scheme.split('+').next().unwrap_or_default().to_ascii_lowercase();
    if scheme == "sqlite" {
        return sqlite(rest).map(DatabaseUrl::Sqlite);
    }
    if POSTGRES_SCHEMES.contains(&scheme.as_str()) {
        return postgres(rest).map(DatabaseUrl::Postgres);
    }
    Err(Saying::new("fault-url-scheme"))
}

/// An address as it may be shown: with `***` for its password, and without the options that are
/// not ours, for nobody knows what they hold. One that cannot be read is not shown at all.
pub(super) fn masked(text: &str) -> String {
    match parse(text) {
        Ok(DatabaseUrl::Postgres(url)) => url.to_text(),
        Ok(DatabaseUrl::Sqlite(path)) => format!("sqlite:///{}", path.display()),
        Err(_) => "***".to_owned(),
    }
}

impl PostgresUrl {
    /// The address, with `***` where a password is.
    pub(super) fn to_text(&self) -> String {
        let encode = |part: &str| utf8_percent_encode(part, ENCODED).to_string();
        let password = if self.password.is_some() { ":***" } else { "" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { encode(&self.host) };
        let sslmode = (self.sslmode != SSLMODE_DEFAULT).then(|| format!("sslmode={}", self.sslmode));
        let sslrootcert =
            self.sslrootcert.as_ref().map(|path| format!("sslrootcert={}", encode(&path.to_string_lossy())));
        let options = [sslmode, sslrootcert].into_iter().flatten().collect::<Vec<_>>().join("&");
        let query = if options.is_empty() { "" } else { "?" };
        let (user, port, database) = (encode(&self.user), self.port, encode(&self.database));
        format!("postgres://{user}{password}@{host}:{port}/{database}{query}{options}")
    }
}

/// Everything after the slash that ends the empty host.
fn sqlite(rest: &str) -> Result<PathBuf, Saying> {
    let path = rest.split('?').next().unwrap_or_default();
    let path = decoded(path.strip_prefix('/').ok_or_else(|| Saying::new("fault-url-sqlite"))?)?;
    if path.is_empty() || path == ":memory:" {
        return Err(Saying::new("fault-url-sqlite"));
    }
    Ok(PathBuf::from(path))
}

fn postgres(rest: &str) -> Result<PostgresUrl, Saying> {
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    // One within a password is no end of the address, as psql has it too; one after it is.
    if database.contains('#') || query.contains('#') {
        return Err(Saying::new("fault-url-fragment"));
    }
    // The last `@`: one in a password need not be encoded, as psql has it too.
    let (account, server) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = match account.split_once(':') {
        Some((user, password)) => (user, Some(decoded(password)?)),
        None => (account, None),
    };
    let (host, port) = host_and_port(server)?;
    let mut url = PostgresUrl {
        host,
        port,
        user: decoded(user)?,
        password,
        database: decoded(database)?,
        ..PostgresUrl::default()
    };
    for option in query.split('&') {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let value = decoded(value)?;
        match name {
            "host" => url.host = value,
            "port" => url.port = port_of(&value)?,
            "user" => url.user = value,
            "password" => url.password = Some(value),
            "dbname" => url.database = value,
            "sslmode" if SSLMODES.contains(&value.as_str()) => url.sslmode = value,
            "sslmode" => return Err(Saying::new("fault-url-sslmode").with("words", SSLMODES.join(" "))),
            "sslrootcert" => url.sslrootcert = Some(PathBuf::from(value)),
            // Frameworks keep options of their own here, such as conn_max_age.
            _ => {}
        }
    }
    url.password = url.password.filter(|password| !password.is_empty());
    if url.user.is_empty() {
        return Err(Saying::new("fault-url-user"));
    }
    if url.database.is_empty() {
        return Err(Saying::new("fault-url-database"));
    }
    if url.host.is_empty() {
        HOST_DEFAULT.clone_into(&mut url.host);
    }
    Ok(url)
}

fn host_and_port(server: &str) -> Result<(String, u16), Saying> {
    let (host, port) = match server.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, after)) => (host, after.strip_prefix(':').unwrap_or(after)),
        None => server.split_once(':').unwrap_or((server, "")),
    };
    Ok((decoded(host)?, if port.is_empty() { PORT_DEFAULT } else { port_of(port)? }))
}

fn port_of(text: &str) -> Result<u16, Saying> {
    text.parse().ok().filter(|port| *port > 0).ok_or_else(|| Saying::new("fault-url-port"))
}

fn decoded(text: &str) -> Result<String, Saying> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| Saying::new("fault-url-encoding"))?;
    if decoded.contains('\0') { Err(Saying::new("fault-url-encoding")) } else { Ok(decoded.into_owned()) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> Result<PostgresUrl, &'static str> {
        match parse(text) {
            Ok(DatabaseUrl::Postgres(url)) => Ok(url),
            Ok(DatabaseUrl::Sqlite(_)) => Err("sqlite"),
            Err(saying) => Err(saying.key),
        }
    }

    #[rstest]
    #[case("postgres://ana:x@db:5433/app", "db", 5433, "ana", Some("x"), "app")]
    #[case("postgresql+psycopg2://ana@db/app", "db", 5432, "ana", None, "app")]
    #[case("postgis://ana:@[::1]:99/app", "::1", 99, "ana", None, "app")]
    #[case("postgres://ana:p%40%3A%2F%23%25@db/Gesti%C3%B3n%202024", "db", 5432, "ana", Some("p@:/#%"), "Gestión 2024")]
    #[case("postgres://ana:p@ss:w#rd@db/app?conn_max_age=600", "db", 5432, "ana", Some("p@ss:w#rd"), "app")]
    #[case("postgres://ana@%2Fvar%2Frun/app", "/var/run", 5432, "ana", None, "app")]
    #[case("postgres://ana@/app?host=/var/run&port=6", "/var/run", 6, "ana", None, "app")]
    #[case("postgres:///?user=ana&dbname=app&password=00123", "localhost", 5432, "ana", Some("00123"), "app")]
    fn a_postgres_address_comes_apart(
        #[case] text: &str,
        #[case] host: &str,
        #[case] port: u16,
        #[case] user: &str,
        #[case] password: Option<&str>,
        #[case] database: &str,
    ) {
        let url = read(text).map_err(str::to_owned).unwrap();
        assert_eq!((url.host.as_str(), url.port, url.user.as_str()), (host, port, user));
        assert_eq!((url.password.as_deref(), url.database.as_str()), (password, database));
    }

    #[rstest]
    #[case("app", "fault-url")]
    #[case("mysql://ana@db/app", "fault-url-scheme")]
    #[case("postgres://db/app", "fault-url-user")]
    #[case("postgres://ana@db", "fault-url-database")]
    #[case("postgres://ana@db/app#x", "fault-url-fragment")]
    #[case("postgres://ana@db/app?sslmode=prefer#x", "fault-url-fragment")]
    #[case("\"postgres://ana@db/app\"", "fault-url-quoted")]
    #[case("'sqlite:///a.db'", "fault-url-quoted")]
    #[case("postgres://ana@db:0/app", "fault-url-port")]
    #[case("postgres://ana:a/b@db:5432/app", "fault-url-port")]
    #[case("postgres://ana:%ff@db/app", "fault-url-encoding")]
    #[case("postgres://ana@db/app?sslmode=maybe", "fault-url-sslmode")]
    #[case("sqlite://", "fault-url-sqlite")]
    #[case("sqlite:///:memory:", "fault-url-sqlite")]
    fn a_bad_address_is_told_by_what_is_wrong(#[case] text: &str, #[case] key: &str) {
        assert_eq!(read(text).err(), Some(key));
    }

    #[rstest]
    #[case("sqlite:///db.sqlite3", "db.sqlite3")]
    #[case("sqlite:////app/my%20db.sqlite3?timeout=20", "/app/my db.sqlite3")]
    fn a_sqlite_address_is_relative_unless_it_has_a_fourth_slash(#[case] text: &str, #[case] path: &str) {
        let Ok(DatabaseUrl::Sqlite(found)) = parse(text) else { panic!("{text} was refused") };
        assert_eq!(found, PathBuf::from(path));
    }

    #[test]
    fn a_shown_address_holds_no_secret_and_is_an_address_still() {
        let text = "postgres://ana:s3cret@[::1]/app?sslmode=verify-full&sslrootcert=/ca.pem&sslpassword=s3cret";
        let shown = masked(text);
        assert_eq!(shown, "postgres://ana:***@[::1]:5432/app?sslmode=verify-full&sslrootcert=%2Fca.pem");
        assert_eq!(masked(&shown), shown);
        assert_eq!(masked("postgres://ana:s3/cret@db/app"), "***");
    }
}
