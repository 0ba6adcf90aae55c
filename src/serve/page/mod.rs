//! The page at `/`: whether the data is safe, since when, and how that is known, for somebody who
//! has forgotten everything else; then what is kept, a year of nights, what comes next. It is a
//! function of the standing, made anew for each who asks.
//!
//! Never: names anything outside itself; needs a script to be read; shows a value unescaped.

mod calendar;
mod copies;
mod headline;
mod lines;
mod pieces;
mod reasons;
mod sources;
mod when;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderName, HeaderValue, header};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sha2::{Digest, Sha256};

use crate::domain::health::Health;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
use crate::domain::nights::{Grade, Night, with_sets};
use crate::domain::report::Job;
use crate::domain::restoring::listed;
use crate::domain::saying::Saying;
use crate::domain::set::{CatalogSet, Drilled};
use crate::domain::standing::Standing;
use crate::domain::trend::trend;
use crate::words::Words;
use calendar::Calendar;
use copies::Copies;
use headline::Headline;
use lines::{Line, line};
use pieces::{Piece, pieces};
use reasons::{Reason, reasons};
use sources::Row;
use when::{dated, on_the_clock};

const STYLE: &str = include_str!("../../../templates/page.css");
const SCRIPT: &str = include_str!("../../../templates/page.js");
/// Drills listed.
const DRILLS_MAX: usize = 5;

/// What to do where something is lost, which is when few remember.
const LOST: [&str; 4] = ["page-lost-list", "page-lost-restore", "page-lost-alone", "page-lost-compose"];

/// The page, whole.
///
/// # Errors
/// Where the template cannot be filled, which is a fault of this file.
pub(super) fn render(standing: &Standing, health: &Health, words: &Words) -> askama::Result<String> {
    let trend = trend(standing);
    let rows = standing.sources.iter().map(|source| sources::row(words, standing, health, &trend, source));
    let today = standing.now.with_timezone(&standing.zone).date_naive();
    let nights = with_sets(&standing.nights, &standing.catalog.sets, standing.zone, &calendar::days(today));
    let known_since = standing.nights.keys().next().copied().unwrap_or(today);
    let drills = drills(words, standing);
    let page = Page {
        style: STYLE,
        script: SCRIPT,
        version: env!("CARGO_PKG_VERSION"),
        labels: Labels::new(words),
        headline: headline::headline(words, standing, health),
        reasons: reasons(words, standing, health),
        rows: rows.collect(),
        calendar: calendar::calendar(words, &nights, known_since, today),
        durations: durations(words, &nights),
        next: next(words, standing),
        undrilled: (drills.is_empty() && !standing.catalog.sets.is_empty())
            .then(|| pieces(&words.text("page-drills-none", &[]))),
        drills,
        copies: copies::copies(words, standing, trend.store),
        lost: LOST.iter().map(|key| pieces(&words.text(key, &[]))).collect(),
        as_of: words.say(
            &Saying::new("page-as-of")
                .with("at", on_the_clock(standing.now, standing.zone))
                .with("zone", standing.zone),
        ),
    };
    page.render()
}

/// What a browser is told beside the page: nothing is fetched, and nothing runs but what we wrote.
pub(super) fn headers() -> [(HeaderName, HeaderValue); 4] {
    static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
        let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            hash(STYLE),
            hash(SCRIPT)
        );
        HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    });
    [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, POLICY.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ]
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    style: &'static str,
    script: &'static str,
    version: &'static str,
    labels: Labels,
    headline: Headline,
    reasons: Vec<Reason>,
    rows: Vec<Row>,
    calendar: Calendar,
    durations: Option<Durations>,
    next: Vec<String>,
    drills: Vec<Drill>,
    /// What to do where no drill has been held.
    undrilled: Option<Vec<Piece>>,
    copies: Copies,
    lost: Vec<Vec<Piece>>,
    as_of: String,
}

/// How long each night's run took.
struct Durations {
    line: Line,
    told: String,
    longest: String,
    from: String,
    to: String,
}

struct Drill {
    at: String,
    tone: &'static str,
    text: String,
}

/// The words that are the same on every page.
struct Labels {
    language: String,
    reasons: String,
    sources: String,
    source: String,
    newest: String,
    size: String,
    proof: String,
    course: String,
    nights: String,
    good: String,
    partial: String,
    failed: String,
    none: String,
    unknown: String,
    bad_nights: String,
    durations: String,
    next: String,
    drills: String,
    copies: String,
    lost: String,
    unanswered: String,
    unanswered_what: String,
}

impl Labels {
    fn new(words: &Words) -> Self {
        Self {
            language: words.text("page-language", &[]),
            reasons: words.text("page-reasons", &[]),
            sources: words.text("page-sources", &[]),
            source: words.text("page-source", &[]),
            newest: words.text("page-newest", &[]),
            size: words.text("page-size", &[]),
            proof: words.text("page-proof", &[]),
            course: words.text("page-course", &[]),
            nights: words.text("page-nights", &[]),
            good: words.text("page-night-good", &[]),
            partial: words.text("page-night-partial", &[]),
            failed: words.text("page-night-failed", &[]),
            none: words.text("page-night-none", &[]),
            unknown: words.text("page-night-unknown", &[]),
            bad_nights: words.text("page-bad-nights", &[]),
            durations: words.text("page-durations", &[]),
            next: words.text("page-next", &[]),
            drills: words.text("page-drills", &[]),
            copies: words.text("page-copies", &[]),
            lost: words.text("page-lost", &[]),
            unanswered: words.text("page-unanswered", &[]),
            unanswered_what: words.text("page-unanswered-what", &[]),
        }
    }
}

/// Of nights that stored something: one that failed at once says nothing of how long it takes.
fn durations(words: &Words, nights: &BTreeMap<NaiveDate, Night>) -> Option<Durations> {
    let stored: Vec<_> = nights.iter().filter(|(_, night)| night.grade != Grade::Failed).collect();
    let course: Vec<_> =
        stored.iter().map(|(date, night)| (date.and_time(NaiveTime::MIN).and_utc(), night.seconds)).collect();
    let ((from, _), (to, last)) = (stored.first()?, stored.last()?);
    let longest = course.iter().map(|(_, seconds)| *seconds).fold(0.0, f64::max);
    let told =
        Saying::new("page-durations-told").with("last", words.span(last.seconds)).with("longest", words.span(longest));
    Some(Durations {
        line: line(&course, 640, 64)?,
        told: words.say(&told),
        longest: words.span(longest),
        from: words.cell(&from.to_string()),
        to: words.cell(&to.to_string()),
    })
}

/// What runs, and what is due.
fn next(words: &Words, standing: &Standing) -> Vec<String> {
    let running = standing.running.iter().map(|run| {
        let at = on_the_clock(run.started_at, standing.zone);
        words.say(&Saying::new("page-running").with("job", job(words, run.job)).with("at", at))
    });
    let due = standing.next_runs.iter().map(|(due, at)| {
        words.say(&Saying::new("page-due").with("job", job(words, *due)).with("at", on_the_clock(*at, standing.zone)))
    });
    running.chain(due).collect()
}

fn job(words: &Words, job: Job) -> String {
    let key = match job {
        Job::Backup => "page-job-backup",
        Job::Prune => "page-job-prune",
        Job::Verify => "page-job-verify",
        Job::Restore => "page-job-restore",
        Job::Drill => "page-job-drill",
    };
    words.text(key, &[])
}

/// The sets that were drilled last, newest first, each with how its data fared.
fn drills(words: &Words, standing: &Standing) -> Vec<Drill> {
    let drilled = |set: &'_ CatalogSet| -> Vec<(SourceName, Drilled)> {
        let data = set.artifacts.iter().filter(|artifact| artifact.kind.is_data());
        data.filter_map(|artifact| Some((artifact.source.clone(), artifact.drill?))).collect()
    };
    let held = standing.catalog.sets.iter().map(|set| (&set.id, drilled(set)));
    let mut held: Vec<_> =
        held.filter_map(|(id, drilled)| Some((drilled.iter().map(|(_, one)| one.at).max()?, id, drilled))).collect();
    held.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    let told = |(at, id, drilled): &(DateTime<Utc>, &BackupId, Vec<(SourceName, Drilled)>)| {
        let failed: Vec<&str> =
            drilled.iter().filter(|(_, one)| !one.proven).map(|(source, _)| source.as_str()).collect();
        let seconds = drilled.iter().filter_map(|(_, one)| one.restore_seconds).fold(0.0, |sum, one| sum + one);
        let (tone, saying) = if failed.is_empty() {
            ("good", Saying::new("page-drill-good").with("time", words.span(seconds)))
        } else {
            ("bad", Saying::new("page-drill-bad").with("sources", listed(failed)))
        };
        Drill { at: dated(words, *at, standing.zone), tone, text: words.say(&saying.with("id", id)) }
    };
    held.iter().take(DRILLS_MAX).map(told).collect()
}
