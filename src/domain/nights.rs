//! What became of each day's backups, for the page's calendar of a year. A day is judged by the best
//! that each of its sources came to: a retry that succeeded makes a bad night good.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::name::SourceName;
use super::report::{EMPTY, Job, Outcome, RunReport};

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

    use super::super::fixture::{report, utc};
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

    fn date(text: &str) -> NaiveDate {
        utc(&format!("{text}T00:00:00")).date_naive()
    }
}
