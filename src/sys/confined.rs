//! Programs that may not reach everything their user may, for they carry out what strangers wrote.
//! The kernel sees to it (Landlock, since Linux 5.13), for the program and whatever it starts, and
//! no right is needed to ask for it. Where a kernel cannot, that is said and no error.

use std::convert::Infallible;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::mpsc;
use std::thread;

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, RestrictionStatus, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

/// What is asked for; of it a kernel keeps what it knows.
const ASKED: ABI = ABI::V9;
/// The first that keeps TCP away.
const OF_NETWORK: ABI = ABI::V4;
/// Where the program lies that loads every other one, and how its name begins.
const LOADERS_IN: [&str; 2] = ["/lib", "/lib64"];
const LOADER: &str = "ld";
/// What every program may open.
const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"];

/// All that a program may reach beside itself, files and folders with what lies below them; of
/// those that do not exist nothing is said. It reaches no TCP port either.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Programs that it may start, or become.
    pub runs: Vec<PathBuf>,
    pub reads: Vec<PathBuf>,
    /// Read as well.
    pub writes: Vec<PathBuf>,
}

/// How much of that the kernel keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confined {
    /// It may reach what its user may.
    Not,
    /// Files and programs alone.
    ToFiles,
    Wholly,
}

/// Dropped, it lets the thread end that started a program: one that is told to end with whoever
/// started it ends with that thread.
pub(super) struct Keeper(#[allow(dead_code, reason = "it is there to be dropped")] mpsc::Sender<Infallible>);

/// Starts a program on a thread that gave up everything else, and never gets it back.
pub(super) fn spawn(mut starting: process::Command, reach: Reach) -> io::Result<(process::Child, Confined, Keeper)> {
    let (tell, told) = mpsc::sync_channel(1);
    let (keeper, kept) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let begun = confine(&reach).and_then(|confined| Ok((starting.spawn()?, confined)));
        let runs = begun.is_ok();
        if tell.send(begun).is_ok() && runs {
            let _let_go = kept.recv();
        }
    })?;
    let (child, confined) = told.recv().map_err(io::Error::other)??;
    Ok((child, confined, Keeper(keeper)))
}

fn confine(reach: &Reach) -> io::Result<Confined> {
    let status = restrict(reach).map_err(|e| io::Error::other(format!("confine it: {e}")))?;
    Ok(match status {
        RestrictionStatus { ruleset: RulesetStatus::NotEnforced, .. } => Confined::Not,
        RestrictionStatus { landlock: LandlockStatus::Available { effective_abi, .. }, .. }
            if effective_abi < OF_NETWORK =>
        {
            Confined::ToFiles
        }
        _ => Confined::Wholly,
    })
}

fn restrict(reach: &Reach) -> Result<RestrictionStatus, RulesetError> {
    let all = AccessFs::from_all(ASKED);
    let (reads, writes) = (AccessFs::ReadFile | AccessFs::ReadDir, all & !AccessFs::Execute);
    Ruleset::default()
        .handle_access(all)?
        .handle_access(AccessNet::from_all(ASKED))?
        .scope(Scope::from_all(ASKED))?
        .create()?
        .add_rules(path_beneath_rules(reach.runs.iter().chain(&loaders()), AccessFs::Execute | AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(&reach.reads, reads))?
        .add_rules(path_beneath_rules(&reach.writes, writes))?
        .add_rules(path_beneath_rules(DEVICES, AccessFs::ReadFile | AccessFs::WriteFile))?
        .restrict_self()
}

fn loaders() -> Vec<PathBuf> {
    let in_all = LOADERS_IN.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(LOADER) && name.contains(".so") && path.is_file()
    };
    in_all.map(|entry| entry.path()).filter(is_one).collect()
}

/// The file that a program's name leads to.
pub(super) fn found(program: &Path, search_path: &str) -> Option<PathBuf> {
    let places = search_path.split(':').map(|folder| Path::new(folder).join(program));
    places.into_iter().find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use crate::sys::Sys;
    use crate::sys::programs::Command;
    use crate::sys::stop::Stop;

    use super::*;

    fn run(program: &str, args: &[&str], reach: &Reach) -> String {
        let command = Command::new(program).args(args).confined(reach.clone());
        let (ended, output) = Sys::real().programs.output(&command, &Stop::new()).unwrap();
        format!("{}{}", String::from_utf8_lossy(&output), ended.stderr)
    }

    #[test]
    fn a_confined_program_reaches_what_it_is_given_and_nothing_else() {
        let (given, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for folder in [&given, &other] {
            fs::write(folder.path().join("text"), "held").unwrap();
        }
        let libraries = ["/lib", "/lib64", "/usr/lib"].map(PathBuf::from).to_vec();
        let reach = Reach { reads: libraries, writes: vec![given.path().to_owned()], ..Reach::default() };
        let text = |folder: &tempfile::TempDir| folder.path().join("text").display().to_string();
        assert_eq!(run("cat", &[&text(&given)], &reach), "held");
        assert!(run("cat", &[&text(&other)], &reach).contains("Permission denied"));
        assert_eq!(run("cp", &[&text(&given), &given.path().join("more").display().to_string()], &reach), "");
        let beyond = other.path().join("more").display().to_string();
        assert!(run("cp", &[&text(&given), &beyond], &reach).contains("Permission denied"));
        let becomes = |reach: &Reach| run("env", &["cat", &text(&given)], reach);
        assert!(becomes(&reach).contains("Permission denied"));
        let runs = vec![found(Path::new("cat"), crate::sys::programs::SEARCH_PATH).unwrap()];
        assert_eq!(becomes(&Reach { runs, ..reach.clone() }), "held");
    }

    #[test]
    fn a_confined_program_reaches_no_port_and_no_stranger() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let knocks = format!("exec 3<>/dev/tcp/127.0.0.1/{}", listener.local_addr().unwrap().port());
        let reach = Reach { reads: ["/lib", "/lib64", "/usr/lib"].map(PathBuf::from).to_vec(), ..Reach::default() };
        assert!(run("bash", &["-c", &knocks], &reach).contains("Permission denied"));
        let signals = format!("kill -0 {}", process::id());
        assert!(run("bash", &["-c", &signals], &reach).contains("not permitted"));
    }
}
