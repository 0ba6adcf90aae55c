//! A year of nights as squares: a column a week, a row a weekday. What a square means is told by its
//! shape as well as its colour, and in words to who hears the page; the nights that were not good are
//! listed beside it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::nights::{Grade, Night};
use crate::domain::saying::Saying;
use crate::words::Words;

/// Days told of; whole weeks, the last of them today's.
const WEEKS: u32 = 53;
/// A narrower month has no room for its name.
const NAME_WEEKS_MIN: u32 = 3;
/// Bad nights listed in words; there may be a year of them.
const LISTED_MAX: usize = 14;

pub(super) struct Calendar {
    /// No night is known of.
    pub(super) is_empty: bool,
    pub(super) months: Vec<Month>,
    pub(super) weekdays: Vec<Weekday>,
    /// The whole year in one sentence.
    pub(super) summary: String,
    /// The newest nights that were not good, newest first.
    pub(super) bad: Vec<Bad>,
}

/// A head over the weeks that begin in it.
pub(super) struct Month {
    pub(super) weeks: u32,
    pub(super) name: String,
}

pub(super) struct Weekday {
    pub(super) name: String,
    /// Oldest first.
    pub(super) nights: Vec<Square>,
}

pub(super) struct Square {
    /// Its class: `good`, `partial`, `failed`, `none`; empty where there is nothing to tell.
    pub(super) class: &'static str,
    pub(super) text: String,
}

pub(super) struct Bad {
    pub(super) date: String,
    pub(super) what: String,
}

/// The days of a calendar up to `today`.
pub(super) fn days(today: NaiveDate) -> RangeInclusive<NaiveDate> {
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    monday - Days::new(u64::from(7 * (WEEKS - 1)))..=today
}

/// The calendar of these nights up to `today`. Days before `known_since`, on which the record begins, are
/// no gap: their sets may have expired.
pub(super) fn calendar(
    words: &Words,
    nights: &BTreeMap<NaiveDate, Night>,
    known_since: NaiveDate,
    today: NaiveDate,
) -> Calendar {
    let days = days(today);
    let mut weekdays: Vec<Weekday> =
        names(words, "page-weekdays").map(|name| Weekday { name, nights: Vec::new() }).collect();
    let (mut counts, mut bad) = ([0_u64; 4], Vec::new());
    for date in days.start().iter_days().take_while(|date| days.contains(date)) {
        let (class, key, place) = match nights.get(&date).map(|night| night.grade) {
            Some(Grade::Good) => ("good", "page-night-good", 0),
            Some(Grade::Partial) => ("partial", "page-night-partial", 1),
            Some(Grade::Failed) => ("failed", "page-night-failed", 2),
            None if date >= known_since && date != today => ("none", "page-night-none", 3),
            // Today's night may be to come.
            None => ("", "", 4),
        };
        let date_told = words.cell(&date.to_string());
        let what = if key.is_empty() { String::new() } else { words.text(key, &[]) };
        let text = if key.is_empty() { String::new() } else { format!("{date_told}: {what}") };
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
        if let Some(row) = weekdays.get_mut(date.weekday().num_days_from_monday() as usize) {
            row.nights.push(Square { class, text });
        }
        if (1..4).contains(&place) {
            bad.push(Bad { date: date_told, what });
        }
    }
    let [good, partial, failed, none] = counts;
    let summary = Saying::new("page-nights-summary")
        .with("good", good)
        .with("partial", partial)
        .with("failed", failed)
        .with("none", none);
    bad.reverse();
    bad.truncate(LISTED_MAX);
    Calendar {
        is_empty: nights.is_empty(),
        months: months(words, *days.start()),
        weekdays,
        summary: words.say(&summary),
        bad,
    }
}

/// By the month of each week's Monday.
fn months(words: &Words, first: NaiveDate) -> Vec<Month> {
    let names: Vec<String> = names(words, "page-months").collect();
    let mut months: Vec<(u32, u32)> = Vec::new();
    for month in (0..WEEKS).map(|week| (first + Days::new(u64::from(7 * week))).month0()) {
        match months.last_mut() {
            Some((last, weeks)) if *last == month => *weeks += 1,
            _ => months.push((month, 1)),
        }
    }
    let head = |(month, weeks): (u32, u32)| {
        let name = names.get(month as usize).filter(|_| weeks >= NAME_WEEKS_MIN);
        Month { weeks, name: name.cloned().unwrap_or_default() }
    };
    months.into_iter().map(head).collect()
}

/// A row of short names, which are one text in the catalogue.
fn names(words: &Words, key: &str) -> impl Iterator<Item = String> {
    let all = words.text(key, &[]);
    all.split(' ').map(str::to_owned).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn night(grade: Grade) -> Night {
        Night { grade, seconds: 1.0 }
    }

    fn squares(calendar: &Calendar, class: &str) -> usize {
        calendar.weekdays.iter().flat_map(|row| &row.nights).filter(|square| square.class == class).count()
    }

    #[test]
    fn a_year_ends_with_today_and_counts_from_the_first_night() {
        // A Tuesday.
        let today = date("2024-11-12");
        let nights = BTreeMap::from([
            (date("2024-11-07"), night(Grade::Good)),
            (date("2024-11-08"), night(Grade::Partial)),
            (date("2024-11-10"), night(Grade::Failed)),
            (date("2024-11-11"), night(Grade::Good)),
        ]);
        let calendar = calendar(&Words::english(), &nights, date("2024-11-07"), today);
        // Up to Tuesday the rows have one square more.
        assert_eq!(
            calendar.weekdays.iter().map(|row| row.nights.len()).collect::<Vec<_>>(),
            [53, 53, 52, 52, 52, 52, 52]
        );
        assert_eq!(["good", "partial", "failed", "none"].map(|class| squares(&calendar, class)), [2, 1, 1, 1]);
        let last = |row: usize| calendar.weekdays[row].nights.last().unwrap();
        assert_eq!((last(0).class, last(0).text.as_str()), ("good", "2024-11-11: good"));
        assert_eq!((last(1).class, last(1).text.as_str()), ("", ""));
        assert_eq!(calendar.months.iter().map(|month| month.weeks).sum::<u32>(), WEEKS);
        let named: Vec<&str> = calendar.months.iter().map(|month| month.name.as_str()).collect();
        assert_eq!(named, ["Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", ""]);
        let bad: Vec<&str> = calendar.bad.iter().map(|bad| bad.date.as_str()).collect();
        assert_eq!(bad, ["2024-11-10", "2024-11-09", "2024-11-08"]);
        assert!(calendar.summary.contains("2 good"), "{}", calendar.summary);
    }

    #[test]
    fn nights_before_the_record_are_told_and_are_no_gap() {
        let today = date("2024-11-12");
        let nights =
            BTreeMap::from([(date("2024-10-01"), night(Grade::Good)), (date("2024-11-11"), night(Grade::Good))]);
        let calendar = calendar(&Words::english(), &nights, date("2024-11-10"), today);
        assert_eq!(["good", "none"].map(|class| squares(&calendar, class)), [2, 1]);
    }

    #[test]
    fn a_store_without_a_night_has_no_gap() {
        let today = date("2024-11-12");
        let calendar = calendar(&Words::english(), &BTreeMap::new(), today, today);
        assert!(calendar.is_empty && calendar.bad.is_empty());
        assert_eq!(squares(&calendar, ""), 52 * 7 + 2);
    }
}
