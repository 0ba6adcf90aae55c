//! `RESTORE.md`: what it says, and that what it says works.

use std::fs;
use std::process::Command;

use chrono::{DateTime, TimeDelta};
use resguardo::domain::artifact::{Compression, Kind};
use resguardo::domain::language::Language;
use resguardo::domain::manifest::{Manifest, PostgresContent, PostgresFacts};
use resguardo::domain::name::SourceName;
use resguardo::domain::suspect::judge;
use resguardo::store::{Good, Imprint, LockedStore, NewestGood, No, PassedOver, Store, Why, restore_md};
use resguardo::words::Words;
use tempfile::TempDir;

use crate::support::store::{EXPIRED, NEW, content, id, locked, manifest, publish, publish_as, real_store};

/// A set with one artifact of each kind, as its manifest tells it.
fn manifest_of_every_kind() -> Manifest {
    let set = id(NEW);
    let kinds = [
        (Kind::Postgres, format!("db/app_{set}.sql.gz"), Compression::Gzip),
        (Kind::Database, format!("db/app_{set}.create.sql"), Compression::None),
        (Kind::Postgres, format!("db/crm_{set}.dump"), Compression::Internal),
        (Kind::Globals, format!("db/globals_{set}.sql.zst"), Compression::Zstd),
        (Kind::Sqlite, format!("db/notes_{set}.sqlite3.gz"), Compression::Gzip),
        (Kind::Media, format!("media/media_{set}.tar.gz"), Compression::Gzip),
        (Kind::Files, format!("files/settings_{set}.tar.gz"), Compression::Gzip),
    ];
    let content: Vec<(String, Vec<u8>)> =
        kinds.iter().map(|(_, path, _)| (path.clone(), path.clone().into_bytes())).collect();
    let mut manifest = manifest(&set, &content);
    for (artifact, (kind, _, compression)) in manifest.artifacts.iter_mut().zip(kinds) {
        artifact.kind = kind;
        artifact.compression = compression;
    }
    manifest.artifacts[2].facts.postgres = Some(PostgresFacts {
        server_version: "15.14".to_owned(),
        client_version: "15.14".to_owned(),
        format: "custom".to_owned(),
        database: "La gestión de O'Higgins".to_owned(),
        size_bytes: 1,
        owner: "app".to_owned(),
        encoding: "UTF8".to_owned(),
        locale_provider: "c".to_owned(),
        collate: "C".to_owned(),
        ctype: "C".to_owned(),
        icu_locale: None,
        timezone: "UTC".to_owned(),
        superuser: "postgres".to_owned(),
        extensions: Vec::new(),
        user_tables: None,
        content: PostgresContent::default(),
    });
    manifest
}

/// As a place in Lima that is called at noon.
fn page(standing: &NewestGood, contact_lines: &[String]) -> String {
    page_in(Language::English, standing, contact_lines)
}

fn page_in(language: Language, standing: &NewestGood, contact_lines: &[String]) -> String {
    let written_at = DateTime::from_timestamp(1_731_430_800, 0).unwrap();
    restore_md(&Words::of(language), standing, &Imprint { written_at, zone: chrono_tz::America::Lima, contact_lines })
}

fn standing(store: &Store, configured: &[&str]) -> NewestGood {
    let mut catalog = store.catalog();
    judge(&mut catalog, 90);
    NewestGood::of(store, &catalog, &configured.iter().map(|name| SourceName::new(name).unwrap()).collect::<Vec<_>>())
}

/// What is good, by path, roles last.
fn good(standing: &NewestGood) -> Vec<&str> {
    standing.good.iter().map(|good| good.artifact.path.as_str()).collect()
}

/// Publishes a database, its roles and a folder, changed as given.
fn night(locked: &LockedStore, set: &str, change: impl FnOnce(&mut Manifest)) {
    let set = id(set);
    let mut content = content(&set);
    content.push((format!("db/globals_{set}.sql.gz"), b"CREATE ROLE app;".to_vec()));
    let mut manifest = manifest(&set, &content);
    manifest.artifacts[2].kind = Kind::Globals;
    change(&mut manifest);
    content.retain(|(path, _)| manifest.artifacts.iter().any(|a| a.path == *path));
    publish_as(locked, &manifest, &content).unwrap();
}

/// What stands after a night with all kinds, and what was passed over.
fn standing_of_every_kind() -> NewestGood {
    let Manifest { id: set, started_at, artifacts, .. } = manifest_of_every_kind();
    let (properties, data): (Vec<_>, Vec<_>) = artifacts.into_iter().partition(|a| a.kind == Kind::Database);
    let mut standing = NewestGood {
        good: data
            .into_iter()
            .map(|artifact| Good {
                id: set.clone(),
                started_at,
                properties: properties.iter().find(|p| p.source == artifact.source).cloned(),
                proven_at: None,
                no: None,
                artifact,
            })
            .collect(),
        passed_over: Vec::new(),
        missing: vec![SourceName::new("new").unwrap()],
    };
    for (source, why) in [("app", Why::Suspect), ("media", Why::Incomplete)] {
        standing.passed_over.push(PassedOver {
            source: SourceName::new(source).unwrap(),
            id: id("20241113_030000"),
            started_at: started_at + TimeDelta::days(1),
            path: format!("x/{source}_20241113_030000.gz"),
            why,
        });
    }
    standing
}

#[test]
fn restore_md_names_every_file_of_the_set() {
    let standing = standing_of_every_kind();
    let contact = ["Ana, +51 1 234 5678".to_owned()];
    insta::assert_snapshot!(page(&standing, &contact));
    insta::assert_snapshot!("restore_md_es", page_in(Language::Spanish, &standing, &contact));
    insta::assert_snapshot!("restore_md_pt", page_in(Language::Portuguese, &standing, &contact));
}

/// The commands of a page, block by block, and what its sentences quote, in order of letters.
fn commands(page: &str) -> (Vec<&str>, Vec<&str>) {
    let (said, blocks): (Vec<_>, Vec<_>) = page.split("```").enumerate().partition(|(at, _)| at % 2 == 0);
    let quoted = said.iter().flat_map(|(_, text)| text.split('`').skip(1).step_by(2));
    let mut quoted: Vec<&str> = quoted.collect();
    quoted.sort_unstable();
    (blocks.into_iter().map(|(_, block)| block).collect(), quoted)
}

/// Whatever the language of its sentences, what is pasted is the same.
#[test]
fn the_commands_of_restore_md_are_the_same_in_every_language() {
    let mut standing = standing_of_every_kind();
    standing.passed_over[0].why = Why::Bad;
    let no = No { at: standing.good[0].started_at, error: "other rows".to_owned() };
    standing.passed_over[1].why = Why::Refuted(no.clone());
    for good in &mut standing.good {
        good.proven_at = Some(good.started_at);
        good.no = Some(no.clone());
    }
    let mut without_roles = standing_of_every_kind();
    without_roles.good.retain(|good| good.artifact.kind != Kind::Globals);
    for standing in [&standing, &without_roles] {
        let english = page(standing, &[]);
        assert!(commands(&english).0.len() >= 5, "{english}");
        for language in [Language::Spanish, Language::Portuguese] {
            let page = page_in(language, standing, &[]);
            assert_eq!(commands(&page), commands(&english));
            assert!(!page.contains("=== "), "{page}");
        }
    }
}

#[test]
fn a_source_that_failed_is_restored_from_the_set_before() {
    let dir = TempDir::new().unwrap();
    let store = real_store(dir.path());
    let locked = locked(&store);
    night(&locked, EXPIRED, |_| {});
    night(&locked, NEW, |m| m.artifacts.retain(|a| a.kind == Kind::Media));
    let standing = standing(&store, &["media", "app", "new"]);
    let expected = ["media/media_20241112_030000.tar.gz", "db/app_20241111_030000.sql.gz"];
    assert_eq!(good(&standing)[..2], expected);
    assert_eq!(good(&standing)[2], "db/globals_20241111_030000.sql.gz");
    assert_eq!(standing.missing, [SourceName::new("new").unwrap()]);
    assert!(standing.passed_over.is_empty());
}

/// The roles of that night are those of the emptied server.
#[test]
fn what_is_suspect_or_incomplete_is_named_and_passed_over() {
    let dir = TempDir::new().unwrap();
    let store = real_store(dir.path());
    let locked = locked(&store);
    night(&locked, EXPIRED, |_| {});
    night(&locked, NEW, |m| {
        m.artifacts[0].raw_bytes = 1;
        m.artifacts[1].complete = false;
    });
    let before = standing(&store, &["app", "media"]);
    let older =
        ["db/app_20241111_030000.sql.gz", "media/media_20241111_030000.tar.gz", "db/globals_20241111_030000.sql.gz"];
    assert_eq!(good(&before), older);
    let told: Vec<_> = before.passed_over.iter().map(|p| (p.source.as_str(), p.id.as_str(), p.why.clone())).collect();
    assert_eq!(told, [("app", NEW, Why::Suspect), ("media", NEW, Why::Incomplete)]);

    locked.accept(&id(NEW), "ana").unwrap();
    let after = standing(&store, &["app", "media"]);
    assert_eq!(good(&after), ["db/app_20241112_030000.sql.gz", older[1], "db/globals_20241112_030000.sql.gz"]);
}

#[test]
fn what_is_gone_from_the_store_is_not_named() {
    let dir = TempDir::new().unwrap();
    let store = real_store(dir.path());
    let locked = locked(&store);
    night(&locked, EXPIRED, |_| {});
    night(&locked, NEW, |_| {});
    fs::remove_file(dir.path().join("db/app_20241112_030000.sql.gz")).unwrap();
    locked.expire(&id(EXPIRED)).unwrap();
    let standing = standing(&store, &["app"]);
    // No longer configured, and there to be restored all the same.
    assert_eq!(good(&standing), ["media/media_20241112_030000.tar.gz", "db/globals_20241112_030000.sql.gz"]);
    let page = page(&standing, &[]);
    assert!(page.contains("there is no good copy of app"), "{page}");
    assert!(!page.contains("app_20241112_030000"), "{page}");
}

/// The line of sums is fed to the real program, over real files.
#[test]
fn the_sums_of_restore_md_are_checked_by_sha256sum() {
    let dir = TempDir::new().unwrap();
    let store = real_store(dir.path());
    let locked = locked(&store);
    publish(&locked, &id(NEW)).unwrap();
    let page = page(&standing(&store, &["app", "media"]), &[]);
    locked.write_restore_md(&page).unwrap();
    let page = fs::read_to_string(dir.path().join("RESTORE.md")).unwrap();
    let start = page.find("sha256sum -c").unwrap();
    let script = &page[start..start + page[start..].find("```").unwrap()];
    let check = || Command::new("sh").args(["-c", script]).current_dir(dir.path()).output().unwrap();
    assert!(check().status.success(), "{:?}", check());
    let path = dir.path().join(&content(&id(NEW))[1].0);
    fs::write(&path, "something else").unwrap();
    assert!(!check().status.success());
}
