//! Whom this process may give files to: root anybody, others only themselves with groups of theirs.
//! Root that was denied this right is found out when it gives.

use rustix::process::{getegid, geteuid, getgroups};

/// Asked once of the system: an archive has a million entries.
#[derive(Debug, Clone)]
pub(in crate::source) struct Giver {
    is_root: bool,
    user: u64,
    groups: Vec<u64>,
}

impl Giver {
    pub(in crate::source) fn ours() -> Self {
        let groups = getgroups().unwrap_or_default().into_iter().chain([getegid()]);
        let groups = groups.map(|group| u64::from(group.as_raw())).collect();
        Self { is_root: geteuid().is_root(), user: u64::from(geteuid().as_raw()), groups }
    }

    /// Whether a file may become this user's and this group's.
    pub(super) fn may_give(&self, (user, group): (u64, u64)) -> bool {
        self.is_root || (user == self.user && self.groups.contains(&group))
    }

    /// The same of all owners in an archive; `None`: nobody noted them.
    pub(in crate::source) fn may_give_all(&self, owners: Option<&[(u64, u64)]>) -> bool {
        self.is_root || owners.is_some_and(|owners| owners.iter().all(|owner| self.may_give(*owner)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_than_root_give_only_to_themselves_and_their_groups() {
        let ana = Giver { is_root: false, user: 1000, groups: vec![1000, 33] };
        assert!(ana.may_give_all(Some(&[(1000, 1000), (1000, 33)])) && ana.may_give_all(Some(&[])));
        for foreign in [(0, 0), (33, 33), (1000, 0)] {
            assert!(!ana.may_give_all(Some(&[(1000, 1000), foreign])), "{foreign:?}");
        }
        assert!(!ana.may_give_all(None));
        let root = Giver { is_root: true, ..ana };
        assert!(root.may_give_all(Some(&[(33, 33)])) && root.may_give_all(None));
    }
}
