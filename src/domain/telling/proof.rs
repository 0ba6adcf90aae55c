//! The letter that comes although nothing happened: what is kept, since when, and how that is known. Who
//! never hears of the backups does not know whether anybody still makes them.

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc};

use super::ProofEvery;
use crate::domain::health::{Health, Status};
use crate::domain::local_time::{date_of, instant_of};
use crate::domain::saying::Saying;
use crate::domain::standing::Standing;

/// When people are at work; a night's trouble has been told by then.
const HOUR: u32 = 8;
/// Before there is a whole week to tell of, there is nothing to prove.
const FIRST_AFTER: TimeDelta = TimeDelta::days(7);

/// Since when one is to be told: eight in the morning of Monday, or of the first of the month.
pub(super) fn due(standing: &Standing) -> Option<DateTime<Utc>> {
    let of_period = |now: DateTime<Utc>| {
        let today = date_of(standing.zone, now);
        let first = match standing.proof {
            ProofEvery::Week => today - TimeDelta::days(today.weekday().num_days_from_monday().into()),
            ProofEvery::Month => today.with_day(1)?,
            ProofEvery::Never => return None,
        };
        Some(instant_of(standing.zone, first.and_time(NaiveTime::from_hms_opt(HOUR, 0, 0)?)))
    };
    let due = of_period(standing.now)?;
    // Early on the first morning the one before is still to be told, where nobody was there to tell it.
    let due = if due <= standing.now { due } else { of_period(due - TimeDelta::days(1))? };
    let known = standing.sources.iter().filter_map(|source| source.known_since);
    let first = known.chain(standing.catalog.sets.first().map(|set| set.started_at)).min()?;
    (due - first >= FIRST_AFTER).then_some(due)
}

/// Says that all is well only where it is.
pub(super) fn subject(standing: &Standing, health: &Health) -> Saying {
    let open = lines(health).len();
    if open > 0 {
        return Saying::new("tell-proof-open").with("open", open);
    }
    let sets = standing.catalog.sets.len();
    Saying::new("tell-proof-well").with("sets", sets)
}

/// What is not well comes before all that is.
pub(super) fn lines(health: &Health) -> Vec<Saying> {
    health.causes.iter().filter(|cause| cause.status != Status::Running).map(|cause| cause.saying.clone()).collect()
}
