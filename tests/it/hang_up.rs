//! A terminal or its connection that goes away in the middle of a command: heard as a request to
//! end in order, and not heard at all where the command was started to outlive it.

use std::io::Read;
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::doors::{Started, left_over, until};
use crate::support::postgres::{Holding, Server};
use crate::support::site::{Called, Site};

/// A backup that waits for a table, with this said of SIGHUP beforehand.
fn held_backup(server: &Server, site: &Site, disposition: &str) -> (Holding, Started) {
    let holding = server.holding("app", "LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
    let ours = site.command();
    let mut command = Command::new("env");
    command.arg(disposition).arg(ours.get_program()).args(ours.get_args()).args(["backup", "--json"]);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let started = Started(command.spawn().unwrap());
    until("a dump that waits for the table", || {
        let waiting = server.psql("app", "SELECT count(*) FROM pg_locks WHERE NOT granted");
        (waiting != "0").then_some(())
    });
    (holding, started)
}

fn hang_up(started: &Started) {
    kill_process(Pid::from_child(&started.0), Signal::HUP).unwrap();
}

fn end(mut started: Started) -> Called {
    let status = until("the end of the process", || started.0.try_wait().unwrap());
    // What it said fits into a pipe, so it never waited for a reader.
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    started.0.stdout.take().unwrap().read_to_end(&mut stdout).unwrap();
    started.0.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
    Called::from(Output { status, stdout, stderr })
}

fn site_of(server: &Server) -> Site {
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT n FROM generate_series(1, 100) n");
    let host = server.socket_folder().display().to_string().replace('/', "%2F");
    Site::new(&format!("[[postgres]]\nurl = \"postgres://postgres@{host}/app\"\n"))
}

#[test]
fn a_command_whose_terminal_goes_ends_in_order() {
    let server = Server::start();
    let site = site_of(&server);
    let (_holding, started) = held_backup(&server, &site, "--default-signal=HUP");
    // As it comes where a connection drops: of the terminal, and of the shell.
    hang_up(&started);
    hang_up(&started);
    let report = end(started).ends(130).json();
    assert_eq!(report["outcome"], "interrupted", "{report:#}");
    assert_eq!(left_over(&site.path("backups")), Vec::<String>::new());
}

#[test]
fn a_command_that_is_to_outlive_its_terminal_does() {
    let server = Server::start();
    let site = site_of(&server);
    let (holding, started) = held_backup(&server, &site, "--ignore-signal=HUP");
    hang_up(&started);
    drop(holding);
    let report = end(started).ends(0).json();
    assert_eq!(report["outcome"], "succeeded", "{report:#}");
}
