//! Numbers, sizes and dates as a language writes them: `1.5 GB` is `1,5 GB` in Spanish and
//! Portuguese, 2024-11-12 is 12/11/2024. A value says by its shape what it is, so whoever fills a
//! placeholder hands in one form everywhere; what is no measure (a name, a path) stays as it is.
//! A span of time has words in it, so it is told by [`span`] to whoever asks for it.

use std::borrow::Cow;

use fluent_bundle::FluentValue;

use super::Words;
use crate::domain::language::Language;
use crate::domain::saying::Saying;

/// The name of a placeholder that holds an instant.
pub(super) const AT: &str = "at";
/// All of these names: a source may be called 2024-11-12, an instant is never called `source`.
const INSTANTS: [&str; 6] = [AT, "since", "from", "until", "started", "written"];

/// More digits than any count has; a longer row of them is a name.
const DIGITS_MAX: usize = 15;
/// Below it a tenth of a second is worth telling.
const TENTHS_BELOW: f64 = 9.95;
/// From so many days on the hours beside them say nothing.
const DAYS_ALONE: u64 = 10;

/// A whole number, by which a sentence may choose its plural.
pub(super) fn count(value: &str) -> Option<u64> {
    let is_plain = !value.is_empty() && value.len() <= DIGITS_MAX && value.bytes().all(|b| b.is_ascii_digit());
    let is_number = is_plain && (value == "0" || !value.starts_with('0'));
    is_number.then(|| value.parse().ok()).flatten()
}

/// A size, a duration or an instant in this language; anything else unchanged.
pub(super) fn local<'v>(language: Language, name: &str, value: &'v str) -> Cow<'v, str> {
    if language == Language::English {
        return value.into();
    }
    if INSTANTS.contains(&name)
        && let Some((date, time)) = instant(value)
    {
        let comma = if time.is_empty() { "" } else { "," };
        return format!("{}/{}/{}{comma}{time}", &date[8..], &date[5..7], &date[..4]).into();
    }
    match value.split_once(' ') {
        Some((number, unit)) if is_decimal(number) && is_unit(unit) => value.replacen('.', ",", 1).into(),
        _ => value.into(),
    }
}

/// `2.4 s`, `42 s`, `3 min 5 s`, `2 h 4 min`, `1 day 3 h`: the two units that say most. Those below a
/// day are signs that every language shares.
pub(super) fn span(words: &Words, seconds: f64) -> String {
    let seconds = seconds.max(0.0);
    if seconds < TENTHS_BELOW {
        return words.cell(&format!("{seconds:.1} s"));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float becomes the nearest that fits")]
    let whole = seconds.round() as u64;
    let days = |count: u64| words.say(&Saying::new("span-days").with("count", count));
    let pair = |first: String, second: u64, unit: &str| match second {
        0 => first,
        _ => format!("{first} {second} {unit}"),
    };
    match (whole / 86_400, whole / 3600 % 24, whole / 60 % 60, whole % 60) {
        (0, 0, 0, seconds) => format!("{seconds} s"),
        (0, 0, minutes, seconds) => pair(format!("{minutes} min"), seconds, "s"),
        (0, hours, minutes, _) => pair(format!("{hours} h"), minutes, "min"),
        (count @ DAYS_ALONE.., ..) => days(count),
        (count, hours, ..) => pair(days(count), hours, "h"),
    }
}

/// `NUMBER` of the catalogue: a number as this language groups its digits.
pub(super) fn number<'v>(language: Language, given: &[FluentValue<'v>]) -> FluentValue<'v> {
    match given.first() {
        Some(FluentValue::Number(number)) => FluentValue::from(grouped(language, &number.as_string())),
        Some(FluentValue::String(text)) if is_decimal(text) && language != Language::English => {
            FluentValue::from(text.replacen('.', ",", 1))
        }
        Some(FluentValue::String(text)) => FluentValue::String(text.clone()),
        _ => FluentValue::Error,
    }
}

fn grouped(language: Language, digits: &str) -> String {
    let (separator, digits_min) = match language {
        Language::English => (',', 4),
        // The Academy leaves four digits together, and parts others by a space that does not break.
        Language::Spanish => ('\u{a0}', 5),
        Language::Portuguese => ('.', 4),
    };
    if digits.len() < digits_min {
        return digits.to_owned();
    }
    let mut out = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// The date of `2024-11-12`, `2024-11-12 03:00` and the like, and what follows it.
fn instant(value: &str) -> Option<(&str, &str)> {
    let (date, rest) = value.split_at_checked(10)?;
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (is_date && (rest.is_empty() || rest.starts_with(' '))).then_some((date, rest))
}

fn is_decimal(text: &str) -> bool {
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('.').is_some_and(|(whole, part)| are_digits(whole) && are_digits(part))
}

fn is_unit(text: &str) -> bool {
    ["B", "kB", "MB", "GB", "TB", "PB", "EB", "s"].contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_groups_digits_in_its_own_way() {
        let told = |digits: &str| Language::ALL.map(|language| grouped(language, digits));
        assert_eq!(told("999"), ["999", "999", "999"]);
        assert_eq!(told("1500"), ["1,500", "1500", "1.500"]);
        assert_eq!(told("1000000"), ["1,000,000", "1\u{a0}000\u{a0}000", "1.000.000"]);
    }

    #[test]
    fn sizes_durations_and_instants_are_local_and_names_are_not() {
        let spanish = |name: &str, value: &str| local(Language::Spanish, name, value).into_owned();
        assert_eq!(spanish("size", "1.5 GB"), "1,5 GB");
        assert_eq!(spanish("size", "45 B"), "45 B");
        assert_eq!(spanish("time", "2.4 s"), "2,4 s");
        assert_eq!(spanish("at", "2024-11-12 03:00"), "12/11/2024, 03:00");
        assert_eq!(
            spanish("written", "2024-11-12 03:00 -05:00 (America/Lima)"),
            "12/11/2024, 03:00 -05:00 (America/Lima)"
        );
        for name in ["2024-11-12", "15.14", "app_1.5 GB", "1.5 GB.sql", "1.5 GB/s", "ñandú y más"] {
            assert_eq!(spanish("source", name), name);
        }
        assert_eq!(spanish("at", "2024-11-12"), "12/11/2024");
        assert_eq!(spanish("at", "20241112_030000"), "20241112_030000");
        assert_eq!(local(Language::English, "size", "1.5 GB"), "1.5 GB");
    }

    #[test]
    fn a_span_is_told_in_the_units_that_say_most() {
        let told = |language: Language, seconds: &[f64]| -> Vec<String> {
            seconds.iter().map(|one| span(&Words::of(language), *one)).collect()
        };
        let short = [-1.0, 0.04, 2.44, 9.94, 9.96, 59.4, 59.6, 185.9, 3_600.0, 7_440.0, 86_399.9];
        let english = told(Language::English, &short);
        let expected =
            ["0.0 s", "0.0 s", "2.4 s", "9.9 s", "10 s", "59 s", "1 min", "3 min 6 s", "1 h", "2 h 4 min", "1 day"];
        assert_eq!(english, expected);
        assert_eq!(told(Language::Spanish, &short[2..4]), ["2,4 s", "9,9 s"]);
        let long = [97_200.0, 190_800.0, 863_000.0, 864_000.0 + 7200.0, 1e9];
        let expected = [
            ["1 day 3 h", "2 days 5 h", "9 days 23 h", "10 days", "11,574 days"],
            ["1 día 3 h", "2 días 5 h", "9 días 23 h", "10 días", "11\u{a0}574 días"],
            ["1 dia 3 h", "2 dias 5 h", "9 dias 23 h", "10 dias", "11.574 dias"],
        ];
        for (language, expected) in
            [Language::English, Language::Spanish, Language::Portuguese].into_iter().zip(expected)
        {
            assert_eq!(told(language, &long), expected);
        }
    }

    #[test]
    fn a_name_of_digits_is_no_count() {
        assert_eq!(["0", "7", "1000000"].map(count), [Some(0), Some(7), Some(1_000_000)]);
        assert_eq!(["", "007", "-1", "1.5", "1234567890123456"].map(count), [None; 5]);
    }
}
