//! The page of a store in which odd things stand: manifests of impossible dates and sizes, a record that
//! is torn, lost or full of what some program wrote. Through real files, in a real browser, on a phone.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use resguardo::domain::report::Outcome;
use resguardo::domain::standing::Standing;
use serde_json::{Value, json};

use crate::page::{CUT, pictures};
use crate::support::browser::{Browser, PALE};
use crate::support::life::{HandClock, Parts};
use crate::support::serve::Answering;
use crate::support::site::{Site, toml};
use crate::support::year::a_year;

/// As long as a name may be.
const NAME: &str = "archivo.de.la-municipalidad-provincial_de_san_antonio_de_putina";

struct Odd {
    site: Site,
    parts: Parts,
    browser: Browser,
}

impl Odd {
    /// A store with one good set, of today.
    fn new() -> Self {
        let site = Site::new("");
        fs::create_dir_all(site.path("media")).unwrap();
        fs::write(site.path("media/a.jpg"), "not a photo").unwrap();
        site.configure(&format!(
            "timezone = \"UTC\"\n[[media]]\nname = \"{NAME}\"\npath = {}\n",
            toml(&site.path("media"))
        ));
        let now: DateTime<Utc> = "2024-11-12T08:00:00Z".parse().unwrap();
        let parts = Parts::start(&site.path("backup.toml"), &HandClock::at(now));
        assert_eq!(parts.backup().outcome, Outcome::Succeeded);
        Self { site, parts, browser: Browser::start() }
    }

    /// A set beside it that is like it, but for what is changed in its manifest.
    fn plant(&self, id: &str, change: impl FnOnce(&mut Value)) {
        let text = fs::read_to_string(self.site.path("backups/sets/20241112_080000.json")).unwrap();
        let mut manifest: Value = serde_json::from_str(&text.replace("20241112_080000", id)).unwrap();
        let path = manifest["artifacts"][0]["path"].as_str().unwrap().to_owned();
        fs::copy(self.site.path("backups").join(path.replace(id, "20241112_080000")), self.artifact(&path)).unwrap();
        change(&mut manifest);
        fs::write(self.site.path(&format!("backups/sets/{id}.json")), manifest.to_string()).unwrap();
    }

    fn artifact(&self, path: &str) -> PathBuf {
        self.site.path("backups").join(path)
    }

    fn record(&self) -> PathBuf {
        self.site.path("backups/.resguardo/runs.jsonl")
    }

    /// The page as it is now, whole on a phone and on a desk, and what it says.
    fn look(&self, name: &str) -> String {
        let gatherer = self.parts.runner.gatherer.clone();
        whole(&self.browser, &Answering::start(Arc::new(move || gatherer.gather())), name)
    }
}

#[track_caller]
fn whole(browser: &Browser, answering: &Answering, name: &str) -> String {
    for (width, scheme) in [(1100, "light"), (360, "dark"), (360, "light")] {
        browser.on(width, scheme);
        browser.open(&format!("http://{}/", answering.address));
        fs::write(pictures().join(format!("odd-{name}-en-{width}-{scheme}.png")), browser.picture()).unwrap();
        assert_eq!(browser.run("return document.documentElement.scrollWidth"), width, "{name}");
        assert_eq!(browser.run(CUT), json!([]), "{name}, {width}");
        assert_eq!(browser.run(PALE), json!([]), "{name}, {width}");
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{name}");
        // What came from outside ended nothing before its time.
        assert_eq!(
            browser.run("return [document.scripts.length, document.querySelectorAll('footer').length]"),
            json!([1, 1])
        );
        assert_eq!(browser.axe(), Vec::<String>::new(), "{name}");
    }
    browser.run("return document.querySelector('main').innerText.replace(/\\s+/g, ' ')").as_str().unwrap().to_owned()
}

#[track_caller]
fn says(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(text), "{text:?} is not in {page}");
    }
}

#[test]
fn sets_of_odd_dates_and_sizes_change_nothing_of_what_is_true() {
    let odd = Odd::new();
    says(&odd.look("one"), &["Your data is safe.", "Sets: 1."]);

    odd.plant("19700101_000000", |manifest| {
        manifest["started_at"] = json!("1970-01-01T00:00:00Z");
        manifest["ended_at"] = json!("1970-01-01T00:00:00Z");
        manifest["artifacts"][0]["started_at"] = json!("1970-01-01T00:00:00Z");
    });
    odd.plant("20391112_080000", |manifest| {
        manifest["started_at"] = json!("2039-11-12T08:00:00Z");
        manifest["ended_at"] = json!("2039-11-12T09:00:00Z");
        manifest["artifacts"][0]["started_at"] = json!("2039-11-12T08:00:00Z");
    });
    let page = odd.look("dates");
    // What is dated ahead is told, and is nobody's newest copy.
    says(&page, &["something needs you", "dated ahead of the clock", "just now, on 2024-11-12 08:00", "Sets: 3."]);

    odd.plant("20241110_080000", |manifest| {
        manifest["started_at"] = json!("2024-11-10T08:00:00Z");
        manifest["artifacts"][0]["size_bytes"] = json!(0);
        fs::write(odd.artifact(manifest["artifacts"][0]["path"].as_str().unwrap()), "").unwrap();
    });
    for hour in 0..20 {
        odd.plant(&format!("20241109_{hour:02}0000"), |manifest| {
            manifest["started_at"] = json!(format!("2024-11-09T{hour:02}:00:00Z"));
            manifest["artifacts"][0]["size_bytes"] = json!(1_u64 << 60);
            manifest["artifacts"][0]["raw_bytes"] = json!(u64::MAX);
            manifest["artifacts"][0]["duration_seconds"] = json!(1e300);
        });
    }
    let page = odd.look("sizes");
    says(&page, &["Damaged sets in the store: 20", "Sets: 24.", "2024-11-12 08:00"]);
    // What is stated and does not stand takes no room.
    assert!(!page.contains(" EB") && !page.contains(" PB"), "{page}");
}

#[test]
fn a_record_that_is_torn_lost_or_full_of_oddities_leaves_the_page_whole() {
    let odd = Odd::new();
    let line = fs::read_to_string(odd.record()).unwrap();
    let mut report: Value = serde_json::from_str(line.trim()).unwrap();
    let error = format!(
        "</script></style><!--<script>alert(1)</script> \u{202e}gnp.exe\u{2066}\u{0} `{}` the very end",
        "pg_dump: error: no".repeat(600)
    );
    report["run"] = json!("backup-20241112_090000");
    report["outcome"] = json!("failed");
    report["started_at"] = json!("2024-11-12T07:59:00Z");
    report["backup_id"] = Value::Null;
    report["error"] = json!(error);
    let mut sources = vec![
        json!({"source": NAME, "outcome": "failed", "stage": "connect", "error": error, "hint": error, "bytes": null}),
    ];
    sources.extend((0..3000).map(|number| {
        json!({"source": format!("other{number}"), "outcome": "failed", "stage": "connect", "error": "no", "hint": null, "bytes": null})
    }));
    report["sources"] = json!(sources);
    report["warnings"] =
        (0..3000).map(|number| json!({"code": "odd", "source": null, "text": format!("{number}")})).collect();
    // The last line is one that a crash cut short.
    fs::write(odd.record(), format!("{line}{report}\n{}", &line[..line.len() / 2])).unwrap();
    let page = odd.look("record");
    says(&page, &["something needs you", "failed.", "</script></style><!--<script>alert(1)", "the very end"]);
    assert!(!page.contains('\u{202e}') && page.contains("\u{fffd}gnp.exe\u{fffd}\u{fffd}"), "{page}");
    assert!(page.len() < 8_000, "ten thousand characters are read by nobody: {}", page.len());

    // Where nothing of it can be read, the set is witness enough.
    fs::write(odd.record(), b"\xff\xfe\x00{".repeat(100_000)).unwrap();
    says(&odd.look("garbage"), &["Your data is safe.", "just now, on 2024-11-12 08:00", "1 good"]);
    fs::remove_file(odd.record()).unwrap();
    says(&odd.look("lost"), &["Your data is safe.", "just now, on 2024-11-12 08:00", "1 good"]);
    // A folder in its place is a trouble that is told.
    fs::create_dir(odd.record()).unwrap();
    says(&odd.look("folder"), &["something needs you", "runs.jsonl"]);
}

#[test]
fn of_thousands_of_troubles_the_first_are_told_and_how_many_there_are() {
    let troubles = (0..3000).map(|number| format!("sets/{number}.json: {}", "x".repeat(2_000))).collect();
    let standing = Standing { store_troubles: troubles, ..a_year() };
    let answering = Answering::start(Arc::new(move || standing.clone()));
    let browser = Browser::start();
    let page = whole(&browser, &answering, "thousands");
    says(&page, &["sets/0.json", "And 2,975 more: resguardo health"]);
    assert_eq!(browser.run("return document.querySelectorAll('.reasons li').length"), 26);
}
