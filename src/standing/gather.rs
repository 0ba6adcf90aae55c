//! Gathers how things stand: the catalog judged, the record summed up, space and time, once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::gaps::Gaps;
use super::record::Record;
use super::untold::Unreached;
use super::{log_folder, unheard, untold};
use crate::config::Config;
use crate::domain::artifact::Kind;
use crate::domain::local_time::date_of;
use crate::domain::missed::{Tried, missed};
use crate::domain::name::SourceName;
use crate::domain::nights::nights;
use crate::domain::report::{Job, JobHistory, Outcome, RunReport};
use crate::domain::restoring::{Part, RestoreJournal};
use crate::domain::schedule::Schedule;
use crate::domain::set::Catalog;
use crate::domain::standing::{OldCopies, Running, SourceStanding, Standing, StoreSpace, Unsettled};
use crate::domain::suspect;
use crate::domain::untold::Untold;
use crate::job::verify;
use crate::store::{Restores, Store};
use crate::sys::Sys;

/// What a slot may be late by before its source is stale.
const SLACK: TimeDelta = TimeDelta::hours(1);
/// The same for a drill, which may take its time and has nothing to lose by it.
const DRILL_SLACK: TimeDelta = TimeDelta::days(1);

/// The last two attempts tell what was missed; after a night of retries a few more must be looked at.
const TRIED_MAX: usize = 32;

/// A verify of a large store takes hours, and one that could not begin is tried again.
const VERIFY_SLACK: TimeDelta = TimeDelta::days(1);

/// Knows where to look; each call looks anew. Clones share what is remembered of the calendar.
#[derive(Clone)]
pub struct Gatherer {
    sys: Sys,
    config: Arc<Config>,
    store: Store,
    record: Record,
    gaps: Arc<Gaps>,
}

impl Gatherer {
    pub fn new(sys: &Sys, config: Arc<Config>, store: Store, record: Record) -> Self {
        let gaps = Arc::new(Gaps::new(config.timezone));
        Self { sys: sys.clone(), config, store, record, gaps }
    }

    /// How things stand now.
    pub fn gather(&self) -> Standing {
        let now = self.sys.clock.now();
        let mut catalog = self.store.catalog();
        suspect::judge(&mut catalog, self.config.retention.suspect_drop_percent);
        let mut store_troubles = catalog.unlisted.clone();
        let (reports, unreadable) = self.record.known();
        store_troubles.extend(unreadable.map(|error| error.to_string()));
        let (running, restores) = (self.record.running(), self.store.restores());
        store_troubles.extend(restores.unreadable.iter().map(|one| one.error.clone()));
        let mut store_cautions = self.store.cautions(&self.config, &catalog);
        store_cautions.extend(log_folder::caution(&self.config.store.log_dir));
        let Unreached { untold, withheld } =
            untold::read(&[&self.store.state_dir(), &self.config.store.log_dir], |channel| {
                self.config.tells_through(channel)
            });
        Standing {
            now,
            zone: self.config.timezone,
            store_dir: self.store.dir().display().to_string(),
            sources: self.sources(now, &catalog, &reports, &running),
            jobs: histories(&reports),
            nights: nights(&reports, self.config.timezone),
            proof: self.config.mail.proof,
            retention: self.config.retention.policy,
            next_runs: self.next_runs(now),
            space: self.space(&catalog),
            verify_overdue: self.verify_overdue(now, &catalog, &reports),
            old_copies: self.old_copies(now, &restores),
            unsettled: unsettled(&restores, &running),
            untold,
            withheld,
            unheard: self.unheard(),
            drill_max_age: self.drill_max_age(now),
            running,
            store_troubles,
            store_cautions,
            store_refusal: self.store.refusal().or_else(|| self.record.refusal()),
            catalog,
        }
    }

    /// Asked only while there is somebody to hear it.
    fn unheard(&self) -> Option<Untold> {
        self.config.heartbeat.url.as_ref()?;
        unheard::read(&unheard::path(&self.store.state_dir()))
    }

    /// The longest wait between two runs of any source.
    pub fn longest_wait(&self) -> TimeDelta {
        let now = self.sys.clock.now();
        let gaps = self.config.scheduled().map(|(_, _, schedule)| self.gaps.longest(schedule, now));
        gaps.max().unwrap_or(TimeDelta::days(1))
    }

    fn sources(
        &self,
        now: DateTime<Utc>,
        catalog: &Catalog,
        reports: &[RunReport],
        running: &[Running],
    ) -> Vec<SourceStanding> {
        // A run that waits for the lock is not late yet.
        let late = SLACK + TimeDelta::from_std(self.config.schedule.lock_wait).unwrap_or(SLACK);
        let standing = |(name, kind, schedule): (&SourceName, Kind, &Schedule)| {
            let backups = || reports.iter().rev().filter(|r| r.job == Job::Backup);
            let attempts = || backups().filter(|r| r.sources.iter().any(|s| s.source == *name));
            SourceStanding {
                name: name.clone(),
                kind,
                max_age: self.max_age(schedule, now),
                last_attempt: attempts().next().cloned(),
                interrupted_in_row: attempts().take_while(|report| report.ended_with_process()).count(),
                missed: missed(
                    schedule,
                    self.config.timezone,
                    tried(name, catalog, attempts(), running, now),
                    now,
                    late,
                ),
                nights_without: nights_without(name, self.config.timezone, attempts()),
                known_since: attempts().next_back().map(|report| report.started_at),
            }
        };
        self.config.scheduled().map(standing).collect()
    }

    fn max_age(&self, schedule: &Schedule, now: DateTime<Utc>) -> TimeDelta {
        match self.config.health.max_age {
            Some(max_age) => TimeDelta::from_std(max_age).unwrap_or(TimeDelta::MAX),
            None => self.gaps.longest(schedule, now) + SLACK,
        }
    }

    fn next_runs(&self, now: DateTime<Utc>) -> BTreeMap<Job, DateTime<Utc>> {
        let next = |schedule: &Schedule| schedule.next_after(self.config.timezone, now);
        let backup = self.config.scheduled().filter_map(|(_, _, schedule)| next(schedule)).min();
        let verify = self.config.schedule.verify.as_ref().and_then(next);
        let drill = self.config.schedule.drill.as_ref().and_then(next);
        let all = [(Job::Backup, backup), (Job::Verify, verify), (Job::Drill, drill)];
        all.into_iter().filter_map(|(job, at)| Some((job, at?))).collect()
    }

    fn drill_max_age(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let schedule = self.config.schedule.drill.as_ref()?;
        Some(self.config.drill.max_age.unwrap_or_else(|| self.gaps.longest(schedule, now) + DRILL_SLACK))
    }

    /// The first slot after the last verify that served one, or after the first set, once it is late.
    fn verify_overdue(&self, now: DateTime<Utc>, catalog: &Catalog, reports: &[RunReport]) -> Option<DateTime<Utc>> {
        let schedule = self.config.schedule.verify.as_ref()?;
        let served = reports.iter().rev().find(|report| verify::serves_slot(report)).map(|report| report.started_at);
        let since = served.or(catalog.sets.first().map(|set| set.started_at))?;
        schedule.next_after(self.config.timezone, since).filter(|slot| *slot + VERIFY_SLACK < now)
    }

    /// What restores keep for longer than the settings wish.
    fn old_copies(&self, now: DateTime<Utc>, restores: &Restores) -> Vec<OldCopies> {
        let days_max = i64::from(self.config.restore.keep_before_days);
        let olds = |journal: &RestoreJournal| {
            let all = journal.parts.iter().flat_map(Part::cleanable).filter_map(|exchange| exchange.old);
            all.filter(|name| may_stand(name)).collect::<Vec<_>>()
        };
        let kept = restores.journals.iter().map(|journal| OldCopies {
            run: journal.id.clone(),
            days: (now - journal.started_at).num_days(),
            names: olds(journal),
        });
        kept.filter(|kept| kept.days > days_max && !kept.names.is_empty()).collect()
    }

    fn space(&self, catalog: &Catalog) -> Option<StoreSpace> {
        let space = self.store.space().ok()?;
        let sets: u64 = catalog.sets.iter().map(crate::domain::set::CatalogSet::stored_bytes).sum();
        let adopted: u64 = catalog.adopted.iter().map(|file| file.size_bytes).sum();
        Some(StoreSpace { store_bytes: sets + adopted, free_bytes: space.free_bytes, total_bytes: space.total_bytes })
    }
}

/// The newest times at which somebody tried a source: as the record has it, as its sets tell where the
/// record is lost, and now.
fn tried<'r>(
    source: &SourceName,
    catalog: &Catalog,
    attempts: impl Iterator<Item = &'r RunReport>,
    running: &[Running],
    now: DateTime<Utc>,
) -> Vec<Tried> {
    // One that ended with its process was closed by a later start: nobody knows when it ended.
    let recorded = attempts.take(TRIED_MAX).map(|report| {
        let ended_at = if report.ended_with_process() { report.started_at } else { report.ended_at };
        (report.started_at, ended_at)
    });
    let stored = catalog.data_of(source).take(TRIED_MAX).map(|(set, _)| (set.started_at, set.ended_at));
    let under_way = running.iter().filter(|run| run.job == Job::Backup && run.sources.contains(source));
    recorded.chain(stored).chain(under_way.map(|run| (run.started_at, now))).collect()
}

fn nights_without<'r>(source: &SourceName, zone: Tz, attempts: impl Iterator<Item = &'r RunReport>) -> usize {
    let stored = |report: &&RunReport| matches!(report.outcome_of(source), Outcome::Succeeded | Outcome::Partial);
    let dates = attempts.take_while(|report| !stored(report)).map(|report| date_of(zone, report.started_at));
    dates.collect::<BTreeSet<NaiveDate>>().len()
}

/// Of a store that was copied from another machine the journals tell of what is not here; for
/// files that is seen at once.
fn may_stand(name: &str) -> bool {
    !name.starts_with('/') || Path::new(name).symlink_metadata().is_ok()
}

/// What nobody is at work on and nobody has ended.
fn unsettled(restores: &Restores, running: &[Running]) -> Vec<Unsettled> {
    if running.iter().any(|run| run.job == Job::Restore) {
        return Vec::new();
    }
    let parts = restores.journals.iter().flat_map(|journal| journal.parts.iter().map(move |part| (journal, part)));
    let unfinished = parts.filter(|(_, part)| part.is_unfinished());
    unfinished
        .map(|(journal, part)| Unsettled {
            run: journal.id.clone(),
            source: part.source.clone(),
            why: part.unsettled.clone(),
        })
        .collect()
}

fn histories(reports: &[RunReport]) -> BTreeMap<Job, JobHistory> {
    let mut jobs: BTreeMap<Job, JobHistory> = BTreeMap::new();
    for report in reports {
        let history = jobs.entry(report.job).or_default();
        *history.counts.entry(report.outcome).or_insert(0) += 1;
        history.last = Some(report.clone());
    }
    jobs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture::name;

    fn backup(at: &str, outcome: Outcome) -> RunReport {
        let run = serde_json::json!({
            "version": 1, "run": "backup-1", "job": "backup", "trigger": "schedule", "outcome": outcome,
            "started_at": at, "ended_at": at, "duration_seconds": 1.0, "sources": [{"source": "app", "outcome": outcome}],
            "pruned": [], "warnings": [],
        });
        serde_json::from_value(run).unwrap()
    }

    #[test]
    fn nights_without_are_those_since_anything_was_stored() {
        let failed = |at| backup(at, Outcome::Failed);
        let partial = |at| backup(at, Outcome::Partial);
        let count =
            |newest_first: &[RunReport]| nights_without(&name("app"), chrono_tz::America::Lima, newest_first.iter());
        let (today, again) = (failed("2024-11-12T08:00:00Z"), failed("2024-11-12T08:06:00Z"));
        let yesterday = failed("2024-11-11T08:00:00Z");
        assert_eq!(count(&[again.clone(), today.clone(), yesterday.clone()]), 2);
        // By the date where people live.
        assert_eq!(count(&[today.clone(), failed("2024-11-12T04:59:00Z")]), 2);
        assert_eq!(count(&[today.clone(), partial("2024-11-11T08:00:00Z"), yesterday]), 1);
        assert_eq!(count(&[partial("2024-11-12T09:00:00Z"), today]), 0);
    }
}
