//! Takes a tar stream apart: our own archives, and those GNU tar writes. Every header's checksum
//! and the blocks that end an archive are demanded; what is not a file, folder or link is
//! refused.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use tokio_tar::Header;

use super::damaged;
use super::entry::{Attribute, Entry, Moment, What};
use super::header::{BLOCK_BYTES, padding};
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::stop::Stop;

/// The bound of a long name or of an entry's records: far above what a kernel lets an entry have,
/// far below what a hostile header could ask for.
const EXTENSION_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Content passes in pieces of at most this size.
const PIECE_BYTES: usize = 256 * 1024;

/// An archive being read.
pub(super) struct Reader<'a> {
    raw: BufReader<&'a mut dyn Read>,
    stop: &'a Stop,
    /// Content of the last entry that was not read yet, with its padding.
    content_left: u64,
    padding_left: usize,
}

/// What stood before an entry to say more about it.
#[derive(Default)]
struct More {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    records: Vec<Attribute>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(raw: &'a mut dyn Read, stop: &'a Stop) -> Self {
        Self { raw: BufReader::with_capacity(PIECE_BYTES, raw), stop, content_left: 0, padding_left: 0 }
    }

    /// The next entry; `None` once the end blocks and nothing but zeros after them were seen.
    ///
    /// # Errors
    /// Where the stream is cut, damaged, or holds what is refused.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, Trouble> {
        self.content(&mut |_piece| Ok(()))?;
        self.stop.check(Stage::Dump)?;
        let mut more = More::default();
        loop {
            let block = self.block()?;
            if block == [0; BLOCK_BYTES] {
                return self.end().map(|()| None);
            }
            let header = Header::from_byte_slice(&block);
            if !checksum_holds(header) {
                return Err(damaged("a header's checksum does not hold"));
            }
            let size = number(header.raw_entry_size())?;
            match header.entry_type().as_byte() {
                b'L' => more.path = Some(without_end(self.extension(size)?)),
                b'K' => more.link = Some(without_end(self.extension(size)?)),
                b'x' => more.records = split_records(&self.extension(size)?)?,
                // Global records are comments of the program that wrote them.
                b'g' => drop(self.extension(size)?),
                _ => return self.entry(header, size, more).map(Some),
            }
        }
    }

    /// Hands the content of the last entry over, piece by piece.
    ///
    /// # Errors
    /// Where the stream is cut, or `take` fails.
    pub(super) fn content(&mut self, take: &mut dyn FnMut(&[u8]) -> Result<(), Trouble>) -> Result<(), Trouble> {
        while self.content_left > 0 {
            self.stop.check(Stage::Dump)?;
            let piece = match self.raw.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(self.stop, &error)),
                Ok([]) => return Err(cut()),
                Ok(piece) => piece,
            };
            let length = usize::try_from(self.content_left).map_or(piece.len(), |left| left.min(piece.len()));
            take(&piece[..length])?;
            self.raw.consume(length);
            self.content_left -= length as u64;
        }
        let mut rest = [0; BLOCK_BYTES];
        let length = std::mem::take(&mut self.padding_left);
        self.fill(&mut rest[..length])
    }

    fn entry(&mut self, header: &Header, size: u64, more: More) -> Result<Entry, Trouble> {
        let mut entry = Entry {
            path: more.path.unwrap_or_else(|| header.path_bytes().into_owned()),
            what: What::File,
            mode: number(header.mode())? & 0o7777,
            uid: number(header.uid())?,
            gid: number(header.gid())?,
            mtime: Moment { secs: i64::try_from(number(header.mtime())?).unwrap_or(i64::MAX), nanos: 0 },
            size_bytes: size,
            link: more.link.or_else(|| header.link_name_bytes().map(Cow::into_owned)).unwrap_or_default(),
            attributes: Vec::new(),
        };
        for (key, value) in more.records {
            apply_record(&mut entry, &key, value)?;
        }
        let letter = header.entry_type().as_byte();
        entry.what = match letter {
            // Before there was a letter for folders, a `/` at the end said it.
            0 if entry.path.ends_with(b"/") => What::Folder,
            0 | b'0' | b'7' => What::File,
            b'1' => What::HardLink,
            b'2' => What::Link,
            b'5' => What::Folder,
            _ => {
                let (path, letter) = (String::from_utf8_lossy(&entry.path), char::from(letter));
                return Err(damaged(format!("`{path}` is no file, folder or link (type `{letter}`)")));
            }
        };
        while entry.path.len() > 1 && entry.path.ends_with(b"/") {
            entry.path.pop();
        }
        if !matches!(entry.what, What::Link | What::HardLink) {
            entry.link.clear();
        }
        if entry.what == What::File {
            self.content_left = entry.size_bytes;
            self.padding_left = padding(entry.size_bytes).len();
        } else if entry.size_bytes != 0 {
            return Err(damaged(format!("`{}` is no file and has content", String::from_utf8_lossy(&entry.path))));
        }
        Ok(entry)
    }

    fn block(&mut self) -> Result<[u8; BLOCK_BYTES], Trouble> {
        let mut block = [0; BLOCK_BYTES];
        self.fill(&mut block)?;
        Ok(block)
    }

    fn extension(&mut self, size: u64) -> Result<Vec<u8>, Trouble> {
        if size > EXTENSION_BYTES_MAX {
            return Err(damaged(format!("a name or record of {size} bytes")));
        }
        let mut content = vec![0; usize::try_from(size).unwrap_or(0)];
        self.fill(&mut content)?;
        let mut rest = [0; BLOCK_BYTES];
        self.fill(&mut rest[..padding(size).len()])?;
        Ok(content)
    }

    /// The second end block, and after it zeros alone: a program may fill up a record.
    fn end(&mut self) -> Result<(), Trouble> {
        let mut block = self.block()?;
        loop {
            if block.iter().any(|byte| *byte != 0) {
                return Err(damaged("something stands after the end of the archive"));
            }
            self.stop.check(Stage::Dump)?;
            match self.raw.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => block = [0; BLOCK_BYTES],
                Err(error) => return Err(unreadable(self.stop, &error)),
                Ok([]) => return Ok(()),
                Ok(_) => block = self.block()?,
            }
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Trouble> {
        self.raw.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => cut(),
            _ => unreadable(self.stop, &error),
        })
    }
}

fn apply_record(entry: &mut Entry, key: &[u8], value: Vec<u8>) -> Result<(), Trouble> {
    let text = || std::str::from_utf8(&value).unwrap_or_default();
    let wrong = || damaged(format!("the record `{}` cannot be read", String::from_utf8_lossy(key)));
    match key {
        b"path" => entry.path = value,
        b"linkpath" => entry.link = value,
        b"size" => entry.size_bytes = text().parse().map_err(|_| wrong())?,
        b"uid" => entry.uid = text().parse().map_err(|_| wrong())?,
        b"gid" => entry.gid = text().parse().map_err(|_| wrong())?,
        b"mtime" => entry.mtime = moment(text()).ok_or_else(wrong)?,
        _ if key.starts_with(b"GNU.sparse.") => return Err(damaged("sparse files of GNU tar are not supported")),
        _ => {
            if let Some(name) = key.strip_prefix(b"SCHILY.xattr.") {
                entry.attributes.push((unescaped(name), value));
            }
        }
    }
    Ok(())
}

/// `secs[.fraction]`, with a sign before both.
fn moment(text: &str) -> Option<Moment> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let secs: i64 = whole.parse().ok()?;
    let nanos: u32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some(if sign < 0 && nanos > 0 {
        Moment { secs: -secs - 1, nanos: 1_000_000_000 - nanos }
    } else {
        Moment { secs: sign * secs, nanos }
    })
}

fn split_records(mut bytes: &[u8]) -> Result<Vec<Attribute>, Trouble> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let record = first_record(bytes).ok_or_else(|| damaged("records that cannot be read"))?;
        let (length, key, value) = record;
        records.push((key.to_owned(), value.to_owned()));
        bytes = &bytes[length..];
    }
    Ok(records)
}

fn first_record(bytes: &[u8]) -> Option<(usize, &[u8], &[u8])> {
    let space = memchr::memchr(b' ', bytes)?;
    let length: usize = std::str::from_utf8(&bytes[..space]).ok()?.parse().ok()?;
    let line = bytes.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = memchr::memchr(b'=', line)?;
    Some((length, &line[..equals], &line[equals + 1..]))
}

fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let [first, after @ ..] = rest {
        let (byte, next) = match rest {
            [b'%', b'2', b'5', next @ ..] => (b'%', next),
            [b'%', b'3', b'D', next @ ..] => (b'=', next),
            _ => (*first, after),
        };
        plain.push(byte);
        rest = next;
    }
    plain
}

/// A long name ends in a zero.
fn without_end(mut name: Vec<u8>) -> Vec<u8> {
    if let Some(end) = memchr::memchr(0, &name) {
        name.truncate(end);
    }
    name
}

fn checksum_holds(header: &Header) -> bool {
    let sum: u32 = header.as_bytes().iter().map(|byte| u32::from(*byte)).sum();
    let field: u32 = header.as_old().cksum.iter().map(|byte| u32::from(*byte)).sum();
    // The field itself is summed as eight spaces.
    header.cksum().is_ok_and(|stated| stated == sum - field + 8 * u32::from(b' '))
}

fn number<T>(read: io::Result<T>) -> Result<T, Trouble> {
    read.map_err(|_| damaged("a number of a header cannot be read"))
}

fn cut() -> Trouble {
    damaged("it ends before its end blocks")
}

fn unreadable(stop: &Stop, error: &io::Error) -> Trouble {
    match stop.reason() {
        Some(reason) => Trouble::stopped(Stage::Dump, reason),
        None => Trouble::passing(Stage::Dump, format!("read the archive: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::header::encode;
    use super::super::owners::Owners;
    use super::*;

    fn moments() -> impl Strategy<Value = Moment> {
        (-10_000_000_000_i64..100_000_000_000, prop_oneof![Just(0), 0..1_000_000_000_u32])
            .prop_map(|(secs, nanos)| Moment { secs, nanos })
    }

    fn names() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(1_u8.., 1..300).prop_map(|mut name| {
            name.iter_mut().filter(|byte| **byte == b'/').for_each(|byte| *byte = b'x');
            [b"./", name.as_slice()].concat()
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            path in names(),
            link in names(),
            letter in 0..4_usize,
            mode in 0..0o10000_u32,
            (uid, gid) in (0..u64::from(u32::MAX), 0..u64::from(u32::MAX)),
            mtime in moments(),
            size_bytes in prop_oneof![0..2000_u64, Just(1 << 40)],
            attributes in prop::collection::vec((names(), prop::collection::vec(0_u8.., 0..200)), 0..3),
        ) {
            let what = [What::File, What::Folder, What::Link, What::HardLink][letter];
            let entry = Entry {
                path,
                what,
                mode,
                uid,
                gid,
                mtime,
                size_bytes: if what == What::File { size_bytes } else { 0 },
                link: if matches!(what, What::Link | What::HardLink) { link } else { Vec::new() },
                attributes,
            };
            let owners = Owners { users: [(uid, "someone".to_owned())].into(), groups: [].into() };
            let mut blocks = Vec::new();
            encode(&entry, &owners, &mut blocks);
            prop_assert_eq!(blocks.len() % BLOCK_BYTES, 0);
            let (mut stream, stop) = (blocks.as_slice(), Stop::new());
            prop_assert_eq!(Reader::new(&mut stream, &stop).next().unwrap(), Some(entry));
        }

        #[test]
        fn no_bytes_at_all_bring_the_reader_down(bytes in prop::collection::vec(0_u8.., 0..2048)) {
            let (mut stream, stop) = (bytes.as_slice(), Stop::new());
            let mut reader = Reader::new(&mut stream, &stop);
            while let Ok(Some(_)) = reader.next() {}
        }
    }
}
