//! The restore of a drill: roles, tablespaces, the database with its properties, the dump. All by
//! the means of a real one, into a server where we may do everything.

use std::collections::BTreeSet;

use super::{Site, lacking, preload, server};
use crate::domain::manifest::PostgresFacts;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::postgres::load::{self, Load, quoted};
use crate::source::postgres::restore::beside;
use crate::source::postgres::restore::desk::Desk;
use crate::source::postgres::restore::fit;
use crate::source::postgres::throwaway::Throwaway;
use crate::source::postgres::without::Leave;
use crate::source::proofs::Heard;

const EXTENSION: &str = "SELECT name::text FROM pg_available_extensions WHERE name = $1::text";
const ROLES: &str = "SELECT rolname::text FROM pg_roles";
const TABLESPACES: &str = "SELECT spcname::text FROM pg_tablespace";
/// The folder of tablespaces in scratch.
const FOLDER: &str = "tablespaces";
/// The hint of a property that could not be given.
const PROPERTIES: &str = "hint-restore-properties";

/// What bounds the memory and the processes of a session. Those of the server's command line give
/// way to what production set for its database or its roles; these do not.
const BOUNDS: [(&str, &str); 6] = [
    ("maintenance_work_mem", "32MB"),
    ("work_mem", "4MB"),
    ("temp_buffers", "8MB"),
    ("max_parallel_workers_per_gather", "0"),
    ("max_parallel_maintenance_workers", "0"),
    ("jit", "off"),
];

/// Restores; `Err` within `Ok` says what of the set stood in the way. Returns how many materialized
/// views were left empty, for they may ask other servers.
///
/// # Errors
/// Where it could not be done here: an extension or a locale is missing, the bytes could not be
/// read, the server is gone.
pub(super) fn restore(
    server: &Throwaway,
    site: &Site<'_>,
    heard: &mut Heard<'_>,
) -> Result<Result<u64, String>, Trouble> {
    let desk = Desk::open(&site.config, &[&site.config.database], site.work)?.patient(Some(site.work))?;
    if let Some(facts) = site.facts {
        extensions(&desk, facts)?;
    }
    tablespaces(server, &desk, site)?;
    if let Err(why) = roles(&desk, site)?.and(database(&desk, site)?) {
        return Ok(Err(why));
    }
    bound(&desk, site)?;
    let leave = left_out(&desk, site)?;
    drop(desk);
    let load = Load::reach(&site.config, &site.config.database, site.work)?.leaving(leave).told_elsewhere();
    match load.stream(site.config.format, heard).map_err(preload::explained) {
        Err(trouble) if heard.is_at_fault(&trouble) => Ok(Err(trouble.error)),
        loaded => loaded.map(|_counted| Ok(load.left_empty())),
    }
}

fn extensions(desk: &Desk<'_>, facts: &PostgresFacts) -> Result<(), Trouble> {
    for extension in facts.extensions.iter().map(|extension| &extension.name).filter(|name| *name != fit::BUILT_IN) {
        if desk.first(EXTENSION, extension)?.is_none() {
            return Err(lacking::no_extension(extension, desk.server_major));
        }
    }
    Ok(())
}

/// Each that the set names, as a folder in scratch.
fn tablespaces(server: &Throwaway, desk: &Desk<'_>, site: &Site<'_>) -> Result<(), Trouble> {
    let Some(roles) = &site.material.roles else { return Ok(()) };
    let Ok(statements) = load::globals(roles, site.work) else { return Ok(()) };
    let names: BTreeSet<String> = statements.iter().filter_map(|text| load::tablespace(text)).collect();
    let above = site.scratch.join(FOLDER);
    server.own_folder(&above)?;
    for (number, name) in names.iter().enumerate() {
        let folder = above.join(number.to_string());
        server.own_folder(&folder)?;
        let location = folder.display().to_string().replace('\'', "''");
        desk.connection.run(&format!("CREATE TABLESPACE {} LOCATION '{location}'", quoted(name)))?;
    }
    Ok(())
}

fn roles(desk: &Desk<'_>, site: &Site<'_>) -> Result<Result<(), String>, Trouble> {
    let Some(roles) = &site.material.roles else { return owner_alone(desk, site.facts) };
    let statements = match load::new_roles(&desk.connection, &mut roles.as_slice(), site.work) {
        Err(trouble) if trouble.stage == Stage::Dump && trouble.stopped.is_none() => {
            return Ok(Err(format!("read the roles: {trouble}")));
        }
        statements => statements?,
    };
    for text in statements {
        site.work.stop.check(Stage::Load)?;
        let made = load::run(&desk.connection, &text).or_else(|trouble| {
            // Who gave a membership over there need not be one who may here.
            let given = memchr::memmem::rfind(&text, b" GRANTED BY ");
            given.map_or(Err(trouble), |given| load::run(&desk.connection, &text[..given]))
        });
        if let Err(trouble) = made {
            return refused(trouble, "make the roles");
        }
    }
    Ok(Ok(()))
}

/// Where the set holds no roles, the owner is made; others are when the dump names them.
fn owner_alone(desk: &Desk<'_>, facts: Option<&PostgresFacts>) -> Result<Result<(), String>, Trouble> {
    let Some(facts) = facts else { return Ok(Ok(())) };
    if desk.first("SELECT rolname::text FROM pg_roles WHERE rolname = $1::text", &facts.owner)?.is_none() {
        desk.connection.run(&format!("CREATE ROLE {}", quoted(&facts.owner)))?;
    }
    Ok(Ok(()))
}

fn database(desk: &Desk<'_>, site: &Site<'_>) -> Result<Result<(), String>, Trouble> {
    let (name, work) = (&site.config.database, site.work);
    let made = match (&site.material.properties, site.facts) {
        (Some(properties), _) => {
            let statements = match load::properties_of(properties, work) {
                Err(trouble) if trouble.stopped.is_none() => {
                    return Ok(Err(format!("read the database's properties: {trouble}")));
                }
                statements => statements?,
            };
            beside::create(desk, &statements, name, false, work)
        }
        (None, Some(facts)) => beside::plainly(desk, facts, name, false),
        (None, None) => desk.connection.run(&format!("CREATE DATABASE {} TEMPLATE template0", quoted(name))),
    };
    match (made, site.facts) {
        (Err(trouble), _) if trouble.hint.as_ref().is_some_and(|hint| hint.key == PROPERTIES) => {
            refused(trouble, "make the database")
        }
        // One that cannot be created where all is ours: it is its locale.
        (Err(trouble), Some(facts)) if trouble.stopped.is_none() => {
            Err(server::no_locale(facts).while_doing(format!("make the database: {trouble}")))
        }
        (made, _) => made.map(Ok),
    }
}

/// What is set for a role in a database comes before all else that is set there.
fn bound(desk: &Desk<'_>, site: &Site<'_>) -> Result<(), Trouble> {
    let (role, database) = (quoted(&site.config.server.user), quoted(&site.config.database));
    BOUNDS.iter().try_for_each(|(setting, value)| {
        desk.connection.run(&format!("ALTER ROLE {role} IN DATABASE {database} SET {setting} = '{value}'"))
    })
}

fn left_out(desk: &Desk<'_>, site: &Site<'_>) -> Result<Leave, Trouble> {
    let asks_others = site.facts.is_none_or(|facts| facts.extensions.iter().any(|one| one.name != fit::BUILT_IN));
    if site.material.roles.is_some() {
        return Ok(Leave { asks_others, ..Leave::default() });
    }
    let names = |of: &str| -> Result<BTreeSet<String>, Trouble> {
        Ok(desk.connection.rows(of, &[])?.iter().map(|row| row.get(0)).collect())
    };
    let (tablespaces_but, roles_but) = (Some(names(TABLESPACES)?), Some(names(ROLES)?));
    Ok(Leave { owners: true, tablespaces_but, stays: None, asks_others, roles_but })
}

/// The server's own no, to what the set holds.
fn refused(trouble: Trouble, doing: &str) -> Result<Result<(), String>, Trouble> {
    if trouble.stopped.is_some() { Err(trouble) } else { Ok(Err(format!("{doing}: {trouble}"))) }
}
