//! What a verify found of a set: the value that lies beside its manifest, `sets/<id>.verify.json`; and
//! of files without one, all in `sets/adopted.verify.json`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::set::Verified;

pub const VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    #[serde(default)]
    pub version: u32,
    /// The run that looked.
    #[serde(default)]
    pub run: String,
    #[serde(alias = "verified_at")]
    pub at: DateTime<Utc>,
    /// Whether every artifact was read to its end and is what the manifest says.
    pub ok: bool,
    /// Those that could be looked at.
    #[serde(default)]
    pub artifacts: Vec<ArtifactFinding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactFinding {
    /// Relative to the store.
    pub path: String,
    pub ok: bool,
    /// In what it is not what the manifest says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// When it was looked at, where that was not when the whole was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at: Option<DateTime<Utc>>,
}

/// What was found of adopted files, by their paths relative to the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptedFindings {
    #[serde(default)]
    pub version: u32,
    #[serde(default)]
    pub files: BTreeMap<String, AdoptedFinding>,
}

/// It holds for as long as the file is the one that was read, as far as size and time tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptedFinding {
    pub at: DateTime<Utc>,
    pub ok: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    pub size_bytes: u64,
    pub modified_at: DateTime<Utc>,
}

impl Finding {
    /// What it says of one artifact; nothing where that could not be looked at.
    pub fn of(&self, path: &str) -> Option<Verified> {
        let named = self.artifacts.iter().find(|artifact| artifact.path == path);
        let of_it = named.map(|artifact| (artifact.ok, artifact.at)).or(self.ok.then_some((true, None)));
        of_it.map(|(ok, at)| Verified { at: at.unwrap_or(self.at), ok })
    }

    /// What was found earlier, if anything, but for these, which somebody else has come upon since.
    #[must_use]
    pub fn with_bad(earlier: Option<Self>, run: &str, at: DateTime<Utc>, bad: &[ArtifactFinding]) -> Self {
        let is_new = |old: &ArtifactFinding| bad.iter().any(|new| new.path == old.path);
        let known = earlier.map(|earlier| {
            let dated = |old: ArtifactFinding| ArtifactFinding { at: old.at.or(Some(earlier.at)), ..old };
            earlier.artifacts.into_iter().filter(|old| !is_new(old)).map(dated).collect::<Vec<_>>()
        });
        let artifacts = known.into_iter().flatten().chain(bad.iter().cloned()).collect();
        Self { version: VERSION, run: run.to_owned(), at, ok: false, artifacts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_speaks_of_each_artifact_and_of_none_that_was_not_looked_at() {
        let text = r#"{"at":"2024-11-12T06:00:00Z","ok":false,"artifacts":[{"path":"db/a","ok":true},{"path":"db/b","ok":false,"error":"x"}]}"#;
        let finding: Finding = serde_json::from_str(text).unwrap();
        let ok = |path: &str| finding.of(path).map(|verified| verified.ok);
        assert_eq!((ok("db/a"), ok("db/b"), ok("db/c")), (Some(true), Some(false), None));
        let bad = |path: &str| ArtifactFinding { path: path.to_owned(), ok: false, error: None, at: None };
        let later = finding.at + chrono::TimeDelta::days(1);
        let more = Finding::with_bad(Some(finding.clone()), "drill-x", later, &[bad("db/c"), bad("db/b")]);
        let of = |path: &str| more.of(path).map(|verified| (verified.ok, verified.at));
        assert_eq!(
            (of("db/a"), of("db/b"), of("db/c")),
            (Some((true, finding.at)), Some((false, later)), Some((false, later)))
        );
        let good: Finding = serde_json::from_str(r#"{"verified_at":"2024-11-12T06:00:00Z","ok":true}"#).unwrap();
        assert!(good.of("db/c").is_some_and(|verified| verified.ok));
    }
}
