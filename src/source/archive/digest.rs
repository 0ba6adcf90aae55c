//! The digest of a tree: a sum, so that it can be taken as entries pass and does not depend on
//! their order; of SHA-256, so that nobody can make another tree of the same digest.

use std::io::{self, BufRead, Read};

use sha2::{Digest, Sha256};

use super::entry::{Entry, Moment, What};

/// All of an encoding but path and target.
const FIXED_BYTES: usize = 89;

/// The sum modulo 2^256, as `sha256sum:<64 hex>`, of the SHA-256 of each entry's encoding:
///
/// ```text
/// u64 length of the path, the path as stored without a `/` at its end
/// u8  `f` file, `d` folder, `l` symbolic link, `h` hard link
/// u32 mode (12 bits)   u64 uid   u64 gid   u64 size
/// i64 seconds and u32 nanoseconds of the time of modification
/// u64 length of the link target, the target
/// 32 bytes SHA-256 of the content (of nothing where there is none)
/// ```
///
/// All numbers big-endian. Attributes and ACLs are no part of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TreeDigest {
    /// Least significant first.
    sum: [u64; 4],
}

impl TreeDigest {
    /// Adds an entry whose content has the digest `content`.
    pub(super) fn add(&mut self, entry: &Entry, content: &[u8; 32]) {
        self.add_hash(&Sha256::digest(encoded(entry, content)).into());
    }

    fn add_hash(&mut self, hash: &[u8; 32]) {
        let mut carry = false;
        for (limb, bytes) in self.sum.iter_mut().zip(hash.rchunks_exact(8)) {
            let term = bytes.iter().fold(0, |term, byte| (term << 8) | u64::from(*byte));
            (*limb, carry) = limb.carrying_add(term, carry);
        }
    }

    /// As it stands in a manifest.
    pub(super) fn text(&self) -> String {
        let [a, b, c, d] = self.sum;
        format!("sha256sum:{d:016x}{c:016x}{b:016x}{a:016x}")
    }
}

/// The encoding that is summed.
pub(super) fn encoded(entry: &Entry, content: &[u8; 32]) -> Vec<u8> {
    let letter = match entry.what {
        What::File => b'f',
        What::Folder => b'd',
        What::Link => b'l',
        What::HardLink => b'h',
    };
    let mut bytes = Vec::with_capacity(FIXED_BYTES + entry.path.len() + entry.link.len());
    bytes.extend_from_slice(&(entry.path.len() as u64).to_be_bytes());
    bytes.extend_from_slice(&entry.path);
    bytes.push(letter);
    bytes.extend_from_slice(&entry.mode.to_be_bytes());
    bytes.extend_from_slice(&entry.uid.to_be_bytes());
    bytes.extend_from_slice(&entry.gid.to_be_bytes());
    bytes.extend_from_slice(&entry.size_bytes.to_be_bytes());
    bytes.extend_from_slice(&entry.mtime.secs.to_be_bytes());
    bytes.extend_from_slice(&entry.mtime.nanos.to_be_bytes());
    bytes.extend_from_slice(&(entry.link.len() as u64).to_be_bytes());
    bytes.extend_from_slice(&entry.link);
    bytes.extend_from_slice(content);
    bytes
}

/// Reads back one entry that was written so; `None` where there is none any more.
///
/// # Errors
/// The reader's, and where the bytes are cut or no such encoding.
pub(super) fn decoded(from: &mut impl BufRead) -> io::Result<Option<(Entry, [u8; 32])>> {
    if from.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let path = text(from)?;
    let what = match number(from)? {
        [b'f'] => What::File,
        [b'd'] => What::Folder,
        [b'l'] => What::Link,
        [b'h'] => What::HardLink,
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    let mode = u32::from_be_bytes(number(from)?);
    let [uid, gid, size_bytes] = [number(from)?, number(from)?, number(from)?].map(u64::from_be_bytes);
    let mtime = Moment { secs: i64::from_be_bytes(number(from)?), nanos: u32::from_be_bytes(number(from)?) };
    let link = text(from)?;
    let entry = Entry { path, what, mode, uid, gid, mtime, size_bytes, link, attributes: Vec::new() };
    Ok(Some((entry, number(from)?)))
}

fn number<const N: usize>(from: &mut impl BufRead) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes).map(|()| bytes)
}

fn text(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let length = u64::from_be_bytes(number(from)?);
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// The digest of content that is held whole.
pub(super) fn of(content: &[u8]) -> [u8; 32] {
    Sha256::digest(content).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            path: b"./a".to_vec(),
            what: What::File,
            mode: 0o644,
            uid: 1,
            gid: 2,
            mtime: Moment { secs: 3, nanos: 4 },
            size_bytes: 5,
            link: Vec::new(),
            attributes: Vec::new(),
        }
    }

    #[test]
    fn a_sum_carries_over_and_wraps() {
        let mut one = [0; 32];
        one[31] = 1;
        let mut digest = TreeDigest::default();
        digest.add_hash(&[0xff; 32]);
        digest.add_hash(&one);
        assert_eq!(digest, TreeDigest::default(), "2^256 - 1 + 1 is 0");
        digest.add_hash(&one);
        assert_eq!(digest.text(), format!("sha256sum:{}1", "0".repeat(63)));
        let mut high = [0; 32];
        high[24..].fill(0xff);
        digest.add_hash(&high);
        assert_eq!(digest.text(), format!("sha256sum:{}1{}", "0".repeat(47), "0".repeat(16)));
    }

    #[test]
    fn every_part_of_an_entry_counts_and_order_does_not() {
        let digest_of = |entries: &[&Entry]| {
            let mut digest = TreeDigest::default();
            for entry in entries {
                digest.add(entry, &of(b""));
            }
            digest.text()
        };
        let base = entry();
        let others = [
            Entry { path: b"./b".to_vec(), ..entry() },
            Entry { what: What::HardLink, ..entry() },
            Entry { mode: 0o600, ..entry() },
            Entry { uid: 9, ..entry() },
            Entry { gid: 9, ..entry() },
            Entry { mtime: Moment { secs: 9, nanos: 4 }, ..entry() },
            Entry { mtime: Moment { secs: 3, nanos: 9 }, ..entry() },
            Entry { size_bytes: 9, ..entry() },
            Entry { link: b"x".to_vec(), ..entry() },
        ];
        for other in &others {
            assert_ne!(digest_of(&[&base]), digest_of(&[other]), "{other:?}");
        }
        assert_eq!(digest_of(&[&base, &others[0]]), digest_of(&[&others[0], &base]));
        assert_ne!(digest_of(&[&base, &base]), digest_of(&[&base]));
        let all: Vec<u8> = others.iter().flat_map(|other| encoded(other, &of(b"x"))).collect();
        let mut from = all.as_slice();
        for other in &others {
            assert_eq!(decoded(&mut from).unwrap(), Some((other.clone(), of(b"x"))));
        }
        assert!(decoded(&mut from).unwrap().is_none() && decoded(&mut &all[..all.len() - 1]).is_ok());
        assert!(decoded(&mut &all[..20]).is_err());
        let mut with_content = TreeDigest::default();
        with_content.add(&base, &of(b"x"));
        assert_ne!(with_content.text(), digest_of(&[&base]));
    }
}
