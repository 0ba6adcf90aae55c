//! What is told of a store that cannot be used and of all that health warns of; what ends together.

use std::collections::BTreeSet;

use super::super::topic::{UNTOLD_CODES, of_code};
use super::*;
use crate::domain::health::CODES;
use crate::domain::trouble::{Stage, Trouble};

#[test]
fn whatever_health_says_is_told_by_a_topic_or_there_is_a_reason() {
    let excused: BTreeSet<&str> = UNTOLD_CODES.iter().map(|(code, _)| *code).collect();
    for code in CODES {
        assert_eq!(of_code(code).is_none(), excused.contains(code), "{code}");
    }
    assert_eq!(CODES.iter().collect::<BTreeSet<_>>().len(), CODES.len());
    assert!(excused.iter().all(|code| CODES.contains(code)));
}

/// Nothing can be stored from now on, for this reason.
fn refused(life: &mut Life, error: &str) {
    life.standing.store_refusal = Some(Trouble::lasting(Stage::Lock, error).hint(Saying::new("hint-read-only")));
}

#[test]
fn a_store_that_cannot_be_written_is_told_as_that_and_explains_all_else() {
    let mut life = Life::new();
    refused(&mut life, "/backups: Read-only file system");
    life.standing.now = utc("2024-11-12T10:00:00");
    let messages = life.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].topic, messages[0].severity), (Topic::Store, Severity::Critical));
    assert_eq!(messages[0].subject.key, "tell-store-refused");
    assert_eq!(messages[0].subject.args[0], ("cause", "Read-only file system".to_owned()));
    let keys: Vec<&str> = messages[0].lines.iter().map(|line| line.key).collect();
    assert_eq!(keys, ["reason-store-refused", "hint-read-only"]);
    // What fails, is missed and grows old because of it.
    assert_eq!(life.run("2024-11-13T08:00:00", Failed), NOTHING);
    life.standing.sources[0].missed = Some(missed("2024-11-13T08:00:00", "2024-11-13T08:00:00", 1));
    assert_eq!(life.at("2024-11-13T09:59:59"), NOTHING);
    assert_eq!(life.at("2024-11-13T10:00:00"), [("store", Lasts)]);
    life.standing.sources[0].missed = None;
    // Mended, it is tried again at once: only what comes of that is told.
    life.standing.store_refusal = None;
    assert_eq!(life.at("2024-11-13T11:00:00"), NOTHING);
    life.standing.running.push(running("2024-11-13T11:00:00", "app"));
    assert_eq!(life.at("2024-11-13T11:50:00"), NOTHING, "it takes its time");
    life.standing.running.clear();
    assert_eq!(life.run("2024-11-13T11:51:00", Succeeded), [("store", Over)]);
    assert_eq!(life.told, Told::default());
}

#[test]
fn what_goes_on_failing_after_the_store_was_mended_is_told_by_itself() {
    let mut life = Life::new();
    refused(&mut life, "/backups: Read-only file system");
    assert_eq!(life.run("2024-11-12T10:00:00", Failed), [("store", Begins)]);
    life.standing.store_refusal = None;
    assert_eq!(life.at("2024-11-12T11:00:00"), NOTHING);
    assert_eq!(life.run("2024-11-12T11:00:30", Failed), [("failed", Begins), ("store", Over)]);
    // Nobody tries again: the store is not why for ever.
    refused(&mut life, "/backups: Permission denied");
    assert_eq!(life.at("2024-11-12T12:00:00"), [("store", Begins)]);
    life.standing.store_refusal = None;
    assert_eq!(life.at("2024-11-12T12:01:00"), NOTHING);
    assert_eq!(life.at("2024-11-12T12:16:00"), [("store", Over)]);
    assert_eq!(life.at("2024-11-13T11:01:30"), [("failed", Lasts)]);
}

#[test]
fn what_was_made_up_for_is_told_once() {
    let mut life = Life::new();
    life.standing.sources[0].missed = Some(missed("2024-11-13T08:00:00", "2024-11-19T08:00:00", 7));
    assert_eq!(life.at("2024-11-19T15:00:00"), [("missed", Begins)]);
    assert_eq!(life.at("2024-11-19T15:01:00"), NOTHING);
    life.standing.running.push(running("2024-11-19T15:00:00", "app"));
    assert_eq!(life.at("2024-11-19T15:02:00"), NOTHING);
    life.standing.running.clear();
    // Its first try fails, and there is nothing that nobody tried any more.
    life.standing.sources[0].missed = None;
    assert_eq!(life.run("2024-11-19T15:02:00", Failed), [("failed", Begins)]);
    assert_eq!(life.run("2024-11-19T15:10:00", Succeeded), [("failed", Over), ("missed", Over)]);
    assert_eq!(life.told, Told::default());
}

#[test]
fn whoever_is_told_that_it_was_made_up_for_is_told_no_more() {
    let mut life = Life::new();
    life.standing.sources[0].missed = Some(missed("2024-11-13T08:00:00", "2024-11-19T08:00:00", 7));
    assert_eq!(life.run("2024-11-19T15:00:00", Succeeded), [("missed", Begins)]);
    assert_eq!(life.at("2024-11-19T16:00:00"), NOTHING);
    life.standing.sources[0].missed = None;
    assert_eq!(life.run("2024-11-20T08:00:00", Succeeded), NOTHING);
    assert_eq!(life.told, Told::default());
}

#[test]
fn what_no_other_topic_tells_is_told_when_it_begins_and_weekly() {
    let mut life = Life::new();
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    life.standing.verify_overdue = Some(utc("2024-11-12T08:00:00"));
    assert_eq!(life.at("2024-11-13T10:00:00"), [("attention", Begins)]);
    assert_eq!(life.at("2024-11-20T09:59:59"), NOTHING);
    assert_eq!(life.at("2024-11-20T10:00:00"), [("attention", Lasts)]);
    // One thing more is told at once, not while a run may be why.
    let failed = report(Job::Prune, "2024-11-20T11:00:00", &[("app", Failed)]);
    life.standing = ran(life.standing.clone(), &failed);
    life.standing.running.push(running("2024-11-20T11:00:00", "app"));
    assert_eq!(life.at("2024-11-20T11:01:00"), NOTHING);
    life.standing.running.clear();
    life.standing.now = utc("2024-11-20T11:02:00");
    let messages = life.messages();
    assert_eq!(messages.len(), 1);
    let args = [("kind", "prune_failed".to_owned()), ("more", "1".to_owned())];
    assert_eq!((messages[0].subject.key, &messages[0].subject.args[..2]), ("tell-attention", args.as_slice()));
    life.standing.verify_overdue = None;
    assert_eq!(life.at("2024-11-20T12:00:00"), NOTHING, "one is left");
    let done = report(Job::Prune, "2024-11-20T13:00:00", &[("app", Succeeded)]);
    life.standing = ran(life.standing.clone(), &done);
    assert_eq!(life.at("2024-11-20T13:02:00"), [("attention", Over)]);
    assert_eq!(life.told, Told::default());
}

#[test]
fn every_conversation_of_a_source_is_closed_by_the_last_word() {
    let mut life = Life::new();
    assert_eq!(life.run("2024-11-13T08:00:00", Partial), [("partial", Begins)]);
    assert_eq!(life.run("2024-11-13T08:30:00", Failed), [("failed", Begins)]);
    assert_eq!(life.run("2024-11-13T08:40:00", Partial), NOTHING);
    let good = report(Job::Backup, "2024-11-13T08:50:00", &[("app", Succeeded)]);
    let mut made = set("20241113_085000", &["app"]);
    made.started_at = good.started_at;
    life.standing.catalog.sets.push(made);
    life.standing = ran(life.standing.clone(), &good);
    life.standing.now = good.ended_at;
    let messages = life.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].conversation, "partial:app@20241113T080100Z");
    assert_eq!(messages[0].closes, ["failed:app@20241113T083100Z"]);
}
