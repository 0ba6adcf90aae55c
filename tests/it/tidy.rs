//! What we agreed on, held by a test: floors, doors, head comments, lengths, texts, the tree of
//! dependencies. Each check is a function over (path, text); `planted` shows it a breach of each
//! kind, because a check that finds nothing proves nothing until it has found something.

mod doors;
mod floors;
mod lexer;
mod paths;
mod planted;
mod shape;
mod texts;
mod tree;

use doors::Exception;
use shape::LongFile;
use tree::Breach;

/// Where a door is used outside its folder, and why. One that nothing uses any more is an error.
const EXCEPTIONS: [Exception; 1] = [Exception {
    file: "src/cli/demo/",
    what: "std::env::temp_dir",
    reason: "the demo reads no configuration, and makes its world where the system keeps what is temporary",
}];

/// Files above 400 lines, and why they are better whole. One that is no longer long is an error.
const LONG_FILES: [LongFile; 0] = [];

#[track_caller]
fn none(breaches: &[Breach]) {
    let list: Vec<String> = breaches.iter().map(Breach::to_string).collect();
    assert!(list.is_empty(), "{} found:\n  {}", list.len(), list.join("\n  "));
}

#[test]
fn folders_name_only_floors_below_them() {
    none(&floors::check(&tree::project()));
}

#[test]
fn doors_are_opened_only_by_who_holds_them() {
    none(&doors::check(&tree::project(), &EXCEPTIONS));
}

#[test]
fn every_file_says_what_it_is() {
    none(&shape::check_heads(&tree::project()));
}

#[test]
fn files_hold_one_idea_each() {
    let project = tree::project();
    let mut lengths: Vec<usize> = tree::shipped(&project).map(|source| source.text.lines().count()).collect();
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    println!("{} source files, {} lines, median {median}", lengths.len(), lengths.iter().sum::<usize>());
    assert!(!lengths.is_empty(), "the source tree was not found");
    none(&shape::check_lengths(&project, &LONG_FILES));
}

#[test]
fn every_file_is_compiled() {
    none(&shape::check_declared(&tree::project()));
}

#[test]
fn the_tested_program_is_the_shipped_one() {
    none(&shape::check_switches(&tree::project()));
}

#[test]
fn banned_crates_stay_out_of_the_tree() {
    none(&shape::check_lock(&tree::project()));
}

#[test]
fn a_page_escapes_all_that_is_not_ours() {
    let project = tree::project();
    assert!(project.iter().any(|source| source.path == "templates/page.html"), "the page was not found");
    none(&texts::check_templates(&project));
}

#[test]
fn every_text_is_in_the_catalogue_and_is_said() {
    none(&texts::check_catalogue(&tree::project()));
}

#[test]
fn nothing_is_left_unfinished_and_no_machine_is_named() {
    none(&texts::check_words(&tree::project(), env!("CARGO_MANIFEST_DIR")));
}
