//! Counts what passes: rows of every table, large objects, sequences, and what else is made; and
//! tells at the end whether the stream was whole. Fed with pieces of any size, it holds a few hundred KiB at most
//! beside the list of tables, and its result does not depend on where the pieces break.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::Xxh3;

use super::lexer::{Lexer, Seen};
use super::objects::Made;
use super::rows::Rows;
use super::statement;
use crate::domain::manifest::{PostgresContent, RowSum, Sequence, Table};

/// More than what may follow a trailer; so much of it is kept for comparison.
const TAIL_BYTES_MAX: usize = 512;
const LOWRITE: &[u8] = b"SELECT pg_catalog.lowrite(0, ";
const LO_CLOSE: &[u8] = b"SELECT pg_catalog.lo_close(0)";

/// The comment that ends a whole stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trailer {
    Dump,
    Globals,
    Properties,
}

impl Trailer {
    pub(super) fn comment(self) -> &'static str {
        match self {
            Trailer::Dump => "-- PostgreSQL database dump complete",
            Trailer::Globals => "-- PostgreSQL database cluster dump complete",
            Trailer::Properties => "-- PostgreSQL database properties complete",
        }
    }

    /// The comment at the head of such a stream.
    pub(super) fn heading(self) -> &'static str {
        self.comment().trim_end_matches(" complete")
    }
}

/// Why a stream is not a whole one, as a bare fact for an error text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotWhole {
    #[error("the dump ends without its trailer")]
    NoTrailer,
    #[error("the dump does not end with its trailer")]
    BadTail,
    #[error("a COPY line cannot be read")]
    BadCopy,
}

/// Reads a dump as it passes.
pub(super) struct Counter {
    trailer: Trailer,
    lexer: Lexer,
    phase: Phase,
    /// The token of a `\restrict` that has not been lifted.
    restricted: Option<Vec<u8>>,
    tables: BTreeMap<(String, String), Counted>,
    /// The rows of each COPY block, in their order: what psql says of each is held against them.
    pub(super) blocks: Vec<u64>,
    sequences: BTreeMap<(String, String), Sequence>,
    objects: Counted,
    object: Option<LargeObject>,
    made: Made,
    is_copy_unread: bool,
}

enum Phase {
    Sql,
    Rows(statement::Copy, Rows),
    /// After the trailer: what follows it.
    Tail(Vec<u8>),
}

#[derive(Default)]
struct Counted {
    columns: Vec<String>,
    rows: u64,
    sum: u128,
}

/// A large object being written: hashed as the row that `COPY (oid, data)` would give.
struct LargeObject {
    hash: Box<Xxh3>,
    /// Past the `\x` of the string now open.
    in_digits: bool,
}

impl Counter {
    pub(super) fn new(trailer: Trailer) -> Self {
        Self {
            trailer,
            lexer: Lexer::new(),
            phase: Phase::Sql,
            restricted: None,
            tables: BTreeMap::new(),
            blocks: Vec::new(),
            sequences: BTreeMap::new(),
            objects: Counted::default(),
            object: None,
            made: Made::default(),
            is_copy_unread: false,
        }
    }

    pub(super) fn push(&mut self, piece: &[u8]) {
        let mut rest = piece;
        while !rest.is_empty() {
            let used = match &mut self.phase {
                Phase::Sql => self.sql(rest),
                Phase::Rows(_, rows) => {
                    let (used, has_ended) = rows.push(rest);
                    if has_ended {
                        self.close_table();
                    }
                    used
                }
                Phase::Tail(tail) => {
                    let room = TAIL_BYTES_MAX - tail.len();
                    tail.extend_from_slice(&rest[..rest.len().min(room)]);
                    rest.len()
                }
            };
            rest = &rest[used..];
        }
    }

    /// What was counted, once the stream has ended.
    ///
    /// # Errors
    /// Where it did not end exactly as `pg_dump` ends: the trailer in the ground state, and after
    /// it nothing but the end of the restriction that the stream began with.
    pub(super) fn finish(self) -> Result<PostgresContent, NotWhole> {
        if self.is_copy_unread {
            return Err(NotWhole::BadCopy);
        }
        let Phase::Tail(tail) = self.phase else { return Err(NotWhole::NoTrailer) };
        let mut expected = b"--\n\n".to_vec();
        if let Some(token) = self.restricted {
            expected.extend_from_slice(b"\\unrestrict ");
            expected.extend_from_slice(&token);
            expected.extend_from_slice(b"\n\n");
        }
        if tail != expected {
            return Err(NotWhole::BadTail);
        }
        let tables = self.tables.into_iter().map(|((schema, name), counted)| {
            let RowSum { rows, rows_digest } = RowSum::new(counted.rows, counted.sum);
            Table { schema, name, columns: counted.columns, rows, rows_digest }
        });
        Ok(PostgresContent {
            large_objects: RowSum::new(self.objects.rows, self.objects.sum),
            tables: tables.collect(),
            sequences: self.sequences.into_values().collect(),
            objects: Some(self.made.summed()),
        })
    }

    fn sql(&mut self, piece: &[u8]) -> usize {
        let (used, seen) = self.lexer.push(piece);
        match seen {
            Seen::Literal(inside) => {
                if let Some(object) = &mut self.object
                    && self.lexer.text().starts_with(LOWRITE)
                {
                    object.write(inside);
                }
            }
            Seen::Statement => self.statement(),
            Seen::Comment if self.lexer.line() == self.trailer.comment().as_bytes() => {
                self.phase = Phase::Tail(Vec::new());
            }
            Seen::Comment => self.made.comment(self.lexer.line()),
            Seen::Nothing => {}
            Seen::Meta => {
                if let Some(token) = self.lexer.line().strip_prefix(b"\\restrict ") {
                    self.restricted = Some(token.to_vec());
                } else if let Some(token) = self.lexer.line().strip_prefix(b"\\unrestrict ")
                    && self.restricted.as_deref() == Some(token)
                {
                    self.restricted = None;
                }
            }
        }
        used
    }

    fn statement(&mut self) {
        let text = self.lexer.text();
        self.made.statement(text);
        if statement::is_copy(text) {
            match statement::copy(text) {
                Some(copy) => self.phase = Phase::Rows(copy, Rows::new()),
                None => self.is_copy_unread = true,
            }
        } else if let Some(sequence) = statement::sequence(text) {
            self.sequences.insert((sequence.schema.clone(), sequence.name.clone()), sequence);
        } else if let Some(oid) = statement::opened_object(text) {
            self.object = Some(LargeObject::open(&oid));
        } else if text.starts_with(LOWRITE) {
            if let Some(object) = &mut self.object {
                object.in_digits = false;
            }
        } else if text == LO_CLOSE
            && let Some(object) = self.object.take()
        {
            self.objects.add(1, object.hash.digest128());
        }
    }

    /// A table may have several blocks: the rows of partitions that are loaded through their root.
    fn close_table(&mut self) {
        if let Phase::Rows(copy, rows) = std::mem::replace(&mut self.phase, Phase::Sql) {
            let counted = self.tables.entry((copy.schema, copy.table)).or_default();
            counted.columns = copy.columns;
            counted.add(rows.count, rows.sum);
            self.blocks.push(rows.count);
        }
    }
}

impl Counted {
    fn add(&mut self, rows: u64, sum: u128) {
        self.rows += rows;
        self.sum = self.sum.wrapping_add(sum);
    }
}

impl LargeObject {
    fn open(oid: &[u8]) -> Self {
        let mut hash: Box<Xxh3> = Box::default();
        hash.update(oid);
        hash.update(b"\t\\\\x");
        Self { hash, in_digits: false }
    }

    /// A part of a string `\x…`, whose first two characters may stand in different pieces.
    fn write(&mut self, inside: &[u8]) {
        if self.in_digits {
            self.hash.update(inside);
        } else if let Some(x) = memchr::memchr(b'x', inside) {
            self.in_digits = true;
            self.hash.update(&inside[x + 1..]);
        }
    }
}

#[cfg(test)]
mod tests;
