//! What the checks look at and what they answer: files as (path, text) pairs, so that a check is
//! shown a planted breach the same way it is shown the project.

use std::fmt;
use std::path::Path;

use super::lexer::{self, Token, closing, reads};

/// One file; its path from the project's folder, with `/`.
pub(super) struct Source {
    pub path: String,
    pub text: String,
}

/// A rule not kept, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Breach {
    pub path: String,
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(super) fn breach(&self, line: usize, what: impl Into<String>) -> Breach {
        Breach { path: self.path.clone(), line, what: what.into() }
    }

    pub(super) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|ending| ending == "rs")
    }

    /// The folder of `src/` the file lies in; `None` for files of no floor.
    pub(super) fn folder(&self) -> Option<&str> {
        Some(self.path.strip_prefix("src/")?.split_once('/')?.0)
    }

    /// The file's place among the modules of the library: `src/a/b/mod.rs` and `src/a/b.rs` are
    /// both `[a, b]`.
    pub(super) fn module(&self) -> Vec<String> {
        let path = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let path = path.strip_suffix(".rs").unwrap_or(path);
        let path = path.strip_suffix("/mod").unwrap_or(path);
        if path == "lib" || path == "main" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
    }

    /// The tokens, each with the module it stands in, counting `mod x { … }` inside the file.
    pub(super) fn placed_tokens(&self) -> (Vec<Token>, Vec<Vec<String>>) {
        let tokens = lexer::tokens(&self.text);
        let mut modules = vec![self.module(); tokens.len()];
        for index in 0..tokens.len() {
            if reads(&tokens, index, &["mod"]) && tokens.get(index + 2).is_some_and(|token| token.is("{")) {
                let name = &tokens[index + 1].text;
                for inside in modules.iter_mut().take(closing(&tokens, index + 2)).skip(index + 3) {
                    inside.push(name.clone());
                }
            }
        }
        (tokens, modules)
    }

    /// The same without the items under `#[cfg(test)]`: what the program is made of.
    pub(super) fn shipped_tokens(&self) -> (Vec<Token>, Vec<Vec<String>>) {
        let (tokens, modules) = self.placed_tokens();
        let mut kept = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < tokens.len() {
            if is_for_tests(&tokens, at) {
                at = item_end(&tokens, at);
            } else {
                kept.0.push(tokens[at].clone());
                kept.1.push(modules[at].clone());
                at += 1;
            }
        }
        kept
    }

    /// The files that a `#[cfg(test)] mod name;` here declares.
    fn test_files(&self) -> Vec<String> {
        let (tokens, _) = self.placed_tokens();
        let mut found = Vec::new();
        for at in (0..tokens.len()).filter(|at| is_for_tests(&tokens, *at)) {
            let item = &tokens[at..item_end(&tokens, at)];
            if let Some(name) = item.iter().position(|token| token.is("mod")).and_then(|at| item.get(at + 1)) {
                let module = [self.module(), vec![name.text.clone()]].concat().join("/");
                found.extend([format!("src/{module}.rs"), format!("src/{module}/mod.rs")]);
            }
        }
        found
    }
}

/// The Rust files of `src/` that the program is made of.
pub(super) fn shipped(sources: &[Source]) -> impl Iterator<Item = &Source> {
    let is_code = |source: &&Source| source.is_rust() && source.path.starts_with("src/");
    let for_tests: Vec<String> = sources.iter().filter(is_code).flat_map(Source::test_files).collect();
    sources.iter().filter(is_code).filter(move |source| !for_tests.contains(&source.path))
}

fn is_for_tests(tokens: &[Token], at: usize) -> bool {
    reads(tokens, at, &["#", "[", "cfg", "(", "test", ")", "]"])
        || reads(tokens, at, &["#", "[", "cfg", "(", "all", "(", "test", ","])
}

/// Behind the item that the attribute at `at` stands on: its `;`, its closing brace, or the comma
/// that parts it from the next field.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    let mut angles = 0_i32;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.is("{") {
            return closing(tokens, at) + 1;
        }
        if token.is(";") || token.is("}") || token.is(",") && angles <= 0 {
            return at + usize::from(!token.is("}"));
        }
        let is_arrow = at > 0 && tokens[at - 1].is("-");
        angles += i32::from(token.is("<")) - i32::from(token.is(">") && !is_arrow);
        at = if token.is("[") || token.is("(") { closing(tokens, at) + 1 } else { at + 1 };
    }
    tokens.len()
}

/// Every text file of the project that people wrote: all but what is built, stored or git's own.
pub(super) fn project() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    collect(root, root, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

#[allow(clippy::expect_used, reason = "a project that cannot be read is a failed test")]
fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("list a folder of the project") {
        let path = entry.expect("list a folder of the project").path();
        let relative = path.strip_prefix(root).expect("a path below the root").to_string_lossy().replace('\\', "/");
        if [".git", "target", "backups", "logs"].contains(&relative.as_str()) || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push(Source { path: relative, text });
        }
    }
}
