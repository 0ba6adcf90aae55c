//! `[drill]`: where a set is restored to be proven, and what the operator himself asks of it.

use std::path::PathBuf;

use chrono::TimeDelta;

use crate::config::reader::Table;
use crate::config::{DrillCheck, DrillConfig, MediaCheck};
use crate::domain::drill::Expected;
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;

/// The system's folder for variable data, which is on a disk where `/tmp` may not be.
const DIR_DEFAULT: &str = "/var/lib/resguardo/scratch";
/// Ten years: nobody means longer.
const MAX_AGE_DAYS_MAX: u32 = 3660;
const MAX_MISSING_PERCENT_DEFAULT: f64 = 0.1;
/// Numbers beyond this are not told apart.
const NUMBER_MAX: f64 = 9_007_199_254_740_992.0;

/// The key of the source of each check, whose place among its kind follows.
const CHECK: &str = "check";
const MEDIA_CHECK: &str = "media_check";

pub(super) fn read(table: &mut Table<'_>) -> DrillConfig {
    let dir = match table.text("dir", "") {
        unset if unset.is_empty() => PathBuf::from(DIR_DEFAULT),
        dir => PathBuf::from(dir),
    };
    let days = table.optional_integer("max_age_days", 1..=MAX_AGE_DAYS_MAX);
    let mut checks = table.tables(CHECK, check);
    // Where a fault has taken one away nothing is ever asked.
    checks.iter_mut().enumerate().for_each(|(place, check)| check.place = place);
    DrillConfig {
        dir,
        max_age: days.map(|days| TimeDelta::days(days.value.into())),
        checks,
        media_checks: table.tables(MEDIA_CHECK, media_check),
    }
}

/// Every key is read, also after a fault, so that each is known and judged.
fn check(table: &mut Table<'_>) -> Option<DrillCheck> {
    let source = named(table, "source");
    table.require(&["sql"]);
    let sql = table.optional_text("sql");
    table.require(&["min", "equals", "max_drop_percent"]);
    let expected = Expected {
        min: table.optional_number("min", -NUMBER_MAX..=NUMBER_MAX).map(|min| min.value),
        equals: table.optional_scalar("equals").map(|equals| equals.value),
        max_drop_percent: table.optional_number("max_drop_percent", 0.0..=100.0).map(|percent| percent.value),
    };
    Some(DrillCheck { place: 0, source: source?, sql: sql?.value, expected })
}

fn media_check(table: &mut Table<'_>) -> Option<MediaCheck> {
    let source = named(table, "source");
    table.require(&["column"]);
    let column = table.optional_parsed("column", Saying::new("fault-column"), |text| {
        // A quoted name may hold dots itself; what is in it the database knows.
        let is_column = text.contains('.') && text.split('.').all(|part| !part.trim().is_empty());
        is_column.then(|| text.to_owned())
    });
    let media = named(table, "media");
    let max_missing_percent = table.number("max_missing_percent", 0.0..=100.0, MAX_MISSING_PERCENT_DEFAULT);
    Some(MediaCheck { source: source?, column: column?.value, media: media?, max_missing_percent })
}

fn named(table: &mut Table<'_>, key: &'static str) -> Option<SourceName> {
    table.require(&[key]);
    table.optional_parsed(key, Saying::new("fault-name"), |text| SourceName::new(text).ok()).map(|given| given.value)
}

/// A check of a source that is not there would never be made. Where a fault has taken a check away,
/// that is what is told.
pub(super) fn must_know(root: &mut Table<'_>, drill: &DrillConfig, databases: &[&SourceName], folders: &[&SourceName]) {
    let checks = drill.checks.iter().map(|check| (CHECK, "source", &check.source, databases));
    let media = drill.media_checks.iter().flat_map(|check| {
        [(MEDIA_CHECK, "source", &check.source, databases), (MEDIA_CHECK, "media", &check.media, folders)]
    });
    for (section, key, name, known) in checks.chain(media) {
        if !known.contains(&name) {
            let known: Vec<&str> = known.iter().map(|name| name.as_str()).collect();
            let (key, origin) = root.giver_of(&format!("drill.{section}."), key, name.as_str());
            root.fault(
                &key,
                &origin,
                Saying::new("fault-no-such-source").with("name", name).with("known", known.join(" ")),
            );
        }
    }
}
