//! A place whose sets are drilled by a stand-in: it reads what it is given, finds what it was told to
//! find, and remembers what it was asked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use resguardo::domain::artifact::Form;
use resguardo::domain::drill::{DrillReport, DrilledSource, Judgement, Proof, Verdict, What};
use resguardo::domain::id::BackupId;
use resguardo::domain::report::{Job, RunReport};
use resguardo::domain::saying::Saying;
use resguardo::domain::trouble::{Stage, StopReason, Trouble};
use resguardo::job::drill::Proving;
use resguardo::job::verify::Scope;
use resguardo::runner::Request;
use resguardo::source::Work;
use resguardo::source::prove::{Evidence, Material, MissingFiles, Prove, unpacked};
use resguardo::source::restore::Bytes;
use resguardo::sys::gate::{Gate, Open};
use tempfile::TempDir;

use super::life::Parts;
use super::verify::Place;

/// Settings by which the files that rows name are looked for.
pub(crate) const MEDIA_CHECK: &str = r#"
[[drill.media_check]]
source = "app"
column = "asset.photo"
media = "media"
"#;

/// What the stand-in finds of a source.
#[derive(Debug, Clone)]
pub(crate) enum Mood {
    Good,
    /// A proof of this kind failed.
    Wrong(What),
    /// It was not looked at what matters.
    Skips(What),
    NotReady,
    /// A server died, a disk was full.
    Breaks,
    Panics,
    /// The run's deadline passes there.
    Deadline,
    /// Takes more than any disk has.
    Huge,
    /// Answers to questions, and files that are missing of those named.
    Says(Vec<Result<Option<String>, String>>, Vec<MissingFiles>),
}

/// What it was handed, source by source.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) source: String,
    pub(crate) material: Material,
    pub(crate) bytes: usize,
    /// What lay in the scratch folder beside its own.
    pub(crate) beside: Vec<String>,
    /// Whether each of its references led to a file of the media.
    pub(crate) sees_media: Vec<bool>,
    pub(crate) nice: i32,
}

#[derive(Default)]
pub(crate) struct StandIn {
    moods: Mutex<BTreeMap<String, Mood>>,
    pub(crate) asked: Mutex<Vec<Asked>>,
    pub(crate) cleared: Mutex<Vec<PathBuf>>,
    /// Keeps whoever proves waiting for as long as it is held.
    pub(crate) door: Mutex<()>,
    pub(crate) is_there: AtomicBool,
}

impl StandIn {
    pub(crate) fn will(&self, source: &str, mood: Mood) {
        self.moods.lock().unwrap().insert(source.to_owned(), mood);
    }

    fn mood(&self, source: &str) -> Mood {
        self.moods.lock().unwrap().get(source).cloned().unwrap_or(Mood::Good)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|asked| asked.source.clone()).collect()
    }
}

struct Prover(Arc<StandIn>, Form);

fn essentials(form: Form) -> &'static [What] {
    match form {
        Form::PlainSql | Form::CustomDump | Form::CreateSql => &[What::Load, What::Rows],
        Form::SqliteFile => &[What::Load, What::Integrity, What::Rows],
        Form::Tar => &[What::Load, What::Tree],
    }
}

fn proof(what: What, judgement: Judgement) -> Proof {
    Proof { what, judgement, text: format!("{} looked at", what.as_str()) }
}

impl Prove for Prover {
    fn ready(&self, material: &Material, _work: &Work) -> Result<(), Trouble> {
        match self.0.mood(material.source.as_str()) {
            Mood::NotReady => {
                let missing = Trouble::lasting(Stage::Connect, "run initdb: there is no such program");
                Err(missing.hint(Saying::new("hint-not-root")))
            }
            _ => Ok(()),
        }
    }

    fn room_bytes(&self, material: &Material) -> u64 {
        match self.0.mood(material.source.as_str()) {
            Mood::Huge => 1 << 60,
            _ => 1 << 20,
        }
    }

    fn prove(&self, bytes: Bytes<'_>, material: &Material, scratch: &Path, work: &Work) -> Result<Evidence, Trouble> {
        let mut all = Vec::new();
        bytes.raw.read_to_end(&mut all).map_err(|e| Trouble::passing(Stage::Load, e))?;
        fs::write(scratch.join("restored"), &all).unwrap();
        if self.1 == Form::Tar {
            fs::create_dir_all(unpacked(scratch)).unwrap();
            fs::write(unpacked(scratch).join("a.jpg"), "a photo").unwrap();
        }
        let entries = fs::read_dir(scratch.parent().unwrap()).unwrap();
        let mut beside: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        beside.sort();
        let sees = |root: &PathBuf| root.join("a.jpg").exists();
        let source = material.source.to_string();
        self.0.asked.lock().unwrap().push(Asked {
            source: source.clone(),
            material: material.clone(),
            bytes: all.len(),
            beside,
            sees_media: material.references.iter().map(|r| r.root.as_ref().is_ok_and(sees)).collect(),
            nice: rustix::process::getpriority_process(None).unwrap(),
        });
        self.0.is_there.store(true, Ordering::SeqCst);
        drop(self.0.door.lock().unwrap());
        let mut evidence = Evidence {
            restore_seconds: Some(2.5),
            proofs: essentials(self.1).iter().map(|what| proof(*what, Judgement::Passed)).collect(),
            answers: vec![Ok(Some("1".to_owned())); material.questions.len()],
            missing: vec![MissingFiles::default(); material.references.len()],
            ..Evidence::default()
        };
        let mut judge = |what: What, judgement: Judgement| {
            evidence.proofs.retain(|proof| proof.what != what);
            evidence.proofs.push(proof(what, judgement));
        };
        match self.0.mood(&source) {
            Mood::Good | Mood::NotReady | Mood::Huge => {}
            Mood::Wrong(what) => judge(what, Judgement::Failed),
            Mood::Skips(what) => judge(what, Judgement::Skipped),
            Mood::Breaks => return Err(Trouble::passing(Stage::Load, "the server went away")),
            Mood::Panics => panic!("a bug, on purpose"),
            Mood::Deadline => {
                work.stop.stop(StopReason::Deadline);
                work.stop.check(Stage::Load)?;
            }
            Mood::Says(answers, missing) => (evidence.answers, evidence.missing) = (answers, missing),
        }
        Ok(evidence)
    }
}

/// A place as verify has it, with a scratch folder, drilled by a stand-in.
pub(crate) struct Bench {
    pub(crate) place: Place,
    pub(crate) provers: Arc<StandIn>,
    pub(crate) dir: PathBuf,
    /// On disk, as scratch must be; the place itself lies in memory.
    _scratch: TempDir,
}

impl Bench {
    pub(crate) fn new(settings: &str) -> Self {
        let place = Place::new(settings);
        let scratch = TempDir::new().unwrap();
        let dir = scratch.path().join("scratch");
        let mut bench = Self { place, provers: Arc::default(), dir, _scratch: scratch };
        bench.restart();
        bench
    }

    /// The same a while later, as another start of the daemon finds it.
    pub(crate) fn restart(&mut self) {
        self.restart_with(Arc::new(Open));
    }

    pub(crate) fn restart_with(&mut self, gate: Arc<dyn Gate>) {
        let (file, dir) = (self.place.site.path("backup.toml"), self.dir.clone());
        self.place.parts = Parts::start_with(&file, &self.place.clock, gate, |config| config.drill.dir = dir);
        let (provers, cleared) = (self.provers.clone(), self.provers.clone());
        self.place.parts.runner.proving = Proving {
            prover: Arc::new(move |form| Box::new(Prover(provers.clone(), form))),
            clear_left_over: Arc::new(move |folder, _| {
                cleared.cleared.lock().unwrap().push(folder.to_owned());
                Ok(())
            }),
        };
    }

    pub(crate) fn drill(&self) -> RunReport {
        self.place.parts.run(request(None))
    }

    pub(crate) fn drill_one(&self, id: &BackupId) -> RunReport {
        self.place.parts.run(request(Some(id)))
    }

    /// The last drill, of what it took of this set.
    pub(crate) fn found(&self, id: &BackupId) -> Option<DrillReport> {
        DrillReport::each(self.place.parts.runner.store.drill_findings(id)).pop()
    }

    /// What was said last of one source of it.
    #[track_caller]
    pub(crate) fn of(&self, id: &BackupId, source: &str) -> DrilledSource {
        let kept = self.place.parts.runner.store.drill_findings(id).expect("findings");
        let last = kept.sources.into_iter().rev().find(|one| one.source.as_str() == source);
        last.expect("the source").drilled
    }

    /// Nothing of a drill is left.
    #[track_caller]
    pub(crate) fn is_clear(&self) {
        let left: Vec<_> = fs::read_dir(&self.dir)
            .map(|entries| entries.map(|entry| entry.unwrap().file_name()).collect())
            .unwrap_or_default();
        assert!(
            left.iter().all(|name| name == ".resguardo-drill.lock" || name == ".resguardo-store.json"),
            "left over: {left:?}"
        );
    }
}

pub(crate) fn request(id: Option<&BackupId>) -> Request {
    let scope = id.map_or(Scope::Latest, |id| Scope::One(id.clone()));
    Request { scope, ..Request::command(Job::Drill, std::time::Duration::ZERO) }
}

pub(crate) fn verdicts(found: &DrillReport) -> Vec<(&str, Verdict)> {
    found.sources.iter().map(|one| (one.source.as_str(), one.verdict)).collect()
}
