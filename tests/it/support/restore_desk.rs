//! A small application whose files and SQLite database are restored, and ways back for them that
//! are as plain as can be: what is new stands beside what is live, and both are renamed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use resguardo::config::{self, Config};
use resguardo::domain::artifact::Kind;
use resguardo::domain::id::BackupId;
use resguardo::domain::name::SourceName;
use resguardo::domain::progress::Unseen;
use resguardo::domain::report::{Job, Outcome, RunReport};
use resguardo::domain::restoring::Exchange;
use resguardo::domain::saying::Saying;
use resguardo::domain::trouble::{Stage, StopReason, Trouble};
use resguardo::job::restore::{Answer, Ask, Consent, GivenFile, PutBack, Question, Role, What};
use resguardo::runner::{Request, Runner};
use resguardo::source::media::Media;
use resguardo::source::restore::{Bytes, Kept, Prospect, Restore, Stands, To, Wish};
use resguardo::source::{Source, Target, Work};
use resguardo::sys::Sys;
use resguardo::sys::clock::RealClock;
use resguardo::sys::gate::{Gate, Open};
use resguardo::sys::stop::Stop;
use resguardo::words::Words;

use super::site::{Site, sqlite, toml};

/// Something that befalls a step of a way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    Fails,
    /// The run is asked to end there, and the step ends well.
    Signal,
    /// The process is gone there; what it had begun by then stays.
    Dies,
    /// The process is gone in the middle of a step that is done by half.
    DiesHalfWay,
}

/// What befalls which step of which source, and what was called.
#[derive(Default)]
pub(crate) struct Fate {
    mishaps: Mutex<BTreeMap<(&'static str, String), Mishap>>,
    pub(crate) calls: Mutex<Vec<String>>,
    pub(crate) stop: Mutex<Stop>,
}

impl Fate {
    pub(crate) fn befalls(&self, step: &'static str, source: &str, mishap: Mishap) {
        self.mishaps.lock().unwrap().insert((step, source.to_owned()), mishap);
    }

    pub(crate) fn spare_all(&self) {
        self.mishaps.lock().unwrap().clear();
    }

    fn meets(&self, step: &'static str, source: &SourceName) -> Result<Option<Mishap>, Trouble> {
        self.calls.lock().unwrap().push(format!("{step} {source}"));
        let mishap = self.mishaps.lock().unwrap().get(&(step, source.to_string())).copied();
        match mishap {
            Some(Mishap::Fails) => Err(Trouble::lasting(Stage::Swap, format!("{step} is not to be"))),
            Some(Mishap::Signal) => {
                self.stop.lock().unwrap().stop(StopReason::Signal);
                Ok(None)
            }
            // A panic is the nearest to a kill that one process can be given: nothing cleans up.
            Some(Mishap::Dies) => panic!("the process is gone, on purpose"),
            other => Ok(other),
        }
    }
}

/// The way back of a folder or a SQLite file.
struct Plain {
    source: SourceName,
    live: PathBuf,
    media: Option<Media>,
    fate: Arc<Fate>,
}

fn there(path: &str) -> bool {
    Path::new(path).symlink_metadata().is_ok()
}

fn io_trouble(error: io::Error) -> Trouble {
    Trouble::passing(Stage::Swap, error)
}

fn remove(path: &str) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

impl Restore for Plain {
    fn look(&self, wish: &Wish, _work: &Work) -> Result<Prospect, Trouble> {
        self.fate.meets("look", &self.source)?;
        let live = self.live.display().to_string();
        let exchange = Exchange {
            new: format!("{live}_new_{}", wish.run),
            old: there(&live).then(|| format!("{live}_before_{}", wish.run)),
            live,
            within: None,
        };
        let exchanges = if wish.to == To::Home { vec![exchange] } else { Vec::new() };
        let says = vec![Saying::new("hint-name-taken").with("path", self.live.display())];
        Ok(Prospect { says, exchanges, remarks: Vec::new(), in_place: false })
    }

    fn prepare(&self, exchanges: &[Exchange], bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
        let mishap = self.fate.meets("prepare", &self.source)?;
        let new = match (&wish.to, exchanges.first()) {
            (To::Folder(folder), _) => folder.clone(),
            (_, Some(exchange)) => PathBuf::from(&exchange.new),
            _ => panic!("nowhere to go"),
        };
        if let Some(media) = &self.media {
            media.load(bytes.raw, &Target::Path(new), work)?;
        } else {
            let mut all = Vec::new();
            bytes.raw.read_to_end(&mut all).map_err(io_trouble)?;
            fs::write(new, all).map_err(io_trouble)?;
        }
        assert_ne!(mishap, Some(Mishap::DiesHalfWay), "the process is gone, on purpose");
        Ok(())
    }

    fn swap(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
        let mishap = self.fate.meets("swap", &self.source)?;
        work.stop.check(Stage::Swap)?;
        for Exchange { live, new, old, .. } in exchanges {
            if let Some(old) = old {
                fs::rename(live, old).map_err(io_trouble)?;
            }
            assert_ne!(mishap, Some(Mishap::DiesHalfWay), "the process is gone, on purpose");
            fs::rename(new, live).map_err(io_trouble)?;
        }
        Ok(())
    }

    fn settle(&self, exchanges: &[Exchange], _work: &Work) -> Result<Stands, Trouble> {
        self.fate.meets("settle", &self.source)?;
        let mut stands = Stands::New;
        for Exchange { live, new, old, .. } in exchanges {
            if there(new) && there(live) {
                stands = Stands::Old;
            } else if there(new) && old.as_deref().is_some_and(there) {
                fs::rename(new, live).map_err(io_trouble)?;
            }
        }
        Ok(stands)
    }

    fn discard(&self, exchanges: &[Exchange], _work: &Work) -> Result<(), Trouble> {
        self.fate.meets("discard", &self.source)?;
        exchanges.iter().try_for_each(|exchange| remove(&exchange.new)).map_err(io_trouble)
    }

    fn kept(&self, exchanges: &[Exchange], _work: &Work) -> Result<Vec<Kept>, Trouble> {
        self.fate.meets("kept", &self.source)?;
        let olds = exchanges.iter().filter_map(|exchange| exchange.old.clone()).filter(|old| there(old));
        Ok(olds.map(|name| Kept { name, bytes: Some(1000) }).collect())
    }

    fn clean(&self, exchanges: &[Exchange], _work: &Work) -> Result<Option<u64>, Trouble> {
        self.fate.meets("clean", &self.source)?;
        exchanges.iter().filter_map(|exchange| exchange.old.as_deref()).try_for_each(remove).map_err(io_trouble)?;
        Ok(Some(1000))
    }

    fn reversed(&self, done: &[Exchange], run: &BackupId) -> Vec<Exchange> {
        done.iter().filter_map(|exchange| exchange.reversed(format!("{}_undone_{run}", exchange.live))).collect()
    }
}

/// Answers as it was told, and keeps what it was shown.
pub(crate) struct Told {
    answer: Answer,
    pub(crate) seen: Mutex<Vec<Question>>,
    /// Done while the question stands.
    meanwhile: Option<Box<dyn Fn() + Send + Sync>>,
}

impl Told {
    pub(crate) fn answering(answer: Answer) -> Arc<Self> {
        Arc::new(Self { answer, seen: Mutex::default(), meanwhile: None })
    }

    pub(crate) fn doing(meanwhile: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { answer: Answer::Yes, seen: Mutex::default(), meanwhile: Some(Box::new(meanwhile)) })
    }

    pub(crate) fn text(&self) -> String {
        self.seen.lock().unwrap().iter().flat_map(|question| question.lines.clone()).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn typed(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|question| question.typed.clone()).collect()
    }
}

impl Consent for Told {
    fn show(&self, question: &Question) {
        self.seen.lock().unwrap().push(question.clone());
    }

    fn ask(&self, question: &Question, _stop: &Stop) -> Answer {
        self.show(question);
        if let Some(meanwhile) = &self.meanwhile {
            meanwhile();
        }
        self.answer
    }
}

/// The application: a database, a folder, settings; its store holds what was backed up.
pub(crate) struct Desk {
    pub(crate) site: Site,
    pub(crate) fate: Arc<Fate>,
    runtime: tokio::runtime::Runtime,
}

impl Desk {
    /// Everything is in its first state, and backed up once.
    pub(crate) fn new(settings: &str) -> Self {
        let site = Site::new("");
        fs::create_dir_all(site.path("app/media")).unwrap();
        site.configure(&format!(
            "timezone = \"America/Lima\"\n{settings}\n[[sqlite]]\nname = \"app\"\npath = {}\n\
             [[media]]\nname = \"media\"\npath = {}\n",
            toml(&site.path("app/db.sqlite3")),
            toml(&site.path("app/media"))
        ));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let desk = Self { site, fate: Arc::default(), runtime };
        desk.change("first");
        desk.back_up();
        desk
    }

    /// Changes all data to a state that can be told apart.
    pub(crate) fn change(&self, state: &str) {
        sqlite(&self.site.path("app/db.sqlite3"), 100 + u32::try_from(state.len()).unwrap());
        fs::write(self.site.path("app/media/a.jpg"), state).unwrap();
    }

    pub(crate) fn back_up(&self) -> BackupId {
        let report = self.call_backup(&self.runner(Arc::new(Open)));
        assert_eq!(report.outcome, Outcome::Succeeded, "{report:#?}");
        report.backup_id.unwrap()
    }

    pub(crate) fn call_backup(&self, runner: &Runner) -> RunReport {
        self.runtime.block_on(runner.run(Request::command(Job::Backup, std::time::Duration::ZERO), Stop::new()))
    }

    pub(crate) fn config(&self) -> Config {
        config::load(Some(&self.site.path("backup.toml")), []).unwrap().config
    }

    pub(crate) fn runner(&self, gate: Arc<dyn Gate>) -> Runner {
        let sys = Sys::new(Arc::new(RealClock), gate);
        let mut runner = Runner::new(&sys, Arc::new(self.config()), Words::english(), Arc::new(Unseen)).unwrap();
        let fate = self.fate.clone();
        runner.way_back = Arc::new(move |config: &Config, kind: Kind, source: &SourceName| {
            let live = match kind {
                Kind::Media => config.media.iter().find(|one| one.name == *source).map(|one| one.path.clone()),
                _ => config.sqlite.iter().find(|one| one.name == *source).map(|one| one.path.clone()),
            };
            let media = config.media.iter().find(|one| one.name == *source).map(|one| Media::new(one).unwrap());
            Some(Box::new(Plain { source: source.clone(), live: live?, media, fate: fate.clone() }) as Box<dyn Restore>)
        });
        runner
    }

    pub(crate) fn ask(&self, ask: Ask) -> RunReport {
        self.ask_as(ask, Told::answering(Answer::Yes))
    }

    pub(crate) fn ask_as(&self, ask: Ask, consent: Arc<Told>) -> RunReport {
        self.ask_through(&self.runner(Arc::new(Open)), ask, consent)
    }

    pub(crate) fn ask_through(&self, runner: &Runner, ask: Ask, consent: Arc<Told>) -> RunReport {
        let stop = Stop::new();
        *self.fate.stop.lock().unwrap() = stop.clone();
        self.runtime.block_on(runner.restore(ask, consent, stop))
    }

    /// What stands live: the number of rows, the folder's file.
    pub(crate) fn live(&self) -> (i64, String) {
        content(&self.site.path("app/db.sqlite3"), &self.site.path("app/media"))
    }

    /// Everything beside the live data, by name.
    pub(crate) fn beside(&self) -> Vec<String> {
        let entries = fs::read_dir(self.site.path("app")).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !["db.sqlite3", "media"].contains(&name.as_str()));
        names.sort();
        names
    }

    pub(crate) fn journals(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.site.path("backups/.resguardo/restores"))
            .map(|entries| entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect())
            .unwrap_or_default();
        names.sort();
        names
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.fate.calls.lock().unwrap())
    }

    /// The file of an artifact in the store.
    pub(crate) fn artifact(&self, folder: &str) -> PathBuf {
        self.site.stored(folder).remove(0)
    }
}

/// The rows of a database and the content of a folder's file.
pub(crate) fn content(database: &Path, folder: &Path) -> (i64, String) {
    let rows = rusqlite::Connection::open(database)
        .unwrap()
        .query_row("SELECT count(*) FROM asset", [], |row| row.get(0))
        .unwrap();
    (rows, fs::read_to_string(folder.join("a.jpg")).unwrap())
}

pub(crate) fn put_back(what: What) -> PutBack {
    PutBack {
        what,
        to_db: None,
        to_dir: None,
        only: Vec::new(),
        tables: Vec::new(),
        replace: false,
        jobs: 1,
        no_owner: false,
        assume_room: false,
        no_safety_backup: false,
        dry_run: false,
    }
}

pub(crate) fn latest() -> Ask {
    Ask::PutBack(put_back(What::Latest { sources: Vec::new() }))
}

pub(crate) fn files(files: &[(&Path, Role)]) -> Ask {
    let files = files.iter().map(|(name, role)| GivenFile { name: (*name).to_owned(), role: *role }).collect();
    Ask::PutBack(put_back(What::Files { files, source: None }))
}

pub(crate) fn undo() -> Ask {
    Ask::Undo { sources: Vec::new(), dry_run: false }
}

pub(crate) fn clean() -> Ask {
    Ask::Clean { sources: Vec::new(), dry_run: false }
}
