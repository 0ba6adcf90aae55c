//! A user whom this machine does not name: a number that an operator gave to a container. `initdb`
//! asks for the name of whoever runs it and goes no further without one. Where `libnss_wrapper` is
//! installed, as in PostgreSQL's own image, it is told one, and nobody else is.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::Sys;
use crate::sys::programs::Command;
use crate::sys::stop::Stop;
use crate::sys::users::{self, User};

/// Where libraries lie, and in the folders below.
const FOLDERS: [&str; 5] = ["/usr/lib", "/lib", "/usr/lib64", "/lib64", "/usr/local/lib"];
/// How the library's name begins; some call it `.so.0`.
const LIBRARY: &str = "libnss_wrapper.so";
/// The name that is lent.
const NAME: &str = "resguardo";

/// The library that lends a name; `None` where there is no need of it.
///
/// # Errors
/// Where there is need and no library.
pub(super) fn lender(sys: &Sys, stop: &Stop) -> Result<Option<PathBuf>, Trouble> {
    // Names may come from elsewhere than from a file. Without the program `initdb` itself will say.
    let asked = sys.programs.output(&Command::new("id").arg("-un"), stop);
    if asked.is_ok_and(|(ended, _)| !ended.success) {
        stop.check(Stage::SetUp)?;
        return library().map(Some).ok_or_else(missing);
    }
    Ok(None)
}

/// The same command, told a name for us by way of two lists in this folder.
///
/// # Errors
/// The system's, where they cannot be written.
pub(super) fn named(command: Command, lender: &Path, folder: &Path, sys: &Sys) -> io::Result<Command> {
    let User { uid, gid } = users::us();
    let lists = [
        ("NSS_WRAPPER_PASSWD", "users", format!("{NAME}:x:{uid}:{gid}::/nonexistent:/bin/false\n")),
        ("NSS_WRAPPER_GROUP", "groups", format!("{NAME}:x:{gid}:\n")),
    ];
    lists.into_iter().try_fold(command.env("LD_PRELOAD", lender), |command, (variable, file, list)| {
        let path = folder.join(file);
        sys.files.create_new(&path, 0o600)?.write_all(list.as_bytes())?;
        Ok(command.env(variable, path))
    })
}

fn library() -> Option<PathBuf> {
    let list = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let is_it = |path: &PathBuf| {
        let is_named_so = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(LIBRARY));
        is_named_so && path.metadata().is_ok_and(|data| data.is_file() && data.len() > 0)
    };
    let places = FOLDERS.iter().map(Path::new).flat_map(|folder| {
        let here = list(folder);
        let below: Vec<PathBuf> = here.iter().filter(|path| path.is_dir()).flat_map(|path| list(path)).collect();
        here.into_iter().chain(below)
    });
    places.into_iter().find(is_it)
}

fn missing() -> Trouble {
    let User { uid, gid } = users::us();
    let hint = Saying::new("hint-drill-nameless").with("user", uid).with("group", gid);
    Trouble::lasting(Stage::SetUp, format!("run initdb: this machine has no name for user {uid}")).hint(hint)
}
