//! An application and a store on which one whole run is broken at every door: two sets, the older
//! of them expired, and two adopted files, one of them expired. Each trial works on a copy of the
//! store; what must hold of it afterwards is checked here.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use resguardo::config::{self, Config};
use resguardo::domain::artifact::Kind;
use resguardo::domain::progress::Unseen;
use resguardo::domain::report::{Job, Outcome, RunReport};
use resguardo::domain::set::{CatalogSet, SetState};
use resguardo::runner::{Request, Runner};
use resguardo::store::Store;
use resguardo::sys::Sys;
use resguardo::sys::gate::{Act, Gate, Open};
use resguardo::sys::stop::Stop;
use resguardo::words::Words;
use tempfile::TempDir;

use super::folder;
use super::gate::FaultGate;
use super::log::StandingClock;
use super::postgres::Server;
use super::site::sqlite;
use super::store::{digest, id, names, real_store};

/// The run that is broken starts here; the one after it an hour later.
pub(crate) const NOW: &str = "2024-11-12T08:00:00Z";
const LATER: &str = "2024-11-12T09:00:00Z";
/// The id of the run that is broken, in Lima.
pub(crate) const BROKEN: &str = "20241112_030000";
pub(crate) const KEPT: &str = "20241111_030000";
const EXPIRED: &str = "20241023_030000";
const ADOPTED: &str = "media/photos-of-2019.tgz";
const ADOPTED_EXPIRED: &str = "db/app_20240101_030000.sqlite3.gz";

/// Rows of the database when the kept set was made, and when the broken run was.
const ROWS_BEFORE: u32 = 100;
const ROWS_NOW: u32 = 120;

/// The application, and the store every trial begins with.
pub(crate) struct Scene {
    folder: PathBuf,
    server: Option<Server>,
    _made: Option<TempDir>,
}

impl Scene {
    /// A SQLite file, a folder, a settings file.
    pub(crate) fn files() -> Self {
        let made = folder::in_memory();
        let app = made.path().join("app");
        fs::create_dir_all(app.join("media/2024")).unwrap();
        sqlite(&app.join("db.sqlite3"), ROWS_BEFORE);
        fs::write(app.join("media/a.jpg"), "not a photo").unwrap();
        fs::write(app.join("settings.env"), "SECRET=1").unwrap();
        let path = |name: &str| app.join(name).display().to_string();
        let sources = format!(
            "[[sqlite]]\nname = \"app\"\npath = {:?}\n[[media]]\nname = \"media\"\npath = {:?}\n\
             [[files]]\nname = \"settings\"\npaths = [{:?}]\n",
            path("db.sqlite3"),
            path("media"),
            path("settings.env")
        );
        let scene = Self::with(made, None, &sources);
        sqlite(&app.join("db.sqlite3"), ROWS_NOW);
        fs::write(app.join("media/2024/b.jpg"), "nor is this one").unwrap();
        scene
    }

    /// A PostgreSQL database with its properties and roles.
    pub(crate) fn postgres() -> Self {
        let server = Server::start();
        server.psql("postgres", "CREATE DATABASE app");
        let rows = |from: u32, to: u32| {
            format!("INSERT INTO asset SELECT n, 'no. ' || n FROM generate_series({from}, {to}) n")
        };
        server.psql("app", &format!("CREATE TABLE asset (id int PRIMARY KEY, name text); {}", rows(1, ROWS_BEFORE)));
        let host = server.socket_folder().display().to_string().replace('/', "%2F");
        let sources = format!("[[postgres]]\nname = \"app\"\nurl = \"postgres://postgres@{host}/app\"\n");
        let scene = Self::with(folder::in_memory(), Some(server), &sources);
        scene.server().psql("app", &rows(ROWS_BEFORE + 1, ROWS_NOW));
        scene
    }

    /// The scene that a parent made, seen by its child.
    pub(crate) fn of_parent(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), server: None, _made: None }
    }

    fn with(made: TempDir, server: Option<Server>, sources: &str) -> Self {
        let head = "timezone = \"America/Lima\"\n[retention]\nkeep_days = 3\nminimum_redundancy = 2\n";
        fs::write(made.path().join("backup.toml"), format!("{head}{sources}")).unwrap();
        let scene = Self { folder: made.path().to_owned(), server, _made: Some(made) };
        let store = scene.folder.join("backups");
        for day in ["2024-10-23T08:00:00Z", "2024-11-11T08:00:00Z"] {
            let report = scene.back_up(&store, Arc::new(Open), day);
            assert_eq!(report.outcome, Outcome::Succeeded, "{report:#?}");
        }
        // The older would never have been removed by these two: the clock leapt in between.
        let standing = names(&store.join("sets"));
        assert_eq!(standing, [format!("{EXPIRED}.json"), format!("{KEPT}.json")]);
        fs::create_dir_all(store.join("media")).unwrap();
        for adopted in [ADOPTED, ADOPTED_EXPIRED] {
            fs::write(store.join(adopted), "of the shell loop").unwrap();
        }
        scene
    }

    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A copy of the store to break.
    pub(crate) fn trial(&self) -> TempDir {
        let trial = folder::in_memory();
        copy(&self.folder.join("backups"), &trial.path().join("backups"));
        trial
    }

    pub(crate) fn config(&self, store: &Path) -> Config {
        let mut config = config::load(Some(&self.folder.join("backup.toml")), []).unwrap().config;
        store.clone_into(&mut config.store.dir);
        // Each store has a log folder that knows nothing of any other.
        config.store.log_dir = store.with_file_name("logs");
        // What a machine has at the default place is none of a trial’s.
        config.drill.dir = store.with_file_name("scratch");
        config
    }

    pub(crate) fn runner(&self, store: &Path, gate: Arc<dyn Gate>, now: &str) -> Runner {
        Self::runner_of(self.config(store), &Sys::new(StandingClock::at(now), gate))
    }

    pub(crate) fn runner_of(config: Config, sys: &Sys) -> Runner {
        Runner::new(sys, Arc::new(config), Words::english(), Arc::new(Unseen)).unwrap()
    }

    /// One whole run: recover, try the store, survey, dump, publish, pin, `RESTORE.md`, prune, index, record.
    pub(crate) fn back_up(&self, store: &Path, gate: Arc<dyn Gate>, now: &str) -> RunReport {
        Self::run(&self.runner(store, gate, now))
    }

    pub(crate) fn run(runner: &Runner) -> RunReport {
        let pin = runner.sys.clock.now() == StandingClock::at(NOW).0;
        let request = Request { pin, ..Request::command(Job::Backup, Duration::ZERO) };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(runner.run(request, Stop::new()))
    }

    /// What must hold at the next start, and of the run after it, in a store that held sets before.
    pub(crate) fn check_next_start(&self, store: &Path, recorded: usize, what: &str) {
        self.check_starts(store, what);
        let reports = self.runner(store, Arc::new(Open), LATER).record.read().unwrap();
        let of_broken = reports.iter().filter(|report| report.run == format!("backup-{BROKEN}")).count();
        assert_eq!(of_broken, recorded, "{what}: reports of the run: {reports:#?}");
        let catalog = real_store(store).catalog();
        assert!(catalog.get(&id(KEPT)).is_some(), "{what}: the earlier good set is gone");
        assert!(catalog.get(&id(EXPIRED)).is_none(), "{what}: the expired set stands");
        let adopted: Vec<&str> = catalog.adopted.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(adopted, [ADOPTED], "{what}");
    }

    /// The same in any store.
    pub(crate) fn check_starts(&self, store: &Path, what: &str) {
        let before = faults(store);
        assert_eq!(before, Vec::<String>::new(), "{what}: before the next start");

        let runner = self.runner(store, Arc::new(Open), LATER);
        runner.recover();
        let locked = runner.store.lock(Duration::ZERO, &Stop::new()).unwrap().unwrap();
        locked.recover().unwrap_or_else(|e| panic!("{what}: recover: {e}"));
        drop(locked);
        assert_eq!(faults(store), Vec::<String>::new(), "{what}: after recovery");
        // A mark that never got its name is the next run's to take away.
        let unnamed = |path: &String| path.starts_with(".resguardo/running/") && path.contains(".new");
        let left: Vec<String> = left_over(store).into_iter().filter(|path| !unnamed(path)).collect();
        assert_eq!(left, Vec::<String>::new(), "{what}: after recovery");
        assert!(runner.record.running().is_empty(), "{what}: a run is marked as under way");
        self.check_loads(store, what);

        let report = self.back_up(store, Arc::new(Open), LATER);
        assert_eq!(report.outcome, Outcome::Succeeded, "{what}: the next run: {report:#?}");
        assert_eq!(faults(store), Vec::<String>::new(), "{what}: after the next run");
        assert_eq!(left_over(store), Vec::<String>::new(), "{what}: after the next run");
    }

    /// The newest set, opened by public tools alone, holds what the application held.
    pub(crate) fn check_loads(&self, store: &Path, what: &str) {
        let catalog = real_store(store).catalog();
        let Some(newest) = catalog.sets.last() else { return };
        let rows = if newest.id.as_str() == KEPT { ROWS_BEFORE } else { ROWS_NOW };
        for artifact in &newest.artifacts {
            let path = store.join(&artifact.path);
            let whole = match artifact.kind {
                Kind::Sqlite => sqlite_rows(&path) == Ok(i64::from(rows)),
                Kind::Media => {
                    let listed = run(Command::new("tar").arg("-tzf").arg(&path));
                    listed.contains("./a.jpg") && listed.contains("./2024/b.jpg") == (rows == ROWS_NOW)
                }
                Kind::Files => run(Command::new("tar").arg("-xzOf").arg(&path)) == "SECRET=1",
                Kind::Postgres => self.postgres_rows(&path) == rows.to_string(),
                Kind::Globals => run(Command::new("gunzip").arg("-c").arg(&path)).contains("CREATE ROLE postgres"),
                Kind::Database => fs::read_to_string(&path).unwrap().contains("CREATE DATABASE"),
            };
            assert!(whole, "{what}: {} does not hold what it should", artifact.path);
        }
    }

    fn postgres_rows(&self, path: &Path) -> String {
        let server = self.server();
        server.psql("postgres", "DROP DATABASE IF EXISTS again");
        server.psql("postgres", "CREATE DATABASE again TEMPLATE template0");
        server.psql("again", &run(Command::new("gunzip").arg("-c").arg(path)));
        server.psql("again", "SELECT count(*) FROM asset")
    }
}

/// Calls for a listing before each act that comes to the gate behind it.
pub(crate) struct Listing {
    gate: Arc<FaultGate>,
    store: Store,
    /// Reads every byte of what is listed as well.
    thorough: bool,
    found: Mutex<Vec<String>>,
}

impl Listing {
    pub(crate) fn before(gate: &Arc<FaultGate>, dir: &Path, thorough: bool) -> Arc<Self> {
        Arc::new(Self { gate: gate.clone(), store: real_store(dir), thorough, found: Mutex::default() })
    }

    /// What the listings showed that none must show.
    pub(crate) fn found(&self) -> Vec<String> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look(&self, act: Act, path: &Path) {
        let faults = if self.thorough { faults(self.store.dir()) } else { half_sets(&self.store) };
        let told = faults.into_iter().map(|fault| format!("before {act:?} of {}: {fault}", path.display()));
        self.found.lock().unwrap_or_else(PoisonError::into_inner).extend(told);
    }
}

impl Gate for Listing {
    fn pass(&self, act: Act, path: &Path) -> io::Result<()> {
        self.look(act, path);
        self.gate.pass(act, path)
    }

    fn pass_bytes(&self, path: &Path, bytes: usize) -> io::Result<usize> {
        self.look(Act::Write, path);
        self.gate.pass_bytes(path, bytes)
    }
}

/// What a reader must never see: a set that is not whole, a piece of one as an adopted file.
pub(crate) fn faults(dir: &Path) -> Vec<String> {
    let store = real_store(dir);
    let mut faults = half_sets(&store);
    for set in store.catalog().sets {
        // Just removed, or judged above.
        let Ok(manifest) = store.manifest(&set.id) else { continue };
        for artifact in manifest.artifacts {
            let mut bytes = Vec::new();
            let read = store.open_artifact(&artifact.path).and_then(|mut file| file.read_to_end(&mut bytes));
            if read.is_err() || digest(&bytes) != artifact.digest {
                faults.push(format!("{} is not what its manifest says", artifact.path));
            }
        }
    }
    faults
}

/// The same by the listing alone.
pub(crate) fn half_sets(store: &Store) -> Vec<String> {
    let catalog = store.catalog();
    let mut faults = catalog.unlisted.clone();
    let strange = catalog.adopted.iter().filter(|file| ![ADOPTED, ADOPTED_EXPIRED].contains(&file.path.as_str()));
    faults.extend(strange.map(|file| format!("{} looks adopted", file.path)));
    let half = |set: &&CatalogSet| ![SetState::Complete, SetState::Partial].contains(&set.state());
    faults.extend(catalog.sets.iter().filter(half).map(|set| format!("{} is {:?}", set.id, set.state())));
    faults
}

/// What nobody will ever need: of runs that ended, and files that no manifest names.
pub(crate) fn left_over(dir: &Path) -> Vec<String> {
    let store = real_store(dir);
    let catalog = store.catalog();
    let mut known: BTreeSet<String> = catalog.adopted.iter().map(|file| file.path.clone()).collect();
    known.extend(catalog.sets.iter().flat_map(|set| &set.artifacts).map(|artifact| artifact.path.clone()));
    let mut left = Vec::new();
    for folder in ["db", "media", "files"] {
        left.extend(
            names(&dir.join(folder))
                .into_iter()
                .map(|name| format!("{folder}/{name}"))
                .filter(|path| !known.contains(path)),
        );
    }
    for folder in ["partial", "expired", "running"] {
        left.extend(
            names(&store.state_dir().join(folder)).into_iter().map(|name| format!(".resguardo/{folder}/{name}")),
        );
    }
    left
}

/// A process of the program; ended with the test, should that fail first.
pub(crate) struct Started(pub(crate) Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// Looks again and again until something is there; fails where it never is.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Programs of PostgreSQL's that were started for a server, by what stands in their environment.
pub(crate) fn programs_at_work(server: &Server) -> Vec<String> {
    let host = format!("PGHOST={}", server.socket_folder().display());
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let at_work = processes.filter_map(|process| {
        let environment = fs::read(process.join("environ")).ok()?;
        let is_ours = environment.split(|byte| *byte == 0).any(|variable| variable == host.as_bytes());
        let name = fs::read_to_string(process.join("comm")).ok()?;
        (is_ours && name.starts_with("pg_")).then(|| format!("{} {}", process.display(), name.trim()))
    });
    at_work.collect()
}

/// The rows of a stored SQLite file, as `gunzip` and SQLite itself see it.
pub(crate) fn sqlite_rows(path: &Path) -> Result<i64, String> {
    let folder = folder::in_memory();
    let copy = folder.path().join("copy.sqlite3");
    let raw = Command::new("gunzip").arg("-c").arg(path).stderr(Stdio::inherit()).output().unwrap();
    assert!(raw.status.success(), "gunzip {}", path.display());
    fs::File::create(&copy).unwrap().write_all(&raw.stdout).unwrap();
    let database = rusqlite::Connection::open(&copy).map_err(|e| e.to_string())?;
    let check: String =
        database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(|e| e.to_string())?;
    if check != "ok" {
        return Err(check);
    }
    database.query_row("SELECT count(*) FROM asset", [], |row| row.get(0)).map_err(|e| e.to_string())
}

/// What a program prints; it must end well.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
