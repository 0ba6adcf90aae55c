//! `discard`: a damaged set goes as a whole, on the operator's word; what is whole, wanted, or the last good
//! of anything stays to the last byte.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::support::site::{Called, Site, sqlite, toml};

/// A database and a folder.
fn application() -> Site {
    let site = Site::new("");
    fs::create_dir_all(site.path("app/media")).unwrap();
    sqlite(&site.path("app/db.sqlite3"), 500);
    fs::write(site.path("app/media/a.jpg"), "not a photo").unwrap();
    let (database, media) = (toml(&site.path("app/db.sqlite3")), toml(&site.path("app/media")));
    let settings = "[[sqlite]]\nname = \"app\"\npath =";
    site.configure(&format!("{settings} {database}\n[[media]]\nname = \"media\"\npath = {media}\n"));
    site
}

fn back_up(site: &Site) -> String {
    site.call(&["backup", "--json"]).ends(0).json()["backup_id"].as_str().unwrap().to_owned()
}

fn stored(site: &Site) -> Vec<PathBuf> {
    ["db", "media", "sets"].iter().flat_map(|folder| site.stored(folder)).collect()
}

/// Nothing is gone, and this was said.
#[track_caller]
fn refused(site: &Site, args: &[&str], code: i32, said: &str) -> Called {
    let before = stored(site);
    let called = site.call(&[&["discard"], args].concat()).ends(code);
    assert!(called.stderr.contains(said), "{said}: {called:?}");
    assert_eq!(stored(site), before);
    called
}

fn reasons(site: &Site) -> Vec<String> {
    let health = site.call(&["health", "--json"]).json();
    health["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_torn_set_goes_whole_once_a_good_one_stands() {
    let site = application();
    let torn = back_up(&site);
    refused(&site, &[&torn, "--yes"], 4, "is not damaged");
    fs::remove_file(site.path(&format!("backups/media/media_{torn}.tar.gz"))).unwrap();
    refused(&site, &[&torn, "--yes"], 4, "there is no other good backup of app");

    let good = back_up(&site);
    assert_eq!(reasons(&site), ["damaged"]);
    let asked = refused(&site, &[&torn], 4, "There is no way back");
    let goes = format!("db/app_{torn}.sqlite3.gz goes with it; a good backup of app stands in set {good}");
    for said in [goes, format!("media/media_{torn}.tar.gz is not there"), "with --yes".to_owned()] {
        assert!(asked.stderr.contains(&said), "{said}: {asked:?}");
    }
    site.call(&["pin", &torn]).ends(0);
    refused(&site, &[&torn, "--yes"], 4, &format!("`resguardo unpin {torn}`"));
    site.call(&["unpin", &torn]).ends(0);

    let done = site.call(&["discard", &torn, "--yes", "--json"]).ends(0).json();
    assert_eq!((done["done"].as_str(), done["id"].as_str()), (Some("discarded"), Some(torn.as_str())));
    assert!(stored(&site).iter().all(|path| !path.display().to_string().contains(&torn)), "{:?}", stored(&site));
    assert!(!stored(&site).is_empty() && site.path(&format!("backups/sets/{good}.json")).exists());
    assert_eq!(reasons(&site), Vec::<String>::new());
    let log = site.log();
    assert!(log.contains(&format!("INFO discard {torn}")) && log.contains("became free"), "{log}");
    refused(&site, &[&torn, "--yes"], 64, "There is no set");
    refused(&site, &[&good, "--yes"], 4, "is not damaged");
}

/// What verify found to be rotten goes like what is torn.
#[test]
fn a_rotten_set_goes_and_health_is_well_again() {
    let site = application();
    let rotten = back_up(&site);
    let path = site.path(&format!("backups/media/media_{rotten}.tar.gz"));
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    back_up(&site);
    site.call(&["verify", "--all"]).ends(1);
    assert!(reasons(&site).contains(&"verify_failed".to_owned()));
    site.call(&["discard", &rotten, "--yes"]).ends(0);
    site.call(&["verify", "--all"]).ends(0);
    assert_eq!(reasons(&site), Vec::<String>::new());
}

/// The other copy has its name and its size, and not its bytes.
#[test]
fn what_is_to_stand_in_its_place_is_read_before_it_goes() {
    let site = application();
    let torn = back_up(&site);
    fs::remove_file(site.path(&format!("backups/media/media_{torn}.tar.gz"))).unwrap();
    let rotten = back_up(&site);
    let path = site.path(&format!("backups/db/app_{rotten}.sqlite3.gz"));
    fs::write(&path, vec![0; fs::read(&path).unwrap().len()]).unwrap();
    let told = refused(&site, &[&torn, "--yes"], 1, &format!("app of set {rotten} is not what was written"));
    assert!(told.stderr.contains(&format!("`resguardo verify {rotten}`")), "{told:?}");
    site.call(&["verify", &rotten]).ends(1);
    refused(&site, &[&torn, "--yes"], 4, "there is no other good backup of app");
    back_up(&site);
    site.call(&["discard", &torn, "--yes"]).ends(0);
}

#[test]
fn a_folder_in_the_place_of_a_file_is_told_before_anything_goes() {
    let site = application();
    let torn = back_up(&site);
    back_up(&site);
    let path = site.path(&format!("backups/media/media_{torn}.tar.gz"));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused(&site, &[&torn, "--yes"], 1, "A folder stands at");
    fs::remove_dir(&path).unwrap();
    site.call(&["discard", &torn, "--yes"]).ends(0);
}

/// A removal that was begun, and meets a file that cannot be removed, keeps no night from its backup.
#[test]
fn what_cannot_be_removed_is_told_by_each_run_and_goes_once_it_can() {
    let site = application();
    let torn = back_up(&site);
    let stuck = site.path(&format!("backups/media/media_{torn}.tar.gz"));
    fs::remove_file(&stuck).unwrap();
    fs::create_dir(&stuck).unwrap();
    let expired = site.path("backups/.resguardo/expired");
    fs::create_dir_all(&expired).unwrap();
    let manifest = site.path(&format!("backups/sets/{torn}.json"));
    fs::rename(&manifest, expired.join(format!("{torn}.json"))).unwrap();
    for _ in 0..2 {
        let report = site.call(&["backup", "--json"]).ends(0).json();
        let said = report["warnings"].to_string();
        assert!(said.contains(&torn) && said.contains("Is a directory"), "{report:#}");
    }
    fs::remove_dir(&stuck).unwrap();
    site.call(&["backup"]).ends(0);
    assert!(stored(&site).iter().all(|path| !path.display().to_string().contains(&torn)), "{:?}", stored(&site));
    assert_eq!(fs::read_dir(&expired).unwrap().count(), 0);
}

/// What a manifest that cannot be read had named is the operator's to remove, by the line that is given.
#[test]
fn of_an_unreadable_manifest_the_line_that_removes_its_files_is_told() {
    let site = application();
    let lost = back_up(&site);
    let good = back_up(&site);
    fs::write(site.path(&format!("backups/sets/{lost}.json")), "{").unwrap();
    let told = refused(&site, &[&lost, "--yes"], 4, "cannot be read").stderr;
    let line = told.lines().find_map(|line| line.split_once(": rm ")).expect("a line to remove it").1;
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("rm {line}")]).current_dir(site.path("backups"));
    assert!(shell.status().unwrap().success(), "{line}");
    assert!(stored(&site).iter().all(|path| path.display().to_string().contains(&good)), "{:?}", stored(&site));
    assert_eq!(reasons(&site), Vec::<String>::new());
}
