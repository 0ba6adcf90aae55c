//! Floor 0: values and rules. What a set is, what is due, what expires, what is suspect, how
//! health is judged and when someone must be told.
//!
//! Given: values. Returns: values and decisions with their reasons.
//! Never: I/O, a clock, `async`, another floor. Its only error is [`Invalid`].

pub mod artifact;
pub mod difference;
pub mod discard;
pub mod drill;
pub mod finding;
#[cfg(test)]
pub(crate) mod fixture;
pub mod health;
pub mod id;
pub mod language;
pub mod local_time;
pub mod manifest;
pub mod missed;
pub mod name;
pub mod nights;
pub mod progress;
pub mod recognise;
pub mod report;
pub mod restoring;
pub mod retention;
pub mod saying;
pub mod schedule;
pub mod scrub;
pub mod selection;
pub mod set;
pub mod standing;
pub mod suspect;
pub mod table_name;
pub mod telling;
pub mod trend;
pub mod trouble;
pub mod untold;

/// The one error of this floor: an input that is not valid, and what was expected instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);
