//! Which sets are kept and why. A plan is a value with a reason for every set; it deletes
//! nothing. Any rule keeps; what no rule keeps has expired; expired is a judgement, prune an act.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::artifact::Kind;
use super::id::BackupId;
use super::local_time::date_of;
use super::name::SourceName;
use super::saying::Saying;
use super::set::{AdoptedFile, Catalog, CatalogArtifact, CatalogSet, SetState};

/// The rule, as configured. A number of −1 in a calendar rule keeps all. A minimum redundancy of
/// 0 counts as 1: no rule may take the last good copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    pub keep_days: u32,
    pub keep_daily: i32,
    pub keep_weekly: i32,
    pub keep_monthly: i32,
    pub keep_yearly: i32,
    pub minimum_redundancy: u32,
}

/// Why a set is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    Pinned,
    /// The newest of a source that a drill has proven.
    NewestProven,
    /// Holds one of the newest complete artifacts of a source.
    MinimumRedundancy,
    /// Somebody reads it now.
    BeingRead,
    /// A set that is kept cannot be restored without it.
    DependedOn,
    /// Damaged sets are never reduced further.
    Damaged,
    /// It bears a date that is still to come: its age is not known.
    DatedAhead,
    /// The newest artifact of one of its sources is suspect.
    SourceSuspect,
    WithinDays,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

impl Reason {
    /// The reason as `prune --explain` says it.
    pub fn saying(self) -> Saying {
        Saying::new(match self {
            Reason::Pinned => "kept-pinned",
            Reason::NewestProven => "kept-newest-proven",
            Reason::MinimumRedundancy => "kept-minimum-redundancy",
            Reason::BeingRead => "kept-being-read",
            Reason::DependedOn => "kept-depended-on",
            Reason::Damaged => "kept-damaged",
            Reason::DatedAhead => "kept-dated-ahead",
            Reason::SourceSuspect => "kept-source-suspect",
            Reason::WithinDays => "kept-within-days",
            Reason::Daily => "kept-daily",
            Reason::Weekly => "kept-weekly",
            Reason::Monthly => "kept-monthly",
            Reason::Yearly => "kept-yearly",
        })
    }
}

/// Why nothing at all may expire now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Now stands before the start of the newest set.
    ClockBehind,
    /// The clock has jumped by more than two days since the run before.
    ClockJumped,
    /// An entry of the store could not be listed.
    StoreUnlisted,
}

impl Hold {
    /// The hold as `prune --explain` says it.
    pub fn saying(self) -> Saying {
        Saying::new(match self {
            Hold::ClockBehind => "hold-clock-behind",
            Hold::ClockJumped => "hold-clock-jumped",
            Hold::StoreUnlisted => "hold-store-unlisted",
        })
    }
}

/// What the plan must know beside policy and catalog.
#[derive(Debug, Clone)]
pub struct Circumstances {
    pub now: DateTime<Utc>,
    pub zone: Tz,
    /// Sets on whose manifest somebody holds a lock.
    pub being_read: BTreeSet<BackupId>,
    pub clock_jumped: bool,
}

/// The verdict on one set: kept for these reasons; expired where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub id: BackupId,
    pub reasons: Vec<Reason>,
}

/// What expires and what stays, oldest set first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub hold: Option<Hold>,
    pub verdicts: Vec<Verdict>,
    /// Adopted files that have expired, by path; none while something holds.
    pub expired_files: Vec<String>,
}

impl Plan {
    /// The sets to remove, oldest first; none while something holds.
    pub fn expired(&self) -> impl Iterator<Item = &BackupId> {
        let held = self.hold.is_some();
        self.verdicts.iter().filter(move |v| !held && v.reasons.is_empty()).map(|v| &v.id)
    }
}

/// Judges every set of the catalog, in whatever order it lists them. Every source that a set
/// holds something of is protected, also one no longer configured: its last copies are the only
/// ones there will ever be. `sources` are those configured now; adopted files of no other expire.
pub fn plan(policy: &Policy, catalog: &Catalog, sources: &[SourceName], circumstances: &Circumstances) -> Plan {
    let mut sets: Vec<&CatalogSet> = catalog.sets.iter().collect();
    sets.sort_by_key(|set| (set.started_at, &set.id));
    let by_source = by_source(&sets, circumstances.now);
    let suspect: BTreeSet<&SourceName> =
        by_source.iter().filter(|(_, held)| newest_is_suspect(held)).map(|(source, _)| *source).collect();

    let mut kept = Kept::default();
    for set in &sets {
        keep_by_state(&mut kept, policy, set, &suspect, circumstances);
    }
    for held in by_source.values() {
        keep_by_source(&mut kept, policy, held, circumstances.zone);
    }
    keep_depended_on(&mut kept, &sets);

    let hold = hold(&sets, catalog, circumstances);
    let expires = |file: &&AdoptedFile| adopted_expires(file, policy, sources, &by_source, &suspect, circumstances);
    let mut expired_files: Vec<String> = if hold.is_some() {
        Vec::new()
    } else {
        catalog.adopted.iter().filter(expires).map(|file| file.path.clone()).collect()
    };
    expired_files.sort();
    let verdict = |set: &&CatalogSet| Verdict {
        id: set.id.clone(),
        reasons: kept.0.get(&set.id).into_iter().flatten().copied().collect(),
    };
    Plan { hold, verdicts: sets.iter().map(verdict).collect(), expired_files }
}

/// What is kept, with every reason found so far.
#[derive(Default)]
struct Kept<'a>(BTreeMap<&'a BackupId, BTreeSet<Reason>>);

impl<'a> Kept<'a> {
    fn add(&mut self, set: &'a CatalogSet, reason: Reason) {
        self.0.entry(&set.id).or_default().insert(reason);
    }
}

/// What the sets hold of one source, newest first.
type Held<'a> = Vec<(&'a CatalogSet, &'a CatalogArtifact)>;

/// Properties of a database come and go with its dump; roles stand for themselves: a server's
/// last ones must outlive weeks in which they could not be read.
fn by_source<'a>(sets: &[&'a CatalogSet], now: DateTime<Utc>) -> BTreeMap<&'a SourceName, Held<'a>> {
    let mut by_source: BTreeMap<&SourceName, Held<'a>> = BTreeMap::new();
    // Nobody knows since when what is dated ahead is true: it stands in nothing's stead.
    for set in sets.iter().rev().filter(|set| !set.is_ahead(now)) {
        for artifact in set.artifacts.iter().filter(|artifact| artifact.kind != Kind::Database) {
            by_source.entry(&artifact.source).or_default().push((set, artifact));
        }
    }
    by_source
}

/// An incomplete artifact is never judged, so it neither makes its source suspect nor clears it.
fn newest_is_suspect(held: &Held<'_>) -> bool {
    held.iter()
        .find(|(_, artifact)| artifact.present && artifact.complete)
        .is_some_and(|(_, artifact)| artifact.suspect)
}

fn hold(sets: &[&CatalogSet], catalog: &Catalog, circumstances: &Circumstances) -> Option<Hold> {
    if !catalog.unlisted.is_empty() {
        Some(Hold::StoreUnlisted)
    } else if sets.last().is_some_and(|newest| newest.doubts(circumstances.now)) {
        Some(Hold::ClockBehind)
    } else if circumstances.clock_jumped {
        Some(Hold::ClockJumped)
    } else {
        None
    }
}

/// Reasons that one set gives by itself.
fn keep_by_state<'a>(
    kept: &mut Kept<'a>,
    policy: &Policy,
    set: &'a CatalogSet,
    suspect: &BTreeSet<&SourceName>,
    circumstances: &Circumstances,
) {
    let age_days =
        (date_of(circumstances.zone, circumstances.now) - date_of(circumstances.zone, set.started_at)).num_days();
    let holds_suspect_source = set.artifacts.iter().any(|artifact| suspect.contains(&artifact.source));
    for (holds, reason) in [
        (set.pinned, Reason::Pinned),
        (circumstances.being_read.contains(&set.id), Reason::BeingRead),
        (set.state() == SetState::Damaged, Reason::Damaged),
        (set.is_ahead(circumstances.now), Reason::DatedAhead),
        (holds_suspect_source, Reason::SourceSuspect),
        (age_days < i64::from(policy.keep_days), Reason::WithinDays),
    ] {
        if holds {
            kept.add(set, reason);
        }
    }
}

/// Reasons that a set has for what it holds of one source.
fn keep_by_source<'a>(kept: &mut Kept<'a>, policy: &Policy, held: &Held<'a>, zone: Tz) {
    if let Some((set, _)) = held.iter().find(|(set, artifact)| set.counts(artifact) && artifact.proven_at().is_some()) {
        kept.add(set, Reason::NewestProven);
    }

    // A drill's no may be wrong: what it was said of goes no sooner for it, but nothing goes in its stead.
    for counts in [CatalogSet::counts, is_good] {
        keep_what_counts(kept, policy, held, zone, counts);
    }
}

/// Whether it counts, and no drill has found it otherwise than it was stored.
fn is_good(set: &CatalogSet, artifact: &CatalogArtifact) -> bool {
    set.counts(artifact) && !artifact.is_refuted()
}

fn keep_what_counts<'a>(
    kept: &mut Kept<'a>,
    policy: &Policy,
    held: &Held<'a>,
    zone: Tz,
    counts: fn(&CatalogSet, &CatalogArtifact) -> bool,
) {
    let complete: Vec<&CatalogSet> = held.iter().filter(|(set, a)| counts(set, a)).map(|(set, _)| *set).collect();
    // Where too few are complete, the newest incomplete ones make up the number.
    let incomplete = held.iter().filter(|(_, artifact)| artifact.present && !artifact.complete).map(|(set, _)| *set);
    for set in complete.iter().copied().chain(incomplete).take(redundancy(policy)) {
        kept.add(set, Reason::MinimumRedundancy);
    }

    let dated: Vec<(&CatalogSet, NaiveDate)> =
        complete.into_iter().map(|set| (set, date_of(zone, set.started_at))).collect();
    let week = |date: NaiveDate| (date.iso_week().year(), date.iso_week().week());
    keep_newest_of_each(kept, &dated, policy.keep_daily, Reason::Daily, |date| (date.year(), date.ordinal()));
    keep_newest_of_each(kept, &dated, policy.keep_weekly, Reason::Weekly, week);
    keep_newest_of_each(kept, &dated, policy.keep_monthly, Reason::Monthly, |date| (date.year(), date.month()));
    keep_newest_of_each(kept, &dated, policy.keep_yearly, Reason::Yearly, |date| (date.year(), 0));
}

fn redundancy(policy: &Policy) -> usize {
    policy.minimum_redundancy.max(1) as usize
}

/// Keeps the newest set of each of the `number` newest periods that hold one (−1: of all).
fn keep_newest_of_each<'a>(
    kept: &mut Kept<'a>,
    newest_first: &[(&'a CatalogSet, NaiveDate)],
    number: i32,
    reason: Reason,
    period: impl Fn(NaiveDate) -> (i32, u32),
) {
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    let mut periods = BTreeSet::new();
    for (set, date) in newest_first {
        if periods.len() < number && periods.insert(period(*date)) {
            kept.add(set, reason);
        }
    }
}

/// Keeps what kept sets need, and what those need in turn. Each round keeps one set more at
/// least, so there are never more rounds than sets.
fn keep_depended_on<'a>(kept: &mut Kept<'a>, sets: &[&'a CatalogSet]) {
    loop {
        let needed: BTreeSet<&BackupId> =
            sets.iter().filter(|set| kept.0.contains_key(&set.id)).flat_map(|set| &set.depends_on).collect();
        let before = kept.0.len();
        for set in sets.iter().filter(|set| needed.contains(&set.id)) {
            kept.add(set, Reason::DependedOn);
        }
        if kept.0.len() == before {
            return;
        }
    }
}

/// Whether an adopted file expires: its name carries an id and a configured source, it is older
/// than the longest reach of any rule, and our own complete artifacts of that source stand in
/// its stead, of as many different days as there must be copies: three backups tried out in one
/// hour must not cost a year of old dumps. All other adopted files stay for ever.
fn adopted_expires(
    file: &AdoptedFile,
    policy: &Policy,
    sources: &[SourceName],
    by_source: &BTreeMap<&SourceName, Held<'_>>,
    suspect: &BTreeSet<&SourceName>,
    circumstances: &Circumstances,
) -> bool {
    let (Some(source), Some(id)) = (&file.source, &file.id) else { return false };
    let Some(reach_days) = reach_days(policy) else { return false };
    let in_its_stead = by_source.get(source).into_iter().flatten();
    let days: BTreeSet<NaiveDate> = in_its_stead
        .filter(|(set, artifact)| {
            set.state() != SetState::Damaged && is_good(set, artifact) && artifact.kind.folder() == file.kind.folder()
        })
        .map(|(set, _)| date_of(circumstances.zone, set.started_at))
        .collect();
    let age = date_of(circumstances.zone, circumstances.now) - id.local().date();
    sources.contains(source)
        && !suspect.contains(source)
        && days.len() >= redundancy(policy)
        && age >= TimeDelta::days(reach_days)
}

/// How many dates back the rules reach, today included: a month counts 31 days, a year 366.
/// `None` where one of them keeps all.
fn reach_days(policy: &Policy) -> Option<i64> {
    let rules = [(policy.keep_daily, 1), (policy.keep_weekly, 7), (policy.keep_monthly, 31), (policy.keep_yearly, 366)];
    let mut reach = i64::from(policy.keep_days);
    for (number, days) in rules {
        reach = reach.max(i64::from(u32::try_from(number).ok()?) * days);
    }
    Some(reach)
}

#[cfg(test)]
mod tests;
