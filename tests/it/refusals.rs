//! What refuses the program, as its operator meets it: the line that mends it, with the numbers of the
//! user it runs as, wherever it is looked for; and that a mended folder is enough.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use resguardo::daemon::store_watch::StoreWatch;
use resguardo::domain::health;
use resguardo::domain::report::Outcome;
use resguardo::serve::metrics;
use resguardo::words::Words;
use rustix::process::Signal;

use crate::support::archive::{is_root, passed_as_nobody};
use crate::support::life::{HandClock, Living, Parts, ask, free_address, until};
use crate::support::site::{Called, Site, toml};

fn site() -> Site {
    let site = Site::new("");
    fs::create_dir(site.path("media")).unwrap();
    fs::write(site.path("media/a.jpg"), "photo").unwrap();
    site.configure(&settings(&site));
    for folder in ["backups", "logs"] {
        fs::create_dir(site.path(folder)).unwrap();
    }
    site
}

fn settings(site: &Site) -> String {
    format!("[[media]]\nname = \"media\"\npath = {}\n", toml(&site.path("media")))
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A call as another user than the one the folders belong to.
fn as_user(site: &Site, user: u32, args: &[&str]) -> Called {
    let (user, group) = (format!("--reuid={user}"), format!("--regid={user}"));
    let mut command = Command::new("setpriv");
    command.args([user.as_str(), group.as_str(), "--clear-groups", "--"]);
    command.arg(env!("CARGO_BIN_EXE_resguardo")).arg("--config").arg(site.path("backup.toml")).args(args);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).current_dir(site.path(""));
    Called::from(command.output().unwrap())
}

#[test]
fn folders_of_another_user_are_named_with_the_line_that_gives_them() {
    assert!(is_root(), "only root gives folders away: run the tests as root");
    let site = site();
    // As an engine makes what is not there: root's, for everybody to look into.
    chmod(&site.path(""), 0o755);
    for folder in ["backups", "logs", "media"] {
        chmod(&site.path(folder), 0o755);
    }
    chmod(&site.path("media/a.jpg"), 0o600);
    let told = as_user(&site, 1234, &["check"]).ends(1).stdout;
    let after = |what: &str| {
        let mut lines = told.lines().skip_while(|line| !line.contains(what));
        (lines.next().unwrap_or_default().to_owned(), lines.next().unwrap_or_default().trim().to_owned())
    };
    for folder in ["backups", "logs"] {
        let path = site.path(folder).display().to_string();
        let (finding, hint) = after(&format!(" {path}: "));
        assert!(finding.starts_with("TROUBLE") && hint.contains("runs as 1234:1234 and may not write"), "{told}");
        assert!(hint.ends_with(&format!("As root: `chown -R 1234:1234 {path}`.")), "{told}");
        Command::new("chown").args(["-R", "1234:1234", &path]).status().unwrap();
    }
    let media = site.path("media").display().to_string();
    let (finding, hint) = after("could not be read: ./a.jpg");
    assert!(finding.starts_with("TROUBLE   media"), "{told}");
    let line = format!("setfacl -R -m u:1234:rX,d:u:1234:rX {media}");
    assert!(hint.contains(&format!("`{line}`")), "{told}");
    let words: Vec<&str> = line.split(' ').collect();
    assert!(Command::new(words[0]).args(&words[1..]).status().unwrap().success());
    // The lines, given as they stand, mend all of it.
    as_user(&site, 1234, &["check"]).ends(0);
    as_user(&site, 1234, &["backup"]).ends(0);
}

#[test]
fn a_folder_that_only_root_can_make_is_made_by_the_line_and_nothing_above_it_is_given_away() {
    assert!(is_root(), "only root gives folders away: run the tests as root");
    let site = site();
    chmod(&site.path(""), 0o755);
    for folder in ["backups", "logs"] {
        fs::remove_dir(site.path(folder)).unwrap();
    }
    let told = as_user(&site, 1234, &["check"]).ends(1).stdout;
    for folder in ["backups", "logs"] {
        let line = format!("install -d -o 1234 -g 1234 {}", site.path(folder).display());
        assert!(told.contains(&format!("As root: `{line}`.")), "{told}");
        let words: Vec<&str> = line.split(' ').collect();
        assert!(Command::new(words[0]).args(&words[1..]).status().unwrap().success());
    }
    as_user(&site, 1234, &["check"]).ends(0);
}

#[test]
fn a_secret_and_settings_that_may_not_be_read_are_named_with_the_line_that_mends_it() {
    if passed_as_nobody("refusals::a_secret_and_settings_that_may_not_be_read_are_named_with_the_line_that_mends_it") {
        return;
    }
    let site = site();
    fs::write(site.path("password"), "S3cret").unwrap();
    // Also by a path that is not absolute: a file stands there, so it is no password by mistake.
    let mail = "[mail]\nhost = \"mail\"\nto = [\"ana@example.org\"]\npassword_file = \"password\"\n";
    site.configure(&format!("{}{mail}", settings(&site)));
    chmod(&site.path("password"), 0o000);
    let told = site.call(&["check"]).ends(64).stderr;
    let password = site.path("password").display().to_string();
    assert!(told.contains("mail.password_file") && told.contains(&format!("`chmod u+r {password}`")), "{told}");
    chmod(&site.path("password"), 0o600);
    site.call(&["check"]).ends(0);
    let settings = site.path("backup.toml");
    chmod(&settings, 0o000);
    let told = site.call(&["check"]).ends(64).stderr;
    assert!(told.contains(&format!("`chmod u+r {}`", settings.display())), "{told}");
}

#[test]
fn a_store_whose_rights_are_taken_is_told_everywhere_and_given_back_is_enough() {
    if passed_as_nobody("refusals::a_store_whose_rights_are_taken_is_told_everywhere_and_given_back_is_enough") {
        return;
    }
    let site = site();
    let clock = HandClock::at("2024-11-12T08:00:00Z".parse().unwrap());
    let store = site.path("backups");
    for mode in [0o500, 0o000] {
        chmod(&store, mode);
        let mut parts = Parts::start(&site.path("backup.toml"), &clock);
        let mut watch = StoreWatch::default();
        assert!(!watch.look(&parts.runner));
        // As the daemon asks, for whom a record that cannot be read is an empty one.
        let due = |parts: &Parts| {
            let reports = parts.runner.record.read().unwrap_or_default();
            parts.scheduler.due(&parts.runner.gatherer.gather(), &reports)
        };
        let report = parts.run(due(&parts).unwrap());
        assert_eq!(report.outcome, Outcome::Failed);
        parts.scheduler.note(Some(report));
        assert!(due(&parts).is_none(), "what cannot be is not tried at every look");
        let standing = parts.runner.gatherer.gather();
        let judged = health::judge(&standing);
        let said: Vec<String> = judged.causes.iter().map(|cause| parts.runner.words.say(&cause.saying)).collect();
        assert!(said[0].starts_with("Nothing can be stored: "), "{said:#?}");
        assert!(said[1].contains(&format!("`chmod u+rwX {}`", store.display())), "{said:#?}");
        assert_eq!(said.len(), 4, "more than the cause, what to do, what it means and what failed of it: {said:#?}");
        let metrics = metrics::render(&standing, &judged).unwrap();
        assert!(metrics.contains("\nresguardo_store_writable 0\n"), "{metrics}");
        assert!(!watch.look(&parts.runner) && watch.look_within().is_some());

        chmod(&store, 0o700);
        assert!(watch.look(&parts.runner), "it is not seen that the store was mended");
        assert!(!watch.look(&parts.runner) && watch.look_within().is_none());
        parts.scheduler.forget();
        assert_eq!(parts.run_due().map(|report| report.outcome), Some(Outcome::Succeeded));
        assert_eq!(health::judge(&parts.runner.gatherer.gather()).causes, []);
        fs::remove_dir_all(&store).unwrap();
        fs::create_dir(&store).unwrap();
        // Meant to be so.
        fs::remove_file(site.path("logs/store.json")).unwrap();
    }
}

#[test]
fn the_daemon_says_it_once_stays_up_and_begins_by_itself() {
    if passed_as_nobody("refusals::the_daemon_says_it_once_stays_up_and_begins_by_itself") {
        return;
    }
    let site = site();
    let address = free_address();
    site.configure(&format!("{}[serve]\nlisten = \"{address}\"\n", settings(&site)));
    for folder in ["backups", "logs"] {
        chmod(&site.path(folder), 0o500);
    }
    let mut command = site.command();
    command.arg("run");
    let daemon = Living::start(command);
    daemon.says("failed after");
    let (code, told) = until("an answer", || ask(address, "/health"));
    assert_eq!(code, 503);
    assert!(told.contains("Nothing can be stored") && told.contains("chmod u+rwX"), "{told}");
    assert!(site.call(&["health"]).ends(1).stdout.contains("Nothing can be stored"));
    for folder in ["backups", "logs"] {
        chmod(&site.path(folder), 0o700);
    }
    daemon.says("the store can be used again");
    until("a set", || (ask(address, "/health")?.0 == 200 && !site.stored("sets").is_empty()).then_some(()));
    let (code, _, said) = daemon.end(Signal::TERM);
    assert_eq!(code, Some(0), "{said}");
    let lines = |of: &str| said.lines().filter(|line| line.contains(of)).count();
    assert_eq!(
        [lines("the store cannot be used"), lines("failed after"), lines("record the run")],
        [1, 1, 0],
        "{said}"
    );
    // The log's folder as well: said once, with its line, and written again.
    assert_eq!([lines("failed to write the log"), lines("is written again")], [1, 1], "{said}");
    assert!(said.contains(&format!("`chmod u+rwX {}`", site.path("logs").display())), "{said}");
}

/// What a container is told to use must be what the compose file offers.
#[test]
fn the_lines_for_root_are_those_of_the_compose_file() {
    let compose = include_str!("../../docker-compose.prod.yml");
    let said = Words::english().text("hint-may-not-read-root", &[("user", "1000:1000"), ("path", "/media")]);
    let lines: Vec<&str> = compose.lines().filter_map(|line| line.trim().strip_prefix('#')).collect();
    let offered = |start: &str| lines.iter().find(|line| line.trim().starts_with(start)).unwrap().trim();
    for line in [offered("user: \"0:0\""), offered("cap_add: ")] {
        assert!(said.contains(&format!("`{line}`")), "{line} is not in: {said}");
    }
}
