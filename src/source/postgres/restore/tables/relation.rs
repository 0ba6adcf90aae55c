//! A table as it lies in a database: where, whose, and of what kind.

use std::fmt;

use super::session::Session;
use crate::domain::table_name::TableName;
use crate::domain::trouble::Trouble;
use crate::source::postgres::connect::refused;
use crate::source::postgres::load::quoted;

/// The name of a table, its schema with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) schema: String,
    pub(super) name: String,
}

impl Place {
    pub(super) fn of(table: &TableName) -> Option<Self> {
        Some(Self { schema: table.schema.clone()?, name: table.name.clone() })
    }

    pub(super) fn table(&self) -> TableName {
        TableName::of(&self.schema, &self.name)
    }

    pub(super) fn sql(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// What the server says of a table.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) place: Place,
    pub(super) oid: i64,
    /// As in `pg_class.relkind`.
    pub(super) kind: String,
    pub(super) is_partition: bool,
    /// Its policies hold for its owner too.
    pub(super) is_forced: bool,
    pub(super) owner: String,
    /// Whether our role may act for its owner.
    pub(super) is_ours: bool,
}

const RELATION: &str = "
    SELECT c.oid::int8, c.relkind::text, c.relispartition, c.relforcerowsecurity, pg_get_userbyid(c.relowner)::text,
           pg_has_role(c.relowner, 'USAGE')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1::text AND c.relname = $2::text";

impl Relation {
    pub(super) fn read(session: &Session, place: &Place) -> Result<Option<Self>, Trouble> {
        let rows = session.connection.rows(RELATION, &[&place.schema, &place.name])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let is = |at: usize| row.try_get(at).map_err(|e| refused(&e));
        Ok(Some(Self {
            place: place.clone(),
            oid: row.try_get(0).map_err(|e| refused(&e))?,
            kind: row.try_get(1).map_err(|e| refused(&e))?,
            is_partition: is(2)?,
            is_forced: is(3)?,
            owner: row.try_get(4).map_err(|e| refused(&e))?,
            is_ours: is(5)?,
        }))
    }

    pub(super) fn is_partitioned(&self) -> bool {
        self.kind == "p"
    }

    /// Whether it is a table with rows of its own, or made up of such.
    pub(super) fn is_table(&self) -> bool {
        self.kind == "r" || self.is_partitioned()
    }

    /// Its own rows: without those of tables that inherit from it, a partitioned one's with its
    /// partitions'.
    pub(super) fn rows(&self) -> String {
        if self.is_partitioned() { self.place.sql() } else { format!("ONLY {}", self.place.sql()) }
    }
}
