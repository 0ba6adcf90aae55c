//! What a mail says and how it looks: read by Python's `email`, in three languages, in a real browser;
//! as one conversation; and what neither a name, an error nor a log can do to it.
//!
//! Its pictures are left in `target/page/`, to be looked at by whoever changes the letter.

use std::fs;
use std::path::Path;

use chrono::TimeDelta;
use resguardo::config::secret::Secret;
use resguardo::config::{MailConfig, MailSecurity};
use resguardo::domain::language::Language;
use resguardo::domain::report::Outcome;
use resguardo::domain::saying::Saying;
use resguardo::domain::standing::Standing;
use resguardo::domain::telling::{Figure, Figures, Message, Phase, ProofEvery, Severity, Topic};
use resguardo::notify::compose::{Letter, Occasion, Sender};
use resguardo::words::Words;
use serde_json::json;
use tempfile::TempDir;

use crate::support::browser::{Browser, PALE};
use crate::support::mail::Parsed;
use crate::support::mail_night::Night;
use crate::support::year::{a_year, filling, troubled};

const REFUSED: &str = "dump patrimonio: connect to db:5432: FATAL: password authentication failed for user \"ana\"";

/// A night in this language, told over TLS to somebody who is known by a password.
fn night(language: Language) -> Night {
    let mut night = Night::new(&["starttls", "auth=ana:secreto"]);
    let (user, password) = ("ana".to_owned(), Some(Secret::value("secreto")));
    night.config = MailConfig { user, password, ..night.server.config(MailSecurity::StartTls) };
    (night.root, night.language) = (Some(night.server.certificate()), language);
    night
}

/// So many lines of the last run in the log, among others.
fn log(night: &Night, lines: usize) {
    let run = night.last_run().replace('-', " ");
    let told = (1..=lines).flat_map(|line| {
        [
            format!("2024-11-12 03:00:{line:02}-05:00 INFO {run} patrimonio: step {line}"),
            format!("2024-11-12 03:00:{line:02}-05:00 INFO verify 20241112_025500: of another run"),
        ]
    });
    let last = format!("2024-11-12 03:01:00-05:00 ERROR {run} patrimonio: failed: {REFUSED}");
    fs::write(night.log_path(), told.chain([last]).collect::<Vec<_>>().join("\n") + "\n").unwrap();
}

/// The mail as a person and a program see it, without what is random.
fn shown(mail: &Parsed) -> String {
    let names = ["from", "to", "subject", "date", "in-reply-to", "references", "auto-submitted"];
    let value = |name: &str| {
        let value = mail.headers.get(name)?;
        // Made from the memory's own mark, which is another at every first telling.
        let is_id = value.starts_with('<') && value.ends_with("@example.org>");
        Some(if is_id && name != "from" { "<…@example.org>" } else { value }.to_owned())
    };
    let head = names.iter().filter_map(|name| Some(format!("{name}: {}", value(name)?)));
    assert_eq!(mail.defects, [""; 0], "{mail:#?}");
    format!("{}\n\n{}\n=====\n{}", head.collect::<Vec<_>>().join("\n"), mail.text, mail.html)
}

/// Every line of the text, and nothing else of weight, stands in the HTML.
#[track_caller]
fn says_the_same_twice(mail: &Parsed) {
    let plain = |text: &str| text.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let seen = plain(&mail.seen.join(" "));
    for line in mail.text.lines().map(plain).filter(|line| !line.is_empty() && line != "--") {
        assert!(seen.contains(&line), "{line:?} is not in {seen}");
    }
    assert_eq!(mail.addresses, [""; 0], "it fetches something");
}

#[test]
fn both_parts_are_whole_in_every_language() {
    for language in Language::ALL {
        let mut night = night(language);
        night.standing.sources[0].max_age = TimeDelta::days(1000);
        night.run(Outcome::Failed, Some(REFUSED));
        log(&night, 2);
        assert_eq!(night.tell_anew(), []);
        night.pass(TimeDelta::days(1));
        assert_eq!(night.tell_anew(), []);
        night.run(Outcome::Succeeded, None);
        assert_eq!(night.tell_anew(), []);
        let mails = night.parsed();
        for mail in &mails {
            assert_eq!(mail.headers["x-tls"], "True");
            says_the_same_twice(mail);
        }
        let [begins, _, over] = mails.as_slice() else { panic!("{mails:#?}") };
        let code = language.code();
        insta::assert_snapshot!(format!("mail_begins_{code}"), shown(begins));
        insta::assert_snapshot!(format!("mail_over_{code}"), shown(over));
    }
}

#[test]
fn one_trouble_is_one_conversation() {
    let mut night = Night::new(&[]);
    night.standing.sources[0].max_age = TimeDelta::days(1000);
    night.run(Outcome::Failed, Some("no password"));
    night.tell_anew();
    for _ in 0..2 {
        night.pass(TimeDelta::days(1));
        night.tell_anew();
    }
    night.run(Outcome::Succeeded, None);
    night.tell_anew();
    night.run(Outcome::Failed, Some("no password"));
    night.tell_anew();
    let mails = night.parsed();
    let [begins, later, later_still, over, anew] = mails.as_slice() else { panic!("{mails:#?}") };
    let root = &begins.headers["message-id"];
    assert!(!begins.headers.contains_key("references") && !anew.headers.contains_key("references"));
    for reply in [later, later_still, over] {
        assert_eq!((&reply.headers["in-reply-to"], &reply.headers["references"]), (root, root));
    }
    let mut ids: Vec<&String> = mails.iter().map(|mail| &mail.headers["message-id"]).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[test]
fn two_places_alike_tell_of_nothing_under_one_name() {
    let ids = || {
        let mut night = Night::new(&[]);
        night.run(Outcome::Failed, Some("no password"));
        night.tell_anew();
        night.run(Outcome::Succeeded, None);
        night.tell_anew();
        let mails = night.parsed();
        let [begins, over] = mails.as_slice() else { panic!("{mails:#?}") };
        let ids = [begins, over].map(|mail| mail.headers["message-id"].clone());
        assert_eq!(over.headers["references"], ids[0], "of one place they are one conversation");
        ids
    };
    let (one, other) = (ids(), ids());
    assert!(one.iter().all(|id| !other.contains(id)), "{one:?} {other:?}");
}

#[test]
fn nothing_that_is_quoted_becomes_a_header_an_element_or_another_text() {
    let hostile = [
        "x\r\nBcc: eve@example.org\r\n\r\nall is well",
        "=?utf-8?B?YWxsIGlzIHdlbGw=?= =?utf-8?Q?all_is_well?=",
        "</title></p><script>alert(1)</script><img src=https://example.org/x>",
        "\u{202e}lleW si lla\u{202c} \u{2066}x\u{2069}\u{61c}\u{200f}",
        "\u{1b}[2J\u{0}\u{8}\u{7f}\u{85}\u{2028}",
        "--=_boundary\r\nContent-Type: text/html\r\n\r\nall is well",
        &"ñ".repeat(100_000),
        &"x".repeat(100_000),
    ];
    for text in hostile {
        let mut night = Night::new(&[]);
        night.place = text.to_owned();
        night.run(Outcome::Failed, Some(text));
        assert_eq!(night.tell_anew(), []);
        let [mail] = night.parsed().try_into().unwrap();
        let names: Vec<&str> = mail.headers.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "auto-submitted",
                "content-type",
                "date",
                "from",
                "message-id",
                "mime-version",
                "subject",
                "to",
                "x-envelope-to",
                "x-tls"
            ]
        );
        assert_eq!(mail.defects, [""; 0], "{mail:#?}");
        let subject = &mail.headers["subject"];
        let is_whole = subject.contains("last good") || subject.ends_with('…');
        assert!(subject.starts_with('[') && is_whole && subject.chars().count() <= 151, "{subject}");
        assert!(!subject.contains("[all is well"), "{subject}");
        for element in ["script", "img"] {
            assert!(!mail.elements.iter().any(|one| one == element), "{mail:#?}");
        }
        let is_bad = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{61c}\u{200f}\u{2028}".contains(c);
        for part in [subject, &mail.text, &mail.html] {
            assert_eq!(part.find(is_bad), None, "{part:?}");
        }
        assert!(!mail.text.lines().any(|line| line == "all is well" || line.starts_with("Bcc")), "{}", mail.text);
        assert!(mail.text.len() + mail.html.len() < 100_000, "{}", mail.text.len());
        assert_eq!(night.server.story(), ["accepted ana@example.org"]);
    }
}

#[test]
fn a_failure_ends_with_the_last_lines_of_its_run_and_never_a_secret() {
    let mut night = Night::new(&[]);
    night.secrets = vec![Secret::value("hunter2 & more")];
    night.run(Outcome::Failed, Some("no password"));
    log(&night, 30);
    let run = night.last_run().replace('-', " ");
    let planted = format!(
        "2024-11-12 03:01:01-05:00 ERROR {run} patrimonio: login with hunter2 & more\n\
         2024-11-12 03:01:02-05:00 ERROR {run} patrimonio: open postgres://ana:hunter3@db/app\n"
    );
    fs::write(night.log_path(), fs::read_to_string(night.log_path()).unwrap() + &planted).unwrap();
    assert_eq!(night.tell_anew(), []);
    let [mail] = night.parsed().try_into().unwrap();
    for part in [&mail.text, &mail.html] {
        assert!(!part.contains("hunter") && part.contains("login with ***"), "{part}");
        assert!(part.contains("postgres://ana:***@db/app"), "{part}");
        assert!(!part.contains("of another run") && !part.contains("step 13\n") && part.contains("step 14"), "{part}");
        assert_eq!(part.lines().filter(|line| line.contains(" 03:0") && line.contains(&run)).count(), 20, "{part}");
    }
    night.run(Outcome::Succeeded, None);
    log(&night, 3);
    night.tell_anew();
    assert!(!night.parsed()[1].text.contains("step"), "it is over");
}

#[test]
fn a_telephone_is_shown_what_happened_and_what_to_do_and_no_line_of_the_log() {
    let mut night = Night::new(&["busy=9"]);
    night.run(Outcome::Failed, Some("no password"));
    log(&night, 3);
    night.tell_anew();
    let letter = night.outbox().waiting[0].letter.clone();
    assert!(letter.text.contains("step 2") && letter.text.contains("From resguardo"), "{}", letter.text);
    let below = |letter: &Letter| letter.on_a_telephone().into_owned();
    let shown = below(&letter);
    assert!(shown.starts_with("The last backup of patrimonio failed."), "{shown}");
    for part in ["What went wrong: no password.", "What to do: Set the password", "Ana, 951", "Time: "] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert!(!shown.contains("step") && !shown.contains("From resguardo"), "{shown}");
    assert!(below(&letter.as_last_today(&Words::english())).contains("This is the last message of today"));
    // What the subject had to leave out is shown first.
    let cut = Letter { subject: "[puno] backup FAI…".to_owned(), ..letter };
    assert!(below(&cut).starts_with("Backup FAILED: patrimonio"), "{cut:?}");
}

/// What is kept, told although nothing happened; with this standing, which may say otherwise.
fn monday(language: Language, standing: Standing) -> Night {
    let mut night = night(language);
    night.standing = Standing { proof: ProofEvery::Week, ..standing };
    night
}

#[test]
fn the_proof_is_a_table_that_both_parts_show() {
    for language in Language::ALL {
        let night = monday(language, a_year());
        assert_eq!(night.tell_anew(), []);
        let [mail] = night.parsed().try_into().unwrap();
        says_the_same_twice(&mail);
        for (name, value) in rows(&mail.text) {
            assert!(mail.html.contains(&format!(">{name}</th>")), "{name}: {value}: {}", mail.html);
        }
        insta::assert_snapshot!(format!("mail_proof_{}", language.code()), shown(&mail));
    }
}

/// What stands in two columns; of each table all values begin below each other.
#[track_caller]
fn rows(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for table in text.split("\n\n") {
        let rows = table.lines().filter_map(|line| {
            let (name, value) = line.split_once(":  ").filter(|(name, _)| !name.contains(": "))?;
            let width = name.chars().count() + 1 + value.chars().take_while(|c| *c == ' ').count();
            Some((width, name.to_owned(), value.trim_start().to_owned()))
        });
        let rows: Vec<(usize, String, String)> = rows.collect();
        assert!(rows.iter().all(|(width, ..)| *width == rows[0].0), "{table}");
        found.extend(rows.into_iter().map(|(_, name, value)| (name, value)));
    }
    assert!(found.len() > 20, "{text}");
    found
}

/// The letters there are, by what they look like.
fn letters(language: Language) -> Vec<(&'static str, String)> {
    let mut night = night(language);
    night.standing.sources[0].max_age = TimeDelta::days(1000);
    let hint = Words::english().text("hint-wrong-password", &[("user", "ana")]);
    night.run(Outcome::Failed, Some(REFUSED));
    night.hint(&hint);
    log(&night, 5);
    night.tell_anew();
    let long = "read /media/2024/a-file-with-a-very-long-name-that-goes-on-and-on.jpg: Permission denied";
    night.run(Outcome::Partial, Some(long));
    night.tell_anew();
    night.run(Outcome::Succeeded, None);
    night.tell_anew();
    let of = |night: &Night| night.parsed().into_iter().map(|mail| mail.html).collect::<Vec<_>>();
    let [critical, warning, over] = of(&night).try_into().unwrap();
    let mut letters = vec![("critical", critical), ("warning", warning), ("over", over)];
    for (name, standing) in [("proof", a_year()), ("report", troubled()), ("disk", filling())] {
        let night = monday(language, standing);
        night.tell_anew();
        // Gravest first.
        let last = if name == "disk" { of(&night).remove(0) } else { of(&night).pop().unwrap() };
        letters.push((name, last));
    }
    letters
}

#[test]
fn a_mail_is_read_at_a_glance_on_every_screen() {
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("page");
    fs::create_dir_all(&pictures).unwrap();
    let browser = Browser::start();
    for language in Language::ALL {
        for (name, html) in letters(language) {
            let page = pictures.join(format!("mail-{name}-{}.html", language.code()));
            fs::write(&page, &html).unwrap();
            for (width, scheme) in [(700, "light"), (700, "dark"), (360, "light"), (360, "dark")] {
                browser.on(width, scheme);
                browser.open(&format!("file://{}", page.display()));
                let at = format!("mail-{name}-{}-{width}-{scheme}", language.code());
                fs::write(pictures.join(format!("{at}.png")), browser.picture()).unwrap();
                assert_eq!(browser.run("return document.documentElement.scrollWidth"), width, "{at}");
                assert_eq!(browser.run(PALE), json!([]), "{at}");
                assert_eq!(browser.complaints(), [""; 0], "{at}");
            }
        }
    }
}

/// Whatever a letter is about; the texts of all its places, in each of its colours.
#[test]
fn every_colour_of_a_letter_has_contrast_in_light_and_in_dark() {
    let browser = Browser::start();
    let place = TempDir::new().unwrap();
    let words = Words::english();
    let sender = Sender { place: "puno".to_owned(), contact: vec!["Ana, 951 000 000".to_owned()] };
    let at = "2024-11-13T08:00:00Z".parse().unwrap();
    let occasion =
        Occasion { at, zone: chrono_tz::America::Lima, log: vec!["the last line".to_owned()], mark: String::new() };
    let figure = |is_bad| Figure { name: Saying::new("figure-drill"), value: Saying::new("figure-drill-none"), is_bad };
    let message = |topic, phase, severity| Message {
        topic,
        phase,
        severity,
        source: None,
        subject: Saying::new("tell-drill-not-held"),
        lines: vec![
            Saying::new("tell-missed-why"),
            Saying::new("tell-error").with("error", "why"),
            Saying::new("tell-hint").with("hint", "do `this`"),
        ],
        figures: vec![Figures { heading: Saying::new("figures-disk"), rows: vec![figure(false), figure(true)] }],
        conversation: "drill@20241112T080000Z".to_owned(),
        closes: Vec::new(),
    };
    let (begins, over) = (Phase::Begins, Phase::Over);
    let mut letters = vec![sender.trial(at, chrono_tz::America::Lima, &words)];
    for (topic, phase, severity) in [
        (Topic::Failed, begins, Severity::Critical),
        (Topic::Drill, begins, Severity::Warning),
        (Topic::Unusual, begins, Severity::Notice),
        (Topic::Proof, begins, Severity::Notice),
        (Topic::Failed, over, Severity::Notice),
    ] {
        letters.push(sender.compose(&message(topic, phase, severity), &occasion, &words).as_last_today(&words));
    }
    let well = Message { lines: Vec::new(), ..message(Topic::Proof, begins, Severity::Notice) };
    letters.push(sender.compose(&well, &occasion, &words));
    for (number, letter) in letters.iter().enumerate() {
        let page = place.path().join(format!("{number}.html"));
        fs::write(&page, &letter.html).unwrap();
        for scheme in ["light", "dark"] {
            browser.on(700, scheme);
            browser.open(&format!("file://{}", page.display()));
            assert_eq!(browser.run(PALE), json!([]), "{scheme}: {}", letter.html);
        }
    }
}
