//! The turns to verify and to drill. Reading a whole store takes hours, and so does restoring a set of
//! it, so neither is done under the store's lock, which every backup needs, but under one of its own:
//! one verify and one drill at a time, beside whatever writes. What is being read is held against
//! removal set by set, see [`Store::read_lock`]. A store that cannot be written is verified all the
//! same, without a turn: its disk may be the one there is to restore from.

use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::OnceLock;
use std::time::Duration;

use super::locked::FOLDER_MODE;
use super::{Store, group};
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::fault;
use crate::sys::files::Files;
use crate::sys::lock::{self, FileLock};
use crate::sys::stop::Stop;

/// Where what can be looked at only as a file is put for as long as the store has no room for it.
const ELSEWHERE: &str = "/tmp";
/// With less room than this left on its disk, the last of it is not the store's to give to a scratch.
const ROOM_BYTES_MIN: u64 = 16 * 1024 * 1024;

/// A store that nobody else verifies. It writes nothing but in a scratch folder of its own, which
/// goes with it.
pub struct VerifyTurn {
    store: Store,
    files: Files,
    /// None where the store cannot be written.
    _lock: Option<FileLock>,
    elsewhere: OnceLock<PathBuf>,
}

impl Deref for VerifyTurn {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

/// A store of which nobody else drills a set. It writes nothing there.
pub struct DrillTurn {
    store: Store,
    _lock: FileLock,
}

impl Deref for DrillTurn {
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
        let lock = self.hold(&files, &self.layout.verify_lock(), wait, stop);
        let turn = |lock| VerifyTurn { store: self.clone(), files, _lock: lock, elsewhere: OnceLock::new() };
        match lock {
            Ok(lock) => Ok(lock.map(|lock| turn(Some(lock)))),
            Err(e) if fault::is_unwritable(&e) => Ok(Some(turn(None))),
            Err(e) => Err(fault::trouble(Stage::Lock, &e).while_doing("lock the store for a verify")),
        }
    }

    /// The same for a drill.
    ///
    /// # Errors
    /// As [`Store::verify_turn`].
    pub fn drill_turn(&self, wait: Duration, stop: &Stop) -> Result<Option<DrillTurn>, Trouble> {
        let files = self.sys.files.for_group(group::resolve(&self.group)?);
        let lock = self.hold(&files, &self.layout.drill_lock(), wait, stop);
        let lock = lock.map_err(|e| fault::trouble(Stage::Lock, &e).while_doing("lock the store for a drill"))?;
        Ok(lock.map(|lock| DrillTurn { store: self.clone(), _lock: lock }))
    }

    fn hold(&self, files: &Files, path: &Path, wait: Duration, stop: &Stop) -> io::Result<Option<FileLock>> {
        files.make_folder(&self.layout.state(), FOLDER_MODE).and_then(|()| lock::exclusive(files, path, wait, stop))
    }
}

impl VerifyTurn {
    /// A folder, empty and for our eyes only, for what can be looked at only as a file: on the store's
    /// disk, or elsewhere where that cannot be written. What an earlier verify that was killed left
    /// there is gone.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn scratch(&self) -> io::Result<PathBuf> {
        let folder = self.layout.verify_scratch();
        let made = self.files.remove_folder(&folder).and_then(|()| self.files.make_folder(&folder, 0o700));
        let has_room = || self.space().is_ok_and(|space| space.free_bytes >= ROOM_BYTES_MIN);
        match made {
            Ok(()) if has_room() => return Ok(folder),
            Err(error) if !fault::is_unwritable(&error) => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let folder = Path::new(ELSEWHERE).join(format!("resguardo-verify-{}", process::id()));
        self.files.remove_folder(&folder)?;
        // Made anew, so that it is nobody else's.
        drop(self.files.new_folder(&folder, 0o700)?);
        Ok(self.elsewhere.get_or_init(|| folder).clone())
    }
}

impl Drop for VerifyTurn {
    fn drop(&mut self) {
        // What stays is cleared away by the next turn.
        let _stays = self.files.remove_folder(&self.layout.verify_scratch());
        let _stays = self.elsewhere.get().map(|folder| self.files.remove_folder(folder));
    }
}
