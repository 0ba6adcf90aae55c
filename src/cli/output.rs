//! Where text goes: results to standard output, everything else to standard error. A reader that
//! has gone away (`| head`) is no failure; a result that could not be written (`> /dev/full`) is one,
//! whatever the command did.

use std::io::{self, BufWriter, IsTerminal, Write, stderr, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::termios::tcgetwinsize;
use serde::Serialize;
use serde_json::Serializer;

use super::indented::Indented;

/// Whether a part of the result could not be written.
static IS_LOST: AtomicBool = AtomicBool::new(false);

/// A result.
pub fn print(text: &str) {
    note(writeln!(stdout(), "{text}"));
}

/// Takes note of what became of a result that was written; its loss is said once.
pub fn note(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
        && !IS_LOST.swap(true, Ordering::Relaxed)
    {
        complain(&format!("write the result to standard output: {error}; it is not whole"));
    }
}

/// Whether somebody waits for a result that could not be written.
pub fn is_lost() -> bool {
    IS_LOST.load(Ordering::Relaxed)
}

/// Written at once: ten thousand sets are eleven megabytes of text, which nobody needs to hold.
const PIECE_BYTES: usize = 64 * 1024;

/// A result as JSON, one value, indented for people, read by machines.
pub fn print_json(value: &impl Serialize) {
    let mut out = BufWriter::with_capacity(PIECE_BYTES, stdout().lock());
    let written = value.serialize(&mut Serializer::with_formatter(&mut out, Indented::default()));
    note(written.map_err(Into::into).and_then(|()| writeln!(out)).and_then(|()| out.flush()));
}

/// How many columns the reader of results has; `None` where it is no terminal.
pub fn terminal_width() -> Option<usize> {
    let columns = stdout().is_terminal().then(|| tcgetwinsize(stdout()).ok())??.ws_col;
    // Some terminals do not know.
    Some(usize::from(columns)).filter(|columns| *columns > 0)
}

/// Everything else.
pub fn complain(text: &str) {
    let _reader_gone = writeln!(stderr(), "{text}");
}
