//! When a source is due. A pure function of (expression, zone, what the record says, now),
//! asked anew at every wake-up, so that no library decides it and no lost wake-up matters.
//! The cron library only enumerates local times of an expression and never sees a zone; which
//! instant a local time stands for is [`super::local_time`]'s to say.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::parser::{CronParser, Seconds, Year};

use super::Invalid;
use super::local_time::{date_of, instant_of, latest_local, start_of_day};
use super::report::Trigger;

/// So many attempts in a row that ended with their process stop automatic runs until a slot comes.
pub const BRAKE_AFTER: usize = 3;

/// Waits after the first, second, third failure that may pass; hourly from then on.
const RETRY_DELAYS: [TimeDelta; 3] = [TimeDelta::minutes(5), TimeDelta::minutes(15), TimeDelta::minutes(45)];
/// The wait after every further failure, and after one that stays until somebody acts.
const RETRY_DELAY_MAX: TimeDelta = TimeDelta::hours(1);
/// The record's clock may stand this far off before it is taken for another clock altogether;
/// the same hour within which ids go on from the newest one.
const CLOCK_STEP_MAX: TimeDelta = TimeDelta::hours(1);
/// A year and no day less.
const YEAR: TimeDelta = TimeDelta::days(366);
/// Candidates looked at around a clock change. No zone repeats or skips more than a day of
/// minutes at once.
const CANDIDATES_MAX: usize = 2 * 24 * 60;

/// A cron expression of five fields, read in a zone that is handed in at each question.
#[derive(Debug, Clone)]
pub struct Schedule {
    expression: String,
    cron: croner::Cron,
}

impl Schedule {
    /// Reads minute, hour, day of month, month, weekday; names of months and weekdays and the
    /// cron library's `L`, `W` and `#` among them. Nicknames (`@daily`) are refused: they hide
    /// the hour, and the hour is what an operator must know.
    ///
    /// # Errors
    /// Where the text is not a cron expression of five fields, or one that never comes.
    pub fn parse(expression: &str) -> Result<Self, Invalid> {
        let expected = |why: &str| Invalid(format!("a cron expression of five fields, such as `0 3 * * *`{why}"));
        let fields: Vec<&str> = expression.split_whitespace().collect();
        if fields.len() != 5 {
            return Err(expected(""));
        }
        let expression = fields.join(" ");
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(&expression).map_err(|error| expected(&format!(" ({error})")))?;
        // The calendar repeats itself every 400 years, and the library looks much further.
        cron.find_next_occurrence(&NaiveDateTime::default(), true).map_err(|_| expected(" that comes at some time"))?;
        Ok(Self { expression, cron })
    }

    /// Every day at this hour.
    ///
    /// # Errors
    /// Where the hour is not 0 to 23.
    pub fn daily_at(hour: u8) -> Result<Self, Invalid> {
        Self::parse(&format!("0 {hour} * * *")).map_err(|_| Invalid("an hour from 0 to 23".to_owned()))
    }

    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The first slot after `after`; `None` only at the end of the calendar.
    pub fn next_after(&self, zone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // No local time up to the one shown at `after` has an instant past it.
        let mut local = after.with_timezone(&zone).naive_local();
        for _ in 0..CANDIDATES_MAX {
            local = self.cron.find_next_occurrence(&local, false).ok()?;
            let instant = instant_of(zone, local);
            if instant > after {
                return Some(instant);
            }
        }
        None
    }

    /// The last slot at or before `at`. An expression that comes at all comes within the 400 years
    /// of a calendar cycle, so looking back needs no other bound.
    pub fn last_at(&self, zone: Tz, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut local = latest_local(zone, at);
        let mut inclusive = true;
        for _ in 0..CANDIDATES_MAX {
            local = self.cron.find_previous_occurrence(&local, inclusive).ok()?;
            let instant = instant_of(zone, local);
            if instant <= at {
                return Some(instant);
            }
            inclusive = false;
        }
        None
    }

    /// The longest time between two slots in the year after `from`, counting the stretch in which
    /// `from` itself stands. Zero where there are no two slots.
    pub fn longest_gap(&self, zone: Tz, from: DateTime<Utc>) -> LongestGap {
        let end = from + YEAR;
        let day = date_of(zone, from);
        let today = start_of_day(zone, day);
        let mut found = LongestGap { time: TimeDelta::zero(), day, from, end_until: None };
        // An expression names the same times on every day it matches. So one day without a clock
        // change is walked slot by slot, and of every later one only the last slot is looked up:
        // a year of `* * * * *` would be half a million steps.
        let (mut began_at_first_slot, mut day_is_known) = (false, false);
        let Some(mut slot) = self.last_at(zone, today).or_else(|| self.next_after(zone, today)) else {
            return found;
        };
        while slot < end {
            let date = date_of(zone, slot);
            let plain = is_plain(zone, date);
            if plain && day_is_known {
                let midnight = start_of_day(zone, date + TimeDelta::days(1));
                slot = self.last_at(zone, midnight - TimeDelta::seconds(1)).unwrap_or(slot);
            }
            let Some(next) = self.next_after(zone, slot) else { break };
            found.time = found.time.max(next - slot);
            if date_of(zone, next) != date {
                day_is_known |= plain && began_at_first_slot;
                began_at_first_slot = true;
            }
            slot = next;
        }
        found.end_until = Some(slot).filter(|slot| *slot >= end);
        found
    }
}

/// The longest time between two slots in a year, and for which other years it is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongestGap {
    pub time: TimeDelta,
    /// The local date the year begins on: the slots of all of it are looked at.
    day: NaiveDate,
    from: DateTime<Utc>,
    /// The first slot that was too late to be looked at; a year that ends by then sees the same.
    end_until: Option<DateTime<Utc>>,
}

impl LongestGap {
    /// Whether the year after `from` has the same longest gap, as far as is known without a walk
    /// through it.
    pub fn holds_for(&self, zone: Tz, from: DateTime<Utc>) -> bool {
        let sees_the_same = self.end_until.is_none_or(|slot| from + YEAR <= slot);
        self.from <= from && sees_the_same && date_of(zone, from) == self.day
    }
}

/// Whether no clock changes on this local date.
fn is_plain(zone: Tz, date: NaiveDate) -> bool {
    start_of_day(zone, date + TimeDelta::days(1)) - start_of_day(zone, date) == TimeDelta::days(1)
}

/// How one attempt on one source ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptResult {
    /// An artifact was stored, also an incomplete one.
    Stored,
    /// Failed in a way that may pass.
    FailedPassing,
    /// Failed in a way that stays until somebody acts.
    FailedLasting,
    /// Ended with its process.
    Interrupted,
    /// Not begun: the lock was held, or the database was found empty.
    Skipped,
}

/// One attempt on one source, as the record tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub result: AttemptResult,
}

/// What to ask about one source.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub schedule: &'a Schedule,
    pub zone: Tz,
    pub catch_up: bool,
    /// Attempts on this source in the order in which they were recorded. That order, not their
    /// times, tells which came later when the clock was set in between.
    pub attempts: &'a [Attempt],
    /// Whether the store holds a complete artifact of it.
    pub has_complete: bool,
    /// When the daemon started.
    pub daemon_started_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Due(Trigger),
    /// Not before this instant (`None`: never, by this schedule).
    NotBefore(Option<DateTime<Utc>>),
    /// Three attempts in a row ended with the process: nothing by itself before this slot.
    Braked(Option<DateTime<Utc>>),
}

/// Whether a source is due now (design §5). The answer holds until something is recorded or the
/// instant it names has come.
pub fn ask(question: Question<'_>) -> Answer {
    let Question { schedule, zone, catch_up, has_complete, daemon_started_at, now, .. } = question;
    let next = schedule.next_after(zone, now);
    let Some(slot) = schedule.last_at(zone, now) else {
        return Answer::NotBefore(next);
    };
    let believable = believable(question.attempts, now);
    let in_row = believable.iter().rev().take_while(|attempt| attempt.result == AttemptResult::Interrupted).count();
    let of_slot: Vec<&Attempt> = believable.iter().filter(|a| slot <= a.started_at && a.started_at <= now).collect();
    let tried_since_start = believable.iter().any(|a| daemon_started_at <= a.started_at && a.started_at <= now);
    // A start that lies ahead of now is no start: the clock has been set back since.
    let started_after_slot = slot < daemon_started_at && daemon_started_at <= now;

    if in_row >= BRAKE_AFTER && !of_slot.is_empty() {
        Answer::Braked(next)
    } else if !has_complete && !tried_since_start && started_after_slot {
        // Where missed slots are not made up for it is due all the same, and is not called that.
        Answer::Due(if catch_up { Trigger::CatchUp } else { Trigger::Start })
    } else if of_slot.iter().any(|attempt| attempt.result == AttemptResult::Stored) {
        Answer::NotBefore(next)
    } else if let Some(last) = of_slot.last() {
        match retry_at(last, &of_slot, now) {
            at if at <= now => Answer::Due(Trigger::Retry),
            at => Answer::NotBefore(Some(next.map_or(at, |next| next.min(at)))),
        }
    } else if !started_after_slot {
        Answer::Due(Trigger::Schedule)
    } else if catch_up {
        Answer::Due(Trigger::CatchUp)
    } else {
        Answer::NotBefore(next)
    }
}

/// The newest attempts whose times can be believed. An attempt that stands more than an hour
/// ahead of now, or of one recorded after it, was made under a clock that has been set back
/// since: neither it nor what was recorded before it says anything of the slots of this clock.
fn believable(attempts: &[Attempt], now: DateTime<Utc>) -> &[Attempt] {
    let mut ceiling = now;
    let count = attempts
        .iter()
        .rev()
        .take_while(|attempt| {
            let fits = attempt.started_at - ceiling <= CLOCK_STEP_MAX;
            ceiling = ceiling.min(attempt.started_at);
            fits
        })
        .count();
    &attempts[attempts.len() - count..]
}

/// When the next attempt on a slot may be made after `last`, which stored nothing.
fn retry_at(last: &Attempt, of_slot: &[&Attempt], now: DateTime<Utc>) -> DateTime<Utc> {
    // An end that lies ahead was told by a clock that has been set back since.
    let ended_at = if last.ended_at <= now { last.ended_at } else { last.started_at };
    let delay = match last.result {
        AttemptResult::Stored | AttemptResult::Interrupted => TimeDelta::zero(),
        AttemptResult::FailedLasting => RETRY_DELAY_MAX,
        AttemptResult::FailedPassing | AttemptResult::Skipped => {
            let failures = of_slot
                .iter()
                .filter(|a| matches!(a.result, AttemptResult::FailedPassing | AttemptResult::Skipped))
                .count();
            RETRY_DELAYS.get(failures.saturating_sub(1)).copied().unwrap_or(RETRY_DELAY_MAX)
        }
    };
    ended_at + delay
}

#[cfg(test)]
mod tests;
