//! What the walks of the README are made in: its lines, a machine with an application as it
//! describes one, and a person at a terminal who types what is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use resguardo::domain::id::BackupId;
use tempfile::TempDir;

use super::doors::Started;
use super::postgres::Server;
use super::restore_postgres::whole;
use super::site::toml;
use super::way_back::{copy, entries};

pub(crate) const DATABASE: &str = "patrimonio";

/// As the installation of the application makes it, at first and whenever it finds none.
pub(crate) const CREATE: &str = "CREATE DATABASE patrimonio OWNER app; \
     ALTER DATABASE patrimonio SET timezone = 'America/Lima'; \
     COMMENT ON DATABASE patrimonio IS 'the register'";

const CONSENT: &str = "To consent, type: ";

/// The lines of the commands under a heading of the README.
pub(crate) fn walk(heading: &str) -> Vec<String> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let (_, section) = page.split_once(&format!("# {heading}\n")).expect("the README has this heading");
    let (text, block) = section.split_once("```sh\n").expect("commands stand under the heading");
    assert!(!text.contains("\n#"), "the commands of {heading} stand under another heading");
    let (block, _) = block.split_once("```").expect("the commands end");
    block.lines().map(str::to_owned).collect()
}

/// The same lines about sets that stand: the oldest that they name is the first of these, and so on.
pub(crate) fn about(lines: Vec<String>, sets: &[BackupId]) -> Vec<String> {
    let is_apart = |c: char| !c.is_ascii_digit() && c != '_';
    let words = lines.iter().flat_map(|line| line.split(is_apart));
    let named: BTreeSet<String> = words.filter(|word| BackupId::parse(word).is_ok()).map(str::to_owned).collect();
    assert_eq!(named.len(), sets.len(), "{lines:#?}");
    let replaced =
        |line: String| named.iter().zip(sets).fold(line, |line, (named, stands)| line.replace(named, stands.as_str()));
    lines.into_iter().map(replaced).collect()
}

/// All that the application has, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) database: String,
    pub(crate) media: BTreeMap<PathBuf, String>,
    pub(crate) settings: String,
}

/// What a terminal showed until a line had ended.
#[derive(Debug)]
pub(crate) struct Shown {
    code: Option<i32>,
    pub(crate) text: String,
}

impl Shown {
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "it does not say {text:?}: {}", self.text);
        self
    }
}

/// A folder in which the commands are given: `config/backup.toml`, and the application in `app`.
pub(crate) struct Machine {
    dir: TempDir,
}

impl Machine {
    pub(crate) fn new(server: &Server) -> Self {
        let machine = Self { dir: TempDir::new().unwrap() };
        fs::create_dir_all(machine.path("app/media/photos/2024")).unwrap();
        fs::create_dir(machine.path("config")).unwrap();
        fs::write(machine.path("app/media/photos/2024/town-hall.jpg"), "not a photo").unwrap();
        machine.address(server);
        let (media, settings) = (machine.path("app/media"), machine.path("app/.env.prod"));
        let config = format!(
            "timezone = \"America/Lima\"\n[[media]]\nname = \"media\"\npath = {}\n\
             [[files]]\nname = \"settings\"\npaths = [{}]\n",
            toml(&media),
            toml(&settings)
        );
        fs::write(machine.path("config/backup.toml"), config).unwrap();
        server.psql("postgres", "CREATE ROLE readers; CREATE ROLE app LOGIN PASSWORD 'secret' IN ROLE readers");
        server.psql("postgres", CREATE);
        server.psql(
            DATABASE,
            "SET ROLE app; CREATE TABLE asset (id bigserial PRIMARY KEY, name text); \
             GRANT SELECT ON asset TO readers; INSERT INTO asset (name) SELECT 'no. ' || n FROM generate_series(1, 500) n",
        );
        machine
    }

    /// Writes where the database is into the `.env`, as a person does.
    pub(crate) fn address(&self, server: &Server) {
        let host = server.socket_folder().display().to_string().replace('/', "%2F");
        let text = format!("SECRET_KEY=x1\nDATABASE_URL=postgres://postgres@{host}/{DATABASE}\n");
        fs::write(self.path("app/.env.prod"), text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A day of work.
    pub(crate) fn work(&self, server: &Server, day: &str) {
        let sql =
            format!("INSERT INTO asset (name) VALUES ('{day}'); UPDATE asset SET name = name || '!' WHERE id % 7 = 0");
        server.psql(DATABASE, &sql);
        fs::write(self.path("app/media").join(format!("{day}.jpg")), day).unwrap();
    }

    /// Another machine with the same paths, to which only these were brought.
    pub(crate) fn moved_with(self, names: &[&str]) -> Self {
        let gone = TempDir::new().unwrap();
        let old = gone.path().join("machine");
        fs::rename(self.dir.path(), &old).unwrap();
        for name in names {
            fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
            copy(&old.join(name), &self.path(name));
        }
        self
    }

    pub(crate) fn back_up(&self) -> BackupId {
        self.type_in("resguardo backup").ends(0);
        self.newest()
    }

    pub(crate) fn newest(&self) -> BackupId {
        let names = fs::read_dir(self.path("backups/sets")).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter_map(|name| BackupId::parse(name.strip_suffix(".json")?).ok()).max().unwrap()
    }

    pub(crate) fn state(&self, server: &Server) -> State {
        State {
            database: whole(server, DATABASE),
            media: entries(&self.path("app/media")),
            settings: fs::read_to_string(self.path("app/.env.prod")).unwrap(),
        }
    }

    /// Gives a command on a terminal, and the name it asks for.
    pub(crate) fn type_in(&self, line: &str) -> Shown {
        self.answering(line, |name| format!("{name}\n"))
    }

    /// Gives a command on a terminal; `keys` are pressed whenever it asks for names.
    pub(crate) fn answering(&self, line: &str, keys: impl Fn(&str) -> String) -> Shown {
        let mut started = Started(self.terminal(line).spawn().unwrap());
        let (mut pressed, mut output) = (started.0.stdin.take(), started.0.stdout.take().unwrap());
        let (mut shown, mut part, mut answered) = (Vec::new(), [0; 4096], 0);
        loop {
            let count = output.read(&mut part).unwrap();
            if count == 0 {
                break;
            }
            shown.extend_from_slice(&part[..count]);
            let text = String::from_utf8_lossy(&shown);
            let mut asked = text.split(CONSENT).skip(1).filter_map(|after| Some(after.split_once('\r')?.0));
            if let Some(name) = asked.nth(answered) {
                answered += 1;
                pressed.as_mut().unwrap().write_all(keys(name).as_bytes()).unwrap();
            }
        }
        // Only now: the end of what is typed would be typed as well.
        drop(pressed);
        let code = started.0.wait().unwrap().code();
        Shown { code, text: String::from_utf8_lossy(&shown).replace('\r', "") }
    }

    fn terminal(&self, line: &str) -> Command {
        let programs = Path::new(env!("CARGO_BIN_EXE_resguardo")).parent().unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        // Wide enough for every table; what is asked is found in one line.
        let line = format!("stty cols 200; {line}");
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        command.env_clear().env("PATH", path).env("TERM", "xterm").env("SHELL", "/bin/sh");
        let settings = fs::read_to_string(self.path("app/.env.prod")).unwrap();
        command.envs(settings.lines().map(|line| line.split_once('=').unwrap()));
        command.current_dir(self.dir.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }
}
