//! What could not be told waits: on disk, through restarts and kills, within bounds; and is told of.
//! Against a real SMTP server in every bad mood.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use resguardo::config::{MailConfig, MailSecurity};
use resguardo::domain::report::Outcome;
use resguardo::notify::outbox::Outbox;
use resguardo::notify::told::ToldFile;
use resguardo::sys::files::Files;
use resguardo::sys::gate::{Act, Gate, Open};
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::Signal;

use crate::support::life::{Living, free_address};
use crate::support::log::Screen;
use crate::support::mail::{SmtpServer, parse};
use crate::support::mail_night::{Night, codes};
use crate::support::site::{Site, toml};

/// How a mail server can fail its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bad {
    Down,
    Slow,
    Silent,
    Refusing,
    Untrusted,
    Dropping,
    WrongPassword,
}

fn night_with(bad: Bad) -> Night {
    let options: &[&str] = match bad {
        Bad::Down => &[],
        Bad::Slow => &["slow"],
        Bad::Silent => &["silent"],
        Bad::Refusing => &["refuse=ana@example.org"],
        Bad::Untrusted => &["starttls"],
        Bad::Dropping => &["drop"],
        Bad::WrongPassword => &["auth=ana:another"],
    };
    let mut night = Night::new(options);
    match bad {
        // Nobody listens at a port that was just left.
        Bad::Down => night.config.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port(),
        Bad::Untrusted => night.config.security = MailSecurity::StartTls,
        Bad::WrongPassword => {
            let password = Some(resguardo::config::secret::Secret::value("wrong"));
            night.config = MailConfig { user: "ana".to_owned(), password, ..night.config };
        }
        _ => {}
    }
    night
}

#[rstest]
#[case(Bad::Down, "refused")]
#[case(Bad::Slow, "no answer within 0.3 s")]
#[case(Bad::Silent, "no answer within 0.3 s")]
#[case(Bad::Refusing, "550")]
#[case(Bad::Untrusted, "certificate")]
#[case(Bad::Dropping, "mail ana@example.org")]
#[case(Bad::WrongPassword, "not the password: ***")]
fn whatever_the_server_does_it_is_logged_once_told_by_health_and_over_when_delivered(
    #[case] bad: Bad,
    #[case] answer: &str,
) {
    let mut night = night_with(bad);
    assert_eq!((codes(&night.tell_anew()), night.untold()), (vec![], None));
    night.run(Outcome::Failed, Some("no password"));
    let warnings = night.tell_anew();
    assert_eq!(codes(&warnings), ["untold"]);
    let text = &warnings[0].text;
    let says = |part: &str| assert!(text.contains(part), "{text}");
    says("\"[puno] backup FAILED: patrimonio");
    says("could not be told through mail, and waits to be tried again: mail ana@example.org through");
    says(answer);
    for _ in 0..5 {
        night.pass(TimeDelta::minutes(30));
        assert_eq!(night.tell_anew(), [], "it is known");
    }
    let said = night.untold().unwrap();
    assert!(said.starts_with("Nobody is told through mail since 2024-11-12 07:05: mail ana@example.org"), "{said}");
    assert!(said.contains(answer) && !said.contains("wrong"), "{said}");

    night.mend();
    night.pass(TimeDelta::hours(1));
    assert_eq!(night.tell_anew(), []);
    assert_eq!((night.parsed().len(), night.untold(), night.outbox().waiting), (1, None, vec![]));
    night.pass(TimeDelta::minutes(30));
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.parsed().len(), 1);
}

#[test]
fn what_a_server_took_is_delivered_even_where_it_never_says_goodbye() {
    let mut night = Night::new(&["stay"]);
    night.run(Outcome::Failed, Some("no password"));
    for _ in 0..3 {
        assert_eq!(night.tell_anew(), []);
        night.pass(TimeDelta::minutes(30));
    }
    assert_eq!((night.untold(), night.outbox().waiting, night.server.story().len()), (None, vec![], 1));
}

#[test]
fn a_busy_server_is_asked_again_with_growing_pauses() {
    let mut night = Night::new(&["busy=9"]);
    night.run(Outcome::Failed, Some("no password"));
    let mut asked_at = Vec::new();
    for minute in 0..200 {
        let before = night.server.story().len();
        night.tell_anew();
        let tries = night.server.story().len() - before;
        asked_at.extend((0..tries).map(|_| minute));
        night.pass(TimeDelta::minutes(1));
    }
    assert_eq!(asked_at, [0, 1, 3, 7, 15, 31, 63, 123, 183]);
    night.pass(TimeDelta::minutes(60));
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.story().last().unwrap(), "accepted ana@example.org");
}

#[test]
fn once_a_server_is_found_down_the_other_letters_wait_with_the_first() {
    let mut night = Night::new(&["busy=9"]);
    night.run(Outcome::Failed, Some("no password"));
    night.tell_anew();
    night.run(Outcome::Succeeded, None);
    night.tell_anew();
    assert_eq!((night.outbox().waiting.len(), night.server.story().len()), (2, 2), "one try for both");
}

#[test]
fn one_mailbox_that_is_gone_keeps_the_letter_from_nobody_else() {
    let mut night = Night::new(&["refuse=gone@example.org"]);
    night.config.to = vec!["gone@example.org".to_owned(), "ana@example.org".to_owned()];
    night.run(Outcome::Failed, Some("no password"));
    assert_eq!(codes(&night.tell_anew()), ["untold"]);
    assert_eq!(night.server.story(), ["refused gone@example.org", "accepted ana@example.org"]);
    let said = night.untold().unwrap();
    let expected = "mail has not reached gone@example.org since 2024-11-12 07:05, though it reaches others: mail gone@";
    assert!(said.starts_with(expected), "{said}");
    night.pass(TimeDelta::minutes(61));
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.story().len(), 3, "Ana was told once");
    night.run(Outcome::Succeeded, None);
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.untold(), Some(said), "another one who is reached does not end it");
    // The settings do not name it any more.
    night.config.to = vec!["ana@example.org".to_owned()];
    assert_eq!(night.tell_anew(), []);
    assert_eq!((night.untold(), night.outbox().waiting), (None, vec![]));
}

#[test]
fn a_server_that_says_nothing_is_waited_for_once_whomever_it_was_to_tell() {
    let mut night = night_with(Bad::Silent);
    let to = |number: usize| format!("{number}@example.org");
    night.config.to = (0..10).map(to).collect();
    night.run(Outcome::Failed, Some("no password"));
    let begun = Instant::now();
    assert_eq!(codes(&night.tell_anew()), ["untold"]);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let asked = |night: &Night| night.outbox().untold["mail"].addressees.iter().cloned().collect::<Vec<_>>();
    assert_eq!(asked(&night), [to(0)]);
    // It may keep silent for the sake of one: the next try begins with another.
    night.pass(TimeDelta::minutes(1));
    assert_eq!(night.tell_anew(), []);
    assert_eq!(asked(&night), [to(0), to(1)]);
    assert_eq!(night.outbox().waiting[0].addressees.len(), 10);
    night.mend();
    night.pass(TimeDelta::minutes(2));
    assert_eq!(night.tell_anew(), []);
    assert_eq!((night.server.mails().len(), night.outbox().waiting), (10, vec![]));
}

#[test]
fn that_people_are_told_again_is_logged_once() {
    let mut night = Night::new(&["busy=1"]);
    night.run(Outcome::Failed, Some("no password"));
    let mut logged = || {
        let screen = Screen::default();
        let subscriber = tracing_subscriber::fmt().with_writer(Mutex::new(screen.clone())).with_ansi(false).finish();
        tracing::subscriber::with_default(subscriber, || night.tell_anew());
        night.pass(TimeDelta::minutes(1));
        screen.text()
    };
    assert_eq!(logged(), "", "the warning is the caller's to log");
    let again = logged();
    assert!(again.lines().count() == 1 && again.contains("people are told through mail again"), "{again}");
    assert_eq!(logged(), "");
}

#[test]
fn the_daemon_waits_for_no_server_that_says_nothing() {
    let mut silent = SmtpServer::start(&["silent"]);
    let site = failing_site(silent.port);
    fs::write(site.path("settings"), "DEBUG=0").unwrap();
    let settings = fs::read_to_string(site.path("backup.toml")).unwrap();
    let files = format!("{settings}[[files]]\nname = \"settings\"\npaths = [{}]\n", toml(&site.path("settings")));
    fs::write(site.path("backup.toml"), files).unwrap();
    let mut command = site.command();
    command.arg("run").env("RESGUARDO_SERVE__LISTEN", free_address().to_string());
    let daemon = Living::start(command);
    // Due at start: one source is stored, the other fails, and somebody is to be told.
    silent.wait_for_connection();
    assert_eq!(site.stored("sets").len(), 1, "{}", daemon.said());
    let reports = || fs::read_to_string(site.path("backups/.resguardo/runs.jsonl")).unwrap().lines().count();
    assert_eq!(reports(), 1);
    // While it waits for the server's first word another run goes on.
    let begun = Instant::now();
    site.call(&["backup"]).ends(3);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!((reports(), site.stored("sets").len()), (2, 2));
    let (code, took, said) = daemon.end(Signal::TERM);
    assert_eq!(code, Some(0), "{said}");
    assert!(took < Duration::from_secs(15), "{took:?}: {said}");
    let told = fs::read_to_string(site.path("backups/.resguardo/told.json")).unwrap();
    let outbox: Outbox = serde_json::from_str(&told).unwrap();
    assert!(outbox.waiting.iter().any(|waiting| waiting.letter.subject.contains("FAILED: media")), "{outbox:#?}");
}

#[test]
fn a_newer_letter_of_the_same_phase_takes_the_place_of_the_older() {
    let mut night = night_with(Bad::Down);
    night.run(Outcome::Failed, Some("first"));
    night.tell_anew();
    for day in ["second", "third"] {
        night.pass(TimeDelta::hours(23) + TimeDelta::minutes(55));
        night.run(Outcome::Failed, Some(day));
        night.tell_anew();
    }
    let waiting = night.outbox().waiting;
    let failed: Vec<&str> = waiting
        .iter()
        .filter(|waiting| waiting.letter.topic == "failed")
        .map(|waiting| waiting.letter.text.split("went wrong: ").nth(1).unwrap().split('.').next().unwrap())
        .collect();
    assert_eq!(failed, ["first", "third"]);
}

#[test]
fn what_waited_for_three_days_is_given_up_and_the_trouble_stays_until_something_is_delivered() {
    let mut night = night_with(Bad::Down);
    night.run(Outcome::Failed, Some("no password"));
    night.tell_anew();
    night.run(Outcome::Succeeded, None);
    night.tell_anew();
    assert_eq!(night.outbox().waiting.len(), 2);
    night.pass(TimeDelta::days(3));
    night.standing.sources[0].max_age = TimeDelta::days(1000);
    let said = night.tell_anew();
    assert_eq!(codes(&said), ["given-up"], "{said:#?}");
    night.pass(TimeDelta::minutes(6));
    assert_eq!(codes(&night.tell_anew()), ["given-up"]);
    assert_eq!(night.outbox().waiting, []);
    assert!(night.untold().is_some());
    night.mend();
    night.run(Outcome::Failed, Some("no password"));
    assert_eq!(night.tell_anew(), []);
    assert_eq!((night.parsed().len(), night.untold()), (1, None));
}

#[test]
fn so_many_mails_a_day_the_last_one_says_so_and_the_rest_comes_tomorrow() {
    let mut night = Night::new(&[]);
    night.config.max_per_day = 2;
    let mut said = Vec::new();
    for outcome in [Outcome::Failed, Outcome::Succeeded] {
        night.run(outcome, None);
        said.extend(night.tell_anew());
    }
    assert_eq!(codes(&said), ["withheld"], "the other of two is kept for an alarm");
    let waits = "One message waits until 2024-11-13 00:00: mail has told as many as it may in a day (max_per_day). \
                 The log names what waits.";
    assert_eq!(night.untold().as_deref(), Some(waits));
    for outcome in [Outcome::Failed, Outcome::Succeeded, Outcome::Failed, Outcome::Succeeded] {
        night.run(outcome, None);
        night.tell_anew();
    }
    let last_words = ["This is the last message of today save for alarms", "This is the last message of today:"];
    let noted = |text: &str| last_words.map(|words| text.contains(words));
    let mails = night.parsed();
    let [first, last] = mails.as_slice() else { panic!("{mails:#?}") };
    assert!(last.headers["subject"].contains("FAILED"), "the last word is not that all is well");
    for mail in [first, last] {
        assert_eq!((noted(&mail.text), noted(&mail.html)), ([true, false], [true, false]));
    }
    night.pass(TimeDelta::hours(15));
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.parsed().len(), 2, "it is still the same day");
    night.pass(TimeDelta::hours(2));
    assert_eq!(night.tell_anew(), []);
    let subjects: Vec<String> = night.parsed().iter().map(|mail| mail.headers["subject"].clone()).collect();
    let of_yesterday = |part: &str, at: usize| subjects[at].contains(part);
    assert!(subjects.len() == 4 && of_yesterday("FAILED", 2) && of_yesterday("well again", 3), "{subjects:?}");
    assert_eq!(night.untold(), None);
}

#[test]
fn an_evening_of_small_news_silences_no_alarm_and_what_it_leaves_takes_no_place_of_tomorrow() {
    let mut night = Night::new(&[]);
    night.config.max_per_day = 1;
    let told = |night: &mut Night, outcome| {
        night.run(outcome, None);
        let said = night.tell_anew();
        (codes(&said).join(" "), night.parsed().len())
    };
    assert_eq!(told(&mut night, Outcome::Partial), (String::new(), 1));
    assert_eq!(told(&mut night, Outcome::Succeeded), ("withheld".to_owned(), 1));
    assert_eq!(told(&mut night, Outcome::Failed), (String::new(), 2), "beyond the bound");
    assert!(night.parsed()[1].headers["subject"].contains("FAILED"));
    night.pass(TimeDelta::hours(15));
    assert_eq!(told(&mut night, Outcome::Succeeded), ("withheld".to_owned(), 2));
    night.pass(TimeDelta::hours(2));
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.parsed().len(), 3, "the word of yesterday that it is over");
    assert_eq!(told(&mut night, Outcome::Partial), (String::new(), 4), "the one of today");
}

/// Refuses all that would change the store.
struct ReadOnly;

impl Gate for ReadOnly {
    fn pass(&self, _act: Act, _path: &Path) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
}

#[test]
fn a_store_that_takes_nothing_silences_nobody_and_floods_nobody() {
    let mut night = Night::new(&["busy=1"]);
    let teller = night.teller(Arc::new(ReadOnly));
    night.run(Outcome::Failed, Some("read-only file system"));
    assert_eq!(codes(&night.tell(&teller)), ["told-unwritten", "untold"]);
    for _ in 0..3 {
        night.pass(TimeDelta::minutes(1));
        assert_eq!(night.tell(&teller), []);
    }
    assert_eq!(night.server.mails().len(), 1);
}

#[test]
fn a_damaged_memory_tells_again_rather_than_not_at_all() {
    let mut night = Night::new(&[]);
    night.run(Outcome::Failed, Some("no password"));
    assert_eq!(night.tell_anew(), []);
    fs::write(night.told_path(), "{\"version\":").unwrap();
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 2);
}

#[test]
fn letters_that_cannot_be_read_cost_nothing_of_what_was_told() {
    let mut night = Night::new(&[]);
    night.run(Outcome::Failed, Some("no password"));
    assert_eq!(night.tell_anew(), []);
    let mut memory: serde_json::Value = serde_json::from_slice(&fs::read(night.told_path()).unwrap()).unwrap();
    memory["waiting"] = serde_json::json!([{"letter": "of another version"}]);
    fs::write(night.told_path(), memory.to_string()).unwrap();
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 1);
}

#[test]
fn a_memory_that_is_none_is_neither_waited_for_nor_read_whole() {
    let mut night = Night::new(&[]);
    night.run(Outcome::Failed, Some("no password"));
    mknodat(CWD, night.told_path(), FileType::Fifo, Mode::RWXU, 0).unwrap();
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 1);
    let memory = fs::read(night.told_path()).unwrap();
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 1);
    // What nobody of ours wrote: it counts as nothing told, and is made anew.
    let grown = [memory.clone(), vec![b' '; 64 * 1024 * 1024]].concat();
    fs::write(night.told_path(), grown).unwrap();
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 2);
    assert_eq!(fs::metadata(night.told_path()).unwrap().len(), memory.len() as u64);
}

#[test]
fn while_another_process_tells_this_one_keeps_silent() {
    let mut night = Night::new(&[]);
    night.run(Outcome::Failed, Some("no password"));
    let other = ToldFile::new(Files::new(Arc::new(Open)), &night.told_path());
    let turn = other.take(&Stop::new()).unwrap();
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 0);
    drop(turn);
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 1);
}

/// A place whose backup fails, and which mails to this port.
fn failing_site(port: u16) -> Site {
    let site = Site::new("");
    mailing(&site, port);
    site
}

fn mailing(site: &Site, port: u16) {
    site.configure(&format!(
        "[[media]]\nname = \"media\"\npath = {}\n[mail]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n\
         from = \"backups@example.org\"\nto = [\"ana@example.org\"]\n",
        toml(&site.path("missing"))
    ));
}

#[test]
fn a_kill_between_decision_and_delivery_loses_nothing() {
    let mut silent = SmtpServer::start(&["silent"]);
    let site = failing_site(silent.port);
    let mut child = site.command().arg("backup").spawn().unwrap();
    // The server has its connection and says nothing: the decision is made, and nothing delivered.
    silent.wait_for_connection();
    child.kill().unwrap();
    child.wait().unwrap();

    // By the next run all is well: of what stands then nobody could tell that anything had failed.
    let server = SmtpServer::start(&[]);
    mailing(&site, server.port);
    fs::create_dir(site.path("missing")).unwrap();
    fs::write(site.path("missing/a.jpg"), "a").unwrap();
    site.call(&["backup"]).ends(0);
    site.call(&["backup"]).ends(0);
    let subjects: Vec<String> = server.mails().iter().map(|mail| parse(mail).headers["subject"].clone()).collect();
    let [failed, over] = subjects.as_slice() else { panic!("{subjects:?}") };
    assert!(failed.contains("FAILED: media") && over.contains("all is well again"), "{subjects:?}");
}

#[test]
fn a_server_that_is_down_changes_no_outcome_and_is_told_by_health_and_check() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let site = failing_site(port);
    site.call(&["backup"]).ends(1);
    let reports = fs::read_to_string(site.path("backups/.resguardo/runs.jsonl")).unwrap();
    assert!(!reports.contains("mail"), "{reports}");
    assert_eq!(site.log().matches("could not be told through mail").count(), 1, "{}", site.log());

    // The run after it succeeds, and says so.
    fs::create_dir(site.path("missing")).unwrap();
    fs::write(site.path("missing/a.jpg"), "a").unwrap();
    site.call(&["backup"]).ends(0);
    assert_eq!(site.log().matches("could not be told through mail").count(), 1, "{}", site.log());
    let health = site.call(&["health", "--json"]).ends(0).json();
    assert_eq!((health["status"].as_str(), health["reasons"][0]["code"].as_str()), (Some("warning"), Some("untold")));
    let text = health["reasons"][0]["text"].as_str().unwrap();
    assert!(text.contains(&format!("mail ana@example.org through 127.0.0.1:{port}")), "{text}");
    assert!(site.call(&["check"]).stdout.contains("Nobody is told through mail since"));

    // A test that goes through ends it, and what waits need not wait longer.
    let server = SmtpServer::start(&[]);
    mailing(&site, server.port);
    let told = site.call(&["check", "--mail"]).ends(0).stdout;
    assert!(told.contains("the other side answered: 250 2.0.0 Ok: queued as 1"), "{told}");
    assert_eq!(site.call(&["health", "--json"]).ends(0).json()["status"], "healthy");
    site.call(&["backup"]).ends(0);
    assert_eq!(server.mails().len(), 3, "the test, the failure, and that it is over");

    let refusing = SmtpServer::start(&["refuse=ana@example.org"]);
    mailing(&site, refusing.port);
    let told = site.call(&["check", "--mail"]).ends(1).stdout;
    assert!(told.contains("550") && told.contains("no such mailbox"), "{told}");
}
