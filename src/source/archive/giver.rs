//! Whom this process may give files to: root anybody, where it was not denied that; others only
//! themselves with groups of theirs.

use rustix::process::geteuid;

use super::entry::Entry;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::users;

const ROOT: u64 = 0;

/// Asked once of the system: an archive has a million entries.
#[derive(Debug, Clone)]
pub(in crate::source) struct Giver {
    gives_any: bool,
    user: u64,
    groups: Vec<u64>,
}

impl Giver {
    pub(in crate::source) fn ours() -> Self {
        let groups = users::our_groups().into_iter().map(u64::from).collect();
        Self { gives_any: users::may_give_files(), user: u64::from(geteuid().as_raw()), groups }
    }

    /// Whether a file may become this user's and this group's.
    pub(super) fn may_give(&self, (user, group): (u64, u64)) -> bool {
        self.gives_any || (user == self.user && self.groups.contains(&group))
    }

    /// The same of all owners in an archive; `None`: nobody noted them.
    pub(in crate::source) fn may_give_all(&self, owners: Option<&[(u64, u64)]>) -> bool {
        self.gives_any || owners.is_some_and(|owners| owners.iter().all(|owner| self.may_give(*owner)))
    }

    /// What `check` says where files of others are among those to be stored.
    pub(super) fn forecast(&self) -> Saying {
        Saying::new(if self.is_denied() { "forecast-owners-denied" } else { "forecast-owners" })
    }

    /// A root that lacks the right.
    fn is_denied(&self) -> bool {
        self.user == ROOT && !self.gives_any
    }

    /// Why an entry is refused whose owner cannot be set.
    pub(super) fn refusal(&self, entry: &Entry) -> Trouble {
        let (path, user, group) = (String::from_utf8_lossy(&entry.path), entry.uid, entry.gid);
        let whose = format!("unpack the archive: `{path}` belongs to {user}:{group}, which");
        let why = if self.is_denied() { "this root may not set (CAP_CHOWN)" } else { "only root can set" };
        Trouble::lasting(Stage::Write, format!("{whose} {why}")).hint(hint(self.is_denied()))
    }
}

/// What to do where an owner cannot be set; `is_denied`: by a root without that right.
pub(super) fn hint(is_denied: bool) -> Saying {
    Saying::new(if is_denied { "hint-owners-denied" } else { "hint-owners" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_than_root_give_only_to_themselves_and_their_groups() {
        let ana = Giver { gives_any: false, user: 1000, groups: vec![1000, 33] };
        assert!(ana.may_give_all(Some(&[(1000, 1000), (1000, 33)])) && ana.may_give_all(Some(&[])));
        for foreign in [(0, 0), (33, 33), (1000, 0)] {
            assert!(!ana.may_give_all(Some(&[(1000, 1000), foreign])), "{foreign:?}");
        }
        assert!(!ana.may_give_all(None));
        let root = Giver { gives_any: true, ..ana };
        assert!(root.may_give_all(Some(&[(33, 33)])) && root.may_give_all(None));
    }
}
