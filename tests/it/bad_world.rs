//! What bad input gets: each thing that can be wrong with the world fails its run with a sentence
//! and a hint, leaves earlier sets untouched, and once mended is forgotten. What is wrong with the
//! text of the configuration stops the start, all of it named at once. No secret is ever shown.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::domain::report::{Outcome, Trigger};
use serde_json::Value;

use crate::support::life::{HandClock, Living, Parts, family, until};
use crate::support::mail::SmtpServer;
use crate::support::mounts::Mounts;
use crate::support::postgres::{Server, program};
use crate::support::site::{Called, Site, sqlite, toml};
use crate::support::transform::noise;

/// The password of the tests that look for it wherever it must not be.
const SECRET: &str = "S3cret-k0nfidential";

/// Every published file of a store with its size and digest.
fn published(store: &Path) -> BTreeMap<PathBuf, (u64, u128)> {
    let mut files = BTreeMap::new();
    for folder in ["db", "media", "files", "sets"] {
        for entry in fs::read_dir(store.join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            files.insert(path, (bytes.len() as u64, xxhash_rust::xxh3::xxh3_128(&bytes)));
        }
    }
    files
}

/// What went wrong and what to do, of the run as a whole or of its one bad source.
fn told(report: &Value) -> (String, String) {
    let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    let sources = report["sources"].as_array().unwrap();
    let bad = sources.iter().find(|source| source["outcome"] != "succeeded");
    let of = if report["error"].is_string() { report } else { bad.unwrap_or(report) };
    (text(of, "error"), text(of, "hint"))
}

/// A run that fails: exit code, sentence and hint in report, log and on standard error, and what
/// stood before untouched.
#[track_caller]
fn fails(site: &Site, code: i32, error: &str, hint: &str) -> Value {
    fails_as(site, site.command(), &site.path("backups"), code, error, hint)
}

#[track_caller]
fn fails_as(site: &Site, mut command: Command, store: &Path, code: i32, error: &str, hint: &str) -> Value {
    let before = published(store);
    let called = Called::from(command.args(["backup", "--json"]).output().unwrap()).ends(code);
    let report = called.json();
    let (said, advice) = told(&report);
    assert!(said.contains(error) && !said.ends_with('.'), "{error:?} is not in {report:#}");
    assert!(advice.contains(hint) && advice.ends_with('.'), "{hint:?} is not in {report:#}");
    for place in [&called.stderr, &site.log()] {
        assert!(place.contains(error) && place.contains(hint), "{place}");
    }
    let after = published(store);
    assert!(before.iter().all(|(path, file)| after.get(path) == Some(file)), "an earlier set was touched");
    assert_eq!(fs::read_dir(store.join(".resguardo/partial")).map_or(0, Iterator::count), 0, "something is left");
    if code == 1 || code == 4 || code == 75 {
        assert_eq!(before.len(), after.len(), "something was published: {report:#}");
    }
    report
}

fn good(site: &Site) -> Value {
    let report = site.call(&["backup", "--json"]).ends(0).json();
    assert_eq!(report["outcome"], "succeeded", "{report:#}");
    report
}

/// A server that asks for passwords, with a role `ana` that owns a database `app`.
fn server() -> Server {
    let server = Server::start_tcp(&["max_prepared_transactions=2"]);
    server.psql("postgres", &format!("CREATE ROLE ana LOGIN PASSWORD '{SECRET}'; CREATE DATABASE app OWNER ana"));
    server.psql("app", "SET ROLE ana; CREATE TABLE asset AS SELECT generate_series(1, 100) AS id");
    server
}

fn url(server: &Server, database: &str) -> String {
    format!("postgres://ana@127.0.0.1:{}/{database}", server.port())
}

fn postgres_site(url: &str) -> Site {
    let site = Site::new("");
    fs::write(site.path("password"), SECRET).unwrap();
    configure(&site, url, "");
    site
}

fn configure(site: &Site, url: &str, extra: &str) {
    let file = toml(&site.path("password"));
    site.configure(&format!("{extra}\n[[postgres]]\nname = \"app\"\nurl = \"{url}\"\npassword_file = {file}\n"));
}

#[test]
fn a_server_that_cannot_be_reached_or_does_not_let_us_in() {
    let server = server();
    let right = url(&server, "app");
    let site = postgres_site(&right);
    good(&site);

    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    configure(&site, &format!("postgres://ana@{nobody}/app"), "");
    let report = fails(&site, 1, "refused", "Check that the database server at 127.0.0.1");
    assert_eq!(report["sources"][0]["stage"], "connect");
    configure(&site, "postgres://ana@no-such-host.invalid/app", "");
    fails(&site, 1, "connect to no-such-host.invalid:5432", "Check that the database server");
    configure(&site, &url(&server, "nowhere"), "");
    fails(&site, 1, "nowhere", "has no database nowhere");
    fs::write(site.path("password"), "another").unwrap();
    configure(&site, &right, "");
    fails(&site, 1, "password authentication failed", "Check the password of the role ana");
    fs::remove_file(site.path("password")).unwrap();
    // A secret that is not there is a fault of the text, as it is told at once at every start.
    let called = site.call(&["backup"]).ends(64);
    assert!(called.stderr.contains("postgres.0.password_file"), "{called:?}");

    fs::write(site.path("password"), SECRET).unwrap();
    good(&site);
}

#[test]
fn a_host_that_no_network_leads_to_is_given_up() {
    // An address for documentation. Where packets to it are dropped in silence this takes the
    // 15 s that a connection is given; where the network says so, it takes no time.
    let site = postgres_site("postgres://ana@203.0.113.1:5432/app");
    let began = Instant::now();
    fails(&site, 1, "connect to 203.0.113.1:5432", "Check that the database server");
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
}

#[test]
fn a_role_that_may_not_read_a_table_or_not_all_rows() {
    let server = server();
    let site = postgres_site(&url(&server, "app"));
    good(&site);
    server.psql("app", "CREATE TABLE \"of others\" AS SELECT 1 AS id");
    fails(&site, 1, "permission denied", "GRANT pg_read_all_data TO \"ana\"; it may not read");
    server.psql("app", "GRANT SELECT ON \"of others\" TO ana; ALTER TABLE \"of others\" ENABLE ROW LEVEL SECURITY");
    fails(&site, 1, "row-level security", "BYPASSRLS");
    server.psql("app", "ALTER TABLE \"of others\" DISABLE ROW LEVEL SECURITY");
    good(&site);
}

#[test]
fn a_pg_dump_that_is_older_than_the_server() {
    let server = server();
    let site = postgres_site(&url(&server, "app"));
    good(&site);
    // All there is on this machine is now a pg_dump of 9.6.
    let old = site.path("old");
    fs::create_dir_all(old.join("9.6/bin")).unwrap();
    let shim = old.join("9.6/bin/pg_dump");
    fs::write(&shim, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n").unwrap();
    fs::set_permissions(&shim, fs::Permissions::from_mode(0o755)).unwrap();
    let mounts = Mounts::new();
    mounts.cover(Path::new("/usr/lib/postgresql"), &old);
    for folder in ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"] {
        let here = Path::new(folder).join("pg_dump");
        // One file by several names is covered once.
        if here.exists() && fs::read_to_string(mounts.seen(&here)).is_ok_and(|text| !text.contains("9.6.24")) {
            mounts.cover(&fs::canonicalize(&here).unwrap(), &shim);
        }
    }
    let command = mounts.inside(&site.command());
    let error = format!("pg_dump 9 is older than the server, which is {}", major());
    let hint = format!("Use client programs of version {} or newer", major());
    fails_as(&site, command, &site.path("backups"), 1, &error, &hint);
    good(&site);
}

/// The major version of the server programs here.
fn major() -> String {
    let told = Command::new(program("postgres")).arg("--version").output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    told.split_whitespace().nth(2).unwrap().split('.').next().unwrap().to_owned()
}

/// A folder beside a SQLite database.
fn files_site(media: &Path, extra: &str) -> Site {
    let site = Site::new("");
    sqlite(&site.path("db.sqlite3"), 300);
    fs::create_dir_all(media).unwrap();
    fs::write(media.join("a.jpg"), "photo").unwrap();
    site.configure(&format!(
        "{extra}\n[[sqlite]]\nname = \"app\"\npath = {}\n[[media]]\nname = \"media\"\npath = {}\n",
        toml(&site.path("db.sqlite3")),
        toml(media)
    ));
    site
}

#[test]
fn a_folder_that_is_missing_or_not_mounted() {
    let place = tempfile::tempdir().unwrap();
    let media = place.path().join("media");
    let site = files_site(&media, "");
    good(&site);
    fs::rename(&media, place.path().join("away")).unwrap();
    fails(&site, 3, "No such file or directory", "Check that the volume of");
    fs::create_dir(&media).unwrap();
    fails(&site, 3, "the folder is empty where the newest complete set holds files", "is mounted");
    fs::write(place.path().join("file"), "").unwrap();
    fs::remove_dir(&media).unwrap();
    fs::rename(place.path().join("file"), &media).unwrap();
    fails(&site, 3, "Not a directory", "Name a folder in the configuration");
    fs::remove_file(&media).unwrap();
    fs::rename(place.path().join("away"), &media).unwrap();
    good(&site);
}

#[test]
fn a_folder_that_never_held_a_file_is_no_lost_one() {
    let place = tempfile::tempdir().unwrap();
    let media = place.path().join("media");
    let site = files_site(&media, "");
    fs::remove_file(media.join("a.jpg")).unwrap();
    fs::create_dir(media.join("avatars")).unwrap();
    // Night after night.
    good(&site);
    good(&site);
    fs::write(media.join("avatars/a.jpg"), "photo").unwrap();
    good(&site);
    fs::remove_file(media.join("avatars/a.jpg")).unwrap();
    fails(&site, 3, "the folder is empty where the newest complete set holds files", "is mounted");
}

#[test]
fn a_disk_without_room_is_refused_before_and_survived_during_a_run() {
    let place = tempfile::tempdir().unwrap();
    let media = place.path().join("media");
    let site = files_site(&media, "");
    let mounts = Mounts::new();
    let disk = site.path("backups");
    mounts.small_disk(&disk, 24);
    let store = mounts.seen(&disk);
    let call = |args: &[&str]| Called::from(mounts.inside(&site.command()).args(args).output().unwrap());
    call(&["backup"]).ends(0);

    // More comes than the last set let expect: the disk is full in mid-write.
    fs::write(media.join("film"), noise(40 << 20)).unwrap();
    let report =
        fails_as(&site, mounts.inside(&site.command()), &store, 3, "No space left on device", "is full. Free room");
    assert_eq!(report["sources"].as_array().unwrap().iter().filter(|s| s["outcome"] == "succeeded").count(), 1);

    // No room for what the last set needed: not even begun.
    fs::write(store.join("filler"), vec![0; 10 << 20]).unwrap();
    let report = fails_as(
        &site,
        mounts.inside(&site.command()),
        &store,
        4,
        "are free where this backup may need",
        "Free at least",
    );
    assert_eq!(report["stage"], "space");
    // A disk that is full to the last byte cannot even take the record.
    let _full = fs::write(store.join("more"), vec![0; 24 << 20]);
    fails_as(&site, mounts.inside(&site.command()), &store, 1, "No space left on device", "is full. Free room");
    assert!(call(&["list"]).ends(0).stdout.contains("sets: 2"));

    fs::remove_file(store.join("filler")).unwrap();
    fs::remove_file(store.join("more")).unwrap();
    fs::remove_file(media.join("film")).unwrap();
    let report = call(&["backup", "--json"]).ends(0).json();
    assert_eq!(report["outcome"], "succeeded", "{report:#}");
}

#[test]
fn a_store_that_is_mounted_read_only() {
    let place = tempfile::tempdir().unwrap();
    let site = files_site(&place.path().join("media"), "");
    let mounts = Mounts::new();
    let disk = site.path("backups");
    mounts.small_disk(&disk, 64);
    let store = mounts.seen(&disk);
    // Never written to, and written to.
    for _ in 0..2 {
        mounts.remount(&disk, "ro");
        fails_as(
            &site,
            mounts.inside(&site.command()),
            &store,
            1,
            "Read-only file system",
            "is mounted read-only. Mount it for writing",
        );
        mounts.remount(&disk, "rw");
        Called::from(mounts.inside(&site.command()).arg("backup").output().unwrap()).ends(0);
    }
}

#[test]
fn another_run_under_way() {
    let place = tempfile::tempdir().unwrap();
    let site = files_site(&place.path().join("media"), "");
    good(&site);
    let lock = fs::File::open(site.path("backups/.resguardo/lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    fails(&site, 75, "another run holds the store", "Wait for it, or give `--wait SECONDS`");
    drop(lock);
    good(&site);
}

#[test]
fn the_daemon_recovers_by_itself() {
    let mut server = server();
    let site = postgres_site(&url(&server, "app"));
    let start: DateTime<Utc> = "2024-11-12T08:00:00Z".parse().unwrap();
    let clock = HandClock::at(start);
    let mut parts = Parts::start(&site.path("backup.toml"), &clock);
    assert_eq!(parts.run_due().unwrap().outcome, Outcome::Succeeded);
    clock.pass(TimeDelta::days(1));
    server.kill();
    let mut tried_after = Vec::new();
    let mut last = clock_now(&clock);
    // Half a night with the server gone, minute by minute, as the daemon asks.
    for _ in 0..150 {
        if let Some(report) = parts.run_due() {
            assert_eq!(report.outcome, Outcome::Failed, "{report:?}");
            tried_after.push((clock_now(&clock) - last).num_minutes());
            last = clock_now(&clock);
        }
        clock.pass(TimeDelta::minutes(1));
    }
    assert_eq!(tried_after, [0, 5, 15, 45, 60], "minutes between attempts");

    let again = self::server();
    configure(&site, &url(&again, "app"), "");
    // Its address is new, hence so are the parts; the record is what they know.
    let mut parts = Parts::start(&site.path("backup.toml"), &clock);
    clock.pass(TimeDelta::minutes(60));
    let report = parts.run_due().unwrap();
    assert_eq!((report.trigger, report.outcome), (Trigger::Retry, Outcome::Succeeded), "{report:?}");
}

fn clock_now(clock: &HandClock) -> DateTime<Utc> {
    resguardo::sys::clock::Clock::now(clock)
}

#[test]
fn people_hear_of_a_failure_and_of_its_end() {
    let smtp = SmtpServer::start(&[]);
    let mail = format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"backups@example.org\"\n\
         to = [\"ana@example.org\"]\n",
        smtp.port
    );
    let place = tempfile::tempdir().unwrap();
    let media = place.path().join("media");
    let site = files_site(&media, &mail);
    good(&site);
    assert_eq!(smtp.mails(), Vec::<String>::new(), "nobody is told of good nights");
    fs::rename(&media, place.path().join("away")).unwrap();
    fails(&site, 3, "No such file or directory", "Check that the volume of");
    let [failed] = smtp.mails().try_into().unwrap();
    for part in [
        "Subject: [app] backup FAILED: media: No such file or directory",
        "No such file or directory",
        "Check that the volume of",
    ] {
        assert!(unfolded(&failed).contains(part), "{part:?} is not in {failed}");
    }
    fails(&site, 3, "No such file or directory", "Check that the volume of");
    assert_eq!(smtp.mails().len(), 1, "once a day while it lasts");
    fs::rename(place.path().join("away"), &media).unwrap();
    good(&site);
    let [_, over] = smtp.mails().try_into().unwrap();
    assert!(unfolded(&over).contains("Subject: [app] media: all is well again"), "{over}");
    good(&site);
    assert_eq!(smtp.mails().len(), 2);
}

/// A mail's text with the soft line ends of quoted-printable taken out.
fn unfolded(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=\n", "")
}

#[test]
fn odd_names_and_passwords_work() {
    const DATABASE: &str = r#"Gestión "2024" de O'Higgins #1"#;
    const USER: &str = r#"Ana "la Jefa" O'Higgins"#;
    const PASSWORD: &str = r#"p@ss:w/o%rd#'$ "ñandú" \ ?&="#;
    let server = Server::start_tcp(&[]);
    let ident = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    server.psql(
        "postgres",
        &format!("CREATE ROLE {} SUPERUSER LOGIN PASSWORD '{}'; ", ident(USER), PASSWORD.replace('\'', "''")),
    );
    server.psql("postgres", &format!("CREATE DATABASE {} OWNER {}", ident(DATABASE), ident(USER)));
    server.psql(DATABASE, "CREATE TABLE \"La tabla\" AS SELECT generate_series(1, 77) AS id");

    let site = Site::new("");
    let port = server.port().to_string();
    let mut command = site.command();
    command.envs([
        ("POSTGRES_HOST", "127.0.0.1"),
        ("POSTGRES_PORT", &port),
        ("POSTGRES_DB", DATABASE),
        ("POSTGRES_USER", USER),
        ("POSTGRES_PASSWORD", PASSWORD),
    ]);
    let by_environment = Called::from(command.args(["backup", "--json"]).output().unwrap()).ends(0).json();

    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    fs::write(site.path("password"), PASSWORD).unwrap();
    let address =
        |password: &str| format!("postgres://{}{password}@127.0.0.1:{port}/{}", encode(USER), encode(DATABASE));
    configure(&site, &address(""), "");
    let by_file = good(&site);
    site.configure("");
    let mut command = site.command();
    command.env("DATABASE_URL", address(&format!(":{}", encode(PASSWORD)))).args(["backup", "--json"]);
    let by_url = Called::from(command.output().unwrap()).ends(0).json();

    for report in [by_environment, by_file, by_url] {
        assert_eq!(report["outcome"], "succeeded", "{report:#}");
        let facts = postgres_facts(&site, report["backup_id"].as_str().unwrap());
        assert_eq!(facts["database"], DATABASE);
        let table = &facts["tables"][0];
        assert_eq!((table["name"].as_str(), table["rows"].as_u64()), (Some("La tabla"), Some(77)), "{facts:#}");
    }
}

/// The `postgres` part of the one dump of a set.
fn postgres_facts(site: &Site, id: &str) -> Value {
    let manifest = fs::read(site.path("backups/sets").join(format!("{id}.json"))).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let artifacts = manifest["artifacts"].as_array().unwrap();
    artifacts.iter().find(|a| a["kind"] == "postgres").unwrap()["postgres"].clone()
}

#[test]
fn what_the_environment_says_to_postgres_changes_nothing() {
    let (server, decoy) = (server(), Server::start_tcp(&[]));
    decoy.psql("postgres", &format!("CREATE ROLE ana SUPERUSER LOGIN PASSWORD '{SECRET}'; CREATE DATABASE app"));
    decoy.psql("app", "CREATE TABLE decoy AS SELECT 1 AS id");
    let site = postgres_site(&url(&server, "app"));
    let folder = site.path("elsewhere");
    fs::create_dir(&folder).unwrap();
    let port = decoy.port().to_string();
    let service = format!("[decoy]\nhost=127.0.0.1\nport={port}\ndbname=app\nuser=ana\npassword={SECRET}\n");
    fs::write(folder.join("pg_service.conf"), service).unwrap();
    fs::write(folder.join("pgpass"), format!("*:*:*:*:{SECRET}\n")).unwrap();
    let mut command = site.command();
    command
        .args(["backup", "--json"])
        .envs([
            ("PGHOSTADDR", "127.0.0.1"),
            ("PGHOST", "127.0.0.1"),
            ("PGPORT", &port),
            ("PGUSER", "postgres"),
            ("PGDATABASE", "postgres"),
            ("PGSERVICE", "decoy"),
            ("PGOPTIONS", "-c search_path=nowhere -c statement_timeout=1 -c datestyle=german"),
            ("PGSSLMODE", "verify-full"),
            ("PGSSLROOTCERT", "/nonexistent"),
            ("PGCLIENTENCODING", "LATIN1"),
            ("PGTZ", "America/Lima"),
            ("PGREQUIREAUTH", "none"),
            ("PGTARGETSESSIONATTRS", "standby"),
        ])
        .env("PGSERVICEFILE", folder.join("pg_service.conf"))
        .env("PGSYSCONFDIR", &folder)
        .env("PGPASSFILE", folder.join("pgpass"))
        .env("PGDATA", &folder)
        .env("HOME", &folder);
    let report = Called::from(command.output().unwrap()).ends(0).json();
    assert_eq!(report["outcome"], "succeeded", "{report:#}");
    let facts = postgres_facts(&site, report["backup_id"].as_str().unwrap());
    let tables: Vec<&str> = facts["tables"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(tables, ["asset"]);
}

#[test]
fn seven_faults_of_the_text_are_seven_lines_and_nothing_is_begun() {
    let site = Site::new(
        "timezone = \"America/Puno\"\n[retention]\nkeep_days = \"a week\"\n[log]\nformat = \"xml\"\n\
         [schedule]\nbakcup = \"0 3 * * *\"\n[[media]]\nname = \"../media\"\npath = \"/app/media\"\n",
    );
    let url = format!("postgres://ana:{SECRET}@db:port/app");
    let mut command = site.command();
    command.env("DATABASE_URL", &url).env("EMAIL_PORT", "smtp").args(["backup"]);
    let called = Called::from(command.output().unwrap()).ends(64);
    let expected = [
        ("timezone", "backup.toml"),
        ("retention.keep_days", "backup.toml"),
        ("log.format", "backup.toml"),
        ("schedule.bakcup", "backup.toml"),
        ("media.0.name", "backup.toml"),
        ("postgres.0.url", "DATABASE_URL"),
        ("mail.port", "EMAIL_PORT"),
    ];
    for (key, origin) in expected {
        let line = called.stderr.lines().find(|line| line.trim_start().starts_with(&format!("{key} (")));
        assert!(line.is_some_and(|line| line.contains(origin)), "{key} of {origin} is not in {}", called.stderr);
    }
    assert_eq!(called.stderr.lines().count(), 1 + expected.len(), "{}", called.stderr);
    assert!(called.stderr.contains("(7 to mend)"), "{}", called.stderr);
    assert!(!called.stderr.contains(SECRET) && called.stdout.is_empty(), "{called:?}");
    for args in [&["run"][..], &["list"], &["health"], &["check"], &["prune"], &["config"]] {
        let mut command = site.command();
        command.env("DATABASE_URL", &url).env("EMAIL_PORT", "smtp").args(args);
        let called = Called::from(command.output().unwrap()).ends(64);
        assert!(!called.stderr.contains(SECRET) && called.stdout.is_empty(), "{args:?}: {called:?}");
    }
    assert!(!site.path("backups").exists() && !site.path("logs").exists());
}

#[test]
fn no_secret_is_ever_shown() {
    let smtp = SmtpServer::start(&[]);
    let mail = format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"b@example.org\"\nto = [\"a@example.org\"]\n",
        smtp.port
    );
    let server = server();
    let site = Site::new("");
    let with_password = format!("postgres://ana:{SECRET}@127.0.0.1:{}/app", server.port());
    let protected = |url: &str| site.configure(&format!("{mail}\n[[postgres]]\nname = \"app\"\nurl = \"{url}\"\n"));
    let mut said = String::new();
    let mut call = |args: &[&str]| {
        let Called { stdout, stderr, .. } = site.call(args);
        said.push_str(&stdout);
        said.push_str(&stderr);
    };

    // Held in mid-dump: the command lines of all that runs then.
    protected(&with_password);
    server.psql("app", "BEGIN; LOCK TABLE asset IN ACCESS EXCLUSIVE MODE; PREPARE TRANSACTION 'held'");
    let mut command = site.command();
    command.arg("backup");
    let backup = Living::start(command);
    let commands = until("pg_dump under way", || {
        let family = family(backup.pid());
        family
            .iter()
            .any(|(_, command)| command.contains("pg_dump --") || command.contains("pg_dump\u{20}"))
            .then_some(family)
    });
    assert!(commands.iter().all(|(_, command)| !command.contains(SECRET)), "{commands:?}");
    server.psql("app", "ROLLBACK PREPARED 'held'");
    backup.says("sets that stand");
    let (_, _, held) = backup.end_of_itself();

    // Failing nights of several kinds.
    server.psql("app", "CREATE TABLE secret AS SELECT 1 AS id");
    call(&["backup"]);
    server.psql("postgres", "ALTER ROLE ana PASSWORD 'another'");
    call(&["backup", "--json"]);
    call(&["check"]);
    call(&["check", "--json"]);
    protected(&format!("postgres://ana:{SECRET}@127.0.0.1:1/app"));
    call(&["backup"]);
    protected(&with_password.replace("/app", "/nowhere"));
    call(&["backup"]);
    protected(&with_password.replace("127.0.0.1", "127.0.0.1:"));
    call(&["backup"]);
    protected(&with_password);
    for args in [&["config"][..], &["list", "--json"], &["health", "--json"], &["prune", "--explain"]] {
        call(args);
    }
    assert!(said.contains("password authentication failed") && said.contains("permission denied"), "{said}");
    assert!(!said.contains(SECRET) && !held.contains(SECRET), "{said}{held}");
    assert!(!smtp.mails().is_empty() && smtp.mails().iter().all(|mail| !unfolded(mail).contains(SECRET)));

    let mut looked_at = 0;
    for path in files_below(&site.path("backups")).into_iter().chain(files_below(&site.path("logs"))) {
        let stored = fs::read(&path).unwrap();
        let raw = if path.extension().is_some_and(|e| e == "gz") {
            Command::new("gunzip").arg("-c").arg(&path).output().unwrap().stdout
        } else {
            stored
        };
        assert!(memchr::memmem::find(&raw, SECRET.as_bytes()).is_none(), "{}", path.display());
        looked_at += 1;
    }
    let names = files_below(&site.path("backups"));
    for name in ["runs.jsonl", "told.json", "RESTORE.md"] {
        assert!(names.iter().any(|path| path.ends_with(name)), "{name} is not among {names:?}");
    }
    assert!(looked_at > 6, "{names:?}");
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}
