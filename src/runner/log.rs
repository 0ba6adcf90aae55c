//! What a run leaves in the log, for people: time, size, duration, what was pruned, how many sets
//! stand, every error and warning. Each failure once, here, where it is handled.

use std::io;
use std::sync::Arc;

use crate::domain::artifact::Kind;
use crate::domain::progress::{Event, Sink};
use crate::domain::report::{Job, Outcome, RunReport, SourceReport};
use crate::domain::saying::Saying;
use crate::job::Order;
use crate::standing::record::Mark;
use crate::store::Store;
use crate::words::{Words, size};

pub fn started(order: &Order) {
    let (job, run, backup_id) = (order.job.as_str(), order.run.as_str(), order.id.as_str());
    tracing::info!(job, run, backup_id, "started ({})", trigger(order));
}

/// Passes progress on, and writes a line for every artifact as soon as it stands.
pub struct Logged {
    pub order: Order,
    pub onward: Arc<dyn Sink>,
}

impl Sink for Logged {
    fn event(&self, event: Event) {
        if let Event::Taken { source, kind, raw_bytes, size_bytes, seconds } = &event {
            let (job, run, backup_id) = (self.order.job.as_str(), self.order.run.as_str(), self.order.id.as_str());
            let what = match kind {
                Kind::Media | Kind::Files => "archived",
                Kind::Database => "dumped the properties,",
                Kind::Postgres | Kind::Globals | Kind::Sqlite => "dumped",
            };
            let (raw, stored) = (size(*raw_bytes), size(*size_bytes));
            let source = source.as_str();
            tracing::info!(job, run, backup_id, source, "{what} {raw} in {seconds:.1} s, {stored} stored");
        }
        if let Event::Stepped { source, what, bytes, seconds } = &event {
            let (job, run, backup_id) = (self.order.job.as_str(), self.order.run.as_str(), self.order.id.as_str());
            let (source, bytes) =
                (source.as_ref().map(ToString::to_string), bytes.map(|bytes| format!(", {}", size(bytes))));
            tracing::info!(job, run, backup_id, source, "{what}{} in {seconds:.1} s", bytes.unwrap_or_default());
        }
        self.onward.event(event);
    }
}

/// One line per source that is not whole, per warning, and one for the whole.
pub fn ended(report: &RunReport, store: &Store) {
    for source in &report.sources {
        of_source(report, source);
    }
    for warning in &report.warnings {
        let source = warning.source.as_ref().map(ToString::to_string);
        tracing::warn!(
            job = report.job.as_str(),
            run = report.run,
            backup_id = id(report),
            source,
            code = warning.code,
            "{}",
            warning.text
        );
    }
    let files = report.pruned_files.iter().map(|path| format!("the adopted file {path}"));
    for pruned in report.pruned.iter().map(ToString::to_string).chain(files) {
        tracing::info!(job = report.job.as_str(), run = report.run, backup_id = id(report), "pruned {pruned}");
    }
    of_whole(report, store);
}

/// A run that ended with its process, closed by this one.
pub fn closed_orphan(report: &RunReport) {
    let (job, run) = (report.job.as_str(), report.run.as_str());
    tracing::error!(job, run, backup_id = id(report), "interrupted: {}", report.error.as_deref().unwrap_or_default());
}

fn of_source(report: &RunReport, source: &SourceReport) {
    let (job, run, name) = (report.job.as_str(), report.run.as_str(), source.source.as_str());
    let backup_id = id(report);
    let stage = source.stage.as_deref();
    match source.outcome {
        Outcome::Succeeded => {}
        Outcome::Partial => {
            let error = source.error.as_deref().unwrap_or("something could not be read");
            let hint = hint(source.hint.as_deref());
            tracing::warn!(job, run, backup_id, source = name, stage, "incomplete: {error}{hint}");
        }
        // A run that failed as a whole says so once, below.
        _ if report.error.is_some() && source.error == report.error => {}
        outcome => {
            let error = source.error.as_deref().unwrap_or_default();
            tracing::error!(
                job,
                run,
                backup_id,
                source = name,
                stage,
                "{}: {error}{}",
                outcome.as_str(),
                hint(source.hint.as_deref())
            );
        }
    }
}

fn of_whole(report: &RunReport, store: &Store) {
    let (job, run, backup_id) = (report.job.as_str(), report.run.as_str(), id(report));
    let stage = report.stage.as_deref();
    let bytes: u64 = report.sources.iter().filter_map(|s| s.bytes).sum();
    let catalog = store.catalog();
    let unsure = if catalog.unlisted.is_empty() { "" } else { " (not all could be listed)" };
    let sets = format!("{}{unsure}", catalog.sets.len());
    let took = format!("{:.1} s", report.duration_seconds);
    match report.outcome {
        Outcome::Succeeded if report.job == Job::Backup => {
            tracing::info!(
                job,
                run,
                backup_id,
                "succeeded: {} in {took}, pruned: {}, sets that stand: {sets}",
                size(bytes),
                pruned(report)
            );
        }
        Outcome::Succeeded if report.job == Job::Verify => {
            tracing::info!(job, run, backup_id, "succeeded: {} read again in {took}, all of it good", size(bytes));
        }
        Outcome::Succeeded if report.job == Job::Drill => {
            tracing::info!(
                job,
                run,
                backup_id,
                "succeeded: proven{}: {} restored and compared in {took}, all of it as it was stored",
                warned(report),
                size(bytes)
            );
        }
        Outcome::Succeeded if report.job == Job::Restore => {
            tracing::info!(job, run, backup_id, "succeeded: {} in {took}", size(bytes));
        }
        Outcome::Partial | Outcome::Failed | Outcome::Interrupted | Outcome::Skipped if report.job == Job::Restore => {
            let error = report.error.as_deref().unwrap_or("not everything went well");
            tracing::error!(
                job,
                run,
                backup_id,
                stage,
                "{} after {took}: {error}{}",
                report.outcome.as_str(),
                hint(report.hint.as_deref())
            );
        }
        Outcome::Succeeded => tracing::info!(
            job,
            run,
            backup_id,
            "succeeded in {took}, pruned: {}, sets that stand: {sets}",
            pruned(report)
        ),
        Outcome::Partial if report.job == Job::Drill => {
            let error = report.error.as_deref().unwrap_or_default();
            tracing::warn!(
                job,
                run,
                backup_id,
                "partial: proven{}: {} restored and compared in {took}; {error}",
                warned(report),
                size(bytes)
            );
        }
        Outcome::Partial => {
            tracing::warn!(
                job,
                run,
                backup_id,
                "partial: {} in {took}, pruned: {}, sets that stand: {sets}",
                size(bytes),
                pruned(report)
            );
        }
        Outcome::Failed if report.job == Job::Drill => {
            let error = report.error.as_deref().unwrap_or_default();
            let says = if report.is_a_no_of_a_drill() {
                "the drill says no"
            } else if report.failed_by_answers_alone() {
                "proven, but not as expected"
            } else {
                "the drill could not be held"
            };
            tracing::error!(
                job,
                run,
                backup_id,
                stage,
                "failed after {took}: {says}: {error}{}",
                hint(report.hint.as_deref())
            );
        }
        outcome => {
            let error = report.error.as_deref().unwrap_or("no source gave an artifact");
            tracing::error!(
                job,
                run,
                backup_id,
                stage,
                "{} after {took}: {error}{}; sets that stand: {sets}",
                outcome.as_str(),
                hint(report.hint.as_deref())
            );
        }
    }
}

/// How many warnings a run left; each has a line of its own.
fn warned(report: &RunReport) -> String {
    match report.warnings.len() {
        0 => String::new(),
        1 => ", with 1 warning".to_owned(),
        warnings => format!(", with {warnings} warnings"),
    }
}

/// The set a run published; for one that published none, what it would have been called. What a
/// restore keeps bears the id of its run.
fn id(report: &RunReport) -> Option<String> {
    let named = || report.run.split_once('-').map(|(_, id)| id.to_owned());
    let published = report.backup_id.as_ref().filter(|_| report.job != Job::Restore);
    published.map(ToString::to_string).or_else(named)
}

fn hint(hint: Option<&str>) -> String {
    hint.map(|hint| format!(" ({hint})")).unwrap_or_default()
}

fn trigger(order: &Order) -> &'static str {
    use crate::domain::report::Trigger;
    match order.trigger {
        Trigger::Schedule => "on schedule",
        Trigger::CatchUp => "catching up",
        Trigger::Start => "at start, there being no complete backup",
        Trigger::Retry => "again, after a failure",
        Trigger::Command => "on command",
    }
}

/// How much a run removed, sets and adopted files.
fn pruned(report: &RunReport) -> usize {
    report.pruned.len() + report.pruned_files.len()
}

/// A run that only reads goes on where the record cannot be written.
pub fn unrecorded(order: &Order, error: &io::Error) -> Option<Mark> {
    let said = Words::english().say(&Saying::new("warning-unrecorded").with("error", error));
    tracing::warn!(job = order.job.as_str(), run = order.run, "{said}");
    None
}
