//! A PostgreSQL server to throw away: a copy of a cluster that is made once per test run, on a
//! socket of its own, ended when it is dropped. Without PostgreSQL's server programs it panics:
//! nothing is skipped.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use resguardo::config::secret::Secret;
use resguardo::config::{DumpFormat, PostgresConfig, PostgresServer};
use resguardo::domain::name::SourceName;
use resguardo::domain::progress::Unseen;
use resguardo::source::Work;
use resguardo::sys::Sys;
use resguardo::sys::stop::Stop;
use tempfile::TempDir;

use super::extension;
use super::mounts::Mounts;

/// A running server; its superuser is `postgres`, let in over the socket without a password.
pub(crate) struct Server {
    folder: TempDir,
    programs: PathBuf,
    process: Child,
    port: u16,
    /// A private installation it runs from.
    tree: Option<TempDir>,
}

impl Server {
    /// A server that listens on its socket alone.
    pub(crate) fn start() -> Self {
        Self::start_of(&programs())
    }

    /// The same, of the programs in this folder.
    pub(crate) fn start_of(programs: &Path) -> Self {
        Self::start_with(programs, &programs.join("postgres"), 5432, &["listen_addresses="])
    }

    /// The same, where one more extension can be created: `odd_config`.
    pub(crate) fn start_with_extension() -> Self {
        let asked = Self::start();
        let tree = extension::tree(&asked);
        let mut server =
            Self::start_with(&asked.programs, &extension::postgres(&tree, &asked), 5432, &["listen_addresses="]);
        server.tree = Some(tree);
        server
    }

    /// A server that also listens on 127.0.0.1 and there asks for a password.
    pub(crate) fn start_tcp(settings: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let programs = programs();
        let settings = [&["listen_addresses=127.0.0.1"], settings].concat();
        Self::start_with(&programs, &programs.join("postgres"), port, &settings)
    }

    /// A server whose data lies on a small disk of its own, seen by it alone.
    pub(crate) fn start_on_small_disk(mounts: &Mounts, megabytes: u32, settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("rg").tempdir_in("/tmp").unwrap();
        give(folder.path());
        let (programs, data) = (programs(), folder.path().join("data"));
        mounts.small_disk(&data, megabytes);
        let seen = mounts.seen(&data);
        give(&seen);
        fs::set_permissions(&seen, fs::Permissions::from_mode(0o700)).unwrap();
        let copied = Command::new("cp").arg("-a").arg(template(&programs).join(".")).arg(&seen).status().unwrap();
        assert!(copied.success());
        let mut command = Command::new("setpriv");
        if let Some((uid, gid)) = server_user() {
            command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups");
        }
        command.arg("--").arg(programs.join("postgres"));
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8").current_dir("/");
        let settings = [&["listen_addresses="], settings].concat();
        add_settings(&mut command, &folder, 5432, &settings);
        Self::begin(mounts.inside(&command), folder, &programs, 5432)
    }

    fn start_with(programs: &Path, postgres: &Path, port: u16, settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("rg").tempdir_in("/tmp").unwrap();
        give(folder.path());
        let data = folder.path().join("data");
        // A child's child: `cp` keeps owners and modes.
        let copied = Command::new("cp").arg("-a").arg(template(programs)).arg(&data).status().unwrap();
        assert!(copied.success());
        let mut command = as_server_user(postgres);
        add_settings(&mut command, &folder, port, settings);
        Self::begin(command, folder, programs, port)
    }

    /// Starts it again on the data it had.
    pub(crate) fn start_again(self) -> Self {
        let Self { ref folder, ref programs, port, .. } = self;
        let mut command = as_server_user(&programs.join("postgres"));
        add_settings(&mut command, folder, port, &["listen_addresses="]);
        let (programs, mut ended) = (programs.clone(), self);
        ended.end();
        let folder = std::mem::replace(&mut ended.folder, tempfile::tempdir().unwrap());
        let _stale = fs::remove_file(folder.path().join("data/postmaster.pid"));
        Self::begin(command, folder, &programs, port)
    }

    fn end(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.kill();
        }
    }

    fn begin(mut command: Command, folder: TempDir, programs: &Path, port: u16) -> Self {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("database system is ready to accept") {
            assert!(log.read_line(&mut said).unwrap() > 0, "the server ended: {said}");
        }
        // Its log is read on, so that it never waits for us.
        std::thread::spawn(move || log.read_to_end(&mut Vec::new()));
        Self { folder, programs: programs.to_owned(), process, port, tree: None }
    }

    /// A program of its own version.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// The folder of the programs of a private installation, with the extension that it has.
    pub(crate) fn private_programs(&self) -> PathBuf {
        extension::programs(self)
    }

    /// Where its socket lies.
    pub(crate) fn socket_folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Runs SQL as the superuser and returns what it answers, without decoration.
    pub(crate) fn psql(&self, database: &str, sql: &str) -> String {
        let (answer, errors) = self.try_psql(database, sql);
        answer.unwrap_or_else(|| panic!("psql: {errors}"))
    }

    /// A session that has begun a transaction, done this in it, and goes on until it is dropped.
    pub(crate) fn holding(&self, database: &str, sql: &str) -> Holding {
        let mut child = self.psql_child(database);
        let mut stdin = child.stdin.take().unwrap();
        writeln!(stdin, "BEGIN; {sql}; SELECT 'held';").unwrap();
        let mut answer = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut answer).unwrap();
        assert_eq!(answer, "held\n");
        Holding { child, stdin: Some(stdin) }
    }

    pub(crate) fn try_psql(&self, database: &str, sql: &str) -> (Option<String>, String) {
        let mut child = self.psql_child(database);
        let mut stdin = child.stdin.take().unwrap();
        let sql = sql.to_owned();
        let writing = std::thread::spawn(move || stdin.write_all(sql.as_bytes()));
        let output = child.wait_with_output().unwrap();
        let _ended = writing.join().unwrap();
        let answer = output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
        (answer, String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn psql_child(&self, database: &str) -> Child {
        Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-f", "-"])
            .env_clear()
            .env("PGHOST", self.folder.path())
            .env("PGPORT", self.port.to_string())
            .env("PGUSER", "postgres")
            .env("PGDATABASE", database)
            .env("PGCLIENTENCODING", "UTF8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// A database of the server as the superuser would configure it, over the socket.
    pub(crate) fn config(&self, database: &str) -> PostgresConfig {
        PostgresConfig {
            name: SourceName::from_database(database),
            server: PostgresServer {
                host: self.folder.path().display().to_string(),
                port: self.port,
                user: "postgres".to_owned(),
                password: None,
                sslmode: "prefer".to_owned(),
                sslrootcert: None,
            },
            database: database.to_owned(),
            format: DumpFormat::Plain,
            globals: true,
            data_volume: None,
            schedule: None,
        }
    }

    /// The same over TCP, as another role with a password.
    pub(crate) fn config_tcp(&self, database: &str, user: &str, password: &str) -> PostgresConfig {
        let mut config = self.config(database);
        "127.0.0.1".clone_into(&mut config.server.host);
        user.clone_into(&mut config.server.user);
        config.server.password = Some(Secret::value(password));
        config
    }

    /// Ends the server with all its sessions at once.
    pub(crate) fn kill(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.process);
        // Not SIGKILL: its sessions would go on without it.
        let _ended = rustix::process::kill_process(pid, rustix::process::Signal::QUIT);
        let _reaped = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn add_settings(command: &mut Command, folder: &TempDir, port: u16, settings: &[&str]) {
    command.arg("-D").arg(folder.path().join("data")).arg("-p").arg(port.to_string());
    command.arg("-c").arg(format!("unix_socket_directories={}", folder.path().display()));
    for setting in settings {
        command.arg("-c").arg(setting);
    }
}

/// A session that holds something.
pub(crate) struct Holding {
    child: Child,
    stdin: Option<std::process::ChildStdin>,
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.stdin = None;
        let _ended = self.child.wait();
    }
}

/// What a source is handed, and the runtime behind it, which must live as long.
pub(crate) struct Bench {
    pub(crate) work: Work,
    _scratch: TempDir,
    _runtime: tokio::runtime::Runtime,
}

pub(crate) fn bench() -> Bench {
    bench_with(Sys::real())
}

pub(crate) fn bench_with(sys: Sys) -> Bench {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let work = Work {
        sys,
        stop: Stop::new(),
        progress: Arc::new(Unseen),
        scratch: scratch.path().to_owned(),
        runtime: runtime.handle().clone(),
    };
    Bench { work, _scratch: scratch, _runtime: runtime }
}

/// A program of this machine's PostgreSQL.
pub(crate) fn program(name: &str) -> PathBuf {
    programs().join(name)
}

/// The programs of the newest PostgreSQL on this machine.
fn programs() -> PathBuf {
    let versioned = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = versioned.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(["/usr/local/bin", "/usr/bin"].map(PathBuf::from));
    let found = folders.into_iter().find(|folder| folder.join("initdb").is_file());
    found.expect("initdb is not on this machine: install PostgreSQL's server programs")
}

/// The cluster that every server of these programs and this test run is a copy of.
fn template(programs: &Path) -> PathBuf {
    let run = std::env::var("NEXTEST_RUN_ID").unwrap_or_else(|_| std::os::unix::process::parent_id().to_string());
    let of = programs.display().to_string().replace('/', "-");
    let folder = std::env::temp_dir().join(format!("resguardo-template-{run}{of}"));
    fs::create_dir_all(&folder).unwrap();
    let lock = fs::File::create(folder.join("lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let data = folder.join("data");
    if !folder.join("done").exists() {
        forget_old_templates();
        give(&folder);
        let made = as_server_user(&programs.join("initdb"))
            .args(["--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"])
            .args(["--encoding=UTF8", "--locale=C.UTF-8", "--wal-segsize=1", "--pgdata"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut settings = fs::OpenOptions::new().append(true).open(data.join("postgresql.conf")).unwrap();
        writeln!(settings, "fsync=off\nfull_page_writes=off\nautovacuum=off\nlc_messages=C\nlog_statement=none")
            .unwrap();
        fs::File::create(folder.join("done")).unwrap();
    }
    data
}

/// Templates of runs that ended long ago.
fn forget_old_templates() {
    for entry in fs::read_dir(std::env::temp_dir()).unwrap().filter_map(Result::ok) {
        let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok());
        let is_old = age.is_some_and(|age| age > Duration::from_hours(1));
        if is_old && entry.file_name().to_string_lossy().starts_with("resguardo-template-") {
            let _gone = fs::remove_dir_all(entry.path());
        }
    }
}

/// PostgreSQL refuses to run as root.
fn as_server_user(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
    if let Some((uid, gid)) = server_user() {
        command.uid(uid).gid(gid);
    }
    command.current_dir("/");
    command
}

/// Gives a file or folder to the user that servers run as.
pub(crate) fn give(folder: &Path) {
    if let Some((uid, gid)) = server_user() {
        chown(folder, Some(uid), Some(gid)).unwrap();
    }
}

/// The user a server of ours runs as, where we are root ourselves.
fn server_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("postgres:")).expect("there is no user postgres");
    let fields: Vec<&str> = line.split(':').collect();
    Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
}
