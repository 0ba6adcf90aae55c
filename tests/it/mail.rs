//! Mail against a real SMTP server: what arrives, what is refused and how that reads, and that no
//! password and no forged header gets out.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use resguardo::config::secret::Secret;
use resguardo::config::{MailConfig, MailSecurity};
use resguardo::domain::health;
use resguardo::domain::report::{Job, Outcome, SourceReport, Warning};
use resguardo::domain::set::SetState;
use resguardo::domain::standing::Standing;
use resguardo::domain::trouble::{Outlook, StopReason};
use resguardo::notify::compose::{Letter, Sender};
use resguardo::notify::deliver::{self, Delivered};
use resguardo::notify::smtp::SmtpMailer;
use resguardo::notify::told::ToldFile;
use resguardo::notify::{Mailer, Patience, Teller, Undelivered};
use resguardo::sys::Sys;
use resguardo::sys::files::Files;
use resguardo::sys::gate::{Act, Gate, Open};
use resguardo::sys::stop::Stop;
use resguardo::words::Words;
use rstest::rstest;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::support::log::StandingClock;
use crate::support::mail::SmtpServer;
use crate::support::serve::full_standing;

const ANA: &str = "ana@example.org";

fn letter() -> Letter {
    Letter { subject: "[puno] backup FAILED: patrimonio".to_owned(), text: "Señora,\n\n.\nno hay copia\n".to_owned() }
}

fn sys() -> Sys {
    Sys::new(StandingClock::at("2024-11-12T08:00:07Z"), Arc::new(Open))
}

/// Sends the letter to Ana by a mailer of this configuration.
fn send(config: MailConfig, root: Option<&str>) -> Result<(), Undelivered> {
    let runtime = Runtime::new().unwrap();
    let mut mailer = SmtpMailer::new(config, sys(), runtime.handle().clone());
    if let Some(pem) = root {
        mailer = mailer.trusting(pem).unwrap();
    }
    mailer.send(&letter(), ANA)
}

fn hint(failed: &Undelivered) -> Option<&'static str> {
    failed.hint.as_ref().map(|hint| hint.key)
}

#[rstest]
#[case(&[], MailSecurity::None, "X-TLS: False")]
#[case(&["starttls"], MailSecurity::StartTls, "X-TLS: True")]
#[case(&["tls"], MailSecurity::Tls, "X-TLS: True")]
fn a_letter_arrives(#[case] options: &[&str], #[case] security: MailSecurity, #[case] tls: &str) {
    let server = SmtpServer::start(options);
    let root = (security != MailSecurity::None).then(|| server.certificate());
    send(server.config(security), root.as_deref()).unwrap();
    let mails = server.mails();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    for line in [
        "X-Envelope-To: ana@example.org",
        // Under implicit TLS the transport itself is wrapped, which aiosmtpd does not count.
        if options.contains(&"tls") { "X-Envelope-To: ana@example.org" } else { tls },
        "From: Backups <backups@example.org>",
        "To: ana@example.org",
        "Subject: [puno] backup FAILED: patrimonio",
        "Date: Tue, 12 Nov 2024 08:00:07 +0000",
        "Auto-Submitted: auto-generated",
        "Content-Type: text/plain; charset=utf-8",
        "Se=C3=B1ora,",
        "no hay copia",
    ] {
        assert!(mail.lines().any(|l| l == line), "{line:?} is not in {mail}");
    }
}

#[rstest]
#[case(&["starttls"], MailSecurity::StartTls, Outlook::Lasting, "hint-mail-certificate", "certificate")]
#[case(&["tls"], MailSecurity::Tls, Outlook::Lasting, "hint-mail-certificate", "certificate")]
#[case(&[], MailSecurity::StartTls, Outlook::Lasting, "hint-mail-security", "STARTTLS")]
#[case(&["refuse=ana@example.org"], MailSecurity::None, Outlook::Lasting, "hint-mail-refused", "no such mailbox")]
#[case(&["drop"], MailSecurity::None, Outlook::Passing, "hint-mail-unreachable", "")]
fn what_is_refused_says_why(
    #[case] options: &[&str],
    #[case] security: MailSecurity,
    #[case] outlook: Outlook,
    #[case] key: &str,
    #[case] reason: &str,
) {
    let server = SmtpServer::start(options);
    let failed = send(server.config(security), None).unwrap_err();
    assert_eq!((failed.outlook, hint(&failed)), (outlook, Some(key)), "{failed}");
    let begins = format!("mail {ANA} through 127.0.0.1:{}: ", server.port);
    assert!(failed.error.starts_with(&begins) && failed.error.contains(reason), "{failed}");
    assert_eq!(server.mails(), Vec::<String>::new());
}

#[test]
fn the_password_is_read_anew_and_never_shown() {
    let server = SmtpServer::start(&["auth=ana:second secret"]);
    let file = server.path("password");
    let config = MailConfig {
        user: "ana".to_owned(),
        password: Some(Secret::File(file.clone())),
        ..server.config(MailSecurity::None)
    };
    let runtime = Runtime::new().unwrap();
    let mailer = SmtpMailer::new(config, sys(), runtime.handle().clone());

    let missing = mailer.send(&letter(), ANA).unwrap_err();
    assert_eq!(hint(&missing), Some("hint-mail-password-file"), "{missing}");

    fs::write(&file, "first secret\n").unwrap();
    let wrong = mailer.send(&letter(), ANA).unwrap_err();
    assert_eq!((wrong.outlook, hint(&wrong)), (Outlook::Lasting, Some("hint-mail-login")), "{wrong}");
    assert!(wrong.error.contains("not the password: ***") && !format!("{wrong:?}").contains("secret"), "{wrong:?}");

    fs::write(&file, "second secret\n").unwrap();
    mailer.send(&letter(), ANA).unwrap();
    assert_eq!(server.mails().len(), 1);
}

#[test]
fn nothing_in_a_letter_can_add_a_header_or_a_recipient() {
    let server = SmtpServer::start(&[]);
    let runtime = Runtime::new().unwrap();
    let mailer = SmtpMailer::new(server.config(MailSecurity::None), sys(), runtime.handle().clone());
    let forged = Letter {
        subject: "failed\r\nBcc: eve@example.org\r\n\r\nall is well".to_owned(),
        text: "one\r\n.\r\nRCPT TO:<eve@example.org>\n".to_owned(),
    };
    mailer.send(&forged, ANA).unwrap();
    assert!(mailer.send(&letter(), "ana@example.org\r\nBcc: eve@example.org").is_err());
    assert_eq!(server.story(), ["accepted ana@example.org"]);
    let mail = &server.mails()[0];
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("\nBcc") && head.contains("failed"), "{mail}");
    assert_eq!(body.trim_end(), "one\r\n.\r\nRCPT TO:<eve@example.org>");
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let server = SmtpServer::start(&["silent"]);
    let runtime = Runtime::new().unwrap();
    let mailer = SmtpMailer::new(server.config(MailSecurity::None), sys(), runtime.handle().clone())
        .lasting(Duration::from_millis(300));
    let begun = Instant::now();
    let failed = mailer.send(&letter(), ANA).unwrap_err();
    assert_eq!((failed.outlook, hint(&failed)), (Outlook::Passing, Some("hint-mail-unreachable")), "{failed}");
    assert!(failed.error.ends_with("no answer within 0.3 s"), "{failed}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// Delivers to these by a server started so, without waiting between tries.
fn deliver(options: &[&str], to: &[&str], tries: usize) -> (SmtpServer, Delivered) {
    let server = SmtpServer::start(options);
    let runtime = Runtime::new().unwrap();
    let to = to.iter().map(|address| (*address).to_owned()).collect();
    let config = MailConfig { to, ..server.config(MailSecurity::None) };
    let mailer = SmtpMailer::new(config, sys(), runtime.handle().clone());
    let delivered = deliver::deliver(&mailer, &letter(), &vec![Duration::ZERO; tries - 1], &Stop::new());
    (server, delivered)
}

#[test]
fn a_busy_server_is_asked_again_and_then_left_until_later() {
    let (server, delivered) = deliver(&["busy=2"], &[ANA], 3);
    assert_eq!((delivered.accepted, delivered.failed.len()), (1, 0));
    assert_eq!(server.story(), ["busy ana@example.org", "busy ana@example.org", "accepted ana@example.org"]);

    let (server, delivered) = deliver(&["busy=9"], &[ANA], 3);
    assert_eq!((delivered.accepted, delivered.failed.len()), (0, 1));
    assert_eq!(delivered.failed[0].outlook, Outlook::Passing);
    assert_eq!(server.story().len(), 3);
}

#[test]
fn a_mailbox_that_is_gone_keeps_the_letter_from_nobody_else() {
    let (server, delivered) = deliver(&["refuse=gone@example.org"], &["gone@example.org", ANA], 3);
    assert_eq!((delivered.accepted, delivered.failed.len()), (1, 1));
    assert!(delivered.failed[0].error.contains("gone@example.org"), "{}", delivered.failed[0]);
    assert_eq!(server.story(), ["refused gone@example.org", "accepted ana@example.org"]);
}

#[test]
fn one_asked_to_stop_tries_once_and_does_not_wait() {
    let server = SmtpServer::start(&["busy=9"]);
    let runtime = Runtime::new().unwrap();
    let mailer = SmtpMailer::new(server.config(MailSecurity::None), sys(), runtime.handle().clone());
    let stop = Stop::new();
    stop.stop(StopReason::Signal);
    let begun = Instant::now();
    let delivered = deliver::deliver(&mailer, &letter(), &[Duration::from_mins(10)], &stop);
    assert_eq!((delivered.accepted, delivered.failed.len(), server.story().len()), (0, 1, 1));
    assert!(begun.elapsed() < Duration::from_mins(1));
}

/// One source of which the standing may say anything, told of by a server started so.
struct Night {
    server: SmtpServer,
    runtime: Runtime,
    store: TempDir,
    standing: Standing,
}

impl Night {
    fn new(options: &[&str]) -> Self {
        let mut standing = full_standing();
        standing.sources.truncate(1);
        standing.catalog.sets.retain(|set| set.state() == SetState::Complete);
        let (server, runtime, store) = (SmtpServer::start(options), Runtime::new().unwrap(), TempDir::new().unwrap());
        Self { server, runtime, store, standing }
    }

    /// A run of the source ended so, some minutes after the one before.
    fn run(&mut self, outcome: Outcome, error: Option<&str>) {
        let mut run = self.standing.jobs[&Job::Backup].last.clone().unwrap();
        self.standing.now += TimeDelta::minutes(5);
        (run.started_at, run.ended_at, run.outcome) = (self.standing.now, self.standing.now, outcome);
        run.sources = vec![SourceReport {
            source: self.standing.sources[0].name.clone(),
            outcome,
            stage: error.map(|_| "dump".to_owned()),
            error: error.map(str::to_owned),
            hint: error.map(|_| "Set the password right.".to_owned()),
            bytes: None,
            lasting: false,
        }];
        self.standing.jobs.get_mut(&Job::Backup).unwrap().last = Some(run.clone());
        self.standing.sources[0].last_attempt = Some(run);
    }

    /// A process of its own that tells: nothing is remembered but what is on disk.
    fn teller(&self, per_day_max: u32, gate: Arc<dyn Gate>, again_after: Duration) -> Teller {
        let mailer = SmtpMailer::new(self.server.config(MailSecurity::None), sys(), self.runtime.handle().clone());
        let told = ToldFile::new(Files::new(gate), &self.store.path().join("told.json"));
        let sender = Sender { place: "puno".to_owned(), contact: vec!["Ana, 951 000 000".to_owned()] };
        let patience = Patience { pauses: vec![Duration::ZERO], again_after };
        Teller::new(Box::new(mailer), told, sender, Words::english(), per_day_max, patience)
    }

    fn tell(&self, teller: &Teller) -> Vec<Warning> {
        teller.tell(&self.standing, &health::judge(&self.standing), &Stop::new())
    }

    fn tell_anew(&self) -> Vec<Warning> {
        self.tell(&self.teller(10, Arc::new(Open), Duration::ZERO))
    }
}

fn codes(warnings: &[Warning]) -> Vec<&str> {
    warnings.iter().map(|warning| warning.code.as_str()).collect()
}

/// A mail without what differs from one sending to the next.
pub(crate) fn read(mail: &str) -> String {
    let lines = mail.lines().filter(|line| !line.starts_with("Message-ID:"));
    lines.collect::<Vec<_>>().join("\n").replace("=\n", "")
}

#[test]
fn a_failure_is_mailed_once_and_once_when_it_is_over() {
    let mut night = Night::new(&[]);
    assert_eq!(night.tell_anew(), []);
    night.run(Outcome::Failed, Some("dump patrimonio: run pg_dump: exit status 1:\nFATAL: no password\r\nBcc: eve"));
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.tell_anew(), []);
    night.run(Outcome::Succeeded, None);
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.tell_anew(), []);
    let mails = night.server.mails();
    assert_eq!(mails.len(), 2);
    insta::assert_snapshot!("mail_failed", read(&mails[0]));
    insta::assert_snapshot!("mail_over", read(&mails[1]));
}

#[test]
fn what_reached_nobody_stays_due_and_is_said() {
    // Both tries of the first telling find the server busy.
    let mut night = Night::new(&["busy=2"]);
    night.run(Outcome::Failed, Some("no password"));
    let warnings = night.tell(&night.teller(1, Arc::new(Open), Duration::ZERO));
    assert_eq!(codes(&warnings), ["mail-unsent"]);
    assert!(warnings[0].text.starts_with("The mail \"patrimonio: the backup failed\" could not be sent: "));
    assert!(warnings[0].text.contains("try again later"), "{}", warnings[0].text);
    // What was not sent is not counted either: the one mail of the day is still to be had.
    assert_eq!(night.tell(&night.teller(1, Arc::new(Open), Duration::ZERO)), []);
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 1);
}

#[test]
fn after_a_telling_that_reached_nobody_the_next_one_waits() {
    let mut night = Night::new(&["busy=2"]);
    let teller = night.teller(10, Arc::new(Open), Duration::from_hours(1));
    night.run(Outcome::Failed, Some("no password"));
    assert_eq!(codes(&night.tell(&teller)), ["mail-unsent"]);
    assert_eq!(night.tell(&teller), []);
    assert_eq!(night.server.story().len(), 2);
}

#[test]
fn so_many_mails_a_day_and_the_last_one_says_so() {
    let mut night = Night::new(&[]);
    let teller = night.teller(2, Arc::new(Open), Duration::ZERO);
    let mut said = Vec::new();
    for outcome in [Outcome::Failed, Outcome::Succeeded, Outcome::Failed] {
        night.run(outcome, None);
        said.extend(night.tell(&teller));
    }
    assert_eq!(codes(&said), ["mail-withheld"]);
    let mails = night.server.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails.iter().filter(|mail| mail.contains("the last mail of today")).count(), 1);
    assert!(mails[1].contains("the last mail of today"));
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
    let mut night = Night::new(&[]);
    let teller = night.teller(10, Arc::new(ReadOnly), Duration::ZERO);
    night.run(Outcome::Failed, Some("read-only file system"));
    assert_eq!(codes(&night.tell(&teller)), ["told-unwritten"]);
    for _ in 0..3 {
        assert_eq!(night.tell(&teller), []);
    }
    assert_eq!(night.server.mails().len(), 1);
}

#[test]
fn a_damaged_memory_tells_again_rather_than_not_at_all() {
    let mut night = Night::new(&[]);
    night.run(Outcome::Failed, Some("no password"));
    assert_eq!(night.tell_anew(), []);
    fs::write(night.store.path().join("told.json"), "{\"version\":").unwrap();
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 2);
}

#[test]
fn while_another_process_tells_this_one_keeps_silent() {
    let mut night = Night::new(&[]);
    night.run(Outcome::Failed, Some("no password"));
    let other = ToldFile::new(Files::new(Arc::new(Open)), &night.store.path().join("told.json"));
    let turn = other.take(&Stop::new()).unwrap();
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 0);
    drop(turn);
    assert_eq!(night.tell_anew(), []);
    assert_eq!(night.server.mails().len(), 1);
}
