//! Whether the heartbeat is heard: kept in the store's own folder while it is not, so that health says it
//! whoever is asked, and so that one trouble is news once, whichever process meets it. Never: makes a
//! folder for it; fails a run.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};

use crate::domain::untold::Untold;
use crate::notify::channel::Undelivered;
use crate::standing::unheard;
use crate::sys::files::Files;
use crate::words::Words;

const MODE: u32 = 0o640;

/// The file, and whether it lacks what it should hold.
pub(super) struct Hearing {
    files: Files,
    path: PathBuf,
    is_unwritten: AtomicBool,
}

impl Hearing {
    /// Touches nothing yet.
    pub(super) fn new(files: Files, folder: &Path) -> Self {
        Self { files, path: unheard::path(folder), is_unwritten: AtomicBool::new(false) }
    }

    /// It was heard. Whether that is news.
    pub(super) fn heard(&self) -> bool {
        let was_unheard = unheard::read(&self.path).is_some();
        if was_unheard {
            // Where the store cannot be written, that is the greater trouble, and is told.
            let _still_there = self.files.remove(&self.path);
        }
        self.is_unwritten.swap(false, Ordering::SeqCst) || was_unheard
    }

    /// It was not heard. Whether that is news.
    pub(super) fn missed(&self, failed: &Undelivered, now: DateTime<Utc>) -> bool {
        let kept = unheard::read(&self.path);
        let missed = Untold {
            since: kept.as_ref().map_or(now, |kept| kept.since),
            error: failed.error.clone(),
            hint: failed.hint.as_ref().map(|hint| Words::english().say(hint)),
            addressees: [].into(),
            reached: [].into(),
        };
        let is_written = kept.as_ref() == Some(&missed) || self.write(&missed);
        let was_unwritten = self.is_unwritten.swap(!is_written, Ordering::SeqCst);
        kept.is_none() && !was_unwritten
    }

    fn write(&self, missed: &Untold) -> bool {
        serde_json::to_vec_pretty(missed).is_ok_and(|text| self.files.replace(&self.path, MODE, &text).is_ok())
    }
}
