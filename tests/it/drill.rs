//! The drill, as the job sees it, with a stand-in for whoever restores and looks: what is found is
//! kept, told and scheduled; what could not be held says nothing of the set; nothing is left over and
//! nobody is kept waiting.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::domain::drill::{Judgement, Verdict, What};
use resguardo::domain::health;
use resguardo::domain::id::BackupId;
use resguardo::domain::report::{Job, Outcome, RunReport, Trigger};
use resguardo::domain::set::CatalogArtifact;
use resguardo::runner::Request;
use resguardo::serve::metrics;
use resguardo::source::prove::MissingFiles;
use resguardo::sys::gate::{Act, Gate};
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::io::Errno;
use serde_json::{Value, json};

use crate::support::archive::is_root;
use crate::support::drilling::{Bench, MEDIA_CHECK, Mood, request, verdicts};
use crate::support::life::until;
use crate::support::postgres::Server;
use crate::support::site::Site;
use crate::support::verify::{Doorkeeper, bad_ones, error_of, make_application, sources};

const ALL: [&str; 4] = ["media", "papers", "settings", "app"];

fn codes(bench: &Bench) -> Vec<&'static str> {
    let standing = bench.place.parts.runner.gatherer.gather();
    health::judge(&standing).causes.iter().map(|cause| cause.code).collect()
}

fn told(bench: &Bench) -> String {
    let runner = &bench.place.parts.runner;
    let judged = health::judge(&runner.gatherer.gather());
    judged.causes.iter().map(|cause| runner.words.say(&cause.saying)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_set_that_comes_back_as_it_was_stored_is_proven_and_that_is_told_everywhere() {
    let bench = Bench::new("");
    let id = bench.place.backup();
    bench.place.clock.pass(TimeDelta::minutes(90));
    let report = bench.drill();
    assert_eq!((report.outcome, report.backup_id.as_ref()), (Outcome::Succeeded, Some(&id)), "{report:#?}");
    assert_eq!(bench.provers.names(), ALL, "archives first, then databases");
    let found = bench.found(&id).unwrap();
    assert!(found.ok && found.run == report.run && found.peak_bytes.is_some_and(|bytes| bytes > 0), "{found:#?}");
    assert_eq!((found.rpo_seconds, found.rto_seconds), (5400, Some(10.0)));
    assert_eq!(verdicts(&found), ALL.map(|source| (source, Verdict::Proven)));
    let raw: Vec<u64> = bench.place.artifacts(&id).iter().filter(|a| a.kind.is_data()).map(|a| a.raw_bytes).collect();
    let mut read: Vec<u64> = bench.provers.asked.lock().unwrap().iter().map(|asked| asked.bytes as u64).collect();
    read.sort_unstable();
    assert_eq!(
        read,
        {
            let mut raw = raw;
            raw.sort_unstable();
            raw
        },
        "each is opened and read whole"
    );
    assert!(bench.provers.asked.lock().unwrap().iter().all(|asked| asked.nice == 10), "others go first");
    bench.is_clear();

    assert_eq!(codes(&bench), Vec::<&str>::new());
    let site = &bench.place.site;
    let set = &site.call(&["list", "--json"]).ends(0).json()["sets"][0];
    assert_eq!((set["drilled_at"].is_string(), &set["drill_failed_at"]), (true, &Value::Null), "{set:#}");
    assert!(site.call(&["list"]).ends(0).stdout.contains("proven 2024-11-12"));
    let page = site.call(&["drill", "--last"]).ends(0).stdout;
    for line in [
        "Verdict: PROVEN. All 4 sources",
        "app (sqlite): proven",
        "  restored in 2.5 s",
        "  ok         rows:",
        "(RTO): 10 s",
        "(RPO): 1 h 30 min",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let json = site.call(&["drill", "--last", "--json"]).ends(0).json();
    assert_eq!((&json["ok"], &json["sources"][3]["proofs"][0]["judgement"]), (&json!(true), &json!("passed")));
    let restore_md = fs::read_to_string(site.path("backups/RESTORE.md")).unwrap();
    assert_eq!(restore_md.matches("A drill restored it 2024-11-12 05:30").count(), 4, "{restore_md}");
    let standing = bench.place.parts.runner.gatherer.gather();
    let text = metrics::render(&standing, &health::judge(&standing)).unwrap();
    for series in [
        "resguardo_drill_last_success_timestamp_seconds{source=\"app\"} 17",
        "resguardo_restore_duration_seconds{source=\"media\"} 2.5",
        "resguardo_last_run_success{job=\"drill\"} 1",
    ] {
        assert!(text.contains(series), "{series}: {text}");
    }
}

#[rstest]
#[case::wrong("app", Mood::Wrong(What::Rows), Verdict::Failed, "drill", "rows looked at")]
#[case::wrong_archive("media", Mood::Wrong(What::Tree), Verdict::Failed, "drill", "tree looked at")]
#[case::wrong_settings("settings", Mood::Wrong(What::Load), Verdict::Failed, "drill", "load looked at")]
#[case::not_looked_at("app", Mood::Skips(What::Rows), Verdict::NotHeld, "look", "rows: rows looked at")]
#[case::not_walked("papers", Mood::Skips(What::Tree), Verdict::NotHeld, "look", "tree: tree looked at")]
#[case::not_ready("app", Mood::NotReady, Verdict::NotHeld, "connect", "there is no such program")]
#[case::breaks("app", Mood::Breaks, Verdict::NotHeld, "load", "the server went away")]
#[case::panics("papers", Mood::Panics, Verdict::NotHeld, "set_up", "panicked")]
fn each_source_gets_its_own_verdict(
    #[case] source: &str,
    #[case] mood: Mood,
    #[case] verdict: Verdict,
    #[case] stage: &str,
    #[case] error: &str,
) {
    let bench = Bench::new("");
    let id = bench.place.backup();
    bench.provers.will(source, mood);
    let report = bench.drill();
    assert_eq!((report.outcome, bad_ones(&report)), (Outcome::Failed, vec![source]), "{report:#?}");
    assert!(error_of(&report, source).contains(error), "{report:#?}");
    let of_source = report.sources.iter().find(|one| one.source.as_str() == source).unwrap();
    assert_eq!((of_source.stage.as_deref(), report.stage.as_deref()), (Some(stage), Some("drill")), "{report:#?}");
    assert_eq!(report.is_a_no_of_a_drill(), verdict == Verdict::Failed, "{report:#?}");
    let found = bench.found(&id).unwrap();
    for (name, of_it) in verdicts(&found) {
        assert_eq!(of_it, if name == source { verdict } else { Verdict::Proven }, "{name}");
    }
    assert!(!found.ok);
    bench.is_clear();
    let set = bench.place.parts.runner.store.catalog().sets.remove(0);
    assert_eq!(set.drilled_at(), None);
    let proven = set.artifacts.iter().filter(|a| a.proven_at().is_some()).count();
    assert_eq!(proven, 3, "the others are proven by themselves");
    assert_eq!(codes(&bench), ["drill_failed"]);
    let (no, not_held) = ("did not bring back as it was stored", "could not be held");
    let (says, not) = if verdict == Verdict::Failed { (no, not_held) } else { (not_held, no) };
    assert!(told(&bench).contains(says) && !told(&bench).contains(not), "{}", told(&bench));
    let listing = bench.place.site.call(&["list"]).ends(0).stdout;
    assert_eq!(listing.contains("DRILL FAILED"), verdict == Verdict::Failed, "{listing}");
    assert!(bench.place.site.log().is_empty(), "a test's runner logs nowhere");
}

#[test]
fn what_could_not_be_held_at_all_takes_no_proof_away() {
    let bench = Bench::new("");
    let id = bench.place.backup();
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    let before = bench.found(&id).unwrap();
    for source in ALL {
        bench.provers.will(source, Mood::NotReady);
    }
    let report = bench.drill();
    assert_eq!((report.outcome, report.stage.as_deref()), (Outcome::Failed, Some("connect")), "{report:#?}");
    assert!(report.hint.is_some() && !report.is_a_no_of_a_drill(), "{report:#?}");
    assert_eq!(bench.found(&id), Some(before.clone()));
    for source in ALL {
        bench.provers.will(source, Mood::Breaks);
    }
    let report = bench.drill();
    assert_eq!((report.outcome, report.stage.as_deref()), (Outcome::Failed, Some("load")), "{report:#?}");
    assert_eq!(bench.found(&id), Some(before));
    assert!(told(&bench).contains("could not be held, which says nothing of what is stored"), "{}", told(&bench));
    let called = bench.place.site.call(&["drill", "--last"]).ends(0);
    assert!(called.stderr.contains("found nothing out") && called.stdout.contains("PROVEN"), "{called:?}");
    bench.is_clear();
}

#[rstest]
#[case::flipped("app", |bytes: &mut Vec<u8>| { let middle = bytes.len() / 2; bytes[middle] ^= 1; }, "")]
#[case::cut("media", |bytes: &mut Vec<u8>| { bytes.pop(); }, "")]
#[case::longer("settings", |bytes: &mut Vec<u8>| bytes.push(0), "not those that were stored")]
fn stored_bytes_that_changed_are_no_backup(#[case] source: &str, #[case] harm: fn(&mut Vec<u8>), #[case] why: &str) {
    let bench = Bench::new("");
    let id = bench.place.backup();
    let path = bench.place.stored(&id, source);
    let mut bytes = fs::read(&path).unwrap();
    harm(&mut bytes);
    fs::write(&path, &bytes).unwrap();
    // A set that is known to be damaged is not chosen, but may be asked for.
    let report = bench.drill_one(&id);
    assert_eq!((report.outcome, bad_ones(&report)), (Outcome::Failed, vec![source]), "{report:#?}");
    let (told, of_it) = (error_of(&report, source), bench.of(&id, source));
    assert!(told.contains(path.file_name().unwrap().to_str().unwrap()) && told.contains(why), "{told}");
    assert_eq!(of_it.verdict, Verdict::Failed);
    assert!(of_it.hint.unwrap().contains("Bring the file back"));
    fs::remove_file(&path).unwrap();
    let report = bench.drill_one(&id);
    assert!(error_of(&report, source).contains("No such file"), "{report:#?}");
    assert_eq!(bench.drill().stage.as_deref(), Some("find"), "it is damaged");
}

const CHECKS: &str = r#"
[[drill.check]]
source = "app"
sql = "SELECT count(*) FROM asset"
min = 100
max_drop_percent = 10
[[drill.check]]
source = "app"
sql = "SELECT 'yes'"
equals = "yes"
"#;

fn says(values: [&str; 2]) -> Mood {
    Mood::Says(values.iter().map(|value| Ok(Some((*value).to_owned()))).collect(), Vec::new())
}

#[test]
fn the_operator_s_own_questions_are_asked_and_judged() {
    let bench = Bench::new(CHECKS);
    let first = bench.place.backup();
    bench.provers.will("app", says(["500", "yes"]));
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    let asked = bench.provers.asked.lock().unwrap().pop().unwrap();
    assert_eq!(asked.material.questions, ["SELECT count(*) FROM asset", "SELECT 'yes'"]);
    let of_it = bench.of(&first, "app");
    assert!(of_it.checks.iter().all(|answer| answer.ok) && of_it.checks[0].value.as_deref() == Some("500"));

    // Against what a drill of the set before found.
    let second = bench.place.backup();
    bench.provers.will("app", says(["449", "yes"]));
    let report = bench.drill();
    assert_eq!((report.outcome, bad_ones(&report)), (Outcome::Failed, vec!["app"]), "{report:#?}");
    assert!(error_of(&report, "app").contains("449 where the drill before found 500"), "{report:#?}");
    assert_eq!(bench.of(&second, "app").verdict, Verdict::Doubted);
    let page = bench.place.site.call(&["drill", "--last"]).ends(0).stdout;
    assert!(page.contains("  NO         SELECT count(*) FROM asset = 449 (449 where"), "{page}");
    // What was not accepted is nothing to be compared with, however often it is looked at.
    let report = bench.drill();
    assert!(error_of(&report, "app").contains("449 where the drill before found 500"), "{report:#?}");
    bench.provers.will("app", says(["451", "yes"]));
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    // Nor is the same set's own word.
    bench.provers.will("app", says(["450", "yes"]));
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    assert_eq!(bench.drill_one(&first).outcome, Outcome::Succeeded);
    // Older data are not judged by newer, and newer by those just before, whichever were drilled last.
    bench.provers.will("app", says(["100", "yes"]));
    assert_eq!(bench.drill_one(&first).outcome, Outcome::Succeeded);
    let third = bench.place.backup();
    bench.provers.will("app", says(["400", "yes"]));
    assert!(error_of(&bench.drill(), "app").contains("400 where the drill before found 450"));
    assert_eq!(bench.of(&third, "app").verdict, Verdict::Doubted);

    bench.provers.will("app", says(["99", "no"]));
    let told = error_of(&bench.drill(), "app");
    assert!(told.contains("2 of 2 answers are not as expected") && told.contains("at least 100"), "{told}");
    // Nobody was there to be asked: what failed is said once.
    bench.provers.will("app", Mood::Wrong(What::Load));
    assert_eq!(error_of(&bench.drill(), "app"), "load looked at");
    let checks = bench.of(&third, "app").proofs.into_iter().find(|proof| proof.what == What::Checks).unwrap();
    assert_eq!(checks.judgement, Judgement::Skipped);
}

/// What `list` says beside each set, newest first.
fn notes(bench: &Bench) -> Vec<String> {
    let listing = bench.place.site.call(&["list"]).ends(0).stdout;
    listing.lines().filter(|line| line.starts_with("20")).map(str::to_owned).collect()
}

#[test]
fn a_question_is_not_the_data() {
    let bench = Bench::new(CHECKS);
    let id = bench.place.backup();
    bench.provers.will("app", says(["99", "yes"]));
    let report = bench.drill();
    assert_eq!((report.outcome, bad_ones(&report)), (Outcome::Failed, vec!["app"]), "{report:#?}");
    let told_by_run = report.error.as_deref().unwrap();
    assert_eq!(told_by_run, "1 of 4 sources came back as they were stored, but answer otherwise than expected");
    assert_eq!(report.sources.last().unwrap().stage.as_deref(), Some("ask"));
    assert!(!report.is_a_no_of_a_drill(), "{report:#?}");
    // The data is proven.
    let set = bench.place.parts.runner.store.catalog().sets.remove(0);
    assert!(set.drilled_at().is_some() && !set.artifacts.iter().any(CatalogArtifact::is_refuted), "{set:#?}");
    let of_it = bench.of(&id, "app");
    let hint = of_it.hint.unwrap();
    assert!(hint.contains("as good a backup as before") && hint.contains("let drill.check.0 expect"), "{hint}");
    assert!(!bench.found(&id).unwrap().ok && bench.found(&id).unwrap().rto_seconds == Some(10.0));
    let note = notes(&bench).remove(0);
    assert!(note.contains("proven 2024-11-12, but an answer not as expected") && !note.contains("FAILED"), "{note}");
    let page = bench.place.site.call(&["drill", "--last"]).ends(0).stdout;
    for line in [
        "Verdict: PROVEN, BUT NOT AS EXPECTED. All 4 sources were restored and found as they were stored; answers \
         to your own questions are not as expected, of app.",
        "app (sqlite): proven, but not as expected",
        "  NO         checks: 1 of 2 answers are not as expected: drill.check.0: SELECT count(*) FROM asset: 99",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    assert!(!page.contains("Do not rely"), "{page}");
    assert_eq!(codes(&bench), ["drill_answer"]);
    assert!(told(&bench).contains("app came back whole from the set") && !told(&bench).contains("did not bring back"));
    let json = bench.place.site.call(&["list", "--json"]).ends(0).json();
    let set = &json["sets"][0];
    assert!(set["drilled_at"].is_string() && set["answered_otherwise_at"].is_string(), "{set:#}");
    assert_eq!(set["drill_failed_at"], Value::Null);
    // Where the data failed as well, that is what is said.
    bench.provers.will("app", Mood::Wrong(What::Rows));
    bench.drill();
    assert_eq!((bench.of(&id, "app").verdict, codes(&bench)), (Verdict::Failed, vec!["drill_failed"]));
    let found = bench.found(&id).unwrap();
    assert_eq!(found.rto_seconds, None);
    let page = bench.place.site.call(&["drill", "--last"]).ends(0).stdout;
    assert!(page.contains("(RTO): none") && page.contains("Do not rely on this set"), "{page}");
    bench.provers.will("app", says(["100", "yes"]));
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    assert_eq!(codes(&bench), [""; 0]);
}

#[test]
fn a_question_that_cannot_be_asked_is_no_word_on_the_set() {
    let bench = Bench::new(CHECKS);
    let id = bench.place.backup();
    let no_table = || Err("no such table: asset".to_owned());
    bench.provers.will("app", Mood::Says(vec![no_table(), Ok(Some("yes".to_owned()))], Vec::new()));
    let report = bench.drill();
    assert_eq!(report.outcome, Outcome::Partial, "{report:#?}");
    let of_app = report.sources.last().unwrap();
    assert_eq!((of_app.outcome, of_app.stage.as_deref()), (Outcome::Partial, Some("ask")));
    let error = of_app.error.as_deref().unwrap();
    let expected =
        "1 of 2 questions could not be asked: drill.check.0: SELECT count(*) FROM asset: no such table: asset";
    assert_eq!(error, expected);
    assert!(of_app.hint.as_deref().unwrap().contains("Mend `sql` of drill.check.0 in the settings"));
    let of_it = bench.of(&id, "app");
    assert_eq!(of_it.verdict, Verdict::Proven);
    let checks = of_it.proofs.iter().find(|proof| proof.what == What::Checks).unwrap();
    assert_eq!(checks.judgement, Judgement::Skipped);
    let note = notes(&bench).remove(0);
    assert!(note.contains("proven 2024-11-12") && !note.contains("not as expected"), "{note}");
    let page = bench.place.site.call(&["drill", "--last"]).ends(0).stdout;
    for line in ["Verdict: PROVEN, with 1 warning (app: questions could not be asked).", "  skipped    SELECT count(*)"]
    {
        assert!(page.contains(line), "{line}: {page}");
    }
    assert_eq!(codes(&bench), ["drill_unasked"]);
    // Both at once: each is said, and the answer fails the run.
    bench.provers.will("app", Mood::Says(vec![no_table(), Ok(None)], Vec::new()));
    let report = bench.drill();
    assert_eq!(report.outcome, Outcome::Failed, "{report:#?}");
    let found = bench.of(&id, "app");
    let of_checks = found.proofs.iter().filter(|proof| proof.what == What::Checks).map(|proof| proof.judgement);
    assert_eq!(of_checks.collect::<Vec<_>>(), [Judgement::Failed, Judgement::Skipped]);
    let hint = found.hint.unwrap();
    assert!(hint.contains("let drill.check.1 expect") && hint.contains("Mend `sql` of drill.check.0"), "{hint}");
    assert_eq!(codes(&bench), ["drill_answer", "drill_unasked"]);
}

#[test]
fn a_failed_question_takes_no_proof_away_from_what_prune_keeps() {
    let bench = Bench::new(&format!("[retention]\nkeep_daily = 1\nminimum_redundancy = 1\n{CHECKS}"));
    let good = bench.place.backup();
    bench.provers.will("app", says(["500", "yes"]));
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    // The newest one says no of its data: it stands in nobody's stead.
    bench.place.clock.pass(TimeDelta::days(1));
    let refuted = bench.place.backup();
    bench.provers.will("app", Mood::Wrong(What::Rows));
    assert_eq!(bench.drill().outcome, Outcome::Failed);
    let prune = || {
        bench.place.parts.run(Request::command(Job::Prune, Duration::ZERO));
        let sets = bench.place.parts.runner.store.catalog().sets;
        sets.into_iter().map(|set| set.id).collect::<Vec<_>>()
    };
    assert_eq!(prune(), [good.clone(), refuted.clone()]);
    // The data of the next is proven, whatever its answers: the older ones may go, and it stays.
    bench.place.clock.pass(TimeDelta::days(1));
    let doubted = bench.place.backup();
    bench.provers.will("app", says(["99", "no"]));
    assert_eq!(bench.drill().outcome, Outcome::Failed);
    assert_eq!(prune(), std::slice::from_ref(&doubted));
    bench.place.clock.pass(TimeDelta::days(1));
    let newest = bench.place.backup();
    assert_eq!(prune(), [doubted, newest], "the newest proven one never expires");
}

#[test]
fn root_drills_in_a_folder_that_is_another_s() {
    if !is_root() {
        return;
    }
    let bench = Bench::new("");
    bench.place.backup();
    let nobody = |folder: &Path| std::os::unix::fs::chown(folder, Some(65534), Some(65534)).unwrap();
    fs::create_dir(&bench.dir).unwrap();
    nobody(&bench.dir);
    let report = bench.drill();
    assert_eq!(report.outcome, Outcome::Succeeded, "{report:#?}");
    bench.is_clear();
}

#[test]
fn files_that_rows_name_are_looked_for_in_the_media_of_the_same_set() {
    let bench = Bench::new(MEDIA_CHECK);
    let id = bench.place.backup();
    let missing = |named: u64, missing: u64| {
        let examples = vec!["2024/b.jpg".to_owned(), "2024/c.jpg".to_owned()];
        Mood::Says(Vec::new(), vec![MissingFiles { named, missing, examples }])
    };
    bench.provers.will("app", missing(4000, 10));
    let report = bench.drill();
    assert_eq!((report.outcome, report.warnings.len()), (Outcome::Succeeded, 0), "{report:#?}");
    let asked = bench.provers.asked.lock().unwrap().pop().unwrap();
    assert_eq!((asked.source.as_str(), asked.sees_media), ("app", vec![true]));
    assert_eq!(asked.beside, ["app", "media"], "what nobody asks for is gone by then");
    let proof = bench.of(&id, "app").proofs.pop().unwrap();
    assert_eq!((proof.what, proof.judgement), (What::Media, Judgement::Passed), "{proof:?}");

    bench.provers.will("app", missing(4000, 11));
    let report = bench.drill();
    assert_eq!(report.outcome, Outcome::Succeeded, "a warning, no failure: {report:#?}");
    assert_eq!(report.warnings[0].code, "media_missing");
    let text = &report.warnings[0].text;
    assert!(text.contains("not in media: 11 of ") && text.contains("2024/b.jpg, 2024/c.jpg"), "{text}");
    assert_eq!(bench.of(&id, "app").verdict, Verdict::Proven);
    let page = || bench.place.site.call(&["drill", "--last"]).ends(0).stdout;
    let sentence = "Verdict: PROVEN, with 1 warning (app: files that rows name are missing).";
    assert!(page().contains(sentence), "{}", page());
    // It lasts until a drill that finds them.
    assert_eq!(codes(&bench), ["media_missing"]);
    bench.place.clock.pass(TimeDelta::hours(20));
    assert_eq!(codes(&bench), ["media_missing"]);
    bench.provers.will("app", missing(4000, 0));
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    assert_eq!(codes(&bench), [""; 0]);

    // Media that did not come back are nothing to compare with.
    bench.provers.will("media", Mood::Wrong(What::Tree));
    bench.drill();
    let asked = bench.provers.asked.lock().unwrap().pop().unwrap();
    assert!(asked.material.references[0].root.is_err());
    // Nor has a database that did not come back been compared with any.
    bench.provers.will("app", Mood::Wrong(What::Load));
    bench.drill();
    let proofs = bench.of(&id, "app").proofs;
    let media: Vec<_> = proofs.iter().filter(|proof| proof.what == What::Media).map(|proof| proof.judgement).collect();
    assert_eq!(media, [Judgement::Skipped]);
}

#[test]
fn a_proof_that_was_skipped_is_named_in_the_verdict_and_is_a_warning_of_the_run() {
    let bench = Bench::new("");
    let id = bench.place.backup();
    bench.provers.will("app", Mood::Skips(What::Indexes));
    let report = bench.drill();
    assert_eq!(report.outcome, Outcome::Succeeded, "{report:#?}");
    let [warning] = report.warnings.as_slice() else { panic!("{report:#?}") };
    assert_eq!((warning.code.as_str(), warning.source.as_ref().unwrap().as_str()), ("proof_skipped", "app"));
    assert!(warning.text.ends_with("no success: indexes: indexes looked at"), "{}", warning.text);
    assert_eq!(bench.of(&id, "app").verdict, Verdict::Proven);
    let page = bench.place.site.call(&["drill", "--last"]).ends(0).stdout;
    assert!(page.contains("Verdict: PROVEN, with 1 warning (app: indexes skipped). All 4 sources"), "{page}");
    bench.provers.will("papers", Mood::Skips(What::Media));
    assert_eq!(bench.drill().warnings.len(), 2);
    let page = bench.place.site.call(&["drill", "--last"]).ends(0).stdout;
    assert!(page.contains("with 2 warnings (papers: media skipped; app: indexes skipped)"), "{page}");
    // What was skipped because the data did not come back is told by that.
    bench.provers.will("app", Mood::Wrong(What::Load));
    assert_eq!(bench.drill().warnings.len(), 1);
}

#[test]
fn a_database_is_proven_with_its_properties_and_roles() {
    let server = Server::start();
    server.psql("postgres", "CREATE DATABASE app; CREATE ROLE ana");
    server.psql("app", "CREATE TABLE asset AS SELECT 1 AS id");
    let url = format!("postgres://postgres@/app?host={}", server.socket_folder().display());
    let bench = Bench::new(&format!("[[postgres]]\nname = \"patrimonio\"\nurl = {url:?}\n"));
    let id = bench.place.backup();
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    assert_eq!(bench.provers.names().last().unwrap(), "patrimonio", "it takes longest");
    let asked = bench.provers.asked.lock().unwrap().pop().unwrap();
    let text = |bytes: &Option<Vec<u8>>| String::from_utf8(bytes.clone().unwrap()).unwrap();
    assert!(text(&asked.material.properties).contains("CREATE DATABASE"));
    assert!(text(&asked.material.roles).contains("CREATE ROLE ana"));
    let set = bench.place.parts.runner.store.catalog().sets.remove(0);
    assert!(set.drilled_at().is_some(), "properties and roles are proven with it: {set:#?}");
    // Without them it is not what was stored.
    let roles = bench.place.artifacts(&id).into_iter().find(|a| a.source.is_globals()).unwrap();
    fs::write(bench.place.site.path("backups").join(&roles.path), "x").unwrap();
    let report = bench.drill_one(&id);
    assert!(error_of(&report, "patrimonio").contains(&roles.path), "{report:#?}");
}

#[test]
fn a_disk_that_is_too_small_is_told_before_a_byte_is_written() {
    let bench = Bench::new("");
    let id = bench.place.backup();
    bench.provers.will("media", Mood::Huge);
    let report = bench.drill();
    assert_eq!((report.outcome, report.stage.as_deref()), (Outcome::Failed, Some("space")), "{report:#?}");
    assert!(report.error.unwrap().contains("this drill may need") && report.hint.unwrap().contains("drill.dir"));
    assert_eq!((bench.provers.names().len(), bench.found(&id)), (0, None));
    assert!(told(&bench).contains("could not be held"), "{}", told(&bench));
    bench.is_clear();
}

/// Where a set must not be restored to; `None` stands for a place of the site.
#[rstest]
#[case::memory("/dev/shm/resguardo-drill-of-a-test", "it is kept in memory")]
#[case::in_the_store("backups/scratch", "lie within each other")]
#[case::the_store("backups", "lie within each other")]
#[case::round_the_store(".", "lie within each other")]
#[case::through_a_link("link/scratch", "lie within each other")]
#[case::in_what_is_backed_up("app/media/scratch", "is backed up as media")]
#[case::no_folder("backup.toml/scratch", "make the scratch folder")]
fn scratch_is_on_a_disk_and_out_of_the_store(#[case] dir: &str, #[case] why: &str) {
    let mut bench = Bench::new("");
    bench.place.backup();
    let site = &bench.place.site;
    std::os::unix::fs::symlink(site.path("backups"), site.path("link")).unwrap();
    bench.dir = site.path(dir);
    let before = site.stored("").len();
    bench.restart();
    let report = bench.drill();
    assert_eq!((report.outcome, report.stage.as_deref()), (Outcome::Failed, Some("set_up")), "{report:#?}");
    assert!(report.error.as_ref().unwrap().contains(why), "{report:#?}");
    assert!(report.hint.unwrap().contains("drill.dir"));
    assert_eq!((bench.provers.names().len(), bench.place.site.stored("").len()), (0, before));
    assert!(!Path::new("/dev/shm/resguardo-drill-of-a-test").exists());
}

#[test]
fn the_command_tells_a_drill_that_could_not_be_held_from_one_that_says_no() {
    let site = Site::new("");
    make_application(&site);
    let dir = |dir: &str| format!("[drill]\ndir = {dir:?}\n{}", sources(&site));
    site.configure(&dir("backups/scratch"));
    let called = site.call(&["drill"]).ends(1);
    assert!(called.stderr.contains("could not be held: find a set to drill"), "{called:?}");
    site.call(&["drill", "--last"]).ends(1);
    site.call(&["backup"]).ends(0);
    let called = site.call(&["drill"]).ends(1);
    assert!(called.stderr.contains("could not be held: restore into backups/scratch"), "{called:?}");
    assert!(called.stderr.contains("Point drill.dir at"), "{called:?}");
    let called = site.call(&["drill", "--last"]).ends(1);
    assert!(called.stderr.contains("found nothing out") && called.stdout.is_empty(), "{called:?}");
    let json = site.call(&["drill", "--json"]).ends(1).json();
    assert_eq!((&json["job"], &json["stage"]), (&json!("drill"), &json!("set_up")), "{json:#}");
    let called = site.call(&["drill", "20010101_000000"]).ends(64);
    assert!(called.stderr.contains("There is no set 20010101_000000"), "{called:?}");
    site.call(&["drill", "yesterday"]).ends(64);
    site.call(&["drill", "20010101_000000", "--latest"]).ends(64);
    let turn = fs::File::create(site.path("backups/.resguardo/drill.lock")).unwrap();
    rustix::fs::flock(&turn, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let called = site.call(&["drill"]).ends(75);
    assert!(called.stderr.contains("Another drill is at work"), "{called:?}");
    let findings = site.call(&["check", "--json"]);
    let text = findings.stdout;
    assert!(text.contains("lie within each other") && text.contains("none is scheduled"), "{text}");
}

#[test]
fn a_drill_keeps_nobody_waiting_and_its_set_stays() {
    let bench = Bench::new("[retention]\nkeep_days = 1\nminimum_redundancy = 1\n");
    let old = bench.place.backup();
    let door = bench.provers.door.lock().unwrap();
    let drill = bench.place.parts.run_beside(request(Some(&old)));
    until("a drill under way", || bench.provers.is_there.load(Ordering::SeqCst).then_some(()));
    assert_eq!(bench.place.parts.runner.gatherer.gather().running[0].job, Job::Drill);
    let second = bench.drill();
    assert_eq!((second.outcome, second.stage.as_deref()), (Outcome::Skipped, Some("lock")), "one at a time");
    bench.place.clock.pass(TimeDelta::days(1));
    let report = bench.place.parts.backup();
    assert_eq!((report.outcome, report.pruned.len()), (Outcome::Succeeded, 0), "{report:#?}");
    let stop = Stop::new();
    assert!(bench.place.parts.runner.store.lock_first(Duration::ZERO, &stop).unwrap().is_some(), "nor a restore");
    assert_eq!(bench.place.verify_one(&old).outcome, Outcome::Succeeded);
    assert_eq!(fs::read_dir(bench.dir.join(".resguardo-drill")).unwrap().count(), 1);
    drop(door);
    assert_eq!(drill.join().unwrap().outcome, Outcome::Succeeded);
    assert!(bench.found(&old).unwrap().ok);
    // Proven, it is the newest that is, and stays.
    let report = bench.place.parts.run(Request::command(Job::Prune, Duration::ZERO));
    assert_eq!(report.pruned, Vec::<BackupId>::new(), "{report:#?}");
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    let report = bench.place.parts.run(Request::command(Job::Prune, Duration::ZERO));
    assert_eq!(report.pruned, [old], "a newer one is proven");
}

#[test]
fn a_drill_waits_only_to_write_down_what_it_found() {
    let mut bench = Bench::new("");
    let id = bench.place.backup();
    let keeper = Arc::new(Doorkeeper::default());
    bench.place.parts.runner.progress = keeper.clone();
    let held = bench.place.parts.runner.store.lock(Duration::ZERO, &Stop::new()).unwrap().unwrap();
    let drill = bench.place.parts.run_beside(request(None));
    until("the end of its work", || keeper.began.lock().unwrap().contains(&"wait for another run").then_some(()));
    bench.is_clear();
    assert_eq!(bench.found(&id), None);
    drop(held);
    assert_eq!(drill.join().unwrap().outcome, Outcome::Succeeded);
    assert!(bench.found(&id).is_some());
}

#[test]
fn two_stores_drill_one_after_the_other_in_one_scratch_folder() {
    let (bench, mut other) = (Bench::new(""), Bench::new(""));
    other.dir.clone_from(&bench.dir);
    other.restart();
    bench.place.backup();
    other.place.backup();
    let door = bench.provers.door.lock().unwrap();
    let drill = bench.place.parts.run_beside(request(None));
    until("a drill under way", || bench.provers.is_there.load(Ordering::SeqCst).then_some(()));
    let report = other.drill();
    assert_eq!((report.outcome, report.stage.as_deref()), (Outcome::Skipped, Some("lock")), "{report:#?}");
    other.restart();
    assert!(bench.dir.join(".resguardo-drill/media/restored").exists(), "a start clears nothing away from under it");
    drop(door);
    assert_eq!(drill.join().unwrap().outcome, Outcome::Succeeded);
    assert_eq!(other.drill().outcome, Outcome::Succeeded);
}

#[test]
fn what_a_killed_drill_left_is_gone_at_the_next_start_and_before_the_next_drill() {
    let mut bench = Bench::new("");
    bench.place.backup();
    let leave = |bench: &Bench| {
        let left = bench.dir.join(".resguardo-drill/app");
        fs::create_dir_all(left.join("data")).unwrap();
        fs::write(left.join("data/PG_VERSION"), "15").unwrap();
        fs::write(bench.dir.join("notes.txt"), "the operator's own").unwrap();
        left
    };
    let left = leave(&bench);
    bench.restart();
    assert!(!left.exists(), "gone at the start");
    let left = leave(&bench);
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    assert!(!left.join("data").exists());
    assert_eq!(bench.provers.cleared.lock().unwrap().as_slice(), [bench.dir.join(".resguardo-drill")]);
    assert!(bench.dir.join("notes.txt").exists(), "nothing else is touched");
    // Something of it that cannot be ended: nothing is cleared away from under it.
    let left = leave(&bench);
    bench.place.parts.runner.proving.clear_left_over = Arc::new(|_, _| {
        Err(resguardo::domain::trouble::Trouble::passing(resguardo::domain::trouble::Stage::SetUp, "it works still"))
    });
    let report = bench.drill();
    assert!(report.error.as_ref().unwrap().contains("it works still"), "{report:#?}");
    assert!(left.exists());
}

/// Answers every attempt to create a file of this name as a file system does that may only be read.
struct ReadOnly(&'static str);

impl Gate for ReadOnly {
    fn pass(&self, act: Act, path: &Path) -> io::Result<()> {
        let is_it = matches!(act, Act::Create | Act::MakeFolder) && path.to_string_lossy().contains(self.0);
        if is_it { Err(Errno::ROFS.into()) } else { Ok(()) }
    }
}

#[rstest]
#[case::the_turn("drill.lock", "lock", 0)]
#[case::what_was_found(".drill.json", "write", 4)]
#[case::scratch(".resguardo-drill/media", "set_up", 0)]
fn a_store_or_scratch_that_may_only_be_read_is_said(
    #[case] path: &'static str,
    #[case] stage: &str,
    #[case] asked: usize,
) {
    let mut bench = Bench::new("");
    let id = bench.place.backup();
    bench.restart_with(Arc::new(ReadOnly(path)));
    let report = bench.drill();
    assert_eq!((report.outcome, report.stage.as_deref()), (Outcome::Failed, Some(stage)), "{report:#?}");
    assert!(report.error.as_ref().unwrap().contains("Read-only"), "{report:#?}");
    assert_eq!((bench.provers.names().len(), bench.found(&id)), (asked, None));
    bench.is_clear();
}

#[test]
fn a_drill_that_is_asked_to_end_leaves_nothing_and_says_so() {
    let bench = Bench::new("");
    let id = bench.place.backup();
    bench.provers.will("papers", Mood::Deadline);
    let report = bench.drill();
    assert_eq!((report.outcome, report.stage.as_deref()), (Outcome::Failed, Some("drill")), "{report:#?}");
    assert_eq!(report.error.as_deref(), Some("the deadline passed"));
    let sources: Vec<&str> = report.sources.iter().map(|one| one.source.as_str()).collect();
    assert_eq!((sources, bench.found(&id)), (vec!["media"], None));
    assert!(!report.is_a_no_of_a_drill(), "what it had come to was good");
    bench.is_clear();
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Runs the drill that is due and notes it, as the daemon does.
fn run_due(bench: &mut Bench) -> Option<(Trigger, Outcome)> {
    let parts = &mut bench.place.parts;
    let request = parts.scheduler.drill_due(&parts.runner.gatherer.gather(), &parts.runner.record.read().unwrap())?;
    let report: RunReport = parts.run(request);
    parts.scheduler.note(Some(report.clone()));
    Some((report.trigger, report.outcome))
}

#[test]
fn the_schedule_brings_a_drill_once_a_slot_and_makes_up_for_what_could_not_be_held() {
    use Outcome::{Failed, Skipped, Succeeded};
    use Trigger::{CatchUp, Retry, Schedule};
    let mut bench = Bench::new("[schedule]\ndrill = \"0 5 * * 0\"\nlock_wait_minutes = 0\n");
    assert_eq!(run_due(&mut bench), None, "nothing stood at the slot before the first start");
    bench.place.backup();
    assert_eq!(run_due(&mut bench), None);
    // Sunday, 05:00 in Lima.
    let sunday = at("2024-11-17T10:00:00Z");
    assert_eq!(bench.place.parts.runner.gatherer.gather().next_runs[&Job::Drill], sunday);
    bench.place.clock.set(sunday - TimeDelta::seconds(1));
    assert_eq!(run_due(&mut bench), None);
    bench.place.clock.set(sunday);
    let parts = &bench.place.parts;
    let request = parts.scheduler.drill_due(&parts.runner.gatherer.gather(), &[]).unwrap();
    assert_eq!(run_due(&mut bench), Some((Schedule, Succeeded)));
    assert_eq!(run_due(&mut bench), None);
    assert_eq!(bench.place.parts.run(request).outcome, Skipped, "another daemon finds it served");

    // One on command serves no slot; one that says no does.
    bench.place.clock.set(sunday + TimeDelta::days(7));
    assert_eq!(bench.drill().outcome, Succeeded);
    bench.provers.will("app", Mood::Wrong(What::Rows));
    assert_eq!(run_due(&mut bench), Some((Schedule, Failed)));
    bench.place.clock.pass(TimeDelta::days(3));
    assert_eq!(run_due(&mut bench), None);

    // One that could not be held, and one that had no turn, are made up for; not at once.
    for source in ALL {
        bench.provers.will(source, Mood::Breaks);
    }
    bench.place.clock.set(sunday + TimeDelta::days(14));
    assert_eq!(run_due(&mut bench), Some((Schedule, Failed)));
    assert_eq!(run_due(&mut bench), None);
    bench.place.clock.pass(TimeDelta::minutes(5));
    let turn = bench.place.parts.runner.store.drill_turn(Duration::ZERO, &Stop::new()).unwrap().unwrap();
    assert_eq!(run_due(&mut bench), Some((Retry, Skipped)));
    drop(turn);
    for source in ALL {
        bench.provers.will(source, Mood::Good);
    }
    bench.place.clock.pass(TimeDelta::minutes(15));
    assert_eq!(run_due(&mut bench), Some((Retry, Succeeded)));
    assert_eq!(run_due(&mut bench), None);

    // Missed while nothing ran.
    bench.place.clock.set(sunday + TimeDelta::days(24));
    bench.restart();
    assert_eq!(run_due(&mut bench), Some((CatchUp, Succeeded)));
    bench.restart();
    assert_eq!(run_due(&mut bench), None);
}

#[test]
fn proofs_that_are_too_old_are_told_where_a_drill_is_scheduled() {
    let overdue = |schedule: &str, max_age: &str, age: TimeDelta| {
        let bench = Bench::new(&format!("[schedule]\n{schedule}\n[drill]\n{max_age}\n"));
        bench.place.backup();
        assert_eq!(bench.drill().outcome, Outcome::Succeeded);
        bench.place.clock.pass(age);
        codes(&bench).contains(&"drill_overdue")
    };
    let (weekly, monthly) = ("drill = \"0 5 * * 0\"", "drill = \"0 5 1 * *\"");
    let minute = TimeDelta::minutes(1);
    assert!(!overdue("", "max_age_days = 1", TimeDelta::days(400)), "none is expected");
    assert!(!overdue(weekly, "", TimeDelta::days(8)));
    assert!(overdue(weekly, "", TimeDelta::days(8) + minute), "a gap of the schedule and a day");
    assert!(!overdue(monthly, "", TimeDelta::days(32)) && overdue(monthly, "", TimeDelta::days(32) + minute));
    assert!(!overdue(weekly, "max_age_days = 3", TimeDelta::days(3)));
    assert!(overdue(weekly, "max_age_days = 3", TimeDelta::days(3) + minute));
}
