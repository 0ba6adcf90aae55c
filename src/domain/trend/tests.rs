//! Stores of so many nights, and where they are heading.

use rstest::rstest;

use super::super::fixture::{SEVEN_DAYS, name, set, standing};
use super::super::retention::Policy;
use super::super::standing::{Standing, StoreSpace};
use super::*;

const MB: u64 = 1_000_000;

/// A store of these nights of November 2024, oldest first, the last on the day that is looked from; each
/// holds so many bytes.
fn store(nights: &[(u32, u64)], free_bytes: u64) -> Standing {
    let last = nights.last().unwrap().0;
    let mut standing = standing(&format!("2024-11-{last:02}T12:00:00"), &["app"]);
    for (day, bytes) in nights {
        let mut set = set(&format!("202411{day:02}_080000"), &["app"]);
        set.artifacts[0].size_bytes = *bytes;
        standing.catalog.sets.push(set);
    }
    standing.space = Some(StoreSpace { store_bytes: 0, free_bytes, total_bytes: 1_000 * MB });
    standing
}

fn steady(days: std::ops::RangeInclusive<u32>, first: u64, more: u64) -> Vec<(u32, u64)> {
    days.zip(0..).map(|(day, at)| (day, first + more * at)).collect()
}

fn per_day(standing: &Standing) -> Option<i64> {
    trend(standing).bytes_per_day.get(&name("app")).copied()
}

#[test]
fn a_source_grows_by_the_median_of_its_nights() {
    assert_eq!(per_day(&store(&steady(10..=16, 100 * MB, 0), MB)), Some(0));
    assert_eq!(per_day(&store(&steady(10..=16, 100 * MB, 2 * MB), MB)), Some(2_000_000));
    // Nights without a backup, and one that is wholly unlike the others, bend nothing.
    let mut odd = steady(1..=20, 100 * MB, 2 * MB);
    odd[13].1 = 5;
    odd.retain(|(day, _)| !(4..9).contains(day));
    assert_eq!(per_day(&store(&odd, MB)), Some(2_000_000));
    let shrinking: Vec<(u32, u64)> = (10..=20).map(|day| (day, u64::from(120 - day) * MB)).collect();
    assert_eq!(per_day(&store(&shrinking, MB)), Some(-1_000_000));
}

#[test]
fn of_fewer_than_seven_nights_nothing_is_told() {
    let few = store(&steady(10..=15, 100 * MB, 2 * MB), MB);
    assert_eq!(trend(&few), Trend::default());
    // Several on one day are one night.
    let mut crowded = few.clone();
    for hour in ["09", "10", "11"] {
        crowded.catalog.sets.push(set(&format!("20241115_{hour}0000"), &["app"]));
    }
    assert_eq!(trend(&crowded), Trend::default());
    // What does not count for its source tells nothing of it.
    let mut suspect = store(&steady(10..=16, 100 * MB, 0), MB);
    suspect.catalog.sets[3].artifacts[0].suspect = true;
    assert_eq!(per_day(&suspect), None);
}

fn days_until_full(nights: &[(u32, u64)], free_bytes: u64, policy: Policy) -> Option<u32> {
    let mut standing = store(nights, free_bytes);
    standing.retention = policy;
    trend(&standing).store.unwrap().days_until_full
}

const FOURTEEN_DAYS: Policy = Policy { keep_days: 14, ..SEVEN_DAYS };
const ALL: Policy = Policy { keep_days: 0, keep_daily: -1, ..SEVEN_DAYS };
const WEEKS: Policy = Policy { keep_days: 0, keep_daily: 7, keep_weekly: 4, ..SEVEN_DAYS };

#[rstest]
// A full week of equal nights: one comes, one goes, and there must be room for one.
#[case::steady(steady(10..=16, 10 * MB, 0), 10 * MB, SEVEN_DAYS, None)]
#[case::no_room_for_one(steady(10..=16, 10 * MB, 0), 10 * MB - 1, SEVEN_DAYS, Some(1))]
// Still filling up to the fortnight that is kept: seven nights more, and one that comes before one goes.
#[case::filling_up(steady(10..=16, 10 * MB, 0), 80 * MB, FOURTEEN_DAYS, None)]
#[case::not_to_the_end(steady(10..=16, 10 * MB, 0), 80 * MB - 1, FOURTEEN_DAYS, Some(8))]
#[case::nothing_goes(steady(10..=16, 10 * MB, 0), 125 * MB, ALL, Some(13))]
#[case::nothing_goes_for_long(steady(10..=16, 10 * MB, 0), 900 * MB, ALL, None)]
// Each of seven grows by one a day: seven more every day.
#[case::growing(steady(10..=16, 10 * MB, MB), 100 * MB, SEVEN_DAYS, Some(12))]
#[case::shrinking((10..=16).map(|day| (day, u64::from(60 - day) * MB)).collect(), 44 * MB, SEVEN_DAYS, None)]
// Seven days and four weeks: three more sets of older weeks come to stay, and one for a moment.
#[case::weeks(steady(10..=16, 10 * MB, 0), 40 * MB, WEEKS, None)]
#[case::too_many_weeks(steady(10..=16, 10 * MB, 0), 40 * MB - 1, WEEKS, Some(16))]
fn the_disk_is_full_when_a_night_no_longer_fits(
    #[case] nights: Vec<(u32, u64)>,
    #[case] free_bytes: u64,
    #[case] policy: Policy,
    #[case] days: Option<u32>,
) {
    assert_eq!(days_until_full(&nights, free_bytes, policy), days);
}

#[test]
fn what_a_pin_keeps_stays_and_takes_its_room() {
    // The third of November is no rule's to keep, and stays: what is free is free all the same.
    let mut nights = steady(10..=16, 10 * MB, 0);
    nights.insert(0, (3, 500 * MB));
    assert_eq!(days_until_full(&nights, 10 * MB, SEVEN_DAYS), None);
}

#[test]
fn the_store_grows_by_as_much_as_its_rules_let_it() {
    let per_day = |nights: &[(u32, u64)], policy: Policy| {
        let mut standing = store(nights, 9_000 * MB);
        standing.retention = policy;
        trend(&standing).store.unwrap().bytes_per_day
    };
    let equal = steady(10..=16, 10 * MB, 0);
    assert_eq!(per_day(&equal, SEVEN_DAYS), 0);
    assert_eq!(per_day(&equal, ALL), 10_000_000);
    assert_eq!(per_day(&steady(10..=16, 10 * MB, MB), SEVEN_DAYS), 7_000_000);
    let mut out_of_reach = store(&equal, MB);
    out_of_reach.space = None;
    assert_eq!(trend(&out_of_reach).store, None);
}

fn oddity(nights: &[(u32, u64)], rows: u64) -> Option<(Measure, u64, u64)> {
    let mut standing = store(nights, MB);
    standing.catalog.sets.last_mut().unwrap().artifacts[0].rows = Some(rows);
    unusual(&standing.catalog, &name("app")).map(|odd| (odd.measure, odd.now, odd.usual))
}

#[rstest]
#[case::usual(10 * MB, 10_000, None)]
#[case::half(5 * MB, 10_000, None)]
#[case::below_half(5 * MB - 1, 10_000, Some((Measure::Bytes, 5 * MB - 1, 10 * MB)))]
#[case::double(20 * MB, 10_000, None)]
#[case::above_double(20 * MB + 1, 10_000, Some((Measure::Bytes, 20 * MB + 1, 10 * MB)))]
#[case::rows_halved(10 * MB, 4_999, Some((Measure::Rows, 4_999, 10_000)))]
#[case::rows_doubled(10 * MB, 20_001, Some((Measure::Rows, 20_001, 10_000)))]
#[case::both(4 * MB, 1, Some((Measure::Bytes, 4 * MB, 10 * MB)))]
fn a_newest_backup_far_from_the_median_is_unusual(
    #[case] bytes: u64,
    #[case] rows: u64,
    #[case] expected: Option<(Measure, u64, u64)>,
) {
    let mut nights = steady(10..=17, 10 * MB, 0);
    nights[7].1 = bytes;
    // One odd night among those before changes nothing.
    nights[2].1 = 90 * MB;
    assert_eq!(oddity(&nights, rows), expected);
}

#[test]
fn the_small_the_new_and_the_suspect_are_never_unusual() {
    let mut small = steady(10..=17, 400_000, 0);
    small[7].1 = 1_300_000;
    assert_eq!(oddity(&small, 10_000), None, "less than a megabyte apart");
    let mut new = steady(10..=15, 10 * MB, 0);
    new[5].1 = MB;
    assert_eq!(oddity(&new, 10_000), None, "too few to compare with");
    let mut fell = steady(10..=17, 10 * MB, 0);
    fell[7].1 = MB;
    let mut standing = store(&fell, MB);
    standing.catalog.sets[7].artifacts[0].suspect = true;
    assert_eq!(unusual(&standing.catalog, &name("app")), None, "that is told as suspect");
}

#[test]
fn a_change_of_form_is_no_change_of_size() {
    let mut nights = steady(10..=17, 10 * MB, 0);
    nights[7].1 = 50 * MB;
    let mut standing = store(&nights, MB);
    standing.catalog.sets[7].artifacts[0].path = "db/app_20241117_080000.sql".to_owned();
    assert_eq!(unusual(&standing.catalog, &name("app")), None);
}
