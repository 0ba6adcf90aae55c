//! The way back of a configured source, by its kind and name.

use super::files::restore::FilesRestore;
use super::media::restore::FolderRestore;
use super::postgres::restore::PostgresRestore;
use super::restore::Restore;
use super::sqlite::restore::SqliteRestore;
use crate::config::Config;
use crate::domain::artifact::Kind;
use crate::domain::name::SourceName;

/// `None` where no source of this kind and name is configured, or its kind has no way back of its
/// own: a database's properties and a server's roles go with its dump.
pub fn way_back(config: &Config, kind: Kind, name: &SourceName) -> Option<Box<dyn Restore>> {
    Some(match kind {
        Kind::Sqlite => Box::new(SqliteRestore::new(config.sqlite.iter().find(|sqlite| sqlite.name == *name)?)),
        Kind::Media => {
            let media = config.media.iter().find(|media| media.name == *name)?;
            Box::new(FolderRestore::new(media).leaving(&[&config.store.dir, &config.store.log_dir]))
        }
        Kind::Files => Box::new(FilesRestore::new(config.files.iter().find(|files| files.name == *name)?)),
        Kind::Postgres => Box::new(PostgresRestore::new(config.postgres.iter().find(|one| one.name == *name)?)),
        Kind::Database | Kind::Globals => return None,
    })
}
