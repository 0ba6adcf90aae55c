//! SIGTERM and SIGINT, as commands hear them: the first asks a run to end in order, the second
//! ends it at once.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::output;
use crate::domain::trouble::StopReason;
use crate::sys::stop::Stop;
use crate::words::Words;

/// An ear for both. It hears from when it is made, not only from the first time it is asked.
pub struct Signals(Option<(Signal, Signal)>);

impl Signals {
    pub fn hear() -> Self {
        let heard = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
        Self(if let (Ok(terminate), Ok(interrupt)) = heard { Some((terminate, interrupt)) } else { None })
    }

    /// Resolves with the next of them.
    pub async fn next(&mut self) {
        let Some((terminate, interrupt)) = &mut self.0 else {
            // Without handlers the signals end the process as they do any other.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }

    /// Asks the run to end at the first signal, and says that a second one does not wait for it;
    /// resolves at the second, with no program of the run left.
    pub async fn end(mut self, run: Stop, words: Words) {
        self.next().await;
        output::complain(&words.text("cli-ending-in-order", &[]));
        run.stop(StopReason::Signal);
        self.next().await;
        run.kill();
    }
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
