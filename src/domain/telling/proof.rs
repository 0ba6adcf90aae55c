//! The letter that comes although nothing happened: what is kept, since when, and how that is known. Who
//! never hears of the backups does not know whether anybody still makes them.

use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc};

use super::ProofEvery;
use super::view::local_minute;
use crate::domain::health::{Health, Status};
use crate::domain::local_time::{date_of, instant_of};
use crate::domain::report::Job;
use crate::domain::saying::Saying;
use crate::domain::standing::{SourceStanding, Standing};
use crate::domain::trend::{DAYS_AHEAD, trend};

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
    let open = health.causes.iter().filter(|cause| cause.status != Status::Running).count();
    if open > 0 {
        return Saying::new("tell-proof-open").with("open", open);
    }
    let sets = standing.catalog.sets.len();
    Saying::new("tell-proof-well").with("sets", sets)
}

pub(super) fn lines(standing: &Standing, health: &Health) -> Vec<Saying> {
    let open = health.causes.iter().filter(|cause| cause.status != Status::Running).map(|cause| cause.saying.clone());
    let of_sources = standing.sources.iter().flat_map(|source| of_source(standing, source));
    let next = standing
        .next_runs
        .get(&Job::Backup)
        .map(|next| Saying::new("tell-proof-next").with("at", local_minute(standing.zone, *next)));
    open.chain(of_sources).chain(space_lines(standing)).chain(next).collect()
}

/// What is kept of it, and what the last drill said.
fn of_source(standing: &Standing, source: &SourceStanding) -> Vec<Saying> {
    let good = || standing.catalog.data_of(&source.name).filter(|(set, artifact)| set.counts(artifact));
    let (Some((set, newest)), Some((oldest, _))) = (good().next(), good().last()) else {
        return vec![Saying::new("tell-proof-none").with("source", &source.name)];
    };
    let kept = Saying::new("tell-proof-kept")
        .with("source", &source.name)
        .with("count", good().count())
        .with("from", local_minute(standing.zone, oldest.started_at))
        .with("until", local_minute(standing.zone, set.started_at))
        .with("id", &set.id)
        .with("newest_bytes", newest.size_bytes);
    let drilled = standing.catalog.data_of(&source.name).filter_map(|(set, a)| Some((a.proven_at()?, set, a.drill?)));
    let drill = match drilled.max_by_key(|(at, ..)| *at) {
        Some((at, set, drill)) => {
            let rto = drill.restore_seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            let saying = Saying::new("tell-proof-drilled").with("source", &source.name).with("id", &set.id);
            let rto = rto.map_or_else(|| "unknown".to_owned(), |rto| rto.as_secs().max(1).to_string());
            saying.with("at", local_minute(standing.zone, at)).with("rto_seconds", rto)
        }
        None => Saying::new("tell-proof-undrilled").with("source", &source.name),
    };
    vec![kept, drill]
}

/// What the store takes, grows by and has left.
pub(super) fn space_lines(standing: &Standing) -> Vec<Saying> {
    let space = standing.space.map(|space| {
        Saying::new("tell-proof-space").with("store_bytes", space.store_bytes).with("free_bytes", space.free_bytes)
    });
    let ahead = trend(standing).store.map(|store| {
        let saying = match u64::try_from(store.bytes_per_day.saturating_mul(7)) {
            Ok(week_bytes @ 1..) => Saying::new("tell-proof-grows").with("week_bytes", week_bytes),
            _ => Saying::new("tell-proof-steady"),
        };
        let full = match store.days_until_full {
            Some(days) => Saying::new("tell-proof-full").with("days", days),
            None => Saying::new("tell-proof-room").with("days", DAYS_AHEAD),
        };
        [saying, full]
    });
    space.into_iter().chain(ahead.into_iter().flatten()).collect()
}
