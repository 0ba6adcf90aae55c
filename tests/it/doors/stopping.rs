//! Asked to stop in the middle of a run: it ends soon, says so, leaves nothing, and the next one
//! goes on at once.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use serde_json::Value;

use crate::support::doors::{Started, left_over, programs_at_work, until};
use crate::support::life::Living;
use crate::support::mounts::Mounts;
use crate::support::postgres::{Server, program};
use crate::support::site::{Called, Site};

/// The grace period given below; a run that ends needs far less.
const GRACE_SECS: u64 = 10;

/// A table that nobody else may read: a dump waits for it without end.
struct Locked {
    holder: Child,
    _stdin: ChildStdin,
}

impl Locked {
    fn table(server: &Server, database: &str, table: &str) -> Self {
        let mut holder = Command::new(program("psql"))
            .args(["-X", "-q", "-At"])
            .env_clear()
            .env("PGHOST", server.socket_folder())
            .env("PGPORT", server.port().to_string())
            .env("PGUSER", "postgres")
            .env("PGDATABASE", database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = holder.stdin.take().unwrap();
        writeln!(stdin, "BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT 'held';").unwrap();
        let mut line = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Self { holder, _stdin: stdin }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let _ended = self.holder.kill();
        let _reaped = self.holder.wait();
    }
}

fn server() -> Server {
    let server = Server::start();
    server.psql("postgres", "CREATE DATABASE crm");
    server.psql("crm", "CREATE TABLE client AS SELECT n FROM generate_series(1, 100) n");
    server
}

fn settings(server: &Server) -> String {
    // A port that is free now, so that several daemons live side by side.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let host = server.socket_folder().display().to_string().replace('/', "%2F");
    format!(
        "[schedule]\ngrace_seconds = {GRACE_SECS}\n[serve]\nlisten = \"127.0.0.1:{port}\"\n\
         [[postgres]]\nurl = \"postgres://postgres@{host}/crm\"\n"
    )
}

fn start(site: &Site, args: &[&str]) -> Started {
    let mut command = site.command();
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Started(command.spawn().unwrap())
}

fn until_a_dump_waits(server: &Server) {
    until("a dump that waits for the table", || {
        let waiting = server.psql("crm", "SELECT count(*) FROM pg_locks WHERE NOT granted");
        (waiting != "0").then_some(())
    });
}

/// Asks a process to stop and waits for its end, which must come within the grace period.
fn stop(mut started: Started) -> Called {
    let child = &mut started.0;
    rustix::process::kill_process(Pid::from_child(child), Signal::TERM).unwrap();
    let asked = Instant::now();
    let status = until("the end of the process", || child.try_wait().unwrap());
    assert!(asked.elapsed() < Duration::from_secs(GRACE_SECS), "it ended, but not within the grace period");
    // What it said fits into a pipe, so it never waited for a reader.
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    child.stdout.take().unwrap().read_to_end(&mut stdout).unwrap();
    child.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
    Called::from(Output { status, stdout, stderr })
}

/// How the runs on record ended, oldest first.
fn outcomes(site: &Site) -> Vec<String> {
    let record = fs::read_to_string(site.path("backups/.resguardo/runs.jsonl")).unwrap_or_default();
    let outcome = |line: &str| serde_json::from_str::<Value>(line).unwrap()["outcome"].as_str().unwrap().to_owned();
    record.lines().map(outcome).collect()
}

fn check_nothing_is_left(site: &Site) {
    assert_eq!(left_over(&site.path("backups")), Vec::<String>::new());
    assert_eq!(outcomes(site), ["interrupted"]);
    assert_eq!(site.call(&["list", "--json"]).ends(0).json()["sets"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_command_asked_to_stop_ends_its_dump_and_says_130() {
    let server = server();
    let site = Site::new(&settings(&server));
    let locked = Locked::table(&server, "crm", "client");
    let child = start(&site, &["backup", "--json"]);
    until_a_dump_waits(&server);
    assert_eq!(programs_at_work(&server).len(), 1, "{:?}", programs_at_work(&server));
    let report = stop(child).ends(130).json();
    assert_eq!(report["outcome"], "interrupted", "{report:#}");
    assert_eq!(programs_at_work(&server), Vec::<String>::new());
    check_nothing_is_left(&site);
    drop(locked);
    site.call(&["backup"]).ends(0);
}

/// A `pg_dump` that cannot be asked to end; `marker` appears once that is so.
fn stubborn_dump(site: &Site, marker: &Path) -> Mounts {
    let (real, stubborn) = (program("pg_dump"), site.path("stubborn"));
    let version = Command::new(&real).arg("--version").output().unwrap();
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *--version*) echo '{}'; exit;; esac\n\
         trap '' TERM INT\n: > '{}'\nwhile :; do sleep 1; done\n",
        String::from_utf8(version.stdout).unwrap().trim(),
        marker.display()
    );
    fs::write(&stubborn, script).unwrap();
    fs::set_permissions(&stubborn, fs::Permissions::from_mode(0o755)).unwrap();
    let mounts = Mounts::new();
    mounts.cover(&fs::canonicalize(real).unwrap(), &stubborn);
    mounts
}

#[test]
fn a_command_asked_twice_ends_at_once_with_its_programs_and_the_next_run_clears_up() {
    let server = server();
    let site = Site::new(&settings(&server));
    let marker = site.path("waits");
    let mounts = stubborn_dump(&site, &marker);
    let mut command = site.command();
    let command = Living::start(mounts.inside(command.args(["backup", "--json"])));
    until("a dump that does not heed", || marker.exists().then_some(()));
    rustix::process::kill_process(Pid::from_raw(command.pid().cast_signed()).unwrap(), Signal::TERM).unwrap();
    command.says("A second signal ends it at once");
    let (code, _, said) = command.end(Signal::INT);
    assert_eq!(code, Some(130), "{said}");
    assert!(!said.contains("outcome"), "it ended in order: {said}");
    until("the end of its programs", || programs_at_work(&server).is_empty().then_some(()));
    assert_eq!(outcomes(&site), Vec::<String>::new());

    site.call(&["backup"]).ends(0);
    assert_eq!(outcomes(&site), ["interrupted", "succeeded"]);
    assert_eq!(left_over(&site.path("backups")), Vec::<String>::new());
}

#[test]
fn a_daemon_asked_to_stop_ends_in_order_and_the_next_one_goes_on_at_once() {
    let server = server();
    let site = Site::new(&settings(&server));
    let locked = Locked::table(&server, "crm", "client");
    // Nothing was ever stored, so it begins at once.
    let daemon = start(&site, &["run"]);
    until_a_dump_waits(&server);
    stop(daemon).ends(0);
    assert_eq!(programs_at_work(&server), Vec::<String>::new());
    check_nothing_is_left(&site);
    drop(locked);
    let daemon = start(&site, &["run"]);
    until("the second daemon's run", || (outcomes(&site) == ["interrupted", "succeeded"]).then_some(()));
    stop(daemon).ends(0);
    assert_eq!(outcomes(&site), ["interrupted", "succeeded"]);
}

#[test]
fn a_command_asked_to_stop_ends_in_the_middle_of_a_large_file() {
    let site = Site::new("");
    let media = site.path("media");
    fs::create_dir(&media).unwrap();
    // No disk holds it, yet reading and packing it takes long.
    fs::File::create(media.join("film.mp4")).unwrap().set_len(2 << 30).unwrap();
    site.configure(&format!("[[media]]\npath = {:?}\n", media.display().to_string()));
    let child = start(&site, &["backup", "--json"]);
    let partial = site.path("backups/.resguardo/partial");
    until("the first bytes of the archive", || {
        let set = fs::read_dir(&partial).ok()?.next()?.unwrap().path();
        let archive = fs::read_dir(set.join("media")).ok()?.next()?.unwrap().path();
        (fs::metadata(archive).ok()?.len() > 0).then_some(())
    });
    let report = stop(child).ends(130).json();
    assert_eq!(report["outcome"], "interrupted", "{report:#}");
    check_nothing_is_left(&site);
    fs::remove_file(media.join("film.mp4")).unwrap();
    fs::write(media.join("photo.jpg"), "small").unwrap();
    site.call(&["backup"]).ends(0);
}
