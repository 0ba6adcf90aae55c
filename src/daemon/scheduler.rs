//! What is due now, from the record and the store: asked anew each time, with nothing kept but
//! the start of the daemon and the reports that could not be written to disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::domain::name::SourceName;
use crate::domain::report::{Job, Outcome, RunReport, SourceReport, Trigger};
use crate::domain::schedule::{self, Answer, Attempt, AttemptResult, Question, Schedule};
use crate::domain::set::CatalogSet;
use crate::domain::standing::Standing;
use crate::domain::trouble::Stage;
use crate::job::drill;
use crate::job::verify::{self, Scope};
use crate::runner::{Request, Slot};
use crate::standing::record::run_name;

/// So many reports are remembered beside the record, which may be out of reach with the store.
const REMEMBERED_MAX: usize = 256;

/// Decides what to run.
pub struct Scheduler {
    config: Arc<Config>,
    started_at: DateTime<Utc>,
    remembered: Vec<RunReport>,
    /// Runs that failed while the store could not be used: once it can, they put off no other.
    forgiven: BTreeSet<String>,
}

impl Scheduler {
    pub fn new(config: Arc<Config>, started_at: DateTime<Utc>) -> Self {
        Self { config, started_at, remembered: Vec::new(), forgiven: BTreeSet::new() }
    }

    /// Notes how a run ended, so that a store that cannot be written brings no run a minute.
    pub fn note(&mut self, report: Option<RunReport>) {
        self.remembered.extend(report);
        let too_many = self.remembered.len().saturating_sub(REMEMBERED_MAX);
        self.remembered.drain(..too_many);
    }

    /// Forgets what failed since the daemon began: what kept those runs from beginning is mended, and
    /// whatever is due need not wait for its next retry.
    pub fn forget(&mut self) {
        let failed = self.remembered.drain(..).filter(|report| report.outcome == Outcome::Failed);
        self.forgiven = failed.map(|report| report.run).collect();
    }

    /// The run that is due, if any: all sources that are due by the same trigger together.
    pub fn due(&self, standing: &Standing, reports: &[RunReport]) -> Option<Request> {
        let answers: Vec<(SourceName, Trigger)> = self
            .config
            .scheduled()
            .filter_map(|(name, _, schedule)| match self.ask(name, schedule, standing, reports) {
                Answer::Due(trigger) => Some((name.clone(), trigger)),
                Answer::NotBefore(_) | Answer::Braked(_) => None,
            })
            .collect();
        let trigger = answers.first()?.1;
        let sources: BTreeSet<SourceName> =
            answers.into_iter().filter(|(_, other)| *other == trigger).map(|(name, _)| name).collect();
        let due = self.config.scheduled().filter(|(name, _, _)| sources.contains(*name));
        let at = due.filter_map(|(_, _, schedule)| schedule.last_at(self.config.timezone, standing.now)).min();
        let slot = at.map(|at| Slot { at, seen: standing.catalog.sets.iter().map(|set| set.id.clone()).collect() });
        Some(Request { trigger, sources, slot, ..Request::command(Job::Backup, self.config.schedule.lock_wait) })
    }

    /// The verify that is due, if any. A slot that came before anything was stored had nothing to
    /// read, and is not made up for.
    pub fn verify_due(&self, standing: &Standing, reports: &[RunReport]) -> Option<Request> {
        let schedule = self.config.schedule.verify.as_ref()?;
        let request = self.beside_due(Job::Verify, schedule, verify::serves_slot, standing, reports)?;
        Some(Request { scope: Scope::All, ..request })
    }

    /// The drill that is due, if any, in the same way.
    pub fn drill_due(&self, standing: &Standing, reports: &[RunReport]) -> Option<Request> {
        let schedule = self.config.schedule.drill.as_ref()?;
        self.beside_due(Job::Drill, schedule, drill::serves_slot, standing, reports)
    }

    /// A run of one of the jobs that work beside backups on what is stored.
    fn beside_due(
        &self,
        job: Job,
        schedule: &Schedule,
        serves_slot: fn(&RunReport) -> bool,
        standing: &Standing,
        reports: &[RunReport],
    ) -> Option<Request> {
        let zone = self.config.timezone;
        let at = schedule.last_at(zone, standing.now)?;
        if !standing.catalog.sets.iter().any(|set| set.started_at <= at) {
            return None;
        }
        let attempts: Vec<Attempt> =
            self.recorded(reports, job).filter_map(|report| attempted(report, serves_slot)).collect();
        let answer = schedule::ask(Question {
            schedule,
            zone,
            catch_up: self.config.schedule.catch_up,
            attempts: &attempts,
            has_complete: true,
            daemon_started_at: self.started_at,
            now: standing.now,
        });
        let Answer::Due(trigger) = answer else { return None };
        let slot = Some(Slot { at, seen: BTreeSet::new() });
        Some(Request { trigger, slot, ..Request::command(job, self.config.schedule.lock_wait) })
    }

    /// When something may be due next; `None` where nothing ever will by the schedules.
    pub fn next_at(&self, standing: &Standing, reports: &[RunReport]) -> Option<DateTime<Utc>> {
        let at = |(name, _, schedule)| match self.ask(name, schedule, standing, reports) {
            Answer::Due(_) => Some(standing.now),
            Answer::NotBefore(at) | Answer::Braked(at) => at,
        };
        self.config.scheduled().filter_map(at).min()
    }

    fn ask(&self, name: &SourceName, schedule: &Schedule, standing: &Standing, reports: &[RunReport]) -> Answer {
        let attempts = self.attempts(name, standing, reports);
        schedule::ask(Question {
            schedule,
            zone: self.config.timezone,
            catch_up: self.config.schedule.catch_up,
            attempts: &attempts,
            has_complete: standing.catalog.newest_good(name).is_some(),
            daemon_started_at: self.started_at,
            now: standing.now,
        })
    }

    /// Attempts in the order in which they were recorded. A set that stands has served its slot
    /// whatever the record says: its run may have been killed after it was published, or the
    /// record may be lost.
    fn attempts(&self, name: &SourceName, standing: &Standing, reports: &[RunReport]) -> Vec<Attempt> {
        // Those dated ahead of now among them: they tell of a clock that has been set back since.
        let holds_it = |set: &&CatalogSet| set.artifacts.iter().any(|a| a.source == *name && a.kind.is_data());
        let sets = standing.catalog.sets.iter().filter(holds_it);
        let stands: BTreeMap<String, &CatalogSet> = sets.map(|set| (run_name(Job::Backup, &set.id), set)).collect();
        let recorded: Vec<&RunReport> = self.recorded(reports, Job::Backup).collect();
        let known: BTreeSet<&str> = recorded.iter().map(|report| report.run.as_str()).collect();
        let unrecorded = stands.iter().filter(|(run, _)| !known.contains(run.as_str())).map(|(_, set)| Attempt {
            started_at: set.started_at,
            ended_at: set.ended_at,
            result: AttemptResult::Stored,
        });
        let attempted = recorded.iter().filter_map(|report| {
            let result = if stands.contains_key(&report.run) {
                AttemptResult::Stored
            } else {
                result_of(report.sources.iter().find(|s| s.source == *name)?)?
            };
            Some(Attempt { started_at: report.started_at, ended_at: report.ended_at, result })
        });
        unrecorded.chain(attempted).collect()
    }

    /// The reports of a job, those that could not be written to disk last.
    fn recorded<'a>(&'a self, reports: &'a [RunReport], job: Job) -> impl Iterator<Item = &'a RunReport> {
        let remembered = self.remembered.iter().filter(|known| !reports.iter().rev().any(|r| r.run == known.run));
        let counts = move |report: &&RunReport| report.job == job && !self.forgiven.contains(&report.run);
        reports.iter().chain(remembered).filter(counts)
    }
}

/// A verify or drill as an attempt; one on command, which may have been of any set, is none.
fn attempted(report: &RunReport, serves_slot: fn(&RunReport) -> bool) -> Option<Attempt> {
    let result = match report.outcome {
        _ if report.trigger == Trigger::Command => return None,
        _ if serves_slot(report) => AttemptResult::Stored,
        Outcome::Skipped => AttemptResult::Skipped,
        Outcome::Interrupted if report.ended_with_process() => AttemptResult::Interrupted,
        Outcome::Interrupted => return None,
        Outcome::Succeeded | Outcome::Partial | Outcome::Failed => AttemptResult::FailedPassing,
    };
    Some(Attempt { started_at: report.started_at, ended_at: report.ended_at, result })
}

/// How an attempt counts; one that was asked to end counts as none, and is due again at once.
fn result_of(source: &SourceReport) -> Option<AttemptResult> {
    match source.outcome {
        Outcome::Succeeded | Outcome::Partial => Some(AttemptResult::Stored),
        Outcome::Failed if source.lasting => Some(AttemptResult::FailedLasting),
        Outcome::Failed => Some(AttemptResult::FailedPassing),
        Outcome::Interrupted if source.stage.as_deref() == Some(Stage::Process.as_str()) => {
            Some(AttemptResult::Interrupted)
        }
        Outcome::Interrupted => None,
        Outcome::Skipped => Some(AttemptResult::Skipped),
    }
}
