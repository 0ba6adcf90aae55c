//! Drills from the outside: the program as its user calls it, a real application of every kind, what
//! is said of it afterwards, and what is left of a drill that was killed.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::drill::{assert_none_runs, scratch};
use crate::support::life::until;
use crate::support::postgres::Server;
use crate::support::site::{Called, Site, sqlite, toml};

const DRILL: &str = ".resguardo-drill";
const SOURCES: [&str; 4] = ["app", "local", "photos", "settings"];
const CHECK: &str = "sql = \"SELECT count(*) FROM asset\"\nequals = 300";
/// A question that keeps a drill waiting for as long as any test takes.
const WAITS: &str = "sql = \"SELECT pg_sleep(600)\"\nmin = 0";

/// An application with a database, one in a file, uploads and settings.
struct Application {
    server: Server,
    site: Site,
    scratch: TempDir,
}

impl Application {
    fn new() -> Self {
        let (server, site, scratch) = (Server::start(), Site::new(""), scratch());
        server.psql("postgres", "CREATE ROLE app LOGIN; CREATE DATABASE app OWNER app");
        server.psql(
            "app",
            "SET ROLE app;
             CREATE TABLE asset (id serial PRIMARY KEY, name text NOT NULL, photo text);
             INSERT INTO asset (name, photo) SELECT 'Desk no. ' || n, 'a/' || n || '.jpg' FROM generate_series(1, 300) n;
             SELECT lo_from_bytea(70001, '\\x00ff27')",
        );
        sqlite(&site.path("local.db"), 100);
        fs::create_dir_all(site.path("photos/a")).unwrap();
        for number in 1..=300 {
            fs::write(site.path(&format!("photos/a/{number}.jpg")), format!("photo no. {number}")).unwrap();
        }
        fs::create_dir(site.path("etc")).unwrap();
        fs::write(site.path("etc/app.conf"), "color = blue").unwrap();
        let application = Self { server, site, scratch };
        application.asks(CHECK);
        application
    }

    /// Settings with this question of the operator's.
    fn asks(&self, check: &str) {
        let path = |name: &str| toml(&self.site.path(name));
        self.site.configure(&format!(
            "[[postgres]]\nname = \"app\"\nurl = \"postgres://postgres@/app?host={}\"\n\
             [[sqlite]]\nname = \"local\"\npath = {}\n[[media]]\nname = \"photos\"\npath = {}\n\
             [[files]]\nname = \"settings\"\npaths = [{}]\n\
             [drill]\ndir = {}\n[[drill.check]]\nsource = \"app\"\n{check}\n\
             [[drill.media_check]]\nsource = \"app\"\ncolumn = \"asset.photo\"\nmedia = \"photos\"\n",
            self.server.socket_folder().display(),
            path("local.db"),
            path("photos"),
            path("etc"),
            toml(self.scratch.path()),
        ));
    }

    /// What nothing but the application may change.
    fn production(&self) -> [String; 2] {
        [
            self.server.psql("app", "SELECT md5(string_agg(asset::text, ',' ORDER BY id)) FROM asset"),
            self.server.psql("postgres", "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database"),
        ]
    }

    fn last(&self) -> Value {
        self.site.call(&["drill", "--last", "--json"]).ends(0).json()
    }

    /// Verdicts by source.
    fn verdicts(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let last = self.last();
        let all = last["sources"].as_array().unwrap().iter();
        let mut verdicts: Vec<_> = all.map(|one| (text(&one["source"]), text(&one["verdict"]))).collect();
        verdicts.sort();
        verdicts
    }

    /// The codes of what health has to say.
    fn reasons(&self) -> Vec<String> {
        let health: Value = serde_json::from_str(&self.site.call(&["health", "--json"]).stdout).unwrap();
        let reasons = health["reasons"].as_array().unwrap().iter();
        reasons.map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
    }

    fn is_clear(&self) {
        assert_none_runs(self.scratch.path());
        assert!(!self.scratch.path().join(DRILL).exists());
    }

    /// Changes what is stored of the database, with its manifest mended so that every digest agrees.
    fn alter(&self, this: &str, that: &str) {
        let manifest = self.site.stored("sets").into_iter().find(|path| path.extension().is_some_and(|e| e == "json"));
        let manifest = manifest.unwrap();
        let mut stated: Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
        let artifacts = stated["artifacts"].as_array_mut().unwrap().iter_mut();
        let artifact = artifacts.into_iter().find(|one| one["source"] == "app" && one["kind"] == "postgres").unwrap();
        let path = self.site.path("backups").join(artifact["path"].as_str().unwrap());
        let mut text = String::new();
        GzDecoder::new(fs::File::open(&path).unwrap()).read_to_string(&mut text).unwrap();
        assert_eq!(text.matches(this).count(), 1);
        let altered = text.replace(this, that);
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(altered.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        artifact["size_bytes"] = packed.len().into();
        artifact["raw_bytes"] = altered.len().into();
        artifact["digest"] = format!("sha256:{}", hex::encode(Sha256::digest(&packed))).into();
        fs::write(&path, packed).unwrap();
        fs::write(&manifest, stated.to_string()).unwrap();
    }
}

/// Where the drill under way in this folder has its socket.
fn socket(scratch: &Path) -> Option<PathBuf> {
    let note = fs::read_to_string(scratch.join(DRILL).join("app/socket")).ok()?;
    Some(PathBuf::from(note)).filter(|folder| folder.join(".s.PGSQL.5432").exists())
}

#[test]
fn a_whole_set_is_proven_and_said_to_be() {
    let application = Application::new();
    let (site, before) = (&application.site, application.production());
    site.call(&["backup"]).ends(0);
    site.call(&["drill", "--last"]).ends(1);
    let page = site.call(&["drill"]).ends(0).stdout;
    assert!(page.contains("app (postgres): proven"), "{page}");
    assert!(page.contains("SELECT count(*) FROM asset = 300"), "{page}");
    assert_eq!(site.call(&["drill", "--last"]).ends(0).stdout, page);
    assert_eq!(application.verdicts(), SOURCES.map(|source| (source.to_owned(), "proven".to_owned())));
    let last = application.last();
    assert_eq!(last["ok"], true);
    assert!(last["sources"].as_array().unwrap().iter().all(|one| one["remarks"] == serde_json::json!([])), "{last:#}");
    assert!(site.call(&["list"]).ends(0).stdout.contains("proven "), "{page}");
    assert_eq!(application.reasons(), [""; 0]);
    assert_eq!(application.production(), before);
    application.is_clear();
}

#[test]
fn each_source_is_proven_from_the_set_that_holds_the_newest_of_it() {
    let application = Application::new();
    let site = &application.site;
    let backup = |sources: &[&str]| -> String {
        let options = sources.iter().flat_map(|source| ["--source", source]);
        let done = site.call(&[&["backup", "--json"], &options.collect::<Vec<_>>()[..]].concat()).ends(0).json();
        done["backup_id"].as_str().unwrap().to_owned()
    };
    let of_app = |page: &str| page.lines().find(|line| line.contains("media: asset.photo")).unwrap().to_owned();
    let whole = backup(&[]);
    application.server.psql("app", "UPDATE asset SET photo = 'a/new.jpg' WHERE id = 7");
    let rows = backup(&["app"]);
    let page = site.call(&["drill"]).ends(0).stdout;
    for line in [format!("Set: {whole}, made"), format!("Set: {rows}, made"), "All 4 sources".to_owned()] {
        assert!(page.contains(&line), "{line}: {page}");
    }
    let why = format!("photos of set {whole} is older than these rows, of set {rows}");
    assert!(of_app(&page).contains(&why) && of_app(&page).trim().starts_with("skipped"), "{page}");
    assert_eq!(site.call(&["drill", "--last"]).ends(0).stdout, page);
    // The file comes with the next media, in which it is found.
    fs::write(site.path("photos/a/new.jpg"), "a new one").unwrap();
    let media = backup(&["photos"]);
    let page = site.call(&["drill"]).ends(0).stdout;
    assert!(of_app(&page).contains("of 300 files named, 0 are missing"), "{page}");
    for (set, sources) in [(&whole, "settings"), (&rows, "app"), (&media, "photos")] {
        let line = page.lines().find(|line| line.starts_with(&format!("Set: {set}"))).unwrap();
        assert!(line.contains(sources), "{page}");
    }
    assert_eq!(application.reasons(), [""; 0]);
    application.is_clear();
}

#[test]
fn a_changed_row_under_digests_that_agree_is_told_everywhere() {
    let application = Application::new();
    let (site, before) = (&application.site, application.production());
    site.call(&["backup"]).ends(0);
    application.alter("7\tDesk no. 7\ta/7.jpg\n", "7\tDesk no. 8\ta/7.jpg\n");
    let page = site.call(&["drill"]).ends(1).stdout;
    assert!(page.contains("app (postgres): NO"), "{page}");
    assert!(page.contains("table public.asset: other rows than the manifest states"), "{page}");
    let verdicts = application.verdicts();
    assert_eq!(verdicts[0], ("app".to_owned(), "failed".to_owned()));
    assert!(verdicts[1..].iter().all(|(_, verdict)| verdict == "proven"), "{verdicts:?}");
    assert!(site.call(&["list"]).stdout.contains("DRILL FAILED"));
    assert!(application.reasons().contains(&"drill_failed".to_owned()), "{:?}", application.reasons());
    assert_eq!(application.production(), before);
    application.is_clear();
}

#[test]
fn what_is_said_beside_a_proof_takes_nothing_from_it() {
    let application = Application::new();
    let site = &application.site;
    for number in 1..=50 {
        fs::remove_file(site.path(&format!("photos/a/{number}.jpg"))).unwrap();
    }
    site.call(&["backup"]).ends(0);
    let proven = |last: &Value| {
        assert!(site.call(&["list"]).ends(0).stdout.contains("proven "));
        let all = last["sources"].as_array().unwrap().iter();
        let verdicts: Vec<&str> = all.map(|one| one["verdict"].as_str().unwrap()).collect();
        verdicts.iter().filter(|verdict| **verdict == "proven").count()
    };
    // Files that rows name.
    let page = site.call(&["drill"]).ends(0).stdout;
    assert!(page.contains("Verdict: PROVEN, with 1 warning (app: files that rows name are missing). All 4"), "{page}");
    assert!(page.contains("asset.photo: of 300 files named, 50 are missing in photos, such as a/"), "{page}");
    assert_eq!((proven(&application.last()), application.reasons()), (4, vec!["media_missing".to_owned()]));
    let log = fs::read_to_string(site.path("logs/backup.log")).unwrap();
    assert!(log.contains("succeeded: proven, with 1 warning: "), "{log}");

    // An answer that is not as expected.
    application.asks("sql = \"SELECT count(*) FROM asset\"\nequals = 301");
    let page = site.call(&["drill"]).ends(1).stdout;
    assert!(page.contains("Verdict: PROVEN, BUT NOT AS EXPECTED, with 1 warning"), "{page}");
    assert!(page.contains("drill.check.0: SELECT count(*) FROM asset: \"300\" where \"301\" is expected"), "{page}");
    assert_eq!((proven(&application.last()), application.reasons().len()), (3, 2), "{:?}", application.reasons());
    assert!(site.call(&["list"]).ends(0).stdout.contains("but an answer not as expected"));

    // One that cannot be asked, which production knows beforehand and does not carry out.
    for (sql, why) in [
        ("SELECT count(*) FROM assets", "relation \"assets\" does not exist"),
        ("SELEC 1", "syntax error at or near \"SELEC\""),
        ("DELETE FROM asset", "it gives no value"),
        ("SELECT 1; DROP TABLE asset", "cannot insert multiple commands into a prepared statement"),
    ] {
        application.asks(&format!("sql = '{sql}'\nequals = 300"));
        let checked = site.call(&["check"]).ends(0).stdout;
        assert!(checked.contains(&format!("warning   drill.check.0: {sql}: {why}")), "{checked}");
    }
    // A column that is not there, of a table that is, or of none.
    for (column, why) in [("asset.foto", "column t.foto does not exist"), ("assets.photo", "\"assets\" does not exist")]
    {
        application.asks(&format!(
            "{CHECK}\n[[drill.media_check]]\nsource = \"app\"\ncolumn = \"{column}\"\nmedia = \"photos\""
        ));
        let checked = site.call(&["check"]).ends(0).stdout;
        let warned = checked
            .lines()
            .any(|line| line.starts_with(&format!("warning   drill.media_check: {column}: ")) && line.contains(why));
        assert!(warned && checked.contains("mend `column`"), "{checked}");
    }
    application.asks("sql = \"SELECT count(*) FROM assets\"\nequals = 300");
    let page = site.call(&["drill"]).ends(3).stdout;
    assert!(page.contains("drill.check.0: SELECT count(*) FROM assets: relation \"assets\" does not exist"), "{page}");
    assert!(page.contains("Mend `sql` of drill.check.0 in the settings"), "{page}");
    assert_eq!(proven(&application.last()), 4);
    assert!(application.reasons().contains(&"drill_unasked".to_owned()), "{:?}", application.reasons());
    application.asks(CHECK);
    assert!(!site.call(&["check"]).ends(0).stdout.contains("drill.check"));
    application.is_clear();
}

#[rstest]
#[case::becomes_nobody("-setuid,-setgid", "this root may become nobody else")]
#[case::ends_nobody("-kill", "this root may not end what another user runs")]
fn a_root_that_lacks_a_right_is_told_which_before_anything_begins(#[case] without: &str, #[case] why: &str) {
    let application = Application::new();
    application.site.call(&["backup"]).ends(0);
    let bound = |args: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set", without, "--inh-caps", without, "--", env!("CARGO_BIN_EXE_resguardo")]);
        command.arg("--config").arg(application.site.path("backup.toml")).args(args);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).current_dir(application.site.path(""));
        Called::from(command.output().unwrap())
    };
    let checked = bound(&["check"]).stdout;
    assert!(checked.contains(why) && checked.contains("cap_add SETUID, SETGID and KILL"), "{checked}");
    let drilled = bound(&["drill"]).ends(1);
    assert!(drilled.stdout.contains(why), "{}{}", drilled.stdout, drilled.stderr);
    application.is_clear();
}

#[test]
fn what_a_killed_drill_leaves_is_cleared_away_by_the_next() {
    let application = Application::new();
    let (site, before) = (&application.site, application.production());
    site.call(&["backup"]).ends(0);
    application.asks(WAITS);
    let mut drill = site.command().arg("drill").spawn().unwrap();
    let left = until("the server of the drill", || socket(application.scratch.path()));
    kill_process(Pid::from_child(&drill), Signal::KILL).unwrap();
    assert_eq!(drill.wait().unwrap().code(), None);
    assert!(left.exists() && application.scratch.path().join(DRILL).join("app/server").exists());
    application.asks(CHECK);
    site.call(&["drill"]).ends(0);
    assert!(!left.exists());
    application.is_clear();
    assert_eq!(application.production(), before);
}
