//! What may stand in a dump that is loaded within a transaction of ours: nothing that ends it, and
//! nothing that psql reads otherwise than we do. `pg_dump` writes large objects in transactions of
//! their own, which are left out; whatever else of that kind a file holds was not written by it.

use super::lexer::Lexer;
use super::statement;

/// The words with which a statement about a transaction begins.
const CONTROL: [&[u8]; 9] =
    [b"begin", b"commit", b"rollback", b"end", b"abort", b"start", b"prepare", b"savepoint", b"release"];
const STRINGS: &[u8] = b"standard_conforming_strings";
/// What has a body of statements, as `pg_dump` begins it.
const BODIED: [&[u8]; 2] = [b"CREATE FUNCTION ", b"CREATE PROCEDURE "];
const ATOMIC: &[u8] = b"\n    BEGIN ATOMIC\n";

/// Looks at a dump statement by statement.
#[derive(Default)]
pub(super) struct Within {
    /// A transaction of `pg_dump`'s was begun, and left out.
    is_in_one: bool,
    /// The body of a function is written as statements.
    is_in_body: bool,
}

impl Within {
    /// Whether a statement is one of `pg_dump`'s own about a transaction, to be left out. `is_stray`:
    /// psql would have found a command of its own in it.
    ///
    /// # Errors
    /// Why it must not reach the server.
    pub(super) fn statement(&mut self, text: &[u8], is_stray: bool) -> Result<bool, String> {
        if is_stray {
            return Err("it holds a command for psql within a statement".to_owned());
        }
        if self.is_in_body && text == b"END" {
            self.is_in_body = false;
            return Ok(false);
        }
        if (text, self.is_in_one) == (b"BEGIN", false) || (text, self.is_in_one) == (b"COMMIT", true) {
            self.is_in_one = !self.is_in_one;
            return Ok(true);
        }
        let word: Vec<u8> =
            text.iter().take_while(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
        if CONTROL.contains(&word.as_slice()) {
            return Err(format!("it would end the transaction it is loaded in: {}", String::from_utf8_lossy(&word)));
        }
        if word == b"copy" && statement::copy(text).is_none() {
            return Err("it holds a COPY that pg_dump does not write".to_owned());
        }
        let sets_strings = word == b"set" && memchr::memmem::find(&text.to_ascii_lowercase(), STRINGS).is_some();
        if sets_strings && text != b"SET standard_conforming_strings = on" {
            return Err("it changes how strings are read".to_owned());
        }
        self.is_in_body |= begins_body(text);
        Ok(false)
    }

    /// # Errors
    /// Where a command of psql's own is not about its restriction.
    pub(super) fn meta(line: &[u8]) -> Result<(), String> {
        let is_known = line.starts_with(b"\\restrict ") || line.starts_with(b"\\unrestrict ");
        if is_known { Ok(()) } else { Err("it holds a command for psql".to_owned()) }
    }
}

/// Whether this is the beginning of a function whose body follows, and not a text that looks so.
fn begins_body(text: &[u8]) -> bool {
    let Some(at) = memchr::memmem::find(text, ATOMIC) else { return false };
    let (mut lexer, mut rest) = (Lexer::new(), &text[..at]);
    while !rest.is_empty() {
        rest = &rest[lexer.push(rest).0..];
    }
    let is_function = BODIED.iter().any(|start| text.starts_with(start));
    is_function && lexer.is_outside()
}
