//! Names of users and groups as this machine knows them, for the header's name fields. Numbers
//! are what counts; a restore by GNU tar prefers a name where the machine knows it.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;

/// More than any real list of users; a list that is longer is read as far as this.
const LIST_BYTES_MAX: u64 = 1024 * 1024;
/// The room of a header's name field, less its ending zero.
const NAME_BYTES_MAX: usize = 31;

/// Names by number.
pub(super) struct Owners {
    pub(super) users: HashMap<u64, String>,
    pub(super) groups: HashMap<u64, String>,
}

impl Owners {
    /// Reads the lists of this machine; a list that is missing gives no names.
    pub(super) fn read() -> Self {
        Self { users: names("/etc/passwd"), groups: names("/etc/group") }
    }
}

fn names(list: &str) -> HashMap<u64, String> {
    let mut text = String::new();
    let _missing = File::open(list).and_then(|file| file.take(LIST_BYTES_MAX).read_to_string(&mut text));
    text.lines()
        .rev() // Of two names of one number the first counts, as for the system itself.
        .filter_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next().filter(|name| !name.is_empty() && name.len() <= NAME_BYTES_MAX)?;
            let number = fields.nth(1)?.parse().ok()?;
            Some((number, name.to_owned()))
        })
        .collect()
}
