//! A gate that counts the acts on the outside world, and fails the n-th with a chosen error or
//! ends the whole process at it, as a full disk, a dying disk and a lost power line would.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use resguardo::sys::Sys;
use resguardo::sys::clock::RealClock;
use resguardo::sys::gate::{Act, Gate};
use rustix::io::Errno;
use rustix::process::Signal;

/// What befalls the chosen act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The act ends in this error, and all others pass.
    Error(Errno),
    /// This act and every later one end in this error: the disk stays full.
    ErrorFromThere(Errno),
    /// The process is killed before the act.
    Kill,
    /// Of this act, if it is a write, half passes; the act after it ends in this error.
    Torn(Errno),
    /// Of this act, if it is a write, half passes; the process is killed before the act after it.
    TornAndKill,
}

/// Counts acts from 1; lets all pass but those the fault befalls.
#[derive(Default)]
pub(crate) struct FaultGate {
    passed: AtomicUsize,
    fault: Option<(usize, Fault)>,
    /// Only these acts count and fail; all, where empty.
    only: Vec<Act>,
    /// Every write passes by halves.
    by_halves: bool,
    /// Half of the chosen write has passed.
    torn: AtomicBool,
    seen: Mutex<Vec<(Act, PathBuf)>>,
}

impl FaultGate {
    /// Lets everything pass and counts it.
    pub(crate) fn counting() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Lets `fault` befall the `nth` act (1 is the first).
    pub(crate) fn at(nth: usize, fault: Fault) -> Arc<Self> {
        Arc::new(Self { fault: Some((nth, fault)), ..Self::default() })
    }

    /// Lets every act of one kind end in an error: a file system that cannot do it.
    pub(crate) fn never(act: Act, errno: Errno) -> Arc<Self> {
        Arc::new(Self { fault: Some((1, Fault::ErrorFromThere(errno))), only: vec![act], ..Self::default() })
    }

    /// Lets everything pass, of every write no more than half at once.
    pub(crate) fn by_halves() -> Arc<Self> {
        Arc::new(Self { by_halves: true, ..Self::default() })
    }

    /// How many acts have come by.
    pub(crate) fn count(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    /// The acts that have come by, in order, for a failing test to show.
    pub(crate) fn seen(&self) -> Vec<(Act, PathBuf)> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl FaultGate {
    /// Counts an act; its number, or 0 for one that does not count.
    fn counted(&self, act: Act, path: &Path) -> usize {
        if !self.only.is_empty() && !self.only.contains(&act) {
            return 0;
        }
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push((act, path.to_owned()));
        self.passed.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn befall(&self, number: usize) -> io::Result<()> {
        match self.fault {
            Some((nth, Fault::Error(errno))) if number == nth => Err(errno.into()),
            Some((nth, Fault::ErrorFromThere(errno))) if number >= nth => Err(errno.into()),
            Some((nth, Fault::Kill)) if number == nth => die(),
            Some((_, Fault::Torn(errno))) if self.torn.swap(false, Ordering::SeqCst) => Err(errno.into()),
            Some((_, Fault::TornAndKill)) if self.torn.load(Ordering::SeqCst) => die(),
            _ => Ok(()),
        }
    }
}

impl Gate for FaultGate {
    fn pass(&self, act: Act, path: &Path) -> io::Result<()> {
        match self.counted(act, path) {
            0 => Ok(()),
            number => self.befall(number),
        }
    }

    fn pass_bytes(&self, path: &Path, bytes: usize) -> io::Result<usize> {
        let number = self.counted(Act::Write, path);
        if number > 0 {
            self.befall(number)?;
        }
        let tears = matches!(self.fault, Some((nth, Fault::Torn(_) | Fault::TornAndKill)) if number == nth);
        if tears {
            self.torn.store(true, Ordering::SeqCst);
        }
        Ok(if tears || self.by_halves { bytes.div_ceil(2) } else { bytes })
    }
}

fn die() -> ! {
    let _dead = rustix::process::kill_process(rustix::process::getpid(), Signal::KILL);
    // The signal is delivered before the call returns to a running thread; should another thread
    // take it first, this one must not go on.
    loop {
        std::thread::park();
    }
}

/// Looks at the world before every act, and lets it pass.
pub(crate) struct WatchGate<F>(pub(crate) F);

impl<F: Fn(Act, &Path) + Send + Sync> Gate for WatchGate<F> {
    fn pass(&self, act: Act, path: &Path) -> io::Result<()> {
        (self.0)(act, path);
        Ok(())
    }
}

/// The doors of the real world behind a gate.
pub(crate) fn sys_behind(gate: Arc<dyn Gate>) -> Sys {
    Sys::new(Arc::new(RealClock), gate)
}
