//! Where text goes: results to standard output, everything else to standard error. A reader that
//! has gone away (`| head`) is no failure.

use std::io::{IsTerminal, Write, stderr, stdout};

use rustix::termios::tcgetwinsize;

/// A result.
pub fn print(text: &str) {
    let _reader_gone = writeln!(stdout(), "{text}");
}

/// A result as JSON, one value, indented for people, read by machines.
pub fn print_json(value: &impl serde::Serialize) {
    print(&serde_json::to_string_pretty(value).unwrap_or_default());
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
