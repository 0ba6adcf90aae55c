//! What an archive could not take as it was: changed, vanished, unreadable, skipped. Counted all,
//! named up to a bound, and told as warnings. And whose its entries are.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use rustix::io::Errno;

use super::entry::Entry;
use super::walk::is_gone;
use crate::domain::manifest::{ArchiveContent, ArchiveFacts, NAMES_MAX};
use crate::domain::saying::Saying;
use crate::source::{Remark, UNREADABLE};

/// Everything a path that is not UTF-8 cannot be shown with, and the sign of this encoding.
const NOT_SHOWN: &AsciiSet = &CONTROLS.add(b'%');
/// Far more than one application has; of more than these a restore reads the archive again.
const OWNERS_MAX: usize = 100;

/// Gathered while an archive is written.
#[derive(Default)]
pub(super) struct Notes {
    facts: ArchiveFacts,
    owners: BTreeSet<(u64, u64)>,
}

impl Notes {
    pub(super) fn changed(&mut self, path: &[u8]) {
        note(&mut self.facts.changed, &mut self.facts.changed_count, path);
    }

    pub(super) fn vanished(&mut self, path: &[u8]) {
        note(&mut self.facts.vanished, &mut self.facts.vanished_count, path);
    }

    pub(super) fn unreadable(&mut self, path: &[u8]) {
        note(&mut self.facts.unreadable, &mut self.facts.unreadable_count, path);
    }

    /// Sockets, devices, pipes.
    pub(super) fn skipped(&mut self, path: &[u8]) {
        note(&mut self.facts.skipped, &mut self.facts.skipped_count, path);
    }

    /// Whose an entry is that was packed.
    pub(super) fn owner(&mut self, entry: &Entry) {
        // One beyond the bound says that there are too many.
        if self.owners.len() <= OWNERS_MAX {
            self.owners.insert((entry.uid, entry.gid));
        }
    }

    /// Vanished or unreadable, as the error says.
    pub(super) fn missing(&mut self, path: &[u8], error: Errno) {
        if is_gone(error) { self.vanished(path) } else { self.unreadable(path) }
    }

    /// The facts of the whole archive, and what of them is worth a warning.
    pub(super) fn finish(self, content: ArchiveContent) -> (ArchiveFacts, Vec<Remark>) {
        let owners = (self.owners.len() <= OWNERS_MAX).then(|| self.owners.into_iter().collect());
        let facts = ArchiveFacts { content, owners, ..self.facts };
        let warnings = [
            (UNREADABLE, "warning-files-unreadable", &facts.unreadable, facts.unreadable_count),
            ("changed", "warning-files-changed", &facts.changed, facts.changed_count),
            ("vanished", "warning-files-vanished", &facts.vanished, facts.vanished_count),
        ];
        let remarks = warnings.into_iter().filter_map(|(code, key, names, count)| {
            let first = names.first()?;
            Some(Remark { code, saying: Saying::new(key).with("count", count).with("first", first) })
        });
        let remarks = remarks.collect();
        (facts, remarks)
    }
}

/// A path in words, whatever its bytes.
pub(super) fn shown(path: &[u8]) -> String {
    match std::str::from_utf8(path) {
        Ok(path) => path.to_owned(),
        Err(_) => percent_encode(path, NOT_SHOWN).to_string(),
    }
}

fn note(names: &mut Vec<String>, count: &mut u64, path: &[u8]) {
    *count += 1;
    if names.len() < NAMES_MAX {
        names.push(shown(path));
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::{Moment, What};
    use super::*;

    #[test]
    fn owners_are_noted_each_once_and_given_up_beyond_the_bound() {
        let entry = |uid: u64| Entry {
            path: b"./f".to_vec(),
            what: What::File,
            mode: 0o644,
            uid,
            gid: 0,
            mtime: Moment { secs: 0, nanos: 0 },
            size_bytes: 0,
            link: Vec::new(),
            attributes: Vec::new(),
        };
        let of_users = |count: u64| {
            let mut notes = Notes::default();
            (0..2 * count).for_each(|n| notes.owner(&entry(n / 2)));
            notes.finish(ArchiveContent::default()).0.owners
        };
        assert_eq!(of_users(2), Some(vec![(0, 0), (1, 0)]));
        assert_eq!(of_users(OWNERS_MAX as u64).map(|owners| owners.len()), Some(OWNERS_MAX));
        assert_eq!(of_users(OWNERS_MAX as u64 + 1), None);
    }
}
