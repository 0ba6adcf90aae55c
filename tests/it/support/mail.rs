//! A real SMTP server for the tests of mail: aiosmtpd, started on a port of its own, ended with
//! the test. `RESGUARDO_TEST_PYTHON` names a python that has it; else `python3` must.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use resguardo::config::{MailConfig, MailSecurity};
use tempfile::TempDir;

/// The server, as long as it is held.
pub(crate) struct SmtpServer {
    child: Child,
    folder: TempDir,
    pub(crate) port: u16,
}

impl SmtpServer {
    /// Starts it with the words of `smtp.py`, such as `starttls` or `auth=user:password`.
    pub(crate) fn start(options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        if options.contains(&"tls") || options.contains(&"starttls") {
            make_certificate(folder.path());
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/smtp.py");
        let python = std::env::var("RESGUARDO_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut child = Command::new(&python)
            .arg(script)
            .arg(folder.path())
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("run {python}: {e}"));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| {
            panic!("{python} has no aiosmtpd: run ./scripts/test.sh, or name one that has it in RESGUARDO_TEST_PYTHON")
        });
        Self { child, folder, port }
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
        }
    }

    /// What the server did, one line each.
    pub(crate) fn story(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("story")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
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

/// A certificate for 127.0.0.1 that nobody vouches for.
fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .output()
        .unwrap_or_else(|e| panic!("run openssl (install the package openssl): {e}"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
