//! What drills have to say, by mail: each thing once, and once when it is well again.

use std::sync::Arc;

use chrono::TimeDelta;
use resguardo::config::{MailConfig, MailSecurity};
use resguardo::domain::drill::What;
use resguardo::domain::health;
use resguardo::domain::report::Outcome;
use resguardo::notify::Teller;
use resguardo::notify::compose::Sender;
use resguardo::notify::run_log::RunLog;
use resguardo::notify::smtp::SmtpMailer;
use resguardo::notify::told::ToldFile;
use resguardo::source::prove::MissingFiles;
use resguardo::sys::files::Files;
use resguardo::sys::gate::Open;
use resguardo::sys::stop::Stop;
use resguardo::words::Words;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::mail::read;
use crate::support::drilling::{Bench, Mood};
use crate::support::mail::SmtpServer;

const SETTINGS: &str = r#"
[schedule]
drill = "0 5 * * 0"
[[drill.check]]
source = "app"
sql = "SELECT count(*) FROM asset"
min = 100
[[drill.media_check]]
source = "app"
column = "asset.photo"
media = "media"
"#;

/// A place that is drilled, and a server that its mails go to.
struct Post {
    bench: Bench,
    server: SmtpServer,
    runtime: Runtime,
    memory: TempDir,
}

impl Post {
    fn new() -> Self {
        let (server, runtime, memory) = (SmtpServer::start(&[]), Runtime::new().unwrap(), TempDir::new().unwrap());
        Self { bench: Bench::new(SETTINGS), server, runtime, memory }
    }

    /// Holds a drill in which the database is found so, and tells twice of how things stand then: by
    /// processes of their own, which remember what is on disk. Gives the mails that went out.
    fn drill(&self, mood: Mood, outcome: Outcome) -> Vec<String> {
        self.bench.provers.will("app", mood);
        let report = self.bench.drill();
        assert_eq!(report.outcome, outcome, "{report:#?}");
        self.tell()
    }

    fn tell(&self) -> Vec<String> {
        let before = self.server.mails().len();
        for _ in 0..2 {
            let standing = self.bench.place.parts.runner.gatherer.gather();
            let warnings = self.teller().tell(&standing, &health::judge(&standing), &Stop::new());
            assert_eq!(warnings, []);
        }
        self.server.mails().split_off(before)
    }

    fn teller(&self) -> Teller {
        let config = MailConfig { max_per_day: 100, ..self.server.config(MailSecurity::None) };
        let mailer = SmtpMailer::new(config, self.runtime.handle().clone());
        let told = ToldFile::new(Files::new(Arc::new(Open)), &self.memory.path().join("told.json"));
        let sender = Sender { place: "puno".to_owned(), contact: Vec::new() };
        let log = RunLog::new(self.memory.path().join("backup.log"), Vec::new());
        Teller::new(vec![Box::new(mailer)], told, sender, log, Words::english())
    }
}

/// The one mail that went out.
#[track_caller]
fn one(mails: &[String]) -> String {
    let [mail] = mails else { panic!("{mails:#?}") };
    read(mail)
}

fn missing(missing: u64) -> Mood {
    let found = MissingFiles { named: 4000, missing, examples: vec!["2024/b.jpg".to_owned()] };
    Mood::Says(vec![Ok(Some("500".to_owned()))], vec![found])
}

fn answers(value: &str) -> Mood {
    Mood::Says(vec![Ok(Some(value.to_owned()))], vec![MissingFiles::default()])
}

#[track_caller]
fn is_over(mails: &[String]) {
    let mail = one(mails);
    assert!(mail.contains("subject: [puno] a restore drill has ended well again"), "{mail}");
}

#[test]
fn a_drill_that_says_no_and_one_that_is_overdue_are_mailed_once_and_once_when_it_is_well_again() {
    let post = Post::new();
    post.bench.place.backup();
    assert_eq!(post.drill(answers("500"), Outcome::Succeeded), [""; 0]);
    let no = one(&post.drill(Mood::Wrong(What::Rows), Outcome::Failed));
    insta::assert_snapshot!("mail_drill_no", no);
    assert_eq!(post.drill(Mood::Wrong(What::Rows), Outcome::Failed), [""; 0], "it is known");
    is_over(&post.drill(answers("500"), Outcome::Succeeded));

    let not_held = one(&post.drill(Mood::Breaks, Outcome::Failed));
    assert!(not_held.contains("could not be held, which says nothing of what is stored"), "{not_held}");
    assert!(not_held.contains("What went wrong: the server went away"), "{not_held}");
    is_over(&post.drill(answers("500"), Outcome::Succeeded));

    // A week and a day later, with a backup of today.
    post.bench.place.clock.pass(TimeDelta::days(8));
    post.bench.place.backup();
    let mails = post.tell();
    assert!(mails[0].contains("8 nights without an attempt"), "{mails:#?}");
    insta::assert_snapshot!("mail_drill_overdue", one(&mails[1..]));
    is_over(&post.drill(answers("500"), Outcome::Succeeded));
}

#[test]
fn what_a_drill_says_beside_a_proof_is_mailed_as_that() {
    let post = Post::new();
    post.bench.place.backup();
    insta::assert_snapshot!("mail_drill_answer", one(&post.drill(answers("99"), Outcome::Failed)));
    is_over(&post.drill(answers("500"), Outcome::Succeeded));

    let unasked = Mood::Says(vec![Err("no such table: asset".to_owned())], vec![MissingFiles::default()]);
    insta::assert_snapshot!("mail_drill_unasked", one(&post.drill(unasked, Outcome::Partial)));
    is_over(&post.drill(answers("500"), Outcome::Succeeded));

    insta::assert_snapshot!("mail_drill_media", one(&post.drill(missing(400), Outcome::Succeeded)));
    assert_eq!(post.drill(missing(399), Outcome::Succeeded), [""; 0], "it is known");
    is_over(&post.drill(missing(0), Outcome::Succeeded));
}
