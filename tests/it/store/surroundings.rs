//! The store and what it stands on: locks, modes, groups, file systems that cannot do everything.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::Duration;

use resguardo::config::StoreConfig;
use resguardo::domain::trouble::{Outlook, Stage};
use resguardo::store::Store;
use resguardo::sys::gate::Act;
use resguardo::sys::stop::Stop;
use resguardo::sys::{Sys, fault};
use resguardo::words::Words;
use rustix::io::Errno;
use tempfile::TempDir;

use crate::support::gate::{Fault, FaultGate, sys_behind};
use crate::support::store::{
    NEW, config, faults, id, ids, locked, manifest, names, publish, real_store, store, two_sets,
};

#[test]
fn a_lock_that_is_held_is_waited_for_and_given_up() {
    let dir = two_sets();
    let store = real_store(dir.path());
    let held = locked(&store);
    assert!(store.lock(Duration::from_millis(1), &Stop::new()).unwrap().is_none());
    let staging = held.stage(&id(NEW)).unwrap();
    drop(held);
    assert!(store.lock(Duration::ZERO, &Stop::new()).unwrap().is_none(), "a staging holds the lock");
    drop(staging);
    assert!(store.lock(Duration::ZERO, &Stop::new()).unwrap().is_some());
}

#[test]
fn a_file_where_the_store_should_be_is_told_from_a_store() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("backups");
    fs::write(&file, "").unwrap();
    let store = real_store(&file);
    assert_ne!(store.catalog().unlisted, Vec::<String>::new());
    let trouble = store.lock(Duration::ZERO, &Stop::new()).err().unwrap();
    assert_eq!((trouble.hint.unwrap().key, trouble.outlook), ("hint-no-folder", Outlook::Lasting));
}

#[test]
fn modes_and_group_are_as_configured() {
    let dir = TempDir::new().unwrap();
    // One's own group can be given also without being root.
    let group = rustix::process::getegid().as_raw();
    let config = StoreConfig { group: group.to_string(), ..config(&dir.path().join("backups")) };
    let store = Store::new(&Sys::real(), &config);
    let locked = locked(&store);
    assert_eq!(locked.self_test().unwrap(), []);
    let set = id(NEW);
    let [open, private] = [format!("db/app_{set}.sql.gz"), format!("files/settings_{set}.tar.gz")];
    let staging = locked.stage(&set).unwrap();
    staging.create(&open, false).unwrap().write_all(b"x").unwrap();
    staging.create(&private, true).unwrap().write_all(b"y").unwrap();
    let content = [(open.clone(), b"x".to_vec()), (private.clone(), b"y".to_vec())];
    staging.publish(&manifest(&set, &content)).unwrap();
    locked.write_restore_md("x").unwrap();
    locked.refresh_index().unwrap();
    for (path, mode) in [
        ("", 0o750),
        ("db", 0o750),
        ("files", 0o750),
        ("sets", 0o750),
        (".resguardo", 0o750),
        (".resguardo/lock", 0o640),
        (".resguardo/catalog", 0o640),
        (&format!("sets/{set}.json"), 0o640),
        ("RESTORE.md", 0o640),
        (&open, 0o640),
        (&private, 0o600),
    ] {
        let metadata = fs::metadata(store.dir().join(path)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o7777, mode, "{path:?}");
        assert_eq!(metadata.gid(), group, "{path:?}");
    }
    let unknown = StoreConfig { group: "no such group".to_owned(), ..config };
    let trouble = Store::new(&Sys::real(), &unknown).lock(Duration::ZERO, &Stop::new()).err().unwrap();
    assert_eq!(trouble.hint.unwrap().key, "hint-unknown-group");
}

#[test]
fn a_store_that_cannot_sync_folders_is_warned_of_and_works() {
    for errno in [Errno::INVAL, Errno::NOTSUP] {
        let dir = TempDir::new().unwrap();
        let behind = store(dir.path(), &sys_behind(FaultGate::never(Act::SyncFolder, errno)));
        let locked = locked(&behind);
        let keys: Vec<&str> = locked.self_test().unwrap().iter().map(|saying| saying.key).collect();
        assert_eq!(keys, ["warning-store-folder-sync"]);
        assert!(!behind.state_dir().join("self-test").exists());
        publish(&locked, &id(NEW)).unwrap();
        assert_eq!(faults(&behind), Vec::<String>::new());
        assert_eq!(ids(&behind), [NEW]);
    }
}

#[test]
fn a_read_only_store_is_told_at_whatever_act_it_shows() {
    let dir = TempDir::new().unwrap();
    let gate = FaultGate::counting();
    locked(&store(dir.path(), &sys_behind(gate.clone()))).self_test().unwrap();
    assert_eq!(names(&dir.path().join(".resguardo")), ["lock"]);
    for nth in 1..=gate.count() {
        let dir = TempDir::new().unwrap();
        let behind = store(dir.path(), &sys_behind(FaultGate::at(nth, Fault::Error(Errno::ROFS))));
        let ended = behind.lock(Duration::ZERO, &Stop::new()).and_then(|locked| locked.unwrap().self_test());
        let Err(trouble) = ended else { panic!("act {nth} failed and was not told: {:?}", gate.seen()[nth - 1]) };
        assert_eq!((trouble.hint.unwrap().key, trouble.outlook), ("hint-read-only", Outlook::Lasting), "act {nth}");
    }
}

#[test]
fn every_fault_of_the_system_has_its_sentence() {
    let words = Words::english();
    let said: BTreeSet<String> = (1..134)
        .filter_map(|raw| fault::trouble(Stage::Write, &std::io::Error::from_raw_os_error(raw)).hint)
        .map(|hint| {
            assert_ne!(words.say(&hint), hint.key);
            words.say(&hint)
        })
        .collect();
    assert_eq!(said.len(), 10, "{said:#?}");
}
