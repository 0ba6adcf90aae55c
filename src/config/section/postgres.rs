//! `[[postgres]]`: one database of a PostgreSQL server.

use std::path::PathBuf;

use crate::config::database_url::{self, DatabaseUrl, PostgresUrl};
use crate::config::layer::Rank;
use crate::config::reader::{Given, Table, origins};
use crate::config::secret::Secret;
use crate::config::{DumpFormat, PostgresConfig, PostgresServer};
use crate::domain::saying::Saying;

const FORMATS: [(&str, DumpFormat); 2] = [("plain", DumpFormat::Plain), ("custom", DumpFormat::Custom)];

/// Every key is read, also after a fault, so that each is known and judged.
pub(super) fn read(table: &mut Table<'_>) -> Option<PostgresConfig> {
    let url = address(table);
    let name = table.name(url.as_ref().map(|url| url.parts.database.as_str()));
    let own_password = table.password();
    let format = table.word("format", &FORMATS, DumpFormat::Plain, "plain");
    let globals = table.boolean("globals", true);
    let data_volume = table.optional_text("data_volume").map(|given| given.value.into());
    let schedule = table.own_schedule();
    let url = url?;
    let password = password(table, own_password, &url);
    let Address { parts, .. } = url;
    Some(PostgresConfig {
        name: name?,
        server: PostgresServer {
            host: parts.host,
            port: parts.port,
            user: parts.user,
            password,
            sslmode: parts.sslmode,
            sslrootcert: parts.sslrootcert,
        },
        database: parts.database,
        format,
        globals,
        data_volume,
        schedule,
    })
}

/// The address that was read, and where it stands.
struct Address {
    parts: PostgresUrl,
    file: Option<PathBuf>,
    rank: Rank,
    origin: String,
}

fn address(table: &mut Table<'_>) -> Option<Address> {
    table.require(&["url", "url_file"]);
    let Given { value: secret, rank, origin } = table.url()?;
    // A file that cannot be read is a fault already.
    let text = secret.read().ok()?;
    let (key, file) = match secret {
        Secret::File(path) | Secret::InUrlFile(path) => ("url_file", Some(path)),
        Secret::Value(_) => ("url", None),
    };
    match database_url::parse(&text) {
        Ok(DatabaseUrl::Postgres(parts)) => Some(Address { parts, file, rank, origin }),
        Ok(DatabaseUrl::Sqlite(_)) => {
            table.fault(key, &origin, Saying::new("fault-url-not-postgres"));
            None
        }
        Err(saying) => {
            table.fault(key, &origin, saying);
            None
        }
    }
}

/// The password of `password`, `password_file` or the address: of whom ranks highest; one rank
/// gives it once.
fn password(table: &mut Table<'_>, own: Option<Given<Secret>>, url: &Address) -> Option<Secret> {
    let in_url = url.parts.password.as_ref().map(|password| match &url.file {
        Some(path) => Secret::InUrlFile(path.clone()),
        None => Secret::value(password.as_str()),
    });
    match (own, in_url) {
        (Some(own), Some(_)) if own.rank == url.rank => {
            let origin = origins(&own.origin, &url.origin);
            let key = if matches!(own.value, Secret::Value(_)) { "password" } else { "password_file" };
            let other = if url.file.is_some() { "url_file" } else { "url" };
            table.fault(key, &origin, Saying::new("fault-both-passwords").with("other", table.key(other)));
            None
        }
        (Some(own), in_url) if in_url.is_none() || own.rank > url.rank => Some(own.value),
        (_, in_url) => {
            table.withdraw("password");
            table.withdraw("password_file");
            in_url
        }
    }
}
