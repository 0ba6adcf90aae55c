//! Sealing: raw bytes in, a whole and durable file out.
//!
//! The caller's bytes are gathered into blocks; a line of threads compresses, digests and writes
//! them behind its back. An error of those threads comes back from the next `write` or from
//! [`Sealer::finish`], and from every call after it. What was started is ended: a `Sealer` that
//! goes, in whatever way, leaves no thread behind.

use std::io::{self, Write};
use std::path::PathBuf;

use super::gzip;
use super::line::{Block, Line, Packer};
use super::stored::Stored;
use super::zstd::ZstdStream;
use super::{Recipe, Sealed};
use crate::domain::artifact::Compression;
use crate::sys::files::{self, WriteFile};
use crate::sys::stop::Stop;

/// More threads than this would break the bound on memory.
const THREADS_MAX: usize = 8;

/// Takes raw bytes and writes them sealed into a file. Dropped before [`Sealer::finish`], it
/// leaves a part of a file behind and nothing running.
pub struct Sealer {
    line: Line<Tail>,
    /// The block being filled.
    block: Option<Block>,
    raw_bytes: u64,
    stop: Stop,
    path: PathBuf,
    failed: Option<io::Error>,
}

impl Sealer {
    /// # Errors
    /// Where threads cannot be started.
    pub fn start(file: WriteFile, recipe: Recipe, stop: &Stop) -> io::Result<Self> {
        let path = file.path().to_owned();
        let threads = recipe.threads.clamp(1, THREADS_MAX);
        let stored = Stored::new(file);
        let (packers, tail) = match recipe.compression {
            Compression::Gzip => (gzip::packers(recipe.level, threads), Tail::Plain(stored)),
            Compression::Zstd => (Vec::new(), Tail::Zstd(ZstdStream::new(stored, recipe.level, threads))),
            Compression::None | Compression::Internal => (Vec::<Packer>::new(), Tail::Plain(stored)),
        };
        let line = Line::start(packers, tail)?;
        Ok(Self { line, block: None, raw_bytes: 0, stop: stop.clone(), path, failed: None })
    }

    /// Ends the stream in order, makes it durable, and compares the bytes written with those the
    /// file system says are there.
    ///
    /// # Errors
    /// The system's, or where the two differ.
    pub fn finish(mut self) -> io::Result<Sealed> {
        self.check()?;
        if let Some(rest) = self.block.take() {
            self.line.put(rest)?;
        } else if self.raw_bytes == 0 {
            // An empty block: also nothing at all is a gzip file of one member.
            let empty = self.line.free_block()?;
            self.line.put(empty)?;
        }
        let stored = match self.line.close()? {
            Tail::Plain(stored) => stored,
            Tail::Zstd(stream) => stream.finish()?,
        };
        let (size_bytes, digest) = stored.finish()?;
        Ok(Sealed { size_bytes, raw_bytes: self.raw_bytes, digest })
    }

    fn take(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let mut block = match self.block.take() {
                Some(block) => block,
                None => self.line.free_block()?,
            };
            bytes = block.fill(bytes);
            if block.is_full() {
                self.line.put(block)?;
            } else {
                self.block = Some(block);
            }
        }
        Ok(())
    }

    fn check(&self) -> io::Result<()> {
        self.stop.check_io()?;
        self.failed.as_ref().map_or(Ok(()), |failed| Err(self.again(failed)))
    }

    /// A failure told once more, with its path and number: who met it first may have kept it.
    fn again(&self, failed: &io::Error) -> io::Error {
        match files::errno(failed) {
            Some(number) => files::at(&self.path, io::Error::from_raw_os_error(number)),
            None => io::Error::new(failed.kind(), failed.to_string()),
        }
    }
}

impl Write for Sealer {
    /// Takes all of `bytes`, waiting for the line where it is behind.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.check()?;
        if let Err(error) = self.take(bytes) {
            let told = self.again(&error);
            self.failed = Some(error);
            return Err(told);
        }
        self.raw_bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    /// Nothing to do: blocks are cut where they are full and nowhere else, so that the same
    /// bytes always give the same file.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The end of the line: the file itself, or zstd before it.
enum Tail {
    Plain(Stored),
    Zstd(ZstdStream),
}

impl Write for Tail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Tail::Plain(stored) => stored.write(bytes),
            Tail::Zstd(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
