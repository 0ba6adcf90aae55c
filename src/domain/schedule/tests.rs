//! The schedule against an oracle written apart: a plain loop over minutes with conditions
//! spelled out by hand. What is due, as tables, and under clocks that are set.

use chrono::{Datelike, Timelike, Weekday};
use chrono_tz::{America, Australia, Europe, Pacific};
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn utc(text: &str) -> DateTime<Utc> {
    format!("{text}Z").parse().unwrap()
}

fn schedule(expression: &str) -> Schedule {
    Schedule::parse(expression).unwrap()
}

type Matches = fn(NaiveDateTime) -> bool;

/// Expressions beside what they mean, in other words.
const EXPRESSIONS: [(&str, Matches); 11] = [
    ("* * * * *", |_| true),
    ("*/10 * * * *", |t| t.minute() % 10 == 0),
    ("0 * * * *", |t| t.minute() == 0),
    ("0 3 * * *", |t| (t.hour(), t.minute()) == (3, 0)),
    ("0 0 * * *", |t| (t.hour(), t.minute()) == (0, 0)),
    ("30 1 * * *", |t| (t.hour(), t.minute()) == (1, 30)),
    ("15,45 0-2 * * *", |t| t.hour() <= 2 && (t.minute() == 15 || t.minute() == 45)),
    ("5 2 * * 7", |t| t.weekday() == Weekday::Sun && (t.hour(), t.minute()) == (2, 5)),
    ("0 12 30 12 *", |t| (t.month(), t.day(), t.hour(), t.minute()) == (12, 30, 12, 0)),
    ("59 23 * * mon-fri", |t| t.weekday().number_from_monday() <= 5 && (t.hour(), t.minute()) == (23, 59)),
    ("0 1 1 * 1", |t| (t.day() == 1 || t.weekday() == Weekday::Mon) && (t.hour(), t.minute()) == (1, 0)),
];

/// Zones and the days around which their clocks change.
const CHANGES: [(Tz, &str); 11] = [
    (America::Lima, "2024-11-12T00:00:00"),
    (America::Sao_Paulo, "2018-02-18T02:00:00"),
    (America::Sao_Paulo, "2018-11-04T03:00:00"),
    (Europe::London, "2024-03-31T01:00:00"),
    (Europe::London, "2024-10-27T01:00:00"),
    (Australia::Lord_Howe, "2024-04-06T15:00:00"),
    (Australia::Lord_Howe, "2024-10-05T15:30:00"),
    (Pacific::Apia, "2011-12-30T10:00:00"),
    (Pacific::Apia, "2011-04-02T14:00:00"),
    (America::Santiago, "2024-04-07T03:00:00"),
    (America::Santiago, "2024-09-08T04:00:00"),
];

/// Every slot from `start` to `end`, by looking at each minute: a minute is a slot when the clock
/// shows, for the first time, a minute that matches, or has just passed over one.
fn oracle(matches: Matches, zone: Tz, start: DateTime<Utc>, end: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let minute = TimeDelta::minutes(1);
    let shown = |instant: DateTime<Utc>| instant.with_timezone(&zone).naive_local();
    let mut slots = Vec::new();
    let mut latest = shown(start - minute);
    let mut instant = start;
    while instant <= end {
        let mut comes = false;
        while latest < shown(instant) {
            latest += minute;
            comes |= matches(latest);
        }
        if comes {
            slots.push(instant);
        }
        instant += minute;
    }
    slots
}

#[test]
fn slots_are_those_of_a_loop_over_minutes() {
    for (zone, change) in CHANGES {
        let (start, end) = (utc(change) - TimeDelta::days(3), utc(change) + TimeDelta::days(3));
        for (expression, matches) in EXPRESSIONS {
            let schedule = schedule(expression);
            let expected = oracle(matches, zone, start, end);
            let mut slots = Vec::new();
            let mut at = start - TimeDelta::seconds(1);
            while let Some(next) = schedule.next_after(zone, at).filter(|next| *next <= end) {
                slots.push(next);
                at = next;
            }
            assert_eq!(slots, expected, "{expression} in {zone} around {change}");

            let mut at = start;
            while at <= end {
                if let Some(last) = expected.iter().rev().find(|slot| **slot <= at) {
                    assert_eq!(schedule.last_at(zone, at), Some(*last), "{expression} in {zone}, last at {at}");
                }
                at += TimeDelta::seconds(7 * 60 + 13);
            }
        }
    }
}

#[test]
fn the_longest_gap_is_that_of_a_loop_over_minutes() {
    let zone = Europe::London;
    let from = utc("2024-06-01T12:34:56");
    for (expression, matches) in EXPRESSIONS {
        let all = oracle(matches, zone, utc("2023-12-29T00:00:00"), utc("2026-01-02T00:00:00"));
        let of_the_year = all.windows(2).filter(|pair| pair[1] > from && pair[0] < from + TimeDelta::days(366));
        let expected = of_the_year.map(|pair| pair[1] - pair[0]).max().unwrap();
        assert_eq!(schedule(expression).longest_gap(zone, from).time, expected, "{expression}");
    }
}

#[rstest]
#[case::nightly_where_clocks_stay(America::Lima, "0 3 * * *", TimeDelta::hours(24))]
#[case::nightly_where_they_change(Europe::London, "0 3 * * *", TimeDelta::hours(25))]
#[case::every_minute(America::Lima, "* * * * *", TimeDelta::minutes(1))]
#[case::every_minute_and_a_repeated_hour(Europe::London, "* * * * *", TimeDelta::minutes(61))]
#[case::longest_within_a_day(America::Lima, "0 8,22 * * *", TimeDelta::hours(14))]
#[case::yearly(America::Lima, "0 0 1 1 *", TimeDelta::days(366))]
#[case::leap_day(America::Lima, "0 0 29 2 *", TimeDelta::days(1461))]
fn the_longest_gap_gives_the_age_at_which_a_set_is_stale(#[case] zone: Tz, #[case] text: &str, #[case] gap: TimeDelta) {
    assert_eq!(schedule(text).longest_gap(zone, utc("2024-06-01T12:00:00")).time, gap);
}

#[test]
fn a_rare_expression_is_found_in_both_directions() {
    let leap_day = schedule("0 0 29 2 *");
    let zone = America::Lima;
    assert_eq!(leap_day.last_at(zone, utc("2103-06-01T00:00:00")), Some(utc("2096-02-29T05:00:00")));
    assert_eq!(leap_day.next_after(zone, utc("2097-06-01T00:00:00")), Some(utc("2104-02-29T05:00:00")));
}

#[rstest]
#[case("")]
#[case("0 3 * *")]
#[case("0 0 3 * * *")]
#[case("0 0 3 * * * *")]
#[case("@daily")]
#[case("60 3 * * *")]
#[case("0 24 * * *")]
#[case("0 3 0 * *")]
#[case("0 3 * 13 *")]
#[case("0 3 * * 8")]
#[case("0 3 * * nosuchday")]
#[case::never_comes("0 0 31 2 *")]
#[case::never_comes("0 0 30 2 *")]
#[case::never_comes("0 0 31 4,6,9,11 *")]
fn what_is_no_expression_of_five_fields_or_never_comes_is_refused(#[case] text: &str) {
    let Invalid(expected) = Schedule::parse(text).unwrap_err();
    assert!(expected.starts_with("a cron expression of five fields"), "{expected}");
}

#[test]
fn an_hour_is_a_daily_schedule() {
    assert_eq!(Schedule::daily_at(3).unwrap().expression(), "0 3 * * *");
    assert!(Schedule::daily_at(24).is_err());
    assert_eq!(schedule("  0  3 * *\t* ").expression(), "0 3 * * *");
}

// ---- what is due -------------------------------------------------------------------------

use AttemptResult::{FailedLasting, FailedPassing, Interrupted, Skipped, Stored};

/// An attempt that took a minute.
fn attempt(started_at: &str, result: AttemptResult) -> Attempt {
    let started_at = utc(started_at);
    Attempt { started_at, ended_at: started_at + TimeDelta::minutes(1), result }
}

/// Nightly at three in Lima (08:00 UTC), the daemon up since the first of the month.
#[derive(Debug)]
struct Asked {
    schedule: Schedule,
    attempts: Vec<Attempt>,
    catch_up: bool,
    has_complete: bool,
    daemon_started_at: DateTime<Utc>,
}

impl Asked {
    fn after(attempts: &[(&str, AttemptResult)]) -> Self {
        Self {
            schedule: schedule("0 3 * * *"),
            attempts: attempts.iter().map(|(at, result)| attempt(at, *result)).collect(),
            catch_up: true,
            has_complete: true,
            daemon_started_at: utc("2024-11-01T00:00:00"),
        }
    }

    fn at(&self, now: &str) -> Answer {
        self.at_instant(utc(now))
    }

    fn at_instant(&self, now: DateTime<Utc>) -> Answer {
        ask(Question {
            schedule: &self.schedule,
            zone: America::Lima,
            catch_up: self.catch_up,
            attempts: &self.attempts,
            has_complete: self.has_complete,
            daemon_started_at: self.daemon_started_at,
            now,
        })
    }
}

fn not_before(text: &str) -> Answer {
    Answer::NotBefore(Some(utc(text)))
}

#[test]
fn a_slot_is_due_when_it_comes_and_served_by_a_stored_artifact() {
    let asked = Asked::after(&[("2024-11-11T08:00:00", Stored)]);
    assert_eq!(asked.at("2024-11-12T07:59:59"), not_before("2024-11-12T08:00:00"));
    assert_eq!(asked.at("2024-11-12T08:00:00"), Answer::Due(Trigger::Schedule));
    let served = Asked::after(&[("2024-11-11T08:00:00", Stored), ("2024-11-12T08:00:00", Stored)]);
    assert_eq!(served.at("2024-11-12T08:01:00"), not_before("2024-11-13T08:00:00"));
}

#[rstest]
#[case::first(&[("08:00:00", FailedPassing)], "08:06:00")]
#[case::second(&[("08:00:00", FailedPassing), ("08:06:00", FailedPassing)], "08:22:00")]
#[case::third(&[("08:00:00", FailedPassing), ("08:06:00", FailedPassing), ("08:22:00", FailedPassing)], "09:08:00")]
#[case::fourth(&[("08:00:00", FailedPassing), ("08:06:00", FailedPassing), ("08:22:00", FailedPassing), ("09:08:00", FailedPassing)], "10:09:00")]
#[case::lasting(&[("08:00:00", FailedLasting)], "09:01:00")]
#[case::lock_was_held(&[("08:00:00", Skipped)], "08:06:00")]
fn a_failure_is_tried_again_after_its_delay(#[case] attempts: &[(&str, AttemptResult)], #[case] again: &str) {
    let attempts: Vec<(String, AttemptResult)> =
        attempts.iter().map(|(at, result)| (format!("2024-11-12T{at}"), *result)).collect();
    let borrowed: Vec<(&str, AttemptResult)> = attempts.iter().map(|(at, result)| (at.as_str(), *result)).collect();
    let asked = Asked::after(&borrowed);
    let again = utc(&format!("2024-11-12T{again}"));
    let just_before = again - TimeDelta::seconds(1);
    assert_eq!(asked.at_instant(just_before), Answer::NotBefore(Some(again)));
    assert_eq!(asked.at_instant(again), Answer::Due(Trigger::Retry));
}

#[test]
fn the_next_slot_comes_before_a_retry_that_would_be_later() {
    let asked = Asked::after(&[("2024-11-12T08:00:00", FailedPassing), ("2024-11-13T07:30:00", FailedLasting)]);
    assert_eq!(asked.at("2024-11-13T07:45:00"), not_before("2024-11-13T08:00:00"));
    assert_eq!(asked.at("2024-11-13T08:00:00"), Answer::Due(Trigger::Schedule));
}

#[test]
fn a_missed_slot_is_caught_up_at_start_unless_that_is_switched_off() {
    let mut asked = Asked::after(&[("2024-11-10T08:00:00", Stored)]);
    asked.daemon_started_at = utc("2024-11-12T15:00:00");
    assert_eq!(asked.at("2024-11-12T15:00:01"), Answer::Due(Trigger::CatchUp));
    asked.catch_up = false;
    assert_eq!(asked.at("2024-11-12T15:00:01"), not_before("2024-11-13T08:00:00"));
    asked.has_complete = false;
    assert_eq!(asked.at("2024-11-12T15:00:01"), Answer::Due(Trigger::Start), "nothing is caught up");
    asked.attempts.push(attempt("2024-11-12T15:00:01", FailedLasting));
    assert_eq!(asked.at("2024-11-12T15:02:00"), not_before("2024-11-12T16:01:01"));
}

#[test]
fn a_source_without_a_complete_artifact_is_due_at_every_start_once() {
    let mut asked = Asked::after(&[("2024-11-12T08:00:00", Stored)]);
    asked.has_complete = false;
    asked.daemon_started_at = utc("2024-11-12T15:00:00");
    assert_eq!(asked.at("2024-11-12T15:00:00"), Answer::Due(Trigger::CatchUp));
    asked.attempts.push(attempt("2024-11-12T15:00:00", Stored));
    assert_eq!(asked.at("2024-11-12T15:02:00"), not_before("2024-11-13T08:00:00"));
}

#[test]
fn an_interrupted_attempt_is_made_again_at_once_but_three_in_a_row_wait_for_a_slot() {
    let two = [("2024-11-12T08:00:00", Interrupted), ("2024-11-12T08:02:00", Interrupted)];
    assert_eq!(Asked::after(&two).at("2024-11-12T08:04:00"), Answer::Due(Trigger::Retry));
    let mut asked = Asked::after(&two);
    asked.has_complete = false;
    asked.attempts.push(attempt("2024-11-12T08:04:00", Interrupted));
    asked.daemon_started_at = utc("2024-11-12T08:06:00");
    assert_eq!(asked.at("2024-11-12T08:06:00"), Answer::Braked(Some(utc("2024-11-13T08:00:00"))));
    assert_eq!(asked.at("2024-11-13T08:00:00"), Answer::Due(Trigger::Schedule));
    asked.attempts.push(attempt("2024-11-13T08:00:00", Interrupted));
    assert_eq!(asked.at("2024-11-13T08:02:00"), Answer::Braked(Some(utc("2024-11-14T08:00:00"))));
    asked.attempts.push(attempt("2024-11-14T08:00:00", FailedPassing));
    assert_eq!(asked.at("2024-11-14T08:02:00"), not_before("2024-11-14T08:06:00"));
}

#[test]
fn a_clock_that_was_a_year_ahead_leaves_no_slot_unserved() {
    let asked = Asked::after(&[
        ("2024-11-11T08:00:00", Stored),
        ("2025-11-12T08:00:00", Stored),
        ("2025-11-13T08:00:00", FailedPassing),
    ]);
    // Corrected: the record of that year ahead says nothing, nor what came before it.
    assert_eq!(asked.at("2024-11-12T07:00:00"), Answer::Due(Trigger::Schedule));
    let mut later = asked;
    later.attempts.push(attempt("2024-11-12T07:00:00", Stored));
    assert_eq!(later.at("2024-11-12T07:02:00"), not_before("2024-11-12T08:00:00"));
    later.attempts.push(attempt("2024-11-12T08:00:00", Stored));
    assert_eq!(later.at("2024-11-12T08:02:00"), not_before("2024-11-13T08:00:00"));
    // A year on, the wrong clock's attempts stand in the past, and still serve nothing.
    later.attempts.push(attempt("2025-11-12T08:00:00", Stored));
    assert_eq!(later.at("2025-11-13T08:02:00"), Answer::Due(Trigger::Schedule));
}

#[test]
fn a_clock_set_back_by_a_year_does_not_take_last_years_runs_for_its_own() {
    let mut asked = Asked::after(&[("2023-11-12T08:00:00", Stored), ("2024-11-11T08:00:00", Stored)]);
    asked.catch_up = false;
    assert_eq!(asked.at("2023-11-12T08:00:30"), Answer::Due(Trigger::Schedule));
    asked.attempts.push(attempt("2023-11-12T08:00:30", Stored));
    assert_eq!(asked.at("2023-11-12T08:02:00"), not_before("2023-11-13T08:00:00"));
    assert_eq!(asked.at("2023-11-13T08:00:00"), Answer::Due(Trigger::Schedule));
}

#[test]
fn a_clock_stepped_by_seconds_takes_nothing_back() {
    let asked = Asked::after(&[("2024-11-12T08:00:00", Stored), ("2024-11-12T09:00:03", FailedPassing)]);
    assert_eq!(asked.at("2024-11-12T09:00:01"), not_before("2024-11-13T08:00:00"));
    let ahead = Asked::after(&[("2024-11-12T08:00:03", Stored)]);
    assert_eq!(ahead.at("2024-11-12T08:00:01"), Answer::Due(Trigger::Schedule), "what lies ahead serves nothing");
}

#[test]
fn an_end_told_by_a_clock_that_was_ahead_delays_no_retry() {
    let mut asked = Asked::after(&[("2024-11-12T08:00:00", FailedPassing)]);
    asked.attempts[0].ended_at = utc("2025-11-12T08:00:00");
    assert_eq!(asked.at("2024-11-12T08:04:59"), not_before("2024-11-12T08:05:00"));
    assert_eq!(asked.at("2024-11-12T08:05:00"), Answer::Due(Trigger::Retry));
}

fn any_result() -> impl Strategy<Value = AttemptResult> {
    prop_oneof![Just(Stored), Just(FailedPassing), Just(FailedLasting), Just(Interrupted), Just(Skipped)]
}

prop_compose! {
    fn any_asked()(
        (expression, _) in prop::sample::select(EXPRESSIONS.to_vec()),
        minutes in prop::collection::vec((0i64..3000, any_result()), 0..8),
        catch_up: bool, has_complete: bool,
        start_minutes in 0i64..3000,
    ) -> Asked {
        let base = utc("2024-11-10T00:00:00");
        let mut minutes = minutes;
        minutes.sort_by_key(|(minute, _)| *minute);
        let attempts = minutes.into_iter().map(|(minute, result)| {
            let started_at = base + TimeDelta::minutes(minute);
            Attempt { started_at, ended_at: started_at + TimeDelta::seconds(90), result }
        }).collect();
        let daemon_started_at = base + TimeDelta::minutes(start_minutes);
        Asked { schedule: schedule(expression), attempts, catch_up, has_complete, daemon_started_at }
    }
}

proptest! {
    /// The daemon may sleep until the instant an answer names: nothing is due before it, and the
    /// source is due when it comes.
    #[test]
    fn an_instant_in_an_answer_is_exact(asked in any_asked(), offset in 3001i64..6000, between in 0.0..1.0f64) {
        let now = utc("2024-11-10T00:00:00") + TimeDelta::minutes(offset);
        match asked.at_instant(now) {
            Answer::Due(_) => {}
            Answer::NotBefore(Some(then)) | Answer::Braked(Some(then)) => {
                prop_assert!(then > now);
                let seconds = (then - now).num_seconds() as f64 * between;
                #[allow(clippy::cast_possible_truncation, reason = "a few years of seconds fit")]
                let earlier = now + TimeDelta::seconds(seconds as i64);
                prop_assert!(earlier >= then || !matches!(asked.at_instant(earlier), Answer::Due(_)));
                prop_assert!(matches!(asked.at_instant(then), Answer::Due(_)));
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    /// Whatever the record holds and wherever the clock stands, an attempt that stores something is
    /// the last one until the next slot: nothing runs hot, and nothing stands still.
    #[test]
    fn a_stored_artifact_always_ends_the_asking(asked in any_asked(), days in -800i64..800) {
        let mut asked = asked;
        asked.has_complete = true;
        let mut now = utc("2024-11-12T00:00:00") + TimeDelta::days(days);
        for _ in 0..4 {
            let next = asked.schedule.next_after(America::Lima, now).unwrap();
            if let Answer::Due(_) = asked.at_instant(now) {
                asked.attempts.push(Attempt { started_at: now, ended_at: now, result: Stored });
                prop_assert_eq!(asked.at_instant(now), Answer::NotBefore(Some(next)));
            }
            // Served or waiting: at the latest when the next slot comes, something is due.
            now = next;
            prop_assert!(matches!(asked.at_instant(now), Answer::Due(_)));
        }
    }
}
