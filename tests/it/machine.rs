//! What stands beside an application on the machine itself, without compose: the unit of systemd, the
//! script by which commands are typed, and the settings that the README shows.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use resguardo::config;
use rstest::rstest;
use tempfile::TempDir;

const PROGRAM: &str = "/usr/local/lib/resguardo/resguardo";

fn in_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(in_project(path)).unwrap()
}

/// Gives a command as it is typed, by this user; what systemd is asked for is said by a program in its
/// place, an argument on each line.
fn typed(uid: &str, arguments: &[&str]) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    for (name, script) in [
        ("id", format!("echo {uid}")),
        ("systemd-run", "printf '%s\\n' \"$@\"".to_owned()),
        ("sudo", "echo sudo; printf '%s\\n' \"$@\"".to_owned()),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut script = Command::new("/bin/sh");
    script.arg(in_project("config/systemd/resguardo")).args(arguments).env("PATH", folder.path());
    let output = script.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn what_is_typed_has_the_settings_variables_and_folder_of_the_unit() {
    let unit = read("config/systemd/resguardo.service");
    let given = typed("0", &["list"]);
    let given: BTreeSet<&str> = given.iter().filter_map(|line| line.strip_prefix("--property=")).collect();
    for key in ["User", "WorkingDirectory", "Environment", "EnvironmentFile"] {
        let of_unit: Vec<&str> = unit.lines().filter(|line| line.starts_with(&format!("{key}="))).collect();
        assert_eq!(of_unit.len(), 1, "{key} of {unit}");
        assert!(given.contains(of_unit[0]), "{of_unit:?} is not among {given:?}");
    }
    assert_eq!(given.len(), 4);
    assert!(unit.lines().any(|line| line == format!("ExecStart={PROGRAM} run")));
}

#[rstest]
#[case::a_word_with_spaces(&["backup", "--label", "before  17 'x'"], "resguardo")]
#[case::nothing(&[], "resguardo")]
#[case::a_restore(&["restore", "--latest"], "root")]
#[case::a_restore_after_a_flag(&["--json", "restore", "--undo"], "root")]
#[case::what_only_sounds_like_it(&["list", "--source", "restored"], "resguardo")]
fn what_is_typed_comes_whole_and_a_restore_as_root(#[case] arguments: &[&str], #[case] user: &str) {
    let given = typed("0", arguments);
    let place = given.iter().position(|line| line == PROGRAM).unwrap();
    assert_eq!(given[place + 1..], *arguments);
    assert!(given.contains(&format!("--property=User={user}")), "{given:?}");
}

#[test]
fn whoever_is_not_root_is_asked_for_that_right_first() {
    let given = typed("1000", &["restore", "--only", "a b"]);
    assert_eq!(given[0], "sudo");
    assert!(given[1].ends_with("config/systemd/resguardo"), "{given:?}");
    assert_eq!(given[2..], ["restore", "--only", "a b"]);
}

/// The example of settings, in each language, as it stands.
#[rstest]
fn the_settings_that_the_readme_shows_stand(#[values("README.md", "README.es.md", "README.pt.md")] readme: &str) {
    let readme = read(readme);
    let section = readme.split("\n## ").find(|section| section.contains("config/systemd/resguardo ")).unwrap();
    let example = section.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0;
    let folder = TempDir::new().unwrap();
    for secret in ["db_password", "mail_password"] {
        fs::write(folder.path().join(secret), "secret").unwrap();
    }
    let file = folder.path().join("backup.toml");
    fs::write(&file, example.replace("/etc/resguardo", &folder.path().display().to_string())).unwrap();
    let loaded = config::load(Some(&file), []).unwrap();
    let names: Vec<String> = loaded.config.source_names().map(|name| name.to_string()).collect();
    assert_eq!(names, ["patrimonio", "db", "media", "settings"]);
    assert!(loaded.config.mail.can_tell() && loaded.notices.is_empty());
}
