//! Gzip by blocks: each block becomes one member of a multi-member file, compressed on its own
//! by libdeflate. Every gunzip reads such a file as one stream.
//!
//! A sample of each block tells what it is worth. One that would not shrink becomes a member of
//! stored pieces, 5 bytes longer for each 64 KiB; a member never grows by more. At the level in the
//! middle, the default, the search itself is chosen: where the next level makes a block much
//! smaller (logs, numbers, dates: a tenth) it gets that, where it does not (prose: a twenty-fifth)
//! the level before is a fifteenth quicker for a hundredth more.

use std::io;

use libdeflater::{CompressionLvl, Compressor};

use super::line::Packer;

/// So many bytes of a block are tried out …
const SAMPLE_BYTES: usize = 8 * 1024;

/// … in pieces from all over it: a block of an archive may begin in a photo and go on in text.
const SAMPLE_PIECES: usize = 4;

/// A block is compressed if its sample shrinks by at least so much.
const SHRINK_PERCENT_MIN: usize = 3;

/// Up to here libdeflate takes the first match it finds; the next level looks a byte further before
/// it does. At this one a block gets the level before or the one after.
const MIDDLE_LEVEL: u8 = 4;

/// What looking further must gain on the sample.
const GAIN_PERCENT_MIN: usize = 4;

/// From this level on libdeflate searches for the best parse, in 9 MiB for each thread.
const HUNGRY_LEVEL: u8 = 10;

/// So many threads of such a level fit into the bound on the process's memory (48 MiB).
const HUNGRY_THREADS_MAX: usize = 3;

/// A packer for each thread.
pub(super) fn packers(level: u8, threads: usize) -> Vec<Packer> {
    let threads = if level < HUNGRY_LEVEL { threads } else { threads.min(HUNGRY_THREADS_MAX) };
    (0..threads)
        .map(|_| {
            let mut gzip = Gzip::new(level);
            Box::new(move |raw: &[u8], room: &mut [u8]| gzip.pack(raw, room)) as Packer
        })
        .collect()
}

/// What may be done with a block.
#[derive(Debug, PartialEq, Eq)]
enum Worth {
    Nothing,
    Compressing,
    Thoroughly,
}

/// Packs blocks into members.
struct Gzip {
    compressor: Compressor,
    /// The next level, where that is another way to search.
    thorough: Option<Compressor>,
    /// Level 0: stores bytes as they are, in the form of a member.
    storer: Compressor,
    sample: Vec<u8>,
    sample_room: Vec<u8>,
}

impl Gzip {
    /// `level` on libdeflate's scale, 1 to 12.
    fn new(level: u8) -> Self {
        let compressor = |level: u8| Compressor::new(CompressionLvl::new(i32::from(level.min(12))).unwrap_or_default());
        Self {
            compressor: compressor(if level == MIDDLE_LEVEL { level - 1 } else { level.max(1) }),
            thorough: (level == MIDDLE_LEVEL).then(|| compressor(level + 1)),
            storer: compressor(0),
            sample: Vec::with_capacity(SAMPLE_BYTES),
            sample_room: vec![0; SAMPLE_BYTES],
        }
    }

    /// Packs a block into one member; its length.
    fn pack(&mut self, raw: &[u8], room: &mut [u8]) -> io::Result<usize> {
        let packed = match self.worth(raw) {
            Worth::Nothing => None,
            Worth::Compressing => self.compressor.gzip_compress(raw, room).ok(),
            Worth::Thoroughly => self.thorough.as_mut().and_then(|thorough| thorough.gzip_compress(raw, room).ok()),
        };
        match packed {
            Some(len) => Ok(len),
            None => {
                self.storer.gzip_compress(raw, room).map_err(|_| io::Error::other("a gzip member outgrew its block"))
            }
        }
    }

    fn worth(&mut self, raw: &[u8]) -> Worth {
        if raw.len() < 4 * SAMPLE_BYTES {
            return Worth::Compressing;
        }
        self.sample.clear();
        for piece in raw.chunks(raw.len().div_ceil(SAMPLE_PIECES)) {
            self.sample.extend_from_slice(&piece[..piece.len().min(SAMPLE_BYTES / SAMPLE_PIECES)]);
        }
        // What does not even fit into so much room does not shrink by so much.
        let small = self.sample.len() * (100 - SHRINK_PERCENT_MIN) / 100;
        let Ok(len) = self.compressor.deflate_compress(&self.sample, &mut self.sample_room[..small]) else {
            return Worth::Nothing;
        };
        let smaller = len * (100 - GAIN_PERCENT_MIN) / 100;
        let gains = self
            .thorough
            .as_mut()
            .is_some_and(|thorough| thorough.deflate_compress(&self.sample, &mut self.sample_room[..smaller]).is_ok());
        if gains { Worth::Thoroughly } else { Worth::Compressing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes without a pattern: each is the top of a multiplied counter.
    fn noise(bytes: u32) -> Vec<u8> {
        let scrambled = |n: u32| n.wrapping_mul(0x9E37_79B1).rotate_left(n % 31).wrapping_mul(0x85EB_CA77);
        (0..bytes).map(|n| scrambled(n).to_be_bytes()[0]).collect()
    }

    #[test]
    fn a_sample_from_all_over_a_block_tells_whether_it_shrinks() {
        let mut gzip = Gzip::new(4);
        let mut block = noise(1 << 20);
        assert_eq!(gzip.worth(&block), Worth::Nothing);
        // Text in its last quarter alone is worth compressing.
        block[3 << 18..].fill(b'x');
        assert_eq!(gzip.worth(&block), Worth::Compressing);
    }

    #[test]
    fn what_gains_by_a_thorough_search_gets_it() {
        let at = |n: u32| format!("{n}\t2024-11-12 03:{:02}:{:02}.{:03}+00\t", n / 60 % 60, n % 60, n * 7 % 1000);
        let log: String =
            (0..20_000).map(|n| at(n) + "GET\t/assets/" + &(n * 7919 % 99_991).to_string() + "\t200\n").collect();
        let block = &log.as_bytes()[..1 << 19];
        let packed_at = |level| Gzip::new(level).pack(block, &mut vec![0; 1 << 20]).unwrap();
        assert_eq!(Gzip::new(MIDDLE_LEVEL).worth(block), Worth::Thoroughly);
        assert_eq!(packed_at(MIDDLE_LEVEL), packed_at(MIDDLE_LEVEL + 1));
        assert_eq!(Gzip::new(MIDDLE_LEVEL - 1).worth(block), Worth::Compressing);
    }

    #[test]
    fn a_block_that_does_not_shrink_is_stored_as_it_is() {
        let block = noise(1 << 20);
        let mut room = vec![0; (1 << 20) + 4096];
        let len = Gzip::new(4).pack(&block, &mut room).unwrap();
        // Header and trailer, and 5 bytes for each stored piece of at most 65,535.
        assert_eq!(len, block.len() + 18 + 17 * 5);
        assert_eq!(room[10 + 5..][..1000], block[..1000]);
    }
}
