//! A throw-away server of our own: initialised in a folder that is handed in, reached through a
//! socket in a short private folder, never by TCP, never as root, gone when dropped.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::tools::Tools;
use super::{nameless, said};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::sys::Sys;
use crate::sys::confined::{Confined, Reach};
use crate::sys::programs::{Child, Command, Ended, Politely};
use crate::sys::stop::Stop;
use crate::sys::users::{self, User};

/// The superuser of such a server where nobody asks for another.
pub const SUPERUSER: &str = "resguardo";
/// The user that it runs as where we are root.
const STAND_IN: &str = "postgres";
/// Starting takes a second or two; a machine that is very busy gets more.
const START_WAIT: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// It holds nothing worth keeping: past this it is killed.
const END_WAIT: Duration = Duration::from_secs(10);
/// Small and safe for a scratch server: nothing listens, nothing is made durable.
const SETTINGS: [&str; 7] = [
    "listen_addresses=",
    "fsync=off",
    "shared_buffers=16MB",
    "maintenance_work_mem=32MB",
    "max_parallel_workers=0",
    "dynamic_shared_memory_type=mmap",
    "unix_socket_permissions=0700",
];
/// By way of what a program is told to end when whoever started it does. For a server SIGQUIT is
/// the word: its sessions end with it.
const BOUND: (&str, [&str; 3]) = ("setpriv", ["--pdeathsig", "QUIT", "--"]);

/// How a server is made.
pub(super) struct Recipe {
    pub(super) superuser: String,
    /// What `initdb` is told of encoding and locale.
    pub(super) locale: Vec<String>,
    /// Beside those that every such server has.
    pub(super) settings: Vec<String>,
    /// It ends with the thread that starts it, also where that is killed with its process.
    pub(super) ends_with_us: bool,
    /// All that the running server may reach, where it carries out what strangers wrote.
    pub(super) reach: Option<Reach>,
}

/// A running server.
pub struct Throwaway {
    sys: Sys,
    tools: Tools,
    recipe: Recipe,
    socket: PathBuf,
    as_user: Option<User>,
    is_bound: bool,
    child: Option<Child>,
}

impl Throwaway {
    /// Initialises and starts a server in `dir`, which must be a folder of its own; `socket` is a
    /// short path that does not exist.
    ///
    /// # Errors
    /// Where a program is missing or fails, or no user but root is there to run it. Nothing runs
    /// then, and of the socket's folder nothing is left.
    pub fn start(sys: &Sys, tools: &Tools, dir: &Path, socket: &Path, stop: &Stop) -> Result<Self, Trouble> {
        let locale = ["--encoding=UTF8", "--locale=C.UTF-8"].map(str::to_owned).to_vec();
        let superuser = SUPERUSER.to_owned();
        let recipe = Recipe { superuser, locale, settings: Vec::new(), ends_with_us: false, reach: None };
        Self::start_as(recipe, sys, tools, dir, socket, stop)
    }

    /// The same by a recipe.
    ///
    /// # Errors
    /// As [`Throwaway::start`].
    pub(super) fn start_as(
        recipe: Recipe,
        sys: &Sys,
        tools: &Tools,
        dir: &Path,
        socket: &Path,
        stop: &Stop,
    ) -> Result<Self, Trouble> {
        let as_user = user()?;
        let sys = of(as_user, sys);
        let is_bound = recipe.ends_with_us && can_bind(&sys, stop);
        let (tools, socket) = (tools.clone(), socket.to_owned());
        // From here on dropping it clears away whatever was begun.
        let mut server = Self { sys, tools, recipe, socket, as_user, is_bound, child: None };
        server.own_folder(dir)?;
        server.own_folder(&server.socket)?;
        let data = dir.join("data");
        server.initialise(dir, &data, stop)?;
        server.launch(&data, stop)?;
        Ok(server)
    }

    /// The folder of its socket; the host to connect to.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// How far the kernel keeps it to what it may reach.
    pub(super) fn confined(&self) -> Confined {
        self.child.as_ref().map_or(Confined::Not, Child::confined)
    }

    /// Runs statements in one of its databases.
    ///
    /// # Errors
    /// Where `psql` is missing or one of them fails.
    pub fn execute(&self, database: &str, sql: &str, stop: &Stop) -> Result<(), Trouble> {
        let command = Command::new(self.tools.program("psql"))
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql])
            .env("PGHOST", &self.socket)
            .env("PGUSER", &self.recipe.superuser);
        self.complete("psql", &command, stop).map(drop)
    }

    /// Makes a folder that is the server's alone.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn own_folder(&self, folder: &Path) -> Result<(), Trouble> {
        let made = self.sys.files.make_folder(folder, 0o700).and_then(|()| match self.as_user {
            Some(User { uid, gid }) => self.sys.files.give(folder, uid, gid),
            None => Ok(()),
        });
        made.map_err(|e| Trouble::passing(Stage::SetUp, e))
    }

    /// The number that the files in `dir` say is theirs; the server that has them open says the same.
    ///
    /// # Errors
    /// Where `pg_controldata` is missing or does not say it.
    pub(super) fn identifier(&self, dir: &Path, stop: &Stop) -> Result<String, Trouble> {
        let command = self.bound("pg_controldata").arg("-D").arg(dir.join("data"));
        let told = self.complete("pg_controldata", &command, stop)?;
        let told = String::from_utf8_lossy(&told);
        let number = told.lines().find_map(|line| line.strip_prefix("Database system identifier:"));
        number.map(|number| number.trim().to_owned()).ok_or_else(|| failed("pg_controldata", "it names no identifier"))
    }

    /// Its last words where it has ended by itself, or does so within this time.
    pub(super) fn last_words(&mut self, within: Duration) -> Option<String> {
        let until = Instant::now() + within;
        while self.child.as_ref()?.is_running() {
            if Instant::now() >= until {
                return None;
            }
            Stop::new().wait(LOOK_EVERY);
        }
        let why = |ended: &Ended| said::why(&ended.stderr).map(|why| format!(": {why}")).unwrap_or_default();
        Some(self.end().map_or_else(String::new, |ended| format!("{}{}", ended.how, why(&ended))))
    }

    fn initialise(&self, dir: &Path, data: &Path, stop: &Stop) -> Result<(), Trouble> {
        let command = self
            .bound("initdb")
            .args(["--no-sync", "--auth=trust", "-U", &self.recipe.superuser])
            .args(&self.recipe.locale)
            .arg("-D")
            .arg(data);
        let named = match nameless::lender(&self.sys, stop)? {
            None => Ok(command),
            Some(lender) => nameless::named(command, &lender, dir, &self.sys),
        };
        self.complete("initdb", &named.map_err(|e| Trouble::passing(Stage::SetUp, e))?, stop).map(drop)
    }

    fn launch(&mut self, data: &Path, stop: &Stop) -> Result<(), Trouble> {
        let mut command = self.bound("postgres").arg("-D").arg(data).arg("-k").arg(&self.socket);
        for setting in SETTINGS.into_iter().chain(self.recipe.settings.iter().map(String::as_str)) {
            command = command.args(["-c", setting]);
        }
        if let Some(reach) = &self.recipe.reach {
            command = command.confined(reach.clone());
        }
        let child = self.sys.programs.start(&command, stop).map_err(|e| failed("postgres", &e.to_string()))?;
        let child = self.child.insert(child);
        let until = Instant::now() + START_WAIT;
        // The last line of postmaster.pid says when it takes connections.
        while !fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| text.contains("ready")) {
            stop.check(Stage::SetUp)?;
            if !child.is_running() || Instant::now() >= until {
                let log = self.end().map_or_else(String::new, |ended| ended.stderr);
                return Err(failed("postgres", said::why(&log).unwrap_or(&log)));
            }
            stop.wait(LOOK_EVERY);
        }
        Ok(())
    }

    /// A command that ends with us, and need not be let into our own working folder.
    fn bound(&self, program: &str) -> Command {
        let command = Command::new(self.tools.program(program)).in_folder("/");
        if self.is_bound { command.by_way_of(BOUND.0, &BOUND.1) } else { command }
    }

    fn complete(&self, name: &str, command: &Command, stop: &Stop) -> Result<Vec<u8>, Trouble> {
        let (ended, output) = self.sys.programs.output(command, stop).map_err(|e| failed(name, &e.to_string()))?;
        stop.check(Stage::SetUp)?;
        if ended.success { Ok(output) } else { Err(failed(name, &format!("{}: {}", ended.how, ended.stderr))) }
    }

    fn end(&mut self) -> Option<Ended> {
        self.child.take()?.end(Politely::ImmediateShutdown, END_WAIT).ok()
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        let _ended = self.end();
        let _left = self.sys.files.remove_folder(&self.socket);
    }
}

/// The same work, where every program runs as the user of such a server.
///
/// # Errors
/// Where there is none.
pub(super) fn as_its_user(work: &Work) -> Result<Work, Trouble> {
    Ok(Work { sys: of(user()?, &work.sys), ..work.clone() })
}

/// The same doors, where every program is started as this user.
fn of(user: Option<User>, sys: &Sys) -> Sys {
    let programs = sys.programs.clone();
    let programs = user.map_or_else(|| programs.clone(), |user| programs.clone().as_user(user.uid, user.gid));
    Sys { programs, ..sys.clone() }
}

/// Whom PostgreSQL runs as where we are root, which it refuses to be; `None` is ourselves.
fn user() -> Result<Option<User>, Trouble> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    users::named(STAND_IN).map(Some).ok_or_else(|| {
        let text = format!("PostgreSQL refuses to run as root and there is no user `{STAND_IN}`");
        Trouble::lasting(Stage::SetUp, text).hint(Saying::new("hint-not-root"))
    })
}

/// Not everywhere does that program know these words.
fn can_bind(sys: &Sys, stop: &Stop) -> bool {
    let trial = Command::new("true").by_way_of(BOUND.0, &BOUND.1);
    sys.programs.output(&trial, stop).is_ok_and(|(ended, _)| ended.success)
}

fn failed(program: &str, error: &str) -> Trouble {
    Trouble::lasting(Stage::SetUp, format_args!("run {program}: {error}"))
}
