//! A mount namespace of a test's own: small disks, read-only disks, and programs hidden behind
//! others, seen by whoever is started inside it and by nobody else. It needs root, or a kernel
//! that lets others have namespaces of their own; without both it panics: nothing is skipped.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The namespace, as long as it is held.
pub(crate) struct Mounts {
    keeper: Child,
    as_root: bool,
}

impl Mounts {
    pub(crate) fn new() -> Self {
        let as_root = rustix::process::geteuid().is_root();
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private"]);
        if !as_root {
            command.args(["--user", "--map-root-user"]);
        }
        // Ends with the end of its input, whatever becomes of the test.
        let mut keeper = command
            .args(["sh", "-c", "echo ready; exec cat >/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("run unshare (install the package util-linux): {e}"));
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "this machine gives no mount namespace: run the tests as root");
        Self { keeper, as_root }
    }

    /// The same command, inside.
    pub(crate) fn inside(&self, command: &Command) -> Command {
        let mut inside = Command::new("nsenter");
        inside.arg(format!("--target={}", self.keeper.id())).arg("--mount");
        if !self.as_root {
            inside.args(["--user", "--preserve-credentials"]);
        }
        inside.arg("--").arg("env").arg("--ignore-environment");
        for (name, value) in command.get_envs() {
            let mut assignment = name.to_owned();
            assignment.push("=");
            assignment.push(value.unwrap_or_default());
            inside.arg(assignment);
        }
        inside.arg(command.get_program()).args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            inside.current_dir(folder);
        }
        inside
    }

    #[track_caller]
    pub(crate) fn mount(&self, args: &[&OsStr]) {
        let mut mount = Command::new("mount");
        mount.args(args).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        let output = self.inside(&mount).output().unwrap();
        assert!(output.status.success(), "mount {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A disk of this size, in memory.
    pub(crate) fn small_disk(&self, at: &Path, megabytes: u32) {
        std::fs::create_dir_all(at).unwrap();
        let size = format!("size={megabytes}m,mode=0750");
        self.mount(
            &["-t", "tmpfs", "-o", &size, "tmpfs"]
                .map(OsStr::new)
                .into_iter()
                .chain([at.as_os_str()])
                .collect::<Vec<_>>(),
        );
    }

    pub(crate) fn remount(&self, at: &Path, how: &str) {
        let options = format!("remount,{how}");
        self.mount(&[OsStr::new("-o"), OsStr::new(&options), at.as_os_str()]);
    }

    /// Puts one file or folder in another's place.
    pub(crate) fn cover(&self, what: &Path, with: &Path) {
        self.mount(&[OsStr::new("--bind"), with.as_os_str(), what.as_os_str()]);
    }

    /// A path inside as it is reached from outside.
    pub(crate) fn seen(&self, path: &Path) -> PathBuf {
        Path::new("/proc").join(self.keeper.id().to_string()).join("root").join(path.strip_prefix("/").unwrap())
    }
}

impl Drop for Mounts {
    fn drop(&mut self) {
        let _ended = self.keeper.kill();
        let _reaped = self.keeper.wait();
    }
}
