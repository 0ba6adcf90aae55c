//! Whose rights a drill needs and takes: nothing of it runs as root, a user without a name can hold
//! one, and what bars its server is named.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use resguardo::config::DumpFormat;
use resguardo::domain::artifact::Form;
use resguardo::domain::progress::{Event, Sink};
use rstest::rstest;
use rustix::process::{geteuid, getpid};
use tokio::runtime::Handle;
use tokio_postgres::{Client, NoTls};

use crate::support::drill::{
    Half, assert_proven, bare, dump_of, material, passed_again, prove, prove_in, scratch, socket,
};
use crate::support::mounts::Mounts;
use crate::support::odd::with_format;
use crate::support::postgres::{Server, bench};
use crate::support::restore_postgres::{Stored, hint};

/// Of a process: its name, what it was called with, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Program {
    name: String,
    called: String,
    uid: u32,
}

/// All that we started, and what that started.
fn started() -> Vec<Program> {
    let (own, mut parents, mut all) =
        (fs::read_link("/proc/self/exe").unwrap(), vec![getpid().as_raw_pid()], Vec::new());
    let processes = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        let field = |name: &str| Some(status.lines().find_map(|line| line.strip_prefix(name))?.trim().to_owned());
        let (parent, uid) = (field("PPid:")?.parse().ok()?, field("Uid:")?.split_whitespace().nth(1)?.parse().ok()?);
        let called = fs::read_to_string(entry.path().join("cmdline")).ok()?.replace('\0', " ");
        // One that has not become another program yet is still ourselves.
        let is_begun = fs::read_link(entry.path().join("exe")).is_ok_and(|program| program != own);
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        Some((pid, parent, is_begun.then_some(Program { name: field("Name:")?, called, uid })))
    });
    let processes: Vec<(i32, i32, Option<Program>)> = processes.collect();
    while let Some(parent) = parents.pop() {
        for (pid, _, program) in processes.iter().filter(|(_, above, _)| *above == parent) {
            parents.push(*pid);
            all.extend(program.clone());
        }
    }
    all
}

/// Holds a table of the drill's own database once it is loaded, so that nobody dumps it.
struct Holds {
    scratch: PathBuf,
    runtime: Handle,
    session: Mutex<Option<Client>>,
}

impl Sink for Holds {
    fn event(&self, event: Event) {
        if matches!(event, Event::Stage { stage: "compare", .. }) {
            let to = format!("host={} user=postgres dbname=app", socket(&self.scratch).unwrap().display());
            let session = self.runtime.block_on(async {
                let (session, talk) = tokio_postgres::connect(&to, NoTls).await.unwrap();
                tokio::spawn(talk);
                session.batch_execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE").await.unwrap();
                session
            });
            *self.session.lock().unwrap() = Some(session);
        }
    }
}

#[rstest]
#[case::plain(DumpFormat::Plain, &["postgres", "psql", "pg_dump"])]
#[case::custom(DumpFormat::Custom, &["postgres", "pg_restore", "pg_dump"])]
fn nothing_of_a_drill_runs_as_root(#[case] format: DumpFormat, #[case] programs: &[&str]) {
    assert!(geteuid().is_root(), "only where root holds it there is something to see: run the tests as root");
    let (server, bench, place) = (Server::start(), bench(), scratch());
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT i, 'row ' || i AS text FROM generate_series(1, 100000) i");
    let stored = Stored::take(&with_format(server.config("app"), format), &bench.work);
    let (is_over, seen) = (AtomicBool::new(false), Mutex::new(BTreeSet::new()));
    let look = || seen.lock().unwrap().extend(started());
    let holds = Arc::new(Holds {
        scratch: place.path().to_owned(),
        runtime: bench.work.runtime.clone(),
        session: Mutex::default(),
    });
    let mut work = bench.work.clone();
    work.progress = holds.clone();
    let evidence = std::thread::scope(|scope| {
        scope.spawn(|| {
            let dumps = |program: &Program| program.name == "pg_dump" && program.called.contains("--format");
            while !is_over.load(Ordering::Relaxed) {
                look();
                if seen.lock().unwrap().iter().any(dumps) {
                    drop(holds.session.lock().unwrap().take());
                }
            }
        });
        let mut raw = Half::of(&stored.raw, look);
        let evidence = prove_in(place.path(), &mut raw, &material(&stored), &work);
        is_over.store(true, Ordering::Relaxed);
        evidence.unwrap()
    });
    assert_proven(&evidence);
    let seen = seen.into_inner().unwrap();
    for name in programs {
        assert!(seen.iter().any(|program| program.name == *name), "{name} was not seen: {seen:#?}");
    }
    let of_root: Vec<&Program> = seen.iter().filter(|program| program.uid == 0).collect();
    assert!(of_root.is_empty(), "{of_root:#?}");
}

/// As an operator says `user: "64321:64321"`.
const NAMELESS: u32 = 64321;

#[rstest]
#[case::with_a_library_that_lends_one(true)]
#[case::without_it(false)]
fn a_user_without_a_name_holds_a_drill_or_is_told_what_is_missing(#[case] is_lent: bool) {
    let test = "drill_source_rights::a_user_without_a_name_holds_a_drill_or_is_told_what_is_missing";
    let case = if is_lent { "case_1_with_a_library_that_lends_one" } else { "case_2_without_it" };
    let mounts = geteuid().is_root().then(Mounts::new);
    let is_outer = passed_again(&format!("{test}::{case}"), |command| {
        let mounts = mounts.as_ref().expect("run the tests as root");
        let libraries = libraries();
        assert!(!libraries.is_empty(), "install libnss-wrapper");
        for library in libraries.iter().filter(|_| !is_lent) {
            mounts.cover(library, Path::new("/dev/null"));
        }
        let mut nameless = Command::new("setpriv");
        nameless.args([format!("--reuid={NAMELESS}"), format!("--regid={NAMELESS}")]).args(["--clear-groups", "--"]);
        nameless.arg(command.get_program()).args(command.get_args());
        nameless.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        mounts.inside(&nameless)
    });
    if is_outer {
        return;
    }
    assert_eq!(geteuid().as_raw(), NAMELESS);
    let proven = prove(&dump_of("CREATE TABLE t AS SELECT 1 AS i"), &bare(Form::PlainSql), &bench().work);
    if is_lent {
        assert!(proven.unwrap().restore_seconds.is_some());
        return;
    }
    let trouble = proven.unwrap_err();
    assert_eq!(trouble.error, "run initdb: this machine has no name for user 64321");
    let told = hint(&trouble);
    assert!(told.contains("apt-get install libnss-wrapper") && told.contains("resguardo:x:64321:64321:"), "{told}");
}

fn libraries() -> Vec<PathBuf> {
    let below = fs::read_dir("/usr/lib").unwrap().flatten().map(|entry| entry.path().join("libnss_wrapper.so"));
    below.filter_map(|library| library.canonicalize().ok()).collect()
}
