//! Source by damage, every cell: what a set holds is altered as if its digest had been mended, and a
//! drill says no by the proof that is meant to see it; undamaged, it says yes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use resguardo::config::{DumpFormat, FilesConfig, MediaConfig, SqliteConfig};
use resguardo::domain::artifact::Kind;
use resguardo::domain::drill::{Expected, Judgement, Verdict, What, judge};
use resguardo::domain::name::SourceName;
use resguardo::source::Source;
use resguardo::source::files::Files;
use resguardo::source::media::Media;
use resguardo::source::prove::{Evidence, Material};
use resguardo::source::sqlite::Sqlite;
use rstest::rstest;
use rusqlite::Connection;

use crate::support::drill::{assert_proven, bare, material, prove, text_of};
use crate::support::odd::with_format;
use crate::support::postgres::{Bench, Server, bench};
use crate::support::restore_postgres::Stored;

/// What was done, and what the drill says to it: nothing where it says yes.
type Cell = (&'static str, &'static str);

/// What a drill says against a source; nothing where that is proven.
#[track_caller]
fn said(kind: Kind, evidence: &Evidence) -> String {
    match judge(kind, &evidence.proofs) {
        (Verdict::Proven, None) => String::new(),
        (Verdict::Failed, Some(words)) => words,
        other => panic!("{other:?}: {:#?}", evidence.proofs),
    }
}

/// A question whose answer is no longer enough.
#[track_caller]
fn assert_a_check_fails(evidence: &Evidence, answer: &str, at_least: f64) {
    let expected = Expected { min: Some(at_least), ..Expected::default() };
    let answered = evidence.answers[0].as_ref().unwrap();
    let said = expected.judge(answered.as_deref(), None);
    assert_eq!(said, Err(format!("{answer} where at least {at_least} is expected")));
}

/// A database with something of every kind that applications make.
const REGISTER: &str = "
    SET ROLE app;
    CREATE TYPE state AS ENUM ('good', 'worn');
    CREATE TYPE spare AS (a integer, b text);
    CREATE DOMAIN code AS text CONSTRAINT code_form CHECK (VALUE <> '');
    CREATE TABLE place (id serial PRIMARY KEY, code code);
    INSERT INTO place (code) VALUES ('a'), ('b'), ('b');
    CREATE TABLE asset (id serial PRIMARY KEY, place integer CONSTRAINT at_place REFERENCES place,
        name text CONSTRAINT named UNIQUE, state state, worth numeric DEFAULT 0 CONSTRAINT worth_known CHECK (worth >= 0));
    INSERT INTO asset (place, name, worth) SELECT 1 + n % 3, 'Desk no. ' || n, n FROM generate_series(1, 40) n;
    CREATE TABLE unused (i integer);
    CREATE INDEX by_worth ON asset (worth);
    CREATE INDEX by_small_name ON asset (lower(name));
    CREATE VIEW good AS SELECT * FROM asset WHERE state = 'good';
    -- It needs the key, and so it is dumped as a table with a rule.
    CREATE VIEW totals AS SELECT asset.id, asset.name, count(*) FROM asset GROUP BY asset.id;
    CREATE MATERIALIZED VIEW per_place AS SELECT place, count(*) FROM asset GROUP BY 1;
    CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE FUNCTION worth(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION worth(text) RETURNS integer LANGUAGE sql AS 'SELECT 2';
    CREATE TRIGGER touched BEFORE UPDATE ON asset FOR EACH ROW EXECUTE FUNCTION touched();
    CREATE POLICY own ON place USING (true);
    CREATE RULE kept AS ON DELETE TO place DO INSTEAD NOTHING;
    CREATE SEQUENCE ticket;
    CREATE TABLE event (at date, what text) PARTITION BY RANGE (at);
    CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    INSERT INTO event VALUES ('2024-06-01', 'bought');
    COMMENT ON TABLE asset IS 'what we own';
    GRANT SELECT ON asset TO reader;
    SELECT setval('ticket', 7), lo_from_bytea(70001, '\\x00ff27'), lo_from_bytea(70002, '\\x01')";

/// A drill takes seconds: what different proofs see, and up to three kinds of which each is named, is
/// damaged at once.
const DATA: [Cell; 4] = [
    ("", ""),
    (
        "DELETE FROM asset WHERE id = 7; SELECT setval('ticket', 8), lo_unlink(70002)",
        "table public.asset: 39 rows where the manifest states 40; large objects: 1 rows where the manifest states 2; \
         sequence public.ticket: 8 where the manifest states 7",
    ),
    (
        "UPDATE asset SET name = 'Desk no. 77' WHERE id = 7; INSERT INTO place (code) VALUES ('b');
         SELECT setval('ticket', 7, false), lo_put(70001, 0, '\\x01')",
        "table public.asset: other rows than the manifest states; \
         table public.place: 4 rows where the manifest states 3; large objects: other rows than the manifest states; \
         sequence public.place_id_seq: 4 where the manifest states 3; \
         sequence public.ticket: 7 (not called) where the manifest states 7",
    ),
    (
        "DROP TABLE unused; ALTER TABLE event DETACH PARTITION event_2024; COMMENT ON TABLE asset IS NULL",
        "table public.unused: missing; 0 comments where the manifest states 1; 0 partitions where the manifest states 1; \
         4 tables where the manifest states 5",
    ),
];
const SCHEMA: [Cell; 5] = [
    (
        "DROP INDEX by_worth; ALTER TABLE place DROP CONSTRAINT place_pkey CASCADE",
        "2 constraints where the manifest states 3; 0 foreign keys where the manifest states 1; \
         1 indexes where the manifest states 2",
    ),
    (
        "DROP VIEW good; DROP MATERIALIZED VIEW per_place; DROP TRIGGER touched ON asset",
        "0 materialized views where the manifest states 1; 0 triggers where the manifest states 1; \
         1 views where the manifest states 2",
    ),
    (
        "DROP POLICY own ON place; DROP RULE kept ON place; DROP FUNCTION worth(text)",
        "2 functions where the manifest states 3; 0 policies where the manifest states 1; \
         1 rules where the manifest states 2",
    ),
    (
        "ALTER TABLE asset DROP CONSTRAINT worth_known; DROP TYPE spare; REVOKE ALL ON asset FROM reader",
        "1 check constraints where the manifest states 2; 0 privileges where the manifest states 1; \
         1 types where the manifest states 2",
    ),
    (
        "ALTER INDEX by_worth RENAME TO by_price; ALTER DOMAIN code DROP CONSTRAINT code_form;
         ALTER DOMAIN code ADD CONSTRAINT another CHECK (VALUE <> 'x'); DROP SEQUENCE ticket",
        "sequence public.ticket: missing; other check constraints than the manifest states; \
         other indexes than the manifest states; 2 sequences where the manifest states 3",
    ),
];

#[rstest]
fn of_postgres(
    #[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat,
    #[values(&DATA, &SCHEMA)] cells: &[Cell],
) {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE ROLE reader; CREATE ROLE app LOGIN; CREATE DATABASE app OWNER app");
    server.psql("app", REGISTER);
    let stored = Stored::take(&with_format(server.config("app"), format), &bench.work);
    let material = Material { questions: vec!["SELECT count(*) FROM asset".into()], ..material(&stored) };
    for (damage, words) in cells {
        server.psql("postgres", "DROP DATABASE IF EXISTS damaged; CREATE DATABASE damaged TEMPLATE app OWNER app");
        server.psql("damaged", &format!("SET ROLE app; {damage}"));
        let raw = Stored::take(&with_format(server.config("damaged"), format), &bench.work).raw;
        let evidence = prove(&raw, &material, &bench.work).unwrap();
        assert_eq!(said(Kind::Postgres, &evidence), *words, "{damage}");
        if words.is_empty() {
            assert_proven(&evidence);
            assert_a_check_fails(&evidence, "40", 41.0);
        }
    }
}

/// Before 14 a partition was one within its table's own statement, and so no thing by itself.
#[test]
fn of_postgres_partitions_that_an_older_pg_dump_did_not_tell_apart() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE ROLE reader; CREATE ROLE app LOGIN; CREATE DATABASE app OWNER app");
    server.psql("app", REGISTER);
    let stored = Stored::take(&server.config("app"), &bench.work);
    let mut material = material(&stored);
    let facts = material.facts.postgres.as_mut().unwrap();
    assert!(facts.content.objects.as_mut().unwrap().remove("partitions").is_some());
    let words = |material: &Material| said(Kind::Postgres, &prove(&stored.raw, material, &bench.work).unwrap());
    assert_eq!(words(&material), "1 partitions where the manifest states 0");
    material.facts.postgres.as_mut().unwrap().client_version = "13.22".to_owned();
    assert_eq!(words(&material), "");
}

/// What no server is needed to see, and manifests from before the schema was counted.
#[rstest]
fn of_postgres_bytes(#[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat) {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE ROLE reader; CREATE ROLE app LOGIN; CREATE DATABASE app OWNER app");
    server.psql("app", REGISTER);
    let stored = Stored::take(&with_format(server.config("app"), format), &bench.work);
    let mut material = material(&stored);
    let cut = prove(&stored.raw[..stored.raw.len() - 200], &material, &bench.work).unwrap();
    assert!(!said(Kind::Postgres, &cut).is_empty());
    material.facts.postgres.as_mut().unwrap().content.objects = None;
    server.psql("app", "DROP INDEX by_worth");
    let raw = Stored::take(&with_format(server.config("app"), format), &bench.work).raw;
    let old = prove(&raw, &material, &bench.work).unwrap();
    assert_eq!(
        (said(Kind::Postgres, &old).as_str(), text_of(&old, What::Schema)),
        ("", "the manifest says nothing of it")
    );
}

const FILE: &str = "
    CREATE TABLE asset (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, worth);
    CREATE TABLE place (code TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
    CREATE TABLE twice (n INTEGER, made INTEGER AS (n * 2) VIRTUAL, kept INTEGER AS (n * 3) STORED);
    CREATE TABLE unused (n);
    CREATE VIRTUAL TABLE words USING fts5(text);
    CREATE INDEX by_name ON asset (name);
    CREATE VIEW good AS SELECT * FROM asset WHERE worth > 0;
    CREATE TRIGGER renamed AFTER UPDATE OF code ON place BEGIN SELECT 1; END;
    INSERT INTO asset (name, worth) VALUES ('a', 1), ('b', 1.5), ('c', '1'), ('d', x'31'), ('e', NULL);
    INSERT INTO place VALUES ('x', 'here'), ('pt', 'q');
    INSERT INTO unused VALUES (1), (2), (NULL);
    INSERT INTO twice (n) VALUES (1), (1);
    INSERT INTO words VALUES ('desk'), ('chair');";

const OTHER_ASSETS: &str = "table asset: other rows than the manifest states";

#[rstest]
#[case::undamaged("", "")]
#[case::written_anew("VACUUM", "")]
#[case::analyzed("ANALYZE", "")]
#[case::another_order("DELETE FROM unused; INSERT INTO unused VALUES (2), (NULL), (1)", "")]
#[case::row_for_row("UPDATE unused SET n = 0 WHERE n IS NULL", "table unused: other rows than the manifest states")]
#[case::row_cut("DELETE FROM asset WHERE id = 2", "table asset: 4 rows where the manifest states 5")]
#[case::row_changed("UPDATE asset SET name = 'bb' WHERE id = 2", OTHER_ASSETS)]
#[case::key_changed("UPDATE asset SET id = 4 + 2 WHERE id = 5", "table asset: other rows than the manifest states…")]
#[case::integer_as_real("UPDATE asset SET worth = 1.0 WHERE id = 1", OTHER_ASSETS)]
#[case::text_as_bytes("UPDATE asset SET worth = x'31' WHERE id = 3", OTHER_ASSETS)]
#[case::bytes_as_text("UPDATE asset SET worth = '1' WHERE id = 4", OTHER_ASSETS)]
#[case::text_as_integer("UPDATE asset SET worth = 1 WHERE id = 3", OTHER_ASSETS)]
#[case::value_moved_over_nothing("UPDATE asset SET name = NULL, worth = 'e' WHERE id = 5", OTHER_ASSETS)]
#[case::nothing_as_empty("UPDATE asset SET worth = '' WHERE id = 5", OTHER_ASSETS)]
#[case::values_exchanged("UPDATE asset SET name = CASE id WHEN 1 THEN 'b' ELSE 'a' END WHERE id < 3", OTHER_ASSETS)]
#[case::bytes_moved_over(
    "UPDATE place SET code = 'p', name = 'tq' WHERE code = 'pt'",
    "table place: other rows than the manifest states"
)]
#[case::equal_rows_changed_alike("UPDATE twice SET n = 2", "table twice: other rows than the manifest states")]
#[case::row_doubled("INSERT INTO twice (n) VALUES (1)", "table twice: 3 rows where the manifest states 2")]
#[case::found_by_words(
    "UPDATE words SET text = 'desks' WHERE text = 'desk'",
    "table words_content: other rows than the manifest states; …"
)]
#[case::sequence_changed(
    "UPDATE sqlite_sequence SET seq = 9",
    "table sqlite_sequence: other rows than the manifest states"
)]
#[case::sequence_cut("DELETE FROM sqlite_sequence", "table sqlite_sequence: 0 rows where the manifest states 1")]
#[case::index_cut("DROP INDEX by_name", "0 indexes where the manifest states 1")]
#[case::view_cut("DROP VIEW good", "0 views where the manifest states 1")]
#[case::trigger_cut("DROP TRIGGER renamed", "0 triggers where the manifest states 1")]
#[case::trigger_changed(
    "DROP TRIGGER renamed; CREATE TRIGGER renamed AFTER UPDATE OF code ON place BEGIN SELECT 2; END",
    "other triggers than the manifest states"
)]
#[case::index_more("CREATE INDEX by_worth ON asset (worth)", "2 indexes where the manifest states 1")]
#[case::index_of_another_name(
    "DROP INDEX by_name; CREATE INDEX by_its_name ON asset (name)",
    "other indexes than the manifest states"
)]
#[case::table_cut("DROP TABLE unused", "table unused: missing; 9 tables where the manifest states 10")]
#[case::view_changed("DROP VIEW good; CREATE VIEW good AS SELECT * FROM asset", "other views than the manifest states")]
#[case::index_changed(
    "DROP INDEX by_name; CREATE INDEX by_name ON asset (worth)",
    "other indexes than the manifest states"
)]
#[case::column_more(
    "ALTER TABLE place ADD COLUMN more",
    "table place: other rows than the manifest states; other tables than the manifest states"
)]
fn of_sqlite(#[case] damage: &str, #[case] words: &str) {
    let (folder, bench) = (tempfile::tempdir().unwrap(), bench());
    let (database, source) = file(folder.path());
    let (_, material) = taken(&source, &bench);
    database.execute_batch(damage).unwrap();
    let (raw, _) = taken(&source, &bench);
    let material = Material { questions: vec!["SELECT count(*) FROM place".into()], ..material };
    let evidence = prove(&raw, &material, &bench.work).unwrap();
    let said = said(Kind::Sqlite, &evidence);
    assert!(words.strip_suffix('…').map_or(said == words, |start| said.starts_with(start)), "{said}");
    assert_a_check_fails(&evidence, "2", 3.0);
    if words.is_empty() {
        assert_proven(&evidence);
    }
}

#[test]
fn of_sqlite_bytes() {
    let (folder, bench) = (tempfile::tempdir().unwrap(), bench());
    let (database, source) = file(folder.path());
    let (raw, mut material) = taken(&source, &bench);
    let words = |raw: &[u8], material: &Material| said(Kind::Sqlite, &prove(raw, material, &bench.work).unwrap());
    assert_eq!(words(&raw[..raw.len() - 1], &material), "read the copy: it has not the length its head states");
    let mut page = raw.clone();
    page[4096..4196].fill(0xa5);
    assert!(!words(&page, &material).is_empty());

    // A manifest from before rows were summed is judged by their number, and that is told.
    let facts = material.facts.sqlite.as_mut().unwrap();
    (facts.sequences, facts.objects) = (None, None);
    for table in &mut facts.tables {
        table.rows_digest = None;
    }
    database.execute_batch("UPDATE asset SET name = 'x'; DROP INDEX by_name; DELETE FROM sqlite_sequence").unwrap();
    let old = prove(&taken(&source, &bench).0, &material, &bench.work).unwrap();
    assert_eq!(said(Kind::Sqlite, &old), "");
    assert!(text_of(&old, What::Rows).ends_with(" rows, by their number alone"), "{:?}", old.proofs);
    let skipped = old.proofs.iter().filter(|proof| proof.judgement == Judgement::Skipped);
    assert_eq!(skipped.map(|proof| proof.what).collect::<Vec<_>>(), [What::Sequences, What::Schema]);
}

fn file(folder: &Path) -> (Connection, Sqlite) {
    let path = folder.join("app.sqlite3");
    let database = Connection::open(&path).unwrap();
    database.execute_batch(FILE).unwrap();
    (database, Sqlite::new(&SqliteConfig { name: name(), path, schedule: None }))
}

fn change_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn change_time(path: &Path) {
    fs::File::options().write(true).open(path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
}

const OTHER_TREE: &str = "the digest of its tree";

#[rstest]
#[case::undamaged(|_: &Path| {}, "")]
#[case::changed(|tree: &Path| fs::write(tree.join("a/1"), "photo 2").unwrap(), OTHER_TREE)]
#[case::renamed(|tree: &Path| fs::rename(tree.join("a/1"), tree.join("a/8")).unwrap(), OTHER_TREE)]
#[case::mode(|tree: &Path| change_mode(&tree.join("a/1"), 0o600), OTHER_TREE)]
#[case::mode_of_a_folder(|tree: &Path| change_mode(&tree.join("a"), 0o700), OTHER_TREE)]
#[case::time(|tree: &Path| change_time(&tree.join("a/1")), OTHER_TREE)]
#[case::cut(|tree: &Path| fs::remove_file(tree.join("a/1")).unwrap(), "4 files where the manifest states 5")]
#[case::emptied(|tree: &Path| fs::write(tree.join("a/1"), "").unwrap(), "28 bytes of content where the manifest states 35")]
#[case::link_turned(
    |tree: &Path| {
        fs::remove_file(tree.join("a/link")).unwrap();
        std::os::unix::fs::symlink("2", tree.join("a/link")).unwrap();
    },
    OTHER_TREE
)]
fn of_files(#[case] damage: fn(&Path), #[case] words: &str, #[values(Kind::Media, Kind::Files)] kind: Kind) {
    let (tree, bench) = (tempfile::tempdir().unwrap(), bench());
    fs::create_dir(tree.path().join("a")).unwrap();
    for number in 0..5 {
        fs::write(tree.path().join(format!("a/{number}")), format!("photo {number}")).unwrap();
    }
    std::os::unix::fs::symlink("1", tree.path().join("a/link")).unwrap();
    let path = tree.path().to_owned();
    let source: Box<dyn Source> = if kind == Kind::Media {
        let config = MediaConfig { name: name(), path, exclude: Vec::new(), allow_empty: false, schedule: None };
        Box::new(Media::new(&config).unwrap())
    } else {
        Box::new(Files::new(&FilesConfig { name: name(), paths: vec![path.join("a")], schedule: None }).unwrap())
    };
    let (_, material) = taken(&*source, &bench);
    damage(tree.path());
    let (raw, _) = taken(&*source, &bench);
    let said = |raw: &[u8]| said(kind, &prove(raw, &material, &bench.work).unwrap());
    let whole = said(&raw);
    assert!(whole.contains(words) && whole.is_empty() == words.is_empty(), "{whole}");
    assert!(said(&raw[..raw.len() - 1024]).contains("ends before its end blocks"));
}

fn name() -> SourceName {
    SourceName::new("app").unwrap()
}

/// What a set holds of a source.
fn taken(source: &dyn Source, bench: &Bench) -> (Vec<u8>, Material) {
    let mut raw = Vec::new();
    let facts = source.dump(&mut raw, &bench.work).unwrap().facts;
    let raw_bytes = Some(raw.len() as u64);
    (raw, Material { facts, raw_bytes, ..bare(source.form()) })
}
