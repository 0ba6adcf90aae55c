//! The catalog of a store, always made anew from what stands there. It takes no lock, so it reads
//! in an order in which a set that is being published or removed is whole, or absent.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use std::thread;
use std::time::Duration;

use chrono::TimeDelta;
use rustix::fs::Access;
use rustix::io::Errno;
use serde::de::DeserializeOwned;

use super::adopt;
use super::beside::{self, Beside, set_id};
use super::index::{Index, Stamps};
use super::layout::{Layout, Mark};
use super::listing::{self, Entry, Listing, Names, Stamp};
use super::manifests;
use crate::domain::artifact::FOLDERS;
use crate::domain::drill::DrillFindings;
use crate::domain::finding::{AdoptedFindings, Finding};
use crate::domain::id::BackupId;
use crate::domain::manifest::{ArchiveContent, Artifact, Manifest};
use crate::domain::report::Outcome;
use crate::domain::set::{AdoptedFile, Catalog, CatalogArtifact, CatalogSet, Verified};
use crate::sys::{regular, rights};

/// A finding is a line for each artifact of its set, what drills found a page for each source.
const MARK_BYTES_MAX: u64 = 1024 * 1024;

/// Reads the catalog. What the index knows of an unchanged set is not read again.
///
/// The order matters, since a run may publish or remove sets meanwhile. Artifacts are listed
/// first: a set whose manifest is then found had them in place before. One that lacks an artifact
/// is asked for once more, since its manifest goes before them. Names are hidden by what stands
/// under `partial/` and `expired/` both before and after the manifests are read, so that no
/// artifact on its way in or out is taken for an adopted file.
pub(super) fn read(layout: &Layout, index: &mut Index) -> Catalog {
    let mut unlisted = Vec::new();
    let named = thread::scope(|scope| {
        let named = scope.spawn(|| names_of_artifacts(layout));
        index.load_once(&layout.index());
        named.join()
    });
    let (named, missed) = named.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked));
    unlisted.extend(missed);
    let mut hidden = hidden_ids(layout, &mut unlisted);
    let (mut folders, beside) = look(&named, &Names::of(&layout.sets(), &mut unlisted), &mut unlisted);
    let mut barred = Barred { layout, paths: Vec::new() };
    let mut sets = read_sets(layout, index, &beside, &mut folders, &mut barred, &mut unlisted);
    hidden.extend(hidden_ids(layout, &mut unlisted));
    let mut adopted = adopted_files(layout, folders, &sets, &hidden, &mut barred);
    let lost = lost_ids(layout, &beside, &sets, &hidden, &adopted);
    adopted.retain(|file| file.id.as_ref().is_none_or(|id| !lost.contains(id)));
    sets.extend(lost.iter().map(|id| marked(unreadable(id), beside.get(id))));
    sets.sort_by(|a, b| (a.started_at, &a.id).cmp(&(b.started_at, &b.id)));
    // Some folders are listed twice.
    let mut told = HashSet::new();
    unlisted.retain(|trouble| told.insert(trouble.clone()));
    Catalog { sets, adopted, unlisted, barred: barred.paths, as_of: None }
}

/// The files that we may not read.
struct Barred<'a> {
    layout: &'a Layout,
    paths: Vec<String>,
}

impl Barred<'_> {
    /// Takes note of a file by its path in the store. What owner and mode forbid may be allowed all the
    /// same: then the system is asked, of that file alone.
    fn look(&mut self, entry: Entry, path: impl FnOnce() -> String) {
        if entry.readable || !entry.regular {
            return;
        }
        let path = path();
        if rights::may(&self.layout.artifact(&path), Access::READ_OK) == Err(Errno::ACCESS) {
            self.paths.push(path);
        }
    }
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

/// What the folders for artifacts hold, by name, and what of them could not be listed.
fn names_of_artifacts(layout: &Layout) -> (Vec<(&'static str, Names)>, Vec<String>) {
    let mut missed = Vec::new();
    let named = FOLDERS.map(|folder| (folder, Names::of(&layout.dir.join(folder), &mut missed)));
    (named.into(), missed)
}

/// Looks at what stands under all names: artifacts on one side, manifests and marks on the other.
fn look(
    named: &[(&'static str, Names)],
    in_sets: &Names,
    unlisted: &mut Vec<String>,
) -> (Folders, BTreeMap<BackupId, Beside>) {
    let mut missed = Vec::new();
    let (folders, beside) = thread::scope(|scope| {
        let beside = scope.spawn(|| beside::by_id(&in_sets.look(&mut missed)));
        let folders = named.iter().map(|(folder, names)| (*folder, names.look(unlisted))).collect();
        (folders, beside.join().unwrap_or_else(|panicked| std::panic::resume_unwind(panicked)))
    });
    unlisted.extend(missed);
    (folders, beside)
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

/// Reads every set that has a manifest, and takes its artifacts out of the listings: what is left
/// there no set names.
fn read_sets(
    layout: &Layout,
    index: &mut Index,
    all_beside: &BTreeMap<BackupId, Beside>,
    folders: &mut Folders,
    barred: &mut Barred<'_>,
    unlisted: &mut Vec<String>,
) -> Vec<CatalogSet> {
    let mut sets = Vec::with_capacity(all_beside.len());
    for (id, beside) in all_beside.iter().filter(|(_, beside)| beside.manifest.is_some()) {
        beside.manifest.into_iter().for_each(|entry| barred.look(entry, || format!("sets/{id}.json")));
        let read_from = [beside.manifest, beside.mark(Mark::Verify), beside.mark(Mark::Drill)];
        let stamps: Stamps = read_from.map(|file| file.map(|entry| entry.stamp));
        let set = match index.get(id, &stamps) {
            Some(known) => known.clone(),
            None => match read_set(layout, id) {
                Ok(set) => {
                    index.remember(stamps, set.clone());
                    set
                }
                // Removed since it was listed.
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => {
                    let is_told = e.kind() == io::ErrorKind::PermissionDenied && barred.paths.len() > 1;
                    if e.kind() != io::ErrorKind::InvalidData && !is_told {
                        unlisted.push(e.to_string());
                    }
                    unreadable(id)
                }
            },
        };
        let set = with_presence(layout, marked(set, Some(beside)), folders, barred);
        let is_whole = set.artifacts.iter().all(|artifact| artifact.present);
        // One that is being removed has lost its manifest first.
        if is_whole || layout.manifest(id).symlink_metadata().is_ok() {
            sets.push(set);
        }
    }
    // Where all that is known was found there is nothing to forget.
    if index.len() > sets.len() {
        index.retain(|id| all_beside.get(id).is_some_and(|beside| beside.manifest.is_some()));
    }
    sets
}

/// The ids of sets whose manifest is lost: a mark beside it, or a file that only we write (the
/// properties of a database, a server's roles), says that there was one. They are damaged sets of
/// ours, and none of their files is adopted, for adopted files expire.
fn lost_ids(
    layout: &Layout,
    beside: &BTreeMap<BackupId, Beside>,
    sets: &[CatalogSet],
    hidden: &BTreeSet<BackupId>,
    adopted: &[AdoptedFile],
) -> BTreeSet<BackupId> {
    let known: HashSet<&BackupId> = sets.iter().map(|set| &set.id).chain(hidden).collect();
    let marked = beside
        .iter()
        .filter(|(id, _)| !known.contains(id))
        // Those that went while we looked were marks of a set being removed.
        .filter(|(id, beside)| beside.marks().any(|mark| layout.mark(id, mark).symlink_metadata().is_ok()))
        .map(|(id, _)| id.clone());
    let companions = adopted.iter().filter(|file| !file.kind.is_data()).filter_map(|file| file.id.clone());
    marked.chain(companions).collect()
}

/// The facts of a set as its files tell them; presence, pin and acceptance come from the listings.
fn read_set(layout: &Layout, id: &BackupId) -> io::Result<CatalogSet> {
    let manifest = manifests::read(&layout.manifest(id), id)?;
    let finding: Option<Finding> = read_mark(layout, id, Mark::Verify);
    let drill: Option<DrillFindings> = read_mark(layout, id, Mark::Drill);
    let judged = |artifact| {
        let summary = summary(artifact);
        let verify = finding.as_ref().and_then(|finding| finding.of(&summary.path));
        let drill = drill.as_ref().and_then(|drill| drill.of(&summary.source, summary.kind));
        CatalogArtifact { verify, drill, ..summary }
    };
    Ok(CatalogSet { artifacts: manifest.artifacts.iter().map(judged).collect(), ..set_of(manifest) })
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
        entries: content.map(ArchiveContent::files_and_links),
        verify: None,
        drill: None,
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
        unreadable: true,
    }
}

/// A finding that cannot be read proves nothing, which is what `None` says.
pub(super) fn read_mark<T: DeserializeOwned>(layout: &Layout, id: &BackupId, mark: Mark) -> Option<T> {
    let bytes = regular::read(&layout.mark(id, mark), MARK_BYTES_MAX).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn marked(set: CatalogSet, beside: Option<&Beside>) -> CatalogSet {
    let has = |mark| beside.is_some_and(|beside| beside.mark(mark).is_some());
    CatalogSet { pinned: has(Mark::Pin), accepted: has(Mark::Accept), ..set }
}

/// Whether each artifact is there, by the listings it is taken out of.
fn with_presence(layout: &Layout, mut set: CatalogSet, folders: &mut Folders, barred: &mut Barred<'_>) -> CatalogSet {
    for artifact in &mut set.artifacts {
        let listed = artifact.path.split_once('/').and_then(|(folder, name)| folders.get_mut(folder)?.remove(name));
        // One that was published after its folder was listed is asked for by itself.
        let size_bytes = match listed {
            Some(entry) => {
                barred.look(entry, || artifact.path.clone());
                entry.size_bytes()
            }
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
    left: Folders,
    sets: &[CatalogSet],
    hidden: &BTreeSet<BackupId>,
    barred: &mut Barred<'_>,
) -> Vec<AdoptedFile> {
    let unreadable = sets.iter().filter(|set| set.unreadable).map(|set| &set.id);
    let passed_over: HashSet<&BackupId> = hidden.iter().chain(unreadable).collect();
    let mut adopted: Vec<AdoptedFile> = left
        .into_iter()
        .filter(|(folder, _)| adopt::FOLDERS.contains(folder))
        .flat_map(|(folder, listing)| listing.into_iter().map(move |(name, entry)| (folder, name, entry)))
        .filter_map(|(folder, name, entry)| Some((adopt::adopted(folder, &name, entry.size_bytes()?)?, entry)))
        .inspect(|(file, entry)| barred.look(*entry, || file.path.clone()))
        .map(|(file, _)| file)
        .filter(|file| file.id.as_ref().is_none_or(|id| !passed_over.contains(id)))
        // One that went while we looked was an artifact of a set being removed.
        .filter(|file| listing::size_of(&layout.artifact(&file.path)).is_some())
        .collect();
    adopted.sort_by(|a, b| a.path.cmp(&b.path));
    let findings = if adopted.is_empty() { AdoptedFindings::default() } else { adopted_findings(layout) };
    for file in &mut adopted {
        file.verify = found(layout, &findings, &file.path);
    }
    adopted
}

/// What verifies found of adopted files; nothing where that cannot be read.
pub(super) fn adopted_findings(layout: &Layout) -> AdoptedFindings {
    let bytes = regular::read(&layout.adopted_findings(), MARK_BYTES_MAX).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// What was found of the file that stands there; nothing of one that another has taken the place of.
fn found(layout: &Layout, findings: &AdoptedFindings, path: &str) -> Option<Verified> {
    let finding = findings.files.get(path)?;
    let stands = layout.artifact(path).symlink_metadata().ok()?;
    let is_it = stands.len() == finding.size_bytes && stands.modified().ok()? == finding.modified_at.into();
    is_it.then_some(Verified { at: finding.at, ok: finding.ok })
}
