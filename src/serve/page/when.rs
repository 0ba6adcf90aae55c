//! Times and spans as the page tells them. Never: looks at a clock; now is handed in.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::domain::saying::Saying;
use crate::words::Words;

/// Past it, days say more than hours.
const HOURS_TOLD: i64 = 48;
/// Clocks differ by less.
const AHEAD_MAX: TimeDelta = TimeDelta::hours(1);

/// `2024-11-12 03:00`, on the clocks of the zone.
pub(super) fn on_the_clock(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// The same by itself, in the reader's language: in a sentence its words see to that.
pub(super) fn dated(words: &Words, at: DateTime<Utc>, zone: Tz) -> String {
    words.cell(&on_the_clock(at, zone))
}

/// `9 hours ago`, to the nearest: beside a time of day anything else reads as a mistake.
pub(super) fn ago(words: &Words, since: TimeDelta) -> String {
    let nearest = |unit: i64| (since.num_seconds() + unit / 2).div_euclid(unit);
    let (minutes, hours, days) = (nearest(60), nearest(3600), nearest(86_400));
    let saying = match (minutes, hours) {
        _ if -since > AHEAD_MAX => Saying::new("page-ago-ahead"),
        (..1, _) => Saying::new("page-ago-now"),
        (1, _) => Saying::new("page-ago-minute"),
        (..60, _) => Saying::new("page-ago-minutes").with("count", minutes),
        (_, 1) => Saying::new("page-ago-hour"),
        (_, ..HOURS_TOLD) => Saying::new("page-ago-hours").with("count", hours),
        _ => Saying::new("page-ago-days").with("count", days),
    };
    words.say(&saying)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_the_unit_that_says_most() {
        let told = [-3601, -60, 0, 29, 60, 150, 3569, 3570, 5399, 5400, 14_399, 171_000, 216_000, 31_536_000]
            .map(|seconds| ago(&Words::english(), TimeDelta::seconds(seconds)));
        let expected = [
            "dated ahead of the clock",
            "just now",
            "just now",
            "just now",
            "a minute ago",
            "3 minutes ago",
            "59 minutes ago",
            "an hour ago",
            "an hour ago",
            "2 hours ago",
            "4 hours ago",
            "2 days ago",
            "3 days ago",
            "365 days ago",
        ];
        assert_eq!(told, expected);
    }
}
