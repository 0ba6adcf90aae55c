//! A message put into words as a letter: one line of subject that says it all on a telephone, then
//! what happened, what to do, and whom to call; as text, and the same as HTML. Never: lets what it
//! quotes begin a line of its own that could pass for ours.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::html;
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::scrub::one_line;
use crate::domain::telling::{Figure, Figures, Message, Phase, Severity};
use crate::words::Words;

/// A subject longer than this is cut: the rest is in the letter.
const SUBJECT_CHARS_MAX: usize = 150;

/// A name longer than this helps nobody to know the place.
const PLACE_CHARS_MAX: usize = 100;

/// A server can answer with a book; who reads a letter needs its first page.
const PARAGRAPH_CHARS_MAX: usize = 4_000;

/// Before the signature, as mail programs know it.
const SIGNATURE: &str = "\n\n-- \n";

/// What a person is sent. It can wait on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Unique, and the same at every try.
    pub id: String,
    /// The trouble it is about, by the id of the letter that first told of it.
    pub conversation: String,
    /// The conversations that end with it beside its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<String>,
    /// One line.
    pub subject: String,
    pub text: String,
    /// What a telephone shows below the subject: no line of the log, and nothing of how it is signed.
    #[serde(default)]
    pub brief: String,
    /// The whole of it once more.
    pub html: String,
    pub topic: String,
    pub phase: Phase,
    pub severity: Severity,
    pub source: Option<String>,
    pub place: String,
    /// Of the memory it is told from: two places alike tell of nothing under one name.
    #[serde(default)]
    pub mark: String,
    pub at: DateTime<Utc>,
}

/// On whose behalf letters are written.
#[derive(Debug, Clone)]
pub struct Sender {
    /// What the reader knows the place by: as the settings call it, else its first source.
    pub place: String,
    /// The operator's `contact.lines`.
    pub contact: Vec<String>,
}

/// When a letter is written, and what is known beside its message.
#[derive(Debug, Clone)]
pub struct Occasion {
    pub at: DateTime<Utc>,
    pub zone: Tz,
    /// The last lines of the run that failed.
    pub log: Vec<String>,
    /// Of the memory that what was told is kept in.
    pub mark: String,
}

impl Sender {
    /// The letter for one message.
    pub fn compose(&self, message: &Message, occasion: &Occasion, words: &Words) -> Letter {
        let what = words.say(&message.subject);
        let (place, lines) = (self.place(), message.lines.iter().map(|line| (line.key, sentence(line, words))));
        let page = html::Content {
            what: headline(&what, message.source.as_ref().map(SourceName::as_str)),
            lines: lines.collect(),
            tables: message.figures.iter().map(|figures| rows(figures, words)).collect(),
            facts: self.facts(message.source.as_ref(), occasion, words),
            log: occasion.log.clone(),
            contact: self.contact.clone(),
            place: place.clone(),
            tone: html::tone(message),
        };
        let id = match message.phase {
            Phase::Begins => message.conversation.clone(),
            Phase::Lasts => format!("{}/lasts-{}", message.conversation, occasion.at.timestamp()),
            Phase::Over => format!("{}/over-{}", message.conversation, occasion.at.timestamp()),
        };
        Letter {
            id,
            conversation: message.conversation.clone(),
            closes: message.closes.clone(),
            subject: subject(&words.text("mail-subject", &[("place", &place), ("what", &what)])),
            text: text(&page, words),
            brief: brief(&page, words),
            html: html::render(&page, words),
            topic: message.topic.as_str().to_owned(),
            phase: message.phase,
            severity: message.severity,
            source: message.source.as_ref().map(ToString::to_string),
            place,
            mark: occasion.mark.clone(),
            at: occasion.at,
        }
    }

    /// The letter that tries whether anybody would be told.
    pub fn trial(&self, at: DateTime<Utc>, zone: Tz, words: &Words) -> Letter {
        let conversation = format!("check@{}", at.format("%Y%m%dT%H%M%S%.3fZ"));
        let occasion = Occasion { at, zone, log: Vec::new(), mark: String::new() };
        let what = words.text("check-mail-subject", &[]);
        let page = html::Content {
            what: headline(&what, None),
            lines: vec![("check-mail-text", words.text("check-mail-text", &[]))],
            tables: Vec::new(),
            facts: self.facts(None, &occasion, words),
            log: Vec::new(),
            contact: self.contact.clone(),
            place: self.place(),
            tone: html::Tone::Test,
        };
        Letter {
            id: conversation.clone(),
            conversation,
            closes: Vec::new(),
            subject: subject(&words.text("mail-subject", &[("place", &self.place()), ("what", &what)])),
            text: text(&page, words),
            brief: brief(&page, words),
            html: html::render(&page, words),
            topic: "check".to_owned(),
            phase: Phase::Begins,
            severity: Severity::Notice,
            source: None,
            place: self.place(),
            mark: String::new(),
            at,
        }
    }

    /// On one line, not too long.
    fn place(&self) -> String {
        one_line(&self.place.chars().take(PLACE_CHARS_MAX).collect::<String>())
    }

    /// Where, what and when, each with its name.
    fn facts(&self, source: Option<&SourceName>, occasion: &Occasion, words: &Words) -> Vec<(String, String)> {
        let at = occasion.at.with_timezone(&occasion.zone).format("%Y-%m-%d %H:%M").to_string();
        let at = format!("{} ({})", words.cell(&at), occasion.zone);
        let fact = |key: &str, value: String| (words.text(key, &[]), value);
        let source = source.map(|source| fact("mail-fact-source", source.to_string()));
        [fact("mail-fact-place", self.place())].into_iter().chain(source).chain([fact("mail-fact-at", at)]).collect()
    }
}

impl Letter {
    /// The text without the headline where the subject says it whole: for whoever shows both, one below the
    /// other.
    pub fn body(&self) -> &str {
        self.text.split_once("\n\n").filter(|(head, _)| self.says(head)).map_or(&self.text, |(_, body)| body)
    }

    /// The headline where the subject had to leave something out, and what a telephone shows below it.
    pub fn on_a_telephone(&self) -> Cow<'_, str> {
        match self.text.split_once("\n\n") {
            Some((head, _)) if !self.brief.is_empty() && self.says(head) => Cow::Borrowed(&self.brief),
            Some((head, _)) if !self.brief.is_empty() => Cow::Owned(format!("{head}\n\n{}", self.brief)),
            _ => Cow::Borrowed(self.body()),
        }
    }

    /// Whether the subject says the whole of a headline, which begins as a sentence does.
    fn says(&self, head: &str) -> bool {
        head.chars().next().is_some_and(|first| self.subject.ends_with(&head[first.len_utf8()..]))
    }

    /// The same letter, saying that no other goes out today.
    pub fn as_last_today(&self, words: &Words) -> Self {
        self.with_note(&words.text("mail-last-today", &[]))
    }

    /// The same letter, saying that only what is critical goes out today.
    pub fn as_last_but_for_alarms(&self, words: &Words) -> Self {
        self.with_note(&words.text("mail-last-but-for-alarms", &[]))
    }

    /// Above the signature.
    fn with_note(&self, note: &str) -> Self {
        let text = match self.text.rsplit_once(SIGNATURE) {
            Some((body, signature)) => format!("{body}\n\n{note}{SIGNATURE}{signature}"),
            None => format!("{}\n{note}\n", self.text),
        };
        let brief = format!("{}\n\n{note}", self.brief);
        Self { text, brief, html: html::with_note(&self.html, note), ..self.clone() }
    }
}

/// One line that is what it looks like: no program reads `=?` in it as the beginning of something encoded.
fn subject(text: &str) -> String {
    let line = one_line(text).replace("=?", "= ?");
    let cut: String = line.chars().take(SUBJECT_CHARS_MAX).collect();
    if cut.len() < line.len() { format!("{}…", cut.trim_end()) } else { cut }
}

/// What stands in a subject behind the place begins as a sentence where it stands alone; a source is
/// called what it is called.
fn headline(what: &str, source: Option<&str>) -> String {
    let mut letters = what.chars();
    match letters.next() {
        Some(first) if !source.is_some_and(|source| what.starts_with(source)) => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => what.to_owned(),
    }
}

/// A line of a letter; one that would be the subject, were it told alone, begins as a headline does.
fn sentence(line: &Saying, words: &Words) -> String {
    let said = words.say(line);
    let source = line.args.iter().find(|(name, _)| *name == "source").map(|(_, source)| source.as_str());
    if line.key.starts_with("tell-") { headline(&said, source) } else { said }
}

fn text(page: &html::Content, words: &Words) -> String {
    let log = (!page.log.is_empty()).then(|| {
        let lines = page.log.iter().map(|line| format!("    {line}")).collect::<Vec<_>>();
        format!("{}\n{}", words.text("mail-log", &[]), lines.join("\n"))
    });
    let parts = [paragraph(&page.what)].into_iter().chain(told(page)).chain(log).chain(below(page, words));
    let footer = words.text("mail-footer", &[("place", &page.place)]);
    parts.collect::<Vec<_>>().join("\n\n") + SIGNATURE + &footer + "\n"
}

fn brief(page: &html::Content, words: &Words) -> String {
    told(page).chain(below(page, words)).collect::<Vec<_>>().join("\n\n")
}

/// What there is to tell, below the headline.
fn told(page: &html::Content) -> impl Iterator<Item = String> {
    page.lines.iter().map(|(_, line)| paragraph(line)).chain(tables(&page.tables))
}

/// Who can help; where, what and when.
fn below(page: &html::Content, words: &Words) -> impl Iterator<Item = String> {
    let contact = (!page.contact.is_empty()).then(|| {
        let lines = page.contact.iter().map(|line| one_line(line)).collect::<Vec<_>>();
        format!("{}\n{}", words.text("mail-contact", &[]), lines.join("\n"))
    });
    contact.into_iter().chain([aligned(&page.facts, 0)])
}

fn rows(figures: &Figures, words: &Words) -> html::Rows {
    let row = |Figure { name, value, is_bad }: &Figure| html::Row {
        name: words.say(name),
        value: words.say(value),
        is_bad: *is_bad,
    };
    html::Rows { heading: words.say(&figures.heading), rows: figures.rows.iter().map(row).collect() }
}

/// Each below its heading, all with columns of one width.
fn tables(tables: &[html::Rows]) -> Vec<String> {
    let named = |row: &html::Row| (row.name.clone(), row.value.clone());
    let width = tables.iter().flat_map(|table| &table.rows).map(|row| row.name.chars().count()).max();
    let table = |table: &html::Rows| {
        let rows: Vec<(String, String)> = table.rows.iter().map(named).collect();
        format!("{}\n{}", one_line(&table.heading), aligned(&rows, width.unwrap_or_default()))
    };
    tables.iter().map(table).collect()
}

/// Names of so many characters or more, and what they come to, in two columns.
fn aligned(rows: &[(String, String)], chars_min: usize) -> String {
    let chars = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let width = chars.max(chars_min) + 1;
    let lines = rows.iter().map(|(name, value)| format!("{:<width$}  {}", format!("{name}:"), one_line(value)));
    lines.collect::<Vec<_>>().join("\n")
}

/// What a program said over several lines stays readable, its later lines set in.
pub(super) fn paragraph(text: &str) -> String {
    let text: String = text.chars().take(PARAGRAPH_CHARS_MAX).collect();
    text.lines().map(one_line).collect::<Vec<_>>().join("\n    ")
}
