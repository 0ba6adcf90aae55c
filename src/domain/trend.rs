//! Where sizes are heading: what each source grows by, when the store's disk is full, and whether a
//! newest backup is unlike those before it. Medians throughout, so that one odd night bends
//! nothing. Never: says that a backup is bad; that is [`super::suspect`]'s.

mod forecast;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::id::BackupId;
use super::local_time::date_of;
use super::name::SourceName;
use super::set::{Catalog, CatalogArtifact, CatalogSet};
use super::standing::Standing;
pub use forecast::DAYS_AHEAD;
use forecast::{Night, Outlook};

/// So many backups are looked back upon: what was before the last month says little of the next.
const BACKUPS_MAX: usize = 30;
/// Of fewer nights nothing is told: a week has its own ups and downs.
const NIGHTS_MIN: usize = 7;
/// What differs by less is nobody's concern, whatever its share.
const BYTES_APART_MIN: u64 = 1_000_000;
const ROWS_APART_MIN: u64 = 1_000;

/// Where things are heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trend {
    /// What a backup of each source grows by in a day; a source of which too little is known is absent.
    pub bytes_per_day: BTreeMap<SourceName, i64>,
    /// `None` where too little is known.
    pub store: Option<StoreTrend>,
}

/// What becomes of the store under the rules of retention, if all goes on as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreTrend {
    /// On an average day of the next month.
    pub bytes_per_day: i64,
    /// The days after which a night's backup no longer fits; `None` where it does on each of the next
    /// [`DAYS_AHEAD`] days.
    pub days_until_full: Option<u32>,
}

/// A change in a week that is a smaller share of what is there is none.
const GROWTH_SHARE_MIN: u64 = 200;

/// What grows so much in a day grows by in a week; `None` where that is hardly anything.
pub fn week_bytes(bytes_per_day: i64, now_bytes: u64) -> Option<i64> {
    let week = bytes_per_day.saturating_mul(7);
    (week.unsigned_abs() > now_bytes / GROWTH_SHARE_MIN).then_some(week)
}

/// Looks ahead from how things stand.
pub fn trend(standing: &Standing) -> Trend {
    let growth = |source: &SourceName| Some((source.clone(), growth(standing, source)?));
    Trend {
        bytes_per_day: standing.sources.iter().filter_map(|source| growth(&source.name)).collect(),
        store: store(standing),
    }
}

/// By what a backup of this source grows in a day.
fn growth(standing: &Standing, source: &SourceName) -> Option<i64> {
    let newest = counting(&standing.catalog, source).take(BACKUPS_MAX);
    let points: Vec<Point> =
        newest.map(|(set, artifact)| point(date_of(standing.zone, set.started_at), artifact.size_bytes)).collect();
    let mut days: Vec<i64> = points.iter().map(|(day, _)| *day).collect();
    days.dedup();
    (days.len() >= NIGHTS_MIN).then(|| slope(&points)).flatten()
}

fn store(standing: &Standing) -> Option<StoreTrend> {
    let (nights, outlook) = outlook(standing)?;
    Some(outlook.play(nights, &standing.retention, standing.space?.free_bytes))
}

/// The days after which a night's backup no longer fits, by itself: every probe of health asks for it.
/// `None` where too little is known.
pub fn days_until_full(standing: &Standing) -> Option<Option<u32>> {
    let free_bytes = standing.space?.free_bytes;
    let (nights, outlook) = outlook(standing)?;
    if outlook.fits_whatever_goes(free_bytes) {
        return Some(None);
    }
    Some(outlook.play(nights, &standing.retention, free_bytes).days_until_full)
}

fn outlook(standing: &Standing) -> Option<(Vec<Night>, Outlook)> {
    let mut nights: Vec<Night> = Vec::new();
    for set in &standing.catalog.sets {
        let date = date_of(standing.zone, set.started_at);
        match nights.last_mut() {
            Some(night) if night.date == date => night.bytes = night.bytes.saturating_add(set.size_bytes()),
            _ => nights.push(Night { date, bytes: set.size_bytes(), stays: false }),
        }
    }
    let newest = &nights[nights.len().saturating_sub(BACKUPS_MAX)..];
    let points: Vec<Point> = newest.iter().map(|night| point(night.date, night.bytes)).collect();
    let last_week = points.len().checked_sub(NIGHTS_MIN).and_then(|from| points.get(from..))?;
    let slope = slope(&points)?;
    let outlook = Outlook {
        today: date_of(standing.zone, standing.now),
        level_bytes: median(
            points.iter().map(|(day, bytes)| bytes.saturating_sub(slope.saturating_mul(*day))).collect(),
        )?,
        bytes_per_day: slope,
        days_apart: median(last_week.windows(2).map(|two| two[1].0 - two[0].0).collect())?,
    };
    Some((nights, outlook))
}

/// A newest backup that holds far more or far less than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unusual<'a> {
    pub set: &'a BackupId,
    pub measure: Measure,
    pub now: u64,
    /// The median of those before it.
    pub usual: u64,
}

/// By what it is unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    Bytes,
    Rows,
}

/// Whether the newest backup of a source that counts holds less than half of what is usual, or more than
/// twice as much, and the one before it did not: what is new is told when it begins. Its size tells
/// something only beside others stored in the same form.
pub fn unusual<'a>(catalog: &'a Catalog, source: &'a SourceName) -> Option<Unusual<'a>> {
    let (set, newest) = catalog.newest_good(source)?;
    let before: Vec<&CatalogArtifact> =
        counting(catalog, source).skip(1).take(BACKUPS_MAX).map(|(_, artifact)| artifact).collect();
    let odd = |measure: Measure, now: u64, before: Vec<u64>, apart_min: u64| {
        let last = *before.first()?;
        let usual = usual(before)?;
        // Which way it differs, where it does.
        let way = |bytes: u64| {
            let is_far = bytes.abs_diff(usual) > apart_min && (bytes < usual / 2 || bytes > usual.saturating_mul(2));
            is_far.then(|| bytes.cmp(&usual))
        };
        let is_new = way(now).is_some() && way(now) != way(last);
        is_new.then_some(Unusual { set: &set.id, measure, now, usual })
    };
    let alike = before.iter().filter(|artifact| form(artifact) == form(newest));
    let bytes = odd(Measure::Bytes, newest.size_bytes, alike.map(|a| a.size_bytes).collect(), BYTES_APART_MIN);
    let rows = || {
        let before = before.iter().filter_map(|artifact| artifact.rows).collect();
        odd(Measure::Rows, newest.rows?, before, ROWS_APART_MIN)
    };
    bytes.or_else(rows)
}

/// The artifacts of a source that count, newest first.
fn counting<'a>(
    catalog: &'a Catalog,
    source: &'a SourceName,
) -> impl Iterator<Item = (&'a CatalogSet, &'a CatalogArtifact)> {
    catalog.data_of(source).filter(|(set, artifact)| set.counts(artifact))
}

/// The ending of its name: what it is and how it is compressed.
fn form(artifact: &CatalogArtifact) -> &str {
    let name = artifact.path.rsplit('/').next().unwrap_or_default();
    super::artifact::parse_file_name(name).map_or("", |(_, _, ending)| ending)
}

fn usual(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    // With the newest, which is compared with them, they are as many as there must be.
    (values.len() + 1 >= NIGHTS_MIN).then(|| values.get(values.len() / 2).copied()).flatten()
}

/// A day's number, and bytes.
type Point = (i64, i64);

fn point(date: NaiveDate, bytes: u64) -> Point {
    (date.to_epoch_days().into(), i64::try_from(bytes).unwrap_or(i64::MAX))
}

/// The median slope of all pairs of points, in bytes a day (Theil and Sen): a quarter of the points may
/// be far off.
fn slope(points: &[Point]) -> Option<i64> {
    let pairs = points.iter().enumerate().flat_map(|(at, one)| points[at + 1..].iter().map(move |other| (one, other)));
    let slope = |(one, other): (&Point, &Point)| (one.1 - other.1).checked_div(one.0 - other.0);
    median(pairs.filter_map(slope).collect())
}

fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests;
