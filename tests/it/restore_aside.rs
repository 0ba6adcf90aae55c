//! Restores that touch nothing live: into a folder of the operator's, as a look that changes nothing,
//! of files that must not be restored at all. And what the question about settings tells.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rstest::rstest;
use tokio_tar::EntryType::{self, Link, Regular, Symlink};

use crate::archive::archive_of;
use crate::support::mounts::Mounts;
use crate::support::postgres::Server;
use crate::support::site::{Called, Site};
use crate::support::verify::{make_application, sources};

/// A SQLite database, two folders and settings, stored once.
fn stored() -> Site {
    let site = Site::new("");
    make_application(&site);
    site.configure(&sources(&site));
    site.call(&["backup"]).ends(0);
    site
}

/// Restores what is newest into a folder of this site.
fn aside(site: &Site, folder: &str) -> Called {
    site.call(&["restore", "--latest", "--to-dir", site.path(folder).to_str().unwrap()])
}

#[test]
fn several_sources_go_into_a_new_folder_and_nobody_is_asked() {
    let site = stored();
    let called = aside(&site, "look").ends(0);
    assert!(called.stderr.contains("what is live is not touched") && !called.stderr.contains("type"), "{called:?}");
    assert_eq!(fs::read_to_string(site.path("look/media/a.jpg")).unwrap(), "not a photo");
    let settings = site.path("app/.env.prod");
    let settings = site.path("look/settings").join(settings.strip_prefix("/").unwrap());
    assert_eq!(fs::read_to_string(settings).unwrap(), "SECRET=1");
    assert!(site.path("look/app/db.sqlite3").is_file());
    assert!(!site.path("backups/.resguardo/restores").exists(), "nothing is to be undone");
    // A folder that would have to be guessed is not made.
    let called = aside(&site, "no/such").ends(4);
    assert!(called.stderr.contains("Make the folder") && !site.path("no").exists(), "{called:?}");
}

#[rstest]
#[case::the_store("backups/look", "the store")]
#[case::the_store_itself("backups", "the store")]
#[case::the_log("logs/a", "the log folder")]
#[case::a_live_folder("app/media/look", "the folder of media")]
#[case::by_a_link("link/look", "the folder of media")]
fn what_is_ours_or_live_is_no_folder_to_look_into(#[case] folder: &str, #[case] whose: &str) {
    let site = stored();
    std::os::unix::fs::symlink(site.path("app/media"), site.path("link")).unwrap();
    let called = aside(&site, folder).ends(4);
    assert!(called.stderr.contains("it lies within ") && called.stderr.contains(whose), "{called:?}");
    assert!(called.stderr.contains("Name a folder outside"), "{called:?}");
}

#[rstest]
#[case::read_only("read-only")]
#[case::full("full")]
fn a_store_that_cannot_be_written_is_read_all_the_same(#[case] how: &str) {
    let site = Site::new("");
    make_application(&site);
    site.configure(&sources(&site));
    let mounts = Mounts::new();
    mounts.small_disk(&site.path("backups"), 24);
    let call = |args: &[&str]| Called::from(mounts.inside(&site.command()).args(args).output().unwrap());
    call(&["backup"]).ends(0);
    let store = mounts.seen(&site.path("backups"));
    if how == "full" {
        // Every byte of it.
        let error = fs::write(store.join("filler"), vec![7; 32 << 20]).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(rustix::io::Errno::NOSPC.raw_os_error()));
    } else {
        mounts.remount(&site.path("backups"), "ro");
    }
    let verified = call(&["verify"]).ends(0);
    for source in ["app", "media", "papers", "settings"] {
        assert!(verified.stdout.contains(&format!("{source}: good")), "{verified:?}");
    }
    assert!(verified.stderr.contains("could not be written down"), "{verified:?}");
    let look = site.path("look");
    let restored = call(&["restore", "--latest", "--to-dir", look.to_str().unwrap()]).ends(0);
    assert_eq!(fs::read_to_string(look.join("papers/b.pdf")).unwrap(), "not a paper", "{restored:?}");
    assert!(restored.stderr.contains("The store cannot be written"), "{restored:?}");
    // What replaces something needs its journal.
    call(&["restore", "--latest", "--yes"]).ends(1);
    assert_eq!(fs::read_to_string(site.path("app/media/a.jpg")).unwrap(), "not a photo");
    let left = fs::read_dir("/tmp").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.starts_with("resguardo-verify-")).collect();
    let stands = |name: &String| Path::new("/proc").join(name.rsplit('-').next().unwrap()).exists();
    assert!(left.iter().all(stands), "a scratch folder is left: {left:?}");
}

#[test]
fn a_look_shows_everything_and_ends_as_the_restore_would() {
    let server = Server::start_tcp(&[]);
    server.psql("postgres", "CREATE ROLE ana LOGIN CREATEDB CREATEROLE PASSWORD 'x'; CREATE DATABASE app OWNER ana");
    server.psql("app", "SET ROLE ana; CREATE TABLE asset AS SELECT 1 AS id");
    let site = Site::new("");
    make_application(&site);
    let url = format!("postgres://ana:x@127.0.0.1:{}/app", server.port());
    let database = format!("[[postgres]]\nname = \"register\"\nurl = \"{url}\"\n");
    site.configure(&format!("{database}{}", sources(&site)));
    server.psql("postgres", "CREATE ROLE bob LOGIN PASSWORD 'y'");
    site.call(&["backup"]).ends(0);
    server.psql("postgres", "DROP ROLE bob");
    let look = site.call(&["restore", "--latest", "--source", "register", "--dry-run"]).ends(4);
    // Who backed up may not read passwords, so none come back.
    assert!(
        look.stdout.contains("holds none: bob.") && look.stdout.contains("ALTER ROLE \"bob\" PASSWORD"),
        "{look:?}"
    );
    assert!(look.stdout.contains("register is restored from"), "{look:?}");
    assert!(look.stdout.contains("how much is free cannot be seen"), "{look:?}");
    assert!(look.stderr.contains("--assume-room"), "{look:?}");
    let assumed = site.call(&["restore", "--latest", "--source", "register", "--dry-run", "--assume-room"]).ends(0);
    assert_eq!(assumed.stdout.lines().count(), look.stdout.lines().count(), "{assumed:?}");
    assert!(!assumed.stderr.contains("--assume-room"), "{assumed:?}");
    // A database goes into no folder, and it says which.
    let called = aside(&site, "look").ends(64);
    assert!(called.stderr.contains("restore register aside: it does not go into a folder"), "{called:?}");
    assert!(called.stderr.contains("--to-db NAME as well") && !site.path("look").exists(), "{called:?}");
}

#[rstest]
#[case::absolute(&[("/tmp/evil", Regular, "")], "leads out")]
#[case::climbing(&[("./a/../../evil", Regular, "")], "leads out")]
#[case::through_a_link(&[("l", Symlink, "/tmp"), ("l/evil", Regular, "")], "leads through")]
#[case::through_a_file(&[("f", Regular, ""), ("f/evil", Regular, "")], "leads through")]
#[case::a_file_over_a_folder(&[("a/b", Regular, ""), ("a", Regular, "")], "twice")]
#[case::hard_link_out(&[("h", Link, "/etc/passwd")], "hard link out")]
#[case::hard_link_to_nothing(&[("h", Link, "nothing")], "nothing before it")]
#[case::a_device(&[("d", EntryType::Char, "")], "no file, folder or link")]
#[case::twice(&[("f", Regular, ""), ("./f", Regular, "")], "twice")]
fn a_hostile_archive_is_refused_before_anything_is_begun(
    #[case] entries: &[(&str, EntryType, &str)],
    #[case] told: &str,
    #[values("home", "aside")] to: &str,
) {
    let site = stored();
    let archive = site.path("evil.tar");
    fs::write(&archive, archive_of(entries)).unwrap();
    let look = site.path("look");
    let mut args = vec!["restore", "--media", archive.to_str().unwrap(), "--source", "media", "--yes"];
    if to == "aside" {
        args.extend(["--to-dir", look.to_str().unwrap()]);
    }
    let called = site.call(&args).ends(4);
    assert!(called.stderr.contains(told), "{called:?}");
    assert!(!look.exists() && !site.path("backups/.resguardo/restores").exists());
    assert_eq!(fs::read_dir(site.path("app")).unwrap().count(), 4, "nothing lies beside what is live");
    assert_eq!(fs::read_to_string(site.path("app/media/a.jpg")).unwrap(), "not a photo");
    // The same mended is taken.
    fs::write(&archive, archive_of(&[("f", Regular, "")])).unwrap();
    site.call(&args).ends(0);
}

#[test]
fn settings_that_differ_here_are_named_before_they_are_replaced() {
    let site = stored();
    let look = || site.call(&["restore", "--latest", "--source", "settings", "--dry-run"]).ends(0).stdout;
    assert!(!look().contains("These differ"), "{}", look());
    // The same size, another machine.
    let settings = site.path("app/.env.prod");
    fs::write(&settings, "SECRET=2").unwrap();
    fs::set_permissions(&settings, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(look().contains(&format!("take their places: {}.", settings.display())), "{}", look());
}
