//! A year of nights as squares: a column a week, Monday on top. What a square means is told by its
//! shape as well as its colour, and the nights that were not good are listed in words beside it.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::nights::{Grade, Night};
use crate::domain::saying::Saying;
use crate::words::Words;

/// Days told of; whole weeks, the last of them today's.
const WEEKS: u64 = 53;
/// From one square to the next, and its side.
const STEP: u64 = 12;
const SIDE: u64 = 10;
/// Above the squares: the months.
const TOP: u64 = 14;
/// Bad nights listed in words; there may be a year of them.
const LISTED_MAX: usize = 14;

pub(super) struct Calendar {
    /// No night is known of.
    pub(super) is_empty: bool,
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) side: u64,
    pub(super) squares: Vec<Square>,
    pub(super) months: Vec<Month>,
    /// The whole year in one sentence.
    pub(super) summary: String,
    /// The newest nights that were not good, newest first.
    pub(super) bad: Vec<Bad>,
}

pub(super) struct Square {
    pub(super) x: u64,
    pub(super) y: u64,
    /// Its class: `good`, `partial`, `failed`, `none`, `before`.
    pub(super) class: &'static str,
    pub(super) title: String,
}

pub(super) struct Month {
    pub(super) x: u64,
    /// `11` and so on: a number is read in every language.
    pub(super) name: String,
}

pub(super) struct Bad {
    pub(super) date: String,
    pub(super) what: String,
}

/// The calendar up to `today`; days before the first night are no gap.
pub(super) fn calendar(words: &Words, nights: &BTreeMap<NaiveDate, Night>, today: NaiveDate) -> Calendar {
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    let first = monday - Days::new(7 * (WEEKS - 1));
    let known_since = nights.keys().next().copied().unwrap_or(today);
    let (mut squares, mut months, mut bad) = (Vec::new(), Vec::new(), Vec::new());
    let mut counts = [0_u64; 4];
    for (number, date) in (0..WEEKS * 7).map(|day| (day, first + Days::new(day))).filter(|(_, date)| *date <= today) {
        let (week, weekday) = (number / 7, number % 7);
        let (class, key, place) = match nights.get(&date).map(|night| night.grade) {
            Some(Grade::Good) => ("good", "page-night-good", 0),
            Some(Grade::Partial) => ("partial", "page-night-partial", 1),
            Some(Grade::Failed) => ("failed", "page-night-failed", 2),
            // Today's night may be to come.
            None if date < known_since || date == today => ("before", "page-night-before", 4),
            None => ("none", "page-night-none", 3),
        };
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
        let what = words.text(key, &[]);
        let date_told = words.cell(&date.to_string());
        squares.push(Square { x: week * STEP, y: TOP + weekday * STEP, class, title: format!("{date_told}: {what}") });
        if date.day() == 1 {
            months.push(Month { x: week * STEP, name: date.format("%m").to_string() });
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
        width: WEEKS * STEP,
        height: TOP + 7 * STEP,
        side: SIDE,
        squares,
        months,
        summary: words.say(&summary),
        bad,
    }
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
        let calendar = calendar(&Words::english(), &nights, today);
        assert_eq!(calendar.squares.len(), 52 * 7 + 2);
        let of = |class: &str| calendar.squares.iter().filter(|square| square.class == class).count();
        assert_eq!([of("good"), of("partial"), of("failed"), of("none")], [2, 1, 1, 1]);
        let last = calendar.squares.last().unwrap();
        assert_eq!((last.x, last.y, last.class), (52 * STEP, TOP + STEP, "before"));
        assert_eq!(calendar.months.len(), 12);
        let bad: Vec<&str> = calendar.bad.iter().map(|bad| bad.date.as_str()).collect();
        assert_eq!(bad, ["2024-11-10", "2024-11-09", "2024-11-08"]);
        assert!(calendar.summary.contains("2 good"), "{}", calendar.summary);
    }

    #[test]
    fn a_store_without_a_night_has_no_gap() {
        let calendar = calendar(&Words::english(), &BTreeMap::new(), date("2024-11-12"));
        assert!(
            calendar.is_empty
                && calendar.bad.is_empty()
                && calendar.squares.iter().all(|square| square.class == "before")
        );
    }
}
