//! Journals of restores: of one that cannot be settled, of one that nobody can read, of what stands
//! on another machine or nowhere any more, and of what came while data was exchanged.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use resguardo::cli::exit::Exit;
use resguardo::domain::artifact::Kind;
use resguardo::domain::health;
use resguardo::domain::name::SourceName;
use resguardo::domain::report::{Job, Outcome, RunReport};
use resguardo::domain::restoring::Exchange;
use resguardo::job::restore::{Answer, Ask, Role, What};
use resguardo::runner::Runner;
use resguardo::source;
use resguardo::source::media::restore::FolderRestore;
use resguardo::source::postgres::restore::PostgresRestore;
use resguardo::source::restore::Restore;
use resguardo::sys::gate::{Act, Gate, Open};
use rstest::rstest;

use crate::support::gate::WatchGate;
use crate::support::postgres::{Server, bench};
use crate::support::restore_desk::{Desk, Mishap, Told, clean, files, latest, put_back, undo};

const FIRST: (i64, &str) = (105, "first");
const SECOND: (i64, &str) = (109, "the third");

/// Backed up in its first state, and changed since.
fn desk() -> Desk {
    let desk = Desk::new("");
    desk.change(SECOND.1);
    desk
}

/// A restore of both that died while the folder was exchanged, half of which can be seen. Its id.
fn half_restored() -> (Desk, String) {
    let desk = desk();
    desk.fate.befalls("swap", "media", Mishap::DiesHalfWay);
    let report = desk.ask(latest());
    assert_eq!(report.outcome, Outcome::Failed, "{report:#?}");
    desk.fate.spare_all();
    (desk, run_of(&report))
}

fn run_of(report: &RunReport) -> String {
    report.run.strip_prefix("restore-").unwrap().to_owned()
}

fn only(source: &str) -> Vec<SourceName> {
    vec![SourceName::new(source).unwrap()]
}

fn latest_of(source: &str) -> Ask {
    Ask::PutBack(put_back(What::Latest { sources: only(source) }))
}

fn clean_of(source: &str) -> Ask {
    Ask::Clean { sources: only(source), dry_run: false }
}

#[track_caller]
fn succeeded(report: &RunReport) {
    assert_eq!((report.outcome, Exit::of(report)), (Outcome::Succeeded, Exit::Done), "{report:#?}");
}

#[track_caller]
fn refused(report: &RunReport, error: &str, hint: &str) {
    let said = (report.error.clone().unwrap_or_default(), report.hint.clone().unwrap_or_default());
    assert_eq!(Exit::of(report), Exit::Refused, "{report:#?}");
    assert!(said.0.contains(error) && said.1.contains(hint), "{said:#?}");
}

fn warnings(report: &RunReport) -> Vec<(&str, &str)> {
    report.warnings.iter().map(|warning| (warning.code.as_str(), warning.text.as_str())).collect()
}

fn causes(runner: &Runner) -> Vec<&'static str> {
    health::judge(&runner.gatherer.gather()).causes.iter().map(|cause| cause.code).collect()
}

/// What the last settling told.
fn settling(desk: &Desk) -> RunReport {
    let reports = desk.runner(Arc::new(Open)).record.read().unwrap();
    reports.into_iter().rfind(|report| report.job == Job::Restore).unwrap()
}

#[test]
fn one_that_cannot_be_settled_stops_its_own_source_alone_until_it_is_given_up() {
    let (desk, run) = half_restored();
    desk.fate.befalls("settle", "media", Mishap::Fails);
    // Its folder is away, half-way.
    assert_eq!(desk.call_backup(&desk.runner(Arc::new(Open))).outcome, Outcome::Partial);
    assert_eq!(settling(&desk).sources[0].error.as_deref(), Some("settle the restore of media: settle is not to be"));
    let runner = desk.runner(Arc::new(Open));
    assert!(causes(&runner).contains(&"restore_unsettled"), "{:?}", causes(&runner));
    let checked = desk.site.call(&["check"]);
    let said = format!("The restore {run} of media was cut short and cannot be settled: settle is not to be");
    assert!(checked.stdout.contains(&said), "{checked:?}");

    let (name, why) = (format!("restore media: the restore {run} of it was cut short"), "settled: settle is not to be");
    for ask in [latest(), latest_of("media")] {
        let report = desk.ask(ask);
        refused(&report, &name, "Start the database server, or mount what is missing");
        refused(&report, why, "`resguardo restore --clean --source media` gives it up");
    }
    succeeded(&desk.ask(latest_of("app")));
    let mut beside = put_back(What::Latest { sources: only("media") });
    beside.to_dir = Some(desk.site.path("beside"));
    succeeded(&desk.ask(Ask::PutBack(beside)));
    succeeded(&desk.ask(Ask::Undo { sources: only("app"), dry_run: false }));

    // It is not given up in passing.
    let told = Told::answering(Answer::Yes);
    let report = desk.ask_as(clean(), told.clone());
    assert_eq!((report.outcome, told.typed()), (Outcome::Partial, vec!["app".to_owned()]), "{report:#?}");
    assert!(
        told.text().contains(&format!("Of media what the restore {run} has left stays as it is")),
        "{}",
        told.text()
    );
    refused(&desk.ask(clean()), &name, "--clean --source media");
    assert_eq!(desk.journals(), [format!("{run}.json")]);

    let told = Told::answering(Answer::Yes);
    let report = desk.ask_as(clean_of("media"), told.clone());
    succeeded(&report);
    assert_eq!(told.typed(), ["media"]);
    let left = format!("media_new_{run}");
    assert!(told.text().contains(&left) && told.text().contains("settle is not to be"), "{}", told.text());
    assert!(
        warnings(&report).iter().any(|(code, text)| *code == "restore_clean" && text.contains(&left)),
        "{report:#?}"
    );
    assert_eq!(desk.journals(), Vec::<String>::new());
    assert!(desk.beside().contains(&left), "what it left is the operator's: {:?}", desk.beside());
    desk.fate.spare_all();
    succeeded(&desk.ask(latest_of("media")));
    assert_eq!(desk.live(), (SECOND.0, FIRST.1.to_owned()));
    assert!(!causes(&runner).contains(&"restore_unsettled"));
}

#[test]
fn one_of_a_source_that_is_not_configured_any_more_can_be_configured_again_or_given_up() {
    let (desk, run) = half_restored();
    let config = fs::read_to_string(desk.site.path("backup.toml")).unwrap();
    let without = &config[..config.find("[[media]]").unwrap()];
    let store = &config[config.find("[store]").unwrap()..];
    fs::write(desk.site.path("backup.toml"), format!("{without}{store}")).unwrap();
    let report = desk.ask(latest());
    succeeded(&report);
    assert_eq!(desk.site.call(&["restore", "--clean", "--source", "crm", "--yes"]).code, Some(64));
    let refusal = desk.ask(Ask::Clean { sources: only("crm"), dry_run: false });
    refused(&refusal, "no restore has kept an old copy", "");
    // What the second restore has kept goes; the first stays.
    assert_eq!(desk.ask(clean()).outcome, Outcome::Partial);
    assert_eq!(desk.journals(), [format!("{run}.json")]);
    let report = desk.ask(clean());
    refused(&report, "no such media is configured", "Configure media again as it was");

    // By another name it is the same folder still.
    let renamed = config.replace("name = \"media\"", "name = \"uploads\"");
    fs::write(desk.site.path("backup.toml"), renamed).unwrap();
    let elsewhere = desk.site.path("elsewhere.tar.gz");
    fs::copy(desk.artifact("media"), &elsewhere).unwrap();
    let report = desk.ask(files(&[(&elsewhere, Role::Media)]));
    refused(&report, &format!("the restore {run} of it was cut short"), "Configure media again as it was");

    fs::write(desk.site.path("backup.toml"), &config).unwrap();
    let runner = desk.runner(Arc::new(Open));
    assert_eq!(desk.call_backup(&runner).outcome, Outcome::Succeeded);
    assert_eq!(desk.live().1, FIRST.1, "it was settled forwards");

    // Now its kept copy, which nobody can remove for us.
    fs::write(desk.site.path("backup.toml"), format!("{without}{store}")).unwrap();
    let report = desk.ask(clean());
    refused(&report, "no such media is configured", "forgotten with `resguardo restore --clean --source media`");
    let called = desk.site.call(&["restore", "--clean", "--source", "media", "--yes"]).ends(0);
    assert!(called.stderr.contains(&format!("media_before_{run}")), "{called:?}");
    assert_eq!(desk.journals(), Vec::<String>::new());
    assert_eq!(desk.beside(), [format!("media_before_{run}")]);
}

#[test]
fn one_that_ended_between_its_sources_says_which_is_which() {
    let (desk, run) = half_restored();
    succeeded(&desk.call_backup(&desk.runner(Arc::new(Open))));
    let report = settling(&desk);
    let said = format!(
        "The restore {run} ended between its sources, each of them whole: media is restored, app is as it was."
    );
    assert!(
        warnings(&report).iter().any(|(code, text)| *code == "restore_mixed" && text.starts_with(&said)),
        "{report:#?}"
    );
    succeeded(&desk.ask(undo()));
    assert_eq!(desk.live(), (SECOND.0, SECOND.1.to_owned()));

    succeeded(&desk.ask(latest()));
    desk.fate.befalls("swap", "media", Mishap::DiesHalfWay);
    assert_eq!(desk.ask(undo()).outcome, Outcome::Failed);
    desk.fate.spare_all();
    succeeded(&desk.call_backup(&desk.runner(Arc::new(Open))));
    let report = settling(&desk);
    let said = "media is exchanged back, app is as it was. To end it: `resguardo restore --undo --source app`";
    assert!(warnings(&report).iter().any(|(_, text)| text.contains(said)), "{report:#?}");
    succeeded(&desk.ask(Ask::Undo { sources: only("app"), dry_run: false }));
    assert_eq!(desk.live(), (SECOND.0, SECOND.1.to_owned()));

    // One that ended whole has nothing to say.
    desk.fate.befalls("swap", "app", Mishap::DiesHalfWay);
    assert_eq!(desk.ask(latest()).outcome, Outcome::Failed);
    desk.fate.spare_all();
    succeeded(&desk.call_backup(&desk.runner(Arc::new(Open))));
    assert!(warnings(&settling(&desk)).iter().all(|(code, _)| *code == "restore_settled"));
}

#[test]
fn one_that_nobody_can_read_is_named_and_stops_no_restore() {
    let desk = desk();
    let folder = desk.site.path("backups/.resguardo/restores");
    fs::create_dir_all(&folder).unwrap();
    let (later, earlier) = (folder.join("20990101_000000.json"), folder.join("20200101_000000.json"));
    fs::write(&later, "{\"version\":7").unwrap();
    for (ask, what) in [(undo(), "undo: "), (clean(), "clean: ")] {
        let report = desk.ask(ask);
        refused(&report, what, "bears 20990101_000000 at the end of its name");
        refused(&report, &later.display().to_string(), "Bring the file back from a copy");
    }
    assert!(causes(&desk.runner(Arc::new(Open))).contains(&"store"));
    let report = desk.ask(latest());
    succeeded(&report);
    let named = later.display().to_string();
    assert!(
        warnings(&report).iter().any(|(code, text)| *code == "restore_journal" && text.contains(&named)),
        "{report:#?}"
    );
    // It may be of a later restore than the one that would be taken back.
    refused(&desk.ask(undo()), &named, "");
    assert_eq!(desk.live(), (FIRST.0, FIRST.1.to_owned()));

    fs::rename(&later, &earlier).unwrap();
    let report = desk.ask(undo());
    succeeded(&report);
    assert!(warnings(&report).iter().any(|(_, text)| text.contains("20200101_000000.json")), "{report:#?}");
    assert_eq!(desk.live(), (SECOND.0, SECOND.1.to_owned()));
    let told = Told::answering(Answer::Yes);
    succeeded(&desk.ask_as(clean(), told.clone()));
    assert!(told.text().contains("What an earlier restore has kept cannot be told"), "{}", told.text());
    assert_eq!((desk.beside(), desk.journals()), (Vec::new(), vec!["20200101_000000.json".to_owned()]));
}

#[test]
fn of_a_copied_store_undo_and_clean_claim_nothing_that_is_not_here() {
    let desk = desk();
    let run = run_of(&desk.ask(latest()));
    // As on another machine: the data was restored there, and nothing stands beside it.
    let old = desk.site.path(&format!("app/media_before_{run}"));
    fs::remove_dir_all(&old).unwrap();
    let told = Told::answering(Answer::Yes);
    let report = desk.ask_as(undo(), told.clone());
    let gone = format!("undo the restore of media: the old copy is not there: {}", old.display());
    refused(&report, &gone, "stands on another machine that this store was copied from");
    assert_eq!((desk.live(), told.typed()), ((FIRST.0, FIRST.1.to_owned()), Vec::new()));
    desk.calls();

    fs::remove_file(desk.site.path(&format!("app/db.sqlite3_before_{run}"))).unwrap();
    age(&desk, &run);
    let runner = desk.runner(Arc::new(Open));
    assert!(!causes(&runner).contains(&"old_copies"), "nothing of it is here to be removed");
    let told = Told::answering(Answer::Yes);
    let report = desk.ask_as(clean(), told.clone());
    succeeded(&report);
    assert!(
        told.text().contains("is not there: it was removed by hand, or it stands on another machine"),
        "{}",
        told.text()
    );
    assert_eq!(warnings(&report).len(), 2, "{report:#?}");
    assert_eq!((desk.calls(), desk.journals()), (vec!["kept media".to_owned(), "kept app".to_owned()], Vec::new()));
    refused(&desk.ask(undo()), "no restore has kept an old copy", "");
}

/// Lets a restore have been made fifteen days ago.
fn age(desk: &Desk, run: &str) {
    let journal = desk.site.path(&format!("backups/.resguardo/restores/{run}.json"));
    let mut text: serde_json::Value = serde_json::from_str(&fs::read_to_string(&journal).unwrap()).unwrap();
    text["started_at"] = (chrono::Utc::now() - chrono::TimeDelta::days(15)).to_rfc3339().into();
    fs::write(&journal, text.to_string()).unwrap();
}

#[test]
fn a_clean_names_age_and_size_and_takes_the_sources_that_are_named() {
    let desk = desk();
    let run = run_of(&desk.ask(latest()));
    age(&desk, &run);
    let told = Told::answering(Answer::Yes);
    succeeded(&desk.ask_as(clean_of("media"), told.clone()));
    let said = format!(
        "media_before_{run} (1.0 kB) is removed: the old copy of media that the restore {run} kept, 15 days old."
    );
    assert!(told.text().contains(&said), "{}", told.text());
    assert!(!told.text().contains("db.sqlite3"), "{}", told.text());
    assert_eq!(desk.beside(), [format!("db.sqlite3_before_{run}")]);
    assert!(causes(&desk.runner(Arc::new(Open))).contains(&"old_copies"));
    // By the program as it is called, with the sizes of real files.
    let called = desk.site.call(&["restore", "--clean", "--source", "app", "--yes"]).ends(0);
    assert!(called.stderr.contains(&format!("db.sqlite3_before_{run} (")), "{called:?}");
    assert_eq!((desk.beside(), desk.journals()), (Vec::new(), Vec::new()));
}

#[test]
fn what_a_killed_restore_wrote_for_itself_is_cleared_away() {
    let (desk, run) = half_restored();
    assert!(desk.journals().contains(&format!("{run}.scratch")), "{:?}", desk.journals());
    // Whoever settles it clears away after it too, whatever becomes of what was asked for then.
    let report = desk.ask_as(latest(), Told::answering(Answer::No));
    refused(&report, "consent was not given", "");
    assert_eq!(desk.journals(), [format!("{run}.json")]);
}

/// The folder stays where it is, as a mount point; the database is restored as ever.
fn inside(desk: &Desk, gate: Arc<dyn Gate>) -> Runner {
    let mut runner = desk.runner(gate);
    runner.way_back = Arc::new(|config, kind, name| match kind {
        Kind::Media => Some(Box::new(FolderRestore::new(&config.media[0]).inside()) as Box<dyn Restore>),
        _ => source::way_back(config, kind, name),
    });
    runner
}

/// Writes into the folder as soon as its old entries are aside, as an application does that goes on.
fn uploading(media: &Path) -> Arc<dyn Gate> {
    let (media, done) = (media.to_owned(), AtomicBool::new(false));
    Arc::new(WatchGate(move |act, path: &Path| {
        let is_aside =
            path.to_string_lossy().contains(".resguardo-before-") && !path.to_string_lossy().ends_with(".part");
        if act == Act::Rename && is_aside && !done.swap(true, Ordering::SeqCst) {
            fs::create_dir_all(media.join("2024/11")).unwrap();
            fs::write(media.join("2024/11/new.jpg"), "came meanwhile").unwrap();
            fs::write(media.join("2024/11/old.jpg"), "came meanwhile").unwrap();
        }
    }))
}

#[rstest]
#[case::the_exchange_ends(false)]
#[case::the_process_dies_and_it_is_settled(true)]
fn what_came_while_a_folder_was_exchanged_is_put_in_place_or_named(#[case] dies: bool) {
    let desk = Desk::new("");
    let media = desk.site.path("app/media");
    fs::create_dir_all(media.join("2024/11")).unwrap();
    fs::write(media.join("2024/11/old.jpg"), "archived").unwrap();
    desk.back_up();
    fs::remove_dir_all(media.join("2024")).unwrap();
    desk.change(SECOND.1);

    let uploading = uploading(&media);
    let moved = media.join("2024");
    let gate = WatchGate(move |act, path: &Path| {
        uploading.pass(act, path).unwrap();
        let dies_here = dies && act == Act::Rename && path == moved;
        assert!(!dies_here, "the process is gone, on purpose");
    });
    let report = desk.ask_through(&inside(&desk, Arc::new(gate)), latest_of("media"), Told::answering(Answer::Yes));
    let run = run_of(&report);
    let report = if dies {
        assert_eq!(report.outcome, Outcome::Failed, "{report:#?}");
        succeeded(&desk.call_backup(&inside(&desk, Arc::new(Open))));
        settling(&desk)
    } else {
        report
    };
    assert_eq!(desk.live(), (SECOND.0, FIRST.1.to_owned()));
    let read = |name: &str| fs::read_to_string(media.join(name)).unwrap();
    assert_eq!(
        (read("2024/11/new.jpg"), read("2024/11/old.jpg")),
        ("came meanwhile".to_owned(), "archived".to_owned())
    );
    let aside = format!(".resguardo-meanwhile-{run}");
    assert_eq!(read(&format!("{aside}/2024/11/old.jpg")), "came meanwhile");
    assert!(!media.join(&aside).join("2024/11/new.jpg").exists());
    let named = |(code, text): &(&str, &str)| *code == "restore_meanwhile" && text.contains(&aside);
    assert!(warnings(&report).iter().any(named), "{report:#?}");
    age(&desk, &run);
    assert!(desk.site.call(&["check"]).stdout.contains(&aside));

    let told = Told::answering(Answer::Yes);
    succeeded(&desk.ask_through(&inside(&desk, Arc::new(Open)), clean(), told.clone()));
    assert!(told.text().contains(&format!("is kept as {}", media.join(&aside).display())), "{}", told.text());
    let left: Vec<_> = fs::read_dir(&media).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".resguardo")), "{left:?}");
    assert_eq!(desk.journals(), Vec::<String>::new());
}

#[test]
fn what_stands_of_kept_databases_is_told_by_the_server() {
    let (server, bench) = (Server::start(), bench());
    let restore = PostgresRestore::new(&server.config("app"));
    let old = "app_before_20241112_030100";
    let done = [Exchange {
        live: "app".to_owned(),
        new: "app_new_20241112_030100".to_owned(),
        old: Some(old.to_owned()),
        within: None,
    }];
    assert_eq!(restore.kept(&done, &bench.work), Ok(Vec::new()));
    server.psql("postgres", &format!("CREATE DATABASE {old}"));
    let kept = restore.kept(&done, &bench.work).unwrap();
    assert_eq!(kept.len(), 1);
    assert!(kept[0].name == old && kept[0].bytes.is_some_and(|bytes| bytes > 1_000_000), "{kept:?}");
    // One that our role may not look into stands all the same.
    server.psql("postgres", &format!("CREATE ROLE plain LOGIN; REVOKE CONNECT ON DATABASE {old} FROM PUBLIC"));
    let mut config = server.config("app");
    config.server.user = "plain".to_owned();
    let kept = PostgresRestore::new(&config).kept(&done, &bench.work).unwrap();
    assert_eq!((kept[0].name.as_str(), kept[0].bytes), (old, None));
}
