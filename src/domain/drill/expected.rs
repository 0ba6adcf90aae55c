//! What the operator expects: of the answer to a question of his own, and of the files that rows name.

/// What an answer must be; every part that is given must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expected {
    pub min: Option<f64>,
    pub equals: Option<String>,
    /// Against the answer of the drill before.
    pub max_drop_percent: Option<f64>,
}

impl Expected {
    /// Judges an answer, given that of the drill before.
    ///
    /// # Errors
    /// What was expected, and what there is instead.
    pub fn judge(&self, value: Option<&str>, before: Option<&str>) -> Result<(), String> {
        let shown = || value.map_or_else(|| "no value".to_owned(), |value| format!("{value:?}"));
        if let Some(equals) = &self.equals
            && !value.is_some_and(|value| is_same(value, equals))
        {
            return Err(format!("{} where {equals:?} is expected", shown()));
        }
        let number = || value.and_then(number).ok_or_else(|| format!("{} where a number is expected", shown()));
        if let Some(min) = self.min {
            let found = number()?;
            if found < min {
                return Err(format!("{found} where at least {min} is expected"));
            }
        }
        if let Some(percent) = self.max_drop_percent {
            let found = number()?;
            if let Some(before) = before.and_then(self::number) {
                let least = before - before.abs() * percent / 100.0;
                if found < least {
                    return Err(format!("{found} where the drill before found {before}: more than {percent} % less"));
                }
            }
        }
        Ok(())
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// The same text, or the same number written otherwise.
fn is_same(value: &str, expected: &str) -> bool {
    value.trim() == expected.trim() || number(value).is_some_and(|found| number(expected) == Some(found))
}

/// Uploads that ended while the set was made, and rows that outlived their file, are no loss.
const MISSING_FILES_MIN: u64 = 10;

/// Whether more of the files that rows name are missing from the media of their set than there should be.
pub fn too_many_missing(named: u64, missing: u64, max_percent: f64) -> bool {
    missing > MISSING_FILES_MIN && missing as f64 > named as f64 * max_percent / 100.0
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn expected(min: Option<f64>, equals: Option<&str>, max_drop_percent: Option<f64>) -> Expected {
        Expected { min, equals: equals.map(str::to_owned), max_drop_percent }
    }

    #[rstest]
    #[case::enough(expected(Some(1.0), None, None), Some("1"), None, "")]
    #[case::too_few(expected(Some(1.0), None, None), Some("0"), None, "0 where at least 1 is expected")]
    #[case::fraction(expected(Some(1.5), None, None), Some(" 1.25 "), None, "1.25 where at least 1.5 is expected")]
    #[case::no_number(expected(Some(1.0), None, None), Some("x"), None, "\"x\" where a number is expected")]
    #[case::not_a_number(expected(Some(1.0), None, None), Some("NaN"), None, "\"NaN\" where a number is expected")]
    #[case::null(expected(Some(1.0), None, None), None, None, "no value where a number is expected")]
    #[case::equal(expected(None, Some("abc"), None), Some("abc"), None, "")]
    #[case::equal_number(expected(None, Some("1"), None), Some("1.00"), None, "")]
    #[case::other(expected(None, Some("t"), None), Some("f"), None, "\"f\" where \"t\" is expected")]
    #[case::null_is_not_equal(expected(None, Some(""), None), None, None, "no value where \"\" is expected")]
    #[case::no_drill_before(expected(None, None, Some(10.0)), Some("5"), None, "")]
    #[case::as_much_as_allowed(expected(None, None, Some(10.0)), Some("90"), Some("100"), "")]
    #[case::more(expected(None, None, Some(10.0)), Some("500"), Some("100"), "")]
    #[case::dropped(
        expected(None, None, Some(10.0)),
        Some("89"),
        Some("100"),
        "89 where the drill before found 100: more than 10 % less"
    )]
    #[case::below_nothing(
        expected(None, None, Some(50.0)),
        Some("-16"),
        Some("-10"),
        "-16 where the drill before found -10: more than 50 % less"
    )]
    #[case::odd_before(expected(None, None, Some(10.0)), Some("5"), Some("many"), "")]
    #[case::every_part(expected(Some(1.0), Some("5"), None), Some("0"), None, "\"0\" where \"5\" is expected")]
    #[case::every_other_part(expected(Some(9.0), Some("5"), None), Some("5"), None, "5 where at least 9 is expected")]
    fn an_answer_is_judged(
        #[case] expected: Expected,
        #[case] value: Option<&str>,
        #[case] before: Option<&str>,
        #[case] error: &str,
    ) {
        assert_eq!(expected.judge(value, before).err().unwrap_or_default(), error);
    }

    #[rstest]
    #[case(20, 10, false)]
    #[case(20, 11, true)]
    #[case(1_000_000, 1000, false)]
    #[case(1_000_000, 1001, true)]
    #[case(0, 0, false)]
    fn ten_files_or_a_part_of_all_may_be_missing(#[case] named: u64, #[case] missing: u64, #[case] too_many: bool) {
        assert_eq!(too_many_missing(named, missing, 0.1), too_many);
    }
}
