//! A database that the older names lead to, and the settings do not: where those describe databases, the
//! older names are passed over, and whoever trusts in them is told. Never: a fault; the text stands.

use std::path::{Path, PathBuf};

use figment::value::Dict;

use super::database_url::{self, DatabaseUrl, PORT_DEFAULT, PostgresUrl};
use super::layer::Variable;
use super::older::{FAMILIES, URL, URL_FILE, described};
use super::secret::Secret;
use super::variables::Variables;
use crate::domain::saying::Saying;

/// What is to be known of a database that nobody backs up. Nothing is said where an address cannot be
/// read: that is told where it is used.
pub(super) fn notice(variables: &Variables, file: &Dict, own: &[Variable]) -> Option<Saying> {
    let (name, named) = named(variables)?;
    let entries = described(file, own);
    let settings = Settings { file, own };
    let address = match &named {
        DatabaseUrl::Postgres(_) if entries.is_empty() => return None,
        DatabaseUrl::Postgres(url) => {
            let known = entries.iter().map(|entry| settings.postgres(entry)).collect::<Option<Vec<_>>>()?;
            let PostgresUrl { host, port, database, .. } = url;
            let is_it = |one: &PostgresUrl| (&one.host, one.port, &one.database) == (host, *port, database);
            (!known.iter().any(is_it)).then(|| format!("{host}:{port}/{database}"))
        }
        DatabaseUrl::Sqlite(_) if entries.is_empty() && !file.contains_key("sqlite") => return None,
        DatabaseUrl::Sqlite(path) => {
            let is_it = |one: PathBuf| absolute(&one) == absolute(path);
            (!settings.sqlite().any(is_it)).then(|| path.display().to_string())
        }
    };
    address.map(|address| Saying::new("notice-database-passed-over").with("name", name).with("address", address))
}

/// The database of the first older name that has one, as where it would be taken.
fn named(variables: &Variables) -> Option<(&'static str, DatabaseUrl)> {
    if let Some(url) = variables.get(URL) {
        return Some((URL, database_url::parse(url).ok()?));
    }
    if let Some(path) = variables.get(URL_FILE) {
        return Some((URL_FILE, read(path)?));
    }
    let family = FAMILIES.iter().find(|family| family.is_given(variables))?;
    let port = variables.get(family.port).map_or(Ok(PORT_DEFAULT), |port| port.trim().parse()).ok()?;
    let name = [family.database, family.host].into_iter().find(|name| variables.get(name).is_some())?;
    Some((name, DatabaseUrl::Postgres(family.url(variables, port))))
}

fn read(path: &str) -> Option<DatabaseUrl> {
    database_url::parse(&Secret::File(path.into()).read().ok()?).ok()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// File and `RESGUARDO_*` together, before they are judged.
struct Settings<'a> {
    file: &'a Dict,
    own: &'a [Variable],
}

impl Settings<'_> {
    fn postgres(&self, entry: &str) -> Option<PostgresUrl> {
        let url = match self.text(&format!("{entry}.url")) {
            Some(url) => database_url::parse(url).ok()?,
            None => read(self.text(&format!("{entry}.url_file"))?)?,
        };
        match url {
            DatabaseUrl::Postgres(url) => Some(url),
            DatabaseUrl::Sqlite(_) => None,
        }
    }

    fn sqlite(&self) -> impl Iterator<Item = PathBuf> {
        let entries = self.file.get("sqlite").and_then(|entries| entries.as_dict());
        let indexes = entries.into_iter().flat_map(Dict::keys);
        indexes.filter_map(|index| self.text(&format!("sqlite.{index}.path"))).map(PathBuf::from)
    }

    fn text(&self, key: &str) -> Option<&str> {
        if let Some(variable) = self.own.iter().find(|variable| variable.key == key) {
            return Some(&variable.value);
        }
        let mut parts = key.split('.');
        let first = self.file.get(parts.next()?);
        parts.try_fold(first?, |value, part| value.as_dict()?.get(part))?.as_str()
    }
}
