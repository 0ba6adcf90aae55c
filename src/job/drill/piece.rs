//! What is drilled of a set, and in which order: archives first, for the files that rows name are
//! looked for in them; then SQLite, then PostgreSQL, which takes longest.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::config::{Config, DrillCheck, MediaCheck};
use crate::domain::artifact::{Form, Kind};
use crate::domain::id::BackupId;
use crate::domain::manifest::{Artifact, Manifest};
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::set::{Catalog, CatalogSet};
use crate::domain::trouble::{Stage, Trouble};
use crate::job::companions;
use crate::source::Configured;
use crate::source::prove::{Material, Reference};

/// One source of a set.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) artifact: Artifact,
    pub(super) properties: Option<Artifact>,
    pub(super) roles: Option<Artifact>,
    pub(super) checks: Vec<DrillCheck>,
    pub(super) media_checks: Vec<MediaCheck>,
    /// Rows of a database are asked for its files: it stays until all is done.
    pub(super) stays: bool,
}

/// Where media lie unpacked.
pub(super) type Unpacked = BTreeMap<SourceName, PathBuf>;

impl Piece {
    pub(super) fn source(&self) -> &SourceName {
        &self.artifact.source
    }

    pub(super) fn form(&self) -> Form {
        Form::of(self.artifact.kind, self.artifact.compression)
    }

    /// What a prover is told; properties and roles are read only when it begins.
    pub(super) fn material(&self, unpacked: &Unpacked) -> Material {
        let reference = |check: &MediaCheck| Reference {
            column: check.column.clone(),
            media: check.media.clone(),
            root: unpacked.get(&check.media).cloned(),
        };
        Material {
            source: self.source().clone(),
            form: self.form(),
            facts: self.artifact.facts.clone(),
            raw_bytes: Some(self.artifact.raw_bytes),
            properties: None,
            roles: None,
            questions: self.checks.iter().map(|check| check.sql.clone()).collect(),
            references: self.media_checks.iter().map(reference).collect(),
        }
    }
}

/// The set to drill: the one that was asked for, else the newest that is complete.
///
/// # Errors
/// Where there is none.
pub(super) fn set<'c>(catalog: &'c Catalog, wanted: Option<&BackupId>) -> Result<&'c CatalogSet, Trouble> {
    let Some(id) = wanted else {
        let none = || Trouble::lasting(Stage::Find, "find a set to drill: none is complete and not suspect");
        return catalog.newest_complete().ok_or_else(none);
    };
    let none = || Trouble::lasting(Stage::Find, format!("find set {id}: there is no such set"));
    catalog.get(id).ok_or_else(|| none().hint(Saying::new("hint-no-such-set")))
}

pub(super) fn pieces(config: &Config, sources: &[Configured], manifest: &Manifest) -> Vec<Piece> {
    let is_asked_for = |media: &SourceName| config.drill.media_checks.iter().any(|check| check.media == *media);
    let piece = |artifact: &Artifact| {
        let (source, kind) = (&artifact.source, artifact.kind);
        let (is_postgres, is_database) = (kind == Kind::Postgres, matches!(kind, Kind::Postgres | Kind::Sqlite));
        let of_it = |name: &SourceName| is_database && name == source;
        Piece {
            properties: companions::properties_of(source, manifest).filter(|_| is_postgres).cloned(),
            roles: companions::roles_of(sources, source, manifest).filter(|_| is_postgres).cloned(),
            checks: config.drill.checks.iter().filter(|check| of_it(&check.source)).cloned().collect(),
            media_checks: config.drill.media_checks.iter().filter(|check| of_it(&check.source)).cloned().collect(),
            stays: !is_database && is_asked_for(source),
            artifact: artifact.clone(),
        }
    };
    let mut pieces: Vec<Piece> = manifest.artifacts.iter().filter(|a| a.kind.is_data()).map(piece).collect();
    pieces.sort_by_key(|piece| match piece.artifact.kind {
        Kind::Media | Kind::Files => 0,
        Kind::Sqlite => 1,
        Kind::Postgres | Kind::Database | Kind::Globals => 2,
    });
    pieces
}

/// The most disk that pieces which take so much take at a time, one after the other.
pub(super) fn room_bytes<'p>(takes: impl IntoIterator<Item = (&'p Piece, u64)>) -> u64 {
    let (mut kept_bytes, mut most_bytes) = (0_u64, 0);
    for (piece, bytes) in takes {
        most_bytes = most_bytes.max(kept_bytes + bytes);
        if piece.stays {
            kept_bytes += bytes;
        }
    }
    most_bytes
}
