//! Texts: the catalogue against the code that speaks from it, and words that must not be left in
//! any file.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::{Kind, Token, closing, reads};
use super::tree::{self, Breach, Source};

const CATALOGUE: &str = "src/words/en.ftl";
/// A string that begins so is a key, wherever it stands.
const KEY_KINDS: [&str; 4] = ["hint-", "warning-", "reason-", "fault-"];

/// A message of the catalogue.
struct Message {
    line: usize,
    placeholders: BTreeSet<String>,
}

/// Keys that are used but not in the catalogue, in it but not used, and placeholders that are
/// given but not named, or named but not given.
pub(super) fn check_catalogue(sources: &[Source]) -> Vec<Breach> {
    let Some(catalogue) = sources.iter().find(|source| source.path == CATALOGUE) else { return Vec::new() };
    let messages = messages(&catalogue.text);
    let mut breaches = Vec::new();
    let mut used = BTreeSet::new();
    let strings = strings_by_folder(sources);
    for source in tree::shipped(sources) {
        let (tokens, _) = source.shipped_tokens();
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Text) {
            // A warning's or reason's code is its key without the kind, which is put before it.
            used.extend(KEY_KINDS.iter().map(|kind| format!("{kind}{}", token.text)));
            let Some(message) = messages.get(&token.text) else {
                if is_key(&tokens, at) {
                    breaches.push(source.breach(token.line, format!("{} is not in the catalogue", token.text)));
                }
                continue;
            };
            used.insert(token.text.clone());
            for (name, line) in given(&tokens, at).iter().filter(|(name, _)| !message.placeholders.contains(name)) {
                breaches.push(source.breach(*line, format!("{} has no placeholder {name}", token.text)));
            }
            // A helper may fill what all its callers share, so the whole folder is asked.
            let is_given = |name: &String| strings.contains(&(source.folder(), name.clone()));
            for name in message.placeholders.iter().filter(|name| !is_given(name)) {
                breaches.push(source.breach(token.line, format!("{} needs {name}, which is not given", token.text)));
            }
        }
    }
    // Parts of errors are known by their text, not said by their key.
    for (key, message) in messages.iter().filter(|(key, _)| !used.contains(*key) && !key.starts_with("cause-")) {
        breaches.push(catalogue.breach(message.line, format!("{key} is said nowhere")));
    }
    breaches
}

fn strings_by_folder(sources: &[Source]) -> BTreeSet<(Option<&str>, String)> {
    let mut found = BTreeSet::new();
    for source in tree::shipped(sources) {
        let (tokens, _) = source.shipped_tokens();
        found.extend(tokens.into_iter().filter(|t| t.kind == Kind::Text).map(|t| (source.folder(), t.text)));
    }
    found
}

/// The messages of a catalogue: a key at the start of a line, its text up to the next.
fn messages(text: &str) -> BTreeMap<String, Message> {
    let mut found = BTreeMap::<String, Message>::new();
    let mut key = None;
    for (index, line) in text.lines().enumerate() {
        let is_start = line.starts_with(|c: char| c.is_ascii_alphabetic());
        if let Some((name, _)) = line.split_once('=').filter(|_| is_start) {
            key = Some(name.trim().to_owned());
            let message = Message { line: index + 1, placeholders: BTreeSet::new() };
            found.insert(name.trim().to_owned(), message);
        } else if line.starts_with('#') {
            key = None;
        }
        let Some(message) = key.as_ref().and_then(|key| found.get_mut(key)) else { continue };
        for behind in line.split('$').skip(1) {
            let name = behind.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').next();
            message.placeholders.extend(name.filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    found
}

fn is_key(tokens: &[Token], at: usize) -> bool {
    let text = &tokens[at].text;
    let called = |names: &[&str]| at >= names.len() && reads(tokens, at - names.len(), names);
    let is_named = KEY_KINDS.iter().any(|kind| text.strip_prefix(kind).is_some_and(|rest| !rest.is_empty()))
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    is_named || called(&["Saying", "::", "new", "("]) || called(&["words", ".", "text", "("])
}

/// The placeholders given right behind a key: `.with("name", …)`, or `&[("name", …)]`.
fn given(tokens: &[Token], key: usize) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    if reads(tokens, key + 1, &[",", "&", "["]) {
        let end = closing(tokens, key + 3);
        let mut at = key + 4;
        while at < end {
            if tokens[at].is("(") && tokens[at + 1].kind == Kind::Text {
                found.push((tokens[at + 1].text.clone(), tokens[at + 1].line));
            }
            at = if tokens[at].is("(") { closing(tokens, at) + 1 } else { at + 1 };
        }
    }
    let mut at = key + 2;
    while reads(tokens, at, &[".", "with", "("]) && tokens.get(at + 3).is_some_and(|token| token.kind == Kind::Text) {
        found.push((tokens[at + 3].text.clone(), tokens[at + 3].line));
        at = closing(tokens, at + 2) + 1;
    }
    found
}

/// Marks of unfinished work. Spelled in two pieces here, so that this file does not hold them.
const UNFINISHED: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const UNFINISHED_MACROS: [&str; 2] = [concat!("todo", "!"), concat!("unimplemented", "!")];
/// Places on the machine of whoever wrote the file.
const MACHINE_PLACES: [&str; 5] = [
    concat!("/root", "/."),
    concat!("/Use", "rs/"),
    concat!("C:\\Use", "rs\\"),
    concat!(".cargo", "/registry/"),
    concat!(".rustup", "/toolchains/"),
];

/// Marks of unfinished work and paths of a machine, in any text file.
pub(super) fn check_words(sources: &[Source], project: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources {
        for (index, line) in source.text.lines().enumerate() {
            let unfinished = UNFINISHED.iter().find(|word| holds_word(line, word));
            let left_out = UNFINISHED_MACROS.iter().find(|word| source.is_rust() && holds_word(line, word));
            for word in unfinished.iter().chain(&left_out) {
                breaches
                    .push(source.breach(index + 1, format!("{word}: finish it, or say in words what is not there")));
            }
            if MACHINE_PLACES.iter().chain([&project]).any(|place| line.contains(place)) {
                breaches.push(source.breach(index + 1, "names a path of somebody's machine"));
            }
        }
    }
    breaches
}

/// What a page holds of ours alone, and may put there as it is.
const OURS: [&str; 2] = ["style", "script"];

/// Values that a template puts there without escaping them.
pub(super) fn check_templates(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("templates/")) {
        for (index, line) in source.text.lines().enumerate() {
            for value in line.split("{{").skip(1).filter_map(|behind| behind.split("}}").next()) {
                let filters: String = value.split_whitespace().collect();
                let is_ours = OURS.iter().any(|ours| filters == format!("{ours}|safe"));
                if filters.contains("|safe") && !is_ours {
                    breaches.push(source.breach(index + 1, format!("{} is not escaped", value.trim())));
                }
            }
            if line.contains("autoescape") || line.contains("{% filter") {
                breaches.push(source.breach(index + 1, "a whole block is not escaped"));
            }
        }
    }
    breaches
}

/// True where the word stands by itself.
fn holds_word(line: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let behind = line[at + word.len()..].chars().next();
        !is_part(before) && (word.ends_with('!') || !is_part(behind))
    })
}
