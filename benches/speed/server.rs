//! A PostgreSQL server of our own with the databases that are measured. Its data folder is kept
//! from run to run; it is reached by a socket only, never by TCP, and ends with this value. Its
//! buffers hold the whole database: what is measured is the dump, not a disk.

use std::fs;
use std::io::{BufWriter, Write};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::World;
use crate::contest::ask;
use crate::data::Rows;

const ASSETS: u64 = 1_500_000;
const LOG_LINES: u64 = 3_000_000;
/// Of 32 kB each: 10 GB of dump.
const PAGES: u64 = 312_500;
const START_WAIT: Duration = Duration::from_mins(1);
const SETTINGS: [&str; 9] = [
    "listen_addresses=",
    "shared_buffers=4GB",
    "max_wal_size=8GB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "fsync=off",
    "autovacuum=off",
    "timezone=UTC",
    "unix_socket_permissions=0777",
];
const TABLES: &str = "
    CREATE TABLE asset (id bigint PRIMARY KEY, code text, name text, owner text, note text, photo text, photo_sha256 text,
                        acquired date, noted_at timestamptz, price numeric(12,2), detail jsonb);
    CREATE TABLE access_log (id bigint PRIMARY KEY, at timestamptz, user_id int, address inet, method text,
                             path text, status int, bytes int, seconds numeric(9,6), agent text);";

pub struct Server {
    socket: TempDir,
    process: Child,
    pub programs: PathBuf,
}

impl Server {
    /// Starts it, making what it holds where this is the first time.
    pub fn start(world: &World) -> Result<Self> {
        let programs = PathBuf::from(ask("pg_config --bindir")?);
        let data = world.data.join("postgres");
        let whole = world.data.join("postgres-whole");
        if !whole.exists() && data.exists() {
            fs::remove_dir_all(&data)?;
        }
        if !data.exists() {
            initialise(&programs, &data, &["--locale=C.UTF-8"])?;
        }
        let server = Self::launch(programs, &data, &SETTINGS)?;
        if !whole.exists() {
            server.fill(world.scale.part)?;
            fs::write(whole, "")?;
        }
        Ok(server)
    }

    /// What a program of PostgreSQL's needs to be told to come here.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let path = format!("{}:/usr/bin:/bin", self.programs.display());
        let socket = self.socket.path().display().to_string();
        vec![("PATH", path), ("PGHOST", socket), ("PGUSER", "postgres".to_owned())]
    }

    /// A database as a source of the program's.
    pub fn source(&self, database: &str, format: &str) -> String {
        let socket = self.socket.path().display();
        format!(
            "[[postgres]]\nname = \"{database}\"\nurl = \"postgres://postgres@/{database}?host={socket}\"\n\
             format = \"{format}\"\n"
        )
    }

    /// Starts a server upon a data folder.
    pub fn launch(programs: PathBuf, data: &Path, settings: &[impl AsRef<str>]) -> Result<Self> {
        let socket = tempfile::Builder::new().prefix("rgb").tempdir_in("/tmp")?;
        give(socket.path())?;
        let mut command = as_server_user(&programs.join("postgres"));
        command.arg("-D").arg(data).arg("-k").arg(socket.path());
        for setting in settings {
            command.args(["-c", setting.as_ref()]);
        }
        let log = data.with_extension("log");
        let stderr = fs::File::create(&log)?;
        let process = command.stdin(Stdio::null()).stderr(stderr).spawn().context("start postgres")?;
        let mut server = Self { socket, process, programs };
        let began = Instant::now();
        while server.execute("postgres", "SELECT 1").is_err() {
            let runs = server.process.try_wait()?.is_none() && began.elapsed() < START_WAIT;
            ensure!(runs, "the server does not start: see {}", log.display());
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(server)
    }

    fn fill(&self, part: u64) -> Result<()> {
        println!("filling the databases");
        self.execute("postgres", "CREATE DATABASE register")?;
        self.execute("register", TABLES)?;
        let mut rows = Rows::new(1);
        self.copy("asset", |out| (1..=ASSETS / part).try_for_each(|id| out.write_all(rows.asset(id).as_bytes())))?;
        self.copy("access_log", |out| {
            (1..=LOG_LINES / part).try_for_each(|id| out.write_all(rows.log(id).as_bytes()))
        })?;
        self.execute("register", "CREATE INDEX ON asset (code); CREATE INDEX ON access_log (at)")?;
        self.execute("register", "VACUUM (FREEZE, ANALYZE)")?;
        self.execute("postgres", "CREATE DATABASE pages")?;
        // Stored small, dumped large: what counts is how much passes through us.
        let pages = PAGES / part;
        let fill = format!("INSERT INTO page SELECT n, repeat(md5(n::text), 1024) FROM generate_series(1, {pages}) n");
        self.execute("pages", &format!("CREATE TABLE page (id bigint, text text); {fill}"))?;
        self.execute("postgres", "CHECKPOINT")
    }

    fn copy(&self, table: &str, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
        let mut child = self.psql("register", &format!("COPY {table} FROM STDIN")).stdin(Stdio::piped()).spawn()?;
        let mut stdin = BufWriter::with_capacity(1 << 20, child.stdin.take().context("feed psql")?);
        write(&mut stdin).and_then(|()| stdin.flush()).context("feed psql")?;
        drop(stdin);
        let status = child.wait()?;
        if status.success() { Ok(()) } else { bail!("COPY {table}: {status}") }
    }

    pub fn execute(&self, database: &str, sql: &str) -> Result<()> {
        let output = self.psql(database, sql).stdin(Stdio::null()).output().context("run psql")?;
        ensure!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    fn psql(&self, database: &str, sql: &str) -> Command {
        let mut command = Command::new(self.programs.join("psql"));
        command.env_clear().envs(self.environment());
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]).stdout(Stdio::null());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.process);
        let _asked = rustix::process::kill_process(pid, rustix::process::Signal::INT);
        let _reaped = self.process.wait();
    }
}

/// Makes a data folder as a drill does: not synced.
pub fn initialise(programs: &Path, data: &Path, locale: &[&str]) -> Result<()> {
    fs::create_dir(data)?;
    give(data)?;
    let status = as_server_user(&programs.join("initdb"))
        .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "-U", "postgres"])
        .args(locale)
        .arg("-D")
        .arg(data)
        .stdout(Stdio::null())
        .status()?;
    ensure!(status.success(), "initdb: {status}");
    Ok(())
}

/// PostgreSQL refuses to run as root: there it runs as its own user.
fn as_server_user(program: &Path) -> Command {
    match server_user() {
        None => Command::new(program),
        Some((uid, gid)) => {
            let mut command = Command::new("setpriv");
            command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).args(["--clear-groups", "--"]);
            command.arg(program);
            command
        }
    }
}

fn give(folder: &Path) -> Result<()> {
    if let Some((uid, gid)) = server_user() {
        chown(folder, Some(uid), Some(gid))?;
    }
    Ok(())
}

fn server_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let line = accounts.lines().find(|line| line.starts_with("postgres:"))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}
