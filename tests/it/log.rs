//! The log: what its lines look like, that several writers share a file without losing a line,
//! and that a log that cannot be written is said once and holds up nothing.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use resguardo::cli::logging;
use resguardo::config::LogFormat;
use resguardo::sys::files::Files;
use resguardo::sys::gate::{Act, Gate, Open};
use resguardo::sys::log_file::LogFile;
use rstest::rstest;
use rustix::fs::{Mode, OFlags};
use tempfile::TempDir;
use tracing::subscriber::with_default;
use tracing::{error, info, warn};

use crate::support::log::{Screen, StandingClock};

/// Where our own events come from.
const OURS: &str = "resguardo::runner";
const NOON: &str = "2024-11-12T08:00:07Z";

fn log_file(folder: &Path, bytes_max: u64, keep: u32) -> LogFile {
    LogFile::new(Files::new(Arc::new(Open)), folder, "backup.log", bytes_max, keep)
}

/// Runs `events` under the real subscriber; returns what the stream showed.
fn shown(format: LogFormat, log_file: Option<LogFile>, events: impl FnOnce()) -> String {
    let screen = Screen::default();
    let zone = chrono_tz::America::Lima;
    let out = Box::new(screen.clone());
    with_default(
        logging::subscriber(format, zone, StandingClock::at(NOON), log_file, out, tracing::Level::TRACE),
        events,
    );
    screen.text()
}

#[test]
fn a_line_is_that_of_the_annex_on_the_stream_and_in_the_file() {
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("logs");
    let screen = shown(LogFormat::Text, Some(log_file(&logs, 1_000_000, 3)), || {
        info!(
            target: OURS, job = "backup",
            run = "backup-20241112_030000",
            backup_id = %"20241112_030000",
            source = %"patrimonio",
            stage = "dump",
            bytes = 45_100_000_u64,
            "dumped {} in {} s", "45.1 MB", 7.2
        );
        error!(target: OURS, job = "backup", "failed to publish: no room");
        warn!(target: OURS, "the clock was set back");
        tracing::debug!("not heard");
        tracing::info!(target: "hyper::client", "not ours, not heard");
        tracing::warn!(target: "hyper::client", "odd");
    });
    let expected = "\
2024-11-12 03:00:07-05:00 INFO backup 20241112_030000 patrimonio: dumped 45.1 MB in 7.2 s
2024-11-12 03:00:07-05:00 ERROR backup: failed to publish: no room
2024-11-12 03:00:07-05:00 WARN: the clock was set back
2024-11-12 03:00:07-05:00 WARN hyper::client: odd
";
    assert_eq!(screen, expected);
    assert_eq!(fs::read_to_string(logs.join("backup.log")).unwrap(), expected);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&logs), mode(&logs.join("backup.log"))), (0o755, 0o644));
}

#[test]
fn json_is_flat_and_carries_every_field_while_the_file_stays_for_people() {
    let folder = TempDir::new().unwrap();
    let screen = shown(LogFormat::Json, Some(log_file(folder.path(), 1_000_000, 3)), || {
        info!(
            target: OURS, job = "backup",
            run = "backup-20241112_030000",
            stage = "dump",
            bytes = 7_u64,
            seconds = 1.5,
            complete = true,
            "dumped"
        );
    });
    let line: serde_json::Value = serde_json::from_str(screen.trim_end()).unwrap();
    assert_eq!(
        line,
        serde_json::json!({
            "time": "2024-11-12T08:00:07.000Z", "level": "INFO", "message": "dumped", "job": "backup",
            "run": "backup-20241112_030000", "stage": "dump", "bytes": 7, "seconds": 1.5, "complete": true
        })
    );
    let file = fs::read_to_string(folder.path().join("backup.log")).unwrap();
    assert_eq!(file, "2024-11-12 03:00:07-05:00 INFO backup: dumped\n");
}

#[test]
fn nothing_that_is_quoted_can_forge_a_line() {
    let forged = "x\n2024-11-12 03:00:07-05:00 INFO backup: all is well\r\u{1b}[2K";
    for format in [LogFormat::Text, LogFormat::Json] {
        let screen = shown(format, None, || error!(target: OURS, source = forged, "failed: {forged}"));
        assert_eq!(screen.lines().count(), 1, "{screen}");
        assert!(screen.ends_with('\n') && !screen.trim_end().contains(|c: char| c.is_control()), "{screen:?}");
    }
}

#[test]
fn writers_that_share_a_log_lose_no_line_and_rotate_each_file_once() {
    const WRITERS: usize = 6;
    const LINES: usize = 400;
    const BYTES_MAX: u64 = 4000;
    let folder = TempDir::new().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            // A `LogFile` of its own each, as if each were a process: flock goes by open file.
            let log = log_file(folder.path(), BYTES_MAX, 1000);
            scope.spawn(move || {
                for line in 0..LINES {
                    log.append(&format!("writer {writer} line {line:04} and some more text")).unwrap();
                }
            });
        }
    });
    let mut seen = BTreeSet::new();
    let mut rotated = 0;
    for entry in fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        let text = fs::read_to_string(entry.path()).unwrap();
        for line in text.lines() {
            assert!(line.starts_with("writer ") && line.ends_with(" and some more text"), "torn: {line:?}");
            assert!(seen.insert(line.to_owned()), "twice: {line}");
        }
        // A file rotated a second time by one who came late would be nearly empty.
        let is_rotated = entry.path().extension().is_some_and(|extension| extension != "log" && extension != "lock");
        assert!(!is_rotated || text.len() as u64 + 60 > BYTES_MAX, "{:?} holds {}", entry.path(), text.len());
        rotated += usize::from(is_rotated);
    }
    assert_eq!(seen.len(), WRITERS * LINES);
    assert!(rotated > 1, "{rotated} files were rotated");
}

#[test]
fn only_so_many_rotated_files_are_kept_the_newest_first() {
    let folder = TempDir::new().unwrap();
    let log = log_file(folder.path(), 10, 2);
    for line in ["first line", "second line", "third line", "fourth line"] {
        log.append(line).unwrap();
    }
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).ok();
    assert_eq!(read("backup.log").as_deref(), Some("fourth line\n"));
    assert_eq!(read("backup.log.1").as_deref(), Some("third line\n"));
    assert_eq!(read("backup.log.2").as_deref(), Some("second line\n"));
    assert_eq!(read("backup.log.3"), None);
}

#[rstest]
#[case::nobody_reads(false)]
#[case::somebody_reads(true)]
fn a_pipe_in_the_place_of_the_log_is_named_and_holds_nobody_up(#[case] is_read: bool) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("backup.log");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let reader = is_read.then(|| fs::File::from(rustix::fs::open(&path, flags, Mode::empty()).unwrap()));
    let log = log_file(folder.path(), 1_000, 1);
    let (say, said) = mpsc::channel();
    // From beside: a line that waits for a reader waits for ever.
    std::thread::spawn(move || say.send(shown(LogFormat::Text, Some(log), || info!(target: OURS, "one"))));
    let screen = said.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
    let named = format!("failed to write the log: {}: not a regular file", path.display());
    assert!(screen.contains(": one\n") && screen.contains(&named), "{screen}");
    if let Some(mut reader) = reader {
        let mut read = String::new();
        // With the writer gone it is at its end.
        reader.read_to_string(&mut read).unwrap();
        assert_eq!(read, "");
    }
}

/// Refuses every write while it is shut.
struct Shut(Arc<AtomicBool>);

impl Gate for Shut {
    fn pass(&self, act: Act, _path: &Path) -> io::Result<()> {
        if act == Act::Write && self.0.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

#[test]
fn a_log_that_cannot_be_written_is_said_once_and_recovers() {
    let folder = TempDir::new().unwrap();
    let shut = Arc::new(AtomicBool::new(true));
    let log = LogFile::new(Files::new(Arc::new(Shut(shut.clone()))), folder.path(), "backup.log", 1_000, 1);
    let screen = shown(LogFormat::Text, Some(log), || {
        info!(target: OURS, "one");
        info!(target: OURS, "two");
        shut.store(false, Ordering::SeqCst);
        info!(target: OURS, "three");
        info!(target: OURS, "four");
    });
    let path = folder.path().join("backup.log");
    let said: Vec<&str> = screen.lines().map(|line| line.split_once(": ").unwrap().1).collect();
    let fails = format!("failed to write the log: {}: no storage space", path.display());
    let again = format!("{} is written again", path.display());
    assert_eq!(said, ["one", &fails, "two", "three", &again, "four"]);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
}
