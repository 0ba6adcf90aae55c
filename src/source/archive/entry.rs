//! One entry of an archive: everything that is kept of a file, folder or link except content.

use rustix::fs::Stat;

/// What an entry is. Sockets, devices and pipes are never entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    File,
    Folder,
    /// A symbolic link.
    Link,
    /// Another name of an entry that came before.
    HardLink,
}

/// A moment in seconds and nanoseconds since 1970; `nanos` counts upwards also before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) secs: i64,
    pub(super) nanos: u32,
}

/// An attribute's name and value, both raw bytes.
pub(in crate::source) type Attribute = (Vec<u8>, Vec<u8>);

/// An entry without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// As stored, raw bytes, without a `/` at its end.
    pub(super) path: Vec<u8>,
    pub(super) what: What,
    /// Permissions, set-uid, set-gid and sticky bits.
    pub(super) mode: u32,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) mtime: Moment,
    /// Of the content that follows; 0 for all but files.
    pub(super) size_bytes: u64,
    /// Where a link points, or the path of the entry a hard link names again.
    pub(super) link: Vec<u8>,
    pub(super) attributes: Vec<Attribute>,
}

impl Entry {
    /// An entry of what the system says stands at `path`.
    pub(super) fn of(path: &[u8], what: What, stat: &Stat) -> Self {
        Self {
            path: path.to_owned(),
            what,
            mode: stat.st_mode & 0o7777,
            uid: u64::from(stat.st_uid),
            gid: u64::from(stat.st_gid),
            mtime: modified(stat),
            size_bytes: if what == What::File { size_bytes(stat) } else { 0 },
            link: Vec::new(),
            attributes: Vec::new(),
        }
    }
}

/// When the content was last modified.
pub(super) fn modified(stat: &Stat) -> Moment {
    // The field's type differs between architectures; its value is always below 10^9.
    Moment { secs: stat.st_mtime, nanos: u32::try_from(stat.st_mtime_nsec).unwrap_or(0) }
}

/// The size the system states.
pub(super) fn size_bytes(stat: &Stat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0)
}
