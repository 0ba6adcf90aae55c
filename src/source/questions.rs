//! Whether a question of the operator's could be asked of a database: looked at by production itself,
//! which prepares it and never carries it out. Never: runs it there, nor anything beside it.

use super::{Work, postgres, sqlite};
use crate::config::{Config, DrillCheck};

/// Of a statement that asks for nothing.
pub(super) const NO_VALUE: &str = "it gives no value";

/// Why no drill could ask it; `None` where one could, or where production cannot be reached to tell.
pub fn fault(config: &Config, check: &DrillCheck, work: &Work) -> Option<String> {
    let postgres = config.postgres.iter().find(|one| one.name == check.source);
    let sqlite = config.sqlite.iter().find(|one| one.name == check.source);
    postgres
        .and_then(|one| postgres::drill::question_fault(one, &check.sql, work))
        .or_else(|| sqlite.and_then(|one| sqlite::drill::question_fault(one, &check.sql, work)))
}
