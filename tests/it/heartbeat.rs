//! The heartbeat against real HTTP servers: what is told of each backup and when, and that a run is the
//! same whatever becomes of it.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use resguardo::config::HeartbeatConfig;
use resguardo::config::secret::Secret;
use resguardo::domain::name::SourceName;
use resguardo::domain::report::{Job, Outcome, RunReport, Trigger};
use resguardo::domain::untold::Untold;
use resguardo::notify::heartbeat::Heartbeat;
use resguardo::notify::http::Roots;
use resguardo::runner::Request;
use resguardo::standing::record::{Record, Start};
use resguardo::standing::unheard;
use resguardo::sys::Sys;
use resguardo::sys::gate::Open;
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::runtime::{Handle, Runtime};

use crate::support::doors::Scene;
use crate::support::life::{Living, ask, free_address, until};
use crate::support::log::{Screen, StandingClock};
use crate::support::site::{Called, Site, sqlite, toml};
use crate::support::web::{Answer, Seen, TlsWeb, Web};

const NOW: &str = "2024-11-12T08:00:07Z";

/// A process of its own that tells this address: nothing is remembered but what stands in the folder.
fn heartbeat(url: &str, folder: &TempDir, roots: Roots) -> Heartbeat {
    at(NOW, url, folder.path(), roots)
}

fn at(now: &str, url: &str, folder: &Path, roots: Roots) -> Heartbeat {
    let sys = Sys::new(StandingClock::at(now), Arc::new(Open));
    Heartbeat::trusting(&HeartbeatConfig { url: Some(Secret::value(url)) }, &sys, folder, roots)
}

/// Since when it is not heard, as that folder has it.
fn unheard_in(folder: &TempDir) -> Option<Untold> {
    unheard::read(&unheard::path(folder.path()))
}

/// An application of one database and one folder.
fn site(url: &str) -> Site {
    let site = Site::new("");
    sqlite(&site.path("db.sqlite3"), 5);
    fs::create_dir(site.path("media")).unwrap();
    fs::write(site.path("media/a.jpg"), "not a photo").unwrap();
    tell(&site, url);
    site
}

/// Lets it tell this address; an empty one is none.
fn tell(site: &Site, url: &str) {
    let [database, media] = ["db.sqlite3", "media"].map(|name| toml(&site.path(name)));
    site.configure(&format!(
        "[heartbeat]\nurl = \"{url}\"\n[[sqlite]]\nname = \"app\"\npath = {database}\n[[media]]\npath = {media}\n"
    ));
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
    orphan(&site);
    let mut command = site.command();
    command.arg("run").env("RESGUARDO_SERVE__LISTEN", free_address().to_string());
    let daemon = Living::start(command);
    // What was never backed up is due at start.
    until("the end of a backup", || (server.seen().len() >= 3).then_some(()));
    let (code, _, said) = daemon.end(Signal::TERM);
    assert_eq!((code, said.contains("hunter2")), (Some(0), false), "{said}");
    let paths: Vec<String> = server.seen().iter().map(|seen| parts(seen).0).collect();
    assert_eq!(paths, ["/hunter2/fail", "/hunter2/start", "/hunter2"], "first of the one before it, which was killed");
}

#[test]
fn the_end_of_a_run_that_was_killed_is_told_by_the_next_start_before_its_own() {
    let server = Web::start(|_| Answer::ok());
    let site = site(&server.url("/hunter2"));
    orphan(&site);
    site.call(&["backup"]).ends(0);
    let (paths, ids): (Vec<String>, Vec<String>) = server.seen().iter().map(parts).unzip();
    assert_eq!(paths, ["/hunter2/fail", "/hunter2/start", "/hunter2"]);
    assert!(ids[0] != ids[1] && ids[1] == ids[2], "{ids:?}");
    let story = server.seen()[0].body.clone();
    assert!(story.starts_with("backup-20241112_030000: interrupted after ") && story.contains("with its process"));
    // Once.
    site.call(&["backup"]).ends(0);
    assert_eq!(server.seen().len(), 5);
}

/// Leaves the mark of a run whose process is gone: nobody holds it any more.
fn orphan(site: &Site) {
    let started_at = "2024-11-12T08:00:00Z".parse().unwrap();
    let start = Start {
        run: "backup-20241112_030000".to_owned(),
        job: Job::Backup,
        trigger: Trigger::Schedule,
        started_at,
        deadline_at: started_at,
        sources: [SourceName::new("app").unwrap()].into(),
    };
    drop(Record::new(&Sys::real(), site.path("backups/.resguardo")).begin(&start).unwrap());
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
    let (folder, url) = (TempDir::new().unwrap(), server.url("/hunter2?key=swordf1sh"));
    let process = |now| at(now, &url, folder.path(), Roots::default());
    let first = logged(&process(NOW), "backup-1");
    assert_eq!(first.lines().count(), 1, "{first}");
    assert!(first.contains("404 Not Found: no check at ***") && first.contains("see that it is whole"), "{first}");
    assert_eq!(logged(&process("2024-11-13T08:00:07Z"), "backup-2"), "");
    let kept = unheard_in(&folder).unwrap();
    assert_eq!((kept.since, kept.hint.is_some()), (NOW.parse().unwrap(), true), "{kept:?}");
    assert!(!format!("{kept:?}").contains("hunter2"), "{kept:?}");
    is_down.store(false, Ordering::SeqCst);
    let over = logged(&process(NOW), "backup-3");
    assert_eq!(over.lines().count(), 1, "{over}");
    assert!(over.contains("heard again"), "{over}");
    assert_eq!((logged(&process(NOW), "backup-4").as_str(), unheard_in(&folder)), ("", None));
    for secret in ["hunter2", "swordf1sh"] {
        assert!(!format!("{first}{over}").contains(secret), "{first}{over}");
    }
    // What cannot pass was tried once each time; what was given in the address is kept.
    let targets = server.targets();
    assert_eq!(targets.len(), 8, "{targets:?}");
    assert!(targets[0].starts_with("/hunter2/start?key=swordf1sh&rid="), "{targets:?}");
}

/// A store that is gone keeps no word, and the process that met the trouble still tells it once.
#[test]
fn what_cannot_be_kept_is_remembered() {
    let is_down = Arc::new(AtomicBool::new(true));
    let down = is_down.clone();
    let server =
        Web::start(move |_| Answer::Status(if down.load(Ordering::SeqCst) { 404 } else { 200 }, String::new()));
    let folder = TempDir::new().unwrap();
    let gone = folder.path().join("gone");
    let heartbeat = at(NOW, &server.url("/x"), &gone, Roots::default());
    assert_eq!(logged(&heartbeat, "backup-1").lines().count(), 1);
    assert_eq!(logged(&heartbeat, "backup-2"), "");
    is_down.store(false, Ordering::SeqCst);
    assert!(logged(&heartbeat, "backup-3").contains("heard again"));
    assert_eq!(logged(&heartbeat, "backup-4"), "");
    assert!(!gone.exists());
}

#[test]
fn a_redirection_is_not_followed_for_the_address_is_a_secret() {
    let elsewhere = Web::start(|_| Answer::ok());
    let to = elsewhere.url("/hunter2/elsewhere");
    let server = Web::start(move |_| Answer::With(308, "location", to.clone()));
    let folder = TempDir::new().unwrap();
    let said = logged(&heartbeat(&server.url("/hunter2"), &folder, Roots::default()), "backup-1");
    assert!(said.contains("which is not followed") && !said.contains("hunter2"), "{said}");
    assert_eq!((elsewhere.seen().len(), server.seen().len()), (0, 2));
}

#[test]
fn what_is_told_is_plain_text() {
    let server = Web::start(|_| Answer::ok());
    let (runtime, folder) = (Runtime::new().unwrap(), TempDir::new().unwrap());
    let heartbeat = heartbeat(&server.url("/hunter2"), &folder, Roots::default());
    let error = "pg_dump:\r\nno \u{1b}[31mroom\u{202e}".to_owned();
    heartbeat.ends(&RunReport { error: Some(error), ..report("backup-1", Outcome::Failed) }, runtime.handle());
    runtime.block_on(heartbeat.settle());
    let told = &server.seen()[0].body;
    assert!(told.ends_with("after 1.5 s\n  pg_dump:\n  no \\u{1b}[31mroom\\u{202e}"), "{told:?}");
}

#[test]
fn what_may_pass_is_tried_twice() {
    let server = Web::start(|_| Answer::Status(500, String::new()));
    let folder = TempDir::new().unwrap();
    let said = logged(&heartbeat(&server.url("/x"), &folder, Roots::default()), "backup-1");
    assert_eq!(said.lines().count(), 1, "{said}");
    let paths: Vec<String> = server.seen().iter().map(|seen| parts(seen).0).collect();
    assert_eq!(paths, ["/x/start", "/x/start", "/x/fail", "/x/fail"]);
}

#[test]
fn a_report_is_cut_to_what_is_kept() {
    let (server, folder) = (Web::start(|_| Answer::ok()), TempDir::new().unwrap());
    logged(&heartbeat(&server.url("/x"), &folder, Roots::default()), "backup-1");
    let seen = server.seen();
    assert!((9_000..=10_000).contains(&seen[1].body.len()), "{}", seen[1].body.len());
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = TlsWeb::start();
    let (url, folder) = (format!("https://{}/hunter2", server.address), TempDir::new().unwrap());
    let refused = logged(&heartbeat(&url, &folder, Roots::default()), "backup-1");
    assert!(refused.contains("certificate") && !refused.contains("hunter2"), "{refused}");
    logged(&heartbeat(&url, &folder, Roots::from_pem(&server.pem).unwrap()), "backup-1");
    assert_eq!(unheard_in(&folder), None);
}

// That it is not heard is told.

/// The code of each reason for which health warns, and the words for it.
fn reasons(site: &Site) -> Vec<(String, String)> {
    let health = site.call(&["health", "--json"]).ends(0).json();
    let text = |of: &serde_json::Value| of.as_str().unwrap().to_owned();
    let reasons = health["reasons"].as_array().unwrap().iter();
    reasons.map(|reason| (text(&reason["code"]), text(&reason["text"]))).collect()
}

/// A server that answers with this status until it is told otherwise.
fn answering(status: u16) -> (Web, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(status));
    let answer = status.clone();
    (Web::start(move |_| Answer::Status(answer.load(Ordering::SeqCst), "out of order".to_owned())), status)
}

#[rstest]
#[case::in_trouble(503, "answered 503 Service Unavailable: out of order.")]
#[case::gone(404, "answered 404 Not Found: out of order. Nothing answers to this address there any more: ")]
fn that_it_is_not_heard_is_a_warning_of_health_until_it_is(#[case] refused: u16, #[case] why: &str) {
    let (server, status) = answering(refused);
    let site = site(&server.url("/hunter2"));
    for _ in 0..2 {
        let report = site.call(&["backup", "--json"]).ends(0).json();
        assert_eq!((&report["outcome"], &report["warnings"]), (&"succeeded".into(), &serde_json::json!([])));
    }
    let told = reasons(&site);
    let [(code, text)] = told.as_slice() else { panic!("{told:?}") };
    assert!(code == "unheard" && text.contains(why) && text.ends_with(" tries it at once."), "{told:?}");
    assert!(!text.contains("hunter2"), "{told:?}");
    // Two processes met it, and it was one trouble.
    assert_eq!(site.log().matches("heartbeat: ").count(), 1, "{}", site.log());
    let checked = site.call(&["check"]).ends(0).stdout;
    assert!(checked.contains("The heartbeat is not heard since "), "{checked}");
    for (language, told) in [("es", "no se oye el latido"), ("pt", "o heartbeat não é ouvido")] {
        let health = site.command().arg("health").env("RESGUARDO_LANGUAGE", language).output().unwrap();
        let health = Called::from(health).ends(0).stdout;
        assert!(health.contains(told) && !health.contains("Nothing answers"), "{health}");
    }

    status.store(200, Ordering::SeqCst);
    site.call(&["backup"]).ends(0);
    assert_eq!(reasons(&site), []);
    assert_eq!(site.log().matches("the heartbeat is heard again").count(), 1, "{}", site.log());
}

#[test]
fn a_line_that_check_leaves_ends_it_and_so_does_an_address_that_is_taken_away() {
    let (server, status) = answering(404);
    let url = server.url("/hunter2");
    let site = site(&url);
    site.call(&["backup"]).ends(0);
    assert_eq!(reasons(&site).len(), 1);
    site.call(&["check", "--mail"]).ends(1);
    assert_eq!(reasons(&site).len(), 1);
    tell(&site, "");
    assert_eq!(reasons(&site), []);
    tell(&site, &url);
    assert_eq!(reasons(&site).len(), 1);
    status.store(200, Ordering::SeqCst);
    site.call(&["check", "--mail"]).ends(0);
    assert_eq!(reasons(&site), []);
}

#[test]
fn the_page_says_so_too_and_no_longer_once_it_is_heard() {
    let (server, status) = answering(404);
    let site = site(&server.url("/hunter2"));
    let address = free_address();
    let mut command = site.command();
    command.arg("run").env("RESGUARDO_SERVE__LISTEN", address.to_string()).env("RESGUARDO_LANGUAGE", "es");
    let daemon = Living::start(command);
    let says_so = || Some(ask(address, "/")?.1.contains("no se oye el latido"));
    until("the page to say so", || says_so().filter(|says_so| *says_so));
    let page = ask(address, "/").unwrap().1;
    assert!(page.contains("En esta dirección ya no responde nada") && page.contains("check --mail"), "{page}");
    status.store(200, Ordering::SeqCst);
    site.call(&["backup", "--wait", "60"]).ends(0);
    assert_eq!(says_so(), Some(false));
    assert_eq!(daemon.end(Signal::TERM).0, Some(0));
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
