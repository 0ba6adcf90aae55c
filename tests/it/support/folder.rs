//! Where tests work. In memory, so that no test's outcome hangs on how full this machine's disk
//! is (health rightly tells a low one), and none waits for it: what is written and synced
//! thousands of times is as real there. What must lie on a disk, such as a drill's scratch, asks
//! `tempfile` for a folder by itself.

use std::path::Path;

use resguardo::sys::space;
use tempfile::TempDir;

const MEMORY: &str = "/dev/shm";

/// A folder in memory, where there must be room: nearly full it would be told as a low disk is.
#[track_caller]
pub(crate) fn in_memory() -> TempDir {
    let room = space::of(Path::new(MEMORY)).unwrap();
    let is_ample = room.free_bytes * 10 > room.total_bytes;
    assert!(is_ample, "{MEMORY} is nearly full: clear it, or give the container more (--shm-size=2g)");
    TempDir::new_in(MEMORY).unwrap()
}
