//! The names in one folder, sorted by raw bytes and held in one piece: a folder of a million
//! files costs their names and eight bytes each.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;

use rustix::fs::{FileType, RawDir};
use rustix::io::Errno;

/// What the kernel hands over at a time.
const BUFFER_BYTES: usize = 16 * 1024;

/// Sorted names, each with what the file system says it is.
pub(super) struct Listing {
    /// Each name ends in a zero.
    bytes: Vec<u8>,
    starts: Vec<(u32, FileType)>,
}

impl Listing {
    /// Lists an open folder. Where the list ends in an error, the names before it are given too.
    pub(super) fn of(folder: BorrowedFd<'_>) -> (Self, Result<(), Errno>) {
        let mut listing = Self { bytes: Vec::new(), starts: Vec::new() };
        let mut buffer = [const { MaybeUninit::uninit() }; BUFFER_BYTES];
        let mut entries = RawDir::new(folder, &mut buffer);
        let mut ended = Ok(());
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) if matches!(entry.file_name().to_bytes(), b"." | b"..") => {}
                Ok(entry) => ended = listing.add(entry.file_name(), entry.file_type()),
                Err(error) => ended = Err(error),
            }
            if ended.is_err() {
                break;
            }
        }
        let bytes = &listing.bytes;
        listing.starts.sort_unstable_by_key(|(start, _)| name_at(bytes, *start));
        (listing, ended)
    }

    /// The n-th name in order.
    pub(super) fn get(&self, nth: usize) -> Option<(&CStr, FileType)> {
        self.starts.get(nth).map(|(start, file_type)| (name_at(&self.bytes, *start), *file_type))
    }

    fn add(&mut self, name: &CStr, file_type: FileType) -> Result<(), Errno> {
        // Four GiB of names in one folder: the rest is told as what cannot be read.
        let start = u32::try_from(self.bytes.len()).map_err(|_| Errno::OVERFLOW)?;
        self.starts.push((start, file_type));
        self.bytes.extend_from_slice(name.to_bytes_with_nul());
        Ok(())
    }
}

fn name_at(bytes: &[u8], start: u32) -> &CStr {
    CStr::from_bytes_until_nul(&bytes[start as usize..]).unwrap_or_default()
}
