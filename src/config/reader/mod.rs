//! Reads the merged text key by key into checked values. A value that cannot stand becomes a
//! fault and its default is read on with, so that one reading finds every fault. What is asked
//! for is what is known: a key that nobody asked for is a fault as well.

mod names;
mod secrets;
mod values;

use std::path::PathBuf;

use figment::Figment;
use figment::value::{Dict, Value};

use crate::config::fault::{DEFAULT, Fault, Faults, nearest};
use crate::config::found::{Found, indexed};
use crate::config::layer::{Rank, giver};
use crate::domain::saying::Saying;

pub(super) use values::cron;

/// One known key: its value as it may be shown (`None`: unset or outranked) and who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub key: String,
    pub shown: Option<String>,
    pub origin: String,
}

/// What one reading has found so far.
pub(super) struct Ledger {
    figment: Figment,
    pub(super) faults: Faults,
    pub(super) settings: Vec<Setting>,
    /// The sources' names in lower case, with their keys.
    names: Vec<(String, String)>,
    /// The same of the webhooks, which no source meets.
    hooks: Vec<(String, String)>,
}

/// One table of the text.
pub(super) struct Table<'l> {
    path: String,
    values: Dict,
    known: Vec<&'static str>,
    ledger: &'l mut Ledger,
}

/// A value that somebody gave.
pub(super) struct Given<T> {
    pub(super) value: T,
    pub(super) rank: Rank,
    pub(super) origin: String,
}

/// Reads the whole text.
pub(super) fn read<T>(figment: Figment, values: Dict, read: impl FnOnce(&mut Table<'_>) -> T) -> (T, Ledger) {
    let mut ledger = Ledger { figment, faults: Vec::new(), settings: Vec::new(), names: Vec::new(), hooks: Vec::new() };
    let mut root = Table { path: String::new(), values, known: Vec::new(), ledger: &mut ledger };
    let value = read(&mut root);
    root.finish();
    (value, ledger)
}

/// Tables within tables.
impl Table<'_> {
    /// A section, `[schedule]`.
    pub(super) fn section<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Table<'_>) -> T) -> T {
        let values = match self.take(key) {
            None => Dict::new(),
            Some(Found { value: Value::Dict(_, dict), .. }) => dict,
            Some(found) => {
                self.fault(key, &found.origin, Saying::new("fault-section").with("section", self.key(key)));
                Dict::new()
            }
        };
        self.inner(self.key(key), values, read)
    }

    /// A list of tables, `[[postgres]]`.
    pub(super) fn tables<T>(&mut self, key: &'static str, read: impl Fn(&mut Table<'_>) -> Option<T>) -> Vec<T> {
        let Some(found) = self.take(key) else { return Vec::new() };
        let items = match &found.value {
            Value::Dict(_, dict) => indexed(dict),
            _ => None,
        };
        let Some(items) = items else {
            self.fault(key, &found.origin, Saying::new("fault-tables").with("section", self.key(key)));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (index, item) in items {
            let path = format!("{}.{index}", self.key(key));
            if let Value::Dict(_, values) = item {
                tables.extend(self.inner(path, values, &read));
            } else {
                let (_, origin) = giver(&self.ledger.figment, item.tag());
                self.ledger.faults.push(Fault::new(
                    path,
                    origin,
                    Saying::new("fault-tables").with("section", self.key(key)),
                ));
            }
        }
        tables
    }

    fn inner<T>(&mut self, path: String, values: Dict, read: impl FnOnce(&mut Table<'_>) -> T) -> T {
        let mut table = Table { path, values, known: Vec::new(), ledger: self.ledger };
        let value = read(&mut table);
        table.finish();
        value
    }

    /// Whatever was not asked for is not known.
    fn finish(self) {
        for (key, value) in &self.values {
            let (_, origin) = giver(&self.ledger.figment, value.tag());
            let saying = match nearest(key, &self.known) {
                Some(near) => Saying::new("fault-unknown-key-near").with("near", near),
                None => Saying::new("fault-unknown-key"),
            };
            // Anything can stand where a key is expected.
            let key = joined(&self.path, &key.escape_debug().to_string());
            self.ledger.faults.push(Fault::new(key, origin, saying));
        }
    }
}

/// What every reading stands on.
impl Table<'_> {
    /// Whether somebody gave this key a value, right or wrong.
    pub(super) fn holds(&self, key: &str) -> bool {
        self.values.get(key).is_some_and(|value| !is_unset(value))
    }

    /// A fault where none of these keys has a value.
    pub(super) fn require(&mut self, keys: &[&'static str]) {
        if let [first, ..] = keys
            && !keys.iter().any(|key| self.holds(key))
        {
            self.fault(first, DEFAULT, Saying::new("fault-missing"));
        }
    }

    pub(super) fn fault(&mut self, key: &str, origin: &str, saying: Saying) {
        self.ledger.faults.push(Fault::new(self.key(key), origin, saying));
    }

    /// The same about a file, which is named where it may not be read.
    pub(super) fn fault_of_file(&mut self, key: &str, origin: &str, saying: Saying, refused: Option<PathBuf>) {
        self.ledger.faults.push(Fault::new(self.key(key), origin, saying).unreadable(refused));
    }

    pub(super) fn key(&self, key: &str) -> String {
        joined(&self.path, key)
    }

    /// Sets down what is in force for a key; the last word counts.
    pub(super) fn record(&mut self, key: &str, shown: Option<String>, origin: &str) {
        let setting = Setting { key: self.key(key), shown, origin: origin.to_owned() };
        match self.ledger.settings.iter_mut().find(|known| known.key == setting.key) {
            Some(known) => *known = setting,
            None => self.ledger.settings.push(setting),
        }
    }

    /// A value that another one outranks is not in force.
    pub(super) fn withdraw(&mut self, key: &str) {
        self.record(key, None, DEFAULT);
    }

    /// Who gave the value in force of a key that was read before.
    pub(super) fn origin(&self, key: &str) -> String {
        let key = self.key(key);
        self.ledger.settings.iter().find(|known| known.key == key).map_or(DEFAULT, |known| &known.origin).to_owned()
    }

    /// The key under which a value stands in one of several tables, and who gave it; the first of them.
    pub(super) fn giver_of(&self, tables: &str, key: &str, value: &str) -> (String, String) {
        let shown = Some(quoted(value));
        let is_it = |known: &&Setting| {
            known.key.starts_with(tables) && known.key.ends_with(&format!(".{key}")) && known.shown == shown
        };
        let found = self.ledger.settings.iter().find(is_it);
        found.map_or((tables.to_owned(), DEFAULT.to_owned()), |known| (known.key.clone(), known.origin.clone()))
    }

    /// Of two ways to say one thing, the one that ranks higher; one rank may say it once.
    pub(super) fn one_of<A, B>(
        &mut self,
        (key, one): (&str, Option<Given<A>>),
        (other_key, other): (&str, Option<Given<B>>),
    ) -> (Option<Given<A>>, Option<Given<B>>) {
        match (one, other) {
            (Some(one), Some(other)) if one.rank == other.rank => {
                let origin = origins(&one.origin, &other.origin);
                self.fault(key, &origin, Saying::new("fault-both").with("other", self.key(other_key)));
                (None, None)
            }
            (Some(one), Some(other)) if one.rank > other.rank => {
                self.withdraw(other_key);
                (Some(one), None)
            }
            (Some(_), other @ Some(_)) => {
                self.withdraw(key);
                (None, other)
            }
            at_most_one => at_most_one,
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Found> {
        self.known.push(key);
        let value = self.values.remove(key).filter(|value| !is_unset(value))?;
        let (rank, origin) = giver(&self.ledger.figment, value.tag());
        Some(Found { value, rank, origin })
    }

    fn optional<T>(
        &mut self,
        key: &'static str,
        expected: Saying,
        read: impl Fn(&Found) -> Option<T>,
        show: impl Fn(&T) -> String,
    ) -> Option<Given<T>> {
        let Some(found) = self.take(key) else {
            self.record(key, None, DEFAULT);
            return None;
        };
        let Some(value) = read(&found) else {
            self.fault(key, &found.origin, expected.with("found", found.shown()));
            return None;
        };
        self.record(key, Some(show(&value)), &found.origin);
        Some(Given { value, rank: found.rank, origin: found.origin })
    }

    /// What was given, else the default.
    pub(super) fn or_default<T>(&mut self, key: &str, given: Option<Given<T>>, default: T, shown: &str) -> T {
        if let Some(given) = given {
            return given.value;
        }
        self.record(key, Some(shown.to_owned()), DEFAULT);
        default
    }
}

/// An empty text or list is an unset one, in the file as among the variables.
fn is_unset(value: &Value) -> bool {
    match value {
        Value::String(_, text) => text.is_empty(),
        Value::Dict(_, dict) => dict.is_empty(),
        _ => false,
    }
}

/// Two givers of one value, named once where they are the same file.
pub(super) fn origins(one: &str, other: &str) -> String {
    if one == other { one.to_owned() } else { format!("{one}, {other}") }
}

pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
