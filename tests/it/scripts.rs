//! The operator's scripts: what they run, in a compose project and without one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use rstest::rstest;

use crate::support::site::{Called, Site, sqlite, toml};

/// Writes down how it was called, one argument a line, and which files compose would read; and answers.
const RECORDER: &str = "#!/bin/sh
if [ \"$1 $2\" = \"compose version\" ]; then exit ANSWER; fi
if [ \"$1\" = version ]; then exit 0; fi
for argument in \"$0\" \"$@\"; do printf '%s\\n' \"$argument\"; done
[ \"${0##*/}\" = resguardo ] || echo \"COMPOSE_FILE=$COMPOSE_FILE\"
exit 4
";

/// A folder with the scripts of this project, and a PATH of its own.
struct Desk {
    site: Site,
}

impl Desk {
    fn new() -> Self {
        let site = Site::new("");
        fs::create_dir_all(site.path("project/scripts")).unwrap();
        fs::create_dir_all(site.path("bin")).unwrap();
        for name in ["backup.sh", "restore.sh", "common.sh"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(name);
            fs::copy(from, site.path("project/scripts").join(name)).unwrap();
        }
        Self { site }
    }

    fn with_compose_file(self) -> Self {
        fs::write(self.site.path("project/docker-compose.prod.yml"), "services: {}\n").unwrap();
        self
    }

    /// A program of this name that only records.
    fn program(self, name: &str, knows_compose: bool) -> Self {
        let path = self.site.path("bin").join(name);
        fs::write(&path, RECORDER.replace("ANSWER", if knows_compose { "0" } else { "1" })).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// Whatever this machine has.
    fn without_docker(self) -> Self {
        for name in ["docker", "docker-compose"] {
            let path = self.site.path("bin").join(name);
            fs::write(&path, "#!/bin/sh\nexit 127\n").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        self
    }

    fn call(&self, script: &str, args: &[&str]) -> Called {
        self.call_with(script, args, &[])
    }

    fn call_with(&self, script: &str, args: &[&str], environment: &[(&str, &str)]) -> Called {
        let mut command = Command::new("/bin/sh");
        command.arg(self.site.path("project/scripts").join(script)).args(args).env_clear();
        command.env("PATH", format!("{}:/usr/bin:/bin", self.site.path("bin").display()));
        command.envs(environment.iter().copied()).stdin(std::process::Stdio::null());
        Called::from(command.output().unwrap())
    }

    /// What was run: the program's name and its arguments.
    fn ran(&self, called: &Called) -> Vec<String> {
        let compose_file = self.site.path("project/docker-compose.prod.yml").display().to_string();
        let mut ran: Vec<String> =
            called.stdout.lines().map(|line| line.replace(&compose_file, "FILE").clone()).collect();
        ran[0] = Path::new(&ran[0]).file_name().unwrap().to_string_lossy().into_owned();
        ran
    }
}

const COMPOSE: &[&str] = &["docker", "compose", "run", "--rm"];
const OLDER: &[&str] = &["docker-compose", "run", "--rm"];
const SHIPPED: &[&str] = &["COMPOSE_FILE=FILE"];

#[rstest]
#[case::backup("backup.sh", &["--label", "before the move"], &["-T", "backup", "backup", "--label", "before the move"])]
#[case::list_of_backup("backup.sh", &["--list", "--json"], &["-T", "backup", "list", "--json"])]
#[case::restore("restore.sh", &["--db", "a b.sql.gz", "--media", "m.tar"], &["-T", "restore", "restore", "--db", "a b.sql.gz", "--media", "m.tar"])]
#[case::list_of_restore("restore.sh", &["--list"], &["-T", "restore", "list"])]
fn in_a_compose_project_the_program_runs_there(#[case] script: &str, #[case] args: &[&str], #[case] expected: &[&str]) {
    let desk = Desk::new().with_compose_file().program("docker", true).program("resguardo", true);
    let called = desk.call(script, args).ends(4);
    assert_eq!(desk.ran(&called), [COMPOSE, expected, SHIPPED].concat());

    let desk = Desk::new().with_compose_file().program("docker", false).program("docker-compose", false);
    let called = desk.call(script, args).ends(4);
    assert_eq!(desk.ran(&called), [OLDER, expected, SHIPPED].concat());

    // Without a compose file docker is of no use, without docker the file is.
    let here: Vec<&str> = expected.iter().copied().filter(|word| *word != "-T").skip(1).collect();
    for desk in [Desk::new().program("docker", true), Desk::new().with_compose_file().without_docker()] {
        let desk = desk.program("resguardo", true);
        let called = desk.call(script, args).ends(4);
        assert_eq!(desk.ran(&called), [&["resguardo"], &here[..]].concat());
    }
}

/// Compose itself reads `.env` alone: without them another user, port or image would be taken.
#[rstest]
#[case::backup("backup.sh", &["run", "--rm", "-T", "backup", "backup"])]
#[case::restore("restore.sh", &["run", "--rm", "-T", "restore", "restore", "--latest"])]
fn the_variables_of_the_project_come_along(#[case] script: &str, #[case] expected: &[&str]) {
    let desk = Desk::new().with_compose_file().program("docker", true);
    let variables = desk.site.path("project/.env.prod").display().to_string();
    fs::write(&variables, "BACKUP_USER=1000:1000\n").unwrap();
    let called = desk.call(script, if script == "restore.sh" { &["--latest"] } else { &[] }).ends(4);
    assert_eq!(desk.ran(&called), [&["docker", "compose", "--env-file", &variables], expected, SHIPPED].concat());
}

/// Compose's own variable, which may name several: all of them are its to read, and none is ours to take for a
/// machine without compose.
#[test]
fn a_project_of_ones_own_is_named_as_compose_names_it() {
    let desk = Desk::new().program("docker", true).program("resguardo", true);
    let (one, more) = (desk.site.path("compose.yml"), desk.site.path("more.yml"));
    fs::write(&one, "services: {}\n").unwrap();
    for files in [one.display().to_string(), format!("{}:{}", one.display(), more.display())] {
        let called = desk.call_with("backup.sh", &["--list"], &[("COMPOSE_FILE", &files)]).ends(4);
        let files = format!("COMPOSE_FILE={files}");
        assert_eq!(desk.ran(&called), [COMPOSE, &["-T", "backup", "list"], &[files.as_str()]].concat());
    }
    let called = desk.call_with("backup.sh", &["--list"], &[("COMPOSE_FILE", "/nowhere.yml")]).ends(4);
    assert_eq!(desk.ran(&called), ["resguardo", "list"]);
}

#[test]
fn the_program_itself_is_run_and_its_exit_code_handed_on() {
    let desk = Desk::new();
    let program = [("RESGUARDO", env!("CARGO_BIN_EXE_resguardo"))];
    sqlite(&desk.site.path("app.sqlite3"), 3);
    desk.site.configure(&format!("[[sqlite]]\nname = \"app\"\npath = {}\n", toml(&desk.site.path("app.sqlite3"))));
    let config = desk.site.path("backup.toml").display().to_string();
    let call = |script: &str, args: &[&str]| desk.call_with(script, &[args, &["--config", &config]].concat(), &program);
    let backed_up = call("backup.sh", &[]).ends(0);
    assert!(backed_up.stdout.contains("/sets/"), "{backed_up:?}");
    let listed = call("restore.sh", &["--list"]).ends(0);
    assert!(listed.stdout.contains("app"), "{listed:?}");
    let refused = call("restore.sh", &["--undo"]).ends(4);
    assert!(refused.stderr.contains("no restore has kept an old copy"), "{refused:?}");
    call("restore.sh", &["--latest", "--undo"]).ends(64);
}

#[test]
fn help_is_in_the_operators_words_and_runs_nothing() {
    let desk = Desk::new().program("resguardo", true);
    for (script, args) in [("backup.sh", &["--help"][..]), ("restore.sh", &["-h"]), ("restore.sh", &[])] {
        let called = desk.call(script, args).ends(0);
        assert!(called.stdout.contains(&format!("scripts/{script} --list")), "{called:?}");
        assert!(!called.stdout.contains("set -eu"), "{called:?}");
    }
}

/// The twins for another system are not run here; they must name the same words.
#[rstest]
#[case("backup")]
#[case("restore")]
fn the_twins_know_the_same_words(#[case] name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let text = |ending: &str| fs::read_to_string(folder.join(format!("{name}.{ending}"))).unwrap();
    let shared = |ending: &str| fs::read_to_string(folder.join(format!("common.{ending}"))).unwrap();
    let (unix, windows) = (text("sh"), text("bat"));
    assert!(windows.lines().count() > 10 && windows.ends_with("\r\n") && !windows.replace("\r\n", "").contains('\n'));
    let is_apart = |c: char| !c.is_ascii_alphabetic() && c != '-';
    for word in unix.split(is_apart).filter(|word| word.starts_with("--")) {
        assert!(windows.contains(word), "{name}.bat lacks {word}");
    }
    assert!(unix.contains("common.sh") && windows.contains("common.bat"));
    let (unix, windows) = (shared("sh"), shared("bat"));
    assert!(windows.ends_with("\r\n") && !windows.replace("\r\n", "").contains('\n'));
    for word in
        ["COMPOSE_FILE", ".env.prod", "--env-file", "RESGUARDO_SERVICE", "docker compose", "docker-compose", "run --rm"]
    {
        assert!(unix.contains(word) && windows.contains(word), "{word}");
    }
}
