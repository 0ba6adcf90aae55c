//! A span of time as people tell it, in at most two units: `1 day 3 h`, `12 días`, `42 s`.

use crate::domain::language::Language;

/// Past so many days nobody asks for the hours.
const DAYS_WITH_HOURS: u64 = 7;

pub(super) fn span(language: Language, seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let day = match (language, days) {
        (Language::English, 1) => "day",
        (Language::English, _) => "days",
        (Language::Spanish, 1) => "día",
        (Language::Spanish, _) => "días",
        (Language::Portuguese, 1) => "dia",
        (Language::Portuguese, _) => "dias",
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, ..) => format!("{hours} h {minutes} min"),
        (1..DAYS_WITH_HOURS, 1.., _) => format!("{days} {day} {hours} h"),
        _ => format!("{days} {day}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_two_units_at_most() {
        let told = [0, 42, 60, 3599, 3600, 11_100, 86_400, 97_300, 604_799, 604_800, 1_100_000];
        assert_eq!(
            told.map(|seconds| span(Language::English, seconds)),
            [
                "0 s",
                "42 s",
                "1 min",
                "59 min",
                "1 h",
                "3 h 5 min",
                "1 day",
                "1 day 3 h",
                "6 days 23 h",
                "7 days",
                "12 days"
            ]
        );
        assert_eq!(Language::ALL.map(|language| span(language, 97_300)), ["1 day 3 h", "1 día 3 h", "1 dia 3 h"]);
        assert_eq!(Language::ALL.map(|language| span(language, 950_400)), ["11 days", "11 días", "11 dias"]);
    }
}
