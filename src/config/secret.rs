//! A secret: shown as `***` wherever it is printed, read anew from its file at each use, so that
//! rotating it needs no restart.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::database_url::{self, DatabaseUrl};
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
    /// Where its file cannot be read, is not UTF-8, or no longer holds what it held.
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
    /// that is not absolute is not shown, for it may well be the password itself, given under the wrong
    /// name; unless a file stands there.
    pub(super) fn check(&self) -> Result<(), (Saying, Option<PathBuf>)> {
        let Err(error) = self.read() else { return Ok(()) };
        let refused = self.path().filter(|_| error.kind() == io::ErrorKind::PermissionDenied);
        let is_shown = refused.is_some() || self.path().is_some_and(Path::is_absolute);
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
    let mut text =
        std::fs::read_to_string(path).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

fn no_password(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{}: no address with a password", path.display()))
}
