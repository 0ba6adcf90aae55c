//! A place for the real program: a folder with settings, a store and logs of its own, in which it
//! is called as its user calls it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::World;
use crate::contest::Shot;

/// Between two looks at the memory of a running program.
const LOOK_EVERY: Duration = Duration::from_millis(10);

pub struct Place {
    pub dir: PathBuf,
    config: PathBuf,
}

impl Place {
    /// `settings` is TOML; store and logs are added to it.
    pub fn new(world: &World, name: &str, settings: &str) -> Result<Self> {
        Self::with_store(world, name, settings, None)
    }

    /// The same upon a store that stands already.
    pub fn with_store(world: &World, name: &str, settings: &str, store: Option<&Path>) -> Result<Self> {
        let dir = world.out.path().join(name);
        fs::create_dir(&dir)?;
        let store = store.map_or_else(|| dir.join("backups"), Path::to_owned);
        let config = dir.join("backup.toml");
        let (store, logs) = (toml(&store), toml(&dir.join("logs")));
        let text = format!("{settings}\n[store]\ndir = {store}\nlog_dir = {logs}\n");
        fs::write(&config, text)?;
        Ok(Self { dir, config })
    }

    /// The program, ready to be called here, with nothing of our environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_resguardo"));
        command.env_clear().current_dir(&self.dir).arg("--config").arg(&self.config).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// One backup into an empty store.
    pub fn backup(&self) -> Result<Shot> {
        self.clear()?;
        let mut command = self.command(&["--quiet", "backup"]);
        let began = Instant::now();
        let status = command.status().context("run resguardo")?;
        let seconds = began.elapsed().as_secs_f64();
        ensure!(status.success(), "resguardo backup: {status}");
        Ok(Shot { seconds, size_bytes: Some(fs::metadata(self.artifact()?)?.len()) })
    }

    /// One backup into an empty store, its process watched: seconds, and the most memory it held.
    pub fn backup_watched(&self) -> Result<(f64, u64)> {
        self.clear()?;
        let began = Instant::now();
        let mut child = self.command(&["--quiet", "backup"]).spawn().context("run resguardo")?;
        let mut peak_bytes = 0;
        let status = loop {
            // Its own highest mark, not its children's; gone with the process, hence the looks.
            peak_bytes = memory_bytes(&child, "VmHWM").unwrap_or(peak_bytes);
            match child.try_wait()? {
                Some(status) => break status,
                None => std::thread::sleep(LOOK_EVERY),
            }
        };
        ensure!(status.success(), "resguardo backup: {status}");
        Ok((began.elapsed().as_secs_f64(), peak_bytes))
    }

    /// The artifact of the last backup: the largest file in the store.
    pub fn artifact(&self) -> Result<PathBuf> {
        let folders = ["db", "media"].map(|folder| self.dir.join("backups").join(folder));
        let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
        let largest = files.filter(|f| f.path().is_file()).max_by_key(|f| f.metadata().map_or(0, |m| m.len()));
        Ok(largest.context("find what was stored")?.path())
    }

    fn clear(&self) -> Result<()> {
        let store = self.dir.join("backups");
        if store.exists() { fs::remove_dir_all(store).context("clear the store") } else { Ok(()) }
    }
}

/// A path as a TOML string: JSON's escapes are TOML's.
pub fn toml(path: &Path) -> String {
    serde_json::Value::from(path.display().to_string()).to_string()
}

/// A daemon; ended in order when dropped.
pub struct Daemon(pub Child);

impl Daemon {
    pub fn start(place: &Place) -> Result<Self> {
        Ok(Self(place.command(&["run"]).spawn().context("start the daemon")?))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.0);
        let _asked = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _reaped = self.0.wait();
    }
}

/// A line of `/proc/PID/status` in bytes.
pub fn memory_bytes(child: &Child, line: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let kib = status.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(':'))?;
    kib.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib * 1024)
}

/// A port of 127.0.0.1 that nobody listens on.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
