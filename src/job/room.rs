//! Room for a backup: what it may need, against what the store has free. A run refuses by it
//! before a byte is written, and `check` tells of it before the night.

use crate::domain::artifact::Kind;
use crate::domain::saying::Saying;
use crate::domain::set::Catalog;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{Source, Survey};
use crate::store::Store;
use crate::words::size;

/// Room left over after a backup, so that record, manifest and log still fit.
const MARGIN_BYTES: u64 = 16 * 1024 * 1024;
/// A set may grow by this part (a fifth) over the one before it and still find room.
const GROWTH_PART: u64 = 5;

/// Whether the store has room for what is to come, given the sets that stand.
///
/// # Errors
/// Where it has not, or cannot be asked.
pub fn check<'a>(
    store: &Store,
    surveyed: impl IntoIterator<Item = (&'a dyn Source, &'a Survey)>,
    before: &Catalog,
) -> Result<(), Trouble> {
    let space = store.space().map_err(|e| Trouble::passing(Stage::Space, e))?;
    let needed = surveyed.into_iter().map(|(source, survey)| needed_bytes(source, survey, before)).sum::<u64>();
    if needed + MARGIN_BYTES <= space.free_bytes {
        return Ok(());
    }
    let error =
        format!("{} are free where this backup may need {}", size(space.free_bytes), size(needed + MARGIN_BYTES));
    let missing = needed + MARGIN_BYTES - space.free_bytes;
    let hint = Saying::new("hint-no-room").with("needed", size(missing)).with("path", store.dir().display());
    Err(Trouble::passing(Stage::Space, error).hint(hint))
}

/// What an artifact may need: what the newest one took and some growth, on a first run what the
/// survey says. A SQLite copy stands beside its artifact while that is written, and the survey
/// counts both.
fn needed_bytes(source: &dyn Source, survey: &Survey, before: &Catalog) -> u64 {
    let newest = before.data_of(source.name()).find(|(_, a)| a.present && a.kind == source.kind());
    match newest {
        Some((_, artifact)) if source.kind() != Kind::Sqlite => artifact.size_bytes + artifact.size_bytes / GROWTH_PART,
        _ => survey.bytes_max,
    }
}
