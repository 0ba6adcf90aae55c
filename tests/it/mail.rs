//! Mail against a real SMTP server: what arrives, what is refused and how that reads, and that no
//! password and no forged header gets out.

use std::fs;
use std::time::{Duration, Instant};

use resguardo::config::secret::Secret;
use resguardo::config::{MailConfig, MailSecurity};
use resguardo::domain::telling::{Phase, Severity};
use resguardo::domain::trouble::Outlook;
use resguardo::notify::channel::{Channel, Undelivered};
use resguardo::notify::compose::Letter;
use resguardo::notify::smtp::SmtpMailer;
use rstest::rstest;
use tokio::runtime::Runtime;

use crate::support::mail::{SmtpServer, parse};

const ANA: &str = "ana@example.org";

fn letter() -> Letter {
    Letter {
        id: "failed:patrimonio@20241112T080007Z".to_owned(),
        conversation: "failed:patrimonio@20241112T080007Z".to_owned(),
        closes: Vec::new(),
        subject: "[puno] backup FAILED: patrimonio".to_owned(),
        text: "Señora,\n\n.\nno hay copia\n".to_owned(),
        brief: String::new(),
        html: "<p>Señora,</p>\n.\n<p>no hay copia</p>\n".to_owned(),
        topic: "failed".to_owned(),
        phase: Phase::Begins,
        severity: Severity::Critical,
        source: Some("patrimonio".to_owned()),
        place: "puno".to_owned(),
        mark: "0123456789abcdef".to_owned(),
        at: "2024-11-12T08:00:07Z".parse().unwrap(),
    }
}

/// Sends the letter to Ana by a mailer of this configuration.
fn send(config: MailConfig, root: Option<&str>) -> Result<String, Undelivered> {
    let runtime = Runtime::new().unwrap();
    let mut mailer = SmtpMailer::new(config, runtime.handle().clone());
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
    assert_eq!(send(server.config(security), root.as_deref()).unwrap(), "250 2.0.0 Ok: queued as 1");
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
        "Content-Type: text/html; charset=utf-8",
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
#[case(&["auth=ana:secret"], MailSecurity::None, Outlook::Lasting, "hint-mail-no-login", "530")]
#[case(&["starttls"], MailSecurity::None, Outlook::Lasting, "hint-mail-security", "530")]
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
    let mailer = SmtpMailer::new(config, runtime.handle().clone());

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
    let mailer = SmtpMailer::new(server.config(MailSecurity::None), runtime.handle().clone());
    let forged = Letter {
        subject: "failed\r\nBcc: eve@example.org\r\n\r\nall is well".to_owned(),
        text: "one\r\n.\r\nRCPT TO:<eve@example.org>\n".to_owned(),
        conversation: "x>\r\nBcc: <eve@example.org".to_owned(),
        closes: Vec::new(),
        place: "puno\r\nBcc: eve@example.org".to_owned(),
        ..letter()
    };
    mailer.send(&forged, ANA).unwrap();
    assert!(mailer.send(&letter(), "ana@example.org\r\nBcc: eve@example.org").is_err());
    assert_eq!(server.story(), ["accepted ana@example.org"]);
    let mail = parse(&server.mails()[0]);
    assert!(!mail.headers.contains_key("bcc") && mail.headers["subject"].starts_with("failed"), "{mail:#?}");
    assert_eq!((mail.defects.as_slice(), mail.text.trim_end()), ([].as_slice(), "one\n.\nRCPT TO:<eve@example.org>"));
}

#[test]
fn every_try_is_the_same_mail_and_every_recipient_has_a_mail_of_its_own() {
    let server = SmtpServer::start(&[]);
    let runtime = Runtime::new().unwrap();
    let mailer = SmtpMailer::new(server.config(MailSecurity::None), runtime.handle().clone());
    for to in [ANA, ANA, "rosa@example.org"] {
        mailer.send(&letter(), to).unwrap();
    }
    let [first, again, other] = server.mails().try_into().unwrap();
    assert_eq!(first, again);
    let id = |mail: &str| parse(mail).headers["message-id"].clone();
    assert_ne!(id(&first), id(&other));
    assert!(id(&first).ends_with("@example.org>"), "{first}");
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let server = SmtpServer::start(&["silent"]);
    let runtime = Runtime::new().unwrap();
    let mailer = SmtpMailer::new(server.config(MailSecurity::None), runtime.handle().clone())
        .lasting(Duration::from_millis(300));
    let begun = Instant::now();
    let failed = mailer.send(&letter(), ANA).unwrap_err();
    assert_eq!((failed.outlook, hint(&failed)), (Outlook::Passing, Some("hint-mail-unreachable")), "{failed}");
    assert!(failed.error.ends_with("no answer within 0.3 s"), "{failed}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// A mail without what differs from one sending to the next: the text a person reads.
pub(crate) fn read(mail: &str) -> String {
    let parsed = parse(mail);
    let names = ["from", "to", "subject", "date", "auto-submitted"];
    let head: Vec<String> = names.iter().map(|name| format!("{name}: {}", parsed.headers[*name])).collect();
    format!("{}\n\n{}", head.join("\n"), parsed.text)
}
