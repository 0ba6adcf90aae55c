//! How one source fared, from what was seen of it: the proofs, the operator's own questions, the files
//! that rows name. And all of them summed up for the run's report.

use super::piece::Piece;
use crate::config::MediaCheck;
use crate::domain::drill::{Answer, DrilledSource, Judgement, Proof, Verdict, What, judge, too_many_missing};
use crate::domain::report::{Outcome, RunReport, SourceReport, Warning};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Outlook, Stage, Trouble};
use crate::source::prove::{Evidence, MissingFiles};
use crate::words::Words;

/// A text that a database gave may be as long as a row: so much of it is kept.
const TEXT_CHARS_MAX: usize = 2000;

/// How a source fared, and what the run's report adds to it.
pub(super) struct Fared {
    pub(super) drilled: DrilledSource,
    /// Where it could not be drilled: which stage, and whether it may pass.
    stage: Stage,
    lasting: bool,
    bytes: u64,
    warnings: Vec<Warning>,
}

/// What an artifact that is damaged in the store comes to: it was not restored.
pub(super) fn damaged(piece: &Piece, error: String, words: &Words) -> Fared {
    let hint = words.say(&Saying::new("hint-bad-copy"));
    let load = Proof { what: What::Load, judgement: Judgement::Failed, text: error.clone() };
    Fared { ..fared(piece, Verdict::Failed, Some(error), Some(hint), vec![load]) }
}

/// It could not be drilled here and now, which says nothing of the set.
pub(super) fn not_held(piece: &Piece, trouble: &Trouble, words: &Words) -> Fared {
    let hint = trouble.hint.as_ref().map(|hint| words.say(hint));
    let lasting = trouble.outlook == Outlook::Lasting;
    let fared = fared(piece, Verdict::NotHeld, Some(trouble.error.clone()), hint, Vec::new());
    Fared { stage: trouble.stage, lasting, ..fared }
}

/// What was seen comes to. `before` finds the answer of the drill before to a question.
pub(super) fn seen(piece: &Piece, evidence: Evidence, before: impl Fn(&str) -> Option<String>, words: &Words) -> Fared {
    let Evidence { restore_seconds, mut proofs, remarks, answers, missing } = evidence;
    let loaded = !proofs.iter().any(|proof| proof.what == What::Load && proof.judgement == Judgement::Failed);
    let checks: Vec<Answer> = piece
        .checks
        .iter()
        .enumerate()
        .map(|(number, check)| {
            let answer = answers.get(number).cloned();
            let judged = match &answer {
                Some(Ok(value)) => check.expected.judge(value.as_deref(), before(&check.sql).as_deref()),
                Some(Err(error)) => Err(error.clone()),
                None => Err("it was not asked".to_owned()),
            };
            let value = answer.and_then(Result::ok).flatten();
            let error = judged.err().map(|error| cut(&error));
            Answer { sql: check.sql.clone(), value: value.as_deref().map(cut), ok: error.is_none(), error }
        })
        .collect();
    proofs.extend(of_checks(&checks, loaded));
    let mut warnings = Vec::new();
    for (number, check) in piece.media_checks.iter().enumerate() {
        // One that could not be looked up at all was told of already.
        let told = |proof: &Proof| proof.what == What::Media && proof.text.starts_with(&format!("{}: ", check.column));
        if !proofs.iter().any(told) {
            let (proof, warning) = of_media(piece, check, missing.get(number), words);
            proofs.push(proof);
            warnings.extend(warning);
        }
    }
    for proof in &mut proofs {
        proof.text = cut(&proof.text);
    }
    let (verdict, error) = judge(piece.artifact.kind, &proofs);
    let hint = (verdict == Verdict::Failed).then(|| words.say(&Saying::new("hint-drill-failed")));
    let mut fared = fared(piece, verdict, error, hint, proofs);
    fared.drilled.restore_seconds = restore_seconds;
    fared.drilled.checks = checks;
    fared.drilled.remarks = remarks.iter().map(|remark| cut(&words.say(remark))).collect();
    fared.warnings = warnings;
    fared
}

fn fared(piece: &Piece, verdict: Verdict, error: Option<String>, hint: Option<String>, proofs: Vec<Proof>) -> Fared {
    let drilled = DrilledSource {
        source: piece.source().clone(),
        kind: piece.artifact.kind,
        verdict,
        error: error.map(|error| cut(&error)),
        hint,
        restore_seconds: None,
        proofs,
        checks: Vec::new(),
        remarks: Vec::new(),
    };
    let stage = if verdict == Verdict::NotHeld { Stage::Look } else { Stage::Drill };
    Fared { drilled, stage, lasting: true, bytes: piece.artifact.raw_bytes, warnings: Vec::new() }
}

/// Where the data did not come back nobody could be asked, which is said once, by what failed.
fn of_checks(checks: &[Answer], loaded: bool) -> Option<Proof> {
    let (bad, all) = (checks.iter().filter(|answer| !answer.ok).count(), checks.len());
    let first = checks.iter().find(|answer| !answer.ok);
    let (judgement, text) = match first {
        None if all == 0 => return None,
        None => (Judgement::Passed, format!("{all} of {all} answers are as expected")),
        Some(_) if !loaded => (Judgement::Skipped, "nothing was there to be asked".to_owned()),
        Some(Answer { sql, error, .. }) => {
            let error = error.as_deref().unwrap_or_default();
            (Judgement::Failed, format!("{bad} of {all} answers are not as expected: {sql}: {error}"))
        }
    };
    Some(Proof { what: What::Checks, judgement, text })
}

fn of_media(
    piece: &Piece,
    check: &MediaCheck,
    found: Option<&MissingFiles>,
    words: &Words,
) -> (Proof, Option<Warning>) {
    let MediaCheck { column, media, .. } = check;
    let proof =
        |judgement: Judgement, text: String| Proof { what: What::Media, judgement, text: format!("{column}: {text}") };
    let Some(MissingFiles { named, missing, examples }) = found else {
        return (proof(Judgement::Skipped, format!("it was not compared with the files of {media}")), None);
    };
    let like = if examples.is_empty() { String::new() } else { format!(", such as {}", examples.join(", ")) };
    let text = format!("of {named} files named, {missing} are missing in {media}{like}");
    if !too_many_missing(*named, *missing, check.max_missing_percent) {
        return (proof(Judgement::Passed, text), None);
    }
    let saying = Saying::new("warning-media-missing").with("column", column).with("media", media);
    let saying = saying.with("missing", missing).with("named", named).with("examples", examples.join(", "));
    let warning =
        Warning { code: "media_missing".to_owned(), source: Some(piece.source().clone()), text: words.say(&saying) };
    (proof(Judgement::Failed, text), Some(warning))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The run's report: it fails where any source is not proven. Its stage tells a drill that found
/// something out from one that could not be held at all.
pub(super) fn sum_up(all: &[Fared], report: &mut RunReport) {
    for one in all {
        let proven = one.drilled.verdict == Verdict::Proven;
        report.sources.push(SourceReport {
            source: one.drilled.source.clone(),
            outcome: if proven { Outcome::Succeeded } else { Outcome::Failed },
            stage: (!proven).then(|| one.stage.as_str().to_owned()),
            error: one.drilled.error.clone(),
            hint: one.drilled.hint.clone(),
            bytes: proven.then_some(one.bytes),
            lasting: !proven && one.lasting,
        });
        report.warnings.extend(one.warnings.iter().cloned());
    }
    let count = |verdict: Verdict| all.iter().filter(|one| one.drilled.verdict == verdict).count();
    let part = |count: usize, what: &str| (count > 0).then(|| format!("{count} of {} sources {what}", all.len()));
    let errors = [
        part(count(Verdict::Failed), "did not come back as they were stored"),
        part(count(Verdict::NotHeld), "could not be drilled"),
    ];
    let errors: Vec<String> = errors.into_iter().flatten().collect();
    if !errors.is_empty() {
        let first = all.iter().find(|one| one.drilled.verdict == Verdict::NotHeld).map(|one| one.stage);
        let found_out = count(Verdict::NotHeld) < all.len();
        let stage = if found_out { Stage::Drill } else { first.unwrap_or(Stage::Drill) };
        report.outcome = Outcome::Failed;
        report.stage = Some(stage.as_str().to_owned());
        report.error = Some(errors.join(", "));
    }
}
