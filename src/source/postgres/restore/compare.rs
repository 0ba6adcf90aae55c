//! What arrived against what the manifest says. A load as SQL was counted in passing, sums of rows
//! included, and held against psql's own count of every COPY; after one by `pg_restore` every table
//! is counted where it lies: without what inherits from it, a partitioned one with its partitions,
//! an extension's under the filter it is dumped by, and no policy hides a row.

use std::collections::BTreeMap;

use super::desk::Desk;
use crate::domain::manifest::{PostgresContent, PostgresFacts, Sequence, Table};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::connect::{Connection, refused};
use crate::source::postgres::load::quoted;

/// Every table with rows of its own, and those that partitions make up.
const TABLES: &str = "
    SELECT n.nspname::text, c.relname::text, c.oid::int8, c.relkind = 'p', c.relforcerowsecurity, x.condition
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN (SELECT unnest(extconfig) AS oid, unnest(extcondition) AS condition FROM pg_extension) x ON x.oid = c.oid
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')";

/// Encodings whose names a dump's reader reads as they are; in others a name may be misread.
const READABLE: [&str; 2] = ["UTF8", "LATIN1"];

/// A table as it lies in the database.
struct Loaded {
    oid: i64,
    is_partitioned: bool,
    is_forced: bool,
    condition: Option<String>,
}

/// # Errors
/// The first thing that is not as it was.
pub(super) fn compare(
    desk: &Desk<'_>,
    database: &str,
    counted: Option<&PostgresContent>,
    facts: Option<&PostgresFacts>,
    work: &Work,
) -> Result<(), Trouble> {
    let told = facts.map(|facts| &facts.content);
    if let Some(counted) = counted {
        counts(counted, told)?;
    }
    // A custom dump without a manifest says nothing of itself but that it was read to its end.
    let Some(expected) = told.or(counted) else { return Ok(()) };
    let connection = Connection::open(&desk.access, database, &work.runtime)?.patient(Some(&work.stop))?;
    connection.run("SET row_security = off")?;
    let may_misread = facts.is_some_and(|facts| !READABLE.contains(&facts.encoding.as_str()));
    let is_sure = |name: &str| !may_misread || name.is_ascii();
    if counted.is_none() {
        let tables: Vec<&Table> = expected.tables.iter().filter(|t| is_sure(&t.schema) && is_sure(&t.name)).collect();
        rows(&connection, &tables, desk.is_superuser)?;
    }
    for sequence in expected.sequences.iter().filter(|s| is_sure(&s.schema) && is_sure(&s.name)) {
        value(&connection, sequence)?;
    }
    let objects: i64 = connection.row("SELECT count(*) FROM pg_largeobject_metadata")?.get(0);
    large_objects(objects.unsigned_abs(), expected)
}

/// What was counted in passing, against what the manifest says.
pub(super) fn counts(counted: &PostgresContent, told: Option<&PostgresContent>) -> Result<(), Trouble> {
    match told {
        Some(told) if !counted.is_as_stated(told) => Err(differs(&first_difference(counted, told))),
        _ => Ok(()),
    }
}

pub(super) fn large_objects(here: u64, expected: &PostgresContent) -> Result<(), Trouble> {
    same("large objects", here, expected.large_objects.rows)
}

/// Compares the number of rows of every table.
fn rows(connection: &Connection, tables: &[&Table], is_superuser: bool) -> Result<(), Trouble> {
    let mut loaded: BTreeMap<(String, String), Loaded> = BTreeMap::new();
    for row in connection.rows(TABLES, &[])? {
        // In a database without an encoding a name may be no text; such are not asked for.
        let (Ok(schema), Ok(name)) = (row.try_get(0), row.try_get(1)) else { continue };
        let condition = row.try_get(5).map_err(|e| refused(&e))?;
        let table = Loaded { oid: row.get(2), is_partitioned: row.get(3), is_forced: row.get(4), condition };
        loaded.insert((schema, name), table);
    }
    let of = |table: &Table| loaded.get(&(table.schema.clone(), table.name.clone()));
    let dumped: Vec<i64> = tables.iter().filter_map(|table| Some(of(table)?.oid)).collect();
    for table in tables {
        let name = format!("{}.{}", quoted(&table.schema), quoted(&table.name));
        let here = of(table).ok_or_else(|| differs(&format!("{name} is not there")))?;
        let lifted = here.is_forced && !is_superuser;
        if lifted {
            // Its owner sees all rows only while that is not forced upon him too.
            connection.run(&format!("BEGIN; ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"))?;
        }
        let counted = connection.row(&question(&name, here, &dumped))?.get::<_, i64>(0);
        if lifted {
            connection.run("ROLLBACK")?;
        }
        same(&format!("rows of {name}"), counted.unsigned_abs(), table.rows)?;
    }
    Ok(())
}

fn question(name: &str, table: &Loaded, dumped: &[i64]) -> String {
    if !table.is_partitioned {
        let condition = table.condition.as_deref().unwrap_or_default();
        return format!("SELECT count(*) FROM ONLY {name} {condition}");
    }
    // Rows dumped through their root are those of partitions that have no entry of their own.
    let own: Vec<String> = dumped.iter().filter(|oid| **oid != table.oid).map(i64::to_string).collect();
    format!("SELECT count(*) FROM {name} WHERE tableoid <> ALL ('{{{}}}'::oid[])", own.join(","))
}

fn value(connection: &Connection, sequence: &Sequence) -> Result<(), Trouble> {
    let name = format!("{}.{}", quoted(&sequence.schema), quoted(&sequence.name));
    let row = connection.row(&format!("SELECT last_value, is_called FROM {name}"))?;
    let (last, is_called): (i64, bool) = (row.get(0), row.get(1));
    if (last, is_called) == (sequence.last_value, sequence.is_called) {
        return Ok(());
    }
    Err(differs(&format!("the sequence {name} stands at {last}, not {}", sequence.last_value)))
}

/// The first table of which the dump holds something else than the manifest says.
fn first_difference(counted: &PostgresContent, told: &PostgresContent) -> String {
    let other = told.tables.iter().find(|table| !counted.tables.contains(table));
    other.map_or_else(
        || "the dump holds something else than its manifest says".to_owned(),
        |table| format!("the dump holds other rows of {}.{} than its manifest says", table.schema, table.name),
    )
}

fn same(what: &str, here: u64, expected: u64) -> Result<(), Trouble> {
    if here == expected { Ok(()) } else { Err(differs(&format!("{here} {what} arrived, not {expected}"))) }
}

fn differs(how: &str) -> Trouble {
    Trouble::lasting(Stage::Load, format!("compare: {how}")).hint(Saying::new("hint-restore-differs"))
}
