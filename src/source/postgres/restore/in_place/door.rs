//! Clients kept out for a moment: while everything is locked, and while the new data becomes what
//! everybody sees. Whoever had begun to look before could else see neither old nor new: a snapshot
//! from before finds new tables empty.

use std::time::{Duration, Instant};

use super::super::desk::Desk;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::postgres::load::quoted;
use crate::sys::stop::Stop;

/// Clients are refused for five seconds at most; trying ends sooner, so that they are let in.
const TRY_MAX: Duration = Duration::from_secs(3);
/// Between two tries, for sessions to end.
const TRY_AGAIN: Duration = Duration::from_millis(20);

/// The sessions of a database, but for one, that our role may end.
const SESSIONS: &str = "
    FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid, pg_roles me
    WHERE a.datname = $1::text AND a.pid <> $2::int4 AND a.pid <> pg_backend_pid() AND me.rolname = current_user
      AND (me.rolsuper OR NOT r.rolsuper
           AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')))";

/// Shuts everybody out but the session `own`, and waits until they are gone. One that does not go
/// is no reason to wait longer: what it holds is seen by the locks it keeps.
pub(super) fn shut(desk: &Desk<'_>, database: &str, own: i32) -> Result<(), Trouble> {
    desk.connection.run(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", quoted(database)))?;
    let until = Instant::now() + TRY_MAX;
    loop {
        let end = format!("SELECT pg_terminate_backend(a.pid) {SESSIONS}");
        if desk.connection.rows(&end, &[&database, &own])?.is_empty() || Instant::now() >= until {
            return Ok(());
        }
        Stop::new().wait(TRY_AGAIN);
    }
}

pub(super) fn open(desk: &Desk<'_>, database: &str) -> Result<(), Trouble> {
    desk.connection.run(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", quoted(database)))
}

/// Whose lock the session `own` waits for.
pub(super) fn blocker(desk: &Desk<'_>, own: i32) -> Option<Trouble> {
    let asked = "SELECT coalesce(usename::text, backend_type, 'the server'), pid FROM pg_stat_activity
                 WHERE pid = ANY(pg_blocking_pids($1::int4)) LIMIT 1";
    let rows = desk.connection.rows(asked, &[&own]).ok()?;
    let (who, pid): (String, i32) = (rows.first()?.try_get(0).ok()?, rows.first()?.try_get(1).ok()?);
    let error = format!("the session {pid} of {who} holds a lock and does not end");
    Some(Trouble::passing(Stage::Connect, error).hint(Saying::new("hint-restore-busy").with("pid", pid)))
}
