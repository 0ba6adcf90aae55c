//! Entries whose mode shuts their owner out. A drill of an ordinary user unpacks them with that mode
//! as a restore does, and then lets itself in, or it could not read again what it proves.

use std::fs::{self, Metadata};
use std::io::BufRead;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::digest::decoded;
use super::entry::{Entry, What};
use super::inside;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::sys::fault;

const MODE_BITS: u32 = 0o7777;

/// The mode with which its owner can read an entry.
pub(super) fn opened(entry: &Entry) -> u32 {
    entry.mode
        | match entry.what {
            What::Folder => 0o500,
            What::File | What::HardLink => 0o400,
            What::Link => 0,
        }
}

/// Gives its owner the way into each noted entry of a tree that shuts him out, a folder before what
/// lies in it. One that does not stand as it was noted is left for the walk to find.
///
/// # Errors
/// Where the notes cannot be read, or the run is asked to stop.
pub(super) fn open(tree: &Path, notes: &mut impl BufRead, work: &Work) -> Result<(), Trouble> {
    while let Some((entry, _)) = decoded(notes).map_err(|e| fault::trouble(Stage::Dump, &e))? {
        work.stop.check(Stage::Dump)?;
        // Who unpacked it has refused every other path; no mode is given to what lies elsewhere.
        let Some(path) = inside(&entry.path).map(|path| tree.join(path)) else { continue };
        let is_as_noted = |found: &Metadata| {
            found.permissions().mode() & MODE_BITS == entry.mode && found.is_dir() == (entry.what == What::Folder)
        };
        if opened(&entry) != entry.mode && fs::symlink_metadata(&path).is_ok_and(|found| is_as_noted(&found)) {
            // What is not ours to open shows in the walk.
            let _not_ours = work.sys.files.set_mode(&path, opened(&entry));
        }
    }
    Ok(())
}
