//! Why a restore is not begun, and what to do about it.

use std::io;

use super::stored::Place;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::store::Store;
use crate::sys::{files, rights};

/// It cannot be told what is meant.
pub(super) fn unclear(error: impl std::fmt::Display, hint: Saying) -> Trouble {
    Trouble::lasting(Stage::Find, error).hint(hint)
}

/// It must not be restored.
pub(super) fn refused(error: impl std::fmt::Display, hint: Saying) -> Trouble {
    Trouble::lasting(Stage::Verify, error).hint(hint)
}

/// A file could not be read: it is damaged, or we may not read it, which is mended by a right.
pub(super) fn unread(store: &Store, place: &Place, error: &io::Error) -> Trouble {
    barred(store, error).unwrap_or_else(|| damaged(&place.shown(), error))
}

pub(super) fn barred(store: &Store, error: &io::Error) -> Option<Trouble> {
    let path = files::path_of(error).filter(|_| error.kind() == io::ErrorKind::PermissionDenied)?;
    let is_stored = path.starts_with(store.dir());
    let hint = if is_stored { rights::to_read_back(path, store.dir()) } else { rights::to_read_own(path) };
    Some(refused(format!("read {error}"), hint))
}

pub(super) fn damaged(what: &str, error: &dyn std::fmt::Display) -> Trouble {
    refused(format!("read {what}: {error}"), Saying::new("hint-restore-damaged"))
}
