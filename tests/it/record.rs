//! The record: what is known of a run whatever ended it.

use std::fs;
use std::io::Write;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::domain::name::SourceName;
use resguardo::domain::report::{Job, Outcome, RunReport, Trigger, VERSION};
use resguardo::standing::record::{Record, Start};
use resguardo::sys::Sys;
use rustix::fs::{FileType, Mode};
use tempfile::TempDir;

fn record(dir: &TempDir) -> Record {
    Record::new(&Sys::real(), dir.path().join(".resguardo"))
}

fn start(run: &str) -> Start {
    let started_at = Sys::real().clock.now();
    Start {
        run: run.to_owned(),
        job: Job::Backup,
        trigger: Trigger::Schedule,
        started_at,
        deadline_at: started_at + TimeDelta::hours(6),
        sources: [SourceName::new("app").unwrap()].into(),
    }
}

fn report(run: &str, ended_at: DateTime<Utc>) -> RunReport {
    RunReport {
        version: VERSION,
        run: run.to_owned(),
        job: Job::Backup,
        trigger: Trigger::Schedule,
        outcome: Outcome::Succeeded,
        started_at: ended_at,
        ended_at,
        duration_seconds: 0.0,
        backup_id: None,
        stage: None,
        error: None,
        hint: None,
        sources: Vec::new(),
        pruned: Vec::new(),
        pruned_files: Vec::new(),
        warnings: Vec::new(),
    }
}

#[test]
fn a_run_is_running_until_it_is_recorded() {
    let dir = TempDir::new().unwrap();
    let record = record(&dir);
    let mark = record.begin(&start("backup-1")).unwrap();
    let running = record.running();
    assert_eq!(running.iter().map(|r| r.run.as_str()).collect::<Vec<_>>(), ["backup-1"]);
    assert!(record.close_orphans(|_| false).unwrap().is_empty(), "a run whose process lives was closed");
    assert!(record.begin(&start("backup-1")).is_err(), "two runs of one name");
    record.finish(mark, &report("backup-1", Sys::real().clock.now())).unwrap();
    assert!(record.running().is_empty());
    assert_eq!(record.read().unwrap().len(), 1);
}

#[test]
fn runs_that_begin_together_do_not_take_each_others_marks_for_left_over() {
    let dir = TempDir::new().unwrap();
    let record = record(&dir);
    thread::scope(|scope| {
        let begun: Vec<_> = (0..8)
            .map(|one| {
                let record = &record;
                scope.spawn(move || {
                    (0..20).map(|at| record.begin(&start(&format!("backup-{one}-{at}"))).unwrap()).collect::<Vec<_>>()
                })
            })
            .collect();
        let marks: Vec<_> = begun.into_iter().flat_map(|begun| begun.join().unwrap()).collect();
        assert_eq!(record.running().len(), marks.len());
    });
}

#[test]
fn a_run_that_ended_with_its_process_is_closed_once_by_the_next_start() {
    let dir = TempDir::new().unwrap();
    let record = record(&dir);
    // The kernel lets go of the mark with the process; dropping it does the same.
    drop(record.begin(&start("backup-1")).unwrap());
    assert!(record.running().is_empty(), "a mark nobody holds counts as running");
    let closed = record.close_orphans(|_| false).unwrap();
    assert_eq!(closed.len(), 1);
    assert_eq!(closed[0].outcome, Outcome::Interrupted);
    assert_eq!(closed[0].stage.as_deref(), Some("process"));
    assert_eq!(closed[0].sources[0].outcome, Outcome::Interrupted);
    assert!(record.close_orphans(|_| false).unwrap().is_empty());
    assert_eq!(record.read().unwrap(), closed);
}

#[test]
fn a_run_recorded_and_killed_before_its_mark_was_gone_is_not_recorded_twice() {
    let dir = TempDir::new().unwrap();
    let record = record(&dir);
    let mark = record.begin(&start("backup-1")).unwrap();
    record.append(&report("backup-1", Sys::real().clock.now())).unwrap();
    drop(mark);
    assert!(record.close_orphans(|_| false).unwrap().is_empty());
    assert_eq!(record.read().unwrap().len(), 1);
    assert_eq!(fs::read_dir(dir.path().join(".resguardo/running")).unwrap().count(), 0);
}

/// The record cannot be appended to, and the folder of marks can: a full disk that had room again.
#[test]
fn a_run_that_could_not_be_recorded_is_recorded_by_the_next_start_as_it_ended() {
    let dir = TempDir::new().unwrap();
    let record = record(&dir);
    let mark = record.begin(&start("backup-1")).unwrap();
    let path = dir.path().join(".resguardo/runs.jsonl");
    fs::create_dir(&path).unwrap();
    let ended = report("backup-1", Sys::real().clock.now());
    record.finish(mark, &ended).unwrap_err();
    assert!(record.running().is_empty());
    fs::remove_dir(&path).unwrap();
    assert!(record.close_orphans(|_| false).unwrap().is_empty(), "it was not interrupted");
    assert_eq!(record.read().unwrap(), [ended]);
    assert_eq!(fs::read_dir(dir.path().join(".resguardo/running")).unwrap().count(), 0);
}

/// Whoever opens a pipe waits for a writer, which never comes.
#[test]
fn a_pipe_among_the_marks_or_in_the_records_place_is_not_waited_at() {
    let dir = TempDir::new().unwrap();
    let record = record(&dir);
    drop(record.begin(&start("backup-1")).unwrap());
    let state = dir.path().join(".resguardo");
    for path in ["runs.jsonl", "running/backup-0.json", "running/backup-0.new"] {
        rustix::fs::mknodat(rustix::fs::CWD, state.join(path), FileType::Fifo, Mode::RWXU, 0).unwrap();
    }
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        let piped = (record.read().is_err(), record.running().len(), record.close_orphans(|_| false).is_err());
        fs::remove_file(state.join("runs.jsonl")).unwrap();
        let closed = record.close_orphans(|_| false).unwrap().len();
        let _held = record.begin(&start("backup-2")).unwrap();
        done.send((piped, closed)).unwrap();
    });
    let ended = ended.recv_timeout(Duration::from_secs(20)).expect("waited for ever");
    assert_eq!(ended, ((true, 0, true), 1));
}

#[test]
fn a_torn_line_costs_only_itself() {
    let dir = TempDir::new().unwrap();
    let record = record(&dir);
    let now = Sys::real().clock.now();
    record.append(&report("backup-1", now)).unwrap();
    let path = dir.path().join(".resguardo/runs.jsonl");
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"version\":1,\"run\":\"backup-2\",\"jo").unwrap();
    record.append(&report("backup-3", now)).unwrap();
    let runs: Vec<String> = record.read().unwrap().into_iter().map(|r| r.run).collect();
    assert_eq!(runs, ["backup-1", "backup-3"]);
}

#[test]
fn the_record_keeps_400_days_and_at_least_1000_lines() {
    let dir = TempDir::new().unwrap();
    let record = record(&dir);
    let now = Sys::real().clock.now();
    fs::create_dir_all(dir.path().join(".resguardo")).unwrap();
    // Three a day, the oldest 500 days ago: 1,500 lines, of which 1,200 lie within 400 days.
    let lines: Vec<String> = (0..1_500)
        .map(|n| {
            serde_json::to_string(&report(&format!("backup-{n}"), now - TimeDelta::hours(8 * (1_500 - n)))).unwrap()
        })
        .collect();
    let path = dir.path().join(".resguardo/runs.jsonl");
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    record.append(&report("backup-new", now)).unwrap();
    let kept = record.read().unwrap();
    assert_eq!(kept.last().unwrap().run, "backup-new");
    assert!(kept.iter().all(|r| r.ended_at + TimeDelta::days(400) > now), "older than 400 days");
    assert_eq!(kept.len(), 1_200);
    // One a week: 1,000 lines reach back nineteen years, and all of them stay.
    let lines: Vec<String> = (0..1_100)
        .map(|n| {
            serde_json::to_string(&report(&format!("backup-{n}"), now - TimeDelta::days(7 * (1_100 - n)))).unwrap()
        })
        .collect();
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    record.append(&report("backup-new", now)).unwrap();
    assert_eq!(record.read().unwrap().len(), 1_000);
}
