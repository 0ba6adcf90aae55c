//! One whole run, broken at every act.

use std::env;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use resguardo::domain::report::{Outcome, RunReport};
use resguardo::sys::gate::Act;
use rstest::rstest;
use rustix::io::Errno;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::support::doors::{BROKEN, Listing, NOW, Scene, faults};
use crate::support::gate::{Fault, FaultGate};
use crate::support::store::{id, real_store};

/// The acts of a run that nothing befalls, in order.
struct Acts(Vec<(Act, PathBuf)>);

impl Acts {
    /// A reader of all there is to read looks on before each act.
    fn of(scene: &Scene) -> Self {
        let trial = scene.trial();
        let store = trial.path().join("backups");
        let gate = FaultGate::counting();
        let listing = Listing::before(&gate, &store, true);
        let report = scene.back_up(&store, listing.clone(), NOW);
        assert_eq!(listing.found(), Vec::<String>::new());
        assert_eq!((report.outcome, report.pruned.len()), (Outcome::Succeeded, 1), "{report:#?}");
        let standing = real_store(&store).catalog();
        assert!(standing.get(&id(BROKEN)).is_some_and(|set| set.pinned), "{standing:#?}");
        Self(
            gate.seen()
                .into_iter()
                .map(|(act, path)| (act, path.strip_prefix(&store).unwrap_or(&path).to_owned()))
                .collect(),
        )
    }

    fn nths(&self) -> impl Iterator<Item = usize> {
        1..=self.0.len()
    }

    /// From the first program that is started to the last piece of the last artifact: what a
    /// database does otherwise than files.
    fn of_programs(&self) -> impl Iterator<Item = usize> {
        let first = self.0.iter().position(|(act, _)| *act == Act::Spawn).unwrap();
        let last = self.0.iter().position(|(_, path)| path.ends_with("manifest.json.new")).unwrap();
        first + 1..=last
    }

    fn writes(&self) -> impl Iterator<Item = usize> {
        self.nths().filter(|nth| self.0[nth - 1].0 == Act::Write)
    }

    /// Whether nobody need hear of a failure of the `nth` act: it clears away what the next
    /// recovery clears as well, or comes after the report is made up.
    fn is_of_no_account(&self, nth: usize) -> bool {
        let (act, path) = &self.0[nth - 1];
        let cleared = *act == Act::Remove && path.starts_with(".resguardo/partial");
        // The index is a cache; the record comes after it.
        let made_up = self.0.iter().position(|(_, path)| path.ends_with("catalog.new")).unwrap();
        cleared || nth > made_up || self.leaves_word(nth)
    }

    /// Whether the `nth` act lets the log folder know which store stands here: the next run does so again.
    fn leaves_word(&self, nth: usize) -> bool {
        let is_word = |(_, path): &(Act, PathBuf)| {
            path.ends_with("logs") || path.ends_with("store.json.new") || path.ends_with("store.json")
        };
        let first = self.0.iter().position(is_word).unwrap();
        // Its name is made durable after it was given.
        let last = self.0.iter().rposition(is_word).unwrap() + 1;
        (first + 1..=last + 1).contains(&nth)
    }

    /// Whether the run is marked as begun on disk before its `nth` act.
    fn is_marked_before(&self, nth: usize) -> bool {
        let is_mark = |(act, path): &(Act, PathBuf)| *act == Act::Rename && path.starts_with(".resguardo/running");
        self.0[..nth - 1].iter().any(is_mark)
    }
}

/// Breaks a run and looks at what it says, what stands, and how it goes on.
fn break_and_check(scene: &Scene, acts: &Acts, nth: usize, fault: Fault, hint: &str) {
    let trial = scene.trial();
    let store = trial.path().join("backups");
    let gate = FaultGate::at(nth, fault);
    let listing = Listing::before(&gate, &store, false);
    let report = scene.back_up(&store, listing.clone(), NOW);
    let what = format!("{fault:?} at act {nth}, {:?}", gate.seen().get(nth - 1));
    assert_eq!(listing.found(), Vec::<String>::new(), "{what}");
    check_report(&report, &store, hint, &what);
    let is_told = report.outcome != Outcome::Succeeded || !report.warnings.is_empty();
    assert!(is_told || acts.is_of_no_account(nth), "{what}: not told: {report:#?}");
    // A disk that was full before the run was marked takes no report either.
    let unrecorded = matches!(fault, Fault::ErrorFromThere(_)) && !acts.is_marked_before(nth);
    scene.check_next_start(&store, usize::from(!unrecorded), &what);
}

/// What a run says of itself is what stands, and what went wrong is told so that somebody can act.
fn check_report(report: &RunReport, store: &Path, hint: &str, what: &str) {
    let stands = real_store(store).catalog().get(&id(BROKEN)).is_some();
    let said = report.backup_id.as_ref().map(resguardo::domain::id::BackupId::as_str);
    assert_eq!(said, stands.then_some(BROKEN), "{what}: {report:#?}");
    let good = [Outcome::Succeeded, Outcome::Partial].contains(&report.outcome);
    assert!(good == stands && (good || report.outcome == Outcome::Failed), "{what}: {report:#?}");
    let of_sources = report.sources.iter().filter(|source| source.outcome != Outcome::Succeeded);
    let mut failures: Vec<_> = of_sources.map(|s| (s.stage.clone(), s.error.clone(), s.hint.clone())).collect();
    if report.error.is_some() {
        failures.push((report.stage.clone(), report.error.clone(), report.hint.clone()));
    }
    assert!(report.outcome == Outcome::Succeeded || !failures.is_empty(), "{what}: {report:#?}");
    for (stage, error, told) in failures {
        let error = error.unwrap_or_default();
        // A program that cannot be started is no matter of the store's disk.
        if stage.is_some_and(|stage| ["connect", "dump"].contains(&stage.as_str())) && error.contains("pg_dump") {
            continue;
        }
        assert!(error.contains('/'), "{what}: no path: {report:#?}");
        assert!(told.is_some_and(|told| told.contains(hint)), "{what}: not the hint: {report:#?}");
    }
    for warning in &report.warnings {
        assert!(warning.text.contains('/'), "{what}: no path: {report:#?}");
    }
}

/// A part of the words of the hint that belongs to an error.
const FULL: (Errno, &str) = (Errno::NOSPC, "is full");
const DYING: (Errno, &str) = (Errno::IO, "answers with errors");

#[rstest]
#[case::full_for_a_moment(Fault::Error, FULL)]
#[case::full_from_there(Fault::ErrorFromThere, FULL)]
#[case::dying_for_a_moment(Fault::Error, DYING)]
#[case::dying_from_there(Fault::ErrorFromThere, DYING)]
fn a_run_that_fails_at_any_act_says_so_and_harms_nothing(
    #[case] fault: fn(Errno) -> Fault,
    #[case] (errno, hint): (Errno, &str),
) {
    let scene = Scene::files();
    let acts = Acts::of(&scene);
    for nth in acts.nths() {
        break_and_check(&scene, &acts, nth, fault(errno), hint);
    }
    println!("{} acts", acts.0.len());
}

#[test]
fn a_run_that_writes_half_and_fails_says_so_and_harms_nothing() {
    let scene = Scene::files();
    let acts = Acts::of(&scene);
    for nth in acts.writes() {
        break_and_check(&scene, &acts, nth, Fault::Torn(FULL.0), FULL.1);
    }
}

#[test]
fn a_run_whose_every_write_is_short_stores_everything() {
    let scene = Scene::files();
    let trial = scene.trial();
    let store = trial.path().join("backups");
    let report = scene.back_up(&store, FaultGate::by_halves(), NOW);
    assert_eq!(report.outcome, Outcome::Succeeded, "{report:#?}");
    assert_eq!(faults(&store), Vec::<String>::new());
    scene.check_next_start(&store, 1, "by halves");
}

/// The first run of all makes the store as well.
#[test]
fn a_first_run_broken_at_any_act_harms_nothing() {
    if is_child() {
        return;
    }
    let scene = Scene::files();
    let gate = FaultGate::counting();
    let trial = TempDir::new_in(scene.folder()).unwrap();
    assert_eq!(scene.back_up(&trial.path().join("new"), gate.clone(), NOW).outcome, Outcome::Succeeded);
    for nth in 1..=gate.count() {
        for fault in [Fault::Error(Errno::IO), Fault::ErrorFromThere(Errno::NOSPC), Fault::Kill] {
            let trial = TempDir::new_in(scene.folder()).unwrap();
            let store = trial.path().join("new");
            let what = format!("{fault:?} at act {nth} of the first run");
            if fault == Fault::Kill {
                let mut ended =
                    child(&scene, &store, nth, "doors::whole_run::a_first_run_broken_at_any_act_harms_nothing");
                assert_eq!(ended.output().unwrap().status.signal(), Some(Signal::KILL.as_raw()), "{what}");
            } else {
                let report = scene.back_up(&store, FaultGate::at(nth, fault), NOW);
                assert_eq!(report.backup_id.is_some(), !real_store(&store).catalog().sets.is_empty(), "{what}");
            }
            scene.check_starts(&store, &what);
        }
    }
}

/// The parent runs the very same test as its child, which finds in the environment what is to
/// befall it, and where.
const NTH: &str = "TEST_DOORS_KILL_AT";
const TORN: &str = "TEST_DOORS_TORN";
const SCENE: &str = "TEST_DOORS_SCENE";
const STORE: &str = "TEST_DOORS_STORE";

/// Where this process is the child: lives its short life.
fn is_child() -> bool {
    let (Ok(nth), Some(scene), Some(store)) = (env::var(NTH), env::var_os(SCENE), env::var_os(STORE)) else {
        return false;
    };
    let fault = if env::var_os(TORN).is_some() { Fault::TornAndKill } else { Fault::Kill };
    let scene = Scene::of_parent(Path::new(&scene));
    let _survived = scene.back_up(Path::new(&store), FaultGate::at(nth.parse().unwrap(), fault), NOW);
    true
}

fn child(scene: &Scene, store: &Path, nth: usize, test: &str) -> Command {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", test]).env(NTH, nth.to_string()).env(SCENE, scene.folder()).env(STORE, store);
    child
}

fn kill_and_check(scene: &Scene, acts: &Acts, nth: usize, torn: bool, test: &str) {
    let trial = scene.trial();
    let store = trial.path().join("backups");
    let mut child = child(scene, &store, nth, test);
    if torn {
        child.env(TORN, "1");
    }
    let ended = child.output().unwrap();
    let what = format!("killed at act {nth}, {:?}, torn: {torn}", acts.0[nth - 1]);
    assert_eq!(ended.status.signal(), Some(Signal::KILL.as_raw()), "{what}: {ended:?}");
    scene.check_next_start(&store, usize::from(acts.is_marked_before(nth)), &what);
}

#[test]
fn a_run_killed_at_any_act_harms_nothing() {
    if is_child() {
        return;
    }
    let scene = Scene::files();
    let acts = Acts::of(&scene);
    for nth in acts.nths() {
        kill_and_check(&scene, &acts, nth, false, "doors::whole_run::a_run_killed_at_any_act_harms_nothing");
    }
}

#[test]
fn a_run_killed_in_the_middle_of_any_write_harms_nothing() {
    if is_child() {
        return;
    }
    let scene = Scene::files();
    let acts = Acts::of(&scene);
    let test = "doors::whole_run::a_run_killed_in_the_middle_of_any_write_harms_nothing";
    for nth in acts.writes() {
        kill_and_check(&scene, &acts, nth, true, test);
    }
}

/// For a moment only: what comes after may then go well, and make a partial set.
#[test]
fn a_run_on_a_database_that_fails_at_any_act_says_so_and_harms_nothing() {
    let scene = Scene::postgres();
    let acts = Acts::of(&scene);
    for nth in acts.of_programs() {
        break_and_check(&scene, &acts, nth, Fault::Error(FULL.0), FULL.1);
    }
}

#[test]
fn a_run_on_a_database_killed_at_any_act_harms_nothing() {
    if is_child() {
        return;
    }
    let scene = Scene::postgres();
    let acts = Acts::of(&scene);
    let test = "doors::whole_run::a_run_on_a_database_killed_at_any_act_harms_nothing";
    for nth in acts.of_programs() {
        kill_and_check(&scene, &acts, nth, false, test);
    }
}
