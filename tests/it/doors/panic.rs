//! A bug in a source: the run fails with a report, and the daemon lives.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use resguardo::domain::artifact::{Form, Kind};
use resguardo::domain::manifest::Content;
use resguardo::domain::name::SourceName;
use resguardo::domain::report::{Outcome, RunReport};
use resguardo::domain::trouble::Trouble;
use resguardo::runner::Runner;
use resguardo::source::{Configured, Dumped, Source, Survey, Target, Work};
use resguardo::sys::gate::Open;
use resguardo::{daemon, sys::Sys};
use tokio::sync::oneshot;

use crate::support::doors::{BROKEN, NOW, Scene, faults, left_over, until};

/// Dies in the middle of its dump.
struct Buggy(SourceName);

impl Source for Buggy {
    fn name(&self) -> &SourceName {
        &self.0
    }

    fn kind(&self) -> Kind {
        Kind::Media
    }

    fn form(&self) -> Form {
        Form::Tar
    }

    fn survey(&self, _work: &Work) -> Result<Survey, Trouble> {
        Ok(Survey { bytes_max: 0, user_tables: None, warnings: Vec::new() })
    }

    fn dump(&self, out: &mut dyn Write, _work: &Work) -> Result<Dumped, Trouble> {
        out.write_all(b"half of it").unwrap();
        panic!("planted")
    }

    fn inspect(&self, _raw: &mut dyn Read, _work: &Work) -> Result<Content, Trouble> {
        panic!("planted")
    }

    fn load(&self, _raw: &mut dyn Read, _target: &Target, _work: &Work) -> Result<(), Trouble> {
        panic!("planted")
    }
}

/// The runner's last source is replaced by one that panics.
fn with_a_bug(mut runner: Runner) -> Runner {
    let mut sources = runner.sources.to_vec();
    let name = sources.pop().unwrap().source.name().clone();
    sources.push(Configured { source: Arc::new(Buggy(name.clone())), belongs_to: BTreeSet::from([name]) });
    runner.sources = sources.into();
    runner
}

fn check_report(report: &RunReport) {
    assert_eq!((report.outcome, &report.backup_id), (Outcome::Failed, &None), "{report:#?}");
    assert!(report.error.as_ref().is_some_and(|error| error.contains("planted")), "{report:#?}");
    assert!(report.hint.as_ref().is_some_and(|hint| hint.contains("bug")), "{report:#?}");
    let sources: Vec<&str> = report.sources.iter().map(|source| source.source.as_str()).collect();
    assert_eq!(sources, ["app", "media", "settings"]);
    assert!(report.sources.iter().all(|source| source.outcome == Outcome::Failed), "{report:#?}");
}

#[test]
fn a_panic_is_a_failed_run() {
    let scene = Scene::files();
    let trial = scene.trial();
    let store = trial.path().join("backups");
    let runner = with_a_bug(scene.runner(&store, Arc::new(Open), NOW));
    let report = Scene::run(&runner);
    check_report(&report);
    assert_eq!(report.run, format!("backup-{BROKEN}"));
    assert_eq!(faults(&store), Vec::<String>::new());
    assert_eq!(left_over(&store), Vec::<String>::new());
    scene.check_next_start(&store, 1, "a panic");
}

#[test]
fn a_daemon_lives_on_after_a_panic() {
    let scene = Scene::files();
    let trial = scene.trial();
    let store = trial.path().join("never used before");
    let mut config = scene.config(&store);
    config.serve.listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = config.serve.listen;
    let runner = with_a_bug(Scene::runner_of(config, &Sys::real()));
    let record = runner.record.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let life = runtime.spawn(daemon::live(runner, None, async {
        let _dropped = ended.await;
    }));
    let report = until("the report of the failed run", || record.read().unwrap().pop());
    check_report(&report);
    let answer = until("an answer", || {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.write_all(b"GET /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    });
    assert!(answer.ends_with("alive\n"), "{answer}");
    end.send(()).unwrap();
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(10), life).await.unwrap().unwrap() });
    assert_eq!(record.read().unwrap().len(), 1);
}
