//! What an archive could not take as it was: changed, vanished, unreadable, skipped. Counted all,
//! named up to a bound, and told as warnings.

use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use rustix::io::Errno;

use super::walk::is_gone;
use crate::domain::manifest::{ArchiveContent, ArchiveFacts, NAMES_MAX};
use crate::domain::saying::Saying;
use crate::source::{Remark, UNREADABLE};

/// Everything a path that is not UTF-8 cannot be shown with, and the sign of this encoding.
const NOT_SHOWN: &AsciiSet = &CONTROLS.add(b'%');

/// Gathered while an archive is written.
#[derive(Default)]
pub(super) struct Notes(ArchiveFacts);

impl Notes {
    pub(super) fn changed(&mut self, path: &[u8]) {
        note(&mut self.0.changed, &mut self.0.changed_count, path);
    }

    pub(super) fn vanished(&mut self, path: &[u8]) {
        note(&mut self.0.vanished, &mut self.0.vanished_count, path);
    }

    pub(super) fn unreadable(&mut self, path: &[u8]) {
        note(&mut self.0.unreadable, &mut self.0.unreadable_count, path);
    }

    /// Sockets, devices, pipes.
    pub(super) fn skipped(&mut self, path: &[u8]) {
        note(&mut self.0.skipped, &mut self.0.skipped_count, path);
    }

    /// Vanished or unreadable, as the error says.
    pub(super) fn missing(&mut self, path: &[u8], error: Errno) {
        if is_gone(error) { self.vanished(path) } else { self.unreadable(path) }
    }

    /// The facts of the whole archive, and what of them is worth a warning.
    pub(super) fn finish(self, content: ArchiveContent) -> (ArchiveFacts, Vec<Remark>) {
        let facts = ArchiveFacts { content, ..self.0 };
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

fn note(names: &mut Vec<String>, count: &mut u64, path: &[u8]) {
    *count += 1;
    if names.len() < NAMES_MAX {
        names.push(match std::str::from_utf8(path) {
            Ok(path) => path.to_owned(),
            Err(_) => percent_encode(path, NOT_SHOWN).to_string(),
        });
    }
}
