//! SIGTERM, SIGINT and SIGHUP, as commands hear them: the first asks a run to end in order; after
//! it a SIGTERM or SIGINT ends it at once.

use std::fs;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::output;
use crate::domain::trouble::StopReason;
use crate::sys::stop::Stop;
use crate::words::Words;

/// An ear for all of them. It hears from when it is made, not only from the first time it is asked.
pub struct Signals {
    /// Nothing where they cannot be heard: then they end the process as they do any other.
    asked: Option<(Signal, Signal)>,
    /// The terminal or the connection to it has gone.
    hung_up: Option<Signal>,
}

impl Signals {
    pub fn hear() -> Self {
        let asked = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
        let asked = if let (Ok(terminate), Ok(interrupt)) = asked { Some((terminate, interrupt)) } else { None };
        // Whoever started us with `nohup` wants us to live on.
        let hung_up = if is_hang_up_ignored() { None } else { signal(SignalKind::hangup()).ok() };
        Self { asked, hung_up }
    }

    /// Resolves with the next of them.
    pub async fn next(&mut self) {
        let hung_up = heard(self.hung_up.as_mut());
        tokio::select! {
            () = asked(self.asked.as_mut()) => {}
            () = hung_up => {}
        }
    }

    /// Asks the run to end at the first signal, and says that a second one does not wait for it;
    /// resolves at the second, with no program of the run left. A hang-up is no second one: the
    /// terminal and the shell each send theirs when a connection drops.
    pub async fn end(mut self, run: Stop, words: Words) {
        self.next().await;
        output::complain(&words.text("cli-ending-in-order", &[]));
        run.stop(StopReason::Signal);
        asked(self.asked.as_mut()).await;
        run.kill();
    }
}

async fn asked(signals: Option<&mut (Signal, Signal)>) {
    let Some((terminate, interrupt)) = signals else { return std::future::pending().await };
    tokio::select! {
        () = heard(Some(terminate)) => {}
        () = heard(Some(interrupt)) => {}
    }
}

async fn heard(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// As the system tells of the process. Where it does not, a hang-up is left what it is.
fn is_hang_up_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_none_or(|ignored| ignored & 1 == 1)
}

/// Resolves when the process is asked to end; it is heard from this call on.
pub fn signalled() -> impl Future<Output = ()> + Send + use<> {
    let mut signals = Signals::hear();
    async move { signals.next().await }
}

/// Asks a run to end when `ended` resolves.
pub async fn stop_when(ended: impl Future<Output = ()>, stop: Stop) {
    ended.await;
    stop.stop(StopReason::Signal);
}
