//! COPY rows: found by their line ends, each hashed with XXH3-128 wherever the pieces break it,
//! the hashes summed modulo 2^128. Never holds a row: one may be a gigabyte.

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::domain::manifest::RowSum;

/// What ends a block of COPY rows.
const END: &[u8] = b"\\.";

/// The rows of one COPY block.
pub(super) struct Rows {
    pub(super) count: u64,
    /// Of all row hashes, modulo 2^128: under xor two equal rows would cancel.
    pub(super) sum: u128,
    /// The row that the last piece left unfinished.
    partial: Option<Partial>,
    /// The COPY line itself has not ended yet.
    in_copy_line: bool,
}

struct Partial {
    hash: Box<Xxh3>,
    /// Its first bytes, one more than the end mark has.
    head: Vec<u8>,
}

impl Rows {
    /// Begins right after the semicolon of the COPY statement.
    pub(super) fn new() -> Self {
        Self { count: 0, sum: 0, partial: None, in_copy_line: true }
    }

    /// Reads on; returns how many bytes that took, and whether the block has ended.
    pub(super) fn push(&mut self, piece: &[u8]) -> (usize, bool) {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', piece) {
            if self.row(&piece[start..end]) {
                return (end + 1, true);
            }
            start = end + 1;
        }
        self.begin(&piece[start..]);
        (piece.len(), false)
    }

    /// What the rows come to, of a stream that ends without an end mark.
    pub(super) fn summed(self) -> RowSum {
        RowSum::new(self.count, self.sum)
    }

    /// Takes the last part of a row, or all of it; tells whether it was the end mark.
    fn row(&mut self, bytes: &[u8]) -> bool {
        if std::mem::take(&mut self.in_copy_line) {
            return false;
        }
        let hash = match self.partial.take() {
            None if bytes == END => return true,
            None => xxh3_128(bytes),
            Some(mut partial) => {
                partial.take(bytes);
                if partial.head == END {
                    return true;
                }
                partial.hash.digest128()
            }
        };
        self.count += 1;
        self.sum = self.sum.wrapping_add(hash);
        false
    }

    fn begin(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() && !self.in_copy_line {
            self.partial.get_or_insert_with(Partial::new).take(bytes);
        }
    }
}

impl Partial {
    fn new() -> Self {
        Self { hash: Box::default(), head: Vec::with_capacity(END.len() + 1) }
    }

    fn take(&mut self, bytes: &[u8]) {
        let room = END.len() + 1 - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.hash.update(bytes);
    }
}
