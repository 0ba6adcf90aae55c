//! What a drill found, as a page of text for people: to be read, filed, or handed to an auditor.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::domain::artifact::Kind;
use crate::domain::drill::{DrillFinding, DrillReport, DrilledSource, Judgement, Proof, Verdict, What};
use crate::domain::id::BackupId;
use crate::domain::restoring::listed;
use crate::domain::saying::Saying;
use crate::words::{Words, size};

/// The page.
pub fn page(words: &Words, found: &DrillReport, zone: Tz) -> String {
    let say = |saying: Saying| words.say(&saying);
    let at = |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
    let sets = by_set(found);
    let mut lines = vec![say(Saying::new("drill-page-head").with("run", &found.run)), String::new()];
    lines.extend(sets.iter().map(|(id, of_set)| {
        let made = found.started_at - TimeDelta::seconds(i64::try_from(of_set[0].rpo_seconds).unwrap_or_default());
        let key = if sets.len() == 1 { "drill-page-set" } else { "drill-page-one-set" };
        say(Saying::new(key).with("id", id).with("at", at(made)).with("sources", names(of_set)))
    }));
    lines.extend([
        say(Saying::new("drill-page-held")
            .with("from", at(found.started_at))
            .with("until", at(found.at))
            .with("version", &found.tool_version)),
        verdict(words, found),
    ]);
    for source in &found.sources {
        lines.push(String::new());
        of_source(words, source, &mut lines);
    }
    for source in &found.nothing_good {
        lines.push(String::new());
        lines.push(say(Saying::new("drill-page-source-nothing-good").with("source", source)));
        lines.push(format!("  {}", say(Saying::new("hint-drill-nothing-good").with("source", source))));
    }
    lines.push(String::new());
    lines.push(say(match found.rto_seconds {
        Some(seconds) => Saying::new("drill-page-rto").with("time", words.span(seconds)),
        None => Saying::new("drill-page-no-rto"),
    }));
    lines.extend(sets.iter().map(|(id, of_set)| {
        let age_seconds = f64::from(u32::try_from(of_set[0].rpo_seconds).unwrap_or(u32::MAX));
        let key = if sets.len() == 1 { "drill-page-rpo" } else { "drill-page-rpo-of" };
        say(Saying::new(key).with("time", words.span(age_seconds)).with("id", id).with("sources", names(of_set)))
    }));
    // Whoever files the page must know where its proof ends.
    if found.sources.iter().any(|one| one.kind == Kind::Postgres && one.verdict.is_of_proven_data()) {
        lines.push(say(Saying::new("drill-page-not-compared")));
    }
    lines.extend(found.peak_bytes.map(|bytes| say(Saying::new("drill-page-peak").with("size", size(bytes)))));
    lines.join("\n") + "\n"
}

/// What was taken from each set, oldest first.
fn by_set(found: &DrillReport) -> BTreeMap<&BackupId, Vec<&DrillFinding>> {
    let mut sets: BTreeMap<&BackupId, Vec<&DrillFinding>> = BTreeMap::new();
    for source in &found.sources {
        sets.entry(&source.backup_id).or_default().push(source);
    }
    sets
}

fn names(found: &[&DrillFinding]) -> String {
    found.iter().map(|one| one.source.as_str()).collect::<Vec<_>>().join(", ")
}

/// In one sentence.
fn verdict(words: &Words, found: &DrillReport) -> String {
    let those = |verdict: Verdict| found.sources.iter().filter(move |source| source.verdict == verdict);
    let (failed, not_held) = (those(Verdict::Failed).count(), those(Verdict::NotHeld).count());
    let doubted = listed(those(Verdict::Doubted).map(|source| source.source.as_str()));
    let missing = found.nothing_good.len();
    let saying = match (failed, not_held) {
        (0, 0) if missing > 0 => Saying::new("drill-page-not-all").with("missing", missing),
        (0, 0) if doubted.is_empty() => Saying::new("drill-page-proven"),
        (0, 0) => Saying::new("drill-page-doubted").with("sources", doubted),
        (0, _) => Saying::new("drill-page-in-part").with("not_held", not_held + missing),
        (_, _) => Saying::new("drill-page-failed").with("failed", failed),
    };
    words.say(&saying.with("count", found.sources.len() + missing).with("warned", warned(words, found)))
}

/// What is no failure, but no success either.
fn warned(words: &Words, found: &DrillReport) -> String {
    let in_words = |proof: &Proof| match (proof.what, proof.judgement) {
        (What::Media, Judgement::Failed) => Saying::new("drill-page-missing-files"),
        (What::Checks, _) => Saying::new("drill-page-unasked"),
        (what, _) => Saying::new("drill-page-skipped-proof").with("what", named(words, what)),
    };
    let mut which = Vec::new();
    for source in &found.sources {
        which.extend(source.warnings().map(|proof| words.say(&in_words(proof).with("source", &source.source))));
    }
    let saying = match which.len() {
        0 => return String::new(),
        1 => Saying::new("drill-page-one-warning"),
        warnings => Saying::new("drill-page-warnings").with("warnings", warnings),
    };
    words.say(&saying.with("which", which.join("; ")))
}

fn of_source(words: &Words, source: &DrilledSource, lines: &mut Vec<String>) {
    let key = match source.verdict {
        Verdict::Proven => "drill-page-source-proven",
        Verdict::Doubted => "drill-page-source-doubted",
        Verdict::Failed => "drill-page-source-failed",
        Verdict::NotHeld => "drill-page-source-not-held",
    };
    let heading = Saying::new(key).with("source", &source.source).with("kind", source.kind.as_str());
    lines.push(words.say(&heading));
    let mut add = |text: String| lines.push(format!("  {text}"));
    if let Some(seconds) = source.restore_seconds {
        add(words.say(&Saying::new("drill-page-restored").with("time", words.span(seconds))));
    }
    for proof in &source.proofs {
        let text = words.retell_found(&proof.text);
        add(format!("{}  {}: {text}", mark(words, proof.judgement), named(words, proof.what)));
    }
    for answer in &source.checks {
        let judgement = match (answer.ok, answer.unasked) {
            (true, _) => Judgement::Passed,
            (false, true) => Judgement::Skipped,
            (false, false) => Judgement::Failed,
        };
        let value = answer.value.as_deref().unwrap_or("-");
        let error = answer.error.as_ref().map(|error| format!(" ({})", words.retell_found(error)));
        let error = error.unwrap_or_default();
        add(format!("{}  {} = {value}{error}", mark(words, judgement), answer.sql));
    }
    for remark in &source.remarks {
        add(words.say(&Saying::new("drill-page-remark").with("remark", remark)));
    }
    // What failed stands among the proofs.
    if let Some(error) = source.error.as_ref().filter(|_| source.verdict == Verdict::NotHeld) {
        add(words.say(&Saying::new("drill-page-error").with("error", error)));
    }
    if let Some(hint) = &source.hint {
        add(words.say(&Saying::new("tell-hint").with("hint", hint)));
    }
}

/// What was looked at.
fn named(words: &Words, what: What) -> String {
    let key = match what {
        What::Load => "drill-what-load",
        What::Rows => "drill-what-rows",
        What::LargeObjects => "drill-what-large-objects",
        What::Sequences => "drill-what-sequences",
        What::Schema => "drill-what-schema",
        What::Constraints => "drill-what-constraints",
        What::Indexes => "drill-what-indexes",
        What::Integrity => "drill-what-integrity",
        What::Tree => "drill-what-tree",
        What::Checks => "drill-what-checks",
        What::Media => "drill-what-media",
    };
    words.text(key, &[])
}

fn mark(words: &Words, judgement: Judgement) -> String {
    let key = match judgement {
        Judgement::Passed => "drill-page-ok",
        Judgement::Failed => "drill-page-no",
        Judgement::Skipped => "drill-page-skipped",
    };
    format!("{:<9}", words.text(key, &[]))
}
