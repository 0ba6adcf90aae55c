//! Knows a sentence of the English catalogue again, with what its placeholders were filled with.
//! Reports keep hints in English, whoever reads them; so each reader is told in his own language,
//! also what was kept before he chose one. Never: guesses; what does not fit wholly is not known.

use std::sync::LazyLock;

use super::ENGLISH;

/// The kinds of texts that reports keep, and that are told again.
const KEPT: [&str; 4] = ["hint-", "remark-", "proof-", CAUSE];
/// A part of an error: what fills its gaps never reaches over into the next part.
const CAUSE: &str = "cause-";

/// A sentence cut at its placeholders.
struct Sentence {
    key: &'static str,
    begin: &'static str,
    rest: Vec<Gap>,
}

/// A placeholder and the text behind it.
struct Gap {
    name: &'static str,
    /// It was filled with a number: what is none is no such sentence.
    is_number: bool,
    behind: &'static str,
}

static SENTENCES: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
    let kept = ENGLISH.texts.lines().filter(|line| KEPT.iter().any(|kind| line.starts_with(kind)));
    kept.filter_map(|line| line.split_once(" = ")).map(|(key, text)| Sentence::cut(key, text)).collect()
});

/// The key of the sentence this text is, and its values. Of several the one of which most is the
/// sentence's own.
pub(super) fn recognise(text: &str) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    let known = SENTENCES.iter().filter_map(|sentence| Some((sentence, sentence.values(text)?)));
    let (sentence, values) = known.max_by_key(|(sentence, _)| sentence.own_bytes())?;
    Some((sentence.key, values))
}

impl Sentence {
    fn cut(key: &'static str, text: &'static str) -> Self {
        let mut pieces = text.split("{ ");
        let begin = pieces.next().unwrap_or_default();
        let rest = pieces.filter_map(|piece| {
            let (placeholder, behind) = piece.split_once(" }")?;
            let number = placeholder.strip_prefix("NUMBER(").and_then(|number| number.strip_suffix(')'));
            let name = number.unwrap_or(placeholder).trim_start_matches('$');
            Some(Gap { name, is_number: number.is_some(), behind })
        });
        Self { key, begin, rest: rest.collect() }
    }

    fn own_bytes(&self) -> usize {
        self.begin.len() + self.rest.iter().map(|gap| gap.behind.len()).sum::<usize>()
    }

    fn values(&self, text: &str) -> Option<Vec<(&'static str, String)>> {
        let mut left = text.strip_prefix(self.begin)?;
        let mut values: Vec<(&'static str, String)> = Vec::new();
        for (at, Gap { name, is_number, behind }) in self.rest.iter().enumerate() {
            let is_last = at + 1 == self.rest.len();
            let end = if is_last { left.strip_suffix(behind)?.len() } else { left.find(behind)? };
            let value = ungrouped(&left[..end]);
            let reaches_over = self.key.starts_with(CAUSE) && [": ", "; ", "\n"].iter().any(|end| value.contains(end));
            if reaches_over || *is_number && !value.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            left = &left[end + behind.len()..];
            match values.iter().find(|(known, _)| known == name) {
                Some((_, known)) if *known != value => return None,
                Some(_) => {}
                None => values.push((name, value)),
            }
        }
        left.is_empty().then_some(values)
    }
}

/// `1,500` as it was before it was put into English.
fn ungrouped(value: &str) -> String {
    let mut groups = value.split(',');
    let are_digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().is_some_and(|group| group.len() <= 3 && are_digits(group));
    let is_grouped = first && groups.all(|group| group.len() == 3 && are_digits(group));
    if is_grouped { value.replace(',', "") } else { value.to_owned() }
}
