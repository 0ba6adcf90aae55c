//! The gate every act on the outside world passes. In the program it stands open; a test hands
//! in one that counts, and that fails or kills at the n-th act.

use std::io;
use std::path::Path;

/// An act that changes the world outside the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    Create,
    Write,
    /// fsync of a file.
    Sync,
    /// fsync of a folder.
    SyncFolder,
    Rename,
    Remove,
    MakeFolder,
    /// Starting a program; the path is the program's.
    Spawn,
}

/// Lets an act pass, or answers as the system would if it failed.
pub trait Gate: Send + Sync {
    /// Called before every act.
    ///
    /// # Errors
    /// The error the act shall end in.
    fn pass(&self, act: Act, path: &Path) -> io::Result<()>;

    /// Called before every write in place of [`Gate::pass`]; how many of the bytes may pass. Fewer
    /// make a short write, as of a disk that fills in the middle of it.
    ///
    /// # Errors
    /// The error the write shall end in.
    fn pass_bytes(&self, path: &Path, bytes: usize) -> io::Result<usize> {
        self.pass(Act::Write, path).map(|()| bytes)
    }
}

/// The gate of the real program: everything passes.
pub struct Open;

impl Gate for Open {
    fn pass(&self, _act: Act, _path: &Path) -> io::Result<()> {
        Ok(())
    }
}
