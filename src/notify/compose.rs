//! A message put into words as a letter: one line of subject that says it all on a telephone, then
//! what happened, what to do, and whom to call. Never: lets what it quotes begin a line of its own
//! that could pass for ours.

use crate::domain::scrub::one_line;
use crate::domain::telling::Message;
use crate::words::Words;

/// A subject longer than this is cut: the rest is in the letter.
const SUBJECT_CHARS_MAX: usize = 150;

/// What a person is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    pub text: String,
}

/// On whose behalf letters are written.
#[derive(Debug, Clone)]
pub struct Sender {
    /// What the reader knows the place by: the host, or its first source.
    pub place: String,
    /// The operator's `contact.lines`.
    pub contact: Vec<String>,
}

impl Sender {
    /// The letter for one message. `is_last`: no other goes out today, which it must say.
    pub fn compose(&self, message: &Message, is_last: bool, words: &Words) -> Letter {
        let what = words.say(&message.subject);
        let subject = one_line(&words.text("mail-subject", &[("place", &self.place), ("what", &what)]));
        let mut parts = vec![paragraph(&what)];
        parts.extend(message.lines.iter().map(|line| paragraph(&words.say(line))));
        if is_last {
            parts.push(words.text("mail-last-today", &[]));
        }
        if !self.contact.is_empty() {
            let lines = self.contact.iter().map(|line| one_line(line)).collect::<Vec<_>>();
            parts.push(format!("{}\n{}", words.text("mail-contact", &[]), lines.join("\n")));
        }
        parts.push(format!("-- \n{}", words.text("mail-footer", &[("place", &one_line(&self.place))])));
        Letter { subject: subject.chars().take(SUBJECT_CHARS_MAX).collect(), text: parts.join("\n\n") + "\n" }
    }
}

/// What a program said over several lines stays readable, its later lines set in.
fn paragraph(text: &str) -> String {
    text.lines().map(one_line).collect::<Vec<_>>().join("\n    ")
}
