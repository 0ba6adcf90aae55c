//! Every path a file spells, with short names put back to full ones: `use std::fs as disk;`
//! makes `disk::write` read `std::fs::write`, also through another module's imports, re-exports
//! and globs. Scopes inside a file are not told apart; a name then has all its meanings at once.

use std::collections::BTreeMap;

use super::lexer::{Kind, Token, closing, reads};
use super::tree::{self, Source};

/// Chains of imports longer than this are not followed; it also ends circles.
const HOPS_MAX: usize = 12;
/// Imports of one file that build on each other: nobody writes more, and each round doubles.
const CHAIN_MAX: usize = 3;

pub(super) type Path = Vec<String>;

/// A path as a file spells it.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub path: Path,
    pub line: usize,
    /// `use path::*`.
    pub is_glob: bool,
    /// Where it stands: `super` and `self` are told from here.
    module: Path,
    /// The short name it gets here.
    alias: Option<String>,
}

/// The imports of all modules, to resolve any mention with.
pub(super) struct Imports {
    by_module: BTreeMap<Path, Names>,
}

#[derive(Default)]
struct Names {
    short: BTreeMap<String, Vec<Path>>,
    globs: Vec<Path>,
}

impl Imports {
    pub(super) fn of(sources: &[Source]) -> Self {
        let mut by_module = BTreeMap::<Path, Names>::new();
        for source in tree::shipped(sources) {
            let (tokens, modules) = source.shipped_tokens();
            let names = by_module.entry(source.module()).or_default();
            for mention in mentions(&tokens, &modules) {
                let path = absolute(&mention.path, &mention.module);
                if mention.is_glob {
                    names.globs.push(path);
                } else if let Some(alias) = mention.alias.filter(|alias| *alias != "_" && [alias.clone()] != path[..]) {
                    names.short.entry(alias).or_default().push(path);
                }
            }
        }
        by_module.values_mut().for_each(Names::spell_out);
        Self { by_module }
    }

    /// Every full path a mention may stand for, itself included.
    pub(super) fn resolve(&self, mention: &Mention, file: &[String]) -> Vec<Path> {
        let mut found = vec![mention.path.clone()];
        let mut fresh = self.meanings(&mention.path, file);
        fresh.push(absolute(&mention.path, &mention.module));
        for _ in 0..HOPS_MAX {
            fresh.retain(|path| !found.contains(path));
            if fresh.is_empty() {
                break;
            }
            found.extend(fresh.iter().cloned());
            fresh = fresh.iter().filter(|path| path[0] == "crate").flat_map(|path| self.through(path)).collect();
        }
        found
    }

    /// What the first name of a path stands for in a module: its imports, else its globs'.
    fn meanings(&self, path: &[String], module: &[String]) -> Vec<Path> {
        let Some(names) = self.by_module.get(module) else { return Vec::new() };
        if let Some(targets) = names.short.get(&path[0]) {
            return targets.iter().map(|target| [target, &path[1..]].concat()).collect();
        }
        let behind = |glob: &Path| [glob.as_slice(), path].concat();
        names.globs.iter().filter(|glob| glob[0] == "crate").map(behind).collect()
    }

    /// A path of ours, one hop on: what the name behind its module stands for there.
    fn through(&self, path: &[String]) -> Vec<Path> {
        let inside = &path[1..];
        let module = (0..inside.len()).rev().map(|end| &inside[..end]).find(|m| self.by_module.contains_key(*m));
        module.map_or_else(Vec::new, |module| self.meanings(&inside[module.len()..], module))
    }
}

impl Names {
    /// Adds what a target means whose own first name is an import of the same file: `use std as
    /// s; use s::fs;`.
    fn spell_out(&mut self) {
        for _ in 0..CHAIN_MAX {
            let known = self.short.clone();
            let meanings = |path: &Path| {
                let targets = known.get(&path[0]).map_or(&[][..], Vec::as_slice);
                let others = targets.iter().filter(|target| target[0] != path[0]);
                others.map(|target| [target, &path[1..]].concat()).collect::<Vec<Path>>()
            };
            for targets in self.short.values_mut().chain([&mut self.globs]) {
                let fresh: Vec<Path> = targets.iter().flat_map(meanings).filter(|t| !targets.contains(t)).collect();
                targets.extend(fresh);
            }
        }
    }
}

/// The paths of `use` items, of type aliases, and all others.
pub(super) fn mentions(tokens: &[Token], modules: &[Path]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let module = modules[at].clone();
        // `impl X + use<'a>` is no import.
        if tokens[at].is("use") && !reads(tokens, at + 1, &["<"]) {
            let mut tree = UseTree { tokens, module, found: &mut found };
            at = tree.read(at + 1, Vec::new());
        } else if tokens[at].is("type") && reads(tokens, at + 2, &["="]) {
            let (mut mention, end) = plain(tokens, at + 3, module);
            mention.alias = Some(tokens[at + 1].text.clone());
            found.push(mention);
            at = end;
        } else if tokens[at].kind == Kind::Name && !is_field(tokens, at) {
            let (mention, end) = plain(tokens, at, module);
            found.push(mention);
            at = end;
        } else {
            at += 1;
        }
    }
    found.retain(|mention| !mention.path.is_empty());
    found
}

/// Behind one dot a name is a field or a method; behind two it ends a range.
fn is_field(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at - 1].is(".") && !(at > 1 && tokens[at - 2].is("."))
}

/// A path in an expression or a type: `a::b`, `a::<T>::b`, `<a::b>::c`, `a::b!`.
fn plain(tokens: &[Token], start: usize, module: Path) -> (Mention, usize) {
    let line = tokens.get(start).map_or(0, |token| token.line);
    let mut path = Path::new();
    let mut at = if reads(tokens, start, &["::"]) { start + 1 } else { start };
    while let Some(token) = tokens.get(at).filter(|token| token.kind == Kind::Name) {
        path.push(token.text.clone());
        at += 1;
        if reads(tokens, at, &["::", "<"]) {
            at = behind_angles(tokens, at + 1);
        } else if start > 0 && tokens[start - 1].is("<") && reads(tokens, at, &[">", "::"]) {
            at += 1;
        }
        if !reads(tokens, at, &["::"]) {
            break;
        }
        at += 1;
    }
    (Mention { path, line, is_glob: false, module, alias: None }, at.max(start + 1))
}

fn behind_angles(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_i32;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        depth += i32::from(token.is("<")) - i32::from(token.is(">"));
        if depth <= 0 || token.is(";") {
            return index + 1;
        }
    }
    tokens.len()
}

struct UseTree<'a> {
    tokens: &'a [Token],
    module: Path,
    found: &'a mut Vec<Mention>,
}

impl UseTree<'_> {
    /// Reads one tree behind `prefix`; returns the token behind it.
    fn read(&mut self, start: usize, prefix: Path) -> usize {
        let mut path = prefix;
        let mut at = start;
        while let Some(token) = self.tokens.get(at) {
            if token.is("{") {
                let end = closing(self.tokens, at);
                at += 1;
                while at < end {
                    at = self.read(at, path.clone()).max(at + 1);
                }
                return end + 1;
            } else if token.is("*") {
                self.push(path, token.line, true, None);
                return at + 1;
            } else if token.is("self") && !path.is_empty() {
                // `a::{self}` is `a`.
            } else if token.kind == Kind::Name {
                path.push(token.text.clone());
            } else if !token.is("::") && !token.is("$") {
                return at + 1;
            }
            at += 1;
            if token.kind == Kind::Name && !reads(self.tokens, at, &["::"]) {
                let renamed = reads(self.tokens, at, &["as"]);
                let alias =
                    if renamed { self.tokens.get(at + 1).map(|t| t.text.clone()) } else { path.last().cloned() };
                self.push(path, token.line, false, alias);
                return at + if renamed { 2 } else { 0 };
            }
        }
        at
    }

    fn push(&mut self, path: Path, line: usize, is_glob: bool, alias: Option<String>) {
        self.found.push(Mention { path, line, is_glob, module: self.module.clone(), alias });
    }
}

/// The path from the root of the crate, as `crate::…`, where it is one of ours.
fn absolute(path: &[String], module: &[String]) -> Path {
    let mut place = module.to_vec();
    let mut rest = path;
    match path[0].as_str() {
        "resguardo" => place.clear(),
        "self" | "super" => {}
        _ => return path.to_vec(),
    }
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "super" => drop(place.pop()),
            "self" | "resguardo" => {}
            _ => break,
        }
        rest = others;
    }
    [&["crate".to_owned()], place.as_slice(), rest].concat()
}
