//! What is kept of each source: its newest copy, how it grew, and when a restore last proved it.

use chrono::{DateTime, TimeDelta, Utc};

use super::lines::{Line, line};
use super::when::{ago, dated, lasting};
use crate::domain::health::{Health, Status};
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::set::{CatalogArtifact, CatalogSet, Drilled};
use crate::domain::standing::{SourceStanding, Standing};
use crate::words::{Words, size};

/// Growth is told over so long, for that is how people think of a disk.
const GROWTH_OVER: TimeDelta = TimeDelta::days(30);
/// A smaller change is none.
const GROWTH_PERCENT_MIN: f64 = 0.5;

/// One source, in words.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) kind: &'static str,
    /// Its class: `good`, `warn`, `bad`.
    pub(super) tone: &'static str,
    /// When the newest copy was made, and how long that is ago; a dash where there is none.
    pub(super) newest: String,
    pub(super) newest_at: String,
    pub(super) size: String,
    pub(super) growth: String,
    pub(super) proof: String,
    pub(super) line: Option<Line>,
    /// What the line shows, for who does not see it.
    pub(super) line_told: String,
}

pub(super) fn row(words: &Words, standing: &Standing, health: &Health, source: &SourceStanding) -> Row {
    let good: Vec<(&CatalogSet, &CatalogArtifact)> =
        standing.catalog.data_of(&source.name).filter(|(set, artifact)| set.counts(artifact)).collect();
    let newest = good.first().map(|(_, artifact)| *artifact);
    let sizes: Vec<(DateTime<Utc>, f64)> =
        good.iter().rev().map(|(set, artifact)| (set.started_at, artifact.size_bytes as f64)).collect();
    let drawn = line(&sizes, 120, 28);
    let told = |artifact: &CatalogArtifact| words.cell(&size(artifact.size_bytes));
    let line_told = match (drawn.as_ref().and(good.last()), newest) {
        (Some((_, oldest)), Some(newest)) => {
            words.say(&Saying::new("page-size-course").with("from", told(oldest)).with("to", told(newest)))
        }
        _ => String::new(),
    };
    Row {
        name: source.name.to_string(),
        kind: source.kind.as_str(),
        tone: match health.sources.get(&source.name).map_or("bad", |one| tone(one.status)) {
            "good" if last_drill(standing, &source.name).is_some_and(|drilled| !drilled.proven) => "warn",
            tone => tone,
        },
        newest: newest
            .map_or_else(|| words.text("page-none-yet", &[]), |artifact| ago(words, standing.now - artifact.ended_at)),
        newest_at: newest.map(|artifact| dated(words, artifact.ended_at, standing.zone)).unwrap_or_default(),
        size: newest.map(told).unwrap_or_default(),
        growth: growth(words, standing.now, &good),
        proof: proof(words, standing, source),
        line: drawn,
        line_told,
    }
}

pub(super) fn tone(status: Status) -> &'static str {
    match status {
        Status::Healthy => "good",
        // The first run, or the first for too long: until it has ended there is nothing good.
        Status::Warning | Status::Running => "warn",
        Status::Stale | Status::Never | Status::Empty | Status::Suspect => "bad",
    }
}

/// Against the copy that was the newest a month ago, else the oldest.
fn growth(words: &Words, now: DateTime<Utc>, good: &[(&CatalogSet, &CatalogArtifact)]) -> String {
    let [(newest_set, newest), older @ ..] = good else { return String::new() };
    let month_ago = older.iter().find(|(set, _)| now - set.started_at >= GROWTH_OVER);
    let Some((set, before)) = month_ago.or(older.last()) else { return String::new() };
    let percent = (newest.size_bytes as f64 / before.size_bytes.max(1) as f64 - 1.0) * 100.0;
    let days = (newest_set.started_at - set.started_at).num_days();
    if days < 1 {
        return String::new();
    }
    let by = if percent.abs() < GROWTH_PERCENT_MIN { "±0 %".to_owned() } else { format!("{percent:+.0} %") };
    words.say(&Saying::new("page-growth").with("by", by).with("days", days))
}

fn proof(words: &Words, standing: &Standing, source: &SourceStanding) -> String {
    let Some(last) = last_drill(standing, &source.name) else { return words.text("page-proof-none", &[]) };
    let key = if last.proven { "page-proof-good" } else { "page-proof-bad" };
    let took = last.restore_seconds.map(|seconds| format!(" ({})", lasting(seconds))).unwrap_or_default();
    words.say(&Saying::new(key).with("when", ago(words, standing.now - last.at))) + &took
}

/// What the last drill of a source found.
pub(super) fn last_drill(standing: &Standing, source: &SourceName) -> Option<Drilled> {
    standing.catalog.data_of(source).filter_map(|(_, artifact)| artifact.drill).max_by_key(|drilled| drilled.at)
}
