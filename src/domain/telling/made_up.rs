//! Nights in which nobody tried, of all sources together, and whether they were made up for.

use super::view::local_minute;
use crate::domain::missed::Missed;
use crate::domain::report::Job;
use crate::domain::restoring::listed;
use crate::domain::saying::Saying;
use crate::domain::standing::{SourceStanding, Standing};

/// A machine that was off missed the backups of all its sources: that is one thing to tell.
pub(super) fn missed_by_any(standing: &Standing) -> Option<Missed> {
    let all = standing.sources.iter().filter_map(|source| source.missed);
    all.reduce(|one, other| Missed {
        first: one.first.min(other.first),
        last: one.last.max(other.last),
        nights: one.nights.max(other.nights),
    })
}

/// Whether there is a good backup again of all that nobody tried to back up. Where nothing is known as missed any
/// more, since there were more attempts, that is so once nothing is too old.
pub(super) fn is_made_up_for(standing: &Standing) -> bool {
    let of_missed = standing.sources.iter().filter_map(|source| {
        let newest = standing.catalog.newest_good(&source.name).map(|(set, _)| set.started_at);
        Some(newest? > source.missed?.last)
    });
    let is_fresh = |source: &SourceStanding| {
        let newest = standing.catalog.newest_good(&source.name);
        newest.is_some_and(|(_, artifact)| standing.now <= artifact.ended_at + source.max_age)
    };
    match missed_by_any(standing) {
        Some(_) => {
            let of = standing.sources.iter().filter(|source| source.missed.is_some()).count();
            of_missed.filter(|is_stored| *is_stored).count() == of
        }
        None => standing.sources.iter().all(is_fresh),
    }
}

pub(super) fn missed_lines(standing: &Standing, missed: &Missed) -> Vec<Saying> {
    let of: Vec<&SourceStanding> = standing.sources.iter().filter(|source| source.missed.is_some()).collect();
    let names = listed(of.iter().map(|source| source.name.as_str()));
    let which = Saying::new(if missed.first == missed.last { "tell-missed-one" } else { "tell-missed-all" })
        .with("sources", names)
        .with("from", local_minute(standing.zone, missed.first))
        .with("until", local_minute(standing.zone, missed.last));
    let next = match standing.next_runs.get(&Job::Backup) {
        _ if is_made_up_for(standing) => Saying::new("tell-missed-made-up"),
        _ if standing.running.iter().any(|run| run.job == Job::Backup) => Saying::new("tell-missed-running"),
        Some(next) => Saying::new("tell-missed-next").with("at", local_minute(standing.zone, *next)),
        None => Saying::new("tell-no-good"),
    };
    vec![which, next, Saying::new("tell-missed-why")]
}
