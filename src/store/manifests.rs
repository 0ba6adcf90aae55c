//! Manifests as they are read: bounded, checked against their file's name, and with no path in
//! them that leads out of the set. What fails this is a damaged set, of which nothing is touched.

use std::io;
use std::path::Path;

use serde::Deserialize;

use crate::domain::artifact;
use crate::domain::id::BackupId;
use crate::domain::manifest::{Manifest, VERSION};
use crate::sys::files::at;
use crate::sys::regular;

/// A set of a hundred thousand tables has a manifest of about 30 MB.
const MANIFEST_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The only field every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Reads and checks the manifest of `id`.
///
/// # Errors
/// The system's, with the path; `InvalidData` where the file is no manifest of this id that this
/// program understands.
pub(super) fn read(path: &Path, id: &BackupId) -> io::Result<Manifest> {
    let bytes = regular::read(path, MANIFEST_BYTES_MAX)?;
    parse(&bytes, id).map_err(|why| at(path, invalid(why)))
}

fn parse(bytes: &[u8], id: &BackupId) -> Result<Manifest, String> {
    let Versioned { version } = serde_json::from_slice(bytes).map_err(|e| format!("not a manifest: {e}"))?;
    if version != VERSION {
        return Err(format!("a manifest of version {version}, this program reads version {VERSION}"));
    }
    let manifest: Manifest = serde_json::from_slice(bytes).map_err(|e| format!("not a manifest: {e}"))?;
    if manifest.id != *id {
        return Err(format!("the manifest of another set, {}", manifest.id));
    }
    match manifest.artifacts.iter().find(|a| !belongs(&a.path, id)) {
        Some(stray) => Err(format!("names a file outside its set: {:?}", stray.path)),
        None => Ok(manifest),
    }
}

/// Whether a path is one an artifact of this set can have: in a folder for artifacts, its name
/// carrying the set's id. So removing a set can never reach a file of another.
pub(super) fn belongs(path: &str, id: &BackupId) -> bool {
    file_name(path).and_then(artifact::parse_file_name).is_some_and(|(_, carried, _)| carried == *id)
}

/// The file name of a path in a folder for artifacts; `None` for a path that leads elsewhere.
pub(super) fn file_name(path: &str) -> Option<&str> {
    let (folder, name) = path.split_once('/')?;
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']);
    (artifact::FOLDERS.contains(&folder) && plain).then_some(name)
}

fn invalid(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_inside_the_set_belong_to_it() {
        let id = BackupId::parse("20241112_030000").unwrap();
        assert!(belongs("db/app_20241112_030000.sql.gz", &id));
        assert!(belongs("files/settings_20241112_030000.tar.gz", &id));
        for stray in [
            "",
            "db",
            "db/",
            "db/..",
            "app_20241112_030000.sql",
            "/db/app_20241112_030000.sql",
            "db/../sets/app_20241112_030000.sql",
            "db//app_20241112_030000.sql",
            "sets/app_20241112_030000.sql",
            "../app_20241112_030000.sql",
            "db/.app_20241112_030000.sql",
            "db/app_20241113_030000.sql",
            "db/app.sql",
        ] {
            assert!(!belongs(stray, &id), "{stray:?} was taken");
        }
    }
}
