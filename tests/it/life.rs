//! The daemon's life: what it says of itself to probes while days pass, that it ends in order,
//! gives way, gives up on what hangs, and takes up again what was left.

use std::fs;
use std::io::BufRead;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::domain::report::{Job, Outcome, Trigger};
use resguardo::standing::record::Start;
use resguardo::sys::gate::Act;
use rstest::rstest;
use rustix::process::Signal;
use serde_json::Value;

use crate::support::gate::WatchGate;
use crate::support::life::{HandClock, Living, Parts, ask, family, free_address, until};
use crate::support::postgres::Server;
use crate::support::prometheus::{Prometheus, promtool};
use crate::support::serve::Answering;
use crate::support::site::{Site, sqlite, toml};

/// A SQLite database and a folder, protected by a schedule of this expression.
fn application(schedule: &str, extra: &str) -> Site {
    let site = Site::new("");
    fs::create_dir_all(site.path("app/media")).unwrap();
    sqlite(&site.path("app/db.sqlite3"), 500);
    fs::write(site.path("app/media/a.jpg"), "not a photo").unwrap();
    site.configure(&format!(
        "timezone = \"America/Lima\"\n[schedule]\nbackup = \"{schedule}\"\n{extra}\n\
         [[sqlite]]\nname = \"app\"\npath = {}\n[[media]]\nname = \"media\"\npath = {}\n",
        toml(&site.path("app/db.sqlite3")),
        toml(&site.path("app/media"))
    ));
    site
}

/// A morning of 2024 in Lima, where clocks never change: 03:00 there is 08:00 UTC.
fn morning() -> DateTime<Utc> {
    "2024-11-12T08:00:00Z".parse().unwrap()
}

/// `/health` as somebody outside sees it, of these parts.
fn health(answering: &Answering) -> (u16, Value) {
    let (code, _, body) = answering.ask("GET /health");
    (code, serde_json::from_str(&body).unwrap_or_else(|e| panic!("{e}: {body}")))
}

#[track_caller]
fn stands(answering: &Answering, code: u16, status: &str) -> Value {
    let (answered, health) = health(answering);
    assert_eq!((answered, health["status"].as_str()), (code, Some(status)), "{health:#}");
    health
}

fn answering(parts: &Parts) -> Answering {
    let gatherer = parts.runner.gatherer.clone();
    Answering::start(Arc::new(move || gatherer.gather()))
}

#[test]
fn health_tells_the_truth_through_a_life() {
    let site = application("0 3 * * *", "");
    let file = site.path("backup.toml");
    let clock = HandClock::at(morning());
    // A run is held while it writes its first file, for as long as this is locked.
    let disk = Arc::new(Mutex::new(()));
    let arrived = Arc::new(AtomicBool::new(false));
    let (slow, seen) = (disk.clone(), arrived.clone());
    let gate = WatchGate(move |act: Act, path: &Path| {
        if act == Act::Create && path.components().any(|part| part.as_os_str() == "partial") {
            seen.store(true, Ordering::SeqCst);
            drop(slow.lock().unwrap());
        }
    });
    let parts = Parts::start_with(&file, &clock, Arc::new(gate), |_| {});
    let web = answering(&parts);
    stands(&web, 503, "never");

    let held = disk.lock().unwrap();
    let first = parts.backup_beside();
    until("the run at its first file", || arrived.load(Ordering::SeqCst).then_some(()));
    let running = stands(&web, 200, "running");
    assert_eq!(running["running"], true);
    drop(held);
    let first = first.join().unwrap();
    assert_eq!(first.outcome, Outcome::Succeeded, "{first:?}");
    let healthy = stands(&web, 200, "healthy");
    assert_eq!(healthy["running"], false);
    assert_eq!(healthy["next_run_at"], "2024-11-13T08:00:00Z");

    // A night in which the folder is away.
    clock.pass(TimeDelta::days(1));
    fs::rename(site.path("app/media"), site.path("app/away")).unwrap();
    assert_eq!(parts.backup().outcome, Outcome::Partial);
    let warning = stands(&web, 200, "warning");
    assert_eq!(warning["sources"]["app"]["status"], "healthy", "{warning:#}");
    fs::rename(site.path("app/away"), site.path("app/media")).unwrap();
    clock.pass(TimeDelta::hours(1));
    let good = parts.backup();
    assert_eq!(good.outcome, Outcome::Succeeded, "{good:?}");
    stands(&web, 200, "healthy");

    // Twenty-five hours after its end, also for a daemon that has just started. The end is the
    // start by the clock and what the work took in truth: a part of a minute.
    clock.pass(TimeDelta::hours(25));
    stands(&web, 200, "healthy");
    clock.pass(TimeDelta::minutes(1));
    let stale = stands(&web, 503, "stale");
    assert!(stale["sources"]["media"]["age_seconds"].as_i64().unwrap() > 25 * 3600, "{stale:#}");
    assert_eq!(stale["sources"]["media"]["max_age_seconds"], 25 * 3600);
    let parts = Parts::start(&file, &clock);
    let web = answering(&parts);
    stands(&web, 503, "stale");

    // A database that lost its rows dumps cleanly; that is no good news.
    sqlite(&site.path("app/db.sqlite3"), 3);
    let fallen = parts.backup();
    stands(&web, 503, "suspect");
    let parts = Parts::start(&file, &clock);
    let web = answering(&parts);
    stands(&web, 503, "suspect");
    site.call(&["accept", "--yes", fallen.backup_id.as_ref().unwrap().as_str()]).ends(0);
    stands(&web, 200, "healthy");

    // What the command line does counts as well; it lives by the machine's own clock.
    clock.set(Utc::now());
    stands(&web, 503, "stale");
    let by_hand = site.call(&["backup", "--json"]).ends(0).json();
    clock.set(Utc::now());
    let healthy = stands(&web, 200, "healthy");
    assert_eq!(healthy["sources"]["app"]["backup_id"], by_hand["backup_id"]);
    assert_eq!(site.call(&["health", "--json"]).ends(0).json()["status"], "healthy");
}

#[test]
fn health_counts_only_what_is_on_the_disk() {
    let site = application("0 3 * * *", "");
    let file = site.path("backup.toml");
    let clock = HandClock::at(morning());
    let parts = Parts::start(&file, &clock);
    parts.backup();
    clock.pass(TimeDelta::hours(24));
    parts.backup();
    clock.pass(TimeDelta::hours(2));
    let web = answering(&parts);
    stands(&web, 200, "healthy");

    // Cut short in place: the set before it is too old by now.
    let newest = site.stored("db").pop().unwrap();
    let length = fs::metadata(&newest).unwrap().len();
    fs::File::options().write(true).open(&newest).unwrap().set_len(length - 1).unwrap();
    let web = answering(&Parts::start(&file, &clock));
    let stale = stands(&web, 503, "stale");
    // A damaged set counts for nothing, also not for what of it is whole.
    assert_eq!(stale["sources"]["media"]["backup_id"], stale["sources"]["app"]["backup_id"], "{stale:#}");
    assert!(stale["sources"]["app"]["age_seconds"].as_i64().unwrap() > 25 * 3600, "{stale:#}");

    for path in site.stored("db") {
        fs::remove_file(path).unwrap();
    }
    stands(&web, 503, "never");
    parts.backup();
    stands(&web, 200, "warning");
}

#[rstest]
#[case("America/Lima", 25)]
#[case("Europe/London", 26)]
fn the_age_allowed_follows_the_clocks_of_the_zone(#[case] zone: &str, #[case] hours: i64) {
    let site = application("0 3 * * *", "");
    let text = fs::read_to_string(site.path("backup.toml")).unwrap().replace("America/Lima", zone);
    fs::write(site.path("backup.toml"), text).unwrap();
    let parts = Parts::start(&site.path("backup.toml"), &HandClock::at(morning()));
    let (_, health) = health(&answering(&parts));
    assert_eq!(health["sources"]["app"]["max_age_seconds"], hours * 3600);
}

#[test]
fn an_emptied_database_is_not_caught_up() {
    let server = Server::start();
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE asset AS SELECT generate_series(1, 100) AS id");
    let site = Site::new(&format!("[[postgres]]\nname = \"app\"\n{}", over_socket(&server, "app")));
    let clock = HandClock::at(morning());
    let parts = Parts::start(&site.path("backup.toml"), &clock);
    assert_eq!(parts.backup().outcome, Outcome::Succeeded);
    let before = site.stored("sets");

    // The volume is lost; server and daemon start anew a day later.
    server.psql("app", "DROP TABLE asset");
    clock.pass(TimeDelta::hours(26));
    let mut parts = Parts::start(&site.path("backup.toml"), &clock);
    let report = parts.run_due().unwrap();
    assert_eq!((report.trigger, report.outcome), (Trigger::CatchUp, Outcome::Skipped), "{report:?}");
    assert_eq!(site.stored("sets"), before);
    let empty = stands(&answering(&parts), 503, "empty");
    assert!(empty["reasons"][0]["text"].as_str().unwrap().contains("restore --latest"), "{empty:#}");

    // The tables are back; the retry an hour on stores them.
    server.psql("app", "CREATE TABLE asset AS SELECT generate_series(1, 100) AS id");
    clock.pass(TimeDelta::hours(1));
    let report = parts.run_due().unwrap();
    assert_eq!((report.trigger, report.outcome), (Trigger::Retry, Outcome::Succeeded), "{report:?}");
    stands(&answering(&parts), 200, "healthy");
}

fn over_socket(server: &Server, database: &str) -> String {
    format!("url = \"postgres://postgres@/{database}?host={}\"\n", server.socket_folder().display())
}

/// A server whose table `held` a transaction without a session holds, until it is let go.
fn held_server() -> Server {
    let server = Server::start_tcp(&["max_prepared_transactions=2"]);
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE held AS SELECT generate_series(1, 100) AS id");
    server
}

fn hold(server: &Server) {
    server.psql("app", "BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE; PREPARE TRANSACTION 'held';");
}

fn let_go(server: &Server) {
    server.psql("app", "ROLLBACK PREPARED 'held'");
}

/// Waits until `pg_dump` waits for the table.
fn until_held(server: &Server) {
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('pg_dump', 'resguardo') \
                   AND wait_event_type = 'Lock'";
    until("pg_dump waiting for the table", || (server.psql("app", waiting) == "1").then_some(()));
}

fn no_dump_is_left(server: &Server) {
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('pg_dump', 'resguardo')";
    until("the end of pg_dump's session", || (server.psql("app", sessions) == "0").then_some(()));
    let children = family(std::process::id());
    assert!(!children.iter().any(|(_, command)| command.contains("pg_dump")), "{children:?}");
}

fn held_site(server: &Server) -> Site {
    let url = over_socket(server, "app").replace("?host", &format!("?port={}&host", server.port()));
    Site::new(&format!("timezone = \"America/Lima\"\n[[postgres]]\nname = \"app\"\n{url}"))
}

#[test]
fn a_source_that_hangs_is_given_up_at_the_deadline() {
    let server = held_server();
    let site = held_site(&server);
    let clock = HandClock::at(morning());
    let mut parts = Parts::start_with(
        &site.path("backup.toml"),
        &clock,
        Arc::new(resguardo::sys::gate::Open),
        // It is looked at once a second.
        |config| config.schedule.deadline = Duration::from_millis(1),
    );
    hold(&server);
    let report = parts.run_due().unwrap();
    assert_eq!(report.outcome, Outcome::Failed, "{report:?}");
    assert!(report.sources[0].error.as_ref().unwrap().contains("the deadline passed"), "{report:?}");
    no_dump_is_left(&server);
    assert_eq!(fs::read_dir(site.path("backups/.resguardo/partial")).map_or(0, Iterator::count), 0);
    assert!(site.stored("db").is_empty() && site.stored("sets").is_empty());
    stands(&answering(&parts), 503, "never");

    let_go(&server);
    assert_eq!(parts.run_due(), None, "not at once");
    clock.pass(TimeDelta::minutes(5));
    let report = parts.run_due().unwrap();
    assert_eq!((report.trigger, report.outcome), (Trigger::Retry, Outcome::Succeeded), "{report:?}");
    stands(&answering(&parts), 200, "healthy");
}

#[test]
fn a_run_makes_way_for_a_restore_and_is_due_again() {
    let server = held_server();
    let site = held_site(&server);
    let clock = HandClock::at(morning());
    let mut parts = Parts::start(&site.path("backup.toml"), &clock);
    hold(&server);
    let run = parts.backup_beside();
    until_held(&server);
    let request = fs::File::create(site.path("backups/.resguardo/yield")).unwrap();
    rustix::fs::flock(&request, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let report = run.join().unwrap();
    assert_eq!(report.outcome, Outcome::Interrupted, "{report:?}");
    assert!(!report.ended_with_process(), "{report:?}");
    no_dump_is_left(&server);
    // A request that nobody holds any more asks for nothing.
    drop(request);
    let_go(&server);
    let report = parts.run_due().unwrap();
    assert_eq!(report.outcome, Outcome::Succeeded, "{report:?}");
    assert_eq!(parts.run_due(), None);
}

#[test]
fn a_password_that_was_rotated_needs_no_restart() {
    let server = Server::start_tcp(&[]);
    server.psql("postgres", "CREATE ROLE ana SUPERUSER LOGIN PASSWORD 'one'; CREATE DATABASE app OWNER ana");
    server.psql("app", "CREATE TABLE asset AS SELECT generate_series(1, 100) AS id");
    let site = Site::new("");
    site.configure(&format!(
        "[[postgres]]\nname = \"app\"\nurl = \"postgres://ana@127.0.0.1:{}/app\"\npassword_file = {}\n",
        server.port(),
        toml(&site.path("password"))
    ));
    fs::write(site.path("password"), "one\n").unwrap();
    let clock = HandClock::at(morning());
    let mut parts = Parts::start(&site.path("backup.toml"), &clock);
    assert_eq!(parts.run_due().unwrap().outcome, Outcome::Succeeded);

    server.psql("postgres", "ALTER ROLE ana PASSWORD 'two'");
    clock.pass(TimeDelta::days(1));
    let report = parts.run_due().unwrap();
    assert_eq!(report.outcome, Outcome::Failed);
    assert!(report.sources[0].hint.as_ref().unwrap().contains("password"), "{report:?}");
    fs::write(site.path("password"), "two").unwrap();
    clock.pass(TimeDelta::hours(1));
    let report = parts.run_due().unwrap();
    assert_eq!((report.trigger, report.outcome), (Trigger::Retry, Outcome::Succeeded), "{report:?}");
}

#[test]
fn a_password_whose_file_vanished_fails_its_source_and_names_the_file() {
    let site = Site::new("");
    let file = site.path("password");
    fs::write(&file, "one\n").unwrap();
    fs::create_dir_all(site.path("media")).unwrap();
    site.configure(&format!(
        "[[postgres]]\nname = \"app\"\nurl = \"postgres://ana@{}/app\"\npassword_file = {}\n\
         [[media]]\nname = \"media\"\npath = {}\n",
        free_address(),
        toml(&file),
        toml(&site.path("media"))
    ));
    let parts = Parts::start(&site.path("backup.toml"), &HandClock::at(morning()));
    fs::remove_file(&file).unwrap();
    let report = parts.backup();
    assert_eq!(report.outcome, Outcome::Partial, "{report:#?}");
    let app = report.sources.iter().find(|source| source.source.as_str() == "app").unwrap();
    let name = file.display().to_string();
    assert_eq!(app.outcome, Outcome::Failed);
    for text in [&app.error, &app.hint] {
        assert!(text.as_ref().is_some_and(|text| text.contains(&name)), "{report:#?}");
    }
    // Back again, it is read again: now the server is what is missing.
    fs::write(&file, "one\n").unwrap();
    let report = parts.backup();
    let app = report.sources.iter().find(|source| source.source.as_str() == "app").unwrap();
    assert!(app.error.as_ref().is_some_and(|error| error.contains("refused")), "{report:#?}");
}

#[test]
fn a_daemon_that_dies_of_its_backup_stops_trying_until_the_next_slot() {
    let site = application("0 3 * * *", "");
    let file = site.path("backup.toml");
    let clock = HandClock::at(morning() - TimeDelta::days(1));
    assert_eq!(Parts::start(&file, &clock).backup().outcome, Outcome::Succeeded);
    clock.set(morning() + TimeDelta::minutes(1));
    for life in 0..3_i32 {
        let parts = Parts::start(&file, &clock);
        let request = parts.due().unwrap_or_else(|| panic!("nothing is due in life {life}"));
        let expected = if life == 0 { Trigger::CatchUp } else { Trigger::Retry };
        assert_eq!(request.trigger, expected);
        // Marked as begun, and gone with its process.
        let at = parts.runner.sys.clock.now();
        let mark = parts.runner.record.begin(&Start {
            run: format!("backup-{}", at.with_timezone(&chrono_tz::America::Lima).format("%Y%m%d_%H%M%S")),
            job: Job::Backup,
            trigger: request.trigger,
            started_at: at,
            deadline_at: at + TimeDelta::hours(6),
            sources: request.sources,
        });
        drop(mark.unwrap());
        clock.pass(TimeDelta::minutes(1));
    }
    let mut parts = Parts::start(&file, &clock);
    assert_eq!(parts.due().map(|request| request.trigger), None, "after three lives that ended so");
    let warning = stands(&answering(&parts), 200, "warning");
    assert!(warning["reasons"][0]["text"].as_str().unwrap().contains("ended with the program itself"), "{warning:#}");
    let standing = parts.runner.gatherer.gather();
    let next = parts.scheduler.next_at(&standing, &parts.runner.record.read().unwrap());
    assert_eq!(next, Some(morning() + TimeDelta::days(1)));
    // A person may, and the next slot does.
    clock.set(morning() + TimeDelta::days(1));
    assert_eq!(parts.run_due().unwrap().outcome, Outcome::Succeeded);
    stands(&answering(&parts), 200, "healthy");
}

#[test]
fn the_log_of_a_night_says_what_was_pruned_and_what_stands() {
    let site = application("0 3 * * *", "[retention]\nkeep_days = 2\nminimum_redundancy = 1\n");
    let file = site.path("backup.toml");
    let clock = HandClock::at(Utc::now() - TimeDelta::days(5));
    let mut ids = Vec::new();
    for _ in 0..5 {
        let report = Parts::start(&file, &clock).backup();
        assert_eq!(report.outcome, Outcome::Succeeded, "{report:?}");
        ids.push(report.backup_id.unwrap().to_string());
        clock.pass(TimeDelta::days(1));
    }
    let listing = site.call(&["list", "--json"]).ends(0).json();
    let stand: Vec<&str> = listing["sets"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(stand, [&ids[4], &ids[3]], "nights prune as they go");

    let report = site.call(&["backup", "--json"]).ends(0).json();
    let id = report["backup_id"].as_str().unwrap();
    assert_eq!(report["pruned"].as_array().unwrap().len(), 1, "{report:#}");
    let log = site.log();
    for line in [
        format!("INFO backup {id}: started (on command)"),
        format!("INFO backup {id} app: dumped "),
        format!("INFO backup {id} media: archived "),
        format!("INFO backup {id}: pruned {}", ids[3]),
    ] {
        assert!(log.contains(&line), "{line:?} is not in\n{log}");
    }
    let last = log.lines().last().unwrap();
    assert!(last.contains("succeeded: ") && last.ends_with("pruned: 1, sets that stand: 2"), "{last}");
}

#[test]
fn the_daemon_lives_backs_up_answers_and_ends_in_order() {
    let site = application("0 3 1 1 *", "");
    let address = free_address();
    listen_at(&site, &address.to_string());
    let daemon = Living::start(command(&site, &["run"]));
    let healthy = until("health 200", || {
        let (code, body) = ask(address, "/health")?;
        let health: Value = serde_json::from_str(&body).unwrap();
        // The set stands, and counts, a moment before its run is recorded.
        (code == 200 && health["status"] == "healthy" && health["running"] == false).then_some(health)
    });
    assert_eq!(ask(address, "/live"), Some((200, "alive\n".to_owned())));
    let by_command = site.call(&["health", "--json"]).ends(0).json();
    for key in ["status", "reasons", "next_run_at", "running"] {
        assert_eq!(by_command[key], healthy[key], "{key}");
    }
    assert_eq!(by_command["sources"]["app"]["backup_id"], healthy["sources"]["app"]["backup_id"]);

    let (code, metrics) = ask(address, "/metrics").unwrap();
    assert_eq!((code, promtool(&metrics)), (200, String::new()));
    let mut prometheus = Prometheus::scraping(address);
    assert_eq!(prometheus.value("resguardo_health_status{status=\"healthy\"}"), "1");
    assert_eq!(prometheus.value("resguardo_sets{state=\"complete\"}"), "1");
    drop(prometheus);

    let record = fs::read_to_string(site.path("backups/.resguardo/runs.jsonl")).unwrap();
    let report: Value = serde_json::from_str(record.trim()).unwrap();
    assert_eq!((report["trigger"].as_str(), report["outcome"].as_str()), (Some("catch_up"), Some("succeeded")));
    let (code, took, said) = daemon.end(Signal::TERM);
    assert_eq!(code, Some(0), "{said}");
    assert!(took < Duration::from_secs(20), "{took:?}: {said}");
    assert!(said.contains("started (catching up)") && said.trim_end().ends_with("INFO: stopped"), "{said}");
    assert!(!said.contains("stderr: "), "{said}");
    // The log file tells the same.
    assert!(site.log().contains("started (catching up)"), "{}", site.log());
}

#[test]
fn the_start_line_names_schedules_of_a_sources_own() {
    let site = Site::new("");
    fs::create_dir_all(site.path("media")).unwrap();
    let media = toml(&site.path("media"));
    site.configure(&format!(
        "timezone = \"America/Lima\"\n[schedule]\nbackup = \"0 3 1 1 *\"\n[serve]\nlisten = \"{}\"\n\
         [[media]]\nname = \"media\"\npath = {media}\n\
         [[media]]\nname = \"code\"\npath = {media}\nschedule = \"30 4 2 1 *\"\n",
        free_address()
    ));
    let daemon = Living::start(command(&site, &["run"]));
    daemon.says("protecting media, code (`30 4 2 1 *`); `0 3 1 1 *` in America/Lima, next at ");
    assert_eq!(daemon.end(Signal::TERM).0, Some(0));
}

#[test]
fn a_daemon_that_is_asked_to_end_in_mid_run_ends_the_run_first() {
    let server = held_server();
    let site = held_site(&server);
    listen_at(&site, &free_address().to_string());
    hold(&server);
    let daemon = Living::start(command(&site, &["run"]));
    until_held(&server);
    let (code, took, said) = daemon.end(Signal::TERM);
    assert_eq!(code, Some(0), "{said}");
    assert!(took < Duration::from_secs(20), "{took:?}: {said}");
    no_dump_is_left(&server);
    let record = fs::read_to_string(site.path("backups/.resguardo/runs.jsonl")).unwrap();
    let report: Value = serde_json::from_str(record.trim()).unwrap();
    assert_eq!((report["outcome"].as_str(), report["backup_id"].as_str()), (Some("interrupted"), None), "{report:#}");
    assert_eq!(fs::read_dir(site.path("backups/.resguardo/running")).unwrap().count(), 0);
    let_go(&server);
    // Due again at the next start, at once.
    let daemon = Living::start(command(&site, &["run"]));
    daemon.says("sets that stand: 1");
    assert_eq!(daemon.end(Signal::INT).0, Some(0));
}

#[test]
fn a_port_that_is_taken_stops_no_backup() {
    let site = application("0 3 1 1 *", "");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    listen_at(&site, &address.to_string());
    let daemon = Living::start(command(&site, &["run"]));
    daemon.says(&format!("ERROR: listen on {address}: "));
    daemon.says("RESGUARDO_SERVE__LISTEN");
    daemon.says("sets that stand: 1");
    drop(taken);
    until("an answer", || (ask(address, "/live")?.0 == 200).then_some(()));
    assert_eq!(ask(address, "/health").unwrap().0, 200);
    let (code, _, said) = daemon.end(Signal::TERM);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.matches("ERROR: listen on").count(), 1, "said once, not at every try: {said}");
}

#[test]
fn the_daemons_standard_output_is_json_where_that_is_asked_for() {
    let site = application("* * * * *", "[log]\nformat = \"json\"\n");
    listen_at(&site, &free_address().to_string());
    let daemon = Living::start(command(&site, &["run"]));
    daemon.says("sets that stand: 1");
    let (code, _, said) = daemon.end(Signal::TERM);
    assert_eq!(code, Some(0), "{said}");
    let lines: Vec<Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect();
    for line in &lines {
        for key in ["time", "level", "message"] {
            assert!(line[key].is_string(), "{key}: {line}");
        }
    }
    let dumped = lines.iter().find(|line| line["source"] == "app").unwrap();
    assert_eq!((dumped["job"].as_str(), dumped["level"].as_str()), (Some("backup"), Some("INFO")), "{dumped}");
    assert!(dumped["run"].as_str().unwrap().starts_with("backup-"), "{dumped}");
    // The file is for people all the same.
    assert!(site.log().lines().all(|line| serde_json::from_str::<Value>(line).is_err()), "{}", site.log());
}

#[test]
fn results_go_to_standard_output_and_nothing_else_does() {
    let site = application("0 3 * * *", "");
    for args in [
        &["backup", "--json"][..],
        &["list", "--json"],
        &["prune", "--json"],
        &["prune", "--dry-run", "--json"],
        &["prune", "--explain", "--json"],
        &["health", "--json"],
        &["check", "--json"],
    ] {
        let called = site.call(args);
        // One value and nothing before or after it.
        assert!(called.json().is_object(), "{args:?}: {called:?}");
    }
    let called = site.call(&["backup"]).ends(0);
    assert_eq!(called.stdout.lines().count(), 1, "{called:?}");
    assert!(called.stderr.contains("INFO backup"), "{called:?}");

    let quiet = site.call(&["backup", "--quiet"]).ends(0);
    assert_eq!(quiet.stderr, "");
    assert_eq!(quiet.stdout.lines().count(), 1, "its result: {quiet:?}");

    // A failure is said also by one who is quiet.
    fs::rename(site.path("app"), site.path("away")).unwrap();
    let failed = site.call(&["backup", "--quiet"]).ends(1);
    assert_eq!(failed.stdout, "");
    assert!(failed.stderr.contains("ERROR backup") && !failed.stderr.contains("INFO"), "{failed:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let site = application("0 3 * * *", "");
    for _ in 0..2 {
        site.call(&["backup"]).ends(0);
    }
    for args in [&["list"][..], &["list", "--json"], &["config", "--reference"], &["health"], &["--help"]] {
        let mut child = site.command().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Gone before a line is written.
        drop(child.stdout.take());
        let stderr = std::io::BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let stderr: Vec<String> = stderr.collect();
        let code = child.wait().unwrap().code();
        assert_eq!((code, stderr.as_slice()), (Some(0), &[][..]), "{args:?}");
    }
}

fn command(site: &Site, args: &[&str]) -> std::process::Command {
    let mut command = site.command();
    command.args(args);
    command
}

/// Adds an address to the settings as they stand.
fn listen_at(site: &Site, address: &str) {
    let file = site.path("backup.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\n[serve]\nlisten = \"{address}\"\n")).unwrap();
}
