//! Verify: every stored byte read again and compared with what the manifest says; of an adopted file,
//! whether it is whole by itself. It runs beside backups: under its own turn, holding each set it
//! reads against removal, and taking the store's lock only to write down what it found.

mod judge;
mod reading;
mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{Context, Order, fail, restore_page, warn};
use crate::config::Config;
use crate::domain::artifact::{Compression, Form};
use crate::domain::finding::{self, AdoptedFinding, ArtifactFinding, Finding};
use crate::domain::id::BackupId;
use crate::domain::manifest::{Artifact, Manifest};
use crate::domain::name::SourceName;
use crate::domain::progress::Event;
use crate::domain::report::{Job, Outcome, RunReport, Trigger};
use crate::domain::saying::Saying;
use crate::domain::selection::{self, Known};
use crate::domain::set::{AdoptedFile, CatalogSet};
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{Work, inspector};
use crate::store::{LockedStore, Store, VerifyTurn};
use crate::sys::fault;
use judge::Verdict;
use reading::Reading;
use tally::Tally;

/// Findings are written down so often: each time takes the store's lock for an instant, which must
/// not turn a backup away that would not wait.
const KEEP_EVERY: Duration = Duration::from_secs(30);

/// What is to be verified.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// The sets that `restore --latest` would take from.
    #[default]
    Latest,
    One(BackupId),
    /// Every set and every adopted file.
    All,
}

/// Whether a run of the record has served a slot of the schedule, whatever it found: a command may
/// have read a single set, and a run that could not begin, or was ended, has read nothing or a part.
pub fn serves_slot(report: &RunReport) -> bool {
    let began = ![Stage::SetUp, Stage::Lock].iter().any(|stage| report.stage.as_deref() == Some(stage.as_str()));
    let came_to_an_end = match report.outcome {
        Outcome::Succeeded | Outcome::Partial => true,
        Outcome::Failed => began,
        Outcome::Interrupted | Outcome::Skipped => false,
    };
    report.job == Job::Verify && report.trigger != Trigger::Command && came_to_an_end
}

/// Runs one verify.
pub fn run(context: &Context, turn: &VerifyTurn, order: &Order, scope: &Scope) -> RunReport {
    let mut report = order.report();
    let mut round = Round {
        context,
        turn,
        order,
        scratch: PathBuf::new(),
        report: &mut report,
        tally: Tally::default(),
        found: Vec::new(),
        found_adopted: BTreeMap::new(),
        finds: 0,
        kept: Instant::now(),
    };
    let ended = round.steps(scope);
    // What was found before a run is asked to end is worth keeping, where nobody must be waited for.
    let kept = ended.and_then(|()| round.keep(context.config.schedule.deadline)).inspect_err(|_| {
        let _nothing_more_to_lose = round.keep(Duration::ZERO);
    });
    let Round { tally, .. } = round;
    tally.sum_up(&mut report, &context.words);
    if let Err(trouble) = kept {
        fail(&mut report, &trouble, &context.words);
        if trouble.stage == Stage::Find {
            // Nothing stands that could be bad: no verify has failed.
            report.outcome = Outcome::Skipped;
        }
    }
    report.ended_at = context.sys.clock.now().max(report.started_at);
    report.duration_seconds = (report.ended_at - report.started_at).as_seconds_f64();
    report
}

/// A run in the making.
struct Round<'a> {
    context: &'a Context,
    turn: &'a VerifyTurn,
    order: &'a Order,
    scratch: PathBuf,
    report: &'a mut RunReport,
    tally: Tally,
    /// Findings that are not written down yet.
    found: Vec<(BackupId, Finding)>,
    found_adopted: BTreeMap<String, AdoptedFinding>,
    /// How many findings there were, and when some were last written down.
    finds: usize,
    kept: Instant,
}

impl Round<'_> {
    fn steps(&mut self, scope: &Scope) -> Result<(), Trouble> {
        let catalog = restore_page::judged_catalog(&self.context.config, self.turn);
        if let (Scope::All, Some(unlisted)) = (scope, catalog.unlisted.first()) {
            return Err(Trouble::passing(Stage::Verify, format!("list the store: {unlisted}")));
        }
        let latest: BTreeSet<BackupId> = match scope {
            Scope::Latest => {
                let aimed = selection::to_verify(&catalog, &known(&self.context.config));
                aimed.into_iter().map(|(_, id)| id).collect()
            }
            Scope::One(_) | Scope::All => BTreeSet::new(),
        };
        let wanted = |set: &&CatalogSet| match scope {
            Scope::Latest => latest.contains(&set.id),
            Scope::One(id) => set.id == *id,
            Scope::All => true,
        };
        // The newest first: it is the one most likely to be needed.
        let sets: Vec<&CatalogSet> = catalog.sets.iter().rev().filter(wanted).collect();
        let adopted: &[AdoptedFile] = if *scope == Scope::All { &catalog.adopted } else { &[] };
        if sets.is_empty() && adopted.is_empty() {
            return Err(Trouble::lasting(Stage::Find, "find a set to verify: there is none"));
        }
        if let [only] = sets.as_slice() {
            self.report.backup_id = Some(only.id.clone());
        }
        self.scratch = self.turn.scratch().map_err(|e| fault::trouble(Stage::Write, &e))?;
        for set in sets {
            self.set(set)?;
            self.keep_some()?;
        }
        adopted.iter().try_for_each(|file| self.adopted(file))
    }

    fn set(&mut self, set: &CatalogSet) -> Result<(), Trouble> {
        let gone = |e: &io::Error| e.kind() == io::ErrorKind::NotFound && !set.unreadable;
        let _held = match self.turn.read_lock(&set.id) {
            Ok(Some(held)) => held,
            // Removed since it was listed, or just now.
            Ok(None) => return Ok(()),
            Err(e) if gone(&e) => return Ok(()),
            Err(e) => {
                self.tally.add_lost(format!("the manifest of set {}: {e}", set.id));
                return Ok(());
            }
        };
        let manifest = match self.turn.manifest(&set.id) {
            Ok(manifest) => manifest,
            Err(e) => {
                self.tally.add_lost(format!("the manifest of set {}: {e}", set.id));
                return Ok(());
            }
        };
        if let Some(finding) = self.finding(&manifest)? {
            self.found.push((set.id.clone(), finding));
            self.finds += 1;
        }
        Ok(())
    }

    /// What is found of a set. Where something could not be looked at, that it is good cannot be
    /// said, and there is no finding unless something else is bad.
    fn finding(&mut self, manifest: &Manifest) -> Result<Option<Finding>, Trouble> {
        let mut artifacts = Vec::new();
        for artifact in &manifest.artifacts {
            let error = match self.artifact(artifact)? {
                Verdict::Unseen(_) => continue,
                Verdict::Good => None,
                Verdict::Bad(error) => Some(error),
            };
            artifacts.push(ArtifactFinding { path: artifact.path.clone(), ok: error.is_none(), error, at: None });
        }
        let any_bad = artifacts.iter().any(|artifact| !artifact.ok);
        let ok = !any_bad && artifacts.len() == manifest.artifacts.len();
        let at = self.context.sys.clock.now();
        let finding = Finding { version: finding::VERSION, run: self.order.run.clone(), at, ok, artifacts };
        Ok((ok || any_bad).then_some(finding))
    }

    fn artifact(&mut self, artifact: &Artifact) -> Result<Verdict, Trouble> {
        let work = self.context.work(self.scratch.clone());
        let (bytes, verdict) = read(self.turn, artifact, &work)?;
        self.tally.add(&artifact.source, &artifact.path, bytes, &verdict);
        Ok(verdict)
    }

    /// An adopted file has no manifest: it is whole or it is not.
    fn adopted(&mut self, file: &AdoptedFile) -> Result<(), Trouble> {
        self.context.stop.check(Stage::Verify)?;
        let Some(compression) = compression_of(&file.path) else {
            let saying = Saying::new("warning-not-looked-into").with("path", &file.path);
            warn(self.report, "not_looked_into", self.context.words.say(&saying));
            return Ok(());
        };
        let opened = match self.turn.open_artifact(&file.path) {
            // Removed since it was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened,
        };
        let name = name_of(file);
        let (bytes, verdict) = match opened {
            Err(error) => (0, judge::unopened(&error)),
            Ok(stored) => {
                let work = self.context.work(self.scratch.clone());
                let reading = Reading::of(stored, compression, file.size_bytes, &name, &work, |raw| {
                    inspector::inspect_adopted(file.kind, raw, &work)
                })?;
                (reading.size_bytes, judge::of_adopted(reading))
            }
        };
        self.tally.add(&name, &file.path, bytes, &verdict);
        let modified = self.turn.dir().join(&file.path).symlink_metadata().and_then(|stands| stands.modified());
        if let (Some(error), Ok(modified)) = (judge::error_of(verdict), modified) {
            let (at, size_bytes) = (self.context.sys.clock.now(), file.size_bytes);
            let finding = AdoptedFinding { at, ok: error.is_none(), error, size_bytes, modified_at: modified.into() };
            self.found_adopted.insert(file.path.clone(), finding);
            self.finds += 1;
        }
        Ok(())
    }

    /// Writes down what was found so far, now and then and only where nobody must be waited for: so
    /// a verify of hours that is killed has not been for nothing.
    fn keep_some(&mut self) -> Result<(), Trouble> {
        if self.kept.elapsed() < KEEP_EVERY {
            return Ok(());
        }
        self.kept = Instant::now();
        match self.turn.lock(Duration::ZERO, &self.context.stop) {
            // What cannot be written now is tried once more at the end, and said there.
            Ok(Some(locked)) => self.write_down(&locked).or(Ok(())),
            Ok(None) | Err(_) => Ok(()),
        }
    }

    /// Writes down all that was found; another run that holds the store is waited for so long. Where
    /// the store cannot be written what was found is no less true: it is told, with a warning.
    fn keep(&mut self, wait: Duration) -> Result<(), Trouble> {
        if self.finds == 0 {
            return Ok(());
        }
        let waits = Event::Stage { source: None, stage: "wait for another run", expected_bytes: None };
        self.context.progress.event(waits);
        let locked = match self.turn.lock(wait, &self.context.stop) {
            Err(unwritable) => return self.unkept(&unwritable),
            Ok(locked) => locked,
        };
        let Some(locked) = locked else {
            self.context.stop.check(Stage::Verify)?;
            let held = Trouble::passing(Stage::Lock, "write down what was found: another run holds the store");
            return Err(held.hint(Saying::new("hint-lock-held")));
        };
        if let Err(unwritable) = self.write_down(&locked) {
            return self.unkept(&unwritable);
        }
        restore_page::refresh_or_warn(self.context, &locked, self.report);
        // Only a cache: without it the next listing reads these manifests again.
        let _slower_next_time = locked.refresh_index();
        Ok(())
    }

    fn unkept(&mut self, unwritable: &Trouble) -> Result<(), Trouble> {
        self.context.stop.check(Stage::Verify)?;
        let saying = Saying::new("warning-finding-unkept").with("error", &unwritable.error);
        warn(self.report, "finding_unkept", self.context.words.say(&saying));
        Ok(())
    }

    fn write_down(&mut self, locked: &LockedStore) -> Result<(), Trouble> {
        // A set that is gone was removed since it was read.
        for (id, finding) in self.found.iter().filter(|(id, _)| locked.holds(id)) {
            locked.keep_finding(id, finding)?;
        }
        self.found.clear();
        if !self.found_adopted.is_empty() {
            locked.keep_adopted_findings(&self.found_adopted)?;
            self.found_adopted.clear();
        }
        Ok(())
    }
}

/// The configured sources, as a restore knows them.
pub fn known(config: &Config) -> Vec<Known> {
    config.scheduled().map(|(name, kind, _)| (name.clone(), kind)).collect()
}

/// Reads one artifact again, as every verify does.
///
/// # Errors
/// Where it is not what its manifest says, or that cannot be told.
pub(super) fn again(store: &Store, artifact: &Artifact, work: &Work) -> Result<(), Trouble> {
    match read(store, artifact, work)?.1 {
        Verdict::Good => Ok(()),
        Verdict::Bad(error) => Err(Trouble::lasting(Stage::Verify, format!("{}: {error}", artifact.path))),
        Verdict::Unseen(trouble) => Err(trouble.while_doing(&artifact.path)),
    }
}

/// So many bytes were read, and this is what they are.
fn read(store: &Store, artifact: &Artifact, work: &Work) -> Result<(u64, Verdict), Trouble> {
    let Artifact { source, kind, path, compression, size_bytes, .. } = artifact;
    let file = match store.open_artifact(path) {
        Err(error) => return Ok((0, judge::unopened(&error))),
        Ok(file) => file,
    };
    let form = Form::of(*kind, *compression);
    let reading =
        Reading::of(file, *compression, *size_bytes, source, work, |raw| inspector::inspect(*kind, form, raw, work))?;
    Ok((reading.size_bytes, judge::of_artifact(artifact, reading)))
}

/// What an adopted file is told as: its source, else its own name.
fn name_of(file: &AdoptedFile) -> SourceName {
    let name = || file.path.rsplit('/').next().unwrap_or_default();
    file.source.clone().unwrap_or_else(|| SourceName::from_database(name()))
}

/// How an adopted file is compressed, by its ending; `None` where we cannot open it.
fn compression_of(path: &str) -> Option<Compression> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
    if ends(&[".bz2", ".xz"]) {
        return None;
    }
    Some(if ends(&[".gz", ".tgz"]) {
        Compression::Gzip
    } else if ends(&[".zst"]) {
        Compression::Zstd
    } else {
        Compression::None
    })
}
