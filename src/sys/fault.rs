//! What the system's refusals mean to an operator: which of them may pass by themselves, and what
//! to do about each. One place, so that a full disk reads the same wherever it was met.

use std::io;
use std::path::Path;

use rustix::io::Errno;

use super::{files, rights};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Outlook, Stage, Trouble};

/// What is said of a right; whoever knows whose the place is meant to be says more.
const NO_RIGHT: &str = "hint-no-right";

/// The trouble an error of the system is in `stage`, with what to do about it.
pub fn trouble(stage: Stage, error: &io::Error) -> Trouble {
    let Some((hint, outlook)) = files::errno(error).and_then(|number| meaning(Errno::from_raw_os_error(number))) else {
        return Trouble::passing(stage, error);
    };
    let hint = match files::path_of(error) {
        Some(path) if hint == NO_RIGHT => rights::to_write_anywhere(path),
        Some(path) => Saying::new(hint).with("path", path.display()),
        None => Saying::new(hint).with("path", "the store"),
    };
    Trouble { outlook, ..Trouble::passing(stage, error).hint(hint) }
}

/// The same of what lies in `own`, a folder that is the program's with all that is in it: which right
/// is missing there can be said with the line that gives it.
pub fn trouble_within(own: &Path, stage: Stage, error: &io::Error) -> Trouble {
    let trouble = trouble(stage, error);
    match files::path_of(error) {
        Some(path) if error.kind() == io::ErrorKind::PermissionDenied => trouble.hint(rights::to_write(path, own)),
        _ => trouble,
    }
}

/// The same of the log, whose folder has a setting of its own.
pub fn trouble_of_log(folder: &Path, stage: Stage, error: &io::Error) -> Trouble {
    let trouble = trouble_within(folder, stage, error);
    let hint = match files::errno(error).map(Errno::from_raw_os_error) {
        Some(Errno::NOTDIR) => "hint-no-folder-for-log",
        Some(Errno::NOSPC) => "hint-disk-full-for-log",
        _ => return trouble,
    };
    match files::path_of(error) {
        Some(path) => trouble.hint(Saying::new(hint).with("path", path.display())),
        None => trouble,
    }
}

/// Whether nothing more can be written here, though all that stands can be read: a full disk, one
/// that is mounted read-only.
pub fn is_unwritable(error: &io::Error) -> bool {
    let number = files::errno(error).map(Errno::from_raw_os_error);
    matches!(number, Some(Errno::ROFS | Errno::NOSPC | Errno::DQUOT))
}

/// Room comes back and a disk may answer again; a right or a mount does not mend itself.
fn meaning(errno: Errno) -> Option<(&'static str, Outlook)> {
    Some(match errno {
        Errno::NOSPC => ("hint-disk-full", Outlook::Passing),
        Errno::DQUOT => ("hint-quota", Outlook::Passing),
        Errno::IO => ("hint-disk-error", Outlook::Passing),
        Errno::ROFS => ("hint-read-only", Outlook::Lasting),
        Errno::ACCESS | Errno::PERM => (NO_RIGHT, Outlook::Lasting),
        Errno::NOTDIR => ("hint-no-folder", Outlook::Lasting),
        Errno::ISDIR => ("hint-no-file", Outlook::Lasting),
        Errno::LOOP => ("hint-link", Outlook::Lasting),
        Errno::EXIST => ("hint-name-taken", Outlook::Lasting),
        Errno::NOLCK | Errno::NOTSUP => ("hint-no-locks", Outlook::Lasting),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_may_pass_and_a_read_only_one_does_not() {
        let met = |errno: Errno| trouble(Stage::Write, &files::at(Path::new("/backups/x"), errno.into()));
        let full = met(Errno::NOSPC);
        assert_eq!(full.outlook, Outlook::Passing);
        assert_eq!(full.hint, Some(Saying::new("hint-disk-full").with("path", "/backups/x")));
        assert!(full.error.starts_with("/backups/x: No space left"), "{}", full.error);
        assert_eq!(met(Errno::ROFS).outlook, Outlook::Lasting);
        assert_eq!(met(Errno::INTR).hint, None);
    }
}
