//! Standings for the page: a year of nights, and the same year gone wrong in several ways.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use resguardo::domain::artifact::Kind;
use resguardo::domain::id::BackupId;
use resguardo::domain::nights::{Grade, Night};
use resguardo::domain::report::{EMPTY, Job, Outcome, SourceReport, Warning};
use resguardo::domain::saying::Saying;
use resguardo::domain::set::{Catalog, CatalogSet, Caveats, Drilled};
use resguardo::domain::standing::{Running, Standing, StoreSpace};
use resguardo::words::Words;

use super::serve::{empty_standing, full_standing, set_of, source_standing};

/// Sets kept: thirty days, a year of months before them.
const DAYS_KEPT: u64 = 30;

/// Noon of 12 November 2024 in Lima; every night since a year, three of them not good.
pub(crate) fn a_year() -> Standing {
    let base = full_standing();
    let today = base.now.with_timezone(&base.zone).date_naive();
    let nights: BTreeMap<NaiveDate, Night> = (0..360_u32)
        .map(|back| {
            let grade = match back {
                41 | 200 => Grade::Failed,
                97 => Grade::Partial,
                _ => Grade::Good,
            };
            let seconds = 40.0 + f64::from(360 - back) / 6.0 + f64::from(back % 7);
            (today - Days::new(back.into()), Night { grade, seconds })
        })
        .filter(|(date, _)| *date != today - Days::new(150))
        .collect();
    let kept = (0..DAYS_KEPT).chain((2..12).map(|month| month * 30));
    let mut sets: Vec<CatalogSet> = kept.map(|back| of_day(today, back)).collect();
    sets.sort_by_key(|set| set.started_at);
    let (at, proven) = (base.now - TimeDelta::days(2), true);
    let drilled = sets.len() - 3;
    for (artifact, seconds) in sets[drilled].artifacts.iter_mut().zip([42.5, 31.0, 2.0]) {
        artifact.drill = Some(Drilled { at, proven, restore_seconds: Some(seconds), caveats: Caveats::default() });
    }
    Standing {
        catalog: Catalog { sets, ..Catalog::default() },
        sources: vec![
            source_standing("patrimonio", Kind::Postgres),
            source_standing("media", Kind::Media),
            source_standing("settings", Kind::Files),
        ],
        nights,
        running: Vec::new(),
        next_runs: BTreeMap::from([
            (Job::Backup, base.now + TimeDelta::hours(15)),
            (Job::Verify, base.now + TimeDelta::hours(18)),
            (Job::Drill, base.now + TimeDelta::days(5)),
        ]),
        space: Some(StoreSpace { store_bytes: 3_912_000_000, free_bytes: 17_000_000_000, total_bytes: 40_000_000_000 }),
        ..base
    }
}

/// The night of so many days ago; what is stored grows with the year.
fn of_day(today: NaiveDate, days_ago: u64) -> CatalogSet {
    let date = today - Days::new(days_ago);
    let started_at: DateTime<Utc> = date.and_hms_opt(8, 0, 0).unwrap().and_utc();
    let id = BackupId::parse(&date.format("%Y%m%d_030000").to_string()).unwrap();
    let grown = 1.0 - days_ago as f64 / 700.0;
    let bytes = |bytes: f64| format!("{:.0}", bytes * grown).parse::<u64>().unwrap();
    let artifacts = [
        ("patrimonio", Kind::Postgres, bytes(45_100_000.0)),
        ("media", Kind::Media, bytes(54_900_000.0)),
        ("settings", Kind::Files, 2_100),
    ];
    set_of(&id, started_at, &artifacts)
}

/// The same year without its last two days.
pub(crate) fn stale() -> Standing {
    let mut standing = a_year();
    let now = standing.now;
    standing.catalog.sets.retain(|set| now - set.started_at > TimeDelta::days(2));
    let today = now.with_timezone(&standing.zone).date_naive();
    for back in 0..2 {
        standing.nights.insert(today - Days::new(back), Night { grade: Grade::Failed, seconds: 3.0 });
    }
    standing
}

/// The same year, its newest database shrunk to nothing.
pub(crate) fn suspect() -> Standing {
    let mut standing = a_year();
    standing.catalog.sets.last_mut().unwrap().artifacts[0].suspect = true;
    standing
}

/// The same year with a drill that said no, and a last run of which a part failed.
pub(crate) fn troubled() -> Standing {
    let mut standing = a_year();
    let drilled = standing.catalog.sets.len() - 2;
    for artifact in &mut standing.catalog.sets[drilled].artifacts {
        let at = standing.now - TimeDelta::hours(6);
        artifact.drill = Some(Drilled {
            at,
            proven: artifact.kind != Kind::Media,
            restore_seconds: Some(42.5),
            caveats: Caveats::default(),
        });
    }
    standing
}

/// The same year, whose last backup of the database was refused.
pub(crate) fn failed() -> Standing {
    let mut standing = a_year();
    let source = standing.sources[0].name.clone();
    let hint = Saying::new("hint-wrong-password").with("user", "app");
    let of_source = SourceReport {
        source,
        outcome: Outcome::Failed,
        stage: Some("connect".to_owned()),
        error: Some("connect to db: password authentication failed for user \"app\"".to_owned()),
        hint: Some(Words::english().say(&hint)),
        bytes: None,
        lasting: true,
    };
    let mut report = standing.jobs[&Job::Backup].last.clone().unwrap();
    "backup-20241112_043000".clone_into(&mut report.run);
    report.outcome = Outcome::Partial;
    report.sources = vec![of_source];
    standing.sources[0].last_attempt = Some(report);
    standing
}

/// The same year on a disk that has hardly room left.
pub(crate) fn filling() -> Standing {
    let space = StoreSpace { store_bytes: 3_912_000_000, free_bytes: 130_000_000, total_bytes: 40_000_000_000 };
    Standing { space: Some(space), ..a_year() }
}

/// The same year, in whose last night the database had no tables any more.
pub(crate) fn emptied() -> Standing {
    let mut standing = failed();
    let source = Some(standing.sources[0].name.clone());
    let report = standing.sources[0].last_attempt.as_mut().unwrap();
    report.outcome = Outcome::Skipped;
    report.sources[0].outcome = Outcome::Skipped;
    report.warnings.push(Warning { code: EMPTY.to_owned(), source, text: "no tables".to_owned() });
    standing
}

/// The same year after `runs.jsonl` was lost; one of its sets is partial.
pub(crate) fn record_lost() -> Standing {
    let mut standing = a_year();
    standing.catalog.sets[4].outcome = Outcome::Partial;
    Standing { nights: BTreeMap::new(), jobs: BTreeMap::new(), ..standing }
}

/// A year in which every text that comes from outside tries to be markup.
pub(crate) fn hostile() -> Standing {
    let mut standing = troubled();
    let markup = "</style><script>alert(1)</script><img src=x onerror=alert(2)> & \"quoted\" 'text'";
    standing.store_troubles = vec![markup.to_owned(), "sets/\u{202e}reversed.json".to_owned(), "x".repeat(400)];
    standing
}

/// A store just made, of which nothing is known but that it is there.
pub(crate) fn nothing_yet() -> Standing {
    Standing { space: a_year().space, ..empty_standing() }
}

/// The same while its first backup is under way.
pub(crate) fn first_run() -> Standing {
    let standing = nothing_yet();
    let running = Running {
        run: "backup-20241112_070000".to_owned(),
        job: Job::Backup,
        started_at: standing.now,
        deadline_at: standing.now + TimeDelta::hours(6),
        sources: standing.sources.iter().map(|source| source.name.clone()).collect(),
    };
    Standing { running: vec![running], ..standing }
}
