//! One message instead of many alike: a server that is down fails twenty sources at once, and whoever
//! gets twenty mails reads none. Never: joins what is not the same kind of thing.

use super::{Message, Phase};
use crate::domain::saying::Saying;

/// So many of a kind are told one by one.
const APART_MAX: usize = 3;
/// The worst of many are told whole, the others by a line each.
const WHOLE_MAX: usize = 3;
/// A message has so many lines at most: a screen or two, whatever befell how many.
const LINES_MAX: usize = 100;

/// Joins messages of one kind where there are many; what is told keeps its order.
pub(super) fn joined(messages: Vec<Message>) -> Vec<Message> {
    let mut kinds: Vec<Vec<Message>> = Vec::new();
    for message in messages {
        match kinds.iter_mut().find(|kind| is_alike(&kind[0], &message)) {
            Some(kind) => kind.push(message),
            None => kinds.push(vec![message]),
        }
    }
    let told = kinds.into_iter().flat_map(|kind| if kind.len() > APART_MAX { vec![join(kind)] } else { kind });
    told.map(|message| Message { lines: bounded(message.lines), ..message }).collect()
}

/// Of several sources, of the same topic where it lasts.
fn is_alike(one: &Message, other: &Message) -> bool {
    one.source.is_some()
        && other.source.is_some()
        && (one.phase, one.severity) == (other.phase, other.severity)
        && (one.topic == other.topic || one.phase == Phase::Over)
}

/// Those without any good backup first, then by the age of the newest.
fn join(mut alike: Vec<Message>) -> Message {
    // By the first of them as they stand in the settings: the next day's are the same conversation.
    let (conversation, topic) = (alike[0].conversation.clone(), alike[0].topic);
    let (phase, severity) = (alike[0].phase, alike[0].severity);
    let ends = |message: &Message| [message.conversation.clone()].into_iter().chain(message.closes.clone());
    let closes = if phase == Phase::Over { alike.iter().flat_map(ends).skip(1).collect() } else { Vec::new() };
    alike.sort_by_key(|message| std::cmp::Reverse(age(message)));
    let kind = if phase == Phase::Over { "over" } else { topic.as_str() };
    let cause = |message: &Message| argument(message, "cause").unwrap_or("unknown").to_owned();
    let first = cause(&alike[0]);
    // Where they fail for different reasons none of them is the cause.
    let common = if alike.iter().all(|message| cause(message) == first) { first.as_str() } else { "unknown" };
    let subject = Saying::new("tell-together")
        .with("kind", kind)
        .with("count", alike.len())
        .with("cause", common)
        .with("age_seconds", argument(&alike[0], "age_seconds").unwrap_or("none"));
    let mut lines = Vec::new();
    for (at, message) in alike.into_iter().enumerate() {
        lines.push(message.subject);
        if at < WHOLE_MAX {
            lines.extend(message.lines);
        }
    }
    Message { topic, phase, source: None, severity, subject, lines, conversation, closes }
}

/// In seconds; what has no good backup at all is older than anything.
fn age(message: &Message) -> i64 {
    match argument(message, "age_seconds") {
        Some("never") => i64::MAX,
        Some(seconds) => seconds.parse().unwrap_or(0),
        None => 0,
    }
}

fn argument<'m>(message: &'m Message, name: &str) -> Option<&'m str> {
    message.subject.args.iter().find(|(argument, _)| *argument == name).map(|(_, value)| value.as_str())
}

/// Says how many there were beside those that are told.
fn bounded(mut lines: Vec<Saying>) -> Vec<Saying> {
    if lines.len() > LINES_MAX {
        let more = lines.len() + 1 - LINES_MAX;
        lines.truncate(LINES_MAX - 1);
        lines.push(Saying::new("tell-together-more").with("count", more));
    }
    lines
}
