//! The heartbeat against real HTTP servers: what is told of each backup and when, and that a run is the
//! same whatever becomes of it.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use resguardo::config::HeartbeatConfig;
use resguardo::config::secret::Secret;
use resguardo::domain::report::{Job, Outcome, RunReport, Trigger};
use resguardo::notify::heartbeat::Heartbeat;
use resguardo::notify::http::Roots;
use resguardo::runner::Request;
use resguardo::sys::Sys;
use resguardo::sys::gate::Open;
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::process::Signal;
use tokio::runtime::{Handle, Runtime};

use crate::support::doors::Scene;
use crate::support::life::{Living, free_address, until};
use crate::support::log::{Screen, StandingClock};
use crate::support::site::{Site, sqlite, toml};
use crate::support::web::{Answer, Seen, TlsWeb, Web};

const NOW: &str = "2024-11-12T08:00:07Z";

fn heartbeat(url: &str, roots: Roots) -> Heartbeat {
    let sys = Sys::new(StandingClock::at(NOW), Arc::new(Open));
    Heartbeat::trusting(&HeartbeatConfig { url: Some(Secret::value(url)) }, &sys, roots)
}

/// An application of one database and one folder.
fn site(url: &str) -> Site {
    let site = Site::new("");
    sqlite(&site.path("db.sqlite3"), 5);
    fs::create_dir(site.path("media")).unwrap();
    fs::write(site.path("media/a.jpg"), "not a photo").unwrap();
    let [database, media] = ["db.sqlite3", "media"].map(|name| toml(&site.path(name)));
    site.configure(&format!(
        "[heartbeat]\nurl = \"{url}\"\n[[sqlite]]\nname = \"app\"\npath = {database}\n[[media]]\npath = {media}\n"
    ));
    site
}

/// The path, and the id of the run.
fn parts(seen: &Seen) -> (String, String) {
    let (path, id) = seen.target.split_once("?rid=").unwrap_or_else(|| panic!("{seen:?}"));
    (path.to_owned(), id.to_owned())
}

#[test]
fn every_backup_is_told_with_its_beginning_and_its_end() {
    let server = Web::start(|_| Answer::ok());
    let site = site(&server.url("/hunter2/"));
    site.call(&["backup"]).ends(0);
    fs::remove_dir_all(site.path("media")).unwrap();
    site.call(&["backup"]).ends(3);
    fs::remove_file(site.path("db.sqlite3")).unwrap();
    site.call(&["backup"]).ends(1);
    // Nothing else is a backup.
    site.call(&["verify"]).ends(0);
    site.call(&["prune"]).ends(0);

    let seen = server.seen();
    let (paths, ids): (Vec<String>, Vec<String>) = seen.iter().map(parts).unzip();
    let expected = ["/hunter2/start", "/hunter2", "/hunter2/start", "/hunter2/fail", "/hunter2/start", "/hunter2/fail"];
    assert_eq!(paths, expected);
    for (index, run) in ids.chunks(2).enumerate() {
        assert_eq!(run[0], run[1]);
        assert_eq!(ids.iter().filter(|id| **id == run[0]).count(), 2, "{index}: {ids:?}");
    }
    let [_, good, _, partial, _, failed] = seen.as_slice() else { panic!("{seen:#?}") };
    assert!(good.body.contains(": succeeded after ") && good.body.contains("app: succeeded, "), "{}", good.body);
    assert!(
        partial.body.contains(": partial after ") && partial.body.contains("media: failed\n  "),
        "{}",
        partial.body
    );
    assert!(failed.body.contains(": failed after ") && failed.body.contains("db.sqlite3"), "{}", failed.body);
    assert!(seen.iter().all(|seen| seen.method == "POST" && seen.content_type.starts_with("text/plain")), "{seen:#?}");
}

#[test]
fn a_run_that_cannot_be_set_up_is_told_as_failed_and_one_that_another_does_is_not_told() {
    let server = Web::start(|_| Answer::ok());
    let site = site(&server.url("/hunter2"));
    fs::write(site.path("backups"), "no folder").unwrap();
    site.call(&["backup"]).ends(1);
    assert_eq!(server.seen().iter().map(|seen| parts(seen).0).collect::<Vec<_>>(), ["/hunter2/fail"]);

    fs::remove_file(site.path("backups")).unwrap();
    let mut config = resguardo::config::load(Some(&site.path("backup.toml")), []).unwrap().config;
    config.store.dir = site.path("backups");
    let runner = Scene::runner_of(config, &Sys::new(StandingClock::at(NOW), Arc::new(Open)));
    let _held = runner.store.lock(Duration::ZERO, &Stop::new()).unwrap().unwrap();
    site.call(&["backup"]).ends(75);
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn the_daemon_tells_of_its_backups_too() {
    let server = Web::start(|_| Answer::ok());
    let site = site(&server.url("/hunter2"));
    let mut command = site.command();
    command.arg("run").env("RESGUARDO_SERVE__LISTEN", free_address().to_string());
    let daemon = Living::start(command);
    // What was never backed up is due at start.
    until("the end of a backup", || (server.seen().len() >= 2).then_some(()));
    let (code, _, said) = daemon.end(Signal::TERM);
    assert_eq!((code, said.contains("hunter2")), (Some(0), false), "{said}");
    assert_eq!(server.seen().iter().map(|seen| parts(seen).0).collect::<Vec<_>>(), ["/hunter2/start", "/hunter2"]);
}

#[test]
fn a_run_waits_for_nobody() {
    let server = Web::start(|_| Answer::Never);
    let site = site(&server.url("/hunter2"));
    let config = resguardo::config::load(Some(&site.path("backup.toml")), []).unwrap().config;
    let runner = Scene::runner_of(config, &Sys::new(StandingClock::at(NOW), Arc::new(Open)));
    let runtime = Runtime::new().unwrap();
    let request = Request { trigger: Trigger::Command, ..Request::command(Job::Backup, Duration::ZERO) };
    let begun = Instant::now();
    let report = runtime.block_on(runner.run(request, Stop::new()));
    assert_eq!(report.outcome, Outcome::Succeeded);
    // Two tries of three seconds, and what lies between them, is what waiting for the beginning would take.
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
    assert!(server.targets().iter().all(|target| target.contains("/start")), "{:?}", server.targets());
}

fn report(run: &str, outcome: Outcome) -> RunReport {
    RunReport {
        version: 1,
        run: run.to_owned(),
        job: Job::Backup,
        trigger: Trigger::Schedule,
        outcome,
        started_at: NOW.parse().unwrap(),
        ended_at: NOW.parse().unwrap(),
        duration_seconds: 1.5,
        backup_id: None,
        stage: None,
        error: Some("ñ".repeat(20_000)),
        hint: None,
        sources: Vec::new(),
        pruned: Vec::new(),
        pruned_files: Vec::new(),
        warnings: Vec::new(),
    }
}

/// Tells of one run from beginning to end, and returns what the log says meanwhile.
fn logged(heartbeat: &Heartbeat, run: &str) -> String {
    let screen = Screen::default();
    let to = Mutex::new(screen.clone());
    let subscriber = tracing_subscriber::fmt().with_writer(to).with_ansi(false).without_time().finish();
    // One thread: its log is this one's.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            heartbeat.begins(Job::Backup, run, &Handle::current());
            heartbeat.ends(&report(run, Outcome::Failed), &Handle::current());
            heartbeat.settle().await;
        });
    });
    screen.text()
}

#[test]
fn that_nobody_hears_it_is_logged_once_and_when_it_is_over() {
    let is_down = Arc::new(AtomicBool::new(true));
    let down = is_down.clone();
    let server = Web::start(move |seen| {
        let is_down = down.load(Ordering::SeqCst);
        if is_down { Answer::Status(404, format!("no check at {}", seen.target)) } else { Answer::ok() }
    });
    let heartbeat = heartbeat(&server.url("/hunter2?key=swordf1sh"), Roots::default());
    let first = logged(&heartbeat, "backup-1");
    assert_eq!(first.lines().count(), 1, "{first}");
    assert!(first.contains("404 Not Found: no check at ***") && first.contains("see that it is whole"), "{first}");
    assert_eq!(logged(&heartbeat, "backup-2"), "");
    is_down.store(false, Ordering::SeqCst);
    let over = logged(&heartbeat, "backup-3");
    assert_eq!(over.lines().count(), 1, "{over}");
    assert!(over.contains("heard again"), "{over}");
    assert_eq!(logged(&heartbeat, "backup-4"), "");
    for secret in ["hunter2", "swordf1sh"] {
        assert!(!format!("{first}{over}").contains(secret), "{first}{over}");
    }
    // What cannot pass was tried once each time; what was given in the address is kept.
    let targets = server.targets();
    assert_eq!(targets.len(), 8, "{targets:?}");
    assert!(targets[0].starts_with("/hunter2/start?key=swordf1sh&rid="), "{targets:?}");
}

#[test]
fn what_is_told_is_plain_text() {
    let server = Web::start(|_| Answer::ok());
    let runtime = Runtime::new().unwrap();
    let heartbeat = heartbeat(&server.url("/hunter2"), Roots::default());
    let error = "pg_dump:\r\nno \u{1b}[31mroom\u{202e}".to_owned();
    heartbeat.ends(&RunReport { error: Some(error), ..report("backup-1", Outcome::Failed) }, runtime.handle());
    runtime.block_on(heartbeat.settle());
    let told = &server.seen()[0].body;
    assert!(told.ends_with("after 1.5 s\n  pg_dump:\n  no \\u{1b}[31mroom\\u{202e}"), "{told:?}");
}

#[test]
fn what_may_pass_is_tried_twice() {
    let server = Web::start(|_| Answer::Status(500, String::new()));
    let said = logged(&heartbeat(&server.url("/x"), Roots::default()), "backup-1");
    assert_eq!(said.lines().count(), 1, "{said}");
    let paths: Vec<String> = server.seen().iter().map(|seen| parts(seen).0).collect();
    assert_eq!(paths, ["/x/start", "/x/start", "/x/fail", "/x/fail"]);
}

#[test]
fn a_report_is_cut_to_what_is_kept() {
    let server = Web::start(|_| Answer::ok());
    logged(&heartbeat(&server.url("/x"), Roots::default()), "backup-1");
    let seen = server.seen();
    assert!((9_000..=10_000).contains(&seen[1].body.len()), "{}", seen[1].body.len());
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = TlsWeb::start();
    let url = format!("https://{}/hunter2", server.address);
    let refused = logged(&heartbeat(&url, Roots::default()), "backup-1");
    assert!(refused.contains("certificate") && !refused.contains("hunter2"), "{refused}");
    assert_eq!(logged(&heartbeat(&url, Roots::from_pem(&server.pem).unwrap()), "backup-1"), "");
}

#[rstest]
#[case(200, "good", "took a line for its log: 200 OK")]
#[case(404, "trouble", "answered 404 Not Found")]
fn check_leaves_a_line_that_means_nothing(#[case] status: u16, #[case] verdict: &str, #[case] said: &str) {
    let server = Web::start(move |_| Answer::Status(status, String::new()));
    let site = site(&server.url("/hunter2"));
    let find = |args: &[&str]| {
        let called = site.call(args);
        assert!(!called.stdout.contains("hunter2"), "{called:#?}");
        let all = called.json()["findings"].clone();
        all.as_array().unwrap().iter().find(|finding| finding["what"] == "heartbeat").unwrap().clone()
    };
    let looked = find(&["check", "--json"]);
    assert_eq!((&looked["verdict"], server.seen().len()), (&"good".into(), 0), "{looked:#}");
    let tried = find(&["check", "--mail", "--json"]);
    assert_eq!(tried["verdict"], verdict, "{tried:#}");
    assert!(tried["text"].as_str().unwrap().contains(said), "{tried:#}");
    assert_eq!(server.seen().iter().map(|seen| parts(seen).0).collect::<Vec<_>>(), ["/hunter2/log"]);
    let shown = site.call(&["config"]).ends(0).stdout;
    assert!(shown.contains(&format!("url = \"http://{}/***\"", server.address)), "{shown}");
}
