//! The catalog's values: sets as they stand in the store, judged, and the adopted files beside
//! them. All else (health, retention, list, metrics) is computed from these.

use std::collections::BTreeSet;

use chrono::serde::ts_nanoseconds;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::artifact::Kind;
use super::id::BackupId;
use super::name::SourceName;
use super::report::Outcome;

/// How a set stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SetState {
    Complete,
    /// A source failed in its run, or something could not be read.
    Partial,
    /// At least one artifact is suspect.
    Suspect,
    /// An artifact is missing, has another size than its manifest states, or was found bad by verify.
    Damaged,
}

impl SetState {
    pub const ALL: [SetState; 4] = [SetState::Complete, SetState::Partial, SetState::Suspect, SetState::Damaged];

    pub fn as_str(self) -> &'static str {
        match self {
            SetState::Complete => "complete",
            SetState::Partial => "partial",
            SetState::Suspect => "suspect",
            SetState::Damaged => "damaged",
        }
    }
}

/// When a verify last read something again, and whether it was what the manifest says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    #[serde(with = "ts_nanoseconds")]
    pub at: DateTime<Utc>,
    pub ok: bool,
}

/// When a drill last restored something and compared it, and whether it came back as it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drilled {
    #[serde(with = "ts_nanoseconds")]
    pub at: DateTime<Utc>,
    pub proven: bool,
    /// Until a source's data was back; properties and roles have none of their own.
    pub restore_seconds: Option<f64>,
    pub caveats: Caveats,
}

/// What a drill has to say of data that came back as they were stored: no word against the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caveats {
    /// One of the operator's own questions is answered otherwise than expected.
    pub answer: bool,
    /// One of them could not be asked.
    pub unasked: bool,
    /// Whether more of the files that rows name are missing from the media than should be; `None` where
    /// that was to be looked at and could not be.
    pub media: Option<bool>,
}

impl Default for Caveats {
    fn default() -> Self {
        Self { answer: false, unasked: false, media: Some(false) }
    }
}

/// One artifact as the catalog knows it: the manifest's whole-artifact facts and the judgement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogArtifact {
    pub source: SourceName,
    pub kind: Kind,
    pub path: String,
    pub size_bytes: u64,
    pub raw_bytes: u64,
    /// When the artifact stood written: its start plus its duration.
    #[serde(with = "ts_nanoseconds")]
    pub ended_at: DateTime<Utc>,
    /// False where something of the source could not be read.
    pub complete: bool,
    /// Present in the store with the size its manifest states.
    pub present: bool,
    pub user_tables: Option<usize>,
    pub rows: Option<u64>,
    /// Files and links of an archive, without its folders; `None` where it is no archive.
    pub entries: Option<u64>,
    /// What the last verify found of it.
    pub verify: Option<Verified>,
    /// What the last drill that restored it found of it.
    pub drill: Option<Drilled>,
    /// Judged by [`super::suspect`]; not stored.
    #[serde(skip)]
    pub suspect: bool,
}

impl CatalogArtifact {
    /// Whether it counts: for health, redundancy, `--latest` and the next comparison.
    pub fn counts(&self) -> bool {
        self.complete && self.present && !self.suspect && !self.is_bad()
    }

    /// Whether the last verify found that its bytes are not what was written.
    pub fn is_bad(&self) -> bool {
        self.verify.is_some_and(|verified| !verified.ok)
    }

    /// Whether the last drill of its set did not bring it back as it was stored.
    pub fn is_refuted(&self) -> bool {
        self.drill.is_some_and(|drilled| !drilled.proven)
    }

    /// When the last drill of its set restored it and found it as it was stored.
    pub fn proven_at(&self) -> Option<DateTime<Utc>> {
        self.drill.filter(|drilled| drilled.proven).map(|drilled| drilled.at)
    }
}

/// One set of the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogSet {
    pub id: BackupId,
    pub outcome: Outcome,
    pub label: Option<String>,
    #[serde(with = "ts_nanoseconds")]
    pub started_at: DateTime<Utc>,
    #[serde(with = "ts_nanoseconds")]
    pub ended_at: DateTime<Utc>,
    pub depends_on: Vec<BackupId>,
    pub artifacts: Vec<CatalogArtifact>,
    /// A file `<id>.pin` lies beside the manifest.
    pub pinned: bool,
    /// A file `<id>.accept` lies beside the manifest: none of its artifacts is suspect.
    pub accepted: bool,
    /// The manifest could not be read as one; the set is damaged.
    pub unreadable: bool,
}

impl CatalogSet {
    pub fn state(&self) -> SetState {
        if self.is_torn() || self.artifacts.iter().any(CatalogArtifact::is_bad) {
            SetState::Damaged
        } else if self.artifacts.iter().any(|a| a.suspect) {
            SetState::Suspect
        } else if self.outcome == Outcome::Partial {
            SetState::Partial
        } else {
            SetState::Complete
        }
    }

    /// Whether its manifest or a file is gone, as far as can be seen without reading one.
    pub fn is_torn(&self) -> bool {
        self.unreadable || self.artifacts.iter().any(|a| !a.present)
    }

    /// Whether one of its artifacts counts. Of a torn set none does; beside one that verify found
    /// bad the others count, for they were read as well.
    pub fn counts(&self, artifact: &CatalogArtifact) -> bool {
        artifact.counts() && !self.is_torn()
    }

    /// When the last verify read all of it and found it as it was written.
    pub fn verified_at(&self) -> Option<DateTime<Utc>> {
        let mut at = None;
        for artifact in &self.artifacts {
            at = at.max(Some(artifact.verify.filter(|verified| verified.ok)?.at));
        }
        at
    }

    /// When the last verify found it bad, where it did.
    pub fn found_bad_at(&self) -> Option<DateTime<Utc>> {
        self.artifacts.iter().filter_map(|a| a.verify).filter(|verified| !verified.ok).map(|verified| verified.at).max()
    }

    /// The same, where it was a verify that found it so and no drill: what that comes upon it dates as its
    /// own no.
    pub fn found_bad_by_verify_at(&self) -> Option<DateTime<Utc>> {
        let noes = || self.artifacts.iter().filter_map(|a| a.drill).filter(|drilled| !drilled.proven);
        let bad = self.artifacts.iter().filter_map(|a| a.verify).filter(|verified| !verified.ok);
        bad.map(|verified| verified.at).filter(|at| !noes().any(|no| no.at == *at)).max()
    }

    /// When the last drill restored all of it and found it as it was stored.
    pub fn drilled_at(&self) -> Option<DateTime<Utc>> {
        let mut at = None;
        for artifact in &self.artifacts {
            at = at.max(Some(artifact.proven_at()?));
        }
        at
    }

    /// When the last drill did not bring something of it back as it was stored, where it did not.
    pub fn drill_failed_at(&self) -> Option<DateTime<Utc>> {
        let drills = self.artifacts.iter().filter(|a| a.kind.is_data()).filter_map(|a| a.drill);
        drills.filter(|drilled| !drilled.proven).map(|drilled| drilled.at).max()
    }

    /// When the last drill that brought it back got another answer from it than the operator expects.
    pub fn answered_otherwise_at(&self) -> Option<DateTime<Utc>> {
        self.caveat_at(|caveats| caveats.answer)
    }

    /// When the last drill that brought something of it back had this to say.
    pub fn caveat_at(&self, is_it: impl Fn(&Caveats) -> bool) -> Option<DateTime<Utc>> {
        let drills = self.artifacts.iter().filter_map(|a| a.drill);
        drills.filter(|drilled| is_it(&drilled.caveats)).map(|drilled| drilled.at).max()
    }

    /// As its manifest states them: of one that is damaged that may be anything.
    pub fn size_bytes(&self) -> u64 {
        self.artifacts.iter().map(|a| a.size_bytes).fold(0, u64::saturating_add)
    }

    /// Of those that stand.
    pub fn stored_bytes(&self) -> u64 {
        self.artifacts.iter().filter(|a| a.present).map(|a| a.size_bytes).fold(0, u64::saturating_add)
    }
}

/// A file of the shell loop's kind, without a manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdoptedFile {
    /// Relative to the store.
    pub path: String,
    pub size_bytes: u64,
    pub kind: Kind,
    /// Source and id where the name carries them.
    pub source: Option<SourceName>,
    pub id: Option<BackupId>,
    /// What the last verify found of it, as it stands.
    pub verify: Option<Verified>,
}

impl AdoptedFile {
    /// Whether the last verify found that it is not whole.
    pub fn is_bad(&self) -> bool {
        self.verify.is_some_and(|verified| !verified.ok)
    }
}

/// The sets of a store, oldest first by `started_at`, with what could not be listed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalog {
    pub sets: Vec<CatalogSet>,
    pub adopted: Vec<AdoptedFile>,
    /// Entries of the store that could not be listed, in words; while there is one nothing expires.
    pub unlisted: Vec<String>,
    /// Files of it that we may not read, by path: what cannot be read cannot be restored.
    pub barred: Vec<String>,
    /// When this was looked at; `None`: at no time in particular.
    pub as_of: Option<DateTime<Utc>>,
}

/// A set that starts further ahead of now was made under a clock that was wrong. It may hold good
/// data, but nobody knows since when; it must not pass for the newest until its date comes.
const AHEAD_MAX: TimeDelta = TimeDelta::hours(1);

impl CatalogSet {
    /// Whether it bears a date that no clock which is right now could have given it.
    pub fn is_ahead(&self, now: DateTime<Utc>) -> bool {
        self.started_at - now > AHEAD_MAX
    }

    /// Whether it puts this clock in doubt. One that is dated far ahead and that the operator accepted was
    /// made under a wrong clock, and says nothing of this one.
    pub fn doubts(&self, now: DateTime<Utc>) -> bool {
        self.started_at > now && !(self.accepted && self.is_ahead(now))
    }
}

impl Catalog {
    pub fn newest(&self) -> Option<&CatalogSet> {
        self.sets.last()
    }

    pub fn get(&self, id: &BackupId) -> Option<&CatalogSet> {
        self.sets.iter().find(|set| set.id == *id)
    }

    /// The sources that sets made since then hold data of, without those that are `known`.
    pub fn strangers(&self, known: impl Fn(&SourceName) -> bool, since: DateTime<Utc>) -> BTreeSet<&SourceName> {
        let recent = self.sets.iter().rev().take_while(|set| set.started_at >= since);
        let data = recent.flat_map(|set| &set.artifacts).filter(|artifact| artifact.kind.is_data());
        data.map(|artifact| &artifact.source).filter(|source| !known(source)).collect()
    }

    /// The artifacts of one source that are its data, newest first, each with its set.
    pub fn data_of<'a>(
        &'a self,
        source: &'a SourceName,
    ) -> impl Iterator<Item = (&'a CatalogSet, &'a CatalogArtifact)> {
        self.of_source(source).filter(|(_, artifact)| artifact.kind.is_data())
    }

    /// All artifacts of one source, newest first, each with its set.
    pub fn of_source<'a>(
        &'a self,
        source: &'a SourceName,
    ) -> impl Iterator<Item = (&'a CatalogSet, &'a CatalogArtifact)> {
        self.believable().flat_map(move |set| {
            set.artifacts.iter().filter(move |artifact| artifact.source == *source).map(move |artifact| (set, artifact))
        })
    }

    /// Newest first, without those made under a clock that was wrong.
    fn believable(&self) -> impl Iterator<Item = &CatalogSet> {
        self.sets.iter().rev().filter(|set| self.as_of.is_none_or(|now| !set.is_ahead(now)))
    }

    /// The newest artifact of a source that a drill did not bring back as it was stored, where no later
    /// drill has proven one that is as new or newer: a proof of old data says nothing of newer data.
    pub fn open_no<'a>(&'a self, source: &'a SourceName) -> Option<(&'a CatalogSet, &'a CatalogArtifact)> {
        self.data_of(source).find(|(set, artifact)| {
            let as_new = || self.data_of(source).take_while(|(newer, _)| newer.started_at >= set.started_at);
            let is_made_good = |no: &Drilled| as_new().any(|(_, a)| a.proven_at().is_some_and(|at| at > no.at));
            artifact.drill.is_some_and(|no| !no.proven && !is_made_good(&no))
        })
    }

    /// What the last drill of a source found; a no counts until something as new is proven, whatever older
    /// data was proven since.
    pub fn last_drill(&self, source: &SourceName) -> Option<Drilled> {
        let no = self.open_no(source).and_then(|(_, artifact)| artifact.drill);
        no.or_else(|| self.data_of(source).filter_map(|(_, artifact)| artifact.drill).max_by_key(|drilled| drilled.at))
    }

    /// The newest artifact of a source that counts.
    pub fn newest_good<'a>(&'a self, source: &'a SourceName) -> Option<(&'a CatalogSet, &'a CatalogArtifact)> {
        self.data_of(source).find(|(set, artifact)| set.counts(artifact))
    }

    /// The newest artifact of a source where it is suspect. What is missing or incomplete was never
    /// judged: it makes no source suspect and clears none.
    pub fn newest_suspect<'a>(&'a self, source: &'a SourceName) -> Option<(&'a CatalogSet, &'a CatalogArtifact)> {
        self.data_of(source).find(|(_, a)| a.present && a.complete).filter(|(_, artifact)| artifact.suspect)
    }
}
