//! Watches a run from beside it: its deadline, and a restore that asks it to make way.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::domain::trouble::StopReason;
use crate::store::Store;
use crate::sys::stop::Stop;

/// The `yield` file is looked at once a second (design §3).
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Watches until dropped.
pub struct Watch {
    ended: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// `makes_way` is the store in which a restore may ask the run to make way, where the run holds it;
/// none for a restore itself.
pub fn start(makes_way: Option<&Store>, stop: &Stop, deadline: Duration) -> Watch {
    let (ended, run_ended) = channel();
    let (store, stop, began) = (makes_way.cloned(), stop.clone(), Instant::now());
    let thread = std::thread::spawn(move || {
        while run_ended.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
            if began.elapsed() >= deadline {
                stop.stop(StopReason::Deadline);
            } else if store.as_ref().is_some_and(Store::yield_requested) {
                stop.stop(StopReason::Yielded);
            }
        }
    });
    Watch { ended: Some(ended), thread: Some(thread) }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.ended = None;
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}
