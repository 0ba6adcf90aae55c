//! Every letter there is: each topic as it begins, lasts and is over, in three languages, as its reader gets
//! it; and that the HTML says what the text says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::TimeDelta;
use resguardo::domain::artifact::Kind;
use resguardo::domain::language::Language;
use resguardo::domain::missed::Missed;
use resguardo::domain::report::{Job, JobHistory, Outcome, RunReport};
use resguardo::domain::saying::Saying;
use resguardo::domain::set::{Caveats, Drilled, Verified};
use resguardo::domain::standing::{OldCopies, Standing, StoreSpace};
use resguardo::domain::telling::ProofEvery;
use resguardo::domain::trouble::{Stage, Trouble};
use resguardo::notify::compose::Letter;

use crate::page_states::{filling_ahead, partial, store_gone};
use crate::support::serve::{source, source_standing, time};
use crate::support::telling::Place;
use crate::support::year::{a_year, emptied, failed, filling, suspect};

/// What changes a year in which all is well.
type Change = fn(&mut Standing);

/// A year in which nothing is too old, however long one looks on.
fn well() -> Standing {
    patient(a_year())
}

fn patient(mut standing: Standing) -> Standing {
    for source in &mut standing.sources {
        source.max_age = TimeDelta::days(1000);
    }
    standing
}

/// Three attempts in a row ended with their process, the last of them a moment ago.
fn braked(standing: &mut Standing) {
    let mut report = failed().sources[0].last_attempt.clone().unwrap();
    (report.outcome, report.sources[0].outcome) = (Outcome::Interrupted, Outcome::Interrupted);
    (report.sources[0].error, report.sources[0].hint) = (None, None);
    standing.next_runs.insert(Job::Backup, standing.now + TimeDelta::hours(18));
    (standing.sources[0].interrupted_in_row, standing.sources[0].last_attempt) = (3, Some(report));
}

/// A standing, and what is otherwise when it is told again.
fn troubles() -> Vec<(&'static str, Standing, Change)> {
    let same: Change = |_| {};
    let with = |change: Change| {
        let mut standing = well();
        change(&mut standing);
        standing
    };
    vec![
        ("store refused", with(|it| it.store_refusal = Some(read_only())), same),
        ("store gone", patient(store_gone()), same),
        ("store trouble", with(|it| it.store_troubles = vec!["list db: Permission denied".to_owned()]), same),
        ("suspect", patient(suspect()), same),
        ("empty", patient(emptied()), same),
        ("braked", with(braked), same),
        ("stale", with(|it| it.sources[0].max_age = TimeDelta::hours(2)), same),
        ("failed", patient(failed()), another_cause),
        ("failed, and never good", never_good(), another_cause),
        ("failed run", with(failed_run), same),
        ("partial", patient(partial()), too_old),
        ("skipped", patient(skipped()), same),
        ("missed", with(missed), same),
        ("missed, under way", missed_under_way(), same),
        ("disk low", patient(filling()), same),
        ("disk filling", patient(filling_ahead()), same),
        ("verify", with(|it| last_of(it, |artifact| artifact.verify = Some(bad(time("2024-11-12T11:00:00Z"))))), same),
        ("drill no", with(|it| drilled(it, false, Caveats::default())), same),
        ("drill overdue", with(|it| it.drill_max_age = Some(TimeDelta::days(1))), same),
        ("drill answer", with(|it| drilled(it, true, Caveats { answer: true, ..Caveats::default() })), same),
        (
            "drill warning",
            with(|it| drilled(it, true, Caveats { unasked: true, media: Some(true), ..Caveats::default() })),
            same,
        ),
        ("attention", with(old_copies), and_the_clock),
        ("unusual size", with(|it| last_of(it, |artifact| artifact.size_bytes *= 4)), same),
        ("proof, all well", with(|it| it.proof = ProofEvery::Week), same),
        ("proof, not all well", Standing { proof: ProofEvery::Week, ..with(old_copies) }, same),
        ("many failed", many(Outcome::Failed), same),
        ("many partial", many(Outcome::Partial), same),
    ]
}

fn read_only() -> Trouble {
    Trouble::lasting(Stage::Publish, "write /backups/.resguardo/lock: Read-only file system")
        .hint(Saying::new("hint-read-only").with("path", "/backups"))
}

fn last_of(standing: &mut Standing, change: impl Fn(&mut resguardo::domain::set::CatalogArtifact)) {
    change(&mut standing.catalog.sets.last_mut().unwrap().artifacts[0]);
}

fn bad(at: chrono::DateTime<chrono::Utc>) -> Verified {
    Verified { at, ok: false }
}

fn drilled(standing: &mut Standing, proven: bool, caveats: Caveats) {
    let at = standing.now - TimeDelta::hours(1);
    last_of(standing, |artifact| {
        artifact.drill = Some(Drilled { at, proven, restore_seconds: Some(42.5), caveats });
    });
}

fn another_cause(standing: &mut Standing) {
    let source = &mut standing.sources[0];
    source.nights_without = 3;
    let report = source.last_attempt.as_mut().unwrap();
    report.sources[0].error = Some("connect to db:5432: Connection refused".to_owned());
    report.sources[0].hint = None;
}

fn too_old(standing: &mut Standing) {
    for source in &mut standing.sources {
        source.max_age = TimeDelta::hours(2);
    }
    standing.catalog.sets.iter_mut().rev().take(3).for_each(|set| set.artifacts.retain(|it| it.kind != Kind::Media));
}

fn never_good() -> Standing {
    let mut standing = patient(failed());
    for set in &mut standing.catalog.sets {
        set.artifacts.retain(|artifact| artifact.source != standing.sources[0].name);
    }
    standing
}

fn failed_run(standing: &mut Standing) {
    let last = standing.jobs.get_mut(&Job::Backup).unwrap().last.as_mut().unwrap();
    last.outcome = Outcome::Failed;
    last.sources.clear();
    last.error = Some("the program was stopped by an error of its own".to_owned());
}

fn skipped() -> Standing {
    let mut standing = failed();
    let report = standing.sources[0].last_attempt.as_mut().unwrap();
    (report.outcome, report.sources[0].outcome) = (Outcome::Skipped, Outcome::Skipped);
    (report.sources[0].error, report.sources[0].hint) = (None, None);
    standing
}

fn missed(standing: &mut Standing) {
    let (first, last) = (time("2024-11-13T08:00:00Z"), time("2024-11-19T08:00:00Z"));
    standing.now = time("2024-11-19T14:30:00Z");
    for source in &mut standing.sources {
        source.missed = Some(Missed { first, last, nights: 7 });
    }
    standing.next_runs = BTreeMap::from([(Job::Backup, time("2024-11-20T08:00:00Z"))]);
}

fn missed_under_way() -> Standing {
    let mut standing = well();
    missed(&mut standing);
    standing.running = crate::support::year::first_run().running;
    standing
}

fn old_copies(standing: &mut Standing) {
    let run = standing.catalog.sets[0].id.clone();
    let names = vec!["patrimonio_before_20241020_101500".to_owned()];
    standing.old_copies = vec![OldCopies { run, days: 23, names }];
}

fn and_the_clock(standing: &mut Standing) {
    standing.verify_overdue = Some(time("2024-11-01T10:00:00Z"));
}

/// Five databases of one server.
fn many(outcome: Outcome) -> Standing {
    let mut standing = well();
    let report: RunReport = failed().sources[0].last_attempt.clone().unwrap();
    let names = ["app", "caja", "patrimonio", "personal", "tramite"];
    standing.sources = names.iter().map(|name| source_standing(name, Kind::Postgres)).collect();
    for of_source in &mut standing.sources {
        of_source.max_age = TimeDelta::days(1000);
        let mut report = report.clone();
        report.sources[0].source = of_source.name.clone();
        report.sources[0].outcome = outcome;
        of_source.last_attempt = Some(report);
    }
    for set in &mut standing.catalog.sets {
        set.artifacts.retain(|artifact| artifact.source == source("patrimonio"));
    }
    standing
}

/// The same at this time, when all is well.
fn well_again(standing: &Standing) -> Standing {
    let mut well = patient(Standing { now: standing.now, ..a_year() });
    let report = standing.jobs.get(&Job::Backup).and_then(|history| history.last.clone());
    let mut report = report.or_else(|| failed().sources[0].last_attempt.clone()).unwrap();
    report.outcome = Outcome::Succeeded;
    (report.error, report.hint) = (None, None);
    report.sources.clone_from(&failed().sources[0].last_attempt.as_ref().unwrap().sources);
    (report.sources[0].error, report.sources[0].hint) = (None, None);
    report.sources[0].outcome = Outcome::Succeeded;
    well.sources.clone_from(&standing.sources);
    let at = standing.now - TimeDelta::minutes(2);
    let mut newest = well.catalog.newest().unwrap().clone();
    newest.id = resguardo::domain::id::BackupId::parse(&at.format("%Y%m%d_%H%M%S").to_string()).unwrap();
    (newest.started_at, newest.ended_at) = (at, at);
    let before = std::mem::take(&mut newest.artifacts);
    for source in &mut well.sources {
        source.max_age = TimeDelta::days(1000);
        source.interrupted_in_row = 0;
        source.nights_without = 0;
        let mut report = report.clone();
        report.sources[0].source = source.name.clone();
        source.last_attempt = Some(report);
        let of_source = before.iter().find(|artifact| artifact.source == source.name);
        let mut artifact = of_source.unwrap_or(&before[0]).clone();
        (artifact.verify, artifact.drill, artifact.suspect) = (None, None, false);
        (artifact.source, artifact.kind, artifact.ended_at) = (source.name.clone(), source.kind, at);
        newest.artifacts.push(artifact);
    }
    well.catalog.sets.push(newest);
    well.jobs.insert(Job::Backup, JobHistory { last: Some(report), counts: BTreeMap::new() });
    well.space = Some(StoreSpace { store_bytes: 1, free_bytes: 4_000_000_000_000, total_bytes: 8_000_000_000_000 });
    well
}

/// What a browser shows of a letter, without its marks and spaces.
fn shown(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let mut text = String::new();
    for piece in body.split('<').skip(1) {
        text.push(' ');
        text.push_str(piece.split_once('>').map_or("", |(_, text)| text));
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    plain(&entities.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign)))
}

/// Without what a table needs in a text alone.
fn plain(text: &str) -> String {
    text.replace("&nbsp;", "").replace(['`', ':'], "").split_whitespace().collect()
}

/// Its subject and what it says, without what every letter has below.
fn body(letter: &Letter) -> String {
    let (said, _signature) = letter.text.split_once("\n\n-- \n").unwrap();
    let (said, _facts) = said.rsplit_once("\n\n").unwrap();
    let said = said.split_once("\n\n").map_or("", |(_headline, said)| said);
    format!("{}\n{}", letter.subject, said.replace("\n\n", "\n"))
}

#[track_caller]
fn says_the_same_twice(letter: &Letter) {
    let shown = shown(&letter.html);
    for line in letter.text.lines().filter(|line| !line.trim().is_empty() && *line != "-- ") {
        assert!(shown.contains(&plain(line)), "{line:?} is not in {shown}");
    }
}

#[test]
fn every_letter_is_whole_and_natural_in_every_language() {
    for language in Language::ALL {
        let mut read = String::new();
        for (name, standing, change) in troubles() {
            let mut place = Place::new(standing);
            place.language = language;
            place.per_day_max = 100;
            let mut phases = Vec::new();
            let mut told = |place: &Place, read: &mut String| {
                for letter in place.sent().iter().skip(phases.len()) {
                    says_the_same_twice(letter);
                    writeln!(read, "=== {name}: {}, {:?}\n{}", letter.topic, letter.phase, body(letter)).unwrap();
                    phases.push(letter.phase);
                }
                phases.len()
            };
            place.tell_anew(TimeDelta::zero());
            assert!(told(&place, &mut read) > 0, "{name}: nobody is told");
            place.pass(TimeDelta::days(7));
            change(&mut place.standing);
            place.tell_anew(TimeDelta::zero());
            told(&place, &mut read);
            place.standing = well_again(&place.standing);
            place.tell_anew(TimeDelta::zero());
            told(&place, &mut read);
        }
        insta::assert_snapshot!(format!("letters_{}", language.code()), read);
    }
}
