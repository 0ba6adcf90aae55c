//! Floor 1: every text for people, by key and language.
//!
//! Given: a key of the catalogue and values for its placeholders. Returns: a sentence.
//! Never: decides what is said, or when; holds a text outside its catalogue.

mod measure;
mod retell;
mod size;
#[cfg(test)]
mod tests;

pub use size::size;

use std::sync::{Arc, OnceLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::domain::language::Language;
use crate::domain::saying::Saying;

/// The texts of one language, and the parts of its `RESTORE.md`, each under a line `=== <part>`.
struct Catalogue {
    texts: &'static str,
    restore_page: &'static str,
}

const ENGLISH: Catalogue = Catalogue { texts: include_str!("en.ftl"), restore_page: include_str!("restore_md.en.md") };
const SPANISH: Catalogue = Catalogue { texts: include_str!("es.ftl"), restore_page: include_str!("restore_md.es.md") };
const PORTUGUESE: Catalogue =
    Catalogue { texts: include_str!("pt.ftl"), restore_page: include_str!("restore_md.pt.md") };

impl Catalogue {
    const fn of(language: Language) -> Self {
        match language {
            Language::English => ENGLISH,
            Language::Spanish => SPANISH,
            Language::Portuguese => PORTUGUESE,
        }
    }
}

/// What a report keeps of what was said: sentences in English, which are told in the reader's language.
const QUOTED: [&str; 2] = ["hint", "remark"];

/// What a program said, or what a drill found: told in the reader's language as far as that is ours.
const FOUND: [&str; 5] = ["error", "why", "cause", "trouble", "before"];

/// Before the number that the system's errors bear, which a reader of a translation has no use for.
const NUMBERED: &str = " (os error ";

/// The texts of one language. Cheap to make and to clone.
#[derive(Clone)]
pub struct Words {
    language: Language,
    bundle: Arc<FluentBundle<FluentResource>>,
}

impl Words {
    /// English: for reports, logs and whatever a machine may read.
    pub fn english() -> Self {
        Self::of(Language::English)
    }

    /// Each catalogue is read once, when it is first asked for.
    pub fn of(language: Language) -> Self {
        static READ: [OnceLock<Words>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];
        READ[language as usize].get_or_init(|| Self::read(language)).clone()
    }

    fn read(language: Language) -> Self {
        let texts = Catalogue::of(language).texts.to_owned();
        let resource = FluentResource::try_new(texts).unwrap_or_else(|(resource, _)| resource);
        let mut bundle = FluentBundle::new_concurrent(vec![language.code().parse().unwrap_or_default()]);
        bundle.set_use_isolating(false);
        let _doubles = bundle.add_resource(resource);
        let _double = bundle.add_function("NUMBER", move |given, _| measure::number(language, given));
        Self { language, bundle: Arc::new(bundle) }
    }

    /// The sentence a saying stands for.
    pub fn say(&self, saying: &Saying) -> String {
        let args: Vec<(&str, &str)> = saying.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.text(saying.key, &args)
    }

    /// A part of `RESTORE.md` with its placeholders `{name}` filled. It lies apart from the
    /// catalogue: pages of commands are full of the catalogue's own signs.
    pub fn restore_page(&self, part: &str, values: &[(&str, &str)]) -> String {
        let page = Catalogue::of(self.language).restore_page;
        let mut lines = page.lines().skip_while(|line| line.strip_prefix("=== ") != Some(part));
        let text: String =
            lines.by_ref().skip(1).take_while(|line| !line.starts_with("=== ")).flat_map(|line| [line, "\n"]).collect();
        // One pass: a value that looks like a placeholder stays what it is.
        let mut filled = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(start) = rest.find('{') {
            filled.push_str(&rest[..start]);
            rest = &rest[start..];
            let value = values.iter().find(|(name, _)| rest[1..].starts_with(&format!("{name}}}")));
            let (text, length) = value
                .map_or(("{".into(), 1), |(name, value)| (measure::local(self.language, name, value), name.len() + 2));
            filled.push_str(&text);
            rest = &rest[length..];
        }
        filled + rest
    }

    /// The text of a key with its placeholders filled. A key that this language lacks is said in
    /// English, one that is not in the catalogue gives the key itself: a missing sentence must never
    /// hide what it was about.
    pub fn text(&self, key: &str, args: &[(&str, &str)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            let is_english = self.language == Language::English;
            return if is_english { key.to_owned() } else { Self::english().text(key, args) };
        };
        let values: FluentArgs =
            args.iter().map(|(name, value)| ((*name).to_owned(), self.value(name, value))).collect();
        let mut gaps = Vec::new();
        self.bundle.format_pattern(pattern, Some(&values), &mut gaps).into_owned()
    }

    fn value(&self, name: &str, value: &str) -> FluentValue<'static> {
        if QUOTED.contains(&name) {
            return FluentValue::from(self.retell(value));
        }
        if FOUND.contains(&name) {
            return FluentValue::from(self.retell_found(value));
        }
        match measure::count(value) {
            Some(bytes) if name.ends_with("_bytes") => {
                FluentValue::from(measure::local(self.language, name, &size(bytes)).into_owned())
            }
            Some(seconds) if name.ends_with("_seconds") => FluentValue::from(self.span(seconds as f64)),
            Some(count) => FluentValue::from(count),
            None => FluentValue::from(measure::local(self.language, name, value).into_owned()),
        }
    }

    /// A date, with or without a time, or a size, as this language writes it: for tables, which
    /// have no sentences.
    pub fn cell(&self, value: &str) -> String {
        measure::local(self.language, measure::AT, value).into_owned()
    }

    /// How long something took, or is ago: `3 min 5 s`, `1 day 3 h`.
    pub fn span(&self, seconds: f64) -> String {
        measure::span(self, seconds)
    }

    /// What a report keeps in English, hints and remarks a line each, in this language. What is not of
    /// the catalogue (an older version may have written it) stays as it is.
    pub fn retell(&self, english: &str) -> String {
        english.lines().map(|line| self.retell_one(line)).collect::<Vec<_>>().join(" ")
    }

    /// An error, or what a drill found, as its report keeps it in English, in this language: as a whole, or
    /// where it is several findings or has its place before it, in its parts. The rest stays as it was said.
    pub fn retell_found(&self, english: &str) -> String {
        let told = self.retell_one(english);
        if told != english {
            return told;
        }
        for between in ["; ", "\n", ": "] {
            if let Some((first, rest)) = english.split_once(between) {
                return format!("{}{between}{}", self.retell_found(first), self.retell_found(rest));
            }
        }
        match english.split_once(NUMBERED) {
            Some((named, _)) if self.retell_one(named) != named => self.retell_one(named),
            _ => told,
        }
    }

    fn retell_one(&self, english: &str) -> String {
        match retell::recognise(english).filter(|_| self.language != Language::English) {
            Some((key, args)) => {
                self.text(key, &args.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
            }
            None => english.to_owned(),
        }
    }
}
