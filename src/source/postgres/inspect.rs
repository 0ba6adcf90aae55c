//! Inspects stored bytes of PostgreSQL's: the same facts again, from the bytes alone.

use std::io::{Cursor, Read};

use super::counter::{Counter, Trailer};
use super::dump;
use super::tools::Tools;
use crate::domain::artifact::{Form, Kind};
use crate::domain::manifest::{Content, PostgresContent};
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;

/// How a custom dump begins.
const CUSTOM_MAGIC: &[u8] = b"PGDMP";
/// The heading of a dump stands in its first lines, after a byte order mark at most.
const HEAD_BYTES: u64 = 1024;

/// # Errors
/// Where the bytes are not whole or not of this form, or `pg_restore` cannot be run.
pub(in crate::source) fn inspect(kind: Kind, form: Form, raw: &mut dyn Read, work: &Work) -> Result<Content, Trouble> {
    match (form, kind) {
        (Form::CustomDump, _) => custom(raw, work).map(Content::Postgres),
        (Form::CreateSql, _) => count(raw, Trailer::Properties, work).map(|_| Content::Statements),
        (_, Kind::Globals) => count(raw, Trailer::Globals, work).map(|_| Content::Statements),
        _ => count(raw, Trailer::Dump, work).map(Content::Postgres),
    }
}

/// The same of a file whose first bytes must say what it is. A dump of all databases, by
/// `pg_dumpall`, holds the trailers of each; its own is what counts.
///
/// # Errors
/// As [`inspect`].
pub(in crate::source) fn inspect_adopted(raw: &mut dyn Read, work: &Work) -> Result<Content, Trouble> {
    let mut head = Vec::new();
    Read::take(&mut *raw, HEAD_BYTES)
        .read_to_end(&mut head)
        .map_err(|error| Trouble::passing(Stage::Dump, format!("read: {error}")))?;
    let is_custom = head.starts_with(CUSTOM_MAGIC);
    let headed = |trailer: &Trailer| head.split(|byte| *byte == b'\n').any(|line| line == trailer.heading().as_bytes());
    let trailer = [Trailer::Globals, Trailer::Properties].into_iter().find(headed).unwrap_or(Trailer::Dump);
    let mut raw = Cursor::new(head).chain(raw);
    let content = if is_custom { custom(&mut raw, work) } else { count(&mut raw, trailer, work) };
    content.map(Content::Postgres)
}

/// By way of `pg_restore`, whose good end is the proof that a custom dump is whole.
fn custom(raw: &mut dyn Read, work: &Work) -> Result<PostgresContent, Trouble> {
    dump::read_back(&Tools::newest(work)?.program("pg_restore"), work, |reader| {
        dump::pass(raw, work, None, |piece| {
            let _ended = reader.write_all(piece);
            Ok(())
        })
    })
}

/// Reads SQL to its end and counts it.
pub(super) fn count(raw: &mut dyn Read, trailer: Trailer, work: &Work) -> Result<PostgresContent, Trouble> {
    let mut counter = Counter::new(trailer);
    dump::pass(raw, work, None, |piece| {
        counter.push(piece);
        Ok(())
    })?;
    counter.finish().map_err(|e| Trouble::lasting(Stage::Dump, e))
}
