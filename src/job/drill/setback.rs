//! Why there is no evidence of a source: its stored bytes are not what they were, or it could not be
//! held, which says nothing of them.

use std::io;

use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::files;

pub(super) enum Setback {
    /// This file of the store is not what was stored.
    Damaged {
        path: String,
        error: String,
    },
    Trouble(Trouble),
}

impl Setback {
    /// A stored file could not be read to its end as what it was; one that we may not open may be good.
    pub(super) fn unread(path: &str, error: &io::Error) -> Self {
        if error.kind() != io::ErrorKind::PermissionDenied {
            return Self::Damaged { path: path.to_owned(), error: error.to_string() };
        }
        let named = files::path_of(error).map_or_else(|| path.to_owned(), |path| path.display().to_string());
        Self::Trouble(Trouble::lasting(Stage::Find, error).hint(Saying::new("hint-may-not-read").with("path", named)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_opened_is_not_damaged() {
        let unread = |kind: io::ErrorKind| Setback::unread("db/app.sql", &kind.into());
        assert!(matches!(unread(io::ErrorKind::PermissionDenied), Setback::Trouble(trouble) if trouble.hint.is_some()));
        for kind in [io::ErrorKind::NotFound, io::ErrorKind::InvalidData, io::ErrorKind::UnexpectedEof] {
            assert!(matches!(unread(kind), Setback::Damaged { path, .. } if path == "db/app.sql"), "{kind}");
        }
    }
}
