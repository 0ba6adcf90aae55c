//! Where text goes: results to standard output, everything else to standard error. A reader that
//! has gone away (`| head`) is no failure.

use std::io::{Write, stderr, stdout};

/// A result.
pub fn print(text: &str) {
    let _reader_gone = writeln!(stdout(), "{text}");
}

/// A result as JSON, one value, indented for people, read by machines.
pub fn print_json(value: &impl serde::Serialize) {
    print(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Everything else.
pub fn complain(text: &str) {
    let _reader_gone = writeln!(stderr(), "{text}");
}
