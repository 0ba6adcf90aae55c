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
        let named = self.artifacts.iter().find(|artifact| artifact.path == path).map(|artifact| artifact.ok);
        named.or(self.ok.then_some(true)).map(|ok| Verified { at: self.at, ok })
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
        let good: Finding = serde_json::from_str(r#"{"verified_at":"2024-11-12T06:00:00Z","ok":true}"#).unwrap();
        assert!(good.of("db/c").is_some_and(|verified| verified.ok));
    }
}
