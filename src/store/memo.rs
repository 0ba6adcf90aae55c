//! The last catalog, kept in memory for whoever asks again within a minute: `/health` and `/metrics`
//! of a store in which nothing moved. Whatever makes, renames or removes a name changes its
//! folder's time, and so ends the memory; only a file changed in place, which nobody here ever
//! does, is noticed up to a minute later. A command remembers nothing when it starts.

use std::time::{Duration, Instant};

use super::listing::Stamp;
use crate::domain::set::Catalog;

/// A catalog older than this is read anew, whatever the folders say.
const KEPT_MAX: Duration = Duration::from_mins(1);

/// File systems count time in steps of up to two seconds (FAT). Only a folder whose time has not
/// changed for longer is sure to show the next change by another time.
const SETTLED_AFTER: Duration = Duration::from_secs(3);

/// The folders a catalog is read from, each by its own stamp.
pub(super) type Folders = Vec<Option<Stamp>>;

#[derive(Debug, Default)]
pub(super) struct Memo {
    /// How the folders stood, and since when they have stood so.
    seen: Option<(Folders, Instant)>,
    /// The catalog of these folders, and when it was read.
    kept: Option<(Catalog, Instant)>,
}

impl Memo {
    /// The catalog, if it still holds for folders that stand so now.
    pub(super) fn recall(&self, folders: &Folders, now: Instant) -> Option<&Catalog> {
        let (catalog, read_at) = self.kept.as_ref()?;
        let same = self.seen.as_ref().is_some_and(|(seen, _)| seen == folders);
        (same && now.duration_since(*read_at) < KEPT_MAX).then_some(catalog)
    }

    /// Takes a catalog in that was read after `now`, when the folders stood so; it is kept once
    /// they have settled. One that could not be listed whole is read anew every time.
    pub(super) fn keep(&mut self, folders: Folders, now: Instant, catalog: &Catalog) {
        let since = match &self.seen {
            Some((seen, since)) if *seen == folders => *since,
            _ => now,
        };
        let settled = now.duration_since(since) >= SETTLED_AFTER && catalog.unlisted.is_empty();
        self.kept = settled.then(|| (catalog.clone(), now));
        self.seen = Some((folders, since));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(file: &str) -> Folders {
        vec![super::super::listing::stamp_of(std::path::Path::new(file))]
    }

    #[test]
    fn a_catalog_is_kept_once_the_folders_have_settled_and_for_a_minute() {
        let (one, other) = (folders("Cargo.toml"), folders("src"));
        assert_ne!(one, other);
        let begun = Instant::now();
        let at = |secs: u64| begun + Duration::from_secs(secs);
        let catalog = Catalog::default();
        let mut memo = Memo::default();
        memo.keep(one.clone(), at(0), &catalog);
        assert_eq!(memo.recall(&one, at(0)), None, "the next change may bear the same time");
        memo.keep(one.clone(), at(2), &catalog);
        assert_eq!(memo.recall(&one, at(2)), None);
        memo.keep(one.clone(), at(3), &catalog);
        assert_eq!(memo.recall(&one, at(4)), Some(&catalog));
        assert_eq!(memo.recall(&other, at(4)), None, "something moved");
        assert_eq!(memo.recall(&one, at(62)), Some(&catalog));
        assert_eq!(memo.recall(&one, at(63)), None, "a minute has passed");
        memo.keep(one.clone(), at(63), &catalog);
        assert_eq!(memo.recall(&one, at(64)), Some(&catalog));
        memo.keep(other.clone(), at(65), &catalog);
        assert_eq!(memo.recall(&other, at(66)), None);
        let unlisted = Catalog { unlisted: vec!["db".to_owned()], ..Catalog::default() };
        memo.keep(other.clone(), at(70), &unlisted);
        assert_eq!(memo.recall(&other, at(71)), None, "what was not listed whole is not kept");
    }
}
