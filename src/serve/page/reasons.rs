//! What needs its reader: each thing that health names, why it is so where the record knows, and the line
//! that mends it. Never: judges; what health does not say is not said here.

use super::pieces::{Piece, pieces};
use super::sources::tone;
use crate::domain::health::{Cause, DRILL_FAILED, Health, VERIFY_FAILED};
use crate::domain::report::{Job, RunReport, SourceReport};
use crate::domain::saying::Saying;
use crate::domain::standing::Standing;
use crate::words::Words;

/// One thing that needs its reader.
pub(super) struct Reason {
    pub(super) source: Option<String>,
    /// Its class: `good`, `warn`, `bad`.
    pub(super) tone: &'static str,
    pub(super) text: Vec<Piece>,
    /// Why, and what to do about it.
    pub(super) remedies: Vec<Vec<Piece>>,
}

/// Listed at most: a store full of strange files has a reason for each.
const LISTED_MAX: usize = 25;

/// The gravest first, and that there are more where that is so.
pub(super) fn reasons(words: &Words, standing: &Standing, health: &Health) -> Vec<Reason> {
    let told = |cause: &Cause| {
        let text = words.say(&cause.saying);
        Reason {
            // Most sentences name it themselves.
            source: cause.source.as_ref().map(ToString::to_string).filter(|source| !text.contains(source)),
            tone: tone(cause.status),
            text: pieces(&text),
            remedies: remedies(standing, health, cause).iter().map(|saying| pieces(&words.say(saying))).collect(),
        }
    };
    let mut reasons: Vec<Reason> = health.causes.iter().take(LISTED_MAX).map(told).collect();
    // The same line for several in a row stands once, below the last.
    for at in 1..reasons.len() {
        if reasons[at - 1].remedies == reasons[at].remedies {
            reasons[at - 1].remedies.clear();
        }
    }
    let unlisted = health.causes.get(LISTED_MAX..).unwrap_or_default();
    if let Some(next) = unlisted.first() {
        let text = pieces(&words.say(&Saying::new("page-more-reasons").with("count", unlisted.len())));
        reasons.push(Reason { source: None, tone: tone(next.status), text, remedies: Vec::new() });
    }
    reasons
}

/// What health itself does not say about a cause; many a cause has its remedy in its own sentence.
fn remedies(standing: &Standing, health: &Health, cause: &Cause) -> Vec<Saying> {
    let last = |job: Job| standing.jobs.get(&job).and_then(|history| history.last.as_ref());
    let names = |what: &str| cause.saying.args.iter().any(|(name, _)| *name == what);
    match cause.code {
        "failed" | "partial" | "interrupted" => {
            let (report, of_source) = attempt(standing, cause);
            let mut told = why(of_source, report);
            let source = cause.source.as_ref().map(ToString::to_string).unwrap_or_default();
            told.push(Saying::new("page-do-again").with("source", source));
            told
        }
        "run_failed" => last(Job::Backup).map(|run| why(None, Some(run))).unwrap_or_default(),
        "prune_failed" => last(Job::Prune).map(|run| why(None, Some(run))).unwrap_or_default(),
        // Of a drill that could not be held; why that is stands in the sentence, as does all of one that says no.
        DRILL_FAILED if names("run") => last(Job::Drill).and_then(hint).into_iter().collect(),
        // Of the last run; what stands and is bad has its own line.
        VERIFY_FAILED if names("run") => vec![Saying::new("page-do-verify")],
        // Where an attempt failed, that is what to see to.
        "stale" | "never" if !has_failed(health, cause) => vec![Saying::new("page-do-backup")],
        "untold" if names("error") => vec![Saying::new("page-do-tell")],
        "disk_low" => vec![Saying::new("page-do-room")],
        "store" if names("trouble") => vec![Saying::new("page-do-check")],
        _ => Vec::new(),
    }
}

/// The last attempt of the source that a cause is about.
fn attempt<'a>(standing: &'a Standing, cause: &Cause) -> (Option<&'a RunReport>, Option<&'a SourceReport>) {
    let source = standing.sources.iter().find(|source| Some(&source.name) == cause.source.as_ref());
    let report = source.and_then(|source| source.last_attempt.as_ref());
    (report, report.and_then(|run| run.sources.iter().find(|one| Some(&one.source) == cause.source.as_ref())))
}

/// The error and the hint, by the source rather than by the run.
fn why(of_source: Option<&SourceReport>, run: Option<&RunReport>) -> Vec<Saying> {
    let error = of_source.and_then(|one| one.error.as_ref()).or(run.and_then(|run| run.error.as_ref()));
    let hinted = of_source.and_then(|one| one.hint.as_ref()).map(told_hint).or_else(|| hint(run?));
    let why = error.map(|error| Saying::new("tell-error").with("error", error));
    why.or_else(|| Some(Saying::new("page-do-log"))).into_iter().chain(hinted).collect()
}

fn hint(run: &RunReport) -> Option<Saying> {
    run.hint.as_ref().map(told_hint)
}

fn told_hint(hint: &String) -> Saying {
    Saying::new("tell-hint").with("hint", hint)
}

/// Whether health names a failed attempt of the same source beside it.
fn has_failed(health: &Health, cause: &Cause) -> bool {
    let failed = |other: &Cause| matches!(other.code, "failed" | "partial" | "interrupted" | "braked" | "run_failed");
    health.causes.iter().any(|other| failed(other) && (other.source == cause.source || other.source.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture::{name, standing};
    use crate::domain::health::{Status, judge};

    fn cause(code: &'static str, saying: Saying) -> Cause {
        Cause { status: Status::Warning, code, source: Some(name("app")), saying }
    }

    fn told(causes: Vec<Cause>) -> Vec<Reason> {
        let standing = standing("2024-11-12T12:00:00", &["app"]);
        let health = Health { causes, ..judge(&standing) };
        reasons(&Words::english(), &standing, &health)
    }

    #[test]
    fn a_source_is_named_where_its_sentence_does_not() {
        let all = told(vec![
            cause("prune_failed", Saying::new("reason-prune-failed").with("run", "prune-1")),
            cause("failed", Saying::new("reason-failed").with("source", "app")),
        ]);
        let named: Vec<Option<&str>> = all.iter().map(|reason| reason.source.as_deref()).collect();
        assert_eq!(named, [Some("app"), None]);
    }

    #[test]
    fn so_many_are_listed_and_how_many_more_there_are_is_said() {
        let many = |count: u32| {
            let one = |run| cause("damaged", Saying::new("reason-prune-failed").with("run", run));
            told((0..count).map(one).collect())
        };
        assert_eq!(many(25).len(), 25);
        let all = many(30);
        assert_eq!((all.len(), all[25].tone), (26, "warn"));
        let last: String = all[25].text.iter().map(|piece| piece.text.as_str()).collect();
        assert!(last.contains('5') && !last.contains("prune"), "{last}");
    }

    #[test]
    fn what_to_do_stands_once_and_not_where_a_failure_says_it() {
        let untold = || cause("untold", Saying::new("reason-failed").with("source", "app").with("error", "silence"));
        let lines = |causes: Vec<Cause>| told(causes).iter().map(|reason| reason.remedies.len()).collect::<Vec<_>>();
        assert_eq!(lines(vec![untold(), untold(), untold()]), [0, 0, 1]);
        let stale = || cause("stale", Saying::new("reason-never").with("source", "app"));
        assert_eq!(lines(vec![stale()]), [1]);
        let failed = cause("failed", Saying::new("reason-failed").with("source", "app"));
        assert_eq!(lines(vec![stale(), failed.clone()])[0], 0);
        let of_another = Cause { source: Some(name("media")), ..failed };
        assert_eq!(lines(vec![stale(), of_another])[0], 1);
    }
}
