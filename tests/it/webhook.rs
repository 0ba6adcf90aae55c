//! Webhooks against real HTTP servers: what each kind is sent, by the rules of whoever takes it; what is
//! refused and how that reads; and that no address, token or answer lets a secret out.

use std::fs;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::TimeDelta;
use resguardo::config::body_template::BodyTemplate;
use resguardo::config::secret::Secret;
use resguardo::config::{self, WebhookConfig, WebhookTemplate};
use resguardo::domain::health;
use resguardo::domain::language::Language;
use resguardo::domain::report::{Job, Outcome};
use resguardo::domain::set::SetState;
use resguardo::domain::standing::Standing;
use resguardo::domain::telling::{Phase, Severity};
use resguardo::domain::trouble::Outlook;
use resguardo::notify::Teller;
use resguardo::notify::channel::{Channel, Undelivered};
use resguardo::notify::compose::{Letter, Sender};
use resguardo::notify::http::Roots;
use resguardo::notify::run_log::RunLog;
use resguardo::notify::told::ToldFile;
use resguardo::notify::webhook::Webhook;
use resguardo::standing::untold;
use resguardo::sys::Sys;
use resguardo::sys::files::Files;
use resguardo::sys::gate::Open;
use resguardo::sys::stop::Stop;
use resguardo::words::Words;
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::support::certificate::Flaw;
use crate::support::log::StandingClock;
use crate::support::serve::full_standing;
use crate::support::site::{Called, Site, sqlite, toml};
use crate::support::web::{Answer, Seen, TlsWeb, Web, dropping, falling_silent};

const NOW: &str = "2024-11-12T08:00:07Z";

fn letter() -> Letter {
    Letter {
        id: "failed:patrimonio@20241112T080007Z".to_owned(),
        conversation: "failed:patrimonio@20241112T080007Z".to_owned(),
        closes: Vec::new(),
        subject: "[puno] patrimonio: the backup failed".to_owned(),
        text: "patrimonio: the backup failed\n\ndump: <pg_dump> & \"señora\"\n".to_owned(),
        brief: "dump: <pg_dump> & \"señora\"\n".to_owned(),
        html: "<p>not sent</p>".to_owned(),
        topic: "failed".to_owned(),
        phase: Phase::Begins,
        severity: Severity::Critical,
        source: Some("patrimonio".to_owned()),
        place: "puno".to_owned(),
        mark: "0123456789abcdef".to_owned(),
        at: NOW.parse().unwrap(),
    }
}

/// As bad as a letter may be: long in every way of counting, and full of what is markup somewhere.
fn hostile_letter() -> Letter {
    let odd = "<!channel> </b> &amp; *x* \"q\" \\ \u{1f600} {{id}} ```\n";
    Letter { subject: "<b>&\u{1f600}".repeat(30), text: odd.repeat(1000), source: None, ..letter() }
}

fn hook(url: &str, template: WebhookTemplate) -> WebhookConfig {
    WebhookConfig {
        name: "ops".to_owned(),
        url: Secret::value(url),
        template,
        chat: "-1001".to_owned(),
        token: None,
        max_per_day: 10,
        timeout: Duration::from_secs(30),
    }
}

/// Sends the letter by a webhook of this configuration.
fn send_letter(config: WebhookConfig, letter: &Letter) -> Result<String, Undelivered> {
    let runtime = Runtime::new().unwrap();
    Webhook::new(config, sys(), runtime.handle().clone()).send(letter, "ops")
}

fn send(config: WebhookConfig) -> Result<String, Undelivered> {
    send_letter(config, &letter())
}

fn sys() -> Sys {
    Sys::new(StandingClock::at(NOW), Arc::new(Open))
}

fn own(text: &str) -> WebhookTemplate {
    WebhookTemplate::Own(BodyTemplate::parse(text, true).unwrap())
}

// Who takes what: the rules of each, as its documentation has them.

type Rules = fn(&Seen) -> Answer;

fn breach(seen: &Seen, rules: &[(&str, bool)]) -> Answer {
    let broken: Vec<&str> = rules.iter().filter(|(_, holds)| !holds).map(|(rule, _)| *rule).collect();
    let is_json = seen.method == "POST" && seen.content_type == "application/json";
    if broken.is_empty() && is_json { Answer::ok() } else { Answer::Status(400, format!("invalid: {broken:?}")) }
}

fn only_keys(of: &Value, keys: &[&str]) -> bool {
    of.as_object().is_some_and(|object| object.keys().all(|key| keys.contains(&key.as_str())))
}

fn chars(of: &Value) -> usize {
    of.as_str().map_or(0, |text| text.chars().count())
}

/// <https://api.slack.com/reference/block-kit/blocks>
fn slack(seen: &Seen) -> Answer {
    let body = seen.json();
    let text = body["text"].as_str().unwrap_or_default();
    let blocks = body["blocks"].as_array().cloned().unwrap_or_default();
    let is_text = |of: &Value, chars_max: usize| {
        of["type"] == "plain_text" && of["emoji"].is_boolean() && (1..=chars_max).contains(&chars(&of["text"]))
    };
    let is_block = |block: &Value| match block["type"].as_str() {
        Some("header") => is_text(&block["text"], 150),
        Some("section") => is_text(&block["text"], 3000),
        _ => false,
    };
    breach(
        seen,
        &[
            ("path", seen.target == "/services/T0/B0/hunter2"),
            ("keys", only_keys(&body, &["text", "blocks"])),
            ("text", !text.is_empty() && text.chars().count() <= 40_000),
            ("escaping", is_escaped(text)),
            ("blocks", (1..=50).contains(&blocks.len()) && blocks.iter().all(is_block)),
        ],
    )
}

/// Of the markup that begins with these, only what escapes them.
fn is_escaped(text: &str) -> bool {
    let entities = text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
    !entities.contains(['<', '>', '&'])
}

/// <https://core.telegram.org/bots/api#sendmessage>
fn telegram(seen: &Seen) -> Answer {
    let body = seen.json();
    let text = body["text"].as_str().unwrap_or_default();
    let Some((bold, rest)) = text.strip_prefix("<b>").and_then(|text| text.split_once("</b>")) else {
        return Answer::Status(400, "can't parse entities".to_owned());
    };
    let shown = format!("{bold}{rest}").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let keys = ["chat_id", "text", "parse_mode", "link_preview_options", "disable_notification"];
    breach(
        seen,
        &[
            ("path", seen.target == "/bot123:hunter2/sendMessage"),
            ("keys", only_keys(&body, &keys)),
            ("chat", body["chat_id"] == "-1001"),
            ("mode", body["parse_mode"] == "HTML"),
            ("entities", is_escaped(bold) && is_escaped(rest)),
            ("length", (1..=4096).contains(&shown.encode_utf16().count())),
            ("types", body["disable_notification"].is_boolean() && body["link_preview_options"].is_object()),
        ],
    )
}

/// <https://docs.ntfy.sh/publish/#publish-as-json>
fn ntfy(seen: &Seen) -> Answer {
    let body = seen.json();
    let is_tag = |tag: &Value| tag.is_string();
    breach(
        seen,
        &[
            ("path", seen.target == "/"),
            ("keys", only_keys(&body, &["topic", "title", "message", "priority", "tags"])),
            ("topic", body["topic"] == "hunter2"),
            ("title", (1..=250).contains(&chars(&body["title"]))),
            ("message", (1..=4096).contains(&body["message"].as_str().unwrap_or_default().len())),
            ("priority", body["priority"].as_u64().is_some_and(|priority| (1..=5).contains(&priority))),
            ("tags", body["tags"].as_array().is_some_and(|tags| tags.iter().all(is_tag))),
            ("token", seen.authorization.as_deref() == Some("Bearer tk_secret")),
        ],
    )
}

fn anything(seen: &Seen) -> Answer {
    breach(seen, &[("path", seen.target == "/hunter2?key=a%20b"), ("json", seen.json().is_object())])
}

#[rstest]
#[case::json("json", WebhookTemplate::Json, "/hunter2?key=a%20b", anything)]
#[case::slack("slack", WebhookTemplate::Slack, "/services/T0/B0/hunter2", slack)]
#[case::telegram("telegram", WebhookTemplate::Telegram, "/bot123:hunter2/sendMessage", telegram)]
#[case::telegram_bot("telegram", WebhookTemplate::Telegram, "/bot123:hunter2", telegram)]
#[case::ntfy("ntfy", WebhookTemplate::Ntfy, "/hunter2", ntfy)]
#[case::own(
    "own",
    own(r#"{"a": "{{subject}} {{phase}} {{severity}} {{source}}", "b": "{{text:40}}", "c": {{priority}}}"#),
    "/hunter2?key=a%20b",
    anything
)]
fn every_template_is_taken_by_the_rules_of_who_takes_it(
    #[case] name: &str,
    #[case] template: WebhookTemplate,
    #[case] path: &str,
    #[case] rules: fn(&Seen) -> Answer,
) {
    let server = Web::start(rules);
    let token = (template == WebhookTemplate::Ntfy).then(|| Secret::value(" tk_secret\n"));
    let config = WebhookConfig { token, ..hook(&server.url(path), template) };
    assert_eq!(send(config.clone()), Ok("200 OK".to_owned()));
    assert_eq!(send_letter(config, &hostile_letter()), Ok("200 OK".to_owned()));
    let sent = serde_json::to_string_pretty(&server.seen()[0].json()).unwrap();
    insta::assert_snapshot!(format!("webhook_{name}"), sent);
}

#[rstest]
#[case(WebhookTemplate::Slack, 2)] // On the telephone, and above the section.
#[case(WebhookTemplate::Telegram, 1)]
#[case(WebhookTemplate::Ntfy, 1)]
fn what_the_subject_says_is_not_said_again_below_it(#[case] template: WebhookTemplate, #[case] times: usize) {
    let server = Web::start(|_| Answer::ok());
    let config = hook(&server.url("/services"), template.clone());
    let said = |letter: Letter| {
        send_letter(config.clone(), &letter).unwrap();
        server.seen().last().unwrap().body.clone()
    };
    let usual = said(letter());
    assert_eq!(usual.matches("the backup failed").count(), times, "{usual}");
    assert!(usual.contains("señora"), "{usual}");
    // A telephone shows no log.
    let text = format!("{}\nThe last lines of the log:\n    INFO step 1\n", letter().text);
    let logged = said(Letter { text, ..letter() });
    assert_eq!(logged.contains("INFO"), template == WebhookTemplate::Slack, "{logged}");
    // What the subject had to leave out stands below it.
    let cut = said(Letter { subject: "[puno] patrimonio: the back…".to_owned(), ..letter() });
    assert!(cut.contains("the backup failed"), "{cut}");
}

#[test]
fn plain_text_is_sent_as_it_is() {
    let server = Web::start(|_| Answer::ok());
    let template = BodyTemplate::parse("{{subject}}: \"{{at}}\"", false).unwrap();
    send(hook(&server.url("/"), WebhookTemplate::Own(template))).unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.content_type, "text/plain; charset=utf-8");
    assert_eq!(seen.body, "[puno] patrimonio: the backup failed: \"2024-11-12T08:00:07Z\"");
}

// What is refused, and how that reads.

fn hint(failed: &Undelivered) -> Option<&'static str> {
    failed.hint.as_ref().map(|hint| hint.key)
}

#[rstest]
#[case(401, Outlook::Lasting, Some("hint-http-forbidden"), "401 Unauthorized: said why")]
#[case(403, Outlook::Lasting, Some("hint-http-forbidden"), "403 Forbidden: said why")]
#[case(404, Outlook::Lasting, Some("hint-http-gone"), "404 Not Found: said why")]
#[case(410, Outlook::Lasting, Some("hint-http-gone"), "410 Gone: said why")]
#[case(400, Outlook::Lasting, Some("hint-http-not-taken"), "400 Bad Request: said why")]
#[case(413, Outlook::Lasting, Some("hint-http-not-taken"), "413 Payload Too Large: said why")]
#[case(408, Outlook::Passing, None, "408 Request Timeout: said why")]
#[case(429, Outlook::Passing, None, "429 Too Many Requests: said why")]
#[case(500, Outlook::Passing, None, "500 Internal Server Error: said why")]
#[case(503, Outlook::Passing, None, "503 Service Unavailable: said why")]
fn a_refusal_says_why_and_whether_it_may_pass(
    #[case] status: u16,
    #[case] outlook: Outlook,
    #[case] key: Option<&str>,
    #[case] said: &str,
) {
    let server = Web::start(move |_| Answer::Status(status, "said why\n".to_owned()));
    let failed = send(hook(&server.url("/hunter2"), WebhookTemplate::Json)).unwrap_err();
    assert_eq!((failed.outlook, hint(&failed)), (outlook, key), "{failed}");
    assert_eq!(failed.error, format!("webhook ops at {}: answered {said}", server.address));
    assert_eq!(failed.again_after, None);
}

#[rstest]
#[case::seconds(Answer::With(429, "retry-after", "120".to_owned()), Some(120))]
#[case::date(Answer::With(503, "retry-after", "Tue, 12 Nov 2024 08:05:07 GMT".to_owned()), Some(300))]
#[case::past(Answer::With(429, "retry-after", "Tue, 12 Nov 2024 07:05:07 GMT".to_owned()), None)]
#[case::nonsense(Answer::With(429, "retry-after", "-1 week".to_owned()), None)]
#[case::telegram(Answer::Status(429, r#"{"ok":false,"parameters":{"retry_after":35}}"#.to_owned()), Some(35))]
fn who_asks_to_be_left_alone_is(#[case] answer: Answer, #[case] seconds: Option<u64>) {
    let server = Web::start(move |_| answer.clone());
    let failed = send(hook(&server.url("/"), WebhookTemplate::Json)).unwrap_err();
    assert_eq!((failed.outlook, failed.again_after), (Outlook::Passing, seconds.map(Duration::from_secs)), "{failed}");
}

#[test]
fn a_redirection_is_not_followed_for_the_address_is_a_secret() {
    let elsewhere = Web::start(|_| Answer::ok());
    for status in [301, 302, 307, 308] {
        let to = elsewhere.url("/hunter2/elsewhere");
        let server = Web::start(move |_| Answer::With(status, "location", to.clone()));
        let failed = send(hook(&server.url("/hunter2"), WebhookTemplate::Json)).unwrap_err();
        assert_eq!((failed.outlook, hint(&failed)), (Outlook::Lasting, Some("hint-http-redirected")), "{failed}");
        let leads = format!("leads to {}, which is not followed", elsewhere.address);
        assert!(failed.error.ends_with(&leads) && !failed.error.contains("hunter2"), "{failed}");
    }
    assert_eq!(elsewhere.seen(), []);
}

#[test]
fn who_does_not_answer_is_given_up() {
    let server = Web::start(|_| Answer::Never);
    let config = hook(&server.url("/hunter2"), WebhookTemplate::Json);
    let begun = Instant::now();
    let failed = send(WebhookConfig { timeout: Duration::from_millis(300), ..config }).unwrap_err();
    assert_eq!((failed.outlook, hint(&failed)), (Outlook::Passing, Some("hint-http-unreachable")), "{failed}");
    assert_eq!(failed.error, format!("webhook ops at {}: no answer within 0.3 s", server.address));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn who_hangs_up_or_is_not_there_is_asked_again_later() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [dropping(), nobody] {
        let failed = send(hook(&format!("http://{address}/hunter2"), WebhookTemplate::Json)).unwrap_err();
        assert_eq!((failed.outlook, hint(&failed)), (Outlook::Passing, Some("hint-http-unreachable")), "{failed}");
        assert!(failed.error.starts_with(&format!("webhook ops at {address}: ")), "{failed}");
        assert!(!failed.error.contains("hunter2"), "{failed}");
    }
}

/// Whatever it begins to say in time, and on whatever layer.
#[rstest]
#[case::at_once("http", b"")]
#[case::within_the_head("http", b"HTTP/1.1 200 OK\r\ncontent-")]
#[case::before_it_is_sure_who_it_is("https", b"")]
fn who_falls_silent_is_given_up(#[case] scheme: &str, #[case] after: &'static [u8]) {
    let address = falling_silent(after);
    let config = hook(&format!("{scheme}://{address}/hunter2"), WebhookTemplate::Json);
    let failed = send(WebhookConfig { timeout: Duration::from_millis(300), ..config }).unwrap_err();
    assert_eq!((failed.outlook, hint(&failed)), (Outlook::Passing, Some("hint-http-unreachable")), "{failed}");
    assert_eq!(failed.error, format!("webhook ops at {address}: no answer within 0.3 s"));
}

#[test]
fn the_reason_for_a_refusal_is_not_waited_for() {
    let server = Web::start(|_| Answer::Unended(503));
    let failed = send(hook(&server.url("/hunter2"), WebhookTemplate::Json)).unwrap_err();
    assert_eq!(failed.error, format!("webhook ops at {}: answered 503 Service Unavailable", server.address));
    // What was taken was taken.
    let server = Web::start(|_| Answer::Unended(200));
    assert_eq!(send(hook(&server.url("/hunter2"), WebhookTemplate::Json)), Ok("200 OK".to_owned()));
}

/// A name that no name server is asked for: it is too long to be one.
#[test]
fn a_host_that_has_no_address_is_asked_again_later() {
    let host = format!("{}.example.org", "hooks".repeat(13));
    let failed = send(hook(&format!("http://{host}/hunter2"), WebhookTemplate::Json)).unwrap_err();
    assert_eq!((failed.outlook, hint(&failed)), (Outlook::Passing, Some("hint-http-unreachable")), "{failed}");
    assert!(failed.error.starts_with(&format!("webhook ops at {host}: ")), "{failed}");
    assert!(failed.error.contains("lookup") && !failed.error.contains("hunter2"), "{failed}");
}

#[test]
fn who_does_not_speak_tls_is_not_spoken_to_without() {
    let server = Web::start(|_| Answer::ok());
    let failed = send(hook(&format!("https://{}/hunter2", server.address), WebhookTemplate::Json)).unwrap_err();
    assert_eq!(hint(&failed), Some("hint-http-unreachable"), "{failed}");
    assert_eq!(server.seen(), []);
}

#[test]
fn an_answer_without_end_is_read_no_further_than_it_says_something() {
    for (status, is_taken) in [(200, true), (500, false)] {
        let server = Web::start(move |_| Answer::Endless(status));
        let answered = send(hook(&server.url("/"), WebhookTemplate::Json));
        assert_eq!(answered.is_ok(), is_taken, "{answered:?}");
        if let Err(failed) = answered {
            assert!(failed.error.chars().count() < 400, "{failed}");
        }
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = TlsWeb::start();
    let runtime = Runtime::new().unwrap();
    let url = format!("https://{}/hunter2", server.address);
    let webhook = || Webhook::new(hook(&url, WebhookTemplate::Json), sys(), runtime.handle().clone());
    let failed = webhook().send(&letter(), "ops").unwrap_err();
    assert_eq!((failed.outlook, hint(&failed)), (Outlook::Lasting, Some("hint-http-certificate")), "{failed}");
    assert!(failed.error.contains("certificate") && !failed.error.contains("hunter2"), "{failed}");
    let trusting = webhook().trusting(Roots::from_pem(&server.pem).unwrap());
    assert_eq!(trusting.send(&letter(), "ops"), Ok("200 OK".to_owned()));
}

#[rstest]
#[case(Flaw::OtherName, "not valid for name")]
#[case(Flaw::Expired, "expired")]
fn a_certificate_that_does_not_hold_is_refused_whoever_vouches_for_it(#[case] flaw: Flaw, #[case] said: &str) {
    let server = TlsWeb::with(flaw);
    let runtime = Runtime::new().unwrap();
    let config = hook(&format!("https://{}/hunter2", server.address), WebhookTemplate::Json);
    let webhook = Webhook::new(config, sys(), runtime.handle().clone()).trusting(Roots::from_pem(&server.pem).unwrap());
    let failed = webhook.send(&letter(), "ops").unwrap_err();
    assert_eq!((failed.outlook, hint(&failed)), (Outlook::Lasting, Some("hint-http-certificate")), "{failed}");
    assert!(failed.error.contains(said) && !failed.error.contains("hunter2"), "{failed}");
}

// Secrets.

#[test]
fn no_part_of_an_address_is_shown_also_where_the_other_side_repeats_it() {
    let server = Web::start(|seen| {
        let heard = seen.authorization.clone().unwrap_or_default();
        Answer::Status(403, format!("no such hook {} ({heard})\nhunter2 swordf1sh p4ssword c0rrect-horse", seen.target))
    });
    let url = format!("http://ana:p4ssword@{}/hooks/bot123456:hunter2?token=swordf1sh", server.address);
    for token in [None, Some(Secret::value("c0rrect-horse"))] {
        let config = WebhookConfig { token, ..hook(&url, WebhookTemplate::Json) };
        let shown = format!("{config:?}");
        let failed = send(config.clone()).unwrap_err();
        let told = format!("{shown} {failed} {failed:?}");
        let as_header = BASE64_STANDARD.encode("ana:p4ssword");
        for secret in ["hunter2", "swordf1sh", "p4ssword", &as_header] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
        assert_eq!(config.token.is_some(), !told.contains("c0rrect-horse"), "{told}");
        assert!(failed.error.contains("403 Forbidden: no such hook ***"), "{failed}");
    }
}

/// ntfy takes the topic, of which whoever knows it may read along, from the body.
#[test]
fn a_topic_is_not_shown_where_the_other_side_repeats_it() {
    for topic in ["hunter2", "ops7"] {
        let server = Web::start(move |_| Answer::Status(403, format!("{topic} is reserved: see /{topic}/auth")));
        let failed = send(hook(&server.url(&format!("/{topic}")), WebhookTemplate::Ntfy)).unwrap_err();
        assert!(failed.error.ends_with("403 Forbidden: *** is reserved: see /***/auth"), "{failed}");
    }
}

#[test]
fn the_address_and_the_token_are_read_anew() {
    let server = Web::start(|_| Answer::ok());
    let folder = TempDir::new().unwrap();
    let [url, token] = ["url", "token"].map(|name| folder.path().join(name));
    let config = WebhookConfig {
        url: Secret::File(url.clone()),
        token: Some(Secret::File(token.clone())),
        ..hook("", WebhookTemplate::Json)
    };
    let missing = send(config.clone()).unwrap_err();
    assert_eq!((missing.outlook, hint(&missing)), (Outlook::Lasting, Some("hint-http-address-file")), "{missing}");
    for name in ["first", "second"] {
        fs::write(&url, format!("{}\n", server.url(&format!("/{name}")))).unwrap();
        fs::write(&token, format!("{name}\n")).unwrap();
        send(config.clone()).unwrap();
    }
    let seen: Vec<(String, Option<String>)> =
        server.seen().into_iter().map(|seen| (seen.target, seen.authorization)).collect();
    let expected = ["first", "second"].map(|name| (format!("/{name}"), Some(format!("Bearer {name}"))));
    assert_eq!(seen, expected);
    fs::write(&url, "hunter2").unwrap();
    let wrong = send(config).unwrap_err();
    assert!(wrong.error.starts_with("webhook ops: read its address: ") && !wrong.error.contains("hunter2"), "{wrong}");
}

// Told like by mail.

/// The standing after a backup that failed.
fn failed_standing() -> Standing {
    let mut standing = full_standing();
    standing.sources.truncate(1);
    let mut run = standing.jobs[&Job::Backup].last.clone().unwrap();
    (run.started_at, run.ended_at, run.outcome) = (standing.now, standing.now, Outcome::Failed);
    (run.error, run.sources) = (Some("no room".to_owned()), Vec::new());
    standing.jobs.get_mut(&Job::Backup).unwrap().last = Some(run.clone());
    standing.sources[0].last_attempt = Some(run);
    standing
}

/// A process of its own that tells through these: nothing is remembered but what is on disk.
fn teller(hooks: Vec<WebhookConfig>, store: &TempDir, runtime: &Runtime) -> Teller {
    teller_in(Words::english(), hooks, store, runtime)
}

fn teller_in(words: Words, hooks: Vec<WebhookConfig>, store: &TempDir, runtime: &Runtime) -> Teller {
    let channel = |config| Box::new(Webhook::new(config, sys(), runtime.handle().clone())) as Box<dyn Channel>;
    let told = ToldFile::new(Files::new(Arc::new(Open)), &untold::path(store.path()));
    let sender = Sender { place: "puno".to_owned(), contact: Vec::new() };
    let log = RunLog::new(store.path().join("backup.log"), Vec::new());
    Teller::new(hooks.into_iter().map(channel).collect(), told, sender, log, words)
}

#[test]
fn one_that_answers_500_for_a_day_is_told_in_the_end_and_holds_up_no_other() {
    let (is_down, refused) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
    let (down, count) = (is_down.clone(), refused.clone());
    let server = Web::start(move |_| {
        if !down.load(Ordering::SeqCst) {
            return Answer::ok();
        }
        count.fetch_add(1, Ordering::SeqCst);
        Answer::Status(500, "out of order".to_owned())
    });
    let other = Web::start(|_| Answer::ok());
    let (runtime, store) = (Runtime::new().unwrap(), TempDir::new().unwrap());
    let hooks = || {
        let other = WebhookConfig { name: "other".to_owned(), ..hook(&other.url("/"), WebhookTemplate::Json) };
        vec![hook(&server.url("/hunter2"), WebhookTemplate::Json), other]
    };
    let mut standing = failed_standing();
    let (mut warnings, begun) = (Vec::new(), standing.now);
    let mut tell = |standing: &Standing| {
        warnings.extend(teller(hooks(), &store, &runtime).tell(standing, &health::judge(standing), &Stop::new()));
    };
    tell(&standing);
    while standing.now < begun + TimeDelta::hours(22) {
        standing.now += TimeDelta::minutes(10);
        tell(&standing);
    }
    let tries = refused.load(Ordering::SeqCst);
    assert!((20..=40).contains(&tries), "{tries} tries");
    let untold = untold::read(&[store.path()], |_| true).untold;
    assert_eq!(untold.keys().collect::<Vec<_>>(), ["webhook:ops"]);
    assert!(!fs::read_to_string(untold::path(store.path())).unwrap().contains("hunter2"));

    is_down.store(false, Ordering::SeqCst);
    standing.now += TimeDelta::minutes(70);
    tell(&standing);
    let ids = |seen: &[Seen]| seen.iter().map(|seen| seen.json()["id"].to_string()).collect::<Vec<_>>();
    let (mut taken, mut by_other) = (ids(&server.seen()[tries..]), ids(&other.seen()));
    taken.sort_unstable();
    by_other.sort_unstable();
    assert!(!taken.is_empty() && taken == by_other, "{taken:#?} {by_other:#?}");
    assert!(untold::read(&[store.path()], |_| true).untold.is_empty());
    let codes: Vec<&str> = warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["untold"], "{warnings:#?}");
    assert!(!format!("{warnings:?}").contains("hunter2"));
}

#[test]
fn after_a_day_of_500_the_last_message_says_so_in_its_readers_language() {
    let is_down = Arc::new(AtomicBool::new(true));
    let down = is_down.clone();
    let server = Web::start(move |_| {
        if down.load(Ordering::SeqCst) { Answer::Status(500, "out of order".to_owned()) } else { Answer::ok() }
    });
    let (runtime, store) = (Runtime::new().unwrap(), TempDir::new().unwrap());
    let mut standing = failed_standing();
    // Nothing else is to be told than that the run failed, and its source, daily.
    standing.sources[0].max_age = TimeDelta::days(1000);
    standing.catalog.sets.retain(|set| set.state() == SetState::Complete);
    let name = standing.sources[0].name.clone();
    for set in &mut standing.catalog.sets {
        set.artifacts.retain(|artifact| artifact.source == name);
    }
    let tell = |standing: &Standing| {
        let config = WebhookConfig { max_per_day: 2, ..hook(&server.url("/"), WebhookTemplate::Json) };
        let words = Words::of(Language::Spanish);
        teller_in(words, vec![config], &store, &runtime).tell(standing, &health::judge(standing), &Stop::new())
    };
    for _ in 0..24 {
        tell(&standing);
        standing.now += TimeDelta::hours(1);
    }
    assert!(server.seen().len() > 20, "{}", server.seen().len());
    is_down.store(false, Ordering::SeqCst);
    let before = server.seen().len();
    assert_eq!(tell(&standing), []);
    let told: Vec<Value> = server.seen()[before..].iter().map(Seen::json).collect();
    let of =
        |told: &Value| (told["phase"].to_string(), told["text"].as_str().unwrap().contains("último mensaje de hoy"));
    // What was left of yesterday takes no place of today's.
    let [begins, lasts] = [("\"begins\"".to_owned(), false), ("\"lasts\"".to_owned(), true)];
    let expected = [begins.clone(), begins, lasts.clone(), lasts];
    assert_eq!(told.iter().map(of).collect::<Vec<_>>(), expected, "{told:#?}");
}

#[test]
fn many_who_say_nothing_keep_a_telling_no_longer_than_its_bound() {
    let silent = falling_silent(b"");
    let (runtime, store) = (Runtime::new().unwrap(), TempDir::new().unwrap());
    let hooks = (0..10).map(|number| WebhookConfig {
        name: format!("{number}"),
        timeout: Duration::from_millis(100),
        ..hook(&format!("http://{silent}/"), WebhookTemplate::Json)
    });
    let teller = teller(hooks.collect(), &store, &runtime).delivering_for(Duration::from_millis(150));
    let mut standing = failed_standing();
    let warnings = teller.tell(&standing, &health::judge(&standing), &Stop::new());
    // One try is begun at once, the next 0.1 s later at the earliest, and none once 0.15 s are over.
    assert!((1..=2).contains(&warnings.len()), "{warnings:#?}");
    let asked = || untold::read(&[store.path()], |_| true).untold.len();
    assert_eq!(asked(), warnings.len());
    // Those who were not asked are, in their turn; nothing is lost.
    for _ in 0..20 {
        standing.now += TimeDelta::minutes(1);
        teller.tell(&standing, &health::judge(&standing), &Stop::new());
    }
    assert_eq!(asked(), 10);
}

#[test]
fn who_asks_for_a_pause_of_a_quarter_of_an_hour_has_it() {
    let server = Web::start(|_| Answer::With(429, "retry-after", "900".to_owned()));
    let (runtime, store) = (Runtime::new().unwrap(), TempDir::new().unwrap());
    let mut standing = failed_standing();
    let mut tries_at = |minutes: i64| {
        standing.now += TimeDelta::minutes(minutes);
        let hooks = vec![hook(&server.url("/"), WebhookTemplate::Json)];
        teller(hooks, &store, &runtime).tell(&standing, &health::judge(&standing), &Stop::new());
        server.seen().len()
    };
    let first = tries_at(0);
    assert_eq!((tries_at(5), tries_at(9)), (first, first));
    assert!(tries_at(2) > first);
}

// The program.

fn site(settings: &str) -> Site {
    let site = Site::new("");
    sqlite(&site.path("db.sqlite3"), 5);
    site.configure(&format!("{settings}\n[[sqlite]]\nname = \"app\"\npath = {}\n", toml(&site.path("db.sqlite3"))));
    site
}

#[test]
fn the_program_tells_by_webhook_and_shows_no_secret_anywhere() {
    let server = Web::start(|seen| {
        let is_gone = seen.target.contains("broken");
        if is_gone { Answer::Status(404, format!("nothing at {}", seen.target)) } else { Answer::ok() }
    });
    let hook = |name: &str, path: &str| format!("[[webhook]]\nname = \"{name}\"\nurl = \"{}\"\n", server.url(path));
    let hooks = format!(
        "{}token = \"c0rrect-horse\"\n{}",
        hook("ops", "/hooks/hunter2?key=swordf1sh"),
        hook("gone", "/broken/hunter2")
    );
    let site = site(&hooks);
    let mut said = Vec::new();
    let mut call = |args: &[&str], code: i32| {
        let called = site.call(args).ends(code);
        said.extend([called.stdout.clone(), called.stderr.clone()]);
        called
    };
    call(&["backup"], 0);
    fs::remove_file(site.path("db.sqlite3")).unwrap();
    call(&["backup"], 1);
    let told = server.seen();
    let taken = told.iter().find(|seen| seen.target == "/hooks/hunter2?key=swordf1sh").unwrap();
    assert_eq!((&taken.json()["version"], &taken.json()["topic"]), (&1.into(), &"failed".into()), "{taken:?}");
    assert_eq!(taken.authorization.as_deref(), Some("Bearer c0rrect-horse"));
    let health = call(&["health", "--json"], 0).json();
    assert!(health["reasons"].as_array().unwrap().iter().any(|reason| reason["code"] == "untold"), "{health:#}");
    call(&["health"], 0);
    call(&["check"], 1);
    let tried = call(&["check", "--mail", "--json"], 1).json();
    let findings = tried["findings"].as_array().unwrap();
    let of = |what: &str| findings.iter().find(|found| found["what"].as_str().unwrap().starts_with(what)).unwrap();
    assert_eq!(of("webhook:ops")["verdict"], "good", "{tried:#}");
    assert!(of("webhook:ops")["text"].as_str().unwrap().ends_with("200 OK"), "{tried:#}");
    assert_eq!(of("webhook:gone")["verdict"], "trouble", "{tried:#}");
    assert!(of("webhook:gone")["text"].as_str().unwrap().contains("404 Not Found: nothing at ***"), "{tried:#}");
    let shown = call(&["config"], 0).stdout;
    assert!(shown.contains(&format!("url = \"http://{}/***\"", server.address)), "{shown}");
    assert!(shown.contains("token = \"***\""), "{shown}");
    call(&["list", "--json"], 0);
    said.push(site.log());
    said.push(fs::read_to_string(site.path("backups/.resguardo/runs.jsonl")).unwrap());
    said.push(fs::read_to_string(site.path("backups/.resguardo/told.json")).unwrap());
    let said = said.join("\n");
    assert!(site.log().contains("webhook gone at 127.0.0.1"), "{}", site.log());
    for secret in ["hunter2", "swordf1sh", "c0rrect-horse"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

#[test]
fn what_waits_for_tomorrow_is_named_by_health_and_check_and_holds_up_no_alarm() {
    let server = Web::start(|_| Answer::ok());
    let settings = |more: &str| format!("[[webhook]]\nurl = \"{}\"\nmax_per_day = 1\n{more}", server.url("/"));
    let site = site(&settings(""));
    fs::rename(site.path("db.sqlite3"), site.path("elsewhere")).unwrap();
    site.call(&["backup"]).ends(1);
    fs::rename(site.path("elsewhere"), site.path("db.sqlite3")).unwrap();
    site.call(&["backup"]).ends(0);
    let subjects = || server.seen().iter().map(|seen| seen.json()["subject"].to_string()).collect::<Vec<_>>();
    assert_eq!(subjects().len(), 1, "that it is over waits");
    let health = site.call(&["health", "--json"]).ends(0).json();
    assert_eq!((&health["status"], &health["reasons"][0]["code"]), (&"warning".into(), &"untold".into()), "{health:#}");
    let text = health["reasons"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("One message waits until ") && text.contains("webhook:json has told as many"), "{text}");
    let checked = site.call(&["check"]).stdout;
    assert!(checked.contains(text), "{checked}");
    assert!(site.log().contains("waits until tomorrow: webhook:json"), "{}", site.log());

    // The database is emptied: nothing of that was told today.
    rusqlite::Connection::open(site.path("db.sqlite3")).unwrap().execute_batch("DROP TABLE asset").unwrap();
    site.call(&["backup"]);
    let told = subjects();
    assert!(told.len() == 2 && told[1].contains("SUSPECT"), "{told:?}");
}

#[test]
fn a_place_is_called_as_its_operator_calls_it_or_by_its_first_source() {
    let server = Web::start(|_| Answer::ok());
    let site = site(&format!("[[webhook]]\nurl = \"{}\"\n", server.url("/")));
    fs::remove_file(site.path("db.sqlite3")).unwrap();
    let called =
        |name: &str| Called::from(site.command().arg("backup").env("RESGUARDO_CONTACT__PLACE", name).output().unwrap());
    called("").ends(1);
    sqlite(&site.path("db.sqlite3"), 5);
    called("Puno, servidor 2").ends(0);
    let told: Vec<Value> = server.seen().iter().map(Seen::json).collect();
    let place =
        |told: &Value| (told["place"].to_string(), told["subject"].to_string().chars().take(8).collect::<String>());
    let expected = [("\"app\"", "\"[app] b"), ("\"Puno, servidor 2\"", "\"[Puno, ")];
    assert_eq!(told.iter().map(place).collect::<Vec<_>>(), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn a_run_ends_the_same_whatever_becomes_of_its_webhook() {
    let quiet = site("");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = site(&format!("[[webhook]]\nurl = \"http://{nobody}/hunter2\"\n"));
    for site in [&quiet, &told] {
        site.call(&["backup"]).ends(0);
        fs::remove_file(site.path("db.sqlite3")).unwrap();
        site.call(&["backup"]).ends(1);
        assert_eq!(site.stored("sets").len(), 1);
    }
}

// Settings.

fn hooks_of(toml: &str, environment: &[(&str, &str)]) -> Vec<WebhookConfig> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("backup.toml");
    fs::write(&path, format!("{toml}\n[[media]]\npath = \"/m\"\n")).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    config::load(Some(&path), environment).unwrap().config.webhooks
}

#[test]
fn a_webhook_is_read_from_file_and_variables() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let (url, token) = (file("url", "https://x.pe/hunter2\n"), file("token", "tk"));
    let environment =
        [("RESGUARDO_WEBHOOK__0__URL_FILE", url.as_str()), ("RESGUARDO_WEBHOOK__0__TOKEN_FILE", token.as_str())];
    let hooks = hooks_of("", &environment);
    let [hook] = hooks.as_slice() else { panic!("{hooks:?}") };
    assert_eq!((hook.url.read().unwrap().as_str(), hook.name.as_str()), ("https://x.pe/hunter2", "json"));
    assert_eq!((hook.max_per_day, hook.timeout, &hook.template), (10, Duration::from_secs(10), &WebhookTemplate::Json));
    assert_eq!(hook.token.as_ref().unwrap().read().unwrap(), "tk");

    let own = file("discord.json", r#"{"content": "{{subject}}"}"#);
    let chat = "template = 'telegram'\nchat = -1001\nmax_per_day = 3\ntimeout_seconds = 5";
    let toml =
        format!("[[webhook]]\nurl = 'https://x.pe'\n{chat}\n[[webhook]]\nurl = 'https://y.pe'\ntemplate = '{own}'");
    let hooks = hooks_of(&toml, &[]);
    let [telegram, discord] = hooks.as_slice() else { panic!("{hooks:?}") };
    assert_eq!((telegram.chat.as_str(), telegram.max_per_day, telegram.timeout.as_secs()), ("-1001", 3, 5));
    assert_eq!((telegram.name.as_str(), discord.name.as_str()), ("telegram", "discord"));
    assert!(matches!(discord.template, WebhookTemplate::Own(_)));
}

// The samples of the reference, by the rules of whom each is for.

/// <https://discord.com/developers/docs/resources/webhook#execute-webhook>
fn discord(seen: &Seen) -> Answer {
    let body = seen.json();
    breach(
        seen,
        &[
            ("keys", only_keys(&body, &["content", "allowed_mentions"])),
            ("content", (1..=2000).contains(&chars(&body["content"]))),
            ("nobody is called", body["allowed_mentions"] == serde_json::json!({"parse": []})),
        ],
    )
}

/// <https://developers.mattermost.com/integrate/webhooks/incoming/>
fn mattermost(seen: &Seen) -> Answer {
    let body = seen.json();
    breach(seen, &[("keys", only_keys(&body, &["text"])), ("text", (1..=16_383).contains(&chars(&body["text"])))])
}

/// <https://gotify.net/api-docs#/message/createMessage>
fn gotify(seen: &Seen) -> Answer {
    let body = seen.json();
    breach(
        seen,
        &[
            ("keys", only_keys(&body, &["title", "message", "priority"])),
            ("texts", chars(&body["title"]) > 0 && chars(&body["message"]) > 0),
            ("priority", body["priority"].as_u64().is_some_and(|priority| priority <= 10)),
        ],
    )
}

/// <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>,
/// <https://adaptivecards.io/explorer/>
fn teams(seen: &Seen) -> Answer {
    let body = seen.json();
    let card = &body["attachments"][0];
    let content = &card["content"];
    let blocks = content["body"].as_array().cloned().unwrap_or_default();
    let is_block = |block: &Value| block["type"] == "TextBlock" && block["wrap"] == true && chars(&block["text"]) > 0;
    breach(
        seen,
        &[
            ("keys", only_keys(&body, &["type", "attachments"]) && body["type"] == "message"),
            ("attachment", card["contentType"] == "application/vnd.microsoft.card.adaptive"),
            ("card", content["type"] == "AdaptiveCard" && content["version"] == "1.4"),
            ("blocks", !blocks.is_empty() && blocks.iter().all(is_block)),
            ("size", seen.body.len() <= 28 * 1024),
        ],
    )
}

/// <https://pushover.net/api>
fn pushover(seen: &Seen) -> Answer {
    let body = seen.json();
    breach(
        seen,
        &[
            ("keys", only_keys(&body, &["token", "user", "title", "message"])),
            ("who", body["token"] == "<application token>" && body["user"] == "<user key>"),
            ("title", chars(&body["title"]) <= 250),
            ("message", (1..=1024).contains(&chars(&body["message"]))),
        ],
    )
}

/// Each sample of the reference is a template that stands, and whose body its receiver takes.
#[test]
fn the_samples_of_the_reference_are_taken_by_whom_they_are_for() {
    let receivers: [(&str, Rules); 5] = [
        ("Discord", discord),
        ("Mattermost", mattermost),
        ("Gotify", gotify),
        ("Teams", teams),
        ("Pushover", pushover),
    ];
    let sample = |line: &'static str| line.strip_prefix("#  ")?.split_once(' ');
    let samples: Vec<(&str, &str)> = config::REFERENCE.lines().filter_map(sample).collect();
    assert_eq!(samples.iter().map(|(name, _)| *name).collect::<Vec<_>>(), receivers.map(|(name, _)| name));
    for ((name, sample), (_, rules)) in samples.into_iter().zip(receivers) {
        let server = Web::start(rules);
        let template = BodyTemplate::parse(sample.trim(), true).unwrap_or_else(|saying| panic!("{saying:?}: {sample}"));
        let config = hook(&server.url("/"), WebhookTemplate::Own(template));
        // At its worst it says as much as is taken; else all.
        for letter in [letter(), hostile_letter()] {
            assert_eq!(send_letter(config.clone(), &letter), Ok("200 OK".to_owned()), "{name}");
        }
        let usual = server.seen()[0].body.clone();
        assert!(usual.matches("the backup failed").count() == 1 && usual.contains("señora"), "{name}: {usual}");
    }
}

#[rstest]
#[case("own.json", r#"{"text": "{{subjetc}}"}"#, "found \"subjetc\"; did you mean subject?")]
#[case(
    "own.json",
    r#"{"text": "{{colour}}"}"#,
    "id conversation place topic phase severity priority source subject text body at; found \"colour\""
)]
#[case("own.json", r#"{"text": {{text}}}"#, "to be JSON with its places filled in")]
#[case("own.txt", "one\n{{text", "behind the two opening ones of line 2 in ")]
fn a_template_that_cannot_stand_ends_the_start(#[case] name: &str, #[case] text: &str, #[case] said: &str) {
    let site = Site::new("");
    let path = site.path(name);
    fs::write(&path, text).unwrap();
    site.configure(&format!(
        "[[webhook]]\nurl = \"https://x.pe/hunter2\"\ntemplate = {}\n[[media]]\npath = \"/m\"\n",
        toml(&path)
    ));
    let told = site.call(&["backup"]).ends(64).stderr;
    assert!(told.contains("webhook.0.template") && told.contains(said), "{told}");
    assert!(told.contains(&path.display().to_string()) && !told.contains("hunter2"), "{told}");
}
