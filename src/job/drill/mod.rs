//! The drill: of every source the newest that is good, or all of one set, is restored into a scratch
//! folder, looked at as a restored thing, compared with its manifest and cleared away; production is not
//! touched. It runs beside backups as a verify does: under a turn of its own, holding its sets against
//! removal, taking the store's lock only to write down what it found.
//!
//! Given: a turn, who proves bytes of each form. Returns: a run report.
//! Never: keeps a backup or a restore waiting; takes what could not be held for a word on the set.

mod aim;
mod asked;
mod fared;
mod found;
mod piece;
mod scratch;
mod setback;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

pub use scratch::clear_left_over;

use super::digested::{Digested, Imprint, Told, read_out};
use super::guard::guarded;
use super::restore_page::{self, judged_catalog};
use super::{Context, Order, companions, fail};
use crate::config::Config;
use crate::domain::artifact::{Compression, Form};
use crate::domain::drill::Verdict;
use crate::domain::id::BackupId;
use crate::domain::manifest::Manifest;
use crate::domain::progress::Event;
use crate::domain::report::{Job, Outcome, RunReport, Trigger};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::prove::{self, Evidence, Prove};
use crate::source::restore::Bytes;
use crate::source::{Configured, Work, provers};
use crate::store::{DrillTurn, Store};
use crate::sys::{Sys, priority};
use crate::transform;
use aim::Aim;
use found::Found;
use piece::{Piece, Unpacked};
use scratch::Scratch;
use setback::Setback;

type ClearLeftOver = dyn Fn(&Path, &Sys) -> Result<(), Trouble> + Send + Sync;

/// Who proves bytes. A test hands in provers of its own.
#[derive(Clone)]
pub struct Proving {
    pub prover: Arc<dyn Fn(Form) -> Box<dyn Prove> + Send + Sync>,
    /// Ends what an earlier drill that was killed left at work in a folder.
    pub clear_left_over: Arc<ClearLeftOver>,
}

impl Proving {
    /// The program's own.
    pub fn real() -> Self {
        Self { prover: Arc::new(provers::prover), clear_left_over: Arc::new(provers::clear_left_over) }
    }

    fn of(&self, piece: &Piece) -> Box<dyn Prove> {
        (self.prover)(piece.form())
    }
}

/// What a drill works with.
pub struct Means<'a> {
    pub turn: &'a DrillTurn,
    /// Every artifact of the settings: tells which roles go with which database.
    pub sources: &'a [Configured],
    pub proving: &'a Proving,
}

/// Whether a run of the record has served a slot of the schedule: it found something out, or was at
/// it until its deadline. One that could not be held is made up for.
pub fn serves_slot(report: &RunReport) -> bool {
    let found_out = report.stage.as_deref().is_none_or(|stage| stage == Stage::Drill.as_str());
    let came_to_an_end = match report.outcome {
        Outcome::Succeeded => true,
        Outcome::Failed | Outcome::Partial => found_out,
        Outcome::Interrupted | Outcome::Skipped => false,
    };
    report.job == Job::Drill && report.trigger != Trigger::Command && came_to_an_end
}

/// Runs one drill, on a thread of its own which lets others go first: of the set that is `wanted`, else
/// of the newest good artifact of each configured source.
pub fn run(context: &Context, means: &Means<'_>, order: &Order, wanted: Option<&BackupId>) -> RunReport {
    let mut report = order.report();
    let drill = Drill { context, means, order };
    let held = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            priority::lower(&context.sys.programs, &context.stop);
            drill.hold(wanted, &mut report)
        });
        thread.join().unwrap_or_else(|panicked| std::panic::resume_unwind(panicked))
    });
    if let Err(trouble) = held {
        fail(&mut report, &trouble, &context.words);
        if trouble.stage == Stage::Lock && trouble.stopped.is_none() {
            report.outcome = Outcome::Skipped;
        }
    }
    report.ended_at = context.sys.clock.now().max(report.started_at);
    report.duration_seconds = (report.ended_at - report.started_at).as_seconds_f64();
    report
}

/// What a drill held now would come to, as far as can be told beforehand.
#[derive(Debug)]
pub struct Prospect {
    pub sets: Vec<BackupId>,
    /// What it needs at most.
    pub needed_bytes: u64,
}

/// Looks whether a drill of what is newest could be held here; changes nothing. `None` where nothing
/// good is stored yet.
///
/// # Errors
/// What it lacks.
pub fn look(
    config: &Config,
    store: &Store,
    sources: &[Configured],
    proving: &Proving,
    work: &Work,
) -> Result<Option<Prospect>, Trouble> {
    scratch::must_do(config)?;
    let catalog = judged_catalog(config, store);
    let Ok((aims, _)) = aim::aims(config, &catalog, None) else { return Ok(None) };
    let sets = aims.iter().map(|aim| aim.set.id.clone()).collect();
    let pieces = piece::pieces(config, sources, &with_manifests(aims, store)?);
    let mut takes = Vec::new();
    let work = &Work { scratch: config.drill.dir.clone(), ..work.clone() };
    for piece in &pieces {
        let prover = proving.of(piece);
        let material = piece.material(&Unpacked::new());
        prover.ready(&material, work)?;
        takes.push((piece, prover.room_bytes(&material)));
    }
    let needed_bytes = scratch::must_hold(config, piece::room_bytes(takes))?;
    Ok(Some(Prospect { sets, needed_bytes }))
}

fn with_manifests<'c>(aims: Vec<Aim<'c>>, store: &Store) -> Result<Vec<(Aim<'c>, Manifest)>, Trouble> {
    aims.into_iter().map(|aim| aim.manifest(store).map(|manifest| (aim, manifest))).collect()
}

struct Drill<'a> {
    context: &'a Context,
    means: &'a Means<'a>,
    order: &'a Order,
}

/// A piece that can be drilled, with who does it.
type Ready = (Piece, Box<dyn Prove>);

impl Drill<'_> {
    fn hold(&self, wanted: Option<&BackupId>, report: &mut RunReport) -> Result<(), Trouble> {
        let Context { config, words, .. } = self.context;
        let catalog = judged_catalog(config, self.means.turn);
        let (aims, missing) = aim::aims(config, &catalog, wanted)?;
        if let [only] = aims.as_slice() {
            report.backup_id = Some(only.set.id.clone());
        }
        let _held = aims.iter().map(|aim| aim.hold(self.means.turn)).collect::<Result<Vec<_>, _>>()?;
        let work = self.context.work(config.drill.dir.clone());
        let scratch = Scratch::take(config, self.means.proving, &self.context.sys, &self.context.stop)?;
        let pieces = piece::pieces(config, self.means.sources, &with_manifests(aims, self.means.turn)?);
        let mut found = Found::beside(missing);
        let ready = self.ready(pieces, &work, &mut found)?;
        let ended = self.prove_all(&ready, &scratch, &mut found);
        drop(scratch);
        fared::sum_up(&found.fared, &found.missing, report, words);
        ended?;
        if found.says_anything() {
            self.keep(&found, report)?;
        }
        Ok(())
    }

    /// Those that can be drilled here; of the others it is said why not. Fails where none can, or where
    /// there is no room: before a byte is written.
    fn ready(&self, pieces: Vec<Piece>, work: &Work, found: &mut Found) -> Result<Vec<Ready>, Trouble> {
        let (mut ready, mut first): (Vec<Ready>, Option<Trouble>) = (Vec::new(), None);
        for piece in pieces {
            let material = piece.material(&Unpacked::new());
            let prover = self.means.proving.of(&piece);
            let is_ready = prover.ready(&material, work);
            self.context.stop.check(Stage::Drill)?;
            match is_ready {
                Ok(()) => ready.push((piece, prover)),
                Err(trouble) => {
                    let fared = fared::not_held(&piece, &trouble, &self.context.words);
                    found.add(self.context, self.order, &piece, fared, None);
                    first = first.or(Some(trouble));
                }
            }
        }
        if let (true, Some(trouble)) = (ready.is_empty(), first) {
            return Err(trouble);
        }
        let takes = ready.iter().map(|(piece, prover)| (piece, prover.room_bytes(&piece.material(&Unpacked::new()))));
        scratch::must_hold(&self.context.config, piece::room_bytes(takes))?;
        Ok(ready)
    }

    fn prove_all(&self, ready: &[Ready], scratch: &Scratch, found: &mut Found) -> Result<(), Trouble> {
        let words = &self.context.words;
        let mut unpacked = Unpacked::new();
        for (piece, prover) in ready {
            let began = Instant::now();
            let folder = scratch.folder_for(piece.source())?;
            let seen = self.prove(piece, prover.as_ref(), &folder, &unpacked);
            let disk_bytes = Some(scratch.taken_bytes());
            self.context.stop.check(Stage::Drill)?;
            let before = |sql: &str| self.answer_before(piece, sql);
            let one = match seen {
                Ok(evidence) => fared::seen(piece, evidence, before, words),
                Err(Setback::Damaged { path, error }) => fared::damaged(piece, path, error, words),
                Err(Setback::Trouble(trouble)) => fared::not_held(piece, &trouble, words),
            };
            let came_back = one.drilled.verdict.is_of_proven_data();
            let lies_there = (piece.stays && came_back).then(|| prove::unpacked(&folder));
            if lies_there.is_none() {
                scratch.give_up(&folder);
            }
            unpacked.insert(piece.source().clone(), piece.as_media(lies_there));
            self.tell(piece, one.drilled.verdict, began);
            found.add(self.context, self.order, piece, one, disk_bytes);
        }
        Ok(())
    }

    /// Reads an artifact once, to its end, through who proves it. A panic in there costs this source alone.
    fn prove(
        &self,
        piece: &Piece,
        prover: &dyn Prove,
        folder: &Path,
        unpacked: &Unpacked,
    ) -> Result<Evidence, Setback> {
        let Context { stop, progress, .. } = self.context;
        let (artifact, source) = (&piece.artifact, piece.source());
        let mut material = piece.material(unpacked);
        for (companion, into) in [(&piece.properties, &mut material.properties), (&piece.roles, &mut material.roles)] {
            let Some(companion) = companion else { continue };
            let read = companions::read(self.means.turn, companion, stop);
            *into = Some(read.map_err(|e| Setback::unread(&companion.path, &e))?);
        }
        let file = self.means.turn.open_artifact(&artifact.path).map_err(|e| Setback::unread(&artifact.path, &e))?;
        let expected = Imprint::of(artifact);
        let mut stored = Digested::new(file, Some(&expected), stop);
        let expected_bytes = Some(artifact.raw_bytes);
        progress.event(Event::Stage { source: Some(source.clone()), stage: "drill", expected_bytes });
        let opened = transform::open(&mut stored, artifact.compression);
        let mut raw = Told { from: opened, source, progress: progress.as_ref(), began: false };
        let is_plain = matches!(artifact.compression, Compression::None | Compression::Internal);
        let path = is_plain.then(|| self.means.turn.dir().join(&artifact.path));
        let work = self.context.work(folder.to_owned());
        let seen = guarded(Stage::SetUp, "the drill", || {
            prover.prove(Bytes { raw: &mut raw, file: path.as_deref() }, &material, folder, &work)
        });
        drop(raw);
        progress.event(Event::StageEnded { source: source.clone() });
        // Whoever stopped before the end, or gave up: the file must be what was stored to its last byte.
        read_out(&mut stored).map_err(|e| Setback::unread(&artifact.path, &e))?;
        seen.flatten().map_err(Setback::Trouble)
    }

    /// What a drill of the set before found in answer to the same question, and accepted: a drop is not
    /// made good by being looked at twice, and older data are not judged by newer.
    fn answer_before(&self, piece: &Piece, sql: &str) -> Option<String> {
        let kept = self.means.turn.all_drill_findings().flat_map(|kept| kept.sources);
        let others = kept.filter(|found| found.source == *piece.source() && found.backup_id < piece.set);
        let accepted = others.filter_map(|found| {
            let answer = found.drilled.checks.into_iter().find(|answer| answer.ok && answer.sql == sql)?;
            Some((found.backup_id, answer.value))
        });
        accepted.max_by(|(one, _), (other, _)| one.cmp(other))?.1
    }

    fn tell(&self, piece: &Piece, verdict: Verdict, began: Instant) {
        let path = &piece.artifact.path;
        let what = match verdict {
            Verdict::Proven | Verdict::Doubted => format!("restored {path} and found it as it was stored"),
            Verdict::Failed => format!("restored {path} and found it otherwise than it was stored"),
            Verdict::NotHeld => format!("could not drill {path}"),
        };
        self.context.progress.event(Event::Stepped {
            source: Some(piece.source().clone()),
            what,
            bytes: Some(piece.artifact.raw_bytes),
            seconds: began.elapsed().as_secs_f64(),
        });
    }

    /// Writes down what was found; another run that holds the store is waited for.
    fn keep(&self, found: &Found, report: &mut RunReport) -> Result<(), Trouble> {
        let Context { stop, progress, config, .. } = self.context;
        progress.event(Event::Stage { source: None, stage: "wait for another run", expected_bytes: None });
        let Some(locked) = self.means.turn.lock(config.schedule.deadline, stop)? else {
            stop.check(Stage::Drill)?;
            let held = Trouble::passing(Stage::Write, "write down what was found: another run holds the store");
            return Err(held.hint(Saying::new("hint-lock-held")));
        };
        found.write_down(&locked, self.order)?;
        restore_page::refresh_or_warn(self.context, &locked, report);
        // Only a cache: without it the next listing reads this manifest again.
        let _slower_next_time = locked.refresh_index();
        Ok(())
    }
}
