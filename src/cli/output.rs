//! Where text goes: results to standard output, everything else to standard error. A reader that
//! has gone away (`| head`) is no failure.

use std::io::{BufWriter, IsTerminal, Write, stderr, stdout};

use rustix::termios::tcgetwinsize;
use serde::Serialize;
use serde_json::Serializer;

use super::indented::Indented;

/// A result.
pub fn print(text: &str) {
    let _reader_gone = writeln!(stdout(), "{text}");
}

/// Written at once: ten thousand sets are eleven megabytes of text, which nobody needs to hold.
const PIECE_BYTES: usize = 64 * 1024;

/// A result as JSON, one value, indented for people, read by machines.
pub fn print_json(value: &impl Serialize) {
    let mut out = BufWriter::with_capacity(PIECE_BYTES, stdout().lock());
    let written = value.serialize(&mut Serializer::with_formatter(&mut out, Indented::default()));
    let _reader_gone = written.map_err(Into::into).and_then(|()| writeln!(out)).and_then(|()| out.flush());
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
