//! The last lines that one run left in the log, for the letter that tells of it. Never: more than a
//! screen of them; a secret, also where the log should hold one.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use crate::config::secret::Secret;
use crate::domain::scrub::{one_line, scrub};
use crate::sys::regular;

const LINES_MAX: usize = 20;

/// A line quotes what a program said, which may be long.
const LINE_CHARS_MAX: usize = 500;

/// A run leaves some hundred lines; what is further back is of others.
const TAIL_BYTES: u64 = 256 * 1024;

/// The log, and what must not be shown of it.
pub struct RunLog {
    path: PathBuf,
    secrets: Vec<Secret>,
}

impl RunLog {
    /// `path` is `backup.log`; nothing is touched yet.
    pub fn new(path: PathBuf, secrets: Vec<Secret>) -> Self {
        Self { path, secrets }
    }

    /// The last lines of a run, `<job>-<id>`; none where the log cannot be read.
    pub fn of_run(&self, run: &str) -> Vec<String> {
        let Some((job, id)) = run.split_once('-') else { return Vec::new() };
        let text = self.tail().unwrap_or_default();
        // One whose file cannot be read now is not known; passwords in addresses are hidden all the same.
        let secrets: Vec<String> = self.secrets.iter().filter_map(|secret| secret.read().ok()).collect();
        let lines: Vec<&str> = text.lines().filter(|line| is_of(line, job, id)).collect();
        let shown = |line: &&str| {
            let line = one_line(&hide_passwords(&scrub(line, &secrets)));
            line.chars().take(LINE_CHARS_MAX).collect()
        };
        lines[lines.len().saturating_sub(LINES_MAX)..].iter().map(shown).collect()
    }

    fn tail(&self) -> io::Result<String> {
        let mut file = regular::open(&self.path)?;
        let from = file.metadata()?.len().saturating_sub(TAIL_BYTES);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// `2024-11-12 03:00:07-05:00 INFO backup 20241112_030000 patrimonio: …`
fn is_of(line: &str, job: &str, id: &str) -> bool {
    let mut words = line.split(' ').skip(3);
    words.next() == Some(job) && words.next().is_some_and(|word| word.trim_end_matches(':') == id)
}

/// `scheme://user:password@host` without its password, whosever it is.
fn hide_passwords(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || "/?#\"'<>".contains(c)).unwrap_or(after.len());
        let authority = &after[..end];
        match authority.rsplit_once('@').and_then(|(user, host)| Some((user.split_once(':')?.0, host))) {
            Some((user, host)) => shown.extend([user, ":***@", host]),
            None => shown.push_str(authority),
        }
        rest = &after[end..];
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_addresses_are_hidden() {
        let shown =
            hide_passwords("open postgres://ana:s3:cr@t@db/app, see https://example.org/a@b:c (ftp://bob@host)");
        assert_eq!(shown, "open postgres://ana:***@db/app, see https://example.org/a@b:c (ftp://bob@host)");
    }

    #[test]
    fn a_line_is_known_by_its_run() {
        let line = "2024-11-12 03:00:07-05:00 INFO backup 20241112_030000 app: dumped";
        assert!(is_of(line, "backup", "20241112_030000"));
        assert!(is_of("2024-11-12 03:00:07-05:00 INFO backup 20241112_030000: started", "backup", "20241112_030000"));
        assert!(!is_of(line, "backup", "20241112_03000"));
        assert!(!is_of("2024-11-12 03:00:07-05:00 WARN : backup 20241112_030000", "backup", "20241112_030000"));
    }
}
