//! Values that the tests of this floor are made from: sets and reports with nothing odd about
//! them, to be changed where a test needs it.

use chrono::{DateTime, TimeDelta, Utc};

use super::artifact::Kind;
use super::id::BackupId;
use super::name::SourceName;
use super::report::{EMPTY, Job, JobHistory, Outcome, RunReport, SourceReport, Trigger, Warning};
use super::retention::Policy;
use super::set::{Catalog, CatalogArtifact, CatalogSet};
use super::standing::{Running, SourceStanding, Standing, StoreSpace};
use super::telling::ProofEvery;

/// The sets of the last seven dates, and three in any case.
pub(super) const SEVEN_DAYS: Policy =
    Policy { keep_days: 7, keep_daily: 0, keep_weekly: 0, keep_monthly: 0, keep_yearly: 0, minimum_redundancy: 3 };

pub(crate) fn name(text: &str) -> SourceName {
    SourceName::new(text).unwrap()
}

pub(super) fn id(text: &str) -> BackupId {
    BackupId::parse(text).unwrap()
}

pub(crate) fn utc(text: &str) -> DateTime<Utc> {
    format!("{text}Z").parse().unwrap()
}

/// A good set of these sources whose id is its start in UTC; each artifact took a minute.
pub(crate) fn set(text: &str, sources: &[&str]) -> CatalogSet {
    let id = id(text);
    let started_at = id.local().and_utc();
    let ended_at = started_at + TimeDelta::minutes(1);
    let artifact = |source: &&str| CatalogArtifact {
        source: name(source),
        kind: if *source == "globals" { Kind::Globals } else { Kind::Postgres },
        path: format!("db/{source}_{id}.sql.gz"),
        size_bytes: 1_000_000,
        raw_bytes: 5_000_000,
        ended_at,
        complete: true,
        present: true,
        user_tables: Some(40),
        rows: Some(10_000),
        entries: None,
        verify: None,
        drill: None,
        suspect: false,
    };
    CatalogSet {
        artifacts: sources.iter().map(artifact).collect(),
        id,
        outcome: Outcome::Succeeded,
        label: None,
        started_at,
        ended_at,
        depends_on: Vec::new(),
        pinned: false,
        accepted: false,
        unreadable: false,
    }
}

/// The report of a run of a minute, on these sources.
pub(super) fn report(job: Job, started_at: &str, sources: &[(&str, Outcome)]) -> RunReport {
    let started_at = utc(started_at);
    let outcomes: Vec<Outcome> = sources.iter().map(|(_, outcome)| *outcome).collect();
    let all_like_first = outcomes.iter().all(|outcome| Some(outcome) == outcomes.first());
    RunReport {
        version: super::report::VERSION,
        run: format!("{}-{}", job.as_str(), started_at.format("%Y%m%d_%H%M%S")),
        job,
        trigger: Trigger::Schedule,
        outcome: if all_like_first { outcomes.first().copied().unwrap_or(Outcome::Failed) } else { Outcome::Partial },
        started_at,
        ended_at: started_at + TimeDelta::minutes(1),
        duration_seconds: 60.0,
        backup_id: None,
        stage: None,
        error: None,
        hint: None,
        sources: sources.iter().map(|(source, outcome)| source_report(source, *outcome)).collect(),
        pruned: Vec::new(),
        pruned_files: Vec::new(),
        warnings: Vec::new(),
    }
}

fn source_report(source: &str, outcome: Outcome) -> SourceReport {
    let good = matches!(outcome, Outcome::Succeeded | Outcome::Partial);
    SourceReport {
        source: name(source),
        outcome,
        stage: (!good).then(|| "connect".to_owned()),
        error: (!good).then(|| "connect to db:5432: connection refused".to_owned()),
        hint: None,
        bytes: good.then_some(1_000_000),
        lasting: false,
    }
}

/// The report of a run that found the source's database empty and did not begin.
pub(super) fn empty_report(started_at: &str, source: &str) -> RunReport {
    let mut report = report(Job::Backup, started_at, &[(source, Outcome::Skipped)]);
    report.warnings.push(Warning { code: EMPTY.to_owned(), source: Some(name(source)), text: String::new() });
    report
}

/// A standing of these sources at this instant: nothing stored, nothing run, room enough, and
/// nothing older than 25 hours.
pub(crate) fn standing(now: &str, sources: &[&str]) -> Standing {
    let source = |source: &&str| SourceStanding {
        name: name(source),
        kind: Kind::Postgres,
        max_age: TimeDelta::hours(25),
        last_attempt: None,
        interrupted_in_row: 0,
        missed: None,
        nights_without: 0,
        known_since: None,
    };
    Standing {
        now: utc(now),
        zone: chrono_tz::America::Lima,
        store_dir: "/backups".to_owned(),
        catalog: Catalog::default(),
        sources: sources.iter().map(source).collect(),
        nights: [].into(),
        proof: ProofEvery::Never,
        retention: SEVEN_DAYS,
        jobs: [].into(),
        running: Vec::new(),
        next_runs: [].into(),
        space: Some(StoreSpace { store_bytes: 0, free_bytes: 50_000_000, total_bytes: 100_000_000 }),
        verify_overdue: None,
        old_copies: Vec::new(),
        unsettled: Vec::new(),
        untold: [].into(),
        withheld: [].into(),
        unheard: None,
        drill_max_age: None,
        store_troubles: Vec::new(),
        store_refusal: None,
        store_cautions: Vec::new(),
    }
}

/// The same standing after a run: the last of its job, and the last attempt of its sources.
pub(super) fn ran(mut standing: Standing, report: &RunReport) -> Standing {
    for source in &mut standing.sources {
        if report.job == Job::Backup && report.sources.iter().any(|s| s.source == source.name) {
            source.last_attempt = Some(report.clone());
        }
    }
    standing.jobs.insert(report.job, JobHistory { last: Some(report.clone()), counts: [].into() });
    standing
}

/// A backup of this source under way, with an hour to go from its start.
pub(super) fn running(started_at: &str, source: &str) -> Running {
    let started_at = utc(started_at);
    Running {
        run: "backup-running".to_owned(),
        job: Job::Backup,
        started_at,
        deadline_at: started_at + TimeDelta::hours(1),
        sources: [name(source)].into(),
    }
}
