//! The doors: only `sys` asks the time, starts programs and changes files; only `config` reads
//! the environment, only `cli` the arguments; `domain` knows none of these things. Modules under
//! `#[cfg(test)]` are exempt: a test makes its own world.

use std::collections::BTreeSet;

use super::lexer::reads;
use super::paths::{self, Imports, Mention, Path};
use super::tree::{self, Breach, Source};

/// A place where a rule does not hold, and why. `file` may be the start of a path.
pub(super) struct Exception {
    pub file: &'static str,
    /// The first part of the path or method that is allowed there, in full: `std::env::temp_dir`.
    pub what: &'static str,
    pub reason: &'static str,
}

/// Names that open a door, and the folders it is shut to.
struct Door {
    is_shut: fn(&str) -> bool,
    why: &'static str,
    /// From the first segment on; `x*` is any name that begins with `x`.
    paths: &'static [&'static str],
    /// The last segments, whatever stands before them.
    ends: &'static [&'static str],
    /// Methods, told by their name alone, and so only in files that name one of `methods_of`: a
    /// type of ours may have a method of the same name.
    methods: &'static [&'static str],
    methods_of: &'static [&'static str],
    /// Names and marks in a row.
    phrases: &'static [&'static [&'static str]],
}

const DOORS: [Door; 5] = [
    Door {
        is_shut: |folder| folder != "sys",
        why: "only sys asks the time",
        paths: &["std::time::SystemTime::now", "rustix::time::clock_gettime*", "chrono::Utc::now", "chrono::Local"],
        ends: &["SystemTime::now", "Utc::now", "Local::now"],
        methods: &[],
        methods_of: &[],
        phrases: &[&["UNIX_EPOCH", ".", "elapsed"]],
    },
    Door {
        is_shut: |folder| folder != "sys",
        why: "only sys starts programs",
        paths: &[
            "std::process::Command",
            "std::os::unix::process::CommandExt",
            "tokio::process",
            "rustix::runtime",
            "rustix::process::kill*",
        ],
        ends: &[],
        methods: &[],
        methods_of: &[],
        phrases: &[],
    },
    Door {
        is_shut: |folder| folder != "sys",
        why: "only sys changes files",
        paths: &[
            "std::fs::write",
            "std::fs::rename",
            "std::fs::remove_*",
            "std::fs::create_dir*",
            "std::fs::copy",
            "std::fs::hard_link",
            "std::fs::soft_link",
            "std::fs::set_*",
            "std::fs::OpenOptions::write",
            "std::fs::OpenOptions::append",
            "std::fs::OpenOptions::create*",
            "std::fs::OpenOptions::truncate",
            "std::fs::DirBuilder",
            "std::fs::File::create*",
            "std::os::unix::fs::symlink",
            "std::os::unix::fs::*chown",
            "std::os::unix::fs::DirBuilderExt",
            "tokio::fs::write",
            "tokio::fs::rename",
            "tokio::fs::remove_*",
            "tokio::fs::create_dir*",
            "tokio::fs::copy",
            "tokio::fs::hard_link",
            "tokio::fs::symlink*",
            "tokio::fs::set_*",
            "tokio::fs::OpenOptions::write",
            "tokio::fs::OpenOptions::append",
            "tokio::fs::OpenOptions::create*",
            "tokio::fs::OpenOptions::truncate",
            "tokio::fs::DirBuilder",
            "tokio::fs::File::create*",
            "rustix::fs::rename*",
            "rustix::fs::unlink*",
            "rustix::fs::rmdir",
            "rustix::fs::remove*",
            "rustix::fs::mk*",
            "rustix::fs::link*",
            "rustix::fs::symlink*",
            "rustix::fs::*chmod*",
            "rustix::fs::*chown*",
            "rustix::fs::*truncate",
            "rustix::fs::fallocate",
            "rustix::fs::*sync*",
            "rustix::fs::utimens*",
            "rustix::fs::futimens",
            "rustix::fs::*setxattr",
            "rustix::fs::*removexattr",
            "rustix::fs::flock",
            "rustix::fs::OFlags::WRONLY",
            "rustix::fs::OFlags::RDWR",
            "rustix::fs::OFlags::CREATE",
            "rustix::fs::OFlags::TRUNC",
            "rustix::fs::OFlags::APPEND",
            "rustix::fs::OFlags::TMPFILE",
            "tempfile",
        ],
        ends: &[],
        methods: &["sync_all", "sync_data", "set_permissions", "set_times", "set_modified", "set_len"],
        methods_of: &["std::fs", "tokio::fs"],
        phrases: &[
            &[".", "write", "(", "true"],
            &[".", "append", "(", "true"],
            &[".", "truncate", "(", "true"],
            &[".", "create", "(", "true"],
            &[".", "create_new", "(", "true"],
        ],
    },
    Door {
        is_shut: |folder| folder != "config",
        why: "only config reads the environment, only cli the arguments",
        paths: &[
            "std::env::var*",
            "std::env::set_var",
            "std::env::remove_var",
            "std::env::args*",
            "std::env::temp_dir",
            "std::env::home_dir",
            "figment::providers::Env",
        ],
        ends: &[],
        methods: &[],
        methods_of: &[],
        phrases: &[],
    },
    Door {
        is_shut: |folder| folder == "domain",
        why: "domain has no I/O, no clock, no async",
        paths: &[
            "std::fs",
            "std::io",
            "std::net",
            "std::process",
            "std::env",
            "std::thread",
            "std::time::SystemTime",
            "std::time::Instant",
            "tokio",
            "tokio_util",
            "tracing",
            "rustix",
            "rusqlite",
            "reqwest",
            "axum",
            "lettre",
        ],
        ends: &[],
        methods: &["exists", "try_exists", "canonicalize", "read_dir", "symlink_metadata"],
        methods_of: &["std::path"],
        phrases: &[&["async"], &[".", "await"]],
    },
];

/// What `cli` may ask beside the rest: the arguments are its business.
const ARGUMENTS: &str = "std::env::args";

/// Every use of a door by a folder that does not hold it, and every exception that nothing uses.
pub(super) fn check(sources: &[Source], exceptions: &[Exception]) -> Vec<Breach> {
    let imports = Imports::of(sources);
    let mut breaches = Vec::new();
    let mut used = vec![false; exceptions.len()];
    for source in tree::shipped(sources) {
        for (line, what, why) in openings(source, &imports) {
            let covers = |e: &Exception| source.path.starts_with(e.file) && what.starts_with(e.what);
            match exceptions.iter().position(covers) {
                Some(index) => used[index] = true,
                None => breaches.push(source.breach(line, format!("{what}: {why}"))),
            }
        }
    }
    for (exception, _) in exceptions.iter().zip(used).filter(|(_, used)| !used) {
        let what = format!("the exception for {} is not used ({}): remove it", exception.what, exception.reason);
        breaches.push(Breach { path: exception.file.to_owned(), line: 0, what });
    }
    breaches.sort();
    breaches.dedup();
    breaches
}

/// The doors a file opens without holding them: line, full name, rule.
fn openings(source: &Source, imports: &Imports) -> Vec<(usize, String, &'static str)> {
    let folder = source.folder().unwrap_or_default();
    let (tokens, modules) = source.shipped_tokens();
    let doors: Vec<&Door> = DOORS.iter().filter(|door| (door.is_shut)(folder)).collect();
    let mut found = Vec::new();
    let mut named = BTreeSet::new();
    for mention in paths::mentions(&tokens, &modules) {
        let paths = imports.resolve(&mention, &source.module());
        named.extend(paths.iter().filter(|path| path.len() > 1).map(|path| path[..2].join("::")));
        for door in &doors {
            let opened = paths.iter().find(|path| opens(door, &mention, path)).map(|path| path.join("::"));
            let opened = opened.filter(|path| !(folder == "cli" && path.starts_with(ARGUMENTS)));
            found.extend(opened.map(|path| (mention.line, path, door.why)));
        }
    }
    for (at, token) in tokens.iter().enumerate() {
        let is_method = at > 0 && tokens[at - 1].is(".") && reads(&tokens, at + 1, &["("]);
        for door in &doors {
            let is_theirs = door.methods_of.iter().any(|theirs| named.contains(*theirs));
            if is_method && is_theirs && door.methods.contains(&token.text.as_str()) {
                found.push((token.line, format!(".{}()", token.text), door.why));
            }
            let phrase = door.phrases.iter().find(|phrase| reads(&tokens, at, phrase));
            found.extend(phrase.map(|phrase| (token.line, phrase.concat(), door.why)));
        }
    }
    found
}

fn opens(door: &Door, mention: &Mention, path: &Path) -> bool {
    let begins = |pattern: &&str| {
        let pattern: Vec<&str> = pattern.split("::").collect();
        let shared = pattern.len().min(path.len());
        let same = pattern.iter().zip(path).take(shared).all(|(pattern, name)| fits(pattern, name));
        // A glob brings in what its module holds: `use std::fs::*` brings `write`.
        // A lone name may be anybody's: a variable may be called `tempfile`.
        same && (path.len() >= pattern.len().max(2) || mention.is_glob)
    };
    let ends = |end: &&str| {
        let end: Vec<&str> = end.split("::").collect();
        path.len() >= end.len() && path[path.len() - end.len()..].iter().zip(end).all(|(name, end)| name == end)
    };
    door.paths.iter().any(begins) || door.ends.iter().any(ends)
}

/// `x*`, `*x`, `*x*` or a whole name.
fn fits(pattern: &str, name: &str) -> bool {
    let bare = pattern.trim_matches('*');
    match (pattern.starts_with('*'), pattern.ends_with('*')) {
        (true, true) => name.contains(bare),
        (true, false) => name.ends_with(bare),
        (false, true) => name.starts_with(bare),
        (false, false) => name == pattern,
    }
}
