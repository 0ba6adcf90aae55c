//! The page of the operator: the README names every variable there is, and no other than those that mean
//! something; the example of settings has them all, each with its words; what is said of health is every
//! answer health can give.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use resguardo::domain::health::Status;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// What stands in backticks and looks like a variable, in the tables of one section.
fn of_readme(section: &str) -> BTreeSet<String> {
    let readme = read("README.md");
    let section = readme.split_once(&format!("\n### {section}\n")).expect("no such section").1;
    let table = section.lines().filter(|line| line.starts_with('|'));
    let quoted = table.flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    quoted.filter(|word| is_variable(word)).collect()
}

fn is_variable(word: &str) -> bool {
    word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Those that the program reads under names of its own, as they stand in its source.
fn of_program() -> BTreeSet<String> {
    let source = read("src/config/older.rs") + &read("src/config/variables.rs");
    source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|word| is_variable(word) && !word.ends_with('_'))
        .map(str::to_owned)
        .collect()
}

fn of_example() -> BTreeSet<String> {
    let example = read(".env.prod.example");
    let named = example.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name.to_owned());
    named.filter(|name| is_variable(name)).collect()
}

#[test]
fn every_variable_is_named_and_none_that_means_nothing() {
    let (readme, program, example) = (of_readme("Every variable"), of_program(), of_example());
    let all: BTreeSet<String> = program.union(&example).cloned().collect();
    let unnamed: Vec<&String> = all.difference(&readme).collect();
    assert!(unnamed.is_empty(), "the README does not name {unnamed:?}");
    // Keys of the settings are variables of another kind.
    let unknown: Vec<&String> = readme.difference(&all).filter(|name| !name.starts_with("RESGUARDO_")).collect();
    assert!(unknown.is_empty(), "the README names {unknown:?}, which nobody reads");
    assert!(program.len() > 20 && example.len() > 15, "what was looked at is not all: {program:?} {example:?}");
}

/// Those that the compose file fills in: `${NAME…`, which `$$` keeps from being one.
fn of_compose() -> BTreeSet<String> {
    let compose = read("docker-compose.prod.yml").replace("$$", "");
    let named = compose.split("${").skip(1).filter_map(|rest| rest.split([':', '}']).next());
    named.map(str::to_owned).collect()
}

#[test]
fn the_example_has_every_variable_below_words_of_its_own() {
    let (readme, compose, example) = (of_readme("Every variable"), of_compose(), of_example());
    // What stands for all keys of the settings.
    let wanted = readme.union(&compose).filter(|name| !name.contains("__"));
    let missing: Vec<&String> = wanted.filter(|name| !example.contains(*name)).collect();
    assert!(missing.is_empty() && compose.len() > 8, "the example has no {missing:?}, of {compose:?}");

    let text = read(".env.prod.example");
    let lines: Vec<&str> = text.lines().collect();
    let is_words = |line: &str| line.starts_with("# ") && !line.starts_with("# ---");
    for pair in lines.windows(2).filter(|pair| pair[1].split_once('=').is_some_and(|(name, _)| is_variable(name))) {
        assert!(is_words(pair[0]), "no words stand above {}", pair[1]);
    }
    let twice = lines.iter().filter(|line| line.split_once('=').is_some_and(|(name, _)| is_variable(name))).count();
    assert_eq!(twice, example.len(), "one variable, one line");
}

#[test]
fn every_answer_of_health_has_its_line_with_what_a_probe_is_told() {
    let readme = read("README.md");
    for status in Status::ALL {
        let code = if status.is_well() { 200 } else { 503 };
        let line = format!("\n| `{}` | {code} | ", status.as_str());
        assert!(readme.contains(&line), "no line for {}", status.as_str());
    }
}
