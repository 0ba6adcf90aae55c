//! A stored file on its way back: where it lies, and what it begins with.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

pub(super) use crate::job::digested::{Counted, Digested, Imprint, Told, read_out};
use crate::store::Store;
use crate::sys::regular;

/// Where an artifact lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A path in the store.
    Store(String),
    Outside(PathBuf),
}

impl Place {
    pub(super) fn open(&self, store: &Store) -> io::Result<File> {
        match self {
            Place::Store(path) => store.open_artifact(path),
            Place::Outside(path) => regular::open(path),
        }
    }

    pub(super) fn full(&self, store: &Store) -> PathBuf {
        match self {
            Place::Store(path) => store.dir().join(path),
            Place::Outside(path) => path.clone(),
        }
    }

    /// As it is named to people.
    pub(super) fn shown(&self) -> String {
        match self {
            Place::Store(path) => path.clone(),
            Place::Outside(path) => path.display().to_string(),
        }
    }

    pub(super) fn file_name(&self) -> String {
        let path = match self {
            Place::Store(path) => Path::new(path),
            Place::Outside(path) => path,
        };
        path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// The first bytes of a reader, or all there are.
pub(super) fn head_of(from: &mut dyn Read, bytes_max: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    from.take(bytes_max as u64).read_to_end(&mut head)?;
    Ok(head)
}
