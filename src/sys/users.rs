//! Users as this machine's list names them: numbers are what counts, and people know names.

use std::fs;
use std::sync::OnceLock;

const LIST: &str = "/etc/passwd";

/// A user and his group, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
}

/// Who we are: our rights are his.
pub fn us() -> User {
    User { uid: rustix::process::geteuid().as_raw(), gid: rustix::process::getegid().as_raw() }
}

/// The user of this name, where the list has one.
pub fn named(name: &str) -> Option<User> {
    find(&fs::read_to_string(LIST).unwrap_or_default(), |found, _| found == name).map(|(_, user)| user)
}

/// What to call a user: by his name, else by his number.
pub fn called(user: User) -> String {
    let list = fs::read_to_string(LIST).unwrap_or_default();
    find(&list, |_, found| found.uid == user.uid).map_or_else(|| user.uid.to_string(), |(name, _)| name.to_owned())
}

/// Whose files we may read, by what a look at them tells: of ten thousand none has to be asked for.
#[derive(Debug, Clone)]
pub struct Reader {
    user: u32,
    groups: Vec<u32>,
    reads_all: bool,
}

impl Reader {
    pub fn us() -> Self {
        Self { user: us().uid, groups: our_groups(), reads_all: may_read_all() }
    }

    /// By owner and mode; a list of further rights (an ACL) may allow more.
    pub fn may_read(&self, owner: u32, group: u32, mode: u32) -> bool {
        // The kernel asks only the class that fits first.
        let class = match (owner == self.user, self.groups.contains(&group)) {
            (true, _) => 0o400,
            (false, true) => 0o040,
            (false, false) => 0o004,
        };
        self.reads_all || mode & class != 0
    }
}

/// The groups whose rights are ours: our own, and those beside it.
pub fn our_groups() -> Vec<u32> {
    let beside = rustix::process::getgroups().unwrap_or_default();
    beside.into_iter().chain([rustix::process::getegid()]).map(rustix::process::Gid::as_raw).collect()
}

/// Whether we may end what other users run: a root within a container may lack that right (`CAP_KILL`),
/// and would wait for ever for what it cannot end. True where the kernel does not say.
pub fn may_end_others() -> bool {
    const KILL: u64 = 1 << 5;
    powers().is_none_or(|powers| powers & KILL != 0)
}

/// Whether we may give files to anybody, which a root within a container may lack (`CAP_CHOWN`).
pub fn may_give_files() -> bool {
    const CHOWN: u64 = 1;
    powers().map_or_else(is_root, |powers| powers & CHOWN != 0)
}

/// Whether no file is kept from us by its owner and mode (`CAP_DAC_OVERRIDE`, `CAP_DAC_READ_SEARCH`).
pub fn may_read_all() -> bool {
    const READ: u64 = 1 << 1 | 1 << 2;
    powers().map_or_else(is_root, |powers| powers & READ != 0)
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// What root may do beyond others, each by its bit; `None` where the kernel does not say. It is asked
/// once: nobody gives any of it to a process that runs, and of ours only threads give some up.
fn powers() -> Option<u64> {
    static POWERS: OnceLock<Option<u64>> = OnceLock::new();
    *POWERS.get_or_init(|| {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
        u64::from_str_radix(effective.trim(), 16).ok()
    })
}

fn find(list: &str, is_he: impl Fn(&str, User) -> bool) -> Option<(&str, User)> {
    let users = list.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        Some((name, User { uid, gid }))
    });
    users.into_iter().find(|(name, user)| is_he(name, *user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_by_the_class_that_fits_first() {
        let ana = Reader { user: 1000, groups: vec![1000, 33], reads_all: false };
        for (owner, group, mode, may) in [
            (1000, 0, 0o400, true),
            (1000, 33, 0o044, false),
            (0, 33, 0o640, true),
            (0, 33, 0o604, false),
            (0, 0, 0o604, true),
            (0, 0, 0o660, false),
        ] {
            assert_eq!(ana.may_read(owner, group, mode), may, "{owner}:{group} {mode:o}");
        }
        assert!(Reader { reads_all: true, ..ana }.may_read(0, 0, 0));
    }

    #[test]
    fn a_user_is_known_by_his_name_and_called_by_it() {
        assert_eq!(named("root"), Some(User { uid: 0, gid: 0 }));
        assert_eq!((named("no such user"), called(User { uid: 0, gid: 7 }).as_str()), (None, "root"));
        assert_eq!(called(User { uid: 4_000_123_456, gid: 0 }), "4000123456");
    }
}
