//! A daemon that has lived for long holds no more than one that has begun: descriptors and threads of the
//! whole process, night after night. One process for each test is what nextest gives.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::domain::progress::Unseen;
use resguardo::runner::Runner;
use resguardo::sys::Sys;
use resguardo::sys::clock::Clock;
use resguardo::sys::gate::Act;
use resguardo::words::Words;
use resguardo::{config, daemon};
use tokio::sync::oneshot;

use crate::support::gate::WatchGate;
use crate::support::life::{ask, free_address, until};
use crate::support::site::{Site, sqlite, toml};

/// A clock by which half a minute passes whenever somebody looks: as one run ends, the next is due.
struct Hurried {
    now: Mutex<DateTime<Utc>>,
    stands: AtomicBool,
}

impl Clock for Hurried {
    fn now(&self) -> DateTime<Utc> {
        let mut now = self.now.lock().unwrap();
        if !self.stands.load(Ordering::SeqCst) {
            *now += TimeDelta::seconds(30);
        }
        *now
    }
}

/// A set, and what the process held as that was begun.
type Seen = (String, (usize, usize));

/// What this process holds at present: descriptors and threads.
fn held() -> (usize, usize) {
    let count = |what: &str| fs::read_dir(format!("/proc/self/{what}")).unwrap().count();
    (count("fd"), count("task"))
}

/// The set that is being made there.
fn set_in_work(path: &Path) -> Option<String> {
    let mut parts = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.find(|part| part == "partial")?;
    parts.next()
}

#[test]
fn after_twenty_runs_the_daemon_holds_no_more_than_after_two() {
    let site = Site::new("");
    fs::create_dir_all(site.path("media")).unwrap();
    fs::write(site.path("media/a.jpg"), "not a photo").unwrap();
    sqlite(&site.path("db.sqlite3"), 500);
    let address = free_address();
    site.configure(&format!(
        "timezone = \"America/Lima\"\n[schedule]\nbackup = \"* * * * *\"\n[serve]\nlisten = \"{address}\"\n\
         [[sqlite]]\nname = \"app\"\npath = {}\n[[media]]\nname = \"media\"\npath = {}\n",
        toml(&site.path("db.sqlite3")),
        toml(&site.path("media"))
    ));
    let clock = Arc::new(Hurried { now: Mutex::new("2024-11-12T08:00:00Z".parse().unwrap()), stands: false.into() });
    // Counted where each run begins to write, so that each is seen at the same work.
    let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let (runs, by) = (seen.clone(), clock.clone());
    let gate = WatchGate(move |act: Act, path: &Path| {
        let Some(id) = set_in_work(path).filter(|_| act == Act::Create) else { return };
        let mut runs = runs.lock().unwrap();
        if runs.iter().all(|(of, _)| *of != id) {
            runs.push((id, held()));
            by.stands.store(runs.len() > 20, Ordering::SeqCst);
        }
    });
    let config = Arc::new(config::load(Some(&site.path("backup.toml")), []).unwrap().config);
    let sys = Sys::new(clock.clone(), Arc::new(gate));
    let runner = Runner::new(&sys, config, Words::english(), Arc::new(Unseen)).unwrap();
    let record = runner.record.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let life = runtime.spawn(daemon::live(runner, None, async {
        let _dropped = ended.await;
    }));
    until("twenty-one runs", || (record.read().unwrap().len() > 20).then_some(()));
    let seen: Vec<(usize, usize)> = seen.lock().unwrap().iter().map(|(_, held)| *held).collect();
    // One that is just being closed is no leak: what leaks is there in every run that follows.
    let most = |of: fn(&(usize, usize)) -> usize| seen[..5].iter().map(of).max().unwrap();
    let least = |of: fn(&(usize, usize)) -> usize| seen[16..].iter().map(of).min().unwrap();
    let descriptors = most(|held| held.0);
    assert!(least(|held| held.0) <= descriptors, "descriptors: {seen:?}");
    // The runtime's pool starts another thread whenever none of them is idle, and soon no more of
    // them: what leaks one in every other run has six more by then.
    assert!(least(|held| held.1) < most(|held| held.1) + 6, "threads: {seen:?}");
    // Whoever asked has gone, and has left nothing.
    for path in ["/", "/health", "/metrics"].repeat(10) {
        assert_eq!(ask(address, path).map(|(code, _)| code), Some(200), "{path}");
    }
    until("what was held for those who asked", || (held().0 <= descriptors).then_some(()));
    end.send(()).unwrap();
    runtime.block_on(life).unwrap();
}
