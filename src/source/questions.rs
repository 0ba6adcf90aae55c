//! Whether a question of the operator's could be asked of a database: looked at by production itself,
//! which prepares it and never carries it out; and whether the column is there that a media check names.
//! Never: runs it there, nor anything beside it.

use super::references::{Column, no_column};
use super::{Work, postgres, sqlite};
use crate::config::{Config, DrillCheck, MediaCheck, PostgresConfig, SqliteConfig};
use crate::domain::name::SourceName;

/// Of a statement that asks for nothing.
pub(super) const NO_VALUE: &str = "it gives no value";

/// Why no drill could ask it; `None` where one could, or where production cannot be reached to tell.
pub fn fault(config: &Config, check: &DrillCheck, work: &Work) -> Option<String> {
    let (postgres, sqlite) = databases(config, &check.source);
    postgres
        .and_then(|one| postgres::drill::question_fault(one, &check.sql, work))
        .or_else(|| sqlite.and_then(|one| sqlite::drill::question_fault(one, &check.sql, work)))
}

/// Why no drill could look for the files that this column names; `None` as for a question.
pub fn media_fault(config: &Config, check: &MediaCheck, work: &Work) -> Option<String> {
    let Some(column) = Column::parse(&check.column) else { return Some(no_column()) };
    let (postgres, sqlite) = databases(config, &check.source);
    postgres
        .and_then(|one| postgres::drill::column_fault(one, &column, work))
        .or_else(|| sqlite.and_then(|one| sqlite::drill::column_fault(one, &column, work)))
}

fn databases<'c>(config: &'c Config, source: &SourceName) -> (Option<&'c PostgresConfig>, Option<&'c SqliteConfig>) {
    let postgres = config.postgres.iter().find(|one| one.name == *source);
    (postgres, config.sqlite.iter().find(|one| one.name == *source))
}
