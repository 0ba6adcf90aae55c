//! Which store stands where the store should be, whether it can be read back, and what its dates say:
//! an empty folder is not taken for a store, what another user brought is named with the line that
//! mends it, and a clock that was wrong stops nothing for longer than the operator wants.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use resguardo::domain::health::{self, Status};
use resguardo::domain::id::BackupId;
use resguardo::domain::report::{Outcome, Trigger};
use resguardo::domain::retention::Hold;
use resguardo::sys::gate::{Act, Gate};
use resguardo::sys::stop::Stop;
use rstest::rstest;

use crate::support::archive::is_root;
use crate::support::life::{HandClock, Parts};
use crate::support::site::{Called, Site, sqlite, toml};

fn media_site(extra: &str) -> Site {
    let site = Site::new("");
    fs::create_dir(site.path("media")).unwrap();
    fs::write(site.path("media/a.jpg"), "photo").unwrap();
    site.configure(&format!("{extra}\n[[media]]\nname = \"media\"\npath = {}\n", toml(&site.path("media"))));
    site
}

fn parts(site: &Site, clock: &Arc<HandClock>) -> Parts {
    Parts::start(&site.path("backup.toml"), clock)
}

fn noon() -> Arc<HandClock> {
    HandClock::at("2024-11-12T12:00:00Z".parse().unwrap())
}

/// The codes of health's causes, each once, and its status.
fn judged(parts: &Parts) -> (Status, Vec<&'static str>) {
    let judged = health::judge(&parts.runner.gatherer.gather());
    let mut codes: Vec<&'static str> = judged.causes.iter().map(|cause| cause.code).collect();
    codes.dedup();
    (judged.status, codes)
}

/// As a user to whom nothing of it belongs.
fn as_user(site: &Site, user: u32, args: &[&str]) -> Called {
    let (user, group) = (format!("--reuid={user}"), format!("--regid={user}"));
    let mut command = Command::new("setpriv");
    command.args([user.as_str(), group.as_str(), "--clear-groups", "--"]);
    command.arg(env!("CARGO_BIN_EXE_resguardo")).arg("--config").arg(site.path("backup.toml")).args(args);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).current_dir(site.path(""));
    Called::from(command.output().unwrap())
}

/// Gives all of the site to a user, and lets him come there.
fn give(site: &Site, user: u32) {
    let given = Command::new("chown").arg("-R").arg(format!("{user}:{user}")).arg(site.path("")).status().unwrap();
    assert!(given.success());
    fs::set_permissions(site.path(""), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn check_makes_no_store() {
    let site = media_site("");
    let told = site.call(&["check"]).ends(0).stdout;
    assert!(told.contains("will be made by the first backup"), "{told}");
    assert!(!site.path("backups").exists());
    fs::create_dir(site.path("backups")).unwrap();
    site.call(&["check"]).ends(0);
    assert_eq!(fs::read_dir(site.path("backups")).unwrap().count(), 0, "something is left of the test");
    site.call(&["backup"]).ends(0);
    let told = site.call(&["check"]).ends(0).stdout;
    assert!(told.contains("works as a store must"), "{told}");
}

/// A folder that is missing, and the empty one that a disk leaves behind which is not mounted.
#[rstest]
#[case::missing(false)]
#[case::empty(true)]
fn a_store_that_went_is_told_until_it_is_back_or_forgotten(#[case] leaves_a_folder: bool) {
    let site = media_site("");
    let (store, away, clock) = (site.path("backups"), site.path("away"), noon());
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    fs::rename(&store, &away).unwrap();
    if leaves_a_folder {
        fs::create_dir(&store).unwrap();
    }
    let gone = format!("The store that stood in {} is not there any more", store.display());
    let checked = site.call(&["check"]).ends(1).stdout;
    assert!(checked.contains(&gone), "{checked}");
    let line = format!("`rm {}`", site.path("logs/store.json").display());
    assert!(checked.contains(&line) && checked.matches(&gone).count() == 1, "{checked}");
    assert_eq!(store.exists(), leaves_a_folder);
    assert_eq!(fs::read_dir(&store).map_or(0, Iterator::count), 0, "a store was made");
    let told = site.call(&["health"]).ends(1).stdout;
    assert!(told.contains(&gone) && told.contains("no complete backup in what stands where"), "{told}");
    // A start of the daemon and the nights after it: data comes first, and it is told with each.
    for _ in 0..2 {
        let parts = parts(&site, &clock);
        clock.pass(TimeDelta::days(1));
        let report = parts.backup();
        assert_eq!(report.outcome, Outcome::Succeeded, "{report:?}");
        let warned = report.warnings.iter().find(|warning| warning.code == "store_gone").unwrap();
        assert!(warned.text.contains(&gone) && warned.text.contains(&line), "{warned:?}");
        assert_eq!(judged(&parts), (Status::Warning, vec!["store_gone"]));
    }
    // Mounted again: nothing needs to be said to it.
    fs::rename(&store, site.path("meanwhile")).unwrap();
    fs::rename(&away, &store).unwrap();
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    assert_eq!(judged(&parts(&site, &clock)), (Status::Healthy, vec![]));
    // The one made meanwhile in its place, and meant to be there.
    fs::rename(&store, &away).unwrap();
    fs::rename(site.path("meanwhile"), &store).unwrap();
    assert!(judged(&parts(&site, &clock)).1.contains(&"store_gone"));
    fs::remove_file(site.path("logs/store.json")).unwrap();
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    assert_eq!(judged(&parts(&site, &clock)), (Status::Healthy, vec![]));
    // The former one would now be the stranger.
    fs::rename(&store, site.path("meanwhile")).unwrap();
    fs::rename(&away, &store).unwrap();
    let told = site.call(&["check"]).ends(1).stdout;
    assert!(told.contains("stands another store than the one"), "{told}");
    // Another place by the settings is no store that went.
    let settings = fs::read_to_string(site.path("backup.toml")).unwrap();
    fs::write(site.path("backup.toml"), settings.replace("backups\"", "others\"")).unwrap();
    assert_eq!(judged(&parts(&site, &clock)), (Status::Never, vec!["never"]));
}

/// Both folders new and empty after a botched move: the folder of drills, where there is one, still knows.
#[test]
fn a_store_that_went_with_its_log_folder_is_told_as_one_that_went_alone() {
    let (site, clock) = (media_site(""), noon());
    let (store, logs, scratch) = (site.path("backups"), site.path("logs"), site.path("scratch"));
    let (kept, beside) = (logs.join("store.json"), scratch.join(".resguardo-store.json"));
    site.configure(&format!(
        "[drill]\ndir = {}\n[[media]]\nname = \"media\"\npath = {}\n",
        toml(&scratch),
        toml(&site.path("media"))
    ));
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    assert!(!scratch.exists(), "made for this alone");
    fs::create_dir(&scratch).unwrap();
    // It learns of one that has stood for long.
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    let word = fs::read_to_string(&beside).unwrap();
    assert_eq!(fs::read_to_string(&kept).unwrap(), word);

    for (from, to) in [(&store, "away"), (&logs, "away-logs")] {
        fs::rename(from, site.path(to)).unwrap();
        fs::create_dir(from).unwrap();
    }
    let gone = format!("The store that stood in {} is not there any more", store.display());
    let line = format!("rm {}", beside.display());
    let checked = site.call(&["check"]).ends(1).stdout;
    assert!(checked.matches(&gone).count() == 1 && checked.contains(&format!("`{line}`")), "{checked}");
    for _ in 0..2 {
        let report = parts(&site, &clock).backup();
        assert_eq!(report.outcome, Outcome::Succeeded, "{report:?}");
        assert!(report.warnings.iter().any(|warning| warning.code == "store_gone"), "{report:?}");
        assert_eq!(judged(&parts(&site, &clock)), (Status::Warning, vec!["store_gone"]));
    }
    assert!(!kept.exists(), "the one made meanwhile was taken for the one that stood here");
    // What knows, and cannot be read.
    fs::write(&beside, "{").unwrap();
    assert_eq!(judged(&parts(&site, &clock)), (Status::Warning, vec!["store_gone"]));
    assert!(site.call(&["check"]).ends(1).stdout.contains(&format!("{}, which keeps word", beside.display())));
    fs::write(&beside, &word).unwrap();

    // The store is brought back, the logs are not: nothing needs to be said.
    fs::rename(&store, site.path("meanwhile")).unwrap();
    fs::rename(site.path("away"), &store).unwrap();
    assert_eq!(judged(&parts(&site, &clock)), (Status::Healthy, vec![]));
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    assert_eq!(fs::read_to_string(&kept).unwrap(), word);

    // Or what was made meanwhile is meant: then one line forgets the former, wherever word of it is kept.
    fs::rename(&store, site.path("away")).unwrap();
    fs::rename(site.path("meanwhile"), &store).unwrap();
    let line = format!("rm {} {}", kept.display(), beside.display());
    let checked = site.call(&["check"]).ends(1).stdout;
    assert!(checked.contains(&format!("`{line}`")), "{checked}");
    assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    assert_eq!(judged(&parts(&site, &clock)), (Status::Healthy, vec![]));
    let known = fs::read_to_string(&beside).unwrap();
    assert!(known != word && known == fs::read_to_string(&kept).unwrap(), "{known}");
}

/// Where nothing is found, why.
#[test]
fn a_store_that_went_is_named_by_who_looks_for_something_in_it() {
    let site = media_site("");
    site.call(&["backup"]).ends(0);
    let whole = |called: Called| !called.stderr.contains("is not there any more");
    assert!(whole(site.call(&["list"])) && whole(site.call(&["verify"])));
    fs::rename(site.path("backups"), site.path("away")).unwrap();
    let gone = format!("The store that stood in {} is not there any more", site.path("backups").display());
    let line = format!("`rm {}`", site.path("logs/store.json").display());
    let calls: [&[&str]; 5] = [
        &["restore", "--latest", "--dry-run"],
        &["restore", "--latest", "--yes"],
        &["list"],
        &["verify"],
        &["verify", "20241112_030000"],
    ];
    for args in calls {
        let told = site.call(args).stderr;
        assert!(told.matches(&gone).count() == 1 && told.contains(&line), "{args:?}: {told}");
    }
}

/// What the log folder keeps of the store, there and of no use: the store that went stays asked for.
#[rstest]
#[case::cut_off("{\"version\":1", true)]
#[case::empty("", true)]
#[case::later("{\"version\":9,\"dir\":\"/\",\"id\":\"x\"}", false)]
fn a_word_that_cannot_be_read_is_told_and_not_written_over(#[case] left: &str, #[case] is_damaged: bool) {
    let site = media_site("");
    let (store, away, word, clock) = (site.path("backups"), site.path("away"), site.path("logs/store.json"), noon());
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    fs::write(&word, left).unwrap();
    assert_eq!(judged(&parts(&site, &clock)), (Status::Warning, vec!["store_unreadable"]));
    let said = format!("{}, which keeps word of it, is there and cannot be read", word.display());
    let hint = if is_damaged { format!("`rm {}`", word.display()) } else { "newer version".to_owned() };
    let checked = site.call(&["check"]).ends(1).stdout;
    assert!(checked.matches(&said).count() == 1 && checked.contains(&hint), "{checked}");

    fs::rename(&store, &away).unwrap();
    let checked = site.call(&["check"]).ends(1).stdout;
    assert!(checked.matches(&said).count() == 1 && checked.contains(&hint), "{checked}");
    assert!(judged(&parts(&site, &clock)).1.contains(&"store_gone"));
    let report = parts(&site, &clock).backup();
    let warned = report.warnings.iter().find(|warning| warning.code == "store_gone").unwrap();
    assert!(warned.text.contains(&said) && warned.text.contains(&hint), "{warned:?}");
    assert_eq!(judged(&parts(&site, &clock)).0, Status::Warning, "nothing is said of the store that went");
    assert_eq!(fs::read_to_string(&word).unwrap(), left);

    // The operator's word: what stands here is meant.
    fs::remove_file(&word).unwrap();
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    assert_eq!(judged(&parts(&site, &clock)), (Status::Healthy, vec![]));
}

/// By the store alone it cannot be told whether it is the one that the log folder has word of.
#[rstest]
#[case::empty("", true)]
#[case::cut_off("{\"version\":1", true)]
#[case::later("{\"version\":9,\"id\":\"x\"}", false)]
fn a_mark_that_cannot_be_read_is_told_until_the_operator_speaks(#[case] left: &str, #[case] is_damaged: bool) {
    let site = media_site("");
    let (word, mark, clock) = (site.path("logs/store.json"), site.path("backups/.resguardo/store.json"), noon());
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    let kept = fs::read_to_string(&word).unwrap();
    fs::write(&mark, left).unwrap();
    let said = format!("its mark {} is there and cannot be read", mark.display());
    let hint = if is_damaged { format!("`rm {}`", word.display()) } else { "newer version".to_owned() };
    let report = parts(&site, &clock).backup();
    let warned = report.warnings.iter().find(|warning| warning.code == "store_unreadable").unwrap();
    assert!(warned.text.contains(&said) && warned.text.contains(&hint), "{warned:?}");
    let checked = site.call(&["check"]).ends(1).stdout;
    assert!(checked.matches(&said).count() == 1 && checked.contains(&hint), "{checked}");
    assert_eq!(fs::read_to_string(&mark).unwrap(), left);
    assert_eq!(fs::read_to_string(&word).unwrap(), kept);

    fs::remove_file(&word).unwrap();
    let told = site.call(&["health"]).stdout;
    assert!(told.contains(&said), "{told}");
    assert!(told.contains(if is_damaged { "next backup marks it anew" } else { "newer version" }), "{told}");
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    // A later version's mark is its own; a damaged one is nobody's.
    let (status, codes) =
        if is_damaged { (Status::Healthy, vec![]) } else { (Status::Warning, vec!["store_unreadable"]) };
    assert_eq!(judged(&parts(&site, &clock)), (status, codes));
    assert_eq!(word.exists(), is_damaged);
    assert_eq!(fs::read_to_string(&mark).unwrap() == left, !is_damaged);
}

/// The settings may spell a place in many ways.
#[test]
fn a_store_that_went_is_missed_however_its_place_is_spelled() {
    let site = media_site("");
    let clock = noon();
    assert_eq!(parts(&site, &clock).backup().outcome, Outcome::Succeeded);
    fs::rename(site.path("backups"), site.path("away")).unwrap();
    std::os::unix::fs::symlink(site.path(""), site.path("link")).unwrap();
    let settings = fs::read_to_string(site.path("backup.toml")).unwrap();
    for spelled in ["backups/../backups", "none/../backups", "link/backups", "./backups/"] {
        fs::write(site.path("backup.toml"), settings.replace("backups\"", &format!("{spelled}\""))).unwrap();
        assert!(judged(&parts(&site, &clock)).1.contains(&"store_gone"), "{spelled}");
    }
}

#[test]
fn what_another_user_brought_into_the_store_is_named_with_the_line_that_gives_it() {
    assert!(is_root(), "only root gives files away: run the tests as root");
    let site = media_site("");
    give(&site, 1234);
    as_user(&site, 1234, &["backup"]).ends(0);
    as_user(&site, 1234, &["check"]).ends(0);
    let line = format!("`chown -R 1234:1234 {}`", site.path("backups").display());
    for folder in ["media", "sets"] {
        let file =
            site.stored(folder).into_iter().find(|path| path.extension().is_some_and(|e| e != "verify")).unwrap();
        let before = fs::metadata(&file).unwrap();
        chown(&file, Some(0), Some(0)).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let named = format!("{folder}/{}", file.file_name().unwrap().to_str().unwrap());

        let checked = as_user(&site, 1234, &["check"]).ends(1).stdout;
        assert!(checked.contains(&named) && checked.contains(&line), "{checked}");
        assert!(checked.lines().any(|l| l.starts_with("TROUBLE") && l.contains("may not be read")), "{checked}");
        let health = as_user(&site, 1234, &["health"]).stdout;
        assert!(health.contains(&named) && health.contains(&line), "{health}");
        let restored = as_user(&site, 1234, &["restore", "--latest", "--yes"]).ends(4).stderr;
        assert!(restored.contains(&line) && !restored.contains("damaged"), "{restored}");
        // Who may read all is kept from nothing.
        assert!(!site.call(&["health"]).stdout.contains("may not be read"));

        assert!(Command::new("sh").args(["-c", line.trim_matches('`')]).status().unwrap().success());
        as_user(&site, 1234, &["check"]).ends(0);
        fs::set_permissions(&file, fs::Permissions::from_mode(before.mode())).unwrap();
    }
    as_user(&site, 1234, &["restore", "--latest", "--yes"]).ends(0);
}

#[rstest]
#[case::store("backups", "", "backups", "point store.dir elsewhere")]
#[case::above_the_store("base", "base/backups", "base", "point store.dir elsewhere")]
#[case::within_the_store("backups/db", "", "backups/db", "point store.dir elsewhere")]
#[case::log("logs", "", "logs", "point store.log_dir elsewhere")]
fn a_file_in_the_place_of_a_folder_is_named(
    #[case] file: &str,
    #[case] dir: &str,
    #[case] named: &str,
    #[case] hint: &str,
) {
    let site = media_site("");
    if !dir.is_empty() {
        let settings = fs::read_to_string(site.path("backup.toml")).unwrap();
        fs::write(site.path("backup.toml"), settings.replace("backups\"", &format!("{dir}\""))).unwrap();
    }
    fs::create_dir_all(site.path(file).parent().unwrap()).unwrap();
    fs::write(site.path(file), "no folder").unwrap();
    let said = format!("Something that is not a folder stands at {}.", site.path(named).display());
    // Also with the right to pass through, which files that are programs have.
    for mode in [0o644, 0o755] {
        fs::set_permissions(site.path(file), fs::Permissions::from_mode(mode)).unwrap();
        let told = site.call(&["check"]).ends(1).stdout;
        assert!(told.contains(&said) && told.contains(hint) && !told.contains("chown"), "{told}");
        if file != "logs" {
            let told = site.call(&["health"]).ends(1).stdout;
            assert!(told.contains(&said), "{told}");
        }
        // What the sources need not they do without.
        if file != "logs" && file != "backups/db" {
            let told = site.call(&["backup"]).ends(1).stderr;
            assert!(told.contains(&said), "{told}");
        }
    }
}

#[test]
fn what_sqlite_keeps_beside_a_database_and_from_us_is_named_with_the_line() {
    assert!(is_root(), "only root gives files away: run the tests as root");
    let site = Site::new("");
    fs::create_dir(site.path("app")).unwrap();
    let file = site.path("app/db.sqlite3");
    sqlite(&file, 5);
    site.configure(&format!("[[sqlite]]\nname = \"app\"\npath = {}\n", toml(&file)));
    give(&site, 1234);
    // The application is at work, and what it keeps beside its database is its own.
    let application = rusqlite::Connection::open(&file).unwrap();
    application.execute_batch("PRAGMA journal_mode = WAL; INSERT INTO asset (name) VALUES ('new')").unwrap();
    for ending in ["-wal", "-shm"] {
        let path = site.path(&format!("app/db.sqlite3{ending}"));
        chown(&path, Some(0), Some(0)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let told = as_user(&site, 1234, &["check"]).ends(1).stdout;
    let line = format!("setfacl -R -m u:1234:rwX,d:u:1234:rwX {}", site.path("app").display());
    assert!(told.contains("db.sqlite3-wal, which SQLite needs") && told.contains(&format!("`{line}`")), "{told}");
    let words: Vec<&str> = line.split(' ').collect();
    assert!(Command::new(words[0]).args(&words[1..]).status().unwrap().success());
    as_user(&site, 1234, &["check"]).ends(0);
    as_user(&site, 1234, &["backup"]).ends(0);
}

#[test]
fn a_clock_that_was_a_year_ahead_stops_nothing_once_its_sets_are_accepted() {
    let site = media_site("[schedule]\nbackup = \"0 3 * * *\"\n[retention]\nkeep_days = 2\nminimum_redundancy = 1\n");
    let clock = noon();
    let ahead: Vec<String> = {
        clock.pass(TimeDelta::days(365));
        let parts = parts(&site, &clock);
        let made = (0..2).map(|_| {
            clock.pass(TimeDelta::days(1));
            parts.backup().backup_id.unwrap().to_string()
        });
        made.collect()
    };
    clock.set("2024-11-12T12:00:00Z".parse().unwrap());
    // Backups go on, each with the id of its own night.
    let mut parts = parts(&site, &clock);
    let mut ids = Vec::new();
    for _ in 0..4 {
        let report = parts.run_due().unwrap();
        assert_eq!(report.outcome, Outcome::Succeeded, "{report:?}");
        ids.push(report.backup_id.unwrap().to_string());
        assert_eq!(judged(&parts), (Status::Warning, vec!["clock_behind"]));
        clock.pass(TimeDelta::days(1));
    }
    assert!(ids.is_sorted() && ids[0].starts_with("20241112_") && ids[3].starts_with("20241115_"), "{ids:?}");
    // The clock may be what is wrong: nothing expires, and health says what to do in either case.
    assert_eq!(parts.runner.prune_plan().hold, Some(Hold::ClockBehind));
    let standing = parts.runner.gatherer.gather();
    let said =
        health::judge(&standing).causes.iter().map(|cause| parts.runner.words.say(&cause.saying)).collect::<String>();
    assert!(said.contains(&format!("`resguardo accept {}`", ahead[1])), "{said}");
    // The command's clock is the machine's: by it all of them lie in the past.
    let locked = parts.runner.store.lock(Duration::ZERO, &Stop::new());
    locked.unwrap().unwrap().accept(&BackupId::parse(&ahead[1]).unwrap(), "operator").unwrap();
    assert_eq!(judged(&parts), (Status::Healthy, vec![]));
    let plan = parts.runner.prune_plan();
    assert_eq!(plan.hold, None);
    let expired: Vec<String> = plan.expired().map(ToString::to_string).collect();
    assert_eq!(expired, ids[..3], "what is dated ahead stays, and stands in nothing's stead");
    assert_eq!(parts.run_due().unwrap().outcome, Outcome::Succeeded);
    let left: Vec<String> = parts.runner.store.catalog().sets.iter().map(|set| set.id.to_string()).collect();
    assert_eq!(left.len(), 4, "{left:?}");
    assert!(ahead.iter().all(|id| left.contains(id)), "{left:?}");
}

/// The machine's own clock, for the commands.
#[test]
fn a_set_that_is_dated_ahead_is_listed_as_such_and_can_be_accepted() {
    let site = media_site("");
    let clock = HandClock::at(chrono::Utc::now() + TimeDelta::days(400));
    let id = parts(&site, &clock).backup().backup_id.unwrap().to_string();
    site.call(&["backup"]).ends(0);
    let row = |listed: &str| listed.lines().find(|line| line.starts_with(&id)).unwrap().to_owned();
    assert!(row(&site.call(&["list"]).ends(0).stdout).contains("dated ahead of the clock"));
    assert_eq!(site.call(&["list", "--json"]).json()["sets"][0]["dated_ahead"], true);
    assert!(site.call(&["check"]).ends(0).stdout.contains(&format!("`resguardo accept {id}`")));
    site.call(&["accept", &id]).ends(4);
    let explained = site.call(&["accept", "--yes", &id]).ends(0);
    assert!(explained.stderr.contains("the clock is believed"), "{explained:?}");
    let did = format!("{id} holds nothing up any more");
    assert!(explained.stdout.starts_with(&did) && !explained.stdout.contains("counts as good"), "{explained:?}");
    assert!(!site.call(&["check"]).ends(0).stdout.contains("dated ahead"));
    assert!(site.call(&["accept", &id]).ends(0).stdout.contains("nothing was changed"));
}

#[test]
fn a_first_backup_at_start_is_no_catching_up_where_that_is_switched_off() {
    let site = media_site("[schedule]\nbackup = \"0 3 * * *\"\ncatch_up = false\n");
    let clock = noon();
    let report = parts(&site, &clock).run_due().unwrap();
    assert_eq!((report.trigger, report.outcome), (Trigger::Start, Outcome::Succeeded), "{report:?}");
    assert_eq!(serde_json::to_value(&report).unwrap()["trigger"], "start");
    // From then on a missed slot stays missed.
    clock.pass(TimeDelta::days(3));
    assert_eq!(parts(&site, &clock).run_due(), None);
}

/// A disk that lets nothing be put into the folder of the media.
struct NoPlace;

impl Gate for NoPlace {
    fn pass(&self, act: Act, path: &Path) -> io::Result<()> {
        let is_place = path.parent().is_some_and(|folder| folder.ends_with("backups/media"));
        if act == Act::Rename && is_place { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

#[test]
fn a_set_that_a_later_start_put_into_place_is_no_failure_any_more() {
    let site = media_site("");
    let clock = noon();
    // Finished, and refused by the disk on its way into its place.
    let failed = Parts::start_with(&site.path("backup.toml"), &clock, Arc::new(NoPlace), |_| {}).backup();
    assert_eq!(failed.outcome, Outcome::Failed, "{failed:?}");
    let parts = parts(&site, &clock);
    assert_eq!(parts.runner.store.catalog().sets.len(), 1, "the start has completed it");
    assert_eq!(judged(&parts), (Status::Healthy, vec![]));
}

#[test]
fn a_result_that_could_not_be_written_is_a_failure_of_every_command() {
    let site = media_site("");
    site.call(&["backup"]).ends(0);
    for args in [
        &["list"][..],
        &["list", "--json"],
        &["health"],
        &["health", "--json"],
        &["check"],
        &["config"],
        &["config", "--reference"],
        &["prune", "--explain"],
        &["backup"],
        &["verify", "--json"],
        &["--help"],
        &["--version"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let called = Called::from(site.command().args(args).stdout(full).stderr(Stdio::piped()).output().unwrap());
        assert_eq!(called.code, Some(1), "{args:?}: {called:?}");
        assert_eq!(
            called.stderr.matches("write the result to standard output: No space left").count(),
            1,
            "{args:?}: {called:?}"
        );
    }
}

/// As in a container whose root was denied that.
#[test]
fn a_root_that_may_give_nothing_away_is_refused_before_anything_is_begun() {
    assert!(is_root(), "only root is denied a right of root's: run the tests as root");
    let site = media_site("");
    chown(site.path("media/a.jpg"), Some(1234), Some(1234)).unwrap();
    site.call(&["backup"]).ends(0);
    fs::write(site.path("media/a.jpg"), "new").unwrap();
    let denied = |args: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set=-chown", "--inh-caps=-chown", "--", env!("CARGO_BIN_EXE_resguardo"), "--config"]);
        command.arg(site.path("backup.toml")).args(args).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        Called::from(command.output().unwrap())
    };
    for how in ["--dry-run", "--yes"] {
        let told = denied(&["restore", "--latest", how]).ends(4).stderr;
        assert!(told.contains("`./a.jpg` belongs to 1234:1234, which this root may not set"), "{told}");
        assert!(told.contains("add CHOWN to cap_add"), "{told}");
    }
    assert_eq!(fs::read(site.path("media/a.jpg")).unwrap(), b"new");
    denied(&["restore", "--latest", "--no-owner", "--yes"]).ends(0);
    assert_eq!(fs::read(site.path("media/a.jpg")).unwrap(), b"photo");
}
