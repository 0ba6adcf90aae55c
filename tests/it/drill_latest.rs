//! A drill over several sets: of every source the newest that is good, whatever its own schedule; what
//! is kept beside each manifest, and how long a no stands.

use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use resguardo::cli::exit::Exit;
use resguardo::domain::drill::{DrillReport, Judgement, Verdict, What};
use resguardo::domain::health;
use resguardo::domain::id::BackupId;
use resguardo::domain::name::SourceName;
use resguardo::domain::report::{Job, Outcome, RunReport, Trigger};
use resguardo::domain::set::SetState;
use resguardo::job::drill::serves_slot;
use resguardo::runner::Request;
use resguardo::source::prove::MissingFiles;
use serde_json::json;

use crate::support::drilling::{Bench, MEDIA_CHECK, Mood, request, verdicts};
use crate::support::life::until;
use crate::support::verify::{bad_ones, error_of};

/// A set of these sources alone, made an hour on.
fn backup(bench: &Bench, sources: &[&str]) -> BackupId {
    bench.place.clock.pass(TimeDelta::hours(1));
    let sources = sources.iter().map(|source| SourceName::new(source).unwrap()).collect();
    let report = bench.place.parts.run(Request { sources, ..Request::command(Job::Backup, Duration::ZERO) });
    assert_eq!(report.outcome, Outcome::Succeeded, "{report:#?}");
    report.backup_id.unwrap()
}

/// What the last drill found, over all its sets.
fn last(bench: &Bench) -> DrillReport {
    DrillReport::each(bench.place.parts.runner.store.all_drill_findings()).pop().unwrap()
}

/// Each source with the set it was taken from, in the order of the sets.
fn taken(found: &DrillReport) -> Vec<(&str, BackupId)> {
    let mut taken: Vec<_> = found.sources.iter().map(|one| (one.source.as_str(), one.backup_id.clone())).collect();
    taken.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    taken
}

fn reasons(bench: &Bench) -> Vec<String> {
    let runner = &bench.place.parts.runner;
    let causes = health::judge(&runner.gatherer.gather()).causes;
    causes.iter().map(|cause| runner.words.say(&cause.saying)).collect()
}

#[test]
fn a_source_with_a_schedule_of_its_own_is_proven_as_well() {
    let bench = Bench::new("");
    let weekly = bench.place.backup();
    let nightly = backup(&bench, &["app"]);
    bench.place.clock.pass(TimeDelta::minutes(30));
    let report = bench.drill();
    assert_eq!((report.outcome, report.backup_id.as_ref()), (Outcome::Succeeded, None), "{report:#?}");
    assert_eq!(bench.provers.names(), ["media", "papers", "settings", "app"], "archives first, of whatever set");
    bench.is_clear();
    let found = last(&bench);
    assert_eq!(
        taken(&found),
        [("media", weekly.clone()), ("papers", weekly.clone()), ("settings", weekly.clone()), ("app", nightly.clone())]
    );
    assert!(found.ok && found.run == report.run, "{found:#?}");
    assert_eq!((found.rpo_seconds, found.rto_seconds), (5400, Some(10.0)), "the oldest, and all of them");
    let ages: Vec<u64> = [&weekly, &nightly].iter().map(|id| bench.found(id).unwrap().rpo_seconds).collect();
    assert_eq!(ages, [5400, 1800], "each set has its own");

    let site = &bench.place.site;
    let page = site.call(&["drill", "--last"]).ends(0).stdout;
    for line in [
        format!("Set: {weekly}, made 2024-11-12 04:00: media, papers, settings\n"),
        format!("Set: {nightly}, made 2024-11-12 05:00: app\n"),
        "Verdict: PROVEN. All 4 sources".to_owned(),
        format!("(RPO): 1 h 30 min of media, papers, settings, the age of set {weekly}"),
        format!("(RPO): 30 min of app, the age of set {nightly}"),
    ] {
        assert!(page.contains(&line), "{line}: {page}");
    }
    let json = site.call(&["drill", "--last", "--json"]).ends(0).json();
    assert_eq!((&json["sources"][3]["backup_id"], &json["ok"]), (&json!(nightly.as_str()), &json!(true)), "{json:#}");
    let page = site.call(&["drill", weekly.as_str(), "--last"]).ends(0).stdout;
    assert!(page.contains("All 3 sources") && !page.contains("app"), "{page}");
    site.call(&["drill", "20010101_000000", "--last"]).ends(64);

    let sets = bench.place.parts.runner.store.catalog().sets;
    let proven = |set: usize| sets[set].artifacts.iter().filter(|a| a.proven_at().is_some()).count();
    assert_eq!((proven(0), proven(1)), (3, 1));
    assert_eq!(
        (sets[0].drilled_at(), sets[1].drilled_at().is_some()),
        (None, true),
        "not all of the older was drilled"
    );
    let listing = site.call(&["list"]).ends(0).stdout;
    let line = |id: &BackupId| listing.lines().find(|line| line.contains(id.as_str())).unwrap().to_owned();
    assert!(line(&weekly).contains("proven: media papers settings"), "{listing}");
    assert!(line(&nightly).contains("proven 2024-11-12"), "{listing}");
    let restore_md = fs::read_to_string(site.path("backups/RESTORE.md")).unwrap();
    assert_eq!(restore_md.matches("A drill restored it 2024-11-12 05:30").count(), 4, "{restore_md}");
    let checked = site.call(&["check"]).stdout;
    assert!(checked.contains(&format!("what is newest ({weekly}, {nightly}) could be restored")), "{checked}");
}

#[test]
fn each_source_is_the_newest_that_is_whole_and_what_has_none_is_named() {
    let bench = Bench::new("");
    let whole = bench.place.backup();
    fs::remove_dir_all(bench.place.site.path("app/papers")).unwrap();
    bench.place.clock.pass(TimeDelta::hours(1));
    let partial = bench.place.parts.backup().backup_id.unwrap();
    let report = bench.drill();
    assert_eq!((report.outcome, report.warnings.len()), (Outcome::Succeeded, 0), "{report:#?}");
    let expected = [("papers", &whole), ("app", &partial), ("media", &partial), ("settings", &partial)];
    assert_eq!(taken(&last(&bench)), expected.map(|(source, id)| (source, id.clone())));
    // By its id all of a set, and nothing else.
    for (id, sources) in [(&partial, 3), (&whole, 4)] {
        let report = bench.drill_one(id);
        assert_eq!((report.outcome, report.backup_id.as_ref()), (Outcome::Succeeded, Some(id)), "{report:#?}");
        assert_eq!(bench.found(id).unwrap().sources.len(), sources);
    }
    fs::remove_file(bench.place.stored(&whole, "papers")).unwrap();
    bench.place.clock.pass(TimeDelta::hours(1));
    let report = bench.drill();
    assert_eq!((report.outcome, Exit::of(&report), report.sources.len()), (Outcome::Partial, Exit::Partial, 4));
    assert_eq!(report.error.as_deref(), Some("1 of 4 sources have nothing good to prove"), "{report:#?}");
    assert_eq!((bad_ones(&report), report.stage.as_deref()), (vec!["papers"], Some("drill")), "{report:#?}");
    assert!(error_of(&report, "papers").contains("nothing good of it is stored"), "{report:#?}");
    // A slot is served by it: what is missing no second drill brings.
    assert!(serves_slot(&RunReport { trigger: Trigger::Schedule, ..report }));
    let page = bench.place.site.call(&["drill", "--last"]).ends(0).stdout;
    for line in [
        "Verdict: NOT ALL PROVEN. Of 1 of 4 sources nothing good is stored; the others were restored",
        "\npapers: nothing good to prove\n",
        "resguardo list --source papers",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    assert_eq!(bench.place.site.call(&["drill", "--last", "--json"]).ends(0).json()["ok"], json!(false));
    let codes = || -> Vec<_> {
        let causes = health::judge(&bench.place.parts.runner.gatherer.gather()).causes;
        causes.into_iter().map(|cause| (cause.code, cause.source.map(|source| source.to_string()))).collect()
    };
    assert!(codes().contains(&("never", Some("papers".to_owned()))), "{:?}", codes());
    assert!(!codes().iter().any(|(code, _)| code.starts_with("drill")), "{:?}", codes());
    // Asked for by its id, a set is all that is meant.
    assert_eq!(bench.drill_one(&partial).outcome, Outcome::Succeeded);
}

#[test]
fn all_sets_of_a_drill_are_held_against_removal() {
    let bench = Bench::new("[retention]\nkeep_days = 1\nminimum_redundancy = 1\n");
    let (first, second) = (bench.place.backup(), backup(&bench, &["app"]));
    let door = bench.provers.door.lock().unwrap();
    let drill = bench.place.parts.run_beside(request(None));
    until("a drill under way", || bench.provers.is_there.load(Ordering::SeqCst).then_some(()));
    let read = bench.place.parts.runner.store.being_read();
    assert_eq!(read.into_iter().collect::<Vec<_>>(), [first, second]);
    drop(door);
    assert_eq!(drill.join().unwrap().outcome, Outcome::Succeeded);
    assert!(bench.place.parts.runner.store.being_read().is_empty());
}

#[test]
fn files_are_looked_for_in_media_that_are_no_older_than_the_rows_that_name_them() {
    let bench = Bench::new(MEDIA_CHECK);
    bench.provers.will("app", Mood::Says(Vec::new(), vec![MissingFiles::default()]));
    let place = |bench: &Bench| {
        assert_eq!(bench.drill().outcome, Outcome::Succeeded);
        let asked = bench.provers.asked.lock().unwrap().pop().unwrap();
        assert_eq!(asked.source, "app");
        asked.material.references[0].root.clone().map(|_| asked.sees_media[0])
    };
    let old = bench.place.backup();
    assert_eq!(place(&bench), Ok(true), "of the same set");
    let rows = backup(&bench, &["app"]);
    assert_eq!(place(&bench), Err(format!("media of set {old} is older than these rows, of set {rows}")));
    let newer = backup(&bench, &["media"]);
    assert_eq!(place(&bench), Ok(true), "an upload may have come since, none has gone by itself");
    bench.provers.will("media", Mood::Wrong(What::Tree));
    bench.drill();
    let asked = bench.provers.asked.lock().unwrap().pop().unwrap();
    let why = format!("media of set {newer} did not come back as it was stored");
    assert_eq!(asked.material.references[0].root, Err(why));
    let alone = Bench::new(MEDIA_CHECK);
    backup(&alone, &["app"]);
    assert_eq!(bad_ones(&alone.drill()), ["media", "papers", "settings"]);
    let asked = alone.provers.asked.lock().unwrap().pop().unwrap();
    assert_eq!(asked.material.references[0].root, Err("nothing of media was drilled".to_owned()));
}

#[test]
fn a_no_stands_until_something_as_new_of_that_source_is_proven() {
    let bench = Bench::new("");
    let old = bench.place.backup();
    let bad = bench.place.backup();
    bench.provers.will("app", Mood::Wrong(What::Rows));
    assert_eq!(bad_ones(&bench.drill()), ["app"]);
    bench.provers.will("app", Mood::Good);
    let no = |id: &BackupId, source: &str| format!("drill of set {id} did not bring back as it was stored: {source}.");
    let stands = |what: &str| {
        let reasons = reasons(&bench);
        assert!(reasons.len() == 1 && reasons[0].contains(&no(&bad, "app")), "{what}: {reasons:#?}");
    };
    stands("as it was found");
    bench.place.clock.pass(TimeDelta::minutes(1));
    assert_eq!(bench.drill_one(&old).outcome, Outcome::Succeeded);
    stands("older data is good");
    let site = &bench.place.site;
    assert!(site.call(&["drill", "--last"]).ends(0).stdout.contains("PROVEN"));
    let page = site.call(&["drill", bad.as_str(), "--last"]).ends(0).stdout;
    assert!(page.contains("app (sqlite): NO") && page.contains("rows looked at"), "{page}");
    let other = backup(&bench, &["media", "papers", "settings"]);
    assert_eq!(bench.drill_one(&other).outcome, Outcome::Succeeded);
    stands("it was not looked at");
    for source in ["app", "media"] {
        bench.provers.will(source, Mood::NotReady);
    }
    bench.drill();
    assert!(reasons(&bench).iter().any(|reason| reason.contains(&no(&bad, "app"))), "it could not be looked at");
    for source in ["app", "media"] {
        bench.provers.will(source, Mood::Good);
    }
    assert_eq!(bench.drill_one(&other).outcome, Outcome::Succeeded);
    bench.place.backup();
    stands("nobody has looked at the newer one");
    bench.place.clock.pass(TimeDelta::minutes(1));
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    assert_eq!(reasons(&bench), [""; 0]);
    let listing = site.call(&["list"]).ends(0).stdout;
    assert_eq!(listing.matches("DRILL FAILED").count(), 1, "the set stays what it is: {listing}");
}

#[test]
fn what_was_found_of_a_set_s_other_sources_is_not_lost() {
    let bench = Bench::new("");
    let first = bench.place.backup();
    let whole = bench.drill().run;
    let second = backup(&bench, &["app"]);
    bench.provers.will("settings", Mood::NotReady);
    let part = bench.drill().run;
    let kept = bench.place.parts.runner.store.drill_findings(&first).unwrap();
    let told = |source: &str| -> Vec<(&str, Verdict)> {
        let of_it = kept.sources.iter().filter(|one| one.source.as_str() == source);
        of_it.map(|one| (one.run.as_str(), one.verdict)).collect()
    };
    assert_eq!(told("app"), [(whole.as_str(), Verdict::Proven)], "the second drill took it of another set");
    assert_eq!(told("media"), [(part.as_str(), Verdict::Proven)]);
    assert_eq!(told("settings"), [(whole.as_str(), Verdict::Proven), (part.as_str(), Verdict::NotHeld)]);
    let sets = bench.place.parts.runner.store.catalog().sets;
    assert!(sets[0].drilled_at().is_some(), "what could not be held takes no proof away: {:#?}", sets[0]);
    assert_eq!(verdicts(&bench.found(&second).unwrap()), [("app", Verdict::Proven)]);
    let page = bench.place.site.call(&["drill", "--last"]).ends(0).stdout;
    assert!(page.contains("settings (files): could not be drilled") && page.contains("app (sqlite): proven"), "{page}");
}

#[test]
fn a_set_that_holds_other_bytes_than_were_stored_is_damaged() {
    let bench = Bench::new("");
    let good = bench.place.backup();
    let bad = bench.place.backup();
    assert_eq!(bench.place.verify_one(&bad).outcome, Outcome::Succeeded);
    let verified = bench.place.parts.runner.store.catalog().get(&bad).unwrap().verified_at().unwrap();
    bench.place.clock.pass(TimeDelta::hours(1));
    let path = bench.place.stored(&bad, "app");
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, &bytes).unwrap();
    let report = bench.drill();
    assert_eq!(bad_ones(&report), ["app"], "{report:#?}");
    assert!(error_of(&report, "app").contains("not those that were stored"), "{report:#?}");
    let catalog = bench.place.parts.runner.store.catalog();
    let set = catalog.get(&bad).unwrap();
    assert_eq!(set.state(), SetState::Damaged);
    assert_eq!(set.found_bad_at(), Some(verified + TimeDelta::hours(1)));
    let media = set.artifacts.iter().find(|a| a.source.as_str() == "media").unwrap();
    assert_eq!(media.verify.map(|found| (found.ok, found.at)), Some((true, verified)), "as the verify found it");
    let reasons = reasons(&bench);
    assert!(reasons.iter().any(|reason| reason.contains("as a verify or a drill found: 1")), "{reasons:?}");
    // It is not what anybody would restore any more.
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    let expected = [("app", &good), ("media", &bad), ("papers", &bad), ("settings", &bad)];
    assert_eq!(taken(&last(&bench)), expected.map(|(source, id)| (source, id.clone())));
    assert_eq!(bench.of(&bad, "app").verdict, Verdict::Failed);
    let pages = bench.place.site.call(&["drill", bad.as_str(), "--last"]).ends(0).stdout;
    assert_eq!(pages.matches("RESTORE DRILL").count(), 2, "the no, and what came later: {pages}");
    assert!(pages.contains("app (sqlite): NO") && pages.contains("media (media): proven"), "{pages}");
    let json = bench.place.site.call(&["drill", bad.as_str(), "--last", "--json"]).ends(0).json();
    assert_eq!((&json["sources"][0]["source"], json["sources"].as_array().unwrap().len()), (&json!("app"), 4));
    // Brought back and verified it is what it was.
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(bench.place.verify_one(&bad).outcome, Outcome::Succeeded);
    assert_eq!(bench.place.parts.runner.store.catalog().get(&bad).unwrap().state(), SetState::Complete);
}

#[test]
fn a_drop_is_one_against_the_last_accepted_answer_of_another_set() {
    let check = "[[drill.check]]\nsource = \"app\"\nsql = \"SELECT count(*) FROM asset\"\nmax_drop_percent = 10\n";
    let bench = Bench::new(check);
    let says = |value: &str| {
        bench.provers.will("app", Mood::Says(vec![Ok(Some(value.to_owned()))], Vec::new()));
    };
    let first = bench.place.backup();
    says("500");
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    // The same set is drilled again, without it.
    backup(&bench, &["app"]);
    bench.place.clock.pass(TimeDelta::minutes(1));
    says("480");
    assert_eq!(bench.drill().outcome, Outcome::Succeeded);
    assert_eq!(bench.found(&first).unwrap().sources.len(), 3, "what the last drill took of it");
    backup(&bench, &["app"]);
    says("431");
    let told = error_of(&bench.drill(), "app");
    assert!(told.contains("431 where the drill before found 480"), "{told}");
    let checks = bench.of(&bench.place.parts.runner.store.catalog().newest().unwrap().id, "app").proofs;
    assert!(checks.iter().any(|proof| proof.what == What::Checks && proof.judgement == Judgement::Failed));
}
