//! The operator's own questions, once a database was asked them: whether each answer is as expected, what
//! all of them come to as a proof, what to do about those that are not. A question that could not be
//! asked is no answer, and neither is a word on the data.

use crate::config::DrillCheck;
use crate::domain::drill::{Answer, Judgement, Proof, What};
use crate::domain::saying::Saying;
use crate::words::Words;

/// A text that a database gave may be as long as a row: so much of it is kept.
const TEXT_CHARS_MAX: usize = 2000;

/// What each answer comes to. `before` finds the answer of the drill before to a question.
pub(super) fn judged(
    checks: &[DrillCheck],
    answers: Vec<Result<Option<String>, String>>,
    before: impl Fn(&str) -> Option<String>,
) -> Vec<Answer> {
    let answers = answers.into_iter().map(Some).chain(std::iter::repeat(None));
    checks.iter().zip(answers).map(|(check, answer)| answered(check, answer, &before)).collect()
}

/// What the answers come to as a proof. Where the data did not come back nobody could be asked, which is
/// said once, by what failed.
pub(super) fn proofs(checks: &[DrillCheck], answers: &[Answer], loaded: bool) -> Vec<Proof> {
    let words = Words::english();
    let proof =
        |judgement: Judgement, saying: &Saying| Proof { what: What::Checks, judgement, text: words.say(saying) };
    let all = answers.len();
    if all == 0 {
        return Vec::new();
    }
    if !loaded {
        return vec![proof(Judgement::Skipped, &Saying::new("proof-not-asked"))];
    }
    let those = |is_it: fn(&Answer) -> bool, judgement: Judgement, key: &'static str| {
        let mut those = checks.iter().zip(answers).filter(|(_, answer)| is_it(answer));
        let (check, Answer { sql, error, .. }) = those.next()?;
        let (count, error) = (1 + those.count(), error.as_deref().unwrap_or_default());
        let saying = Saying::new(key).with("count", count).with("all", all);
        Some(proof(judgement, &saying.with("error", format!("{}: {sql}: {error}", check.key()))))
    };
    let otherwise = those(is_otherwise, Judgement::Failed, "proof-answers-otherwise");
    let unasked = those(is_unasked, Judgement::Skipped, "proof-unasked");
    let found: Vec<Proof> = otherwise.into_iter().chain(unasked).collect();
    if found.is_empty() {
        return vec![proof(Judgement::Passed, &Saying::new("proof-answers").with("count", all))];
    }
    found
}

/// What to do about those that are not as expected, and those that could not be asked.
pub(super) fn hint(checks: &[DrillCheck], answers: &[Answer], words: &Words) -> Option<String> {
    let of_those = |key: &'static str, is_it: fn(&Answer) -> bool| {
        let those = checks.iter().zip(answers).filter(|(_, answer)| is_it(answer));
        let keys: Vec<String> = those.map(|(check, _)| check.key()).collect();
        (!keys.is_empty()).then(|| words.say(&Saying::new(key).with("keys", keys.join(", "))))
    };
    let hints = [of_those("hint-drill-answer", is_otherwise), of_those("hint-drill-unasked", is_unasked)];
    let hints: Vec<String> = hints.into_iter().flatten().collect();
    (!hints.is_empty()).then(|| hints.join("\n"))
}

pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn is_otherwise(answer: &Answer) -> bool {
    !answer.ok && !answer.unasked
}

fn is_unasked(answer: &Answer) -> bool {
    answer.unasked
}

fn answered(
    check: &DrillCheck,
    answer: Option<Result<Option<String>, String>>,
    before: impl Fn(&str) -> Option<String>,
) -> Answer {
    let sql = check.sql.clone();
    match answer.unwrap_or_else(|| Err(Words::english().text("proof-question-not-asked", &[]))) {
        Ok(value) => {
            let error = check.expected.judge(value.as_deref(), before(&sql).as_deref()).err();
            let value = value.as_deref().map(cut);
            Answer { sql, value, ok: error.is_none(), unasked: false, error: error.as_deref().map(cut) }
        }
        Err(error) => Answer { sql, value: None, ok: false, unasked: true, error: Some(cut(&error)) },
    }
}
