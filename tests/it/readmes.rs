//! The README in three languages: what is not prose is the same in each, so that nobody is told a command,
//! a file or a variable that another reader is not told.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// All that a translation must not touch, in its order: headings, commands, the rows of tables, what links lead
/// to, and of each section every word in backticks.
fn facts(readme: &str) -> Vec<String> {
    let (mut facts, mut quoted, mut in_block) = (Vec::new(), BTreeSet::new(), false);
    for line in readme.lines() {
        if line.starts_with("```") {
            in_block = !in_block;
            facts.push(format!("block {line}"));
        } else if in_block {
            facts.push(format!("command {}", without_comment(line)));
        } else if line.starts_with('#') {
            facts.push(format!("words of the section {:?}", std::mem::take(&mut quoted)));
            facts.push(format!("heading {}", line.split(' ').next().unwrap()));
        } else {
            if let Some(row) = line.strip_prefix("| ") {
                facts.push(format!("row {:?}", quotes(row.split(" | ").next().unwrap())));
            }
            facts.extend(links(line).map(|target| format!("link {target}")));
            quoted.extend(quotes(line));
        }
    }
    facts.push(format!("words of the section {quoted:?}"));
    facts
}

/// A comment is prose.
fn without_comment(line: &str) -> &str {
    if line.starts_with('#') { "" } else { line.split(" # ").next().unwrap().trim_end() }
}

fn quotes(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|behind| behind.split(')').next())
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn what_is_not_prose_is_the_same_in_every_readme() {
    let english = facts(&read("README.md"));
    let count = |kind: &str| english.iter().filter(|fact| fact.starts_with(kind)).count();
    assert!(count("heading") > 10 && count("command") > 60 && count("row") > 30 && count("link") > 5, "{english:#?}");
    for path in ["README.es.md", "README.pt.md"] {
        let other = facts(&read(path));
        let differs = english.iter().zip(&other).find(|(one, another)| one != another);
        assert_eq!(differs, None, "README.md and {path} part here");
        assert_eq!(english.len(), other.len(), "one of README.md and {path} goes on where the other ends");
    }
}

#[test]
fn each_readme_leads_to_the_others_and_no_link_leads_nowhere() {
    for path in ["README.md", "README.es.md", "README.pt.md"] {
        let readme = read(path);
        let top: Vec<&str> = readme.lines().take(3).flat_map(links).collect();
        assert_eq!(top, ["README.md", "README.es.md", "README.pt.md"], "{path}");
        for target in readme.lines().flat_map(links) {
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(target).exists(), "{path} leads to {target}");
        }
    }
}

/// Translated, not copied: apart from what must be the same, no line of prose is.
#[test]
fn no_prose_of_a_readme_is_left_in_english() {
    let english = read("README.md");
    let prose: BTreeSet<&str> = english.lines().filter(|line| line.split(' ').count() > 4).collect();
    for path in ["README.es.md", "README.pt.md"] {
        let (readme, mut in_block) = (read(path), false);
        for line in readme.lines() {
            in_block ^= line.starts_with("```");
            let is_comment = !in_block || line.contains(" # ");
            assert!(!is_comment || line.starts_with('[') || !prose.contains(line), "{path}: {line}");
        }
    }
}
