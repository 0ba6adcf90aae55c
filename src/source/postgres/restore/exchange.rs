//! The exchange itself: sessions shut out and ended, both renames in one transaction that also
//! lets sessions in again. So after a crash the names alone tell what happened.

use std::time::{Duration, Instant};

use super::desk::Desk;
use super::{hindrance, names};
use crate::config::PostgresConfig;
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::load::quoted;
use crate::source::restore::Stands;
use crate::sys::stop::Stop;

/// Clients are refused for five seconds at most; trying ends sooner, so that they are let in.
const TRY_MAX: Duration = Duration::from_secs(3);
/// Between two tries, for sessions to end.
const TRY_AGAIN: Duration = Duration::from_millis(20);
/// A rename waits so long for a session that has not quite ended.
const RENAME_MAX: &str = "SET LOCAL statement_timeout = '500ms'; SET LOCAL lock_timeout = '500ms'";

/// The sessions of databases, but for our own.
const SESSIONS: &str =
    "FROM pg_stat_activity WHERE datname = ANY($1::text[]) AND pid <> pg_backend_pid() AND usesysid IS NOT NULL";

/// Exchanges new and live.
pub(super) fn swap(config: &PostgresConfig, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
    let desk = Desk::open(config, &names::of(exchanges), work)?;
    for exchange in exchanges.iter().filter(|exchange| exchange.old.is_some()) {
        hindrance::check(&desk, &exchange.live)?;
    }
    work.stop.check(Stage::Publish)?;
    // From here on the run's own end is not looked at: it takes seconds, and must not stop half-way.
    let Err(trouble) = shut_out(&desk, exchanges).and_then(|()| rename(&desk, exchanges)) else { return Ok(()) };
    // The server may have heard us though we did not hear its answer.
    match settle(config, exchanges, work) {
        Ok(Stands::New) => Ok(()),
        Ok(Stands::Old) => Err(trouble.while_doing("exchange")),
        Err(left) => Err(trouble.while_doing(format!("exchange: {left}"))),
    }
}

/// Looks at the names, and lets clients in again.
pub(super) fn settle(config: &PostgresConfig, exchanges: &[Exchange], work: &Work) -> Result<Stands, Trouble> {
    let desk = Desk::open(config, &names::of(exchanges), work)?;
    let mut stands = Stands::Old;
    for exchange in exchanges {
        let (live, new) = (desk.stands(&exchange.live)?, desk.stands(&exchange.new)?);
        let old = exchange.old.as_ref().map_or(Ok(true), |old| desk.stands(old))?;
        if live && old && !new {
            stands = Stands::New;
        }
    }
    for database in names::of(exchanges) {
        if desk.stands(database)? {
            desk.connection.run(&allow(database, true))?;
        }
    }
    Ok(stands)
}

/// Removes what was made beside.
pub(super) fn discard(config: &PostgresConfig, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
    let desk = Desk::open(config, &names::of(exchanges), work)?.patient(None)?;
    let mut made = exchanges.iter().map(|exchange| exchange.new.as_str()).filter(|new| names::is_new(new));
    made.try_for_each(|new| drop_database(&desk, new).map(drop))
}

/// Removes the kept copies; returns what they took.
pub(super) fn clean(config: &PostgresConfig, exchanges: &[Exchange], work: &Work) -> Result<Option<u64>, Trouble> {
    let desk = Desk::open(config, &names::of(exchanges), work)?.patient(Some(work))?;
    let mut freed = 0;
    for old in exchanges.iter().filter_map(|exchange| exchange.old.as_deref()).filter(|old| names::is_kept(old)) {
        freed += drop_database(&desk, old)?;
    }
    Ok(Some(freed))
}

/// Asks every session of these databases to end. Workers of the server's own have no user, and
/// make way by themselves.
pub(super) fn end_sessions(desk: &Desk<'_>, databases: &[&str]) -> Result<(), Trouble> {
    desk.connection.rows(&format!("SELECT pg_terminate_backend(pid) {SESSIONS}"), &[&databases]).map(drop)
}

fn shut_out(desk: &Desk<'_>, exchanges: &[Exchange]) -> Result<(), Trouble> {
    for exchange in exchanges {
        desk.connection.run(&allow(&exchange.new, false))?;
        if exchange.old.is_some() {
            desk.connection.run(&allow(&exchange.live, false))?;
        }
    }
    Ok(())
}

/// Ends the sessions that are left and renames, again and again while one is still there.
fn rename(desk: &Desk<'_>, exchanges: &[Exchange]) -> Result<(), Trouble> {
    let busy: Vec<&str> = exchanges.iter().flat_map(|exchange| [exchange.live.as_str(), &exchange.new]).collect();
    let renames: Vec<String> = exchanges.iter().map(statements).collect();
    let transaction = format!("BEGIN; {RENAME_MAX}; {} COMMIT", renames.concat());
    let until = Instant::now() + TRY_MAX;
    loop {
        end_sessions(desk, &busy)?;
        match desk.connection.run(&transaction) {
            Ok(()) => return Ok(()),
            Err(trouble) => {
                desk.connection.run("ROLLBACK")?;
                if Instant::now() >= until {
                    return Err(busy_with(desk, &busy)?.unwrap_or(trouble));
                }
            }
        }
        Stop::new().wait(TRY_AGAIN);
    }
}

/// Whose session does not end, where that is why.
fn busy_with(desk: &Desk<'_>, databases: &[&str]) -> Result<Option<Trouble>, Trouble> {
    let rows = desk.connection.rows(&format!("SELECT usename::text, pid {SESSIONS} LIMIT 1"), &[&databases])?;
    Ok(rows.first().map(|row| {
        let (who, pid): (Option<&str>, i32) = (row.get(0), row.get(1));
        Trouble::passing(Stage::Connect, format!("the session {pid} of {} does not end", who.unwrap_or("a role")))
            .hint(Saying::new("hint-restore-busy").with("pid", pid))
    }))
}

fn statements(exchange: &Exchange) -> String {
    let rename = |from: &str, to: &str| format!("ALTER DATABASE {} RENAME TO {};", quoted(from), quoted(to));
    let out = exchange.old.as_ref().map(|old| rename(&exchange.live, old) + &allow(old, true));
    [out.unwrap_or_default(), rename(&exchange.new, &exchange.live), allow(&exchange.live, true)].concat()
}

fn allow(database: &str, lets_in: bool) -> String {
    format!("ALTER DATABASE {} ALLOW_CONNECTIONS {lets_in};", quoted(database))
}

/// Drops a database with all its sessions; returns what it took. Nothing there is no error.
fn drop_database(desk: &Desk<'_>, database: &str) -> Result<u64, Trouble> {
    if !desk.stands(database)? {
        return Ok(0);
    }
    let size: i64 = desk.connection.rows("SELECT pg_database_size($1::text::name)", &[&database])?[0].get(0);
    // One whose removal was cut short refuses this, and nobody can be in it. A template's copy is one.
    let shut = format!("ALTER DATABASE {} ALLOW_CONNECTIONS false IS_TEMPLATE false", quoted(database));
    let _shut = desk.connection.run(&shut);
    let until = Instant::now() + TRY_MAX;
    loop {
        end_sessions(desk, &[database])?;
        match desk.connection.run(&format!("DROP DATABASE IF EXISTS {}", quoted(database))) {
            Ok(()) => return Ok(size.unsigned_abs()),
            Err(trouble) if Instant::now() >= until => {
                // Whoever still sits in it, and whoever wants to, may again.
                let _open = desk.connection.run(&allow(database, true));
                return Err(trouble);
            }
            Err(_) => Stop::new().wait(TRY_AGAIN),
        }
    }
}
