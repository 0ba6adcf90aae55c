//! What a letter tells in rows instead of sentences: what is kept of each source, what the store takes
//! and has left, what comes next. Never: judges any of it; that is [`crate::domain::health`]'s.

use std::time::Duration;

use super::view::local_minute;
use crate::domain::report::Job;
use crate::domain::saying::Saying;
use crate::domain::standing::{SourceStanding, Standing};
use crate::domain::trend::{DAYS_AHEAD, Trend, week_bytes};

/// Rows that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub heading: Saying,
    pub rows: Vec<Figure>,
}

/// A name, and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub name: Saying,
    pub value: Saying,
    /// It must not be overlooked.
    pub is_bad: bool,
}

/// All there is to show.
pub(super) fn whole(standing: &Standing, trend: &Trend) -> Vec<Figures> {
    let of_sources = standing.sources.iter().map(|source| of_source(standing, trend, source));
    of_sources.chain(of_disk(standing, trend)).chain(of_next(standing)).collect()
}

/// What the store takes, grows by and has left; nothing where it is out of reach.
pub(super) fn of_disk(standing: &Standing, trend: &Trend) -> Option<Figures> {
    let space = standing.space?;
    let mut rows = vec![
        row("page-copies", Saying::new("figure-where")),
        row("figure-stored", bytes(space.store_bytes)),
        row("figure-free", bytes(space.free_bytes)),
    ];
    if let Some(store) = trend.store {
        let full = match store.days_until_full {
            Some(days) => Saying::new("figure-full-in").with("days", days),
            None => Saying::new("figure-full-far").with("days", DAYS_AHEAD),
        };
        rows.extend([row("figure-growth", growth(store.bytes_per_day, space.store_bytes)), row("figure-full", full)]);
    }
    Some(Figures { heading: Saying::new("figures-disk"), rows })
}

/// What is kept of it, how it grows, and what the last drill said.
fn of_source(standing: &Standing, trend: &Trend, source: &SourceStanding) -> Figures {
    let at = |instant| local_minute(standing.zone, instant);
    let good = || standing.catalog.data_of(&source.name).filter(|(set, artifact)| set.counts(artifact));
    let mut rows = Vec::new();
    match (good().next(), good().last()) {
        (Some((set, newest)), Some((oldest, _))) => {
            let kept = Saying::new("figure-kept-since").with("count", good().count());
            let newest_set = Saying::new("figure-set").with("at", at(set.started_at)).with("id", &set.id);
            let grows = trend.bytes_per_day.get(&source.name);
            let grows = grows.map(|per_day| growth(*per_day, newest.size_bytes));
            rows.extend([
                row("figure-kept", kept.with("from", at(oldest.started_at))),
                row("page-newest", newest_set),
                row("page-size", bytes(newest.size_bytes)),
                row("figure-growth", grows.unwrap_or_else(|| Saying::new("figure-growth-unknown"))),
            ]);
        }
        _ => rows.push(Figure { is_bad: true, ..row("figure-kept", Saying::new("figure-none")) }),
    }
    let last_drill = standing.catalog.last_drill(&source.name);
    let drilled = match last_drill {
        Some(drill) if drill.proven => {
            let rto = drill.restore_seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            let rto = rto.map_or_else(|| "unknown".to_owned(), |rto| rto.as_secs().max(1).to_string());
            Saying::new("figure-drill-good").with("at", at(drill.at)).with("rto_seconds", rto)
        }
        Some(drill) => Saying::new("figure-drill-bad").with("at", at(drill.at)),
        None => Saying::new("figure-drill-none"),
    };
    let is_bad = last_drill.is_some_and(|drill| !drill.proven);
    rows.push(Figure { is_bad, ..row("figure-drill", drilled) });
    Figures { heading: Saying::new("figures-source").with("source", &source.name), rows }
}

/// The next runs of what people wait for.
fn of_next(standing: &Standing) -> Option<Figures> {
    let next = |job: Job, name: &'static str| {
        let at = standing.next_runs.get(&job)?;
        Some(row(name, Saying::new("figure-at").with("at", local_minute(standing.zone, *at))))
    };
    let rows: Vec<Figure> =
        [next(Job::Backup, "page-job-backup"), next(Job::Drill, "page-job-drill")].into_iter().flatten().collect();
    (!rows.is_empty()).then(|| Figures { heading: Saying::new("page-next"), rows })
}

fn growth(bytes_per_day: i64, now_bytes: u64) -> Saying {
    match week_bytes(bytes_per_day, now_bytes) {
        None => Saying::new("page-growth-none"),
        Some(week) if week < 0 => Saying::new("figure-shrinks").with("week_bytes", week.unsigned_abs()),
        Some(week) => Saying::new("figure-grows").with("week_bytes", week),
    }
}

fn bytes(bytes: u64) -> Saying {
    Saying::new("figure-bytes").with("some_bytes", bytes)
}

fn row(name: &'static str, value: Saying) -> Figure {
    Figure { name: Saying::new(name), value, is_bad: false }
}
