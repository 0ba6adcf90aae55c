//! One whole night through the program itself: what is stored, said, listed and told, and what it
//! does about a source that fails.

use std::fs;

use crate::support::site::{Site, sqlite};

/// A SQLite database, a folder, a settings file.
fn application(extra: &str) -> Site {
    let site = Site::new("");
    fs::create_dir_all(site.path("app/media")).unwrap();
    sqlite(&site.path("app/db.sqlite3"), 500);
    fs::write(site.path("app/media/a.jpg"), "not a photo").unwrap();
    fs::write(site.path("app/.env.prod"), "SECRET=1").unwrap();
    let app = |name: &str| site.path("app").join(name).display().to_string();
    site.configure(&format!(
        "timezone = \"America/Lima\"\n{extra}\n[[sqlite]]\nname = \"app\"\npath = {:?}\n\
         [[media]]\nname = \"media\"\npath = {:?}\n[[files]]\nname = \"settings\"\npaths = [{:?}]\n",
        app("db.sqlite3"),
        app("media"),
        app(".env.prod")
    ));
    site
}

#[test]
fn a_night_is_stored_listed_logged_and_healthy() {
    let site = application("");
    site.call(&["health"]).ends(1);
    let report = site.call(&["backup", "--json", "--label", "first"]).ends(0).json();
    assert_eq!(report["outcome"], "succeeded", "{report:#}");
    let id = report["backup_id"].as_str().unwrap();
    assert_eq!(report["run"], format!("backup-{id}"));

    let listing = site.call(&["list", "--json"]).ends(0).json();
    let set = &listing["sets"][0];
    assert_eq!(
        (set["id"].as_str(), set["state"].as_str(), set["label"].as_str()),
        (Some(id), Some("complete"), Some("first"))
    );
    let sources: Vec<&str> =
        set["artifacts"].as_array().unwrap().iter().map(|a| a["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["app", "media", "settings"]);

    let health = site.call(&["health", "--json"]).ends(0).json();
    assert_eq!(health["status"], "healthy", "{health:#}");
    assert_eq!(health["sources"]["app"]["backup_id"], id);

    let log = site.log();
    assert!(log.contains(&format!("INFO backup {id} app: dumped ")), "{log}");
    assert!(log.contains("pruned: 0, sets that stand: 1"), "{log}");
    assert!(site.path("backups/RESTORE.md").is_file());
    assert_eq!(fs::read_dir(site.path("backups/.resguardo/partial")).map_or(0, Iterator::count), 0);
}

#[test]
fn one_failing_source_does_not_stop_the_others() {
    let site = application("");
    site.call(&["backup"]).ends(0);
    fs::remove_dir_all(site.path("app/media")).unwrap();
    let called = site.call(&["backup", "--json"]).ends(3);
    let report = called.json();
    assert_eq!(report["outcome"], "partial");
    let of = |name: &str| {
        report["sources"]
            .as_array()
            .unwrap()
            .iter()
            .find(|s| s["source"] == name)
            .unwrap_or_else(|| panic!("{report:#}"))
            .clone()
    };
    assert_eq!(of("app")["outcome"], "succeeded");
    assert_eq!(of("media")["outcome"], "failed");
    assert!(of("media")["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{report:#}");
    assert!(called.stderr.contains("ERROR backup"), "{}", called.stderr);
    assert_eq!(site.call(&["list", "--json"]).json()["sets"][0]["state"], "partial");
    assert_eq!(site.call(&["health", "--json"]).ends(0).json()["status"], "warning");
}

#[test]
fn where_every_source_fails_nothing_is_published() {
    let site = application("");
    fs::remove_dir_all(site.path("app")).unwrap();
    let report = site.call(&["backup", "--json"]).ends(1).json();
    assert_eq!(report["outcome"], "failed");
    assert_eq!(report["backup_id"], serde_json::Value::Null);
    for folder in ["db", "media", "files", "sets"] {
        assert!(site.stored(folder).is_empty(), "{folder}");
    }
    assert_eq!(site.call(&["health", "--json"]).ends(1).json()["status"], "never");
}

#[test]
fn a_volume_that_is_not_mounted_fails_its_source() {
    let site = application("");
    site.call(&["backup"]).ends(0);
    fs::remove_file(site.path("app/media/a.jpg")).unwrap();
    let report = site.call(&["backup", "--json"]).ends(3).json();
    let media = report["sources"].as_array().unwrap().iter().find(|s| s["source"] == "media").unwrap().clone();
    assert!(media["error"].as_str().unwrap().contains("empty"), "{media:#}");
}

#[test]
fn an_emptied_database_is_suspect_until_it_is_accepted() {
    let site = application("");
    site.call(&["backup"]).ends(0);
    fs::remove_file(site.path("app/db.sqlite3")).unwrap();
    rusqlite::Connection::open(site.path("app/db.sqlite3")).unwrap().execute_batch("PRAGMA user_version = 1").unwrap();
    let report = site.call(&["backup", "--json"]).ends(0).json();
    assert!(report["warnings"].as_array().unwrap().iter().any(|w| w["code"] == "suspect"), "{report:#}");
    let id = report["backup_id"].as_str().unwrap().to_owned();
    assert_eq!(site.call(&["list", "--json"]).json()["sets"][0]["state"], "suspect");
    assert_eq!(site.call(&["health", "--json"]).ends(1).json()["status"], "suspect");
    // What fell is shown, and nobody is there to be asked.
    let asked = site.call(&["accept", &id]).ends(4);
    for said in ["app held tables: 1, rows: 500, ", "; now it holds tables: 0, rows: 0, ", "with --yes"] {
        assert!(asked.stderr.contains(said), "{said}: {asked:?}");
    }
    assert_eq!(site.call(&["list", "--json"]).json()["sets"][0]["state"], "suspect");
    site.call(&["accept", "--yes", &id]).ends(0);
    assert_eq!(site.call(&["list", "--json"]).json()["sets"][0]["state"], "complete");
    site.call(&["health"]).ends(0);
}

/// What a mark said in JSON: what was done, and whether anything changed.
fn marked(site: &Site, args: &[&str]) -> (String, bool) {
    let json = site.call(&[args, &["--json"]].concat()).ends(0).json();
    assert_eq!((json["version"].as_u64(), json["id"].as_str()), (Some(1), Some(args[1])), "{json:#}");
    (json["done"].as_str().unwrap().to_owned(), json["changed"].as_bool().unwrap())
}

#[test]
fn a_mark_says_what_it_did_and_whether_anything_changed() {
    let site = application("");
    let id = site.call(&["backup", "--json"]).ends(0).json()["backup_id"].as_str().unwrap().to_owned();
    let pin = site.path(&format!("backups/sets/{id}.pin"));
    assert_eq!(marked(&site, &["unpin", &id]), ("unpinned".to_owned(), false));
    assert_eq!(marked(&site, &["accept", &id]), ("accepted".to_owned(), false));
    assert!(!site.path(&format!("backups/sets/{id}.accept")).exists());
    assert_eq!(marked(&site, &["pin", &id]), ("pinned".to_owned(), true));
    let first = fs::read_to_string(&pin).unwrap();
    assert_eq!(marked(&site, &["pin", &id]), ("pinned".to_owned(), false));
    assert_eq!(fs::read_to_string(&pin).unwrap(), first);
    // A label is something new.
    assert_eq!(marked(&site, &["pin", &id, "--label", "audit"]), ("pinned".to_owned(), true));
    assert!(fs::read_to_string(&pin).unwrap().contains("audit"));

    let said = |args: &[&str]| site.call(args).ends(0).stdout;
    assert!(said(&["pin", &id]).contains("already"));
    assert!(!said(&["unpin", &id]).contains("was not"));
    assert!(said(&["unpin", &id]).contains("was not pinned"));
    assert!(said(&["accept", &id]).contains("is not suspect"));
}

#[test]
fn health_names_every_reason_on_a_line_of_its_own_with_its_source() {
    let site = application("");
    site.call(&["backup"]).ends(0);
    fs::remove_dir_all(site.path("app/media")).unwrap();
    fs::remove_file(site.path("app/.env.prod")).unwrap();
    site.call(&["backup"]).ends(3);
    fs::remove_file(&site.stored("db")[0]).unwrap();
    let reasons = site.call(&["health", "--json"]).json()["reasons"].as_array().unwrap().clone();
    let told = site.call(&["health"]).ends(1).stdout;
    let lines: Vec<&str> = told.lines().skip(1).collect();
    let expected: Vec<String> = reasons
        .iter()
        .map(|reason| match reason["source"].as_str() {
            Some(source) => format!("  {source}: {}", reason["text"].as_str().unwrap()),
            None => format!("  {}", reason["text"].as_str().unwrap()),
        })
        .collect();
    assert_eq!(lines, expected);
    assert!(lines.len() >= 3 && lines.iter().any(|line| line.starts_with("  settings: ")), "{told}");
}

#[test]
fn a_pin_keeps_a_set_and_unknown_things_are_named() {
    let site = application("");
    let id = site.call(&["backup", "--json", "--pin"]).ends(0).json()["backup_id"].as_str().unwrap().to_owned();
    assert_eq!(site.call(&["list", "--json"]).json()["sets"][0]["pinned"], true);
    site.call(&["unpin", &id]).ends(0);
    assert_eq!(site.call(&["list", "--json"]).json()["sets"][0]["pinned"], false);
    site.call(&["pin", "20010101_000000"]).ends(64);
    site.call(&["pin", "yesterday"]).ends(64);
    let called = site.call(&["backup", "--source", "nope"]).ends(64);
    assert!(called.stderr.contains("app, media, settings"), "{}", called.stderr);
    site.call(&["frobnicate"]).ends(64);
}

#[test]
fn a_second_run_waits_or_says_who_holds_the_store() {
    let site = application("");
    site.call(&["backup"]).ends(0);
    let lock = fs::File::open(site.path("backups/.resguardo/lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let report = site.call(&["backup", "--json"]).ends(75).json();
    assert_eq!((report["outcome"].as_str(), report["stage"].as_str()), (Some("skipped"), Some("lock")));
    drop(lock);
    site.call(&["backup"]).ends(0);
}

#[test]
fn settings_files_are_private_and_artifacts_are_not_the_worlds() {
    use std::os::unix::fs::PermissionsExt;
    let site = application("");
    site.call(&["backup"]).ends(0);
    let mode = |folder: &str| fs::metadata(&site.stored(folder)[0]).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("files"), mode("db"), mode("media")), (0o600, 0o640, 0o640));
    assert_eq!(fs::metadata(site.path("backups")).unwrap().permissions().mode() & 0o7777, 0o750);
    assert_eq!(fs::metadata(site.path("logs/backup.log")).unwrap().permissions().mode() & 0o7777, 0o644);
}
