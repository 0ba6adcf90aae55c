//! Through which channel people cannot be told at present, or not of all there is: kept beside what was told, and part of
//! the standing, so that health says it. Never: what was to be told, or the attempt to tell it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A channel that did not deliver, until it does; or the heartbeat, until it is heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untold {
    pub since: DateTime<Utc>,
    /// What the other side answered last, or why there was no answer.
    pub error: String,
    /// What to do about it, in English.
    #[serde(default)]
    pub hint: Option<String>,
    /// Whom it does not reach.
    pub addressees: BTreeSet<String>,
    /// Whom it has reached meanwhile.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub reached: BTreeSet<String>,
}

/// What a channel keeps for another day, since it has told as much as it may in this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    pub count: usize,
    pub until: DateTime<Utc>,
}
