//! When it is said again, and how much at once: by processes that are started over and over, where what
//! was told can be noted somewhere else or nowhere at all, and of twenty troubles at once.

use std::fs;
use std::path::Path;

use chrono::TimeDelta;
use resguardo::domain::artifact::Kind;
use resguardo::domain::id::BackupId;
use resguardo::domain::language::Language;
use resguardo::domain::report::{self, Job, Outcome, RunReport, SourceReport, Trigger};
use resguardo::domain::standing::Standing;
use resguardo::standing::untold;

use crate::support::mail::SmtpServer;
use crate::support::serve::{empty_standing, set_of, source_standing, time};
use crate::support::site::{Site, toml};
use crate::support::telling::Place;

const AT_ONCE: TimeDelta = TimeDelta::zero();
const AN_HOUR: TimeDelta = TimeDelta::hours(1);

fn name(at: usize) -> String {
    format!("app{at:02}")
}

/// So many sources; the last run of each ended so, with its own error.
fn fared(count: usize, outcome: Outcome, error: impl Fn(usize) -> String) -> Standing {
    let source = |at: usize| {
        let mut source = source_standing(&name(at), Kind::Postgres);
        source.last_attempt = Some(report(at, outcome, error(at)));
        source
    };
    Standing { sources: (0..count).map(source).collect(), ..empty_standing() }
}

fn report(at: usize, outcome: Outcome, error: String) -> RunReport {
    let source = SourceReport {
        source: crate::support::serve::source(&name(at)),
        outcome,
        stage: None,
        error: (outcome == Outcome::Failed).then_some(error),
        hint: None,
        bytes: None,
        lasting: false,
    };
    RunReport {
        version: report::VERSION,
        run: "backup-20241112_065500".to_owned(),
        job: Job::Backup,
        trigger: Trigger::Schedule,
        outcome,
        started_at: time("2024-11-12T11:55:00Z"),
        ended_at: time("2024-11-12T11:56:00Z"),
        duration_seconds: 60.0,
        backup_id: None,
        stage: None,
        error: None,
        hint: None,
        sources: vec![source],
        pruned: Vec::new(),
        pruned_files: Vec::new(),
        warnings: Vec::new(),
    }
}

fn refused(_at: usize) -> String {
    "connect to db:5432: connection refused".to_owned()
}

fn one_failed() -> Place {
    Place::new(fared(1, Outcome::Failed, refused))
}

/// Nothing can be written there any more, whoever tries: what should be replaced is a folder.
fn block(memory: &Path) {
    if memory.exists() {
        fs::rename(memory, memory.with_extension("before")).unwrap();
    }
    fs::create_dir(memory).unwrap();
}

#[test]
fn while_the_store_takes_nothing_the_log_folder_remembers_what_was_told() {
    let mut place = one_failed();
    block(&place.memory("store"));
    for _ in 0..5 {
        assert_eq!(place.tell_anew(AN_HOUR), [], "it is noted, and nothing to complain of");
    }
    assert_eq!(place.subjects().len(), 1, "once, at once, and not at each start");
    // Mended: what was told goes back to where it belongs, and nothing is told for that.
    fs::remove_dir(place.memory("store")).unwrap();
    place.pass(TimeDelta::days(1));
    place.tell_anew(AN_HOUR);
    assert_eq!(place.subjects().len(), 2, "the next day it lasts");
    assert!(place.memory("store").is_file() && !place.memory("logs").exists());
    place.tell_anew(AN_HOUR);
    assert_eq!(place.subjects().len(), 2);
}

#[test]
fn the_bound_of_a_day_holds_through_restarts_of_a_store_that_takes_nothing() {
    let mut place = one_failed();
    place.per_day_max = 2;
    block(&place.memory("store"));
    for turn in 0..8 {
        let outcome = if turn % 2 == 0 { Outcome::Failed } else { Outcome::Succeeded };
        let now = place.standing.now;
        place.standing = Standing { now, ..fared(1, outcome, refused) };
        place.tell_anew(AN_HOUR);
    }
    let sent = place.sent();
    assert_eq!(sent.len(), 2);
    assert!(sent[1].text.contains("This is the last message of today"), "{}", sent[1].text);
}

#[test]
fn of_two_memories_the_one_kept_last_counts() {
    let mut place = one_failed();
    block(&place.memory("store"));
    place.tell_anew(AT_ONCE);
    let older = fs::read(place.memory("logs")).unwrap();
    // The store is back, and is told of what began since; the one in the log folder cannot be removed.
    fs::remove_dir(place.memory("store")).unwrap();
    place.pass(TimeDelta::days(1));
    place.tell_anew(AT_ONCE);
    fs::write(place.memory("logs"), older).unwrap();
    place.tell_anew(AT_ONCE);
    assert_eq!(place.subjects().len(), 2, "by the older one it would be due");
}

#[test]
fn where_nothing_can_be_noted_a_process_that_is_started_each_minute_tells_nothing() {
    let mut place = one_failed();
    block(&place.memory("store"));
    block(&place.memory("logs"));
    for _ in 0..180 {
        place.tell_anew(AN_HOUR);
    }
    assert_eq!(place.subjects(), [""; 0]);
    // One that lives longer tells: once, and not every minute.
    let process = place.process(AN_HOUR);
    for minute in 0..180 {
        let said = place.tell(&process);
        assert_eq!(said.len(), usize::from(minute == 0), "that it cannot be noted is logged once: {said:?}");
        assert_eq!(place.subjects().len(), usize::from(minute >= 60), "minute {minute}");
        place.pass(TimeDelta::minutes(1));
    }
    // What begins then is told at once.
    let now = place.standing.now;
    place.standing = Standing { now, ..fared(1, Outcome::Partial, refused) };
    place.tell(&process);
    assert_eq!(place.subjects().len(), 2, "that something could not be read, and in it that nothing whole is stored");
}

#[test]
fn a_command_that_somebody_calls_tells_all_the_same() {
    let mut place = one_failed();
    block(&place.memory("store"));
    block(&place.memory("logs"));
    assert_eq!(place.tell_anew(AT_ONCE).len(), 1);
    assert_eq!(place.subjects().len(), 1);
}

#[test]
fn a_letter_that_waited_is_not_sent_again_by_each_process_that_cannot_note_it() {
    let mut place = one_failed();
    place.is_down = true;
    place.tell_anew(AN_HOUR);
    place.is_down = false;
    place.pass(TimeDelta::minutes(5));
    // Both can be read, and neither written: the disk is mounted so.
    for folder in ["store", "logs"] {
        fs::copy(place.memory("store"), place.folder("kept")).unwrap();
        make_immutable(&place.folder(folder), true);
    }
    let processes = (0..5).map(|_| place.tell_anew(AN_HOUR).len()).collect::<Vec<_>>();
    let told = place.subjects().len();
    for folder in ["store", "logs"] {
        make_immutable(&place.folder(folder), false);
    }
    assert_eq!((processes, told), (vec![1; 5], 0));
    place.tell_anew(AN_HOUR);
    place.tell_anew(AN_HOUR);
    assert_eq!(place.subjects().len(), 1, "once it can be noted, once");
}

/// Nobody can make, rename or remove anything there, root included.
fn make_immutable(folder: &Path, immutable: bool) {
    let flag = if immutable { "+i" } else { "-i" };
    let done = std::process::Command::new("chattr").arg(flag).arg(folder).status();
    assert!(done.is_ok_and(|status| status.success()), "chattr {flag} {}", folder.display());
}

#[test]
fn health_knows_whom_no_telling_reaches_also_where_the_log_folder_remembers() {
    let mut place = one_failed();
    block(&place.memory("store"));
    place.is_down = true;
    place.tell_anew(AN_HOUR);
    let folders = [place.folder("store"), place.folder("logs")];
    let untold = untold::read(&[&folders[0], &folders[1]], |_| true).untold;
    assert_eq!(untold["mail"].error, "connection refused");
    assert!(untold::read(&[&folders[0], &folders[1]], |channel| channel != "mail").untold.is_empty());
}

#[test]
fn the_program_tells_once_while_its_store_cannot_take_what_was_told() {
    let server = SmtpServer::start(&[]);
    let site = Site::new("");
    let mailing = |port: u16| {
        site.configure(&format!(
            "[[media]]\nname = \"media\"\npath = {}\n[mail]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n\
             from = \"backups@example.org\"\nto = [\"ana@example.org\"]\n",
            toml(&site.path("missing"))
        ));
    };
    mailing(server.port);
    fs::create_dir_all(site.path("backups/.resguardo/told.json")).unwrap();
    for _ in 0..3 {
        site.call(&["backup"]).ends(1);
    }
    assert_eq!(server.mails().len(), 1);
    assert!(!site.log().contains("could not be noted"), "{}", site.log());
    // Its server is gone: that is known to health by what the log folder remembers.
    fs::create_dir(site.path("missing")).unwrap();
    fs::write(site.path("missing/a.jpg"), "a").unwrap();
    drop(server);
    site.call(&["backup"]).ends(0);
    let health = site.call(&["health", "--json"]).ends(0).json();
    assert_eq!(health["reasons"][0]["code"], "untold", "{health:#}");
}

#[test]
fn twenty_troubles_of_a_kind_are_one_message_the_worst_first() {
    let mut standing = fared(20, Outcome::Failed, refused);
    // Nothing was ever stored of most; of two there is something, of the third more lately.
    for (at, day) in [(0, "11"), (1, "10"), (2, "12")] {
        let id = BackupId::parse(&format!("202411{day}_030000")).unwrap();
        let set = set_of(&id, time(&format!("2024-11-{day}T08:00:00Z")), &[(name(at).as_str(), Kind::Postgres, 1_000)]);
        standing.catalog.sets.push(set);
    }
    standing.catalog.sets.sort_by_key(|set| set.started_at);
    for source in &mut standing.sources {
        source.max_age = TimeDelta::days(1000);
    }
    let mut place = Place::new(standing);
    place.tell_anew(AT_ONCE);
    let [letter] = place.sent().try_into().unwrap();
    assert_eq!(letter.subject, "[puno] backup FAILED: 20 sources: connection refused (some have none good yet)");
    let order: Vec<String> =
        letter.text.split("\n\n").filter(|line| line.starts_with("Backup FAILED: app")).map(str::to_owned).collect();
    let named: Vec<&str> = order.iter().map(|line| &line["Backup FAILED: ".len()..][..5]).collect();
    let first = (3..20).map(name).collect::<Vec<_>>();
    assert_eq!(named[..17], first);
    assert_eq!(named[17..], ["app01", "app00", "app02"]);
    // The first three whole, the others by a line each.
    assert_eq!(letter.text.matches("What went wrong: ").count(), 3);
    assert!(letter.source.is_none() && letter.html.contains("app02"));

    // A day later they last; then all is well: one conversation.
    place.pass(TimeDelta::days(1));
    place.tell_anew(AT_ONCE);
    let now = place.standing.now;
    let well = Standing { now, catalog: place.standing.catalog.clone(), ..fared(20, Outcome::Succeeded, refused) };
    place.standing.sources = well.sources;
    for source in &mut place.standing.sources {
        source.max_age = TimeDelta::days(1000);
    }
    for at in 3..20 {
        let id = BackupId::parse("20241113_030000").unwrap();
        let set = set_of(&id, time("2024-11-13T08:00:00Z"), &[(name(at).as_str(), Kind::Postgres, 1_000)]);
        place.standing.catalog.sets.push(set);
    }
    place.tell_anew(AT_ONCE);
    let sent = place.sent();
    assert_eq!(
        place.subjects()[1..].iter().map(String::as_str).collect::<Vec<_>>(),
        [
            "[puno] backup FAILED: 20 sources: connection refused (some have none good yet)",
            "[puno] all is well again: 20 sources"
        ]
    );
    assert!(sent.iter().all(|letter| letter.conversation == sent[0].conversation));
}

#[test]
fn a_letter_of_many_with_long_errors_stays_within_bounds() {
    let error =
        |at: usize| format!("dump {}: pg_dump: error: {}", name(at), format!("line of noise {at}\n").repeat(2_000));
    let mut place = Place::new(fared(300, Outcome::Failed, error));
    place.tell_anew(AT_ONCE);
    let [letter] = place.sent().try_into().unwrap();
    // Three errors of a page each, and a screen or two of lines.
    assert!(letter.text.len() < 30_000 && letter.html.len() < 60_000, "{} {}", letter.text.len(), letter.html.len());
    assert!(letter.subject.starts_with("[puno] backup FAILED: 300 sources (some"), "{}", letter.subject);
    assert!(letter.text.contains("more lines; `resguardo health` says it all"), "{}", letter.text);
    let memory = fs::metadata(place.memory("store")).unwrap().len();
    assert!(memory < 100_000, "{memory}");
}

#[test]
fn three_of_a_kind_are_told_one_by_one_and_different_kinds_never_as_one() {
    let mut place = Place::new(fared(3, Outcome::Failed, refused));
    place.tell_anew(AT_ONCE);
    assert_eq!(place.subjects().len(), 3);
    let mut standing = fared(8, Outcome::Partial, refused);
    let failed = fared(8, Outcome::Failed, refused);
    standing.sources.splice(..4, failed.sources[..4].to_vec());
    for (source, other) in standing.sources.iter_mut().zip(failed.sources) {
        (source.name, source.max_age) = (other.name, TimeDelta::days(1000));
    }
    let mut place = Place::new(standing);
    place.tell_anew(AT_ONCE);
    let kinds: Vec<String> = place.sent().iter().map(|letter| letter.topic.clone()).collect();
    assert_eq!(kinds, ["failed", "partial"], "the gravest first");
}

#[test]
fn many_are_told_in_the_readers_language() {
    let said = |language: Language| {
        let mut place = Place::new(fared(4, Outcome::Failed, refused));
        place.language = language;
        place.tell_anew(AT_ONCE);
        place.subjects().remove(0)
    };
    assert_eq!(
        said(Language::Spanish),
        "[puno] la copia de seguridad FALLÓ: 4 fuentes: conexión rechazada (alguna aún no tiene ninguna buena)"
    );
    assert_eq!(
        said(Language::Portuguese),
        "[puno] o backup FALHOU: 4 fontes: conexão recusada (alguma ainda não tem nenhum bom)"
    );
}
