//! Which table is meant: by the manifest, so that a wrong name is known before anything is loaded;
//! of a file that no manifest tells of, by the tables that stand.

use super::relation::Place;
use super::session::Session;
use crate::domain::manifest::PostgresFacts;
use crate::domain::saying::Saying;
use crate::domain::table_name::{TableName, nearest};
use crate::domain::trouble::{Stage, Trouble};
use crate::source::postgres::connect::refused;
use crate::source::restore::Wish;

/// Where a schema is not named and nothing tells of another.
const PUBLIC: &str = "public";

/// The tables that were asked for, each once, in the order of their names.
///
/// # Errors
/// One that is not in the dump, or may be one of several.
pub(super) fn all(live: &Session, wish: &Wish) -> Result<Vec<Place>, Trouble> {
    let facts = wish.facts.postgres.as_ref();
    let known = known(live, facts)?;
    let mut places = wish.tables.iter().map(|given| one(given, &known, facts)).collect::<Result<Vec<_>, _>>()?;
    places.sort();
    places.dedup();
    Ok(places)
}

/// The tables of the manifest and those made up of partitions, which have no rows of their own
/// there; without a manifest all that stand.
fn known(live: &Session, facts: Option<&PostgresFacts>) -> Result<Vec<TableName>, Trouble> {
    let kinds = if facts.is_some() { "'p'" } else { "'r', 'p'" };
    let sql = format!(
        "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ({kinds}) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    );
    let mut known: Vec<TableName> =
        facts.iter().flat_map(|facts| &facts.content.tables).map(|t| TableName::of(&t.schema, &t.name)).collect();
    for row in live.connection.rows(&sql, &[])? {
        let (schema, name): (String, String) =
            (row.try_get(0).map_err(|e| refused(&e))?, row.try_get(1).map_err(|e| refused(&e))?);
        known.push(TableName { schema: Some(schema), name });
    }
    known.sort();
    known.dedup();
    Ok(known)
}

fn one(given: &TableName, known: &[TableName], facts: Option<&PostgresFacts>) -> Result<Place, Trouble> {
    let meant: Vec<&TableName> = known.iter().filter(|table| table.is_meant_by(given)).collect();
    match (meant.as_slice(), facts) {
        ([table], _) => Place::of(table).ok_or_else(|| missing(given, known)),
        ([], Some(_)) => Err(missing(given, known)),
        ([], None) => {
            let schema = given.schema.clone().unwrap_or_else(|| PUBLIC.to_owned());
            Ok(Place { schema, name: given.name.clone() })
        }
        (several, _) => {
            let names: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(Trouble::lasting(Stage::Look, format!("find the table {given}: several schemas have one"))
                .hint(Saying::new("hint-restore-table-several").with("tables", names.join(", "))))
        }
    }
}

/// The dump does not hold it; what comes nearest is named.
pub(super) fn missing(given: &TableName, known: &[TableName]) -> Trouble {
    let near: Vec<String> = nearest(given, known).into_iter().map(ToString::to_string).collect();
    let trouble = Trouble::lasting(Stage::Look, format!("find the table {given}: the backup does not hold it"));
    if near.is_empty() {
        return trouble.hint(Saying::new("hint-restore-table-none"));
    }
    trouble.hint(Saying::new("hint-restore-table-near").with("tables", near.join(", ")))
}

/// Everything that was loaded, for near misses.
pub(super) fn loaded(beside: &Session) -> Result<Vec<TableName>, Trouble> {
    known(beside, None)
}
