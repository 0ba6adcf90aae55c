//! A file as it is stored: every byte written is counted and digested on its way, and at the end
//! the count is compared with what the file system says is there.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use crate::sys::files::{self, WriteFile};

pub(super) struct Stored {
    file: WriteFile,
    size_bytes: u64,
    digest: Sha256,
}

impl Stored {
    pub(super) fn new(file: WriteFile) -> Self {
        Self { file, size_bytes: 0, digest: Sha256::new() }
    }

    /// Makes the file durable; its size and digest.
    ///
    /// # Errors
    /// The system's, or where the file holds another number of bytes than were written.
    pub(super) fn finish(self) -> io::Result<(u64, String)> {
        self.file.sync()?;
        let there = self.file.size_bytes()?;
        if there != self.size_bytes {
            let differ = io::Error::other(format!("wrote {} bytes, the file holds {there}", self.size_bytes));
            return Err(files::at(self.file.path(), differ));
        }
        Ok((self.size_bytes, format!("sha256:{}", hex::encode(self.digest.finalize()))))
    }
}

impl Write for Stored {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        if written == 0 && !bytes.is_empty() {
            // `write_all` would say so too, but not where.
            return Err(files::at(self.file.path(), io::ErrorKind::WriteZero.into()));
        }
        self.digest.update(&bytes[..written]);
        self.size_bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
