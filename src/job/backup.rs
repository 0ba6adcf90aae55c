//! One backup, from looking at the sources to pruning what has expired. A source that fails does
//! not stop the others; a set is published whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::guard::guarded;
use super::intake::{self, Taken};
use super::restore_page::{self, judged_catalog};
use super::{Context, Order, fail, prune, room, source_failed, warn};
use crate::domain::artifact::Kind;
use crate::domain::manifest::{self, Artifact, FailedSource, Manifest};
use crate::domain::name::SourceName;
use crate::domain::report::{self, Outcome, RunReport, SourceReport, Trigger, Warning};
use crate::domain::saying::Saying;
use crate::domain::set::Catalog;
use crate::domain::standing::Caution;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{Source, Survey};
use crate::store::LockedStore;

/// Runs one backup. `sources` holds every artifact to make, a source's own data first.
pub fn run(context: &Context, store: &LockedStore, sources: &[Arc<dyn Source>], order: &Order) -> RunReport {
    let mut report = order.report();
    let mut night = Night { context, store, order, report: &mut report, failed: Vec::new(), durable: true };
    if let Err(trouble) = night.steps(sources) {
        fail(&mut report, &trouble, &context.words);
        for source in sources_of(sources) {
            if !report.sources.iter().any(|s| s.source == source) {
                report.sources.push(source_failed(&source, &trouble, &context.words));
            }
        }
    }
    report.ended_at = context.sys.clock.now().max(report.started_at);
    report.duration_seconds = (report.ended_at - report.started_at).as_seconds_f64();
    report
}

/// The sources an artifact list belongs to, each once, in order.
pub fn sources_of(sources: &[Arc<dyn Source>]) -> Vec<SourceName> {
    let mut seen = BTreeSet::new();
    sources.iter().map(|s| s.name().clone()).filter(|name| seen.insert(name.clone())).collect()
}

/// A source that can go on, and what the look at it found.
type Surveyed<'s> = (&'s Arc<dyn Source>, Survey);

/// A run in the making.
struct Night<'a> {
    context: &'a Context,
    store: &'a LockedStore,
    order: &'a Order,
    report: &'a mut RunReport,
    failed: Vec<FailedSource>,
    /// Where it is not sure that the new set outlasts a power cut no older one is removed.
    durable: bool,
}

impl Night<'_> {
    fn steps(&mut self, sources: &[Arc<dyn Source>]) -> Result<(), Trouble> {
        let recovered = self.store.recover()?.warnings;
        for saying in recovered.into_iter().chain(self.store.self_test()?) {
            warn(self.report, "store", self.context.words.say(&saying));
        }
        // It is made all the same: better in the wrong place than nowhere.
        if let Some(Caution { code, saying, hint }) = self.store.stranger(&self.context.config) {
            let text = [saying, hint].map(|saying| self.context.words.say(&saying)).join(" ");
            warn(self.report, code, text);
        }
        restore_page::refresh_or_warn(self.context, self.store, self.report);
        let before = judged_catalog(&self.context.config, self.store);
        let surveyed = self.survey(sources, &before)?;
        room::check(self.store, surveyed.iter().map(|(source, survey)| (source.as_ref(), survey)), &before)?;
        let artifacts = self.take_in(&surveyed, &before)?;
        if !artifacts.iter().any(|a| a.kind.is_data()) {
            self.report.outcome = self.outcome_without_set();
            return Ok(());
        }
        self.sum_up(&artifacts);
        self.report.backup_id = Some(self.order.id.clone());
        self.look_at_what_stands();
        if self.durable {
            prune::within(self.context, self.store, self.report);
        }
        // Only a cache: without it the next listing reads every manifest.
        let _slower_next_time = self.store.refresh_index();
        Ok(())
    }

    /// Looks at every source before work starts. One that fails here is noted, the others go on.
    fn survey<'s>(&mut self, sources: &'s [Arc<dyn Source>], before: &Catalog) -> Result<Vec<Surveyed<'s>>, Trouble> {
        let mut surveyed = Vec::new();
        for source in sources {
            self.context.stop.check(Stage::Connect)?;
            let work = self.context.work(self.store.state_dir());
            match guarded(Stage::Connect, "the source", || source.survey(&work)).flatten() {
                Err(trouble) if trouble.stopped.is_some() => return Err(trouble),
                Err(trouble) => self.source_failed(source.as_ref(), &trouble),
                Ok(survey) if self.stands_empty(source.as_ref(), &survey, before) => self.skip_empty(source.name()),
                Ok(survey) => surveyed.push((source, survey)),
            }
        }
        Ok(surveyed)
    }

    /// Nothing but a slot or a command dumps an emptied database; what they store is then suspect.
    fn stands_empty(&self, source: &dyn Source, survey: &Survey, before: &Catalog) -> bool {
        matches!(self.order.trigger, Trigger::CatchUp | Trigger::Retry)
            && survey.user_tables == Some(0)
            && before.newest_good(source.name()).is_some_and(|(_, artifact)| artifact.user_tables != Some(0))
    }

    fn skip_empty(&mut self, source: &SourceName) {
        let text = self.context.words.say(&Saying::new("warning-empty").with("source", source));
        self.report.sources.push(SourceReport {
            source: source.clone(),
            outcome: Outcome::Skipped,
            stage: Some(Stage::Connect.as_str().to_owned()),
            error: Some("the database holds no tables".to_owned()),
            hint: Some(self.context.words.say(&Saying::new("hint-empty"))),
            bytes: None,
            lasting: false,
        });
        self.report.warnings.push(Warning { code: report::EMPTY.to_owned(), source: Some(source.clone()), text });
    }

    /// Dumps every source into a staging folder and publishes what came of it as one set.
    fn take_in(&mut self, surveyed: &[Surveyed<'_>], before: &Catalog) -> Result<Vec<Artifact>, Trouble> {
        // Properties and roles alone make no set.
        if !surveyed.iter().any(|(source, _)| source.kind().is_data()) {
            return Ok(Vec::new());
        }
        let staging = self.store.stage(&self.order.id)?;
        let mut artifacts = Vec::new();
        for (source, survey) in surveyed {
            // Of what it cannot read the dump tells by itself, of a restore `check`.
            for remark in survey.warnings.iter().filter(|remark| !remark.is_of_loss() && !remark.is_of_restore()) {
                let text = self.context.words.say(&remark.saying);
                self.report.warnings.push(remark.clone().into_warning(source.name(), text));
            }
            match intake::take(self.context, &staging, source.as_ref(), &self.order.id, before) {
                Err(trouble) if trouble.stopped.is_some() => return Err(trouble),
                Err(trouble) => self.source_failed(source.as_ref(), &trouble),
                Ok(Taken { artifact, remarks }) => {
                    for remark in remarks {
                        let text = self.context.words.say(&remark.saying);
                        self.report.warnings.push(remark.into_warning(source.name(), text));
                    }
                    artifacts.push(artifact);
                }
            }
        }
        if artifacts.iter().any(|a| a.kind.is_data()) {
            self.context.stop.check(Stage::Publish)?;
            let manifest = self.manifest(artifacts.clone());
            match staging.publish(&manifest) {
                Err(trouble) if !self.store.holds(&manifest.id) => return Err(trouble),
                Err(trouble) => self.stands_unsynced(&trouble),
                Ok(()) => {}
            }
            self.accompany(&manifest);
        }
        Ok(artifacts)
    }

    /// The set is whole and seen; only its name may be lost with the power. Then its manifest lies
    /// in the staging folder again, and the next recovery puts it into place.
    fn stands_unsynced(&mut self, trouble: &Trouble) {
        let saying = Saying::new("warning-not-durable").with("error", &trouble.error);
        warn(self.report, "not_durable", self.context.words.say(&saying));
        self.durable = false;
    }

    /// What goes with a set that stands: its pin and `RESTORE.md`. The set is good without them.
    fn accompany(&mut self, manifest: &Manifest) {
        let pinned = if self.order.pin { self.store.pin(&manifest.id, self.order.label.as_deref()) } else { Ok(()) };
        if let Err(trouble) = pinned {
            warn(self.report, "not_pinned", trouble.error);
        }
        restore_page::refresh_or_warn(self.context, self.store, self.report);
    }

    fn manifest(&self, artifacts: Vec<Artifact>) -> Manifest {
        let whole = self.failed.is_empty() && artifacts.iter().all(|a| a.complete);
        Manifest {
            version: manifest::VERSION,
            id: self.order.id.clone(),
            outcome: if whole { Outcome::Succeeded } else { Outcome::Partial },
            started_at: self.order.started_at,
            ended_at: self.context.sys.clock.now().max(self.order.started_at),
            timezone: self.context.config.timezone.to_string(),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            label: self.order.label.clone(),
            depends_on: Vec::new(),
            copies: Vec::new(),
            artifacts,
            failed: self.failed.clone(),
        }
    }

    /// Notes a failed source, once for its report and once for the manifest.
    fn source_failed(&mut self, source: &dyn Source, trouble: &Trouble) {
        let failure = source_failed(source.name(), trouble, &self.context.words);
        self.failed.push(FailedSource {
            source: source.name().clone(),
            kind: source.kind(),
            stage: trouble.stage.as_str().to_owned(),
            error: trouble.error.clone(),
            hint: failure.hint.clone(),
        });
        if !self.report.sources.iter().any(|s| s.source == *source.name()) {
            self.report.sources.push(failure);
        }
    }

    /// One line per source: failed where its data failed, partial where something is missing.
    fn sum_up(&mut self, artifacts: &[Artifact]) {
        let mut stored: BTreeMap<&SourceName, (u64, bool, bool)> = BTreeMap::new();
        for artifact in artifacts {
            let (bytes, complete, data) = stored.entry(&artifact.source).or_insert((0, true, false));
            *bytes += artifact.size_bytes;
            *complete &= artifact.complete;
            *data |= artifact.kind.is_data() || artifact.kind == Kind::Globals;
        }
        for (source, (bytes, complete, data)) in stored {
            let failure = self.report.sources.iter().position(|s| s.source == *source);
            match failure {
                // Its properties failed, its data stands.
                Some(at) if data => {
                    self.report.sources[at].outcome = Outcome::Partial;
                    self.report.sources[at].bytes = Some(bytes);
                }
                Some(_) => {}
                None => self.report.sources.push(SourceReport {
                    source: source.clone(),
                    outcome: if complete { Outcome::Succeeded } else { Outcome::Partial },
                    stage: None,
                    error: None,
                    hint: None,
                    bytes: Some(bytes),
                    lasting: false,
                }),
            }
        }
        if self.report.sources.iter().any(|s| s.outcome != Outcome::Succeeded) {
            self.report.outcome = Outcome::Partial;
        }
    }

    fn outcome_without_set(&self) -> Outcome {
        let all_skipped = self.report.sources.iter().all(|s| s.outcome == Outcome::Skipped);
        if all_skipped { Outcome::Skipped } else { Outcome::Failed }
    }

    /// Whether what has just been published is suspect: said in the report of the run itself.
    fn look_at_what_stands(&mut self) {
        let after = judged_catalog(&self.context.config, self.store);
        let Some(set) = after.get(&self.order.id) else { return };
        for artifact in set.artifacts.iter().filter(|a| a.suspect) {
            let saying = Saying::new("warning-suspect").with("source", &artifact.source).with("id", &set.id);
            let text = self.context.words.say(&saying);
            self.report.warnings.push(Warning {
                code: "suspect".to_owned(),
                source: Some(artifact.source.clone()),
                text,
            });
        }
    }
}
