//! `[schedule]`: when a backup, a verify and a drill run and how long they may take.

use std::time::Duration;

use crate::config::ScheduleConfig;
use crate::config::fault::DEFAULT;
use crate::config::reader::{Table, cron, quoted};
use crate::domain::saying::Saying;
use crate::domain::schedule::Schedule;

const BACKUP_DEFAULT: &str = "0 3 * * *";
/// A week: a run that takes longer than the time between any two is one that hangs.
const DEADLINE_MINUTES_MAX: u64 = 7 * 24 * 60;
/// A day: whoever waits longer is overtaken by the next slot.
const LOCK_WAIT_MINUTES_MAX: u64 = 24 * 60;
/// An hour: no service manager waits longer for a stop.
const GRACE_SECONDS_MAX: u64 = 3600;

pub(super) fn read(table: &mut Table<'_>) -> Option<ScheduleConfig> {
    let backup = backup(table);
    let verify = table.optional_parsed("verify", Saying::new("fault-cron"), cron).map(|given| given.value);
    let drill = table.optional_parsed("drill", Saying::new("fault-cron"), cron).map(|given| given.value);
    Some(ScheduleConfig {
        verify,
        drill,
        catch_up: table.boolean("catch_up", true),
        deadline: Duration::from_secs(60 * table.integer("deadline_minutes", 1..=DEADLINE_MINUTES_MAX, 360)),
        lock_wait: Duration::from_secs(60 * table.integer("lock_wait_minutes", 0..=LOCK_WAIT_MINUTES_MAX, 30)),
        grace: Duration::from_secs(table.integer("grace_seconds", 1..=GRACE_SECONDS_MAX, 20)),
        backup: backup?,
    })
}

/// `backup` and `target_hour` say the same.
fn backup(table: &mut Table<'_>) -> Option<Schedule> {
    let nobody_says = !table.holds("backup") && !table.holds("target_hour");
    let expression = table.optional_parsed("backup", Saying::new("fault-cron"), cron);
    let hour = table.optional_integer("target_hour", 0..=23);
    match table.one_of(("backup", expression), ("target_hour", hour)) {
        (Some(expression), _) => Some(expression.value),
        (None, Some(hour)) => Schedule::daily_at(hour.value).ok(),
        (None, None) if nobody_says => {
            table.record("backup", Some(quoted(BACKUP_DEFAULT)), DEFAULT);
            cron(BACKUP_DEFAULT)
        }
        (None, None) => None,
    }
}
