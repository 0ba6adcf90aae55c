//! What a copy of a SQLite file holds: the rows of every table with the sum of their hashes, where
//! the numbering of each AUTOINCREMENT stands, and what its schema makes.
//!
//! A row is hashed value by value as SQLite steps over it, each with its type: 1, 1.0, '1' and x'31'
//! are four values. Rows are read from their table, never from an index of it. Never: holds a row.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, Row, ffi};
use xxhash_rust::xxh3::Xxh3;

use crate::domain::manifest::{Objects, RowSum, SqliteFacts, SqliteTable};
use crate::source::Work;
use crate::source::sums::Sum;

/// The tables of the application; those of SQLite itself bear names that nobody else may give.
const TABLES: &str = r"
    SELECT name, rootpage = 0 FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
    ORDER BY name";
/// Those that are stored, also where SQLite made what they hold; not what it computes when asked, by
/// functions that may be the application's own.
const COLUMNS: &str = "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden IN (0, 3) ORDER BY cid";
const HAS_SEQUENCES: &str = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'";
const SEQUENCES: &str = "SELECT name, seq FROM sqlite_sequence";
const OBJECTS: &str = r"SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'";

/// A table, and whether it is virtual: made by a module, which keeps what it holds in ordinary tables
/// beside it.
struct Table {
    name: String,
    is_virtual: bool,
}

/// All there is, and the tables that cannot be read without what only the application has.
pub(super) struct Tally {
    pub(super) facts: SqliteFacts,
    pub(super) unread: Vec<String>,
}

/// The lines of a check; of how many tables, and which it could not be made of without what only the
/// application has.
pub(super) struct Checked {
    pub(super) lines: Vec<String>,
    pub(super) tables: usize,
    pub(super) unchecked: Vec<String>,
}

/// Counts and sums all there is.
///
/// # Errors
/// SQLite's; where the run was asked to stop, an interruption.
pub(super) fn of(copy: &Connection, work: &Work) -> rusqlite::Result<Tally> {
    let (mut tables, mut unread) = (Vec::new(), Vec::new());
    for Table { name, is_virtual } in all_tables(copy)? {
        let counted = if is_virtual {
            number(copy, &count_statement(&name)).map(|rows| (rows, None))
        } else {
            rows(copy, &name).map(|RowSum { rows, rows_digest }| (rows, Some(rows_digest)))
        };
        match counted {
            Ok((rows, rows_digest)) => tables.push(SqliteTable { name, rows, rows_digest }),
            Err(error) if is_foreign(&error) => unread.push(name),
            Err(error) => return Err(error),
        }
        if work.stop.reason().is_some() {
            return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_INTERRUPT), None));
        }
    }
    let (sequences, objects) = (Some(sequences(copy)?), Some(objects(copy)?));
    Ok(Tally { facts: SqliteFacts { tables, sequences, objects }, unread })
}

/// How many tables can be counted. A virtual table of an extension that we do not have is left out,
/// here and in every other count.
///
/// # Errors
/// SQLite's.
pub(super) fn countable(database: &Connection) -> rusqlite::Result<usize> {
    let tables = all_tables(database)?;
    Ok(tables.iter().filter(|table| database.prepare(&count_statement(&table.name)).is_ok()).count())
}

/// The one number a statement gives; none of these is negative.
///
/// # Errors
/// SQLite's.
pub(super) fn number(database: &Connection, statement: &str) -> rusqlite::Result<u64> {
    database.query_row(statement, [], |row| row.get(0)).map(i64::cast_unsigned)
}

/// Makes a check of all there is; of a database that rests on functions or collations of the application's
/// own, table by table.
///
/// # Errors
/// SQLite's.
pub(super) fn checked(database: &Connection, check: &str, lines_max: usize) -> rusqlite::Result<Checked> {
    let tables = all_tables(database)?;
    let mut all = Checked { lines: Vec::new(), tables: tables.len(), unchecked: Vec::new() };
    match lines(database, &format!("PRAGMA {check}({lines_max})")) {
        Err(error) if is_foreign(&error) => {}
        checked => return Ok(Checked { lines: checked?, ..all }),
    }
    for Table { name, .. } in tables {
        match lines(database, &format!("PRAGMA {check}({})", quoted(&name))) {
            Err(error) if is_foreign(&error) => all.unchecked.push(name),
            checked => all.lines.extend(checked?),
        }
    }
    Ok(all)
}

fn lines(database: &Connection, statement: &str) -> rusqlite::Result<Vec<String>> {
    let mut asked = database.prepare(statement)?;
    asked.query_map([], |row| row.get(0))?.collect()
}

fn all_tables(database: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut list = database.prepare(TABLES)?;
    list.query_map([], |row| Ok(Table { name: row.get(0)?, is_virtual: row.get(1)? }))?.collect()
}

fn count_statement(table: &str) -> String {
    format!("SELECT count(*) FROM {}", quoted(table))
}

fn rows(copy: &Connection, table: &str) -> rusqlite::Result<RowSum> {
    let columns: rusqlite::Result<Vec<String>> = copy.prepare(COLUMNS)?.query_map([table], |row| row.get(0))?.collect();
    let columns: Vec<String> = columns?.iter().map(|column| quoted(column)).collect();
    let statement = format!("SELECT {} FROM {} NOT INDEXED", columns.join(", "), quoted(table));
    summed(copy, &statement).map(Sum::of_rows)
}

fn sequences(copy: &Connection) -> rusqlite::Result<RowSum> {
    if number(copy, HAS_SEQUENCES)? == 0 { Ok(RowSum::default()) } else { summed(copy, SEQUENCES).map(Sum::of_rows) }
}

fn objects(copy: &Connection) -> rusqlite::Result<Objects> {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    let (mut asked, mut hash) = (copy.prepare(OBJECTS)?, Xxh3::new());
    let mut rows = asked.query([])?;
    while let Some(row) = rows.next()? {
        let kind = match row.get_ref(0)?.as_bytes().unwrap_or_default() {
            b"table" => "tables",
            b"index" => "indexes",
            b"view" => "views",
            b"trigger" => "triggers",
            _ => "other objects",
        };
        sums.entry(kind).or_default().add(hash_of(row, &mut hash)?);
    }
    Ok(sums.into_iter().map(|(kind, sum)| (kind.to_owned(), sum.of_objects())).collect())
}

fn summed(copy: &Connection, statement: &str) -> rusqlite::Result<Sum> {
    let (mut sum, mut hash) = (Sum::default(), Xxh3::new());
    let mut asked = copy.prepare(statement)?;
    let mut rows = asked.query([])?;
    while let Some(row) = rows.next()? {
        sum.add(hash_of(row, &mut hash)?);
    }
    Ok(sum)
}

/// Of each value its type, then its length where that may vary, then its bytes: no two rows look alike.
fn hash_of(row: &Row<'_>, hash: &mut Xxh3) -> rusqlite::Result<u128> {
    hash.reset();
    for column in 0..row.as_ref().column_count() {
        match row.get_ref(column)? {
            ValueRef::Null => hash.update(b"n"),
            ValueRef::Integer(number) => {
                hash.update(b"i");
                hash.update(&number.to_le_bytes());
            }
            ValueRef::Real(number) => {
                hash.update(b"r");
                hash.update(&number.to_bits().to_le_bytes());
            }
            ValueRef::Text(bytes) => long(hash, b"t", bytes),
            ValueRef::Blob(bytes) => long(hash, b"b", bytes),
        }
    }
    Ok(hash.digest128())
}

fn long(hash: &mut Xxh3, kind: &[u8], bytes: &[u8]) {
    hash.update(kind);
    hash.update(&(bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Whether it is about something that only the application has: a module, a function, a collation.
pub(super) fn is_foreign(error: &rusqlite::Error) -> bool {
    const LACKED: [&str; 4] = ["no such module", "no such function", "unknown function", "no such collation sequence"];
    let (rusqlite::Error::SqliteFailure(cause, _) | rusqlite::Error::SqlInputError { error: cause, .. }) = error else {
        return false;
    };
    let text = error.to_string();
    cause.code == ErrorCode::Unknown && LACKED.iter().any(|lacked| text.contains(lacked))
}
