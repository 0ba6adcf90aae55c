//! Verify: what is as it was written is found good, whatever it is; what is not is found and named,
//! wherever the harm is; and the finding is told, kept and scheduled.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use resguardo::domain::health;
use resguardo::domain::id::BackupId;
use resguardo::domain::name::SourceName;
use resguardo::domain::report::{Job, Outcome, Trigger};
use resguardo::domain::set::SetState;
use resguardo::job::verify::Scope;
use resguardo::runner::Request;
use resguardo::serve::metrics;
use resguardo::standing::record::Start;
use resguardo::sys::gate::{Act, Gate};
use resguardo::sys::stop::Stop;
use rstest::rstest;
use rustix::io::Errno;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::life::{Living, Parts, free_address, until};
use crate::support::postgres::{Server, program};
use crate::support::site::{Site, sqlite, toml};
use crate::support::store::digest;
use crate::support::verify::{Doorkeeper, Place, bad_ones, error_of, make_application, request, sources};

fn app_server() -> Server {
    let server = Server::start();
    server.psql("postgres", "CREATE DATABASE app");
    server.psql(
        "app",
        "CREATE TABLE asset AS SELECT i AS id, 'asset no. ' || i AS name FROM generate_series(1, 400) i;
         CREATE SEQUENCE s; SELECT nextval('s'); SELECT lo_from_bytea(0, 'large')",
    );
    server
}

/// One database in both formats.
fn databases(server: &Server) -> String {
    let url = format!("postgres://postgres@/app?host={}", server.socket_folder().display());
    format!(
        "[[postgres]]\nname = \"plain\"\nurl = {url:?}\n\
         [[postgres]]\nname = \"custom\"\nurl = {url:?}\nformat = \"custom\"\n"
    )
}

#[test]
fn good_sets_of_every_kind_and_format_verify_whatever_is_configured() {
    let server = app_server();
    let site = Site::new("");
    make_application(&site);
    for method in ["gzip", "zstd", "none"] {
        let compression = format!("[compression]\nmethod = \"{method}\"\n");
        site.configure(&format!("{compression}{}{}", databases(&server), sources(&site)));
        site.call(&["backup"]).ends(0);
    }
    let report = site.call(&["verify", "--all", "--json"]).ends(0).json();
    let names: Vec<&str> =
        report["sources"].as_array().unwrap().iter().map(|s| s["source"].as_str().unwrap()).collect();
    assert_eq!(names, ["app", "custom", "globals", "media", "papers", "plain", "settings"], "{report:#}");
    assert!(report["run"].as_str().unwrap().starts_with("verify-"), "{report:#}");
    assert_eq!((&report["outcome"], &report["warnings"]), (&json!("succeeded"), &json!([])), "{report:#}");
    let listing = site.call(&["list", "--json"]).ends(0).json();
    for set in listing["sets"].as_array().unwrap() {
        assert_eq!((set["state"].as_str(), &set["found_bad_at"]), (Some("complete"), &Value::Null), "{set:#}");
        assert!(set["verified_at"].is_string(), "{set:#}");
    }
    assert!(site.call(&["list"]).ends(0).stdout.contains("verified 2"));
    assert_eq!(site.call(&["health", "--json"]).ends(0).json()["status"], "healthy");
    assert!(site.log().contains("all of it good"), "{}", site.log());
    assert!(!site.path("backups/.resguardo/verify").exists(), "its scratch folder is gone");

    // A set outlives the settings that made it.
    drop(server);
    fs::write(site.path("app/other"), "x").unwrap();
    site.configure(&format!("[[files]]\nname = \"other\"\npaths = [{}]\n", toml(&site.path("app/other"))));
    let called = site.call(&["verify", "--all", "--quiet"]).ends(0);
    assert!(called.stdout.contains("plain: good") && called.stderr.is_empty(), "{called:?}");
}

#[test]
fn a_flipped_bit_anywhere_is_found_and_named() {
    let server = app_server();
    let mut place = Place::new(&databases(&server));
    let mut numbers = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |bound: u64| {
        numbers ^= numbers << 13;
        numbers ^= numbers >> 7;
        numbers ^= numbers << 17;
        numbers % bound
    };
    for method in ["gzip", "zstd", "none"] {
        place.site.configure(&format!(
            "timezone = \"America/Lima\"\n[compression]\nmethod = \"{method}\"\n{}{}",
            databases(&server),
            sources(&place.site)
        ));
        place.restart();
        let id = place.backup();
        let artifacts = place.artifacts(&id);
        for _ in 0..6 {
            let originals: Vec<Vec<u8>> =
                artifacts.iter().map(|a| fs::read(place.site.path("backups").join(&a.path)).unwrap()).collect();
            for (artifact, bytes) in artifacts.iter().zip(&originals) {
                let mut bytes = bytes.clone();
                let (at, bit) = (below(bytes.len() as u64), below(8));
                bytes[usize::try_from(at).unwrap()] ^= 1 << bit;
                fs::write(place.site.path("backups").join(&artifact.path), bytes).unwrap();
            }
            let report = place.verify_one(&id);
            assert_eq!(report.outcome, Outcome::Failed);
            let finding = place.finding(&id).unwrap();
            assert_eq!(finding["ok"], false);
            for artifact in &artifacts {
                let told = error_of(&report, artifact.source.as_str());
                assert!(told.contains(&artifact.path) && told.contains("its digest is not the manifest's"), "{told}");
                let found =
                    finding["artifacts"].as_array().unwrap().iter().find(|f| f["path"] == artifact.path).unwrap();
                assert!(found["ok"] == false && found["error"].is_string(), "{finding:#}");
            }
            for (artifact, bytes) in artifacts.iter().zip(&originals) {
                fs::write(place.site.path("backups").join(&artifact.path), bytes).unwrap();
            }
        }
        assert_eq!(place.verify_one(&id).outcome, Outcome::Succeeded);
    }
}

/// One source is harmed, and it alone is named, with what is wrong.
#[rstest]
#[case::cut("app", "bytes where the manifest states", |harm: &Harm| harm.write(&harm.bytes[..harm.bytes.len() / 2]))]
#[case::cut_by_a_byte("media", "bytes where the manifest states", |harm: &Harm| {
    harm.write(&harm.bytes[..harm.bytes.len() - 1]);
})]
#[case::empty("settings", "0 bytes where the manifest states", |harm: &Harm| harm.write(b""))]
#[case::gone("papers", "it is missing", |harm: &Harm| fs::remove_file(harm.path).unwrap())]
#[case::a_link("media", "it is no regular file", |harm: &Harm| {
    let aside = harm.path.with_extension("aside");
    fs::rename(harm.path, &aside).unwrap();
    std::os::unix::fs::symlink(aside, harm.path).unwrap();
})]
#[case::other_rows_stated("app", "table asset: 500 rows where the manifest states 501", |harm: &Harm| {
    harm.restate(|stated| stated["sqlite"]["tables"][0]["rows"] = json!(501));
})]
#[case::another_tree_stated("media", "the digest of its tree is not the manifest's", |harm: &Harm| {
    harm.restate(|stated| stated["archive"]["tree_digest"] = json!("sha256sum:00"));
})]
#[case::other_raw_bytes_stated("papers", "bytes before compression where the manifest states 1", |harm: &Harm| {
    harm.restate(|stated| stated["raw_bytes"] = json!(1));
})]
// From here on size and digest agree: only who opens the file can tell.
#[case::a_cut_member("media", "read", |harm: &Harm| harm.rewrite(&harm.bytes[..harm.bytes.len() - 9]))]
#[case::bytes_after_the_end("media", "read", |harm: &Harm| {
    harm.rewrite(&[harm.bytes, b"more"].concat());
})]
#[case::a_member_after_the_end("media", "something stands after the end of the archive", |harm: &Harm| {
    harm.rewrite(&[harm.bytes, &gzip(&[7; 512])].concat());
})]
#[case::not_compressed_at_all("app", "read the copy", |harm: &Harm| harm.rewrite(b"no gzip"))]
fn what_is_wrong_is_said(#[case] source: &str, #[case] what: &str, #[case] harm: fn(&Harm<'_>)) {
    let place = Place::new("");
    let id = place.backup();
    let path = place.stored(&id, source);
    let bytes = fs::read(&path).unwrap();
    harm(&Harm { place: &place, id: &id, source, path: &path, bytes: &bytes });
    let report = place.verify(Scope::Latest);
    assert_eq!((report.outcome, bad_ones(&report)), (Outcome::Failed, vec![source]), "{report:#?}");
    assert_eq!(report.error.as_deref(), Some("1 of 4 files are bad"));
    let (told, name) = (error_of(&report, source), path.file_name().unwrap().to_str().unwrap());
    assert!(told.contains(name) && told.contains(what), "{told}");
    assert!(report.sources.iter().all(|s| s.hint.is_some() == s.error.is_some()), "{report:#?}");
}

/// The stored bytes of one source, to be harmed.
struct Harm<'a> {
    place: &'a Place,
    id: &'a BackupId,
    source: &'a str,
    path: &'a Path,
    bytes: &'a [u8],
}

impl Harm<'_> {
    fn write(&self, bytes: &[u8]) {
        fs::write(self.path, bytes).unwrap();
    }

    fn restate(&self, change: impl FnOnce(&mut Value)) {
        self.place.restate(self.id, self.source, change);
    }

    /// With a manifest that states just these bytes.
    fn rewrite(&self, bytes: &[u8]) {
        self.write(bytes);
        self.restate(|stated| {
            stated["size_bytes"] = json!(bytes.len());
            stated["digest"] = json!(digest(bytes));
        });
    }
}

fn gzip(raw: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(raw).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_table_of_either_format_is_named_and_swapped_files_of_one_size_are_found() {
    let server = app_server();
    let settings = format!("[compression]\nmethod = \"none\"\n{}", databases(&server));
    let place = Place::new(&settings);
    let id = place.backup();
    for source in ["plain", "custom"] {
        place.restate(&id, source, |stated| {
            stated["postgres"]["tables"][0]["rows"] = json!(399);
            stated["postgres"]["sequences"][0]["last_value"] = json!(9);
            stated["postgres"]["large_objects"]["rows_digest"] = json!("xxh3sum:00");
        });
    }
    let (media, papers) = (place.stored(&id, "media"), place.stored(&id, "papers"));
    let (of_media, of_papers) = (fs::read(&media).unwrap(), fs::read(&papers).unwrap());
    assert_eq!(of_media.len(), of_papers.len());
    fs::write(&media, of_papers).unwrap();
    fs::write(&papers, of_media).unwrap();
    let report = place.verify(Scope::All);
    assert_eq!(bad_ones(&report), ["custom", "media", "papers", "plain"], "{report:#?}");
    for source in ["plain", "custom"] {
        let told = error_of(&report, source);
        for what in [
            "table public.asset: 400 rows where the manifest states 399",
            "large objects: other rows than the manifest states",
            "sequence public.s: 1 where the manifest states 9",
        ] {
            assert!(told.contains(what), "{told}");
        }
    }
    assert!(
        error_of(&report, "media").contains("its digest is not the manifest's; the digest of its tree"),
        "{report:#?}"
    );
}

#[test]
fn what_was_found_bad_is_told_counts_for_nothing_and_is_good_again_once_mended() {
    let place = Place::new("");
    let (older, newer) = (place.backup(), place.backup());
    let path = place.stored(&newer, "media");
    let bytes = fs::read(&path).unwrap();
    let mut flipped = bytes.clone();
    flipped[40] ^= 4;
    fs::write(&path, flipped).unwrap();
    assert_eq!(place.verify(Scope::All).outcome, Outcome::Failed);

    let standing = place.parts.runner.gatherer.gather();
    let good =
        |source: &str| standing.catalog.newest_good(&SourceName::new(source).unwrap()).map(|(set, _)| set.id.clone());
    assert_eq!((good("media"), good("app")), (Some(older.clone()), Some(newer.clone())));
    assert_eq!(standing.catalog.get(&newer).unwrap().state(), SetState::Damaged);
    let judged = health::judge(&standing);
    let codes: Vec<&str> = judged.causes.iter().map(|cause| cause.code).collect();
    assert_eq!((judged.status, codes), (health::Status::Warning, vec!["verify_failed"]));
    let said = place.parts.runner.words.say(&judged.causes[0].saying);
    assert!(said.contains(path.file_name().unwrap().to_str().unwrap()), "{said}");
    let text = metrics::render(&standing, &judged).unwrap();
    let at = |source: &str| {
        let series = format!("resguardo_verify_last_success_timestamp_seconds{{source=\"{source}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&series)).map(str::to_owned)
    };
    // The older set's copy of the folder was found good in the same run.
    assert!(at("media").is_some() && at("media") == at("app"), "{text}");
    assert!(text.contains("resguardo_last_run_success{job=\"verify\"} 0"), "{text}");
    let page = fs::read_to_string(place.site.path("backups/RESTORE.md")).unwrap();
    assert!(page.contains("was found **bad**") && page.contains(&format!("media_{older}")), "{page}");
    let listing = place.site.call(&["list"]).ends(0).stdout;
    assert!(listing.contains("damaged") && listing.contains("VERIFY FAILED 2024-11-12"), "{listing}");
    let json = place.site.call(&["list", "--json"]).ends(0).json();
    assert_eq!(
        (&json["sets"][0]["verified_at"], &json["sets"][0]["artifacts"][1]["bad"]),
        (&Value::Null, &json!(true))
    );

    fs::write(&path, bytes).unwrap();
    assert_eq!(place.verify_one(&newer).outcome, Outcome::Succeeded);
    assert_eq!(health::judge(&place.parts.runner.gatherer.gather()).causes, []);
    let page = fs::read_to_string(place.site.path("backups/RESTORE.md")).unwrap();
    assert!(!page.contains("**bad**") && page.contains(&format!("media_{newer}")), "{page}");
}

#[test]
fn a_verify_waits_for_no_run_but_to_write_down_what_it_found() {
    let mut place = Place::new("");
    let id = place.backup();
    let keeper = Arc::new(Doorkeeper::default());
    place.parts.runner.progress = keeper.clone();
    let held = place.parts.runner.store.lock(Duration::ZERO, &Stop::new()).unwrap().unwrap();
    let verify = place.parts.run_beside(request(Scope::Latest));
    until("the end of its reading", || keeper.began.lock().unwrap().contains(&"wait for another run").then_some(()));
    assert_eq!(place.finding(&id), None);
    assert_eq!(place.parts.runner.gatherer.gather().running[0].job, Job::Verify);
    drop(held);
    assert_eq!(verify.join().unwrap().outcome, Outcome::Succeeded);
    assert_eq!(place.finding(&id).unwrap()["ok"], true);
}

#[test]
fn what_is_being_read_is_not_pruned_and_keeps_no_backup_waiting() {
    let mut place = Place::new("[retention]\nkeep_days = 1\nminimum_redundancy = 1\n");
    let old = place.backup();
    let keeper = Arc::new(Doorkeeper::default());
    place.parts.runner.progress = keeper.clone();
    let door = keeper.door.lock().unwrap();
    let verify = place.parts.run_beside(request(Scope::One(old.clone())));
    until("a verify under way", || keeper.is_there.load(Ordering::SeqCst).then_some(()));
    // A second verify has no turn; a backup has, and passes over what is read.
    assert_eq!(place.verify(Scope::Latest).outcome, Outcome::Skipped);
    let called = place.site.call(&["verify"]).ends(75);
    assert!(called.stderr.contains("Another verify"), "{called:?}");
    place.clock.pass(TimeDelta::days(1));
    let report = place.parts.backup();
    assert_eq!((report.outcome, report.pruned.len()), (Outcome::Succeeded, 0), "{report:#?}");
    drop(door);
    assert_eq!(verify.join().unwrap().outcome, Outcome::Succeeded);
    assert!(place.finding(&old).is_some());
    let report = place.parts.run(Request::command(Job::Prune, Duration::ZERO));
    assert_eq!(report.pruned, std::slice::from_ref(&old), "{report:#?}");
    assert_eq!(place.finding(&old), None, "it goes with its set");
}

#[test]
fn a_verify_that_is_asked_to_end_ends_at_once_and_keeps_what_it_found() {
    let place = Place::new("");
    let (older, newer) = (place.backup(), place.backup());
    let stop = Stop::new();
    let asked = stop.clone();
    let mut runner = place.parts.runner.clone();
    let ended = std::sync::atomic::AtomicUsize::new(0);
    // Four files of the newer set, then one of the older.
    runner.progress = Arc::new(OnStage(move || {
        if ended.fetch_add(1, Ordering::SeqCst) == 4 {
            asked.stop(resguardo::domain::trouble::StopReason::Signal);
        }
    }));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let report = runtime.block_on(runner.run(request(Scope::All), stop));
    assert_eq!((report.outcome, report.stage.as_deref()), (Outcome::Interrupted, Some("verify")), "{report:#?}");
    assert_eq!((place.finding(&newer).unwrap()["ok"].as_bool(), place.finding(&older)), (Some(true), None));
    assert!(!place.site.path("backups/.resguardo/verify").exists());
}

struct OnStage<F>(F);

impl<F: Fn() + Send + Sync> resguardo::domain::progress::Sink for OnStage<F> {
    fn event(&self, event: resguardo::domain::progress::Event) {
        if let resguardo::domain::progress::Event::Stage { .. } = event {
            (self.0)();
        }
    }
}

/// Answers every attempt to create a file of this name as a full disk does.
struct FullFor(&'static str);

impl Gate for FullFor {
    fn pass(&self, act: Act, path: &Path) -> io::Result<()> {
        let is_it = act == Act::Create && path.to_string_lossy().ends_with(self.0);
        if is_it { Err(Errno::NOSPC.into()) } else { Ok(()) }
    }
}

#[test]
fn what_could_not_be_looked_at_is_neither_good_nor_bad() {
    let mut place = Place::new("");
    let id = place.backup();
    let file = place.site.path("backup.toml");
    place.parts = Parts::start_with(&file, &place.clock, Arc::new(FullFor("verify/inspected.sqlite3")), |_| {});
    let report = place.verify(Scope::Latest);
    assert_eq!((report.outcome, bad_ones(&report)), (Outcome::Failed, vec!["app"]), "{report:#?}");
    assert_eq!(report.error.as_deref(), Some("1 of 4 files could not be looked at"));
    let hint = report.sources[0].hint.as_ref().unwrap();
    assert!(error_of(&report, "app").contains("No space left") && hint.contains("is full"), "{report:#?}");
    assert_eq!(place.finding(&id), None);
    let standing = place.parts.runner.gatherer.gather();
    assert!(standing.catalog.newest_good(&SourceName::new("app").unwrap()).is_some());
    let codes: Vec<&str> = health::judge(&standing).causes.iter().map(|cause| cause.code).collect();
    assert_eq!(codes, ["verify_failed"]);

    // Nor can be kept what cannot be written; what was found before stands.
    place.restart();
    assert_eq!(place.verify(Scope::Latest).outcome, Outcome::Succeeded);
    let before = place.finding(&id).unwrap();
    place.clock.pass(TimeDelta::hours(1));
    place.parts = Parts::start_with(&file, &place.clock, Arc::new(FullFor(".verify.json.new")), |_| {});
    let report = place.verify(Scope::Latest);
    let codes: Vec<&str> = report.warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!((report.outcome, codes), (Outcome::Succeeded, vec!["finding_unkept"]), "{report:#?}");
    assert_eq!(place.finding(&id), Some(before));
}

#[test]
fn what_there_is_none_of_is_said() {
    let site = Site::new("");
    make_application(&site);
    site.configure(&sources(&site));
    let called = site.call(&["verify"]).ends(1);
    assert!(called.stderr.contains("find a set to verify: there is none"), "{called:?}");
    // It is said, and leaves no warning behind.
    assert!(!site.call(&["health"]).ends(1).stdout.contains("verify"));
    let called = site.call(&["verify", "20010101_000000"]).ends(64);
    assert!(called.stderr.contains("There is no set 20010101_000000"), "{called:?}");
    site.call(&["verify", "yesterday"]).ends(64);
    site.call(&["verify", "20010101_000000", "--all"]).ends(64);
    // A set whose manifest is lost is told as one.
    site.call(&["backup"]).ends(0);
    fs::write(&site.stored("sets")[0], "{}").unwrap();
    let called = site.call(&["verify", "--all", "--json"]).ends(1);
    assert!(called.json()["warnings"][0]["text"].as_str().unwrap().contains("not a manifest"), "{called:?}");
}

#[test]
fn adopted_files_are_judged_from_themselves() {
    let server = app_server();
    let site = Site::new("");
    make_application(&site);
    site.configure(&sources(&site));
    fs::create_dir_all(site.path("backups/db")).unwrap();
    fs::create_dir_all(site.path("backups/media")).unwrap();
    let dump = |tool: &str, args: &[&str]| {
        let mut command = Command::new(program(tool));
        let host = server.socket_folder();
        let output = command.args(args).arg("-h").arg(host).args(["-U", "postgres"]).stderr(Stdio::inherit()).output();
        output.unwrap().stdout
    };
    let plain = dump("pg_dump", &["app"]);
    sqlite(&site.path("old.sqlite3"), 300);
    let tar = Command::new("tar").arg("-czf").arg("-").arg("-C").arg(site.path("app")).arg("media").output().unwrap();
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("db/plain.sql", plain.clone()),
        ("db/app_20240101_030000.sql.gz", gzip(&plain)),
        ("db/a.dump", dump("pg_dump", &["-Fc", "app"])),
        ("db/plain.backup", plain),
        ("db/all.sql.gz", gzip(&dump("pg_dumpall", &[]))),
        ("db/globals.sql", dump("pg_dumpall", &["--globals-only"])),
        ("db/old.sqlite3", fs::read(site.path("old.sqlite3")).unwrap()),
        ("media/photos.tgz", tar.stdout),
    ];
    for (path, bytes) in &files {
        assert!(!bytes.is_empty(), "{path}");
        fs::write(site.path("backups").join(path), bytes).unwrap();
    }
    let called = site.call(&["verify", "--all"]).ends(0);
    assert!(called.stdout.contains("app: good"), "{called:?}");
    for (path, bytes) in &files {
        for cut in [0, bytes.len() / 2, bytes.len() - 1] {
            fs::write(site.path("backups").join(path), &bytes[..cut]).unwrap();
            let called = site.call(&["verify", "--all"]).ends(1);
            assert!(called.stderr.contains(&format!("{path}: ")), "{path} cut at {cut}: {called:?}");
            assert!(called.stderr.contains("1 of 8 files are bad"), "{path} cut at {cut}: {called:?}");
        }
        let told = |command: &str| site.call(&[command]).stdout;
        let line = told("list").lines().find(|line| line.starts_with(path)).unwrap().to_owned();
        assert!(line.contains("VERIFY FAILED 2"), "{line}");
        assert!(told("health").contains(&format!("the first of them {path}")), "{}", told("health"));
        fs::write(site.path("backups").join(path), bytes).unwrap();
        // Another file is there now, of which nothing is known.
        assert!(!told("list").contains("VERIFY FAILED") && !told("health").contains("without a manifest that"));
    }
    site.call(&["verify", "--all"]).ends(0);
    assert_eq!(
        site.call(&["list"]).stdout.matches("adopted: a file without a manifest; verified 2").count(),
        files.len()
    );
    fs::write(site.path("backups/media/odd.tar.xz"), "x").unwrap();
    let report = site.call(&["verify", "--all", "--json"]).ends(0).json();
    assert_eq!(report["warnings"][0]["code"], "not_looked_into", "{report:#}");
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Runs the verify that is due and notes it, as the daemon does.
fn run_verify_due(place: &mut Place) -> Option<(Trigger, Outcome)> {
    let request = place.parts.verify_due()?;
    assert_eq!((request.job, &request.scope), (Job::Verify, &Scope::All));
    let report = place.parts.run(request);
    place.parts.scheduler.note(Some(report.clone()));
    Some((report.trigger, report.outcome))
}

#[test]
fn the_schedule_brings_a_verify_once_a_slot_and_makes_up_for_a_missed_one() {
    use Outcome::{Failed, Skipped, Succeeded};
    use Trigger::{CatchUp, Retry, Schedule};
    let mut place = Place::new("[schedule]\nverify = \"0 6 1 * *\"\nlock_wait_minutes = 0\n");
    assert!(place.parts.verify_due().is_none(), "nothing stood at the slot before the first start");
    let id = place.backup();
    assert!(place.parts.verify_due().is_none());
    let next = |place: &Place| place.parts.runner.gatherer.gather().next_runs[&Job::Verify];
    // 06:00 in Lima.
    assert_eq!(next(&place), at("2024-12-01T11:00:00Z"));
    place.clock.set(at("2024-12-01T10:59:59Z"));
    assert_eq!(run_verify_due(&mut place), None);
    place.clock.set(at("2024-12-01T11:00:00Z"));
    let request = place.parts.verify_due().unwrap();
    assert_eq!(run_verify_due(&mut place), Some((Schedule, Succeeded)));
    assert_eq!(run_verify_due(&mut place), None);
    // Another daemon that decided on the same slot finds it served.
    assert_eq!(place.parts.run(request).outcome, Skipped);
    assert_eq!(next(&place), at("2025-01-01T11:00:00Z"));

    // One on command may have read a single set: it serves no slot. One that found something bad has.
    let path = place.stored(&id, "media");
    let mut bytes = fs::read(&path).unwrap();
    bytes[30] ^= 1;
    fs::write(&path, bytes).unwrap();
    place.clock.set(at("2025-01-01T11:00:00Z"));
    assert_eq!(place.verify(Scope::All).outcome, Failed);
    assert_eq!(run_verify_due(&mut place), Some((Schedule, Failed)));
    place.clock.pass(TimeDelta::days(3));
    assert_eq!(run_verify_due(&mut place), None);

    // Missed while nothing ran: made up for once.
    let is_overdue = |place: &Place| {
        let judged = health::judge(&place.parts.runner.gatherer.gather());
        judged.causes.iter().any(|cause| cause.code == "verify_overdue")
    };
    place.clock.set(at("2025-02-02T11:00:00Z"));
    assert!(!is_overdue(&place), "a day is given to it");
    place.clock.set(at("2025-02-05T00:00:00Z"));
    assert!(is_overdue(&place));
    place.restart();
    assert_eq!(run_verify_due(&mut place), Some((CatchUp, Failed)));
    assert!(!is_overdue(&place));
    place.restart();
    assert_eq!(run_verify_due(&mut place), None);

    // One that had no turn, and one that ended with its process, are made up for.
    place.clock.set(at("2025-03-01T11:00:00Z"));
    let turn = place.parts.runner.store.verify_turn(Duration::ZERO, &Stop::new()).unwrap().unwrap();
    assert_eq!(run_verify_due(&mut place), Some((Schedule, Skipped)));
    drop(turn);
    assert_eq!(run_verify_due(&mut place), None, "not at once");
    place.clock.pass(TimeDelta::minutes(5));
    assert_eq!(run_verify_due(&mut place), Some((Retry, Failed)));
    place.clock.set(at("2025-04-01T11:00:00Z"));
    let now = at("2025-04-01T11:00:00Z");
    let start = Start {
        run: "verify-20250401_060000".to_owned(),
        job: Job::Verify,
        trigger: Schedule,
        started_at: now,
        deadline_at: now + TimeDelta::hours(6),
        sources: [].into(),
    };
    drop(place.parts.runner.record.begin(&start).unwrap());
    place.restart();
    assert_eq!(run_verify_due(&mut place), Some((Retry, Failed)));
    assert_eq!(run_verify_due(&mut place), None);
}

#[test]
fn without_a_schedule_nothing_is_verified_by_itself() {
    let place = Place::new("");
    place.backup();
    place.clock.pass(TimeDelta::days(400));
    assert!(place.parts.verify_due().is_none());
    assert!(!place.parts.runner.gatherer.gather().next_runs.contains_key(&Job::Verify));
}

#[test]
fn the_expression_is_judged_from_the_text() {
    let site = Site::new("");
    make_application(&site);
    site.configure(&format!("[schedule]\nverify = \"monthly\"\n{}", sources(&site)));
    let called = site.call(&["config"]).ends(64);
    assert!(called.stderr.contains("schedule.verify") && called.stderr.contains("monthly"), "{called:?}");
    site.configure(&format!("[schedule]\nverify = \"\"\n{}", sources(&site)));
    site.call(&["config"]).ends(0);
}

#[test]
fn the_daemon_verifies_and_a_verify_that_waits_holds_up_no_backup() {
    let site = Site::new("");
    make_application(&site);
    let configure = |verify: &str| {
        let listen = format!("[serve]\nlisten = \"{}\"\n", free_address());
        let schedule = format!("[schedule]\nbackup = \"* * * * *\"\n{verify}");
        site.configure(&format!("{listen}{schedule}{}", sources(&site)));
    };
    configure("");
    let id = site.call(&["backup", "--json", "--pin"]).ends(0).json()["backup_id"].as_str().unwrap().to_owned();
    configure("verify = \"0 0 1 * *\"\n");
    // The set has stood since long before the slot.
    let manifest = site.path(&format!("backups/sets/{id}.json"));
    let text = fs::read_to_string(&manifest).unwrap();
    let mut told: Value = serde_json::from_str(&text).unwrap();
    told["started_at"] = json!("2024-11-12T08:00:00Z");
    fs::write(&manifest, told.to_string()).unwrap();
    fs::write(site.path("backups/.resguardo/verify.lock"), "").unwrap();
    let turn = fs::File::open(site.path("backups/.resguardo/verify.lock")).unwrap();
    rustix::fs::flock(&turn, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let mut command = site.command();
    command.arg("run");
    let daemon = Living::start(command);
    let sets = || site.stored("sets").len();
    let sets_at_start = until("a backup made up for", || Some(sets()).filter(|sets| *sets > 1));
    let minute = || Utc::now().timestamp() / 60;
    let begun = minute();
    until("the next minute", || (minute() > begun).then_some(()));
    until("its backup", || (sets() > sets_at_start).then_some(()));
    assert!(!daemon.said().contains(" verify "), "{}", daemon.said());
    drop(turn);
    until("the finding", || site.path(&format!("backups/sets/{id}.verify.json")).exists().then_some(()));
    daemon.says("all of it good");
    let (code, _, said) = daemon.end(Signal::TERM);
    assert_eq!(code, Some(0), "{said}");
}
