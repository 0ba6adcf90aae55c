//! A place to run the program in: a folder with a configuration, and the program called as its
//! user calls it, with nothing of this machine's environment, nor of how full its disk is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::folder;

/// A folder of its own with `backup.toml`, `backups`, `logs`.
pub(crate) struct Site {
    dir: TempDir,
}

/// How a call of the program ended.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Site {
    /// `settings` is TOML; store and log folders are added to it.
    pub(crate) fn new(settings: &str) -> Self {
        let site = Self { dir: folder::in_memory() };
        site.configure(settings);
        site
    }

    /// Replaces the settings.
    pub(crate) fn configure(&self, settings: &str) {
        let text = format!(
            "{settings}\n[store]\ndir = {:?}\nlog_dir = {:?}\n",
            self.path("backups").display().to_string(),
            self.path("logs").display().to_string()
        );
        fs::write(self.path("backup.toml"), text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The program, ready to be called in this place.
    pub(crate) fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_resguardo"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).current_dir(self.dir.path());
        command.arg("--config").arg(self.path("backup.toml"));
        command
    }

    pub(crate) fn call(&self, args: &[&str]) -> Called {
        Called::from(self.command().args(args).output().unwrap())
    }

    /// The paths of all published files below a folder of the store, sorted.
    pub(crate) fn stored(&self, folder: &str) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = fs::read_dir(self.path("backups").join(folder))
            .map(|entries| entries.map(|e| e.unwrap().path()).collect())
            .unwrap_or_default();
        paths.sort();
        paths
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("logs/backup.log")).unwrap_or_default()
    }
}

impl Called {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }
}

impl From<Output> for Called {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A path as a text of TOML, whose escapes are those of Rust.
pub(crate) fn toml(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}

/// Makes a small SQLite database with so many rows.
pub(crate) fn sqlite(path: &Path, rows: u32) {
    let database = rusqlite::Connection::open(path).unwrap();
    database
        .execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS asset (id INTEGER PRIMARY KEY, name TEXT); DELETE FROM asset;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO asset SELECT i, 'asset no. ' || i FROM n"
        ))
        .unwrap();
}
