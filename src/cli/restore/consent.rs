//! Asks for consent on a terminal by having a name typed. Off a terminal nobody is asked: a script
//! says `--yes`.

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
        output::complain(&self.words.say(&Saying::new("cli-restore-type").with("name", &question.typed)));
        match typed(stop) {
            Some(line) if line.trim_end_matches(['\r', '\n']) == question.typed => Answer::Yes,
            _ => Answer::No,
        }
    }
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
