//! Restores on a server that is slow, stuck, or still busy with what a killed restore has asked
//! of it: nothing is forgotten, nothing is waited for without end, and what is left is named.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use resguardo::config::DumpFormat;
use resguardo::domain::progress::{Event, Sink};
use resguardo::domain::trouble::{Stage, StopReason, Trouble};
use resguardo::source::Work;
use resguardo::source::postgres::restore::{Patience, PostgresRestore};
use resguardo::source::restore::{Bytes, Restore, Stands, Wish};
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::doors::{Started, until};
use crate::support::odd::with_format;
use crate::support::postgres::{Server, bench};
use crate::support::restore_postgres::{Midway, Stored, databases, hint, prepare, run};
use crate::support::site::Site;
use crate::support::store::real_store;

const SHORT: Patience = Patience { ending: Duration::from_millis(500), removal: Duration::from_millis(500) };

/// A process of a server that does not react, until it is dropped.
struct Stuck(Pid);

impl Stuck {
    fn process(pid: &str) -> Self {
        let pid = Pid::from_raw(pid.parse().unwrap()).unwrap();
        kill_process(pid, Signal::STOP).unwrap();
        Self(pid)
    }
}

impl Drop for Stuck {
    fn drop(&mut self) {
        let _ended = kill_process(self.0, Signal::CONT);
    }
}

/// The process of a server that does this, once there is one.
fn process_at(server: &Server, what: &str) -> String {
    let sql = format!("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND {what} ORDER BY 1 LIMIT 1");
    until(what, || Some(server.psql("template1", &sql)).filter(|pid| !pid.is_empty()))
}

fn application(server: &Server) {
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT i FROM generate_series(1, 5000) i; CREATE INDEX ON t (i)");
}

#[test]
fn a_killed_restore_whose_server_goes_on_is_settled_once_the_server_has_ended_it() {
    let server = Server::start();
    application(&server);
    let host = server.socket_folder().display().to_string().replace('/', "%2F");
    let site = Site::new(&format!("[[postgres]]\nurl = \"postgres://postgres@{host}/app\"\n"));
    site.call(&["backup"]).ends(0);
    // Nobody can create a database while this is held.
    let holding = server.holding("postgres", "LOCK TABLE pg_database IN SHARE MODE");
    let mut command = site.command();
    command.args(["restore", "--latest", "--yes"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut killed = Started(command.spawn().unwrap());
    let creates = process_at(&server, "query LIKE 'CREATE DATABASE%' AND wait_event_type = 'Lock'");
    let stuck = Stuck::process(&creates);
    killed.0.kill().unwrap();
    killed.0.wait().unwrap();
    drop(holding);

    let exchanges = || {
        let journals = real_store(&site.path("backups")).restores().journals;
        journals.first().map(|journal| journal.parts[0].exchanges.clone())
    };
    let begun = exchanges().unwrap();
    let (config, bench) = (server.config("app"), bench());
    let source = PostgresRestore::new(&config).with_patience(SHORT);
    let asked_to_settle = || source.settle(&begun, &bench.work).map(drop);
    for trouble in [asked_to_settle(), source.discard(&begun, &bench.work)].map(Result::unwrap_err) {
        let named = format!("the session {creates}, which an earlier attempt has left at work, does not end");
        assert!(trouble.error.ends_with(&named), "{trouble}");
        assert!(hint(&trouble).contains(&format!("the process {creates} of the server does not react")), "{trouble}");
    }
    // A run cannot settle it either, and does not forget it.
    site.call(&["backup"]).ends(0);
    assert_eq!(exchanges().as_ref(), Some(&begun));

    drop(stuck);
    site.call(&["backup"]).ends(0);
    assert_eq!(exchanges(), None);
    until("the end of it at the server", || {
        let left = server.psql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE DATABASE%'");
        (left == "0").then_some(())
    });
    assert_eq!(databases(&server).into_iter().collect::<Vec<_>>(), ["app"]);
}

#[test]
fn clients_are_let_in_though_a_killed_exchange_is_still_at_work() {
    let (server, bench) = (Server::start(), bench());
    application(&server);
    let config = server.config("app");
    let stored = Stored::take(&config, &bench.work);
    let exchanges = prepare(&config, &stored.raw, None, &stored.wish(1), &bench.work).unwrap().exchanges;
    let source = PostgresRestore::new(&config).with_patience(SHORT);
    // The one is shut out, the other is about to be; whoever asked for it is gone before it is done.
    let holding = server.holding("postgres", "UPDATE pg_database SET datname = datname WHERE datname = 'app'");
    let (swapped, stuck) = std::thread::scope(|scope| {
        let swapping = scope.spawn(|| source.swap(&exchanges, &bench.work));
        let stuck = Stuck::process(&process_at(&server, "query LIKE 'ALTER DATABASE%' AND wait_event_type = 'Lock'"));
        drop(holding);
        (swapping.join().unwrap(), stuck)
    });
    let trouble = swapped.unwrap_err();
    assert_eq!(trouble.stage, Stage::Swap);
    assert!(trouble.error.contains("which an earlier attempt has left at work, does not end"), "{trouble}");
    let are_open = || {
        for database in ["app", &exchanges[0].new] {
            assert_eq!(server.psql(database, "SELECT count(*) FROM t"), "5000");
        }
    };
    are_open();
    drop(stuck);
    assert_eq!(source.settle(&exchanges, &bench.work), Ok(Stands::Old));
    are_open();
    source.swap(&exchanges, &bench.work).unwrap();
    assert_eq!(server.psql("app", "SELECT count(*) FROM t"), "5000");
}

#[test]
fn a_server_process_that_does_not_react_is_waited_for_with_an_end_and_a_signal_is_heard() {
    let (server, bench) = (Server::start(), bench());
    application(&server);
    let config = server.config("app");
    let stored = Stored::take(&config, &bench.work);
    let made = |minute| prepare(&config, &stored.raw, None, &stored.wish(minute), &bench.work).unwrap().exchanges;
    let (first, second) = (made(1), made(2));
    let source = PostgresRestore::new(&config);
    source.swap(&second, &bench.work).unwrap();
    // No database can be removed while one of the server's processes does not react.
    let idle = server.holding("postgres", "SELECT 1 WHERE false");
    let stuck = Stuck::process(&process_at(&server, "state = 'idle in transaction'"));
    let began = Instant::now();
    let trouble = source.with_patience(SHORT).discard(&first, &bench.work).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(trouble.stage, Stage::Clean);
    assert!(trouble.error.starts_with("remove app_new_20241112_030100: "), "{trouble}");
    assert!(hint(&trouble).starts_with("app_new_20241112_030100 may be left over: "), "{}", hint(&trouble));

    // With the patience that a large database needs, a signal is heard.
    let source = PostgresRestore::new(&config);
    let waits = "query LIKE 'DROP DATABASE%' AND wait_event = 'ProcSignalBarrier'";
    let interrupted = |remove: &(dyn Fn(&Work) -> Result<(), Trouble> + Sync)| {
        let work = Work { stop: Stop::new(), ..bench.work.clone() };
        let removed = std::thread::scope(|scope| {
            let removing = scope.spawn(|| remove(&work));
            process_at(&server, waits);
            work.stop.stop(StopReason::Signal);
            removing.join().unwrap()
        });
        assert_eq!(removed.unwrap_err().stopped, Some(StopReason::Signal));
    };
    interrupted(&|work| source.discard(&first, work));
    interrupted(&|work| source.clean(&second, work).map(drop));

    drop(stuck);
    drop(idle);
    source.discard(&first, &bench.work).unwrap();
    assert!(source.clean(&second, &bench.work).is_ok());
    assert_eq!(databases(&server).into_iter().collect::<Vec<_>>(), ["app"]);
}

#[test]
fn a_server_that_has_stopped_in_the_middle_of_a_removal_is_given_up() {
    let (server, bench) = (Server::start(), bench());
    application(&server);
    let config = server.config("app");
    let stored = Stored::take(&config, &bench.work);
    let exchanges = prepare(&config, &stored.raw, None, &stored.wish(1), &bench.work).unwrap().exchanges;
    let idle = server.holding("postgres", "SELECT 1 WHERE false");
    let stuck = Stuck::process(&process_at(&server, "state = 'idle in transaction'"));
    let source = PostgresRestore::new(&config);
    let patience = Patience { removal: Duration::from_secs(5), ..SHORT };
    let (began, removed, removal) = std::thread::scope(|scope| {
        let patient = PostgresRestore::new(&config).with_patience(patience);
        let (exchanges, work) = (&exchanges, &bench.work);
        let removing = scope.spawn(move || patient.discard(exchanges, work));
        let removal = Stuck::process(&process_at(&server, "query LIKE 'DROP DATABASE%'"));
        (Instant::now(), removing.join().unwrap(), removal)
    });
    let trouble = removed.unwrap_err();
    assert_eq!(trouble.error, "remove app_new_20241112_030100: the server does not answer");
    // Once, and not once for every statement that would have followed.
    assert!(began.elapsed() < patience.removal + Duration::from_secs(15), "{:?}", began.elapsed());
    drop((stuck, removal, idle));
    source.discard(&exchanges, &bench.work).unwrap();
    assert_eq!(databases(&server).into_iter().collect::<Vec<_>>(), ["app"]);
}

#[test]
fn a_session_that_we_may_not_end_keeps_us_from_ending_no_other() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE ROLE app LOGIN CREATEDB; CREATE DATABASE app OWNER app");
    let mut config = server.config("app");
    "app".clone_into(&mut config.server.user);
    let stored = Stored::take(&config, &bench.work);
    let wish = Wish { assume_room: true, ..stored.wish(1) };
    let exchanges = prepare(&config, &stored.raw, None, &wish, &bench.work).unwrap().exchanges;
    let new = exchanges[0].new.as_str();
    let mut theirs = tokio_postgres::Config::new();
    theirs.host_path(server.socket_folder()).user("app").dbname(new);
    let superusers = server.holding(new, "SELECT 1 WHERE false");
    let (client, talk) = bench.work.runtime.block_on(theirs.connect(tokio_postgres::NoTls)).unwrap();
    bench.work.runtime.spawn(talk);
    let source = PostgresRestore::new(&config);
    let trouble = source.discard(&exchanges, &bench.work).unwrap_err();
    assert!(trouble.error.starts_with(&format!("remove {new}: the session ")), "{trouble}");
    assert!(trouble.error.ends_with(" of postgres does not end"), "{trouble}");
    assert!(bench.work.runtime.block_on(client.query_one("SELECT 1", &[])).is_err());
    drop(superusers);
    source.discard(&exchanges, &bench.work).unwrap();
}

/// The stages of a restore, each with the bytes that had passed when it began.
#[derive(Default)]
struct Stages {
    bytes: Mutex<u64>,
    began: Mutex<Vec<(&'static str, u64)>>,
}

impl Sink for Stages {
    fn event(&self, event: Event) {
        let mut bytes = self.bytes.lock().unwrap();
        match event {
            Event::Bytes { more, .. } => *bytes += more,
            Event::Stage { stage: "load", .. } => {
                *bytes = 0;
                self.began.lock().unwrap().push(("load", 0));
            }
            Event::Stage { stage, .. } => self.began.lock().unwrap().push((stage, *bytes)),
            _ => {}
        }
    }
}

#[rstest]
fn a_load_says_when_its_rows_are_through(#[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat) {
    let (server, bench) = (Server::start(), bench());
    application(&server);
    let config = with_format(server.config("app"), format);
    let stored = Stored::take(&config, &bench.work);
    let stages = Arc::new(Stages::default());
    let work = Work { progress: stages.clone(), ..bench.work.clone() };
    prepare(&config, &stored.raw, None, &stored.wish(1), &work).unwrap();
    let whole = stored.raw.len() as u64;
    let began = stages.began.lock().unwrap();
    assert_eq!(*began, [("load", 0), ("index", whole), ("compare", whole), ("analyze", whole)]);
}

#[rstest]
fn every_session_of_a_load_is_listed_as_its_restores(
    #[values(DumpFormat::Plain, DumpFormat::Custom)] format: DumpFormat,
) {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT i, sha512(i::text::bytea) FROM generate_series(1, 100000) i");
    let config = with_format(server.config("app"), format);
    let stored = Stored::take(&config, &bench.work);
    let source = PostgresRestore::new(&config);
    let wish = Wish { run: run(7), ..stored.wish(7) };
    let exchanges = source.look(&wish, &bench.work).unwrap().exchanges;
    let loading = "SELECT DISTINCT substr(application_name, 1, 33) FROM pg_stat_activity \
                   WHERE datname IN ('app_new_20241112_030700', 'postgres') AND pid <> pg_backend_pid()";
    let mut listed = String::new();
    let look = || {
        // Once: at the end of the dump its program may have left already.
        if listed.is_empty() {
            process_at(&server, "datname = 'app_new_20241112_030700'");
            listed = server.psql("template1", loading);
        }
    };
    let mut raw = Midway { raw: &stored.raw, half: stored.raw.len() / 2, act: look };
    source.prepare(&exchanges, Bytes { raw: &mut raw, file: None }, &wish, &bench.work).unwrap();
    assert_eq!(listed, "resguardo restore 20241112_030700");
}
