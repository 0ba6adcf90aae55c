//! What a drill said no to: nobody is led to it unawares, neither by a restore of the newest nor by what
//! is written down for the night without this program; and it is called by its name.

use std::fs;
use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use resguardo::domain::drill::{DrillReport, What};
use resguardo::domain::id::BackupId;
use resguardo::domain::report::Outcome;
use resguardo::source::prove::MissingFiles;

use crate::support::drilling::{Bench, MEDIA_CHECK, Mood, request};
use crate::support::life::until;
use crate::support::verify::bad_ones;

/// What a restore that changes nothing says before anybody is asked.
fn question(bench: &Bench, what: &[&str]) -> String {
    let asked = [&["restore"], what, &["--source", "app", "--dry-run"]].concat();
    let told = bench.place.site.call(&asked).ends(0);
    told.stdout + &told.stderr
}

fn restore_md(bench: &Bench) -> String {
    fs::read_to_string(bench.place.site.path("backups/RESTORE.md")).unwrap()
}

/// The set that the last drill took a source of.
fn drilled(bench: &Bench, source: &str) -> BackupId {
    let last = DrillReport::each(bench.place.parts.runner.store.all_drill_findings()).pop().unwrap();
    last.sources.into_iter().find(|one| one.source.as_str() == source).unwrap().backup_id
}

#[test]
fn the_newest_that_no_drill_refuted_is_led_to_and_what_is_newer_is_named() {
    let bench = Bench::new("");
    let (good, bad) = (bench.place.backup(), bench.place.backup());
    bench.provers.will("app", Mood::Wrong(What::Rows));
    assert_eq!(bad_ones(&bench.drill()), ["app"]);
    let passed_over = format!(
        "The newest backup of app, {bad}, is passed over: the drill of 2024-11-12 05:00 said no to it: rows looked at."
    );
    let asked = question(&bench, &["--latest"]);
    assert!(asked.contains(&format!("app_{good}")) && asked.contains(&passed_over), "{asked}");
    assert!(!asked.contains("it is damaged, suspect or not complete"), "{asked}");
    let site = &bench.place.site;
    site.call(&["restore", "--latest", "--source", "app", "--yes"]).ends(0);
    let log = fs::read_to_string(site.path("logs/restore.log")).unwrap();
    assert!(log.contains(&passed_over), "{log}");
    let named = question(&bench, &["--set", bad.as_str()]);
    let warned = format!("The drill of 2024-11-12 05:00 said no to this backup of app, {bad}: rows looked at. It is");
    assert!(named.contains(&warned) && named.contains("because it was named"), "{named}");
    assert!(!question(&bench, &["--set", good.as_str()]).contains("said no"));
    let verified = site.call(&["verify"]).ends(0).stdout;
    assert!(verified.contains(&format!("app {good}")) && verified.contains(&format!("media {bad}")), "{verified}");
    let page = restore_md(&bench);
    assert!(page.contains(&format!("- app: `db/app_{good}.sqlite3.gz`")), "{page}");
    assert!(page.contains(&format!("the newer set {bad}")) && page.contains("**refuted by a drill**"), "{page}");
    assert!(page.contains("did not come back as it was stored: rows looked at."), "{page}");

    // The next drill looks into the same again; its yes makes the no good.
    bench.provers.will("app", Mood::Good);
    bench.place.clock.pass(TimeDelta::hours(1));
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    assert_eq!(drilled(&bench, "app"), bad);
    let asked = question(&bench, &["--latest"]);
    assert!(asked.contains(&format!("app_{bad}")) && !asked.contains("passed over"), "{asked}");
    assert!(!restore_md(&bench).contains("refuted"));
}

#[test]
fn where_all_is_refuted_the_newest_is_led_to_with_a_warning() {
    let bench = Bench::new("");
    let only = bench.place.backup();
    bench.provers.will("app", Mood::Wrong(What::Integrity));
    bench.drill();
    let asked = question(&bench, &["--latest"]);
    let warned = format!("said no to this backup of app, {only}: integrity looked at. There is no other good one.");
    assert!(asked.contains(&warned), "{asked}");
    let page = restore_md(&bench);
    assert!(page.contains(&format!("- app: `db/app_{only}.sqlite3.gz`")), "{page}");
    assert!(page.contains("**A drill said no to it** 2024-11-12 04:00"), "{page}");
}

/// What `list` says of its only set.
fn note(bench: &Bench) -> String {
    let listing = bench.place.site.call(&["list"]).ends(0).stdout;
    listing.lines().find(|line| line.starts_with("20")).unwrap().to_owned()
}

#[test]
fn whoever_found_a_set_bad_is_named() {
    let bench = Bench::new("");
    let id = bench.place.backup();
    let path = bench.place.stored(&id, "media");
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, &bytes).unwrap();
    // Media come first; the drill goes on for an hour, and writes down at its end.
    let door = bench.provers.door.lock().unwrap();
    let drill = bench.place.parts.run_beside(request(None));
    until("the next to be drilled", || bench.provers.is_there.load(Ordering::SeqCst).then_some(()));
    bench.place.clock.pass(TimeDelta::hours(1));
    drop(door);
    assert_eq!(bad_ones(&drill.join().unwrap()), ["media"]);
    assert!(note(&bench).contains("DRILL FAILED 2024-11-12") && !note(&bench).contains("VERIFY"), "{}", note(&bench));
    bench.place.clock.pass(TimeDelta::hours(1));
    assert_eq!(bench.place.verify_one(&id).outcome, Outcome::Failed);
    assert!(note(&bench).contains("VERIFY FAILED 2024-11-12"), "{}", note(&bench));
}

#[test]
fn a_proof_with_something_to_say_beside_it_is_no_plain_one() {
    let check = "[[drill.check]]\nsource = \"app\"\nsql = \"SELECT 1\"\nmin = 1\n";
    let bench = Bench::new(&[check, MEDIA_CHECK].concat());
    bench.place.backup();
    let missing = MissingFiles { named: 100, missing: 50, examples: Vec::new() };
    for (answer, missing, expected) in [
        (Ok(Some("1".to_owned())), MissingFiles::default(), "proven 2024-11-12"),
        (Ok(Some("1".to_owned())), missing, "proven 2024-11-12, but files missing"),
        (Err("no".to_owned()), MissingFiles::default(), "proven 2024-11-12, but a question not asked"),
    ] {
        bench.provers.will("app", Mood::Says(vec![answer], vec![missing]));
        bench.drill();
        assert!(note(&bench).ends_with(expected), "{expected}: {}", note(&bench));
    }
}
