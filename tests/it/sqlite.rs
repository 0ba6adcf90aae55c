//! SQLite files as a source: the contract, every journal mode, what may stand in the way, and
//! the public tool on the stored bytes.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use resguardo::config::SqliteConfig;
use resguardo::domain::manifest::{Content, SqliteTable};
use resguardo::domain::name::SourceName;
use resguardo::domain::trouble::{Outlook, Trouble};
use resguardo::source::sqlite::Sqlite;
use resguardo::source::{Source, Target};
use rstest::rstest;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::contract::{self, Case, Place, dump};
use crate::support::archive::{is_root, passed_as_nobody};

fn sqlite(path: &Path) -> Sqlite {
    Sqlite::new(&SqliteConfig { name: SourceName::new("app").unwrap(), path: path.to_owned(), schedule: None })
}

/// A database of the kind an application has, with what is odd in a few of them.
fn fill(path: &Path, journal_mode: &str) -> Connection {
    let database = Connection::open(path).unwrap();
    database.query_row(&format!("PRAGMA journal_mode = {journal_mode}"), [], |_| Ok(())).unwrap();
    database
        .execute_batch(
            r#"CREATE TABLE plain (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT, bytes BLOB);
            CREATE INDEX plain_text ON plain (text);
            CREATE TABLE "quoted "" name" (a, b, c, PRIMARY KEY (a, b)) WITHOUT ROWID;
            CREATE TABLE empty (a);
            CREATE TABLE sqlitely (a);
            CREATE VIRTUAL TABLE words USING fts5(text);
            CREATE VIEW seen AS SELECT text FROM plain;
            CREATE TRIGGER afterwards AFTER INSERT ON empty BEGIN DELETE FROM empty; END;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO plain (text, bytes) SELECT 'row ' || i, zeroblob(i % 300) FROM n;
            INSERT INTO "quoted "" name" SELECT id, text, bytes FROM plain WHERE id <= 17;
            INSERT INTO sqlitely VALUES (1), (1);
            INSERT INTO words SELECT text FROM plain WHERE id <= 9;"#,
        )
        .unwrap();
    database
}

fn tables(content: &Content) -> Vec<(&str, u64)> {
    let Content::Sqlite(facts) = content else { panic!("no SQLite file: {content:?}") };
    facts.tables.iter().map(|SqliteTable { name, rows, .. }| (name.as_str(), *rows)).collect()
}

fn fails(source: &Sqlite) -> Trouble {
    let trouble = dump(source, &Place::new().work()).unwrap_err();
    assert!(trouble.hint.is_some(), "no hint for: {trouble}");
    trouble
}

struct SqliteCase {
    folder: TempDir,
    file: PathBuf,
    _application: Connection,
}

impl SqliteCase {
    fn new(journal_mode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("app.sqlite3");
        let application = fill(&file, journal_mode);
        Self { folder, file, _application: application }
    }
}

impl Case for SqliteCase {
    fn source(&self) -> Arc<dyn Source> {
        Arc::new(sqlite(&self.file))
    }
    fn empty_target(&self) -> (Target, Arc<dyn Source>) {
        let path = tempfile::tempdir_in(self.folder.path()).unwrap().keep().join("new.sqlite3");
        (Target::Path(path.clone()), Arc::new(sqlite(&path)))
    }
    fn taken_target(&self) -> Target {
        Target::Path(self.file.clone())
    }
    fn unreadable(&self) -> Option<Arc<dyn Source>> {
        let path = self.folder.path().join("damaged");
        damaged_copy(&self.file, &path);
        Some(Arc::new(sqlite(&path)))
    }
    fn cuts(&self, raw_bytes: usize) -> Vec<usize> {
        vec![0, 1, 100, 4096, raw_bytes / 2, raw_bytes - 4096, raw_bytes - 1]
    }
}

/// The same file with pages of its middle overwritten.
fn damaged_copy(from: &Path, to: &Path) {
    let place = Place::new();
    let (_, mut raw) = dump(&sqlite(from), &place.work()).unwrap();
    let middle = raw.len() / 2 / 4096 * 4096;
    raw[middle..middle + 8192].fill(0xa5);
    fs::write(to, raw).unwrap();
}

#[rstest]
#[case::wal("WAL")]
#[case::delete("DELETE")]
#[case::persist("PERSIST")]
fn a_sqlite_file_keeps_the_contract(#[case] journal_mode: &str) {
    contract::check(&SqliteCase::new(journal_mode));
}

/// Django checks fields by a REGEXP of its own, others sort or index by functions that we do not have.
#[test]
fn a_file_that_rests_on_functions_of_its_application_is_stored_and_checked_as_far_as_can_be() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.sqlite3");
    // The shell has functions that the library has not.
    let made = Command::new("sqlite3")
        .arg(&path)
        .arg(
            "CREATE TABLE ruled (x TEXT, CHECK (x REGEXP '^a')); INSERT INTO ruled VALUES ('ab');
            CREATE TABLE sorted (n TEXT COLLATE uint); CREATE INDEX by_n ON sorted (n); INSERT INTO sorted VALUES ('9');
            CREATE TABLE hashed (x TEXT); CREATE INDEX by_hash ON hashed (sha3(x)); INSERT INTO hashed VALUES ('q');
            CREATE TABLE plain (x TEXT); CREATE INDEX by_x ON plain (x); INSERT INTO plain VALUES ('a marker');",
        )
        .status()
        .unwrap();
    assert!(made.success());
    let (dumped, _) = dump(&sqlite(&path), &Place::new().work()).unwrap();
    let content = dumped.facts.content();
    assert_eq!(tables(&content), [("hashed", 1), ("plain", 1), ("ruled", 1), ("sorted", 1)]);

    // What can be checked still is: the row is not what its index says.
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(8).position(|window| window == b"a marker").unwrap();
    bytes[at] = b'b';
    fs::write(&path, bytes).unwrap();
    let trouble = fails(&sqlite(&path)).to_string();
    assert!(trouble.contains("missing from index by_x"), "{trouble}");
}

#[test]
fn rows_are_counted_also_those_that_only_the_wal_holds() {
    let case = SqliteCase::new("WAL");
    assert!(fs::metadata(case.folder.path().join("app.sqlite3-wal")).unwrap().len() > 0);
    let (dumped, raw) = dump(&*case.source(), &Place::new().work()).unwrap();
    let content = dumped.facts.content();
    let counted = tables(&content);
    for expected in [("plain", 5000), ("quoted \" name", 17), ("empty", 0), ("sqlitely", 2), ("words", 9)] {
        assert!(counted.contains(&expected), "{expected:?} is not in {counted:?}");
    }
    assert!(!counted.iter().any(|(name, _)| *name == "sqlite_sequence" || *name == "seen"), "{counted:?}");

    // The stored file is whole by itself, for the public tool as well.
    let stored = case.folder.path().join("stored.sqlite3");
    fs::write(&stored, raw).unwrap();
    let ask = "PRAGMA journal_mode; PRAGMA integrity_check; SELECT count(*), max(text) FROM plain;";
    let output =
        Command::new("sqlite3").args(["-readonly".as_ref(), stored.as_os_str(), ask.as_ref()]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "delete\nok\n5000|row 999\n");
    assert!(!case.folder.path().join("stored.sqlite3-wal").exists());
}

#[test]
fn the_live_file_is_left_as_it_is() {
    let case = SqliteCase::new("DELETE");
    let before = fs::read(&case.file).unwrap();
    dump(&*case.source(), &Place::new().work()).unwrap();
    assert_eq!(fs::read(&case.file).unwrap(), before);
    let mut names: Vec<_> = fs::read_dir(case.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["app.sqlite3"]);
}

#[rstest]
#[case("with space.db")]
#[case("50%25 ?mode=memory&cache=shared#x.db")]
#[case("file:app.db")]
#[case("ñandú 'q' \"d\" ;--.db")]
#[case(":memory:")]
fn any_name_is_just_a_name(#[case] name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    drop(fill(&plain, "WAL"));
    let odd = folder.path().join(name);
    fs::rename(plain, &odd).unwrap();
    let (dumped, _) = dump(&sqlite(&odd), &Place::new().work()).unwrap();
    assert!(tables(&dumped.facts.content()).contains(&("plain", 5000)));
}

#[test]
fn a_missing_file_is_told_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing.db");
    assert_eq!(fails(&sqlite(&path)).outlook, Outlook::Passing);
    assert!(sqlite(&path).survey(&Place::new().work()).is_err());
    assert!(!path.exists());
}

#[test]
fn an_empty_database_is_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    fs::write(&path, "").unwrap();
    let place = Place::new();
    let source = sqlite(&path);
    let (dumped, raw) = dump(&source, &place.work()).unwrap();
    assert_eq!(dumped.facts.user_tables(), Some(0));
    assert_eq!(source.survey(&place.work()).unwrap().user_tables, Some(0));
    assert_eq!(source.inspect(&mut Cursor::new(raw), &place.work()).unwrap(), dumped.facts.content());
}

#[test]
fn what_is_no_database_or_a_damaged_one_is_told() {
    let case = SqliteCase::new("DELETE");
    let path = case.folder.path().join("text");
    fs::write(&path, "this is no database, however long one makes it".repeat(200)).unwrap();
    assert_eq!(fails(&sqlite(&path)).outlook, Outlook::Lasting);
    let damaged = case.folder.path().join("damaged");
    damaged_copy(&case.file, &damaged);
    let trouble = fails(&sqlite(&damaged));
    assert_eq!(trouble.outlook, Outlook::Lasting);
    assert!(trouble.error.starts_with("check the copy: "), "{trouble}");
}

#[rstest]
#[case("DELETE")]
#[case("WAL")]
fn a_writer_that_never_ends_is_waited_for_a_bounded_time(#[case] journal_mode: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let writer = fill(&path, journal_mode);
    writer.pragma_update(None, "locking_mode", "EXCLUSIVE").unwrap();
    writer.execute_batch("BEGIN EXCLUSIVE; INSERT INTO sqlitely VALUES (3);").unwrap();
    let source = sqlite(&path).busy_wait(Duration::from_millis(200));
    if journal_mode == "DELETE" {
        assert_eq!(fails(&source).outlook, Outlook::Passing);
    } else {
        // A reader of the last committed state never waits for a writer in WAL mode.
        let copied = dump(&source, &Place::new().work());
        assert!(copied.is_ok() || copied.unwrap_err().outlook == Outlook::Passing);
    }
    writer.execute_batch("COMMIT").unwrap();
    drop(writer);
    let (dumped, _) = dump(&source, &Place::new().work()).unwrap();
    assert!(tables(&dumped.facts.content()).contains(&("sqlitely", 3)));
}

/// A database in WAL mode whose folder we may not write in cannot be read while nobody has it
/// open; one in another mode can.
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;
    if passed_as_nobody("sqlite::a_folder_that_cannot_be_written_is_named") {
        return;
    }
    assert!(!is_root());
    for (journal_mode, is_read) in [("DELETE", true), ("WAL", false)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        drop(fill(&path, journal_mode));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
        let dumped = dump(&sqlite(&path), &Place::new().work());
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        match dumped {
            Ok(_) => assert!(is_read, "{journal_mode}"),
            Err(trouble) => {
                assert!(!is_read, "{journal_mode}: {trouble}");
                assert_eq!(trouble.outlook, Outlook::Lasting);
                assert_eq!(trouble.hint.unwrap().key, "hint-not-shared-line");
            }
        }
    }
}

/// A writer that was killed leaves a journal that must be rolled back before anything is read.
#[test]
fn what_a_killed_writer_left_half_done_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let (live, crashed) = (folder.path().join("live.db"), folder.path().join("crashed.db"));
    let writer = fill(&live, "DELETE");
    writer.execute_batch("PRAGMA cache_size = 2; BEGIN; DELETE FROM plain;").unwrap();
    writer.cache_flush().unwrap();
    // What stands on disk now is what a killed process leaves.
    for ending in ["", "-journal"] {
        let name = |path: &Path| format!("{}{ending}", path.display());
        fs::copy(name(&live), name(&crashed)).unwrap();
    }
    let (dumped, _) = dump(&sqlite(&crashed), &Place::new().work()).unwrap();
    assert!(tables(&dumped.facts.content()).contains(&("plain", 5000)));
}

#[test]
fn an_extension_we_do_not_have_spoils_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.db");
    let database = fill(&path, "DELETE");
    database
        .execute_batch(
            "CREATE TABLE made (a, computed AS (a * 2), stored AS (a * 2) STORED);
            INSERT INTO made (a) VALUES (1), (2);
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, '(a * 2)', '(unknown_function(a))') WHERE name = 'made';
            INSERT INTO sqlite_schema VALUES ('table', 'foreign_one', 'foreign_one', 0,
                'CREATE VIRTUAL TABLE foreign_one USING unknown_module(a)');",
        )
        .unwrap();
    drop(database);
    let source = sqlite(&path);
    let place = Place::new();
    let (dumped, raw) = dump(&source, &place.work()).unwrap();
    let content = dumped.facts.content();
    assert!(tables(&content).contains(&("plain", 5000)) && tables(&content).contains(&("made", 2)));
    assert!(!tables(&content).iter().any(|(name, _)| *name == "foreign_one"));
    assert_eq!(source.survey(&place.work()).unwrap().user_tables, dumped.facts.user_tables());
    assert_eq!(source.inspect(&mut Cursor::new(raw), &place.work()).unwrap(), content);
}

#[rstest]
#[case("-wal")]
#[case("-journal")]
fn nothing_is_loaded_beside_a_journal(#[case] ending: &str) {
    let case = SqliteCase::new("DELETE");
    let (_, raw) = dump(&*case.source(), &Place::new().work()).unwrap();
    let target = case.folder.path().join("new.db");
    fs::write(case.folder.path().join(format!("new.db{ending}")), "").unwrap();
    let loaded = case.source().load(&mut Cursor::new(raw), &Target::Path(target.clone()), &Place::new().work());
    assert!(loaded.is_err());
    assert!(!target.exists());
}
