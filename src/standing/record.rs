//! The record: `runs.jsonl`, a line for every run that ended, and `running/<run>.json`, a mark
//! for every run under way. A mark is held by its process through a lock, so that a run killed
//! with its process is known as such by the next start, whatever its process id was.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
pub use crate::domain::report::run_name;
use crate::domain::report::{Job, Outcome, RunReport, SourceReport, Trigger, VERSION};
use crate::domain::standing::Running;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::Sys;
use crate::sys::fault;
use crate::sys::files;
use crate::sys::lock::{self, FileLock};
use crate::sys::regular;
use crate::sys::stop::Stop;

/// The file keeps so many days and at least so many lines.
const KEEP: TimeDelta = TimeDelta::days(400);
const LINES_MIN: usize = 1_000;
/// The file is trimmed only once its oldest line is so much older than what is kept.
const TRIM_SLACK: TimeDelta = TimeDelta::days(30);
/// Another process appends a line or trims; neither takes longer.
const APPEND_WAIT: Duration = Duration::from_secs(10);
/// A report with a line for each of some thousand sources and warnings.
const MARK_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The error of a run that ended with its process.
const KILLED: &str = "ended with its process";

/// So many reports are kept that cannot be written: two weeks of a night's retries.
const UNWRITTEN_MAX: usize = 256;

/// The record of one store. Clones share what cannot be written.
#[derive(Clone)]
pub struct Record {
    sys: Sys,
    folder: PathBuf,
    unwritten: Arc<Mutex<Unwritten>>,
}

/// Reports that wait in this process until the disk takes them: else a store that takes nothing would
/// look as though nobody had tried.
#[derive(Default)]
struct Unwritten {
    reports: Vec<RunReport>,
    refusal: Option<Trouble>,
    /// Some of them may be on disk after all: what was refused was the end of the writing.
    was_tried: bool,
}

/// What is known of a run before it begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start {
    pub run: String,
    pub job: Job,
    pub trigger: Trigger,
    pub started_at: DateTime<Utc>,
    pub deadline_at: DateTime<Utc>,
    pub sources: BTreeSet<SourceName>,
}

/// What a mark says: how the run ended, where that could not be recorded, or else how it began.
#[derive(Deserialize)]
#[serde(untagged)]
enum Marked {
    Ended(Box<RunReport>),
    Started(Start),
}

/// A run under way, marked on disk for as long as this value lives.
pub struct Mark {
    path: PathBuf,
    _held: FileLock,
}

impl Record {
    /// The record in a store's own folder (`.resguardo`); nothing is touched.
    pub fn new(sys: &Sys, folder: PathBuf) -> Self {
        Self { sys: sys.clone(), folder, unwritten: Arc::default() }
    }

    /// Marks a run as under way. On disk, held and durable before this returns.
    ///
    /// # Errors
    /// The system's, with the path; `AlreadyExists` where a run of this name is marked already.
    pub fn begin(&self, start: &Start) -> io::Result<Mark> {
        let folder = self.running_folder();
        self.sys.files.make_folder(&folder, 0o750)?;
        // Else what another process is just marking would be taken for left over.
        let _alone = self.alone()?;
        self.forget_half_made(start.job);
        let path = folder.join(format!("{}.json", start.run));
        let unheld = folder.join(format!("{}.new", start.run));
        let mut file = self.sys.files.create(&unheld, 0o640)?;
        file.write_all(&serde_json::to_vec(start)?)?;
        file.sync()?;
        // Held before it gets its name: a mark that can be seen and is not held is an orphan.
        let held = lock::try_exclusive(&unheld)?
            .ok_or_else(|| files::at(&unheld, io::Error::from(io::ErrorKind::AlreadyExists)))?;
        self.sys.files.rename_new(&unheld, &path)?;
        self.sys.files.sync_folder(&folder)?;
        Ok(Mark { path, _held: held })
    }

    /// Records how a run ended, then takes its mark away.
    ///
    /// # Errors
    /// The system's; the mark then stays for the next start to close, with this report in it where
    /// the disk takes that much.
    pub fn finish(&self, mark: Mark, report: &RunReport) -> io::Result<()> {
        let Mark { path, _held } = mark;
        if let Err(error) = self.append(report) {
            // Without the report the run is closed as interrupted: the first error is what counts.
            let _kept = self.sys.files.replace(&path, 0o640, &serde_json::to_vec(report)?);
            return Err(error);
        }
        self.sys.files.remove(&path)
    }

    /// Adds a line, after those that could not be written before.
    ///
    /// # Errors
    /// The system's, with the path; the report is then known to this process until it can be written.
    pub fn append(&self, report: &RunReport) -> io::Result<()> {
        let mut unwritten = self.unwritten();
        if unwritten.reports.iter().all(|known| known.run != report.run) {
            unwritten.reports.push(report.clone());
        }
        let written = self.write_all(&mut unwritten);
        let too_many = unwritten.reports.len().saturating_sub(UNWRITTEN_MAX);
        unwritten.reports.drain(..too_many);
        written
    }

    /// Tries once more to write what could not be; nothing is touched where nothing waits.
    pub fn settle(&self) {
        // What stays is told by [`Record::refusal`].
        let _stays = self.write_all(&mut self.unwritten());
    }

    /// Why nothing can be written down, as it was found when that was tried last.
    pub fn refusal(&self) -> Option<Trouble> {
        self.unwritten().refusal.clone()
    }

    fn write_all(&self, unwritten: &mut Unwritten) -> io::Result<()> {
        while let Some(first) = unwritten.reports.first() {
            let is_there = unwritten.was_tried && self.written()?.iter().any(|report| report.run == first.run);
            if let Some(error) = (!is_there).then(|| self.write(first).err()).flatten() {
                unwritten.was_tried = true;
                let lasts = fault::is_unwritable(&error) || error.kind() == io::ErrorKind::PermissionDenied;
                unwritten.refusal = lasts.then(|| fault::trouble(Stage::SetUp, &error));
                return Err(error);
            }
            unwritten.reports.remove(0);
        }
        (unwritten.refusal, unwritten.was_tried) = (None, false);
        Ok(())
    }

    fn unwritten(&self) -> MutexGuard<'_, Unwritten> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line: whole or, after a crash, visibly torn; never into another's.
    fn write(&self, report: &RunReport) -> io::Result<()> {
        let path = self.path();
        let _alone = self.alone()?;
        let mut line = Vec::new();
        if ends_torn(&path)? {
            line.push(b'\n');
        }
        serde_json::to_writer(&mut line, report)?;
        line.push(b'\n');
        let mut file = self.sys.files.append(&path, 0o640)?;
        file.write_all(&line)?;
        file.sync()?;
        if self.oldest()?.is_some_and(|oldest| oldest.ended_at + KEEP + TRIM_SLACK < report.ended_at) {
            self.trim(report.ended_at)?;
        }
        Ok(())
    }

    /// All reports, oldest first, last those that could not be written.
    ///
    /// # Errors
    /// The system's, with the path; a missing file is an empty record.
    pub fn read(&self) -> io::Result<Vec<RunReport>> {
        let mut reports = self.written()?;
        reports.extend(self.unwritten().reports.iter().cloned());
        Ok(reports)
    }

    /// All reports that are known whether or not the file can be read, and why it cannot.
    pub fn known(&self) -> (Vec<RunReport>, Option<io::Error>) {
        match self.read() {
            Ok(reports) => (reports, None),
            Err(error) => (self.unwritten().reports.clone(), Some(error)),
        }
    }

    /// Lines that cannot be read as a report are passed over: they are what a crash in mid-append left behind.
    fn written(&self) -> io::Result<Vec<RunReport>> {
        let path = self.path();
        let file = match regular::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e),
        };
        let mut reports = Vec::new();
        for line in BufReader::new(file).split(b'\n') {
            let line = line.map_err(|e| files::at(&path, e))?;
            reports.extend(serde_json::from_slice::<RunReport>(&line));
        }
        Ok(reports)
    }

    /// The runs under way, whoever started them.
    pub fn running(&self) -> Vec<Running> {
        let held = self.marks().into_iter().filter(|path| matches!(lock::shared(path), Ok(None)));
        let mut running: Vec<Running> = held
            .filter_map(|path| match read_mark(&path)? {
                Marked::Started(start) => Some(start),
                Marked::Ended(_) => None,
            })
            .map(|start| Running {
                run: start.run,
                job: start.job,
                started_at: start.started_at,
                deadline_at: start.deadline_at,
                sources: start.sources,
            })
            .collect();
        running.sort_by(|a, b| a.run.cmp(&b.run));
        running
    }

    /// Closes every run whose process is gone: as its mark says it ended, else as interrupted.
    /// Returns the reports of those interrupted; `stands` says whether the set such a run was to
    /// make was published before that.
    ///
    /// # Errors
    /// The system's; what could not be closed stays for the next start.
    pub fn close_orphans(&self, stands: impl Fn(&BackupId) -> bool) -> io::Result<Vec<RunReport>> {
        let mut closed = Vec::new();
        for path in self.marks() {
            let Ok(Some(_held)) = lock::try_exclusive(&path) else { continue };
            if let Some(marked) = read_mark(&path) {
                let (report, told) = match marked {
                    Marked::Ended(report) => (*report, true),
                    Marked::Started(start) => (interrupted(&start, self.sys.clock.now(), &stands), false),
                };
                // A run may have been recorded and killed before its mark was gone.
                if !self.written()?.iter().any(|r| r.run == report.run) {
                    self.append(&report)?;
                    closed.extend((!told).then_some(report));
                }
            }
            self.sys.files.remove(&path)?;
        }
        Ok(closed)
    }

    /// Whether a run of this id was recorded or is marked; its name would not be unique.
    pub fn knows(&self, job: Job, id: &BackupId, reports: &[RunReport]) -> bool {
        let run = run_name(job, id);
        reports.iter().any(|r| r.run == run) || self.running_folder().join(format!("{run}.json")).exists()
    }

    /// Keeps 400 days and at least 1,000 lines.
    fn trim(&self, now: DateTime<Utc>) -> io::Result<()> {
        let reports = self.written()?;
        let within = reports.iter().rev().take_while(|r| r.ended_at + KEEP > now).count();
        let keep = within.max(LINES_MIN).min(reports.len());
        if keep == reports.len() {
            return Ok(());
        }
        let mut text = Vec::new();
        for report in &reports[reports.len() - keep..] {
            serde_json::to_writer(&mut text, report)?;
            text.push(b'\n');
        }
        self.sys.files.replace(&self.path(), 0o640, &text)
    }

    fn oldest(&self) -> io::Result<Option<RunReport>> {
        let mut line = Vec::new();
        BufReader::new(regular::open(&self.path())?).read_until(b'\n', &mut line)?;
        Ok(serde_json::from_slice(&line).ok())
    }

    fn alone(&self) -> io::Result<FileLock> {
        self.sys.files.make_folder(&self.folder, 0o750)?;
        let path = self.folder.join("runs.lock");
        lock::exclusive(&self.sys.files, &path, APPEND_WAIT, &Stop::new())?
            .ok_or_else(|| files::at(&path, io::Error::from(io::ErrorKind::TimedOut)))
    }

    /// Takes away what runs of this job left that were killed, or refused by the disk, before
    /// their mark had its name.
    fn forget_half_made(&self, job: Job) {
        let half_made = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&format!("{}-", job.as_str())) && name.ends_with(".new")
        };
        for path in self.in_running_folder().filter(half_made) {
            if let Ok(Some(_nobodys)) = lock::try_exclusive(&path) {
                // What cannot be removed now is the next run's to remove.
                let _stays = self.sys.files.remove(&path);
            }
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("runs.jsonl")
    }

    fn running_folder(&self) -> PathBuf {
        self.folder.join("running")
    }

    fn marks(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> =
            self.in_running_folder().filter(|p| p.extension().is_some_and(|e| e == "json")).collect();
        paths.sort();
        paths
    }

    fn in_running_folder(&self) -> impl Iterator<Item = PathBuf> {
        fs::read_dir(self.running_folder()).into_iter().flatten().flatten().map(|entry| entry.path())
    }
}

fn interrupted(start: &Start, now: DateTime<Utc>, stands: impl Fn(&BackupId) -> bool) -> RunReport {
    let id = start.run.split_once('-').and_then(|(_, id)| BackupId::parse(id).ok());
    let source = |name: &SourceName| SourceReport {
        source: name.clone(),
        outcome: Outcome::Interrupted,
        stage: Some(Stage::Process.as_str().to_owned()),
        error: Some(KILLED.to_owned()),
        hint: None,
        bytes: None,
        lasting: false,
    };
    RunReport {
        version: VERSION,
        run: start.run.clone(),
        job: start.job,
        trigger: start.trigger,
        outcome: Outcome::Interrupted,
        started_at: start.started_at,
        ended_at: now.max(start.started_at),
        duration_seconds: (now - start.started_at).as_seconds_f64().max(0.0),
        backup_id: id.filter(|id| start.job == Job::Backup && stands(id)),
        stage: Some(Stage::Process.as_str().to_owned()),
        error: Some(KILLED.to_owned()),
        hint: None,
        sources: start.sources.iter().map(source).collect(),
        pruned: Vec::new(),
        pruned_files: Vec::new(),
        warnings: Vec::new(),
    }
}

fn read_mark(path: &Path) -> Option<Marked> {
    serde_json::from_slice(&regular::read(path, MARK_BYTES_MAX).ok()?).ok()
}

/// Whether the last line lacks its end: a crash in mid-append.
fn ends_torn(path: &Path) -> io::Result<bool> {
    let mut file = match regular::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(e),
    };
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
