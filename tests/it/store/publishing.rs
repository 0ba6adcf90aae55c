//! The store on real disks: a set is absent or whole, whatever breaks and whenever it does.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use resguardo::domain::saying::Saying;
use resguardo::domain::trouble::{Outlook, Stage, Trouble};
use resguardo::store::{LockedStore, Recovered};
use resguardo::sys::gate::Act;
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::io::Errno;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::support::gate::{Fault, FaultGate, WatchGate, sys_behind};
use crate::support::store::{
    EXPIRED, KEPT, NEW, content, faults, id, ids, locked, manifest, names, publish, real_store, store, two_sets,
};

/// A run's whole way through the store: recover, publish, remove, tidy up.
fn story(locked: &LockedStore) -> Result<(), Trouble> {
    locked.recover()?;
    publish(locked, &id(NEW))?;
    locked.write_restore_md("how to restore\n")?;
    locked.expire(&id(EXPIRED))?;
    // As a run does: the index is only a cache.
    let _cache = locked.refresh_index();
    Ok(())
}

fn story_behind(gate: Arc<FaultGate>, dir: &Path) -> Result<(), Trouble> {
    match store(dir, &sys_behind(gate)).lock(Duration::ZERO, &Stop::new())? {
        Some(locked) => story(&locked),
        None => Err(Trouble::passing(Stage::Lock, "the lock is held")),
    }
}

/// What must hold after any end of the story, at the start of the next run.
fn check_recovered(dir: &Path, what_befell: &str) {
    let before = faults(&real_store(dir));
    assert_eq!(before, Vec::<String>::new(), "{what_befell}, before recovery");
    let store = real_store(dir);
    locked(&store).recover().unwrap_or_else(|e| panic!("{what_befell}: recover: {e}"));
    assert_eq!(faults(&store), Vec::<String>::new(), "{what_befell}");
    let standing = ids(&store);
    assert!(standing.contains(&KEPT.to_owned()), "{what_befell}: {standing:?}");
    for left in ["partial", "expired"] {
        assert_eq!(names(&store.state_dir().join(left)), Vec::<String>::new(), "{what_befell}: {left}");
    }
    let of_sets: BTreeSet<PathBuf> =
        standing.iter().flat_map(|i| content(&id(i))).map(|(path, _)| dir.join(path)).collect();
    let on_disk: BTreeSet<PathBuf> = ["db", "media"]
        .into_iter()
        .flat_map(|folder| names(&dir.join(folder)).into_iter().map(move |name| dir.join(folder).join(name)))
        .collect();
    assert_eq!(on_disk, of_sets, "{what_befell}");
    assert!(!dir.join("sets").join(format!("{EXPIRED}.pin")).exists() || standing.contains(&EXPIRED.to_owned()));
}

fn acts_of_the_story() -> usize {
    let dir = two_sets();
    let gate = FaultGate::counting();
    story_behind(gate.clone(), dir.path()).unwrap();
    assert_eq!(ids(&real_store(dir.path())), [KEPT, NEW]);
    assert!(gate.count() > 30, "{:#?}", gate.seen());
    gate.count()
}

#[rstest]
#[case::full_disk(Errno::NOSPC)]
#[case::dying_disk(Errno::IO)]
fn a_failure_at_any_act_leaves_every_set_whole(#[case] errno: Errno) {
    for nth in 1..=acts_of_the_story() {
        for fault in [Fault::Error(errno), Fault::ErrorFromThere(errno)] {
            let dir = two_sets();
            let gate = FaultGate::at(nth, fault);
            let ended = story_behind(gate.clone(), dir.path());
            let what_befell = format!("{fault:?} at act {nth}, {:?}", gate.seen().get(nth - 1));
            if let Err(trouble) = &ended {
                assert!(trouble.hint.is_some(), "{what_befell}: no hint: {trouble}");
                assert_eq!(trouble.outlook, Outlook::Passing, "{what_befell}");
            } else {
                assert_eq!(ids(&real_store(dir.path())), [KEPT, NEW], "{what_befell}");
            }
            check_recovered(dir.path(), &what_befell);
        }
    }
}

/// The parent runs this very test as its child, which finds the number of its last act and the
/// store in the environment.
#[test]
fn a_kill_at_any_act_leaves_every_set_whole() {
    const NTH: &str = "TEST_KILL_AT";
    const DIR: &str = "TEST_STORE";
    if let (Ok(nth), Some(dir)) = (env::var(NTH), env::var_os(DIR)) {
        let _ended = story_behind(FaultGate::at(nth.parse().unwrap(), Fault::Kill), Path::new(&dir));
        return;
    }
    for nth in 1..=acts_of_the_story() {
        let dir = two_sets();
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "store::publishing::a_kill_at_any_act_leaves_every_set_whole"])
            .env(NTH, nth.to_string())
            .env(DIR, dir.path())
            .output()
            .unwrap();
        assert_eq!(child.status.signal(), Some(Signal::KILL.as_raw()), "act {nth}: {child:?}");
        check_recovered(dir.path(), &format!("killed at act {nth}"));
    }
}

/// Recovery itself may be cut short, at any act, and the next one ends what it began.
#[test]
fn a_recovery_cut_short_is_finished_by_the_next() {
    let last = acts_of_the_story();
    for nth in 1..=last {
        for nth_of_recovery in 1.. {
            let dir = two_sets();
            let _failed = story_behind(FaultGate::at(nth, Fault::ErrorFromThere(Errno::IO)), dir.path());
            let gate = FaultGate::at(nth_of_recovery, Fault::ErrorFromThere(Errno::IO));
            let behind = store(dir.path(), &sys_behind(gate.clone()));
            let _failed = behind.lock(Duration::ZERO, &Stop::new()).unwrap().unwrap().recover();
            check_recovered(dir.path(), &format!("failed at act {nth}, recovery at {nth_of_recovery}"));
            if gate.count() < nth_of_recovery {
                break;
            }
        }
    }
}

#[test]
fn a_list_at_any_act_shows_no_half_set() {
    let dir = two_sets();
    let path = dir.path().to_owned();
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let (reader, told) = (real_store(&path), seen.clone());
    let gate = WatchGate(move |act: Act, at: &Path| {
        assert_eq!(faults(&reader), Vec::<String>::new(), "before {act:?} of {}", at.display());
        told.lock().unwrap().insert(ids(&reader));
    });
    let behind = store(&path, &sys_behind(Arc::new(gate)));
    story(&locked(&behind)).unwrap();
    let both = vec![KEPT.to_owned(), EXPIRED.to_owned()];
    let all = vec![KEPT.to_owned(), EXPIRED.to_owned(), NEW.to_owned()];
    let end = vec![KEPT.to_owned(), NEW.to_owned()];
    assert_eq!(*seen.lock().unwrap(), BTreeSet::from([both, all, end]));
}

/// Leaves a finished set that was never put into place, but for the artifacts it names.
fn finished_but_not_placed(dir: &Path, placed: &[&str]) {
    let locked = locked(&real_store(dir));
    publish(&locked, &id(NEW)).unwrap();
    let partial = locked.state_dir().join("partial").join(NEW);
    fs::create_dir_all(partial.join("db")).unwrap();
    fs::create_dir_all(partial.join("media")).unwrap();
    fs::rename(dir.join("sets").join(format!("{NEW}.json")), partial.join("manifest.json")).unwrap();
    for (path, _) in content(&id(NEW)) {
        if !placed.iter().any(|folder| path.starts_with(folder)) {
            fs::rename(dir.join(&path), partial.join(&path)).unwrap();
        }
    }
}

#[test]
fn a_finished_set_is_completed_wherever_its_artifacts_are() {
    for placed in [&[][..], &["db"], &["media"], &["db", "media"]] {
        let dir = two_sets();
        finished_but_not_placed(dir.path(), placed);
        let store = real_store(dir.path());
        assert_eq!(ids(&store), [KEPT, EXPIRED]);
        assert_eq!(faults(&store), Vec::<String>::new(), "what is on its way was seen");
        assert_eq!(locked(&store).recover().unwrap().completed, [id(NEW)]);
        assert_eq!(ids(&store), [KEPT, EXPIRED, NEW]);
        check_recovered(dir.path(), &format!("{placed:?} were placed"));
    }
}

#[test]
fn a_finished_set_with_a_damaged_artifact_is_taken_back_whole() {
    for placed in [&[][..], &["db"], &["db", "media"]] {
        let dir = two_sets();
        finished_but_not_placed(dir.path(), placed);
        let (path, mut bytes) = content(&id(NEW)).remove(0);
        bytes[7] ^= 1;
        let partial = dir.path().join(".resguardo/partial").join(NEW);
        let at = if placed.contains(&"db") { dir.path().join(&path) } else { partial.join(&path) };
        fs::write(&at, &bytes).unwrap();
        let store = real_store(dir.path());
        let recovered = locked(&store).recover().unwrap();
        assert_eq!(recovered.discarded, [id(NEW)]);
        assert_eq!(recovered.warnings, [Saying::new("warning-finished-not-whole").with("id", NEW)]);
        assert_eq!(ids(&store), [KEPT, EXPIRED]);
        check_recovered(dir.path(), &format!("damaged, {placed:?} were placed"));
    }
}

/// A newer program that was rolled back, or a damaged disk: what is declared finished is kept.
#[test]
fn a_finished_set_whose_manifest_cannot_be_read_is_kept_hidden_and_told() {
    for (what, from, to) in [
        ("of a later version", r#""version":1"#, r#""version":2"#),
        ("damaged", r#""artifacts""#, r#""artif"#),
        ("another set's", NEW, KEPT),
    ] {
        let dir = two_sets();
        finished_but_not_placed(dir.path(), &["db"]);
        let store = real_store(dir.path());
        let folder = store.state_dir().join("partial").join(NEW);
        let path = folder.join("manifest.json");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace(from, to)).unwrap();
        let told = Saying::new("warning-finished-unreadable").with("path", path.display());
        let told = told.with("folder", folder.display());
        for _ in 0..2 {
            let kept = Recovered { warnings: vec![told.clone()], ..Recovered::default() };
            assert_eq!(locked(&store).recover().unwrap(), kept, "{what}");
        }
        assert_eq!(ids(&store), [KEPT, EXPIRED], "{what}");
        assert_eq!(faults(&store), Vec::<String>::new(), "{what}: not hidden");
        assert!(store.is_taken(&id(NEW)), "{what}");
        fs::write(&path, text).unwrap();
        assert_eq!(locked(&store).recover().unwrap().completed, [id(NEW)], "{what}");
        check_recovered(dir.path(), what);
    }
}

/// Nothing is looked for behind what is not ours, and nothing of it is removed.
#[test]
fn a_link_or_file_in_the_way_of_recovery_is_named_and_left() {
    let to_remove = format!("expired/{EXPIRED}.json");
    let finished = format!("partial/{NEW}/manifest.json");
    for (path, linked, hint) in [
        (format!("partial/{NEW}"), false, "hint-no-folder"),
        (format!("partial/{NEW}"), true, "hint-no-folder"),
        (to_remove, true, "hint-link"),
        (finished, true, "hint-link"),
    ] {
        let dir = two_sets();
        let elsewhere = TempDir::new().unwrap();
        fs::write(elsewhere.path().join("theirs"), "x").unwrap();
        let store = real_store(dir.path());
        let full = store.state_dir().join(&path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        if linked {
            symlink(elsewhere.path(), &full).unwrap();
        } else {
            fs::write(&full, "theirs").unwrap();
        }
        let refused = locked(&store).recover().unwrap_err();
        assert_eq!(refused.hint, Some(Saying::new(hint).with("path", full.display())), "{path}");
        assert_eq!(refused.outlook, Outlook::Lasting, "{path}");
        assert!(full.symlink_metadata().is_ok(), "{path} is gone");
        assert_eq!(names(elsewhere.path()), ["theirs"], "{path}");
        fs::rename(&full, dir.path().join("moved")).unwrap();
        locked(&store).recover().unwrap();
        check_recovered(dir.path(), &path);
    }
}

#[test]
fn a_mark_that_was_not_written_whole_is_taken_away() {
    let dir = two_sets();
    let before = names(&dir.path().join("sets"));
    for ending in [".pin", ".accept", ".verify.json", ".drill.json"] {
        fs::write(dir.path().join(format!("sets/{KEPT}{ending}.new")), "{").unwrap();
    }
    fs::write(dir.path().join("sets/theirs.new"), "").unwrap();
    locked(&real_store(dir.path())).recover().unwrap();
    assert_eq!(names(&dir.path().join("sets")), [before, vec!["theirs.new".to_owned()]].concat());
    assert_eq!(faults(&real_store(dir.path())), Vec::<String>::new());
}

#[test]
fn another_hands_file_is_never_replaced_nor_removed() {
    let dir = two_sets();
    finished_but_not_placed(dir.path(), &["media"]);
    let theirs = dir.path().join(format!("db/app_{NEW}.sql.gz"));
    fs::write(&theirs, "of the shell loop").unwrap();
    let store = real_store(dir.path());
    let recovered = locked(&store).recover().unwrap();
    assert_eq!(recovered.discarded, [id(NEW)]);
    let [told] = &recovered.warnings[..] else { panic!("{recovered:?}") };
    assert_eq!(told.key, "warning-finished-no-place");
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "of the shell loop");
    let catalog = store.catalog();
    assert_eq!(catalog.adopted.iter().map(|a| a.path.as_str()).collect::<Vec<_>>(), [format!("db/app_{NEW}.sql.gz")]);

    let refused = publish(&locked(&store), &id(NEW)).unwrap_err();
    assert!(refused.error.contains("something of this id"), "{refused}");
    let staging = locked(&store).stage(&id("20241113_030000")).unwrap();
    fs::write(dir.path().join("db/app_20241113_030000.sql.gz"), "theirs").unwrap();
    let Err(refused) = staging.create("db/app_20241113_030000.sql.gz", false) else { panic!("created over a file") };
    assert_eq!(refused.hint.unwrap().key, "hint-name-taken");
}

#[test]
fn a_staging_given_up_takes_everything_away() {
    let dir = two_sets();
    let store = real_store(dir.path());
    let staging = locked(&store).stage(&id(NEW)).unwrap();
    staging.create(&format!("db/app_{NEW}.sql.gz"), false).unwrap().write_all(b"half").unwrap();
    fs::write(staging.scratch("app").unwrap().join("copy"), "raw").unwrap();
    assert!(store.is_taken(&id(NEW)));
    staging.discard(&format!("db/app_{NEW}.sql.gz")).unwrap();
    assert_eq!(names(&store.state_dir().join("partial").join(NEW).join("db")), Vec::<String>::new());
    drop(staging);
    assert_eq!(names(&store.state_dir().join("partial")), Vec::<String>::new());
    check_recovered(dir.path(), "given up");
}

#[test]
fn what_was_not_staged_as_the_manifest_says_is_not_published() {
    let dir = two_sets();
    let store = real_store(dir.path());
    let locked = locked(&store);
    let content = content(&id(NEW));
    let short = b"short".to_vec();
    for (staged, manifest) in [
        (&short, manifest(&id(NEW), &content[..1])),
        (&content[0].1, manifest(&id(NEW), &content)),
        (&content[0].1, manifest(&id(KEPT), &content[..1])),
    ] {
        let staging = locked.stage(&id(NEW)).unwrap();
        staging.create(&content[0].0, false).unwrap().write_all(staged).unwrap();
        assert_eq!(staging.publish(&manifest).unwrap_err().stage, Stage::Publish);
        assert_eq!(ids(&store), [KEPT, EXPIRED]);
        assert_eq!(names(&store.state_dir().join("partial")), Vec::<String>::new());
    }
}

/// `db/` on another file system, as a mount of its own or a link to one.
#[test]
fn a_folder_on_another_file_system_is_staged_there() {
    let elsewhere = TempDir::new_in("/dev/shm").unwrap();
    let dir = TempDir::new().unwrap();
    let device = |path: &Path| path.metadata().unwrap().dev();
    assert_ne!(device(dir.path()), device(elsewhere.path()), "this test needs /dev/shm to be a file system of its own");
    symlink(elsewhere.path(), dir.path().join("db")).unwrap();
    let staged_there = elsewhere.path().join(".resguardo-partial");
    let store = real_store(dir.path());
    let first = locked(&store);
    let staging = first.stage(&id(KEPT)).unwrap();
    staging.create(&format!("db/app_{KEPT}.sql.gz"), false).unwrap();
    assert_eq!(names(&staged_there.join(KEPT)), [format!("app_{KEPT}.sql.gz")]);
    // As if killed: nothing of the staging is cleared.
    std::mem::forget(staging);
    assert_eq!(first.recover().unwrap().discarded, [id(KEPT)]);
    assert_eq!(names(&staged_there), Vec::<String>::new());
}

#[test]
fn a_failure_on_either_file_system_leaves_every_set_whole() {
    let elsewhere = TempDir::new_in("/dev/shm").unwrap();
    let spread = |nth: usize| {
        let dir = TempDir::new().unwrap();
        let db = elsewhere.path().join(nth.to_string());
        fs::create_dir(&db).unwrap();
        symlink(&db, dir.path().join("db")).unwrap();
        let locked = locked(&real_store(dir.path()));
        publish(&locked, &id(KEPT)).unwrap();
        publish(&locked, &id(EXPIRED)).unwrap();
        dir
    };
    let dir = spread(0);
    let gate = FaultGate::counting();
    story_behind(gate.clone(), dir.path()).unwrap();
    for nth in 1..=gate.count() {
        let dir = spread(nth);
        let _failed = story_behind(FaultGate::at(nth, Fault::ErrorFromThere(Errno::IO)), dir.path());
        let store = real_store(dir.path());
        assert_eq!(faults(&store), Vec::<String>::new(), "act {nth}, before recovery");
        locked(&store).recover().unwrap();
        assert_eq!(faults(&store), Vec::<String>::new(), "act {nth}");
        assert_eq!(names(&dir.path().join("db/.resguardo-partial")), Vec::<String>::new(), "act {nth}");
        assert_eq!(names(&store.state_dir().join("partial")), Vec::<String>::new(), "act {nth}");
    }
}

#[test]
fn a_set_that_is_read_is_not_removed_and_one_removed_is_not_read() {
    let dir = two_sets();
    let store = real_store(dir.path());
    let locked = locked(&store);
    let reading = store.read_lock(&id(EXPIRED)).unwrap().unwrap();
    assert_eq!(store.being_read(), BTreeSet::from([id(EXPIRED)]));
    let refused = locked.expire(&id(EXPIRED)).unwrap_err();
    assert!(refused.error.contains("somebody reads it"), "{refused}");
    assert_eq!(faults(&store), Vec::<String>::new());
    assert_eq!(ids(&store), [KEPT, EXPIRED]);
    drop(reading);
    assert_eq!(store.being_read(), BTreeSet::new());
    let stored: u64 = content(&id(EXPIRED)).iter().map(|(_, bytes)| bytes.len() as u64).sum();
    assert_eq!(locked.expire(&id(EXPIRED)).unwrap(), stored);
    assert_eq!(store.read_lock(&id(EXPIRED)).unwrap_err().kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn what_is_left_of_a_published_sets_staging_goes_unnoticed() {
    let dir = two_sets();
    let store = real_store(dir.path());
    fs::create_dir_all(store.state_dir().join("partial").join(KEPT).join("db")).unwrap();
    assert_eq!(ids(&store), [KEPT, EXPIRED], "a set whose manifest stands is published");
    assert_eq!(locked(&store).recover().unwrap(), Recovered::default());
    check_recovered(dir.path(), "left over");
}

/// What a power cut would show and no kill does: each step is durable before the next begins.
#[test]
fn every_step_is_durable_before_the_next() {
    let dir = two_sets();
    let gate = FaultGate::counting();
    story_behind(gate.clone(), dir.path()).unwrap();
    let seen = gate.seen();
    let nth = |act: Act, path: String| {
        let wanted = (act, dir.path().join(&path));
        seen.iter().rposition(|one| *one == wanted).unwrap_or_else(|| panic!("no {act:?} of {path}: {seen:#?}"))
    };
    let partial = format!(".resguardo/partial/{NEW}");
    let expired = format!(".resguardo/expired/{EXPIRED}.json");
    let [db, media] = [0, 1].map(|n| content(&id(NEW)).remove(n).0);
    let old = content(&id(EXPIRED)).remove(0).0;
    let steps = [
        vec![(Act::Sync, format!("{partial}/{db}")), (Act::Sync, format!("{partial}/{media}"))],
        vec![(Act::SyncFolder, format!("{partial}/db")), (Act::SyncFolder, format!("{partial}/media"))],
        vec![(Act::Sync, format!("{partial}/manifest.json.new"))],
        vec![(Act::Rename, format!("{partial}/manifest.json"))],
        vec![(Act::SyncFolder, partial.clone()), (Act::SyncFolder, ".resguardo/partial".to_owned())],
        vec![(Act::Rename, db), (Act::Rename, media)],
        vec![(Act::Rename, format!("sets/{NEW}.json"))],
        vec![(Act::Remove, partial)],
        vec![(Act::Rename, expired.clone())],
        vec![(Act::SyncFolder, ".resguardo/expired".to_owned())],
        vec![(Act::Remove, old), (Act::Remove, format!("sets/{EXPIRED}.pin"))],
        vec![(Act::SyncFolder, "db".to_owned()), (Act::SyncFolder, "sets".to_owned())],
        vec![(Act::Remove, expired)],
    ];
    let positions: Vec<Vec<usize>> =
        steps.into_iter().map(|step| step.into_iter().map(|(act, path)| nth(act, path)).collect()).collect();
    for pair in positions.windows(2) {
        assert!(pair[0].iter().max() < pair[1].iter().min(), "{pair:?}: {seen:#?}");
    }
    // These folders are synced more than once; what counts is that it happens in between.
    let between = |folder: &str, after: usize, before: usize| {
        let wanted = (Act::SyncFolder, dir.path().join(folder));
        assert!(
            seen[after..before].contains(&wanted),
            "{folder} is not synced between {after} and {before}: {seen:#?}"
        );
    };
    let (placed, published, cleared) = (positions[5][1], positions[6][0], positions[7][0]);
    between("db", placed, published);
    between("media", placed, published);
    between("sets", published, cleared);
    between("sets", positions[8][0], positions[10][0]);
}
