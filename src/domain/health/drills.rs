//! What drills say against the standing: a no, one that could not be held, proofs that are too old.

use std::collections::BTreeMap;

use super::{Cause, DRILL_FAILED, DRILL_OVERDUE, general};
use crate::domain::id::BackupId;
use crate::domain::report::{Job, Outcome, RunReport};
use crate::domain::restoring::listed;
use crate::domain::saying::Saying;
use crate::domain::standing::{SourceStanding, Standing};

/// What a drill found wrong of a source holds until another one proves something of it that is as new,
/// also where one came after it that did not look, was asked to end or could not be held.
pub(super) fn causes(standing: &Standing) -> Vec<Cause> {
    let mut noes: BTreeMap<&BackupId, Vec<&str>> = BTreeMap::new();
    for source in standing.sources.iter().map(|source| &source.name) {
        if let Some((set, _)) = standing.catalog.open_no(source) {
            noes.entry(&set.id).or_default().push(source.as_str());
        }
    }
    let says_no = |(id, sources): (&BackupId, Vec<&str>)| {
        let saying = Saying::new("reason-drill-says-no").with("id", id);
        general(DRILL_FAILED, saying.with("sources", listed(sources)))
    };
    let mut causes: Vec<Cause> = noes.into_iter().rev().map(says_no).collect();
    let last = standing.jobs.get(&Job::Drill).and_then(|history| history.last.as_ref());
    // An answer that is not as expected is a caveat of its source.
    let went_wrong = |last: &&RunReport| {
        (last.outcome == Outcome::Failed && !last.failed_by_answers_alone()) || last.ended_with_process()
    };
    if let Some(last) = last.filter(went_wrong) {
        let key = if last.is_a_no_of_a_drill() { "reason-drill-failed" } else { "reason-drill-not-held" };
        let error = last.error.as_deref().unwrap_or_default();
        // A no is told by its set, for as long as that stands.
        if causes.is_empty() || !last.is_a_no_of_a_drill() {
            causes.push(general(DRILL_FAILED, Saying::new(key).with("run", &last.run).with("error", error)));
        }
    }
    let overdue: Vec<&str> =
        standing.sources.iter().filter(|s| is_overdue(standing, s)).map(|s| s.name.as_str()).collect();
    if let (false, Some(max_age)) = (overdue.is_empty(), standing.drill_max_age) {
        let saying = Saying::new("reason-drill-overdue").with("sources", listed(overdue));
        causes.push(general(DRILL_OVERDUE, saying.with("days", max_age.num_days())));
    }
    causes
}

/// Whether something of a source is stored, and none of it was proven for too long. One that was never
/// proven is given as long from the day on which it was first backed up.
fn is_overdue(standing: &Standing, source: &SourceStanding) -> bool {
    let Some(max_age) = standing.drill_max_age else { return false };
    if standing.catalog.newest_good(&source.name).is_none() {
        return false;
    }
    let stored = || standing.catalog.data_of(&source.name);
    let proven = stored().filter_map(|(_, artifact)| artifact.proven_at()).max();
    let first = || stored().map(|(set, _)| set.started_at).chain(source.known_since).min();
    proven.or_else(first).is_some_and(|since| standing.now - since > max_age)
}
