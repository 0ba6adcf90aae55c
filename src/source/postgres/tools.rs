//! PostgreSQL's programs on this machine: found, asked for their version, and matched with the
//! server. `pg_dump` refuses a server newer than itself, the commonest of all failures, so that is
//! looked at before the night.

use std::path::PathBuf;

use crate::domain::saying::Saying;
use crate::domain::trouble::{Outlook, Stage, Trouble};
use crate::source::Work;
use crate::sys::Sys;
use crate::sys::programs::{Command, SEARCH_PATH};
use crate::sys::stop::Stop;

/// Where distributions (Debian, Red Hat, Alpine) keep one folder for each version, and the rest of
/// its path. They come before the search path, where Debian keeps a script that picks a version by
/// itself.
const VERSIONED: [(&str, &str, &str); 3] =
    [("/usr/lib/postgresql", "", "bin"), ("/usr", "pgsql-", "bin"), ("/usr/libexec", "postgresql", "")];
/// What a folder must hold beside the client programs to start a server from it.
const SERVER_PROGRAMS: [&str; 2] = ["initdb", "postgres"];

/// Programs of one version, in one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tools {
    folder: PathBuf,
    pub(super) version: Version,
}

/// `15.18`: the first number decides what fits what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) major: u32,
    pub(super) minor: u32,
}

impl Tools {
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The programs for a server: of its own version, else of the next newer one.
    ///
    /// # Errors
    /// Where there are none, or only older ones.
    pub(super) fn for_server(major: u32, work: &Work) -> Result<Self, Trouble> {
        let mut found = Vec::new();
        for folder in folders(&work.sys) {
            let Some(tools) = ask(folder, &work.sys, &work.stop)? else { continue };
            if tools.version.major == major {
                return Ok(tools);
            }
            found.push(tools);
        }
        choose(found, major)
    }

    /// The newest programs here: they read what every older version wrote.
    ///
    /// # Errors
    /// Where there are none.
    pub(super) fn newest(work: &Work) -> Result<Self, Trouble> {
        newest_of(folders(&work.sys), &work.sys, &work.stop)?.ok_or_else(missing)
    }

    /// The newest programs here that can also start a server; `None` where there are none.
    ///
    /// # Errors
    /// Where one cannot be asked for its version.
    pub fn newest_with_server(sys: &Sys, stop: &Stop) -> Result<Option<Self>, Trouble> {
        newest_of(with_server(sys), sys, stop)
    }

    /// Programs that can start a server of this version, else of the next newer one.
    ///
    /// # Errors
    /// Where there are none, or only older ones.
    pub(super) fn to_serve(major: u32, sys: &Sys, stop: &Stop) -> Result<Self, Trouble> {
        let mut found = Vec::new();
        for folder in with_server(sys) {
            found.extend(ask(folder, sys, stop)?);
        }
        choose(found, major).map_err(|trouble| match trouble.outlook {
            Outlook::Passing => trouble,
            Outlook::Lasting => {
                let text = format!("find PostgreSQL's server programs of version {major} or newer: there are none");
                Trouble::lasting(Stage::SetUp, text).hint(Saying::new("hint-drill-no-server").with("major", major))
            }
        })
    }
}

impl Version {
    /// Reads `pg_dump (PostgreSQL) 15.18 (Debian …)`, `18beta1`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        let mut parts = number.split(|c: char| !c.is_ascii_digit());
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next().and_then(|minor| minor.parse().ok()).unwrap_or(0);
        Some(Self { major, minor })
    }

    /// Whether psql of this version obeys `\restrict`: all since it came with a security release.
    pub(super) fn knows_restrict(self) -> bool {
        let since = match self.major {
            ..13 => return false,
            13 => 22,
            14 => 19,
            15 => 14,
            16 => 10,
            17 => 6,
            _ => 0,
        };
        self.minor >= since
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

fn choose(mut found: Vec<Tools>, server: u32) -> Result<Tools, Trouble> {
    found.sort_by_key(|tools| tools.version);
    let newest = found.last().map(|tools| tools.version.major);
    found.into_iter().find(|tools| tools.version.major >= server).ok_or_else(|| match newest {
        None => missing(),
        Some(newest) => {
            Trouble::lasting(Stage::Connect, format!("pg_dump {newest} is older than the server, which is {server}"))
                .hint(Saying::new("hint-old-tools").with("server", server))
        }
    })
}

fn missing() -> Trouble {
    Trouble::lasting(Stage::Connect, "find pg_dump: there is none on this machine").hint(Saying::new("hint-no-tools"))
}

/// Every folder that holds a `pg_dump`.
fn folders(sys: &Sys) -> Vec<PathBuf> {
    let mut folders = sys.programs.first_in().to_vec();
    for (above, prefix, below) in VERSIONED {
        let mut here: Vec<PathBuf> = std::fs::read_dir(above)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
            .map(|entry| entry.path().join(below))
            .collect();
        here.sort();
        folders.append(&mut here);
    }
    folders.extend(SEARCH_PATH.split(':').map(PathBuf::from));
    folders.retain(|folder| folder.join("pg_dump").is_file());
    folders
}

/// Those of them that can also start a server.
fn with_server(sys: &Sys) -> Vec<PathBuf> {
    let mut folders = folders(sys);
    folders.retain(|folder| SERVER_PROGRAMS.iter().all(|program| folder.join(program).is_file()));
    folders
}

fn newest_of(folders: Vec<PathBuf>, sys: &Sys, stop: &Stop) -> Result<Option<Tools>, Trouble> {
    let mut newest: Option<Tools> = None;
    for folder in folders {
        if let Some(tools) = ask(folder, sys, stop)?
            && newest.as_ref().is_none_or(|n| n.version < tools.version)
        {
            newest = Some(tools);
        }
    }
    Ok(newest)
}

fn ask(folder: PathBuf, sys: &Sys, stop: &Stop) -> Result<Option<Tools>, Trouble> {
    let program = folder.join("pg_dump");
    let told = |e: &dyn std::fmt::Display| Trouble::passing(Stage::Connect, format!("run {}: {e}", program.display()));
    let (ended, output) = sys.programs.output(&Command::new(&program).arg("--version"), stop).map_err(|e| told(&e))?;
    stop.check(Stage::Connect)?;
    let version = Version::parse(&String::from_utf8_lossy(&output));
    Ok(version.filter(|_| ended.success).map(|version| Tools { folder, version }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(majors: &[u32]) -> Vec<Tools> {
        majors.iter().map(|&major| Tools { folder: PathBuf::new(), version: Version { major, minor: 1 } }).collect()
    }

    #[test]
    fn versions_are_read_as_programs_print_them() {
        let read = |text: &str| Version::parse(text).map(|v| v.to_string());
        assert_eq!(read("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)").as_deref(), Some("15.18"));
        assert_eq!(read("pg_dump (PostgreSQL) 18beta1").as_deref(), Some("18.0"));
        assert_eq!(read("no version"), None);
    }

    #[test]
    fn the_servers_own_version_is_taken_else_the_next_newer_never_an_older() {
        let chosen = |here: &[u32], server| choose(tools(here), server).map(|t| t.version.major);
        assert_eq!(chosen(&[17, 15, 18], 16), Ok(17));
        assert_eq!(chosen(&[15, 16], 16), Ok(16));
        let old = chosen(&[14, 15], 17).unwrap_err();
        assert_eq!(old.error, "pg_dump 15 is older than the server, which is 17");
        assert!(chosen(&[], 17).unwrap_err().hint.is_some());
    }

    #[test]
    fn a_psql_before_the_security_release_knows_no_restrict() {
        let knows = |major, minor| Version { major, minor }.knows_restrict();
        assert!(knows(15, 14) && knows(18, 0) && knows(17, 6));
        assert!(!knows(15, 13) && !knows(16, 9) && !knows(12, 22));
    }
}
