//! How much memory this program and all that it starts may take together, as the kernel's control group
//! has it, and how often the kernel has ended one of them for want of it. Both versions of control
//! groups; in a container, in a unit of systemd, and nowhere. Never: sets a limit.

use std::fs;
use std::path::{Path, PathBuf};

/// Which groups this process is in.
const OWN_GROUPS: &str = "/proc/self/cgroup";
/// Where the groups are found everywhere.
const MOUNTED: &str = "/sys/fs/cgroup";
/// Version 1 has a number where it has no limit: as much as is addressed, in whole pages.
const NO_LIMIT_BYTES: u64 = 1 << 60;

/// The group of this process.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// Its folder and those above it, as far as they are seen from here: each may have a limit.
    folders: Vec<PathBuf>,
    /// The files of the group's version: its limit, and a line `oom_kill N`.
    limit: &'static str,
    events: &'static str,
}

impl Memory {
    /// As the kernel tells it; where it tells nothing there is no limit.
    pub fn own() -> Self {
        Self::told(&fs::read_to_string(OWN_GROUPS).unwrap_or_default(), Path::new(MOUNTED))
    }

    /// From a list of groups, as `/proc/self/cgroup` is one, and the folder below which they are found.
    pub fn told(groups: &str, mounted: &Path) -> Self {
        let fields = |line: &'_ str| {
            let mut fields = line.splitn(3, ':').skip(1);
            Some((fields.next()?.to_owned(), fields.next()?.to_owned()))
        };
        let groups: Vec<(String, String)> = groups.lines().filter_map(fields).collect();
        // Where both versions are there, memory is the business of the one that lists it.
        let first = groups.iter().find(|(controllers, _)| controllers.split(',').any(|one| one == "memory"));
        let second = groups.iter().find(|(controllers, _)| controllers.is_empty());
        match (first, second) {
            (Some((_, group)), _) => Self {
                folders: folders(&mounted.join("memory"), group),
                limit: "memory.limit_in_bytes",
                events: "memory.oom_control",
            },
            (None, Some((_, group))) => {
                Self { folders: folders(mounted, group), limit: "memory.max", events: "memory.events" }
            }
            (None, None) => Self::default(),
        }
    }

    /// The least of the limits that hold for it; `None` where there is none.
    pub fn limit_bytes(&self) -> Option<u64> {
        let limits = self.folders.iter().filter_map(|folder| {
            // Version 2 says `max`, which is no number.
            fs::read_to_string(folder.join(self.limit)).ok()?.trim().parse::<u64>().ok()
        });
        limits.filter(|bytes| *bytes < NO_LIMIT_BYTES).min()
    }

    /// How many processes of the group the kernel has ended because memory ran out.
    pub fn ended(&self) -> u64 {
        let events = self.folders.iter().find_map(|folder| fs::read_to_string(folder.join(self.events)).ok());
        let count = |line: &str| line.strip_prefix("oom_kill ")?.trim().parse().ok();
        events.and_then(|events| events.lines().find_map(count)).unwrap_or(0)
    }
}

/// The folder of a group and those above it. A container is shown its own group alone, at the top,
/// under whatever name it has outside.
fn folders(mounted: &Path, group: &str) -> Vec<PathBuf> {
    let own = mounted.join(group.trim_start_matches('/'));
    let above = own.ancestors().take_while(|folder| folder.starts_with(mounted));
    above.filter(|folder| folder.is_dir()).map(Path::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = place.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        place
    }

    #[test]
    fn the_second_version_in_a_container_and_in_a_unit() {
        let place = tree(&[("memory.max", "536870912\n"), ("memory.events", "low 0\noom 3\noom_kill 2\n")]);
        let memory = Memory::told("0::/\n", place.path());
        assert_eq!((memory.limit_bytes(), memory.ended()), (Some(512 << 20), 2));
        // A limit above holds as well; the group's own events are counted, not those beside it.
        let place = tree(&[
            ("memory.events", "oom_kill 9\n"),
            ("system.slice/memory.max", "1073741824\n"),
            ("memory.max", "max\n"),
            ("system.slice/resguardo.service/memory.max", "2147483648\n"),
            ("system.slice/resguardo.service/memory.events", "oom_kill 1\n"),
        ]);
        let memory = Memory::told("0::/system.slice/resguardo.service\n", place.path());
        assert_eq!((memory.limit_bytes(), memory.ended()), (Some(1 << 30), 1));
    }

    #[test]
    fn the_first_version_whose_group_is_named_as_outside_and_shown_at_the_top() {
        let place = tree(&[
            ("memory/memory.limit_in_bytes", "134217728\n"),
            ("memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n"),
        ]);
        let groups = "9:name=systemd:/x\n4:memory:/docker/0123\n1:cpu:/\n0::/\n";
        let memory = Memory::told(groups, place.path());
        assert_eq!((memory.limit_bytes(), memory.ended()), (Some(128 << 20), 4));
    }

    #[test]
    fn no_limit_is_none() {
        let place = tree(&[("memory/memory.limit_in_bytes", "9223372036854771712\n")]);
        let memory = Memory::told("4:memory:/\n", place.path());
        assert_eq!((memory.limit_bytes(), memory.ended()), (None, 0));
        assert_eq!(Memory::told("", place.path()).limit_bytes(), None);
    }
}
