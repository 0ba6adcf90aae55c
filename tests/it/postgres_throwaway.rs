//! The server we start ourselves: reached through its socket alone, and gone afterwards whatever
//! happened to it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use resguardo::domain::trouble::{StopReason, Trouble};
use resguardo::source::postgres::Tools;
use resguardo::source::postgres::throwaway::{SUPERUSER, Throwaway};
use resguardo::sys::Sys;
use resguardo::sys::clock::RealClock;
use resguardo::sys::gate::{Act, Gate, Open};
use resguardo::sys::stop::Stop;
use tempfile::TempDir;

use crate::support::drill::{assert_none_runs, is_exposed, processes};

/// A short place, so that the socket's path fits into an address, open for the server's user.
fn place() -> TempDir {
    let place = tempfile::Builder::new().prefix("rg").tempdir_in("/tmp").unwrap();
    fs::set_permissions(place.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    place
}

fn start(sys: &Sys, place: &Path, stop: &Stop) -> Result<Throwaway, Trouble> {
    let tools = Tools::newest_with_server(&Sys::real(), &Stop::new()).unwrap().unwrap();
    Throwaway::start(sys, &tools, &place.join("dir"), &place.join("run"), stop)
}

#[track_caller]
fn assert_gone(place: &Path) {
    assert_none_runs(place);
    assert!(!place.join("run").exists(), "the socket's folder is left");
}

#[test]
fn it_answers_on_its_socket_alone_runs_as_no_root_and_is_gone_when_dropped() {
    let (place, stop) = (place(), Stop::new());
    let server = start(&Sys::real(), place.path(), &stop).unwrap();
    server.execute("postgres", "CREATE DATABASE app", &stop).unwrap();
    server.execute("app", "CREATE TABLE t AS SELECT 1 AS i", &stop).unwrap();
    let wrong = server.execute("app", "SELECT nothing", &stop).unwrap_err();
    assert!(wrong.error.contains("nothing"), "{wrong}");
    assert_eq!(server.socket(), place.path().join("run"));
    // Asked of the server itself: on an address of none it hears nothing but its socket.
    let lonely = "DO $$ BEGIN ASSERT current_setting('listen_addresses') = '' AND current_user = ";
    server.execute("app", &format!("{lonely}'{SUPERUSER}'; END $$"), &stop).unwrap();
    let running = processes(place.path());
    assert!(!running.is_empty());
    assert!(!running.iter().any(|process| is_exposed(process)));
    drop(server);
    assert_gone(place.path());
}

/// Lets so many programs start; then fails each, or asks for the end.
struct Programs {
    left: std::sync::atomic::AtomicUsize,
    stop: Option<Stop>,
}

impl Gate for Programs {
    fn pass(&self, act: Act, path: &Path) -> std::io::Result<()> {
        use std::sync::atomic::Ordering;
        if act != Act::Spawn || self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
        {
            return Open.pass(act, path);
        }
        match &self.stop {
            Some(stop) => {
                stop.stop(StopReason::Deadline);
                Ok(())
            }
            None => Err(std::io::Error::from_raw_os_error(12)),
        }
    }
}

#[test]
fn a_start_that_fails_or_is_stopped_half_way_leaves_nothing() {
    for (programs, stopped) in [(0, false), (1, false), (0, true), (1, true)] {
        let (place, stop) = (place(), Stop::new());
        let gate = Programs { left: programs.into(), stop: stopped.then(|| stop.clone()) };
        let Err(trouble) = start(&Sys::new(Arc::new(RealClock), Arc::new(gate)), place.path(), &stop) else {
            panic!("it started after {programs} programs, stopped: {stopped}")
        };
        assert_eq!(trouble.stopped.is_some(), stopped, "{trouble}");
        assert_gone(place.path());
    }
}
