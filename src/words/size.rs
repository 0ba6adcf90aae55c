//! Bytes for people, in one family of units everywhere: `45.1 MB` is 45.1 million bytes.

/// `45.1 MB`
pub fn size(bytes: u64) -> String {
    bytesize::ByteSize::b(bytes).display().si().to_string()
}
