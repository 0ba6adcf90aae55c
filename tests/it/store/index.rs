//! The index is only a cache: whatever becomes of it, the catalog is the same.

use std::fs;

use resguardo::domain::set::{Catalog, SetState};
use tempfile::TempDir;

use crate::support::store::{
    EXPIRED, KEPT, NEW, content, faults, id, ids, locked, publish, real_store, states, two_sets,
};

const INDEX: &str = ".resguardo/catalog";

/// The catalog, whenever it was looked at.
fn listed(dir: &TempDir) -> Catalog {
    Catalog { as_of: None, ..real_store(dir.path()).catalog() }
}

#[test]
fn whatever_the_index_holds_the_catalog_is_the_same() {
    let dir = two_sets();
    let index = dir.path().join(INDEX);
    let expected = listed(&dir);
    assert_eq!(expected.sets.len(), 2);
    locked(&real_store(dir.path())).refresh_index().unwrap();
    let whole = fs::read(&index).unwrap();
    assert_eq!(listed(&dir), expected, "with the index");
    for n in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[n] ^= 1;
        fs::write(&index, &flipped).unwrap();
        assert_eq!(listed(&dir), expected, "byte {n} flipped");
        fs::write(&index, &whole[..n]).unwrap();
        assert_eq!(listed(&dir), expected, "cut at byte {n}");
    }
    fs::write(&index, vec![b'x'; 100_000]).unwrap();
    assert_eq!(listed(&dir), expected, "garbage");
    fs::remove_file(&index).unwrap();
    assert_eq!(listed(&dir), expected, "no index");
}

#[test]
fn an_index_that_is_behind_costs_a_reading_and_no_more() {
    let dir = two_sets();
    locked(&real_store(dir.path())).refresh_index().unwrap();
    let behind = fs::read(dir.path().join(INDEX)).unwrap();
    let store = real_store(dir.path());
    publish(&locked(&store), &id(NEW)).unwrap();
    locked(&store).expire(&id(EXPIRED)).unwrap();
    assert_eq!(fs::read(dir.path().join(INDEX)).unwrap(), behind);
    assert_eq!(ids(&real_store(dir.path())), [KEPT, NEW]);
    assert_eq!(faults(&real_store(dir.path())), Vec::<String>::new());
}

/// A manifest made unreadable under its old stamp shows whether it was read again.
#[test]
fn an_unchanged_manifest_is_not_read_again() {
    let dir = two_sets();
    locked(&real_store(dir.path())).refresh_index().unwrap();
    let manifest = dir.path().join(format!("sets/{KEPT}.json"));
    let before = fs::metadata(&manifest).unwrap();
    let blank = b" ".repeat(usize::try_from(before.len()).unwrap());
    fs::write(&manifest, blank).unwrap();
    fs::File::options().write(true).open(&manifest).unwrap().set_modified(before.modified().unwrap()).unwrap();
    assert_eq!(states(dir.path()), [SetState::Complete, SetState::Complete]);
    fs::remove_file(dir.path().join(INDEX)).unwrap();
    assert_eq!(states(dir.path()), [SetState::Damaged, SetState::Complete]);
}

/// Presence is never the index's word.
#[test]
fn an_artifact_deleted_by_hand_is_missed_at_once() {
    let dir = two_sets();
    let store = real_store(dir.path());
    locked(&store).refresh_index().unwrap();
    assert_eq!(states(dir.path()), [SetState::Complete; 2]);
    fs::remove_file(dir.path().join(&content(&id(KEPT))[1].0)).unwrap();
    assert_eq!(states(dir.path()), [SetState::Damaged, SetState::Complete]);
    assert_eq!(store.catalog().sets[0].state(), SetState::Damaged, "by a reader that remembers");
}
