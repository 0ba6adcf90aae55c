//! Programs that an earlier run of ours started and could not end, for it was killed. They are
//! known by where they work and by what they are, looked at now: a number that was written down
//! may be a stranger's by the time it is read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};

const PROCESSES: &str = "/proc";
/// A server that is to end at once needs a moment for its sessions; past this it is killed.
const END_WAIT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Ends every process of this program whose working folder is `folder` or lies below it, first by
/// SIGQUIT, which a server passes on to its sessions. Returns how many there were.
///
/// # Errors
/// Where the system does not list processes, or one goes on whatever it is sent.
pub fn end_in(folder: &Path, program: &str) -> io::Result<usize> {
    // What works in a folder that is gone cannot be told from any other.
    let Ok(folder) = folder.canonicalize() else { return Ok(0) };
    let is_one = |process: &Path| works_in(process, &folder, program);
    let mut ended = 0;
    for entry in fs::read_dir(PROCESSES)? {
        let process = entry?.path();
        let Some(pid) = pid(&process).filter(|_| is_one(&process)) else { continue };
        // What is held stays this process; so it is looked at once more now that it is held.
        let handle = match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(handle) if is_one(&process) => Some(handle),
            // An old kernel, which holds none.
            Err(Errno::NOSYS) => None,
            _ => continue,
        };
        let send = |signal| match &handle {
            Some(handle) => pidfd_send_signal(handle, signal),
            None => kill_process(pid, signal),
        };
        let has_ended = [Signal::QUIT, Signal::KILL].into_iter().any(|signal| {
            let _just_ended = send(signal);
            let until = Instant::now() + END_WAIT;
            while is_one(&process) && Instant::now() < until {
                thread::sleep(LOOK_EVERY);
            }
            !is_one(&process)
        });
        if !has_ended {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("{} goes on", process.display())));
        }
        ended += 1;
    }
    Ok(ended)
}

fn pid(process: &Path) -> Option<Pid> {
    Pid::from_raw(process.file_name()?.to_str()?.parse().ok()?)
}

/// Not so for one that has ended, or that is not ours to look at.
fn works_in(process: &Path, folder: &Path, program: &str) -> bool {
    let link = |name: &str| fs::read_link(process.join(name)).unwrap_or_default();
    // Its file may have been replaced since by an upgrade.
    let is_it = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_suffix(" (deleted)").unwrap_or(&name) == program
    };
    link("cwd").starts_with(folder) && is_it(link("exe"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_works_there_and_is_that_program_is_ended() {
        let (here, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sleeping = |folder: &Path| {
            let child = std::process::Command::new("/bin/sleep").arg("60").current_dir(folder).spawn().unwrap();
            let process = Path::new(PROCESSES).join(child.id().to_string());
            while !fs::read_link(process.join("exe")).is_ok_and(|path| path.ends_with("sleep")) {
                thread::yield_now();
            }
            child
        };
        let (mut one, mut other) = (sleeping(here.path()), sleeping(elsewhere.path()));
        assert_eq!(end_in(here.path(), "postgres").unwrap(), 0);
        // Not reaped yet, it stays listed, but works nowhere any more.
        assert_eq!(end_in(here.path(), "sleep").unwrap(), 1);
        assert!(!one.wait().unwrap().success());
        assert!(other.try_wait().unwrap().is_none(), "a stranger was ended");
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
