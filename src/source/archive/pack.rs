//! Reads a tree and writes it as a tar stream, counting in passing. A file of up to a few MiB is
//! read whole before its header goes out, so that one that changes meanwhile can be read again;
//! a larger one streams, and is told as changed where it was not the same afterwards. Content
//! always has exactly the size its header states: the rest of a file that grew is left for the
//! next night, one that shrank is filled up with zeros.

use std::collections::HashMap;
use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Write};
use std::mem;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;

use rustix::fs::{AtFlags, FileType, OFlags, Stat, fstat, readlinkat, statat};
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use super::attributes::Attributes;
use super::digest;
use super::entry::{self, Attribute, Entry, Moment, What};
use super::header::{encode, padding};
use super::inspect::{Count, Each};
use super::notes::Notes;
use super::owners::Owners;
use super::walk::{Exclude, Met, Step, open_quietly, walk};
use crate::domain::manifest::Facts;
use crate::domain::name::SourceName;
use crate::domain::progress::Event;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{Dumped, Work};

/// Files of up to this size are held whole; photos are, videos are not.
const HELD_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// A file that changes while it is read is read this often.
const READS_MAX: u32 = 3;
/// Progress is told in steps of about this size.
const PROGRESS_BYTES: u64 = 1024 * 1024;

/// An archive being written.
pub(in crate::source) struct Packer<'a> {
    out: &'a mut dyn Write,
    work: &'a Work,
    source: &'a SourceName,
    owners: Owners,
    attributes: Attributes,
    /// Entries with further names that have not come yet, by device and inode.
    named: HashMap<(u64, u64), Named>,
    count: Count<'a>,
    notes: Notes,
    blocks: Vec<u8>,
    content: Vec<u8>,
    progress_bytes: u64,
}

/// The first name of an entry that has several.
struct Named {
    path: Vec<u8>,
    size_bytes: u64,
    mtime: Moment,
    names_left: u64,
}

/// How reading a file's content ended.
enum Reading {
    Whole,
    Changed,
    Failed,
}

impl<'a> Packer<'a> {
    pub(in crate::source) fn new(out: &'a mut dyn Write, work: &'a Work, source: &'a SourceName) -> Self {
        Self {
            out,
            work,
            source,
            owners: Owners::read(),
            attributes: Attributes::new(),
            named: HashMap::new(),
            count: Count::default(),
            notes: Notes::default(),
            blocks: Vec::new(),
            content: vec![0; usize::try_from(HELD_BYTES_MAX).unwrap_or(0)],
            progress_bytes: 0,
        }
    }

    /// The same, showing each entry as it is packed.
    pub(super) fn showing(self, each: Each<'a>) -> Self {
        Self { count: self.count.showing(Some(each)), ..self }
    }

    /// Packs an open folder, stored as `prefix`, with all that is below it.
    ///
    /// # Errors
    /// Of the writer, and where the run is asked to stop; the source's own are listed.
    pub(in crate::source) fn tree(&mut self, root: OwnedFd, prefix: &[u8], exclude: &Exclude) -> Result<(), Trouble> {
        walk(root, prefix, exclude, &mut |step| self.step(step))
    }

    /// Packs one open file, stored as `path`.
    ///
    /// # Errors
    /// As [`Packer::tree`].
    pub(in crate::source) fn file(&mut self, path: &[u8], file: OwnedFd) -> Result<(), Trouble> {
        self.work.stop.check(Stage::Dump)?;
        match fstat(&file) {
            Err(_) => self.notes.unreadable(path),
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile => self.notes.skipped(path),
            Ok(stat) => {
                if self.again(path, &stat)? {
                    return Ok(());
                }
                let attributes = self.attributes_of(path, file.as_fd());
                let file = File::from(file);
                self.content(path, &file, stat, attributes)?;
            }
        }
        Ok(())
    }

    /// Something named by the operator that is not there or cannot be opened.
    pub(in crate::source) fn note_unreadable(&mut self, path: &[u8]) {
        self.notes.unreadable(path);
    }

    /// Ends the archive.
    ///
    /// # Errors
    /// Of the writer, and where the run is asked to stop.
    pub(in crate::source) fn finish(mut self) -> Result<Dumped, Trouble> {
        self.put(&[0; 1024])?;
        self.work.stop.check(Stage::Dump)?;
        self.tell_progress(0);
        let (facts, warnings) = self.notes.finish(self.count.content());
        Ok(Dumped {
            complete: facts.unreadable_count == 0,
            warnings,
            facts: Facts { archive: Some(facts), ..Facts::default() },
        })
    }

    fn step(&mut self, step: &Step<'_>) -> Result<(), Trouble> {
        self.work.stop.check(Stage::Dump)?;
        match step.met {
            Met::Folder(folder) => match fstat(folder) {
                Ok(stat) => {
                    let attributes = self.attributes_of(step.path, folder);
                    self.put_entry(&Entry { attributes, ..Entry::of(step.path, What::Folder, &stat) }, None)?;
                }
                Err(_) => self.notes.unreadable(step.path),
            },
            Met::ShutFolder => {
                self.notes.unreadable(step.path);
                if let Ok(stat) = statat(step.above, step.name, AtFlags::SYMLINK_NOFOLLOW) {
                    self.put_entry(&Entry::of(step.path, What::Folder, &stat), None)?;
                }
            }
            Met::File => match open_quietly(step.above, step.name, OFlags::empty()) {
                Ok(file) => self.file(step.path, file)?,
                Err(error) => self.notes.missing(step.path, error),
            },
            Met::Link => self.link(step.path, step.above, step.name)?,
            Met::Special => self.notes.skipped(step.path),
            Met::Vanished => self.notes.vanished(step.path),
            Met::Unreadable => self.notes.unreadable(step.path),
        }
        Ok(())
    }

    fn link(&mut self, path: &[u8], above: BorrowedFd<'_>, name: &CStr) -> Result<(), Trouble> {
        let read = statat(above, name, AtFlags::SYMLINK_NOFOLLOW)
            .and_then(|stat| Ok((stat, readlinkat(above, name, Vec::new())?)));
        match read {
            Ok((stat, target)) => {
                if !self.again(path, &stat)? {
                    let entry = Entry { link: target.into_bytes(), ..Entry::of(path, What::Link, &stat) };
                    self.put_entry(&entry, None)?;
                    self.remember(&stat, &entry);
                }
                Ok(())
            }
            // `readlink` says EINVAL of what is no longer a link.
            Err(Errno::INVAL) => {
                self.notes.vanished(path);
                Ok(())
            }
            Err(error) => {
                self.notes.missing(path, error);
                Ok(())
            }
        }
    }

    /// A further name of an entry that was packed already; one that was changed since is packed
    /// anew, by itself.
    fn again(&mut self, path: &[u8], stat: &Stat) -> Result<bool, Trouble> {
        let key = identity(stat);
        let Some(named) = self.named.get_mut(&key) else { return Ok(false) };
        if named.mtime != entry::modified(stat) || named.size_bytes != entry::size_bytes(stat) {
            return Ok(false);
        }
        let entry = Entry { link: named.path.clone(), ..Entry::of(path, What::HardLink, stat) };
        named.names_left -= 1;
        if named.names_left == 0 {
            self.named.remove(&key);
        }
        self.put_entry(&entry, None)?;
        Ok(true)
    }

    fn remember(&mut self, stat: &Stat, entry: &Entry) {
        // The type of the number of names differs between architectures.
        #[allow(clippy::useless_conversion, reason = "it is u64 here and u32 elsewhere")]
        let names = u64::from(stat.st_nlink);
        if names > 1 {
            let (size_bytes, mtime) = (entry::size_bytes(stat), entry.mtime);
            let first = Named { path: entry.path.clone(), size_bytes, mtime, names_left: names - 1 };
            self.named.insert(identity(stat), first);
        }
    }

    /// A file of one name, or the first name of several.
    fn content(&mut self, path: &[u8], file: &File, mut stat: Stat, attributes: Vec<Attribute>) -> Result<(), Trouble> {
        let mut reads = 1;
        let (length, changed) = loop {
            if entry::size_bytes(&stat) > HELD_BYTES_MAX {
                return self.streamed_file(path, file, &stat, attributes);
            }
            let wanted = usize::try_from(entry::size_bytes(&stat)).unwrap_or(0);
            let (Ok(length), Ok(after)) = (read_up_to(file, &mut self.content[..wanted], 0), fstat(file)) else {
                self.notes.unreadable(path);
                return Ok(());
            };
            let is_same = length == wanted && is_unchanged(&stat, &after);
            if is_same || reads == READS_MAX {
                break (length, !is_same);
            }
            reads += 1;
            stat = after;
        };
        if changed {
            self.notes.changed(path);
        }
        let size_bytes = length as u64;
        let entry = Entry { size_bytes, attributes, ..Entry::of(path, What::File, &stat) };
        let content = mem::take(&mut self.content);
        let put = self.put_entry(&entry, Some(&content[..length]));
        self.content = content;
        put?;
        self.remember(&stat, &entry);
        Ok(())
    }

    fn streamed_file(
        &mut self,
        path: &[u8],
        file: &File,
        stat: &Stat,
        attributes: Vec<Attribute>,
    ) -> Result<(), Trouble> {
        let entry = Entry { attributes, ..Entry::of(path, What::File, stat) };
        self.put_header(&entry)?;
        let mut piece = mem::take(&mut self.content);
        let streamed = self.stream(file, stat, &mut piece);
        self.content = piece;
        let (reading, content_digest) = streamed?;
        self.put(padding(entry.size_bytes))?;
        self.count.add(&entry, &content_digest);
        match reading {
            Reading::Whole => {}
            Reading::Changed => self.notes.changed(path),
            Reading::Failed => self.notes.unreadable(path),
        }
        self.remember(stat, &entry);
        Ok(())
    }

    /// Exactly as many bytes as the header states, zeros where the file gives none.
    fn stream(&mut self, file: &File, stat: &Stat, piece: &mut [u8]) -> Result<(Reading, [u8; 32]), Trouble> {
        let mut hash = Sha256::new();
        let mut reading = Reading::Whole;
        let (mut at, size_bytes) = (0, entry::size_bytes(stat));
        while at < size_bytes {
            self.work.stop.check(Stage::Dump)?;
            let wanted = usize::try_from(size_bytes - at).map_or(piece.len(), |left| left.min(piece.len()));
            let read =
                if matches!(reading, Reading::Whole) { read_up_to(file, &mut piece[..wanted], at) } else { Ok(0) };
            match read {
                Ok(length) if length == wanted => {}
                Ok(length) => {
                    piece[length..wanted].fill(0);
                    if matches!(reading, Reading::Whole) {
                        reading = Reading::Changed;
                    }
                }
                Err(_) => {
                    piece[..wanted].fill(0);
                    reading = Reading::Failed;
                }
            }
            hash.update(&piece[..wanted]);
            self.put(&piece[..wanted])?;
            at += wanted as u64;
        }
        if matches!(reading, Reading::Whole) && !fstat(file).is_ok_and(|after| is_unchanged(stat, &after)) {
            reading = Reading::Changed;
        }
        Ok((reading, hash.finalize().into()))
    }

    fn attributes_of(&mut self, path: &[u8], handle: BorrowedFd<'_>) -> Vec<Attribute> {
        self.attributes.of(handle).unwrap_or_else(|_error| {
            self.notes.unreadable(path);
            Vec::new()
        })
    }

    fn put_entry(&mut self, entry: &Entry, content: Option<&[u8]>) -> Result<(), Trouble> {
        self.put_header(entry)?;
        let content = content.unwrap_or_default();
        self.put(content)?;
        self.put(padding(content.len() as u64))?;
        self.count.add(entry, &digest::of(content));
        Ok(())
    }

    fn put_header(&mut self, entry: &Entry) -> Result<(), Trouble> {
        self.notes.owner(entry);
        let mut blocks = mem::take(&mut self.blocks);
        blocks.clear();
        encode(entry, &self.owners, &mut blocks);
        let put = self.put(&blocks);
        self.blocks = blocks;
        put
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.out.write_all(bytes).map_err(|error| self.work.write_trouble(&error))?;
        self.progress_bytes += bytes.len() as u64;
        self.tell_progress(PROGRESS_BYTES);
        Ok(())
    }

    fn tell_progress(&mut self, from_bytes: u64) {
        if self.progress_bytes >= from_bytes {
            let more = mem::take(&mut self.progress_bytes);
            self.work.progress.event(Event::Bytes { source: self.source.clone(), more });
        }
    }
}

fn identity(stat: &Stat) -> (u64, u64) {
    (stat.st_dev, stat.st_ino)
}

fn is_unchanged(before: &Stat, after: &Stat) -> bool {
    before.st_size == after.st_size && entry::modified(before) == entry::modified(after)
}

/// Reads until the buffer is full or the file ends.
fn read_up_to(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read_at(&mut buffer[length..], at + length as u64) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
