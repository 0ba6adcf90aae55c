//! What could not be told waits: on disk, through restarts and kills, within bounds; and is told of.
//! Against a real SMTP server in every bad mood.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use resguardo::config::{MailConfig, MailSecurity};
use resguardo::domain::report::Outcome;
use resguardo::notify::told::ToldFile;
use resguardo::sys::files::Files;
use resguardo::sys::gate::{Act, Gate, Open};
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::fs::{CWD, FileType, Mode, mknodat};

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
    assert!(night.untold().unwrap().contains("gone@example.org"), "{:?}", night.untold());
    night.pass(TimeDelta::minutes(61));
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.story().len(), 3, "Ana was told once");
    night.run(Outcome::Succeeded, None);
    assert_eq!(night.tell_anew(), []);
    assert!(night.untold().is_some(), "another one who is reached does not end it");
    // The settings do not name it any more.
    night.config.to = vec!["ana@example.org".to_owned()];
    assert_eq!(night.tell_anew(), []);
    assert_eq!((night.untold(), night.outbox().waiting), (None, vec![]));
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
    for outcome in [Outcome::Failed, Outcome::Succeeded, Outcome::Failed] {
        night.run(outcome, None);
        said.extend(night.tell_anew());
    }
    assert_eq!(codes(&said), ["withheld"]);
    let mails = night.parsed();
    let last = "This is the last message of today";
    let says_so = |html: bool| mails.iter().map(move |mail| if html { &mail.html } else { &mail.text });
    assert_eq!(says_so(false).map(|text| text.contains(last)).collect::<Vec<_>>(), [false, true]);
    assert_eq!(says_so(true).map(|text| text.contains(last)).collect::<Vec<_>>(), [false, true]);
    night.pass(TimeDelta::hours(16));
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.parsed().len(), 2, "it is still the same day");
    night.pass(TimeDelta::hours(1));
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.parsed().len(), 3);
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
