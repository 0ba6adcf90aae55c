//! Copies tables out of the database beside into the live one, each in one transaction: their
//! columns and their rows, and where their sequences stood. No default, no index, no key, no
//! trigger, no policy comes along.

use super::columns::{self, Column};
use super::relation::{Place, Relation};
use super::session::Session;
use super::{Tables, find, sequences};
use crate::config::PostgresConfig;
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::restore::names;
use crate::source::restore::Wish;

/// Copies the tables from the database that was made beside.
pub(super) fn all(
    config: &PostgresConfig,
    beside: &Exchange,
    tables: &[Tables],
    wish: &Wish,
    work: &Work,
) -> Result<(), Trouble> {
    let live = Session::open(config, &beside.live, beside, work)?;
    let from = Session::open(config, &beside.new, beside, work)?;
    let places = find::all(&live, wish)?;
    if places.len() != tables.len() || !tables.iter().zip(&places).all(|(table, place)| goes_to(table, place)) {
        return Err(Trouble::passing(Stage::Look, "the tables changed since it was looked at what stands there")
            .hint(Saying::new("hint-restore-again")));
    }
    for (table, place) in tables.iter().zip(&places) {
        work.stop.check(Stage::Load)?;
        one(&from, &live, table, place).map_err(|trouble| trouble.while_doing(format!("bring {place}")))?;
    }
    Ok(())
}

fn goes_to(table: &Tables, place: &Place) -> bool {
    let name = if table.old.is_some() { place.name.clone() } else { names::restored(&place.name) };
    table.live == Place { name, ..place.clone() }
}

fn one(from: &Session, live: &Session, table: &Tables, place: &Place) -> Result<(), Trouble> {
    let found = Relation::read(from, place)?.filter(Relation::is_table);
    let Some(relation) = found else { return Err(find::missing(&place.table(), &find::loaded(from)?)) };
    if relation.is_forced && !from.is_superuser {
        // Its owner sees all rows only while that is not forced upon him too; it goes with its database.
        from.connection.run(&format!("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY", place.sql()))?;
    }
    let columns = columns::read(from, &relation)?;
    types_stand(live, &columns)?;
    if table.old.is_some()
        && let Some(standing) = Relation::read(live, &table.live)?
    {
        columns::matched(&columns::names(&columns), &columns::read(live, &standing)?, &table.live.to_string())?;
    }
    let new = table.new.sql();
    live.connection.run(&format!("BEGIN; CREATE TABLE {new} ({})", columns::plain(&columns)))?;
    live.give(&table.new, &relation.owner)?;
    sequences::note(from, live, &table.new, &columns)?;
    let listed = columns::listed(columns::names(&columns));
    // Both databases hold text in one encoding: their bytes need not be read.
    let encoding: String = live.texts("SHOW server_encoding")?.concat();
    let out = format!("COPY (SELECT {listed} FROM {}) TO STDOUT (ENCODING '{encoding}')", relation.rows());
    let given = if listed.is_empty() { String::new() } else { format!(" ({listed})") };
    let into = format!("COPY {new}{given} FROM STDIN (ENCODING '{encoding}')");
    let (arrived, expected) = (from.connection.copy(&out, &live.connection, &into)?, from.count(&relation.rows())?);
    if arrived != expected {
        return Err(Trouble::lasting(Stage::Load, format!("compare: {arrived} rows arrived, not {expected}"))
            .hint(Saying::new("hint-restore-differs")));
    }
    live.connection.run("COMMIT")
}

/// Types are the live database's: one that it lost cannot hold the values.
fn types_stand(live: &Session, columns: &[Column]) -> Result<(), Trouble> {
    for column in columns {
        let rows = live.connection.rows("SELECT to_regtype($1::text) IS NOT NULL", &[&column.kind])?;
        if !rows.first().is_some_and(|row| row.get(0)) {
            let error =
                format!("its column {} is of type {}, which the database does not have", column.name, column.kind);
            let hint = Saying::new("hint-restore-table-type").with("type", &column.kind);
            return Err(Trouble::lasting(Stage::Look, error).hint(hint));
        }
    }
    Ok(())
}
