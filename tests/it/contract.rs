//! The contract every source and format passes. A case names a source over real data, an empty
//! target beside it, and what may be left behind; everything else is the same for all.
//!
//! Use: implement [`Case`] for the source and call [`check`] in a test of its own.

use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use resguardo::domain::progress::Unseen;
use resguardo::domain::trouble::{Stage, StopReason, Trouble};
use resguardo::source::{Dumped, Source, Target, Work};
use resguardo::sys::Sys;
use resguardo::sys::clock::RealClock;
use resguardo::sys::gate::{Act, Gate, Open};
use resguardo::sys::stop::Stop;

/// A source over real data, and where its dumps can be loaded.
pub(crate) trait Case {
    /// The source under test. Its data must not change while the contract is checked.
    fn source(&self) -> Arc<dyn Source>;

    /// A new empty target, and a source that dumps what was loaded there.
    fn empty_target(&self) -> (Target, Arc<dyn Source>);

    /// A target that holds something already; loading there must be refused.
    fn taken_target(&self) -> Target;

    /// A source a part of which cannot be read. Its dump either fails or says it is not complete.
    fn unreadable(&self) -> Option<Arc<dyn Source>> {
        None
    }

    /// Lengths at which a dump is cut; none of these pieces may pass an inspection.
    fn cuts(&self, raw_bytes: usize) -> Vec<usize> {
        vec![0, 1, raw_bytes / 3, raw_bytes / 2, raw_bytes - 1]
    }

    /// A text on the command line of every program this source starts, unique to this case:
    /// none such may be running once a call has returned.
    fn mark(&self) -> Option<String> {
        None
    }
}

/// Checks the whole contract.
pub(crate) fn check(case: &dyn Case) {
    let raw = gives_equal_content_again(case);
    refuses_what_is_cut(case, &raw);
    refuses_a_reader_that_fails(case, &raw);
    stops_when_asked(case, &raw);
    tells_a_write_error(case);
    survives_no_refused_act(case);
    tells_what_cannot_be_read(case);
}

/// Dump; inspect gives the dump's facts; load into empty; dump again gives equal content.
fn gives_equal_content_again(case: &dyn Case) -> Vec<u8> {
    let place = Place::new();
    let source = case.source();
    let survey = source.survey(&place.work()).unwrap();
    let (dumped, raw) = dump(&*source, &place.work()).unwrap();
    place.assert_clean(case, "dump");
    assert!(dumped.complete, "{:?}", dumped.warnings);
    assert!(survey.bytes_max >= raw.len() as u64, "survey said {}, the dump has {}", survey.bytes_max, raw.len());
    assert_eq!(survey.user_tables, dumped.facts.user_tables());

    let inspected = source.inspect(&mut Cursor::new(&raw), &place.work()).unwrap();
    place.assert_clean(case, "inspect");
    assert_eq!(inspected, dumped.facts.content(), "an inspection of the bytes gives the dump's facts");

    let (target, again) = case.empty_target();
    source.load(&mut Cursor::new(&raw), &target, &place.work()).unwrap();
    place.assert_clean(case, "load");
    let (dumped_again, _raw) = dump(&*again, &place.work()).unwrap();
    assert_eq!(dumped_again.facts.content(), dumped.facts.content(), "a dump of the loaded gives equal content");

    let refused = source.load(&mut Cursor::new(&raw), &case.taken_target(), &place.work());
    assert!(refused.is_err(), "a target that holds something was loaded into");
    raw
}

fn refuses_what_is_cut(case: &dyn Case, raw: &[u8]) {
    let place = Place::new();
    for cut in case.cuts(raw.len()) {
        let inspected = case.source().inspect(&mut Cursor::new(&raw[..cut]), &place.work());
        assert!(inspected.is_err(), "the first {cut} bytes of {} passed as whole", raw.len());
        place.assert_clean(case, "inspect of a cut dump");
    }
}

fn refuses_a_reader_that_fails(case: &dyn Case, raw: &[u8]) {
    let place = Place::new();
    for good_bytes in [0, raw.len() / 2, raw.len()] {
        let mut reader = FailingReader { good: Cursor::new(&raw[..good_bytes]) };
        let inspected = case.source().inspect(&mut reader, &place.work());
        assert!(inspected.is_err(), "inspect took a read error after {good_bytes} bytes for the end");
        place.assert_clean(case, "inspect with a read error");
        let mut reader = FailingReader { good: Cursor::new(&raw[..good_bytes]) };
        let (target, _again) = case.empty_target();
        let loaded = case.source().load(&mut reader, &target, &place.work());
        assert!(loaded.is_err(), "load took a read error after {good_bytes} bytes for the end");
        place.assert_clean(case, "load with a read error");
    }
}

/// Asked to stop before, at the first write, in the middle and at the last write, by a signal and
/// by the deadline: the dump ends at once, as stopped, and leaves nothing behind.
fn stops_when_asked(case: &dyn Case, raw: &[u8]) {
    let writes = count_writes(case);
    for reason in [StopReason::Signal, StopReason::Deadline] {
        let place = Place::new();
        let work = place.work();
        work.stop.stop(reason);
        let stopped = dump(&*case.source(), &work).unwrap_err();
        assert_eq!(stopped.stopped, Some(reason), "stopped before it began: {stopped}");
        place.assert_clean(case, "dump stopped before it began");
        let inspected = case.source().inspect(&mut Cursor::new(raw), &work).unwrap_err();
        assert_eq!(inspected.stopped, Some(reason), "inspection: {inspected}");
        place.assert_clean(case, "inspect stopped before it began");

        for nth in [1, writes.div_ceil(2), writes] {
            let place = Place::new();
            let work = place.work();
            let mut out = StoppingWriter { left: nth, stop: work.stop.clone(), reason };
            let stopped = case.source().dump(&mut out, &work);
            place.assert_clean(case, "dump stopped in the middle");
            match stopped {
                Err(trouble) => assert_eq!(trouble.stopped, Some(reason), "stopped at write {nth}: {trouble}"),
                Ok(_) => assert_eq!(nth, writes, "a dump stopped at write {nth} of {writes} said it was whole"),
            }
        }
    }
}

/// A full disk at the n-th write is told as one, whichever write it is.
fn tells_a_write_error(case: &dyn Case) {
    let writes = count_writes(case);
    let every = (writes / 40).max(1);
    for nth in (1..=writes).filter(|n| *n <= 10 || n % every == 0 || writes - n < 3) {
        let place = Place::new();
        let mut out = FullWriter { left: nth - 1 };
        let trouble = case.source().dump(&mut out, &place.work()).unwrap_err();
        assert_eq!(trouble.stage, Stage::Write, "write {nth} of {writes} failed: {trouble}");
        assert_eq!(trouble.stopped, None);
        place.assert_clean(case, "dump into a full disk");
    }
}

/// Every act the dump asks of the outside world is refused once; none may go unnoticed. What is
/// removed cannot be removed then, so only removals may fail in peace.
fn survives_no_refused_act(case: &dyn Case) {
    for nth in 1..=200 {
        let gate = Arc::new(RefusingGate { left: AtomicU64::new(nth) });
        let place = Place::new();
        let dumped = dump(&*case.source(), &place.work_through(gate.clone()));
        place.assert_clean(case, "dump with a refused act");
        if gate.left.load(Ordering::SeqCst) > 0 {
            dumped.unwrap();
            return;
        }
        assert!(dumped.is_err(), "act {nth} was refused and the dump said it was whole");
    }
    panic!("a dump of more than 200 acts");
}

fn tells_what_cannot_be_read(case: &dyn Case) {
    let Some(source) = case.unreadable() else { return };
    let place = Place::new();
    if let Ok((dumped, raw)) = dump(&*source, &place.work()) {
        assert!(!dumped.complete, "something could not be read and the dump says it is complete");
        assert!(!dumped.warnings.is_empty(), "something could not be read and nobody is told");
        assert_eq!(source.inspect(&mut Cursor::new(raw), &place.work()).unwrap(), dumped.facts.content());
    }
    place.assert_clean(case, "dump of what cannot be read");
}

/// Dumps into memory.
pub(crate) fn dump(source: &dyn Source, work: &Work) -> Result<(Dumped, Vec<u8>), Trouble> {
    let mut raw = Vec::new();
    let dumped = source.dump(&mut raw, work)?;
    Ok((dumped, raw))
}

fn count_writes(case: &dyn Case) -> u64 {
    let place = Place::new();
    let mut out = CountingWriter { writes: 0 };
    case.source().dump(&mut out, &place.work()).unwrap();
    out.writes
}

/// A scratch folder and a runtime, from which work is handed out.
pub(crate) struct Place {
    scratch: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

impl Place {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self { scratch: tempfile::tempdir().unwrap(), runtime }
    }

    pub(crate) fn work(&self) -> Work {
        self.work_through(Arc::new(Open))
    }

    pub(crate) fn work_through(&self, gate: Arc<dyn Gate>) -> Work {
        Work {
            sys: Sys::new(Arc::new(RealClock), gate),
            stop: Stop::new(),
            progress: Arc::new(Unseen),
            scratch: self.scratch.path().to_owned(),
            runtime: self.runtime.handle().clone(),
        }
    }

    fn assert_clean(&self, case: &dyn Case, after: &str) {
        let left: Vec<_> = std::fs::read_dir(self.scratch.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(left.is_empty(), "left in the scratch folder after {after}: {left:?}");
        if let Some(mark) = case.mark() {
            assert_eq!(children_with(&mark), Vec::<String>::new(), "still running after {after}");
        }
    }
}

/// Command lines of our children, ended ones that nobody reaped included, that hold `mark`.
fn children_with(mark: &str) -> Vec<String> {
    let us = std::process::id();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let read = |file: &str| std::fs::read(entry.path().join(file)).unwrap_or_default();
        let status = String::from_utf8_lossy(&read("status")).into_owned();
        let is_ours = status.lines().any(|line| line == format!("PPid:\t{us}"));
        let command_line = String::from_utf8_lossy(&read("cmdline")).replace('\0', " ");
        if is_ours && command_line.contains(mark) {
            found.push(command_line);
        }
    }
    found
}

struct CountingWriter {
    writes: u64,
}

impl Write for CountingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Full after so many writes.
struct FullWriter {
    left: u64,
}

impl Write for FullWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.left -= 1;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes everything, and asks the work to stop at the n-th write.
struct StoppingWriter {
    left: u64,
    stop: Stop,
    reason: StopReason,
}

impl Write for StoppingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            self.stop.stop(self.reason);
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Gives good bytes, then an error where their end would be.
struct FailingReader<'a> {
    good: Cursor<&'a [u8]>,
}

impl Read for FailingReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.good.read(buffer)? {
            0 => Err(io::Error::other("the disk gives no more")),
            count => Ok(count),
        }
    }
}

/// Refuses the n-th act that is no removal.
struct RefusingGate {
    left: AtomicU64,
}

impl Gate for RefusingGate {
    fn pass(&self, act: Act, _path: &Path) -> io::Result<()> {
        if act == Act::Remove {
            return Ok(());
        }
        let before = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if before == Ok(1) { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
    }
}
