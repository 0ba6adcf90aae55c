//! The catalog of a store, always made anew from what stands there. It takes no lock, so it reads
//! in an order in which a set that is being published or removed is whole, or absent.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::adopt;
use super::index::{Index, Stamps};
use super::layout::{Layout, Mark};
use super::listing::{self, Listing, Stamp};
use super::manifests;
use crate::domain::artifact::FOLDERS;
use crate::domain::id::BackupId;
use crate::domain::manifest::{Artifact, Manifest};
use crate::domain::report::Outcome;
use crate::domain::set::{AdoptedFile, Catalog, CatalogArtifact, CatalogSet};
use crate::sys::regular;

/// A finding is a few lines.
const MARK_BYTES_MAX: u64 = 1024 * 1024;

/// Reads the catalog. What the index knows of an unchanged set is not read again.
///
/// The order matters, since a run may publish or remove sets meanwhile. Artifacts are listed
/// first: a set whose manifest is then found had them in place before. Names are hidden by what
/// stands under `partial/` and `expired/` both before and after the manifests are read, so that
/// no artifact on its way in or out is taken for an adopted file.
pub(super) fn read(layout: &Layout, index: &mut Index) -> Catalog {
    let mut unlisted = Vec::new();
    let folders: Folders = std::thread::scope(|scope| {
        // The largest file and the largest folder, side by side.
        scope.spawn(|| index.load_once(&layout.index()));
        FOLDERS.into_iter().map(|folder| (folder, listing::list(&layout.dir.join(folder), &mut unlisted))).collect()
    });
    let mut hidden = hidden_ids(layout, &mut unlisted);
    let beside = listing::list(&layout.sets(), &mut unlisted);
    let mut sets = read_sets(layout, index, &beside, &folders, &mut unlisted);
    hidden.extend(hidden_ids(layout, &mut unlisted));
    let mut adopted = adopted_files(layout, &folders, &sets, &hidden);
    let lost = lost_ids(layout, &beside, &sets, &hidden, &adopted);
    adopted.retain(|file| file.id.as_ref().is_none_or(|id| !lost.contains(id)));
    sets.extend(lost.iter().map(|id| with_presence(layout, unreadable(id), &beside, &folders)));
    sets.sort_by(|a, b| (a.started_at, &a.id).cmp(&(b.started_at, &b.id)));
    // Some folders are listed twice.
    let mut told = HashSet::new();
    unlisted.retain(|trouble| told.insert(trouble.clone()));
    Catalog { sets, adopted, unlisted, as_of: None }
}

/// Every folder the catalog is read from, as it stands now.
pub(super) fn folder_stamps(layout: &Layout) -> Vec<Option<Stamp>> {
    let artifacts = FOLDERS.map(|folder| layout.dir.join(folder));
    let staged = FOLDERS.map(|folder| layout.staged_beside(folder));
    let others = [layout.sets(), layout.partial(), layout.expired()];
    artifacts.iter().chain(&staged).chain(&others).map(|folder| listing::stamp_of(folder)).collect()
}

/// The listings of the folders that hold artifacts.
type Folders = HashMap<&'static str, Listing>;

/// The id of every manifest in `sets/`, by its file's name.
pub(super) fn set_id(file_name: &str) -> Option<BackupId> {
    BackupId::parse(file_name.strip_suffix(".json")?).ok()
}

/// The id of every mark in `sets/`, by its file's name.
pub(super) fn marked_id(file_name: &str) -> Option<BackupId> {
    let id = Mark::ALL.iter().find_map(|mark| file_name.strip_suffix(mark.ending()))?;
    BackupId::parse(id).ok()
}

/// The ids on their way in or out.
pub(super) fn hidden_ids(layout: &Layout, unlisted: &mut Vec<String>) -> BTreeSet<BackupId> {
    let staged = [layout.partial()].into_iter().chain(FOLDERS.map(|folder| layout.staged_beside(folder)));
    let mut ids: BTreeSet<BackupId> = staged
        .flat_map(|folder| listing::list(&folder, unlisted).into_keys())
        .filter_map(|name| BackupId::parse(&name).ok())
        .collect();
    ids.extend(listing::list(&layout.expired(), unlisted).keys().filter_map(|name| set_id(name)));
    ids
}

fn read_sets(
    layout: &Layout,
    index: &mut Index,
    beside: &Listing,
    folders: &Folders,
    unlisted: &mut Vec<String>,
) -> Vec<CatalogSet> {
    let mut sets = Vec::new();
    for id in beside.keys().filter_map(|name| set_id(name)) {
        let stamps: Stamps = [".json", Mark::Verify.ending(), Mark::Drill.ending()]
            .map(|ending| beside.get(&format!("{id}{ending}")).map(|entry| entry.stamp));
        let set = match index.get(&id, &stamps) {
            Some(known) => known.clone(),
            None => match read_set(layout, &id) {
                Ok(set) => {
                    index.remember(stamps, set.clone());
                    set
                }
                // Removed since it was listed.
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => {
                    if e.kind() != io::ErrorKind::InvalidData {
                        unlisted.push(e.to_string());
                    }
                    unreadable(&id)
                }
            },
        };
        sets.push(with_presence(layout, set, beside, folders));
    }
    index.retain(|id| beside.contains_key(&format!("{id}.json")));
    sets
}

/// The ids of sets whose manifest is lost: a mark beside it, or a file that only we write (the
/// properties of a database, a server's roles), says that there was one. They are damaged sets of
/// ours, and none of their files is adopted, for adopted files expire.
fn lost_ids(
    layout: &Layout,
    beside: &Listing,
    sets: &[CatalogSet],
    hidden: &BTreeSet<BackupId>,
    adopted: &[AdoptedFile],
) -> BTreeSet<BackupId> {
    let known: HashSet<&BackupId> = sets.iter().map(|set| &set.id).chain(hidden).collect();
    let marked = beside
        .keys()
        .filter_map(|name| Some((name, marked_id(name)?)))
        .filter(|(_, id)| !known.contains(id))
        // One that went while we looked was a mark of a set being removed.
        .filter(|(name, _)| layout.sets().join(name).symlink_metadata().is_ok())
        .map(|(_, id)| id);
    let companions = adopted.iter().filter(|file| !file.kind.is_data()).filter_map(|file| file.id.clone());
    marked.chain(companions).collect()
}

/// The facts of a set as its files tell them; presence, pin and acceptance come from the listings.
fn read_set(layout: &Layout, id: &BackupId) -> io::Result<CatalogSet> {
    let manifest = manifests::read(&layout.manifest(id), id)?;
    Ok(CatalogSet {
        artifacts: manifest.artifacts.iter().map(summary).collect(),
        verified_at: good_finding(layout, id, Mark::Verify),
        drilled_at: good_finding(layout, id, Mark::Drill),
        ..set_of(manifest)
    })
}

fn set_of(manifest: Manifest) -> CatalogSet {
    CatalogSet {
        id: manifest.id,
        outcome: manifest.outcome,
        label: manifest.label,
        started_at: manifest.started_at,
        ended_at: manifest.ended_at,
        depends_on: manifest.depends_on,
        artifacts: Vec::new(),
        pinned: false,
        accepted: false,
        verified_at: None,
        drilled_at: None,
        unreadable: false,
    }
}

fn summary(artifact: &Artifact) -> CatalogArtifact {
    let content = artifact.facts.archive.as_ref().map(|archive| &archive.content);
    // A duration out of reason, from a damaged manifest, counts as none.
    let duration = Duration::try_from_secs_f64(artifact.duration_seconds).ok();
    let duration = duration.and_then(|d| TimeDelta::from_std(d).ok()).unwrap_or_default();
    CatalogArtifact {
        source: artifact.source.clone(),
        kind: artifact.kind,
        path: artifact.path.clone(),
        size_bytes: artifact.size_bytes,
        raw_bytes: artifact.raw_bytes,
        ended_at: artifact.started_at.checked_add_signed(duration).unwrap_or(artifact.started_at),
        complete: artifact.complete,
        present: false,
        user_tables: artifact.facts.user_tables(),
        rows: artifact.facts.rows(),
        entries: content.map(|c| c.files + c.directories + c.links + c.hard_links),
        suspect: false,
    }
}

/// A set whose manifest is lost or cannot be read as one: all that is known of it is the id in its
/// name, whose local time is taken as it stands, good enough to sort by.
fn unreadable(id: &BackupId) -> CatalogSet {
    let started_at = id.local().and_utc();
    CatalogSet {
        id: id.clone(),
        outcome: Outcome::Partial,
        label: None,
        started_at,
        ended_at: started_at,
        depends_on: Vec::new(),
        artifacts: Vec::new(),
        pinned: false,
        accepted: false,
        verified_at: None,
        drilled_at: None,
        unreadable: true,
    }
}

/// When a verify or drill found the set good; `None` where the last one did not.
fn good_finding(layout: &Layout, id: &BackupId, mark: Mark) -> Option<DateTime<Utc>> {
    #[derive(Deserialize)]
    struct Finding {
        #[serde(alias = "verified_at", alias = "drilled_at")]
        at: DateTime<Utc>,
        ok: bool,
    }
    // A finding that cannot be read proves nothing, which is what `None` says.
    let bytes = regular::read(&layout.mark(id, mark), MARK_BYTES_MAX).ok()?;
    let finding: Finding = serde_json::from_slice(&bytes).ok()?;
    finding.ok.then_some(finding.at)
}

fn with_presence(layout: &Layout, mut set: CatalogSet, beside: &Listing, folders: &Folders) -> CatalogSet {
    set.pinned = beside.contains_key(&format!("{}{}", set.id, Mark::Pin.ending()));
    set.accepted = beside.contains_key(&format!("{}{}", set.id, Mark::Accept.ending()));
    for artifact in &mut set.artifacts {
        let listed = artifact.path.split_once('/').and_then(|(folder, name)| folders.get(folder)?.get(name));
        // One that was published after its folder was listed is asked for by itself.
        let size_bytes = match listed {
            Some(entry) => entry.size_bytes(),
            None => listing::size_of(&layout.artifact(&artifact.path)),
        };
        artifact.present = size_bytes == Some(artifact.size_bytes);
    }
    set
}

/// The files that no set names. Those that carry the id of a set whose manifest cannot be read
/// are that set's, and those of a hidden id are on their way.
fn adopted_files(
    layout: &Layout,
    folders: &Folders,
    sets: &[CatalogSet],
    hidden: &BTreeSet<BackupId>,
) -> Vec<AdoptedFile> {
    let unreadable = sets.iter().filter(|set| set.unreadable).map(|set| &set.id);
    let passed_over: HashSet<&BackupId> = hidden.iter().chain(unreadable).collect();
    let named: HashSet<&str> = sets.iter().flat_map(|set| &set.artifacts).map(|a| a.path.as_str()).collect();
    let mut adopted: Vec<AdoptedFile> = adopt::FOLDERS
        .into_iter()
        .filter_map(|folder| folders.get(folder).map(|listing| (folder, listing)))
        .flat_map(|(folder, listing)| listing.iter().map(move |(name, entry)| (folder, name, entry)))
        .filter_map(|(folder, name, entry)| adopt::adopted(folder, name, entry.size_bytes()?))
        .filter(|file| !named.contains(file.path.as_str()))
        .filter(|file| file.id.as_ref().is_none_or(|id| !passed_over.contains(id)))
        // One that went while we looked was an artifact of a set being removed.
        .filter(|file| listing::size_of(&layout.artifact(&file.path)).is_some())
        .collect();
    adopted.sort_by(|a, b| a.path.cmp(&b.path));
    adopted
}
