//! The look before single tables are brought back: what would stop it later is asked now, and what
//! will happen is put into sentences.

use super::relation::{Place, Relation};
use super::session::Session;
use super::{columns, find, lifted};
use crate::config::PostgresConfig;
use crate::domain::manifest::{PostgresFacts, Table};
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::restore::desk::Desk;
use crate::source::postgres::restore::standing::Standing;
use crate::source::postgres::restore::{fit, names, rights, room};
use crate::source::restore::{Prospect, To, Wish};

pub(in crate::source::postgres::restore) fn look(
    config: &PostgresConfig,
    wish: &Wish,
    work: &Work,
) -> Result<Prospect, Trouble> {
    if wish.to != To::Home {
        return Err(refused(
            "restore tables: they go into the database they came from",
            Saying::new("hint-restore-table"),
        ));
    }
    let database = config.database.as_str();
    let desk = Desk::open(config, &[database], work)?;
    let standing = Standing::read(&desk, database)?.ok_or_else(|| {
        let hint = Saying::new("hint-restore-table-whole").with("source", &config.name);
        refused(format!("there is no database {database} for the table to go into"), hint)
    })?;
    let beside = super::beside(database, &wish.run);
    if desk.stands(&beside.new)? {
        return Err(refused(
            format!("a database {} stands there already", beside.new),
            Saying::new("hint-restore-taken").with("database", &beside.new),
        ));
    }
    rights::check(&desk, Some(&standing), wish, work)?;
    if let Some(facts) = &wish.facts.postgres {
        fit::check(&desk, facts, false, work)?;
    }
    let room = room::look(&desk, config, standing.folder.as_deref(), wish)?;
    let session = Session::open(config, database, &beside, work)?;
    let (mut says, mut exchanges) = (Vec::new(), Vec::new());
    for place in find::all(&session, wish)? {
        may_create_in(&session, &place.schema, desk.user())?;
        let about = |key: &'static str| {
            let coming = told(wish, &place).map_or_else(|| "?".to_owned(), |table| table.rows.to_string());
            let saying = Saying::new(key).with("table", &place).with("database", database);
            saying.with("server", desk.access.place()).with("coming", coming)
        };
        let in_schema = |name: String| Place { schema: place.schema.clone(), name };
        let new = in_schema(names::new(&place.name, &wish.run));
        let (live, old) = if wish.replace {
            let relation = replaceable(&session, &place, told(wish, &place), desk.user())?;
            let old = in_schema(names::before(&place.name, &wish.run));
            // Its owner sees all rows only once that is not forced upon him: not before consent.
            let is_hidden = relation.is_forced && !session.is_superuser;
            let rows = if is_hidden { "?".to_owned() } else { session.count(&relation.rows())?.to_string() };
            says.push(about("restore-table-replace").with("rows", rows).with("old", &old));
            (place.clone(), Some(old))
        } else {
            let live = in_schema(names::restored(&place.name));
            if session.stands(&live)? {
                let hint = Saying::new("hint-restore-table-taken").with("table", live.sql());
                return Err(refused(format!("a table {live} stands there already"), hint));
            }
            says.push(about("restore-table-beside").with("new", &live));
            (live, None)
        };
        let old = old.map(|old| old.to_string());
        let within = Some(database.to_owned());
        exchanges.push(Exchange { live: live.to_string(), new: new.to_string(), old, within });
    }
    says.push(Saying::new("restore-table-load").with("new", &beside.new).with("database", database));
    says.push(room.says());
    Ok(Prospect { says, exchanges, remarks: Vec::new(), in_place: false })
}

/// What the manifest says of a table.
fn told<'a>(wish: &'a Wish, place: &Place) -> Option<&'a Table> {
    let of = |facts: &'a PostgresFacts| {
        facts.content.tables.iter().find(|table| table.schema == place.schema && table.name == place.name)
    };
    wish.facts.postgres.as_ref().and_then(of)
}

fn may_create_in(session: &Session, schema: &str, user: &str) -> Result<(), Trouble> {
    let sql = "SELECT has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE')
               FROM pg_namespace WHERE nspname = $1::text";
    let hint = |key: &'static str| Saying::new(key).with("schema", schema).with("user", user);
    match session.connection.rows(sql, &[&schema])?.first().map(|row| row.get(0)) {
        Some(true) => Ok(()),
        Some(false) => Err(refused(
            format!("{user} may not create a table in the schema {schema}"),
            hint("hint-restore-table-create"),
        )),
        None => Err(refused(format!("there is no schema {schema}"), hint("hint-restore-table-schema"))),
    }
}

/// The table whose rows give way.
fn replaceable(session: &Session, place: &Place, told: Option<&Table>, user: &str) -> Result<Relation, Trouble> {
    let relation = Relation::read(session, place)?.ok_or_else(|| {
        let hint = Saying::new("hint-restore-table-gone").with("table", place.sql());
        refused(format!("replace {place}: there is no such table"), hint)
    })?;
    if !relation.is_table() {
        return Err(refused(format!("replace {place}: it is no table"), Saying::new("hint-restore-table-kind")));
    }
    if relation.is_partition {
        return Err(refused(
            format!("replace {place}: it is a partition"),
            Saying::new("hint-restore-table-partition"),
        ));
    }
    if !relation.is_ours {
        let hint = Saying::new("hint-restore-table-owner").with("owner", &relation.owner).with("user", user);
        return Err(refused(format!("replace {place}: {user} may not act for its owner {}", relation.owner), hint));
    }
    lifted::check(session, &relation, user)?;
    if let Some(table) = told {
        let given: Vec<&str> = table.columns.iter().map(String::as_str).collect();
        columns::matched(&given, &columns::read(session, &relation)?, &place.to_string())?;
    }
    Ok(relation)
}

fn refused(error: impl std::fmt::Display, hint: Saying) -> Trouble {
    Trouble::lasting(Stage::Look, error).hint(hint)
}
