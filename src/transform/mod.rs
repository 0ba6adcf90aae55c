//! Floor 2: reversible changes on the way to the store. Sealing compresses, digests and counts
//! in one passing stream of bounded memory; opening reads any of it back.
//!
//! Given: raw bytes and a file to write. Returns: what was written, or the raw bytes again.
//! Never: knows what the bytes mean, holds more than a few blocks of them.

mod by_hand;
mod gzip;
mod line;
mod opening;
mod sealer;
mod stored;
mod zstd;

pub use opening::open;
pub use sealer::Sealer;

use crate::domain::artifact::Compression;

/// How to seal.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    pub compression: Compression,
    /// 1 to 12 for gzip (libdeflate's scale), 1 to 19 for zstd; nothing to the others.
    pub level: u8,
    /// 1 to 8.
    pub threads: usize,
}

/// What was written, once it is whole and durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub size_bytes: u64,
    pub raw_bytes: u64,
    /// `sha256:<hex>` of the bytes as stored.
    pub digest: String,
}
