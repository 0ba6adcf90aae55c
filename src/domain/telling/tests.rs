//! Lives of a source, each a list of instants and what is to be told at each of them.

use chrono::TimeDelta;
use rstest::rstest;

use super::super::fixture::{empty_report, ran, report, running, set, standing, utc};
use super::super::health::judge;
use super::super::missed::Missed;
use super::super::report::{Job, Outcome, RunReport};
use super::super::set::{Caveats, Drilled, Verified};
use super::*;

mod ahead;
mod causes;
mod notes;

/// Follows one standing through time, remembering what was told.
struct Life {
    standing: Standing,
    told: Told,
}

impl Life {
    fn new() -> Self {
        let mut standing = standing("2024-11-12T08:02:00", &["app"]);
        standing.catalog.sets.push(set("20241112_080000", &["app"]));
        let standing = ran(standing, &report(Job::Backup, "2024-11-12T08:00:00", &[("app", Succeeded)]));
        Self { standing, told: Told::default() }
    }

    /// A run of a minute at this time, and what is told right after it.
    fn run(&mut self, at: &str, outcome: Outcome) -> Vec<(&'static str, Phase)> {
        self.runs(&report(Job::Backup, at, &[("app", outcome)]))
    }

    fn runs(&mut self, report: &RunReport) -> Vec<(&'static str, Phase)> {
        if matches!(report.outcome, Succeeded | Partial) && !report.sources.is_empty() {
            let mut made = set(&report.started_at.format("%Y%m%d_%H%M%S").to_string(), &["app"]);
            made.artifacts[0].complete = report.outcome == Succeeded;
            self.standing.catalog.sets.push(made);
        }
        self.standing.now = report.ended_at;
        self.standing = ran(self.standing.clone(), report);
        self.look()
    }

    fn at(&mut self, now: &str) -> Vec<(&'static str, Phase)> {
        self.standing.now = utc(now);
        self.look()
    }

    fn look(&mut self) -> Vec<(&'static str, Phase)> {
        self.messages().iter().map(|message| (message.topic.as_str(), message.phase)).collect()
    }

    fn messages(&mut self) -> Vec<Message> {
        let (messages, told) = decide(&self.told, &self.standing, &judge(&self.standing));
        // What is remembered goes through the disk.
        self.told = serde_json::from_str(&serde_json::to_string(&told).unwrap()).unwrap();
        assert_eq!(self.told, told);
        assert_eq!(decide(&told, &self.standing, &judge(&self.standing)).0, [], "the same is told twice");
        messages
    }
}

use Outcome::{Failed, Interrupted, Partial, Skipped, Succeeded};
use Phase::{Begins, Lasts, Over};

const NOTHING: [(&str, Phase); 0] = [];

#[test]
fn a_failure_is_told_at_once_then_daily_and_once_when_it_is_over() {
    let mut life = Life::new();
    assert_eq!(life.look(), NOTHING);
    assert_eq!(life.run("2024-11-12T09:00:00", Failed), [("failed", Begins)]);
    assert_eq!(life.run("2024-11-12T09:06:00", Failed), NOTHING);
    assert_eq!(life.run("2024-11-12T09:22:00", Interrupted), NOTHING);
    assert_eq!(life.run("2024-11-12T10:00:00", Skipped), [("skipped", Begins)]);
    assert_eq!(life.run("2024-11-12T10:08:00", Failed), NOTHING);
    assert_eq!(life.at("2024-11-13T09:00:59"), NOTHING);
    assert_eq!(life.at("2024-11-13T09:01:00"), [("failed", Lasts)]);
    // That the newest is too old by now is said by the failure's next letter.
    assert_eq!(life.at("2024-11-13T09:01:01"), NOTHING);
    assert_eq!(life.run("2024-11-13T10:00:00", Failed), NOTHING);
    life.standing.now = utc("2024-11-14T09:01:01");
    let messages = life.messages();
    assert_eq!(messages.iter().map(|message| message.topic).collect::<Vec<_>>(), [Topic::Failed]);
    assert_eq!(messages[0].subject.args.last(), Some(&("stale", "yes".to_owned())));
    life.standing.running.push(running("2024-11-14T09:10:00", "app"));
    assert_eq!(life.at("2024-11-14T09:12:00"), NOTHING);
    life.standing.running.clear();
    assert_eq!(life.run("2024-11-14T09:20:00", Succeeded), [("failed", Over)]);
    assert_eq!(life.told, Told::default());
    assert_eq!(life.run("2024-11-15T08:00:00", Failed), [("failed", Begins)]);
}

#[test]
fn what_could_not_be_read_is_over_when_it_was_read() {
    let mut life = Life::new();
    assert_eq!(life.run("2024-11-13T08:00:00", Partial), [("partial", Begins)]);
    assert_eq!(life.run("2024-11-13T08:30:00", Failed), [("failed", Begins)]);
    assert_eq!(life.run("2024-11-13T08:40:00", Partial), NOTHING);
    assert_eq!(life.run("2024-11-13T08:50:00", Succeeded), [("partial", Over)]);
}

#[test]
fn a_suspect_backup_is_told_until_it_is_accepted_or_followed_by_a_good_one() {
    let mut life = Life::new();
    life.run("2024-11-13T07:50:00", Failed);
    let mut emptied = set("20241113_080000", &["app"]);
    emptied.artifacts[0].suspect = true;
    life.standing.catalog.sets.push(emptied);
    let last = report(Job::Backup, "2024-11-13T08:00:00", &[("app", Succeeded)]);
    life.standing = ran(life.standing.clone(), &last);
    assert_eq!(life.at("2024-11-13T08:01:00"), [("suspect", Begins)], "the failure is over, but all is not well");
    assert_eq!(life.at("2024-11-14T08:01:00"), [("suspect", Lasts)]);
    life.standing.catalog.sets[1].artifacts[0].suspect = false;
    assert_eq!(life.at("2024-11-14T08:02:00"), [("suspect", Over)]);
}

#[test]
fn an_empty_database_is_told_until_something_of_it_is_stored() {
    let mut life = Life::new();
    assert_eq!(life.runs(&empty_report("2024-11-12T12:00:00", "app")), [("empty", Begins)]);
    assert_eq!(life.run("2024-11-12T12:06:00", Interrupted), NOTHING);
    assert_eq!(life.run("2024-11-12T12:22:00", Succeeded), [("empty", Over)]);
}

#[test]
fn a_crash_loop_is_told_when_it_is_braked() {
    let mut life = Life::new();
    for (minute, told) in [("00", NOTHING.to_vec()), ("02", vec![]), ("04", vec![("braked", Begins)])] {
        life.standing.sources[0].interrupted_in_row += 1;
        assert_eq!(life.run(&format!("2024-11-13T08:{minute}:00"), Interrupted), told);
    }
    life.standing.sources[0].interrupted_in_row = 0;
    assert_eq!(life.run("2024-11-13T08:10:00", Succeeded), [("braked", Over)]);
}

fn missed(first: &str, last: &str, nights: u32) -> Missed {
    Missed { first: utc(first), last: utc(last), nights }
}

#[test]
fn what_did_not_happen_is_told_once_for_all_sources_and_explains_that_the_newest_is_old() {
    let mut life = Life::new();
    life.standing.sources.push(standing("2024-11-12T08:02:00", &["media"]).sources.remove(0));
    life.standing.sources[0].missed = Some(missed("2024-11-13T08:00:00", "2024-11-19T08:00:00", 7));
    life.standing.sources[1].missed = Some(missed("2024-11-13T08:30:00", "2024-11-18T08:30:00", 6));
    life.standing.now = utc("2024-11-19T15:00:00");
    let messages = life.messages();
    assert_eq!(messages.len(), 1, "not that it is stale as well");
    let subject = Saying::new("tell-missed").with("nights", 7).with("source", "backup");
    assert_eq!(messages[0].subject, subject.with("cause", "unknown").with("age_seconds", "never"));
    let args = [("sources", "app, media"), ("from", "2024-11-13 03:00"), ("until", "2024-11-19 03:00")];
    assert_eq!(messages[0].lines[0].key, "tell-missed-all");
    assert_eq!(messages[0].lines[0].args, args.map(|(name, value)| (name, value.to_owned())));
    // Nobody makes up for it: what is old is told by itself.
    assert_eq!(life.at("2024-11-19T15:14:59"), NOTHING);
    assert_eq!(life.at("2024-11-19T15:15:00"), [("stale", Begins)]);
    // Made up for, it is the same that was missed; another night is another one.
    assert_eq!(life.run("2024-11-19T15:20:00", Succeeded), [("stale", Over)]);
    assert_eq!(life.at("2024-11-19T20:00:00"), NOTHING);
    life.standing.sources[0].missed = Some(missed("2024-11-20T08:00:00", "2024-11-20T08:00:00", 1));
    let made_up = life.run("2024-11-20T15:00:00", Succeeded);
    assert_eq!(made_up, [("missed", Begins)]);
    life.standing.sources[0].missed = None;
    life.standing.sources.truncate(1);
    assert_eq!(
        life.at("2024-11-20T20:00:00"),
        [("missed", Over)],
        "of what nobody ever made up for nobody speaks any more"
    );
    assert_eq!(life.told, Told::default());
}

#[test]
fn a_first_backup_is_awaited_in_silence_and_its_failure_is_told_once() {
    let mut life = Life { standing: standing("2024-11-12T07:00:00", &["app"]), told: Told::default() };
    assert_eq!(life.look(), NOTHING);
    assert_eq!(life.run("2024-11-12T07:00:00", Failed), [("failed", Begins)]);
    assert_eq!(life.run("2024-11-12T07:06:00", Succeeded), [("failed", Over)]);
}

#[test]
fn a_run_that_came_to_no_source_is_told_as_a_whole() {
    let mut life = Life::new();
    let mut failed = report(Job::Backup, "2024-11-13T08:00:00", &[]);
    failed.error = Some("lock the store: read-only file system".to_owned());
    life.standing = ran(life.standing, &failed);
    let messages = life.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].source.clone(), messages[0].topic), (None, Topic::Failed));
    assert_eq!(messages[0].lines, [Saying::new("tell-error").with("error", "lock the store: read-only file system")]);
    assert_eq!(life.run("2024-11-13T08:10:00", Succeeded), [("failed", Over)]);
}

#[test]
fn a_message_says_what_where_since_when_and_what_still_stands() {
    let mut life = Life::new();
    life.run("2024-11-12T13:00:00", Failed);
    life.standing.now = utc("2024-11-13T13:01:00");
    let messages = life.messages();
    let failed = messages.iter().find(|message| message.topic == Topic::Failed).unwrap();
    assert_eq!(failed.severity, Severity::Critical);
    let subject = Saying::new("tell-failed").with("source", "app").with("cause", "connection refused");
    assert_eq!(failed.subject, subject.with("age_seconds", 29 * 3600).with("stale", "yes"));
    assert_eq!(failed.conversation, "failed:app@20241112T130100Z");
    let keys: Vec<&str> = failed.lines.iter().map(|line| line.key).collect();
    assert_eq!(keys, ["tell-since", "reason-stale", "reason-failed", "tell-error", "tell-newest-good"]);
    assert_eq!(failed.lines[0].args, [("since", "2024-11-12 08:01".to_owned())]);
    let args = [("id", "20241112_080000"), ("at", "2024-11-12 03:01"), ("age_seconds", "104400")];
    assert_eq!(failed.lines[4].args, args.map(|(name, value)| (name, value.to_owned())));
}

#[test]
fn a_source_that_is_no_longer_configured_is_forgotten() {
    let mut life = Life::new();
    life.run("2024-11-12T09:00:00", Failed);
    life.standing.sources.clear();
    life.standing.catalog.sets.clear();
    assert_eq!(life.at("2024-11-14T09:00:00"), NOTHING);
    assert_eq!(life.told, Told::default());
}

#[test]
fn roles_that_could_not_be_stored_are_told_of_and_are_over_with_the_next_run() {
    let mut life = Life::new();
    let night = |at: &str, globals: Outcome| report(Job::Backup, at, &[("app", Succeeded), ("globals", globals)]);
    assert_eq!(life.runs(&night("2024-11-13T08:00:00", Failed)), [("partial", Begins)]);
    assert_eq!(life.at("2024-11-13T09:00:00"), []);
    assert_eq!(life.runs(&night("2024-11-14T08:00:00", Succeeded)), [("partial", Over)]);
}

#[test]
fn a_drill_that_says_no_could_not_be_held_or_is_overdue_is_told() {
    let drill = |at: &str, outcome: Outcome| report(Job::Drill, at, &[("app", outcome)]);
    let drilled = |life: &mut Life, proven: bool| {
        let (at, restore_seconds) = (life.standing.now, None);
        life.standing.catalog.sets[0].artifacts[0].drill =
            Some(Drilled { at, proven, restore_seconds, caveats: Caveats::default() });
    };
    let mut life = Life::new();
    for source in &mut life.standing.sources {
        source.max_age = TimeDelta::days(1000);
    }
    // Not held: told at once, daily, and over with the next that is.
    assert_eq!(life.runs(&drill("2024-11-12T10:00:00", Failed)), [("drill", Begins)]);
    assert_eq!(life.at("2024-11-13T10:01:00"), [("drill", Lasts)]);
    drilled(&mut life, true);
    let good = RunReport { outcome: Succeeded, sources: Vec::new(), ..drill("2024-11-13T11:00:00", Succeeded) };
    assert_eq!(life.runs(&good), [("drill", Over)]);
    // Says no: it lasts until another one says otherwise, whatever comes between.
    drilled(&mut life, false);
    let no = drill("2024-11-13T12:00:00", Failed);
    assert_eq!(life.runs(&no), [("drill", Begins)]);
    let stopped = RunReport { outcome: Interrupted, sources: Vec::new(), ..drill("2024-11-13T13:00:00", Interrupted) };
    assert_eq!(life.runs(&stopped), NOTHING);
    drilled(&mut life, true);
    assert_eq!(life.runs(&RunReport { ended_at: utc("2024-11-13T14:00:00"), ..good.clone() }), [("drill", Over)]);
    // Overdue, where one is scheduled.
    assert_eq!(life.at("2024-11-30T12:00:00"), NOTHING);
    life.standing.drill_max_age = Some(TimeDelta::days(8));
    assert_eq!(life.at("2024-11-30T12:00:01"), [("drill", Begins)]);
    let text = life.messages();
    assert_eq!(text, []);
    drilled(&mut life, true);
    assert_eq!(life.at("2024-11-30T12:00:02"), [("drill", Over)]);
}

#[test]
fn an_answer_is_told_daily_and_a_warning_of_a_drill_weekly() {
    let mut life = Life::new();
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    let drilled = |life: &mut Life, at: &str, caveats: Caveats| {
        let drilled = Drilled { at: utc(at), proven: true, restore_seconds: None, caveats };
        life.standing.catalog.sets[0].artifacts[0].drill = Some(drilled);
        life.at(at)
    };
    let media = Caveats { media: Some(true), ..Caveats::default() };
    assert_eq!(drilled(&mut life, "2024-11-12T10:00:00", media), [("drill_warning", Begins)]);
    assert_eq!(life.at("2024-11-19T09:59:59"), NOTHING);
    assert_eq!(life.at("2024-11-19T10:00:00"), [("drill_warning", Lasts)]);
    let both = Caveats { answer: true, ..media };
    assert_eq!(drilled(&mut life, "2024-11-19T11:00:00", both), [("drill_answer", Begins)]);
    assert_eq!(life.at("2024-11-20T11:00:00"), [("drill_answer", Lasts)]);
    let unasked = Caveats { unasked: true, ..Caveats::default() };
    assert_eq!(drilled(&mut life, "2024-11-20T12:00:00", unasked), NOTHING, "a warning still lasts");
    assert_eq!(drilled(&mut life, "2024-11-20T13:00:00", Caveats::default()), [("drill_warning", Over)]);
}

#[test]
fn what_a_verify_found_is_told_while_it_stands() {
    let mut life = Life::new();
    let bad = |life: &mut Life, ok: bool| {
        let at = life.standing.now;
        life.standing.catalog.sets[0].artifacts[0].verify = Some(Verified { at, ok });
    };
    bad(&mut life, false);
    // What counts for nothing is not the newest any more either.
    assert_eq!(life.at("2024-11-12T12:00:00"), [("stale", Begins), ("verify", Begins)]);
    assert_eq!(life.at("2024-11-13T12:00:00"), [("stale", Lasts), ("verify", Lasts)]);
    bad(&mut life, true);
    assert_eq!(life.at("2024-11-13T12:00:01"), [("verify", Over)]);
}
