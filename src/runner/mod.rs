//! Floor 6: one whole run, for daemon and command line alike. The lock, the deadline, the panic
//! guard, the job, the record, the telling, in this order, whatever happens in between.
//!
//! Given: a request, a signal to end. Returns: exactly one run report.
//! Never: decides when; ends without a report; dies with a job that panics.

mod held;
mod log;
mod restore;
mod watch;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use crate::config::Config;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
use crate::domain::progress::Sink;
use crate::domain::report::{Job, Outcome, RunReport, Trigger};
use crate::domain::retention::Plan;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::drill::{self, Means, Proving};
use crate::job::guard::guarded;
use crate::job::restore::WayBack;
use crate::job::verify::{self, Scope};
use crate::job::{self, Context, Order, backup, prune, restore_page};
use crate::notify::heartbeat::Heartbeat;
use crate::source::{self, Configured, Source};
use crate::standing::gather::Gatherer;
use crate::standing::record::{Mark, Record, Start, run_name};
use crate::store::Store;
use crate::sys::stop::Stop;
use crate::sys::{Sys, fault};
use crate::words::Words;
use held::Held;

/// A clock that moved further than this between two runs is not trusted with what expires.
const CLOCK_JUMP: TimeDelta = TimeDelta::days(2);

/// Everything a run needs, built once.
#[derive(Clone)]
pub struct Runner {
    pub sys: Sys,
    pub config: Arc<Config>,
    /// For people; reports and the log are English.
    pub words: Words,
    pub store: Store,
    pub record: Record,
    pub gatherer: Gatherer,
    /// The artifacts to make, a source's own data first. Tests hand in sources of their own.
    pub sources: Arc<[Configured]>,
    /// Finds the way back of a source. Tests hand in one of their own.
    pub way_back: WayBack,
    /// Finds who proves bytes. Tests hand in provers of their own.
    pub proving: Proving,
    pub progress: Arc<dyn Sink>,
    /// Told of every backup.
    pub heartbeat: Heartbeat,
    /// Woken when a run has its mark on disk.
    pub begun: Arc<Notify>,
}

/// What is asked of the runner.
#[derive(Debug, Clone)]
pub struct Request {
    pub job: Job,
    pub trigger: Trigger,
    /// The sources to back up; empty: all of them.
    pub sources: BTreeSet<SourceName>,
    pub label: Option<String>,
    pub pin: bool,
    /// What a verify is to read, or a drill to restore.
    pub scope: Scope,
    /// How long to wait for another run to end.
    pub lock_wait: Duration,
    /// The slot it is to serve, where it serves one.
    pub slot: Option<Slot>,
}

/// A slot as it stood when a run was decided on: where another daemon has served it meanwhile,
/// nothing is left to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub at: DateTime<Utc>,
    /// The sets that stood by then.
    pub seen: BTreeSet<BackupId>,
}

impl Request {
    /// The request for a job on the operator's word.
    pub fn command(job: Job, lock_wait: Duration) -> Self {
        Self {
            job,
            trigger: Trigger::Command,
            sources: BTreeSet::new(),
            label: None,
            pin: false,
            scope: Scope::default(),
            lock_wait,
            slot: None,
        }
    }
}

impl Runner {
    /// Builds what a run needs from the settings; touches nothing.
    ///
    /// # Errors
    /// Where a source's path or pattern cannot be used at all.
    pub fn new(sys: &Sys, config: Arc<Config>, words: Words, progress: Arc<dyn Sink>) -> Result<Self, Trouble> {
        let store = Store::new(sys, &config.store);
        let record = Record::new(sys, store.state_dir());
        let gatherer = Gatherer::new(sys, config.clone(), store.clone(), record.clone());
        let sources = source::configured(&config)?.into();
        let way_back: WayBack = Arc::new(source::way_back);
        let heartbeat = Heartbeat::new(&config.heartbeat, sys, &store.state_dir());
        let (sys, proving, begun) = (sys.clone(), Proving::real(), Arc::default());
        Ok(Self { sys, config, words, store, record, gatherer, sources, way_back, proving, progress, heartbeat, begun })
    }

    /// What a prune would remove now, and why the rest stays.
    pub fn prune_plan(&self) -> Plan {
        let reports = self.record.known().0;
        prune::plan(&self.config, &self.store, self.sys.clock.now(), self.clock_jumped(&reports))
    }

    /// Runs one job to its end and returns its report, recorded and logged.
    pub async fn run(&self, request: Request, stop: Stop) -> RunReport {
        let runner = self.clone();
        let handle = tokio::runtime::Handle::current();
        let (asked, of_run) = (request.clone(), handle.clone());
        let report = match tokio::task::spawn_blocking(move || runner.run_blocking(&asked, &stop, of_run)).await {
            Ok(report) => report,
            // A job's panic is caught closer to it; this one is the runner's own.
            Err(error) => {
                let trouble = Trouble::passing(Stage::SetUp, error).hint(Saying::new("hint-bug"));
                self.failed_at_set_up(&request, &self.sources_for(&request), &trouble)
            }
        };
        self.heartbeat.ends(&report, &handle);
        report
    }

    fn run_blocking(&self, request: &Request, stop: &Stop, runtime: tokio::runtime::Handle) -> RunReport {
        let sources = self.sources_for(request);
        let held = match Held::take(&self.store, request, stop) {
            Ok(Some(held)) => held,
            Ok(None) => {
                let held = Held::by_another(request.job);
                let stopped = |reason| Trouble::stopped(Stage::Lock, reason);
                return self.not_begun(request, &sources, &stop.reason().map_or(held, stopped));
            }
            Err(trouble) => return self.failed_at_set_up(request, &sources, &trouble),
        };
        if self.is_served(request) {
            let served = Trouble::passing(Stage::Lock, "another run has served this slot meanwhile");
            return self.not_begun(request, &sources, &served.hint(Saying::new("hint-slot-served")));
        }
        self.close_orphans();
        if let Held::Store(locked) = &held {
            self.settle(locked);
        }
        let reports = self.record.known().0;
        let order = self.order(request, &reports);
        let mark = match self.mark(&order, &sources) {
            Ok(mark) => Some(mark),
            Err(error) if request.job == Job::Verify && fault::is_unwritable(&error) => log::unrecorded(&order, &error),
            Err(error) => {
                let trouble = fault::trouble(Stage::SetUp, &error).while_doing("write the record");
                return self.failed_at_set_up(request, &sources, &trouble);
            }
        };
        self.begun.notify_one();
        log::started(&order);
        self.heartbeat.begins(order.job, &order.run, &runtime);
        let context = self.context(&order, stop, runtime, self.clock_jumped(&reports));
        let watch = watch::start(held.makes_way(), stop, self.config.schedule.deadline);
        let result = guarded(Stage::SetUp, "the job", || self.work(&context, &held, &sources, &order, &request.scope));
        drop(watch);
        let report = self.closed(&order, &sources, result);
        self.finish(mark, &report);
        drop(held);
        log::ended(&report, &self.store);
        report
    }

    fn work(
        &self,
        context: &Context,
        held: &Held,
        sources: &[Arc<dyn Source>],
        order: &Order,
        scope: &Scope,
    ) -> RunReport {
        match (held, order.job) {
            (Held::ToVerify(turn), _) => verify::run(context, turn, order, scope),
            (Held::ToDrill(turn), _) => {
                let means = Means { turn, sources: &self.sources, proving: &self.proving };
                let wanted = if let Scope::One(id) = scope { Some(id) } else { None };
                drill::run(context, &means, order, wanted)
            }
            (Held::Store(locked), Job::Backup) => backup::run(context, locked, sources, order),
            (Held::Store(locked), _) => prune::run(context, locked, order),
        }
    }

    /// Whether every source asked for has got a whole artifact of this slot since it was decided on,
    /// or its verify or drill has been.
    fn is_served(&self, request: &Request) -> bool {
        let Some(Slot { at, seen }) = &request.slot else { return false };
        let serves_slot = match request.job {
            Job::Verify => Some(verify::serves_slot as fn(&RunReport) -> bool),
            Job::Drill => Some(drill::serves_slot as fn(&RunReport) -> bool),
            Job::Backup | Job::Prune | Job::Restore => None,
        };
        if let Some(serves_slot) = serves_slot {
            let reports = self.record.known().0;
            return reports.iter().any(|report| serves_slot(report) && report.started_at >= *at);
        }
        let catalog = self.store.catalog();
        request.sources.iter().all(|source| {
            let mut new = catalog.data_of(source).filter(|(set, _)| set.started_at >= *at && !seen.contains(&set.id));
            new.any(|(_, artifact)| artifact.present && artifact.complete)
        })
    }

    /// The artifacts that belong to the sources asked for.
    fn sources_for(&self, request: &Request) -> Vec<Arc<dyn Source>> {
        let wanted = |one: &&Configured| request.sources.is_empty() || !one.belongs_to.is_disjoint(&request.sources);
        self.sources.iter().filter(wanted).map(|one| one.source.clone()).collect()
    }

    fn order(&self, request: &Request, reports: &[RunReport]) -> Order {
        let now = self.sys.clock.now();
        let local = now.with_timezone(&self.config.timezone).naive_local();
        let catalog = self.store.catalog();
        let newest = catalog.sets.iter().map(|set| &set.id).max();
        let restores = self.store.restores();
        let is_known = |id: &BackupId| self.record.knows(request.job, id, reports) || restores.uses(id);
        let taken = |id: &BackupId| catalog.get(id).is_some() || self.store.is_taken(id) || is_known(id);
        let id = BackupId::next(local, newest, taken);
        Order {
            run: run_name(request.job, &id),
            id,
            job: request.job,
            trigger: request.trigger,
            started_at: now,
            label: request.label.clone(),
            pin: request.pin,
        }
    }

    fn mark(&self, order: &Order, sources: &[Arc<dyn Source>]) -> io::Result<Mark> {
        let deadline = TimeDelta::from_std(self.config.schedule.deadline).unwrap_or(TimeDelta::MAX);
        self.record.begin(&Start {
            run: order.run.clone(),
            job: order.job,
            trigger: order.trigger,
            started_at: order.started_at,
            deadline_at: order.started_at + deadline,
            sources: backup::sources_of(sources).into_iter().collect(),
        })
    }

    fn context(&self, order: &Order, stop: &Stop, runtime: tokio::runtime::Handle, clock_jumped: bool) -> Context {
        Context {
            sys: self.sys.clone(),
            config: self.config.clone(),
            words: Words::english(),
            reader_words: self.words.clone(),
            stop: stop.clone(),
            progress: Arc::new(log::Logged { order: order.clone(), onward: self.progress.clone() }),
            runtime,
            clock_jumped,
        }
    }

    /// Whether the clock moved by more than two days against what the record and the machine's
    /// own steady clock say of the run before.
    fn clock_jumped(&self, reports: &[RunReport]) -> bool {
        let Some(last) = reports.iter().rev().find(|r| r.job == Job::Backup) else { return false };
        let now = self.sys.clock.now();
        // The wait is a walk through a year; most nights need none.
        let late = || now - CLOCK_JUMP > last.ended_at + self.gatherer.longest_wait();
        now < last.ended_at - CLOCK_JUMP || (now > last.ended_at + CLOCK_JUMP && late())
    }

    /// Ends what earlier runs began and could not end, tries the store, and sees that `RESTORE.md`
    /// says what stands, before the first run of a daemon. A run under way does so itself.
    pub fn recover(&self) {
        self.clear_after_drills();
        let recovered = match self.store.lock(Duration::ZERO, &Stop::new()) {
            Ok(Some(locked)) => {
                self.close_orphans();
                self.settle(&locked);
                let recovered = locked.recover().and_then(|recovered| Ok((recovered, locked.self_test()?)));
                let refreshed = restore_page::refresh(&self.sys, &self.config, &self.words, &locked);
                recovered.and_then(|recovered| refreshed.map(|()| recovered))
            }
            Ok(None) => return,
            Err(trouble) => Err(trouble),
        };
        match recovered {
            Ok((recovered, remarks)) => {
                for id in &recovered.completed {
                    tracing::info!(backup_id = id.as_str(), "completed a set that an earlier run had finished");
                }
                for saying in recovered.warnings.iter().chain(&remarks) {
                    tracing::warn!("{}", Words::english().say(saying));
                }
            }
            // That the store cannot be used at all is told by whoever watches it.
            Err(_) if self.store.refusal().is_some() => {}
            Err(trouble) => {
                let hint = trouble.hint.as_ref().map(|hint| format!(" ({})", Words::english().say(hint)));
                tracing::error!("{}{}", trouble.error, hint.unwrap_or_default());
            }
        }
    }

    /// What a drill that was killed has left is nobody's data, but it takes room.
    fn clear_after_drills(&self) {
        if let Err(trouble) = drill::clear_left_over(&self.config, &self.proving, &self.sys, &Stop::new()) {
            tracing::error!("{}", trouble.error);
        }
    }

    /// Closes runs that ended with their process; the record is then complete.
    fn close_orphans(&self) {
        let closed = self.record.close_orphans(|id| self.store.holds(id));
        let closed = closed.inspect_err(|error| tracing::error!("close interrupted runs: {error}")).unwrap_or_default();
        closed.iter().for_each(log::closed_orphan);
        self.heartbeat.closes(&closed);
    }

    /// A run that found the store held, or its work done by another.
    fn not_begun(&self, request: &Request, sources: &[Arc<dyn Source>], trouble: &Trouble) -> RunReport {
        let mut report = self.failed_report(request, sources, trouble);
        report.outcome = Outcome::Skipped;
        report.sources.iter_mut().for_each(|source| source.outcome = Outcome::Skipped);
        self.recorded(report)
    }

    fn failed_at_set_up(&self, request: &Request, sources: &[Arc<dyn Source>], trouble: &Trouble) -> RunReport {
        self.recorded(self.failed_report(request, sources, trouble))
    }

    fn recorded(&self, report: RunReport) -> RunReport {
        self.append(&report);
        log::ended(&report, &self.store);
        report
    }

    /// The report of a run none of whose work was begun.
    fn failed_report(&self, request: &Request, sources: &[Arc<dyn Source>], trouble: &Trouble) -> RunReport {
        self.closed(&self.order(request, &self.record.known().0), sources, Err(trouble.clone()))
    }

    /// The job's report, or the one that says why there is none: every source failed with it.
    fn closed(&self, order: &Order, sources: &[Arc<dyn Source>], result: Result<RunReport, Trouble>) -> RunReport {
        result.unwrap_or_else(|trouble| {
            let mut report = order.report();
            let words = Words::english();
            job::fail(&mut report, &trouble, &words);
            if order.job == Job::Backup {
                let names = backup::sources_of(sources);
                report.sources = names.iter().map(|name| job::source_failed(name, &trouble, &words)).collect();
            }
            self.timed(report)
        })
    }

    fn timed(&self, mut report: RunReport) -> RunReport {
        report.ended_at = self.sys.clock.now().max(report.started_at);
        report.duration_seconds = (report.ended_at - report.started_at).as_seconds_f64();
        report
    }

    fn finish(&self, mark: Option<Mark>, report: &RunReport) {
        let Some(mark) = mark else { return };
        if let Err(error) = self.record.finish(mark, report) {
            tracing::error!(job = report.job.as_str(), run = report.run, "record the run: {error}");
        }
    }

    fn append(&self, report: &RunReport) {
        if let Err(error) = self.record.append(report)
            // The record lies in the store: what the run failed for is told, and is the same.
            && self.store.refusal().is_none()
        {
            tracing::error!(job = report.job.as_str(), run = report.run, "record the run: {error}");
        }
    }
}
