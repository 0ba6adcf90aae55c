//! Planted breaches: every check is shown each kind it must find, with its line, and beside it
//! what looks alike and is allowed.

use super::doors::{self, Exception};
use super::floors;
use super::shape::{self, LongFile};
use super::texts;
use super::tree::{Breach, Source};

/// The lines of `path` that a check names when it is shown these files.
fn lines(breaches: &[Breach], path: &str) -> Vec<usize> {
    let mut lines: Vec<usize> = breaches.iter().filter(|breach| breach.path == path).map(|b| b.line).collect();
    lines.dedup();
    lines
}

/// One file alone: the lines found in it must be exactly these.
#[track_caller]
fn check(found: impl Fn(&[Source]) -> Vec<Breach>, path: &str, text: &str, expected: &[usize]) {
    let breaches = found(&[Source::new(path, text)]);
    assert_eq!(lines(&breaches, path), expected, "{path}:\n{text}\nfound: {breaches:#?}");
}

#[test]
fn a_step_up_or_sideways_is_found_in_every_spelling() {
    let planted: &[(&str, &str, &[usize])] = &[
        ("src/domain/a.rs", "use crate::sys::Sys;", &[1]),
        ("src/store/a.rs", "\nuse crate::source::Source;", &[2]),
        ("src/config/mod.rs", "use crate::words::Words;", &[1]),
        ("src/store/a.rs", "use crate::{domain::id, sys::{files, gate},\n job::{backup, prune}};", &[2]),
        ("src/store/a.rs", "use crate::{\n    domain::{a, b::{c}},\n    cli,\n};", &[3]),
        ("src/store/a.rs", "use super::super::runner::Runner;", &[1]),
        ("src/store/mod.rs", "use super::runner::Runner;", &[1]),
        ("src/store/a/b.rs", "use super::super::super::runner::Runner;", &[1]),
        ("src/store/a/mod.rs", "use super::super::runner::Runner;", &[1]),
        ("src/store/a.rs", "use self::super::super::runner::Runner;", &[1]),
        ("src/store/a.rs", "use super::{super::runner, b};", &[1]),
        ("src/store/a.rs", "mod inside {\n use super::super::super::runner::Runner;\n}", &[2]),
        ("src/store/a.rs", "#[cfg(test)]\nmod tests {\n use crate::job::Job;\n}", &[3]),
        ("src/store/a.rs", "fn f() -> crate::job::Job {}", &[1]),
        ("src/store/a.rs", "fn f() { let a = 'a'; let b = \"\\\"\"; crate\n::job::run() }", &[2]),
        ("src/store/a.rs", "impl X for <crate::job::Job as Y>::Z {}", &[1]),
        ("src/store/a.rs", "use ::resguardo::job;", &[1]),
        ("src/store/a.rs", "fn f() { resguardo::job::run() }", &[1]),
        ("src/store/a.rs", "pub use crate::job::Job;", &[1]),
        ("src/store/a.rs", "use crate::job as store;", &[1]),
        ("src/store/a.rs", "use crate::r#job::Job;", &[1]),
        ("src/store/a.rs", "fn f() { println!(\"{}\", crate::job::NAME) }", &[1]),
        ("src/store/a.rs", "macro_rules! m { () => { $crate::job::run() } }", &[1]),
        ("src/store/a.rs", "macro_rules! m { ($a:ident) => { crate::$a::run() } }", &[1]),
        ("src/store/a.rs", "macro_rules! m { () => { super::run() } }", &[1]),
        ("src/store/a.rs", "m!(crate, job);", &[1]),
        ("src/store/a.rs", "use crate::*;", &[1]),
        ("src/store/a.rs", "use super::super::*;", &[1]),
        ("src/store/a.rs", "use crate::{self as root};", &[1]),
        ("src/store/a.rs", "use super::super as root;", &[1]),
        ("src/store/a.rs", "use crate as root;", &[1]),
        ("src/store/a.rs", "extern crate self as root;", &[1]),
        ("src/store/a.rs", "#[path = \"../job/mod.rs\"]\nmod job;", &[1]),
        ("src/store/a.rs", "include!(\"../job/mod.rs\");", &[1]),
        ("src/store/a.rs", "#[macro_export]\nmacro_rules! m { () => {} }", &[1]),
        ("src/store/a.rs", "#[serde(with = \"crate::job::times\")]\nstruct A;", &[1]),
        ("src/store/a.rs", "use crate::helpers::x;", &[1]),
        ("src/store/a.rs", "use super::super::super::x;", &[1]),
        ("src/helpers/mod.rs", "pub fn f() {}", &[1]),
        ("src/helpers.rs", "pub fn f() {}", &[1]),
        ("src/lib.rs", "pub mod domain;\npub use domain::Set;", &[2]),
        ("src/lib.rs", "pub mod sys;\npub mod domain;", &[2]),
        ("src/lib.rs", "#[macro_use]\npub mod domain;", &[1]),
        ("src/main.rs", "fn main() { resguardo::daemon::run() }", &[1]),
        ("src/main.rs", "mod store;\nfn main() { crate::store::run() }", &[2]),
    ];
    for (path, text, expected) in planted {
        check(floors::check, path, text, expected);
    }
}

#[test]
fn a_step_down_and_what_only_looks_like_one_up_is_allowed() {
    let allowed = [
        ("src/store/a.rs", "use crate::{domain::{self, id}, sys::Sys, config, words, store::b};"),
        ("src/store/a.rs", "use super::{b, c::{self, D}}; use super::*; use self::e::F;"),
        (
            "src/store/a.rs",
            "// use crate::job;\n/* crate::job */ /// [`crate::job`]\nfn f() { g(\"crate::job\", r#\"crate::job\"#) }",
        ),
        ("src/store/a.rs", "pub(crate) fn f() {} pub(super) fn g() {} pub(in crate::store) fn h() {}"),
        ("src/store/a.rs", "mod tests { use super::*; use super::super::b; }"),
        ("src/store/a.rs", "impl A { fn f(&self) -> &Self { self.g(); self } }"),
        ("src/store/a.rs", "fn f<'a>(job: &'a Job) -> Job { job.cli(); other::job::x(job) }"),
        ("src/store/a.rs", "#[derive(A)]\n#[serde(crate = \"serde\")]\nstruct A;"),
        ("src/store/a.rs", "macro_rules! m { () => { $crate::domain::f() } }\npub(crate) use m;"),
        ("src/store/a.rs", "const A: &str = include_str!(\"a.txt\");"),
        ("src/cli/mod.rs", "use crate::{daemon, runner, domain};"),
        (
            "src/lib.rs",
            "//! Floors.\n#![warn(missing_docs)]\npub mod domain;\npub mod config;\npub mod sys;\npub mod cli;",
        ),
        ("src/main.rs", "use resguardo::cli;\nfn main() -> std::process::ExitCode { cli::main() }"),
        ("tests/it/a.rs", "use resguardo::cli; use crate::support;"),
    ];
    for (path, text) in allowed {
        check(floors::check, path, text, &[]);
    }
}

#[test]
fn a_floor_that_is_not_declared_is_found() {
    let files = [Source::new("src/lib.rs", "pub mod domain;"), Source::new("src/store/mod.rs", "")];
    assert_eq!(lines(&floors::check(&files), "src/lib.rs"), [1]);
}

#[test]
fn a_door_opened_elsewhere_is_found_in_every_spelling() {
    let planted: &[(&str, &str, &[usize])] = &[
        ("src/store/a.rs", "fn f() { std::fs::write(a, b) }", &[1]),
        ("src/store/a.rs", "use std::fs;\nfn f() {\n fs::rename(a, b) }", &[3]),
        ("src/store/a.rs", "use std::{fs::{self, File}, io};\nfn f() { File::create(a) }", &[2]),
        ("src/store/a.rs", "use std::fs as disk;\nfn f() { disk::remove_dir_all(a) }", &[2]),
        ("src/store/a.rs", "use std as s;\nuse s::fs as f;\nfn g() { f::copy(a, b) }", &[3]),
        ("src/store/a.rs", "use std::fs::write as put;\nfn g() {}", &[1]),
        ("src/store/a.rs", "fn f() { for a in 0..std::fs::copy(b, c) {} }", &[1]),
        ("src/store/a.rs", "use std::fs::*;", &[1]),
        ("src/store/a.rs", "use std::*;", &[1]),
        ("src/store/a.rs", "fn f() { ::std::fs::create_dir_all(a) }", &[1]),
        ("src/store/a.rs", "fn f() { <std::fs::File>::create_new(a) }", &[1]),
        ("src/store/a.rs", "type F = std::fs::File;\nfn f() { F::create_new(a) }", &[2]),
        ("src/store/a.rs", "use std::fs::OpenOptions;\nfn f() { OpenOptions::new()\n.create_new(true) }", &[3]),
        ("src/store/a.rs", "use std::fs::{self, OpenOptions as O};\nfn f() { O::write(&mut a, b) }", &[2]),
        ("src/store/a.rs", "macro_rules! m { () => { std::fs::hard_link(a, b) } }", &[1]),
        ("src/store/a.rs", "use std::fs::File;\nfn f() { File::open(a)?.sync_all() }", &[2]),
        ("src/store/a.rs", "fn f() { rustix::fs::unlinkat(a, b, c) }", &[1]),
        ("src/store/a.rs", "use rustix::fs::{OFlags, openat};\nfn f() { OFlags::WRONLY }", &[2]),
        ("src/store/a.rs", "async fn f() { tokio::fs::write(a, b).await }", &[1]),
        ("src/store/a.rs", "fn f() { tempfile::tempdir() }", &[1]),
        ("src/source/a.rs", "use std::process::{self, Stdio};\nfn f() { process::Command::new(a) }", &[2]),
        ("src/source/a.rs", "use tokio::process::Command;", &[1]),
        ("src/job/a.rs", "fn f() { std::time::SystemTime::now() }", &[1]),
        ("src/job/a.rs", "use chrono::prelude::*;\nfn f() { Utc::now() }", &[2]),
        ("src/job/a.rs", "fn f() { chrono::offset::Local::now() }", &[1]),
        ("src/job/a.rs", "fn f() { a.unwrap_or_else(Utc::now) }", &[1]),
        ("src/job/a.rs", "fn f() { <Utc>::now() }", &[1]),
        ("src/job/a.rs", "fn f() { UNIX_EPOCH.elapsed() }", &[1]),
        ("src/cli/a.rs", "fn f() { std::env::var(\"A\") }", &[1]),
        ("src/sys/a.rs", "use std::env;\nfn f() { env::vars_os() }", &[2]),
        ("src/sys/a.rs", "fn f() { std::env::temp_dir() }", &[1]),
        ("src/daemon/a.rs", "fn f() { std::env::args() }", &[1]),
        ("src/store/a.rs", "#[cfg(not(test))]\nfn f() { std::fs::write(a, b) }", &[2]),
        ("src/store/a.rs", "#[cfg(test)]\nmod tests {}\nfn f() { std::fs::write(a, b) }", &[3]),
        ("src/store/a.rs", "struct A { #[cfg(test)] a: B<C, D>, }\nfn f() { std::fs::write(a, b) }", &[2]),
        ("src/domain/a.rs", "async fn f() {}", &[1]),
        ("src/domain/a.rs", "fn f() { a\n.await }", &[2]),
        ("src/domain/a.rs", "use std::io::Read;", &[1]),
        ("src/domain/a.rs", "use std::{collections::BTreeMap,\n fs};", &[2]),
        ("src/domain/a.rs", "use std::time::{Duration, Instant};", &[1]),
        ("src/domain/a.rs", "fn f() { std::thread::spawn(g) }", &[1]),
        ("src/domain/a.rs", "use tokio::sync::watch;", &[1]),
        ("src/domain/a.rs", "fn f() { tracing::info!(\"a\") }", &[1]),
        ("src/domain/a.rs", "use std::path::Path; fn f() { path.exists() }", &[1]),
    ];
    for (path, text, expected) in planted {
        check(|files| doors::check(files, &[]), path, text, expected);
    }
}

#[test]
fn a_door_reached_through_another_file_is_found() {
    let user = "src/store/a.rs";
    let planted = [
        ("src/sys/mod.rs", "pub use std::fs;", "use crate::sys;\nfn f() { sys::fs::write(a, b) }"),
        ("src/sys/mod.rs", "pub use std::fs as disk;", "use crate::sys::disk as d;\nfn f() { d::write(a, b) }"),
        ("src/sys/mod.rs", "pub use std::fs::*;", "use crate::sys;\nfn f() { sys::File::open(a) }"),
        ("src/store/mod.rs", "use std::fs;", "use super::*;\nfn f() { fs::write(a, b) }"),
        ("src/store/mod.rs", "use std::fs;", "\nfn f() { super::fs::write(a, b) }"),
        ("src/store/mod.rs", "pub type F = std::fs::File;", "use super::F;\nfn f() { F::create(a) }"),
    ];
    for (index, (path, text, uses)) in planted.iter().enumerate() {
        let breaches = doors::check(&[Source::new(path, text), Source::new(user, uses)], &[]);
        // A glob of a door's whole module is judged where it stands, or where it is used.
        let expected: &[usize] = if index == 2 { &[] } else { &[2] };
        assert_eq!(lines(&breaches, user), expected, "{path}: {text}\n{uses}\n{breaches:#?}");
    }
}

#[test]
fn a_door_held_or_only_spoken_of_is_allowed() {
    let allowed = [
        ("src/store/a.rs", "fn f(folder: sys::Folder) { folder.sync_all() }"),
        (
            "src/store/a.rs",
            "use std::fs::OpenOptions;\nfn f() { OpenOptions::new().read(true).custom_flags(a).open(b); files.create(c) }",
        ),
        ("src/domain/a.rs", "fn f(record: &Record) -> bool { record.exists() }"),
        (
            "src/sys/a.rs",
            "use std::fs::{self, OpenOptions};\nfn f() { fs::write(a, b); std::process::Command::new(a); std::time::SystemTime::now() }",
        ),
        ("src/config/a.rs", "fn f() { std::env::vars() }"),
        ("src/cli/a.rs", "fn f() { std::env::args_os() }"),
        (
            "src/store/a.rs",
            "// std::fs::write\nfn f() { g(\"std::fs::write\"); std::fs::read_to_string(a); std::fs::File::open(b) }",
        ),
        (
            "src/store/a.rs",
            "use crate::sys::files as fs;\nfn f() { fs::rename(a, b); self.files.remove(a); files.create(b) }",
        ),
        (
            "src/store/a.rs",
            "#[cfg(test)]\nmod tests {\n use std::fs;\n fn f() { fs::write(a, b); std::env::var(a) }\n}",
        ),
        (
            "src/store/a.rs",
            "use crate::sys::files as fs;\nfn f() { fs::write(a) }\n#[cfg(test)]\nmod tests { use std::fs; }",
        ),
        ("src/store/a.rs", "fn f() { std::time::Instant::now(); tokio::time::Instant::now(); clock.now() }"),
        ("src/store/a.rs", "fn f(a: SystemTime, b: DateTime<Utc>) -> impl X + use<> { env!(\"CARGO_PKG_VERSION\") }"),
        (
            "src/store/a.rs",
            "use std::io::prelude::*; use std::process::ExitCode; use clap::Command;\nfn f() { Command::new(a) }",
        ),
        (
            "src/source/a.rs",
            "use rustix::fs::{OFlags, openat};\nfn f() { openat(a, b, OFlags::RDONLY | OFlags::NOFOLLOW, c) }",
        ),
        (
            "src/domain/a.rs",
            "use std::time::Duration; use std::path::Path; use std::fmt::{self, Write};\nfn f(exists: bool, tracing: u8) { a.tokio(); tracing }",
        ),
        ("src/domain/a.rs", "/// A tokio of std::fs, async.\nfn f() { g(\"async\") }"),
        ("tests/it/a.rs", "fn f() { std::fs::write(a, b) }"),
    ];
    for (path, text) in allowed {
        check(|files| doors::check(files, &[]), path, text, &[]);
    }
}

#[test]
fn a_test_module_in_a_file_of_its_own_is_exempt_too() {
    let files = [
        Source::new("src/store/mod.rs", "#[cfg(test)]\nmod tests;\nmod real;"),
        Source::new("src/store/tests.rs", "fn f() { std::fs::write(a, b) }"),
        Source::new("src/store/real.rs", "fn f() { std::fs::write(a, b) }"),
    ];
    let breaches = doors::check(&files, &[]);
    assert_eq!(breaches.iter().map(|breach| breach.path.as_str()).collect::<Vec<_>>(), ["src/store/real.rs"]);
}

#[test]
fn an_exception_covers_its_file_alone_and_must_be_used() {
    let exceptions = |file, what| [Exception { file, what, reason: "planted" }];
    let text = "fn f() { std::fs::write(a, b) }";
    let files = [Source::new("src/store/a.rs", text), Source::new("src/store/b.rs", text)];
    let breaches = doors::check(&files, &exceptions("src/store/a.rs", "std::fs::write"));
    assert_eq!((lines(&breaches, "src/store/a.rs"), lines(&breaches, "src/store/b.rs")), (vec![], vec![1]));
    let breaches = doors::check(&files[..1], &exceptions("src/store/a.rs", "std::env::var"));
    assert_eq!(lines(&breaches, "src/store/a.rs"), [0, 1], "{breaches:#?}");
}

#[test]
fn a_file_that_does_not_say_what_it_is_is_found() {
    let planted: &[(&str, &str, &[usize])] = &[
        ("src/store/a.rs", "use a;", &[1]),
        ("src/store/a.rs", "// A comment, not a head.\n", &[1]),
        ("src/store/a.rs", "\n//! Too late to be the head.\n", &[1]),
        ("src/store/a.rs", "//! placeholder\n", &[1]),
        ("src/store/a.rs", "//! Words.\n", &[1]),
        ("tests/it/a.rs", "fn f() {}", &[1]),
        ("benches/a.rs", "fn f() {}", &[1]),
        ("src/store/mod.rs", "//! Where sets live.\n//! Given: a. Returns: b.\n", &[1]),
        ("src/store/mod.rs", "//! Where sets live.\n//!\n//! Given: a. Returns: b.\n//! Never: c.\n", &[]),
        ("src/store/a/mod.rs", "//! A part of a floor\n//! is no cover page.\n", &[]),
        ("src/store/a.rs", "//! What this is: a file, no more", &[1]),
        ("src/store/a.rs", "//! Title. And then a whole\n//! sentence.", &[]),
        ("README.md", "no head", &[]),
    ];
    for (path, text, expected) in planted {
        check(shape::check_heads, path, text, expected);
    }
}

#[test]
fn a_long_file_is_found_unless_it_has_a_reason() {
    let long = "//\n".repeat(401);
    check(|files| shape::check_lengths(files, &[]), "src/store/a.rs", &long, &[401]);
    check(|files| shape::check_lengths(files, &[]), "src/store/a.rs", &long[3..], &[]);
    check(|files| shape::check_lengths(files, &[]), "src/main.rs", &long[..3 * 40], &[40]);
    let listed = || [LongFile { path: "src/store/a.rs", reason: "planted" }];
    check(|files| shape::check_lengths(files, &listed()), "src/store/a.rs", &long, &[]);
    check(|files| shape::check_lengths(files, &listed()), "src/store/a.rs", &long[3..], &[0]);
}

#[test]
fn a_file_that_nothing_declares_is_found() {
    let files = [
        Source::new("src/lib.rs", "pub mod store;"),
        Source::new("src/store/mod.rs", "mod a; // mod b;\nconst C: &str = \"mod c;\";"),
        Source::new("src/store/a.rs", "mod deep;"),
        Source::new("src/store/a/deep.rs", ""),
        Source::new("src/store/b.rs", ""),
        Source::new("src/store/c.rs", ""),
        Source::new("tests/it/main.rs", "mod d;"),
        Source::new("tests/it/d.rs", ""),
        Source::new("tests/it/e.rs", ""),
    ];
    let found: Vec<String> = shape::check_declared(&files).into_iter().map(|breach| breach.path).collect();
    assert_eq!(found, ["src/store/b.rs", "src/store/c.rs", "tests/it/e.rs"]);
}

#[test]
fn a_switch_between_tested_and_shipped_is_found() {
    let planted: &[(&str, &str, &[usize])] = &[
        ("Cargo.toml", "[package]\n[features]\nfake = []", &[2]),
        ("Cargo.toml", "serde = { features = [\"derive\"] }", &[]),
        ("src/sys/a.rs", "#[cfg(feature = \"fake\")]\nfn f() {}", &[1]),
        ("src/sys/a.rs", "fn f() {\n if cfg!(test) {} }", &[2]),
        ("src/sys/a.rs", "#[cfg(not(test))]\nfn f() {}", &[1]),
        ("src/sys/a.rs", "#[cfg(any(test, unix))]\nfn f() {}", &[1]),
        ("src/sys/a.rs", "fn f() { if cfg!(debug_assertions) {} }", &[1]),
        ("src/sys/a.rs", "#[cfg(test)]\nmod tests { fn f() { if cfg!(test) {} } }\n#[cfg(unix)]\nfn g() {}", &[]),
    ];
    for (path, text, expected) in planted {
        check(shape::check_switches, path, text, expected);
    }
}

#[test]
fn a_banned_crate_and_a_second_provider_are_found() {
    let lock = |names: &[&str]| {
        let packages: Vec<String> = names.iter().map(|name| format!("[[package]]\nname = \"{name}\"")).collect();
        packages.join("\n")
    };
    check(shape::check_lock, "Cargo.lock", &lock(&["serde", "aws-lc-rs"]), &[4]);
    check(shape::check_lock, "Cargo.lock", &lock(&["rustls", "rustls"]), &[4]);
    check(shape::check_lock, "Cargo.lock", &lock(&["openssl-probe", "rustls", "ring", "syn", "syn"]), &[]);
}

#[test]
fn a_text_without_a_catalogue_and_a_key_nobody_says_are_found() {
    let code = "src/job/a.rs";
    let catalogue = "src/words/en.ftl";
    let shown = |texts: &str, text: &str| {
        let breaches = texts::check_catalogue(&[Source::new(catalogue, texts), Source::new(code, text)]);
        (lines(&breaches, catalogue), lines(&breaches, code))
    };
    let hint = "# hints\nhint-a = Do { $what }\n    and { $when }.\n";
    let given = r#"fn f() { Saying::new("hint-a").with("what", g(1)).with("when", 2) }"#;
    let cases: &[(&str, &str, &[usize], &[usize])] = &[
        (hint, given, &[], &[]),
        (hint, r#"fn f() { words.text("hint-a", &[("what", x), ("when", "y")]) }"#, &[], &[]),
        ("", "fn f() { reader.text(\"host\") }", &[], &[]),
        (hint, "fn f() {}", &[2], &[]),
        ("warning-mail-late = Late.\n", "fn f() { warn(\"mail-late\") }", &[], &[]),
        (hint, "// \"hint-a\"\nfn f() {}", &[2], &[]),
        ("", "\nfn f() { Saying::new(\"odd\") }", &[], &[2]),
        ("", "fn f() { words.text(\"odd\", &[]) }", &[], &[1]),
        ("", "fn f() { match a { B => \"reason-stale\" } }", &[], &[1]),
        ("", "fn f() { g(\"a reason-stale\", \"reason\", \"hint-\") }", &[], &[]),
        ("", "#[cfg(test)]\nmod tests { fn f() { words.text(\"odd\", &[]) } }", &[], &[]),
        (hint, r#"fn f() { Saying::new("hint-a").with("what", 1) }"#, &[], &[1]),
        ("hint-a = Do.\n", "fn f() { Saying::new(\"hint-a\")\n.with(\"what\", 1) }", &[], &[2]),
        ("hint-a = Do.\n", r#"fn f() { words.text("hint-a", &[("what", x)]) }"#, &[], &[1]),
    ];
    for (texts, text, in_catalogue, in_code) in cases {
        let expected = (in_catalogue.to_vec(), in_code.to_vec());
        assert_eq!(shown(texts, text), expected, "{texts}\n{text}");
    }
}

#[test]
fn a_value_that_is_not_escaped_is_found() {
    let check = |text: &str, expected: &[usize]| check(texts::check_templates, "templates/a.html", text, expected);
    check("<style>{{ style|safe }}</style>\n{{ row.name }}\n<script>{{script | safe}}</script>\n", &[]);
    check("{{ row.name }}{{ row.why|safe }}\n", &[1]);
    check("\n{{ style|safe }}{{ styled | trim | safe }}\n", &[2]);
    check("{% filter safe %}{{ name }}{% endfilter %}\n", &[1]);
}

#[test]
fn unfinished_work_and_a_machines_paths_are_found() {
    let word = |a: &str, b: &str| format!("first\n{a}{b} later\n");
    let check = |path: &str, text: &str, expected: &[usize]| {
        check(|files| texts::check_words(files, "/builds/ours"), path, text, expected);
    };
    check("README.md", &word("// TO", "DO"), &[2]);
    check("scripts/a.sh", &word("# FIX", "ME:"), &[2]);
    check("src/a.rs", &word("/* XX", "X */"), &[2]);
    check("src/a.rs", &word("to", "do!()"), &[2]);
    check("src/a.rs", &word("unimplemented", "!()"), &[2]);
    check("README.md", &word("/root", "/.cargo/bin"), &[2]);
    check("README.md", &word("/Use", "rs/me/x"), &[2]);
    check("README.md", &word("/builds", "/ours/target"), &[2]);
    check("scripts/a.sh", "mktemp /tmp/a.XXXXXX\n", &[]);
    check("src/words/es.ftl", &word("a = ¡Es to", "do! Un método."), &[]);
    check("src/a.rs", "fn f() { mastodons(); autodo(); } // /usr/local/bin, /home of it\n", &[]);
}
