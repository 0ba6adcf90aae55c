//! Drills of archives and of SQLite copies: what is whole is proven, and what differs is named.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use resguardo::config::{FilesConfig, MediaConfig, SqliteConfig};
use resguardo::domain::artifact::{Form, Kind};
use resguardo::domain::drill::Judgement::{Failed, Passed, Skipped};
use resguardo::domain::drill::{Verdict, What, judge};
use resguardo::domain::manifest::Content;
use resguardo::domain::name::SourceName;
use resguardo::domain::progress::{Event, Sink};
use resguardo::source::Source;
use resguardo::source::files::Files;
use resguardo::source::media::Media;
use resguardo::source::prove::{Evidence, Material, Reference, unpacked};
use resguardo::source::sqlite::Sqlite;
use rstest::rstest;

use crate::support::archive::{odd_tree, passed_as_nobody};
use crate::support::drill::{assert_proven, bare, failed, judgements, prove, prove_in, remarks, scratch, text_of};
use crate::support::postgres::{Bench, bench};

fn name(name: &str) -> SourceName {
    SourceName::new(name).unwrap()
}

fn media(path: &Path) -> Media {
    let (path, exclude) = (path.to_owned(), vec!["cache/**".to_owned()]);
    Media::new(&MediaConfig { name: name("media"), path, exclude, allow_empty: false, schedule: None }).unwrap()
}

/// What a set holds of a source.
fn taken(source: &dyn Source, bench: &Bench) -> (Vec<u8>, Material) {
    let mut raw = Vec::new();
    let facts = source.dump(&mut raw, &bench.work).unwrap().facts;
    let raw_bytes = Some(raw.len() as u64);
    (raw, Material { facts, raw_bytes, ..bare(source.form()) })
}

#[test]
fn the_odd_tree_is_proven() {
    let (tree, bench) = (tempfile::tempdir().unwrap(), bench());
    odd_tree(tree.path());
    fs::create_dir(tree.path().join("cache")).unwrap();
    fs::write(tree.path().join("cache/left out"), "x").unwrap();
    let (raw, material) = taken(&media(tree.path()), &bench);
    let place = scratch();
    let evidence = prove_in(place.path(), &mut raw.as_slice(), &material, &bench.work).unwrap();
    assert_proven(&evidence);
    assert_eq!(judgements(&evidence), [(What::Load, Passed), (What::Tree, Passed)]);
    assert!(text_of(&evidence, What::Tree).ends_with("walked anew from disk"), "{:?}", evidence.proofs);
    assert!(unpacked(place.path()).join("a/b/large").is_file());
}

#[test]
fn single_files_are_proven_with_the_folders_above_them() {
    let (tree, bench) = (tempfile::tempdir().unwrap(), bench());
    fs::create_dir_all(tree.path().join("app/conf.d/deep")).unwrap();
    for file in ["app/.env", "app/conf.d/a", "app/conf.d/deep/b", "zzz"] {
        fs::write(tree.path().join(file), file).unwrap();
    }
    let paths = ["zzz", "app/conf.d", "app/.env"].map(|path| tree.path().join(path)).to_vec();
    let source = Files::new(&FilesConfig { name: name("settings"), paths, schedule: None }).unwrap();
    let (raw, material) = taken(&source, &bench);
    assert_proven(&prove(&raw, &material, &bench.work).unwrap());
}

/// Owners that only root can set are as the archive says, and that is told.
#[test]
fn who_is_not_root_proves_all_but_that_owners_can_be_set() {
    if passed_as_nobody("drill_source_files::who_is_not_root_proves_all_but_that_owners_can_be_set") {
        return;
    }
    let bench = bench();
    // Root's, and not ours to give.
    let source = Files::new(&FilesConfig {
        name: name("settings"),
        paths: vec!["/etc/passwd".into(), "/etc/group".into()],
        schedule: None,
    });
    let (raw, material) = taken(&source.unwrap(), &bench);
    let evidence = prove(&raw, &material, &bench.work).unwrap();
    assert_proven(&evidence);
    let said = "the owners of 2 are as the archive says, for only root can set them";
    assert!(text_of(&evidence, What::Tree).ends_with(said), "{:?}", evidence.proofs);
}

/// What it may not read itself it lets itself into, and the modes are proven all the same.
#[rstest]
#[case::their_owner("u=")]
#[case::everybody("a=")]
fn who_is_not_root_proves_entries_that_shut_out(#[case] mode: &str) {
    let case = if mode == "u=" { "case_1_their_owner" } else { "case_2_everybody" };
    if passed_as_nobody(&format!("drill_source_files::who_is_not_root_proves_entries_that_shut_out::{case}")) {
        return;
    }
    let (tree, bench, place) = (tempfile::tempdir().unwrap(), bench(), scratch());
    fs::create_dir_all(tree.path().join("folder/more")).unwrap();
    for file in ["a", "folder/b", "folder/more/c"] {
        fs::write(tree.path().join(file), file).unwrap();
    }
    fs::hard_link(tree.path().join("a"), tree.path().join("folder/linked")).unwrap();
    let mut tar = std::process::Command::new("tar");
    tar.args(["--sort=name", &format!("--mode={mode}"), "-cf", "-", "-C"]).arg(tree.path()).arg(".");
    let raw = tar.output().unwrap().stdout;
    let (_, mut material) = taken(&media(tree.path()), &bench);
    let Content::Archive(content) = media(tree.path()).inspect(&mut raw.as_slice(), &bench.work).unwrap() else {
        panic!()
    };
    material.facts.archive.as_mut().unwrap().content = content;
    let evidence = prove_in(place.path(), &mut raw.as_slice(), &material, &bench.work).unwrap();
    assert_proven(&evidence);
    assert!(unpacked(place.path()).join("folder/more/c").is_file(), "whoever looks for a file finds it");

    let mut work = bench.work.clone();
    let place = scratch();
    let befalls = |tree: &Path| fs::set_permissions(tree, std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    work.progress = Arc::new(Meanwhile(AtomicBool::new(false), unpacked(place.path()), befalls));
    let evidence = prove_in(place.path(), &mut raw.as_slice(), &material, &work).unwrap();
    assert!(failed(&evidence, What::Tree).contains(".: another mode"), "{:?}", evidence.proofs);
}

/// A folder that lets nobody write is cleared away with what lies in it.
#[test]
fn who_is_not_root_clears_away_what_was_restored_read_only() {
    if passed_as_nobody("drill_source_files::who_is_not_root_clears_away_what_was_restored_read_only") {
        return;
    }
    let place = tempfile::tempdir_in("/tmp").unwrap();
    let shut = place.path().join("tree/shut");
    fs::create_dir_all(shut.join("more")).unwrap();
    fs::write(shut.join("more/file"), "held").unwrap();
    for (folder, mode) in [(shut.join("more"), 0o000), (shut, 0o555)] {
        fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    }
    resguardo::sys::Sys::real().files.remove_folder(&place.path().join("tree")).unwrap();
    assert!(!place.path().join("tree").exists());
}

/// One byte of the raw bytes changed.
fn changed(raw: &[u8], this: &[u8], that: &[u8]) -> Vec<u8> {
    let at = raw.windows(this.len()).position(|window| window == this).unwrap();
    let mut raw = raw.to_vec();
    raw[at..at + that.len()].copy_from_slice(that);
    raw
}

#[test]
fn what_an_archive_holds_otherwise_is_seen_and_hostile_ones_are_not_unpacked() {
    let (tree, bench) = (tempfile::tempdir().unwrap(), bench());
    for number in 0..9 {
        fs::write(tree.path().join(number.to_string()), format!("photo {number}")).unwrap();
    }
    let (raw, material) = taken(&media(tree.path()), &bench);
    let said = |raw: &[u8], what| {
        let evidence = prove(raw, &material, &bench.work).unwrap();
        failed(&evidence, what).to_owned()
    };
    let text = said(&changed(&raw, b"photo 7", b"photo 8"), What::Tree);
    assert_eq!(text, "the digest of its tree is not the manifest's");
    assert!(said(&changed(&raw, b"./7\0", b"../7"), What::Load).contains("checksum does not hold"));
    assert!(said(&raw[..raw.len() - 1024], What::Load).contains("ends before its end blocks"));
    let mut more = material.clone();
    more.facts.archive.as_mut().unwrap().content.files = 3;
    let evidence = prove(&raw, &more, &bench.work).unwrap();
    assert!(failed(&evidence, What::Load).contains("holds more than its manifest says"));
    let tar = ["-cPf", "-", "--transform", "s,./7,../7,", "-C", tree.path().to_str().unwrap(), "."];
    let hostile = std::process::Command::new("tar").args(tar).output().unwrap().stdout;
    let evidence = prove(&hostile, &bare(Form::Tar), &bench.work).unwrap();
    assert!(failed(&evidence, What::Load).contains("leads out of the archive"));
    let fewer = Material { facts: bare(Form::Tar).facts, ..material.clone() };
    assert_eq!(judgements(&prove(&raw, &fewer, &bench.work).unwrap()), [(What::Load, Passed), (What::Tree, Skipped)]);
}

/// Does something to a tree between the unpacking and the walk, when the second stage is told.
struct Meanwhile(AtomicBool, PathBuf, fn(&Path));

impl Sink for Meanwhile {
    fn event(&self, event: Event) {
        if matches!(event, Event::Stage { stage: "compare", .. }) && !self.0.swap(true, Ordering::SeqCst) {
            (self.2)(&self.1);
        }
    }
}

/// A disk that does not keep what was written, seen by who writes to it.
#[rstest]
#[case::content(|tree: &Path| fs::write(tree.join("7"), "another").unwrap(), "./7: other content")]
#[case::gone(|tree: &Path| fs::remove_file(tree.join("7")).unwrap(), "./7: missing")]
#[case::more(|tree: &Path| fs::write(tree.join("71"), "").unwrap(), "./71: not in the archive")]
#[case::last(|tree: &Path| fs::remove_file(tree.join("sub/z")).unwrap(), "./sub/z: missing")]
#[case::kind(|tree: &Path| { fs::remove_file(tree.join("7")).unwrap(); fs::create_dir(tree.join("7")).unwrap() },
    "./7: another kind, other content")]
#[case::mode(|tree: &Path| fs::set_permissions(tree.join("7"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap(),
    "./7: another mode")]
fn what_the_disk_holds_otherwise_is_named(#[case] befalls: fn(&Path), #[case] said: &str) {
    let (tree, bench) = (tempfile::tempdir().unwrap(), bench());
    fs::create_dir(tree.path().join("sub")).unwrap();
    for file in ["6", "7", "8", "sub/z"] {
        fs::write(tree.path().join(file), file).unwrap();
    }
    let (raw, material) = taken(&media(tree.path()), &bench);
    let place = scratch();
    let mut work = bench.work.clone();
    work.progress = Arc::new(Meanwhile(AtomicBool::new(false), unpacked(place.path()), befalls));
    let evidence = prove_in(place.path(), &mut raw.as_slice(), &material, &work).unwrap();
    let text = failed(&evidence, What::Tree);
    assert!(text.starts_with("unpacked otherwise than the archive says: ") && text.contains(said), "{text}");
}

/// A small register with a row that names another that is not there.
fn register(folder: &Path) -> Sqlite {
    let path = folder.join("app.sqlite3");
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             CREATE TABLE bien (id INTEGER PRIMARY KEY, foto TEXT);
             CREATE TABLE nota (bien INTEGER REFERENCES bien(id), text TEXT);
             INSERT INTO bien (foto) VALUES ('a.jpg'), ('b.jpg'), (''), (NULL), ('a.jpg');
             INSERT INTO nota VALUES (1, 'good'), (99, 'of none'), (98, 'of none');",
        )
        .unwrap();
    Sqlite::new(&SqliteConfig { name: name("app"), path, schedule: None })
}

#[test]
fn a_sqlite_copy_is_proven_and_asked() {
    let (folder, bench) = (tempfile::tempdir().unwrap(), bench());
    let (raw, mut material) = taken(&register(folder.path()), &bench);
    fs::write(folder.path().join("a.jpg"), "x").unwrap();
    let questions = [
        "SELECT count(*) FROM bien",
        "SELECT NULL",
        "SELECT 1 WHERE 0",
        "SELECT 1.5",
        "SELECT nothing",
        "DELETE FROM bien",
        "ATTACH 'x' AS y",
    ];
    material.questions = questions.map(str::to_owned).to_vec();
    let reference = |column: &str| Reference {
        column: column.to_owned(),
        media: name("media"),
        root: Ok(folder.path().to_owned()),
    };
    material.references = vec![reference("bien.foto"), reference("bien.nothing"), reference("foto")];
    let evidence = prove(&raw, &material, &bench.work).unwrap();
    let all = [What::Load, What::Integrity, What::Rows, What::Sequences, What::Schema].map(|what| (what, Passed));
    assert_eq!(judgements(&evidence)[..5], all, "{:?}", evidence.proofs);
    assert_eq!(text_of(&evidence, What::Rows), "2 tables, 8 rows");
    assert_eq!(remarks(&evidence), ["Rows that name others that are not there: 2, the first in nota."]);
    let answers: Vec<_> = evidence.answers.iter().map(|answer| answer.as_ref().map(Option::as_deref)).collect();
    assert_eq!(answers[..4], [Ok(Some("5")), Ok(None), Ok(None), Ok(Some("1.5"))]);
    assert!(answers[4..].iter().all(Result::is_err), "{answers:?}");
    assert_eq!((evidence.missing[0].named, evidence.missing[0].missing), (2, 1));
    assert_eq!(evidence.missing[0].examples, ["b.jpg"]);
    let skipped = |evidence: &Evidence| evidence.proofs.iter().filter(|proof| proof.judgement == Skipped).count();
    assert_eq!((skipped(&evidence), evidence.missing.len()), (2, 3));
}

/// Tables whose indexes rest on functions or collations of an application, made by a shell that has some; and
/// one of a module that nobody has.
#[rstest]
#[case::in_part("CREATE TABLE plain (x); INSERT INTO plain VALUES (1);", Verdict::Proven)]
#[case::all("", Verdict::NotHeld)]
fn what_rests_on_its_application_is_no_proof(#[case] more: &str, #[case] verdict: Verdict) {
    let (folder, bench) = (tempfile::tempdir().unwrap(), bench());
    let path = folder.path().join("app.sqlite3");
    let statements = format!(
        "CREATE TABLE hashed (x TEXT); CREATE INDEX by_hash ON hashed (sha3(x)); INSERT INTO hashed VALUES ('q');
         CREATE TABLE sorted (n TEXT COLLATE uint); CREATE INDEX by_n ON sorted (n); INSERT INTO sorted VALUES ('9');
         {more}"
    );
    assert!(std::process::Command::new("sqlite3").arg(&path).arg(statements).status().unwrap().success());
    let source = Sqlite::new(&SqliteConfig { name: name("app"), path: path.clone(), schedule: None });
    let (raw, material) = taken(&source, &bench);
    let evidence = prove(&raw, &material, &bench.work).unwrap();
    let of_integrity: Vec<_> = evidence.proofs.iter().filter(|proof| proof.what == What::Integrity).collect();
    let skipped = of_integrity.last().unwrap();
    let tables = if more.is_empty() { 2 } else { 3 };
    let why = format!("2 of {tables} tables rest on what only the application has: hashed, sorted");
    assert_eq!((skipped.judgement, &skipped.text), (Skipped, &why));
    assert_eq!(judge(Kind::Sqlite, &evidence.proofs).0, verdict, "{:?}", evidence.proofs);
    assert_eq!(of_integrity.len(), if more.is_empty() { 1 } else { 2 });
    // Rows of a module that nobody has can be neither counted nor compared.
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "PRAGMA writable_schema = ON;
             INSERT INTO sqlite_schema VALUES ('table', 'odd', 'odd', 0, 'CREATE VIRTUAL TABLE odd USING unknown(a)');",
        )
        .unwrap();
    drop(database);
    let (raw, material) = taken(&source, &bench);
    let evidence = prove(&raw, &material, &bench.work).unwrap();
    let rows = evidence.proofs.iter().filter(|proof| proof.what == What::Rows).map(|proof| proof.judgement);
    assert_eq!(rows.collect::<Vec<_>>(), [Passed, Skipped], "{:?}", evidence.proofs);
}

#[test]
fn every_damage_of_a_sqlite_copy_is_seen() {
    let (folder, bench) = (tempfile::tempdir().unwrap(), bench());
    let source = register(folder.path());
    let (_, material) = taken(&source, &bench);
    let path = folder.path().join("app.sqlite3");
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch("CREATE INDEX of_text ON nota (text, bien)").unwrap();
    drop(database);
    let (raw, _) = taken(&source, &bench);
    let evidence = prove(&raw, &material, &bench.work).unwrap();
    assert_eq!(failed(&evidence, What::Schema), "1 indexes where the manifest states 0");
    // The index holds another text than the row.
    let at = raw.windows(4).rposition(|window| window == b"good").unwrap();
    let mut twisted = raw.clone();
    twisted[at..at + 4].copy_from_slice(b"bad!");
    let evidence = prove(&twisted, &material, &bench.work).unwrap();
    assert_eq!(judgements(&evidence)[..3], [(What::Load, Passed), (What::Integrity, Failed), (What::Rows, Passed)]);
    for (raw, said) in [(&raw[..raw.len() - 1], "length"), (&b"no database"[..], "shorter")] {
        let evidence = prove(raw, &material, &bench.work).unwrap();
        assert!(failed(&evidence, What::Load).contains(said), "{:?}", evidence.proofs);
    }
}
