//! The turn to verify. Reading a whole store takes hours, so it is not done under the store's lock,
//! which every backup needs, but under one of its own: one verify at a time, beside whatever writes.
//! What is being read is held against removal set by set, see [`Store::read_lock`].

use std::io;
use std::ops::Deref;
use std::path::PathBuf;
use std::time::Duration;

use super::locked::FOLDER_MODE;
use super::{Store, group};
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::fault;
use crate::sys::files::Files;
use crate::sys::lock::{self, FileLock};
use crate::sys::stop::Stop;

/// A store that nobody else verifies. It writes nothing but in a scratch folder of its own, which
/// goes with it.
pub struct VerifyTurn {
    store: Store,
    files: Files,
    _lock: FileLock,
}

impl Deref for VerifyTurn {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Store {
    /// Waits for the turn to verify, at most so long. `None`: another verify is at work still, or
    /// this one was asked to end.
    ///
    /// # Errors
    /// Where the store cannot be made, written to or locked, with what to do about it.
    pub fn verify_turn(&self, wait: Duration, stop: &Stop) -> Result<Option<VerifyTurn>, Trouble> {
        let files = self.sys.files.for_group(group::resolve(&self.group)?);
        let lock = files
            .make_folder(&self.layout.state(), FOLDER_MODE)
            .and_then(|()| lock::exclusive(&files, &self.layout.verify_lock(), wait, stop))
            .map_err(|e| fault::trouble(Stage::Lock, &e).while_doing("lock the store for a verify"))?;
        Ok(lock.map(|lock| VerifyTurn { store: self.clone(), files, _lock: lock }))
    }
}

impl VerifyTurn {
    /// A folder on the store's disk, empty and for our eyes only, for what can be looked at only
    /// as a file. What an earlier verify that was killed left there is gone.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn scratch(&self) -> io::Result<PathBuf> {
        let folder = self.layout.verify_scratch();
        self.files.remove_folder(&folder)?;
        self.files.make_folder(&folder, 0o700)?;
        Ok(folder)
    }
}

impl Drop for VerifyTurn {
    fn drop(&mut self) {
        // What stays is cleared away by the next turn.
        let _stays = self.files.remove_folder(&self.layout.verify_scratch());
    }
}
