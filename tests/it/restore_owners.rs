//! Files of others, restored by one who may not give files away: told by `check`, refused before
//! anything is begun, dry or not, and brought back as our own where that is asked for.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;

use crate::support::archive::tell;
use crate::support::site::{Called, Site, sqlite, toml};

const NOBODY: u32 = 65534;

/// An application of nobody's, with a photo of the web server's, a folder of root's that all may write
/// to, settings of root's where that is said, and a database.
fn site(settings_user: u32) -> Site {
    let site = Site::new("");
    fs::create_dir_all(site.path("app/media/shared")).unwrap();
    let write = |name: &str, text: &str| fs::write(site.path(name), text).unwrap();
    write("app/media/photo.jpg", "old");
    write("app/media/shared/plan.pdf", "old");
    write("app/.env.prod", "old");
    sqlite(&site.path("app/db.sqlite3"), 5);
    site.configure(&format!(
        "[[media]]\nname = \"media\"\npath = {}\n[[files]]\npaths = [{}]\n[[sqlite]]\nname = \"app\"\npath = {}\n",
        toml(&site.path("app/media")),
        toml(&site.path("app/.env.prod")),
        toml(&site.path("app/db.sqlite3"))
    ));
    let names = ["", "app", "app/media", "app/media/shared/plan.pdf", "app/db.sqlite3", "backup.toml"];
    for name in names {
        give(&site, name, NOBODY);
    }
    give(&site, "app/.env.prod", settings_user);
    give(&site, "app/media/photo.jpg", 33);
    give(&site, "app/media/shared", 0);
    fs::set_permissions(site.path("app/media/shared"), fs::Permissions::from_mode(0o777)).unwrap();
    site
}

fn give(site: &Site, name: &str, user: u32) {
    chown(site.path(name), Some(user), Some(user)).expect("this test gives files away, which needs root");
}

/// As nobody, whom root's groups do not follow.
fn call(site: &Site, args: &[&str]) -> Called {
    Called::from(site.command().uid(NOBODY).gid(NOBODY).args(args).output().unwrap())
}

/// What the newest set is asked for is refused, dry or not; nothing is touched or made.
#[track_caller]
fn refused(site: &Site, args: &[&str], owned: &str) {
    let before = tell(&site.path("app"));
    for how in ["--dry-run", "--yes"] {
        let called = call(site, &[&["restore", "--latest", how], args].concat()).ends(4);
        let said = called.stdout + &called.stderr;
        assert!(said.contains(owned) && said.contains("--no-owner"), "{said}");
        assert_eq!(tell(&site.path("app")), before, "{how}");
    }
}

#[test]
fn files_of_others_are_refused_before_anything_is_begun() {
    let site = site(NOBODY);
    let told = call(&site, &["check"]).ends(0).stdout;
    let photo = site.path("app/media/photo.jpg").display().to_string();
    let warned = format!("media (media): a restore by this user would be refused, for {photo} belongs to 33:33,");
    assert!(told.contains(&warned) && told.matches("would be refused").count() == 1, "{told}");
    let report = call(&site, &["backup", "--json"]).ends(0).json();
    assert_eq!(report["warnings"].as_array().unwrap().iter().filter(|w| w["code"] == "restore_hindered").count(), 0);

    sqlite(&site.path("app/db.sqlite3"), 9);
    fs::write(site.path("app/media/photo.jpg"), "new").unwrap();
    let photo = "`./photo.jpg` belongs to 33:33";
    refused(&site, &[], photo);
    refused(&site, &["--source", "media"], photo);
    refused(&site, &["--source", "media", "--only", "*.jpg"], photo);
    let aside = site.path("aside");
    refused(&site, &["--source", "media", "--to-dir", aside.to_str().unwrap()], photo);
    assert!(!aside.exists());
    call(&site, &["restore", "--latest", "--source", "app", "--dry-run"]).ends(0);

    call(&site, &["restore", "--latest", "--no-owner", "--dry-run"]).ends(0);
    call(&site, &["restore", "--latest", "--no-owner", "--yes"]).ends(0);
    let photo = site.path("app/media/photo.jpg");
    assert_eq!((fs::read(&photo).unwrap(), fs::metadata(&photo).unwrap().uid()), (b"old".to_vec(), NOBODY));
}

/// Which of all folders a dot is, nobody can tell.
#[test]
fn a_folder_that_is_stored_whole_is_named_by_its_path() {
    let site = site(NOBODY);
    give(&site, "app/media", 33);
    let told = call(&site, &["check"]).ends(0).stdout;
    let folder = site.path("app/media").display().to_string();
    assert!(told.contains(&format!("would be refused, for {folder} belongs to 33:33,")), "{told}");
}

#[test]
fn settings_of_roots_are_refused_before_anything_is_begun() {
    let site = site(0);
    let told = call(&site, &["check"]).ends(0).stdout;
    let file = site.path("app/.env.prod").display().to_string();
    let warned = format!("settings (files): a restore by this user would be refused, for {file} belongs to 0:0");
    assert!(told.contains(&warned), "{told}");
    call(&site, &["backup"]).ends(0);
    fs::write(site.path("app/.env.prod"), "new").unwrap();
    refused(&site, &["--source", "settings"], "/app/.env.prod` belongs to 0:0");
    call(&site, &["restore", "--latest", "--source", "settings", "--no-owner", "--yes"]).ends(0);
    assert_eq!(fs::read(site.path("app/.env.prod")).unwrap(), b"old");
}

#[test]
fn a_folder_of_others_is_in_the_way_only_where_it_must_be_made() {
    let site = site(NOBODY);
    call(&site, &["backup"]).ends(0);
    let (folder, plan) = (site.path("app/media/shared"), site.path("app/media/shared/plan.pdf"));
    fs::write(&plan, "new").unwrap();
    for only in ["shared/plan.pdf", "shared"] {
        call(&site, &["restore", "--latest", "--source", "media", "--only", only, "--dry-run"]).ends(0);
    }
    call(&site, &["restore", "--latest", "--source", "media", "--only", "shared/*", "--yes"]).ends(0);
    assert_eq!((fs::read(&plan).unwrap(), fs::metadata(&folder).unwrap().uid()), (b"old".to_vec(), 0));

    let shared = "`./shared` belongs to 0:0";
    let aside = site.path("aside");
    refused(&site, &["--source", "media", "--only", "*.pdf", "--to-dir", aside.to_str().unwrap()], shared);
    fs::remove_dir_all(&folder).unwrap();
    for only in ["*.pdf", "shared"] {
        refused(&site, &["--source", "media", "--only", only], shared);
    }
}
