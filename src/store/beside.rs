//! What lies beside each other in `sets/`: the manifest of every set and the marks of its id,
//! brought together in one pass over the names, since a store of ten thousand sets is listed at
//! every look.

use std::collections::BTreeMap;

use super::layout::Mark;
use super::listing::{Entry, Listing};
use crate::domain::id::{BackupId, ID_LENGTH};

/// The files of one id; those that are not there are `None`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beside {
    pub(super) manifest: Option<Entry>,
    marks: [Option<Entry>; Mark::ALL.len()],
}

impl Beside {
    pub(super) fn mark(&self, mark: Mark) -> Option<Entry> {
        self.marks[mark as usize]
    }

    /// The marks that lie there.
    pub(super) fn marks(&self) -> impl Iterator<Item = Mark> {
        Mark::ALL.into_iter().filter(|mark| self.mark(*mark).is_some())
    }
}

/// What belongs together, by id; names of no meaning are passed over.
pub(super) fn by_id(listing: &Listing) -> BTreeMap<BackupId, Beside> {
    let mut ids: BTreeMap<BackupId, Beside> = BTreeMap::new();
    for (name, entry) in listing {
        match read(name) {
            Some((id, None)) => ids.entry(id).or_default().manifest = Some(*entry),
            Some((id, Some(mark))) => ids.entry(id).or_default().marks[mark as usize] = Some(*entry),
            None => {}
        }
    }
    ids
}

/// The id of a manifest, by its file's name.
pub(super) fn set_id(file_name: &str) -> Option<BackupId> {
    read(file_name).and_then(|(id, mark)| mark.is_none().then_some(id))
}

/// The id of a mark, by its file's name.
pub(super) fn marked_id(file_name: &str) -> Option<BackupId> {
    read(file_name).and_then(|(id, mark)| mark.map(|_| id))
}

/// The id in a name, and the mark it is the file of; none is a manifest's.
fn read(file_name: &str) -> Option<(BackupId, Option<Mark>)> {
    let (id, ending) = file_name.split_at_checked(ID_LENGTH)?;
    let mark = Mark::ALL.into_iter().find(|mark| mark.ending() == ending);
    (mark.is_some() || ending == ".json").then(|| BackupId::parse(id).ok()).flatten().map(|id| (id, mark))
}
