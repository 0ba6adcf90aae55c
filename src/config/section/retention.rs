//! `[retention]`: how long sets are kept.

use crate::config::RetentionConfig;
use crate::config::reader::Table;
use crate::domain::retention::Policy;
use crate::domain::saying::Saying;

const KEEP_DAYS_DEFAULT: u32 = 7;
/// A hundred years of days; more is a slip of the keyboard.
const KEEP_DAYS_MAX: u32 = 36_525;
const KEEP_MAX: i32 = 36_525;
/// Calendar rules: this many keep all.
const KEEP_ALL: i32 = -1;
/// Beyond this, redundancy would be retention by another name.
const REDUNDANCY_MAX: u32 = 1000;

pub(super) fn read(table: &mut Table<'_>) -> RetentionConfig {
    let keep_days = table.optional_integer("keep_days", 0..=KEEP_DAYS_MAX);
    let [keep_daily, keep_weekly, keep_monthly, keep_yearly] =
        ["keep_daily", "keep_weekly", "keep_monthly", "keep_yearly"]
            .map(|key| table.integer(key, KEEP_ALL..=KEEP_MAX, 0));
    let any_calendar = [keep_daily, keep_weekly, keep_monthly, keep_yearly].iter().any(|keep| *keep != 0);
    // Calendar rules given alone replace the default, they do not add to it.
    let default = if any_calendar { 0 } else { KEEP_DAYS_DEFAULT };
    if let Some(given) = keep_days.as_ref().filter(|given| given.value == 0 && !any_calendar) {
        let origin = given.origin.clone();
        table.fault("keep_days", &origin, Saying::new("fault-keep-nothing"));
    }
    let keep_days = table.or_default("keep_days", keep_days, default, &default.to_string());
    RetentionConfig {
        policy: Policy {
            keep_days,
            keep_daily,
            keep_weekly,
            keep_monthly,
            keep_yearly,
            minimum_redundancy: table.integer("minimum_redundancy", 1..=REDUNDANCY_MAX, 3),
        },
        suspect_drop_percent: table.integer("suspect_drop_percent", 1..=100, 90),
    }
}
