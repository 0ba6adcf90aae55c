//! `\restrict`, by which psql obeys no command of its own that stands in a dump: whether a dump
//! begins with it, and the word for one that does not.

use std::hash::{BuildHasher, Hasher, RandomState};

use super::lexer::{Lexer, Seen};

/// Whether a dump begins by restricting psql: before any statement, and outside every comment.
pub(super) fn is_restricted(head: &[u8]) -> bool {
    let (mut lexer, mut rest) = (Lexer::new(), head);
    while !rest.is_empty() {
        let (used, seen) = lexer.push(rest);
        match seen {
            Seen::Nothing | Seen::Comment => rest = &rest[used..],
            Seen::Meta => return lexer.line().starts_with(b"\\restrict "),
            Seen::Statement | Seen::Literal(_) => return false,
        }
    }
    false
}

/// A word that nobody can guess: the system's randomness, as the standard library seeds its maps.
pub(super) fn token() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_dump_that_begins_so_restricts_psql_itself() {
        assert!(is_restricted(b"--\n-- PostgreSQL database dump\n--\n\n\\restrict Tok\n\nSET x = 1;"));
        for not in
            ["/*\n\\restrict Tok\n*/\n\\! true\n", "SELECT '\n\\restrict Tok\n';", "\\! true\n\\restrict Tok\n", ""]
        {
            assert!(!is_restricted(not.as_bytes()), "{not}");
        }
    }
}
