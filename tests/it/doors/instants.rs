//! The real process: on a log that takes no line, and killed at random instants of its run. The seed is printed, and taken from
//! the environment where it is given there: `TEST_SEED=123`.

use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use resguardo::domain::set::SetState;
use resguardo::store::Store;
use rustix::process::{Pid, Signal};

use crate::support::doors::{Started, left_over, programs_at_work, sqlite_rows, until};
use crate::support::mounts::Mounts;
use crate::support::postgres::Server;
use crate::support::site::{Called, Site, sqlite};
use crate::support::store::{faults, real_store};
use crate::support::transform::noise;

/// So many kills apart a run is left to its end.
const WHOLE_EVERY: usize = 10;
const ROWS: u32 = 20_000;

/// Instants of a seed: splitmix64.
struct Dice(u64);

impl Dice {
    fn seeded() -> Self {
        let given = env::var("TEST_SEED").ok().map(|seed| seed.parse().unwrap());
        let drawn = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let seed = given.unwrap_or_else(drawn);
        println!("TEST_SEED={seed}");
        Self(seed)
    }

    /// An instant within a span.
    fn within(&mut self, span: Duration) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let part = u32::try_from((mixed ^ (mixed >> 31)) % 1_000).unwrap();
        span * part / 1_000
    }
}

/// An application that gives a run some tenths of a second of work, of every kind.
fn application(extra: &str) -> Site {
    let site = Site::new("");
    fs::create_dir_all(site.path("app/media")).unwrap();
    sqlite(&site.path("app/db.sqlite3"), ROWS);
    for number in 0..40_usize {
        let bytes: Vec<u8> = (0..50_000_usize).map(|at| ((at * at * (number + 7)) >> 3).to_le_bytes()[0]).collect();
        fs::write(site.path(&format!("app/media/{number}.jpg")), bytes).unwrap();
    }
    fs::write(site.path("app/.env.prod"), "SECRET=1").unwrap();
    let app = |name: &str| site.path("app").join(name).display().to_string();
    // All but the two newest sets expire at once, so that every run also prunes.
    site.configure(&format!(
        "[retention]\nkeep_daily = 1\nminimum_redundancy = 2\n{extra}\n[[sqlite]]\nname = \"app\"\npath = {:?}\n\
         [[media]]\nname = \"media\"\npath = {:?}\n[[files]]\nname = \"settings\"\npaths = [{:?}]\n",
        app("db.sqlite3"),
        app("media"),
        app(".env.prod")
    ));
    site
}

fn start(site: &Site) -> Started {
    let mut command = site.command();
    command.arg("backup").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Started(command.process_group(0).spawn().unwrap())
}

fn kill(mut started: Started, with_its_group: bool) {
    let pid = Pid::from_child(&started.0);
    let killed = if with_its_group { rustix::process::kill_process_group } else { rustix::process::kill_process };
    // Not yet waited for, so its number is still its own.
    killed(pid, Signal::KILL).unwrap();
    started.0.wait().unwrap();
}

/// What no listing may ever show, at whatever instant.
fn half_sets(store: &Store) -> Vec<String> {
    let catalog = store.catalog();
    let half = catalog.sets.iter().filter(|set| set.state() != SetState::Complete);
    let mut found: Vec<String> = half.map(|set| format!("{} is {:?}", set.id, set.state())).collect();
    found.extend(catalog.adopted.iter().map(|file| format!("{} looks adopted", file.path)));
    if catalog.sets.is_empty() {
        found.push("no set is left".to_owned());
    }
    found
}

/// A run that is left to its end: clears up after all that were not.
fn run_whole(site: &Site, what: &str) {
    let report = site.call(&["backup", "--json"]).ends(0).json();
    assert_eq!(report["outcome"], "succeeded", "{what}: {report:#}");
    assert_eq!(left_over(&site.path("backups")), Vec::<String>::new(), "{what}");
    let set = &site.call(&["list", "--json"]).ends(0).json()["sets"][0];
    assert_eq!(set["id"], report["backup_id"], "{what}");
    let artifacts = set["artifacts"].as_array().unwrap();
    let database = artifacts.iter().find(|artifact| artifact["kind"] == "sqlite").unwrap();
    let stored = site.path("backups").join(database["path"].as_str().unwrap());
    assert_eq!(sqlite_rows(&stored), Ok(i64::from(ROWS)), "{what}");
}

fn kill_again_and_again(kills: usize, site: &Site, check: impl Fn(&str)) {
    let store = real_store(&site.path("backups"));
    run_whole(site, "at first");
    let began = Instant::now();
    run_whole(site, "measured");
    let span = began.elapsed();
    let mut dice = Dice::seeded();
    println!("a run takes {span:?}");
    for number in 1..=kills {
        let instant = dice.within(span);
        let what = format!("kill {number} after {instant:?}");
        let started = start(site);
        let began = Instant::now();
        // Listing all the while instead of sleeping.
        while began.elapsed() < instant {
            assert_eq!(half_sets(&store), Vec::<String>::new(), "before {what}");
        }
        kill(started, number % 2 == 0);
        assert_eq!(faults(&real_store(&site.path("backups"))), Vec::<String>::new(), "{what}");
        let listed = site.call(&["list", "--json"]).ends(0).json();
        let sets = listed["sets"].as_array().unwrap();
        assert!(!sets.is_empty() && sets.iter().all(|set| set["state"] == "complete"), "{what}: {listed:#}");
        assert_eq!(listed["adopted"].as_array().map(Vec::len), Some(0), "{what}: {listed:#}");
        check(&what);
        if number % WHOLE_EVERY == 0 {
            run_whole(site, &what);
        }
    }
    let record = fs::read_to_string(site.path("backups/.resguardo/runs.jsonl")).unwrap();
    let mut runs: Vec<serde_json::Value> = record.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let interrupted = runs.iter().filter(|run| run["outcome"] == "interrupted").count();
    println!("{} runs recorded, {interrupted} of them interrupted", runs.len());
    assert!(interrupted > 0, "no kill hit a run under way");
    let recorded = runs.len();
    runs.sort_by_key(|run| run["run"].to_string());
    runs.dedup_by_key(|run| run["run"].to_string());
    assert_eq!(runs.len(), recorded, "a run was recorded twice");
}

/// A log on a full disk, the way the program itself meets one.
#[test]
fn a_log_that_takes_no_line_fails_no_run() {
    let site = application("");
    let mounts = Mounts::new();
    let logs = site.path("logs");
    mounts.small_disk(&logs, 1);
    fs::write(mounts.seen(&logs).join("film"), noise(2 << 20)).unwrap_err();
    let called = Called::from(mounts.inside(site.command().args(["backup", "--json"])).output().unwrap()).ends(0);
    assert_eq!(called.json()["outcome"], "succeeded", "{called:?}");
    let said = called.stderr;
    assert!(said.contains("No space left") && said.contains("backup.log"), "{said}");
}

#[test]
fn a_process_killed_at_any_instant_harms_nothing() {
    kill_again_and_again(100, &application(""), |_| {});
}

#[test]
fn a_process_killed_while_it_dumps_a_database_harms_nothing_and_leaves_no_program_behind() {
    let server = Server::start();
    server.psql("postgres", "CREATE DATABASE crm");
    server.psql("crm", "CREATE TABLE client AS SELECT n, repeat(md5(n::text), 8) FROM generate_series(1, 20000) n");
    let host = server.socket_folder().display().to_string().replace('/', "%2F");
    let site = application(&format!("[[postgres]]\nurl = \"postgres://postgres@{host}/crm\"\n"));
    // Fewer: each run takes longer.
    kill_again_and_again(50, &site, |what| {
        until(&format!("{what}: the end of {:?}", programs_at_work(&server)), || {
            programs_at_work(&server).is_empty().then_some(())
        });
    });
}
