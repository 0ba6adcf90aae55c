//! Users as this machine's list names them: numbers are what counts, and people know names.

use std::fs;

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

/// Whether we may end what other users run: a root within a container may lack that right (`CAP_KILL`),
/// and would wait for ever for what it cannot end. True where the kernel does not say.
pub fn may_end_others() -> bool {
    const KILL: u64 = 1 << 5;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    effective.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).is_none_or(|rights| rights & KILL != 0)
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
    fn a_user_is_known_by_his_name_and_called_by_it() {
        assert_eq!(named("root"), Some(User { uid: 0, gid: 0 }));
        assert_eq!((named("no such user"), called(User { uid: 0, gid: 7 }).as_str()), (None, "root"));
        assert_eq!(called(User { uid: 4_000_123_456, gid: 0 }), "4000123456");
    }
}
