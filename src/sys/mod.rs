//! Floor 1: the only doors out. The clock, programs, files that are written, locks, room on
//! disks, the log file.
//!
//! Given: paths and commands from above. Returns: plain results, with the path in every error.
//! Never: decides what should happen; reads the environment (that is `config`'s).

pub mod again;
pub mod clock;
pub mod confined;
pub mod fault;
pub mod files;
pub mod gate;
pub mod lock;
pub mod log_file;
pub mod memory;
pub mod mounts;
pub mod output;
mod place;
pub mod priority;
pub mod programs;
pub mod regular;
pub mod rights;
pub mod space;
pub mod stop;
pub mod strays;
pub mod tree;
pub mod users;

use std::sync::Arc;

use clock::{Clock, RealClock};
use files::Files;
use gate::{Gate, Open};
use programs::Programs;

/// The doors, as they are handed down. A test hands in a clock and a gate of its own.
#[derive(Clone)]
pub struct Sys {
    pub clock: Arc<dyn Clock>,
    pub files: Files,
    pub programs: Programs,
}

impl Sys {
    /// The doors of the real world.
    pub fn real() -> Self {
        Self::new(Arc::new(RealClock), Arc::new(Open))
    }

    pub fn new(clock: Arc<dyn Clock>, gate: Arc<dyn Gate>) -> Self {
        Self { clock, files: Files::new(gate.clone()), programs: Programs::new(gate) }
    }
}
