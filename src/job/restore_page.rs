//! `RESTORE.md` as the store stands now: written anew whenever a set came, went or was accepted, so
//! that it never names a file that is gone, nor leads to a set that is suspect. Whether it does is
//! asked of the page itself, not of what was done: whoever changed the store may have been killed
//! before he could mend the page.

use super::{Context, warn};
use crate::config::Config;
use crate::domain::report::RunReport;
use crate::domain::set::Catalog;
use crate::domain::suspect;
use crate::domain::trouble::Trouble;
use crate::store::{Imprint, LockedStore, NewestGood, Store, restore_md};
use crate::sys::{Sys, regular};
use crate::words::Words;

/// Larger than any page: it names a file or two of each source.
const PAGE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Writes the page for what stands in the store, where the one there says anything else. A store
/// that holds nothing and has no page is left without.
///
/// # Errors
/// The system's; the old page then still stands.
pub fn refresh(sys: &Sys, config: &Config, words: &Words, store: &LockedStore) -> Result<(), Trouble> {
    let catalog = judged_catalog(config, store);
    let path = store.dir().join("RESTORE.md");
    if catalog.sets.is_empty() && path.symlink_metadata().is_err() {
        return Ok(());
    }
    let sources: Vec<_> = config.source_names().collect();
    let standing = NewestGood::of(store, &catalog, &sources);
    let imprint = Imprint { written_at: sys.clock.now(), zone: config.timezone, contact_lines: &config.contact.lines };
    let page = restore_md(words, &standing, &imprint);
    let there = regular::read(&path, PAGE_BYTES_MAX).unwrap_or_default();
    if String::from_utf8(there).is_ok_and(|there| undated(&there) == undated(&page)) {
        return Ok(());
    }
    store.write_restore_md(&page).map_err(|trouble| trouble.while_doing("write RESTORE.md"))
}

/// A page without its head, which says when it was written and nothing of any set.
fn undated(page: &str) -> Option<&str> {
    page.find("\n## ").map(|heading| &page[heading..])
}

/// The same within a run, which is as good without the page.
pub(super) fn refresh_or_warn(context: &Context, store: &LockedStore, report: &mut RunReport) {
    let written = refresh(&context.sys, &context.config, &context.reader_words, store);
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
