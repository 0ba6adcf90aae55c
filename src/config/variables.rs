//! The environment as values of keys: `RESGUARDO_SECTION__KEY`, and within lists
//! `RESGUARDO_POSTGRES__0__PASSWORD_FILE`. Every value stays the text it is.

use std::collections::BTreeMap;

use super::layer::{Rank, Variable};

/// The environment that is set: a variable with an empty value is an unset one.
pub(super) struct Variables(BTreeMap<String, String>);

/// Names the configuration file; a key of no section.
pub(super) const CONFIG_FILE: &str = "RESGUARDO_CONFIG";
/// Asks for a language, of which faults are told as well.
pub(super) const LANGUAGE: &str = "RESGUARDO_LANGUAGE";

const PREFIX: &str = "RESGUARDO_";

impl Variables {
    pub(super) fn new(environment: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(environment.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The variables of our own names.
    pub(super) fn own(&self) -> Vec<Variable> {
        self.0
            .iter()
            .filter(|(name, _)| *name != CONFIG_FILE)
            .filter_map(|(name, value)| {
                let key = name.strip_prefix(PREFIX)?.to_lowercase().replace("__", ".");
                Some(Variable { name: name.clone(), key, value: value.clone(), rank: Rank::Environment })
            })
            .collect()
    }
}

/// Whether a variable of this name means anything to the configuration.
pub(super) fn is_own(name: &str) -> bool {
    name.starts_with(PREFIX)
}
