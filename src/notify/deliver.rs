//! Sends what is due of the outbox, each letter to each whom it has not reached yet: a mailbox that is
//! gone keeps it from nobody else. Never: takes longer than its bound, which a command would have
//! to wait for; waits for a server that is down (the outbox does).

use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::channel::{Channel, Undelivered};
use super::compose::Letter;
use super::outbox::PAUSE_FIRST;
use super::told::Memory;
use crate::domain::telling::{Asking, Left};
use crate::domain::trouble::Outlook;
use crate::sys::stop::Stop;
use crate::words::Words;

/// After so long no further sending is begun: a command waits for it. One sending is bounded by its channel.
pub const DELIVERY_LASTS: Duration = Duration::from_mins(2);

/// Something that happened on the way, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// A channel that delivered before did not.
    Untold { channel: String, letter: Letter, failed: Undelivered },
    /// The channel has told enough for today.
    Withheld { channel: String, letter: Letter },
    /// A channel delivers again to everyone whom it had not reached.
    ToldAgain { channel: String },
}

/// When, and in which words, letters go out.
pub struct Delivery<'a> {
    pub channels: &'a [Box<dyn Channel>],
    pub words: &'a Words,
    pub now: DateTime<Utc>,
    pub zone: Tz,
    pub stop: &'a Stop,
    /// After so long no further sending is begun.
    pub lasts: Duration,
}

impl Delivery<'_> {
    /// Sends what is due now. `keep` is called whenever what is to be remembered has changed.
    pub fn run(&self, memory: &mut Memory, mut keep: impl FnMut(&Memory)) -> Vec<Happened> {
        let begun = Instant::now();
        // One that ends with the process tells how it ended; asked to stop meanwhile, it leaves the rest.
        let was_stopped = self.stop.reason().is_some();
        let is_cut_short = || begun.elapsed() > self.lasts || (!was_stopped && self.stop.reason().is_some());
        let mut happened = Vec::new();
        for (name, id) in memory.outbox.due(self.now) {
            let channel = self.channels.iter().find(|channel| channel.name() == name);
            let Some(channel) = channel.filter(|_| !is_cut_short()) else { continue };
            // One that found out that the channel reaches nobody lets the others rest with it.
            if !memory.outbox.find(&name, &id).is_some_and(|waiting| waiting.is_due(self.now)) {
                continue;
            }
            happened.extend(if self.has_place(memory, channel.as_ref(), &id) {
                self.send(memory, channel.as_ref(), &id, &is_cut_short)
            } else {
                self.withhold(memory, channel.as_ref(), &id)
            });
            keep(memory);
        }
        happened
    }

    /// Whether a letter has a place among those of today, which it gets once, whatever tries it takes.
    fn has_place(&self, memory: &mut Memory, channel: &dyn Channel, id: &str) -> bool {
        let today = self.date(self.now);
        let Some(waiting) = memory.outbox.find(channel.name(), id) else { return false };
        if waiting.admitted.is_none_or(|(on, _)| on != today) {
            let letter = &waiting.letter;
            let asking = Asking {
                topic: &letter.topic,
                source: letter.source.as_deref(),
                phase: letter.phase,
                severity: letter.severity,
                written_on: self.date(letter.at),
            };
            let left = memory.told.admit(channel.name(), today, channel.per_day_max(), &asking);
            waiting.admitted = left.map(|left| (today, left));
        }
        waiting.admitted.is_some()
    }

    /// Lets a letter wait until tomorrow. Told once for each day.
    fn withhold(&self, memory: &mut Memory, channel: &dyn Channel, id: &str) -> Option<Happened> {
        let until = self.tomorrow();
        let waiting = memory.outbox.find(channel.name(), id)?;
        waiting.not_before = until;
        let is_news = waiting.withheld_until.replace(until) != Some(until);
        let (channel, letter) = (channel.name().to_owned(), waiting.letter.clone());
        is_news.then_some(Happened::Withheld { channel, letter })
    }

    /// Tries one letter with each whom it has not reached.
    fn send(
        &self,
        memory: &mut Memory,
        channel: &dyn Channel,
        id: &str,
        is_cut_short: &dyn Fn() -> bool,
    ) -> Option<Happened> {
        let outbox = &mut memory.outbox;
        let waiting = outbox.find(channel.name(), id)?;
        waiting.withheld_until = None;
        let waiting = waiting.clone();
        let letter = match waiting.admitted {
            Some((_, Left::Nothing)) => waiting.letter.as_last_today(self.words),
            Some((_, Left::Critical)) => waiting.letter.as_last_but_for_alarms(self.words),
            _ => waiting.letter.clone(),
        };
        let (mut failures, mut news, mut reached) = (Vec::new(), None, Vec::new());
        for addressee in &waiting.addressees {
            if is_cut_short() {
                break;
            }
            match channel.send(&letter, addressee) {
                Ok(_) => reached.push(addressee),
                Err(failed) => {
                    let is_news = outbox.missed(channel.name(), addressee, &failed, self.now);
                    news = news.or_else(|| is_news.then(|| failed.clone()));
                    let is_silence = failed.is_silence;
                    failures.push(failed);
                    if is_silence {
                        // The next try begins with those who were not asked: it may be for this one that the
                        // server keeps silent.
                        outbox.find(channel.name(), id)?.ask_last(addressee);
                        break;
                    }
                }
            }
        }
        // After those it missed: who is reached by the same letter is known to be reached.
        let mut is_well_again = false;
        for addressee in &reached {
            is_well_again |= outbox.reached(channel.name(), addressee);
            outbox.find(channel.name(), id)?.addressees.retain(|left| left != *addressee);
        }
        let soonest = failures.iter().min_by_key(|failed| failed.outlook == Outlook::Lasting);
        if let Some(failed) = soonest {
            let until = outbox.find(channel.name(), id)?.try_later(failed, self.now);
            // What is wrong with one letter, or one login, may be right with the next; what is down is not.
            let is_down = failed.outlook == Outlook::Passing;
            let rests_until = if is_down { until } else { self.now + PAUSE_FIRST };
            if reached.is_empty() {
                outbox.rest(channel.name(), rests_until);
            }
        }
        outbox.settle();
        let channel = channel.name().to_owned();
        match news {
            Some(failed) => Some(Happened::Untold { channel, letter, failed }),
            None => is_well_again.then_some(Happened::ToldAgain { channel }),
        }
    }

    /// The first instant of tomorrow, where people live.
    fn tomorrow(&self) -> DateTime<Utc> {
        let date = self.date(self.now) + Days::new(1);
        let midnight = date.and_time(NaiveTime::MIN).and_local_timezone(self.zone).earliest();
        midnight.map_or(self.now + TimeDelta::hours(12), |at| at.with_timezone(&Utc))
    }

    fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::Lima;

    use super::*;
    use crate::domain::telling::{Phase, Severity};
    use crate::domain::trouble::StopReason;

    type Answer = Box<dyn Fn(&Letter, &str) -> Result<String, Undelivered> + Send + Sync>;

    /// A channel that tells Ana and Rosa, and what it answers.
    struct Answering(Vec<String>, Answer);

    impl Channel for Answering {
        fn name(&self) -> &'static str {
            "mail"
        }

        fn per_day_max(&self) -> u32 {
            10
        }

        fn addressees(&self) -> &[String] {
            &self.0
        }

        fn host(&self) -> String {
            String::new()
        }

        fn send(&self, letter: &Letter, addressee: &str) -> Result<String, Undelivered> {
            self.1(letter, addressee)
        }
    }

    fn now() -> DateTime<Utc> {
        "2024-11-12T08:00:00Z".parse().unwrap_or_default()
    }

    /// Two letters are tried; whom each still has to reach, and after how many minutes.
    fn left(
        stop: &Stop,
        answer: impl Fn(&Letter, &str) -> Result<String, Undelivered> + Send + Sync + 'static,
    ) -> Vec<(String, String, i64)> {
        let channels: Vec<Box<dyn Channel>> =
            vec![Box::new(Answering(vec!["ana".to_owned(), "rosa".to_owned()], Box::new(answer)))];
        let mut memory = Memory::default();
        for id in ["a", "b"] {
            let letter = Letter {
                id: id.to_owned(),
                conversation: id.to_owned(),
                closes: Vec::new(),
                subject: String::new(),
                text: String::new(),
                brief: String::new(),
                html: String::new(),
                topic: "failed".to_owned(),
                phase: Phase::Begins,
                severity: Severity::Critical,
                source: None,
                place: "puno".to_owned(),
                mark: String::new(),
                at: now(),
            };
            memory.outbox.put(channels[0].as_ref(), &letter);
        }
        let words = Words::english();
        let lasts = Duration::from_mins(1);
        let delivery = Delivery { channels: &channels, words: &words, now: now(), zone: Lima, stop, lasts };
        delivery.run(&mut memory, |_| {});
        let waiting = memory.outbox.waiting.into_iter();
        waiting.map(|one| (one.letter.id, one.addressees.join(" "), (one.not_before - now()).num_minutes())).collect()
    }

    fn waits(id: &str, addressees: &str, minutes: i64) -> (String, String, i64) {
        (id.to_owned(), addressees.to_owned(), minutes)
    }

    #[test]
    fn what_may_pass_is_tried_before_what_somebody_must_mend() {
        let answer = |_: &Letter, addressee: &str| match addressee {
            "ana" => Err(Undelivered::lasting("no such mailbox")),
            _ => Err(Undelivered::passing("busy")),
        };
        assert_eq!(left(&Stop::new(), answer)[0], waits("a", "ana rosa", 1));
    }

    #[test]
    fn what_is_wrong_with_one_letter_keeps_the_next_for_a_minute_alone() {
        let refused = |_: &Letter, _: &str| Err(Undelivered::lasting("not this text"));
        assert_eq!(left(&Stop::new(), refused), [waits("a", "ana rosa", 60), waits("b", "ana rosa", 1)]);
    }

    #[test]
    fn a_letter_that_reached_somebody_holds_up_no_other() {
        let answer = |letter: &Letter, addressee: &str| match (letter.id.as_str(), addressee) {
            ("a", "rosa") => Err(Undelivered::passing("full")),
            _ => Ok("250 ok".to_owned()),
        };
        assert_eq!(left(&Stop::new(), answer), [waits("a", "rosa", 1)]);
    }

    #[test]
    fn one_that_is_asked_to_stop_leaves_the_rest_and_one_that_was_stopped_tells_why() {
        let stop = Stop::new();
        let asked = stop.clone();
        let answer = move |_: &Letter, _: &str| {
            asked.stop(StopReason::Signal);
            Ok("250 ok".to_owned())
        };
        assert_eq!(left(&stop, answer), [waits("a", "rosa", 0), waits("b", "ana rosa", 0)]);
        assert_eq!(left(&stop, |_, _| Ok("250 ok".to_owned())), []);
    }
}
