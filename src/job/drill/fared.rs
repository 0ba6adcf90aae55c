//! How one source fared, from what was seen of it: the proofs, the answers, the files that rows name. And
//! all of them summed up for the run's report.

use super::asked::{self, cut};
use super::piece::Piece;
use crate::config::MediaCheck;
use crate::domain::drill::{DrilledSource, Judgement, Proof, Verdict, What, judge, too_many_missing};
use crate::domain::name::SourceName;
use crate::domain::report::{Outcome, RunReport, SourceReport, Warning};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Outlook, Stage, Trouble};
use crate::source::prove::{Evidence, MissingFiles};
use crate::words::Words;

/// How a source fared, and what the run's report adds to it.
pub(super) struct Fared {
    pub(super) drilled: DrilledSource,
    /// Where it is not well: in which stage, and whether it may pass.
    stage: Stage,
    lasting: bool,
    bytes: u64,
    warnings: Vec<Warning>,
    /// A file of the store that is not what was stored, and how it is not.
    pub(super) bad: Option<(String, String)>,
}

/// What a file that is damaged in the store comes to: it was not restored.
pub(super) fn damaged(piece: &Piece, path: String, why: String, words: &Words) -> Fared {
    let (hint, error) = (words.say(&Saying::new("hint-bad-copy")), format!("{path}: {why}"));
    let load = Proof { what: What::Load, judgement: Judgement::Failed, text: error.clone() };
    Fared { bad: Some((path, why)), ..fared(piece, Verdict::Failed, Some(error), Some(hint), vec![load]) }
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
    let checks = asked::judged(&piece.checks, answers, before);
    proofs.extend(asked::proofs(&piece.checks, &checks, loaded));
    let mut warnings = Vec::new();
    for (number, check) in piece.media_checks.iter().enumerate() {
        // One that could not be looked up at all was told of already.
        let told = |proof: &Proof| proof.what == What::Media && proof.text.starts_with(&format!("{}: ", check.column));
        if !proofs.iter().any(told) {
            let (proof, warning) = of_media(piece, check, missing.get(number).filter(|_| loaded), words);
            proofs.push(proof);
            warnings.extend(warning);
        }
    }
    for proof in &mut proofs {
        proof.text = cut(&proof.text);
    }
    let (verdict, error) = judge(piece.artifact.kind, &proofs);
    // Only where the data failed is the set not to be relied on.
    let hint = match verdict {
        Verdict::Failed => Some(words.say(&Saying::new("hint-drill-failed"))),
        Verdict::Proven | Verdict::Doubted => asked::hint(&piece.checks, &checks, words),
        Verdict::NotHeld => None,
    };
    let mut fared = fared(piece, verdict, error, hint, proofs);
    fared.drilled.restore_seconds = restore_seconds;
    fared.drilled.checks = checks;
    fared.drilled.remarks = remarks.iter().map(|remark| cut(&words.say(remark))).collect();
    fared.warnings = warnings;
    fared.warnings.extend(of_skipped(&fared.drilled, words));
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
    let stage = match verdict {
        Verdict::NotHeld => Stage::Look,
        Verdict::Failed => Stage::Drill,
        Verdict::Proven | Verdict::Doubted => Stage::Ask,
    };
    Fared { drilled, stage, lasting: true, bytes: piece.artifact.raw_bytes, warnings: Vec::new(), bad: None }
}

/// What could not be looked at beside data that came back. Questions that could not be asked are told
/// by their source.
fn of_skipped(drilled: &DrilledSource, words: &Words) -> Vec<Warning> {
    let skipped =
        drilled.warnings().filter(|proof| proof.judgement == Judgement::Skipped && proof.what != What::Checks);
    let warning = |proof: &Proof| {
        let saying = Saying::new("warning-proof-skipped").with("source", &drilled.source);
        let saying = saying.with("what", proof.what.as_str()).with("why", &proof.text);
        let source = Some(drilled.source.clone());
        Warning { code: "proof_skipped".to_owned(), source, text: words.say(&saying) }
    };
    skipped.map(warning).collect()
}

fn of_media(
    piece: &Piece,
    check: &MediaCheck,
    found: Option<&MissingFiles>,
    words: &Words,
) -> (Proof, Option<Warning>) {
    let MediaCheck { column, media, .. } = check;
    let proof = |judgement: Judgement, saying: &Saying| Proof { what: What::Media, judgement, text: words.say(saying) };
    let Some(MissingFiles { named, missing, examples }) = found else {
        let saying = Saying::new("proof-media-uncompared").with("column", column).with("media", media);
        return (proof(Judgement::Skipped, &saying), None);
    };
    let looked_at = if examples.is_empty() { "proof-media" } else { "proof-media-such" };
    let looked_at = Saying::new(looked_at).with("column", column).with("media", media).with("named", named);
    let looked_at = looked_at.with("missing", missing);
    let looked_at = if examples.is_empty() { looked_at } else { looked_at.with("examples", examples.join(", ")) };
    if !too_many_missing(*named, *missing, check.max_missing_percent) {
        return (proof(Judgement::Passed, &looked_at), None);
    }
    let saying = Saying::new("warning-media-missing").with("column", column).with("media", media);
    let saying = saying.with("missing", missing).with("named", named).with("examples", examples.join(", "));
    let warning =
        Warning { code: "media_missing".to_owned(), source: Some(piece.source().clone()), text: words.say(&saying) };
    (proof(Judgement::Failed, &looked_at), Some(warning))
}

/// The run's report: it fails where any source is not proven or answers otherwise than expected, and is
/// partial where one could not be asked, or has nothing good to prove. Its stage tells a drill that found
/// something out from one that could not be held at all.
pub(super) fn sum_up(all: &[Fared], missing: &[SourceName], report: &mut RunReport, words: &Words) {
    for one in all {
        report.sources.push(one.report());
        report.warnings.extend(one.warnings.iter().cloned());
    }
    report.sources.extend(missing.iter().map(|source| of_missing(source, words)));
    let count = |is_it: &dyn Fn(&DrilledSource) -> bool| all.iter().filter(|one| is_it(&one.drilled)).count();
    let [failed, not_held, doubted] =
        [Verdict::Failed, Verdict::NotHeld, Verdict::Doubted].map(|verdict| count(&|one| one.verdict == verdict));
    let unasked = count(&|one| one.caveats().unasked);
    let errors = [
        (failed, "did not come back as they were stored"),
        (not_held, "could not be drilled"),
        (doubted, "came back as they were stored, but answer otherwise than expected"),
        (unasked, "came back as they were stored, but could not be asked everything"),
        (missing.len(), "have nothing good to prove"),
    ];
    let sources = all.len() + missing.len();
    let errors = errors.iter().filter(|(count, _)| *count > 0);
    let errors: Vec<String> = errors.map(|(count, what)| format!("{count} of {sources} sources {what}")).collect();
    if !errors.is_empty() {
        let first = all.iter().find(|one| one.drilled.verdict == Verdict::NotHeld).map(|one| one.stage);
        let stage = if not_held < all.len() { Stage::Drill } else { first.unwrap_or(Stage::Drill) };
        report.outcome = if failed + not_held + doubted > 0 { Outcome::Failed } else { Outcome::Partial };
        report.stage = Some(stage.as_str().to_owned());
        report.error = Some(errors.join(", "));
    }
}

/// That nothing good is stored of a source is no no of this drill's: its own health says the rest.
fn of_missing(source: &SourceName, words: &Words) -> SourceReport {
    SourceReport {
        source: source.clone(),
        outcome: Outcome::Skipped,
        stage: Some(Stage::Find.as_str().to_owned()),
        error: Some("nothing good of it is stored: there is nothing to prove".to_owned()),
        hint: Some(words.say(&Saying::new("hint-drill-nothing-good").with("source", source))),
        bytes: None,
        lasting: true,
    }
}

impl Fared {
    fn report(&self) -> SourceReport {
        let drilled = &self.drilled;
        let outcome = match drilled.verdict {
            Verdict::Proven if drilled.caveats().unasked => Outcome::Partial,
            Verdict::Proven => Outcome::Succeeded,
            Verdict::Doubted | Verdict::Failed | Verdict::NotHeld => Outcome::Failed,
        };
        let is_well = outcome == Outcome::Succeeded;
        let unasked = drilled.warnings().find(|proof| proof.what == What::Checks).map(|proof| proof.text.clone());
        SourceReport {
            source: drilled.source.clone(),
            outcome,
            stage: (!is_well).then(|| self.stage.as_str().to_owned()),
            error: drilled.error.clone().or(unasked),
            hint: drilled.hint.clone(),
            bytes: drilled.verdict.is_of_proven_data().then_some(self.bytes),
            lasting: !is_well && self.lasting,
        }
    }
}
