//! The look before the leap: everything that would stop a restore later is asked now, and what
//! stands there and what will happen is put into sentences for the one who must consent.

use super::desk::Desk;
use super::room::{self, Room};
use super::standing::Standing;
use super::{fit, hindrance, in_place, names, passwords, rights};
use crate::config::PostgresConfig;
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::postgres::connect::Connection;
use crate::source::postgres::{load, server};
use crate::source::restore::{Prospect, To, Wish};
use crate::source::{Remark, Work};

pub(super) fn look(config: &PostgresConfig, wish: &Wish, work: &Work) -> Result<Prospect, Trouble> {
    let live = target(config, wish)?;
    let (new, before) = (names::new(live, &wish.run), names::before(live, &wish.run));
    let desk = Desk::open(config, &[live], work)?;
    let standing = Standing::read(&desk, live)?;
    if standing.is_some() && wish.to != To::Home {
        return Err(Trouble::lasting(Stage::Connect, format!("a database {live} stands there already"))
            .hint(Saying::new("hint-restore-exists").with("database", live)));
    }
    for ours in [&new, &before] {
        if desk.stands(ours)? {
            return Err(Trouble::lasting(Stage::Connect, format!("a database {ours} stands there already"))
                .hint(Saying::new("hint-restore-taken").with("database", ours)));
        }
    }
    if let Some(standing) = &standing
        && in_place::is_the_way(&desk, Some(standing), wish)?
    {
        return in_place::look(&desk, config, standing, wish, work);
    }
    rights::check(&desk, standing.as_ref(), wish, work)?;
    let tables = standing.as_ref().map(|standing| replaceable(&desk, live, standing, work)).transpose()?;
    if let Some(facts) = &wish.facts.postgres {
        fit::check(&desk, facts, standing.is_none(), work)?;
    }
    let room = room::look(&desk, config, standing.as_ref().and_then(|s| s.folder.as_deref()), wish)?;
    let old = standing.as_ref().map(|_| before);
    Ok(Prospect {
        says: says(&desk, live, &new, standing.as_ref().zip(tables), old.as_deref(), room),
        exchanges: vec![Exchange { live: live.to_owned(), new, old, within: None }],
        remarks: remarks(&desk, wish, work)?,
        in_place: false,
    })
}

/// The database to be restored.
fn target<'a>(config: &'a PostgresConfig, wish: &'a Wish) -> Result<&'a str, Trouble> {
    match &wish.to {
        To::Home => Ok(&config.database),
        To::Database(name) if (1..=names::LENGTH_MAX).contains(&name.len()) && !name.contains('\0') => Ok(name),
        To::Database(name) => {
            Err(Trouble::lasting(Stage::Connect, format!("restore to {name}: no database can have this name"))
                .hint(Saying::new("hint-restore-name").with("max", names::LENGTH_MAX)))
        }
        To::Folder(path) => {
            Err(Trouble::lasting(Stage::Connect, format!("restore to {}: not a database", path.display())))
        }
    }
}

/// Whether the database that stands there can make way; returns how many tables it has.
fn replaceable(desk: &Desk<'_>, live: &str, standing: &Standing, work: &Work) -> Result<usize, Trouble> {
    let count = tables(desk, live, standing, work)?;
    hindrance::check(desk, live).map(|()| count)
}

/// How many tables the database has that is to be looked into.
pub(super) fn tables(desk: &Desk<'_>, live: &str, standing: &Standing, work: &Work) -> Result<usize, Trouble> {
    if !standing.lets_in {
        return Err(Trouble::lasting(Stage::Connect, format!("the database {live} lets no sessions in"))
            .hint(Saying::new("hint-restore-closed").with("database", live)));
    }
    // Its properties are read in it: where that cannot be done, the new one could not have them.
    let unread = |trouble: Trouble| Trouble {
        hint: trouble.hint.clone().or_else(|| Some(Saying::new("hint-restore-unreadable").with("database", live))),
        ..trouble.while_doing(format!("read what {live} is like"))
    };
    Connection::open(&desk.access, live, &work.runtime)
        .and_then(|connection| server::user_tables(&connection))
        .map_err(unread)
}

fn says(
    desk: &Desk<'_>,
    live: &str,
    new: &str,
    standing: Option<(&Standing, usize)>,
    old: Option<&str>,
    room: Room,
) -> Vec<Saying> {
    let about = |key: &'static str| Saying::new(key).with("database", live).with("server", desk.access.place());
    let mut says = Vec::new();
    match standing {
        Some((standing, tables)) => {
            let size = standing.size_bytes.map_or_else(|| "?".to_owned(), room::in_words);
            let now = about("restore-database-stands").with("size", size).with("tables", tables);
            says.push(now.with("sessions", standing.sessions));
        }
        None => says.push(about("restore-database-none")),
    }
    says.push(about("restore-database-beside").with("new", new));
    if let Some(old) = old {
        says.push(about("restore-database-kept").with("old", old));
        says.push(about("restore-database-sessions"));
    }
    says.push(room.says());
    says
}

/// What of the set's roles and tablespaces will not come along.
pub(super) fn remarks(desk: &Desk<'_>, wish: &Wish, work: &Work) -> Result<Vec<Remark>, Trouble> {
    let mut remarks = Vec::new();
    let Some(roles) = &wish.roles else { return Ok(remarks) };
    let new = load::new_roles(&desk.connection, &mut roles.as_slice(), work)?;
    remarks.extend(passwords::missing(&new));
    if let (false, Some(role)) = (desk.is_superuser, new.iter().find_map(|text| load::role(text))) {
        let saying = Saying::new("warning-restore-roles").with("role", role).with("user", desk.user());
        remarks.push(Remark { code: "restore_roles", saying });
    }
    for tablespace in load::globals(roles, work)?.iter().filter_map(|text| load::tablespace(text)) {
        let here = "SELECT spcname::text FROM pg_tablespace WHERE spcname = $1::text";
        if desk.first(here, &tablespace)?.is_none() {
            let saying = Saying::new("warning-restore-tablespace").with("tablespace", tablespace);
            remarks.push(Remark { code: "restore_tablespace", saying });
        }
    }
    Ok(remarks)
}
