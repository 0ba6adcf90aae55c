//! The stop signal of one run: asked to end by a signal, a deadline or a restore. Whoever works
//! looks at it between two pieces of work; child programs are ended with their whole group.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal};

use crate::domain::trouble::{Stage, StopReason, Trouble};

/// How long a child program may take to end in order before it is killed.
const TERM_TO_KILL: Duration = Duration::from_secs(2);

/// Cheap to clone; all clones are one signal.
#[derive(Clone, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    reason: Option<StopReason>,
    /// Process groups of running children, by their leader.
    groups: BTreeSet<i32>,
}

impl Stop {
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to end. The first reason stays.
    pub fn stop(&self, reason: StopReason) {
        let groups: Vec<i32> = {
            let mut state = self.lock();
            if state.reason.is_some() {
                return;
            }
            state.reason = Some(reason);
            for group in &state.groups {
                signal(*group, Signal::TERM);
            }
            state.groups.iter().copied().collect()
        };
        self.0.changed.notify_all();
        if !groups.is_empty() {
            let stop = self.clone();
            std::thread::spawn(move || stop.kill_those_left(&groups));
        }
    }

    /// Ends every child that runs still, at once: the process itself is about to end, and nobody
    /// will be left to do it.
    pub fn kill(&self) {
        self.lock().groups.iter().for_each(|group| signal(*group, Signal::KILL));
    }

    pub fn reason(&self) -> Option<StopReason> {
        self.lock().reason
    }

    /// # Errors
    /// The trouble of a stopped run, once the run was asked to end.
    pub fn check(&self, stage: Stage) -> Result<(), Trouble> {
        self.reason().map_or(Ok(()), |reason| Err(Trouble::stopped(stage, reason)))
    }

    /// The same for code that speaks `io::Error`; [`Stop::reason`] tells it from the system's.
    ///
    /// # Errors
    /// `Interrupted`-like, once the run was asked to end.
    pub fn check_io(&self) -> io::Result<()> {
        match self.reason() {
            None => Ok(()),
            // Not `Interrupted`: `write_all` and `read_to_end` would try again for ever.
            Some(_) => Err(io::Error::other("asked to stop")),
        }
    }

    /// Waits, at most so long; returns at once when the run is asked to end.
    pub fn wait(&self, at_most: Duration) {
        let state = self.lock();
        let _ended = self
            .0
            .changed
            .wait_timeout_while(state, at_most, |state| state.reason.is_none())
            .unwrap_or_else(PoisonError::into_inner);
    }

    /// Takes charge of a child's group until [`Stop::release`]; ends it at once if the run was
    /// asked to end already.
    pub(super) fn take_charge(&self, group: i32) {
        let mut state = self.lock();
        state.groups.insert(group);
        if state.reason.is_some() {
            signal(group, Signal::KILL);
        }
    }

    /// Called before the group's leader is reaped: afterwards its number may be another's.
    pub(super) fn release(&self, group: i32) {
        self.lock().groups.remove(&group);
    }

    fn kill_those_left(&self, groups: &[i32]) {
        std::thread::sleep(TERM_TO_KILL);
        let state = self.lock();
        for group in groups.iter().filter(|group| state.groups.contains(group)) {
            signal(*group, Signal::KILL);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends a signal to a process group; one that has just ended is no error.
pub(super) fn signal(group: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(group) {
        let _ended = rustix::process::kill_process_group(pid, signal);
    }
}
