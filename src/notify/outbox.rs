//! What is to be told and has not been delivered yet, for each channel: kept on disk with what was
//! told, tried again with growing pauses, given up in the end. Never: sends anything itself.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::channel::{Channel, Undelivered};
use super::compose::Letter;
use crate::domain::telling::{Left, Phase};
use crate::domain::trouble::Outlook;
use crate::domain::untold::Untold;
use crate::words::Words;

/// More are read by nobody; the oldest of the least grave makes room.
const WAITING_MAX: usize = 100;

/// What was not delivered by then is no news any more, and the log has it.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(3);

/// Before the second try, and doubled for each further one.
pub const PAUSE_FIRST: TimeDelta = TimeDelta::minutes(1);
const PAUSE_MAX: TimeDelta = TimeDelta::hours(1);

/// No letter waits longer for its turn (until tomorrow, at most): else a clock was set back.
const WAIT_MAX: TimeDelta = TimeDelta::hours(26);

/// All that waits, oldest first, and the channels that do not deliver.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbox {
    #[serde(default)]
    pub waiting: Vec<Waiting>,
    /// By the name of the channel.
    #[serde(default)]
    pub untold: BTreeMap<String, Untold>,
}

/// One letter on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub channel: String,
    /// Those it has not reached yet.
    pub addressees: Vec<String>,
    pub letter: Letter,
    pub tries: u32,
    pub not_before: DateTime<Utc>,
    /// The local date on which it got a place among the channel's messages, and what may still follow it.
    #[serde(default)]
    pub admitted: Option<(NaiveDate, Left)>,
    /// Until when it waits for such a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld_until: Option<DateTime<Utc>>,
}

impl Outbox {
    /// Adds a letter for all whom a channel tells. It takes the place of an older one of the same
    /// conversation in the same phase, and of the word that it is over what it tells of: that would be
    /// heard last, and is not so any more. Returns what had to make room.
    pub fn put(&mut self, channel: &dyn Channel, letter: &Letter) -> Option<Waiting> {
        let is_outdone = |waiting: &Waiting| {
            waiting.channel == channel.name()
                && (waiting.letter.conversation == letter.conversation && waiting.letter.phase == letter.phase
                    || letter.phase != Phase::Over
                        && waiting.letter.phase == Phase::Over
                        && is_of_one(&waiting.letter, letter))
        };
        self.waiting.retain(|waiting| !is_outdone(waiting));
        self.waiting.push(Waiting {
            channel: channel.name().to_owned(),
            addressees: channel.addressees().to_vec(),
            letter: letter.clone(),
            tries: 0,
            not_before: letter.at,
            admitted: None,
            withheld_until: None,
        });
        (self.waiting.len() > WAITING_MAX).then(|| self.make_room())?
    }

    fn make_room(&mut self) -> Option<Waiting> {
        let least = self.waiting.iter().enumerate().min_by_key(|(_, waiting)| waiting.letter.severity);
        let at = least.map(|(at, _)| at)?;
        Some(self.waiting.remove(at))
    }

    /// Leaves out whom the settings do not name any more.
    pub fn keep_only(&mut self, channels: &[Box<dyn Channel>]) {
        let is_told = |name: &str, addressee: &String| {
            channels.iter().any(|channel| channel.name() == name && channel.addressees().contains(addressee))
        };
        for waiting in &mut self.waiting {
            waiting.addressees.retain(|addressee| is_told(&waiting.channel, addressee));
        }
        self.waiting.retain(|waiting| !waiting.addressees.is_empty());
        for (name, untold) in &mut self.untold {
            for addressees in [&mut untold.addressees, &mut untold.reached] {
                addressees.retain(|addressee| is_told(name, addressee));
            }
        }
        self.untold.retain(|_, untold| !untold.addressees.is_empty());
    }

    /// Takes out what has waited for too long.
    pub fn give_up(&mut self, now: DateTime<Utc>) -> Vec<Waiting> {
        let is_old = |waiting: &mut Waiting| (now - waiting.letter.at).abs() > GIVEN_UP_AFTER;
        self.waiting.extract_if(.., is_old).collect()
    }

    /// Which letters are to be tried now, by channel and id, gravest first, then oldest.
    pub fn due(&self, now: DateTime<Utc>) -> Vec<(String, String)> {
        let mut due: Vec<&Waiting> = self.waiting.iter().filter(|waiting| waiting.is_due(now)).collect();
        due.sort_by_key(|waiting| std::cmp::Reverse(waiting.letter.severity));
        due.into_iter().map(|waiting| (waiting.channel.clone(), waiting.letter.id.clone())).collect()
    }

    pub fn find(&mut self, channel: &str, id: &str) -> Option<&mut Waiting> {
        self.waiting.iter_mut().find(|waiting| waiting.channel == channel && waiting.letter.id == id)
    }

    /// A letter reached one addressee: the channel's trouble with that one is over. Whether that was the last
    /// of it.
    pub fn reached(&mut self, channel: &str, addressee: &str) -> bool {
        if let Some(untold) = self.untold.get_mut(channel) {
            untold.addressees.remove(addressee);
            untold.reached.insert(addressee.to_owned());
            if untold.addressees.is_empty() {
                self.untold.remove(channel);
                return true;
            }
        }
        false
    }

    /// What waits for a channel is due at once.
    pub fn hurry(&mut self, channel: &str) {
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.channel == channel) {
            waiting.not_before = waiting.letter.at;
        }
    }

    /// A letter did not reach one addressee. Whether that is news: the channel delivered before.
    pub fn missed(&mut self, channel: &str, addressee: &str, failed: &Undelivered, now: DateTime<Utc>) -> bool {
        let is_news = !self.untold.contains_key(channel);
        let untold = self.untold.entry(channel.to_owned()).or_insert_with(|| Untold {
            since: now,
            error: String::new(),
            hint: None,
            addressees: [].into(),
            reached: [].into(),
        });
        untold.error.clone_from(&failed.error);
        untold.hint = failed.hint.as_ref().map(|hint| Words::english().say(hint));
        untold.reached.remove(addressee);
        untold.addressees.insert(addressee.to_owned());
        is_news
    }

    /// Lets all that waits for a channel wait at least so long: it reached nobody just now.
    pub fn rest(&mut self, channel: &str, until: DateTime<Utc>) {
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.channel == channel) {
            waiting.not_before = waiting.not_before.max(until);
        }
    }

    /// Takes out what has reached everyone.
    pub fn settle(&mut self) {
        self.waiting.retain(|waiting| !waiting.addressees.is_empty());
    }
}

/// Whether both tell of one source, or one of them of all sources at once what the other tells of one.
fn is_of_one(one: &Letter, other: &Letter) -> bool {
    match (&one.source, &other.source) {
        (Some(one), Some(other)) => one == other,
        _ => one.topic == other.topic,
    }
}

impl Waiting {
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        now >= self.not_before || self.not_before > now + WAIT_MAX
    }

    /// Behind all others it has not reached.
    pub fn ask_last(&mut self, addressee: &str) {
        self.addressees.sort_by_key(|other| other == addressee);
    }

    /// After a try that did not reach everyone: later, and later still after the next. What somebody
    /// must mend first is not worth asking every minute.
    pub fn try_later(&mut self, failed: &Undelivered, now: DateTime<Utc>) -> DateTime<Utc> {
        let doubled = PAUSE_FIRST * 2_i32.pow(self.tries.min(10));
        let asked = failed.again_after.and_then(|pause| TimeDelta::from_std(pause).ok()).unwrap_or_default();
        let pause = if failed.outlook == Outlook::Lasting { PAUSE_MAX } else { doubled.max(asked).min(PAUSE_MAX) };
        self.tries = self.tries.saturating_add(1);
        self.not_before = now + pause;
        self.not_before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::saying::Saying;
    use crate::domain::telling::Severity;

    /// A channel of which only its name and whom it tells matter.
    struct Named(&'static str, Vec<String>);

    impl Channel for Named {
        fn name(&self) -> &str {
            self.0
        }

        fn per_day_max(&self) -> u32 {
            10
        }

        fn addressees(&self) -> &[String] {
            &self.1
        }

        fn host(&self) -> String {
            String::new()
        }

        fn send(&self, _letter: &Letter, _addressee: &str) -> Result<String, Undelivered> {
            Err(Undelivered::passing("asleep"))
        }
    }

    fn now() -> DateTime<Utc> {
        "2024-11-12T08:00:00Z".parse().unwrap_or_default()
    }

    fn channel(name: &'static str) -> Named {
        Named(name, vec!["ana".to_owned(), "rosa".to_owned()])
    }

    fn letter(conversation: &str, phase: Phase, severity: Severity) -> Letter {
        Letter {
            id: format!("{conversation}/{phase:?}"),
            conversation: conversation.to_owned(),
            closes: Vec::new(),
            subject: String::new(),
            text: String::new(),
            brief: String::new(),
            html: String::new(),
            topic: "failed".to_owned(),
            phase,
            severity,
            source: None,
            place: "puno".to_owned(),
            mark: String::new(),
            at: now(),
        }
    }

    #[test]
    fn so_many_wait_and_the_oldest_of_the_least_grave_makes_room() {
        let mut outbox = Outbox::default();
        outbox.put(&channel("mail"), &letter("alarm", Phase::Begins, Severity::Critical));
        for number in 1..WAITING_MAX {
            let letter = letter(&number.to_string(), Phase::Begins, Severity::Notice);
            assert_eq!(outbox.put(&channel("mail"), &letter), None);
        }
        let made_room = outbox.put(&channel("mail"), &letter("new", Phase::Begins, Severity::Notice));
        assert_eq!(made_room.map(|waiting| waiting.letter.conversation), Some("1".to_owned()));
        assert_eq!(outbox.waiting.len(), WAITING_MAX);
    }

    #[test]
    fn a_letter_takes_the_place_of_its_like_alone() {
        let mut outbox = Outbox::default();
        for (name, conversation, phase) in [
            ("mail", "a", Phase::Begins),
            ("mail", "a", Phase::Lasts),
            ("mail", "b", Phase::Lasts),
            ("webhook:ops", "a", Phase::Lasts),
            ("mail", "a", Phase::Lasts),
        ] {
            outbox.put(&channel(name), &letter(conversation, phase, Severity::Notice));
        }
        let left = outbox.waiting.iter().map(|waiting| (waiting.channel.as_str(), waiting.letter.id.as_str()));
        let expected = [("mail", "a/Begins"), ("mail", "b/Lasts"), ("webhook:ops", "a/Lasts"), ("mail", "a/Lasts")];
        assert_eq!(left.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_has_begun_again_is_not_said_to_be_over_afterwards() {
        let of = |source: Option<&str>, topic: &str, conversation: &str, phase| Letter {
            source: source.map(str::to_owned),
            topic: topic.to_owned(),
            ..letter(conversation, phase, Severity::Notice)
        };
        let over = [
            of(Some("app"), "failed", "a", Phase::Over),
            of(Some("media"), "failed", "b", Phase::Over),
            of(None, "failed", "c", Phase::Over),
            of(None, "store", "d", Phase::Over),
        ];
        let left_by = |letter: Letter| {
            let mut outbox = Outbox::default();
            for over in &over {
                outbox.put(&channel("mail"), over);
            }
            outbox.put(&channel("webhook:ops"), &over[0]);
            outbox.put(&channel("mail"), &letter);
            let left = outbox.waiting.iter().filter(|waiting| waiting.channel == "mail");
            left.map(|waiting| waiting.letter.conversation.clone()).collect::<String>()
                + &outbox.waiting.len().to_string()
        };
        assert_eq!(left_by(of(Some("app"), "failed", "e", Phase::Begins)), "bde4");
        assert_eq!(left_by(of(Some("app"), "partial", "e", Phase::Lasts)), "bcde5");
        assert_eq!(left_by(of(None, "failed", "e", Phase::Begins)), "de3");
        assert_eq!(left_by(of(Some("app"), "failed", "e", Phase::Over)), "abcde6");
    }

    #[test]
    fn the_gravest_goes_first_and_a_clock_that_was_ahead_holds_nothing_back() {
        let mut outbox = Outbox::default();
        for (conversation, severity) in [("a", Severity::Notice), ("b", Severity::Critical), ("c", Severity::Critical)]
        {
            outbox.put(&channel("mail"), &letter(conversation, Phase::Begins, severity));
        }
        let due = |outbox: &Outbox, at| outbox.due(at).into_iter().map(|(_, id)| id).collect::<Vec<_>>();
        assert_eq!(due(&outbox, now()), ["b/Begins", "c/Begins", "a/Begins"]);
        assert_eq!(due(&outbox, now() - TimeDelta::hours(1)), [""; 0]);
        assert_eq!(due(&outbox, now() - TimeDelta::days(2)).len(), 3);
        assert_eq!(outbox.give_up(now() - TimeDelta::days(4)).len(), 3);
    }

    #[test]
    fn whoever_the_settings_do_not_name_any_more_is_left_out() {
        let mut outbox = Outbox::default();
        for name in ["mail", "webhook:ops"] {
            outbox.put(&channel(name), &letter("a", Phase::Begins, Severity::Notice));
            outbox.missed(name, "rosa", &Undelivered::passing("asleep"), now());
        }
        outbox.keep_only(&[Box::new(Named("mail", vec!["ana".to_owned()]))]);
        assert_eq!((outbox.waiting.len(), outbox.untold.len()), (1, 0));
        assert_eq!(outbox.waiting[0].addressees, ["ana"]);
    }

    #[test]
    fn what_to_do_about_it_is_kept_in_english_and_only_the_first_failure_is_news() {
        let mut outbox = Outbox::default();
        let refused = Undelivered { hint: Some(Saying::new("hint-mail-login")), ..Undelivered::lasting("no") };
        assert!(outbox.missed("mail", "ana", &refused, now()));
        assert!(!outbox.missed("mail", "rosa", &refused, now() + TimeDelta::hours(1)));
        let untold = &outbox.untold["mail"];
        assert!(untold.hint.as_ref().is_some_and(|hint| hint.contains("made for applications")), "{untold:?}");
        assert_eq!((untold.since, untold.addressees.len()), (now(), 2));
    }

    #[test]
    fn pauses_grow_up_to_an_hour_and_the_other_side_may_ask_for_more() {
        let mut outbox = Outbox::default();
        outbox.put(&channel("mail"), &letter("a", Phase::Begins, Severity::Notice));
        let waiting = &mut outbox.waiting[0];
        let mut minutes = |failed: &Undelivered| (waiting.try_later(failed, now()) - now()).num_minutes();
        let asleep = Undelivered::passing("asleep");
        assert_eq!([(); 8].map(|()| minutes(&asleep)), [1, 2, 4, 8, 16, 32, 60, 60]);
        waiting.tries = 0;
        let mut minutes = |failed: &Undelivered| (waiting.try_later(failed, now()) - now()).num_minutes();
        let asked =
            |minutes| Undelivered { again_after: Some(std::time::Duration::from_mins(minutes)), ..asleep.clone() };
        assert_eq!([minutes(&asked(10)), minutes(&asked(1)), minutes(&asked(600))], [10, 2, 60]);
        assert_eq!(minutes(&Undelivered::lasting("no such mailbox")), 60);
    }
}
