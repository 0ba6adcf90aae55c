//! Watches the room at the server while a load runs, and ends the load before the disk is full:
//! its sessions are ended at the server, so that whatever program loads stops at once.

use std::thread;
use std::time::Duration;

use super::desk::Desk;
use super::{room, sessions};
use crate::config::PostgresConfig;
use crate::domain::trouble::{StopReason, Trouble};
use crate::source::postgres::connect::refused;
use crate::sys::space::Space;
use crate::sys::stop::Stop;

/// A load writes hundreds of megabytes a second; what is kept free covers several looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Does `load`, which fills the database `new`, under watch.
///
/// # Errors
/// The load's own; the lack of room, where that ended it.
pub(super) fn over<T>(
    desk: &Desk<'_>,
    config: &PostgresConfig,
    new: &str,
    load: impl FnOnce() -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let ended = Stop::new();
    thread::scope(|scope| {
        let watching = scope.spawn(|| watch(desk, config, new, &ended));
        let loaded = load();
        ended.stop(StopReason::Signal);
        match (loaded, watching.join()) {
            // What the server says of the end that we made is not what happened.
            (Err(_), Ok(Some(low))) => Err(room::low(low)),
            (loaded, _) => loaded,
        }
    })
}

/// Looks until the load has ended; returns what room was left where that ended it.
fn watch(desk: &Desk<'_>, config: &PostgresConfig, new: &str, ended: &Stop) -> Option<Space> {
    let folder = "SELECT nullif(pg_tablespace_location(dattablespace), '') FROM pg_database WHERE datname = $1::text";
    let rows = desk.connection.rows(folder, &[&new]).ok()?;
    let folder: Option<String> = rows.first()?.try_get(0).map_err(|e| refused(&e)).ok()?;
    while ended.reason().is_none() {
        // Where the room cannot be seen there is nothing to watch.
        let space = room::seen(desk, config, folder.as_deref()).ok()??;
        if room::is_low(space) {
            let _gone = sessions::end_in(desk, &[new]);
            return Some(space);
        }
        ended.wait(LOOK_EVERY);
    }
    None
}
