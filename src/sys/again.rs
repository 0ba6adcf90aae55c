//! Starting this same program once more, with all that it was given: arguments, environment,
//! input and outputs; and handing signals on to it. Never: a program of any other name; those
//! start from an empty environment.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

/// Starts it, in a group of its own, and leaves it to whoever reaps.
///
/// # Errors
/// The system's.
pub fn start(arguments: impl Iterator<Item = OsString>) -> io::Result<Pid> {
    let child = Command::new(env::current_exe()?).args(arguments).process_group(0).spawn()?;
    Ok(Pid::from_child(&child))
}

/// Hands a signal on to it. One that has ended meanwhile hears nothing, and needs to hear nothing.
pub fn tell(worker: Pid, signal: Signal) {
    let _gone = kill_process(worker, signal);
}
