//! A panic is a bug of ours. Caught where it can be told, it is a trouble like any other: of one
//! source, or of one run.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};

/// Does the work; where it panics, says so as a trouble of `stage`. What the work had borrowed is
/// given up with it.
///
/// # Errors
/// The panic.
pub fn guarded<T>(stage: Stage, who: &str, work: impl FnOnce() -> T) -> Result<T, Trouble> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("without a message");
        Trouble::passing(stage, format_args!("{who} panicked: {text}")).hint(Saying::new("hint-bug"))
    })
}
