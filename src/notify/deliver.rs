//! Sends what is due of the outbox, each letter to each whom it has not reached yet: a mailbox that is
//! gone keeps it from nobody else. Never: takes longer than its bound, which a command would have
//! to wait for; waits for a server that is down (the outbox does).

use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::channel::{Channel, Undelivered};
use super::compose::Letter;
use super::outbox::PAUSE_FIRST;
use super::told::Memory;
use crate::domain::telling::Admission;
use crate::domain::trouble::Outlook;
use crate::sys::stop::Stop;
use crate::words::Words;

/// After so long no further sending is begun. One sending is bounded by its channel.
const DELIVERY_LASTS: Duration = Duration::from_mins(2);

/// Something that happened on the way, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// A channel that delivered before did not.
    Untold { channel: String, letter: Letter, failed: Undelivered },
    /// The channel has told enough for today.
    Withheld { channel: String, letter: Letter },
}

/// When, and in which words, letters go out.
pub struct Delivery<'a> {
    pub channels: &'a [Box<dyn Channel>],
    pub words: &'a Words,
    pub now: DateTime<Utc>,
    pub zone: Tz,
    pub stop: &'a Stop,
}

impl Delivery<'_> {
    /// Sends what is due now. `keep` is called whenever what is to be remembered has changed.
    pub fn run(&self, memory: &mut Memory, mut keep: impl FnMut(&Memory)) -> Vec<Happened> {
        let begun = Instant::now();
        // One that ends with the process tells how it ended; asked to stop meanwhile, it leaves the rest.
        let was_stopped = self.stop.reason().is_some();
        let is_cut_short = || begun.elapsed() > DELIVERY_LASTS || (!was_stopped && self.stop.reason().is_some());
        let mut happened = Vec::new();
        for (name, id) in memory.outbox.due(self.now) {
            let channel = self.channels.iter().find(|channel| channel.name() == name);
            let Some(channel) = channel.filter(|_| !is_cut_short()) else { continue };
            // One that found out that the channel reaches nobody lets the others rest with it.
            if !memory.outbox.find(&name, &id).is_some_and(|waiting| waiting.is_due(self.now)) {
                continue;
            }
            if let Some(withheld) = self.count(memory, channel.as_ref(), &id) {
                happened.push(withheld);
            } else {
                happened.extend(self.send(memory, channel.as_ref(), &id, &is_cut_short));
            }
            keep(memory);
        }
        happened
    }

    /// Counts a letter among those of today, once, whatever tries it takes. Where there were enough it
    /// waits until tomorrow.
    fn count(&self, memory: &mut Memory, channel: &dyn Channel, id: &str) -> Option<Happened> {
        let today = self.now.with_timezone(&self.zone).date_naive();
        let waiting = memory.outbox.find(channel.name(), id)?;
        if waiting.counted.is_some_and(|(on, _)| on == today) {
            return None;
        }
        let admission = memory.told.admit(channel.name(), today, channel.per_day_max());
        waiting.counted = match admission {
            Admission::Send => Some((today, false)),
            Admission::SendAsLast => Some((today, true)),
            Admission::Withhold => {
                waiting.not_before = self.tomorrow();
                return Some(Happened::Withheld { channel: channel.name().to_owned(), letter: waiting.letter.clone() });
            }
        };
        None
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
        let waiting = outbox.find(channel.name(), id)?.clone();
        let letter = match waiting.counted {
            Some((_, true)) => waiting.letter.as_last_today(self.words),
            _ => waiting.letter.clone(),
        };
        let (mut failures, mut news, mut reached) = (Vec::new(), None, 0);
        for addressee in &waiting.addressees {
            if is_cut_short() {
                break;
            }
            match channel.send(&letter, addressee) {
                Ok(_) => {
                    reached += 1;
                    outbox.reached(channel.name(), addressee);
                    outbox.find(channel.name(), id)?.addressees.retain(|left| left != addressee);
                }
                Err(failed) => {
                    let is_news = outbox.missed(channel.name(), addressee, &failed, self.now);
                    news = news.or_else(|| is_news.then(|| failed.clone()));
                    failures.push(failed);
                }
            }
        }
        let soonest = failures.iter().min_by_key(|failed| failed.outlook == Outlook::Lasting);
        if let Some(failed) = soonest {
            let until = outbox.find(channel.name(), id)?.try_later(failed, self.now);
            // What is wrong with one letter, or one login, may be right with the next; what is down is not.
            let is_down = failed.outlook == Outlook::Passing;
            let rests_until = if is_down { until } else { self.now + PAUSE_FIRST };
            if reached == 0 {
                outbox.rest(channel.name(), rests_until);
            }
        }
        outbox.settle();
        news.map(|failed| Happened::Untold { channel: channel.name().to_owned(), letter, failed })
    }

    /// The first instant of tomorrow, where people live.
    fn tomorrow(&self) -> DateTime<Utc> {
        let date = self.now.with_timezone(&self.zone).date_naive() + Days::new(1);
        let midnight = date.and_time(NaiveTime::MIN).and_local_timezone(self.zone).earliest();
        midnight.map_or(self.now + TimeDelta::hours(12), |at| at.with_timezone(&Utc))
    }
}
