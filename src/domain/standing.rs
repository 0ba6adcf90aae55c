//! How things stand: catalog, record, space and time, gathered once. Health, metrics, page, mail,
//! list and check are functions of this value, and of nothing else.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::artifact::Kind;
use super::id::BackupId;
use super::missed::Missed;
use super::name::SourceName;
use super::nights::Night;
use super::report::{Job, JobHistory, Outcome, RunReport, SourceReport};
use super::retention::Policy;
use super::saying::Saying;
use super::set::Catalog;
use super::telling::ProofEvery;
use super::trouble::Trouble;
use super::untold::{Untold, Withheld};

/// Everything there is to know, at one instant.
#[derive(Debug, Clone)]
pub struct Standing {
    pub now: DateTime<Utc>,
    pub zone: Tz,
    /// The folder of the store, as the settings name it.
    pub store_dir: String,
    pub catalog: Catalog,
    /// In the order of the configuration.
    pub sources: Vec<SourceStanding>,
    pub jobs: BTreeMap<Job, JobHistory>,
    /// What became of each day's backups, as far back as the record goes.
    pub nights: BTreeMap<NaiveDate, Night>,
    /// How often people are told what is kept, also where all is well.
    pub proof: ProofEvery,
    /// What is to be kept, by the settings.
    pub retention: Policy,
    /// Runs under way, by their own mark on disk, whoever started them.
    pub running: Vec<Running>,
    pub next_runs: BTreeMap<Job, DateTime<Utc>>,
    /// `None` where the store cannot be reached.
    pub space: Option<StoreSpace>,
    /// The slot of a scheduled verify that none has served, where that is too long ago.
    pub verify_overdue: Option<DateTime<Utc>>,
    /// Old copies that a restore keeps for longer than the settings wish.
    pub old_copies: Vec<OldCopies>,
    /// Restores that were cut short and are not settled.
    pub unsettled: Vec<Unsettled>,
    /// Channels through which people cannot be told, by name.
    pub untold: BTreeMap<String, Untold>,
    /// Channels that have told as much as they may today, and what they keep.
    pub withheld: BTreeMap<String, Withheld>,
    /// Since when the heartbeat is not heard, where it is not.
    pub unheard: Option<Untold>,
    /// Older than this, the last proof of a source is overdue; `None` where no drill is scheduled.
    pub drill_max_age: Option<TimeDelta>,
    /// What was wrong with the store when it was looked at, in words; empty where nothing was.
    pub store_troubles: Vec<String>,
    /// What keeps us from reading or writing the store at all; nothing can be stored until it is mended.
    pub store_refusal: Option<Trouble>,
    /// What of the store, or of the log beside it, is not as it should be, though it can be used.
    pub store_cautions: Vec<Caution>,
}

/// Something that its operator must know and can mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caution {
    /// As in `/health`.
    pub code: &'static str,
    pub saying: Saying,
    /// What to do about it.
    pub hint: Saying,
}

impl Standing {
    /// The roles of a server that the last backup could not store whole, and that alone: they are no
    /// source's own artifact, so no source tells of it. Where a source fared badly too, it does.
    pub fn failed_roles(&self) -> Option<(&RunReport, &SourceReport)> {
        let last = self.jobs.get(&Job::Backup)?.last.as_ref()?;
        if last.outcome != Outcome::Partial {
            return None;
        }
        let is_configured = |report: &SourceReport| self.sources.iter().any(|source| source.name == report.source);
        let went_wrong = |report: &SourceReport| matches!(report.outcome, Outcome::Failed | Outcome::Partial);
        if last.sources.iter().any(|report| is_configured(report) && report.outcome != Outcome::Succeeded) {
            return None;
        }
        let mut roles = last.sources.iter().filter(|report| report.source.is_globals() && !is_configured(report));
        roles.find(|report| went_wrong(report)).map(|report| (last, report))
    }
}

#[derive(Debug, Clone)]
pub struct SourceStanding {
    pub name: SourceName,
    pub kind: Kind,
    /// Older than this, its newest complete artifact is stale.
    pub max_age: TimeDelta,
    /// The newest report that attempted this source, with how it fared there.
    pub last_attempt: Option<RunReport>,
    /// How many of its newest attempts in a row ended with their process.
    pub interrupted_in_row: usize,
    /// The newest stretch of slots in which nobody tried it.
    pub missed: Option<Missed>,
    /// The local dates, up to its newest attempt, on which it was tried and nothing of it was stored.
    pub nights_without: usize,
    /// When it was first attempted, as far back as the record goes.
    pub known_since: Option<DateTime<Utc>>,
}

/// What one restore keeps of what it replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldCopies {
    /// The id of the restore.
    pub run: BackupId,
    pub days: i64,
    /// Databases, or paths.
    pub names: Vec<String>,
}

/// One source's part of a restore that was cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// The id of the restore.
    pub run: BackupId,
    pub source: SourceName,
    /// Why it could not be settled, where that was tried.
    pub why: Option<String>,
}

/// A run under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    pub run: String,
    pub job: Job,
    pub started_at: DateTime<Utc>,
    pub deadline_at: DateTime<Utc>,
    pub sources: BTreeSet<SourceName>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreSpace {
    /// What our sets and adopted files take.
    pub store_bytes: u64,
    pub free_bytes: u64,
    pub total_bytes: u64,
}
