//! What holds a database in its place: prepared transactions, logical slots, subscriptions,
//! sessions that we may not end. Each is somebody's work that a restore must not break unasked.

use std::time::Duration;

use super::desk::Desk;
use super::sessions;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::stop::Stop;

/// A session whose client has gone is still listed for a moment: so many looks, so far apart.
const LOOKS: u32 = 60;
const LOOK_EVERY: Duration = Duration::from_millis(50);

const PREPARED: &str = "SELECT gid FROM pg_prepared_xacts WHERE database = $1::text ORDER BY prepared LIMIT 1";
const SLOT: &str = "SELECT slot_name::text FROM pg_replication_slots WHERE database = $1::text ORDER BY 1 LIMIT 1";
const SUBSCRIPTION: &str = "
    SELECT s.subname::text FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
    WHERE d.datname = $1::text ORDER BY 1 LIMIT 1";
/// # Errors
/// The first that holds the database, with the line that mends it.
pub(super) fn check(desk: &Desk<'_>, database: &str) -> Result<(), Trouble> {
    let held = |error: String, hint: Saying| {
        Trouble::lasting(Stage::Look, format!("replace {database}: {error}"))
            .hint(hint.with("database", database).with("user", desk.user()))
    };
    if let Some(gid) = desk.first(PREPARED, database)? {
        let hint = Saying::new("hint-restore-prepared").with("gid", &gid);
        return Err(held(format!("the prepared transaction {gid} is open in it"), hint));
    }
    if let Some(slot) = desk.first(SLOT, database)? {
        let hint = Saying::new("hint-restore-slot").with("slot", &slot);
        return Err(held(format!("the logical replication slot {slot} reads from it"), hint));
    }
    if let Some(subscription) = desk.first(SUBSCRIPTION, database)? {
        let hint = Saying::new("hint-restore-subscription").with("subscription", &subscription);
        return Err(held(format!("the subscription {subscription} writes into it"), hint));
    }
    if let Some(who) = lasting_session(desk, database)? {
        let hint = Saying::new("hint-restore-session").with("who", &who);
        return Err(held(format!("{} may not end the sessions of {who}", desk.user()), hint));
    }
    Ok(())
}

/// Whose session stays that we may not end.
fn lasting_session(desk: &Desk<'_>, database: &str) -> Result<Option<String>, Trouble> {
    let mut found = sessions::beyond_us(desk, database)?;
    for _ in 1..LOOKS {
        if found.is_none() {
            break;
        }
        Stop::new().wait(LOOK_EVERY);
        found = sessions::beyond_us(desk, database)?;
    }
    Ok(found)
}
