//! What goes with a database's dump: its properties, which no dump holds, and the roles of its server.

use std::io::{self, Read};

use super::digested::{Digested, Imprint};
use crate::domain::artifact::Kind;
use crate::domain::manifest::{Artifact, Manifest};
use crate::domain::name::SourceName;
use crate::source::Configured;
use crate::store::Store;
use crate::sys::stop::Stop;
use crate::transform;

/// Properties and roles are texts; those of ten thousand databases have some megabytes.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The properties of a database, where its set has them.
pub(super) fn properties_of<'m>(source: &SourceName, manifest: &'m Manifest) -> Option<&'m Artifact> {
    manifest.artifacts.iter().find(|a| a.kind == Kind::Database && a.source == *source)
}

/// The roles of the server that a database lives on: by the settings, else the only ones there are.
pub(super) fn roles_of<'m>(
    sources: &[Configured],
    source: &SourceName,
    manifest: &'m Manifest,
) -> Option<&'m Artifact> {
    let roles: Vec<&Artifact> = manifest.artifacts.iter().filter(|a| a.kind == Kind::Globals).collect();
    let of_server =
        |name: &SourceName| sources.iter().any(|one| one.source.name() == name && one.belongs_to.contains(source));
    roles.iter().find(|a| of_server(&a.source)).or(if roles.len() == 1 { roles.first() } else { None }).copied()
}

/// Reads one of them whole, and sees that it is what was stored.
///
/// # Errors
/// Where it cannot be read or is something else.
pub(super) fn read(store: &Store, artifact: &Artifact, stop: &Stop) -> io::Result<Vec<u8>> {
    let file = store.open_artifact(&artifact.path)?;
    let expected = Imprint::of(artifact);
    let mut stored = Digested::new(file, Some(&expected), stop);
    let mut bytes = Vec::new();
    transform::open(&mut stored, artifact.compression).take(BYTES_MAX).read_to_end(&mut bytes)?;
    if bytes.len() as u64 >= BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too large"));
    }
    Ok(bytes)
}
