//! What a reader is told of a store: marks, adopted files, damage, and what could not be listed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use resguardo::domain::set::SetState;
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::fs::{FileType, Mode};
use tempfile::TempDir;

use crate::support::store::{EXPIRED, KEPT, NEW, content, id, ids, locked, names, real_store, states, two_sets};

#[test]
fn marks_are_read_from_beside_the_manifest() {
    let dir = two_sets();
    let store = real_store(dir.path());
    let locked = locked(&store);
    locked.unpin(&id(EXPIRED)).unwrap();
    locked.pin(&id(KEPT), Some("before the move")).unwrap();
    locked.accept(&id(KEPT), "ana").unwrap();
    let beside = |ending: &str| dir.path().join(format!("sets/{KEPT}{ending}"));
    fs::write(beside(".verify.json"), r#"{"verified_at":"2024-11-12T06:00:00Z","ok":true}"#).unwrap();
    let drilled = |at: &str, verdict: &str| {
        let source = |name: &str, kind: &str| {
            format!(
                r#"{{"backup_id":"{KEPT}","run":"drill-{KEPT}","started_at":"{at}","at":"{at}","tool_version":"0",
                "rpo_seconds":1,"disk_bytes":null,"source":"{name}","kind":"{kind}","verdict":"{verdict}",
                "restore_seconds":1.5,"proofs":[]}}"#
            )
        };
        format!(r#"{{"version":1,"sources":[{},{}]}}"#, source("app", "postgres"), source("media", "media"))
    };
    fs::write(beside(".drill.json"), drilled("2024-11-12T05:00:00Z", "failed")).unwrap();
    let set = |index: usize| store.catalog().sets.remove(index);
    assert!(set(0).pinned && set(0).accepted && !set(1).pinned && !set(1).accepted);
    assert_eq!(set(0).verified_at().unwrap().to_rfc3339(), "2024-11-12T06:00:00+00:00");
    assert_eq!((set(0).drilled_at(), set(0).drill_failed_at()), (None, "2024-11-12T05:00:00Z".parse().ok()));
    fs::write(beside(".drill.json"), drilled("2024-11-19T05:00:00Z", "proven")).unwrap();
    assert_eq!(set(0).drilled_at().unwrap().to_rfc3339(), "2024-11-19T05:00:00+00:00");
    assert_eq!(set(0).artifacts[0].drill.unwrap().restore_seconds, Some(1.5));
    fs::write(beside(".drill.json"), drilled("2024-11-19T05:00:00Z", "not_held")).unwrap();
    assert_eq!((set(0).drilled_at(), set(0).drill_failed_at()), (None, None));
    fs::write(beside(".drill.json"), "not json").unwrap();
    assert_eq!(set(0).drilled_at(), None);

    let text = |ending: &str| fs::read_to_string(beside(ending)).unwrap();
    assert!(text(".pin").contains(r#""label":"before the move""#), "{}", text(".pin"));
    assert!(text(".accept").contains(r#""by":"ana""#), "{}", text(".accept"));
    assert_eq!(locked.pin(&id(NEW), None).unwrap_err().hint.unwrap().key, "hint-no-such-set");
    assert_eq!(locked.unpin(&id(NEW)).unwrap_err().hint.unwrap().key, "hint-no-such-set");
}

#[test]
fn files_of_the_shell_loop_are_adopted_and_removed_one_by_one() {
    let dir = two_sets();
    for path in ["db/old.sql.gz", "db/app_20240101_030000.sql.gz", "media/media.tar.gz", "db/notes.txt", "db/.x.sql"] {
        fs::write(dir.path().join(path), "x").unwrap();
    }
    fs::create_dir(dir.path().join("db/folder.sql")).unwrap();
    let store = real_store(dir.path());
    let adopted = || store.catalog().adopted.into_iter().map(|a| a.path).collect::<Vec<_>>();
    assert_eq!(adopted(), ["db/app_20240101_030000.sql.gz", "db/old.sql.gz", "media/media.tar.gz"]);
    let locked = locked(&store);
    locked.remove_adopted("db/old.sql.gz").unwrap();
    assert_eq!(adopted(), ["db/app_20240101_030000.sql.gz", "media/media.tar.gz"]);
    for other in [&content(&id(KEPT))[0].0, "db/notes.txt", "db/../RESTORE.md", "/etc/passwd"] {
        locked.remove_adopted(other).unwrap_err();
    }
    assert_eq!(ids(&store), [KEPT, EXPIRED]);
    assert_eq!(states(dir.path()), [SetState::Complete; 2]);
}

/// A set whose manifest is lost is known by what only we write, and none of its files is taken for
/// the shell loop's, which would let them expire.
#[rstest]
#[case::pin(&[".pin"], None)]
#[case::accept(&[".accept"], None)]
#[case::verify(&[".verify.json"], None)]
#[case::drill(&[".drill.json"], None)]
#[case::properties(&[], Some("app_{id}.create.sql.gz"))]
#[case::roles(&[], Some("globals_{id}.sql.gz"))]
#[case::roles_of_one_of_several_servers(&[], Some("app-globals_{id}.sql"))]
fn a_set_whose_manifest_is_lost_is_damaged_and_not_adopted(#[case] marks: &[&str], #[case] companion: Option<&str>) {
    let dir = two_sets();
    let store = real_store(dir.path());
    let locked = locked(&store);
    locked.unpin(&id(EXPIRED)).unwrap();
    locked.refresh_index().unwrap();
    for mark in marks {
        fs::write(dir.path().join(format!("sets/{EXPIRED}{mark}")), "{}").unwrap();
    }
    if let Some(name) = companion {
        fs::write(dir.path().join("db").join(name.replace("{id}", EXPIRED)), "x").unwrap();
    }
    fs::remove_file(dir.path().join(format!("sets/{EXPIRED}.json"))).unwrap();
    fs::write(dir.path().join("db/app_20240101_030000.sql.gz"), "of the shell loop").unwrap();
    for store in [real_store(dir.path()), store] {
        let catalog = store.catalog();
        assert_eq!(ids(&store), [KEPT, EXPIRED]);
        let lost = catalog.get(&id(EXPIRED)).unwrap();
        assert_eq!((lost.state(), lost.pinned), (SetState::Damaged, marks == [".pin"]));
        let adopted: Vec<&str> = catalog.adopted.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(adopted, ["db/app_20240101_030000.sql.gz"]);
        assert_eq!(catalog.unlisted, Vec::<String>::new());
    }
    for (path, _) in content(&id(EXPIRED)) {
        locked.remove_adopted(&path).unwrap_err();
    }
    locked.expire(&id(EXPIRED)).unwrap_err();
}

/// Whoever opens a pipe waits for a writer, which never comes.
#[test]
fn a_pipe_or_a_link_in_the_stores_own_folders_is_waited_at_by_nobody() {
    let manifest = format!("sets/{EXPIRED}.json");
    for path in [&manifest, &format!("sets/{EXPIRED}.verify.json"), ".resguardo/catalog"] {
        for put in [pipe, |path: &Path| symlink("/dev/zero", path).unwrap()] {
            let dir = two_sets();
            let full = dir.path().join(path);
            let _none_yet = fs::remove_file(&full);
            put(&full);
            let damaged = path == manifest;
            let dir_path = dir.path().to_owned();
            within_seconds(move || {
                let store = real_store(&dir_path);
                assert_eq!(ids(&store), [KEPT, EXPIRED]);
                let state = if damaged { SetState::Damaged } else { SetState::Complete };
                assert_eq!(states(&dir_path), [SetState::Complete, state]);
                assert_eq!(store.being_read().contains(&id(EXPIRED)), damaged, "what cannot be asked counts as read");
                let locked = locked(&store);
                locked.recover().unwrap();
                if damaged {
                    locked.expire(&id(EXPIRED)).unwrap_err();
                    store.read_lock(&id(EXPIRED)).unwrap_err();
                }
            });
            assert!(!full.symlink_metadata().unwrap().is_file(), "{path}: removed");
        }
    }
    for path in [".resguardo/lock", ".resguardo/yield"] {
        let dir = two_sets();
        let _none_yet = fs::remove_file(dir.path().join(path));
        pipe(&dir.path().join(path));
        let (store, is_lock) = (real_store(dir.path()), path.ends_with("lock"));
        within_seconds(move || {
            assert!(!store.yield_requested());
            assert_eq!(store.lock(Duration::ZERO, &Stop::new()).is_err(), is_lock);
        });
    }
}

fn pipe(path: &Path) {
    rustix::fs::mknodat(rustix::fs::CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap();
}

/// Fails where the work has not ended in time; else passes its panic on.
fn within_seconds(work: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    let working = thread::spawn(move || {
        work();
        let _nobody_waits = done.send(());
    });
    let ended = ended.recv_timeout(Duration::from_secs(20));
    assert_ne!(ended, Err(mpsc::RecvTimeoutError::Timeout), "waited for ever");
    working.join().unwrap();
}

/// Something that befalls the second of two sets.
type Damage<'a> = (&'a str, Box<dyn Fn(&Path) + 'a>);

#[test]
fn a_damaged_set_is_listed_and_nothing_of_it_is_touched() {
    let whole = two_sets();
    let [first, second] = [0, 1].map(|n| content(&id(EXPIRED)).remove(n).0);
    let manifest = format!("sets/{EXPIRED}.json");
    let text = fs::read_to_string(whole.path().join(&manifest)).unwrap();
    let rewrite = |from: &str, to: &str| -> Box<dyn Fn(&Path)> {
        let (manifest, new) = (manifest.clone(), text.replace(from, to));
        assert_ne!(new, text);
        Box::new(move |dir| fs::write(dir.join(&manifest), &new).unwrap())
    };
    let become_link = |path: &str| -> Box<dyn Fn(&Path)> {
        let path = path.to_owned();
        Box::new(move |dir| {
            fs::rename(dir.join(&path), dir.join("elsewhere")).unwrap();
            symlink("../elsewhere", dir.join(&path)).unwrap();
        })
    };
    let damages: Vec<Damage> = vec![
        ("an artifact is gone", Box::new(|dir| fs::remove_file(dir.join(&first)).unwrap())),
        ("an artifact is shorter", Box::new(|dir| fs::write(dir.join(&second), "x").unwrap())),
        ("an artifact is a link", become_link(&first)),
        ("the manifest is a link", become_link(&manifest)),
        ("the manifest is cut", Box::new(|dir| fs::write(dir.join(&manifest), &text[..200]).unwrap())),
        ("the manifest is empty", Box::new(|dir| fs::write(dir.join(&manifest), "").unwrap())),
        (
            "the manifest is huge",
            Box::new(|dir| {
                fs::File::options().write(true).open(dir.join(&manifest)).unwrap().set_len(1 << 40).unwrap();
            }),
        ),
        ("the manifest is another set's", rewrite(&format!(r#""id":"{EXPIRED}""#), &format!(r#""id":"{KEPT}""#))),
        ("the manifest is of a later version", rewrite(r#""version":1"#, r#""version":2"#)),
        ("it names another set's artifact", rewrite(&first, &content(&id(KEPT))[0].0)),
        ("it names a file above the store", rewrite(&first, &format!("db/../../app_{EXPIRED}.sql"))),
        ("it names an absolute path", rewrite(&first, &format!("/tmp/app_{EXPIRED}.sql"))),
    ];
    for (what, damage) in damages {
        let dir = two_sets();
        let store = real_store(dir.path());
        let locked = locked(&store);
        locked.refresh_index().unwrap();
        damage(dir.path());
        let begun = Instant::now();
        assert_eq!(states(dir.path()), [SetState::Complete, SetState::Damaged], "{what}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{what} took {:?}", begun.elapsed());
        let catalog = store.catalog();
        assert_eq!(catalog.adopted, [], "{what}");
        let files = || ["db", "media", "sets"].map(|folder| names(&dir.path().join(folder)));
        let before = files();
        if store.manifest(&id(EXPIRED)).is_err() {
            locked.expire(&id(EXPIRED)).unwrap_err();
        }
        locked.recover().unwrap();
        assert_eq!(files(), before, "{what}");
    }
}

/// A number out of reason in a manifest ends no reader.
#[test]
fn a_duration_out_of_reason_is_read() {
    let dir = two_sets();
    let manifest = dir.path().join(format!("sets/{EXPIRED}.json"));
    let text = fs::read_to_string(&manifest).unwrap();
    for odd in ["1e300", "-1e300", "0"] {
        fs::write(&manifest, text.replace(r#""duration_seconds":2.5"#, &format!(r#""duration_seconds":{odd}"#)))
            .unwrap();
        assert_eq!(states(dir.path()), [SetState::Complete; 2], "{odd}");
    }
}

#[test]
fn what_cannot_be_listed_is_said_and_a_store_not_yet_made_is_empty() {
    let dir = TempDir::new().unwrap();
    let none = real_store(&dir.path().join("not/yet"));
    assert_eq!((none.catalog().sets.len(), none.catalog().unlisted.len()), (0, 0));
    assert!(none.space().unwrap().total_bytes > 0);
    assert!(!dir.path().join("not").exists());

    let dir = two_sets();
    assert_eq!(real_store(dir.path()).catalog().unlisted, Vec::<String>::new());
    for folder in ["media", "sets", ".resguardo/partial"] {
        let dir = two_sets();
        fs::rename(dir.path().join(folder), dir.path().join("moved")).unwrap();
        fs::write(dir.path().join(folder), "").unwrap();
        let unlisted = real_store(dir.path()).catalog().unlisted;
        assert!(unlisted.iter().any(|text| text.contains(folder)), "{folder}: {unlisted:?}");
    }
}
