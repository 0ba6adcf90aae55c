//! What a drill takes: all of the set that was asked for; else of each configured source the newest
//! artifact that counts, from whichever sets these stand in. As `restore --latest` does, but for what an
//! earlier drill refuted: that is looked into again.

use std::io;

use crate::config::Config;
use crate::domain::id::BackupId;
use crate::domain::manifest::Manifest;
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::selection;
use crate::domain::set::{Catalog, CatalogArtifact, CatalogSet};
use crate::domain::trouble::{Stage, Trouble};
use crate::job::verify;
use crate::store::Store;
use crate::sys::fault;
use crate::sys::lock::FileLock;

/// A set, and the artifacts of it that are taken.
#[derive(Debug)]
pub(super) struct Aim<'c> {
    pub(super) set: &'c CatalogSet,
    pub(super) paths: Vec<&'c str>,
}

/// The sets, oldest first, and the configured sources of which nothing good is stored.
///
/// # Errors
/// Where there is nothing to drill.
pub(super) fn aims<'c>(
    config: &Config,
    catalog: &'c Catalog,
    wanted: Option<&BackupId>,
) -> Result<(Vec<Aim<'c>>, Vec<SourceName>), Trouble> {
    let taken = |set: &'c CatalogSet, is_taken: &dyn Fn(&CatalogArtifact) -> bool| {
        let paths = set.artifacts.iter().filter(|artifact| artifact.kind.is_data() && is_taken(artifact));
        Aim { set, paths: paths.map(|artifact| artifact.path.as_str()).collect() }
    };
    if let Some(id) = wanted {
        let none = || Trouble::lasting(Stage::Find, format!("find set {id}: there is no such set"));
        let set = catalog.get(id).ok_or_else(|| none().hint(Saying::new("hint-no-such-set")))?;
        return Ok((vec![taken(set, &|_| true)], Vec::new()));
    }
    let known = verify::known(config);
    let newest: Vec<_> = known.iter().filter_map(|one| selection::newest_whatever_drills_said(catalog, one)).collect();
    let is_newest = |artifact: &CatalogArtifact| newest.iter().any(|(_, picked)| picked.path == artifact.path);
    let aims = catalog.sets.iter().map(|set| taken(set, &is_newest)).filter(|aim| !aim.paths.is_empty());
    let aims: Vec<Aim<'_>> = aims.collect();
    if aims.is_empty() {
        let none = "none holds anything of the configured sources that is whole and not suspect";
        // What was not seen may well be there.
        let why = catalog.unlisted.first().map_or(none, String::as_str);
        return Err(Trouble::lasting(Stage::Find, format!("find a set to drill: {why}")));
    }
    let is_there = |source: &SourceName| newest.iter().any(|(_, picked)| picked.source == *source);
    let missing = known.iter().map(|(source, _)| source).filter(|source| !is_there(source)).cloned().collect();
    Ok((aims, missing))
}

impl Aim<'_> {
    /// Holds its set against removal.
    pub(super) fn hold(&self, store: &Store) -> Result<FileLock, Trouble> {
        let id = &self.set.id;
        let gone = |why: &str| Trouble::passing(Stage::Find, format!("hold set {id}: {why}"));
        match store.read_lock(id) {
            Ok(Some(held)) => Ok(held),
            Ok(None) => Err(gone("it is being removed")),
            Err(e) => Err(gone(&e.to_string())),
        }
    }

    pub(super) fn manifest(&self, store: &Store) -> Result<Manifest, Trouble> {
        let reading = || format!("read the manifest of set {}", self.set.id);
        store.manifest(&self.set.id).map_err(|e: io::Error| fault::trouble(Stage::Find, &e).while_doing(reading()))
    }
}
