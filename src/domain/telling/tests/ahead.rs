//! What changed since it was last told, what is ahead, and the letter that comes although nothing happened.

use super::*;
use crate::domain::health::{STORE_GONE, STORE_UNREADABLE};
use crate::domain::standing::{Caution, StoreSpace};

/// A night of a minute that fails for this reason.
fn failing(at: &str, error: &str) -> RunReport {
    let mut report = report(Job::Backup, at, &[("app", Failed)]);
    report.sources[0].error = Some(error.to_owned());
    report
}

#[test]
fn what_still_fails_is_told_daily_with_what_changed() {
    let mut life = Life::new();
    let say = |life: &mut Life, at: &str, error: &str, nights: usize| {
        life.standing.sources[0].nights_without = nights;
        life.standing.sources[0].max_age = TimeDelta::days(1000);
        let report = failing(at, error);
        life.standing.now = report.ended_at;
        life.standing = ran(life.standing.clone(), &report);
        life.messages().pop()
    };
    let begun = say(&mut life, "2024-11-13T08:00:00", "connect: connection refused", 1).unwrap();
    assert_eq!(begun.subject.key, "tell-failed");
    assert_eq!(say(&mut life, "2024-11-13T09:00:00", "dump: no space left", 1), None, "not at each try");
    let second = say(&mut life, "2024-11-14T08:00:00", "dump: no space left", 2).unwrap();
    assert_eq!((second.phase, second.subject.key), (Lasts, "tell-still-failed"));
    assert_eq!(second.lines[1], Saying::new("tell-nights").with("nights", 2));
    assert_eq!(second.lines[2], Saying::new("tell-cause-changed").with("before", "connection refused"));
    let third = say(&mut life, "2024-11-15T08:00:00", "dump: no space left", 3).unwrap();
    assert!(third.lines.iter().all(|line| line.key != "tell-cause-changed"), "it is the same as yesterday");
    life.standing.now = utc("2024-11-16T07:00:00");
    let over = report(Job::Backup, "2024-11-16T07:00:00", &[("app", Succeeded)]);
    life.standing = ran(life.standing.clone(), &over);
    let over = life.messages().remove(0);
    for message in [&second, &third, &over] {
        assert_eq!(message.conversation, begun.conversation, "{:?}", message.phase);
    }
}

/// Nights of ten megabytes that all stay, and so much room.
fn filling(life: &mut Life, free_nights: u64) {
    life.standing.retention.keep_daily = -1;
    let free_bytes = free_nights * 10_000_000 + 5_000_000;
    life.standing.space = Some(StoreSpace { store_bytes: 0, free_bytes, total_bytes: 100_000_000 });
}

#[test]
fn a_disk_that_fills_is_told_weekly_then_daily_and_does_not_flap() {
    let mut life = Life::new();
    life.standing.catalog.sets.clear();
    for day in 1..=8 {
        let mut set = set(&format!("202411{day:02}_080000"), &["app"]);
        set.artifacts[0].size_bytes = 10_000_000;
        life.standing.catalog.sets.push(set);
    }
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    let mut at = |now: &str, free_nights: u64| {
        filling(&mut life, free_nights);
        life.standing.now = utc(now);
        let said = life.messages();
        said.iter().map(|m| (m.topic.as_str(), m.phase, m.severity)).collect::<Vec<_>>()
    };
    // The eighth has been stored: the next night that does not fit is one more than fit.
    assert_eq!(at("2024-11-08T12:00:00", 14), []);
    assert_eq!(at("2024-11-08T12:01:00", 13), [("disk_full", Begins, Severity::Warning)]);
    assert_eq!(at("2024-11-08T12:02:00", 14), [], "neither again nor over");
    assert_eq!(at("2024-11-08T12:03:00", 20), []);
    assert_eq!(at("2024-11-15T12:00:59", 8), [], "so near, and told a week ago less a second");
    assert_eq!(at("2024-11-15T12:01:00", 8), [("disk_full", Lasts, Severity::Warning)]);
    assert_eq!(at("2024-11-15T12:02:00", 1), [("disk_full", Lasts, Severity::Critical)], "at once");
    assert_eq!(at("2024-11-15T12:03:00", 8), []);
    assert_eq!(at("2024-11-15T12:04:00", 1), [], "it was told as loud before");
    assert_eq!(at("2024-11-16T12:02:00", 1), [("disk_full", Lasts, Severity::Critical)]);
    assert_eq!(at("2024-11-23T12:02:00", 4), [("disk_full", Lasts, Severity::Warning)], "four days are not three");
    assert_eq!(at("2024-11-23T12:03:00", 3), [], "it was told as loud before");
    assert_eq!(at("2024-11-24T12:02:00", 3), [("disk_full", Lasts, Severity::Critical)], "three are");
    assert_eq!(at("2024-11-24T12:03:00", 40), [("disk_full", Over, Severity::Notice)]);
}

#[test]
fn an_unusual_backup_is_told_once_and_what_is_as_large_as_it_never() {
    let mut life = Life::new();
    life.standing.catalog.sets.clear();
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    let mut night = |day: u32, bytes: u64| {
        let mut set = set(&format!("202411{day:02}_080000"), &["app"]);
        set.artifacts[0].size_bytes = bytes;
        life.standing.catalog.sets.push(set);
        life.standing.now = utc(&format!("2024-11-{day:02}T08:02:00"));
        life.look()
    };
    for day in 1..=9 {
        assert_eq!(night(day, 10_000_000), NOTHING);
    }
    assert_eq!(night(10, 30_000_000), [("unusual", Begins)]);
    assert_eq!(night(11, 31_000_000), NOTHING, "it has been told");
    assert_eq!(night(12, 10_000_000), NOTHING, "as before");
    assert_eq!(night(13, 2_000_000), [("unusual", Begins)]);
}

#[test]
fn the_proof_comes_on_monday_at_eight_once_after_the_first_whole_week() {
    let mut life = Life::new();
    life.standing.proof = ProofEvery::Week;
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    life.standing.sources[0].known_since = Some(utc("2024-11-12T08:00:00"));
    // Eight in Lima is one in the afternoon in UTC. The eighteenth is a Monday, and no week has passed.
    assert_eq!(life.at("2024-11-18T13:00:00"), NOTHING);
    assert_eq!(life.at("2024-11-25T12:59:59"), NOTHING);
    assert_eq!(life.at("2024-11-25T13:00:00"), [("proof", Begins)]);
    assert_eq!(life.at("2024-12-02T12:59:59"), NOTHING);
    // Switched off on Monday: on the first morning after it.
    assert_eq!(life.at("2024-12-04T20:00:00"), [("proof", Begins)]);
    assert_eq!(life.at("2024-12-08T20:00:00"), NOTHING);
    life.standing.proof = ProofEvery::Month;
    assert_eq!(life.at("2025-01-01T12:59:59"), NOTHING);
    assert_eq!(life.at("2025-01-01T13:00:00"), [("proof", Begins)]);
    life.standing.proof = ProofEvery::Never;
    assert_eq!(life.at("2025-03-01T13:00:00"), NOTHING);
}

#[test]
fn a_proof_says_that_all_is_well_only_where_it_is() {
    let mut life = Life::new();
    life.standing.proof = ProofEvery::Week;
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    life.standing.now = utc("2024-11-25T13:00:00");
    let well = life.messages().remove(0);
    assert_eq!((well.subject.key, well.severity), ("tell-proof-well", Severity::Notice));
    assert_eq!(well.lines, []);
    let keys = |figures: &Figures| figures.rows.iter().map(|row| (row.name.key, row.value.key)).collect::<Vec<_>>();
    let shown: Vec<_> = well.figures.iter().map(|figures| (figures.heading.key, keys(figures))).collect();
    let of_app = vec![
        ("figure-kept", "figure-kept-since"),
        ("page-newest", "figure-set"),
        ("page-size", "figure-bytes"),
        ("figure-growth", "figure-growth-unknown"),
        ("figure-drill", "figure-drill-none"),
    ];
    let of_disk =
        vec![("page-copies", "figure-where"), ("figure-stored", "figure-bytes"), ("figure-free", "figure-bytes")];
    assert_eq!(shown, [("figures-source", of_app), ("figures-disk", of_disk)]);
    life.run("2024-12-01T08:00:00", Failed);
    life.standing.now = utc("2024-12-02T13:00:00");
    let ill = life.messages().into_iter().find(|message| message.topic == Topic::Proof).unwrap();
    assert_eq!((ill.subject.key, ill.lines[0].key), ("tell-proof-open", "reason-failed"));
}

#[test]
fn a_disk_on_which_the_next_may_not_fit_is_told_daily_and_does_not_flap() {
    let mut life = Life::new();
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    let mut at = |now: &str, free_bytes: u64| {
        life.standing.space = Some(StoreSpace { store_bytes: 0, free_bytes, total_bytes: 10_000_000 });
        life.standing.now = utc(now);
        let said = life.messages();
        said.iter().map(|m| (m.subject.key, m.topic.as_str(), m.phase, m.severity)).collect::<Vec<_>>()
    };
    // The newest takes a million bytes: one and a half fit, or it is told.
    assert_eq!(at("2024-11-12T12:00:00", 1_500_000), []);
    assert_eq!(at("2024-11-12T12:01:00", 1_499_999), [("tell-disk-low", "disk_full", Begins, Severity::Critical)]);
    assert_eq!(at("2024-11-12T12:02:00", 2_999_999), [], "neither again nor over");
    assert_eq!(at("2024-11-13T12:01:00", 1_499_999), [("tell-disk-low", "disk_full", Lasts, Severity::Critical)]);
    assert_eq!(at("2024-11-13T12:02:00", 3_000_000), [("tell-over-run", "disk_full", Over, Severity::Notice)]);
}

#[test]
fn a_store_that_is_gone_or_may_not_be_read_is_told_daily_until_it_is_there() {
    let mut life = Life::new();
    life.standing.sources[0].max_age = TimeDelta::days(1000);
    let caution = |code: &'static str, key: &'static str| Caution {
        code,
        saying: Saying::new(key),
        hint: Saying::new("hint-bug"),
    };
    let mut at = |now: &str, cautions: Vec<Caution>| {
        life.standing.store_cautions = cautions;
        life.standing.now = utc(now);
        let said = life.messages();
        said.iter().map(|m| (m.subject.key, m.topic.as_str(), m.phase, m.severity)).collect::<Vec<_>>()
    };
    let unreadable = || caution(STORE_UNREADABLE, "reason-disk-low");
    let gone = || caution(STORE_GONE, "reason-disk-low");
    assert_eq!(
        at("2024-11-12T12:00:00", vec![unreadable()]),
        [("tell-store-unreadable", "store", Begins, Severity::Warning)]
    );
    assert_eq!(at("2024-11-13T11:59:59", vec![unreadable()]), []);
    assert_eq!(
        at("2024-11-13T12:00:00", vec![unreadable()]),
        [("tell-store-unreadable", "store", Lasts, Severity::Warning)]
    );
    assert_eq!(
        at("2024-11-13T13:00:00", vec![unreadable(), gone()]),
        [("tell-store-gone", "store", Lasts, Severity::Critical)],
        "at once, since it is graver"
    );
    assert_eq!(at("2024-11-14T13:00:00", vec![gone()]), [("tell-store-gone", "store", Lasts, Severity::Critical)]);
    assert_eq!(at("2024-11-14T13:01:00", vec![]), [("tell-over-run", "store", Over, Severity::Notice)]);
    life.standing.store_cautions = vec![gone()];
    let lines: Vec<&str> = life.messages()[0].lines.iter().map(|line| line.key).collect();
    assert_eq!(lines, ["reason-disk-low", "hint-bug"], "what to do about it as well");
}
