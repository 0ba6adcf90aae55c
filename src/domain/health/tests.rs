//! Health through a life, and every cause by itself.

mod drills;

use rstest::rstest;

use super::super::fixture::{empty_report, name, ran, report, running, set, standing, utc};
use super::super::set::Verified;
use super::super::standing::StoreSpace;
use super::super::trouble::{Stage, Trouble};
use super::*;

/// Status and codes of the causes, gravest first.
fn judged(standing: &Standing) -> (Status, Vec<&'static str>) {
    let health = judge(standing);
    assert_eq!(health.causes.iter().find(|cause| !CODES.contains(&cause.code)), None, "add its code to the list");
    (health.status, health.causes.iter().map(|cause| cause.code).collect())
}

/// One good set of `app`, ended at 08:01.
fn one_good(now: &str) -> Standing {
    let mut standing = standing(now, &["app"]);
    standing.catalog.sets.push(set("20241112_080000", &["app"]));
    standing
}

/// The codes as the files of this module name them: before the text that says what is the matter.
#[test]
fn every_code_that_is_given_is_in_the_list() {
    let files = [
        include_str!("../health.rs"),
        include_str!("caveats.rs"),
        include_str!("drills.rs"),
        include_str!("store.rs"),
        include_str!("../../store/refusal.rs"),
        include_str!("../../store/identity.rs"),
        include_str!("../../standing/log_folder.rs"),
    ];
    let mut found = 0;
    for text in files {
        let words: Vec<&str> = text.split('"').collect();
        // What stands between quotes right before a text, or as the first of what is said in general.
        for at in (1..words.len().saturating_sub(1)).step_by(2) {
            let is_code =
                words[at - 1].ends_with("general(") || words.get(at + 2).is_some_and(|w| w.starts_with("reason-"));
            let between = words[at + 1];
            if is_code && between.len() < 40 && !words[at].starts_with("reason-") && !words[at].contains(' ') {
                assert!(CODES.contains(&words[at]), "{:?}", words[at]);
                found += 1;
            }
        }
    }
    assert!(found > 10, "the codes are not found any more: {found}");
}

#[test]
fn a_life() {
    let mut life = standing("2024-11-12T07:00:00", &["app"]);
    assert_eq!(judged(&life), (Status::Never, vec!["never"]));
    life.running.push(running("2024-11-12T07:00:00", "app"));
    assert_eq!(judged(&life), (Status::Running, vec!["running"]));
    life.now = utc("2024-11-12T08:00:00");
    assert_eq!(judged(&life), (Status::Running, vec!["running"]));
    life.now = utc("2024-11-12T08:00:01");
    assert_eq!(judged(&life), (Status::Never, vec!["never"]), "past its deadline a run counts for nothing");

    let mut life = ran(
        one_good("2024-11-12T08:02:00"),
        &report(Job::Backup, "2024-11-12T08:00:00", &[("app", Outcome::Succeeded)]),
    );
    assert_eq!(judged(&life), (Status::Healthy, vec![]));
    life = ran(life, &report(Job::Backup, "2024-11-13T08:00:00", &[("app", Outcome::Failed)]));
    life.now = utc("2024-11-13T09:01:00");
    assert_eq!(judged(&life), (Status::Warning, vec!["failed"]), "25 hours old, not older");
    life.now = utc("2024-11-13T09:01:01");
    assert_eq!(judged(&life), (Status::Stale, vec!["stale", "failed"]));

    let mut emptied = set("20241113_100000", &["app"]);
    emptied.artifacts[0].suspect = true;
    life.catalog.sets.push(emptied);
    life.now = utc("2024-11-13T10:02:00");
    assert_eq!(judged(&life), (Status::Suspect, vec!["suspect", "stale", "failed"]));
    life.running.push(running("2024-11-13T10:01:00", "app"));
    assert_eq!(judged(&life).0, Status::Suspect, "a run under way hides nothing of this");
    life.running.clear();

    life.catalog.sets.push(set("20241113_110000", &["app"]));
    life = ran(life, &report(Job::Backup, "2024-11-13T11:00:00", &[("app", Outcome::Succeeded)]));
    life.now = utc("2024-11-13T11:02:00");
    assert_eq!(judged(&life), (Status::Healthy, vec![]));
    for set in &mut life.catalog.sets {
        set.artifacts[0].present = false;
    }
    assert_eq!(judged(&life), (Status::Never, vec!["never", "damaged"]), "deleted by hand");
}

#[test]
fn a_database_found_empty_is_told_until_a_later_attempt_finds_it_otherwise() {
    let empty = ran(one_good("2024-11-12T12:00:00"), &empty_report("2024-11-12T11:00:00", "app"));
    assert_eq!(judged(&empty), (Status::Empty, vec!["empty"]));
    let of_another = ran(one_good("2024-11-12T12:00:00"), &empty_report("2024-11-12T11:00:00", "crm"));
    assert_eq!(judged(&of_another).0, Status::Healthy);
    let restored = ran(empty, &report(Job::Backup, "2024-11-12T11:30:00", &[("app", Outcome::Succeeded)]));
    assert_eq!(judged(&restored), (Status::Healthy, vec![]));
}

#[test]
fn the_grave_comes_before_the_less_grave_whatever_the_order_of_sources() {
    let mut standing = standing("2024-11-14T00:00:00", &["stale", "empty", "never", "suspect"]);
    standing.catalog.sets.push(set("20241112_080000", &["stale", "suspect", "empty"]));
    standing.catalog.sets.push(set("20241113_080000", &["empty", "suspect"]));
    standing.catalog.sets[1].artifacts[1].suspect = true;
    let standing = ran(standing, &empty_report("2024-11-13T11:00:00", "empty"));
    let (status, codes) = judged(&standing);
    assert_eq!(status, Status::Suspect);
    assert_eq!(codes, ["suspect", "empty", "never", "stale", "stale"]);
    let health = judge(&standing);
    for (source, status) in health.sources {
        assert_eq!(source.as_str(), status.status.as_str());
    }
}

#[rstest]
#[case::first_run_ever(None, "2024-11-14T08:00:00", Status::Running)]
#[case::failed_before_it_was_stale(Some(("2024-11-13T08:00:00", Outcome::Failed)), "2024-11-14T08:00:00", Status::Running)]
#[case::failed_since(Some(("2024-11-13T10:00:00", Outcome::Failed)), "2024-11-14T08:00:00", Status::Stale)]
#[case::interrupted_since(Some(("2024-11-13T10:00:00", Outcome::Interrupted)), "2024-11-14T08:00:00", Status::Stale)]
#[case::incomplete_since(Some(("2024-11-13T10:00:00", Outcome::Partial)), "2024-11-14T08:00:00", Status::Stale)]
#[case::only_waited_for_the_lock(Some(("2024-11-13T10:00:00", Outcome::Skipped)), "2024-11-14T08:00:00", Status::Running)]
#[case::another_source_runs(None, "", Status::Stale)]
fn a_run_under_way_turns_stale_into_running_once(
    #[case] last: Option<(&str, Outcome)>,
    #[case] started_at: &str,
    #[case] expected: Status,
) {
    let mut standing = one_good("2024-11-14T08:30:00");
    if let Some((at, outcome)) = last {
        standing = ran(standing, &report(Job::Backup, at, &[("app", outcome)]));
    }
    standing.running.push(match started_at {
        "" => running("2024-11-14T08:00:00", "media"),
        at => running(at, "app"),
    });
    assert_eq!(judged(&standing).0, expected);
}

#[rstest]
#[case(Outcome::Succeeded, Status::Healthy, &[])]
#[case(Outcome::Failed, Status::Warning, &["failed"])]
#[case(Outcome::Partial, Status::Warning, &["partial"])]
#[case(Outcome::Interrupted, Status::Warning, &["interrupted"])]
#[case(Outcome::Skipped, Status::Healthy, &[])]
fn the_last_attempt_of_a_fresh_source_is_a_warning_at_most(
    #[case] outcome: Outcome,
    #[case] status: Status,
    #[case] codes: &[&str],
) {
    let after = ran(one_good("2024-11-12T12:00:00"), &report(Job::Backup, "2024-11-12T11:00:00", &[("app", outcome)]));
    assert_eq!(judged(&after), (status, codes.to_vec()));
    // A later run of another source does not make up for it.
    let other = ran(after, &report(Job::Backup, "2024-11-12T11:30:00", &[("media", Outcome::Succeeded)]));
    assert_eq!(judged(&other), (status, codes.to_vec()));
}

#[test]
fn attempts_that_end_with_the_program_stand_still_until_the_next_slot() {
    let interrupted = report(Job::Backup, "2024-11-12T11:00:00", &[("app", Outcome::Interrupted)]);
    let mut standing = ran(one_good("2024-11-12T12:00:00"), &interrupted);
    standing.next_runs.insert(Job::Backup, utc("2024-11-13T08:00:00"));
    standing.sources[0].interrupted_in_row = BRAKE_AFTER - 1;
    assert_eq!(judged(&standing).1, ["interrupted"]);
    standing.sources[0].interrupted_in_row = BRAKE_AFTER;
    let health = judge(&standing);
    assert_eq!((health.status, health.causes[0].code), (Status::Warning, "braked"));
    // In the zone of the settings.
    assert!(health.causes[0].saying.args.contains(&("until", "2024-11-13 03:00".to_owned())), "{health:?}");
}

#[test]
fn after_a_restore_what_is_due_is_a_backup() {
    let key = |standing: &Standing| judge(standing).causes[0].saying.key;
    let mut suspect = one_good("2024-11-12T12:00:00");
    suspect.catalog.sets[0].artifacts[0].suspect = true;
    assert_eq!(key(&suspect), "reason-suspect");
    let restored = |at: &str, source: &str, outcome: Outcome| {
        ran(suspect.clone(), &report(Job::Restore, at, &[(source, outcome)]))
    };
    assert_eq!(key(&restored("2024-11-12T11:00:00", "app", Outcome::Succeeded)), "reason-suspect-restored");
    // One before it, of another, or that failed, brought nothing back.
    for other in [
        restored("2024-11-12T07:00:00", "app", Outcome::Succeeded),
        restored("2024-11-12T11:00:00", "media", Outcome::Succeeded),
        restored("2024-11-12T11:00:00", "app", Outcome::Failed),
    ] {
        assert_eq!(key(&other), "reason-suspect");
    }
}

#[test]
fn a_run_that_came_to_no_source_is_a_cause_of_its_own() {
    let mut failed = report(Job::Backup, "2024-11-12T11:00:00", &[]);
    assert_eq!(judged(&ran(one_good("2024-11-12T12:00:00"), &failed)), (Status::Warning, vec!["run_failed"]));
    failed.outcome = Outcome::Skipped;
    assert_eq!(judged(&ran(one_good("2024-11-12T12:00:00"), &failed)), (Status::Healthy, vec![]));
}

#[rstest]
#[case(Job::Prune, &["prune_failed"])]
#[case(Job::Verify, &["verify_failed"])]
#[case(Job::Drill, &["drill_failed"])]
#[case(Job::Restore, &[])]
fn a_failure_of_another_job_is_a_warning(#[case] job: Job, #[case] codes: &[&str]) {
    let failed = report(job, "2024-11-12T11:00:00", &[("app", Outcome::Failed)]);
    assert_eq!(judged(&ran(one_good("2024-11-12T12:00:00"), &failed)).1, codes);
    let good = report(job, "2024-11-12T11:00:00", &[("app", Outcome::Succeeded)]);
    assert_eq!(judged(&ran(one_good("2024-11-12T12:00:00"), &good)), (Status::Healthy, vec![]));
}

#[rstest]
#[case::just_room_for_the_next(1_500_000, 20_000_000, true)]
#[case::no_room_for_the_next(1_499_999, 20_000_000, false)]
#[case::five_percent_left(5_000_000, 100_000_000, true)]
#[case::less_than_that(4_999_999, 100_000_000, false)]
fn the_disk_is_low_before_the_next_set_fails(#[case] free_bytes: u64, #[case] total_bytes: u64, #[case] well: bool) {
    let mut standing = one_good("2024-11-12T12:00:00");
    standing.space = Some(StoreSpace { store_bytes: 1_000_000, free_bytes, total_bytes });
    let expected = if well { (Status::Healthy, vec![]) } else { (Status::Warning, vec!["disk_low"]) };
    assert_eq!(judged(&standing), expected);
}

#[test]
fn a_clock_behind_the_newest_set_is_a_warning_and_no_age_is_negative() {
    let standing = one_good("2024-11-12T07:59:59");
    assert_eq!(judged(&standing), (Status::Warning, vec!["clock_behind"]));
    assert_eq!(judge(&standing).sources[&name("app")].age_seconds, Some(0));
}

#[test]
fn a_set_that_stands_is_no_failure_whatever_became_of_its_run() {
    for outcome in [Outcome::Failed, Outcome::Interrupted] {
        let mut failed = report(Job::Backup, "2024-11-12T08:00:00", &[("app", outcome)]);
        let standing = one_good("2024-11-12T12:00:00");
        assert_eq!(failed.run, "backup-20241112_080000");
        assert_eq!(judged(&ran(standing.clone(), &failed)), (Status::Healthy, vec![]), "{outcome:?}");
        failed.run = "backup-20241112_080100".to_owned();
        assert_eq!(judged(&ran(standing, &failed)).0, Status::Warning, "{outcome:?}");
    }
}

#[test]
fn a_store_that_cannot_be_read_holds_nothing() {
    let mut standing = standing("2024-11-12T12:00:00", &["app"]);
    standing.store_troubles.push("list /backups: permission denied".to_owned());
    standing.space = None;
    assert_eq!(judged(&standing), (Status::Never, vec!["never", "store"]));
    standing.catalog.unlisted.clone_from(&standing.store_troubles);
    assert_eq!(judged(&standing), (Status::Never, vec!["store", "never"]), "first what explains the rest");
    assert_eq!(judge(&standing).causes[1].saying.key, "reason-never-seen");
}

#[test]
fn a_store_that_refuses_us_is_why_all_else_is_said_and_is_told_with_what_to_do() {
    let mut standing = one_good("2024-11-12T12:00:00");
    standing.store_troubles.push("list /backups/db: permission denied".to_owned());
    let refusal = Trouble::lasting(Stage::Lock, "/backups: Permission denied");
    standing.store_refusal = Some(refusal.hint(Saying::new("hint-no-right").with("path", "/backups")));
    assert_eq!(judged(&standing), (Status::Warning, vec!["store", "store"]), "and nothing that is only a part of it");
    let keys = |standing: &Standing| judge(standing).causes.iter().map(|cause| cause.saying.key).collect::<Vec<_>>();
    assert_eq!(keys(&standing), ["reason-store-refused", "hint-no-right"]);
    standing.catalog.sets.clear();
    assert_eq!(keys(&standing), ["reason-store-refused", "hint-no-right", "reason-never"]);
}

#[test]
fn probes_are_refused_for_exactly_four_reasons() {
    let refused: Vec<&str> =
        Status::ALL.iter().filter(|status| !status.is_well()).map(|status| status.as_str()).collect();
    assert_eq!(refused, ["stale", "never", "empty", "suspect"]);
}

#[test]
fn the_report_is_the_one_of_the_annex() {
    let mut standing =
        ran(one_good("2024-11-13T09:02:00"), &report(Job::Backup, "2024-11-13T08:00:00", &[("app", Outcome::Failed)]));
    standing.next_runs.insert(Job::Backup, utc("2024-11-14T08:00:00"));
    let report = judge(&standing).report(|saying| saying.key.to_owned());
    let expected = serde_json::json!({
        "status": "stale",
        "checked_at": "2024-11-13T09:02:00Z",
        "reasons": [
            {"code": "stale", "source": "app", "text": "reason-stale"},
            {"code": "failed", "source": "app", "text": "reason-failed"},
        ],
        "sources": {"app": {
            "status": "stale",
            "backup_id": "20241112_080000",
            "last_success_at": "2024-11-12T08:01:00Z",
            "age_seconds": 90_060,
            "max_age_seconds": 90_000,
            "size_bytes": 1_000_000,
        }},
        "next_run_at": "2024-11-14T08:00:00Z",
        "running": false,
    });
    assert_eq!(serde_json::to_value(&report).unwrap(), expected);
    assert_eq!(serde_json::from_value::<HealthReport>(expected).unwrap(), report);
    let Some(stale) = judge(&standing).causes.into_iter().next() else { panic!("no cause") };
    let args: Vec<(&str, &str)> = stale.saying.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(args, [("id", "20241112_080000"), ("age_hours", "25"), ("max_age_hours", "25"), ("source", "app")]);
}

#[test]
fn roles_that_could_not_be_stored_are_a_warning_though_no_source_is_theirs() {
    let outcomes = [("app", Outcome::Succeeded), ("globals", Outcome::Failed)];
    let life = ran(one_good("2024-11-12T08:02:00"), &report(Job::Backup, "2024-11-12T08:00:00", &outcomes));
    assert_eq!(judged(&life), (Status::Warning, vec!["run_partial"]));
}

#[test]
fn roles_that_failed_with_everything_else_are_no_cause_of_their_own() {
    for app in [Outcome::Failed, Outcome::Partial] {
        let outcomes = [("app", app), ("globals", Outcome::Failed)];
        let life = ran(one_good("2024-11-12T08:03:00"), &report(Job::Backup, "2024-11-12T08:01:30", &outcomes));
        assert_eq!(judged(&life).1.len(), 1, "{:?}", judged(&life));
    }
}

#[test]
fn the_newest_damaged_set_is_named() {
    let mut standing = one_good("2024-11-12T12:00:00");
    for id in ["20241112_090000", "20241112_100000"] {
        standing.catalog.sets.push(set(id, &["app"]));
    }
    for damaged in &mut standing.catalog.sets[..2] {
        damaged.artifacts[0].present = false;
    }
    let health = judge(&standing);
    assert_eq!(health.causes[0].saying, Saying::new("reason-damaged").with("count", 2).with("id", "20241112_090000"));
}

#[test]
fn an_artifact_that_verify_found_bad_counts_for_nothing_and_the_one_beside_it_does() {
    let mut standing = standing("2024-11-12T12:00:00", &["app", "crm"]);
    standing.catalog.sets.push(set("20241112_080000", &["app", "crm"]));
    let verified = |ok| Some(Verified { at: utc("2024-11-12T09:00:00"), ok });
    let artifacts = &mut standing.catalog.sets[0].artifacts;
    (artifacts[0].verify, artifacts[1].verify) = (verified(false), verified(true));
    // The failed run is told by what it found.
    let standing = ran(standing, &report(Job::Verify, "2024-11-12T09:00:00", &[("app", Outcome::Failed)]));
    assert_eq!(judged(&standing), (Status::Never, vec!["never", "verify_failed"]));
    let judged = judge(&standing);
    assert_eq!(
        (judged.sources[&name("app")].status, judged.sources[&name("crm")].status),
        (Status::Never, Status::Healthy)
    );
}

#[test]
fn old_copies_of_a_restore_are_a_warning() {
    let mut standing = one_good("2024-11-12T08:02:00");
    let names = vec!["app_before_20241020_030000".to_owned()];
    let run = super::super::fixture::id("20241020_030000");
    standing.old_copies.push(super::super::standing::OldCopies { run, days: 23, names });
    assert_eq!(judged(&standing), (Status::Warning, vec!["old_copies"]));
}

#[rstest]
#[case(None, "reason-restore-unsettled")]
#[case(Some("connect: refused"), "reason-restore-unsettled-why")]
fn a_restore_that_is_not_settled_is_a_warning(#[case] why: Option<&str>, #[case] key: &str) {
    let mut standing = one_good("2024-11-12T08:02:00");
    let run = super::super::fixture::id("20241112_030000");
    let why = why.map(str::to_owned);
    standing.unsettled.push(super::super::standing::Unsettled { run, source: name("app"), why });
    assert_eq!(judged(&standing), (Status::Warning, vec!["restore_unsettled"]));
    assert_eq!(judge(&standing).causes[0].saying.key, key);
}

#[test]
fn a_source_that_is_stored_and_not_configured_is_asked_about_for_a_week() {
    let mut standing = one_good("2024-11-12T08:02:00");
    standing.catalog.sets.insert(0, set("20241108_030000", &["forgotten"]));
    assert_eq!(judged(&standing), (Status::Warning, vec!["unconfigured"]));
    standing.catalog.sets[0] = set("20241101_030000", &["forgotten"]);
    assert_eq!(judged(&standing).0, Status::Healthy);
}
