//! What became of each day's backups, for the page's calendar of a year. A day is judged by the best
//! that each of its sources came to: a retry that succeeded makes a bad night good. Where the record
//! was lost, the sets that stand are witnesses enough.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::name::SourceName;
use super::report::{EMPTY, Job, Outcome, RunReport};
use super::set::CatalogSet;

/// How good a day was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Nothing was stored.
    Failed,
    /// Something was stored, and something not or not whole.
    Partial,
    /// All that was attempted was stored whole.
    Good,
}

/// The backups of one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Night {
    pub grade: Grade,
    /// How long its longest run took.
    pub seconds: f64,
}

/// The days on which a backup was attempted, as the record has them.
pub fn nights(reports: &[RunReport], zone: Tz) -> BTreeMap<NaiveDate, Night> {
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    for report in reports.iter().filter(|report| is_attempt(report)) {
        let date = report.started_at.with_timezone(&zone).date_naive();
        days.entry(date).or_default().take(report);
    }
    days.into_iter().map(|(date, day)| (date, day.judge())).collect()
}

/// The nights of the record, and those of `days` of which it knows nothing, or of nothing that was
/// stored, as the sets tell them that stand (oldest first).
pub fn with_sets(
    recorded: &BTreeMap<NaiveDate, Night>,
    sets: &[CatalogSet],
    zone: Tz,
    days: &RangeInclusive<NaiveDate>,
) -> BTreeMap<NaiveDate, Night> {
    let mut nights = recorded.clone();
    let told = sets.iter().rev().map(|set| (set.started_at.with_timezone(&zone).date_naive(), of_set(set)));
    // Those ahead were made under a clock that was wrong.
    let told = told.skip_while(|(date, _)| date > days.end()).take_while(|(date, _)| date >= days.start());
    for (date, night) in told {
        let known = nights.entry(date).or_insert(night);
        // A run that was cut short after all was written has its set all the same; one of several
        // that the record does not have makes the day as good as the best.
        let may_speak = recorded.get(&date).is_none_or(|night| night.grade == Grade::Failed);
        if may_speak && night.grade > known.grade {
            *known = night;
        }
    }
    nights
}

/// Of what a set lacks altogether it says no more than that it is partial.
fn of_set(set: &CatalogSet) -> Night {
    let is_whole = set.outcome == Outcome::Succeeded && !set.is_torn();
    let seconds = (set.ended_at - set.started_at).as_seconds_f64().max(0.0);
    Night { grade: if is_whole { Grade::Good } else { Grade::Partial }, seconds }
}

/// A run that was not begun because another held the lock says nothing; one that found an empty
/// database does.
fn is_attempt(report: &RunReport) -> bool {
    let found_empty = || report.warnings.iter().any(|warning| warning.code == EMPTY);
    report.job == Job::Backup && (report.outcome != Outcome::Skipped || found_empty())
}

#[derive(Default)]
struct Day<'r> {
    /// The best that each source came to.
    sources: BTreeMap<&'r SourceName, Grade>,
    seconds: f64,
}

impl<'r> Day<'r> {
    fn take(&mut self, report: &'r RunReport) {
        for source in &report.sources {
            let grade = match source.outcome {
                Outcome::Succeeded => Grade::Good,
                Outcome::Partial => Grade::Partial,
                Outcome::Failed | Outcome::Interrupted | Outcome::Skipped => Grade::Failed,
            };
            let best = self.sources.entry(&source.source).or_insert(grade);
            *best = grade.max(*best);
        }
        self.seconds = self.seconds.max(report.duration_seconds);
    }

    fn judge(self) -> Night {
        let (worst, best) = (self.sources.values().min(), self.sources.values().max());
        let grade = match (worst, best) {
            (Some(Grade::Good), _) => Grade::Good,
            (_, Some(Grade::Good | Grade::Partial)) => Grade::Partial,
            _ => Grade::Failed,
        };
        Night { grade, seconds: self.seconds }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::fixture::{report, set, utc};
    use super::*;
    use Outcome::{Failed, Interrupted, Partial, Skipped, Succeeded};

    #[rstest]
    #[case::good(vec![vec![("app", Succeeded), ("media", Succeeded)]], Grade::Good)]
    #[case::one_failed(vec![vec![("app", Succeeded), ("media", Failed)]], Grade::Partial)]
    #[case::not_whole(vec![vec![("app", Partial)]], Grade::Partial)]
    #[case::failed(vec![vec![("app", Failed), ("media", Failed)]], Grade::Failed)]
    #[case::cut_short(vec![vec![("app", Interrupted)]], Grade::Failed)]
    #[case::mended(vec![vec![("app", Failed), ("media", Succeeded)], vec![("app", Succeeded)]], Grade::Good)]
    #[case::a_later_failure_takes_nothing_away(vec![vec![("app", Succeeded)], vec![("app", Failed)]], Grade::Good)]
    #[case::came_to_no_source(vec![vec![]], Grade::Failed)]
    fn a_day_is_the_best_of_each_source(#[case] runs: Vec<Vec<(&str, Outcome)>>, #[case] grade: Grade) {
        let reports: Vec<RunReport> =
            runs.iter().map(|sources| report(Job::Backup, "2024-11-12T08:00:00", sources)).collect();
        let nights = nights(&reports, chrono_tz::America::Lima);
        assert_eq!(nights.into_iter().collect::<Vec<_>>(), [(date("2024-11-12"), Night { grade, seconds: 60.0 })]);
    }

    #[test]
    fn a_day_is_that_of_the_zone_and_other_jobs_make_none() {
        let mut late = report(Job::Backup, "2024-11-13T02:00:00", &[("app", Succeeded)]);
        late.duration_seconds = 90.0;
        let reports = [
            report(Job::Backup, "2024-11-12T08:00:00", &[("app", Succeeded)]),
            late,
            report(Job::Verify, "2024-11-14T08:00:00", &[("app", Failed)]),
            report(Job::Backup, "2024-11-15T08:00:00", &[("app", Skipped)]),
        ];
        let nights = nights(&reports, chrono_tz::America::Lima);
        assert_eq!(
            nights.into_iter().collect::<Vec<_>>(),
            [(date("2024-11-12"), Night { grade: Grade::Good, seconds: 90.0 })]
        );
    }

    #[test]
    fn a_night_that_found_the_database_empty_is_a_bad_one() {
        let mut empty = report(Job::Backup, "2024-11-12T08:00:00", &[]);
        empty.outcome = Skipped;
        assert!(nights(&[empty.clone()], chrono_tz::UTC).is_empty());
        let warning = super::super::report::Warning { code: EMPTY.to_owned(), source: None, text: String::new() };
        empty.warnings.push(warning);
        assert_eq!(nights(&[empty], chrono_tz::UTC)[&date("2024-11-12")].grade, Grade::Failed);
    }

    #[test]
    fn sets_are_witnesses_where_the_record_is_lost() {
        let zone = chrono_tz::America::Lima;
        let mut torn = set("20241112_080000", &["app", "media"]);
        torn.artifacts[0].present = false;
        let sets = [
            set("20241101_080000", &["app"]),
            // In Lima it is still the day before.
            set("20241110_020000", &["app"]),
            partial_at("20241111_080000"),
            torn,
            set("20241112_200000", &["app"]),
            partial_at("20241112_230000"),
            set("20241113_080000", &["app"]),
            set("20251113_080000", &["app"]),
        ];
        let told = |recorded: &BTreeMap<NaiveDate, Night>| -> Vec<(String, Grade)> {
            let all = with_sets(recorded, &sets, zone, &(date("2024-11-02")..=date("2024-11-14")));
            all.into_iter().map(|(date, night)| (date.to_string(), night.grade)).collect()
        };
        let day = |number: u32, grade: Grade| (format!("2024-11-{number:02}"), grade);
        let from_sets = [day(9, Grade::Good), day(11, Grade::Partial), day(12, Grade::Good), day(13, Grade::Good)];
        assert_eq!(told(&BTreeMap::new()), from_sets);

        // What the record knows it knows better, save that nothing was stored where something stands.
        let night = |grade: Grade| Night { grade, seconds: 7.0 };
        let recorded = BTreeMap::from([
            (date("2024-10-31"), night(Grade::Good)),
            (date("2024-11-11"), night(Grade::Failed)),
            (date("2024-11-12"), night(Grade::Partial)),
            (date("2024-11-14"), night(Grade::Failed)),
        ]);
        let mended = [
            ("2024-10-31".to_owned(), Grade::Good),
            day(9, Grade::Good),
            day(11, Grade::Partial),
            day(12, Grade::Partial),
            day(13, Grade::Good),
            day(14, Grade::Failed),
        ];
        assert_eq!(told(&recorded), mended);
    }

    #[test]
    fn a_night_told_by_its_set_took_as_long_as_the_set() {
        let (today, sets) = (date("2024-11-12"), [set("20241112_080000", &["app"])]);
        let nights = with_sets(&BTreeMap::new(), &sets, chrono_tz::UTC, &(today..=today));
        assert_eq!(nights[&today], Night { grade: Grade::Good, seconds: 60.0 });
    }

    fn partial_at(id: &str) -> CatalogSet {
        CatalogSet { outcome: Partial, ..set(id, &["app"]) }
    }

    fn date(text: &str) -> NaiveDate {
        utc(&format!("{text}T00:00:00")).date_naive()
    }
}
