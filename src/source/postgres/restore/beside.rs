//! The database beside the old one: made with the old one's properties where it stands, else with
//! the set's; and what is done to it before and after it is filled.

use std::collections::BTreeSet;
use std::io::Read;

use super::desk::Desk;
use super::fit;
use super::standing::Standing;
use crate::config::{DumpFormat, PostgresConfig};
use crate::domain::manifest::PostgresFacts;
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Outlook, Stage, Trouble};
use crate::source::postgres::access::connection_string;
use crate::source::postgres::load::{self, quoted};
use crate::source::postgres::tools::Tools;
use crate::source::postgres::without::Leave;
use crate::source::postgres::{PostgresProperties, dump as stream};
use crate::source::restore::Wish;
use crate::source::{Source, Work};

/// How a custom dump begins.
const CUSTOM: &[u8] = b"PGDMP";
/// No limit on the number of sessions.
const UNLIMITED: i32 = -1;

/// What a database becomes only once it is filled.
pub(super) struct Later {
    limit: i32,
    is_template: bool,
}

/// Makes the roles that are missing, then the database, empty; returns what it is to be once it
/// is filled: a limit of sessions would stand in our own way.
pub(super) fn make(
    desk: &Desk<'_>,
    config: &PostgresConfig,
    exchange: &Exchange,
    wish: &Wish,
    work: &Work,
) -> Result<Later, Trouble> {
    roles(desk, wish, work)?;
    let new = &exchange.new;
    let standing = if exchange.old.is_some() { Standing::read(desk, &exchange.live)? } else { None };
    let made = match (&standing, &wish.properties, &wish.facts.postgres) {
        (Some(standing), _, _) => like(desk, config, standing, new, work),
        (None, Some(properties), facts) => {
            let statements = load::properties_of(properties, work)?;
            create(desk, &statements, new, wish.no_owner, work).map_err(|trouble| explained(trouble, facts.as_ref()))
        }
        (None, None, Some(facts)) => {
            plainly(desk, facts, new, wish.no_owner).map_err(|trouble| explained(trouble, Some(facts)))
        }
        (None, None, None) => desk.connection.run(&format!("CREATE DATABASE {} TEMPLATE template0", quoted(new))),
    };
    made?;
    let limit = Standing::read(desk, new)?.map_or(UNLIMITED, |made| made.limit);
    desk.connection.run(&format!("ALTER DATABASE {} CONNECTION LIMIT {UNLIMITED}", quoted(new)))?;
    Ok(Later { limit, is_template: standing.is_some_and(|standing| standing.is_template) })
}

/// Lets it be what the old one is in every respect.
pub(super) fn finish(desk: &Desk<'_>, new: &str, later: &Later) -> Result<(), Trouble> {
    let Later { limit, is_template } = later;
    let sql = format!("ALTER DATABASE {} CONNECTION LIMIT {limit} IS_TEMPLATE {is_template}", quoted(new));
    // Where nothing is to be changed nothing need be allowed.
    if (*limit, *is_template) == (UNLIMITED, false) { Ok(()) } else { desk.connection.run(&sql) }
}

/// What of the dump is left out: owners, where nobody minds; tablespaces that are not here.
pub(super) fn left_out(desk: &Desk<'_>, wish: &Wish, work: &Work) -> Result<Leave, Trouble> {
    let rows = desk.connection.rows("SELECT spcname::text FROM pg_tablespace", &[])?;
    let here: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let all_here = match &wish.roles {
        // Nothing tells which ones the dump names.
        None => false,
        Some(roles) => {
            load::globals(roles, work)?.iter().filter_map(|t| load::tablespace(t)).all(|t| here.contains(&t))
        }
    };
    Ok(Leave { owners: wish.no_owner, tablespaces_but: (!all_here).then_some(here), ..Leave::default() })
}

/// What kind of dump this is, told by itself, and all of its bytes.
pub(super) fn recognised(raw: &mut dyn Read) -> Result<(DumpFormat, impl Read), Trouble> {
    let mut head = Vec::new();
    let read = (&mut *raw).take(CUSTOM.len() as u64).read_to_end(&mut head);
    read.map_err(|e| Trouble::passing(Stage::Load, format!("read: {e}")))?;
    let format = if head == CUSTOM { DumpFormat::Custom } else { DumpFormat::Plain };
    Ok((format, std::io::Cursor::new(head).chain(raw)))
}

/// Lets the server learn what the tables hold, so that the first questions are not slow.
pub(super) fn analyze(desk: &Desk<'_>, database: &str, jobs: usize, work: &Work) -> Result<(), Trouble> {
    let tools = Tools::for_server(desk.server_major, work)?;
    let command = desk.access.loading(&tools.program("vacuumdb"), database);
    let command = command.args(["--analyze-only", "--quiet", "--no-password", "--jobs"]).arg(jobs.max(1).to_string());
    let child = stream::start("vacuumdb", &command.arg("--dbname").arg(connection_string(database)), work)?;
    let ended = child.finish().map_err(|e| Trouble::passing(Stage::Load, format!("wait for vacuumdb: {e}")))?;
    work.stop.check(Stage::Load)?;
    if ended.success { Ok(()) } else { Err(Trouble::lasting(Stage::Load, desk.access.ending("vacuumdb", &ended))) }
}

/// Roles and memberships that do not exist yet, each by itself. One that we may not make was named
/// by the look; whether the database can do without it, its load tells.
pub(super) fn roles(desk: &Desk<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
    let Some(roles) = &wish.roles else { return Ok(()) };
    for text in load::new_roles(&desk.connection, &mut roles.as_slice(), work)? {
        work.stop.check(Stage::Load)?;
        match load::run(&desk.connection, &text) {
            Err(trouble) if trouble.outlook == Outlook::Passing => {
                // Who gave a membership over there may have no such right here.
                let given = memchr::memmem::rfind(&text, b" GRANTED BY ");
                given.map_or(Err(trouble), |given| load::run(&desk.connection, &text[..given]))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// With the properties of the one that stands.
fn like(desk: &Desk<'_>, config: &PostgresConfig, standing: &Standing, new: &str, work: &Work) -> Result<(), Trouble> {
    let mut properties = Vec::new();
    PostgresProperties::new(config).dump(&mut properties, work)?;
    create(desk, &load::properties_of(&properties, work)?, new, false, work)?;
    match &standing.tablespace {
        None => Ok(()),
        Some(tablespace) => {
            desk.connection.run(&format!("ALTER DATABASE {} SET TABLESPACE {}", quoted(new), quoted(tablespace)))
        }
    }
}

pub(in crate::source::postgres) fn create(
    desk: &Desk<'_>,
    statements: &[Vec<u8>],
    new: &str,
    no_owner: bool,
    work: &Work,
) -> Result<(), Trouble> {
    let is_owner =
        |text: &[u8]| text.starts_with(b"ALTER DATABASE ") && memchr::memmem::find(text, b" OWNER TO ").is_some();
    for text in statements.iter().filter(|text| !(no_owner && is_owner(text))) {
        work.stop.check(Stage::Load)?;
        load::run_about(&desk.connection, text, new).map_err(|trouble| {
            let is_first = text.starts_with(b"CREATE DATABASE ");
            let hint = Saying::new("hint-restore-properties").with("user", desk.user());
            if is_first { trouble } else { trouble.hint(hint) }.while_doing("give the new database its properties")
        })?;
    }
    Ok(())
}

/// From the manifest alone.
pub(in crate::source::postgres) fn plainly(
    desk: &Desk<'_>,
    facts: &PostgresFacts,
    new: &str,
    no_owner: bool,
) -> Result<(), Trouble> {
    let literal = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let mut words = vec![
        format!("CREATE DATABASE {} TEMPLATE template0 ENCODING {}", quoted(new), literal(&facts.encoding)),
        format!("LC_COLLATE {} LC_CTYPE {}", literal(&facts.collate), literal(&facts.ctype)),
    ];
    if desk.server_major >= 15 {
        words.push(format!("LOCALE_PROVIDER {}", facts.locale_provider));
    }
    match (&facts.icu_locale, facts.locale_provider.as_str()) {
        (Some(locale), "icu") => words.push(format!("ICU_LOCALE {}", literal(locale))),
        (Some(locale), "builtin") => words.push(format!("BUILTIN_LOCALE {}", literal(locale))),
        _ => {}
    }
    if !no_owner {
        words.push(format!("OWNER {}", quoted(&facts.owner)));
    }
    desk.connection.run(&words.join(" "))
}

/// A database that cannot be created where one may be created: it is its locale.
fn explained(trouble: Trouble, facts: Option<&PostgresFacts>) -> Trouble {
    match facts {
        Some(facts) if trouble.hint.is_none() && trouble.stopped.is_none() => {
            let (locale, provider) = fit::told_locale(facts);
            Trouble { hint: fit::no_locale(locale, provider).hint, ..trouble }
        }
        _ => trouble,
    }
}
