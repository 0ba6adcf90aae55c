//! Work that may wait: a thread of ours that gives way to everybody else's, on the processor and on
//! the disk. What is started from it, threads and programs alike, gives way as it does.

use std::fs;

use super::programs::{Command, Programs};
use super::stop::Stop;

/// Against one busy neighbour it still gets a tenth of a processor: it ends before its deadline.
const NICE: i32 = 10;
/// Who is reading this, as the system lists it: `<process>/task/<thread>`.
const SELF: &str = "/proc/thread-self";

/// Lowers the priority of the calling thread, for good. Where the system does not let us, or has
/// no `ionice`, the work is done all the same.
pub fn lower(programs: &Programs, stop: &Stop) {
    let _kept = rustix::process::setpriority_process(None, NICE);
    let thread = fs::read_link(SELF).ok().and_then(|link| Some(link.file_name()?.to_owned()));
    if let Some(thread) = thread {
        let idle = Command::new("ionice").args(["--class", "3", "--pid"]).arg(thread);
        let _kept = programs.output(&idle, stop);
    }
}
