//! Stores for tests: sets of known content, and what must hold of every store at every moment.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use resguardo::config::StoreConfig;
use resguardo::domain::artifact::{Compression, Kind, parse_file_name};
use resguardo::domain::id::BackupId;
use resguardo::domain::manifest::{Artifact, Facts, Manifest, VERSION};
use resguardo::domain::report::Outcome;
use resguardo::domain::set::{CatalogSet, SetState};
use resguardo::domain::trouble::Trouble;
use resguardo::store::{LockedStore, Store};
use resguardo::sys::Sys;
use resguardo::sys::stop::Stop;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::folder;

pub(crate) fn config(dir: &Path) -> StoreConfig {
    StoreConfig { dir: dir.to_owned(), log_dir: dir.join("logs"), group: String::new(), single_host: false }
}

pub(crate) fn store(dir: &Path, sys: &Sys) -> Store {
    Store::new(sys, &config(dir))
}

/// A store through doors that stand open.
pub(crate) fn real_store(dir: &Path) -> Store {
    store(dir, &Sys::real())
}

/// The lock, which nobody else holds.
pub(crate) fn locked(store: &Store) -> LockedStore {
    store.lock(Duration::ZERO, &Stop::new()).unwrap().unwrap()
}

pub(crate) fn id(text: &str) -> BackupId {
    BackupId::parse(text).unwrap()
}

/// The artifacts of a set by path and content: a database and a folder.
pub(crate) fn content(id: &BackupId) -> Vec<(String, Vec<u8>)> {
    vec![
        (format!("db/app_{id}.sql.gz"), format!("rows of {id}").repeat(100).into_bytes()),
        (format!("media/media_{id}.tar.gz"), format!("photos of {id}").repeat(300).into_bytes()),
    ]
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

pub(crate) fn manifest(id: &BackupId, content: &[(String, Vec<u8>)]) -> Manifest {
    let started_at = id.local().and_utc();
    Manifest {
        version: VERSION,
        id: id.clone(),
        outcome: Outcome::Succeeded,
        started_at,
        ended_at: started_at + Duration::from_secs(5),
        timezone: "UTC".to_owned(),
        host: "test".to_owned(),
        tool_version: "0".to_owned(),
        label: None,
        depends_on: Vec::new(),
        copies: Vec::new(),
        artifacts: content.iter().map(|(path, bytes)| artifact(path, bytes, started_at)).collect(),
        failed: Vec::new(),
    }
}

fn artifact(path: &str, bytes: &[u8], started_at: DateTime<Utc>) -> Artifact {
    let (folder, name) = path.split_once('/').unwrap();
    Artifact {
        source: parse_file_name(name).unwrap().0,
        kind: if folder == "db" { Kind::Postgres } else { Kind::Media },
        path: path.to_owned(),
        size_bytes: bytes.len() as u64,
        raw_bytes: bytes.len() as u64,
        digest: digest(bytes),
        compression: Compression::Gzip,
        encryption: None,
        started_at,
        duration_seconds: 2.5,
        complete: true,
        facts: Facts::default(),
    }
}

/// Stages and publishes a set, as a run does.
pub(crate) fn publish(locked: &LockedStore, id: &BackupId) -> Result<(), Trouble> {
    let content = content(id);
    publish_as(locked, &manifest(id, &content), &content)
}

/// The same of a set that its manifest tells.
pub(crate) fn publish_as(
    locked: &LockedStore,
    manifest: &Manifest,
    content: &[(String, Vec<u8>)],
) -> Result<(), Trouble> {
    let staging = locked.stage(&manifest.id)?;
    for (path, bytes) in content {
        let mut file = staging.create(path, false)?;
        let io = |e: std::io::Error| resguardo::sys::fault::trouble(resguardo::domain::trouble::Stage::Write, &e);
        file.write_all(bytes).map_err(io)?;
        file.sync().map_err(io)?;
    }
    staging.publish(manifest)
}

/// What is wrong with what a reader sees now: every set listed is whole to the last byte, and no
/// piece of one lies about as if it were an adopted file.
pub(crate) fn faults(store: &Store) -> Vec<String> {
    let catalog = store.catalog();
    let mut faults: Vec<String> = catalog.unlisted.clone();
    faults.extend(catalog.adopted.iter().map(|file| format!("{} looks adopted", file.path)));
    for set in &catalog.sets {
        if set.state() != SetState::Complete {
            faults.push(format!("{} is {:?}", set.id, set.state()));
            continue;
        }
        for artifact in store.manifest(&set.id).unwrap().artifacts {
            let mut bytes = Vec::new();
            store.open_artifact(&artifact.path).unwrap().read_to_end(&mut bytes).unwrap();
            if digest(&bytes) != artifact.digest {
                faults.push(format!("{} has another digest", artifact.path));
            }
        }
    }
    faults
}

/// The ids that stand, oldest first.
pub(crate) fn ids(store: &Store) -> Vec<String> {
    store.catalog().sets.iter().map(|set| set.id.to_string()).collect()
}

/// The names in a folder; none where it is not there.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub(crate) const KEPT: &str = "20241110_030000";
pub(crate) const EXPIRED: &str = "20241111_030000";
pub(crate) const NEW: &str = "20241112_030000";

/// A store that holds two sets, the second of them pinned. It lies in memory: the tests that break
/// it make it a thousand times, and wait for no disk.
pub(crate) fn two_sets() -> TempDir {
    let dir = folder::in_memory();
    let locked = locked(&real_store(dir.path()));
    publish(&locked, &id(KEPT)).unwrap();
    publish(&locked, &id(EXPIRED)).unwrap();
    locked.pin(&id(EXPIRED), None).unwrap();
    dir
}

/// How the sets of a store stand, oldest first, to a reader that remembers nothing.
pub(crate) fn states(dir: &Path) -> Vec<SetState> {
    real_store(dir).catalog().sets.iter().map(CatalogSet::state).collect()
}
