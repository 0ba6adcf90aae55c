//! Sessions at the server: how those of a restore are told from all others, how what an earlier
//! one has left at work is ended, and how databases are emptied of sessions. A session that our
//! role may not end is passed over; it never keeps us from ending the others.

use std::time::{Duration, Instant};

use xxhash_rust::xxh3::xxh3_64;

use super::desk::Desk;
use crate::domain::id::ID_LENGTH;
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::stop::Stop;

/// Between two looks whether sessions have ended.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The sessions of databases, but for our own. What runs in the background without a role is the
/// server's own, and makes way by itself.
const IN_DATABASES: &str = "
    FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid, pg_roles me
    WHERE a.datname = ANY($1::text[]) AND a.pid <> pg_backend_pid() AND a.usesysid IS NOT NULL
      AND me.rolname = current_user";

/// A superuser's sessions only a superuser ends; another's, who is a member of that role or may
/// signal any.
const MAY_END: &str = "(me.rolsuper OR (r.rolsuper IS NOT TRUE
    AND (coalesce(pg_has_role(r.oid, 'USAGE'), false) OR pg_has_role('pg_signal_backend', 'USAGE'))))";

/// Asks every session of these to end, and names those that are left.
const END_OF_RESTORES: &str = "
    SELECT a.pid, pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_roles me ON me.oid = a.usesysid
    WHERE me.rolname = session_user AND a.application_name = ANY($1::text[]) AND a.pid <> pg_backend_pid()
    ORDER BY 1";

/// What the sessions of the restore or undo that makes this exchange are listed as: by its run, which
/// stands at the end of the names it makes, and, where two installations share a server, by whose
/// data it is about.
pub(super) fn name(exchange: &Exchange) -> String {
    let made = exchange.old.as_deref().unwrap_or(&exchange.new);
    let run = made.len().checked_sub(ID_LENGTH).and_then(|at| made.get(at..)).unwrap_or_default();
    format!("resguardo restore {run} {:08x}", xxh3_64(exchange.live.as_bytes()) >> 32)
}

/// Ends what an earlier process of the same restore has left at work: a server goes on with a
/// statement whoever asked for it is gone, and would make or shut what was looked at before.
///
/// # Errors
/// Where one does not end in this time.
pub(super) fn end_earlier(desk: &Desk<'_>, exchanges: &[Exchange], at_most: Duration) -> Result<(), Trouble> {
    let names: Vec<String> = exchanges.iter().map(name).collect();
    let until = Instant::now() + at_most;
    loop {
        let left = desk.connection.rows(END_OF_RESTORES, &[&names])?;
        let Some(pid) = left.first().map(|row| row.get::<_, i32>(0)) else { return Ok(()) };
        if Instant::now() >= until {
            let error = format!("the session {pid}, which an earlier attempt has left at work, does not end");
            return Err(
                Trouble::passing(Stage::Recover, error).hint(Saying::new("hint-restore-at-work").with("pid", pid))
            );
        }
        Stop::new().wait(LOOK_EVERY);
    }
}

/// Asks every session of these databases that we may end to do so.
pub(super) fn end_in(desk: &Desk<'_>, databases: &[&str]) -> Result<(), Trouble> {
    let end = format!("SELECT pg_terminate_backend(a.pid) {IN_DATABASES} AND {MAY_END}");
    desk.connection.rows(&end, &[&databases]).map(drop)
}

/// Whose session in these databases does not end, where there is one.
pub(super) fn left_in(desk: &Desk<'_>, databases: &[&str]) -> Result<Option<Trouble>, Trouble> {
    let first = format!("SELECT a.usename::text, a.pid {IN_DATABASES} ORDER BY {MAY_END}, 2 LIMIT 1");
    let rows = desk.connection.rows(&first, &[&databases])?;
    Ok(rows.first().map(|row| {
        let (who, pid): (Option<&str>, i32) = (row.get(0), row.get(1));
        Trouble::passing(Stage::Swap, format!("the session {pid} of {} does not end", who.unwrap_or("a role")))
            .hint(Saying::new("hint-restore-busy").with("pid", pid))
    }))
}

/// Whose sessions in this database we may not end, where there is one.
pub(super) fn beyond_us(desk: &Desk<'_>, database: &str) -> Result<Option<String>, Trouble> {
    let first = format!("SELECT coalesce(a.usename::text, '?') {IN_DATABASES} AND NOT {MAY_END} ORDER BY 1 LIMIT 1");
    let rows = desk.connection.rows(&first, &[&[database].as_slice()])?;
    Ok(rows.first().map(|row| row.get(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_named_by_their_run_and_their_database_within_what_a_server_keeps() {
        let exchange = |live: &str, new: &str, old: Option<&str>| Exchange {
            live: live.to_owned(),
            new: new.to_owned(),
            old: old.map(str::to_owned),
            within: None,
        };
        let restore = exchange("app", "app_new_20241112_030100", Some("app_before_20241112_030100"));
        let undo = exchange("app", "app_before_20241112_030100", Some("app_undone_20241112_030200"));
        let fresh = exchange("app", "app_new_20241112_030100", None);
        let other = exchange(&"ñ".repeat(31), "x_new_20241112_030100", None);
        assert!(name(&restore).starts_with("resguardo restore 20241112_030100 "), "{}", name(&restore));
        assert!(name(&undo).starts_with("resguardo restore 20241112_030200 "), "{}", name(&undo));
        assert_eq!(name(&restore), name(&fresh));
        assert_ne!(name(&other), name(&fresh));
        assert!(name(&other).len() <= 63 && name(&other).is_ascii());
    }
}
