//! Health as a function of the standing (design §6): the gravest thing that holds, and every
//! cause. Never: what was told, or to whom; that is [`super::telling`]'s.

mod caveats;
mod drills;
mod store;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::id::BackupId;
use super::name::SourceName;
use super::report::{Job, Outcome, RunReport, SourceReport, run_name};
use super::saying::Saying;
use super::schedule::BRAKE_AFTER;
use super::set::{AdoptedFile, CatalogArtifact, CatalogSet};
use super::standing::{SourceStanding, Standing};
pub use store::has_ample_room;

/// The codes of a store that is not the one that stood there, and of files that may not be read.
pub const STORE_GONE: &str = "store_gone";
pub const STORE_UNREADABLE: &str = "store_unreadable";
/// The code of what a verify found bad, or could not look at.
pub const VERIFY_FAILED: &str = "verify_failed";
/// The codes of a drill that says no or could not be held, and of proofs that are too old.
pub const DRILL_FAILED: &str = "drill_failed";
pub const DRILL_OVERDUE: &str = "drill_overdue";
/// The codes of a drill that brought the data back: another answer than the operator expects, a question
/// that could not be asked, files that rows name and the media lacks.
pub const DRILL_ANSWER: &str = "drill_answer";
pub const DRILL_UNASKED: &str = "drill_unasked";
pub const MEDIA_MISSING: &str = "media_missing";

/// The code of a log that cannot be written.
pub const LOG: &str = "log";

/// The code of a disk on which the next set may not fit.
pub const DISK_LOW: &str = "disk_low";
/// The code of a disk that is full before long, if all goes on as it does.
pub const DISK_FILLING: &str = "disk_filling";

/// Every code under which something is said.
pub const CODES: [&str; 32] = [
    "braked",
    "clock_behind",
    "damaged",
    DISK_FILLING,
    DISK_LOW,
    DRILL_ANSWER,
    DRILL_FAILED,
    DRILL_OVERDUE,
    DRILL_UNASKED,
    "empty",
    "failed",
    "interrupted",
    LOG,
    MEDIA_MISSING,
    "never",
    "old_copies",
    "partial",
    "prune_failed",
    "restore_unsettled",
    "run_failed",
    "run_partial",
    "running",
    "stale",
    "store",
    STORE_GONE,
    STORE_UNREADABLE,
    "suspect",
    "unconfigured",
    "unheard",
    "untold",
    VERIFY_FAILED,
    "verify_overdue",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Healthy,
    Warning,
    Running,
    Stale,
    Never,
    Empty,
    Suspect,
}

impl Status {
    pub const ALL: [Status; 7] = [
        Status::Healthy,
        Status::Warning,
        Status::Running,
        Status::Stale,
        Status::Never,
        Status::Empty,
        Status::Suspect,
    ];

    /// Whether a probe is told that all is well enough (200 rather than 503).
    pub fn is_well(self) -> bool {
        matches!(self, Status::Healthy | Status::Warning | Status::Running)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Status::Healthy => "healthy",
            Status::Warning => "warning",
            Status::Running => "running",
            Status::Stale => "stale",
            Status::Never => "never",
            Status::Empty => "empty",
            Status::Suspect => "suspect",
        }
    }
}

/// Why health says what it says, not yet in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// As grave as this, by itself.
    pub status: Status,
    pub code: &'static str,
    pub source: Option<SourceName>,
    pub saying: Saying,
}

/// The judgement.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    pub status: Status,
    pub checked_at: DateTime<Utc>,
    /// Gravest first, after what explains them.
    pub causes: Vec<Cause>,
    pub sources: BTreeMap<SourceName, SourceHealth>,
    pub next_run_at: Option<DateTime<Utc>>,
    pub running: bool,
}

/// As it stands in `/health`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceHealth {
    pub status: Status,
    pub backup_id: Option<BackupId>,
    pub last_success_at: Option<DateTime<Utc>>,
    pub age_seconds: Option<i64>,
    pub max_age_seconds: i64,
    pub size_bytes: Option<u64>,
}

/// `/health` and `health --json` as read by machine (annex §11).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HealthReport {
    pub status: Status,
    pub checked_at: DateTime<Utc>,
    pub reasons: Vec<HealthReason>,
    pub sources: BTreeMap<SourceName, SourceHealth>,
    pub next_run_at: Option<DateTime<Utc>>,
    pub running: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HealthReason {
    pub code: String,
    pub source: Option<SourceName>,
    pub text: String,
}

impl Health {
    /// The report of this judgement, its causes put into words by `say`.
    pub fn report(&self, say: impl Fn(&Saying) -> String) -> HealthReport {
        let reason = |cause: &Cause| HealthReason {
            code: cause.code.to_owned(),
            source: cause.source.clone(),
            text: say(&cause.saying),
        };
        HealthReport {
            status: self.status,
            checked_at: self.checked_at,
            reasons: self.causes.iter().map(reason).collect(),
            sources: self.sources.clone(),
            next_run_at: self.next_run_at,
            running: self.running,
        }
    }
}

/// Judges how things stand.
pub fn judge(standing: &Standing) -> Health {
    let mut causes: Vec<Cause> = Vec::new();
    let mut sources = BTreeMap::new();
    for source in &standing.sources {
        let newest = standing.catalog.newest_good(&source.name);
        let of_source = causes_of_source(standing, source, newest);
        let status = gravest(&of_source);
        sources.insert(source.name.clone(), source_health(standing.now, source, newest, status));
        causes.extend(of_source);
    }
    causes.extend(causes_of_jobs(standing).into_iter().chain(store::causes(standing)));
    // A store that cannot be looked at, or written, is why all else is said.
    let is_out_of_reach = standing.store_refusal.is_some() || !standing.catalog.unlisted.is_empty();
    let explains = |cause: &Cause| (cause.code == "store" && is_out_of_reach) || cause.code == STORE_GONE;
    causes.sort_by_key(|cause| (!explains(cause), std::cmp::Reverse(cause.status)));
    Health {
        status: gravest(&causes),
        checked_at: standing.now,
        causes,
        sources,
        next_run_at: standing.next_runs.get(&Job::Backup).copied(),
        running: !standing.running.is_empty(),
    }
}

fn gravest(causes: &[Cause]) -> Status {
    causes.iter().map(|cause| cause.status).max().unwrap_or(Status::Healthy)
}

/// A source's newest artifact that counts, with its set.
type Newest<'a> = Option<(&'a CatalogSet, &'a CatalogArtifact)>;

fn source_health(now: DateTime<Utc>, source: &SourceStanding, newest: Newest<'_>, status: Status) -> SourceHealth {
    SourceHealth {
        status,
        backup_id: newest.map(|(set, _)| set.id.clone()),
        last_success_at: newest.map(|(_, artifact)| artifact.ended_at),
        // A set from the future is as old as none can be; that the clock is behind is said apart.
        age_seconds: newest.map(|(_, artifact)| (now - artifact.ended_at).num_seconds().max(0)),
        max_age_seconds: source.max_age.num_seconds(),
        size_bytes: newest.map(|(_, artifact)| artifact.size_bytes),
    }
}

fn causes_of_source(standing: &Standing, source: &SourceStanding, newest: Newest<'_>) -> Vec<Cause> {
    let name = &source.name;
    let cause = |status: Status, code: &'static str, saying: Saying| Cause {
        status,
        code,
        source: Some(name.clone()),
        saying: saying.with("source", name),
    };
    let mut causes = Vec::new();
    if let Some((set, _)) = standing.catalog.newest_suspect(name) {
        let key = if was_restored_since(standing, name, set) { "reason-suspect-restored" } else { "reason-suspect" };
        causes.push(cause(Status::Suspect, "suspect", Saying::new(key).with("id", &set.id)));
    }
    if source.last_attempt.as_ref().is_some_and(|report| report.found_empty(name)) {
        causes.push(cause(Status::Empty, "empty", Saying::new("reason-empty")));
    }

    let out_of_date_since = match newest {
        None => Some(DateTime::<Utc>::MIN_UTC),
        Some((_, artifact)) => Some(artifact.ended_at + source.max_age).filter(|since| *since < standing.now),
    };
    if let Some(since) = out_of_date_since {
        let (status, code, saying) = match newest {
            // What was not seen may well be there.
            None if !standing.catalog.unlisted.is_empty() => (Status::Never, "never", Saying::new("reason-never-seen")),
            None if standing.store_cautions.iter().any(|caution| caution.code == STORE_GONE) => {
                (Status::Never, "never", Saying::new("reason-never-gone"))
            }
            None => (Status::Never, "never", Saying::new("reason-never")),
            Some((set, artifact)) => {
                let age = hours(standing.now - artifact.ended_at);
                let stale = Saying::new("reason-stale").with("id", &set.id).with("age_hours", age);
                (Status::Stale, "stale", stale.with("max_age_hours", hours(source.max_age)))
            }
        };
        if is_about_to_end(standing, source, since) {
            causes.push(cause(Status::Running, "running", Saying::new("reason-running")));
        } else {
            causes.push(cause(status, code, saying));
        }
    }

    let last_outcome = source.last_attempt.as_ref().map(|report| report.outcome_of(name));
    // A set that was finished, and put into place by a later run, is there whatever became of its own.
    let stands = |report: &RunReport| newest.is_some_and(|(set, _)| report.run == run_name(Job::Backup, &set.id));
    let next = standing.next_runs.get(&Job::Backup).filter(|_| source.interrupted_in_row >= BRAKE_AFTER);
    let saying = match last_outcome {
        Some(Outcome::Failed | Outcome::Interrupted) if source.last_attempt.as_ref().is_some_and(stands) => None,
        Some(Outcome::Failed) => Some(("failed", Saying::new("reason-failed"))),
        Some(Outcome::Partial) => Some(("partial", Saying::new("reason-partial"))),
        Some(Outcome::Interrupted) => Some(match next {
            Some(next) => {
                let until = next.with_timezone(&standing.zone).format("%Y-%m-%d %H:%M");
                let saying = Saying::new("reason-braked").with("count", source.interrupted_in_row);
                ("braked", saying.with("until", until))
            }
            None => ("interrupted", Saying::new("reason-interrupted")),
        }),
        Some(Outcome::Succeeded | Outcome::Skipped) | None => None,
    };
    causes.extend(saying.map(|(code, saying)| cause(Status::Warning, code, saying)));
    causes
}

/// Whether the last restore brought the source back after that set was made: what is due then is a backup,
/// not one more restore.
fn was_restored_since(standing: &Standing, source: &SourceName, set: &CatalogSet) -> bool {
    let last = standing.jobs.get(&Job::Restore).and_then(|history| history.last.as_ref());
    let came_back = |one: &SourceReport| one.source == *source && one.outcome == Outcome::Succeeded;
    last.is_some_and(|restore| restore.started_at > set.ended_at && restore.sources.iter().any(came_back))
}

/// Whether a backup under way is about to end a source's lack of a fresh artifact: once, that is
/// for the first run that could since the lack began. A probe must not hear `running` for hours
/// while one attempt after the other fails.
fn is_about_to_end(standing: &Standing, source: &SourceStanding, since: DateTime<Utc>) -> bool {
    let under_way = standing
        .running
        .iter()
        .any(|run| run.job == Job::Backup && run.sources.contains(&source.name) && standing.now <= run.deadline_at);
    let failed_since = source.last_attempt.as_ref().is_some_and(|report| {
        let did_not_help =
            matches!(report.outcome_of(&source.name), Outcome::Failed | Outcome::Partial | Outcome::Interrupted);
        did_not_help && report.ended_at > since
    });
    under_way && !failed_since
}

/// Runs as a whole: a backup that failed before it came to any source, and the other jobs.
fn causes_of_jobs(standing: &Standing) -> Vec<Cause> {
    let mut causes = Vec::new();
    let any_bad = standing.catalog.sets.iter().any(|set| set.found_bad_at().is_some())
        || standing.catalog.adopted.iter().any(AdoptedFile::is_bad);
    for (job, code, key) in [
        (Job::Backup, "run_failed", "reason-run-failed"),
        (Job::Prune, "prune_failed", "reason-prune-failed"),
        (Job::Verify, VERIFY_FAILED, "reason-verify-failed"),
    ] {
        let Some(last) = standing.jobs.get(&job).and_then(|history| history.last.as_ref()) else { continue };
        let told_by_its_sources = job == Job::Backup && !last.sources.is_empty();
        let went_wrong = match job {
            Job::Backup => matches!(last.outcome, Outcome::Failed | Outcome::Partial | Outcome::Interrupted),
            _ => matches!(last.outcome, Outcome::Failed | Outcome::Partial),
        };
        // What it found bad is told by what stands, for as long as it stands.
        let told_by_its_sets = job == Job::Verify && any_bad;
        if went_wrong && !told_by_its_sources && !told_by_its_sets {
            causes.push(general(code, Saying::new(key).with("run", &last.run)));
        }
    }
    if let Some(slot) = standing.verify_overdue {
        let at = slot.with_timezone(&standing.zone).format("%Y-%m-%d %H:%M");
        causes.push(general("verify_overdue", Saying::new("reason-verify-overdue").with("at", at)));
    }
    causes.extend(drills::causes(standing));
    causes.extend(caveats::causes(standing));
    if let Some((last, beside)) = standing.failed_roles() {
        let saying = Saying::new("reason-run-partial").with("run", &last.run).with("source", &beside.source);
        causes.push(general("run_partial", saying));
    }
    causes
}

fn general(code: &'static str, saying: Saying) -> Cause {
    Cause { status: Status::Warning, code, source: None, saying }
}

/// Hours for people, with one digit where they are not whole.
fn hours(time: TimeDelta) -> String {
    let tenths = format!("{:.1}", time.num_minutes() as f64 / 60.0);
    tenths.strip_suffix(".0").unwrap_or(&tenths).to_owned()
}

#[cfg(test)]
mod tests;
