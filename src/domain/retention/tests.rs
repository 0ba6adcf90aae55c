//! The plan, as tables of nights, and its promises for catalogs of any kind.

use chrono_tz::America;
use proptest::prelude::*;
use rstest::rstest;

use super::super::fixture::{id, name, set, utc};
use super::super::set::{Caveats, Drilled, Verified};
use super::*;

const NOTHING: Policy =
    Policy { keep_days: 0, keep_daily: 0, keep_weekly: 0, keep_monthly: 0, keep_yearly: 0, minimum_redundancy: 1 };
const SEVEN_DAYS: Policy = Policy { keep_days: 7, minimum_redundancy: 3, ..NOTHING };

fn at(now: &str) -> Circumstances {
    Circumstances { now: utc(now), zone: America::Lima, being_read: BTreeSet::new(), clock_jumped: false }
}

/// A set for each of these days of November 2024, made at 03:00 in Lima.
fn nights(days: impl IntoIterator<Item = u32>) -> Catalog {
    let sets = days.into_iter().map(|day| set(&format!("202411{day:02}_080000"), &["app"])).collect();
    Catalog { sets, ..Catalog::default() }
}

/// The days of November that expire on the evening of the 30th.
fn expired(policy: Policy, catalog: &Catalog) -> Vec<u32> {
    expired_at(policy, catalog, &at("2024-11-30T23:00:00"))
}

fn expired_at(policy: Policy, catalog: &Catalog, circumstances: &Circumstances) -> Vec<u32> {
    plan(&policy, catalog, &[name("app")], circumstances).expired().map(|id| id.local().day()).collect()
}

fn reasons(policy: Policy, catalog: &Catalog, of: &str) -> Vec<Reason> {
    let plan = plan(&policy, catalog, &[name("app")], &at("2024-11-30T23:00:00"));
    plan.verdicts.into_iter().find(|verdict| verdict.id == id(of)).unwrap().reasons
}

#[test]
fn seven_days_are_seven_local_dates_today_included() {
    assert_eq!(expired(SEVEN_DAYS, &nights(20..=30)), [20, 21, 22, 23]);
    // Eight in the evening in Lima is tomorrow in UTC, and still today here.
    assert_eq!(expired_at(SEVEN_DAYS, &nights(20..=30), &at("2024-12-01T01:00:00")), [20, 21, 22, 23]);
    assert_eq!(expired_at(SEVEN_DAYS, &nights(20..=30), &at("2024-12-01T05:00:00")), [20, 21, 22, 23, 24]);
}

#[rstest]
#[case::daily(Policy { keep_daily: 3, ..NOTHING }, &[28, 29, 30])]
#[case::weekly(Policy { keep_weekly: 3, ..NOTHING }, &[17, 24, 30])]
#[case::monthly(Policy { keep_monthly: 2, ..NOTHING }, &[30])]
#[case::any_rule_keeps(Policy { keep_days: 2, keep_weekly: 2, ..NOTHING }, &[24, 29, 30])]
#[case::redundancy_alone(Policy { minimum_redundancy: 4, ..NOTHING }, &[27, 28, 29, 30])]
#[case::redundancy_of_zero_is_one(Policy { minimum_redundancy: 0, ..NOTHING }, &[30])]
#[case::all_days(Policy { keep_daily: -1, ..NOTHING }, &[10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30])]
fn calendar_rules_keep_the_newest_of_each_period(#[case] policy: Policy, #[case] kept: &[u32]) {
    let expected: Vec<u32> = (10..=30).filter(|day| !kept.contains(day)).collect();
    assert_eq!(expired(policy, &nights(10..=30)), expected);
}

#[test]
fn years_go_by_local_date_and_weeks_by_iso() {
    let policy = Policy { keep_yearly: 2, ..NOTHING };
    let sets = ["20221231_080000", "20231231_080000", "20240101_040000", "20241130_080000"].map(|id| set(id, &["app"]));
    let catalog = Catalog { sets: sets.to_vec(), ..Catalog::default() };
    // 04:00 UTC on New Year's Day is still the year before in Lima.
    assert_eq!(reasons(policy, &catalog, "20240101_040000"), [Reason::Yearly]);
    assert_eq!(reasons(policy, &catalog, "20231231_080000"), []);
    let policy = Policy { keep_weekly: 2, ..NOTHING };
    let sets = ["20241229_080000", "20241230_080000", "20250101_080000"].map(|id| set(id, &["app"]));
    let catalog = Catalog { sets: sets.to_vec(), ..Catalog::default() };
    assert_eq!(expired_at(policy, &catalog, &at("2025-01-02T00:00:00")), [30]);
}

#[test]
fn a_week_of_failures_takes_nothing_of_the_last_three() {
    assert_eq!(expired(SEVEN_DAYS, &nights(1..=5)), [1, 2]);
}

#[test]
fn incomplete_ones_make_up_the_number_and_suspect_ones_do_not() {
    let mut catalog = nights(1..=6);
    for (index, artifact) in catalog.sets.iter_mut().map(|set| &mut set.artifacts[0]).enumerate() {
        artifact.complete = index == 2;
    }
    assert_eq!(expired(SEVEN_DAYS, &catalog), [1, 2, 4]);
    // Nights 5 and 6 count; the suspect 3 does not keep itself once a newer one is good.
    let mut catalog = nights(1..=6);
    catalog.sets[2].artifacts[0].suspect = true;
    assert_eq!(expired(Policy { minimum_redundancy: 4, ..SEVEN_DAYS }, &catalog), [1, 3]);
}

#[test]
fn what_verify_found_bad_counts_for_no_number_and_stays_for_whoever_mends_it() {
    let mut catalog = nights(1..=6);
    let at = catalog.sets[4].ended_at;
    catalog.sets[4].artifacts[0].verify = Some(Verified { at, ok: false });
    assert_eq!(expired(SEVEN_DAYS, &catalog), [1, 2]);
    assert_eq!(reasons(SEVEN_DAYS, &catalog, "20241105_080000"), [Reason::Damaged]);
}

#[test]
fn what_a_drill_refuted_counts_for_no_number_and_goes_no_sooner_for_it() {
    let refuted = |days: &[u32]| {
        let mut catalog = nights(1..=6);
        for set in catalog.sets.iter_mut().filter(|set| days.contains(&set.id.local().day())) {
            set.artifacts[0].drill = Some(drilled(set.ended_at, false));
        }
        catalog
    };
    assert_eq!(expired(SEVEN_DAYS, &refuted(&[])), [1, 2, 3]);
    assert_eq!(expired(SEVEN_DAYS, &refuted(&[5, 6])), [1], "2, 3 and 4 are the three that count");
    // Where nothing else stands, a set that a drill said no of is better than none.
    assert_eq!(expired(SEVEN_DAYS, &refuted(&[1, 2, 3, 4, 5, 6])), [1, 2, 3]);
    // Nor does it stand for its day, its week, its month.
    let daily = Policy { keep_daily: 2, ..NOTHING };
    assert_eq!(expired(daily, &refuted(&[5])), [1, 2, 3]);
    // Neither an incomplete one nor an old dump goes because of it.
    let mut catalog = refuted(&[5, 6]);
    catalog.sets.iter_mut().take(4).for_each(|set| set.artifacts[0].complete = false);
    assert_eq!(expired(SEVEN_DAYS, &catalog), [1], "the newest incomplete ones make up the number");
    let mut catalog = refuted(&[6]);
    catalog.sets.drain(..3);
    catalog.adopted.push(adopted(Some("app"), Some("20241001_030000")));
    let expired_files =
        |catalog: &Catalog| plan(&SEVEN_DAYS, catalog, &[name("app")], &at("2024-11-30T23:00:00")).expired_files.len();
    assert_eq!(expired_files(&catalog), 0);
    catalog.sets[2].artifacts[0].drill = None;
    assert_eq!(expired_files(&catalog), 1);
}

#[test]
fn each_source_keeps_its_own_last_ones() {
    let mut catalog = nights(20..=30);
    catalog.sets[0] = set("20241120_080000", &["app", "old", "globals"]);
    catalog.sets[1] = set("20241121_080000", &["app", "globals"]);
    let policy = Policy { minimum_redundancy: 1, ..NOTHING };
    assert_eq!(expired(policy, &catalog), [22, 23, 24, 25, 26, 27, 28, 29]);
    assert_eq!(reasons(policy, &catalog, "20241120_080000"), [Reason::MinimumRedundancy]);
    assert_eq!(reasons(policy, &catalog, "20241121_080000"), [Reason::MinimumRedundancy]);
}

#[test]
fn what_is_pinned_proven_read_damaged_or_needed_stays() {
    let mut catalog = nights(10..=30);
    catalog.sets[0].pinned = true;
    for (set, at) in [(1, "2024-11-11T09:00:00"), (3, "2024-11-14T09:00:00")] {
        catalog.sets[set].artifacts.iter_mut().for_each(|artifact| artifact.drill = Some(drilled(utc(at), true)));
    }
    catalog.sets[6].artifacts[0].drill = Some(drilled(utc("2024-11-17T09:00:00"), false));
    catalog.sets[4].artifacts[0].present = false;
    catalog.sets[5].unreadable = true;
    catalog.sets[20].depends_on = vec![id("20241118_080000")];
    catalog.sets[8].depends_on = vec![id("20241117_080000")];
    let mut circumstances = at("2024-11-30T23:00:00");
    circumstances.being_read.insert(id("20241119_080000"));
    let plan = plan(&NOTHING, &catalog, &[], &circumstances);
    let kept: Vec<(u32, Vec<Reason>)> = plan
        .verdicts
        .into_iter()
        .filter(|verdict| !verdict.reasons.is_empty())
        .map(|verdict| (verdict.id.local().day(), verdict.reasons))
        .collect();
    let expected = [
        (10, Reason::Pinned),
        (13, Reason::NewestProven),
        (14, Reason::Damaged),
        (15, Reason::Damaged),
        (17, Reason::DependedOn),
        (18, Reason::DependedOn),
        (19, Reason::BeingRead),
        (30, Reason::MinimumRedundancy),
    ];
    assert_eq!(kept, expected.map(|(day, reason)| (day, vec![reason])));
}

#[test]
fn while_the_newest_of_a_source_is_suspect_nothing_of_it_expires() {
    let mut catalog = nights(10..=30);
    catalog.sets[2].artifacts = set("20241112_080000", &["other"]).artifacts;
    catalog.sets[20].artifacts[0].suspect = true;
    assert!(expired(SEVEN_DAYS, &catalog).is_empty());
    assert_eq!(reasons(SEVEN_DAYS, &catalog, "20241110_080000"), [Reason::SourceSuspect]);
    // The other source has three newer ones: its set goes.
    for day in 27..=29 {
        catalog.sets.push(set(&format!("202411{day}_090000"), &["other"]));
    }
    assert_eq!(expired(SEVEN_DAYS, &catalog), [12]);
    // Neither an incomplete nor a missing newer one lifts it; a good one does.
    catalog.sets.push(set("20241130_090000", &["app"]));
    catalog.sets.last_mut().unwrap().artifacts[0].complete = false;
    assert_eq!(expired(SEVEN_DAYS, &catalog), [12]);
    catalog.sets.push(set("20241130_100000", &["app"]));
    assert_eq!(expired(SEVEN_DAYS, &catalog), (10..=23).collect::<Vec<u32>>());
}

#[test]
fn nothing_expires_while_the_clock_or_the_store_cannot_be_trusted() {
    let mut catalog = nights(1..=30);
    let mut jumped = at("2024-11-30T23:00:00");
    jumped.clock_jumped = true;
    let hold = |catalog: &Catalog, circumstances: &Circumstances| {
        let plan = plan(&SEVEN_DAYS, catalog, &[], circumstances);
        assert_eq!(plan.expired().count(), 0);
        plan.hold
    };
    assert_eq!(hold(&catalog, &jumped), Some(Hold::ClockJumped));
    assert_eq!(hold(&catalog, &at("2024-11-30T07:59:59")), Some(Hold::ClockBehind));
    catalog.unlisted.push("db/x: read: permission denied".to_owned());
    assert_eq!(hold(&catalog, &at("2024-11-30T23:00:00")), Some(Hold::StoreUnlisted));
}

// ---- adopted files -----------------------------------------------------------------------

fn adopted(source: Option<&str>, dated: Option<&str>) -> AdoptedFile {
    AdoptedFile {
        path: format!("db/{}_{}.sql.gz", source.unwrap_or("dump"), dated.unwrap_or("latest")),
        size_bytes: 1,
        kind: Kind::Postgres,
        source: source.map(name),
        id: dated.map(id),
        verify: None,
    }
}

#[rstest]
#[case::old_enough(Some("app"), Some("20241123_030000"), SEVEN_DAYS, 3, true)]
#[case::too_young(Some("app"), Some("20241124_030000"), SEVEN_DAYS, 3, false)]
#[case::nothing_in_its_stead(Some("app"), Some("20241101_030000"), SEVEN_DAYS, 2, false)]
#[case::nobodys(None, Some("20201101_030000"), SEVEN_DAYS, 3, false)]
#[case::without_an_id(Some("app"), None, SEVEN_DAYS, 3, false)]
#[case::of_no_configured_source(Some("crm"), Some("20201101_030000"), SEVEN_DAYS, 3, false)]
#[case::a_rule_reaches_it(Some("app"), Some("20241101_030000"), Policy { keep_weekly: 5, ..SEVEN_DAYS }, 3, false)]
#[case::beyond_the_longest_rule(Some("app"), Some("20241026_030000"), Policy { keep_weekly: 5, ..SEVEN_DAYS }, 3, true)]
#[case::a_rule_keeps_all(Some("app"), Some("20001026_030000"), Policy { keep_yearly: -1, ..SEVEN_DAYS }, 3, false)]
fn an_adopted_file_expires_by_age_once_our_own_stand_in_its_stead(
    #[case] source: Option<&str>,
    #[case] dated: Option<&str>,
    #[case] policy: Policy,
    #[case] complete: u32,
    #[case] expires: bool,
) {
    let mut catalog = nights(31 - complete..=30);
    catalog.adopted.push(adopted(source, dated));
    let plan_of = |catalog: &Catalog, at: &Circumstances| plan(&policy, catalog, &[name("app")], at).expired_files;
    let evening = at("2024-11-30T23:00:00");
    assert_eq!(plan_of(&catalog, &evening).len(), usize::from(expires));
    assert!(plan_of(&catalog, &at("2024-11-29T23:00:00")).is_empty(), "a hold holds adopted files too");
    catalog.sets.push(set("20241130_090000", &["app"]));
    catalog.sets.last_mut().unwrap().artifacts[0].suspect = true;
    assert!(plan_of(&catalog, &evening).is_empty(), "nothing of a suspect source expires");
}

#[test]
fn a_dump_does_not_stand_in_the_stead_of_an_archive_of_the_same_name() {
    let mut catalog = nights(20..=30);
    catalog.adopted.push(AdoptedFile { kind: Kind::Media, ..adopted(Some("app"), Some("20241001_030000")) });
    let plan = plan(&SEVEN_DAYS, &catalog, &[name("app")], &at("2024-11-30T23:00:00"));
    assert!(plan.expired_files.is_empty());
}

// ---- promises ----------------------------------------------------------------------------

prop_compose! {
    fn any_policy()(keep_days in 0u32..10, calendar in prop::array::uniform4(-1i32..5), minimum_redundancy in 0u32..5) -> Policy {
        let [keep_daily, keep_weekly, keep_monthly, keep_yearly] = calendar;
        Policy { keep_days, keep_daily, keep_weekly, keep_monthly, keep_yearly, minimum_redundancy }
    }
}

/// For each source of a set whether it is there, and then complete, present, suspect.
type Flags = [Option<(bool, bool, bool)>; 3];

fn any_flags() -> impl Strategy<Value = Flags> {
    prop::array::uniform3(prop::option::weighted(
        0.8,
        (prop::bool::weighted(0.8), prop::bool::weighted(0.9), prop::bool::weighted(0.1)),
    ))
}

prop_compose! {
    fn any_set()(hours in 0i64..20_000, flags in any_flags(), pinned in prop::bool::weighted(0.05),
                 drilled in prop::option::weighted(0.3, prop::bool::ANY), needs in prop::option::weighted(0.1, 0usize..40)) -> (i64, Flags, bool, Option<bool>, Option<usize>) {
        (hours, flags, pinned, drilled, needs)
    }
}

fn drilled(at: DateTime<Utc>, proven: bool) -> Drilled {
    Drilled { at, proven, restore_seconds: None, caveats: Caveats::default() }
}

fn any_catalog() -> impl Strategy<Value = Catalog> {
    prop::collection::btree_map(0i64..20_000, any_set(), 0..40).prop_map(|sets| {
        let starts: Vec<i64> = sets.keys().copied().collect();
        let id_at =
            |hours: i64| (utc("2023-01-01T00:00:00") + TimeDelta::hours(hours)).format("%Y%m%d_%H%M%S").to_string();
        let sets = sets.into_iter().map(|(hours, (_, flags, pinned, drilled, needs))| {
            let mut made = set(&id_at(hours), &[]);
            for (source, flags) in ["app", "crm", "globals"].into_iter().zip(flags) {
                if let Some((complete, present, suspect)) = flags {
                    let mut artifact = set(&id_at(hours), &[source]).artifacts.remove(0);
                    (artifact.complete, artifact.present, artifact.suspect) = (complete, present, suspect && complete);
                    made.artifacts.push(artifact);
                }
            }
            made.pinned = pinned;
            let found = drilled.map(|proven| self::drilled(made.ended_at, proven));
            made.artifacts.iter_mut().for_each(|artifact| artifact.drill = found);
            made.depends_on = needs.and_then(|n| starts.get(n)).map(|hours| id(&id_at(*hours))).into_iter().collect();
            made
        });
        Catalog { sets: sets.collect(), ..Catalog::default() }
    })
}

/// The newest artifacts of a source that count, and the newest that no drill refuted, as many as must
/// stay; and the newest proven one.
fn must_stay(catalog: &Catalog, source: &str, policy: &Policy) -> Vec<BackupId> {
    let newest = |is_it: fn(&CatalogArtifact) -> bool, number: usize| {
        let holds = move |set: &&CatalogSet| {
            set.artifacts.iter().any(|a| a.source == name(source) && set.counts(a) && is_it(a))
        };
        catalog.sets.iter().rev().filter(holds).take(number).map(|set| set.id.clone()).collect::<Vec<_>>()
    };
    let number = policy.minimum_redundancy.max(1) as usize;
    [newest(|_| true, number), newest(|a| !a.is_refuted(), number), newest(|a| a.proven_at().is_some(), 1)].concat()
}

proptest! {
    #[test]
    fn no_plan_takes_what_a_rule_protects(policy in any_policy(), catalog in any_catalog()) {
        let circumstances = at("2025-06-01T00:00:00");
        let expired: BTreeSet<BackupId> = plan(&policy, &catalog, &[], &circumstances).expired().cloned().collect();
        for source in ["app", "crm", "globals"] {
            for id in must_stay(&catalog, source, &policy) {
                prop_assert!(!expired.contains(&id), "{id} is one of the last of {source}");
            }
        }
        for set in &catalog.sets {
            if expired.contains(&set.id) {
                prop_assert!(!set.pinned && set.state() != SetState::Damaged, "{} must stay", set.id);
            } else {
                for needed in &set.depends_on {
                    prop_assert!(!expired.contains(needed), "{} needs {needed}", set.id);
                }
            }
        }
    }

    #[test]
    fn a_plan_that_was_carried_out_leaves_nothing_to_do(policy in any_policy(), catalog in any_catalog()) {
        let circumstances = at("2025-06-01T00:00:00");
        let first = plan(&policy, &catalog, &[], &circumstances);
        let expired: BTreeSet<&BackupId> = first.expired().collect();
        let mut after = catalog.clone();
        after.sets.retain(|set| !expired.contains(&set.id));
        prop_assert_eq!(plan(&policy, &after, &[], &circumstances).expired().count(), 0);
    }

    #[test]
    fn the_order_in_which_sets_are_listed_changes_nothing(
        policy in any_policy(),
        (catalog, shuffled) in any_catalog().prop_flat_map(|c| (Just(c.sets.clone()).prop_shuffle(), Just(c))).prop_map(|(sets, c)| (c, Catalog { sets, ..Catalog::default() })),
    ) {
        let circumstances = at("2025-06-01T00:00:00");
        prop_assert_eq!(plan(&policy, &catalog, &[], &circumstances), plan(&policy, &shuffled, &[], &circumstances));
    }
}

// ---- dates ahead of the clock ------------------------------------------------------------

#[test]
fn what_is_dated_ahead_holds_all_up_until_it_is_accepted_and_then_stands_in_nothings_stead() {
    let mut catalog = nights(1..=30);
    let now = at("2024-11-20T12:00:00");
    assert_eq!(plan(&SEVEN_DAYS, &catalog, &[], &now).hold, Some(Hold::ClockBehind));
    catalog.sets.last_mut().unwrap().accepted = true;
    let planned = plan(&SEVEN_DAYS, &catalog, &[], &now);
    assert_eq!(planned.hold, None);
    let ahead: Vec<&Verdict> = planned.verdicts.iter().filter(|v| v.reasons.contains(&Reason::DatedAhead)).collect();
    assert_eq!(ahead.len(), 10, "from the 21st on");
    let redundant = planned.verdicts.iter().filter(|v| v.reasons.contains(&Reason::MinimumRedundancy));
    let redundant: Vec<&str> = redundant.map(|verdict| verdict.id.as_str()).collect();
    assert!(redundant.last().is_some_and(|id| id.starts_with("20241120")), "{redundant:?}");
    // A step of less than an hour heals by itself, and is not for anybody to accept.
    assert_eq!(plan(&SEVEN_DAYS, &catalog, &[], &at("2024-11-30T07:59:59")).hold, Some(Hold::ClockBehind));
}
