//! Counts an archive again from its bytes alone.

use std::io::Read;

use sha2::{Digest, Sha256};

use super::digest::TreeDigest;
use super::entry::{Entry, What};
use super::read::Reader;
use crate::domain::manifest::{ArchiveContent, Content};
use crate::domain::trouble::Trouble;
use crate::source::Work;

/// Entries counted in passing, by whoever writes or reads them.
#[derive(Default)]
pub(super) struct Count<'a> {
    content: ArchiveContent,
    digest: TreeDigest,
    each: Option<Each<'a>>,
}

/// Is shown every entry that is counted, with the digest of its content.
pub(super) type Each<'a> = &'a mut dyn FnMut(&Entry, &[u8; 32]);

impl<'a> Count<'a> {
    /// The same, showing each entry.
    pub(super) fn showing(self, each: Option<Each<'a>>) -> Self {
        Self { each, ..self }
    }

    pub(super) fn add(&mut self, entry: &Entry, content_digest: &[u8; 32]) {
        let of_its_kind = match entry.what {
            What::File => &mut self.content.files,
            What::Folder => &mut self.content.directories,
            What::Link => &mut self.content.links,
            What::HardLink => &mut self.content.hard_links,
        };
        *of_its_kind += 1;
        self.content.content_bytes += entry.size_bytes;
        self.digest.add(entry, content_digest);
        if let Some(each) = &mut self.each {
            each(entry, content_digest);
        }
    }

    pub(super) fn content(self) -> ArchiveContent {
        ArchiveContent { tree_digest: self.digest.text(), ..self.content }
    }
}

/// What the archive holds.
///
/// # Errors
/// Where it is cut, damaged, or holds what is refused.
pub(in crate::source) fn inspect(raw: &mut dyn Read, work: &Work) -> Result<Content, Trouble> {
    let mut reader = Reader::new(raw, &work.stop);
    let mut count = Count::default();
    while let Some(entry) = reader.next()? {
        let mut hash = Sha256::new();
        reader.content(&mut |piece| {
            hash.update(piece);
            Ok(())
        })?;
        count.add(&entry, &hash.finalize().into());
    }
    Ok(Content::Archive(count.content()))
}
