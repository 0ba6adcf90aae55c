//! What is said before anything is done, and of what cannot be seen: `check`, `list` and `health`
//! tell no more than is true.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rstest::rstest;
use serde_json::Value;

use crate::support::archive::passed_as_nobody;
use crate::support::drill::scratch;
use crate::support::mounts::Mounts;
use crate::support::postgres::Server;
use crate::support::site::{Called, Site, sqlite, toml};
use crate::support::transform::noise;

/// `verdict what: text`, a line for each finding.
fn findings(called: &Called) -> Vec<String> {
    let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    let json = called.json();
    let all = json["findings"].as_array().unwrap().iter();
    all.map(|f| format!("{} {}: {}", text(f, "verdict"), text(f, "what"), text(f, "text"))).collect()
}

fn media_site() -> Site {
    let site = Site::new("");
    fs::create_dir_all(site.path("media/shut")).unwrap();
    fs::write(site.path("media/a.jpg"), noise(1 << 20)).unwrap();
    site.configure(&format!("[[media]]\nname = \"media\"\npath = {}\n", toml(&site.path("media"))));
    site
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn no_room_is_told_before_the_night() {
    let site = media_site();
    let mounts = Mounts::new();
    let disk = site.path("backups");
    mounts.small_disk(&disk, 24);
    let call = |args: &[&str]| Called::from(mounts.inside(&site.command()).args(args).output().unwrap());
    call(&["check"]).ends(0);
    fs::write(site.path("media/film"), noise(40 << 20)).unwrap();
    let told = findings(&call(&["check", "--json"]).ends(1));
    assert!(told.iter().any(|line| line.starts_with("trouble store") && line.contains("may need")), "{told:#?}");
    call(&["backup"]).ends(4);
}

#[test]
fn what_may_not_be_read_is_trouble_before_the_night_and_told_once_in_it() {
    if passed_as_nobody("check::what_may_not_be_read_is_trouble_before_the_night_and_told_once_in_it") {
        return;
    }
    let site = media_site();
    site.call(&["check"]).ends(0);
    let (shut, file) = (site.path("media/shut"), site.path("media/a.jpg"));
    for path in [&shut, &file] {
        chmod(path, 0o000);
    }
    let (checked, ran) = (site.call(&["check", "--json"]), site.call(&["backup", "--json"]));
    chmod(&shut, 0o700);
    let told = findings(&checked.ends(1));
    assert!(told.iter().any(|line| line.starts_with("trouble media (media): 2 files or folders")), "{told:#?}");
    let report = ran.ends(3).json();
    let unreadable = report["warnings"].as_array().unwrap().iter().filter(|w| w["code"] == "unreadable").count();
    assert_eq!(unreadable, 1, "{report:#}");
}

#[test]
fn settings_that_may_not_be_read_are_not_taken_for_missing() {
    if passed_as_nobody("check::settings_that_may_not_be_read_are_not_taken_for_missing") {
        return;
    }
    let site = Site::new("");
    fs::write(site.path("env"), "x").unwrap();
    chmod(&site.path("env"), 0o000);
    site.configure(&format!("[[files]]\npaths = [{}]\n", toml(&site.path("env"))));
    let told = site.call(&["check"]).ends(1).stdout;
    assert!(told.contains("may not read") && !told.contains("mounted"), "{told}");
}

#[test]
fn a_database_is_one_line_and_a_table_it_may_not_read_is_trouble() {
    let server = Server::start_tcp(&[]);
    server.psql("postgres", "CREATE ROLE ana LOGIN PASSWORD 'x'; CREATE DATABASE app OWNER ana");
    server.psql("app", "SET ROLE ana; CREATE TABLE asset AS SELECT 1 AS id");
    let site = Site::new("");
    let configure = |account: &str| {
        let url = format!("postgres://{account}@127.0.0.1:{}/app", server.port());
        site.configure(&format!("[[postgres]]\nname = \"app\"\nurl = \"{url}\"\n"));
    };
    configure("ana:x");
    let told = findings(&site.call(&["check", "--json"]).ends(0));
    let sizes: Vec<&String> = told.iter().filter(|line| line.contains("to read")).collect();
    assert!(matches!(sizes.as_slice(), [one] if one.starts_with("good app (postgres): ")), "{told:#?}");
    // What a restore would need, and each with the line that gives it.
    let of_restore = |told: &[String]| {
        let lines = told.iter().filter(|line| line.contains("a restore "));
        assert!(lines.clone().all(|line| line.starts_with("warning app (postgres): ")), "{told:#?}");
        lines.cloned().collect::<Vec<String>>()
    };
    let lacking = of_restore(&told);
    assert!(
        matches!(lacking.as_slice(), [createdb, room] if createdb.contains("ALTER ROLE \"ana\" CREATEDB")
        && room.contains("data_volume") && room.contains("GRANT pg_execute_server_program TO \"ana\"")),
        "{told:#?}"
    );
    server.psql(
        "app",
        "ALTER ROLE ana CREATEDB; GRANT pg_execute_server_program TO ana; ALTER DATABASE app OWNER TO postgres",
    );
    let lacking = of_restore(&findings(&site.call(&["check", "--json"]).ends(0)));
    assert!(matches!(lacking.as_slice(), [owner] if owner.contains("GRANT \"postgres\" TO \"ana\"")), "{lacking:#?}");
    server.psql("app", "ALTER DATABASE app OWNER TO ana");
    assert_eq!(of_restore(&findings(&site.call(&["check", "--json"]).ends(0))), Vec::<String>::new());
    server.psql("app", "CREATE TABLE others AS SELECT 1 AS id");
    let told = findings(&site.call(&["check", "--json"]).ends(1));
    assert!(told.iter().any(|l| l.starts_with("trouble app (postgres)") && l.contains("public.others")), "{told:#?}");
    configure("ana");
    let told = site.call(&["check"]).ends(1).stdout;
    assert!(told.contains("Give the role ana its password") && !told.contains("not the server's"), "{told}");
}

#[test]
fn a_store_that_cannot_be_looked_at_is_not_an_empty_one() {
    if passed_as_nobody("check::a_store_that_cannot_be_looked_at_is_not_an_empty_one") {
        return;
    }
    let site = media_site();
    site.call(&["backup"]).ends(0);
    chmod(&site.path("backups"), 0o000);
    let (listed, as_json, health) = (site.call(&["list"]), site.call(&["list", "--json"]), site.call(&["health"]));
    chmod(&site.path("backups"), 0o700);
    let listed = listed.ends(1);
    assert_eq!(listed.stdout, "", "{listed:?}");
    assert!(listed.stderr.starts_with("The store cannot be looked at"), "{listed:?}");
    assert_eq!(as_json.ends(1).json()["totals"], Value::Null);
    let told = health.ends(1).stdout;
    assert!(told.contains("No backup of media can be seen") && !told.contains("There is no complete"), "{told}");
    let mut lines: Vec<&str> = told.lines().collect();
    let before = lines.len();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(before, lines.len(), "something is told twice: {told}");
}

#[test]
fn a_drill_that_could_write_nowhere_is_told_beforehand() {
    if passed_as_nobody("check::a_drill_that_could_write_nowhere_is_told_beforehand") {
        return;
    }
    let site = media_site();
    let configure = |dir: &Path| {
        let media = format!("[[media]]\nname = \"media\"\npath = {}\n", toml(&site.path("media")));
        site.configure(&format!("{media}[drill]\ndir = {}\n", toml(dir)));
    };
    site.call(&["backup"]).ends(0);
    let told = |dir: &Path| {
        configure(dir);
        let json = site.call(&["check", "--json"]).ends(0).json();
        let all = json["findings"].as_array().unwrap().clone();
        let drill = all.into_iter().find(|finding| finding["what"] == "drill").unwrap();
        (drill["verdict"].as_str().unwrap().to_owned(), drill["text"].to_string(), drill["hint"].to_string())
    };
    let (verdict, text, hint) = told(Path::new("/var/lib/nobody.has.this/scratch"));
    assert_eq!(verdict, "warning");
    assert!(text.contains("as user nobody: /var/lib: Permission denied"), "{text}");
    assert!(hint.contains("install -d -o nobody /var/lib/nobody.has.this/scratch"), "{hint}");
    let held = site.call(&["drill"]).ends(1).stderr;
    assert!(held.contains("as user nobody: /var/lib: Permission denied"), "{held}");

    let disk = tempfile::tempdir().unwrap();
    let dir = disk.path().join("scratch");
    fs::create_dir_all(dir.join(".resguardo-drill")).unwrap();
    assert_eq!(told(&dir).0, "good");
    // As another user's is to us.
    chmod(&dir.join(".resguardo-drill"), 0o511);
    let (verdict, text, hint) = told(&dir);
    chmod(&dir.join(".resguardo-drill"), 0o700);
    assert_eq!(verdict, "warning");
    assert!(text.contains(".resguardo-drill: Permission denied"), "{text}");
    assert!(hint.contains("rm -r ") && hint.contains("another user"), "{hint}");
    let file = disk.path().join("file");
    fs::write(&file, "").unwrap();
    for dir in [file.clone(), file.join(""), file.join("below")] {
        let (verdict, text, hint) = told(&dir);
        assert!(verdict == "warning" && text.contains("file: not a directory"), "{text}");
        assert!(hint.contains("Point drill.dir at a folder of a disk"), "{hint}");
    }
}

#[test]
fn a_drill_whose_server_would_not_come_through_is_told_beforehand() {
    let (server, site) = (Server::start(), Site::new(""));
    let shut = tempfile::tempdir_in("/tmp").unwrap();
    let dir = shut.path().join("scratch");
    chmod(shut.path(), 0o755);
    site.configure(&format!(
        "[[postgres]]\nname = \"app\"\nurl = \"postgres://postgres@/postgres?host={}\"\n[drill]\ndir = {}\n",
        server.socket_folder().display(),
        toml(&dir)
    ));
    server.psql("postgres", "CREATE TABLE t AS SELECT 1 AS i");
    site.call(&["backup"]).ends(0);
    let told =
        || findings(&site.call(&["check", "--json"]).ends(0)).into_iter().find(|l| l.contains(" drill: ")).unwrap();
    assert!(told().starts_with("good drill: "), "{}", told());
    chmod(shut.path(), 0o700);
    let barred = format!("warning drill: restore into {}: its server does not come through", dir.display());
    assert_eq!(told(), barred);
    let page = site.call(&["check"]).ends(0).stdout;
    assert!(page.contains(&format!("Let others pass through {} (chmod o+x)", shut.path().display())), "{page}");
    chmod(shut.path(), 0o755);
    site.call(&["drill"]).ends(0);
}

/// In a database of no encoding the drill takes texts for bytes: names that are no text of ours are no fault of
/// the question's.
#[test]
fn questions_of_a_database_in_no_encoding_are_tried_as_the_drill_asks_them() {
    let (server, site) = (Server::start(), Site::new(""));
    server.psql("postgres", "CREATE DATABASE app TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'");
    server.psql(
        "app",
        "CREATE TABLE \"niños\" (i int);
         DO $$ BEGIN EXECUTE format('CREATE TABLE odd (%I int)', convert_from('\\x61f16f', 'SQL_ASCII')); END $$",
    );
    let told = |sql: &str| {
        site.configure(&format!(
            "[[postgres]]\nname = \"app\"\nurl = \"postgres://postgres@/app?host={}\"\n\
             [[drill.check]]\nsource = \"app\"\nsql = '{sql}'\nmin = 1\n",
            server.socket_folder().display()
        ));
        let mut told = findings(&site.call(&["check", "--json"]));
        told.retain(|line| line.contains("drill.check"));
        told
    };
    let nobody: [&str; 0] = [];
    assert_eq!(told("SELECT count(*) FROM \"niños\""), nobody);
    assert_eq!(told("SELECT * FROM odd"), nobody);
    assert!(told("SELECT * FROM oddities")[0].contains("relation \"oddities\" does not exist"));
}

/// The set says what its database needs, and the drill's server would be of this machine.
#[test]
fn what_a_drill_would_lack_here_is_told_beforehand_with_what_to_install() {
    let (server, site, scratch) = (Server::start(), Site::new(""), scratch());
    site.configure(&format!(
        "[[postgres]]\nname = \"app\"\nurl = \"postgres://postgres@/postgres?host={}\"\n[drill]\ndir = {}\n",
        server.socket_folder().display(),
        toml(scratch.path())
    ));
    server.psql("postgres", "CREATE TABLE t AS SELECT 1 AS i; CREATE EXTENSION pg_trgm");
    site.call(&["backup"]).ends(0);
    let manifest = site.stored("sets").into_iter().find(|path| path.extension().is_some_and(|e| e == "json")).unwrap();
    let whole: Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    let told = |change: &dyn Fn(&mut Value)| {
        let mut stated = whole.clone();
        let artifacts = stated["artifacts"].as_array_mut().unwrap();
        change(&mut artifacts.iter_mut().find(|one| one["kind"] == "postgres").unwrap()["postgres"]);
        fs::write(&manifest, stated.to_string()).unwrap();
        let checked = site.call(&["check", "--json"]).ends(0).json();
        let all = checked["findings"].as_array().unwrap().clone();
        let drill = all.into_iter().find(|finding| finding["what"] == "drill").unwrap();
        [&drill["verdict"], &drill["text"], &drill["hint"]].map(|one| one.as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(told(&|_| ())[0], "good");
    let [verdict, text, hint] = told(&|facts| facts["extensions"][0]["name"] = "postgis".into());
    assert_eq!((verdict.as_str(), text.as_str()), ("warning", "the extension postgis is not on this machine"));
    assert!(hint.starts_with("Install the extension postgis for PostgreSQL "), "{hint}");
    for name in ["collate", "ctype"] {
        let [verdict, text, hint] = told(&|facts| facts[name] = "xx_XX.UTF-8".into());
        assert!(verdict == "warning" && text.contains("locale"), "{text}");
        assert!(
            hint.starts_with("Install the locale xx_XX.UTF-8 (libc) ") && hint.contains("where the drill runs"),
            "{hint}"
        );
    }
    // It is no drill's no: none could be held.
    let held = site.call(&["drill"]).ends(1);
    assert!(held.stderr.contains("Install the locale"), "{held:?}");
}

#[test]
fn a_database_that_was_made_anew_and_is_empty_is_told_before_the_night() {
    let site = Site::new("");
    sqlite(&site.path("db.sqlite3"), 500);
    site.configure(&format!(
        "[[sqlite]]\nname = \"app\"\npath = {}\n[[drill.check]]\nsource = \"app\"\nsql = \"SELECT count(*) FROM asset\"\n\
         min = 500\n",
        toml(&site.path("db.sqlite3"))
    ));
    site.call(&["backup"]).ends(0);
    fs::remove_file(site.path("db.sqlite3")).unwrap();
    rusqlite::Connection::open(site.path("db.sqlite3")).unwrap().execute_batch("PRAGMA user_version = 7").unwrap();
    let told = findings(&site.call(&["check", "--json"]).ends(1));
    let of_app: Vec<&String> = told.iter().filter(|line| line.contains("app (sqlite)")).collect();
    assert!(of_app.len() == 1 && of_app[0].starts_with("trouble") && of_app[0].contains("holds no table"), "{told:#?}");
    assert!(of_app[0].contains("resguardo restore --latest --source app"), "{told:#?}");
    // No question is to be mended now, and nothing says that all is well.
    assert!(!told.iter().any(|line| line.contains("drill.check") || line.contains(" health: ")), "{told:#?}");
}

#[test]
fn a_log_that_cannot_be_written_is_a_warning_of_health_and_told_once_by_check() {
    let site = media_site();
    site.call(&["backup"]).ends(0);
    assert_eq!(site.call(&["health", "--json"]).ends(0).json()["status"], "healthy");
    fs::remove_dir_all(site.path("logs")).unwrap();
    fs::write(site.path("logs"), "not a folder").unwrap();
    let health = site.call(&["health", "--json"]).ends(0).json();
    let codes: Vec<&str> =
        health["reasons"].as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect();
    // That it is so, and what to do.
    assert_eq!((health["status"].as_str(), codes), (Some("warning"), vec!["log", "log"]), "{health:#}");
    let told = findings(&site.call(&["check", "--json"]).ends(1));
    let of_log: Vec<&String> = told.iter().filter(|line| line.contains("logs")).collect();
    assert!(of_log.len() == 1 && of_log[0].starts_with("trouble log "), "{told:#?}");
    fs::remove_file(site.path("logs")).unwrap();
    assert_eq!(site.call(&["health", "--json"]).ends(0).json()["status"], "healthy");
}

/// Its own volume, which is full, and a right to write that is of no use.
#[test]
fn a_log_whose_volume_is_full_is_a_warning_with_the_setting_that_moves_it() {
    let (site, mounts) = (media_site(), Mounts::new());
    let call = |args: &[&str]| Called::from(mounts.inside(&site.command()).args(args).output().unwrap());
    call(&["backup"]).ends(0);
    fs::remove_dir_all(site.path("logs")).unwrap();
    mounts.small_disk(&site.path("logs"), 1);
    assert_eq!(call(&["health", "--json"]).ends(0).json()["status"], "healthy");
    let filler = mounts.seen(&site.path("logs")).join("filler");
    fs::write(&filler, vec![0; 2 << 20]).expect_err("there is no room for it");
    let health = call(&["health", "--json"]).ends(0).json();
    assert!(health["status"] == "warning" && health["reasons"][0]["code"] == "log", "{health:#}");
    let told = findings(&call(&["check", "--json"]).ends(1));
    let of_log: Vec<&String> = told.iter().filter(|line| line.contains("logs")).collect();
    assert!(of_log.len() == 1 && of_log[0].starts_with("trouble log "), "{told:#?}");
    let hint = call(&["check"]).ends(1).stdout;
    assert!(hint.contains("or point store.log_dir at a larger one"), "{hint}");
    fs::remove_file(&filler).unwrap();
    assert_eq!(call(&["health", "--json"]).ends(0).json()["status"], "healthy");
}

#[test]
fn every_reason_of_health_has_its_line() {
    let site = media_site();
    site.call(&["backup"]).ends(0);
    fs::remove_file(&site.stored("media")[0]).unwrap();
    let told = findings(&site.call(&["check", "--json"]).ends(0));
    let health: Vec<&String> = told.iter().filter(|line| line.starts_with("warning health: ")).collect();
    assert_eq!(health.len(), 2, "{told:#?}");
}

#[test]
fn a_mail_setting_that_is_missing_is_named_and_no_other() {
    let site = media_site();
    let told = |environment: &[(&str, &str)]| {
        let output = site.command().arg("check").envs(environment.iter().copied()).output().unwrap();
        Called::from(output).stdout
    };
    let without_host = told(&[("DEFAULT_FROM_EMAIL", "ana@example.org")]);
    assert!(without_host.contains("set mail.host (EMAIL_HOST)") && !without_host.contains("mail.to"), "{without_host}");
    let without_recipient = told(&[("EMAIL_HOST", "mail.example.org")]);
    assert!(without_recipient.contains("set mail.to (DEFAULT_FROM_EMAIL)"), "{without_recipient}");
    assert!(!without_recipient.contains("mail.host"), "{without_recipient}");
}

#[rstest]
#[case("config")]
#[case("check")]
fn a_variable_that_is_nearly_one_of_ours_is_named(#[case] command: &str) {
    let site = media_site();
    let output = site.command().arg(command).env("TARGET_HOURS", "3").output().unwrap();
    let Called { stdout, stderr, .. } = Called::from(output).ends(0);
    let said = "TARGET_HOURS is set and means nothing here; was TARGET_HOUR meant?";
    // It is a finding of the one, and beside the result of the other.
    let told = if command == "check" { format!("warning   settings: {said}") } else { format!("{said}\n") };
    assert_eq!(
        if command == "check" { &stdout } else { &stderr }.lines().next(),
        Some(told.trim_end()),
        "{stdout}{stderr}"
    );
    // It is not said again with every other command.
    let output = site.command().arg("backup").env("TARGET_HOURS", "3").output().unwrap();
    assert!(!Called::from(output).ends(0).stderr.contains("TARGET_HOURS"));
}

#[test]
fn a_source_that_nobody_knows_is_refused_and_one_that_is_stored_is_not() {
    let site = media_site();
    sqlite(&site.path("db.sqlite3"), 3);
    site.call(&["backup"]).ends(0);
    let told = site.call(&["list", "--source", "nada"]).ends(64).stderr;
    assert!(told.contains("no source `nada`") && told.contains("media"), "{told}");
    // What is no longer configured can still be looked for.
    site.configure(&format!("[[sqlite]]\nname = \"app\"\npath = {}\n", toml(&site.path("db.sqlite3"))));
    assert!(site.call(&["list", "--source", "media"]).ends(0).stdout.contains("media"));
}

#[test]
fn faults_of_the_whole_text_are_told_without_an_empty_key() {
    let site = Site::new("");
    fs::remove_file(site.path("backup.toml")).unwrap();
    let told = site.call(&["list"]).ends(64).stderr;
    assert!(told.lines().nth(1).is_some_and(|line| line.starts_with("  --config: expected")), "{told}");
    // Nothing named and nothing found: where it was looked for.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_resguardo"));
    let called = Called::from(command.env_clear().current_dir(site.path("")).arg("list").output().unwrap()).ends(64);
    let looked_for = fs::canonicalize(site.path("")).unwrap().join("config/backup.toml");
    assert!(called.stderr.contains(&format!("none was found at {}", looked_for.display())), "{called:?}");
}

#[test]
fn a_list_names_its_folder_where_it_is_empty_and_the_sources_that_are_less_than_good() {
    let site = media_site();
    let empty = site.call(&["list"]).ends(0).stdout;
    let folder = site.path("backups").display().to_string();
    assert!(empty.contains(&format!("Nothing is stored in {folder} yet.")), "{empty}");
    sqlite(&site.path("db.sqlite3"), 50);
    let database = format!("[[sqlite]]\nname = \"app\"\npath = {}\n", toml(&site.path("db.sqlite3")));
    site.configure(&format!("{database}[[media]]\nname = \"media\"\npath = {}\n", toml(&site.path("media"))));
    site.call(&["backup"]).ends(0);
    let good = site.call(&["list"]).ends(0).stdout;
    assert!(!good.contains("Nothing is stored") && !good.contains("! beside a source"), "{good}");

    // One source fell, the other is away.
    fs::rename(site.path("media"), site.path("away")).unwrap();
    sqlite(&site.path("db.sqlite3"), 1);
    site.call(&["backup"]).ends(3);
    let told = site.call(&["list"]).ends(0).stdout;
    let line = told.lines().nth(1).unwrap();
    assert!(line.contains("suspect: app, not whole: media"), "{told}");
    let json = site.call(&["list", "--json"]).ends(0).json();
    assert_eq!(json["sets"][0]["wanting"], serde_json::json!(["media"]));
    assert_eq!(json["sets"][0]["artifacts"][0]["suspect"], true);

    fs::remove_file(&site.stored("media")[0]).unwrap();
    let told = site.call(&["list"]).ends(0).stdout;
    assert!(told.contains("app, media!") && told.contains("! beside a source: its file is missing"), "{told}");
}

#[test]
fn questions_that_no_drill_could_ask_are_told_beforehand_and_change_nothing() {
    let site = Site::new("");
    sqlite(&site.path("db.sqlite3"), 20);
    let told = |sql: &str| {
        let path = toml(&site.path("db.sqlite3"));
        let check = |sql: &str| format!("[[drill.check]]\nsource = \"app\"\nsql = '{sql}'\nmin = 1\n");
        let (good, asked) = (check("SELECT count(*) FROM asset;"), check(sql));
        site.configure(&format!("[[sqlite]]\nname = \"app\"\npath = {path}\n{good}{asked}"));
        let mut told = findings(&site.call(&["check", "--json"]));
        told.retain(|line| line.contains("drill.check"));
        told
    };
    let (nobody, missing): ([&str; 0], _) = ([], "SELECT count(*) FROM assets");
    assert_eq!(told("SELECT 1 WHERE 0"), nobody);
    assert_eq!(told(missing), [format!("warning drill.check.1: {missing}: no such table: assets")]);
    assert_eq!(told("DROP TABLE asset"), ["warning drill.check.1: DROP TABLE asset: it gives no value"]);
    assert!(told("SELEC 1")[0].ends_with("near \"SELEC\": syntax error"));
    assert_eq!(told("SELECT max(id) FROM asset"), nobody, "it is still there");
    // Of what cannot be reached something else is said.
    fs::remove_file(site.path("db.sqlite3")).unwrap();
    assert_eq!(told(missing), nobody);
}
