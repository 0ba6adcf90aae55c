//! The look where nothing can be created beside: whether everything that stands can be taken away
//! and made again by our role, and fits into one transaction.

use super::super::desk::Desk;
use super::super::look::{remarks, tables};
use super::super::room::{self, Room};
use super::super::standing::Standing;
use super::super::{fit, hindrance};
use super::clearing;
use crate::config::PostgresConfig;
use crate::domain::manifest::PostgresFacts;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::connect::Connection;
use crate::source::postgres::without::Stays;
use crate::source::restore::{Prospect, To, Wish};

/// Servers hold a tenth more than they count, and other sessions need some.
const LOCKS_SPARE_PERCENT: u64 = 125;

/// Whether this is the only way: no database may be created, and the one that stands is ours.
pub(in super::super) fn is_the_way(desk: &Desk<'_>, standing: Option<&Standing>, wish: &Wish) -> Result<bool, Trouble> {
    let (false, false, Some(standing), To::Home) = (desk.may.create_databases, desk.is_standby, standing, &wish.to)
    else {
        return Ok(false);
    };
    let ours = "SELECT 'yes' WHERE pg_has_role($1::text::name, 'USAGE')";
    Ok(desk.first(ours, &standing.owner)?.is_some())
}

pub(in super::super) fn look(
    desk: &Desk<'_>,
    config: &PostgresConfig,
    standing: &Standing,
    wish: &Wish,
    work: &Work,
) -> Result<Prospect, Trouble> {
    let live = config.database.as_str();
    let count = tables(desk, live, standing, work)?;
    let left = check(desk, live, wish, work)?;
    let Room { needed_bytes, free_bytes } = room::look(desk, config, standing.folder.as_deref(), wish)?;
    let about = |key: &'static str| Saying::new(key).with("database", live).with("server", desk.access.place());
    let size = standing.size_bytes.map_or_else(|| "?".to_owned(), room::in_words);
    let stands = about("restore-database-stands").with("size", size).with("tables", count);
    let mut says = vec![
        stands.with("sessions", standing.sessions),
        about("restore-in-place").with("user", desk.user()),
        about("restore-in-place-waits"),
    ];
    if !left.extensions.is_empty() {
        let names: Vec<&str> = left.extensions.iter().map(String::as_str).collect();
        says.push(about("restore-in-place-extensions").with("extensions", names.join(", ")));
    }
    if !left.untouched.is_empty() {
        let names: Vec<&str> = left.untouched.iter().map(String::as_str).collect();
        says.push(about("restore-in-place-schemas").with("schemas", names.join(", ")));
    }
    let needed = room::in_words(needed_bytes);
    says.push(match free_bytes {
        Some(free) => Saying::new("restore-room").with("needed", needed).with("free", room::in_words(free)),
        None => Saying::new("restore-room-unseen").with("needed", needed),
    });
    let remarks = remarks(desk, wish, work)?;
    Ok(Prospect { says, exchanges: Vec::new(), remarks, in_place: true })
}

/// Everything that would stop it later; returns what stays as it stands.
///
/// # Errors
/// The first of them, with the line that mends it.
pub(super) fn check(desk: &Desk<'_>, live: &str, wish: &Wish, work: &Work) -> Result<Stays, Trouble> {
    hindrance::check(desk, live)?;
    let connection = Connection::open(&desk.access, live, &work.runtime)?;
    if let Some(foreign) = clearing::foreign(&connection)? {
        let clearing::Foreign { kind, name, owner } = foreign;
        let error = format!("replace {live}: {} may not remove the {kind} {name} of {owner}", desk.user());
        let hint = Saying::new("hint-restore-foreign").with("owner", owner).with("user", desk.user());
        return Err(Trouble::lasting(Stage::Connect, error).hint(hint.with("kind", kind).with("name", name)));
    }
    let stays = clearing::stays(&connection)?;
    if let Some(facts) = &wish.facts.postgres {
        let mut makes = facts.clone();
        makes.extensions.retain(|extension| !stays.extensions.contains(&extension.name));
        fit::check(desk, &makes, false, work)?;
        closed(desk, facts, &stays)?;
    }
    locks(&connection, wish.facts.postgres.as_ref())?;
    Ok(stays)
}

/// Rows that an extension of somebody else's keeps for us, and that our role may not write.
fn closed(desk: &Desk<'_>, facts: &PostgresFacts, stays: &Stays) -> Result<(), Trouble> {
    let is_closed = |schema: &str, name: &str| stays.closed.contains(&(schema.to_owned(), name.to_owned()));
    let full = facts.content.tables.iter().find(|table| table.rows > 0 && is_closed(&table.schema, &table.name));
    full.map_or(Ok(()), |table| {
        let name = format!("{}.{}", table.schema, table.name);
        let hint = Saying::new("hint-restore-closed-table").with("table", &name).with("user", desk.user());
        Err(Trouble::lasting(Stage::Connect, format!("{} may not fill {name}, a table of an extension", desk.user()))
            .hint(hint))
    })
}

/// A transaction holds a lock on everything it touches, in a table that every session shares.
fn locks(connection: &Connection, facts: Option<&PostgresFacts>) -> Result<(), Trouble> {
    let tables = facts.map_or(0, |facts| facts.content.tables.len());
    let (needed, per_transaction, transactions) = clearing::locks(connection, tables)?;
    let has = per_transaction * transactions;
    if needed <= has {
        return Ok(());
    }
    let enough = (needed * LOCKS_SPARE_PERCENT / 100).div_ceil(transactions.max(1));
    let error = format!("{needed} locks are needed in one transaction, and the server has room for {has}");
    Err(Trouble::lasting(Stage::Connect, error).hint(Saying::new("hint-restore-locks").with("enough", enough)))
}
