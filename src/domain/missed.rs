//! Backups that did not happen: slots that passed while nobody tried, because the machine was off or
//! the daemon was. Never: a slot whose attempt failed; that is told as a failure.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::local_time::{date_of, start_of_day};
use super::schedule::Schedule;

/// Beyond so many nights their number says no more.
const NIGHTS_MAX: u32 = 1000;

/// A stretch of slots in which nobody tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed {
    pub first: DateTime<Utc>,
    pub last: DateTime<Utc>,
    /// The local dates with such a slot.
    pub nights: u32,
}

/// From when to when somebody tried.
pub type Tried = (DateTime<Utc>, DateTime<Utc>);

/// The newest stretch: since the last attempt, or else right before it. An attempt serves the slots that
/// came while it lasted or no longer than `late` before it. Before the first attempt none is missed.
pub fn missed(
    schedule: &Schedule,
    zone: Tz,
    mut tried: Vec<Tried>,
    now: DateTime<Utc>,
    late: TimeDelta,
) -> Option<Missed> {
    tried.retain(|(started_at, _)| *started_at <= now);
    let tried = apart(tried);
    let (last, before) = tried.split_last()?;
    let between = |from: DateTime<Utc>, until: DateTime<Utc>| stretch(schedule, zone, from, until - late);
    between(last.1, now).or_else(|| between(before.last()?.1, last.0))
}

/// Those that overlap as one, oldest first: a run is known by its report and by the set it made.
fn apart(mut tried: Vec<Tried>) -> Vec<Tried> {
    tried.sort_unstable();
    let mut apart: Vec<Tried> = Vec::new();
    for (from, until) in tried {
        match apart.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => apart.push((from, until)),
        }
    }
    apart
}

fn stretch(schedule: &Schedule, zone: Tz, after: DateTime<Utc>, until: DateTime<Utc>) -> Option<Missed> {
    let first = schedule.next_after(zone, after)?;
    let last = schedule.last_at(zone, until).filter(|last| first <= *last)?;
    let next_date = |slot: DateTime<Utc>| {
        let midnight = start_of_day(zone, date_of(zone, slot) + TimeDelta::days(1));
        schedule.next_after(zone, midnight - TimeDelta::seconds(1)).filter(|slot| *slot <= last)
    };
    let dates = std::iter::successors(Some(first), |slot| next_date(*slot));
    Some(Missed { first, last, nights: (0..NIGHTS_MAX).zip(dates).map(|(count, _)| count + 1).last()? })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::fixture::utc;
    use super::*;

    /// What is missed of a nightly backup at three in Lima, eight in UTC; each attempt lasts ten minutes.
    fn found(schedule: &str, tried: &[&str], now: &str) -> Option<(String, String, u32)> {
        let tried = tried.iter().map(|at| (utc(at), utc(at) + TimeDelta::minutes(10))).collect();
        let schedule = Schedule::parse(schedule).unwrap();
        let missed = missed(&schedule, chrono_tz::America::Lima, tried, utc(now), TimeDelta::minutes(90))?;
        let short = |at: DateTime<Utc>| at.format("%d %H:%M").to_string();
        Some((short(missed.first), short(missed.last), missed.nights))
    }

    const NIGHTLY: &str = "0 3 * * *";

    #[rstest]
    #[case::every_night(NIGHTLY, &["2024-11-12T08:00:00", "2024-11-13T08:00:00"], "2024-11-14T07:59:00", None)]
    #[case::about_to_begin(NIGHTLY, &["2024-11-12T08:00:00"], "2024-11-13T09:29:59", None)]
    #[case::nobody_came(NIGHTLY, &["2024-11-12T08:00:00"], "2024-11-13T09:30:00", Some(("13 08:00", "13 08:00", 1)))]
    #[case::a_week_off(NIGHTLY, &["2024-11-12T08:00:00"], "2024-11-19T15:00:00", Some(("13 08:00", "19 08:00", 7)))]
    #[case::made_up_for(NIGHTLY, &["2024-11-12T08:00:00", "2024-11-19T15:00:00"], "2024-11-19T16:00:00", Some(("13 08:00", "19 08:00", 7)))]
    #[case::a_night_later(NIGHTLY, &["2024-11-12T08:00:00", "2024-11-19T15:00:00", "2024-11-20T08:00:00"], "2024-11-20T16:00:00", None)]
    #[case::a_little_late(NIGHTLY, &["2024-11-12T08:00:00", "2024-11-13T08:30:00"], "2024-11-13T16:00:00", None)]
    #[case::the_first_of_all(NIGHTLY, &["2024-11-12T15:00:00"], "2024-11-12T16:00:00", None)]
    #[case::never_tried(NIGHTLY, &[], "2024-11-12T16:00:00", None)]
    #[case::ahead_of_now(NIGHTLY, &["2024-11-12T08:00:00", "2025-11-12T08:00:00"], "2024-11-13T10:00:00", Some(("13 08:00", "13 08:00", 1)))]
    #[case::six_hourly("0 */6 * * *", &["2024-11-12T05:00:00"], "2024-11-13T13:00:00", Some(("12 11:00", "13 11:00", 2)))]
    #[case::at_midnight("0 0 * * *", &["2024-11-12T05:00:00"], "2024-11-16T12:00:00", Some(("13 05:00", "16 05:00", 4)))]
    #[case::just_before_midnight("59 23 * * *", &["2024-11-12T05:00:00"], "2024-11-16T12:00:00", Some(("13 04:59", "16 04:59", 4)))]
    #[case::in_the_evening_tomorrow_by_utc("0 20 * * *", &["2024-11-12T01:00:00"], "2024-11-16T12:00:00", Some(("13 01:00", "16 01:00", 4)))]
    #[case::at_midnight_and_noon("0 0,12 * * *", &["2024-11-12T17:00:00"], "2024-11-14T18:30:00", Some(("13 05:00", "14 17:00", 2)))]
    #[case::three_years("0 3 * * *", &["2021-11-12T08:00:00"], "2024-11-12T16:00:00", Some(("13 08:00", "12 08:00", 1000)))]
    #[case::in_any_order(NIGHTLY, &["2024-11-14T08:00:00", "2024-11-12T08:00:00"], "2024-11-14T16:00:00", Some(("13 08:00", "13 08:00", 1)))]
    #[case::late_by_as_much_as_is_allowed(NIGHTLY, &["2024-11-12T08:00:00", "2024-11-13T09:29:59"], "2024-11-13T16:00:00", None)]
    #[case::and_later(NIGHTLY, &["2024-11-12T08:00:00", "2024-11-13T09:30:00"], "2024-11-13T16:00:00", Some(("13 08:00", "13 08:00", 1)))]
    #[case::what_is_missed_now_rather_than_before(NIGHTLY, &["2024-11-12T08:00:00", "2024-11-15T08:00:00"], "2024-11-16T16:00:00", Some(("16 08:00", "16 08:00", 1)))]
    #[case::weekly("0 3 * * 0", &["2024-11-10T08:00:00"], "2024-11-25T13:00:00", Some(("17 08:00", "24 08:00", 2)))]
    fn a_slot_that_nobody_served_is_missed(
        #[case] schedule: &str,
        #[case] tried: &[&str],
        #[case] now: &str,
        #[case] expected: Option<(&str, &str, u32)>,
    ) {
        let expected = expected.map(|(first, last, nights)| (first.to_owned(), last.to_owned(), nights));
        assert_eq!(found(schedule, tried, now), expected);
    }

    #[test]
    fn a_run_that_lasts_serves_the_slots_that_come_meanwhile() {
        let schedule = Schedule::parse("0 * * * *").unwrap();
        let tried = vec![(utc("2024-11-12T08:00:00"), utc("2024-11-12T13:10:00"))];
        let found = missed(&schedule, chrono_tz::UTC, tried, utc("2024-11-12T13:30:00"), TimeDelta::zero());
        assert_eq!(found, None);
    }

    #[rstest]
    // Hourly, without a minute's grace. The one before lasted until ten past one, the last one began at two.
    #[case::both_last_long(&[("08:00", "13:10"), ("13:40", "16:10")], "16:30", None)]
    #[case::since_the_last(&[("08:00", "13:10"), ("14:00", "16:10")], "17:00", Some(("17:00", 1)))]
    #[case::between_them(&[("08:00", "13:10"), ("15:30", "17:10")], "17:30", Some(("14:00", 1)))]
    #[case::known_twice(&[("08:00", "08:10"), ("10:30", "10:40"), ("10:30", "10:41")], "10:45", Some(("09:00", 1)))]
    #[case::outlasted_by_one_before(&[("08:00", "13:10"), ("09:30", "09:40")], "13:30", None)]
    #[case::one_within_another(&[("08:00", "13:10"), ("13:10", "13:20")], "13:30", None)]
    fn an_attempt_serves_what_comes_from_its_start_to_its_end(
        #[case] tried: &[(&str, &str)],
        #[case] now: &str,
        #[case] expected: Option<(&str, u32)>,
    ) {
        let at = |time: &str| utc(&format!("2024-11-12T{time}:00"));
        let tried = tried.iter().map(|(from, until)| (at(from), at(until))).collect();
        let schedule = Schedule::parse("0 * * * *").unwrap();
        let found = missed(&schedule, chrono_tz::UTC, tried, at(now), TimeDelta::zero());
        assert_eq!(found.map(|found| (found.first, found.nights)), expected.map(|(first, nights)| (at(first), nights)));
    }
}
