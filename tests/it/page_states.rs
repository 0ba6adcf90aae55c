//! The states in which the page is looked at, each with what it says at a glance.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use resguardo::domain::artifact::Kind;
use resguardo::domain::report::Outcome;
use resguardo::domain::saying::Saying;
use resguardo::domain::set::{Catalog, Verified};
use resguardo::domain::standing::{Caution, SourceStanding, Standing, StoreSpace};
use resguardo::domain::untold::Untold;

use crate::support::serve::{full_standing, set_of, source_standing, time};
use crate::support::year::{
    a_year, emptied, failed, filling, first_run, hostile, nothing_yet, record_lost, stale, suspect, troubled,
};

/// Each state with its tone and the key of its headline.
pub(crate) fn states() -> Vec<(&'static str, Standing, &'static str, &'static str)> {
    let away = Standing { space: None, ..stale() };
    vec![
        ("healthy", a_year(), "good", "page-healthy"),
        ("warning", troubled(), "warn", "page-warning"),
        ("failed", failed(), "warn", "page-warning"),
        ("filling", filling(), "warn", "page-warning"),
        ("stale", stale(), "bad", "page-stale"),
        ("suspect", suspect(), "bad", "page-suspect"),
        ("empty", emptied(), "bad", "page-empty"),
        ("never", nothing_yet(), "bad", "page-never"),
        ("first-run", first_run(), "warn", "page-under-way"),
        ("first-night", first_night(), "good", "page-healthy"),
        ("out-of-reach", away, "bad", "page-out-of-reach"),
        ("record-lost", record_lost(), "good", "page-healthy"),
        ("few", full_standing(), "warn", "page-warning"),
        ("crowded", crowded(), "bad", "page-never"),
        ("filling-ahead", filling_ahead(), "warn", "page-warning"),
        ("partial", partial(), "warn", "page-warning"),
        ("store-gone", store_gone(), "warn", "page-warning"),
        ("damaged", damaged(), "warn", "page-warning"),
        ("untold", untold(), "warn", "page-warning"),
        ("hostile", hostile_everywhere(), "warn", "page-warning"),
    ]
}

/// The morning after the first night.
fn first_night() -> Standing {
    let mut standing = a_year();
    let last = standing.catalog.sets.pop().unwrap();
    let (today, night) = standing.nights.pop_last().unwrap();
    standing.nights = [(today, night)].into();
    standing.catalog = Catalog { sets: vec![last], ..Catalog::default() };
    standing
}

/// Twelve sources with the longest names there may be, some of which have nothing yet.
fn crowded() -> Standing {
    let mut standing = a_year();
    let name = |number: u32| format!("{number:02}_{}", "municipalidad_provincial_de_san_antonio_de_putina_".repeat(2));
    let names: Vec<String> = (0..12).map(name).map(|name| name.chars().take(63).collect()).collect();
    let kinds = [Kind::Postgres, Kind::Sqlite, Kind::Media, Kind::Files];
    let of_night: Vec<(&str, Kind, u64)> = names
        .iter()
        .take(8)
        .zip(kinds.iter().cycle())
        .map(|(name, kind)| (name.as_str(), *kind, 987_654_321))
        .collect();
    standing.catalog.sets =
        standing.catalog.sets.iter().map(|set| set_of(&set.id, set.started_at, &of_night)).collect();
    let source = |(name, kind): (&String, &Kind)| -> SourceStanding { source_standing(name, *kind) };
    standing.sources = names.iter().zip(kinds.iter().cycle()).map(source).collect();
    standing
}

/// Nothing goes, and a week of nights more fits.
pub(crate) fn filling_ahead() -> Standing {
    let mut standing = a_year();
    standing.retention.keep_daily = -1;
    let free_bytes = standing.catalog.newest().unwrap().size_bytes() * 7;
    standing.space = Some(StoreSpace { store_bytes: free_bytes, free_bytes, total_bytes: free_bytes * 2 });
    standing
}

/// Some of the media could not be read in the last night.
pub(crate) fn partial() -> Standing {
    let mut standing = failed();
    let mut report = standing.sources[0].last_attempt.take().unwrap();
    report.sources[0].source = standing.sources[1].name.clone();
    report.sources[0].outcome = Outcome::Partial;
    report.sources[0].error = Some("read ./2024/acta.pdf: permission denied".to_owned());
    report.sources[0].hint = None;
    standing.sources[1].last_attempt = Some(report);
    standing
}

/// Another folder stands where the store stood.
pub(crate) fn store_gone() -> Standing {
    let caution = Caution {
        code: "store_gone",
        saying: Saying::new("reason-store-gone").with("dir", "/backups"),
        hint: Saying::new("hint-store-forget").with("line", "rm /logs/store.json"),
    };
    Standing { store_cautions: vec![caution], ..a_year() }
}

/// A file of an older set is gone, one of another is not what was written.
fn damaged() -> Standing {
    let mut standing = a_year();
    let older = standing.catalog.sets.len() - 4;
    standing.catalog.sets[older].artifacts[1].present = false;
    let bad = Verified { at: standing.now - TimeDelta::hours(3), ok: false };
    standing.catalog.sets[older + 1].artifacts[0].verify = Some(bad);
    standing
}

/// Every text that some other program wrote tries to be markup.
fn hostile_everywhere() -> Standing {
    let markup = "</title></main><script>alert(3)</script><img src=x onerror=alert(4)>`\u{202e}";
    let mut standing = hostile();
    let mut report = failed().sources[0].last_attempt.take().unwrap();
    report.sources[0].error = Some(markup.to_owned());
    report.sources[0].hint = Some(markup.to_owned());
    standing.sources[0].last_attempt = Some(report);
    standing.untold = untold().untold;
    for untold in standing.untold.values_mut() {
        markup.clone_into(&mut untold.error);
    }
    for set in &mut standing.catalog.sets {
        set.label = Some(markup.to_owned());
    }
    markup.clone_into(&mut standing.store_dir);
    standing
}

/// A year whose mail and whose webhook reach nobody.
fn untold() -> Standing {
    let channel = |error: &str, hint: Option<&str>| Untold {
        since: time("2024-11-10T08:00:00Z"),
        error: error.to_owned(),
        hint: hint.map(str::to_owned),
        addressees: ["ana@example.org".to_owned()].into(),
        reached: [].into(),
    };
    let mail = channel("connect to smtp.example.org:587: connection refused", None);
    let hook = channel(
        "hooks.example.org: 404 no_service",
        Some("Nothing answers to this address there any more: see that it is whole, or make a new one."),
    );
    let mut standing = a_year();
    standing.untold = BTreeMap::from([("mail".to_owned(), mail), ("webhook slack".to_owned(), hook)]);
    standing
}
