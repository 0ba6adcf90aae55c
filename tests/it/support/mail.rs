//! A real SMTP server for the tests of mail: aiosmtpd, started on a port of its own, ended with
//! the test. `RESGUARDO_TEST_PYTHON` names a python that has it; else `python3` must.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use resguardo::config::{MailConfig, MailSecurity};
use resguardo::domain::telling::ProofEvery;
use tempfile::TempDir;

use super::certificate::{Flaw, make_certificate};

/// The server, as long as it is held.
pub(crate) struct SmtpServer {
    child: Child,
    said: BufReader<ChildStdout>,
    folder: TempDir,
    pub(crate) port: u16,
    /// The words it was started with.
    pub(crate) options: Vec<String>,
}

impl SmtpServer {
    /// Starts it with the words of `smtp.py`, such as `starttls` or `auth=user:password`.
    pub(crate) fn start(options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        if options.contains(&"tls") || options.contains(&"starttls") {
            make_certificate(folder.path(), Flaw::None);
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/smtp.py");
        let python = python();
        let mut child = Command::new(&python)
            .arg(script)
            .arg(folder.path())
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("run {python}: {e}"));
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| {
            panic!("{python} has no aiosmtpd: run ./scripts/test.sh, or name one that has it in RESGUARDO_TEST_PYTHON")
        });
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        Self { child, said, folder, port, options }
    }

    /// A configuration that sends here.
    pub(crate) fn config(&self, security: MailSecurity) -> MailConfig {
        MailConfig {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            user: String::new(),
            password: None,
            security,
            from: "Backups <backups@example.org>".to_owned(),
            to: vec!["ana@example.org".to_owned()],
            max_per_day: 10,
            proof: ProofEvery::Never,
        }
    }

    /// What the server did, one line each.
    pub(crate) fn story(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("story")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Returns once somebody has connected to a silent server.
    pub(crate) fn wait_for_connection(&mut self) {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        assert_eq!(line, "connected\n");
    }

    /// The mails it accepted, oldest first, as they came.
    pub(crate) fn mails(&self) -> Vec<String> {
        (1..1000)
            .map(|number| self.folder.path().join(format!("{number}.eml")))
            .take_while(|path| path.exists())
            .map(|path| fs::read_to_string(path).unwrap())
            .collect()
    }

    pub(crate) fn certificate(&self) -> String {
        fs::read_to_string(self.folder.path().join("cert.pem")).unwrap()
    }

    /// A folder of this server's, for what a test keeps beside it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A mail as Python's `email` reads it: who does not share a line of code with whoever wrote it.
#[derive(Debug, Clone, serde::Deserialize)]
pub(crate) struct Parsed {
    /// By name, in small letters, decoded; each header once.
    pub(crate) headers: BTreeMap<String, String>,
    /// What is wrong with it by the standard.
    pub(crate) defects: Vec<String>,
    pub(crate) text: String,
    pub(crate) html: String,
    /// What a person sees of the HTML, a line for each block.
    pub(crate) seen: Vec<String>,
    /// Every element of the HTML, and every address it names.
    pub(crate) elements: Vec<String>,
    pub(crate) addresses: Vec<String>,
}

/// The mail, parsed.
pub(crate) fn parse(mail: &str) -> Parsed {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/read_mail.py");
    let mut child = Command::new(python()).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(mail.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {mail}"))
}

fn python() -> String {
    std::env::var("RESGUARDO_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}
