//! The longest gap of each schedule, remembered: it is a walk through a year, and every probe asks
//! for it. Only a memory: each answer is what the walk would give.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::domain::schedule::{LongestGap, Schedule};

/// What is known of schedules in one zone: an entry for each expression of the configuration.
pub struct Gaps {
    zone: Tz,
    known: Mutex<HashMap<String, LongestGap>>,
}

impl Gaps {
    pub fn new(zone: Tz) -> Self {
        Self { zone, known: Mutex::default() }
    }

    /// The longest time between two slots in the year after `now`.
    pub fn longest(&self, schedule: &Schedule, now: DateTime<Utc>) -> TimeDelta {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gap) = known.get(schedule.expression()).filter(|gap| gap.holds_for(self.zone, now)) {
            return gap.time;
        }
        let gap = schedule.longest_gap(self.zone, now);
        known.insert(schedule.expression().to_owned(), gap);
        gap.time
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Two days in which the clock changes, or does in a year, seen every 47 minutes.
    #[rstest]
    #[case::nightly("0 3 * * *", "America/Lima", "2024-11-11T00:00:00Z", 5)]
    #[case::nightly_before_the_clock_changes("0 3 * * *", "Europe/London", "2024-03-30T00:00:00Z", 6)]
    #[case::nightly_a_year_before("30 1 * * *", "Europe/London", "2024-03-29T00:00:00Z", 6)]
    #[case::half_an_hour_of_change("0 2 * * *", "Australia/Lord_Howe", "2024-04-06T00:00:00Z", 6)]
    #[case::a_gap_at_midnight("0 0 * * *", "America/Santiago", "2024-09-07T00:00:00Z", 6)]
    #[case::weekly("0 5 * * 0", "America/Lima", "2024-11-09T00:00:00Z", 4)]
    #[case::a_longer_year_comes_into_sight_in_mid_day("0 3 1 1 *", "America/Lima", "2022-12-30T12:00:00Z", 5)]
    #[case::eight_years_without_a_leap_day_are_over("0 3 29 2 *", "America/Lima", "2104-02-28T06:00:00Z", 4)]
    #[case::often("*/20 * * * *", "America/Lima", "2024-11-11T00:00:00Z", 5)]
    fn an_answer_is_that_of_the_walk_and_hardly_ever_walked(
        #[case] expression: &str,
        #[case] zone: Tz,
        #[case] from: DateTime<Utc>,
        #[case] walks_max: usize,
    ) {
        let (gaps, schedule) = (Gaps::new(zone), Schedule::parse(expression).unwrap());
        let mut walks = Vec::new();
        for minutes in (0..2 * 24 * 60).step_by(47) {
            let now = from + TimeDelta::minutes(minutes);
            assert_eq!(gaps.longest(&schedule, now), schedule.longest_gap(zone, now).time, "at {now}");
            walks.push(gaps.known.lock().unwrap()[expression]);
        }
        walks.dedup();
        assert!(walks.len() <= walks_max, "{} walks: {walks:#?}", walks.len());
        // A clock that is set back asks anew.
        assert_eq!(gaps.longest(&schedule, from), schedule.longest_gap(zone, from).time);
    }
}
