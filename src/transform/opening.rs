//! Opening: stored bytes back into raw ones, by the codecs of async-compression driven by hand.
//! Reaching the end in order means that every member or frame was whole and its checksum right;
//! anything else, bytes after the last one included, is an error, and stays one.

use std::io::{self, Read};
use std::pin::Pin;

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use tokio::io::{AsyncRead, BufReader, ReadBuf};

use super::by_hand::{Blocking, at_once};
use crate::domain::artifact::Compression;

/// Read from the file at once.
const READ_BYTES: usize = 64 * 1024;

/// Reads stored bytes back as raw bytes: every member of a gzip file, every frame of a zstd one.
pub fn open<'a>(stored: impl Read + Send + 'a, compression: Compression) -> Box<dyn Read + Send + 'a> {
    match compression {
        Compression::None | Compression::Internal => Box::new(stored),
        Compression::Gzip => {
            let mut decoder = GzipDecoder::new(buffered(stored));
            decoder.multiple_members(true);
            Box::new(Opened { decoder, failed: false })
        }
        Compression::Zstd => {
            let mut decoder = ZstdDecoder::new(buffered(stored));
            decoder.multiple_members(true);
            Box::new(Opened { decoder, failed: false })
        }
    }
}

fn buffered<R: Read>(stored: R) -> BufReader<Blocking<R>> {
    BufReader::with_capacity(READ_BYTES, Blocking(stored))
}

/// An async decoder as a plain reader.
struct Opened<D> {
    decoder: D,
    failed: bool,
}

impl<D: AsyncRead + Unpin> Read for Opened<D> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            // The decoder says "end" after an error; whoever reads on shall not believe it.
            return Err(io::Error::new(io::ErrorKind::InvalidData, "read on after an error"));
        }
        let mut room = ReadBuf::new(room);
        let read = at_once(|context| Pin::new(&mut self.decoder).poll_read(context, &mut room));
        self.failed = read.is_err();
        read.map(|()| room.filled().len())
    }
}
