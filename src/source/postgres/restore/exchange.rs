//! The exchange itself: sessions shut out and ended, both renames in one transaction that also
//! lets sessions in again. So after a crash the names alone tell what happened.

use std::time::{Duration, Instant};

use tokio_postgres::Row;

use super::desk::Desk;
use super::{hindrance, names, sessions};
use crate::config::PostgresConfig;
use crate::domain::restoring::{Exchange, listed};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::load::quoted;
use crate::source::restore::{Kept, Stands};
use crate::sys::stop::Stop;

/// Clients are refused for five seconds at most; trying ends sooner, so that they are let in.
const TRY_MAX: Duration = Duration::from_secs(3);
/// Between two tries, for sessions to end.
const TRY_AGAIN: Duration = Duration::from_millis(20);
/// A rename waits so long for a session that has not quite ended.
const RENAME_MAX: &str = "SET LOCAL statement_timeout = '500ms'; SET LOCAL lock_timeout = '500ms'";

/// One whose removal was cut short can only be removed: at any other word the server ends our own
/// session.
const MAY_BE_ALTERED: &str =
    "SELECT datallowconn::text FROM pg_database WHERE datname = $1::text AND datconnlimit <> -2";

/// How long a server may take to clear up. One whose processes do not react, or whose disk does
/// not answer, takes for ever: what is left is named then, and tried again later.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the sessions that an earlier attempt has left at work. One that is asked to end in the
    /// middle of a `CREATE DATABASE` first removes what it has copied.
    pub ending: Duration,
    /// For each statement that removes a database: it waits for a checkpoint, which a busy server
    /// makes within a minute, and for each of the server's processes.
    pub removal: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { ending: Duration::from_secs(10), removal: Duration::from_mins(2) }
    }
}

/// Those of these databases that stand, with their size where we may know it.
const KEPT: &str =
    "SELECT datname::text, CASE WHEN has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid) END
     FROM pg_database WHERE datname = ANY($1::text[])";

/// Exchanges new and live.
pub(super) fn swap(
    config: &PostgresConfig,
    exchanges: &[Exchange],
    patience: Patience,
    work: &Work,
) -> Result<(), Trouble> {
    let desk = Desk::of(config, exchanges, work)?;
    for exchange in exchanges.iter().filter(|exchange| exchange.old.is_some()) {
        hindrance::check(&desk, &exchange.live)?;
    }
    work.stop.check(Stage::Swap)?;
    // From here on the run's own end is not looked at: it takes seconds, and must not stop half-way.
    let desk = desk.limited(TRY_MAX, None)?;
    let Err(trouble) = shut_out(&desk, exchanges).and_then(|()| rename(&desk, exchanges)) else { return Ok(()) };
    // The server may have heard us though we did not hear its answer.
    match settle(config, exchanges, patience, work) {
        Ok(Stands::New) => Ok(()),
        Ok(Stands::Old) => Err(trouble.while_doing("exchange")),
        Err(left) => Err(trouble.while_doing(format!("exchange: {left}"))),
    }
}

/// Looks at the names, and lets clients in again. No statement takes longer than a conversation's
/// first limit, a minute.
pub(super) fn settle(
    config: &PostgresConfig,
    exchanges: &[Exchange],
    patience: Patience,
    work: &Work,
) -> Result<Stands, Trouble> {
    let desk = Desk::of(config, exchanges, work)?;
    // Clients are let in also where this is not certain to last.
    let ended = sessions::end_earlier(&desk, exchanges, patience.ending);
    let stands = look_and_let_in(&desk, exchanges)?;
    ended.map(|()| stands)
}

fn look_and_let_in(desk: &Desk<'_>, exchanges: &[Exchange]) -> Result<Stands, Trouble> {
    let mut stands = Stands::Old;
    for exchange in exchanges {
        let (live, new) = (desk.stands(&exchange.live)?, desk.stands(&exchange.new)?);
        let old = exchange.old.as_ref().map_or(Ok(true), |old| desk.stands(old))?;
        if live && old && !new {
            stands = Stands::New;
        }
    }
    for database in names::of(exchanges) {
        let_in(desk, database)?;
    }
    Ok(stands)
}

/// Removes what was made beside.
pub(super) fn discard(
    config: &PostgresConfig,
    exchanges: &[Exchange],
    patience: Patience,
    work: &Work,
) -> Result<(), Trouble> {
    let made: Vec<&str> = exchanges.iter().map(|exchange| exchange.new.as_str()).filter(|n| names::is_new(n)).collect();
    // Whoever was asked to stop before clears up all the same.
    let stop = work.stop.reason().is_none().then_some(&work.stop);
    remove(config, exchanges, &made, patience, stop, work).map(drop)
}

/// The kept copies that stand.
pub(super) fn kept(config: &PostgresConfig, exchanges: &[Exchange], work: &Work) -> Result<Vec<Kept>, Trouble> {
    let desk = Desk::open(config, &names::of(exchanges), work)?;
    let olds: Vec<&str> = exchanges.iter().filter_map(|exchange| exchange.old.as_deref()).collect();
    let rows = desk.connection.rows(KEPT, &[&olds])?;
    // A size is told to whoever may connect there, and else is not known.
    let size = |row: &Row| row.try_get::<_, Option<i64>>(1).ok().flatten().map(i64::unsigned_abs);
    Ok(rows.iter().map(|row| Kept { name: row.get(0), bytes: size(row) }).collect())
}

/// Removes the kept copies; returns what they took.
pub(super) fn clean(
    config: &PostgresConfig,
    exchanges: &[Exchange],
    patience: Patience,
    work: &Work,
) -> Result<Option<u64>, Trouble> {
    let kept = exchanges.iter().filter_map(|exchange| exchange.old.as_deref()).filter(|old| names::is_kept(old));
    remove(config, exchanges, &kept.collect::<Vec<_>>(), patience, Some(&work.stop), work).map(Some)
}

/// Drops databases, once nobody works at them any more; what is left is named.
fn remove(
    config: &PostgresConfig,
    exchanges: &[Exchange],
    databases: &[&str],
    patience: Patience,
    stop: Option<&Stop>,
    work: &Work,
) -> Result<u64, Trouble> {
    let removed = Desk::of(config, exchanges, work).and_then(|desk| {
        sessions::end_earlier(&desk, exchanges, patience.ending)?;
        let desk = desk.limited(patience.removal, stop)?;
        databases.iter().try_fold(0, |freed, database| Ok(freed + drop_database(&desk, database)?))
    });
    removed.map_err(|trouble| {
        let names = listed(databases.iter().copied());
        let hint = Saying::new("hint-restore-left").with("databases", &names);
        let hint = trouble.hint.clone().or(trouble.stopped.is_none().then_some(hint));
        Trouble { hint, ..trouble }.while_doing(format!("remove {names}"))
    })
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
        sessions::end_in(desk, &busy)?;
        match desk.connection.run(&transaction) {
            Ok(()) => return Ok(()),
            Err(trouble) => {
                desk.connection.run("ROLLBACK")?;
                if Instant::now() >= until {
                    return Err(sessions::left_in(desk, &busy)?.unwrap_or(trouble));
                }
            }
        }
        Stop::new().wait(TRY_AGAIN);
    }
}

fn statements(exchange: &Exchange) -> String {
    let rename = |from: &str, to: &str| format!("ALTER DATABASE {} RENAME TO {};", quoted(from), quoted(to));
    let out = exchange.old.as_ref().map(|old| rename(&exchange.live, old) + &allow(old, true));
    [out.unwrap_or_default(), rename(&exchange.new, &exchange.live), allow(&exchange.live, true)].concat()
}

fn allow(database: &str, lets_in: bool) -> String {
    format!("ALTER DATABASE {} ALLOW_CONNECTIONS {lets_in};", quoted(database))
}

/// Lets sessions in where they are shut out.
fn let_in(desk: &Desk<'_>, database: &str) -> Result<(), Trouble> {
    match desk.first(MAY_BE_ALTERED, database)?.as_deref() {
        Some("false") => desk.connection.run(&allow(database, true)),
        _ => Ok(()),
    }
}

/// Drops a database with all its sessions; returns what it took. Nothing there is no error.
fn drop_database(desk: &Desk<'_>, database: &str) -> Result<u64, Trouble> {
    if !desk.stands(database)? {
        return Ok(0);
    }
    let size: i64 = desk.connection.rows("SELECT pg_database_size($1::text::name)", &[&database])?[0].get(0);
    if desk.first(MAY_BE_ALTERED, database)?.is_some() {
        // A template's copy is one.
        let shut = format!("ALTER DATABASE {} ALLOW_CONNECTIONS false IS_TEMPLATE false", quoted(database));
        let _shut = desk.connection.run(&shut);
    }
    let until = Instant::now() + TRY_MAX;
    loop {
        sessions::end_in(desk, &[database])?;
        match desk.connection.run(&format!("DROP DATABASE IF EXISTS {}", quoted(database))) {
            Ok(()) => return Ok(size.unsigned_abs()),
            Err(trouble) if trouble.stopped.is_some() => return Err(trouble),
            Err(trouble) if Instant::now() >= until => {
                let busy = sessions::left_in(desk, &[database]).ok().flatten();
                // Whoever still sits in it, and whoever wants to, may again.
                let _open = let_in(desk, database);
                return Err(busy.unwrap_or(trouble));
            }
            Err(_) => Stop::new().wait(TRY_AGAIN),
        }
    }
}
