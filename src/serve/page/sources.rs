//! What is kept of each source: its newest copy, how it grew, and when a restore last proved it.

use chrono::{DateTime, Utc};

use super::lines::{Line, line};
use super::when::{ago, dated};
use crate::domain::artifact::Kind;
use crate::domain::health::{Health, Status};
use crate::domain::saying::Saying;
use crate::domain::set::{CatalogArtifact, CatalogSet, Drilled};
use crate::domain::standing::{SourceStanding, Standing};
use crate::domain::trend::{Trend, week_bytes};
use crate::words::{Words, size};

/// One source, in words.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) kind: String,
    /// Its class: `good`, `warn`, `bad`.
    pub(super) tone: &'static str,
    /// When the newest copy was made, and how long that is ago; a dash where there is none.
    pub(super) newest: String,
    pub(super) newest_at: String,
    pub(super) size: String,
    /// By how much it grows; empty while too little is known.
    pub(super) growth: String,
    pub(super) proof: String,
    /// When that was, and how long the restore took.
    pub(super) proof_at: String,
    pub(super) course: Option<Course>,
}

/// The stored sizes over time.
pub(super) struct Course {
    pub(super) line: Line,
    /// The first and the last of them.
    pub(super) ends: String,
    /// The same for who does not see it.
    pub(super) told: String,
}

pub(super) fn row(words: &Words, standing: &Standing, health: &Health, trend: &Trend, source: &SourceStanding) -> Row {
    let good: Vec<(&CatalogSet, &CatalogArtifact)> =
        standing.catalog.data_of(&source.name).filter(|(set, artifact)| set.counts(artifact)).collect();
    let newest = good.first().map(|(_, artifact)| *artifact);
    let sizes: Vec<(DateTime<Utc>, f64)> =
        good.iter().rev().map(|(set, artifact)| (set.started_at, artifact.size_bytes as f64)).collect();
    let told = |artifact: &CatalogArtifact| words.cell(&size(artifact.size_bytes));
    let course = line(&sizes, 120, 28).zip(good.last()).zip(newest).map(|((line, (_, oldest)), newest)| {
        let (from, to) = (told(oldest), told(newest));
        let ends = format!("{from} \u{2192} {to}");
        Course { line, ends, told: words.say(&Saying::new("page-size-course").with("from", from).with("to", to)) }
    });
    let last_drilled = standing.catalog.last_drill(&source.name);
    Row {
        name: source.name.to_string(),
        kind: words.text(kind(source.kind), &[]),
        tone: match health.sources.get(&source.name).map_or("bad", |one| tone(one.status)) {
            "good" if last_drilled.is_some_and(|last| !last.proven) => "warn",
            tone => tone,
        },
        newest: newest
            .map_or_else(|| words.text("page-none-yet", &[]), |artifact| ago(words, standing.now - artifact.ended_at)),
        newest_at: newest.map(|artifact| dated(words, artifact.ended_at, standing.zone)).unwrap_or_default(),
        size: newest.map(told).unwrap_or_default(),
        growth: match (trend.bytes_per_day.get(&source.name), newest) {
            (Some(per_day), Some(newest)) => {
                growth(words, *per_day, newest.size_bytes).unwrap_or_else(|| words.text("page-grows-not", &[]))
            }
            _ => String::new(),
        },
        proof: words.text(
            match last_drilled {
                None => "page-proof-none",
                Some(last) if last.proven => "page-proof-good",
                Some(_) => "page-proof-bad",
            },
            &[],
        ),
        proof_at: last_drilled.map(|last| proof_at(words, standing.now, last)).unwrap_or_default(),
        course,
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres | Kind::Database | Kind::Globals => "page-kind-postgres",
        Kind::Sqlite => "page-kind-sqlite",
        Kind::Media => "page-kind-media",
        Kind::Files => "page-kind-files",
    }
}

fn proof_at(words: &Words, now: DateTime<Utc>, last: Drilled) -> String {
    let ago = ago(words, now - last.at);
    match last.restore_seconds {
        Some(seconds) => words.say(&Saying::new("page-proof-took").with("ago", ago).with("time", words.span(seconds))),
        None => ago,
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

/// In a week, of what is `now_bytes` large; `None` where that is hardly anything.
pub(super) fn growth(words: &Words, bytes_per_day: i64, now_bytes: u64) -> Option<String> {
    let week = week_bytes(bytes_per_day, now_bytes)?;
    let sign = if week < 0 { '\u{2212}' } else { '+' };
    let by = format!("{sign}{}", words.cell(&size(week.unsigned_abs())));
    Some(words.say(&Saying::new("page-growth").with("by", by)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture::{name, set, standing, utc};
    use crate::domain::health::{DRILL_FAILED, judge};
    use crate::domain::language::Language;
    use crate::domain::set::Caveats;

    #[test]
    fn growth_is_told_by_the_week_and_by_what_is_there() {
        let told = |per_day: i64| growth(&Words::english(), per_day, 100_000_000);
        assert_eq!([0, 71_000, -71_000].map(told), [None, None, None]);
        let told = [72_000, -1_000_000].map(|per_day| told(per_day).unwrap());
        assert_eq!(told, ["+504.0 kB a week", "\u{2212}7.0 MB a week"]);
        assert_eq!(growth(&Words::of(Language::Spanish), 1_500_000, 1).unwrap(), "+10,5 MB por semana");
    }

    /// Health holds on to such a no; beside the source stands the same.
    #[test]
    fn a_no_to_the_newest_is_told_beside_its_source_until_something_as_new_is_proven() {
        let drilled = |at: &str, proven: bool| {
            Some(Drilled { at: utc(at), proven, restore_seconds: None, caveats: Caveats::default() })
        };
        let mut life = standing("2024-11-12T12:00:00", &["app"]);
        for id in ["20241111_080000", "20241112_080000"] {
            life.catalog.sets.push(set(id, &["app"]));
        }
        let told = |life: &Standing| {
            let health = judge(life);
            let row = row(&Words::english(), life, &health, &Trend::default(), &life.sources[0]);
            let holds = health.causes.iter().any(|cause| cause.code == DRILL_FAILED);
            let proof = format!("{}, {}", row.proof, row.proof_at);
            (holds, row.tone, life.catalog.last_drill(&name("app")).is_some_and(|last| last.proven), proof)
        };
        life.catalog.sets[1].artifacts[0].drill = drilled("2024-11-12T09:00:00", false);
        let no = (true, "warn", false, "did NOT come back whole, 3 hours ago".to_owned());
        assert_eq!(told(&life), no);
        life.catalog.sets[0].artifacts[0].drill = drilled("2024-11-12T10:00:00", true);
        assert_eq!(told(&life), no, "older data was proven");
        life.catalog.sets.push(set("20241112_110000", &["app"]));
        life.catalog.sets[2].artifacts[0].drill = drilled("2024-11-12T11:00:00", true);
        let told = told(&life);
        assert_eq!((told.0, told.1, told.2), (false, "good", true), "{}", told.3);
    }
}
