//! Who gets the store's lock first: a restore, which asks for it by holding the `yield` file. The
//! run that has the lock looks at that once a second; whoever comes for it now lets it go first.

use std::time::{Duration, Instant};

use super::Store;
use super::locked::{FOLDER_MODE, LockedStore};
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::fault;
use crate::sys::lock;
use crate::sys::stop::Stop;

/// A look at the request holds it for an instant, and another restore that waits for as long as it
/// waits: then it is asked for already.
const REQUEST_WAIT: Duration = Duration::from_secs(1);
/// Between two looks whether a restore waits still.
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(super) fn lock_after_restores(store: &Store, wait: Duration, stop: &Stop) -> Result<Option<LockedStore>, Trouble> {
    let until = Instant::now() + wait;
    while store.yield_requested() {
        if Instant::now() >= until || stop.reason().is_some() {
            return Ok(None);
        }
        stop.wait(LOOK_EVERY.min(until.saturating_duration_since(Instant::now())));
    }
    LockedStore::take(store, until.saturating_duration_since(Instant::now()), stop)
}

pub(super) fn lock_first(store: &Store, wait: Duration, stop: &Stop) -> Result<Option<LockedStore>, Trouble> {
    let files = &store.sys.files;
    let _asks = files
        .make_folder(&store.layout.state(), FOLDER_MODE)
        .and_then(|()| lock::exclusive(files, &store.layout.yield_request(), REQUEST_WAIT, stop))
        .map_err(|e| fault::trouble(Stage::Lock, &e).while_doing("ask other runs to make way"))?;
    LockedStore::take(store, wait, stop)
}
