//! Plain values of a table: numbers, switches, texts, words, paths, lists.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::{Given, Table, quoted};
use crate::config::fault::DEFAULT;
use crate::config::found::Found;
use crate::config::layer::giver;
use crate::domain::saying::Saying;
use crate::domain::schedule::Schedule;

impl Table<'_> {
    pub(in crate::config) fn integer<T>(&mut self, key: &'static str, range: RangeInclusive<T>, default: T) -> T
    where
        T: Copy + PartialOrd + Display + TryFrom<i128>,
    {
        let given = self.optional_integer(key, range);
        self.or_default(key, given, default, &default.to_string())
    }

    pub(in crate::config) fn optional_integer<T>(
        &mut self,
        key: &'static str,
        range: RangeInclusive<T>,
    ) -> Option<Given<T>>
    where
        T: Copy + PartialOrd + Display + TryFrom<i128>,
    {
        let expected = Saying::new("fault-integer").with("min", range.start()).with("max", range.end());
        let read = |found: &Found| T::try_from(found.integer()?).ok().filter(|number| range.contains(number));
        self.optional(key, expected, read, T::to_string)
    }

    pub(in crate::config) fn number(&mut self, key: &'static str, range: RangeInclusive<f64>, default: f64) -> f64 {
        let given = self.optional_number(key, range);
        self.or_default(key, given, default, &default.to_string())
    }

    /// A number that need not be whole.
    pub(in crate::config) fn optional_number(
        &mut self,
        key: &'static str,
        range: RangeInclusive<f64>,
    ) -> Option<Given<f64>> {
        let expected = Saying::new("fault-number").with("min", range.start()).with("max", range.end());
        let read = |found: &Found| found.number().filter(|number| range.contains(number));
        self.optional(key, expected, read, f64::to_string)
    }

    /// Something to compare with: a text, a number, a switch.
    pub(in crate::config) fn optional_scalar(&mut self, key: &'static str) -> Option<Given<String>> {
        self.optional(key, Saying::new("fault-text"), Found::scalar, |text| quoted(text))
    }

    pub(in crate::config) fn boolean(&mut self, key: &'static str, default: bool) -> bool {
        let given = self.optional(key, Saying::new("fault-boolean"), Found::boolean, bool::to_string);
        self.or_default(key, given, default, &default.to_string())
    }

    pub(in crate::config) fn text(&mut self, key: &'static str, default: &str) -> String {
        self.parsed(key, default, Saying::new("fault-text"), |text| Some(text.to_owned())).unwrap_or_default()
    }

    /// One of a few words.
    pub(in crate::config) fn word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&str, T)],
        default: T,
        shown: &str,
    ) -> T {
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let expected = Saying::new("fault-word").with("words", all.join(" "));
        let judge = |text: &str| words.iter().find(|(word, _)| *word == text.trim()).map(|(_, value)| *value);
        self.parsed(key, shown, expected, judge).unwrap_or(default)
    }

    /// A text with a meaning, such as a zone. `None` only where a fault was found.
    pub(in crate::config) fn parsed<T>(
        &mut self,
        key: &'static str,
        default: &str,
        expected: Saying,
        judge: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let absent = !self.holds(key);
        let given = self.optional_parsed(key, expected, &judge);
        if absent {
            self.record(key, Some(quoted(default)), DEFAULT);
            return judge(default);
        }
        given.map(|given| given.value)
    }

    pub(in crate::config) fn optional_parsed<T>(
        &mut self,
        key: &'static str,
        expected: Saying,
        judge: impl Fn(&str) -> Option<T>,
    ) -> Option<Given<T>> {
        let read = |found: &Found| found.text().and_then(|text| Some((judge(text)?, quoted(text))));
        let given = self.optional(key, expected, read, |(_, shown)| shown.clone())?;
        Some(Given { value: given.value.0, rank: given.rank, origin: given.origin })
    }

    pub(in crate::config) fn optional_text(&mut self, key: &'static str) -> Option<Given<String>> {
        self.optional_parsed(key, Saying::new("fault-text"), |text| Some(text.to_owned()))
    }

    pub(in crate::config) fn path(&mut self, key: &'static str, default: &str) -> PathBuf {
        self.text(key, default).into()
    }

    /// A path without which there is nothing to do.
    pub(in crate::config) fn required_path(&mut self, key: &'static str) -> Option<PathBuf> {
        self.require(&[key]);
        self.optional_text(key).map(|given| given.value.into())
    }

    /// A source's own cron expression.
    pub(in crate::config) fn own_schedule(&mut self) -> Option<Schedule> {
        self.optional_parsed("schedule", Saying::new("fault-cron"), cron).map(|given| given.value)
    }

    /// A list of texts, each of which must please `judge`.
    pub(in crate::config) fn texts(
        &mut self,
        key: &'static str,
        expected: &Saying,
        judge: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let Some(found) = self.take(key) else {
            self.record(key, Some("[]".to_owned()), DEFAULT);
            return Vec::new();
        };
        let Some(items) = found.items() else {
            self.fault(key, &found.origin, Saying::new("fault-list").with("found", found.shown()));
            return Vec::new();
        };
        let (mut texts, mut origins) = (Vec::new(), Vec::new());
        for (index, value) in items {
            let (rank, origin) = giver(&self.ledger.figment, value.tag());
            let item = Found { value, rank, origin };
            if let Some(text) = item.text().filter(|text| judge(text)) {
                texts.push(text.to_owned());
            } else {
                let saying = expected.clone().with("found", item.shown());
                self.fault(&format!("{key}.{index}"), &item.origin, saying);
            }
            if !origins.contains(&item.origin) {
                origins.push(item.origin);
            }
        }
        let origin = if origins.is_empty() { found.origin } else { origins.join(", ") };
        self.record(key, Some(format!("{texts:?}")), &origin);
        texts
    }
}

pub(in crate::config) fn cron(text: &str) -> Option<Schedule> {
    Schedule::parse(text.trim()).ok()
}
