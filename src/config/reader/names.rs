//! Names of sources: each fits into a file name, and none stands twice, also not in other case,
//! for some file systems see no difference.

use super::{Table, quoted};
use crate::config::fault::DEFAULT;
use crate::domain::name::{GLOBALS, SourceName};
use crate::domain::saying::Saying;

impl Table<'_> {
    /// The source's name; unset, one made from what it protects.
    pub(in crate::config) fn name(&mut self, derived_from: Option<&str>) -> Option<SourceName> {
        let absent = !self.holds("name");
        let given = self.optional_parsed("name", Saying::new("fault-name"), |text| SourceName::new(text).ok());
        let (name, origin) = match given {
            Some(given) => (given.value, given.origin),
            None if absent => (SourceName::from_database(derived_from?), DEFAULT.to_owned()),
            None => return None,
        };
        self.record("name", Some(quoted(name.as_str())), &origin);
        let lower = name.as_str().to_ascii_lowercase();
        let twin = self.ledger.names.iter().find(|(other, _)| *other == lower).map(|(_, key)| key.clone());
        if lower == GLOBALS {
            self.fault("name", &origin, Saying::new("fault-name-reserved").with("name", &name));
        } else if let Some(twin) = twin {
            self.fault("name", &origin, Saying::new("fault-name-twice").with("name", &name).with("other", twin));
        }
        self.ledger.names.push((lower, self.key("name")));
        Some(name)
    }

    /// The key under which a source of this name was read, in whatever case it was written.
    pub(in crate::config) fn key_of_name(&self, name: &str) -> Option<String> {
        let lower = name.to_ascii_lowercase();
        self.ledger.names.iter().find(|(other, _)| *other == lower).map(|(_, key)| key.clone())
    }
}
