//! A throw-away server of our own: initialised in a folder that is handed in, reached through a
//! socket in a short private folder, never by TCP, never as root, gone when dropped.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::tools::Tools;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::Sys;
use crate::sys::programs::{Child, Command, Ended, Politely};
use crate::sys::stop::Stop;

/// The superuser of such a server.
pub const SUPERUSER: &str = "resguardo";
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

/// A running server.
pub struct Throwaway {
    sys: Sys,
    tools: Tools,
    socket: PathBuf,
    as_user: Option<User>,
    child: Option<Child>,
}

/// Whom PostgreSQL runs as where we are root, which it refuses to be.
#[derive(Debug, Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

impl Throwaway {
    /// Initialises and starts a server in `dir`, which must be a folder of its own; `socket` is a
    /// short path that does not exist.
    ///
    /// # Errors
    /// Where a program is missing or fails, or no user but root is there to run it. Nothing runs
    /// then, and of the socket's folder nothing is left.
    pub fn start(sys: &Sys, tools: &Tools, dir: &Path, socket: &Path, stop: &Stop) -> Result<Self, Trouble> {
        let as_user = user()?;
        // From here on dropping it clears away whatever was begun.
        let mut server =
            Self { sys: sys.clone(), tools: tools.clone(), socket: socket.to_owned(), as_user, child: None };
        for folder in [dir, socket] {
            sys.files.make_folder(folder, 0o700).map_err(|e| Trouble::passing(Stage::SetUp, e))?;
            if let Some(User { uid, gid }) = as_user {
                sys.files.give(folder, uid, gid).map_err(|e| Trouble::passing(Stage::SetUp, e))?;
            }
        }
        let data = dir.join("data");
        server.initialise(&data, stop)?;
        server.launch(&data, stop)?;
        Ok(server)
    }

    /// The folder of its socket; the host to connect to.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Runs statements in one of its databases.
    ///
    /// # Errors
    /// Where `psql` is missing or one of them fails.
    pub fn execute(&self, database: &str, sql: &str, stop: &Stop) -> Result<(), Trouble> {
        let command = Command::new(self.tools.program("psql"))
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql])
            .env("PGHOST", &self.socket)
            .env("PGUSER", SUPERUSER);
        self.complete("psql", &command, stop)
    }

    fn initialise(&self, data: &Path, stop: &Stop) -> Result<(), Trouble> {
        let command = self
            .dropped(&self.tools.program("initdb"))
            .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", SUPERUSER, "-D"])
            .arg(data);
        self.complete("initdb", &command, stop)
    }

    fn launch(&mut self, data: &Path, stop: &Stop) -> Result<(), Trouble> {
        let mut command = self.dropped(&self.tools.program("postgres")).arg("-D").arg(data).arg("-k").arg(&self.socket);
        for setting in SETTINGS {
            command = command.args(["-c", setting]);
        }
        let child = self.sys.programs.start(&command, stop).map_err(|e| failed("postgres", &e.to_string()))?;
        let child = self.child.insert(child);
        let until = Instant::now() + START_WAIT;
        // The last line of postmaster.pid says when it takes connections.
        while !fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| text.contains("ready")) {
            stop.check(Stage::SetUp)?;
            if !child.is_running() || Instant::now() >= until {
                let said = self.end().map_or_else(String::new, |ended| ended.stderr);
                return Err(failed("postgres", &said));
            }
            stop.wait(LOOK_EVERY);
        }
        Ok(())
    }

    /// A command as the user the server runs as.
    fn dropped(&self, program: &Path) -> Command {
        match self.as_user {
            None => Command::new(program),
            Some(User { uid, gid }) => Command::new("setpriv")
                .arg(format!("--reuid={uid}"))
                .arg(format!("--regid={gid}"))
                .args(["--clear-groups", "--"])
                .arg(program),
        }
    }

    fn complete(&self, name: &str, command: &Command, stop: &Stop) -> Result<(), Trouble> {
        let (ended, _) = self.sys.programs.output(command, stop).map_err(|e| failed(name, &e.to_string()))?;
        stop.check(Stage::SetUp)?;
        if ended.success { Ok(()) } else { Err(failed(name, &format!("{}: {}", ended.how, ended.stderr))) }
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

/// Ourselves, or the user `postgres` where we are root.
fn user() -> Result<Option<User>, Trouble> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let found = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let is_postgres = fields.next() == Some("postgres");
        let ids = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        is_postgres.then_some(User { uid: ids.0, gid: ids.1 })
    });
    found.map(Some).ok_or_else(|| {
        Trouble::lasting(Stage::SetUp, "PostgreSQL refuses to run as root and there is no user `postgres`")
            .hint(Saying::new("hint-not-root"))
    })
}

fn failed(program: &str, error: &str) -> Trouble {
    Trouble::lasting(Stage::SetUp, format_args!("run {program}: {error}"))
}
