//! One source that is drilled, and in which order: archives first, for the files that rows name are
//! looked for in them; then SQLite, then PostgreSQL, which takes longest.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::aim::Aim;
use crate::config::{Config, DrillCheck, MediaCheck};
use crate::domain::artifact::{Form, Kind};
use crate::domain::id::BackupId;
use crate::domain::manifest::{Artifact, Manifest};
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::job::companions;
use crate::source::Configured;
use crate::source::prove::{Material, Reference};
use crate::words::Words;

/// One source of a set.
#[derive(Debug)]
pub(super) struct Piece {
    /// The set it is taken from, and when that was made.
    pub(super) set: BackupId,
    pub(super) made_at: DateTime<Utc>,
    pub(super) artifact: Artifact,
    pub(super) properties: Option<Artifact>,
    pub(super) roles: Option<Artifact>,
    pub(super) checks: Vec<DrillCheck>,
    pub(super) media_checks: Vec<MediaCheck>,
    /// Rows of a database are asked for its files: it stays until all is done.
    pub(super) stays: bool,
}

/// Media that rows may name files of.
#[derive(Debug)]
pub(super) struct Media {
    set: BackupId,
    made_at: DateTime<Utc>,
    /// Where they lie; `None` where they did not come back as they were stored.
    place: Option<PathBuf>,
}

/// By their source.
pub(super) type Unpacked = BTreeMap<SourceName, Media>;

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
            root: self.where_it_lies(&check.media, unpacked),
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

    /// What others may look for files in, once this is proven to lie there; or is not.
    pub(super) fn as_media(&self, place: Option<PathBuf>) -> Media {
        Media { set: self.set.clone(), made_at: self.made_at, place }
    }

    /// Where files that its rows name are looked for: in media that are no older than the rows, for one
    /// that was uploaded since is not missing; else why nowhere.
    fn where_it_lies(&self, media: &SourceName, unpacked: &Unpacked) -> Result<PathBuf, String> {
        let Some(Media { set, made_at, place }) = unpacked.get(media) else {
            return Err(in_english(&Saying::new("proof-media-undrilled").with("media", media)));
        };
        if *set != self.set && *made_at < self.made_at {
            let older = Saying::new("proof-media-older").with("media", media).with("set", set);
            return Err(in_english(&older.with("other", &self.set)));
        }
        let not_back = || Saying::new("proof-media-not-back").with("media", media).with("set", set);
        place.clone().ok_or_else(|| in_english(&not_back()))
    }
}

fn in_english(saying: &Saying) -> String {
    Words::english().say(saying)
}

pub(super) fn pieces(config: &Config, sources: &[Configured], aimed: &[(Aim<'_>, Manifest)]) -> Vec<Piece> {
    let of_one = |(aim, manifest): &(Aim<'_>, Manifest)| -> Vec<Piece> {
        let wanted = manifest.artifacts.iter().filter(|artifact| aim.paths.contains(&artifact.path.as_str()));
        wanted.map(|artifact| piece(config, sources, aim, artifact, manifest)).collect()
    };
    let mut pieces: Vec<Piece> = aimed.iter().flat_map(of_one).collect();
    pieces.sort_by_key(|piece| match piece.artifact.kind {
        Kind::Media | Kind::Files => 0,
        Kind::Sqlite => 1,
        Kind::Postgres | Kind::Database | Kind::Globals => 2,
    });
    pieces
}

fn piece(config: &Config, sources: &[Configured], aim: &Aim<'_>, artifact: &Artifact, manifest: &Manifest) -> Piece {
    let (source, kind) = (&artifact.source, artifact.kind);
    let (is_postgres, is_database) = (kind == Kind::Postgres, matches!(kind, Kind::Postgres | Kind::Sqlite));
    let of_it = |name: &SourceName| is_database && name == source;
    let is_asked_for = config.drill.media_checks.iter().any(|check| check.media == *source);
    Piece {
        set: aim.set.id.clone(),
        made_at: aim.set.started_at,
        properties: companions::properties_of(source, manifest).filter(|_| is_postgres).cloned(),
        roles: companions::roles_of(sources, source, manifest).filter(|_| is_postgres).cloned(),
        checks: config.drill.checks.iter().filter(|check| of_it(&check.source)).cloned().collect(),
        media_checks: config.drill.media_checks.iter().filter(|check| of_it(&check.source)).cloned().collect(),
        stays: !is_database && is_asked_for,
        artifact: artifact.clone(),
    }
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
