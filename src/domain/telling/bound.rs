//! How many messages a channel sends in a day. Some of its places are kept for what is critical, and a
//! critical trouble of which the day has said nothing yet is told beyond them: else an evening of small
//! news would silence the alarm that follows. Never: which message goes first; what became of it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Phase, Severity, Told};

/// Who got so many alarms beyond the bound looks at the page, or at nothing any more.
const NEW_BEYOND_MAX: u32 = 5;

/// What a channel has sent on its latest day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentToday {
    /// The local date.
    pub date: NaiveDate,
    /// Of what was written that day.
    pub count: u32,
    /// Of what was left from the days before: it takes none of the day's own places.
    #[serde(default)]
    pub late: u32,
    /// The critical troubles that were told to have begun, and not to be over since.
    #[serde(default)]
    pub critical: BTreeSet<String>,
}

/// What of a message its place turns on.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub topic: &'a str,
    pub source: Option<&'a str>,
    pub phase: Phase,
    pub severity: Severity,
    /// The local date.
    pub written_on: NaiveDate,
}

/// What may still be told after a message that has got a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Left {
    Anything,
    Critical,
    Nothing,
}

impl Told {
    /// Gives a message a place among those of today; `None` where it has to wait until tomorrow.
    pub fn admit(&mut self, channel: &str, today: NaiveDate, per_day_max: u32, asking: &Asking) -> Option<Left> {
        let sent = self.sent.entry(channel.to_owned()).or_insert_with(|| SentToday::on(today));
        if sent.date != today {
            *sent = SentToday::on(today);
        }
        if asking.written_on < today {
            let has_place = sent.late < per_day_max;
            sent.late += u32::from(has_place);
            return has_place.then_some(Left::Anything);
        }
        let ordinary_max = per_day_max - kept_for_critical(per_day_max);
        let max = match (asking.severity, asking.phase) {
            (Severity::Critical, Phase::Begins) if !sent.critical.contains(&trouble(asking)) => {
                per_day_max + NEW_BEYOND_MAX
            }
            (Severity::Critical, _) => per_day_max,
            _ => ordinary_max,
        };
        if sent.count >= max {
            return None;
        }
        sent.count += 1;
        sent.note(asking);
        Some(match sent.count {
            count if count >= per_day_max + NEW_BEYOND_MAX => Left::Nothing,
            count if count >= ordinary_max => Left::Critical,
            _ => Left::Anything,
        })
    }
}

impl SentToday {
    fn on(date: NaiveDate) -> Self {
        Self { date, count: 0, late: 0, critical: BTreeSet::new() }
    }

    /// Whoever was told that all is well again is to hear it when it is not.
    fn note(&mut self, asking: &Asking) {
        let trouble = trouble(asking);
        match (asking.phase, asking.source) {
            (Phase::Over, Some(source)) => {
                self.critical.retain(|known| known.split_once(':').is_none_or(|(_, of)| of != source));
            }
            (Phase::Over, None) => _ = self.critical.remove(&trouble),
            (Phase::Begins, _) if asking.severity == Severity::Critical => _ = self.critical.insert(trouble),
            (Phase::Begins | Phase::Lasts, _) => {}
        }
    }
}

/// Of so many places in a day: a third, and never all of them.
fn kept_for_critical(per_day_max: u32) -> u32 {
    (per_day_max / 3).max(1).min(per_day_max.saturating_sub(1))
}

fn trouble(asking: &Asking) -> String {
    format!("{}:{}", asking.topic, asking.source.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TODAY: &str = "2024-11-12";

    /// What each of these is answered, one letter each: `.` anything, `c` critical, `n` nothing may follow,
    /// `-` it waits. A word is a source, and how it stands: `app!` begins, `app~` lasts, `app+` is over; without
    /// a mark it is no more than news.
    fn answers(told: &mut Told, today: &str, per_day_max: u32, asked: &str) -> String {
        asked.split_whitespace().map(|word| answer(told, today, per_day_max, word)).collect()
    }

    fn answer(told: &mut Told, today: &str, per_day_max: u32, word: &str) -> char {
        let (phase, severity) = match word.chars().last() {
            Some('!') => (Phase::Begins, Severity::Critical),
            Some('~') => (Phase::Lasts, Severity::Critical),
            Some('+') => (Phase::Over, Severity::Notice),
            _ => (Phase::Begins, Severity::Warning),
        };
        let source = Some(word.trim_end_matches(['!', '~', '+']));
        let (topic, written_on) = ("failed", TODAY.parse().unwrap());
        let asking = Asking { topic, source, phase, severity, written_on };
        match told.admit("mail", today.parse().unwrap(), per_day_max, &asking) {
            Some(Left::Anything) => '.',
            Some(Left::Critical) => 'c',
            Some(Left::Nothing) => 'n',
            None => '-',
        }
    }

    #[rstest]
    #[case::places_are_kept_for_what_is_critical(10, "a b c d e f g h a~ b~ c~ d~ i", "......c-ccc--")]
    #[case::of_one_none_is_kept(1, "a b a~", "c--")]
    #[case::of_two_one_is(2, "a b a~ b~", "c-c-")]
    #[case::of_three_one_is(3, "a b c a~ b~", ".c-c-")]
    #[case::a_critical_trouble_that_is_new_is_told_beyond(1, "a b! c! d! b! c! e! f! g! h", "cccc--cn--")]
    #[case::so_many_critical_ones_and_no_more(2, "a! b! c! d! e! f! g! h! i!", "ccccccn--")]
    #[case::what_was_told_to_be_over_is_new_again(4, "a! b! a+ b! a! b!", "..ccc-")]
    fn a_day_has_so_many_places(#[case] per_day_max: u32, #[case] asked: &str, #[case] expected: &str) {
        let mut told = Told::default();
        assert_eq!(answers(&mut told, TODAY, per_day_max, asked), expected);
    }

    #[test]
    fn what_is_left_of_yesterday_takes_no_place_of_today() {
        let (mut told, tomorrow) = (Told::default(), "2024-11-13");
        assert_eq!(answers(&mut told, TODAY, 2, "a b"), "c-");
        assert_eq!(answers(&mut told, tomorrow, 2, "b c d"), "..-", "as many as a day has");
        let sent = &told.sent["mail"];
        assert_eq!((sent.count, sent.late), (0, 2));
    }

    #[test]
    fn channels_are_counted_apart_and_a_clock_that_was_set_back_holds_nothing_up() {
        let mut told = Told::default();
        assert_eq!(answers(&mut told, "2024-11-12", 1, "a b"), "c-");
        assert_eq!(answers(&mut told, "2024-11-11", 1, "c"), "c");
        let (topic, source, written_on) = ("failed", None, TODAY.parse().unwrap());
        let asking = Asking { topic, source, phase: Phase::Begins, severity: Severity::Notice, written_on };
        assert_eq!(told.admit("webhook:ops", written_on, 2, &asking), Some(Left::Critical));
    }
}
