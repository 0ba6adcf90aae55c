//! Progress of a run as a stream of events. Jobs emit them into a sink they are handed; who
//! draws them, and whether anyone does, is not their business.

use super::artifact::Kind;
use super::name::SourceName;

/// One thing that happened on the way of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A named stage began, for one source where it has one; `expected_bytes` where known.
    Stage { source: Option<SourceName>, stage: &'static str, expected_bytes: Option<u64> },
    /// So many more raw bytes went through the current stage of `source`.
    Bytes { source: SourceName, more: u64 },
    /// The current stage of `source` ended.
    StageEnded { source: SourceName },
    /// An artifact of `source` stands written and whole, not yet published.
    Taken { source: SourceName, kind: Kind, raw_bytes: u64, size_bytes: u64, seconds: f64 },
    /// A step of a restore is done, in words for the log; it took so long and moved so much.
    Stepped { source: Option<SourceName>, what: String, bytes: Option<u64>, seconds: f64 },
}

/// Takes events; must return at once.
pub trait Sink: Send + Sync {
    fn event(&self, event: Event);
}

/// A sink that lets every event pass unseen.
pub struct Unseen;

impl Sink for Unseen {
    fn event(&self, _event: Event) {}
}
