//! One whole restore: marked, recorded and logged like any run, but without the lock while it looks
//! and asks: no backup waits for somebody who reads a question. And what a restore that was cut
//! short has left is settled here, before any other run.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::{Request, Runner, log, watch};
use crate::domain::name::SourceName;
use crate::domain::progress::Unseen;
use crate::domain::report::{Job, Outcome, RunReport, Trigger, Warning};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::guard::guarded;
use crate::job::restore::{self, Ask, Consent, Errand, Recovered, Settled};
use crate::job::{Order, source_failed, source_succeeded};
use crate::source::Work;
use crate::standing::record::Mark;
use crate::store::LockedStore;
use crate::sys::fault;
use crate::sys::stop::Stop;
use crate::words::Words;

/// More do not begin in one second.
const MARK_TRIES: u32 = 32;
/// A backup makes way within seconds.
const SETTLE_WAIT: Duration = Duration::from_secs(30);

impl Runner {
    /// Runs one restore, undo or clean to its end and returns its report, recorded and logged.
    pub async fn restore(&self, ask: Ask, consent: Arc<dyn Consent>, stop: Stop) -> RunReport {
        let runner = self.clone();
        let handle = tokio::runtime::Handle::current();
        match tokio::task::spawn_blocking(move || runner.restore_blocking(ask, consent, &stop, handle)).await {
            Ok(report) => report,
            Err(error) => {
                let request = Request::command(Job::Restore, Duration::ZERO);
                self.failed_at_set_up(&request, &[], &Trouble::passing(Stage::SetUp, error))
            }
        }
    }

    fn restore_blocking(
        &self,
        ask: Ask,
        consent: Arc<dyn Consent>,
        stop: &Stop,
        runtime: tokio::runtime::Handle,
    ) -> RunReport {
        let request = Request::command(Job::Restore, Duration::ZERO);
        // The store's disk may be the one there is to save data from.
        let fills_a_folder = matches!(&ask, Ask::PutBack(wish) if wish.to_dir.is_some() && wish.to_db.is_none());
        let only_looks = ask.only_looks();
        if !only_looks {
            self.close_orphans();
            self.settle_before(stop);
        }
        let (order, mark) =
            if only_looks { (self.order(&request, &self.record.known().0), Ok(None)) } else { self.marked(&request) };
        let errand = Errand { ask, consent, way_back: self.way_back.clone(), sources: self.sources.clone() };
        let context = self.context(&order, stop, runtime, false);
        let work = || guarded(Stage::SetUp, "the job", || restore::run(&context, &self.store, &order, &errand));
        if only_looks {
            return self.closed(&order, &[], work());
        }
        let mark = match mark {
            Ok(mark) => mark,
            Err(error) if fills_a_folder && fault::is_unwritable(&error) => log::unrecorded(&order, &error),
            Err(error) => {
                let trouble = fault::trouble(Stage::SetUp, &error).while_doing("write the record");
                return self.failed_at_set_up(&request, &[], &trouble);
            }
        };
        log::started(&order);
        let watch = watch::start(None, stop, self.config.schedule.deadline);
        let result = work();
        drop(watch);
        let mut report = self.closed(&order, &[], result);
        if report.outcome == Outcome::Failed && report.stage.as_deref() == Some(Stage::Lock.as_str()) {
            report.outcome = Outcome::Skipped;
        }
        self.finish(mark, &report);
        log::ended(&report, &self.store);
        report
    }

    /// Chooses an id and marks the run. Two that begin in the same second choose the same one, and the
    /// second of them chooses again.
    fn marked(&self, request: &Request) -> (Order, io::Result<Option<Mark>>) {
        let mut tries = 0..MARK_TRIES;
        loop {
            let order = self.order(request, &self.record.known().0);
            match self.mark(&order, &[]) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries.next().is_some() => {}
                mark => return (order, mark.map(Some)),
            }
        }
    }

    /// What was cut short is settled first; where the lock is not to be had, the restore says so.
    fn settle_before(&self, stop: &Stop) {
        if restore::is_needed(&self.store)
            && let Ok(Some(locked)) = self.store.lock_first(SETTLE_WAIT, stop)
        {
            self.settle_restores(&locked);
        }
    }

    /// What comes before whatever a run does in the store: it is known elsewhere which one it is, and no
    /// restore is left half done.
    pub(super) fn settle(&self, locked: &LockedStore) {
        // Where that folder cannot be written the log itself says so.
        let _untold = locked.leave_word(&self.config);
        self.settle_restores(locked);
    }

    /// Ends what restores that were cut short have begun, and tells of it in the log and the record.
    fn settle_restores(&self, locked: &LockedStore) {
        if !restore::is_needed(&self.store) {
            return;
        }
        let request = Request { trigger: Trigger::Retry, ..Request::command(Job::Restore, Duration::ZERO) };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let reports = self.record.known().0;
        let order = self.order(&request, &reports);
        let mut report = order.report();
        let work = Work {
            sys: self.sys.clone(),
            stop: Stop::new(),
            progress: Arc::new(Unseen),
            scratch: self.store.state_dir(),
            runtime,
        };
        match restore::recover(&self.config, locked, &self.way_back, &work) {
            Ok(Recovered { settled, mixed }) => {
                for one in settled {
                    tell_settled(&mut report, one);
                }
                let mixed = mixed.iter().map(|saying| warning("restore_mixed", None, saying));
                report.warnings.extend(mixed);
            }
            Err(trouble) => crate::job::fail(&mut report, &trouble, &Words::english()),
        }
        if report.sources.iter().any(|source| source.outcome == Outcome::Failed) {
            report.outcome = Outcome::Failed;
        }
        let report = self.timed(report);
        self.append(&report);
        log::ended(&report, &self.store);
    }
}

fn warning(code: &str, source: Option<&SourceName>, saying: &Saying) -> Warning {
    Warning { code: code.to_owned(), source: source.cloned(), text: Words::english().say(saying) }
}

fn tell_settled(report: &mut RunReport, Settled { part, result, meanwhile }: Settled) {
    if !meanwhile.is_empty() {
        let saying = restore::of_meanwhile(&meanwhile);
        report.warnings.push(warning("restore_meanwhile", Some(&part.source), &saying));
    }
    match result {
        Ok(saying) => {
            report.warnings.push(warning("restore_settled", Some(&part.source), &saying));
            report.sources.push(source_succeeded(&part.source, None));
        }
        Err(trouble) => report.sources.push(source_failed(&part.source, &trouble, &Words::english())),
    }
}
