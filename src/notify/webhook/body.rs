//! What is posted to a webhook: a letter put into the form that the other side takes, cut to what it
//! takes, and escaped so that nothing in it is more than text there.

use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::{Value, json};
use url::Url;

use crate::config::{WebhookTemplate, http_address};
use crate::domain::telling::{Phase, Severity};
use crate::notify::compose::Letter;

pub const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
/// Of our own form; it changes only when a field goes or changes its meaning.
const VERSION: u32 = 1;

/// Slack: a header, and a section.
const SLACK_HEADER_CHARS_MAX: usize = 150;
const SLACK_SECTION_CHARS_MAX: usize = 3000;
/// Telegram counts as UTF-16 does.
const TELEGRAM_UNITS_MAX: usize = 4096;
/// ntfy: a longer message is refused.
const NTFY_BYTES_MAX: usize = 4096;
const TELEGRAM_METHOD: &str = "sendMessage";

/// A body, and where to post it.
pub struct Body {
    pub url: Url,
    /// What was taken from the address into the text.
    pub topic: Option<String>,
    pub content_type: &'static str,
    pub text: String,
}

/// The letter in the form of this template, for the address as it was given.
pub fn of(letter: &Letter, template: &WebhookTemplate, chat: &str, url: Url) -> Body {
    let json = |url: Url, body: &Value| Body { url, topic: None, content_type: JSON, text: body.to_string() };
    match template {
        WebhookTemplate::Json => json(url, &own_form(letter)),
        WebhookTemplate::Slack => json(url, &slack(letter)),
        WebhookTemplate::Telegram => json(to_method(url), &telegram(letter, chat)),
        WebhookTemplate::Ntfy => {
            let (server, topic) = split_topic(url);
            Body { topic: Some(topic.clone()), ..json(server, &ntfy(letter, &topic)) }
        }
        WebhookTemplate::Own(template) => {
            let content_type = if template.is_json() { JSON } else { TEXT };
            Body { url, topic: None, content_type, text: template.fill(|name| value(letter, name)) }
        }
    }
}

fn own_form(letter: &Letter) -> Value {
    let mut form = json!({
        "version": VERSION,
        "id": letter.id,
        "conversation": letter.conversation,
        "place": letter.place,
        "topic": letter.topic,
        "phase": letter.phase,
        "severity": letter.severity,
        "source": letter.source,
        "subject": letter.subject,
        "text": letter.text,
        "at": at(letter),
    });
    if !letter.closes.is_empty() {
        form["closes"] = json!(letter.closes);
    }
    form
}

/// What stands in a place of the operator's own template.
fn value(letter: &Letter, name: &str) -> String {
    match name {
        "id" => letter.id.clone(),
        "conversation" => letter.conversation.clone(),
        "place" => letter.place.clone(),
        "topic" => letter.topic.clone(),
        "phase" => word(letter.phase),
        "severity" => word(letter.severity),
        "priority" => priority(letter).to_string(),
        "source" => letter.source.clone().unwrap_or_default(),
        "subject" => letter.subject.clone(),
        "text" => letter.text.clone(),
        "body" => letter.body().to_owned(),
        "at" => at(letter),
        _ => String::new(),
    }
}

/// Blocks of plain text, in which nothing is marked up and nobody is called; `text` is what a telephone
/// shows of it, and is marked up.
fn slack(letter: &Letter) -> Value {
    let plain = |text: &str, chars_max: usize| {
        let cut: String = text.chars().take(chars_max).collect();
        json!({"type": "plain_text", "text": cut, "emoji": false})
    };
    json!({
        "text": escaped(&letter.subject),
        "blocks": [
            {"type": "header", "text": plain(&letter.subject, SLACK_HEADER_CHARS_MAX)},
            {"type": "section", "text": plain(letter.body(), SLACK_SECTION_CHARS_MAX)},
        ],
    })
}

fn telegram(letter: &Letter, chat: &str) -> Value {
    // Cut before it is escaped: an entity counts as the one character it stands for.
    let room = TELEGRAM_UNITS_MAX.saturating_sub(letter.subject.encode_utf16().count() + "\n\n".len());
    let text = format!(
        "<b>{}</b>\n\n{}",
        escaped(&letter.subject),
        escaped(cut_to_units(letter.on_a_telephone().trim_end(), room))
    );
    json!({
        "chat_id": chat,
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": true},
        "disable_notification": letter.severity == Severity::Notice,
    })
}

fn ntfy(letter: &Letter, topic: &str) -> Value {
    let tag = match (letter.phase, letter.severity) {
        (Phase::Over, _) => "white_check_mark",
        (_, Severity::Critical) => "rotating_light",
        (_, Severity::Warning) => "warning",
        (_, Severity::Notice) => "information_source",
    };
    let text = letter.on_a_telephone();
    let text = text.trim_end();
    json!({
        "topic": topic,
        "title": letter.subject,
        "message": &text[..text.floor_char_boundary(NTFY_BYTES_MAX)],
        "priority": priority(letter),
        "tags": [tag],
    })
}

/// 1 to 5, as ntfy has it. Never 5, which rings through the night: what failed at three is mended at eight.
fn priority(letter: &Letter) -> u8 {
    match letter.severity {
        Severity::Critical => 4,
        Severity::Warning => 3,
        Severity::Notice => 2,
    }
}

/// What is markup to Slack and Telegram alike.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn cut_to_units(text: &str, units_max: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > units_max
    });
    end.map_or(text, |(end, _)| &text[..end])
}

/// The address of a bot's method, also where only the bot's own was given.
fn to_method(mut url: Url) -> Url {
    let ends_with_method = url.path().ends_with(TELEGRAM_METHOD);
    if let (false, Ok(mut path)) = (ends_with_method, url.path_segments_mut()) {
        path.pop_if_empty().push(TELEGRAM_METHOD);
    }
    url
}

/// The address of the server, and the topic, which is the last part of the address given.
fn split_topic(mut url: Url) -> (Url, String) {
    let last = http_address::topic(&url).unwrap_or_default();
    let topic = percent_decode_str(last).decode_utf8_lossy().into_owned();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().pop().push("");
    }
    (url, topic)
}

/// The word that stands for it in our own form too.
fn word(of: impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn at(letter: &Letter) -> String {
    letter.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
