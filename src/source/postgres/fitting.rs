//! Between a program of version 17 or newer and a server from before: the program sets at once
//! what such a server does not know, and a load that stops at the first error would stop there.
//! That one line is left out; nothing else is ever changed.

use std::io::{self, Write};

/// Written without asking the server's version, by `pg_dump` and `pg_restore` alike.
const LINE: &[u8] = b"\nSET transaction_timeout = 0;\n";
const KNOWN_SINCE_MAJOR: u32 = 17;
/// It stands among the settings that open a dump, before anything that is a user's.
const HEAD_BYTES: usize = 1024;

/// Whether a server of this version refuses what newer programs write.
pub(super) fn is_needed(server_major: u32) -> bool {
    server_major < KNOWN_SINCE_MAJOR
}

/// What stands in a dump's first piece before and after the line that is left out for this server.
pub(super) fn around(first: &[u8], server_major: u32) -> (&[u8], &[u8]) {
    let head = &first[..first.len().min(HEAD_BYTES)];
    match is_needed(server_major).then(|| memchr::memmem::find(head, LINE)).flatten() {
        None => (first, &[]),
        Some(at) => (&first[..=at], &first[at + LINE.len()..]),
    }
}

/// Passes on what a server of this version can carry out. Its first piece must hold the head.
pub(super) struct Fitting<'a> {
    pub(super) out: &'a mut dyn Write,
    pub(super) server_major: u32,
    pub(super) is_begun: bool,
}

impl Write for Fitting<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if std::mem::replace(&mut self.is_begun, true) {
            return self.out.write(piece);
        }
        let (before, after) = around(piece, self.server_major);
        self.out.write_all(before)?;
        self.out.write_all(after)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(server_major: u32, pieces: &[&str]) -> String {
        let mut out = Vec::new();
        let mut fitting = Fitting { out: &mut out, server_major, is_begun: false };
        for piece in pieces {
            assert!(fitting.write_all(piece.as_bytes()).is_ok());
        }
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn one_line_of_the_head_is_left_out_for_servers_that_do_not_know_it() {
        let head = "--\nSET lock_timeout = 0;\nSET transaction_timeout = 0;\nSET client_encoding = 'UTF8';\n";
        let row = "x\nSET transaction_timeout = 0;\n";
        assert_eq!(fitted(17, &[head, row]), [head, row].concat());
        let without = head.replace("SET transaction_timeout = 0;\n", "");
        assert_eq!(fitted(16, &[head, row]), [&without, row].concat());
        let far = [&" ".repeat(HEAD_BYTES), row].concat();
        assert_eq!(fitted(16, &[&far]), far);
    }
}
