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
fn what_a_pin_keeps_makes_no_room_for_the_nights_to_come() {
    let mut nights = steady(10..=16, 10 * MB, MB);
    nights.insert(0, (3, 500 * MB));
    let mut standing = store(&nights, 100 * MB);
    standing.retention = SEVEN_DAYS;
    // As without it: taken for one that goes, it would leave room for ever.
    let expected = Some(StoreTrend { bytes_per_day: 7_000_000, days_until_full: Some(12) });
    assert_eq!(trend(&standing).store, expected);
}

/// Seven nights, so many days apart, and after them so many days without one.
fn seldom(days_apart: u32, since_last: u32, free_bytes: u64, policy: Policy) -> Option<u32> {
    let nights: Vec<(u32, u64)> = (0..7).map(|at| (1 + at * days_apart, 10 * MB)).collect();
    let mut standing = store(&nights, free_bytes);
    standing.retention = policy;
    standing.now += chrono::TimeDelta::days(since_last.into());
    days_until_full_alike(&standing)
}

#[rstest]
// Four more at most: the fifth comes after as many days as five of them are apart.
#[case::nightly(1, 0, Some(5))]
#[case::every_other_night(2, 0, Some(10))]
#[case::every_third(3, 0, Some(15))]
#[case::the_next_is_tomorrow(3, 2, Some(13))]
#[case::the_next_is_today(3, 3, Some(12))]
#[case::one_is_late(3, 5, Some(12))]
fn nights_come_as_far_apart_as_those_of_the_last_week(
    #[case] days_apart: u32,
    #[case] since_last: u32,
    #[case] full: Option<u32>,
) {
    assert_eq!(seldom(days_apart, since_last, 49 * MB, ALL), full);
}

#[test]
fn one_night_that_was_missed_does_not_make_them_seldom() {
    let mut nights = steady(8..=16, 10 * MB, 0);
    nights.retain(|(day, _)| *day != 12);
    assert_eq!(days_until_full(&nights, 49 * MB, ALL), Some(5));
    // One that stands alone, long ago, is no part of the last week.
    nights.insert(0, (1, 10 * MB));
    assert_eq!(days_until_full(&nights, 49 * MB, ALL), Some(5));
}

/// The same by itself, as every probe of health asks for it, and as part of the whole.
fn days_until_full_alike(standing: &Standing) -> Option<u32> {
    let all = trend(standing).store.unwrap().days_until_full;
    assert_eq!(super::days_until_full(standing), Some(all));
    all
}

#[rstest]
// Sixteen today, a hundred and six in the end: what fits as long as they are small does not for long.
#[case::growing(steady(10..=16, 10 * MB, MB), 2_000 * MB, Some(49))]
#[case::growing_and_room_for_all(steady(10..=16, 10 * MB, MB), 9_700 * MB, None)]
// A thousand today, a hundred in the end.
#[case::shrinking((10..=16).map(|day| (day, u64::from(1160 - 10 * day) * MB)).collect(), 20_000 * MB, Some(23))]
#[case::shrinking_and_room_for_all((10..=16).map(|day| (day, u64::from(1160 - 10 * day) * MB)).collect(), 91_000 * MB, None)]
// All of ninety days, today's among them, and the last of them just does not fit.
#[case::the_last_of_all(steady(10..=16, 10 * MB, 0), 900 * MB - 1, Some(90))]
#[case::the_last_of_all_fits(steady(10..=16, 10 * MB, 0), 900 * MB, None)]
fn a_quick_look_at_what_fits_is_as_careful_as_a_long_one(
    #[case] nights: Vec<(u32, u64)>,
    #[case] free_bytes: u64,
    #[case] days: Option<u32>,
) {
    let mut standing = store(&nights, free_bytes);
    standing.retention = ALL;
    assert_eq!(days_until_full_alike(&standing), days);
}

#[rstest]
#[case::months(Policy { keep_days: 0, keep_monthly: 2, minimum_redundancy: 1, ..SEVEN_DAYS }, 2)]
#[case::years(Policy { keep_days: 0, keep_yearly: 2, minimum_redundancy: 1, ..SEVEN_DAYS }, 2)]
#[case::weeks(Policy { keep_days: 0, keep_weekly: 3, minimum_redundancy: 1, ..SEVEN_DAYS }, 3)]
#[case::days(Policy { keep_days: 5, minimum_redundancy: 1, ..SEVEN_DAYS }, 5)]
#[case::redundancy(Policy { keep_days: 0, minimum_redundancy: 4, ..SEVEN_DAYS }, 4)]
#[case::one_in_any_case(Policy { keep_days: 0, minimum_redundancy: 0, ..SEVEN_DAYS }, 1)]
#[case::the_newest_of_each_alone(Policy { keep_days: 2, keep_weekly: 3, minimum_redundancy: 1, ..SEVEN_DAYS }, 3)]
fn each_rule_keeps_what_it_says(#[case] policy: Policy, #[case] kept: usize) {
    let date = |text: &str| text.parse::<NaiveDate>().unwrap();
    // Half a year of nights up to a Monday.
    let nights = date("2024-05-20").iter_days().take_while(|day| *day <= date("2024-11-18"));
    let before = date("2023-12-30").iter_days().take(1);
    let nights: Vec<Night> = before.chain(nights).map(|date| Night { date, bytes: MB, stays: false }).collect();
    let is_kept = forecast::kept(&nights, &policy, date("2024-11-18"));
    let dates: Vec<NaiveDate> =
        nights.iter().zip(is_kept).filter(|(_, kept)| *kept).map(|(night, _)| night.date).collect();
    assert_eq!(dates.len(), kept, "{dates:?}");
    assert_eq!(dates.last(), Some(&date("2024-11-18")));
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

#[test]
fn it_is_unusual_only_once_and_in_the_other_direction_again() {
    let mut nights = steady(10..=18, 10 * MB, 0);
    (nights[7].1, nights[8].1) = (30 * MB, 31 * MB);
    assert_eq!(oddity(&nights, 10_000), None, "the one before was as large");
    nights[8].1 = MB;
    assert_eq!(oddity(&nights, 10_000), Some((Measure::Bytes, MB, 10 * MB)));
}

#[test]
fn no_more_than_a_month_of_backups_is_looked_back_upon() {
    // A flat month after a steep one: forty nights, thirty of which count.
    let mut standing = store(&[(1, MB)], 100 * MB);
    standing.catalog.sets.clear();
    let first: NaiveDate = "2024-09-01".parse().unwrap();
    for (at, day) in first.iter_days().take(60).enumerate() {
        let mut set = set(&format!("{}_080000", day.format("%Y%m%d")), &["app"]);
        set.artifacts[0].size_bytes = if at < 30 { 400 * MB - 10 * MB * u64::try_from(at).unwrap() } else { 10 * MB };
        standing.catalog.sets.push(set);
    }
    standing.now = super::super::fixture::utc("2024-10-30T12:00:00");
    assert_eq!(per_day(&standing), Some(0));
    standing.retention = ALL;
    assert_eq!(trend(&standing).store.map(|store| store.bytes_per_day), Some(10_000_000));
}

#[test]
fn seven_backups_are_enough_to_compare_with_and_six_are_not() {
    let mut seven = steady(10..=16, 10 * MB, 0);
    seven[6].1 = 30 * MB;
    assert_eq!(oddity(&seven, 10_000), Some((Measure::Bytes, 30 * MB, 10 * MB)));
    assert_eq!(oddity(&seven[1..], 10_000), None);
}

#[test]
fn several_sets_of_one_date_take_their_room_together() {
    let mut standing = store(&steady(10..=16, 10 * MB, 0), 49 * MB);
    standing.retention = ALL;
    for day in 10..=16 {
        let mut second = set(&format!("202411{day}_200000"), &["app"]);
        second.artifacts[0].size_bytes = 20 * MB;
        standing.catalog.sets.push(second);
    }
    standing.catalog.sets.sort_by_key(|set| set.started_at);
    standing.now = super::super::fixture::utc("2024-11-16T22:00:00");
    assert_eq!(days_until_full_alike(&standing), Some(2), "thirty a night");
}
