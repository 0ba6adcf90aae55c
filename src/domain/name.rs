//! The name of a source: what it may look like and how one is made from a database's name.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::Invalid;

/// The name of a source, `[A-Za-z0-9][A-Za-z0-9._-]*`, at most 63 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct SourceName(String);

/// The source under which the roles of a server are stored.
pub const GLOBALS: &str = "globals";

const LENGTH_MAX: usize = 63;

impl SourceName {
    /// Reads a name as an operator wrote it.
    ///
    /// # Errors
    /// Where it is empty, too long or holds another character than design §4 allows.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let mut bytes = text.bytes();
        let first_fits = bytes.next().is_some_and(|b| b.is_ascii_alphanumeric());
        let rest_fits = bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if first_fits && rest_fits && text.len() <= LENGTH_MAX {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid(format!(
                "a name of letters, digits, `.`, `_` and `-`, starting with a letter or digit, at most {LENGTH_MAX} bytes"
            )))
        }
    }

    /// Makes a name from a database's: every other character becomes `-`.
    pub fn from_database(database: &str) -> Self {
        let mut name: String = database
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' })
            .take(LENGTH_MAX)
            .collect();
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            name = format!("db{name}").chars().take(LENGTH_MAX).collect();
        }
        Self(name)
    }

    /// The source of a server's roles: `globals`, or `<first source>-globals` where several
    /// servers are protected.
    pub fn globals(first_source: Option<&SourceName>) -> Self {
        match first_source {
            None => Self(GLOBALS.to_owned()),
            Some(first) => Self(format!("{first}-{GLOBALS}")),
        }
    }

    /// Whether it is a name that [`SourceName::globals`] gives.
    pub fn is_globals(&self) -> bool {
        self.0 == GLOBALS || self.0.strip_suffix(GLOBALS).is_some_and(|first| first.ends_with('-'))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SourceName {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl Serialize for SourceName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_and_short() {
        for good in ["app", "a", "0x", "app_old", "my.app-2", &"x".repeat(63)] {
            assert_eq!(SourceName::new(good).map(|n| n.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", ".app", "-a", "_a", "a b", "a/b", "ñ", "a\n", &"x".repeat(64)] {
            assert!(SourceName::new(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_database_of_any_name_gives_a_name() {
        assert_eq!(SourceName::from_database("Gestión 2024").as_str(), "Gesti-n-2024");
        assert_eq!(SourceName::from_database("_x").as_str(), "db_x");
        assert_eq!(SourceName::from_database("").as_str(), "db");
        for odd in ["日本", "a'b\"c", "-", &"ü".repeat(90)] {
            let name = SourceName::from_database(odd);
            assert_eq!(SourceName::new(name.as_str()), Ok(name));
        }
    }
}
