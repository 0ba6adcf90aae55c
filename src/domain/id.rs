//! The id of a backup set: `YYYYMMDD_HHMMSS`, local time of its start. Ids sort by time of
//! start and stay unique also when the clock repeats an hour.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize, Serializer};

use super::Invalid;

const FORMAT: &str = "%Y%m%d_%H%M%S";
/// The number of bytes of every id.
pub const ID_LENGTH: usize = 15;
const LAST: &[u8; ID_LENGTH] = b"99991231_235959";
/// A clock further behind the newest id than this is believed rather than the id.
const CATCH_UP_MAX: TimeDelta = TimeDelta::hours(1);

/// `YYYYMMDD_HHMMSS`; its order is the order of local starts. Held in place: a store of ten
/// thousand sets has some hundred thousand of them to be compared and copied at every look.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct BackupId([u8; ID_LENGTH]);

impl BackupId {
    /// # Errors
    /// Where the text is not a real local time in the form `YYYYMMDD_HHMMSS`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let expected = || Invalid("a backup id of the form YYYYMMDD_HHMMSS".to_owned());
        let digits: [u8; ID_LENGTH] = text.as_bytes().try_into().map_err(|_| expected())?;
        if digits[8] != b'_' {
            return Err(expected());
        }
        local_of(&digits).map(|_| Self(digits)).ok_or_else(expected)
    }

    /// The id of a local time; years have four digits, a clock beyond them is taken for their last
    /// second.
    pub fn from_local(local: NaiveDateTime) -> Self {
        Self::parse(&local.format(FORMAT).to_string()).unwrap_or(Self(*LAST))
    }

    /// The id of a run that starts at local time `now`: `now`, or one second past the newest id
    /// where that lies ahead by an hour at most (the repeated hour of autumn, two runs in one
    /// second). A clock further behind is used as it is; an id that is `taken` is passed over.
    pub fn next(now: NaiveDateTime, newest: Option<&BackupId>, taken: impl Fn(&BackupId) -> bool) -> Self {
        let after_newest = newest.map(|id| id.local() + TimeDelta::seconds(1));
        let mut local = match after_newest {
            Some(after) if after > now && after - now <= CATCH_UP_MAX => after,
            _ => now,
        };
        loop {
            let id = Self::from_local(local);
            if !taken(&id) || id.0 == *LAST {
                return id;
            }
            local += TimeDelta::seconds(1);
        }
    }

    /// The local time the id stands for.
    pub fn local(&self) -> NaiveDateTime {
        local_of(&self.0).unwrap_or_default()
    }

    pub fn as_str(&self) -> &str {
        // Digits and an underscore, since it was made.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Reads digit by digit: a store of ten thousand sets has some fifty thousand names to be read,
/// and a general parser takes ten times as long.
fn local_of(digits: &[u8; ID_LENGTH]) -> Option<NaiveDateTime> {
    let number = |from: usize, to: usize| -> Option<u32> {
        digits
            .get(from..to)?
            .iter()
            .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    };
    let year = i32::try_from(number(0, 4)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(4, 6)?, number(6, 8)?)?.and_hms_opt(
        number(9, 11)?,
        number(11, 13)?,
        number(13, 15)?,
    )
}

impl fmt::Debug for BackupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BackupId({self})")
    }
}

impl fmt::Display for BackupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for BackupId {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl Serialize for BackupId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> BackupId {
        BackupId::parse(text).unwrap()
    }

    #[test]
    fn only_real_local_times_are_ids() {
        assert_eq!(id("20241112_030000").local().to_string(), "2024-11-12 03:00:00");
        for bad in [
            "",
            "20241112-030000",
            "20241312_030000",
            "20241112_256000",
            "2024111_2030000",
            "20241112_0300001",
            "2024111é_03000",
        ] {
            assert!(BackupId::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn ids_stay_sortable_through_a_repeated_hour_and_follow_a_clock_set_back() {
        let now = id("20241103_013000").local();
        let free = |_: &BackupId| false;
        assert_eq!(BackupId::next(now, None, free), id("20241103_013000"));
        assert_eq!(BackupId::next(now, Some(&id("20241103_015000")), free), id("20241103_015001"));
        assert_eq!(BackupId::next(now, Some(&id("20241103_013000")), free), id("20241103_013001"));
        assert_eq!(BackupId::next(now, Some(&id("20251103_013000")), free), id("20241103_013000"));
        let beyond = id("99991231_235959").local() + TimeDelta::days(1);
        assert_eq!(BackupId::next(beyond, None, |_| true), id("99991231_235959"));
        let taken = |i: &BackupId| *i == id("20241103_013000");
        assert_eq!(BackupId::next(now, Some(&id("20251103_013000")), taken), id("20241103_013001"));
    }
}
