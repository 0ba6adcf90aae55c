//! SQLite files restored while other programs have them open: what they see, what is kept, what
//! is refused, and what a crash at any point leaves.

use std::fs;
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use resguardo::config::SqliteConfig;
use resguardo::domain::name::SourceName;
use resguardo::domain::restoring::Exchange;
use resguardo::source::restore::{Bytes, Restore, Stands, To, Wish};
use resguardo::source::sqlite::Sqlite;
use resguardo::source::sqlite::restore::SqliteRestore;
use resguardo::sys::gate::Act;
use rstest::rstest;
use rusqlite::Connection;
use rustix::io::Errno;
use tempfile::TempDir;

use crate::contract::Place;
use crate::support::folder;
use crate::support::gate::{Fault, FaultGate};
use crate::support::store::{id, names};
use crate::support::way_back::{Artifact, Client, FIRST, SECOND, THIRD, copy, mount, passed_among_own_mounts, undo};

fn config(path: &Path) -> SqliteConfig {
    SqliteConfig { name: SourceName::new("app").unwrap(), path: path.to_owned(), schedule: None }
}

fn way(path: &Path) -> SqliteRestore {
    SqliteRestore::new(&config(path)).busy_wait(Duration::from_secs(1))
}

/// `rows` rows, and a page or more for each ten of them.
fn fill(path: &Path, mode: &str, rows: u32) {
    let database = Connection::open(path).unwrap();
    database.query_row(&format!("PRAGMA journal_mode = {mode}"), [], |_| Ok(())).unwrap();
    let statements = format!(
        "CREATE TABLE IF NOT EXISTS asset (id INTEGER PRIMARY KEY, text TEXT);
         DELETE FROM asset;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
         INSERT INTO asset SELECT i, hex(randomblob(200)) FROM n;"
    );
    database.execute_batch(&statements).unwrap();
}

fn rows(path: &Path) -> u32 {
    let database = Connection::open(path).unwrap();
    let check: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok", "{}", path.display());
    database.query_row("SELECT count(*) FROM asset", [], |row| row.get(0)).unwrap()
}

const STORED: u32 = 500;
const LIVE: u32 = 3000;

/// A database whose stored copy has fewer rows than the live one.
struct Scene {
    folder: TempDir,
    live: PathBuf,
    artifact: Artifact,
}

impl Scene {
    fn of(mode: &str) -> Self {
        Self::at(folder::in_memory(), "app.db", mode)
    }

    fn at(folder: TempDir, name: &str, mode: &str) -> Self {
        let live = folder.path().join(name);
        fill(&live, mode, STORED);
        let artifact = Artifact::of(&Sqlite::new(&config(&live)));
        fill(&live, mode, LIVE);
        Self { folder, live, artifact }
    }

    fn kept(&self, what: &str) -> PathBuf {
        self.live.with_file_name(format!("app_{what}.sqlite3"))
    }

    #[track_caller]
    fn refused(&self, told: &str, hint: &str) {
        let trouble = self.artifact.look(&way(&self.live), &self.artifact.wish()).expect_err("it was not refused");
        assert!(trouble.error.contains(told), "{trouble}");
        assert_eq!(trouble.hint.map(|hint| hint.key), Some(hint), "{}", trouble.error);
    }
}

#[rstest]
#[case("WAL")]
#[case("DELETE")]
#[case("PERSIST")]
#[case("TRUNCATE")]
fn a_program_that_has_the_file_open_sees_each_content_at_once(#[case] mode: &str) {
    let scene = Scene::of(mode);
    let restore = way(&scene.live);
    let mut client = Client::of(&scene.live);
    let mut count =
        move || client.ask("SELECT count(*), (SELECT integrity_check FROM pragma_integrity_check) FROM asset");
    assert_eq!(count(), [format!("{LIVE}|ok")]);
    let inode = |path: &Path| std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).unwrap());
    let before = inode(&scene.live);
    fs::set_permissions(&scene.live, fs::Permissions::from_mode(0o600)).unwrap();
    let done = scene.artifact.restore(&restore, &scene.artifact.wish());
    assert_eq!(count(), [format!("{STORED}|ok")]);
    assert_eq!(rows(&scene.kept(&format!("before_{FIRST}"))), LIVE);
    let kept_mode = fs::metadata(scene.kept(&format!("before_{FIRST}"))).unwrap().permissions().mode();
    assert_eq!(kept_mode & 0o777, 0o600, "read by no more than the live one");
    restore.swap(&done, &Place::new().work()).expect_err("what is made cannot be made again");
    assert_eq!(count(), [format!("{STORED}|ok")]);
    let back = undo(&restore, &done, SECOND);
    assert_eq!(count(), [format!("{LIVE}|ok")]);
    assert_eq!(rows(&scene.kept(&format!("undone_{SECOND}"))), STORED);
    let again = undo(&restore, &back, THIRD);
    assert_eq!(count(), [format!("{STORED}|ok")]);
    assert_eq!(inode(&scene.live), before, "the file itself stays");
    assert!(restore.clean(&again, &Place::new().work()).unwrap().unwrap() > 0);
    drop(count);
    let left: Vec<String> = names(scene.folder.path()).into_iter().filter(|name| !name.starts_with("app.db")).collect();
    assert_eq!(left, Vec::<String>::new());
    let database = Connection::open(&scene.live).unwrap();
    let now: String = database.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(now == "wal", mode == "WAL");
}

/// Rows that only the `-wal` of a killed program holds are kept, and do not come back over what is
/// restored.
#[test]
fn what_a_killed_writer_left_in_its_wal_is_kept_and_not_replayed() {
    let scene = Scene::of("WAL");
    let mut writer = Client::of(&scene.live);
    writer.ask("PRAGMA wal_autocheckpoint = 0");
    writer.ask("INSERT INTO asset (text) SELECT text FROM asset LIMIT 1000");
    writer.kill();
    assert!(fs::metadata(scene.folder.path().join("app.db-wal")).unwrap().len() > 100_000);
    let mut client = Client::of(&scene.live);
    let restore = way(&scene.live);
    let done = scene.artifact.restore(&restore, &scene.artifact.wish());
    assert_eq!(client.ask("SELECT count(*) FROM asset"), [STORED.to_string()]);
    assert_eq!(rows(&scene.kept(&format!("before_{FIRST}"))), LIVE + 1000);
    undo(&restore, &done, SECOND);
    assert_eq!(client.ask("SELECT count(*) FROM asset"), [(LIVE + 1000).to_string()]);
    drop(client);
    assert_eq!(rows(&scene.live), LIVE + 1000);
}

/// In WAL a reader keeps its snapshot, and a writer waits: what it writes comes after.
#[test]
fn a_long_reader_keeps_what_it_sees_and_stops_nobody() {
    let scene = Scene::of("WAL");
    let mut reader = Client::of(&scene.live);
    reader.ask("BEGIN");
    assert_eq!(reader.ask("SELECT count(*) FROM asset"), [LIVE.to_string()]);
    scene.artifact.restore(&way(&scene.live), &scene.artifact.wish());
    assert_eq!(reader.ask("SELECT count(*) FROM asset"), [LIVE.to_string()]);
    reader.ask("COMMIT");
    assert_eq!(reader.ask("SELECT count(*) FROM asset"), [STORED.to_string()]);
}

/// Each write that was acknowledged stands in the kept copy or, made since, in the restored file.
#[rstest]
#[case("WAL")]
#[case("DELETE")]
fn no_write_of_a_busy_program_is_lost(#[case] mode: &str) {
    for _ in 0..3 {
        let scene = Scene::of(mode);
        let (restore, place) = (way(&scene.live).busy_wait(Duration::from_secs(20)), Place::new());
        let exchanges = scene.artifact.prepare(&restore, &scene.artifact.wish(), &place.work()).unwrap();
        let (written, is_over) = (AtomicU32::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut client = Client::of(&scene.live);
                while !is_over.load(Ordering::SeqCst) {
                    let done = client.ask("INSERT INTO asset (text) VALUES ('more') RETURNING 1");
                    written.fetch_add(u32::from(done == ["1"]), Ordering::SeqCst);
                }
            });
            while written.load(Ordering::SeqCst) < 20 {
                std::thread::yield_now();
            }
            let swapped = restore.swap(&exchanges, &place.work());
            is_over.store(true, Ordering::SeqCst);
            swapped.unwrap();
        });
        let (before, since) = (rows(&scene.kept(&format!("before_{FIRST}"))) - LIVE, rows(&scene.live) - STORED);
        assert_eq!(before + since, written.load(Ordering::SeqCst), "{before} before, {since} since");
    }
}

#[rstest]
#[case::writer_in_wal("WAL", "BEGIN IMMEDIATE")]
#[case::writer("DELETE", "BEGIN IMMEDIATE")]
#[case::reader("DELETE", "BEGIN; SELECT count(*) FROM asset")]
fn a_target_that_stays_locked_is_refused(#[case] mode: &str, #[case] hold: &str) {
    let scene = Scene::of(mode);
    let (restore, place) = (way(&scene.live), Place::new());
    let exchanges = scene.artifact.prepare(&restore, &scene.artifact.wish(), &place.work()).unwrap();
    let mut client = Client::of(&scene.live);
    client.ask(hold);
    let trouble = restore.swap(&exchanges, &place.work()).unwrap_err();
    assert_eq!(trouble.hint.unwrap().key, "hint-sqlite-locked", "{}", trouble.error);
    restore.discard(&exchanges, &place.work()).unwrap();
    scene.refused("held by another program", "hint-sqlite-locked");
    client.ask("ROLLBACK");
    drop(client);
    assert_eq!(rows(&scene.live), LIVE);
    assert!(names(scene.folder.path()).iter().all(|name| name.starts_with("app.db") && !name.contains("resguardo")));
    scene.artifact.restore(&restore, &scene.artifact.wish());
    assert_eq!(rows(&scene.live), STORED);
}

#[test]
fn where_nothing_stands_the_file_is_put_there_unless_a_journal_is_left() {
    let scene = Scene::of("DELETE");
    fs::remove_file(&scene.live).unwrap();
    for left in ["app.db-wal", "app.db-journal"] {
        let left = scene.folder.path().join(left);
        fs::write(&left, "left").unwrap();
        scene.refused("lies there without it", "hint-sqlite-left");
        fs::remove_file(&left).unwrap();
    }
    let (restore, place) = (way(&scene.live), Place::new());
    let exchanges = scene.artifact.prepare(&restore, &scene.artifact.wish(), &place.work()).unwrap();
    assert_eq!(restore.settle(&exchanges, &place.work()).unwrap(), Stands::Old);
    fs::write(scene.folder.path().join("app.db-wal"), "left").unwrap();
    restore.swap(&exchanges, &place.work()).unwrap_err();
    fs::remove_file(scene.folder.path().join("app.db-wal")).unwrap();
    restore.swap(&exchanges, &place.work()).unwrap();
    assert_eq!(restore.settle(&exchanges, &place.work()).unwrap(), Stands::New);
    assert_eq!(rows(&scene.live), STORED);
    assert_eq!(names(scene.folder.path()), ["app.db"]);
    assert_eq!(restore.reversed(&exchanges, &id(SECOND)), []);
}

/// Pages of its middle overwritten: it opens, and its copy is kept as it is.
#[rstest]
#[case("DELETE")]
#[case("WAL")]
fn a_damaged_file_that_opens_is_kept_as_it_is(#[case] mode: &str) {
    let scene = Scene::of(mode);
    let mut bytes = fs::read(&scene.live).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 8192].fill(0xa5);
    fs::write(&scene.live, &bytes).unwrap();
    let prospect = scene.artifact.look(&way(&scene.live), &scene.artifact.wish()).unwrap();
    assert!(prospect.says.iter().any(|saying| saying.key == "restore-sqlite-damaged"), "{:?}", prospect.says);
    let restore = way(&scene.live);
    let done = scene.artifact.restore(&restore, &scene.artifact.wish());
    assert_eq!(rows(&scene.live), STORED);
    let kept = fs::read(scene.kept(&format!("before_{FIRST}"))).unwrap();
    assert_eq!(kept[100..], bytes[100..], "as damaged as it was");
    undo(&restore, &done, SECOND);
    assert_eq!(fs::read(&scene.live).unwrap()[100..], bytes[100..]);
}

#[test]
fn a_file_that_sqlite_does_not_accept_is_set_aside_with_its_journals() {
    let scene = Scene::of("DELETE");
    let path = |name: &str| scene.folder.path().join(name);
    let garbage = "no database, however long one makes it".repeat(200);
    fs::write(&scene.live, &garbage).unwrap();
    fs::write(path("app.db-wal"), "its wal").unwrap();
    fs::write(path("app.db-shm"), "its shm").unwrap();
    let restore = way(&scene.live);
    let prospect = scene.artifact.look(&restore, &scene.artifact.wish()).unwrap();
    assert_eq!(prospect.says[0].key, "restore-sqlite-stop");
    let done = scene.artifact.restore(&restore, &scene.artifact.wish());
    assert_eq!(rows(&scene.live), STORED);
    let before = format!("app.db_before_{FIRST}");
    assert_eq!(fs::read_to_string(path(&before)).unwrap(), garbage);
    assert_eq!(
        names(scene.folder.path()),
        ["app.db".to_owned(), before.clone(), format!("{before}-shm"), format!("{before}-wal")]
    );
    restore.swap(&done, &Place::new().work()).expect_err("what is made cannot be made again");
    let back = undo(&restore, &done, SECOND);
    assert_eq!(fs::read_to_string(&scene.live).unwrap(), garbage);
    assert_eq!(fs::read_to_string(path("app.db-wal")).unwrap(), "its wal");
    let again = undo(&restore, &back, THIRD);
    assert_eq!(rows(&scene.live), STORED);
    restore.clean(&again, &Place::new().work()).unwrap();
    assert_eq!(names(scene.folder.path()), ["app.db"]);
}

/// After a failure of every act from the n-th on, which leaves the disk as a kill there does.
#[rstest]
#[case::content("DELETE", false)]
#[case::content_in_wal("WAL", false)]
#[case::aside("DELETE", true)]
fn a_swap_cut_short_at_any_door_is_ended_by_the_next_start(#[case] mode: &str, #[case] is_garbage: bool) {
    let scene = Scene::of(mode);
    if is_garbage {
        fs::write(&scene.live, "no database at all ".repeat(100)).unwrap();
        fs::write(scene.folder.path().join("app.db-journal"), "its journal").unwrap();
    }
    let garbage = fs::read(&scene.live).unwrap();
    let (restore, place) = (way(&scene.live), Place::new());
    let exchanges = scene.artifact.prepare(&restore, &scene.artifact.wish(), &place.work()).unwrap();
    let (spare, root) = (folder::in_memory(), scene.folder.path());
    let start = spare.path().join("start");
    copy(root, &start);
    let counting = FaultGate::counting();
    restore.swap(&exchanges, &place.work_through(counting.clone())).unwrap();
    let mut seen = [0, 0];
    for fault in [Fault::ErrorFromThere(Errno::IO), Fault::Error(Errno::IO)] {
        for nth in 1..=counting.count() {
            reset(&start, root);
            let swapped = restore.swap(&exchanges, &place.work_through(FaultGate::at(nth, fault)));
            let stands = restore.settle(&exchanges, &place.work()).unwrap();
            let case = format!("{fault:?} {nth} of {:?}: {swapped:?}, {stands:?}", counting.seen());
            if swapped.is_ok() {
                assert_eq!(stands, Stands::New, "{case}");
            }
            seen[usize::from(stands == Stands::New)] += 1;
            match (stands, is_garbage) {
                (Stands::New, _) => assert_eq!(rows(&scene.live), STORED, "{case}"),
                (Stands::Old, false) => assert_eq!(rows(&scene.live), LIVE, "{case}"),
                (Stands::Old, true) => {
                    assert_eq!(fs::read(&scene.live).unwrap(), garbage, "{case}");
                    assert!(root.join("app.db-journal").exists(), "{case}");
                }
            }
            restore.discard(&exchanges, &place.work()).unwrap();
            let left = names(root);
            assert!(!left.iter().any(|name| name.contains("resguardo") || name.contains("part")), "{case}: {left:?}");
            let has_kept = left.iter().any(|name| name.contains("_before_"));
            assert_eq!(has_kept, stands == Stands::New, "{case}: {left:?}");
        }
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}

#[test]
fn a_prepare_broken_at_any_door_leaves_nothing() {
    let scene = Scene::of("DELETE");
    let (restore, place) = (way(&scene.live), Place::new());
    let exchanges = scene.artifact.look(&restore, &scene.artifact.wish()).unwrap().exchanges;
    let prepare = |gate| {
        let bytes = Bytes { raw: &mut Cursor::new(&scene.artifact.raw), file: None };
        restore.prepare(&exchanges, bytes, &scene.artifact.wish(), &place.work_through(gate))
    };
    let counting = FaultGate::counting();
    prepare(counting.clone()).unwrap();
    restore.discard(&exchanges, &place.work()).unwrap();
    for nth in 1..=counting.count() {
        prepare(FaultGate::at(nth, Fault::Error(Errno::IO))).unwrap_err();
        assert_eq!(names(scene.folder.path()), ["app.db"], "{nth} of {:?}", counting.seen());
        prepare(FaultGate::at(nth, Fault::ErrorFromThere(Errno::NOSPC))).unwrap_err();
        restore.discard(&exchanges, &place.work()).unwrap();
        assert_eq!(names(scene.folder.path()), ["app.db"], "{nth} of {:?}", counting.seen());
    }
}

fn reset(from: &Path, to: &Path) {
    for name in names(to) {
        fs::remove_file(to.join(name)).unwrap();
    }
    for name in names(from) {
        copy(&from.join(&name), &to.join(&name));
    }
}

const SWAPPING: &str = "RESGUARDO_TEST_SWAPPING";

/// The process is killed while SQLite writes: its journal takes the half back.
#[test]
fn a_process_killed_while_it_writes_leaves_one_content_whole() {
    let the_one = |live: &Path| {
        let exchange = |path: PathBuf| path.display().to_string();
        let new = exchange(live.with_file_name(format!("app.db.resguardo-new-{FIRST}")));
        let old = exchange(live.with_file_name(format!("app_before_{FIRST}.sqlite3")));
        [Exchange { live: exchange(live.to_owned()), new, old: Some(old), within: None }]
    };
    if let Some(live) = std::env::var_os(SWAPPING).map(PathBuf::from) {
        way(&live).swap(&the_one(&live), &Place::new().work()).unwrap();
        return;
    }
    let mut seen = Vec::new();
    for (mode, journal) in [("DELETE", "app.db-journal"), ("WAL", "app.db-wal")] {
        let folder = tempfile::tempdir().unwrap();
        let live = folder.path().join("app.db");
        fill(&live, mode, 30_000);
        let artifact = Artifact::of(&Sqlite::new(&config(&live)));
        fill(&live, mode, 60_000);
        let (restore, place) = (way(&live), Place::new());
        let exchanges = artifact.prepare(&restore, &artifact.wish(), &place.work()).unwrap();
        assert_eq!(exchanges, the_one(&live));
        let name = "restore_sqlite::a_process_killed_while_it_writes_leaves_one_content_whole";
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(SWAPPING, &live)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // It writes into the live file once there is something to take that back by.
        let is_writing = || fs::metadata(folder.path().join(journal)).is_ok_and(|journal| journal.len() > 1_000_000);
        while child.try_wait().unwrap().is_none() && !is_writing() {
            std::thread::yield_now();
        }
        let _ended = child.kill();
        child.wait().unwrap();
        let stands = restore.settle(&exchanges, &place.work()).unwrap();
        assert_eq!(rows(&live), if stands == Stands::Old { 60_000 } else { 30_000 }, "{mode}: {stands:?}");
        seen.push(stands);
        restore.discard(&exchanges, &place.work()).unwrap();
        artifact.restore(&restore, &Wish { run: id(SECOND), ..artifact.wish() });
        assert_eq!(rows(&live), 30_000);
    }
    println!("killed while it wrote: {seen:?}");
}

/// Killed between the write and what follows it; meanwhile the application has gone on.
#[test]
fn settling_goes_by_content_whatever_was_written_since() {
    for (nth_remove, expected, count) in [(1, Stands::New, STORED + 7), (0, Stands::Old, LIVE + 7)] {
        let scene = Scene::of("WAL");
        let (restore, place) = (way(&scene.live), Place::new());
        let exchanges = scene.artifact.prepare(&restore, &scene.artifact.wish(), &place.work()).unwrap();
        let counting = FaultGate::counting();
        let spare = folder::in_memory();
        copy(scene.folder.path(), &spare.path().join("start"));
        restore.swap(&exchanges, &place.work_through(counting.clone())).unwrap();
        reset(&spare.path().join("start"), scene.folder.path());
        let first_remove = counting.seen().iter().position(|(act, _)| *act == Act::Remove).unwrap();
        let gate = FaultGate::at(first_remove + nth_remove, Fault::ErrorFromThere(Errno::IO));
        let _cut_short = restore.swap(&exchanges, &place.work_through(gate));
        let mut client = Client::of(&scene.live);
        client.ask("INSERT INTO asset (text) SELECT text FROM asset LIMIT 7");
        assert_eq!(restore.settle(&exchanges, &place.work()).unwrap(), expected);
        assert_eq!(client.ask("SELECT count(*) FROM asset"), [count.to_string()]);
    }
}

/// Where the application wrote over all that told the two apart, nobody knows; the kept copy stays.
#[test]
fn a_kept_copy_is_never_removed_on_a_guess() {
    let folder = folder::in_memory();
    let live = folder.path().join("app.db");
    fill(&live, "DELETE", 1);
    let artifact = Artifact::of(&Sqlite::new(&config(&live)));
    fill(&live, "DELETE", 2);
    let (restore, place) = (way(&live), Place::new());
    let exchanges = artifact.prepare(&restore, &artifact.wish(), &place.work()).unwrap();
    let (new, old) = (Path::new(&exchanges[0].new), Path::new(exchanges[0].old.as_deref().unwrap()));
    let brought = fs::read(new).unwrap();
    restore.swap(&exchanges, &place.work()).unwrap();
    // Killed before it could clear away; then the application goes on.
    fs::write(new, brought).unwrap();
    let mut client = Client::of(&live);
    client.ask("UPDATE asset SET text = hex(randomblob(200))");
    client.ask("INSERT INTO asset (text) SELECT hex(randomblob(200)) FROM asset, generate_series(1, 8)");
    assert_eq!(restore.settle(&exchanges, &place.work()).unwrap(), Stands::New);
    assert_eq!(rows(old), 2);
}

#[test]
fn another_page_size_needs_the_file_to_itself_in_wal() {
    let scene = Scene::of("WAL");
    let other = scene.folder.path().join("other");
    let database = Connection::open(&other).unwrap();
    database
        .execute_batch("PRAGMA page_size = 1024; CREATE TABLE asset (id); INSERT INTO asset VALUES (1), (2)")
        .unwrap();
    drop(database);
    let artifact = Artifact::of(&Sqlite::new(&config(&other)));
    fs::remove_file(&other).unwrap();
    let (restore, place) = (way(&scene.live), Place::new());
    let exchanges = artifact.prepare(&restore, &artifact.wish(), &place.work()).unwrap();
    let mut client = Client::of(&scene.live);
    client.ask("SELECT count(*) FROM asset");
    let trouble = restore.swap(&exchanges, &place.work()).unwrap_err();
    assert_eq!(trouble.hint.unwrap().key, "hint-sqlite-close", "{}", trouble.error);
    assert_eq!(client.ask("SELECT count(*) FROM asset"), [LIVE.to_string()]);
    drop(client);
    restore.swap(&exchanges, &place.work()).unwrap();
    assert_eq!(rows(&scene.live), 2);
    let database = Connection::open(&scene.live).unwrap();
    assert_eq!(database.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0)).unwrap(), "wal");
    drop(database);
    undo(&restore, &exchanges, SECOND);
    assert_eq!(rows(&scene.live), LIVE);
}

#[test]
fn a_full_disk_leaves_the_old_content() {
    if passed_among_own_mounts("restore_sqlite::a_full_disk_leaves_the_old_content") {
        return;
    }
    for mode in ["DELETE", "WAL"] {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("disk");
        mount(&["-t", "tmpfs", "-o", "size=16m", "tmpfs"], &disk);
        let scene = Scene::at(folder, "disk/app.db", mode);
        let (restore, place) = (way(&scene.live), Place::new());
        let exchanges = scene.artifact.prepare(&restore, &scene.artifact.wish(), &place.work()).unwrap();
        let before = names(&disk);
        let free = || rustix::fs::statvfs(&disk).map(|stat| stat.f_bavail * stat.f_frsize).unwrap();
        let kept_bytes = fs::metadata(&scene.live).unwrap().len();
        // Not enough for the kept copy; enough for it, and not for what SQLite writes.
        for room in [100_000, kept_bytes + 100_000] {
            let filler = scene.folder.path().join("disk/filler");
            fs::write(&filler, vec![1; usize::try_from(free() - room).unwrap()]).unwrap();
            let trouble = restore.swap(&exchanges, &place.work()).unwrap_err();
            assert_eq!(trouble.hint.as_ref().map(|hint| hint.key), Some("hint-disk-full"), "{mode} {room}: {trouble}");
            fs::remove_file(&filler).unwrap();
            assert_eq!(rows(&scene.live), LIVE);
            let left: Vec<String> = names(&disk).into_iter().filter(|name| !name.starts_with("app.db-")).collect();
            let before: Vec<String> = before.iter().filter(|name| !name.starts_with("app.db-")).cloned().collect();
            assert_eq!(left, before);
        }
        restore.swap(&exchanges, &place.work()).unwrap();
        assert_eq!(rows(&scene.live), STORED);

        let filler = disk.join("filler");
        fs::write(&filler, vec![1; usize::try_from(free() - 50_000).unwrap()]).unwrap();
        let wish = Wish { run: id(SECOND), ..scene.artifact.wish() };
        let trouble = scene.artifact.look(&restore, &wish).unwrap_err();
        assert_eq!(trouble.hint.unwrap().key, "hint-restore-room");
    }
}

#[test]
fn what_is_not_what_was_stored_is_refused_and_leaves_nothing() {
    let scene = Scene::of("DELETE");
    let (restore, place) = (way(&scene.live), Place::new());
    let raw = &scene.artifact.raw;
    let stated = |raw: Vec<u8>| Artifact { raw, facts: scene.artifact.facts.clone() };
    let mut other = scene.artifact.facts.clone();
    other.sqlite.as_mut().unwrap().tables[0].rows += 1;
    let mut damaged = raw.clone();
    let middle = raw.len() / 2 / 4096 * 4096;
    damaged[middle..middle + 4096].fill(0xa5);
    let cases = [
        (stated(raw[..raw.len() / 2].to_vec()), "it has not the length"),
        (stated(raw[..1].to_vec()), "shorter than the head"),
        (stated(Vec::new()), "shorter than the head"),
        (stated(damaged), "check the copy"),
        (stated("no database".repeat(100).into_bytes()), "no SQLite file"),
        (Artifact { raw: raw.clone(), facts: other }, "does not hold what its manifest says"),
        (stated(raw.iter().copied().chain([0; 4096]).collect()), "more bytes than its manifest says"),
    ];
    for (artifact, told) in cases {
        let wish = Wish { raw_bytes: Some(raw.len() as u64), ..artifact.wish() };
        let trouble = artifact.prepare(&restore, &wish, &place.work()).expect_err(told);
        assert!(trouble.error.contains(told), "{trouble}");
        assert_eq!(names(scene.folder.path()), ["app.db"]);
        let folder = scene.folder.path().join("x");
        let wish = Wish { to: To::Folder(folder.clone()), ..wish };
        artifact.prepare(&restore, &wish, &place.work()).expect_err(told);
        assert!(!folder.exists());
    }
    assert_eq!(rows(&scene.live), LIVE);
}

#[test]
fn a_copy_can_be_put_into_a_folder() {
    let scene = Scene::of("DELETE");
    let restore = way(&scene.live);
    let folder = scene.folder.path().join("copy");
    let wish = Wish { to: To::Folder(folder.clone()), ..scene.artifact.wish() };
    assert_eq!(scene.artifact.restore(&restore, &wish), []);
    assert_eq!(rows(&folder.join("app.db")), STORED);
    assert_eq!(rows(&scene.live), LIVE);
    assert!(scene.artifact.look(&restore, &wish).is_err(), "not empty");
    let wish = Wish { to: To::Database("x".to_owned()), ..scene.artifact.wish() };
    assert_eq!(scene.artifact.look(&restore, &wish).unwrap_err().hint.unwrap().key, "hint-to-dir");
    let bytes = Bytes { raw: &mut Cursor::new(&scene.artifact.raw), file: None };
    assert!(restore.prepare(&[], bytes, &scene.artifact.wish(), &Place::new().work()).is_err());
}

#[test]
fn a_name_that_is_taken_is_not_written_over() {
    let scene = Scene::of("DELETE");
    let (restore, place) = (way(&scene.live), Place::new());
    let exchanges = scene.artifact.prepare(&restore, &scene.artifact.wish(), &place.work()).unwrap();
    let kept = scene.kept(&format!("before_{FIRST}"));
    fs::write(&kept, "mine").unwrap();
    restore.swap(&exchanges, &place.work()).unwrap_err();
    assert_eq!(fs::read_to_string(&kept).unwrap(), "mine");
    assert_eq!(rows(&scene.live), LIVE);
    restore.discard(&exchanges, &place.work()).unwrap();
    scene.refused("something stands there", "hint-name-taken");
}
