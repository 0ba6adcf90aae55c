//! What an artifact is called. One place knows how a stored file's path is made from source, id
//! and form, and how source and id are read back from it. An id is read from the right, so
//! that `app` never matches `app2_…` or `app_old_…`.

use serde::{Deserialize, Serialize};

use super::id::{BackupId, ID_LENGTH};
use super::name::SourceName;

/// What an artifact holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A dump of a PostgreSQL database.
    Postgres,
    /// The properties of a PostgreSQL database that no dump holds (`.create.sql`).
    Database,
    /// Roles and memberships of a PostgreSQL server.
    Globals,
    Sqlite,
    /// A folder.
    Media,
    /// Single files and settings.
    Files,
}

impl Kind {
    pub const ALL: [Kind; 6] = [Kind::Postgres, Kind::Database, Kind::Globals, Kind::Sqlite, Kind::Media, Kind::Files];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Postgres => "postgres",
            Kind::Database => "database",
            Kind::Globals => "globals",
            Kind::Sqlite => "sqlite",
            Kind::Media => "media",
            Kind::Files => "files",
        }
    }

    /// The folder of the store its artifacts lie in.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Postgres | Kind::Database | Kind::Globals | Kind::Sqlite => "db",
            Kind::Media => "media",
            Kind::Files => "files",
        }
    }

    /// Whether artifacts of this kind hold secrets and are readable by their owner alone.
    pub fn is_private(self) -> bool {
        matches!(self, Kind::Globals | Kind::Files)
    }

    /// Whether an artifact of this kind is the source's data itself. Properties and roles come
    /// along with data and alone make no set.
    pub fn is_data(self) -> bool {
        !matches!(self, Kind::Database | Kind::Globals)
    }
}

/// The folders of the store that hold artifacts.
pub const FOLDERS: [&str; 3] = ["db", "media", "files"];

/// How an artifact's bytes are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    Gzip,
    Zstd,
    None,
    /// Compressed by the dump program itself (PostgreSQL's custom format).
    Internal,
}

impl Compression {
    /// The ending it adds to a file name.
    pub fn extension(self) -> &'static str {
        match self {
            Compression::Gzip => ".gz",
            Compression::Zstd => ".zst",
            Compression::None | Compression::Internal => "",
        }
    }
}

/// What the raw bytes of an artifact are; the middle part of its file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    PlainSql,
    CustomDump,
    CreateSql,
    SqliteFile,
    Tar,
}

impl Form {
    /// What the raw bytes of our own artifacts are.
    pub fn of(kind: Kind, compression: Compression) -> Self {
        match kind {
            Kind::Postgres if compression == Compression::Internal => Form::CustomDump,
            Kind::Postgres | Kind::Globals => Form::PlainSql,
            Kind::Database => Form::CreateSql,
            Kind::Sqlite => Form::SqliteFile,
            Kind::Media | Kind::Files => Form::Tar,
        }
    }

    /// The ending it gives a file name, with its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Form::PlainSql => ".sql",
            Form::CustomDump => ".dump",
            Form::CreateSql => ".create.sql",
            Form::SqliteFile => ".sqlite3",
            Form::Tar => ".tar",
        }
    }
}

/// The path of an artifact in the store: `db/<source>_<id>.sql.gz`.
pub fn path(kind: Kind, source: &SourceName, id: &BackupId, form: Form, compression: Compression) -> String {
    format!("{}/{source}_{id}{}{}", kind.folder(), form.extension(), compression.extension())
}

/// Reads `<source>_<id>.<ending>` from the right; `None` where the name carries no id.
pub fn parse_file_name(file_name: &str) -> Option<(SourceName, BackupId, &str)> {
    // The id ends where the first dot after it begins; sources may hold dots themselves, so
    // every `_` + 15 characters + `.` is tried, the rightmost first.
    file_name.rmatch_indices('.').find_map(|(dot, _)| {
        let stem = file_name.get(..dot)?;
        let split = stem.len().checked_sub(ID_LENGTH + 1)?;
        let source = stem.get(..split)?;
        let id = stem.get(split..)?.strip_prefix('_')?;
        Some((SourceName::new(source).ok()?, BackupId::parse(id).ok()?, &file_name[dot..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_right() {
        let read = |name: &str| parse_file_name(name).map(|(s, i, e)| format!("{s}|{i}|{e}"));
        assert_eq!(read("app_20241112_030000.sql.gz").as_deref(), Some("app|20241112_030000|.sql.gz"));
        assert_eq!(read("app_old_20241112_030000.sql").as_deref(), Some("app_old|20241112_030000|.sql"));
        assert_eq!(read("a.b_20241112_030000.create.sql").as_deref(), Some("a.b|20241112_030000|.create.sql"));
        assert_eq!(
            read("app_20231112_030000_20241112_030000.sql").as_deref(),
            Some("app_20231112_030000|20241112_030000|.sql")
        );
        for none in [
            "app.sql.gz",
            "20241112_030000.sql",
            "_20241112_030000.sql",
            "app_20241112_030000",
            "app_20241312_030000.sql",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_path_that_is_made_is_read_back() {
        let source = SourceName::new("my.app_2").unwrap();
        let id = BackupId::parse("20241112_030000").unwrap();
        for (kind, form) in
            [(Kind::Postgres, Form::PlainSql), (Kind::Database, Form::CreateSql), (Kind::Media, Form::Tar)]
        {
            let path = path(kind, &source, &id, form, Compression::Gzip);
            let name = path.split_once('/').unwrap().1;
            assert_eq!(parse_file_name(name).map(|(s, i, _)| (s, i)), Some((source.clone(), id.clone())));
        }
    }
}
