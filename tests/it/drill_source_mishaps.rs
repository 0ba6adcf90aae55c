//! Drills that cannot be held: what is missing is named, what happens on the way is no finding, and
//! nothing is left, also of those that were killed.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use resguardo::domain::artifact::Form;
use resguardo::domain::drill::{Judgement, What};
use resguardo::domain::manifest::Extension;
use resguardo::domain::trouble::{Stage, StopReason, Trouble};
use resguardo::source::prove::Material;
use resguardo::source::provers::clear_left_over;
use resguardo::sys::Sys;
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::process::{Signal, kill_process};

use crate::support::drill::{
    Half, again, assert_none_runs, assert_nothing_left, bare, dump_of, material, passed_again, prove, prove_in,
    scratch, server_of, socket, text_of,
};
use crate::support::mounts::Mounts;
use crate::support::postgres::{Server, bench, program};
use crate::support::restore_postgres::{Stored, hint};

fn stored() -> (Server, Stored) {
    let server = Server::start();
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT i, 'row ' || i AS text FROM generate_series(1, 100000) i");
    let stored = Stored::take(&server.config("app"), &bench().work);
    (server, stored)
}

#[test]
fn what_is_missing_here_is_named_and_is_no_failed_backup() {
    let (_server, stored) = stored();
    let bench = bench();
    let with = |change: fn(&mut resguardo::domain::manifest::PostgresFacts)| {
        let mut material = material(&stored);
        change(material.facts.postgres.as_mut().unwrap());
        // Its properties name the locale as well.
        material.properties = None;
        prove(&stored.raw, &material, &bench.work).unwrap_err()
    };
    let extension = with(|facts| facts.extensions.push(Extension { name: "nowhere".into(), version: "1".into() }));
    assert_eq!(extension.error, "the extension nowhere is not on this machine");
    assert!(hint(&extension).starts_with("Install the extension nowhere for PostgreSQL 15 "), "{extension:?}");
    let locale = with(|facts| facts.collate = "xx_XX.UTF-8".into());
    assert!(hint(&locale).starts_with("Install the locale xx_XX.UTF-8 (libc) "), "{locale:?}");
    let newer = with(|facts| facts.server_version = "99.1".into());
    assert!(hint(&newer).starts_with("Install PostgreSQL's server programs "), "{newer:?}");
    let shut = tempfile::tempdir_in("/tmp").unwrap();
    fs::set_permissions(shut.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let closed = prove_in(shut.path(), &mut stored.raw.as_slice(), &material(&stored), &bench.work).unwrap_err();
    assert!(hint(&closed).starts_with(&format!("Let others pass through {}", shut.path().display())), "{closed:?}");
}

#[rstest]
#[case::server_programs("initdb")]
#[case::amcheck("amcheck")]
fn what_is_not_installed_is_said(#[case] hidden: &str) {
    let name = match hidden {
        "initdb" => "drill_source_mishaps::what_is_not_installed_is_said::case_1_server_programs",
        _ => "drill_source_mishaps::what_is_not_installed_is_said::case_2_amcheck",
    };
    let (without, mounts) = (tempfile::tempdir().unwrap(), Mounts::new());
    let is_outer = passed_again(name, |command| {
        if hidden == "initdb" {
            mounts.cover(&program(hidden), Path::new("/dev/null"));
        } else {
            let asked = Command::new(program("pg_config")).arg("--sharedir").output().unwrap();
            let shared = PathBuf::from(String::from_utf8(asked.stdout).unwrap().trim());
            fs::set_permissions(without.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
            copy_but(&shared.join("extension"), without.path(), hidden);
            mounts.cover(&shared.join("extension"), without.path());
        }
        mounts.inside(&command)
    });
    if is_outer {
        return;
    }
    let proven = prove(&dump_of("CREATE TABLE t AS SELECT 1 AS i"), &bare(Form::PlainSql), &bench().work);
    if hidden == "amcheck" {
        assert_eq!(text_of(&proven.unwrap(), What::Indexes), "the extension amcheck is not on this machine");
    } else {
        let trouble = proven.unwrap_err();
        assert!(hint(&trouble).starts_with("Install PostgreSQL's server programs (initdb, postgres)"), "{trouble:?}");
    }
}

#[test]
fn a_server_that_dies_is_no_finding() {
    let (_server, stored) = stored();
    let bench = bench();
    let kills: [fn(&Path); 2] = [
        |scratch| kill_process(server_of(scratch), Signal::KILL).unwrap(),
        // A session of its own, killed as the system kills when memory runs out.
        |scratch| {
            let session = crate::support::drill::processes(scratch).into_iter().find(|process| {
                fs::read_to_string(process.join("cmdline")).is_ok_and(|line| line.contains("[local] COPY"))
            });
            let pid = session.unwrap().file_name().unwrap().to_str().unwrap().parse().unwrap();
            kill_process(rustix::process::Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        },
    ];
    for kill in kills {
        let place = scratch();
        let mut raw = Half::of(&stored.raw, || kill(place.path()));
        let trouble = prove_in(place.path(), &mut raw, &material(&stored), &bench.work).unwrap_err();
        assert!(trouble.error.starts_with("the throw-away server ended: "), "{trouble:?}");
        assert!(!trouble.error.contains("starting PostgreSQL"), "the reason alone: {trouble:?}");
        assert!(hint(&trouble).ends_with("This says nothing of the backup."), "{trouble:?}");
    }
}

#[test]
fn one_that_is_asked_to_stop_ends_at_once_wherever_it_is() {
    let (_server, stored) = stored();
    let stopped = |raw: &[u8], half: bool, material: &Material| {
        let (place, mut bench) = (scratch(), bench());
        bench.work.stop = Stop::new();
        let stop = bench.work.stop.clone();
        let then = || stop.stop(StopReason::Deadline);
        let trouble = if half {
            prove_in(place.path(), &mut Half::of(raw, then), material, &bench.work)
        } else {
            then();
            prove_in(place.path(), &mut &*raw, material, &bench.work)
        };
        assert_eq!(trouble.unwrap_err().stopped, Some(StopReason::Deadline));
    };
    stopped(&stored.raw, false, &material(&stored));
    stopped(&stored.raw, true, &material(&stored));
    // While a question is answered that has no end of its own.
    let (place, bench) = (scratch(), bench());
    let mut material = material(&stored);
    material.questions.push("SELECT pg_sleep(100)".to_owned());
    let stop = bench.work.stop.clone();
    let asks = |process: &PathBuf| fs::read_to_string(process.join("cmdline")).is_ok_and(|l| l.contains("FETCH"));
    let trouble = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !crate::support::drill::processes(place.path()).iter().any(asks) {
                std::thread::yield_now();
            }
            stop.stop(StopReason::Signal);
        });
        prove_in(place.path(), &mut stored.raw.as_slice(), &material, &bench.work).unwrap_err()
    });
    assert_eq!(trouble.stopped, Some(StopReason::Signal));
}

#[test]
fn bytes_that_cannot_be_read_are_told_from_bytes_that_are_bad() {
    let (_server, stored) = stored();
    let proven = |error: fn() -> io::Error| {
        struct Ends<'a>(&'a [u8], fn() -> io::Error);
        impl Read for Ends<'_> {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                if self.0.is_empty() { Err((self.1)()) } else { self.0.read(into) }
            }
        }
        let mut raw = Ends(&stored.raw[..stored.raw.len() / 2], error);
        prove_in(scratch().path(), &mut raw, &material(&stored), &bench().work)
    };
    let disk: Result<_, Trouble> = proven(|| io::Error::from_raw_os_error(5));
    assert!(disk.unwrap_err().error.contains("Input/output error"));
    let bad =
        proven(|| io::Error::new(io::ErrorKind::InvalidData, "the bytes are not those that were verified")).unwrap();
    assert_eq!((bad.proofs[0].what, bad.proofs[0].judgement), (What::Load, Judgement::Failed));
    assert!(bad.proofs[0].text.contains("not those that were verified"));
}

#[test]
fn a_disk_that_fills_ends_the_drill_before_it_is_full() {
    let name = "drill_source_mishaps::a_disk_that_fills_ends_the_drill_before_it_is_full";
    let (mounts, disk) = (Mounts::new(), Path::new("/tmp/resguardo-test-small-disk"));
    mounts.small_disk(disk, 200);
    if passed_again(name, |command| mounts.inside(&command)) {
        return;
    }
    fs::set_permissions(disk, std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    let raw = dump_of("CREATE TABLE t AS SELECT repeat(md5(i::text), 20) AS x FROM generate_series(1, 1000000) i");
    let trouble = prove_in(disk, &mut raw.as_slice(), &bare(Form::PlainSql), &bench().work).unwrap_err();
    assert_eq!((trouble.stage, trouble.error.as_str()), (Stage::Space, "the disk of the drill runs full"));
    assert!(hint(&trouble).contains("free room there, or point drill.dir at a larger one"), "{trouble:?}");
}

#[test]
fn nothing_is_left_of_a_drill_that_was_killed() {
    let name = "drill_source_mishaps::nothing_is_left_of_a_drill_that_was_killed";
    let place = scratch();
    let noted = Path::new("RESGUARDO_TEST_SCRATCH");
    let run = again(name, |mut command| {
        command.env(noted, place.path());
        command
    });
    let Some(run) = run else {
        let place = PathBuf::from(std::env::var_os(noted).unwrap());
        let raw = dump_of("CREATE TABLE t AS SELECT i FROM generate_series(1, 9) i");
        let die = || kill_process(rustix::process::getpid(), Signal::KILL).unwrap();
        let mut raw = Half::of(&raw, die);
        let _never = prove_in(&place, &mut raw, &bare(Form::PlainSql), &bench().work);
        unreachable!("it was killed");
    };
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&run.status), Some(9));
    // Its server ends with it; of its socket the folder is left.
    assert_none_runs(place.path());
    let left = socket(place.path()).unwrap();
    assert!(left.is_dir());
    // The folder of all drills is what the next start knows.
    let above = place.path().parent().unwrap();
    assert!(above.join("no such").canonicalize().is_err());
    clear_left_over(place.path(), &Sys::real()).unwrap();
    assert_nothing_left(place.path());
    clear_left_over(place.path(), &Sys::real()).unwrap();
}

#[test]
fn a_server_that_was_left_is_ended_and_no_stranger_whatever_a_file_says() {
    let (left, stranger) = (Server::start(), Server::start());
    let stated = fs::read_to_string(stranger.socket_folder().join("data/postmaster.pid")).unwrap();
    let place = scratch();
    fs::create_dir_all(place.path().join("app/server/data")).unwrap();
    fs::write(place.path().join("app/server/data/postmaster.pid"), &stated).unwrap();
    // Notes that name what is none of a drill's.
    let other = tempfile::tempdir_in("/tmp").unwrap();
    fs::write(other.path().join(".s.PGSQL.5432"), "").unwrap();
    fs::write(place.path().join("app/socket"), other.path().to_str().unwrap()).unwrap();
    let ours = tempfile::Builder::new().prefix("resguardo-").tempdir_in("/tmp").unwrap();
    fs::write(ours.path().join(".s.PGSQL.5432"), "").unwrap();
    fs::create_dir(place.path().join("other")).unwrap();
    fs::write(place.path().join("other/socket"), ours.path().to_str().unwrap()).unwrap();
    clear_left_over(place.path(), &Sys::real()).unwrap();
    assert_eq!(stranger.psql("postgres", "SELECT 1"), "1");
    assert_eq!((other.path().join(".s.PGSQL.5432").exists(), ours.path().exists()), (true, false));

    clear_left_over(left.socket_folder(), &Sys::real()).unwrap();
    assert_none_runs(&left.socket_folder().join("data"));
    assert!(left.try_psql("postgres", "SELECT 1").0.is_none());
    assert_eq!(stranger.psql("postgres", "SELECT 1"), "1");
    clear_left_over(Path::new("/no/such/folder"), &Sys::real()).unwrap();
}

/// Files of a folder whose names do not begin so.
fn copy_but(from: &Path, to: &Path, start: &str) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if !entry.file_name().to_str().unwrap().starts_with(start) {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
