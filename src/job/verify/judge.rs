//! What a reading means: good, bad, or not to be said.

use std::io;

use rustix::io::Errno;

use super::reading::Reading;
use crate::domain::difference;
use crate::domain::manifest::Artifact;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::inspector;
use crate::sys::{files, rights};

#[derive(Debug)]
pub(super) enum Verdict {
    Good,
    /// In what it is not what was written.
    Bad(String),
    /// It could not be looked at, which says nothing of its bytes.
    Unseen(Trouble),
}

/// An artifact is what its manifest says, to the last byte and row, or it is bad.
pub(super) fn of_artifact(artifact: &Artifact, reading: Reading) -> Verdict {
    let mut wrong = Vec::new();
    if let Some(error) = reading.unread {
        // Whatever else was seen of it was seen of a part.
        return Verdict::Bad(format!("it cannot be read to its end: {error}"));
    }
    if reading.size_bytes != artifact.size_bytes {
        wrong.push(format!("{} bytes where the manifest states {}", reading.size_bytes, artifact.size_bytes));
    } else if reading.digest != artifact.digest {
        wrong.push("its digest is not the manifest's".to_owned());
    }
    match reading.inspected {
        Err(trouble) if inspector::is_of_the_bytes(&trouble) => wrong.push(trouble.error),
        Err(trouble) if wrong.is_empty() => return Verdict::Unseen(trouble),
        Err(_) => {}
        Ok(content) => {
            if reading.raw_bytes != artifact.raw_bytes {
                let (found, stated) = (reading.raw_bytes, artifact.raw_bytes);
                wrong.push(format!("{found} bytes before compression where the manifest states {stated}"));
            }
            wrong.extend(difference::between(&artifact.facts.content(), &content));
        }
    }
    if wrong.is_empty() { Verdict::Good } else { Verdict::Bad(wrong.join("; ")) }
}

/// A file that no manifest speaks of is whole by itself, or it is not.
pub(super) fn of_adopted(reading: Reading) -> Verdict {
    match (reading.unread, reading.inspected) {
        (Some(error), _) => Verdict::Bad(format!("it cannot be read to its end: {error}")),
        (None, Ok(_)) => Verdict::Good,
        (None, Err(trouble)) if inspector::is_of_the_bytes(&trouble) => Verdict::Bad(trouble.error),
        (None, Err(trouble)) => Verdict::Unseen(trouble),
    }
}

/// What is wrong with what was looked at: `Some(None)` where nothing is, `None` where it could not be
/// looked at.
#[allow(clippy::option_option, reason = "whether it was looked at, and then what was found")]
pub(super) fn error_of(verdict: Verdict) -> Option<Option<String>> {
    match verdict {
        Verdict::Good => Some(None),
        Verdict::Bad(error) => Some(Some(error)),
        Verdict::Unseen(_) => None,
    }
}

/// A file that is gone, or has become something else, is bad; one that we may not open may be good.
pub(super) fn unopened(error: &io::Error) -> Verdict {
    let is_link = files::errno(error) == Some(Errno::LOOP.raw_os_error());
    match error.kind() {
        io::ErrorKind::NotFound => Verdict::Bad("it is missing".to_owned()),
        io::ErrorKind::PermissionDenied => {
            let hint = files::path_of(error).map(rights::to_read_own);
            Verdict::Unseen(Trouble { hint, ..Trouble::lasting(Stage::Verify, error) })
        }
        _ if is_link || error.kind() == io::ErrorKind::InvalidData => Verdict::Bad("it is no regular file".to_owned()),
        _ => Verdict::Unseen(Trouble::passing(Stage::Verify, error)),
    }
}
