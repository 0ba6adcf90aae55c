//! A fault of the configuration's text: where it is, where it came from and what was expected.
//! It never holds a secret, so it may be printed, logged and compared.

use std::path::PathBuf;

use crate::domain::saying::Saying;

/// One thing in the text that cannot stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The dotted key, such as `postgres.0.url`; empty where the whole text is meant.
    pub key: String,
    /// The file, the variable, or [`DEFAULT`].
    pub origin: String,
    /// What was expected, and what was found where that may be shown.
    pub saying: Saying,
    /// The file that it is about, where that stands and may not be read.
    pub unreadable: Option<PathBuf>,
}

/// Every fault of one reading, in the order of reading.
pub type Faults = Vec<Fault>;

/// The origin of a value that nobody gave.
pub const DEFAULT: &str = "default";

/// The longest piece of a found value that a fault shows: enough to recognise it by.
const SHOWN_CHARS_MAX: usize = 60;

impl Fault {
    pub(super) fn new(key: impl Into<String>, origin: impl Into<String>, saying: Saying) -> Self {
        Self { key: key.into(), origin: origin.into(), saying, unreadable: None }
    }

    pub(super) fn unreadable(self, path: Option<PathBuf>) -> Self {
        Self { unreadable: path, ..self }
    }
}

/// A found text as a fault shows it: quoted, escaped, cut.
pub(super) fn shown(text: &str) -> String {
    let mut cut: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    format!("{cut:?}")
}

/// The known key that a mistyped one was most likely meant to be.
pub(super) fn nearest<'k>(typed: &str, known: &[&'k str]) -> Option<&'k str> {
    let tolerance = (typed.chars().count() / 3).clamp(1, 3);
    known
        .iter()
        .map(|key| (distance(typed, key), *key))
        .filter(|(distance, _)| *distance <= tolerance)
        .min()
        .map(|(_, key)| key)
}

/// The number of characters to insert, remove, replace or swap with their neighbour to get from
/// one text to the other.
pub(super) fn distance(from: &str, to: &str) -> usize {
    let [from, to]: [Vec<char>; 2] = [from, to].map(|text| text.chars().collect());
    // `rows[i][j]`: from the first i characters of one to the first j of the other.
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_its_key_and_nonsense_finds_none() {
        let known = ["backup", "target_hour", "catch_up", "grace_seconds"];
        assert_eq!(nearest("bakcup", &known), Some("backup"));
        assert_eq!(nearest("target-hour", &known), Some("target_hour"));
        assert_eq!(nearest("grace_secs", &known), Some("grace_seconds"));
        assert_eq!(nearest("keep_days", &known), None);
        assert_eq!(nearest("x", &known), None);
        assert_eq!(nearest("paht", &["name", "path"]), Some("path"));
    }

    #[test]
    fn a_shown_text_is_one_short_line() {
        assert_eq!(shown("a\n\u{1b}[31m"), r#""a\n\u{1b}[31m""#);
        assert_eq!(shown(&"ñ".repeat(100)).chars().count(), SHOWN_CHARS_MAX + 3);
    }
}
