//! `RESTORE.md` as the store stands now: written anew whenever a set came, went or was accepted, so
//! that it never names a file that is gone, nor leads to a set that is suspect.

use super::{Context, warn};
use crate::config::Config;
use crate::domain::report::RunReport;
use crate::domain::set::Catalog;
use crate::domain::suspect;
use crate::domain::trouble::Trouble;
use crate::store::{Imprint, LockedStore, NewestGood, Store, restore_md};
use crate::sys::Sys;
use crate::words::Words;

/// Writes the page for what stands in the store.
///
/// # Errors
/// The system's; the old page then still stands.
pub fn write(sys: &Sys, config: &Config, words: &Words, store: &LockedStore) -> Result<(), Trouble> {
    let sources: Vec<_> = config.source_names().collect();
    let standing = NewestGood::of(store, &judged_catalog(config, store), &sources);
    let imprint = Imprint { written_at: sys.clock.now(), zone: config.timezone, contact_lines: &config.contact.lines };
    store
        .write_restore_md(&restore_md(words, &standing, &imprint))
        .map_err(|trouble| trouble.while_doing("write RESTORE.md"))
}

/// The same within a run, which is as good without the page.
pub(super) fn write_or_warn(context: &Context, store: &LockedStore, report: &mut RunReport) {
    let written = write(&context.sys, &context.config, &context.words, store);
    if let Err(trouble) = written
        && !report.warnings.iter().any(|w| w.code == "no_restore_md")
    {
        warn(report, "no_restore_md", trouble.error);
    }
}

/// What stands in the store, with what is suspect marked.
pub(super) fn judged_catalog(config: &Config, store: &Store) -> Catalog {
    let mut catalog = store.catalog();
    suspect::judge(&mut catalog, config.retention.suspect_drop_percent);
    catalog
}
