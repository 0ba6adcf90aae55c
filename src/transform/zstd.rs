//! Zstandard: one frame with a checksum, compressed by zstd's own threads.
//!
//! Left alone those take 8 to 100 MiB each. Jobs of 1 MiB, fewer threads and, on high levels,
//! smaller tables keep the process within the same bound as gzip (at most 38 MiB at 8 threads,
//! measured), for 1 to 4 % of size on levels above 9.

use std::io::{self, Write};
use std::pin::Pin;

use async_compression::Level;
use async_compression::tokio::write::ZstdEncoder;
use async_compression::zstd::CParameter;
use tokio::io::AsyncWrite;

use super::by_hand::at_once;
use super::stored::Stored;

/// What one of zstd's threads compresses at a time. Each needs room for it, twice.
const JOB_BYTES: u32 = 1 << 20;

/// More would not fit into the bound; two are faster already than a source gives its data.
const THREADS_MAX: usize = 3;

/// From this level on zstd searches large tables, a set for each thread.
const HUNGRY_LEVEL: u8 = 7;

/// So many threads of such a level fit into the bound, …
const HUNGRY_THREADS_MAX: usize = 2;

/// … with tables of 2^19 entries and a window of 2^20 bytes, which a job is.
const HUNGRY_TABLES_LOG: u32 = 19;
const HUNGRY_WINDOW_LOG: u32 = 20;

/// Taken at once: between two pieces what was compressed is passed on, so that it never piles up.
const PIECE_BYTES: usize = 64 * 1024;

/// Compresses what is written to it into a file.
pub(super) struct ZstdStream {
    /// Leaves what it has compressed in memory, from where it is passed on after each write.
    encoder: ZstdEncoder<Vec<u8>>,
    stored: Stored,
}

impl ZstdStream {
    /// `level` on zstd's scale, 1 to 19.
    pub(super) fn new(stored: Stored, level: u8, threads: usize) -> Self {
        let is_hungry = level >= HUNGRY_LEVEL;
        let threads = threads.min(if is_hungry { HUNGRY_THREADS_MAX } else { THREADS_MAX });
        let workers = u32::try_from(threads).unwrap_or(1);
        let mut parameters =
            vec![CParameter::checksum_flag(true), CParameter::nb_workers(workers), CParameter::job_size(JOB_BYTES)];
        if is_hungry {
            parameters.push(CParameter::window_log(HUNGRY_WINDOW_LOG));
            parameters.push(CParameter::hash_log(HUNGRY_TABLES_LOG));
            parameters.push(CParameter::chain_log(HUNGRY_TABLES_LOG));
        }
        let level = Level::Precise(i32::from(level.clamp(1, 19)));
        Self { encoder: ZstdEncoder::with_quality_and_params(Vec::new(), level, &parameters), stored }
    }

    /// Ends the frame.
    ///
    /// # Errors
    /// The file's.
    pub(super) fn finish(mut self) -> io::Result<Stored> {
        at_once(|context| Pin::new(&mut self.encoder).poll_shutdown(context))?;
        self.pass_on()?;
        Ok(self.stored)
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let compressed = self.encoder.get_mut();
        self.stored.write_all(compressed)?;
        compressed.clear();
        Ok(())
    }
}

impl Write for ZstdStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE_BYTES)];
        let taken = at_once(|context| Pin::new(&mut self.encoder).poll_write(context, piece))?;
        self.pass_on()?;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
