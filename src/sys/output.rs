//! What a child writes to its standard output, read in large parts. A program like `pg_dump`
//! writes 4 KiB at a time; a reader that is woken by each of them costs more than the hashing of
//! what was read. So the pipe is made wide, and a reader that found little in it rests a moment,
//! while the child goes on writing.

use std::io::{self, Read};
use std::process::ChildStdout;
use std::thread;
use std::time::Duration;

use rustix::pipe::fcntl_setpipe_size;

/// What Linux allows anyone (`/proc/sys/fs/pipe-max-size`).
const WIDE_BYTES: usize = 1024 * 1024;
/// A reader that was given less than this was faster than the child.
const LITTLE_BYTES: usize = 64 * 1024;
/// A wide pipe takes 2 GB/s before it is full in this time.
const REST: Duration = Duration::from_micros(500);

/// The reading end of the pipe.
pub struct Output {
    pipe: ChildStdout,
    is_wide: bool,
    found_little: bool,
}

impl Output {
    pub(super) fn new(pipe: ChildStdout) -> Self {
        // Refused where this user's pipes hold too much already: then every part is read as it comes.
        let is_wide = fcntl_setpipe_size(&pipe, WIDE_BYTES).is_ok();
        Self { pipe, is_wide, found_little: false }
    }
}

impl Read for Output {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.is_wide && self.found_little {
            thread::sleep(REST);
        }
        let read = self.pipe.read(into)?;
        self.found_little = read < LITTLE_BYTES;
        Ok(read)
    }
}
