//! The first process of a container. The kernel hands it every process whose parent has gone, and
//! shields it from signals that it does not hear; so it does nothing but hand on signals, reap what
//! has ended, and let a second process of this same program do the work.

use std::env::args_os;
use std::future::poll_fn;
use std::io::{self, IsTerminal, stdin};
use std::process::ExitCode;
use std::task::Poll;

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, wait};
use rustix::termios::tcsetpgrp;
use tokio::signal::unix::{Signal as Heard, SignalKind, signal};

use super::exit::Exit;
use super::output;
use crate::sys::again;

/// The number of the first process.
const FIRST: u32 = 1;
/// What a shell says of a program that a signal ended: this and the signal's number.
const ENDED_BY_SIGNAL: i32 = 128;
/// Those that ask a program for something; all others end it or are the kernel's.
const HANDED_ON: [Signal; 6] = [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT, Signal::USR1, Signal::USR2];

/// Whether this process is one.
pub(super) fn is_this() -> bool {
    std::process::id() == FIRST
}

/// Lets a second process do the work, and ends as it ended.
pub(super) fn stand_in() -> ExitCode {
    let told = |error: io::Error| {
        output::complain(&format!("start: {error}"));
        Exit::Failed.into()
    };
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(attend()).unwrap_or_else(told),
        Err(error) => told(error),
    }
}

async fn attend() -> io::Result<ExitCode> {
    // Heard before there is anybody to hand them on to: none is lost.
    let mut ended = signal(SignalKind::child())?;
    let mut asked = HANDED_ON.map(|one| signal(SignalKind::from_raw(one.as_raw())));
    let worker = again::start(args_os().skip(1))?;
    if stdin().is_terminal() && tcsetpgrp(stdin(), worker).is_ok() {
        // It may have asked the terminal something before that was its own, and been stopped for it.
        again::tell(worker, Signal::CONT);
    }
    loop {
        tokio::select! {
            _ = ended.recv() => if let Some(exit) = reap(worker) { return Ok(exit) },
            number = first_of(&mut asked) => again::tell(worker, HANDED_ON[number]),
        }
    }
}

/// Reaps all that has ended; how the worker ended, where it is among them.
fn reap(worker: Pid) -> Option<ExitCode> {
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        if pid == worker {
            return Some(code(status));
        }
    }
    None
}

fn code(status: WaitStatus) -> ExitCode {
    let code = status.exit_status().or(status.terminating_signal().map(|number| ENDED_BY_SIGNAL + number));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX))
}

/// Which of them comes next.
async fn first_of(asked: &mut [io::Result<Heard>]) -> usize {
    poll_fn(|context| {
        for (number, one) in asked.iter_mut().enumerate() {
            if let Ok(one) = one
                && one.poll_recv(context).is_ready()
            {
                return Poll::Ready(number);
            }
        }
        Poll::Pending
    })
    .await
}
