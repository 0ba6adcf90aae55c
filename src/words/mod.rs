//! Floor 1: every text for people, by key and language.
//!
//! Given: a key of the catalogue and values for its placeholders. Returns: a sentence.
//! Never: decides what is said, or when; holds a text outside its catalogue.

mod size;

pub use size::size;

use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::domain::saying::Saying;

const ENGLISH: &str = include_str!("en.ftl");
/// The parts of `RESTORE.md`, each under a line `=== <part>`.
const RESTORE_PAGE_ENGLISH: &str = include_str!("restore_md.en.md");

/// The texts of one language. Cheap to clone.
#[derive(Clone)]
pub struct Words(Arc<FluentBundle<FluentResource>>);

impl Words {
    /// English; other languages come with their catalogues.
    pub fn english() -> Self {
        let resource = FluentResource::try_new(ENGLISH.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let mut bundle = FluentBundle::new_concurrent(vec![unic_langid::LanguageIdentifier::default()]);
        bundle.set_use_isolating(false);
        let _doubles = bundle.add_resource(resource);
        Self(Arc::new(bundle))
    }

    /// The sentence a saying stands for.
    pub fn say(&self, saying: &Saying) -> String {
        let args: Vec<(&str, &str)> = saying.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.text(saying.key, &args)
    }

    /// A part of `RESTORE.md` with its placeholders `{name}` filled. It lies apart from the
    /// catalogue: pages of commands are full of the catalogue's own signs.
    pub fn restore_page(&self, part: &str, values: &[(&str, &str)]) -> String {
        let mut lines = RESTORE_PAGE_ENGLISH.lines().skip_while(|line| line.strip_prefix("=== ") != Some(part));
        let text: String =
            lines.by_ref().skip(1).take_while(|line| !line.starts_with("=== ")).flat_map(|line| [line, "\n"]).collect();
        // One pass: a value that looks like a placeholder stays what it is.
        let mut filled = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(start) = rest.find('{') {
            filled.push_str(&rest[..start]);
            rest = &rest[start..];
            let value = values.iter().find(|(name, _)| rest[1..].starts_with(&format!("{name}}}")));
            let (text, length) = value.map_or(("{", 1), |(name, value)| (*value, name.len() + 2));
            filled.push_str(text);
            rest = &rest[length..];
        }
        filled + rest
    }

    /// The text of a key with its placeholders filled. A key that is not in the catalogue gives
    /// the key itself: a missing sentence must never hide what it was about.
    pub fn text(&self, key: &str, args: &[(&str, &str)]) -> String {
        let Some(pattern) = self.0.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let values: FluentArgs =
            args.iter().map(|(name, value)| ((*name).to_owned(), FluentValue::from((*value).to_owned()))).collect();
        let mut gaps = Vec::new();
        self.0.format_pattern(pattern, Some(&values), &mut gaps).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_well_formed_and_holds_no_key_twice() {
        let resource = FluentResource::try_new(ENGLISH.to_owned()).map_err(|(_, errors)| errors).unwrap();
        let mut bundle: FluentBundle<FluentResource> = FluentBundle::new_concurrent(Vec::new());
        bundle.add_resource(resource).unwrap();
    }

    #[test]
    fn a_saying_becomes_a_sentence_and_an_unknown_key_stays_visible() {
        let words = Words::english();
        let saying = Saying::new("hint-no-room").with("needed", "2.1 GB").with("path", "/backups");
        assert_eq!(
            words.say(&saying),
            "Free at least 2.1 GB on the volume of /backups, or point store.dir at a larger one."
        );
        assert_eq!(words.text("no-such-key", &[]), "no-such-key");
    }
}
