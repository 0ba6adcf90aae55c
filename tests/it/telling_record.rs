//! What was missed and what failed night after night, through real files: a store with its sets and its
//! record, a record that a crash tore, and none at all. What health, the page and people are told then.

use std::fs;
use std::io::Write;
use std::sync::Arc;

use chrono::TimeDelta;
use resguardo::domain::health::judge;
use resguardo::domain::report::Outcome;
use resguardo::domain::telling::{Told, decide};
use resguardo::words::Words;
use rstest::rstest;

use crate::support::life::{HandClock, Parts};
use crate::support::serve::{Answering, time};
use crate::support::site::{Site, toml};

/// What became of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Record {
    Whole,
    /// The power went while a line was written.
    Torn,
    /// The file is gone, and the sets are there.
    Lost,
}

/// A folder that is backed up nightly at three in Lima.
struct Place {
    site: Site,
    clock: Arc<HandClock>,
    parts: Parts,
    told: Told,
}

impl Place {
    fn new() -> Self {
        let site = Site::new("");
        fs::create_dir(site.path("media")).unwrap();
        fs::write(site.path("media/a.jpg"), "photo").unwrap();
        site.configure(&format!(
            "timezone = \"America/Lima\"\n[schedule]\nbackup = \"0 3 * * *\"\n[mail]\nproof = \"never\"\n[[media]]\nname = \"media\"\npath = {}\n",
            toml(&site.path("media"))
        ));
        let clock = HandClock::at(time("2024-11-11T08:00:00Z"));
        let parts = Parts::start(&site.path("backup.toml"), &clock);
        Self { site, clock, parts, told: Told::default() }
    }

    /// The night's backup, at three.
    fn night(&self, day: u32) -> Outcome {
        self.clock.set(time(&format!("2024-11-{day:02}T08:00:00Z")));
        self.parts.backup().outcome
    }

    /// What cannot be backed up is away.
    fn media(&self, is_there: bool) {
        let (from, to) = if is_there { ("away", "media") } else { ("media", "away") };
        fs::rename(self.site.path(from), self.site.path(to)).unwrap();
    }

    fn befall(&self, record: Record) {
        let path = self.site.path("backups/.resguardo/runs.jsonl");
        match record {
            Record::Whole => {}
            Record::Torn => {
                let text = fs::read(&path).unwrap();
                let mut file = fs::File::options().append(true).open(&path).unwrap();
                file.write_all(&text[..text.len().min(120)]).unwrap();
            }
            Record::Lost => fs::remove_file(path).unwrap(),
        }
    }

    /// All that is told now: subjects and lines.
    fn tell(&mut self, now: &str) -> Vec<String> {
        self.clock.set(time(now));
        let standing = self.parts.runner.gatherer.gather();
        let (messages, told) = decide(&self.told, &standing, &judge(&standing));
        self.told = told;
        let words = Words::english();
        let said = messages.iter().map(|message| {
            let lines = message.lines.iter().map(|line| words.say(line));
            [words.say(&message.subject)].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
        });
        said.collect()
    }

    /// The code and the text of every reason of health, and what the page says of these days.
    fn shown(&self, days: &[&str]) -> (Vec<String>, Vec<String>) {
        let gatherer = self.parts.runner.gatherer.clone();
        let answering = Answering::start(Arc::new(move || gatherer.gather()));
        let (_, _, health) = answering.ask("GET /health");
        let (_, _, page) = answering.ask("GET /");
        answering.stop();
        let health: serde_json::Value = serde_json::from_str(&health).unwrap();
        let reasons = health["reasons"].as_array().unwrap();
        let codes = reasons.iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect();
        let night = |day: &&str| {
            let cell = page.split("<td class=\"").find(|cell| cell.contains(&format!("title=\"{day}")));
            cell.map_or_else(|| "none".to_owned(), |cell| cell.split('"').next().unwrap().to_owned())
        };
        (codes, days.iter().map(night).collect())
    }
}

#[rstest]
fn a_week_in_which_nothing_ran_is_known_from_the_record_and_from_the_sets_alone(
    #[values(Record::Whole, Record::Torn, Record::Lost)] record: Record,
) {
    let mut place = Place::new();
    assert_eq!([11, 12].map(|day| place.night(day)), [Outcome::Succeeded; 2]);
    assert_eq!(place.tell("2024-11-12T20:00:00Z"), [""; 0]);
    place.befall(record);

    // On again after a week.
    let said = place.tell("2024-11-19T20:00:00Z");
    let [missed] = said.as_slice() else { panic!("{said:#?}") };
    assert!(missed.starts_with("backup DID NOT HAPPEN: 7 nights"), "{missed}");
    assert!(missed.contains("the first time 2024-11-13 03:00, the last time 2024-11-19 03:00"), "{missed}");
    let days = ["2024-11-11", "2024-11-12", "2024-11-13", "2024-11-18"];
    let (codes, nights) = place.shown(&days);
    assert_eq!(codes, ["stale"], "{record:?}");
    assert_eq!(nights, ["good", "good", "none", "none"], "{record:?}");

    // Made up for, by a run that mends the torn line; the stretch stays known, and is told no more.
    let report = place.parts.run_due().unwrap();
    assert_eq!(report.outcome, Outcome::Succeeded);
    place.clock.pass(TimeDelta::minutes(20));
    let source = place.parts.runner.gatherer.gather().sources.remove(0);
    assert_eq!(source.missed.map(|missed| missed.nights), Some(7), "{record:?}");
    let said = place.tell("2024-11-19T20:30:00Z");
    assert!(
        said.len() == 1 && said[0].starts_with("the backups that did not happen have been made up for"),
        "{said:#?}"
    );
    assert_eq!(place.tell("2024-11-19T20:31:00Z"), [""; 0]);
    let lines = fs::read_to_string(place.site.path("backups/.resguardo/runs.jsonl")).unwrap();
    let whole = lines.lines().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()).count();
    assert_eq!(
        (lines.lines().count() - whole, whole),
        match record {
            Record::Whole => (0, 3),
            Record::Torn => (1, 3),
            Record::Lost => (0, 1),
        }
    );
    assert_eq!(place.shown(&days).0, [""; 0]);
}

#[rstest]
#[case::whole(Record::Whole, 3)]
#[case::torn(Record::Torn, 3)]
// That it failed is known to the record alone; that it is too old is not.
#[case::lost(Record::Lost, 0)]
fn nights_on_which_nothing_was_stored_are_counted_by_date(#[case] record: Record, #[case] nights_without: usize) {
    let mut place = Place::new();
    assert_eq!(place.night(11), Outcome::Succeeded);
    place.media(false);
    for day in 12..=14 {
        assert_eq!(place.night(day), Outcome::Failed);
        place.clock.pass(TimeDelta::minutes(10));
        assert_eq!(place.parts.backup().outcome, Outcome::Failed, "once more in the same night");
        let said = place.tell(&format!("2024-11-{day}T08:15:00Z"));
        assert!(said.iter().any(|said| said.contains("FAIL")), "{said:#?}");
    }
    place.befall(record);
    let source = place.parts.runner.gatherer.gather().sources.remove(0);
    assert_eq!(source.nights_without, nights_without);
    let (codes, nights) = place.shown(&["2024-11-11", "2024-11-12", "2024-11-14"]);
    let of_record = record != Record::Lost;
    assert_eq!(codes, if of_record { vec!["stale", "failed"] } else { vec!["stale"] });
    assert_eq!(nights, if of_record { ["good", "failed", "failed"] } else { ["good", "none", "none"] });

    // What was told to fail is not over because nobody knows of it any more; it is with the next that is good.
    let said = place.tell("2024-11-14T08:20:00Z");
    assert!(said.iter().all(|said| !said.contains("well again")), "{said:#?}");
    place.media(true);
    assert_eq!(place.night(15), Outcome::Succeeded);
    let said = place.tell("2024-11-15T08:02:00Z");
    assert!(said[0].starts_with("media: all is well again"), "{said:#?}");
    // With the record it was lost that somebody tried: what was told of that is over as well.
    assert!(said[1..].iter().all(|said| !of_record && said.contains("have been made up for")), "{said:#?}");
    assert_eq!(place.parts.runner.gatherer.gather().sources[0].nights_without, 0);
}

#[test]
fn a_record_that_cannot_be_read_is_said_and_the_sets_are_asked() {
    let mut place = Place::new();
    assert_eq!(place.night(11), Outcome::Succeeded);
    let path = place.site.path("backups/.resguardo/runs.jsonl");
    fs::rename(&path, path.with_extension("before")).unwrap();
    fs::create_dir(&path).unwrap();
    let said = place.tell("2024-11-13T20:00:00Z");
    assert!(said[0].starts_with("something is WRONG with the store") && said[0].contains("runs.jsonl"), "{said:#?}");
    assert!(said[1].starts_with("backup DID NOT HAPPEN: 2 nights"), "{said:#?}");
    let standing = place.parts.runner.gatherer.gather();
    assert!(standing.store_troubles.iter().any(|trouble| trouble.contains("runs.jsonl")), "{standing:#?}");
}
