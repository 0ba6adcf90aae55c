//! What an archive is held to while it is unpacked: the counts and the digest of its manifest,
//! the room there is, and whose its files become.

use rustix::process::geteuid;

use super::entry::{Entry, What};
use super::giver::Giver;
use super::inspect::{Count, Each};
use super::{damaged, hostile};
use crate::domain::manifest::ArchiveContent;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};

/// What even an empty file needs on most disks.
pub(in crate::source) const ENTRY_BYTES: u64 = 4096;
/// Set-user-id and set-group-id.
const SET_ID: u32 = 0o6000;

/// The terms, and how much of them is used up.
pub(in crate::source) struct Terms<'a> {
    stated: Option<&'a ArchiveContent>,
    /// The bound where no manifest states one; `None`: none.
    room_bytes: Option<u64>,
    owners: Owners,
    entries: u64,
    content_bytes: u64,
    /// Who is shown each entry, and then compares in our place.
    each: Option<Each<'a>>,
    is_judge: bool,
}

/// Whose an unpacked entry becomes.
#[derive(Debug, Clone)]
pub(in crate::source) enum Owners {
    /// The archive's, where we are root; else ours.
    WherePossible,
    /// Ours.
    Ours,
    /// The archive's; an entry whose owner we cannot set is refused.
    Kept(Giver),
}

impl<'a> Terms<'a> {
    /// Nothing is known and nothing demanded.
    pub(super) fn none() -> Self {
        let owners = Owners::WherePossible;
        Self { stated: None, room_bytes: None, owners, entries: 0, content_bytes: 0, each: None, is_judge: true }
    }

    /// Those of a restore: what the manifest states or, without one, what there is room for.
    pub(in crate::source) fn of(stated: Option<&'a ArchiveContent>, room_bytes: Option<u64>, no_owner: bool) -> Self {
        let owners = Owners::wished(no_owner);
        Self { stated, room_bytes: room_bytes.filter(|_| stated.is_none()), owners, ..Self::none() }
    }

    /// Those of a drill: what the manifest states bounds it, and each entry is shown.
    pub(super) fn of_drill(stated: Option<&'a ArchiveContent>, each: Each<'a>) -> Self {
        Self { stated, each: Some(each), is_judge: false, ..Self::none() }
    }

    /// Who is shown each entry.
    pub(super) fn each(&mut self) -> Option<Each<'a>> {
        self.each.take()
    }

    pub(super) fn owners(&self) -> Owners {
        self.owners.clone()
    }

    /// Whether what was read is compared, and so must be digested.
    pub(super) fn compares(&self) -> bool {
        self.stated.is_some() || !self.is_judge
    }

    /// Takes one more entry that is to be unpacked.
    ///
    /// # Errors
    /// Where it is more than may be.
    pub(super) fn admit(&mut self, entry: &Entry) -> Result<(), Trouble> {
        self.entries += 1;
        self.content_bytes = self.content_bytes.saturating_add(entry.size_bytes);
        if let Some(stated) = self.stated {
            let entries = stated.files + stated.directories + stated.links + stated.hard_links;
            if self.entries > entries || self.content_bytes > stated.content_bytes {
                return Err(damaged("it holds more than its manifest says"));
            }
        }
        let needed = self.content_bytes.saturating_add(self.entries.saturating_mul(ENTRY_BYTES));
        if self.room_bytes.is_some_and(|room| needed > room) {
            return Err(Trouble::passing(Stage::Space, "unpack the archive: it holds more than there is room for"));
        }
        let vouched = self.stated.is_some() || matches!(self.owners, Owners::WherePossible);
        if !vouched && entry.what == What::File && entry.mode & SET_ID != 0 {
            return Err(hostile(entry, "runs with its owner's rights, and no manifest vouches for it")
                .hint(Saying::new("hint-set-id")));
        }
        Ok(())
    }

    /// # Errors
    /// Where what was read is not what the manifest states.
    pub(super) fn compare(&self, count: Count<'_>) -> Result<(), Trouble> {
        match self.stated {
            Some(stated) if self.is_judge && count.content() != *stated => {
                Err(damaged("it does not hold what its manifest says").hint(Saying::new("hint-not-as-stated")))
            }
            _ => Ok(()),
        }
    }
}

impl Owners {
    /// Those of a restore.
    pub(in crate::source) fn wished(no_owner: bool) -> Self {
        if no_owner { Owners::Ours } else { Owners::Kept(Giver::ours()) }
    }

    /// User and group to set; `None` where they stay ours.
    ///
    /// # Errors
    /// Where they must be set and cannot.
    pub(super) fn of(&self, entry: &Entry) -> Result<Option<(u32, u32)>, Trouble> {
        let number = |id: u64| u32::try_from(id).unwrap_or(u32::MAX);
        let owner = (number(entry.uid), number(entry.gid));
        match self {
            Owners::WherePossible => Ok(geteuid().is_root().then_some(owner)),
            Owners::Ours => Ok(None),
            Owners::Kept(giver) if giver.may_give((entry.uid, entry.gid)) => Ok(Some(owner)),
            Owners::Kept(giver) => Err(giver.refusal(entry)),
        }
    }
}
