//! Every slot of a schedule, found by a plain loop over minutes. Written apart from the program:
//! it knows nothing of cron, only what the clock on the wall shows each minute.

use std::cell::Cell;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// Whether a local minute is one to run at; the meaning of a cron expression in other words.
pub(super) type Matches = fn(NaiveDateTime) -> bool;

/// No zone of these years changed its clock other than on a quarter of an hour.
const QUARTER: TimeDelta = TimeDelta::minutes(15);

/// The instants at which something should run, sorted.
#[derive(Debug)]
pub(super) struct Almanac {
    pub(super) slots: Vec<DateTime<Utc>>,
    zone: Tz,
    /// The number of the slot that was asked for last.
    latest: Cell<usize>,
}

impl Almanac {
    /// Looks at every minute from `from`, a full hour, to `to`. A minute is a slot when the wall
    /// clock shows one that matches and was not shown before, or has just passed over one without
    /// showing it.
    pub(super) fn new(zone: Tz, matches: Matches, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        let mut slots = Vec::new();
        let mut latest_shown = wall(zone, from);
        let mut quarter = from;
        while quarter < to {
            let shown_then = wall(zone, quarter);
            for minutes in (0..15).map(TimeDelta::minutes) {
                let mut is_slot = false;
                while latest_shown < shown_then + minutes {
                    latest_shown += TimeDelta::minutes(1);
                    is_slot |= matches(latest_shown);
                }
                if is_slot {
                    slots.push(quarter + minutes);
                }
            }
            quarter += QUARTER;
        }
        Self { slots, zone, latest: Cell::new(0) }
    }

    /// The last slot that has come by `now`.
    pub(super) fn last(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        // Asked minute after minute, it is mostly the slot of the minute before.
        let (slot, next) = (self.slots[self.latest.get()], self.slots[self.latest.get() + 1]);
        if now < slot || next <= now {
            self.latest.set(self.slots.partition_point(|slot| *slot <= now) - 1);
        }
        self.slots[self.latest.get()]
    }

    /// The longest time between two slots in the year to come, the stretch in which today began
    /// among them.
    pub(super) fn longest_wait(&self, now: DateTime<Utc>) -> TimeDelta {
        let today = wall(self.zone, now).date();
        let mut began = now - TimeDelta::seconds(now.timestamp().rem_euclid(QUARTER.num_seconds()));
        while wall(self.zone, began - QUARTER).date() == today {
            began -= QUARTER;
        }
        let first = self.slots.partition_point(|slot| *slot <= began) - 1;
        let in_a_year = now + TimeDelta::days(366);
        let pairs = self.slots[first..].windows(2).take_while(|pair| pair[0] < in_a_year);
        pairs.map(|pair| pair[1] - pair[0]).max().unwrap()
    }
}

/// The instants at which the wall clock of a zone jumps, found the same way.
pub(super) fn jumps(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let mut jumps = Vec::new();
    let mut quarter = from;
    while quarter < to {
        if wall(zone, quarter + QUARTER) - wall(zone, quarter) != QUARTER {
            jumps.push(quarter + QUARTER);
        }
        quarter += QUARTER;
    }
    jumps
}

/// What the clock on the wall shows.
fn wall(zone: Tz, instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&zone).naive_local()
}
