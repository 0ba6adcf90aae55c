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

    /// A webhook's name; unset, the word for what it sends. None stands twice: messages of a day are
    /// counted by it, and wait under it.
    pub(in crate::config) fn hook_name(&mut self, derived_from: &str) -> Option<String> {
        let absent = !self.holds("name");
        let given = self.optional_parsed("name", Saying::new("fault-name"), |text| SourceName::new(text).ok());
        let (name, origin) = match given {
            Some(given) => (given.value, given.origin),
            None if absent => (SourceName::from_database(derived_from), DEFAULT.to_owned()),
            None => return None,
        };
        self.record("name", Some(quoted(name.as_str())), &origin);
        let (lower, key) = (name.as_str().to_ascii_lowercase(), self.key("name"));
        if let Some((_, other)) = self.ledger.hooks.iter().find(|(other, _)| *other == lower) {
            let saying = Saying::new("fault-hook-twice").with("name", &name).with("other", other);
            self.fault("name", &origin, saying);
        }
        self.ledger.hooks.push((lower, key));
        Some(name.to_string())
    }

    /// The key under which a source of this name was read, in whatever case it was written.
    pub(in crate::config) fn key_of_name(&self, name: &str) -> Option<String> {
        let lower = name.to_ascii_lowercase();
        self.ledger.names.iter().find(|(other, _)| *other == lower).map(|(_, key)| key.clone())
    }
}
