//! Memory: what the widest row will ask for is told before the night, and a program that the kernel ended
//! for want of it is named as that.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use resguardo::config::PostgresConfig;
use resguardo::source::Source;
use resguardo::source::postgres::PostgresDump;
use resguardo::sys::Sys;
use resguardo::sys::memory::Memory;
use resguardo::sys::programs::{Command, Ended};
use resguardo::sys::stop::Stop;
use resguardo::words::Words;
use rstest::rstest;

use crate::support::postgres::{Bench, Server, bench, bench_with, give, program};

const MIB: u64 = 1024 * 1024;
/// What is taken for ourselves before a row gets any.
const OURS: u64 = 48 * MIB;
const PATIENT: Duration = Duration::from_mins(1);

fn said(config: &PostgresConfig, limit_bytes: u64, bench: &Bench) -> Option<String> {
    let remark = PostgresDump::new(config).wide_row(limit_bytes, PATIENT, &bench.work).unwrap()?;
    Some(Words::english().say(&remark.saying))
}

#[rstest]
#[case::a_text_that_shrinks("text", "repeat('x', 3000000)")]
#[case::bytes("bytea", "decode(repeat('00', 3000000), 'hex')")]
#[case::another_type(
    "json",
    "to_json(repeat('x', 3000000) || string_agg(md5(n::text), '')) FROM generate_series(1, 50000) n"
)]
#[case::several_values("text, b text", "repeat('x', 1500000), repeat('y', 1500000)")]
fn a_row_that_does_not_fit_is_told_with_its_table_and_what_is_enough(#[case] columns: &str, #[case] values: &str) {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE ROLE ana LOGIN; CREATE DATABASE app");
    // Of many rows the widest; a table without long values is not even looked at.
    server.psql("app", "CREATE TABLE small AS SELECT n, md5(n::text) FROM generate_series(1, 1000) n");
    server.psql("app", &format!("CREATE TABLE \"the wide\" (id int, a {columns})"));
    server.psql("app", "INSERT INTO \"the wide\" (id) SELECT generate_series(1, 100)");
    server.psql("app", &format!("INSERT INTO \"the wide\" SELECT 0, {values}"));
    server.psql("app", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO ana");
    // A role like any other: no superuser, who alone may look into the long values' own tables.
    let mut config = server.config("app");
    config.server.user = "ana".to_owned();
    let told = said(&config, OURS + 10 * MIB, &bench).expect("it was told that all rows fit");
    assert!(told.contains("public.\"the wide\"") && told.contains("mem_limit"), "{told}");
    assert!(told.contains("has 3.0 MB") || columns == "json" && told.contains("has 4.6 MB"), "{told}");
    assert_eq!(said(&config, OURS + 32 * MIB, &bench), None);
}

#[test]
fn what_could_not_be_looked_at_in_time_is_not_taken_for_small() {
    let (server, bench) = (Server::start(), bench());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE wide AS SELECT repeat('x', 3000000) AS a");
    let holding = server.holding("app", "LOCK TABLE wide");
    let source = PostgresDump::new(&server.config("app"));
    let remark = source.wide_row(OURS + 10 * MIB, Duration::from_secs(1), &bench.work).unwrap().unwrap();
    assert_eq!(remark.saying.key, "forecast-wide-row-unknown");
    drop(holding);
}

/// A group as the kernel shows it, whose count of ended processes a script moves.
fn group(place: &Path) -> Memory {
    fs::write(place.join("memory.max"), format!("{}\n", 128 * MIB)).unwrap();
    fs::write(place.join("memory.events"), "oom 0\noom_kill 0\n").unwrap();
    Memory::told("0::/\n", place)
}

#[rstest]
#[case::killed_when_memory_ran_out("echo 'oom_kill 1' > $0/memory.events; kill -9 $$", true)]
#[case::as_a_shell_tells_it("echo 'oom_kill 1' > $0/memory.events; exit 137", true)]
#[case::killed_by_somebody("kill -9 $$", false)]
#[case::another_of_us_was_killed("echo 'oom_kill 1' > $0/memory.events; exit 1", false)]
fn the_kernels_own_count_says_whether_memory_ran_out(#[case] script: &str, #[case] ran_out: bool) {
    let place = tempfile::tempdir().unwrap();
    let programs = Sys::real().programs.with_memory(group(place.path()));
    let command = Command::new("/bin/sh").args(["-c", script]).arg(place.path());
    let (ended, _): (Ended, _) = programs.output(&command, &Stop::new()).unwrap();
    assert_eq!(ended.memory_ran_out, ran_out, "{ended:?}");
}

#[rstest]
#[case("echo 'oom_kill 1' > PLACE/memory.events", "hint-killed-at-limit")]
#[case(":", "hint-killed")]
fn a_dump_that_was_killed_says_why(#[case] before: &str, #[case] key: &str) {
    let (server, place) = (Server::start(), tempfile::tempdir().unwrap());
    // A pg_dump like the server's own, but for its end.
    let shim = place.path().join("pg_dump");
    let before = before.replace("PLACE", &place.path().display().to_string());
    let real = program("pg_dump").display().to_string();
    let script = format!("#!/bin/sh\n[ \"$1\" = --version ] && exec {real} --version\n{before}\nkill -9 $$\n");
    fs::write(&shim, script).unwrap();
    fs::set_permissions(&shim, fs::Permissions::from_mode(0o755)).unwrap();
    give(place.path());
    let mut sys = Sys::real();
    let memory = group(place.path());
    sys.programs = sys.programs.with_first_in(vec![place.path().to_owned()]).with_memory(memory);
    let bench = bench_with(sys);
    let trouble = PostgresDump::new(&server.config("postgres")).dump(&mut Vec::new(), &bench.work).unwrap_err();
    let hint = trouble.hint.unwrap();
    assert_eq!(hint.key, key, "{}", trouble.error);
    let said = Words::english().say(&hint);
    assert_eq!(said.contains("134.2 MB are allowed"), key == "hint-killed-at-limit", "{said}");
}
