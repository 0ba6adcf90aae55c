//! Stored bytes on their way back: every byte that is read is digested, and reaching the end says
//! that they were the bytes that were stored, or those that were verified a moment before.

use std::fs::File;
use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::domain::manifest::Artifact;
use crate::domain::name::SourceName;
use crate::domain::progress::{Event, Sink};
use crate::sys::stop::Stop;

/// What identifies the bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Imprint {
    pub(super) size_bytes: u64,
    /// `sha256:<hex>`.
    pub(super) digest: String,
}

impl Imprint {
    /// What a manifest says of an artifact.
    pub(super) fn of(artifact: &Artifact) -> Self {
        Self { size_bytes: artifact.size_bytes, digest: artifact.digest.clone() }
    }
}

/// Digests what passes; at its end compares it with what is expected, where anything is.
pub(super) struct Digested<'a> {
    file: File,
    expected: Option<&'a Imprint>,
    size_bytes: u64,
    digest: Sha256,
    stop: Stop,
}

impl<'a> Digested<'a> {
    pub(super) fn new(file: File, expected: Option<&'a Imprint>, stop: &Stop) -> Self {
        Self { file, expected, size_bytes: 0, digest: Sha256::new(), stop: stop.clone() }
    }

    /// What has passed.
    pub(super) fn imprint(&self) -> Imprint {
        let digest = format!("sha256:{}", hex::encode(self.digest.clone().finalize()));
        Imprint { size_bytes: self.size_bytes, digest }
    }
}

impl Read for Digested<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.stop.check_io()?;
        let read = self.file.read(into)?;
        self.digest.update(&into[..read]);
        self.size_bytes += read as u64;
        if read == 0 && !into.is_empty() && self.expected.is_some_and(|expected| *expected != self.imprint()) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the bytes are not those that were stored"));
        }
        Ok(read)
    }
}

/// Tells of the bytes that pass.
pub(super) struct Told<'a, R> {
    pub(super) from: R,
    pub(super) source: &'a SourceName,
    pub(super) progress: &'a dyn Sink,
    /// Whether anything was read.
    pub(super) began: bool,
}

impl<R: Read> Read for Told<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.began = true;
        let read = self.from.read(into)?;
        self.progress.event(Event::Bytes { source: self.source.clone(), more: read as u64 });
        Ok(read)
    }
}

/// Counts what passes.
pub(super) struct Counted<R> {
    pub(super) from: R,
    pub(super) bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

/// Large enough that a disk reads at its own speed.
const PIECE_BYTES: usize = 256 * 1024;

/// Reads to the end and returns how much that was.
pub(super) fn read_out(from: &mut dyn Read) -> io::Result<u64> {
    let (mut piece, mut bytes) = (vec![0; PIECE_BYTES], 0);
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(bytes),
            Ok(read) => bytes += read as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
