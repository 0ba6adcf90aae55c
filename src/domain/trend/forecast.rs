//! The nights to come, played out one by one: each brings its backup, and what the rules of retention
//! no longer keep goes. So a store that still fills up to what its rules allow is told from one that
//! grows because its data do.

use chrono::{Datelike, Days, NaiveDate};

use super::StoreTrend;
use crate::domain::retention::Policy;

/// So far ahead and no further: what grows today hardly grows alike in a quarter of a year.
pub const DAYS_AHEAD: u32 = 90;
/// The days over which the store's growth is averaged.
const MONTH: u32 = 30;

/// What the store holds of one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Night {
    pub date: NaiveDate,
    pub bytes: u64,
    /// Kept by something that is no rule of the calendar, such as a pin.
    pub stays: bool,
}

/// What the nights to come are like.
pub(super) struct Outlook {
    pub today: NaiveDate,
    /// The line that the nights' sizes lie along, over days since 1970.
    pub level_bytes: i64,
    pub bytes_per_day: i64,
    pub days_apart: i64,
}

impl Outlook {
    /// Plays them out, oldest night first. Several sets of one date count as one: few rules part them.
    pub(super) fn play(&self, mut nights: Vec<Night>, policy: &Policy, free_bytes: u64) -> StoreTrend {
        let kept_now = kept(&nights, policy, self.today);
        for (night, is_kept) in nights.iter_mut().zip(kept_now) {
            night.stays = !is_kept;
        }
        let now_bytes = total(&nights);
        let (mut days_until_full, mut in_a_month) = (None, now_bytes);
        let mut last = nights.last().map_or(self.today, |night| night.date);
        for (ahead, date) in (0..=DAYS_AHEAD).zip(self.today.iter_days()) {
            if (date - last).num_days() >= self.days_apart {
                nights.push(Night { date, bytes: self.bytes_on(date), stays: false });
                last = date;
                // It must fit before anything goes.
                if days_until_full.is_none() && total(&nights) - now_bytes > i128::from(free_bytes) {
                    days_until_full = Some(ahead);
                }
                let mut kept = kept(&nights, policy, date).into_iter();
                nights.retain(|_| kept.next().unwrap_or(true));
            }
            if ahead == MONTH {
                in_a_month = total(&nights);
            }
        }
        let bytes_per_day = i64::try_from((in_a_month - now_bytes) / i128::from(MONTH)).unwrap_or(i64::MAX);
        StoreTrend { bytes_per_day, days_until_full }
    }

    /// Whether all nights fit even if nothing goes: then they need not be played out.
    pub(super) fn fits_whatever_goes(&self, free_bytes: u64) -> bool {
        let last = self.today + Days::new(DAYS_AHEAD.into());
        let largest = self.bytes_on(self.today).max(self.bytes_on(last));
        u128::from(largest) * u128::from(DAYS_AHEAD + 1) <= u128::from(free_bytes)
    }

    fn bytes_on(&self, date: NaiveDate) -> u64 {
        let day = i64::from(date.to_epoch_days());
        u64::try_from(self.level_bytes.saturating_add(self.bytes_per_day.saturating_mul(day))).unwrap_or(0)
    }
}

fn total(nights: &[Night]) -> i128 {
    nights.iter().map(|night| i128::from(night.bytes)).sum()
}

/// Which of these nights the rules keep on this date.
pub(super) fn kept(nights: &[Night], policy: &Policy, today: NaiveDate) -> Vec<bool> {
    let since = today.checked_sub_days(Days::new(policy.keep_days.into())).unwrap_or(NaiveDate::MIN);
    let mut kept: Vec<bool> = nights.iter().map(|night| night.stays || night.date > since).collect();
    let redundant = i32::try_from(policy.minimum_redundancy.max(1)).unwrap_or(i32::MAX);
    let mut keep = |number: i32, period: fn(NaiveDate) -> (i32, u32)| {
        let mut left = usize::try_from(number).unwrap_or(usize::MAX);
        let mut last = None;
        for (night, kept) in nights.iter().zip(&mut kept).rev() {
            let period = Some(period(night.date));
            if period != last {
                if left == 0 {
                    return;
                }
                (left, last, *kept) = (left - 1, period, true);
            }
        }
    };
    let day = |date: NaiveDate| (date.year(), date.ordinal());
    keep(redundant, day);
    keep(policy.keep_daily, day);
    keep(policy.keep_weekly, |date| (date.iso_week().year(), date.iso_week().week()));
    keep(policy.keep_monthly, |date| (date.year(), date.month()));
    keep(policy.keep_yearly, |date| (date.year(), 0));
    kept
}
