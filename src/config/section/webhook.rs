//! `[[webhook]]` and `[heartbeat]`: the addresses that are told, and how it is put to them.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::body_template::BodyTemplate;
use crate::config::fault::{DEFAULT, nearest, shown};
use crate::config::reader::{Given, Table, quoted};
use crate::config::{HeartbeatConfig, WebhookConfig, WebhookTemplate, small_file};
use crate::domain::saying::Saying;

const TEMPLATES: [(&str, WebhookTemplate); 4] = [
    ("json", WebhookTemplate::Json),
    ("slack", WebhookTemplate::Slack),
    ("telegram", WebhookTemplate::Telegram),
    ("ntfy", WebhookTemplate::Ntfy),
];
/// A template of this ending is plain text; any other is JSON.
const PLAIN_TEXT: &str = "txt";
/// More messages a day than this are read by nobody.
const MESSAGES_PER_DAY_MAX: u32 = 1000;
/// Who takes longer than that to take a few lines is not there.
const TIMEOUT_SECONDS_MAX: u64 = 60;

pub(super) fn webhook(table: &mut Table<'_>) -> Option<WebhookConfig> {
    table.require(&["url", "url_file"]);
    let (template, word) = template(table);
    let url = table.http_address(template == WebhookTemplate::Ntfy);
    let name = table.hook_name(&word);
    let chat = chat(table, &template);
    let token = table.token();
    let max_per_day = table.integer("max_per_day", 1..=MESSAGES_PER_DAY_MAX, 10);
    let timeout = Duration::from_secs(table.integer("timeout_seconds", 1..=TIMEOUT_SECONDS_MAX, 10));
    Some(WebhookConfig { name: name?, url: url?, template, chat, token, max_per_day, timeout })
}

pub(super) fn heartbeat(table: &mut Table<'_>) -> HeartbeatConfig {
    HeartbeatConfig { url: table.http_address(false) }
}

/// The template, and the word to name the hook by where nobody names it.
fn template(table: &mut Table<'_>) -> (WebhookTemplate, String) {
    const KEY: &str = "template";
    let named = |word: &str| TEMPLATES.into_iter().find(|(name, _)| *name == word.trim());
    let (json, default) = &TEMPLATES[0];
    let Some(Given { value, origin, .. }) = table.optional_text(KEY) else {
        table.record(KEY, Some(quoted(json)), DEFAULT);
        return (default.clone(), (*json).to_owned());
    };
    if let Some((name, template)) = named(&value) {
        return (template, name.to_owned());
    }
    let path = Path::new(&value);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // One word without an ending is rather a word mistyped than the path of a file.
    let read = if path.extension().is_none() && path.components().count() == 1 {
        Err((no_such_word(&value), None))
    } else {
        own(path)
    };
    match read {
        Ok(template) => (WebhookTemplate::Own(template), stem),
        Err((saying, refused)) => {
            table.fault_of_file(KEY, &origin, saying, refused);
            (default.clone(), stem)
        }
    }
}

fn no_such_word(typed: &str) -> Saying {
    let words = TEMPLATES.map(|(word, _)| word);
    let saying = match nearest(typed, &words) {
        Some(near) => Saying::new("fault-template-near").with("near", near),
        None => Saying::new("fault-template"),
    };
    saying.with("words", words.join(" ")).with("found", shown(typed))
}

/// The operator's own template. It is read once, at the start: a fault in it is not to be found on the
/// night when it is needed.
fn own(path: &Path) -> Result<BodyTemplate, (Saying, Option<PathBuf>)> {
    let text = small_file::read(path).map_err(|error| {
        let is_refused = error.kind() == io::ErrorKind::PermissionDenied;
        let saying = Saying::new("fault-secret-file").with("error", error);
        (saying, is_refused.then(|| path.to_owned()))
    })?;
    let is_json = path.extension().is_none_or(|ending| ending != PLAIN_TEXT);
    BodyTemplate::parse(&text, is_json).map_err(|saying| (saying.with("path", path.display()), None))
}

/// Telegram alone asks for the chat; elsewhere it would silently mean nothing.
fn chat(table: &mut Table<'_>, template: &WebhookTemplate) -> String {
    const KEY: &str = "chat";
    let is_asked_for = *template == WebhookTemplate::Telegram;
    if is_asked_for {
        table.require(&[KEY]);
    }
    let chat = table.optional_scalar(KEY);
    if let Some(given) = chat.as_ref().filter(|_| !is_asked_for) {
        table.fault(KEY, &given.origin, Saying::new("fault-chat-of-nobody"));
    }
    chat.map(|given| given.value).unwrap_or_default()
}
