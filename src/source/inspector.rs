//! Inspects raw bytes by what they are, not by how a source is configured now: a set outlives the
//! settings that made it, and an adopted file never had any.

use std::io::Read;

use super::{Work, archive, postgres, sqlite};
use crate::domain::artifact::{Form, Kind};
use crate::domain::manifest::Content;
use crate::domain::trouble::{Stage, Trouble};

/// Counts again what these bytes hold, reading them to their end.
///
/// # Errors
/// Where they are not whole or not of this form; see [`is_of_the_bytes`].
pub fn inspect(kind: Kind, form: Form, raw: &mut dyn Read, work: &Work) -> Result<Content, Trouble> {
    match form {
        Form::PlainSql | Form::CreateSql | Form::CustomDump => postgres::inspect(kind, form, raw, work),
        Form::SqliteFile => sqlite::inspect(raw, work),
        Form::Tar => archive::inspect(raw, work),
    }
}

/// The same of a file that no manifest speaks of. Which program wrote a dump, and in which form,
/// its first bytes say: endings such as `.dump` or `.backup` mean one thing here and another there.
///
/// # Errors
/// As [`inspect`].
pub fn inspect_adopted(kind: Kind, raw: &mut dyn Read, work: &Work) -> Result<Content, Trouble> {
    match kind {
        Kind::Postgres | Kind::Database | Kind::Globals => postgres::inspect_adopted(raw, work),
        Kind::Sqlite => sqlite::inspect(raw, work),
        Kind::Media | Kind::Files => archive::inspect(raw, work),
    }
}

/// Whether an inspection failed for what the bytes are. Otherwise it could not be made here and
/// now (a missing program, no room for a copy, a program killed), which says nothing of the bytes
/// and comes with a hint or from another stage.
pub fn is_of_the_bytes(trouble: &Trouble) -> bool {
    trouble.stage == Stage::Dump && trouble.hint.is_none() && trouble.stopped.is_none()
}
