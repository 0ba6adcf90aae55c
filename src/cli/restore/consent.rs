//! Asks for consent on a terminal by having names typed, once more where something else was. Off a
//! terminal nobody is asked: a script says `--yes`.

use std::collections::BTreeSet;
use std::io::{IsTerminal, stderr, stdin};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::cli::output;
use crate::domain::saying::Saying;
use crate::job::restore::{Answer, Consent, Question};
use crate::sys::stop::Stop;
use crate::words::Words;

/// Between two looks whether a signal ended the question.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A slip of the finger is forgiven once: before it all was read, which may have taken an hour.
const TRIES: [&str; 2] = ["cli-restore-type", "cli-restore-type-again"];

pub struct Asking {
    pub words: Words,
    /// `--yes`.
    pub given: bool,
    /// The sentences are the result of a `--dry-run`.
    pub only_looks: bool,
}

impl Consent for Asking {
    fn show(&self, question: &Question) {
        let say = if self.only_looks { output::print } else { output::complain };
        question.lines.iter().for_each(|line| say(line));
    }

    fn ask(&self, question: &Question, stop: &Stop) -> Answer {
        self.show(question);
        if self.given {
            return Answer::Yes;
        }
        if !stdin().is_terminal() || !stderr().is_terminal() {
            return Answer::Nobody;
        }
        for key in TRIES {
            output::complain(&self.words.say(&Saying::new(key).with("name", &question.typed)));
            match typed(stop) {
                Some(line) if names(&line) == names(&question.typed) => return Answer::Yes,
                Some(line) if !line.trim().is_empty() => {}
                // Return alone is a no, as is the end of what is typed.
                _ => break,
            }
        }
        Answer::No
    }
}

/// Names in any order, with spaces or commas between: what is meant is the same.
fn names(line: &str) -> BTreeSet<&str> {
    line.split([' ', ',', '\t', '\r', '\n']).filter(|name| !name.is_empty()).collect()
}

/// The next line; a thread reads it, which a signal leaves behind with the process.
fn typed(stop: &Stop) -> Option<String> {
    let (gives, line) = channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = stdin().read_line(&mut text);
        // Nobody waits for it any more once a signal came.
        let _unheard = gives.send(read.map(|_| text));
    });
    loop {
        match line.recv_timeout(LOOK_EVERY) {
            Ok(read) => return read.ok(),
            Err(RecvTimeoutError::Timeout) if stop.reason().is_none() => {}
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_any_order_and_never_fewer_or_others() {
        for same in ["media app\n", "app media\r\n", " app,  media "] {
            assert_eq!(names(same), names("media app"), "{same:?}");
        }
        for other in ["media", "media app db", "mediaapp", "Media app", "yes", ""] {
            assert_ne!(names(other), names("media app"), "{other:?}");
        }
    }
}
