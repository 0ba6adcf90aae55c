//! The manifest: what a set holds and how it was made. The one schema of `sets/<id>.json`,
//! versioned; more fields may come, none changes its meaning without a new version.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::artifact::{Compression, Kind};
use super::id::BackupId;
use super::name::SourceName;
use super::report::Outcome;

pub const VERSION: u32 = 1;

/// At most so many names stand in a list of paths; `<list>_count` says how many there were.
pub const NAMES_MAX: usize = 100;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub version: u32,
    pub id: BackupId,
    /// Succeeded or partial: a run in which every source failed publishes nothing.
    pub outcome: Outcome,
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub timezone: String,
    pub host: String,
    pub tool_version: String,
    pub label: Option<String>,
    /// Sets this one cannot be restored without (for what comes later).
    #[serde(default)]
    pub depends_on: Vec<BackupId>,
    /// Where else copies stand (for what comes later).
    #[serde(default)]
    pub copies: Vec<serde_json::Value>,
    pub artifacts: Vec<Artifact>,
    #[serde(default)]
    pub failed: Vec<FailedSource>,
}

/// One stored file of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Artifact {
    pub source: SourceName,
    pub kind: Kind,
    /// Relative to the store.
    pub path: String,
    pub size_bytes: u64,
    /// Before compression; equal to `size_bytes` where the dump program compresses itself.
    pub raw_bytes: u64,
    /// `sha256:<hex>` of the bytes as stored.
    pub digest: String,
    pub compression: Compression,
    #[serde(default)]
    pub encryption: Option<String>,
    pub started_at: DateTime<Utc>,
    pub duration_seconds: f64,
    /// False where something of the source could not be read.
    pub complete: bool,
    #[serde(flatten)]
    pub facts: Facts,
}

/// What is known of an artifact's content, counted as it was read; at most one of them is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub postgres: Option<PostgresFacts>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sqlite: Option<SqliteFacts>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub archive: Option<ArchiveFacts>,
}

/// The part of the facts that stored bytes alone can give again.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Postgres(PostgresContent),
    Sqlite(SqliteFacts),
    Archive(ArchiveContent),
    /// Statements (properties, roles): nothing is counted, being whole is all.
    Statements,
}

impl Facts {
    /// What [`Content`] an inspection of the same bytes must find.
    pub fn content(&self) -> Content {
        match (&self.postgres, &self.sqlite, &self.archive) {
            (Some(postgres), _, _) => Content::Postgres(postgres.content.clone()),
            (_, Some(sqlite), _) => Content::Sqlite(sqlite.clone()),
            (_, _, Some(archive)) => Content::Archive(archive.content.clone()),
            _ => Content::Statements,
        }
    }

    /// Tables the application made; `None` where the artifact is no database.
    pub fn user_tables(&self) -> Option<usize> {
        match (&self.postgres, &self.sqlite) {
            (Some(postgres), _) => Some(postgres.user_tables.unwrap_or(postgres.content.tables.len())),
            (_, Some(sqlite)) => Some(sqlite.tables.len()),
            _ => None,
        }
    }

    /// Rows of all tables; `None` where the artifact is no database.
    pub fn rows(&self) -> Option<u64> {
        match (&self.postgres, &self.sqlite) {
            (Some(postgres), _) => Some(postgres.content.tables.iter().map(|t| t.rows).sum()),
            (_, Some(sqlite)) => Some(sqlite.tables.iter().map(|t| t.rows).sum()),
            _ => None,
        }
    }
}

/// A PostgreSQL dump: whose it is, and what its content counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PostgresFacts {
    pub server_version: String,
    pub client_version: String,
    /// `plain` or `custom`.
    pub format: String,
    pub database: String,
    pub size_bytes: u64,
    pub owner: String,
    pub encoding: String,
    pub locale_provider: String,
    pub collate: String,
    pub ctype: String,
    pub icu_locale: Option<String>,
    pub timezone: String,
    /// The bootstrap superuser, whom a scratch server must be initialised with.
    pub superuser: String,
    pub extensions: Vec<Extension>,
    /// Without those of extensions, which the content may hold too and a dump does not tell apart;
    /// absent in manifests from before it was counted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user_tables: Option<usize>,
    #[serde(flatten)]
    pub content: PostgresContent,
}

/// What the bytes of a dump alone say: equal for two dumps of equal data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PostgresContent {
    /// Large objects as one more table of (oid, bytes).
    pub large_objects: RowSum,
    pub tables: Vec<Table>,
    pub sequences: Vec<Sequence>,
    /// What it makes beside rows, by name alone: a definition reads otherwise once it was restored.
    /// Absent in manifests from before it was counted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub objects: Option<Objects>,
}

impl PostgresContent {
    /// Whether it is what a manifest states, as far as that says anything.
    pub fn is_as_stated(&self, stated: &Self) -> bool {
        let Self { large_objects, tables, sequences, objects } = stated;
        (large_objects, tables, sequences) == (&self.large_objects, &self.tables, &self.sequences)
            && (objects.is_none() || *objects == self.objects)
    }
}

/// By kind, as people say it of several: `indexes`, `views`. A kind of which there is none is not there.
pub type Objects = BTreeMap<String, ObjectSum>;

/// A number of objects of one kind and the sum of the hashes of what tells each from others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectSum {
    pub count: u64,
    /// `xxh3sum:<32 hex>`
    pub digest: String,
}

impl ObjectSum {
    /// From a count and a sum of hashes modulo 2^128.
    pub fn new(count: u64, sum: u128) -> Self {
        Self { count, digest: xxh3sum(sum) }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    pub name: String,
    pub version: String,
}

/// One `COPY … FROM stdin` block of a dump.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub schema: String,
    pub name: String,
    /// In the order of the COPY line.
    pub columns: Vec<String>,
    pub rows: u64,
    /// `xxh3sum:<32 hex>`: the sum modulo 2^128 of XXH3-128 over each COPY line.
    pub rows_digest: String,
}

/// A number of rows and the sum of their hashes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowSum {
    pub rows: u64,
    pub rows_digest: String,
}

impl RowSum {
    /// From a count and a sum of row hashes modulo 2^128.
    pub fn new(rows: u64, sum: u128) -> Self {
        Self { rows, rows_digest: xxh3sum(sum) }
    }
}

fn xxh3sum(sum: u128) -> String {
    format!("xxh3sum:{sum:032x}")
}

impl Default for RowSum {
    fn default() -> Self {
        Self::new(0, 0)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sequence {
    pub schema: String,
    pub name: String,
    pub last_value: i64,
    pub is_called: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SqliteFacts {
    pub tables: Vec<SqliteTable>,
    /// Where the numbering of each AUTOINCREMENT stands; absent, as all that follows, in manifests
    /// from before it was summed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sequences: Option<RowSum>,
    /// What its schema makes, with every definition: SQLite keeps those as they were written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub objects: Option<Objects>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SqliteTable {
    pub name: String,
    pub rows: u64,
    /// `xxh3sum:<32 hex>`: the sum modulo 2^128 of XXH3-128 over each row, every value with its type.
    /// A virtual table has none: what it holds stands in ordinary tables beside it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows_digest: Option<String>,
}

/// A tar archive. Lists hold [`NAMES_MAX`] names at most, percent-encoded where not UTF-8.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ArchiveFacts {
    #[serde(flatten)]
    pub content: ArchiveContent,
    pub changed: Vec<String>,
    pub changed_count: u64,
    pub vanished: Vec<String>,
    pub vanished_count: u64,
    pub unreadable: Vec<String>,
    pub unreadable_count: u64,
    /// Sockets, devices, pipes.
    pub skipped: Vec<String>,
    pub skipped_count: u64,
    /// User and group of every entry, each pair once. `None`: not noted, or too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owners: Option<Vec<(u64, u64)>>,
}

/// What the bytes of an archive alone say: equal for two archives of the same tree.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ArchiveContent {
    pub files: u64,
    pub directories: u64,
    pub links: u64,
    pub hard_links: u64,
    pub content_bytes: u64,
    /// `sha256sum:<64 hex>`: the sum modulo 2^256 of SHA-256 over each entry (design §3).
    pub tree_digest: String,
}

impl ArchiveContent {
    /// What lies in its folders; of these an empty tree has at least its own.
    pub fn files_and_links(&self) -> u64 {
        self.files + self.links + self.hard_links
    }
}

/// A source that gave no artifact in this run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailedSource {
    pub source: SourceName,
    pub kind: Kind,
    pub stage: String,
    pub error: String,
    pub hint: Option<String>,
}
