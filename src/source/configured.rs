//! Every artifact the settings ask for: each source's own data first, a database's properties
//! after its dump, the roles of a server once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{self, Path};
use std::sync::Arc;

use super::exchange::OWN_GLOBS;
use super::files::Files;
use super::media::Media;
use super::postgres::{PostgresDump, PostgresGlobals, PostgresProperties};
use super::sqlite::Sqlite;
use super::{Configured, Source};
use crate::config::{Config, MediaConfig, PostgresConfig};
use crate::domain::name::SourceName;
use crate::domain::trouble::Trouble;

/// # Errors
/// Where a path or pattern cannot be used at all.
pub fn configured(config: &Config) -> Result<Vec<Configured>, Trouble> {
    let mut all = Vec::new();
    for postgres in &config.postgres {
        all.push(of(&postgres.name, PostgresDump::new(postgres)));
        all.push(of(&postgres.name, PostgresProperties::new(postgres)));
    }
    for sqlite in &config.sqlite {
        all.push(of(&sqlite.name, Sqlite::new(sqlite)));
    }
    for media in &config.media {
        let exclude = media.exclude.iter().cloned().chain(our_own(config, &media.path)).collect();
        all.push(of(&media.name, Media::new(&MediaConfig { exclude, ..media.clone() })?));
    }
    for files in &config.files {
        all.push(of(&files.name, Files::new(files)?));
    }
    all.extend(globals(&config.postgres));
    Ok(all)
}

/// Patterns for what is ours within a folder that is archived: a store that held itself would
/// double every night, and so would what a restore has kept.
fn our_own(config: &Config, folder: &Path) -> Vec<String> {
    let plain = |path: &Path| path.canonicalize().or_else(|_| path::absolute(path)).unwrap_or_else(|_| path.to_owned());
    let folder = plain(folder);
    let within = [&config.store.dir, &config.store.log_dir].map(|ours| plain(ours));
    let within = within.iter().filter_map(|ours| ours.strip_prefix(&folder).ok()?.to_str());
    let within = within.filter(|path| !path.is_empty()).map(globset::escape);
    within.chain(OWN_GLOBS.map(str::to_owned)).collect()
}

fn of(name: &SourceName, source: impl Source + 'static) -> Configured {
    Configured { source: Arc::new(source), belongs_to: BTreeSet::from([name.clone()]) }
}

/// One for each server some of whose databases ask for it, named after the first of them where
/// there are several servers.
fn globals(databases: &[PostgresConfig]) -> Vec<Configured> {
    let mut servers: BTreeMap<(&str, u16), Vec<&PostgresConfig>> = BTreeMap::new();
    for database in databases {
        servers.entry((&database.server.host, database.server.port)).or_default().push(database);
    }
    let several = servers.len() > 1;
    let asked = servers.into_values().filter_map(|here| {
        let first = here.iter().copied().find(|database| database.globals)?;
        let name = SourceName::globals(several.then_some(&here[0].name));
        Some(Configured {
            source: Arc::new(PostgresGlobals::new(name, first)) as Arc<dyn Source>,
            belongs_to: here.iter().map(|database| database.name.clone()).collect(),
        })
    });
    asked.collect()
}
