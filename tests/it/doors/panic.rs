//! A bug of ours: in a source it fails that source alone, elsewhere the run, always with a report,
//! and the daemon lives.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use resguardo::domain::artifact::{Form, Kind};
use resguardo::domain::manifest::Content;
use resguardo::domain::name::SourceName;
use resguardo::domain::report::{Outcome, RunReport};
use resguardo::domain::trouble::Trouble;
use resguardo::runner::Runner;
use resguardo::source::{Configured, Dumped, Source, Survey, Target, Work};
use resguardo::sys::gate::{Act, Gate, Open};
use resguardo::{daemon, sys::Sys};
use rstest::rstest;
use tokio::sync::oneshot;

use crate::support::doors::{BROKEN, NOW, Scene, faults, left_over, until};
use crate::support::store::{id, real_store};

/// Where a source dies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Survey,
    Dump,
}

struct Buggy(SourceName, In);

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
        assert!(self.1 != In::Survey, "planted");
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

/// The runner's first source is replaced by one that panics.
fn with_a_bug(mut runner: Runner, place: In) -> Runner {
    let mut sources = runner.sources.to_vec();
    let name = sources[0].source.name().clone();
    sources[0] = Configured { source: Arc::new(Buggy(name.clone(), place)), belongs_to: BTreeSet::from([name]) };
    runner.sources = sources.into();
    runner
}

fn check_source_failed(report: &RunReport) {
    assert_eq!((report.outcome, &report.error), (Outcome::Partial, &None), "{report:#?}");
    let (bad, good): (Vec<_>, Vec<_>) = report.sources.iter().partition(|source| source.source.as_str() == "app");
    assert_eq!((bad.len(), bad[0].outcome, bad[0].lasting), (1, Outcome::Failed, false), "{report:#?}");
    assert!(bad[0].error.as_ref().is_some_and(|error| error.contains("planted")), "{report:#?}");
    assert!(bad[0].hint.as_ref().is_some_and(|hint| hint.contains("bug")), "{report:#?}");
    let good: Vec<_> = good.iter().map(|source| (source.source.as_str(), source.outcome)).collect();
    assert_eq!(good, [("media", Outcome::Succeeded), ("settings", Outcome::Succeeded)]);
}

#[rstest]
#[case::in_its_survey(In::Survey)]
#[case::in_its_dump(In::Dump)]
fn a_source_that_panics_fails_alone(#[case] place: In) {
    let scene = Scene::files();
    let trial = scene.trial();
    let store = trial.path().join("backups");
    let runner = with_a_bug(scene.runner(&store, Arc::new(Open), NOW), place);
    let report = Scene::run(&runner);
    check_source_failed(&report);
    assert_eq!(report.backup_id, Some(id(BROKEN)));
    let stored = real_store(&store).manifest(&id(BROKEN)).unwrap();
    let paths: Vec<&str> = stored.artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
    assert_eq!(paths, [format!("media/media_{BROKEN}.tar.gz"), format!("files/settings_{BROKEN}.tar.gz")]);
    assert_eq!(stored.failed.len(), 1, "{:#?}", stored.failed);
    assert_eq!(faults(&store), Vec::<String>::new());
    assert_eq!(left_over(&store), Vec::<String>::new());
    scene.check_next_start(&store, 1, "a source that panics");
}

/// Panics where a set is about to be staged: a bug outside of every source.
struct Panicking;

impl Gate for Panicking {
    fn pass(&self, act: Act, path: &Path) -> io::Result<()> {
        assert!(act != Act::MakeFolder || !path.ends_with(BROKEN), "planted");
        Ok(())
    }
}

#[test]
fn a_panic_of_the_job_itself_is_a_failed_run() {
    let scene = Scene::files();
    let trial = scene.trial();
    let store = trial.path().join("backups");
    let report = scene.back_up(&store, Arc::new(Panicking), NOW);
    assert_eq!((report.outcome, &report.backup_id), (Outcome::Failed, &None), "{report:#?}");
    assert!(report.error.as_ref().is_some_and(|error| error.contains("planted")), "{report:#?}");
    assert!(report.hint.as_ref().is_some_and(|hint| hint.contains("bug")), "{report:#?}");
    let sources: Vec<&str> = report.sources.iter().map(|source| source.source.as_str()).collect();
    assert_eq!(sources, ["app", "media", "settings"]);
    assert!(report.sources.iter().all(|source| source.outcome == Outcome::Failed), "{report:#?}");
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
    let runner = with_a_bug(Scene::runner_of(config, &Sys::real()), In::Dump);
    let record = runner.record.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let life = runtime.spawn(daemon::live(runner, None, async {
        let _dropped = ended.await;
    }));
    let report = until("the report of the run", || record.read().unwrap().pop());
    check_source_failed(&report);
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
