//! Starting this same program once more, with all that it was given: arguments, environment,
//! input and outputs. Never: a program of any other name; those start from an empty environment.

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::Pid;

/// Starts it, in a group of its own, and leaves it to whoever reaps.
///
/// # Errors
/// The system's.
pub fn start() -> io::Result<Pid> {
    let child = Command::new(env::current_exe()?).args(env::args_os().skip(1)).process_group(0).spawn()?;
    Ok(Pid::from_child(&child))
}
