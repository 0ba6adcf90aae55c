//! The shape of the tree: head comments, lengths, files that nobody declares, and nothing that
//! makes the shipped program behave otherwise than the tested one.

use super::lexer::{self, reads};
use super::tree::{self, Breach, Source};

/// A source file may be longer than this only with a reason.
const LINES_MAX: usize = 400;
const MAIN_LINES_MAX: usize = 40;

/// A file that is long, and why it is better whole.
pub(super) struct LongFile {
    pub path: &'static str,
    pub reason: &'static str,
}

/// Every Rust file opens with `//!` and at least one whole sentence; the cover page of a floor
/// says what it is given, what it returns, what it never does.
pub(super) fn check_heads(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust()) {
        let head: Vec<&str> = source.text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let head = head.join(" ");
        if !has_sentence(&head) {
            breaches.push(source.breach(1, "opens without a `//!` head of at least one sentence"));
        }
        let is_cover = source.folder().is_some_and(|folder| source.path == format!("src/{folder}/mod.rs"));
        for part in ["Given:", "Returns:", "Never:"] {
            if is_cover && !head.contains(part) {
                breaches.push(source.breach(1, format!("a cover page without `{part}`")));
            }
        }
    }
    breaches
}

/// A sentence: some words, then a full stop.
fn has_sentence(head: &str) -> bool {
    let mut parts = head.split_inclusive(". ").map(str::trim_end);
    parts.any(|part| part.ends_with('.') && part.split_whitespace().count() >= 3)
}

/// Long files without a reason, reasons without a long file, and a `main.rs` that does things.
pub(super) fn check_lengths(sources: &[Source], long: &[LongFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let is_long = |source: &Source| source.text.lines().count() > LINES_MAX;
    for source in sources.iter().filter(|source| source.is_rust() && source.path.starts_with("src/")) {
        let lines = source.text.lines().count();
        if is_long(source) && !long.iter().any(|file| file.path == source.path) {
            breaches
                .push(source.breach(LINES_MAX + 1, format!("{lines} lines: two ideas, or a reason in tidy's list")));
        }
        if source.path == "src/main.rs" && lines >= MAIN_LINES_MAX {
            breaches.push(source.breach(MAIN_LINES_MAX, "main.rs only calls cli"));
        }
    }
    for file in long.iter().filter(|file| !sources.iter().any(|s| s.path == file.path && is_long(s))) {
        let what = format!("is not long any more: take it off tidy's list ({})", file.reason);
        breaches.push(Breach { path: file.path.to_owned(), line: 0, what });
    }
    breaches
}

/// Files that no `mod` declares: never compiled, so their tests never run.
pub(super) fn check_declared(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust()) {
        let is_root = ["src/lib.rs", "src/main.rs", "tests/it/main.rs"].contains(&source.path.as_str());
        let top = ["src", "tests/it"].into_iter().find(|top| source.path.starts_with(&format!("{top}/")));
        let Some(top) = top.filter(|_| !is_root) else { continue };
        let path = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parents = if above == top {
            vec![format!("{top}/lib.rs"), format!("{top}/main.rs")]
        } else {
            vec![format!("{above}/mod.rs"), format!("{above}.rs")]
        };
        let declares = |parent: &Source| {
            let tokens = lexer::tokens(&parent.text);
            (0..tokens.len()).any(|at| reads(&tokens, at, &["mod", name, ";"]))
        };
        if !sources.iter().any(|other| parents.contains(&other.path) && declares(other)) {
            breaches.push(source.breach(1, format!("no `mod {name};` declares this file: nothing compiles it")));
        }
    }
    breaches
}

/// Switches that would give the tests another program than the one that is shipped.
pub(super) fn check_switches(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|source| source.path == "Cargo.toml") {
        let features = source.text.lines().position(|line| line.trim_start().starts_with("[features"));
        breaches.extend(features.map(|line| source.breach(line + 1, "features give the tests another program")));
    }
    for source in tree::shipped(sources) {
        let (tokens, _) = source.shipped_tokens();
        for at in 0..tokens.len() {
            let condition = tokens[at].is("cfg") || tokens[at].is("cfg_attr");
            let open = if reads(&tokens, at + 1, &["!"]) { at + 2 } else { at + 1 };
            if !condition || !reads(&tokens, open, &["("]) {
                continue;
            }
            let inside = &tokens[open..lexer::closing(&tokens, open)];
            let switch =
                inside.iter().find(|token| ["feature", "test", "debug_assertions"].iter().any(|s| token.is(s)));
            breaches.extend(switch.map(|token| {
                source.breach(token.line, format!("cfg({}) gives the tests another program", token.text))
            }));
        }
    }
    breaches
}

/// Crates that must not come back into the tree (design: one provider of TLS, ring; nothing that
/// needs OpenSSL or cmake; no archived tar).
const BANNED: [&str; 12] = [
    "openssl",
    "openssl-sys",
    "openssl-src",
    "native-tls",
    "aws-lc-rs",
    "aws-lc-sys",
    "aws-lc-fips-sys",
    "boring",
    "boring-sys",
    "cmake",
    "tokio-tar",
    "protobuf",
];
/// Crates of which two versions would be two providers of TLS.
const ONCE: [&str; 3] = ["ring", "rustls", "rustls-webpki"];

/// Banned crates and doubled providers in `Cargo.lock`.
pub(super) fn check_lock(sources: &[Source]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for source in sources.iter().filter(|source| source.path == "Cargo.lock") {
        let mut seen = Vec::new();
        for (index, line) in source.text.lines().enumerate() {
            let Some(name) = line.strip_prefix("name = \"").and_then(|rest| rest.strip_suffix('"')) else { continue };
            if BANNED.contains(&name) {
                breaches.push(source.breach(index + 1, format!("{name} is banned from the tree")));
            }
            if ONCE.contains(&name) && seen.contains(&name) {
                breaches.push(source.breach(index + 1, format!("a second version of {name}")));
            }
            seen.push(name);
        }
    }
    breaches
}
