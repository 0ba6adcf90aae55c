//! A restore of files step by step: what is wished, what came of it, and gates and mounts that
//! only restores need.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use resguardo::domain::id::BackupId;
use resguardo::domain::manifest::Facts;
use resguardo::domain::restoring::Exchange;
use resguardo::domain::trouble::Trouble;
use resguardo::source::restore::{Bytes, Prospect, Restore, To, Wish};
use resguardo::source::{Source, Work};
use resguardo::sys::gate::{Act, Gate};
use rustix::io::Errno;

use super::archive::tell;
use super::gate::FaultGate;
use super::mounts::Mounts;
use super::store::id;
use crate::contract::{Place, dump};

pub(crate) const FIRST: &str = "20241112_030000";
pub(crate) const SECOND: &str = "20241112_040000";
pub(crate) const THIRD: &str = "20241112_050000";

/// To put all of an artifact back home.
pub(crate) fn wish_home(run: BackupId, raw: &[u8], facts: &Facts) -> Wish {
    Wish {
        run,
        to: To::Home,
        only: Vec::new(),
        tables: Vec::new(),
        replace: false,
        jobs: 1,
        no_owner: false,
        assume_room: false,
        facts: facts.clone(),
        raw_bytes: Some(raw.len() as u64),
        properties: None,
        roles: None,
    }
}

/// An artifact: its bytes and what its manifest says of them.
#[derive(Clone)]
pub(crate) struct Artifact {
    pub(crate) raw: Vec<u8>,
    pub(crate) facts: Facts,
}

impl Artifact {
    pub(crate) fn of(source: &dyn Source) -> Self {
        let (dumped, raw) = dump(source, &Place::new().work()).unwrap();
        Self { raw, facts: dumped.facts }
    }

    /// The same without a manifest.
    pub(crate) fn adopted(raw: Vec<u8>) -> Self {
        Self { raw, facts: Facts::default() }
    }

    pub(crate) fn wish(&self) -> Wish {
        wish_home(id(FIRST), &self.raw, &self.facts)
    }

    pub(crate) fn wish_only(&self, only: &[&str]) -> Wish {
        Wish { only: only.iter().map(|glob| (*glob).to_owned()).collect(), ..self.wish() }
    }

    pub(crate) fn look(&self, restore: &dyn Restore, wish: &Wish) -> Result<Prospect, Trouble> {
        restore.look_into(Bytes { raw: &mut Cursor::new(&self.raw), file: None }, wish, &Place::new().work())
    }

    /// Look and prepare.
    pub(crate) fn prepare(&self, restore: &dyn Restore, wish: &Wish, work: &Work) -> Result<Vec<Exchange>, Trouble> {
        let exchanges = self.look(restore, wish)?.exchanges;
        restore.prepare(&exchanges, Bytes { raw: &mut Cursor::new(&self.raw), file: None }, wish, work)?;
        Ok(exchanges)
    }

    /// Look, prepare and swap.
    #[track_caller]
    pub(crate) fn restore(&self, restore: &dyn Restore, wish: &Wish) -> Vec<Exchange> {
        let place = Place::new();
        let exchanges = self.prepare(restore, wish, &place.work()).unwrap();
        restore.swap(&exchanges, &place.work()).unwrap();
        exchanges
    }
}

/// Takes `done` back; the exchanges that did.
#[track_caller]
pub(crate) fn undo(restore: &dyn Restore, done: &[Exchange], run: &str) -> Vec<Exchange> {
    let exchanges = restore.reversed(done, &id(run));
    restore.swap(&exchanges, &Place::new().work()).unwrap();
    exchanges
}

/// A tree in words, without what a restore keeps within it.
pub(crate) fn told(folder: &Path) -> BTreeMap<PathBuf, String> {
    let is_ours = |path: &Path| path.iter().any(|part| part.to_string_lossy().starts_with(".resguardo-"));
    tell(folder).into_iter().filter(|(path, _)| !is_ours(path)).collect()
}

/// The same without the looks of the folder itself.
pub(crate) fn entries(folder: &Path) -> BTreeMap<PathBuf, String> {
    told(folder).into_iter().filter(|(path, _)| !path.as_os_str().is_empty()).collect()
}

/// Every path below a folder.
pub(crate) fn paths(folder: &Path) -> Vec<PathBuf> {
    tell(folder).into_keys().collect()
}

/// Copies a folder or file with everything it is.
pub(crate) fn copy(from: &Path, to: &Path) {
    let _none = fs::remove_dir_all(to);
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

/// Refuses the first exchange as a file system that knows none, then acts as the other gate.
pub(crate) struct NoExchange {
    pub(crate) live: PathBuf,
    pub(crate) refused: AtomicBool,
    pub(crate) then: Arc<FaultGate>,
}

impl Gate for NoExchange {
    fn pass(&self, act: Act, path: &Path) -> io::Result<()> {
        if act == Act::Rename && path == self.live && !self.refused.swap(true, Ordering::SeqCst) {
            return Err(Errno::INVAL.into());
        }
        self.then.pass(act, path)
    }
}

const INSIDE: &str = "RESGUARDO_TEST_INSIDE";

/// Runs the test of this name once more where it may mount what it likes; true where that was done
/// and has passed, false where we are there and the test goes on.
pub(crate) fn passed_among_own_mounts(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return false;
    }
    let mounts = Mounts::new();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(INSIDE, "1").env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let run = mounts.inside(&command).output().unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success() && told.contains("1 passed"), "among its own mounts: {told}");
    true
}

pub(crate) fn mount(args: &[&str], at: &Path) {
    fs::create_dir_all(at).unwrap();
    assert!(Command::new("mount").args(args).arg(at).status().unwrap().success(), "mount {args:?}");
}

/// Another program that has a SQLite file open.
pub(crate) struct Client {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Client {
    pub(crate) fn of(file: &Path) -> Self {
        let mut child = Command::new("sqlite3")
            .arg("-batch")
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("run sqlite3 (install the package sqlite3): {e}"));
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut client = Self { child, input, output };
        client.ask("PRAGMA busy_timeout = 20000");
        client
    }

    /// The answer's lines.
    pub(crate) fn ask(&mut self, statement: &str) -> Vec<String> {
        writeln!(self.input, "{statement};\n.print END").unwrap();
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "sqlite3 ended at {statement}");
            match line.trim_end() {
                "END" => return lines,
                line => lines.push(line.to_owned()),
            }
        }
    }

    /// Ends it as a lost power line would: what it has in mind is lost, what it wrote stays.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
