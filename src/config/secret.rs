//! A secret: shown as `***` wherever it is printed, read anew from its file at each use, so that
//! rotating it needs no restart.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::database_url::{self, DatabaseUrl};
use super::small_file;
use crate::domain::saying::Saying;

/// A password or an address that holds one.
#[derive(Clone)]
pub enum Secret {
    /// Given in the configuration itself.
    Value(SecretString),
    /// In a file; one line end at its end is not part of it.
    File(PathBuf),
    /// The password within the database address that a file holds.
    InUrlFile(PathBuf),
}

impl Secret {
    pub fn value(text: impl Into<String>) -> Self {
        Self::Value(SecretString::from(text.into()))
    }

    /// The secret as it is now.
    ///
    /// # Errors
    /// Where its file cannot be read, is no small file of UTF-8, or no longer holds what it held.
    pub fn read(&self) -> io::Result<String> {
        match self {
            Secret::Value(value) => Ok(value.expose_secret().to_owned()),
            Secret::File(path) => read_file(path),
            Secret::InUrlFile(path) => match database_url::parse(&read_file(path)?) {
                Ok(DatabaseUrl::Postgres(url)) => url.password.ok_or_else(|| no_password(path)),
                _ => Err(no_password(path)),
            },
        }
    }

    /// The file it is read from, where it is.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Secret::Value(_) => None,
            Secret::File(path) | Secret::InUrlFile(path) => Some(path),
        }
    }

    /// Whether it can be read now; else what is wrong, and its file where that may not be read. A path
    /// that is not absolute is not shown, for it may well be the secret itself, given under the wrong
    /// name; unless something stands there, or it `is_address` and what is written can be none.
    pub(super) fn check(&self, is_address: bool) -> Result<(), (Saying, Option<PathBuf>)> {
        let Err(error) = self.read() else { return Ok(()) };
        let refused = self.path().filter(|_| error.kind() == io::ErrorKind::PermissionDenied);
        let is_path = |path: &Path| path.is_absolute() || path.exists() || (is_address && is_no_address(path));
        let is_shown = refused.is_some() || self.path().is_some_and(is_path);
        let error = if is_shown { error.to_string() } else { error.kind().to_string() };
        Err((Saying::new("fault-secret-file").with("error", error), refused.map(Path::to_owned)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

fn read_file(path: &Path) -> io::Result<String> {
    let mut text = small_file::read(path)?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

/// A name in a folder that stands, without what an address has before its host or behind it.
fn is_no_address(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.is_dir() && !path.to_string_lossy().contains([':', '@', '?'])
}

fn no_password(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{}: no address with a password", path.display()))
}
