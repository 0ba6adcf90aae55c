//! How what was brought beside takes the place of what stands: `whole` folders by one rename,
//! `inside` a folder that cannot be renamed entry by entry, `single` files each by itself at the
//! `places` where they belong. Each can tell after a crash which of the two stands, and end what
//! was begun.
//!
//! Never: deletes what stood there; follows a link on the way to it.

pub(super) mod bring;
pub(super) mod inside;
mod looks;
pub(super) mod places;
pub(super) mod remove;
pub(super) mod room;
pub(super) mod single;
pub(super) mod target;
pub(super) mod whole;

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use crate::domain::id::{BackupId, ID_LENGTH};
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::fault;

/// What a restore makes within a folder begins so.
pub(super) const OWN: &str = ".resguardo-";
/// Globs of the same; no archive takes it.
pub(super) const OWN_GLOBS: [&str; 2] = ["**/.resguardo-*", "**/*.resguardo-new-*"];
/// The longest name a file may have on the usual file systems.
const NAME_BYTES_MAX: usize = 255;
/// Before a path that is not UTF-8 and therefore stands encoded in a journal; no path begins so.
const ENCODED: &str = "percent:";

/// An exchange of paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paths {
    pub(super) live: PathBuf,
    pub(super) new: PathBuf,
    pub(super) old: Option<PathBuf>,
}

impl Paths {
    pub(super) fn of(exchange: &Exchange) -> Self {
        Self { live: path(&exchange.live), new: path(&exchange.new), old: exchange.old.as_deref().map(path) }
    }

    pub(super) fn exchange(&self) -> Exchange {
        Exchange { live: text(&self.live), new: text(&self.new), old: self.old.as_deref().map(text), within: None }
    }

    /// Whether `new` was made by a prepare; else it is a kept copy, which is never removed unasked.
    pub(super) fn is_made(&self) -> bool {
        self.new.iter().any(is_new)
    }

    /// Whether a folder is exchanged whole, as its names and what stands there say.
    pub(super) fn is_of_folder(&self) -> bool {
        let is_staged = self.new.parent().is_some_and(|above| above.iter().any(is_new));
        let is_folder = |path: &PathBuf| path.is_dir() && !path.is_symlink();
        !is_staged && [Some(&self.new), Some(&self.live), self.old.as_ref()].into_iter().flatten().any(is_folder)
    }
}

const NEW: &str = ".resguardo-new-";

fn is_new(name: &OsStr) -> bool {
    name.as_bytes().windows(NEW.len()).any(|window| window == NEW.as_bytes())
}

/// A path as it stands in a journal.
pub(super) fn text(path: &Path) -> String {
    match path.to_str() {
        Some(text) => text.to_owned(),
        None => format!("{ENCODED}{}", percent_encode(path.as_os_str().as_bytes(), NON_ALPHANUMERIC)),
    }
}

fn path(text: &str) -> PathBuf {
    match text.strip_prefix(ENCODED) {
        Some(encoded) => std::ffi::OsString::from_vec(percent_decode_str(encoded).collect()).into(),
        None => text.into(),
    }
}

/// Where new data is brought beside `live`.
pub(super) fn new_beside(live: &Path, run: &BackupId) -> PathBuf {
    ending(live, &format!("{NEW}{run}"))
}

/// The folder within `folder` where new data is brought.
pub(super) fn new_within(folder: &Path, run: &BackupId) -> PathBuf {
    folder.join(format!("{NEW}{run}"))
}

/// `live` with an ending, its name cut where it would become too long.
pub(super) fn ending(live: &Path, ending: &str) -> PathBuf {
    let name = live.file_name().unwrap_or_default().as_bytes();
    let mut length = name.len().min(NAME_BYTES_MAX.saturating_sub(ending.len()));
    // Not within a character.
    while length > 0 && length < name.len() && name[length] & 0xc0 == 0x80 {
        length -= 1;
    }
    let mut cut = name[..length].to_owned();
    cut.extend_from_slice(ending.as_bytes());
    live.with_file_name(OsStr::from_bytes(&cut))
}

/// The name that the run's kept copy ends in, without the run.
pub(super) fn without_run(path: &Path) -> Option<&[u8]> {
    let name = path.file_name()?.as_bytes();
    name.get(..name.len().checked_sub(ID_LENGTH)?)
}

/// The exchanges that take `done` back, where something was kept.
pub(super) fn reversed(done: &[Exchange], aside: &dyn Fn(&Paths) -> PathBuf) -> Vec<Exchange> {
    done.iter().rev().filter_map(|exchange| exchange.reversed(text(&aside(&Paths::of(exchange))))).collect()
}

/// Whether something stands at a path, be it a link to nothing.
///
/// # Errors
/// The system's.
pub(super) fn stands(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(crate::sys::files::at(path, error)),
    }
}

/// The nearest folder above a path that stands.
pub(super) fn nearest_folder(path: &Path) -> &Path {
    path.ancestors().skip(1).find(|above| above.is_dir()).unwrap_or(Path::new("/"))
}

/// A system's refusal while data is exchanged.
pub(super) fn trouble(error: &io::Error) -> Trouble {
    fault::trouble(Stage::Write, error).while_doing("exchange the data")
}

/// Whether an exchange can begin: one that is made already, or under way, would be made half.
///
/// # Errors
/// Where the new data is not there, or the name of the kept copy is taken.
pub(super) fn can_begin(paths: &Paths) -> Result<(), Trouble> {
    if !stands(&paths.new).map_err(|error| trouble(&error))? {
        let text = format!("exchange {}: {} is not there", paths.live.display(), paths.new.display());
        return Err(Trouble::lasting(Stage::Write, text));
    }
    target::is_free(paths.old.as_deref())
}

/// Removing now what one part of a swap left would lose what another needs.
fn unsettled(paths: &Paths) -> Trouble {
    let text = format!("remove {}: the exchange with {} is not ended", paths.new.display(), paths.live.display());
    Trouble::lasting(Stage::Write, text).hint(Saying::new("hint-unsettled"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_stands_in_a_journal_and_comes_back() {
        for bytes in [&b"/srv/media"[..], b"/srv/a b%20\n", b"/srv/\xff\xfe", b"/percent:x", "/ñandú".as_bytes()] {
            let plain = Path::new(OsStr::from_bytes(bytes));
            assert_eq!(path(&text(plain)), plain);
        }
        assert_eq!(text(Path::new(OsStr::from_bytes(b"/\xff"))), "percent:%2F%FF");
    }

    #[test]
    fn a_long_name_is_cut_between_two_characters() {
        let long = PathBuf::from(format!("/x/{}", "ñ".repeat(127)));
        let kept = ending(&long, "_before_20241112_030000");
        assert_eq!(kept, PathBuf::from(format!("/x/{}_before_20241112_030000", "ñ".repeat(116))));
        assert_eq!(ending(Path::new("/x/a"), "_b"), Path::new("/x/a_b"));
    }
}
