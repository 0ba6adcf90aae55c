//! What is told once: under which clock, after which restart, and since when it is known at all.

use super::*;
use crate::domain::report::RunReport;
use crate::domain::standing::Running;

/// A source that never grows old, of which a proof is told weekly.
fn weekly() -> Life {
    let mut life = Life::new();
    life.standing.proof = ProofEvery::Week;
    life.standing.sources[0].max_age = TimeDelta::days(10_000);
    life
}

#[test]
fn a_note_told_by_a_clock_that_was_ahead_is_told_again_once_it_is_set_right() {
    let mut life = weekly();
    assert_eq!(life.at("2025-11-24T13:00:00"), [("proof", Begins)]);
    // Set back by no more than an hour it is the same morning; by a year it is another one.
    assert_eq!(life.at("2025-11-24T12:00:00"), NOTHING);
    assert_eq!(life.at("2025-11-24T13:01:00"), NOTHING);
    assert_eq!(life.at("2024-12-02T13:00:00"), [("proof", Begins)]);
    assert_eq!(life.at("2024-12-02T13:01:00"), NOTHING);
    assert_eq!(life.at("2024-12-09T13:00:00"), [("proof", Begins)]);
}

#[test]
fn what_lasts_is_not_silenced_by_a_clock_that_was_ahead() {
    let mut life = Life::new();
    life.standing.sources[0].max_age = TimeDelta::days(10_000);
    assert_eq!(life.run("2025-11-12T08:00:00", Failed), [("failed", Begins)]);
    assert_eq!(life.at("2024-11-14T08:00:00"), [("failed", Lasts)]);
    assert_eq!(life.at("2024-11-15T07:59:59"), NOTHING);
    assert_eq!(life.at("2024-11-15T08:00:00"), [("failed", Lasts)]);
}

#[test]
fn what_was_missed_explains_for_a_quarter_of_an_hour_by_whatever_clock() {
    let mut life = Life::new();
    life.standing.sources[0].missed = Some(missed("2024-11-13T08:00:00", "2024-11-19T08:00:00", 7));
    assert_eq!(life.at("2024-11-19T15:00:00"), [("missed", Begins)]);
    assert_eq!(life.at("2024-11-19T14:50:00"), NOTHING);
    assert_eq!(life.at("2024-11-19T14:44:00"), [("stale", Begins)]);
}

/// Whether the morning's proof of Monday the eighteenth is due at this time, where this is known: since when
/// the source is, of which start the sets are.
fn is_due(known_since: Option<&str>, sets: &[&str], now: &str) -> bool {
    let mut life = weekly();
    life.standing.sources[0].known_since = known_since.map(utc);
    life.standing.catalog.sets = sets.iter().map(|id| set(id, &["app"])).collect();
    life.at(now).contains(&("proof", Begins))
}

const MONDAY: &str = "2024-11-18T13:00:00";

#[rstest]
#[case::neither_record_nor_sets(None, &[], false)]
#[case::a_week_by_the_second(Some("2024-11-11T13:00:00"), &[], true)]
#[case::a_second_less(Some("2024-11-11T13:00:01"), &[], false)]
#[case::the_record_is_lost(None, &["20241111_080000"], true)]
#[case::the_first_set_is_of_last_night(None, &["20241118_080000"], false)]
// Whichever goes further back: the record where its sets were pruned, the sets where it was lost once.
#[case::pruned(Some("2024-10-01T08:00:00"), &["20241117_080000"], true)]
#[case::begun_anew(Some("2024-11-17T08:00:00"), &["20241001_080000", "20241117_080000"], true)]
#[case::both_young(Some("2024-11-17T08:00:00"), &["20241117_080000"], false)]
fn a_proof_waits_until_a_week_of_it_is_known(
    #[case] known_since: Option<&str>,
    #[case] sets: &[&str],
    #[case] due: bool,
) {
    assert_eq!(is_due(known_since, sets, MONDAY), due);
}

#[test]
fn of_several_sources_the_one_known_longest_is_asked() {
    let mut life = weekly();
    life.standing.catalog.sets.clear();
    life.standing.sources.push(standing(MONDAY, &["media"]).sources.remove(0));
    life.standing.sources[0].known_since = Some(utc("2024-11-17T08:00:00"));
    life.standing.sources[1].known_since = Some(utc("2024-11-01T08:00:00"));
    assert!(life.at(MONDAY).contains(&("proof", Begins)));
}

#[test]
fn a_proof_that_nobody_was_there_to_tell_is_told_at_the_next_start_and_not_at_each() {
    let mut life = weekly();
    assert_eq!(life.at("2024-11-25T13:00:00"), [("proof", Begins)]);
    // Early on the next morning it is still last week's, which was told.
    assert_eq!(life.at("2024-12-02T12:59:00"), NOTHING);
    assert_eq!(life.at("2024-12-02T13:00:00"), [("proof", Begins)]);
    // Off for a fortnight: of the Monday between nobody has told.
    assert_eq!(life.at("2024-12-16T12:00:00"), [("proof", Begins)]);
    for minute in 1..50 {
        assert_eq!(life.at(&format!("2024-12-16T12:{minute:02}:00")), NOTHING);
    }
    let life_of = |told: Told| Life { standing: life.standing.clone(), told };
    assert_eq!(life_of(life.told.clone()).at("2024-12-17T12:00:00"), [("proof", Begins)]);
    assert_eq!(life_of(life.told.clone()).at("2024-12-16T12:59:59"), NOTHING, "a start anew, with what was told");
    assert_eq!(life_of(Told::default()).at("2024-12-16T12:59:59"), [("proof", Begins)], "and without it");
}

#[test]
fn an_unusual_backup_is_not_told_again_after_a_night_that_was_none() {
    let mut life = Life::new();
    life.standing.catalog.sets.clear();
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    let mut night = |day: u32, bytes: u64, complete: bool| {
        let mut made = set(&format!("202411{day:02}_080000"), &["app"]);
        (made.artifacts[0].size_bytes, made.artifacts[0].complete) = (bytes, complete);
        life.standing.catalog.sets.push(made);
        life.standing.now = utc(&format!("2024-11-{day:02}T08:02:00"));
        life.look()
    };
    for day in 1..=9 {
        assert_eq!(night(day, 10_000_000, true), NOTHING);
    }
    assert_eq!(night(10, 30_000_000, true), [("unusual", Begins)]);
    // The newest good one is still the unusual one; what is newer is not good.
    assert_eq!(night(11, 10_000_000, false), NOTHING);
    assert_eq!(night(12, 10_000_000, true), NOTHING);
}

/// What a proof of these sets shows.
fn proof(life: &mut Life) -> Message {
    life.standing.now = utc(MONDAY);
    life.messages().into_iter().find(|message| message.topic == Topic::Proof).unwrap()
}

/// The first row of this name.
fn figure<'m>(message: &'m Message, name: &str) -> &'m Figure {
    let mut rows = message.figures.iter().flat_map(|figures| &figures.rows);
    rows.find(|row| row.name.key == name).unwrap_or_else(|| panic!("{name}: {:#?}", message.figures))
}

fn line<'s>(lines: &'s [Saying], key: &str) -> &'s Saying {
    lines.iter().find(|line| line.key == key).unwrap_or_else(|| panic!("{key}: {lines:#?}"))
}

fn arg<'s>(saying: &'s Saying, name: &str) -> &'s str {
    &saying.args.iter().find(|(arg, _)| *arg == name).unwrap().1
}

#[test]
fn a_proof_names_what_counts_and_the_newest_drill_that_brought_it_back() {
    let mut life = weekly();
    let days = ["10", "11", "12", "13", "14"];
    life.standing.catalog.sets = days.map(|day| set(&format!("202411{day}_080000"), &["app"])).into();
    let drilled = |life: &mut Life, at: usize, day: &str, proven: bool, seconds: Option<f64>| {
        let drilled = Drilled {
            at: utc(&format!("2024-11-{day}T10:00:00")),
            proven,
            restore_seconds: seconds,
            caveats: Caveats::default(),
        };
        life.standing.catalog.sets[at].artifacts[0].drill = Some(drilled);
    };
    life.standing.catalog.sets[0].artifacts[0].complete = false;
    life.standing.catalog.sets[4].artifacts[0].suspect = true;
    // An older set was drilled later than a newer one; the newest of all drills said no.
    drilled(&mut life, 1, "16", true, Some(0.2));
    drilled(&mut life, 2, "15", true, Some(90.0));
    drilled(&mut life, 3, "17", false, Some(90.0));
    let shown = proof(&mut life);
    let (kept, newest) = (&figure(&shown, "figure-kept").value, &figure(&shown, "page-newest").value);
    assert_eq!([arg(kept, "count"), arg(kept, "from")], ["3", "2024-11-11 03:00"]);
    assert_eq!([arg(newest, "id"), arg(newest, "at")], ["20241113_080000", "2024-11-13 03:00"]);
    let refuted = figure(&shown, "figure-drill");
    assert_eq!((refuted.value.key, refuted.is_bad), ("figure-drill-bad", true), "of the newest that was drilled");

    let mut life = weekly();
    life.standing.catalog.sets = days.map(|day| set(&format!("202411{day}_080000"), &["app"])).into();
    drilled(&mut life, 1, "16", true, Some(0.2));
    drilled(&mut life, 2, "15", true, Some(90.0));
    let proven = &figure(&proof(&mut life), "figure-drill").value.clone();
    assert_eq!([arg(proven, "at"), arg(proven, "rto_seconds")], ["2024-11-16 05:00", "1"], "never in no time at all");
}

#[rstest]
#[case::unknown(None, "unknown")]
#[case::no_number(Some(f64::NAN), "unknown")]
#[case::long(Some(90.9), "90")]
fn a_proof_says_how_long_it_took_where_that_is_known(#[case] seconds: Option<f64>, #[case] said: &str) {
    let mut life = weekly();
    life.standing.catalog.sets = vec![set("20241111_080000", &["app"])];
    let drilled =
        Drilled { at: utc("2024-11-16T10:00:00"), proven: true, restore_seconds: seconds, caveats: Caveats::default() };
    life.standing.catalog.sets[0].artifacts[0].drill = Some(drilled);
    assert_eq!(arg(&figure(&proof(&mut life), "figure-drill").value, "rto_seconds"), said);
}

#[test]
fn a_proof_says_what_is_under_way_next_and_free_and_that_nothing_is_there() {
    let mut life = weekly();
    life.standing.catalog.sets = vec![set("20241111_080000", &["app"])];
    life.standing.sources.push(standing(MONDAY, &["media"]).sources.remove(0));
    life.standing.next_runs.insert(Job::Backup, utc("2024-11-19T08:00:00"));
    life.standing.next_runs.insert(Job::Drill, utc("2024-11-18T14:00:00"));
    life.standing.running.push(running("2024-11-18T12:55:00", "media"));
    let shown = proof(&mut life);
    // A backup under way is nothing that is wrong.
    assert_eq!((shown.subject.key, shown.lines.len()), ("tell-proof-well", 0));
    let headings: Vec<&str> = shown.figures.iter().map(|figures| figures.heading.key).collect();
    assert_eq!(headings, ["figures-source", "figures-source", "figures-disk", "page-next"]);
    assert_eq!(figure(&shown, "figure-drill").value.key, "figure-drill-none");
    let of_media = &shown.figures[1].rows[0];
    assert_eq!((of_media.value.key, of_media.is_bad), ("figure-none", true));
    assert_eq!(arg(&figure(&shown, "page-job-backup").value, "at"), "2024-11-19 03:00");
}

#[test]
fn what_was_missed_says_whether_it_was_made_up_for_is_being_made_or_when_it_will_be() {
    let said = |change: fn(&mut Standing)| {
        let mut life = Life::new();
        life.standing.sources[0].missed = Some(missed("2024-11-13T08:00:00", "2024-11-14T08:00:00", 2));
        life.standing.now = utc("2024-11-14T15:00:00");
        change(&mut life.standing);
        life.messages()[0].lines[1].key
    };
    let next = |standing: &mut Standing| {
        standing.next_runs.insert(Job::Backup, utc("2024-11-15T08:00:00"));
    };
    assert_eq!(said(|_| {}), "tell-no-good");
    assert_eq!(said(next), "tell-missed-next");
    assert_eq!(said(|standing| standing.running.push(running("2024-11-14T14:59:00", "app"))), "tell-missed-running");
    let verify = |standing: &mut Standing| {
        standing.running.push(Running { job: Job::Verify, ..running("2024-11-14T14:59:00", "app") });
    };
    assert_eq!(said(verify), "tell-no-good", "a verify makes up for nothing");
    assert_eq!(said(|standing| standing.catalog.sets.push(set("20241114_145000", &["app"]))), "tell-missed-made-up");
    // Of the last slot itself it does not make up.
    assert_ne!(said(|standing| standing.catalog.sets.push(set("20241114_080000", &["app"]))), "tell-missed-made-up");
}

#[test]
fn a_run_that_came_to_no_source_does_not_end_what_failed_before_it() {
    let mut life = Life::new();
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    let whole =
        RunReport { error: Some("lock the store: busy".to_owned()), ..report(Job::Backup, "2024-11-13T08:00:00", &[]) };
    assert_eq!(life.runs(&whole), [("failed", Begins)]);
    let again = report(Job::Backup, "2024-11-13T08:06:00", &[]);
    assert_eq!(life.runs(&again), NOTHING);
    assert_eq!(life.run("2024-11-13T08:20:00", Failed), [("failed", Begins), ("failed", Over)]);
}

#[test]
fn a_run_that_was_stopped_or_skipped_before_it_came_to_any_source_is_no_failure() {
    let mut life = Life::new();
    for outcome in [Interrupted, Skipped] {
        let report = RunReport { outcome, ..report(Job::Backup, "2024-11-12T09:00:00", &[]) };
        assert_eq!(life.runs(&report), NOTHING, "{outcome:?}");
    }
}

#[test]
fn a_run_that_failed_as_a_whole_says_how_old_the_oldest_is() {
    let mut life = Life::new();
    life.standing.sources.push(standing(MONDAY, &["media"]).sources.remove(0));
    life.standing.catalog.sets.push(set("20241112_090000", &["media"]));
    let failed = report(Job::Backup, "2024-11-12T10:00:00", &[]);
    life.standing = ran(life.standing.clone(), &failed);
    life.standing.now = utc("2024-11-12T10:01:00");
    let subject = life.messages().remove(0).subject;
    assert_eq!((subject.key, arg(&subject, "age_seconds")), ("tell-failed-run", "7200"));
}

#[test]
fn how_many_nights_is_said_from_the_first_and_not_before_it_was_told() {
    let mut life = Life::new();
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    let mut night = |at: &str, nights: usize| {
        life.standing.sources[0].nights_without = nights;
        let report = report(Job::Backup, at, &[("app", Failed)]);
        life.standing.now = report.ended_at;
        life.standing = ran(life.standing.clone(), &report);
        life.messages().remove(0)
    };
    // What was told before is lost: it begins, however long it has lasted.
    assert_eq!(night("2024-11-13T08:00:00", 3).subject.key, "tell-failed");
    let one = night("2024-11-14T08:00:00", 1);
    assert_eq!((one.subject.key, arg(line(&one.lines, "tell-nights"), "nights")), ("tell-failed", "1"));
    assert_eq!(night("2024-11-15T08:00:00", 2).subject.key, "tell-still-failed");
}

#[test]
fn what_is_over_had_lasted_since_the_first_of_its_troubles() {
    let mut life = Life::new();
    assert_eq!(life.run("2024-11-12T09:00:00", Failed), [("failed", Begins)]);
    assert_eq!(life.at("2024-11-13T08:30:00"), NOTHING);
    assert_eq!(life.at("2024-11-13T09:01:01"), [("failed", Lasts)]);
    life.standing.catalog.sets.push(set("20241113_100000", &["app"]));
    let good = report(Job::Backup, "2024-11-13T10:00:00", &[("app", Succeeded)]);
    life.standing = ran(life.standing.clone(), &good);
    life.standing.now = good.ended_at;
    let over = life.messages().remove(0);
    assert_eq!(arg(line(&over.lines, "tell-was-since"), "since"), "2024-11-12 04:01");
}

#[test]
fn what_was_over_before_and_is_told_with_the_last_counts_as_well() {
    let mut life = Life::new();
    assert_eq!(life.run("2024-11-12T09:00:00", Failed), [("failed", Begins)]);
    let mut odd = set("20241113_080000", &["app"]);
    odd.artifacts[0].suspect = true;
    life.standing.catalog.sets.push(odd);
    let good = report(Job::Backup, "2024-11-13T08:00:00", &[("app", Succeeded)]);
    life.standing = ran(life.standing.clone(), &good);
    assert_eq!(life.at("2024-11-13T08:02:00"), [("suspect", Begins)]);
    life.standing.catalog.sets[1].artifacts[0].suspect = false;
    life.standing.now = utc("2024-11-13T09:00:00");
    let over = life.messages().remove(0);
    assert_eq!((over.topic, over.closes.len()), (Topic::Suspect, 1));
    assert_eq!(arg(line(&over.lines, "tell-was-since"), "since"), "2024-11-12 04:01");
}

#[test]
fn what_was_missed_silences_nothing_that_was_told_before() {
    let mut life = Life::new();
    assert_eq!(life.at("2024-11-13T10:00:00"), [("stale", Begins)]);
    life.standing.sources[0].missed = Some(missed("2024-11-13T08:00:00", "2024-11-14T08:00:00", 2));
    assert_eq!(life.at("2024-11-14T10:00:00"), [("stale", Lasts), ("missed", Begins)]);
}

#[test]
fn a_note_keeps_nobody_from_hearing_that_all_is_well_again() {
    let mut life = Life::new();
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    life.standing.catalog.sets = (1..=9).map(|day| set(&format!("202411{day:02}_080000"), &["app"])).collect();
    assert_eq!(life.run("2024-11-10T08:00:00", Failed), [("failed", Begins)]);
    let mut large = set("20241111_080000", &["app"]);
    large.artifacts[0].size_bytes = 30_000_000;
    life.standing.catalog.sets.push(large);
    let good = report(Job::Backup, "2024-11-11T08:00:00", &[("app", Succeeded)]);
    life.standing = ran(life.standing.clone(), &good);
    assert_eq!(life.at("2024-11-11T08:01:00"), [("failed", Over), ("unusual", Begins)]);
}

#[test]
fn the_gravest_comes_first_whatever_it_is_about() {
    let mut life = Life::new();
    life.standing.sources[0].missed = Some(missed("2024-11-12T08:30:00", "2024-11-12T08:30:00", 1));
    life.standing.store_cautions = vec![crate::domain::standing::Caution {
        code: crate::domain::health::STORE_UNREADABLE,
        saying: Saying::new("reason-disk-low"),
        hint: Saying::new("hint-bug"),
    }];
    let said = life.run("2024-11-12T12:00:00", Failed);
    assert_eq!(said, [("failed", Begins), ("store", Begins), ("missed", Begins)]);
}

#[test]
fn the_hint_of_a_drill_as_a_whole_goes_before_that_of_a_source() {
    let mut life = Life::new();
    let mut drill = report(Job::Drill, "2024-11-12T10:00:00", &[("app", Failed)]);
    drill.sources[0].hint = Some("of the source".to_owned());
    let said = |life: &mut Life, drill: &RunReport| {
        life.standing = ran(life.standing.clone(), drill);
        life.standing.now += TimeDelta::days(1);
        let drill = life.messages().into_iter().find(|message| message.topic == Topic::Drill).unwrap();
        arg(line(&drill.lines, "tell-hint"), "hint").to_owned()
    };
    assert_eq!(said(&mut life, &drill), "of the source");
    drill.hint = Some("of the drill".to_owned());
    assert_eq!(said(&mut life, &drill), "of the drill");
}
