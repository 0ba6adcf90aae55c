//! README's first screen: the demo works for somebody with nothing but the program, shows what it
//! did and where, and leaves no process behind.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::life::{Living, ask, family, free_address, until};
use crate::support::site::{Called, Site};

/// A folder that the user of PostgreSQL may enter, as /tmp is.
fn place() -> tempfile::TempDir {
    let place = tempfile::Builder::new().prefix("rgdemo").tempdir_in("/tmp").unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
    place
}

/// The program as somebody calls it who has no configuration.
fn demo(args: &[&str], dir: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_resguardo"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).current_dir("/");
    command.arg("demo").args(args).arg("--dir").arg(dir);
    command
}

fn servers_of(dir: &Path) -> Vec<String> {
    let dir = dir.display().to_string();
    let all = fs::read_dir("/proc").unwrap().filter_map(|entry| fs::read(entry.unwrap().path().join("cmdline")).ok());
    all.map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains("postgres") && line.contains(&dir) && !line.contains("resguardo demo"))
        .collect()
}

#[test]
fn once_makes_a_complete_set_and_says_where() {
    let place = place();
    let dir = place.path().join("demo");
    let called = Called::from(demo(&["--once"], &dir).output().unwrap()).ends(0);
    assert_eq!(called.stderr, "");
    let store = dir.join("backups");
    for text in
        [dir.to_str().unwrap(), store.to_str().unwrap(), "RESTORE.md", "complete", "register", "patrimonio", "sets: 1"]
    {
        assert!(called.stdout.contains(text), "{text:?} is not in {}", called.stdout);
    }
    let manifest = fs::read_dir(store.join("sets")).unwrap().next().unwrap().unwrap().path();
    let manifest: Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    assert_eq!(manifest["outcome"], "succeeded");
    let mut kinds: Vec<&str> =
        manifest["artifacts"].as_array().unwrap().iter().map(|a| a["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["database", "files", "globals", "media", "postgres", "sqlite"]);
    assert_eq!(servers_of(&dir), Vec::<String>::new());

    // Its settings are an ordinary configuration, also for other commands; its place can be used again.
    let site = Site::new("");
    let mut list = std::process::Command::new(env!("CARGO_BIN_EXE_resguardo"));
    list.env_clear().current_dir(site.path("")).arg("--config").arg(dir.join("backup.toml")).arg("list");
    assert!(Called::from(list.output().unwrap()).ends(0).stdout.contains("complete"));
    let again = Called::from(demo(&["--once"], &dir).output().unwrap()).ends(0);
    assert!(again.stdout.contains("sets: 2"), "{}", again.stdout);
}

#[test]
fn it_serves_until_it_is_interrupted_and_leaves_nothing_running() {
    let place = place();
    let dir = place.path().join("demo");
    let address = free_address();
    let demo = Living::start(demo(&["--listen", &address.to_string()], &dir));
    let (code, body) = until("an answer", || ask(address, "/health"));
    let health: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((code, health["status"].as_str()), (200, Some("healthy")), "{health:#}");
    assert!(demo.said().contains(&format!("http://{address}/health")), "{}", demo.said());
    let all = family(demo.pid());
    assert!(all.iter().any(|(_, command)| command.contains("postgres")), "{all:?}");
    let (code, _, said) = demo.end(Signal::INT);
    assert_eq!(code, Some(0), "{said}");
    let left: Vec<_> = all.iter().filter(|(pid, command)| alive(*pid, command)).collect();
    assert!(left.is_empty() && servers_of(&dir).is_empty(), "{left:?}");
    assert!(!said.contains("ERROR") && !said.contains("stderr: "), "{said}");
}

#[test]
fn a_port_left_to_the_system_is_named_as_it_is() {
    let place = place();
    let dir = place.path().join("demo");
    let demo = Living::start(demo(&["--listen", "127.0.0.1:0"], &dir));
    let address = until("the address", || {
        let said = demo.said();
        let address = said.split_once("Health: http://")?.1.split_once("/health")?.0;
        Some(address.parse::<SocketAddr>().unwrap())
    });
    assert_ne!(address.port(), 0);
    assert_eq!(until("an answer", || ask(address, "/live")).0, 200);
    assert_eq!(demo.end(Signal::INT).0, Some(0));
}

fn alive(pid: u32, command: &str) -> bool {
    fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|now| String::from_utf8_lossy(&now).replace('\0', " ") == command)
}

/// At any moment of its making, which these follow: its database, its server's files, its server.
#[rstest::rstest]
#[case("app/db.sqlite3")]
#[case("postgres/data")]
#[case("run/.s.PGSQL.5432")]
fn an_interrupt_while_it_is_being_made_leaves_nothing_running_either(#[case] sign: &str) {
    let place = place();
    let dir = place.path().join("demo");
    let demo = Living::start(demo(&["--listen", &free_address().to_string()], &dir));
    until("its making", || dir.join(sign).exists().then_some(()));
    let (code, _, said) = demo.end(Signal::INT);
    assert_eq!((code, servers_of(&dir)), (Some(130), Vec::new()), "{said}");
}

#[test]
fn a_relative_place_works_as_well() {
    let place = place();
    let mut command = demo(&["--once"], Path::new("here"));
    let called = Called::from(command.current_dir(place.path()).output().unwrap()).ends(0);
    assert!(called.stdout.contains("sets: 1"), "{}", called.stdout);
    assert!(place.path().join("here/backups/RESTORE.md").is_file());
}
