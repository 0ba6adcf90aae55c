//! Which entries of an archive are asked for, and what stood there where none was.

use std::cmp::Reverse;
use std::path::Path;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};

/// So many entries are named where nothing matches.
const NAMED_MAX: usize = 3;

/// Globs over the paths of an archive, with or without `./` or `/` before them. A folder that
/// matches is meant with all that lies in it.
pub(in crate::source) struct Only {
    /// `None`: all.
    globs: Option<GlobSet>,
    /// What is asked for, as it was written.
    asked: String,
    /// Letters of the patterns, which a similar path holds too.
    pieces: Vec<String>,
    found: bool,
    /// The most similar paths that did not match, best first.
    near: Vec<(usize, String)>,
}

impl Only {
    pub(super) fn all() -> Self {
        Self { globs: None, asked: String::new(), pieces: Vec::new(), found: true, near: Vec::new() }
    }

    /// # Errors
    /// Where a pattern is none.
    pub(in crate::source) fn new(patterns: &[String]) -> Result<Self, Trouble> {
        if patterns.is_empty() {
            return Ok(Self::all());
        }
        let told = |pattern: &str, error: globset::Error| {
            Trouble::lasting(Stage::SetUp, format!("read the pattern `{pattern}`: {error}"))
        };
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            let plain = pattern.trim_start_matches("./").trim_matches('/');
            set.add(Glob::new(plain).map_err(|error| told(pattern, error))?);
        }
        let globs = set.build().map_err(|error| told(&patterns.join(" "), error))?;
        let pieces = patterns.iter().flat_map(|pattern| pattern.split(|c: char| !c.is_alphanumeric()));
        let pieces = pieces.filter(|piece| piece.len() > 1).map(str::to_lowercase).collect();
        let asked = patterns.iter().map(|pattern| format!("`{pattern}`")).collect::<Vec<_>>().join(" or ");
        Ok(Self { globs: Some(globs), asked, pieces, found: false, near: Vec::new() })
    }

    /// Whether the entry of this path is asked for; remembers what it was asked.
    pub(in crate::source) fn takes(&mut self, path: &Path) -> bool {
        let Some(globs) = &self.globs else { return true };
        let taken = path.ancestors().any(|path| !path.as_os_str().is_empty() && globs.is_match(path));
        self.found |= taken;
        if !self.found && !path.as_os_str().is_empty() {
            self.remember(path);
        }
        taken
    }

    /// # Errors
    /// Where nothing was taken: what stands there instead.
    pub(in crate::source) fn found_some(&self) -> Result<(), Trouble> {
        if self.found {
            return Ok(());
        }
        let asked = &self.asked;
        let Some(first) = self.near.first().map(|(_, path)| path) else {
            return Err(Trouble::lasting(Stage::SetUp, format!("find {asked} in the archive: it is empty")));
        };
        let near: Vec<String> = self.near.iter().map(|(_, path)| format!("`{path}`")).collect();
        let text = format!("find {asked} in the archive: nothing matches; it holds {}", near.join(", "));
        Err(Trouble::lasting(Stage::SetUp, text).hint(Saying::new("hint-only").with("near", first)))
    }

    fn remember(&mut self, path: &Path) {
        let path = path.to_string_lossy();
        let lower = path.to_lowercase();
        let likeness = self.pieces.iter().filter(|piece| lower.contains(piece.as_str())).count();
        if self.near.len() < NAMED_MAX || self.near.last().is_some_and(|(least, _)| likeness > *least) {
            self.near.push((likeness, path.into_owned()));
            // Stable: of equally similar ones the first stay.
            self.near.sort_by_key(|(likeness, _)| Reverse(*likeness));
            self.near.truncate(NAMED_MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(patterns: &[&str], paths: &[&str]) -> Vec<String> {
        let mut only = Only::new(&patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>()).unwrap();
        paths.iter().filter(|path| only.takes(Path::new(path))).map(|path| (*path).to_owned()).collect()
    }

    #[test]
    fn a_pattern_means_files_and_whole_folders() {
        let paths = ["", "a.jpg", "2024", "2024/b.jpg", "2024/sub/c.png", "20245"];
        assert_eq!(taken(&["*.jpg"], &paths), ["a.jpg", "2024/b.jpg"]);
        assert_eq!(taken(&["2024/"], &paths), ["2024", "2024/b.jpg", "2024/sub/c.png"]);
        assert_eq!(taken(&["./2024/sub/**", "/a.jpg"], &paths), ["a.jpg", "2024/sub/c.png"]);
        assert_eq!(taken(&[], &paths), paths);
    }

    #[test]
    fn where_nothing_matches_what_is_similar_is_named() {
        let mut only = Only::new(&["fotos/Alcalde.jpg".to_owned()]).unwrap();
        for path in ["", "a", "b", "fotos/alcalde.png", "c", "fotos/otro.png"] {
            assert!(!only.takes(Path::new(path)));
        }
        let told = only.found_some().unwrap_err().error;
        assert!(told.ends_with("it holds `fotos/alcalde.png`, `fotos/otro.png`, `a`"), "{told}");
        assert!(Only::new(&["a[".to_owned()]).is_err());
    }
}
