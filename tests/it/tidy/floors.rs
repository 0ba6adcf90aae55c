//! The floors: a folder of `src/` names only folders of floors below it and itself, in whatever
//! spelling. It reads tokens, not lines; it does not resolve names, because a path that leaves a
//! folder must begin with `crate`, `super`, `self` or the crate's own name.

use super::lexer::{Kind, Token, closing, reads};
use super::tree::{Breach, Source};

/// Each folder of `src/` and the floor it stands on.
const FLOORS: [(&str, u8); 13] = [
    ("domain", 0),
    ("config", 1),
    ("sys", 1),
    ("words", 1),
    ("source", 2),
    ("transform", 2),
    ("store", 2),
    ("job", 3),
    ("standing", 4),
    ("notify", 5),
    ("serve", 5),
    ("runner", 6),
    ("daemon", 7),
];
/// The top floor, the only one that `main.rs` may name.
const TOP: (&str, u8) = ("cli", 8);

const CRATE: &str = "resguardo";

/// Everything in `src/` that reaches sideways or up, or hides where it reaches.
pub(super) fn check(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust() && source.path.starts_with("src/")) {
        match (source.path.as_str(), source.folder()) {
            ("src/lib.rs", _) => breaches.extend(check_list_of_floors(source, sources)),
            ("src/main.rs", _) => breaches.extend(Reader::read(source, "main.rs")),
            (_, Some(folder)) if floor(folder).is_some() => breaches.extend(Reader::read(source, folder)),
            _ => breaches.push(source.breach(1, "stands on no floor")),
        }
    }
    breaches
}

fn floor(folder: &str) -> Option<u8> {
    FLOORS.iter().chain([&TOP]).find(|(name, _)| *name == folder).map(|(_, floor)| *floor)
}

/// `lib.rs` declares the floors, bottom up, and nothing else: a re-export there would let a
/// folder reach another under a name of no floor.
fn check_list_of_floors(source: &Source, sources: &[Source]) -> Vec<Breach> {
    let (tokens, _) = source.placed_tokens();
    let mut breaches = Vec::new();
    let mut declared = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if reads(&tokens, at, &["#", "!", "["]) {
            at = closing(&tokens, at + 2) + 1;
        } else if reads(&tokens, at, &["pub", "mod"]) && tokens.get(at + 3).is_some_and(|token| token.is(";")) {
            declared.push((tokens[at + 2].text.as_str(), tokens[at].line));
            at += 4;
        } else {
            breaches.push(source.breach(tokens[at].line, "lib.rs declares floors (`pub mod name;`) and nothing else"));
            break;
        }
    }
    for pair in declared.windows(2).filter(|pair| floor(pair[0].0) > floor(pair[1].0)) {
        breaches.push(source.breach(pair[1].1, format!("{} stands below {}: list it first", pair[1].0, pair[0].0)));
    }
    for (folder, _) in FLOORS.iter().chain([&TOP]) {
        let stands = sources.iter().any(|other| other.folder() == Some(folder));
        if stands && !declared.iter().any(|(name, _)| name == folder) {
            breaches.push(source.breach(1, format!("src/{folder} is not declared, so nothing compiles it")));
        }
    }
    breaches
}

/// Reads one file and notes every step out of its folder.
struct Reader<'a> {
    source: &'a Source,
    folder: &'a str,
    tokens: Vec<Token>,
    breaches: Vec<Breach>,
}

impl<'a> Reader<'a> {
    fn read(source: &'a Source, folder: &'a str) -> Vec<Breach> {
        let (tokens, modules) = source.placed_tokens();
        let mut reader = Self { source, folder, tokens, breaches: Vec::new() };
        let mut at = 0;
        let mut macro_ends = 0;
        while at < reader.tokens.len() {
            if reader.reads(at, &["macro_rules", "!"]) {
                macro_ends = closing(&reader.tokens, at + 3);
            }
            reader.judge_hiding(at, at < macro_ends);
            at = reader.judge_path(at, &modules[at]);
        }
        reader.breaches
    }

    /// What would carry a name past this reader's eyes.
    fn judge_hiding(&mut self, at: usize, in_macro: bool) {
        if self.reads(at, &["extern", "crate"]) {
            self.note(at, "`extern crate` gives a crate another name");
        } else if self.reads(at, &["include", "!"]) {
            self.note(at, "`include!` brings code from elsewhere");
        } else if self.reads(at, &["[", "macro_export"]) || self.reads(at, &["[", "macro_use"]) {
            self.note(at, "a macro of no folder: give it a path of its own with `pub(crate) use`");
        } else if self.reads(at, &["[", "path", "="]) {
            self.note(at, "`#[path]` takes a module from elsewhere");
        } else if in_macro && self.reads(at, &["super", "::"]) {
            self.note(at, "`super` in a macro leads elsewhere wherever it is used: write `$crate`");
        }
    }

    /// Follows a path that may leave the folder; returns where to read on.
    fn judge_path(&mut self, at: usize, module: &[String]) -> usize {
        let restricts = at >= 2 && self.reads(at - 2, &["pub", "("]) && self.reads(at + 1, &[")"]);
        if restricts || self.tokens[at].kind != Kind::Name {
            return at + 1;
        }
        match self.tokens[at].text.as_str() {
            // `crate = "…"` is a key of some derives, not a path.
            "crate" if !self.reads(at + 1, &["="]) => self.after_name(at, Vec::new()),
            CRATE if self.reads(at + 1, &["::"]) => self.after_name(at, Vec::new()),
            "super" => self.follow(at, module.to_vec()),
            "self" if self.reads(at + 1, &["::"]) => self.follow(at, module.to_vec()),
            _ => at + 1,
        }
    }

    /// Stands on a segment of a path that has led to `place` so far; an empty place is the root
    /// of the crate, where the next name is a folder.
    fn follow(&mut self, at: usize, mut place: Vec<String>) -> usize {
        let Some(token) = self.tokens.get(at) else { return at };
        if token.is("super") {
            if place.pop().is_none() {
                self.note(at, "leads out of the crate");
                return at + 1;
            }
            self.after_name(at, place)
        } else if token.is("self") {
            self.after_name(at, place)
        } else if token.is("{") {
            let end = closing(&self.tokens, at);
            let mut item = at + 1;
            while item < end {
                let read_to = self.follow(item, place.clone()).max(item + 1);
                item = self.next_item(read_to, end);
            }
            end + 1
        } else {
            if place.is_empty() {
                self.judge_root_name(at);
            }
            at + 1
        }
    }

    /// Stands on a name that led to `place`: goes on behind `::`, or judges the place itself.
    fn after_name(&mut self, at: usize, place: Vec<String>) -> usize {
        if self.reads(at + 1, &["::"]) {
            return self.follow(at + 2, place);
        }
        if place.is_empty() {
            self.note(at, "names the whole crate, so that what is reached through it cannot be seen");
        }
        at + 1
    }

    /// The first token behind the next comma of this group, passing over what is nested.
    fn next_item(&self, from: usize, end: usize) -> usize {
        let mut at = from;
        while at < end {
            if self.tokens[at].is(",") {
                return at + 1;
            }
            at = if self.tokens[at].is("{") { closing(&self.tokens, at) + 1 } else { at + 1 };
        }
        end
    }

    fn judge_root_name(&mut self, at: usize) {
        let token = &self.tokens[at];
        if token.is("*") {
            return self.note(at, "takes every floor at once");
        }
        if token.is("$") {
            return self.note(at, "a macro's argument says which floor this is");
        }
        let name = token.text.clone();
        if name == self.folder {
            return;
        }
        match (floor(&name), floor(self.folder)) {
            _ if self.folder == "main.rs" && name == TOP.0 => {}
            _ if self.folder == "main.rs" => self.note(at, &format!("main.rs calls cli only, not {name}")),
            (None, _) => self.note(at, &format!("{name} is no floor")),
            (Some(theirs), Some(ours)) if theirs < ours => {}
            (Some(theirs), ours) => {
                let ours = ours.unwrap_or_default();
                self.note(at, &format!("{} (floor {ours}) names {name} (floor {theirs})", self.folder));
            }
        }
    }

    fn reads(&self, at: usize, texts: &[&str]) -> bool {
        reads(&self.tokens, at, texts)
    }

    fn note(&mut self, at: usize, what: &str) {
        self.breaches.push(self.source.breach(self.tokens[at].line, what));
    }
}
