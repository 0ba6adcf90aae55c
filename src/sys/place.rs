//! What a path is called where a person gives a line about it: here, or in a container on the host, where
//! folders bear other names. Never: looks at the path itself.

use std::path::Path;

use super::mounts::{self, Mount};

/// What engines put into every container.
const MARKS_OF_A_CONTAINER: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];
/// Where the image has what the compose file mounts from beside itself, under the same name.
const HOME_IN_THE_IMAGE: &str = "/resguardo";

/// Where a line about a path is given.
pub(super) enum Place {
    Here(String),
    /// What is mounted there, by the name it has on the host.
    OnTheHost {
        place: String,
        mount: String,
    },
}

/// What is mounted, where this is a container.
pub(super) fn container() -> Option<Vec<Mount>> {
    let is_container = MARKS_OF_A_CONTAINER.iter().any(|mark| Path::new(mark).exists());
    is_container.then(|| mounts::all().unwrap_or_default())
}

/// Where a line about `path` is given, and by which name; of a container, what is mounted there.
pub(super) fn of(path: &Path, container: Option<&[Mount]>) -> Place {
    let Some(mounts) = container else { return Place::Here(quoted(path)) };
    let mounts = mounts.iter().filter(|mount| mount.is_of_the_host() && path.starts_with(&mount.point));
    let Some(mount) = mounts.max_by_key(|mount| mount.point.components().count()) else {
        return Place::Here(quoted(path));
    };
    let below = path.strip_prefix(&mount.point).unwrap_or(Path::new(""));
    let on_host = match mount.point.strip_prefix(HOME_IN_THE_IMAGE) {
        Ok(beside) => Path::new(".").join(beside),
        Err(_) => mount.root.clone(),
    };
    // Joining nothing would leave a slash at the end.
    let place = if below == Path::new("") { on_host } else { on_host.join(below) };
    Place::OnTheHost { place: quoted(&place), mount: mount.point.display().to_string() }
}

impl Mount {
    /// What the image holds itself, or the engine made in memory, shows its file system from the top and
    /// has no name on the host; a whole disk of the host does as well, and is known where we expect one.
    fn is_of_the_host(&self) -> bool {
        self.root != Path::new("/") || self.point.starts_with(HOME_IN_THE_IMAGE)
    }
}

/// As a shell takes it for one word.
pub(super) fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+:@%,".contains(c);
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
