//! The columns of a table, those of a copy of it, and which of the one go into which of the other:
//! they are matched by name.

use super::relation::Relation;
use super::session::Session;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::postgres::connect::refused;
use crate::source::postgres::load::quoted;

pub(super) struct Column {
    pub(super) name: String,
    /// Its type in SQL, with the schema where that is needed.
    pub(super) kind: String,
    pub(super) is_required: bool,
    /// The server computes it from others.
    pub(super) is_generated: bool,
    pub(super) has_default: bool,
    /// The sequence of a serial or identity column, in SQL.
    pub(super) sequence: Option<String>,
}

pub(super) fn read(session: &Session, relation: &Relation) -> Result<Vec<Column>, Trouble> {
    let sql = format!(
        "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated <> '',
                a.atthasdef OR a.attidentity <> '', pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)
         FROM pg_attribute a WHERE a.attrelid = {} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        relation.oid
    );
    let mut columns = Vec::new();
    for row in session.connection.rows(&sql, &[])? {
        let is = |at: usize| row.try_get::<_, bool>(at).map_err(|e| refused(&e));
        columns.push(Column {
            name: row.try_get(0).map_err(|e| refused(&e))?,
            kind: row.try_get(1).map_err(|e| refused(&e))?,
            is_required: is(2)?,
            is_generated: is(3)?,
            has_default: is(4)?,
            sequence: row.try_get(5).map_err(|e| refused(&e))?,
        });
    }
    Ok(columns)
}

/// The columns of a table that only holds rows: names, types, what must not be null. What the
/// server computed is an ordinary value there.
pub(super) fn plain(columns: &[Column]) -> String {
    let one = |column: &Column| {
        let required = if column.is_required { " NOT NULL" } else { "" };
        format!("{} {}{required}", quoted(&column.name), column.kind)
    };
    columns.iter().map(one).collect::<Vec<_>>().join(", ")
}

pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// The columns, in SQL, that rows with columns of these names fill in the table `live`.
///
/// # Errors
/// Where a column has nowhere to go, or one that needs a value gets none.
pub(super) fn matched(given: &[&str], live: &[Column], table: &str) -> Result<String, Trouble> {
    let of = |name: &&&str| live.iter().find(|column| column.name == **name);
    if let Some(lost) = given.iter().find(|name| of(name).is_none()) {
        return Err(Trouble::lasting(Stage::Look, format!("replace {table}: it has no column {lost}"))
            .hint(Saying::new("hint-restore-table-column").with("column", lost).with("table", table)));
    }
    let is_given = |column: &&Column| given.contains(&column.name.as_str());
    let needs = |column: &&Column| column.is_required && !column.has_default && !column.is_generated;
    if let Some(empty) = live.iter().find(|column| needs(column) && !is_given(column)) {
        let name = &empty.name;
        let error = format!("replace {table}: its column {name} must have a value, and the backup has no such column");
        return Err(Trouble::lasting(Stage::Look, error)
            .hint(Saying::new("hint-restore-table-required").with("column", name).with("table", table)));
    }
    Ok(listed(live.iter().filter(|c| is_given(c) && !c.is_generated).map(|column| column.name.as_str())))
}

pub(super) fn names(columns: &[Column]) -> Vec<&str> {
    columns.iter().map(|column| column.name.as_str()).collect()
}
