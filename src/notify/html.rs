//! A letter as HTML: one page that needs nothing from anywhere, reads well on a telephone and in the
//! dark, and says all that the text says. Never: marks up what it quotes (askama escapes every value).

use askama::Template;

use super::compose::paragraph;
use crate::domain::scrub::one_line;
use crate::domain::telling::{Message, Phase, Severity, Topic};
use crate::words::Words;

/// Where a note is put that is known only when the letter goes out.
const NOTE: &str = "<!--note-->";

/// What a letter says, in words, before it is set.
#[derive(Debug, Clone)]
pub struct Content {
    pub what: String,
    /// Each with the key it was said by.
    pub lines: Vec<(&'static str, String)>,
    /// What stands in rows: of each source, of the store, of what comes next.
    pub tables: Vec<Rows>,
    pub facts: Vec<(String, String)>,
    pub log: Vec<String>,
    pub contact: Vec<String>,
    pub place: String,
    pub tone: Tone,
}

/// A heading, and rows of a name and what it comes to.
#[derive(Debug, Clone)]
pub struct Rows {
    pub heading: String,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub name: String,
    pub value: String,
    /// It is set apart.
    pub is_bad: bool,
}

/// How a letter looks at first sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something is over.
    Good,
    /// Nothing was wrong.
    Well,
    Test,
    Note,
    Warning,
    Critical,
}

pub fn tone(message: &Message) -> Tone {
    match (message.topic, message.phase, message.severity) {
        (_, Phase::Over, _) => Tone::Good,
        // What is not well stands in its lines.
        (Topic::Proof, ..) if message.lines.is_empty() => Tone::Well,
        (Topic::Proof, ..) | (_, _, Severity::Warning) => Tone::Warning,
        (_, _, Severity::Critical) => Tone::Critical,
        (_, _, Severity::Notice) => Tone::Note,
    }
}

/// The page of a letter. One that cannot be made is left out: the text says the same.
pub fn render(content: &Content, words: &Words) -> String {
    let block = |(key, text): &(&'static str, String)| {
        let text = paragraph(text);
        let labelled = |class| {
            let (label, text) = text.split_once(": ").unwrap_or(("", &text));
            Block { class, label: label.to_owned(), text: pieces(text) }
        };
        match *key {
            "tell-error" => labelled("error"),
            "tell-hint" => labelled("hint"),
            _ => Block { class: "plain", label: String::new(), text: pieces(&text) },
        }
    };
    let page = Page {
        language: words.text("page-language", &[]),
        colours: colours(content.tone),
        word: words.text(word(content.tone), &[]),
        place: content.place.clone(),
        what: one_line(&content.what),
        blocks: content.lines.iter().map(block).collect(),
        tables: content.tables.iter().map(table).collect(),
        facts: &content.facts,
        log_head: words.text("mail-log", &[]),
        log: &content.log,
        contact_head: words.text("mail-contact", &[]),
        contact: content.contact.iter().map(|line| one_line(line)).collect(),
        footer: pieces(&words.text("mail-footer", &[("place", &content.place)])),
    };
    page.render().unwrap_or_default()
}

/// The page with one more paragraph before its end.
pub fn with_note(html: &str, note: &str) -> String {
    html.replacen(NOTE, &Note { text: note }.render().unwrap_or_default(), 1)
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    language: String,
    colours: Colours,
    /// How it stands, in a word.
    word: String,
    place: String,
    what: String,
    blocks: Vec<Block>,
    tables: Vec<Table>,
    facts: &'a [(String, String)],
    log_head: String,
    log: &'a [String],
    contact_head: String,
    contact: Vec<String>,
    footer: Vec<Piece>,
}

#[derive(Template)]
#[template(source = r#"<p class="note" style="margin:0 0 16px;color:#5b6472">{{ text }}</p>"#, ext = "html")]
struct Note<'a> {
    text: &'a str,
}

struct Block {
    class: &'static str,
    /// What the text begins with, set apart.
    label: String,
    text: Vec<Piece>,
}

struct Table {
    heading: String,
    rows: Vec<Cells>,
}

struct Cells {
    name: String,
    value: Vec<Piece>,
    is_bad: bool,
}

fn table(rows: &Rows) -> Table {
    let in_pieces = |Row { name, value, is_bad }: &Row| Cells {
        name: name.clone(),
        value: pieces(&one_line(value)),
        is_bad: *is_bad,
    };
    Table { heading: one_line(&rows.heading), rows: rows.rows.iter().map(in_pieces).collect() }
}

/// Part of a sentence: what stands between backticks is to be typed.
struct Piece {
    text: String,
    is_code: bool,
}

fn pieces(text: &str) -> Vec<Piece> {
    let piece = |(at, text): (usize, &str)| Piece { text: text.to_owned(), is_code: at % 2 == 1 };
    text.split('`').enumerate().map(piece).filter(|piece| !piece.text.is_empty()).collect()
}

/// The bar, and the word upon a paler ground.
struct Colours {
    class: &'static str,
    strong: &'static str,
    pale: &'static str,
}

fn colours(tone: Tone) -> Colours {
    let (class, strong, pale) = match tone {
        Tone::Good | Tone::Well => ("good", "#166f41", "#e6f4ec"),
        Tone::Note | Tone::Test => ("tone-note", "#2f5fb3", "#e8eef9"),
        Tone::Warning => ("warn", "#9a6200", "#fdf3dc"),
        Tone::Critical => ("bad", "#b3261e", "#fce9e7"),
    };
    Colours { class, strong, pale }
}

fn word(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "mail-tone-good",
        Tone::Well => "mail-tone-well",
        Tone::Test => "mail-tone-test",
        Tone::Note => "mail-tone-note",
        Tone::Warning => "mail-tone-warning",
        Tone::Critical => "mail-tone-critical",
    }
}
