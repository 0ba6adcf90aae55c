//! One stored file read again: every byte once, on its way from the disk through size and digest,
//! through decompression, into whoever counts what it holds.

use std::fs::File;
use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::domain::artifact::Compression;
use crate::domain::manifest::Content;
use crate::domain::name::SourceName;
use crate::domain::progress::Event;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::transform;

/// Read at once where nobody else decides how much.
const PIECE_BYTES: usize = 256 * 1024;

/// What one reading gave.
pub(super) struct Reading {
    pub(super) size_bytes: u64,
    /// After decompression; all of them only where the inspection came to a good end.
    pub(super) raw_bytes: u64,
    /// `sha256:<hex>` of the bytes as stored.
    pub(super) digest: String,
    pub(super) inspected: Result<Content, Trouble>,
    /// Why the disk did not give all bytes.
    pub(super) unread: Option<String>,
}

impl Reading {
    /// Reads a file to its end, also where `inspect` gives up before: the digest is of all of it.
    ///
    /// # Errors
    /// Where the run was asked to end.
    pub(super) fn of(
        file: File,
        compression: Compression,
        expected_bytes: u64,
        told_as: &SourceName,
        work: &Work,
        inspect: impl FnOnce(&mut dyn Read) -> Result<Content, Trouble>,
    ) -> Result<Self, Trouble> {
        let progress = &work.progress;
        let stage =
            Event::Stage { source: Some(told_as.clone()), stage: "verify", expected_bytes: Some(expected_bytes) };
        progress.event(stage);
        let mut stored = Stored { file, work, told_as, size_bytes: 0, digest: Sha256::new(), unread: None };
        let mut raw = Counted { from: transform::open(&mut stored, compression), bytes: 0 };
        let inspected = inspect(&mut raw);
        let raw_bytes = raw.bytes;
        drop(raw);
        let _told_as_unread = io::copy(&mut io::BufReader::with_capacity(PIECE_BYTES, &mut stored), &mut io::sink());
        progress.event(Event::StageEnded { source: told_as.clone() });
        work.stop.check(Stage::Verify)?;
        let Stored { size_bytes, digest, unread, .. } = stored;
        Ok(Self {
            size_bytes,
            raw_bytes,
            digest: format!("sha256:{}", hex::encode(digest.finalize())),
            inspected,
            unread,
        })
    }
}

/// The file as stored, counted and digested as it passes.
struct Stored<'a> {
    file: File,
    work: &'a Work,
    told_as: &'a SourceName,
    size_bytes: u64,
    digest: Sha256,
    unread: Option<String>,
}

impl Read for Stored<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.work.stop.check_io()?;
        let read = self.file.read(room).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.unread.get_or_insert(error.to_string());
            }
        })?;
        self.digest.update(&room[..read]);
        self.size_bytes += read as u64;
        self.work.progress.event(Event::Bytes { source: self.told_as.clone(), more: read as u64 });
        Ok(read)
    }
}

struct Counted<R> {
    from: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(room)?;
        self.bytes += read as u64;
        Ok(read)
    }
}
