//! Where the socket of a drill's server lies: a path to a socket must be short, and scratch need not
//! be. Written down in scratch before it is made, so that whoever comes after a kill finds it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, accessat};

use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::restricting;
use crate::sys::{Sys, fault, strays};

/// Where a short folder may be made: the first of these that we may write.
const SHORT: [&str; 3] = ["/tmp", "/var/tmp", "/run"];
/// How such a folder's name begins, and a socket's in it.
const OURS: &str = "resguardo-";
const SOCKET: &str = ".s.PGSQL.";
/// The note in scratch.
const NOTE: &str = "socket";
const NOTE_BYTES_MAX: u64 = 4096;
/// Notes lie in a drill's scratch, or so many folders below the one all drills have.
const DEPTH_MAX: usize = 2;
const SERVER: &str = "postgres";

/// A path for the socket's folder, which does not exist yet.
///
/// # Errors
/// Where no short place can be written, or scratch cannot.
pub(super) fn socket(scratch: &Path, work: &Work) -> Result<PathBuf, Trouble> {
    let may_write =
        |above: &&&str| accessat(CWD, **above, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS).is_ok();
    let Some(above) = SHORT.iter().find(may_write) else {
        let text = format!("make a short folder for a socket: none of {} can be written", SHORT.join(", "));
        return Err(Trouble::lasting(Stage::SetUp, text));
    };
    let socket = Path::new(above).join(format!("{OURS}{}", restricting::token()));
    let noted = work.sys.files.create_new(&scratch.join(NOTE), 0o600);
    let noted = noted.and_then(|mut note| note.write_all(socket.as_os_str().as_encoded_bytes()));
    noted.map_err(|e| fault::trouble(Stage::SetUp, &e))?;
    Ok(socket)
}

/// Ends a server that works in `scratch` or below it, and removes the folder of its socket.
///
/// # Errors
/// Where the server goes on whatever it is sent, or the folder cannot be removed.
pub(in crate::source) fn clear_left_over(scratch: &Path, sys: &Sys) -> Result<(), Trouble> {
    let told = |e: std::io::Error| fault::trouble(Stage::Recover, &e).while_doing("end the server of an earlier drill");
    strays::end_in(scratch, SERVER).map_err(told)?;
    for socket in noted(scratch, DEPTH_MAX) {
        // Nothing is removed on a note's word alone but what a server of ours makes.
        let left = fs::read_dir(&socket).into_iter().flatten().flatten().map(|entry| entry.path());
        for path in left.filter(|path| starts(path, SOCKET)) {
            sys.files.remove(&path).map_err(told)?;
        }
        sys.files.remove_empty(&socket).map_err(told)?;
    }
    Ok(())
}

/// The folders that notes speak of.
fn noted(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let note = folder.join(NOTE);
    let is_small = note.symlink_metadata().is_ok_and(|data| data.is_file() && data.len() <= NOTE_BYTES_MAX);
    found.extend(is_small.then(|| fs::read_to_string(&note)).and_then(Result::ok).map(PathBuf::from));
    found.retain(|path| starts(path, OURS) && SHORT.iter().any(|above| path.parent() == Some(Path::new(above))));
    if depth > 0 {
        let below = fs::read_dir(folder).into_iter().flatten().flatten();
        // A link's kind is its own: no note is looked for beyond one.
        let folders = below.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        found.extend(folders.flat_map(|entry| noted(&entry.path(), depth - 1)));
    }
    found
}

fn starts(path: &Path, with: &str) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(with.as_bytes()))
}
