//! The exchange of rows, in one transaction over all tables: they are locked, their present rows
//! are copied aside, deleted, and the new ones put in by column name. Rows are deleted one by one
//! and not the table emptied: a session that began to look before sees the old rows whole.

use std::collections::BTreeMap;

use super::columns::{self, Column};
use super::lifted;
use super::relation::{Place, Relation};
use super::session::Session;
use super::{Tables, sequences};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::postgres::load::quoted;

const HOLDER: &str = "
    SELECT a.pid, a.usename::text FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.granted AND l.pid <> pg_backend_pid() AND l.relation = ANY($1::text[]::regclass[])
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1";

/// # Errors
/// Where nothing was changed, or the server broke off before it said what it did.
pub(super) fn exchange(session: &Session, tables: &[Tables]) -> Result<(), Trouble> {
    for table in tables {
        if !session.stands(&table.new)? {
            return Err(Trouble::lasting(Stage::Swap, format!("exchange {}: {} is not there", table.live, table.new))
                .hint(Saying::new("hint-restore-table-lost").with("table", &table.new)));
        }
    }
    session.connection.run("BEGIN")?;
    let done = within(session, tables);
    if done.is_err() {
        // The server gives up the transaction with the session at the latest.
        let _rolled_back = session.connection.run("ROLLBACK");
    }
    done?;
    session.connection.run("COMMIT")
}

fn within(session: &Session, tables: &[Tables]) -> Result<(), Trouble> {
    let mut relations = BTreeMap::new();
    for Tables { live, new, .. } in tables.iter().filter(|table| table.old.is_none()) {
        session.connection.run(&format!("ALTER TABLE {} RENAME TO {}", new.sql(), quoted(&live.name)))?;
    }
    for Tables { live, .. } in tables.iter().filter(|table| table.old.is_some()) {
        let gone = || Trouble::lasting(Stage::Swap, format!("replace {live}: there is no such table"));
        relations.insert(live.clone(), Relation::read(session, live)?.ok_or_else(gone)?);
    }
    if relations.is_empty() {
        return Ok(());
    }
    let all: Vec<&Relation> = relations.values().collect();
    lock(session, &all)?;
    let lifted = lifted::lift(session, &all)?;
    let mut raising = Vec::new();
    for Tables { live, new, old, .. } in tables {
        if let (Some(relation), Some(old)) = (relations.get(live), old) {
            let columns = columns::read(session, relation)?;
            rows(session, relation, &columns, new, old)
                .map_err(|trouble| trouble.while_doing(format!("replace {live}")))?;
            raising.extend(sequences::raising(session, new, &columns)?);
        }
    }
    lifted::put_back(session, &lifted)?;
    for Tables { new, .. } in tables {
        session.connection.run(&format!("DROP TABLE {}", new.sql()))?;
    }
    raising.iter().try_for_each(|raise| session.connection.run(raise))
}

/// Nobody reads or writes them until the end. Who waits for us waits no longer than we wait for
/// others, and the exchange itself.
fn lock(session: &Session, relations: &[&Relation]) -> Result<(), Trouble> {
    let bound = lifted::bound(session, relations)?;
    let locked = session.connection.run(&format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", bound.join(", ")));
    locked.map_err(|trouble| {
        let trouble = trouble.while_doing("lock the tables");
        let tables: Vec<&str> = bound.iter().filter_map(|table| table.strip_prefix("ONLY ")).collect();
        let asked = session.connection.run("ROLLBACK").and_then(|()| session.connection.rows(HOLDER, &[&tables]));
        let Some(row) = asked.ok().and_then(|rows| rows.into_iter().next()) else { return trouble };
        let (pid, who): (i32, Option<String>) = (row.get(0), row.get(1));
        let who = who.unwrap_or_else(|| "a role".to_owned());
        Trouble::passing(trouble.stage, format!("{}: the session {pid} of {who} holds one of them", trouble.error))
            .hint(Saying::new("hint-restore-table-locked").with("pid", pid).with("who", who))
    })
}

fn rows(session: &Session, live: &Relation, columns: &[Column], new: &Place, old: &Place) -> Result<(), Trouble> {
    let run = |sql: String| session.connection.count(&sql);
    let (from, kept) = (live.rows(), columns::listed(columns::names(columns)));
    session.connection.run(&format!("CREATE TABLE {} ({})", old.sql(), columns::plain(columns)))?;
    session.give(old, &live.owner)?;
    let kept = run(format!("INSERT INTO {} SELECT {kept} FROM {from}", old.sql()))?;
    same("rows were kept", kept, run(format!("DELETE FROM {from}"))?)?;
    let given = Relation::read(session, new)?;
    let given = given.ok_or_else(|| Trouble::lasting(Stage::Swap, format!("{new} is not there")))?;
    let given = columns::read(session, &given)?;
    let into = columns::matched(&columns::names(&given), columns, &live.place.to_string())?;
    let insert = if into.is_empty() {
        format!("INSERT INTO {} SELECT FROM {}", live.place.sql(), new.sql())
    } else {
        format!("INSERT INTO {} ({into}) OVERRIDING SYSTEM VALUE SELECT {into} FROM {}", live.place.sql(), new.sql())
    };
    let arrived = run(insert)?;
    same("rows arrived", arrived, session.count(&new.sql())?)?;
    same("rows stand", session.count(&from)?, arrived)
}

fn same(what: &str, here: u64, expected: u64) -> Result<(), Trouble> {
    let differs = || Trouble::lasting(Stage::Swap, format!("compare: {here} {what}, not {expected}"));
    if here == expected { Ok(()) } else { Err(differs()) }
}
