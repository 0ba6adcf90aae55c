//! What drills say against the standing, as long as it holds.

use super::super::super::set::{Caveats, Drilled};
use super::*;

#[test]
fn a_drill_says_no_for_as_long_as_no_other_says_otherwise() {
    let drilled =
        |at: &str, proven| Some(Drilled { at: utc(at), proven, restore_seconds: None, caveats: Caveats::default() });
    let keys = |standing: &Standing| judge(standing).causes.iter().map(|cause| cause.saying.key).collect::<Vec<_>>();
    let mut life = one_good("2024-11-12T12:00:00");
    life.catalog.sets[0].artifacts[0].drill = drilled("2024-11-12T10:00:00", false);
    let mut no = report(Job::Drill, "2024-11-12T10:00:00", &[("app", Outcome::Failed)]);
    no.sources[0].stage = Some("drill".to_owned());
    let mut life = ran(life, &no);
    assert_eq!(keys(&life), ["reason-drill-says-no"]);
    assert_eq!(judged(&life), (Status::Warning, vec!["drill_failed"]));
    // Asked to end, or not held, is no yes.
    let mut stopped = ran(life.clone(), &report(Job::Drill, "2024-11-12T11:00:00", &[("app", Outcome::Interrupted)]));
    assert_eq!(keys(&stopped), ["reason-drill-says-no"]);
    stopped = ran(stopped, &report(Job::Drill, "2024-11-12T11:30:00", &[("app", Outcome::Failed)]));
    assert_eq!(keys(&stopped), ["reason-drill-says-no", "reason-drill-not-held"]);
    // The set is gone, what was found is not.
    life.catalog.sets[0].artifacts[0].drill = None;
    assert_eq!(keys(&life), ["reason-drill-failed"]);
    // A newer set was proven.
    life.catalog.sets[0].artifacts[0].drill = drilled("2024-11-12T10:00:00", false);
    life.catalog.sets.push(set("20241112_110000", &["app"]));
    life.catalog.sets[1].artifacts[0].drill = drilled("2024-11-12T11:30:00", true);
    life = ran(life, &report(Job::Drill, "2024-11-12T11:29:00", &[("app", Outcome::Succeeded)]));
    assert_eq!(judged(&life), (Status::Healthy, vec![]));
    // One that ends with its process every time proves nothing either.
    let mut killed = report(Job::Drill, "2024-11-12T11:40:00", &[("app", Outcome::Interrupted)]);
    killed.stage = Some("process".to_owned());
    assert_eq!(keys(&ran(life, &killed)), ["reason-drill-not-held"]);
}

#[test]
fn a_no_about_a_source_is_made_good_by_nothing_that_is_older_or_another_s() {
    let drilled =
        |at: &str, proven| Some(Drilled { at: utc(at), proven, restore_seconds: None, caveats: Caveats::default() });
    let mut life = standing("2024-11-12T12:00:00", &["app", "crm"]);
    for id in ["20241112_070000", "20241112_080000", "20241112_090000"] {
        life.catalog.sets.push(set(id, &["app", "crm"]));
    }
    // A good drill came before it, and one of the other source after it.
    life.catalog.sets[2].artifacts[0].drill = drilled("2024-11-12T09:30:00", true);
    life.catalog.sets[2].artifacts[1].drill = drilled("2024-11-12T11:00:00", true);
    life.catalog.sets[1].artifacts[0].drill = drilled("2024-11-12T10:00:00", false);
    let life = ran(life, &report(Job::Drill, "2024-11-12T11:00:00", &[("app", Outcome::Succeeded)]));
    let no =
        |id: &str, sources: &str| vec![Saying::new("reason-drill-says-no").with("id", id).with("sources", sources)];
    let sayings = |life: &Standing| judge(life).causes.into_iter().map(|cause| cause.saying).collect::<Vec<_>>();
    assert_eq!(sayings(&life), no("20241112_080000", "app"));
    let then = |set: usize, source: usize, at: &str, proven: bool| {
        let mut life = life.clone();
        life.catalog.sets[set].artifacts[source].drill = drilled(at, proven);
        sayings(&life)
    };
    assert_eq!(then(0, 0, "2024-11-12T11:00:00", true), no("20241112_080000", "app"), "older data");
    assert_eq!(then(2, 0, "2024-11-12T11:00:00", true), [], "newer data");
    assert_eq!(then(1, 0, "2024-11-12T11:00:00", true), [], "itself");
    assert_eq!(then(2, 0, "2024-11-12T11:00:00", false), no("20241112_090000", "app"), "the newest is told");
    assert_eq!(then(1, 1, "2024-11-12T11:30:00", false), no("20241112_080000", "app, crm"), "set by set");
    let other = [no("20241112_080000", "app"), no("20241112_070000", "crm")].concat();
    assert_eq!(then(0, 1, "2024-11-12T11:30:00", false), other);
}

#[test]
fn what_a_drill_says_beside_a_proof_lasts_until_as_new_data_is_without_it() {
    let drilled = |at: &str, [answer, unasked, media]: [bool; 3]| {
        let caveats = Caveats { answer, unasked, media: Some(media) };
        Some(Drilled { at: utc(at), proven: true, restore_seconds: None, caveats })
    };
    let mut life = one_good("2024-11-12T12:00:00");
    life.catalog.sets[0].artifacts[0].drill = drilled("2024-11-12T10:00:00", [true; 3]);
    // A run that failed by an answer alone is told by that.
    let mut otherwise = report(Job::Drill, "2024-11-12T10:00:00", &[("app", Outcome::Failed)]);
    otherwise.sources[0].stage = Some("ask".to_owned());
    let mut life = ran(life, &otherwise);
    assert_eq!(judged(&life), (Status::Warning, vec!["drill_answer", "drill_unasked", "media_missing"]));
    assert!(judge(&life).causes.iter().all(|cause| cause.source == Some(name("app"))));
    assert_eq!(judge(&life).sources[&name("app")].status, Status::Healthy, "its backup is good");
    // Older data says nothing of newer, whichever was drilled last.
    life.catalog.sets.insert(0, set("20241111_080000", &["app"]));
    life.catalog.sets[0].artifacts[0].drill = drilled("2024-11-12T11:00:00", [false; 3]);
    life.catalog.sets[1].artifacts[0].drill = drilled("2024-11-12T10:00:00", [false, false, true]);
    assert_eq!(judged(&life).1, ["media_missing"]);
    life.catalog.sets.push(set("20241112_110000", &["app"]));
    assert_eq!(judged(&life).1, ["media_missing"], "not drilled yet");
    let unseen = Caveats { media: None, ..Caveats::default() };
    life.catalog.sets[2].artifacts[0].drill =
        Some(Drilled { at: utc("2024-11-12T11:15:00"), proven: true, restore_seconds: None, caveats: unseen });
    assert_eq!(judged(&life).1, ["media_missing"], "the media were not looked at");
    life.catalog.sets[2].artifacts[0].drill = drilled("2024-11-12T11:30:00", [false; 3]);
    assert_eq!(judged(&life), (Status::Healthy, vec![]));
}

#[test]
fn what_was_never_proven_is_overdue_from_the_day_it_was_first_stored() {
    let mut life = one_good("2024-11-13T08:00:00");
    life.sources[0].max_age = TimeDelta::days(100);
    life.drill_max_age = Some(TimeDelta::days(1));
    assert_eq!(judged(&life), (Status::Healthy, vec![]));
    life.now = utc("2024-11-13T08:00:01");
    assert_eq!(judged(&life), (Status::Warning, vec!["drill_overdue"]));
    life.now = utc("2024-11-12T09:00:00");
    life.sources[0].known_since = Some(utc("2024-11-11T08:59:59"));
    assert_eq!(judged(&life), (Status::Warning, vec!["drill_overdue"]), "its first sets have expired since");
    life.catalog.sets.clear();
    assert_eq!(judged(&life).1, ["never"], "nothing is there to be proven");
}
