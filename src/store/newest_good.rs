//! What `RESTORE.md` leads to: of every source the newest artifact that counts and that no drill refuted,
//! from whichever set it stands in, and what is newer and was passed over.

use chrono::{DateTime, Utc};

use super::Store;
use crate::domain::artifact::Kind;
use crate::domain::id::BackupId;
use crate::domain::manifest::{Artifact, Manifest};
use crate::domain::name::SourceName;
use crate::domain::set::{Catalog, CatalogArtifact, CatalogSet};

/// The newest good artifacts of a store, each source at most once.
#[derive(Debug, Default)]
pub struct NewestGood {
    pub good: Vec<Good>,
    pub passed_over: Vec<PassedOver>,
    /// Configured, and without any good artifact.
    pub missing: Vec<SourceName>,
}

/// An artifact to restore from, with its set.
#[derive(Debug)]
pub struct Good {
    pub id: BackupId,
    pub started_at: DateTime<Utc>,
    pub artifact: Artifact,
    /// Of a database: its properties as they stand in the same set.
    pub properties: Option<Artifact>,
    /// When a drill restored it and found it as it was stored.
    pub proven_at: Option<DateTime<Utc>>,
    /// What a drill said against it: there is none other.
    pub no: Option<No>,
}

/// When a drill said no, and why, shortly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct No {
    pub at: DateTime<Utc>,
    pub error: String,
}

/// Newer than what is good, and not to be restored from unseen.
#[derive(Debug)]
pub struct PassedOver {
    pub source: SourceName,
    pub id: BackupId,
    pub started_at: DateTime<Utc>,
    pub path: String,
    pub why: Why,
}

/// Why an artifact was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    Suspect,
    Incomplete,
    /// Verify found that its bytes are not what was written.
    Bad,
    /// A drill did not bring it back as it was stored.
    Refuted(No),
}

impl NewestGood {
    /// Of a judged catalog: the configured sources in their order, then others that stand.
    pub fn of(store: &Store, judged: &Catalog, configured: &[SourceName]) -> Self {
        let mut found = Self::default();
        for source in all_sources(judged, configured) {
            let newest = |is_refuted: bool| {
                let wanted = |a: &CatalogArtifact| a.counts() && a.is_refuted() == is_refuted;
                judged.data_of(&source).filter(|(_, a)| wanted(a)).find_map(|(set, a)| Good::read(store, set, a))
            };
            let good = newest(false).or_else(|| newest(true));
            let newer = || {
                let newest = good.as_ref().map(|good| &good.id);
                judged.data_of(&source).take_while(move |(set, _)| Some(&set.id) != newest).filter(|(_, a)| a.present)
            };
            let suspect = newer().find(|(_, a)| a.suspect).map(|at| PassedOver::new(at, Why::Suspect));
            let incomplete = newer().find(|(_, a)| !a.complete).map(|at| PassedOver::new(at, Why::Incomplete));
            let bad = newer().find(|(_, a)| a.is_bad()).map(|at| PassedOver::new(at, Why::Bad));
            let refuted = newer().find(|(_, a)| a.counts() && a.is_refuted());
            let refuted = refuted.and_then(|at| Some(PassedOver::new(at, Why::Refuted(No::to(store, at)?))));
            found.passed_over.extend(suspect.into_iter().chain(incomplete).chain(bad).chain(refuted));
            match good {
                Some(good) => found.good.push(good),
                None if configured.contains(&source) => found.missing.push(source),
                None => {}
            }
        }
        let roles = roles(store, judged, &found.good);
        found.good.extend(roles);
        found
    }
}

impl Good {
    /// `None` where the manifest went since the catalog was read: an older one may still stand.
    fn read(store: &Store, set: &CatalogSet, artifact: &CatalogArtifact) -> Option<Self> {
        let Manifest { id, started_at, artifacts, .. } = store.manifest(&set.id).ok()?;
        let present = |path: &str| set.artifacts.iter().any(|a| a.path == path && a.present);
        let properties = artifacts
            .iter()
            .find(|a| a.kind == Kind::Database && a.source == artifact.source && present(&a.path))
            .cloned();
        let (proven_at, no) = (artifact.proven_at(), No::to(store, (set, artifact)));
        let artifact = artifacts.into_iter().find(|a| a.path == artifact.path)?;
        Some(Self { id, started_at, artifact, properties, proven_at, no })
    }
}

impl No {
    fn to(store: &Store, (set, artifact): (&CatalogSet, &CatalogArtifact)) -> Option<Self> {
        if !(artifact.kind.is_data() && artifact.is_refuted()) {
            return None;
        }
        let findings = store.drill_findings(&set.id)?;
        let no = findings.no_to(&artifact.source, artifact.kind)?;
        Some(Self { at: no.at, error: no.in_short() })
    }
}

impl PassedOver {
    fn new((set, artifact): (&CatalogSet, &CatalogArtifact), why: Why) -> Self {
        let (source, path) = (artifact.source.clone(), artifact.path.clone());
        Self { source, id: set.id.clone(), started_at: set.started_at, path, why }
    }
}

/// Each once; roles are no source of their own.
fn all_sources(catalog: &Catalog, configured: &[SourceName]) -> Vec<SourceName> {
    let standing = catalog.sets.iter().flat_map(|set| &set.artifacts).filter(|a| a.kind.is_data()).map(|a| &a.source);
    let mut sources: Vec<SourceName> = Vec::new();
    for source in configured.iter().chain(standing) {
        if !sources.contains(source) {
            sources.push(source.clone());
        }
    }
    sources
}

/// The roles of each server. Those of a night on which its databases were lost are the roles of an
/// empty server, and nothing in them says so: the ones stored beside a good database come first,
/// and first those beside which nothing is suspect.
fn roles(store: &Store, catalog: &Catalog, good: &[Good]) -> Vec<Good> {
    let beside_good = |set: &CatalogSet| good.iter().any(|g| g.artifact.kind == Kind::Postgres && g.id == set.id);
    let mut sets: Vec<&CatalogSet> = catalog.sets.iter().rev().collect();
    // Stable: the newest stays first among its like.
    sets.sort_by_key(|set| (!beside_good(set), set.artifacts.iter().any(|a| a.suspect)));
    let mut roles: Vec<Good> = Vec::new();
    for set in sets {
        for artifact in set.artifacts.iter().filter(|a| a.kind == Kind::Globals && a.counts()) {
            if !roles.iter().any(|known| known.artifact.source == artifact.source) {
                roles.extend(Good::read(store, set, artifact));
            }
        }
    }
    roles
}
