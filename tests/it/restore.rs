//! Restoring, with ways back as plain as can be: what is chosen, what is refused and in which
//! words, that at every moment old or new stands whole, and the way back.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use resguardo::cli::exit::Exit;
use resguardo::domain::name::SourceName;
use resguardo::domain::report::{Job, Outcome, RunReport};
use resguardo::job::restore::{Answer, Ask, Role, What};
use resguardo::sys::gate::Open;
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::io::Errno;

use crate::support::gate::{Fault, FaultGate, WatchGate};
use crate::support::life::until;
use crate::support::restore_desk::{Desk, Mishap, Told, clean, content, files, latest, put_back, undo};
use crate::support::site::{sqlite, toml};
use crate::support::store::{id, locked, real_store};

const FIRST: (i64, &str) = (105, "first");
const SECOND: (i64, &str) = (109, "the third");

/// Backed up in its first state, and changed since.
fn desk() -> Desk {
    desk_with("")
}

fn desk_with(settings: &str) -> Desk {
    let desk = Desk::new(settings);
    desk.change(SECOND.1);
    desk
}

#[track_caller]
fn stands(desk: &Desk, state: (i64, &str)) {
    assert_eq!(desk.live(), (state.0, state.1.to_owned()));
}

#[track_caller]
fn succeeded(report: &RunReport) {
    assert_eq!((report.outcome, Exit::of(report)), (Outcome::Succeeded, Exit::Done), "{report:#?}");
    assert_eq!(report.warnings, [], "{report:#?}");
}

/// It ended so, said this, and all is as it was: nothing changed, nothing left.
#[track_caller]
fn refused(desk: &Desk, report: &RunReport, exit: Exit, error: &str, hint: &str) {
    let said = (report.error.clone().unwrap_or_default(), report.hint.clone().unwrap_or_default());
    assert_eq!(Exit::of(report), exit, "{report:#?}");
    assert!(said.0.contains(error) && said.1.contains(hint), "{said:#?}");
    stands(desk, SECOND);
    assert_eq!((desk.beside(), desk.journals()), (Vec::new(), Vec::new()));
}

#[test]
fn what_was_replaced_is_kept_exchanged_back_and_forth_and_removed_when_asked() {
    let desk = desk();
    let told = Told::answering(Answer::Yes);
    let report = desk.ask_as(latest(), told.clone());
    succeeded(&report);
    stands(&desk, FIRST);
    assert_eq!(told.typed(), ["media app"]);
    assert!(told.text().contains("media is restored from media/media_"), "{}", told.text());
    assert!(told.text().contains("restore.before_hook is not set"), "{}", told.text());
    let run = report.run.strip_prefix("restore-").unwrap();
    assert_eq!(desk.beside(), [format!("db.sqlite3_before_{run}"), format!("media_before_{run}")]);
    let old = desk.site.path("app");
    assert_eq!(
        content(&old.join(format!("db.sqlite3_before_{run}")), &old.join(format!("media_before_{run}"))),
        (SECOND.0, SECOND.1.to_owned())
    );
    assert_eq!(desk.journals(), [format!("{run}.json")]);

    // What is written since goes aside with it, and comes back with the redo.
    desk.change("written since");
    let told = Told::answering(Answer::Yes);
    let undone = desk.ask_as(undo(), told.clone());
    succeeded(&undone);
    stands(&desk, SECOND);
    assert!(told.text().contains("(0.0 hours) is set aside"), "{}", told.text());
    assert_eq!(told.typed(), ["media app"]);
    assert!(desk.beside().iter().all(|name| name.contains("_undone_")), "{:?}", desk.beside());
    assert_eq!(desk.journals().len(), 1, "{:?}", desk.journals());

    succeeded(&desk.ask(undo()));
    stands(&desk, (113, "written since"));
    succeeded(&desk.ask(undo()));
    stands(&desk, SECOND);

    let told = Told::answering(Answer::No);
    let (journals, beside, sources) = (desk.journals(), desk.beside(), Vec::new());
    for look in [Ask::Undo { sources: sources.clone(), dry_run: true }, Ask::Clean { sources, dry_run: true }] {
        succeeded(&desk.ask_as(look, told.clone()));
        assert_eq!((desk.journals(), desk.beside()), (journals.clone(), beside.clone()));
    }
    stands(&desk, SECOND);
    assert!(told.text().contains("takes the place of") && told.text().contains("is removed"), "{}", told.text());

    let told = Told::answering(Answer::No);
    let refused = desk.ask_as(clean(), told.clone());
    assert_eq!(Exit::of(&refused), Exit::Refused, "{refused:#?}");
    assert_eq!(desk.beside().len(), 2);
    assert_eq!(told.typed(), ["media app"]);
    succeeded(&desk.ask(clean()));
    stands(&desk, SECOND);
    assert_eq!((desk.beside(), desk.journals()), (Vec::new(), Vec::new()));
    for ask in [undo(), clean()] {
        let report = desk.ask(ask);
        assert_eq!(Exit::of(&report), Exit::Refused);
        assert!(report.error.unwrap().contains("no restore has kept an old copy"));
    }
}

#[test]
fn the_same_set_is_restored_twice_and_the_newest_is_undone() {
    let desk = desk();
    succeeded(&desk.ask(latest()));
    desk.change("in between");
    succeeded(&desk.ask(latest()));
    stands(&desk, FIRST);
    assert_eq!((desk.beside().len(), desk.journals().len()), (4, 2));
    succeeded(&desk.ask(undo()));
    stands(&desk, (110, "in between"));
    succeeded(&desk.ask(clean()));
    assert_eq!((desk.beside(), desk.journals()), (Vec::new(), Vec::new()));
}

#[test]
fn one_source_of_a_set_and_files_by_their_names_are_restored() {
    let desk = desk();
    let set = real_store(&desk.site.path("backups")).catalog().sets.remove(0).id;
    let media = vec![SourceName::new("media").unwrap()];
    succeeded(&desk.ask(Ask::PutBack(put_back(What::Set { id: set, sources: media }))));
    stands(&desk, (SECOND.0, FIRST.1));
    let database = desk.artifact("db");
    let name = database.file_name().unwrap();
    succeeded(&desk.ask(files(&[(Path::new(name), Role::Db)])));
    stands(&desk, FIRST);
    // A set that holds more than is configured here says what it leaves out.
    let config = fs::read_to_string(desk.site.path("backup.toml")).unwrap();
    let without = config.replacen("[[media]]", "[[files]]", 1).replacen(
        "name = \"media\"\npath = ",
        "name = \"settings\"\npaths = [",
        1,
    );
    let without = without.replacen("app/media\"", "app/media\"]", 1);
    fs::write(desk.site.path("backup.toml"), without).unwrap();
    let set = real_store(&desk.site.path("backups")).catalog().sets.remove(0).id;
    let told = Told::answering(Answer::No);
    desk.ask_as(Ask::PutBack(put_back(What::Set { id: set, sources: Vec::new() })), told.clone());
    assert!(told.text().contains("also holds media, which is not configured here"), "{}", told.text());
    fs::write(desk.site.path("backup.toml"), config).unwrap();
    // Twice at once, by paths; the source of a file from elsewhere is the only one of its kind.
    desk.change(SECOND.1);
    let elsewhere = desk.site.path("from a friend.gz");
    fs::copy(&database, &elsewhere).unwrap();
    let told = Told::answering(Answer::Yes);
    let both = files(&[(&elsewhere, Role::Db), (&desk.artifact("media"), Role::Media)]);
    succeeded(&desk.ask_as(both, told.clone()));
    assert!(told.text().contains("which no set vouches for"), "{}", told.text());
    stands(&desk, FIRST);
}

#[test]
fn an_adopted_archive_is_restored_and_one_cut_off_is_refused() {
    let desk = desk();
    let whole = fs::read(desk.artifact("media")).unwrap();
    let adopted = desk.site.path("backups/media/photos.tar.gz");
    let mut raw = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&whole[..]), &mut raw).unwrap();
    for part in [1, 50, 99] {
        fs::write(&adopted, &whole[..whole.len() * part / 100]).unwrap();
        let report = desk.ask(files(&[(Path::new("photos.tar.gz"), Role::Media)]));
        assert_eq!(Exit::of(&report), Exit::Refused, "{report:#?}");
        stands(&desk, SECOND);
        // The same without compression, which nothing but the archive's own end tells.
        fs::write(&adopted, &raw[..raw.len() * part / 100]).unwrap();
        let report = desk.ask(files(&[(Path::new("photos.tar.gz"), Role::Media)]));
        refused(&desk, &report, Exit::Refused, "photos.tar.gz", "");
    }
    fs::write(&adopted, &whole).unwrap();
    succeeded(&desk.ask(files(&[(Path::new("photos.tar.gz"), Role::Media)])));
    stands(&desk, (SECOND.0, FIRST.1));
}

/// What is wrong with a file that is given, and what is said of it.
#[rstest]
#[case::empty("x.sql", b"", Role::Db, Exit::Refused, "x.sql: it is empty", "Nothing was changed")]
#[case::of_mysql(
    "x.sql",
    b"-- MySQL dump 10.13\nCREATE TABLE x",
    Role::Db,
    Exit::Refused,
    "it is a dump of MySQL",
    "same kind as the source"
)]
#[case::of_postgres(
    "x.sql",
    b"--\n-- PostgreSQL database dump\n--\n",
    Role::Db,
    Exit::Refused,
    "no source of its kind is configured",
    "Configured are: app, media"
)]
#[case::named_as_another(
    "app_20241112_030000.sql",
    b"PGDMP\x01",
    Role::Db,
    Exit::Refused,
    "it is a custom dump of PostgreSQL, and app is a SQLite database",
    "same kind"
)]
#[case::a_zip("x.tar", b"PK\x03\x04zip", Role::Media, Exit::Refused, "it is a zip archive", "same kind")]
#[case::a_database_as_media(
    "x.db",
    b"SQLite format 3\0rest",
    Role::Media,
    Exit::Refused,
    "it is a database",
    "Give it with --db"
)]
#[case::text("notes.txt", b"hello", Role::Db, Exit::Refused, "it is nothing this program knows", "same kind")]
fn a_file_that_does_not_fit_is_refused_by_what_it_is(
    #[case] name: &str,
    #[case] bytes: &[u8],
    #[case] role: Role,
    #[case] exit: Exit,
    #[case] error: &str,
    #[case] hint: &str,
) {
    let desk = desk();
    let path = desk.site.path(name);
    fs::write(&path, bytes).unwrap();
    let report = desk.ask(files(&[(&path, role)]));
    refused(&desk, &report, exit, error, hint);
}

#[test]
fn what_cannot_be_told_is_asked_back() {
    let desk = desk();
    let config = fs::read_to_string(desk.site.path("backup.toml")).unwrap();
    let other = desk.site.path("other.sqlite3");
    sqlite(&other, 3);
    fs::write(desk.site.path("backup.toml"), format!("{config}\n[[sqlite]]\nname = \"crm\"\npath = {other:?}\n"))
        .unwrap();
    let copied = desk.site.path("copied.sqlite3.gz");
    fs::copy(desk.artifact("db"), &copied).unwrap();
    let report = desk.ask(files(&[(&copied, Role::Db)]));
    refused(&desk, &report, Exit::Usage, "several come into question", "Say which with --source NAME: app, crm");

    let report = desk.ask(files(&[(Path::new("nothing.sql"), Role::Db)]));
    refused(
        &desk,
        &report,
        Exit::Usage,
        "nothing.sql: there is no such file",
        "the name of a file in db, media or files",
    );
    let database = desk.artifact("db");
    let report = desk.ask(files(&[(&database, Role::Db), (&database, Role::Db)]));
    refused(&desk, &report, Exit::Usage, "two artifacts are given for it", "one artifact at a time");
    let report = desk.ask(Ask::PutBack(put_back(What::Set { id: id("20200101_000000"), sources: Vec::new() })));
    refused(&desk, &report, Exit::Usage, "there is no such set", "resguardo list");
    let mut wish = put_back(What::Latest { sources: vec![SourceName::new("media").unwrap()] });
    wish.to_db = Some("beside".to_owned());
    refused(&desk, &desk.ask(Ask::PutBack(wish)), Exit::Usage, "--to-db NAME goes with", "");
    let mut wish = put_back(What::Latest { sources: vec![SourceName::new("app").unwrap()] });
    wish.only = vec!["*.jpg".to_owned()];
    refused(&desk, &desk.ask(Ask::PutBack(wish)), Exit::Usage, "--only GLOB goes with", "");
}

/// Spoils the stored folder; what the manifest says stands.
fn spoil(path: &Path, how: &str) {
    let mut bytes = fs::read(path).unwrap();
    match how {
        "flipped" => {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }
        "cut" => bytes.truncate(bytes.len() / 2),
        "swapped" => bytes = (0..bytes.len()).map(|n| u8::try_from(n % 251).unwrap()).collect(),
        _ => return fs::remove_file(path).unwrap(),
    }
    fs::write(path, bytes).unwrap();
}

#[rstest]
#[case::flipped("flipped", "its bytes are not those that were stored")]
#[case::swapped("swapped", "its bytes are not those that were stored")]
#[case::cut("cut", "has another size than its manifest states")]
#[case::gone("gone", "it is missing")]
fn a_damaged_artifact_stops_all_of_its_set_before_anything_is_begun(#[case] how: &str, #[case] error: &str) {
    let desk = desk();
    let whole = fs::read(desk.artifact("db")).unwrap();
    let path = desk.artifact("db");
    spoil(&path, how);
    let set = real_store(&desk.site.path("backups")).catalog().sets.remove(0).id;
    let ask = || Ask::PutBack(put_back(What::Set { id: set.clone(), sources: Vec::new() }));
    let report = desk.ask(ask());
    refused(&desk, &report, Exit::Refused, error, "Choose another set");
    assert_eq!(desk.calls(), Vec::<String>::new(), "nothing was even looked at");
    fs::write(&path, whole).unwrap();
    succeeded(&desk.ask(ask()));
    stands(&desk, FIRST);
}

#[test]
fn the_newest_that_counts_is_taken_and_different_sets_are_said() {
    let desk = desk();
    desk.change("a second one");
    let second = desk.back_up();
    desk.change(SECOND.1);
    // The newer folder is gone, the newer database stands: they come from different sets then.
    fs::remove_file(desk.site.path(&format!("backups/media/media_{second}.tar.gz"))).unwrap();
    let told = Told::answering(Answer::No);
    let report = desk.ask_as(latest(), told.clone());
    // Of a damaged set nothing counts, so both come from the first.
    refused(&desk, &report, Exit::Refused, "consent was not given", "type exactly");
    assert!(!told.text().contains(&format!("app_{second}")), "{}", told.text());
    assert!(told.text().contains(&format!("The newest backup of app, {second}, is passed over")), "{}", told.text());

    // A night in which the folder was away: the newest of each are of different sets.
    fs::rename(desk.site.path("app/media"), desk.site.path("away")).unwrap();
    let runner = desk.runner(Arc::new(Open));
    let partial = desk.call_backup(&runner);
    assert_eq!(partial.outcome, Outcome::Partial, "{partial:#?}");
    fs::rename(desk.site.path("away"), desk.site.path("app/media")).unwrap();
    let told = Told::answering(Answer::Yes);
    succeeded(&desk.ask_as(latest(), told.clone()));
    assert!(told.text().contains("These come from different sets (media "), "{}", told.text());
    assert!(told.text().contains(partial.backup_id.unwrap().as_str()), "{}", told.text());
    stands(&desk, (SECOND.0, FIRST.1));
}

#[test]
fn a_suspect_artifact_is_taken_by_its_set_alone_and_that_is_said() {
    let desk = desk();
    sqlite(&desk.site.path("app/db.sqlite3"), 1);
    let suspect = desk.back_up();
    desk.change(SECOND.1);
    let told = Told::answering(Answer::No);
    desk.ask_as(latest(), told.clone());
    assert!(!told.text().contains(&format!("app_{suspect}")), "{}", told.text());
    assert!(told.text().contains(&format!("The newest backup of app, {suspect}, is passed over")), "{}", told.text());
    let told = Told::answering(Answer::Yes);
    let app = vec![SourceName::new("app").unwrap()];
    let report = desk.ask_as(Ask::PutBack(put_back(What::Set { id: suspect, sources: app })), told.clone());
    succeeded(&report);
    assert!(told.text().contains("This backup of app is suspect"), "{}", told.text());
    stands(&desk, (1, SECOND.1));
}

#[test]
fn an_artifact_that_is_not_complete_goes_beside_but_replaces_nothing() {
    let desk = desk();
    let set = real_store(&desk.site.path("backups")).catalog().sets.remove(0).id;
    let manifest = desk.site.path(&format!("backups/sets/{set}.json"));
    let text = fs::read_to_string(&manifest).unwrap().replace("\"complete\":true", "\"complete\":false");
    fs::write(&manifest, text).unwrap();
    let wish = || put_back(What::Set { id: set.clone(), sources: vec![SourceName::new("media").unwrap()] });
    let report = desk.ask(Ask::PutBack(wish()));
    refused(&desk, &report, Exit::Refused, "it is not complete", "--to-dir DIR");
    let report = desk.ask(latest());
    refused(&desk, &report, Exit::Refused, "there is no good artifact of it", "resguardo accept ID");
    let beside = desk.site.path("beside");
    let mut aside = wish();
    aside.to_dir = Some(beside.clone());
    succeeded(&desk.ask(Ask::PutBack(aside)));
    assert_eq!(fs::read_to_string(beside.join("a.jpg")).unwrap(), FIRST.1);
    stands(&desk, SECOND);
    assert_eq!(desk.journals(), Vec::<String>::new());
    // Several get each a folder of its own.
    let mut both = put_back(What::Set { id: set, sources: Vec::new() });
    both.to_dir = Some(desk.site.path("several"));
    fs::create_dir(desk.site.path("several")).unwrap();
    succeeded(&desk.ask(Ask::PutBack(both)));
    assert_eq!(fs::read_to_string(desk.site.path("several/media/a.jpg")).unwrap(), FIRST.1);
}

#[test]
fn nobody_to_ask_is_no_consent_and_a_look_changes_nothing() {
    let desk = desk();
    let report = desk.ask_as(latest(), Told::answering(Answer::Nobody));
    refused(&desk, &report, Exit::Refused, "nobody is there to be asked", "or with --yes");
    let recorded = desk.runner(Arc::new(Open)).record.read().unwrap().len();
    desk.calls();
    let told = Told::answering(Answer::Yes);
    let Ask::PutBack(mut wish) = latest() else { panic!("another ask") };
    wish.dry_run = true;
    succeeded(&desk.ask_as(Ask::PutBack(wish), told.clone()));
    assert_eq!(desk.calls(), ["look media", "look app"]);
    assert!(told.text().contains("app is restored from"), "{}", told.text());
    stands(&desk, SECOND);
    assert_eq!((desk.beside(), desk.journals()), (Vec::new(), Vec::new()));
    assert_eq!(desk.runner(Arc::new(Open)).record.read().unwrap().len(), recorded);
}

#[test]
fn what_was_prepared_goes_again_where_another_source_fails() {
    let desk = desk();
    desk.fate.befalls("prepare", "app", Mishap::Fails);
    let report = desk.ask(latest());
    refused(&desk, &report, Exit::Failed, "restore app: prepare is not to be", "");
    assert_eq!(desk.calls()[2..], ["prepare media", "prepare app", "discard media", "discard app"]);
    let of_media = report.sources.iter().find(|source| source.source.as_str() == "media").unwrap();
    assert!(of_media.error.as_ref().unwrap().starts_with("not restored, for app was not"), "{report:#?}");
}

#[test]
fn what_was_exchanged_is_exchanged_back_where_another_source_fails() {
    let desk = desk();
    desk.fate.befalls("swap", "app", Mishap::Fails);
    let report = desk.ask(latest());
    assert_eq!((report.outcome, Exit::of(&report)), (Outcome::Failed, Exit::Failed), "{report:#?}");
    stands(&desk, SECOND);
    // What stood there in between may have been written to, so it is kept, and named.
    let [kept] = &desk.beside()[..] else { panic!("{:?}", desk.beside()) };
    assert!(kept.starts_with("media_undone_"), "{kept}");
    assert_eq!(desk.journals().len(), 1, "{:?}", desk.journals());
    let warned: Vec<&str> = report.warnings.iter().map(|warning| warning.text.as_str()).collect();
    assert!(warned.iter().any(|text| text.contains(kept) && text.contains("--clean")), "{warned:?}");
    desk.fate.spare_all();
    succeeded(&desk.ask(clean()));
    assert_eq!((desk.beside(), desk.journals()), (Vec::new(), Vec::new()));
}

#[test]
fn where_one_cannot_be_exchanged_back_it_is_said_which_is_which() {
    let desk = desk();
    let told = Told::answering(Answer::Yes);
    desk.fate.befalls("swap", "app", Mishap::Fails);
    let fate = desk.fate.clone();
    // The first exchange of the folder succeeds, the way back does not: the record of calls decides.
    let watch = WatchGate(move |_, path: &Path| {
        if fate.calls.lock().unwrap().iter().any(|call| call == "swap app")
            && path.to_string_lossy().contains("restores")
        {
            fate.befalls("swap", "media", Mishap::Fails);
        }
    });
    let report = desk.ask_through(&desk.runner(Arc::new(watch)), latest(), told);
    assert_eq!((report.outcome, Exit::of(&report)), (Outcome::Partial, Exit::Partial), "{report:#?}");
    stands(&desk, (SECOND.0, FIRST.1));
    assert!(
        report.warnings.iter().any(|warning| warning.text.contains("media could not be exchanged back")),
        "{report:#?}"
    );
    desk.fate.spare_all();
    succeeded(&desk.ask(undo()));
    stands(&desk, SECOND);
}

#[test]
fn a_failing_undo_leaves_what_stood_and_can_be_given_again() {
    let desk = desk();
    succeeded(&desk.ask(latest()));
    for failing in ["media", "app"] {
        desk.fate.befalls("swap", failing, Mishap::Fails);
        let report = desk.ask(undo());
        assert_eq!(report.outcome, Outcome::Failed, "{report:#?}");
        stands(&desk, FIRST);
        assert_eq!(desk.beside().len(), 2, "{:?}", desk.beside());
        desk.fate.spare_all();
    }
    // The folder was exchanged and back: it is kept under another name, and goes with the rest.
    succeeded(&desk.ask(undo()));
    stands(&desk, SECOND);
    succeeded(&desk.ask(undo()));
    stands(&desk, FIRST);
    assert_eq!((desk.beside().len(), desk.journals().len()), (2, 1), "{:?}", desk.beside());
    // One source alone goes back, too.
    let media = vec![SourceName::new("media").unwrap()];
    succeeded(&desk.ask(Ask::Undo { sources: media, dry_run: false }));
    stands(&desk, (FIRST.0, SECOND.1));
}

#[test]
fn asked_to_stop_before_the_exchange_it_clears_away_and_in_its_midst_it_ends_it() {
    let desk = desk();
    desk.fate.befalls("prepare", "media", Mishap::Signal);
    let report = desk.ask(latest());
    refused(&desk, &report, Exit::Signalled, "asked to stop by a signal", "");
    desk.fate.spare_all();
    desk.fate.befalls("swap", "media", Mishap::Signal);
    succeeded(&desk.ask(latest()));
    stands(&desk, FIRST);
}

#[rstest]
#[case::while_it_prepares("prepare", "app", Mishap::Dies, SECOND, "the old data stands")]
#[case::prepared_by_half("prepare", "app", Mishap::DiesHalfWay, SECOND, "the old data stands")]
#[case::before_the_first_is_exchanged("swap", "media", Mishap::Dies, SECOND, "the old data stands")]
#[case::the_first_half_exchanged("swap", "media", Mishap::DiesHalfWay, (SECOND.0, FIRST.1), "the new data stands")]
#[case::the_second_half_exchanged("swap", "app", Mishap::DiesHalfWay, FIRST, "the new data stands")]
fn what_was_cut_short_is_settled_before_the_next_run(
    #[case] step: &'static str,
    #[case] source: &str,
    #[case] mishap: Mishap,
    #[case] stands_then: (i64, &str),
    #[case] told: &str,
) {
    let desk = desk();
    desk.fate.befalls(step, source, mishap);
    let report = desk.ask(latest());
    assert_eq!(report.outcome, Outcome::Failed, "{report:#?}");
    desk.fate.spare_all();
    // A look must not pass it over, and settles nothing.
    let Ask::PutBack(mut wish) = latest() else { panic!("another ask") };
    wish.dry_run = true;
    let looked = desk.ask(Ask::PutBack(wish));
    assert!(looked.error.as_ref().is_some_and(|error| error.contains("was cut short")), "{looked:#?}");

    let runner = desk.runner(Arc::new(Open));
    assert_eq!(desk.call_backup(&runner).outcome, Outcome::Succeeded);
    stands(&desk, stands_then);
    let reports = runner.record.read().unwrap();
    let settling = reports.iter().rev().find(|report| report.job == Job::Restore).unwrap();
    let texts: Vec<String> = settling.warnings.iter().map(|warning| warning.text.to_lowercase()).collect();
    assert!(texts.iter().any(|text| text.contains(told)), "{settling:#?}");
    assert!(desk.beside().iter().all(|name| name.contains("_before_")), "{:?}", desk.beside());
    if stands_then == SECOND {
        assert_eq!((desk.beside(), desk.journals()), (Vec::new(), Vec::new()));
    } else {
        succeeded(&desk.ask(undo()));
        stands(&desk, SECOND);
    }
}

#[rstest]
#[case::before_it_begins(Mishap::Dies, FIRST)]
#[case::half_way(Mishap::DiesHalfWay, (FIRST.0, SECOND.1))]
fn an_undo_that_was_cut_short_loses_no_old_copy(#[case] mishap: Mishap, #[case] stands_then: (i64, &str)) {
    let desk = desk();
    succeeded(&desk.ask(latest()));
    desk.fate.befalls("swap", "media", mishap);
    assert_eq!(desk.ask(undo()).outcome, Outcome::Failed);
    desk.fate.spare_all();
    assert_eq!(desk.call_backup(&desk.runner(Arc::new(Open))).outcome, Outcome::Succeeded);
    stands(&desk, stands_then);
    assert!(!desk.calls().iter().any(|call| call.starts_with("discard")), "a kept copy is nobody's to discard");
    assert_eq!(desk.beside().len(), 2, "{:?}", desk.beside());
    // Whatever was exchanged by then, every old copy is still within reach.
    let app = vec![SourceName::new("app").unwrap()];
    succeeded(&desk.ask(Ask::Undo { sources: app, dry_run: false }));
    if stands_then == FIRST {
        succeeded(&desk.ask(Ask::Undo { sources: vec![SourceName::new("media").unwrap()], dry_run: false }));
    }
    stands(&desk, SECOND);
    succeeded(&desk.ask(clean()));
    assert_eq!((desk.beside(), desk.journals()), (Vec::new(), Vec::new()));
}

/// Fails or ends at the `nth` act of ours in a restore, an undo, and a clean.
#[test]
fn at_every_act_of_the_store_old_or_new_stands_whole_and_the_next_run_goes_on() {
    let count = {
        let desk = desk();
        let gate = FaultGate::counting();
        succeeded(&desk.ask_through(&desk.runner(gate.clone()), latest(), Told::answering(Answer::Yes)));
        gate.count()
    };
    assert!(count > 20, "{count} acts");
    for nth in 1..=count {
        for dies in [false, true] {
            let desk = desk();
            let told = Told::answering(Answer::Yes);
            let report = if dies {
                let acts = AtomicUsize::new(0);
                let gate = WatchGate(move |_, _: &Path| {
                    assert_ne!(acts.fetch_add(1, Ordering::SeqCst) + 1, nth, "the process is gone, on purpose");
                });
                desk.ask_through(&desk.runner(Arc::new(gate)), latest(), told)
            } else {
                desk.ask_through(&desk.runner(FaultGate::at(nth, Fault::Error(Errno::NOSPC))), latest(), told)
            };
            let what = format!("act {nth} of {count}, dies: {dies}: {report:#?}");
            assert!(
                !dies || report.outcome == Outcome::Failed || desk.live() == (FIRST.0, FIRST.1.to_owned()),
                "{what}"
            );
            let runner = desk.runner(Arc::new(Open));
            assert_eq!(desk.call_backup(&runner).outcome, Outcome::Succeeded, "{what}");
            let live = desk.live();
            let old_or_new = [SECOND, FIRST, (SECOND.0, FIRST.1)].map(|(rows, text)| (rows, text.to_owned()));
            assert!(old_or_new.contains(&live), "{what}: {live:?}");
            // One of each stands, never a mixture within one; both together unless the process died.
            assert!(dies || live != old_or_new[2], "{what}: {live:?}");
            if live == old_or_new[0] {
                assert!(desk.beside().iter().all(|name| name.contains("_undone_")), "{what}: {:?}", desk.beside());
            } else {
                let undone = desk.ask(undo());
                assert_eq!(undone.outcome, Outcome::Succeeded, "{what}: {undone:#?}");
                stands(&desk, SECOND);
            }
            let cleaned = desk.ask(clean());
            assert!(matches!(Exit::of(&cleaned), Exit::Done | Exit::Refused), "{what}: {cleaned:#?}");
            assert_eq!((desk.beside(), desk.journals()), (Vec::new(), Vec::new()), "{what}");
        }
    }
}

#[test]
fn half_a_removed_copy_is_no_way_back_and_the_next_run_ends_the_removal() {
    let desk = desk();
    succeeded(&desk.ask(latest()));
    desk.fate.befalls("clean", "media", Mishap::Fails);
    assert_eq!(desk.ask(clean()).outcome, Outcome::Partial);
    let media = vec![SourceName::new("media").unwrap()];
    let undone = desk.ask(Ask::Undo { sources: media, dry_run: false });
    assert_eq!(Exit::of(&undone), Exit::Refused, "{undone:#?}");
    stands(&desk, FIRST);
    assert_eq!(desk.beside().len(), 1, "{:?}", desk.beside());
    desk.fate.spare_all();
    succeeded(&desk.call_backup(&desk.runner(Arc::new(Open))));
    assert_eq!((desk.beside(), desk.journals()), (Vec::new(), Vec::new()));
}

fn hooks(desk: &Desk, before: &str) -> PathBuf {
    let out = desk.site.path("hooks.txt");
    let script = |name: &str, code: &str| {
        let path = desk.site.path(name);
        let mut file = fs::File::create(&path).unwrap();
        writeln!(file, "#!/bin/sh\necho {name} $1 $RESGUARDO_RUN $RESGUARDO_SOURCES >> {}\nenv | cut -d= -f1 | sort >> {0}\n{code}", out.display()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    let (stop, start) = (script("stop", before), script("start", "exit 0"));
    let config = fs::read_to_string(desk.site.path("backup.toml")).unwrap();
    let hooks = format!("[restore]\nbefore_hook = [{}, \"now\"]\nafter_hook = [{}]\n", toml(&stop), toml(&start));
    fs::write(desk.site.path("backup.toml"), format!("{hooks}{config}").replace("timezone = \"America/Lima\"", ""))
        .unwrap();
    out
}

#[test]
fn the_hooks_run_around_the_exchange_and_the_second_whatever_happens() {
    let desk = desk();
    let out = hooks(&desk, "exit 0");
    let told = Told::answering(Answer::Yes);
    let report = desk.ask_as(latest(), told.clone());
    succeeded(&report);
    assert!(told.text().contains("Before new and old are exchanged this is run: "), "{}", told.text());
    let ran = fs::read_to_string(&out).unwrap();
    let expected = format!("stop now {} media app\n", report.run);
    assert!(ran.starts_with(&expected), "{ran}");
    assert!(ran.contains(&format!("start {} media app\n", report.run)), "{ran}");
    assert!(!ran.contains("HOME"), "the environment is not handed on: {ran}");

    fs::remove_file(&out).unwrap();
    desk.fate.befalls("swap", "media", Mishap::Dies);
    assert_eq!(desk.ask(latest()).outcome, Outcome::Failed);
    let ran = fs::read_to_string(&out).unwrap();
    assert!(ran.contains("start restore-"), "{ran}");
}

#[test]
fn where_the_application_cannot_be_stopped_nothing_is_exchanged() {
    let desk = desk();
    let out = hooks(&desk, "echo it does not answer >&2; exit 3");
    let report = desk.ask(latest());
    refused(&desk, &report, Exit::Failed, "exit status 3: it does not answer", "See restore.before_hook");
    let ran = fs::read_to_string(&out).unwrap();
    assert!(ran.contains("start restore-"), "{ran}");
}

#[test]
fn a_backup_makes_way_and_whoever_reads_a_question_holds_up_nobody() {
    let desk = desk();
    let film = fs::File::create(desk.site.path("app/media/film.mp4")).unwrap();
    film.set_len(8 << 30).unwrap();
    std::thread::scope(|scope| {
        let (desk, beside) = (&desk, desk.runner(Arc::new(Open)));
        let backup = scope.spawn(move || desk.call_backup(&beside));
        let partial = desk.site.path("backups/.resguardo/partial");
        until("the backup under way", || fs::read_dir(&partial).ok()?.next().map(drop));
        let app = vec![SourceName::new("app").unwrap()];
        succeeded(&desk.ask(Ask::PutBack(put_back(What::Latest { sources: app }))));
        assert_eq!(backup.join().unwrap().outcome, Outcome::Interrupted);
    });
    stands(&desk, (FIRST.0, SECOND.1));
    fs::remove_file(desk.site.path("app/media/film.mp4")).unwrap();

    // While the question stands another run has the store to itself.
    let store = real_store(&desk.site.path("backups"));
    let told = Told::doing(move || drop(locked(&store)));
    succeeded(&desk.ask_as(latest(), told));
}

#[test]
fn a_restore_made_while_the_question_stood_is_noticed() {
    let desk = desk();
    let journal = desk.site.path("backups/.resguardo/restores/20200101_000000.json");
    let told = Told::doing(move || {
        fs::create_dir_all(journal.parent().unwrap()).unwrap();
        let text =
            r#"{"version":1,"id":"20200101_000000","started_at":"2020-01-01T00:00:00Z","undoes":null,"parts":[]}"#;
        fs::write(&journal, text).unwrap();
    });
    let report = desk.ask_as(latest(), told);
    assert_eq!(Exit::of(&report), Exit::Refused, "{report:#?}");
    assert!(report.error.unwrap().contains("another restore was made"));
    stands(&desk, SECOND);
}

#[test]
fn whoever_comes_for_the_store_lets_a_waiting_restore_go_first() {
    let desk = desk();
    let store = real_store(&desk.site.path("backups"));
    let held = locked(&store);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| store.lock_first(Duration::from_mins(1), &Stop::new()).unwrap().is_some());
        until("the request", || store.yield_requested().then_some(()));
        drop(held);
        assert!(waiting.join().unwrap());
    });
    assert!(!store.yield_requested());
    // Nobody holds the store, yet somebody has asked for it.
    let request = fs::File::open(desk.site.path("backups/.resguardo/yield")).unwrap();
    rustix::fs::flock(&request, rustix::fs::FlockOperation::LockExclusive).unwrap();
    assert!(store.lock(Duration::ZERO, &Stop::new()).unwrap().is_none());
    assert!(store.lock_first(Duration::ZERO, &Stop::new()).unwrap().is_some(), "another restore asks no less");
    drop(request);
    drop(locked(&store));
}

#[test]
fn old_copies_are_named_by_health_once_they_are_kept_for_long() {
    let desk = desk();
    succeeded(&desk.ask(latest()));
    let runner = desk.runner(Arc::new(Open));
    let codes = |runner: &resguardo::runner::Runner| {
        let health = resguardo::domain::health::judge(&runner.gatherer.gather());
        health.causes.iter().map(|cause| cause.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&runner), Vec::<&str>::new());
    let journal = desk.site.path(&format!("backups/.resguardo/restores/{}", desk.journals()[0]));
    let mut text: serde_json::Value = serde_json::from_str(&fs::read_to_string(&journal).unwrap()).unwrap();
    text["started_at"] = (chrono::Utc::now() - chrono::TimeDelta::days(15)).to_rfc3339().into();
    fs::write(&journal, text.to_string()).unwrap();
    assert_eq!(codes(&runner), ["old_copies"]);
    let said = desk.site.call(&["check"]);
    assert!(said.stdout.contains("still keeps what it replaced: "), "{said:?}");
    succeeded(&desk.ask(clean()));
    assert_eq!(codes(&runner), Vec::<&str>::new());
}

#[test]
fn the_command_line_says_what_it_cannot_tell() {
    let desk = desk();
    let call = |args: &[&str]| desk.site.call(&[&["restore"], args].concat());
    for (args, said) in [
        (&[][..], "is missing"),
        (&["--set", "20241112_030000", "--latest"], "does not go with"),
        (&["--latest", "--db", "x"], "does not go with"),
        (&["--undo", "--clean"], "does not go with"),
        (&["--undo", "--to-dir", "x"], "does not go with"),
        (&["--latest", "--jobs", "0"], "--jobs"),
        (&["--latest", "--only", "["], "--only"),
        (&["--latest", "--source", "crm"], "There is no source `crm`"),
        (&["--db", "a", "--db", "b", "--source", "app"], "give one file and one source"),
        (&["--set", "20200101_000000"], "there is no such set"),
    ] {
        let called = call(args).ends(64);
        assert!(called.stderr.contains(said), "{args:?}: {called:?}");
    }
    let called = call(&["--undo"]).ends(4);
    assert!(called.stderr.contains("no restore has kept an old copy"), "{called:?}");
    let log = fs::read_to_string(desk.site.path("logs/restore.log")).unwrap();
    assert!(log.contains("no restore has kept an old copy"), "{log}");
    assert!(!desk.site.log().contains("restore"), "each log is of its own work");
}
