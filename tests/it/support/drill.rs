//! Drills of single artifacts: what a set would hand over, what came out, what is left of it, and
//! tests run once more in another world.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use resguardo::domain::artifact::Form;
use resguardo::domain::drill::{Judgement, What};
use resguardo::domain::manifest::Facts;
use resguardo::domain::name::SourceName;
use resguardo::domain::trouble::Trouble;
use resguardo::source::Work;
use resguardo::source::prove::{Evidence, Material};
use resguardo::source::provers::prover;
use resguardo::source::restore::Bytes;
use resguardo::words::Words;
use tempfile::TempDir;

use super::restore_postgres::Stored;

/// A scratch folder on disk that others may pass through.
pub(crate) fn scratch() -> TempDir {
    let scratch = tempfile::Builder::new().prefix("rg-drill").tempdir_in("/tmp").unwrap();
    fs::set_permissions(scratch.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    scratch
}

/// What is known of bytes of this form and nothing else.
pub(crate) fn bare(form: Form) -> Material {
    Material {
        source: SourceName::new("app").unwrap(),
        form,
        facts: Facts::default(),
        raw_bytes: None,
        properties: None,
        roles: None,
        questions: Vec::new(),
        references: Vec::new(),
    }
}

/// All that a set holds of a database.
pub(crate) fn material(stored: &Stored) -> Material {
    let is_custom = stored.facts.postgres.as_ref().unwrap().format == "custom";
    Material {
        facts: stored.facts.clone(),
        raw_bytes: Some(stored.raw.len() as u64),
        properties: Some(stored.properties.clone()),
        roles: Some(stored.roles.clone()),
        ..bare(if is_custom { Form::CustomDump } else { Form::PlainSql })
    }
}

/// A dump that is whole and makes what it is told to.
pub(crate) fn dump_of(statement: &str) -> Vec<u8> {
    format!("--\n-- PostgreSQL database dump\n--\n\n{statement};\n\n--\n-- PostgreSQL database dump complete\n--\n\n")
        .into_bytes()
}

/// Gives half of the bytes, then does something, then gives the rest.
pub(crate) struct Half<'a, F> {
    bytes: &'a [u8],
    left: usize,
    then: Option<F>,
}

impl<'a, F: FnOnce()> Half<'a, F> {
    pub(crate) fn of(bytes: &'a [u8], then: F) -> Self {
        Self { bytes, left: bytes.len() / 2, then: Some(then) }
    }
}

impl<F: FnOnce()> Read for Half<'_, F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = if self.left > 0 { into.len().min(self.left) } else { into.len() };
        let read = (&mut self.bytes).take(length as u64).read(into)?;
        self.left = self.left.saturating_sub(read);
        if self.left == 0
            && let Some(then) = self.then.take()
        {
            then();
        }
        Ok(read)
    }
}

/// Holds it, and sees that nothing of it is left running.
pub(crate) fn prove(raw: &[u8], material: &Material, work: &Work) -> Result<Evidence, Trouble> {
    prove_in(scratch().path(), &mut &*raw, material, work)
}

pub(crate) fn prove_in(
    scratch: &Path,
    raw: &mut dyn Read,
    material: &Material,
    work: &Work,
) -> Result<Evidence, Trouble> {
    let drill = prover(material.form);
    let there = Work { scratch: scratch.to_owned(), ..work.clone() };
    let proven =
        drill.ready(material, &there).and_then(|()| drill.prove(Bytes { raw, file: None }, material, scratch, work));
    assert_nothing_left(scratch);
    proven
}

/// Each proof that was given, in order.
pub(crate) fn judgements(evidence: &Evidence) -> Vec<(What, Judgement)> {
    evidence.proofs.iter().map(|proof| (proof.what, proof.judgement)).collect()
}

#[track_caller]
pub(crate) fn assert_proven(evidence: &Evidence) {
    assert!(evidence.proofs.iter().all(|proof| proof.judgement == Judgement::Passed), "{:#?}", evidence.proofs);
    assert!(evidence.restore_seconds.is_some_and(|seconds| seconds > 0.0));
}

/// What is said of the proof that failed, alone of all.
#[track_caller]
pub(crate) fn failed(evidence: &Evidence, what: What) -> &str {
    let failed: Vec<_> = evidence.proofs.iter().filter(|proof| proof.judgement == Judgement::Failed).collect();
    assert!(failed.len() == 1 && failed[0].what == what, "{:#?}", evidence.proofs);
    &failed[0].text
}

#[track_caller]
pub(crate) fn text_of(evidence: &Evidence, what: What) -> &str {
    &evidence.proofs.iter().find(|proof| proof.what == what).unwrap().text
}

/// The remarks as people read them.
pub(crate) fn remarks(evidence: &Evidence) -> Vec<String> {
    evidence.remarks.iter().map(|remark| Words::english().say(remark)).collect()
}

/// The processes that work in a place or name it in their arguments.
pub(crate) fn processes(place: &Path) -> Vec<PathBuf> {
    let here = place.to_str().unwrap();
    let is_ours = |process: &Path| {
        fs::read_to_string(process.join("cmdline")).is_ok_and(|line| line.contains(here))
            || fs::read_link(process.join("cwd")).is_ok_and(|folder| folder.starts_with(place))
    };
    let all = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    all.filter(|process| is_ours(process)).collect()
}

/// Waits until none is left, a minute at most: what a server's own children end by is its end.
#[track_caller]
pub(crate) fn assert_none_runs(place: &Path) {
    let until = Instant::now() + Duration::from_mins(1);
    while !processes(place).is_empty() {
        assert!(Instant::now() < until, "{:?} still run", processes(place));
        std::thread::yield_now();
    }
}

/// Neither a process nor the folder of a socket.
#[track_caller]
pub(crate) fn assert_nothing_left(scratch: &Path) {
    assert_none_runs(scratch);
    assert_eq!(socket(scratch).filter(|socket| socket.exists()), None);
}

/// Where a drill in this folder has its socket.
pub(crate) fn socket(scratch: &Path) -> Option<PathBuf> {
    fs::read_to_string(scratch.join("socket")).ok().map(PathBuf::from)
}

/// The server of a drill in this folder: the process that all of its others descend from.
pub(crate) fn server_of(scratch: &Path) -> rustix::process::Pid {
    let stated = fs::read_to_string(scratch.join("server/data/postmaster.pid")).unwrap();
    rustix::process::Pid::from_raw(stated.lines().next().unwrap().parse().unwrap()).unwrap()
}

/// Whether one of these processes runs as root, or hears on TCP.
pub(crate) fn is_exposed(process: &Path) -> bool {
    let status = fs::read_to_string(process.join("status")).unwrap_or_default();
    let is_root = status.lines().any(|line| line.starts_with("Uid:\t") && line.split('\t').any(|id| id == "0"));
    let hears = ["tcp", "tcp6"].iter().flat_map(|kind| {
        let table = fs::read_to_string(process.join("net").join(kind)).unwrap_or_default();
        let listening = table.lines().filter(|line| line.split_whitespace().nth(3) == Some("0A"));
        listening.filter_map(|line| line.split_whitespace().nth(9).map(str::to_owned)).collect::<Vec<_>>()
    });
    let hears: BTreeSet<String> = hears.map(|inode| format!("socket:[{inode}]")).collect();
    let open = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    let open = open.filter_map(|entry| fs::read_link(entry.path()).ok());
    is_root || open.into_iter().any(|file| hears.contains(&file.display().to_string()))
}

/// A name that says to a test that it runs once more, in the world it asked for.
const AGAIN: &str = "RESGUARDO_TEST_AGAIN";

/// Runs the test of this name once more as `change` makes it; `None` where this is that run, and the
/// test goes on.
pub(crate) fn again(test: &str, change: impl FnOnce(Command) -> Command) -> Option<std::process::Output> {
    if std::env::var_os(AGAIN).is_some() {
        return None;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(AGAIN, "1").env("TMPDIR", "/tmp");
    for name in ["PATH", "NEXTEST_RUN_ID", "RESGUARDO_TEST_PYTHON"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    Some(change(command).output().unwrap())
}

/// The same, where that run must pass.
pub(crate) fn passed_again(test: &str, change: impl FnOnce(Command) -> Command) -> bool {
    let Some(run) = again(test, change) else { return false };
    let told = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success() && told.contains("1 passed"), "again: {told}");
    true
}
