//! Which of two contents a SQLite file holds, told by its pages: a copy by SQLite moves them
//! unchanged, and what was written since changes only some.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// The unit of comparison: the smallest page; a larger one is several of them.
const UNIT_BYTES: usize = 512;
/// Of the first unit these change with every write or with the journal's mode: versions of the
/// format, change counter, schema cookie, version-valid-for and SQLite's own number.
const RESTLESS: [std::ops::Range<usize>; 4] = [18..20, 24..28, 40..44, 92..100];
const BUFFER_BYTES: usize = 256 * 1024;

/// Whether `file` has more of `one` than of `other`.
///
/// # Errors
/// The system's.
pub(super) fn is_more_like(file: &Path, one: &Path, other: &Path) -> io::Result<bool> {
    let [mut file, mut one, mut other] = [Units::open(file)?, Units::open(one)?, Units::open(other)?];
    let (mut like_one, mut like_other) = (0_u64, 0_u64);
    while let Some(unit) = file.next()? {
        let (of_one, of_other) = (one.next()?, other.next()?);
        like_one += u64::from(of_one == Some(unit) && of_other != Some(unit));
        like_other += u64::from(of_other == Some(unit) && of_one != Some(unit));
    }
    Ok(like_one > like_other)
}

/// Whether an open file and one at a path hold the same bytes.
///
/// # Errors
/// The system's.
pub(super) fn same_bytes(mut one: &File, other: &Path) -> io::Result<bool> {
    one.seek(SeekFrom::Start(0))?;
    let mut one = BufReader::with_capacity(BUFFER_BYTES, one);
    let mut other = BufReader::with_capacity(BUFFER_BYTES, File::open(other)?);
    loop {
        let (a, b) = (unit(&mut one)?, unit(&mut other)?);
        if a != b {
            return Ok(false);
        }
        if a.is_none() {
            return Ok(true);
        }
    }
}

struct Units {
    file: BufReader<File>,
    at: u64,
}

impl Units {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufReader::with_capacity(BUFFER_BYTES, File::open(path)?), at: 0 })
    }

    fn next(&mut self) -> io::Result<Option<[u8; UNIT_BYTES]>> {
        let mut unit = unit(&mut self.file)?;
        if self.at == 0
            && let Some(unit) = &mut unit
        {
            for range in RESTLESS {
                unit[range].fill(0);
            }
        }
        self.at += 1;
        Ok(unit)
    }
}

/// The next bytes, the last of them filled up with zeros; `None` at the end.
fn unit(file: &mut impl Read) -> io::Result<Option<[u8; UNIT_BYTES]>> {
    let mut unit = [0; UNIT_BYTES];
    let mut length = 0;
    while length < UNIT_BYTES {
        match file.read(&mut unit[length..])? {
            0 if length == 0 => return Ok(None),
            0 => break,
            more => length += more,
        }
    }
    Ok(Some(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_more_pages_come_from_is_told_whatever_changed_since() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: Vec<u8>| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path
        };
        let filled = |byte: u8| (0..20 * UNIT_BYTES).map(|_| byte).collect::<Vec<_>>();
        let (one, other) = (write("one", filled(1)), write("other", filled(2)));
        let mut since = filled(1);
        since[5 * UNIT_BYTES..8 * UNIT_BYTES].fill(9);
        since[24] = 77;
        let file = write("file", since);
        assert!(is_more_like(&file, &one, &other).unwrap());
        assert!(!is_more_like(&file, &other, &one).unwrap());
        assert!(!is_more_like(&file, &one, &one).unwrap());
        assert!(same_bytes(&File::open(&one).unwrap(), &one).unwrap());
        assert!(!same_bytes(&File::open(&one).unwrap(), &file).unwrap());
    }
}
