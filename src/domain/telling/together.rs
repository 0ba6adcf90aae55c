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
    Message { topic, phase, source: None, severity, subject, lines, figures: Vec::new(), conversation, closes }
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::{Severity, Topic};
    use super::*;
    use crate::domain::fixture::name;

    /// A message of a source, told with this age and cause, and two lines of its own.
    fn message(source: Option<&str>, topic: Topic, phase: Phase, age: &str, cause: &str) -> Message {
        let subject = Saying::new("tell-failed").with("cause", cause).with("age_seconds", age);
        Message {
            topic,
            phase,
            source: source.map(name),
            severity: if phase == Phase::Over { Severity::Notice } else { Severity::Critical },
            subject,
            lines: ["tell-error", "tell-newest-good"].map(Saying::new).into(),
            figures: Vec::new(),
            closes: Vec::new(),
            conversation: format!("{}:{}", topic.as_str(), source.unwrap_or_default()),
        }
    }

    const SOURCES: [&str; 5] = ["a", "b", "c", "d", "e"];

    fn failed(count: usize, cause: impl Fn(usize) -> String) -> Vec<Message> {
        let one =
            |at: usize| message(Some(SOURCES[at]), Topic::Failed, Phase::Begins, &(at * 60).to_string(), &cause(at));
        (0..count).map(one).collect()
    }

    fn counts(messages: Vec<Message>) -> Vec<(Topic, bool)> {
        joined(messages).into_iter().map(|message| (message.topic, message.source.is_none())).collect()
    }

    #[test]
    fn three_stay_apart_and_four_are_one() {
        let alike = |_| "refused".to_owned();
        assert_eq!(joined(failed(3, alike)), failed(3, alike));
        let [one] = joined(failed(4, alike)).try_into().unwrap();
        let args = [("kind", "failed"), ("count", "4"), ("cause", "refused"), ("age_seconds", "180")];
        assert_eq!(one.subject.args, args.map(|(name, value)| (name, value.to_owned())));
        assert_eq!((one.conversation.as_str(), one.source), ("failed:a", None));
        // The oldest three whole, the fourth by its subject alone.
        let keys: Vec<&str> = one.lines.iter().map(|line| line.key).collect();
        let whole = ["tell-failed", "tell-error", "tell-newest-good"];
        assert_eq!(keys, [&whole[..], &whole[..], &whole[..], &whole[..1]].concat());
        let ages: Vec<&str> = one.lines.iter().filter_map(|line| Some(line.args.last()?.1.as_str())).collect();
        assert_eq!(ages, ["180", "120", "60", "0"]);
    }

    #[test]
    fn where_they_fail_for_different_reasons_none_is_named() {
        let [one] = joined(failed(4, |at| if at == 3 { "refused" } else { "no room" }.to_owned())).try_into().unwrap();
        assert_eq!(argument(&one, "cause"), Some("unknown"));
    }

    #[rstest]
    #[case::of_the_runs_as_a_whole(None, Topic::Failed, Phase::Begins)]
    #[case::another_topic(Some("e"), Topic::Stale, Phase::Begins)]
    #[case::another_phase(Some("e"), Topic::Failed, Phase::Lasts)]
    fn what_is_not_the_same_kind_of_thing_stays_apart(
        #[case] source: Option<&str>,
        #[case] topic: Topic,
        #[case] phase: Phase,
    ) {
        let mut messages = failed(3, |_| "refused".to_owned());
        messages.push(message(source, topic, phase, "60", "refused"));
        assert_eq!(joined(messages.clone()), messages);
        messages.extend(failed(1, |_| "refused".to_owned()));
        assert_eq!(counts(messages), [(Topic::Failed, true), (topic, source.is_none())]);
    }

    #[test]
    fn whatever_is_over_is_over_together() {
        let over = |(source, topic): (&&str, Topic)| message(Some(source), topic, Phase::Over, "60", "refused");
        let topics = [Topic::Stale, Topic::Failed, Topic::Partial, Topic::Failed];
        let [one] = joined(SOURCES.iter().zip(topics).map(over).collect()).try_into().unwrap();
        assert_eq!((argument(&one, "kind"), argument(&one, "count")), (Some("over"), Some("4")));
    }

    #[rstest]
    #[case(LINES_MAX, None)]
    #[case(LINES_MAX + 1, Some("2"))]
    #[case(LINES_MAX + 50, Some("51"))]
    fn a_message_has_so_many_lines_and_says_how_many_more(#[case] count: usize, #[case] more: Option<&str>) {
        let mut one = failed(1, |_| String::new());
        one[0].lines = vec![Saying::new("tell-error"); count];
        let lines = joined(one).remove(0).lines;
        assert_eq!(lines.len(), LINES_MAX);
        let last = &lines[LINES_MAX - 1];
        let said = (last.key == "tell-together-more").then(|| last.args[0].1.as_str());
        assert_eq!(said, more);
    }
}
