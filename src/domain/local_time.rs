//! From local time to the one instant it stands for, clock changes included. Every local time
//! gets exactly one instant, and a later local time never an earlier one: a time the clock
//! skips is the first instant after the gap, a time it shows twice is the first of the two.
//! Never: schedules, dates of sets; those ask here.

use chrono::{DateTime, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// No zone has ever stood further from UTC than this.
const OFFSET_MAX: TimeDelta = TimeDelta::hours(24);

/// The instant a local time stands for.
pub fn instant_of(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => instant.to_utc(),
        MappedLocalTime::None => first_after_gap(zone, local),
    }
}

/// The latest local time whose instant can be at or before `instant`: what the clock shows then,
/// or, while it shows an hour for the second time, what it would show had it not been set back.
pub fn latest_local(zone: Tz, instant: DateTime<Utc>) -> NaiveDateTime {
    let shown = instant.with_timezone(&zone).naive_local();
    match zone.from_local_datetime(&shown) {
        MappedLocalTime::Ambiguous(first, _) => instant.naive_utc() + first.offset().fix(),
        _ => shown,
    }
}

/// The first instant of a local date, or of the next one where the date was left out.
pub fn start_of_day(zone: Tz, date: NaiveDate) -> DateTime<Utc> {
    instant_of(zone, date.and_time(NaiveTime::MIN))
}

/// The local date of an instant.
pub fn date_of(zone: Tz, instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// Halves the stretch around a skipped local time until the second is found from which on the
/// clock shows a later one. No zone sets its clock back within a day of setting it forward, so
/// what the clock shows only grows there.
fn first_after_gap(zone: Tz, skipped: NaiveDateTime) -> DateTime<Utc> {
    let guess = skipped.and_utc();
    let (mut before, mut after) = ((guess - OFFSET_MAX).timestamp(), (guess + OFFSET_MAX).timestamp());
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        let shows_later = DateTime::from_timestamp(middle, 0)
            .is_some_and(|instant| instant.with_timezone(&zone).naive_local() > skipped);
        if shows_later {
            after = middle;
        } else {
            before = middle;
        }
    }
    DateTime::from_timestamp(after, 0).unwrap_or(guess)
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America, Australia, Europe, Pacific};
    use rstest::rstest;

    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[rstest]
    #[case::plain(America::Lima, "2024-11-12T03:00:00", "2024-11-12T08:00:00Z")]
    #[case::skipped(Europe::London, "2024-03-31T01:30:00", "2024-03-31T01:00:00Z")]
    #[case::first_after_the_gap(Europe::London, "2024-03-31T02:00:00", "2024-03-31T01:00:00Z")]
    #[case::twice(Europe::London, "2024-10-27T01:30:00", "2024-10-27T00:30:00Z")]
    #[case::after_twice(Europe::London, "2024-10-27T02:00:00", "2024-10-27T02:00:00Z")]
    #[case::half_an_hour(Australia::Lord_Howe, "2024-10-06T02:15:00", "2024-10-05T15:30:00Z")]
    #[case::no_midnight(America::Santiago, "2024-09-08T00:30:00", "2024-09-08T04:00:00Z")]
    #[case::no_midnight(America::Sao_Paulo, "2018-11-04T00:00:00", "2018-11-04T03:00:00Z")]
    #[case::no_such_date(Pacific::Apia, "2011-12-30T03:00:00", "2011-12-30T10:00:00Z")]
    fn every_local_time_has_one_instant(#[case] zone: Tz, #[case] text: &str, #[case] instant: &str) {
        assert_eq!(instant_of(zone, local(text)), instant.parse::<DateTime<Utc>>().unwrap());
    }

    #[test]
    fn in_the_second_pass_of_an_hour_the_first_has_been_shown_whole() {
        let second_pass = "2024-10-27T01:15:00Z".parse().unwrap();
        assert_eq!(latest_local(Europe::London, second_pass), local("2024-10-27T02:15:00"));
        let first_pass = "2024-10-27T00:15:00Z".parse().unwrap();
        assert_eq!(latest_local(Europe::London, first_pass), local("2024-10-27T01:15:00"));
    }
}
