//! What health says, as the topics tell it: which causes are whose, and the subject where there are several of a
//! topic. Never: whether it is to be told.

use super::topic::of_code;
use super::view::error_lines;
use super::{Topic, cause};
use crate::domain::health::{DRILL_FAILED, DRILL_OVERDUE, Health, STORE_GONE, STORE_UNREADABLE};
use crate::domain::report::{Job, Outcome, RunReport};
use crate::domain::saying::Saying;
use crate::domain::standing::Standing;

/// What health says that this topic tells.
pub(super) fn causes_of(health: &Health, topic: Topic) -> Vec<Saying> {
    health.causes.iter().filter(|cause| of_code(cause.code) == Some(topic)).map(|cause| cause.saying.clone()).collect()
}

/// Whether nothing can be stored, or nothing that is stored be seen: why whatever else fails does.
pub(super) fn is_out_of_reach(standing: &Standing) -> bool {
    standing.store_refusal.is_some() || !standing.catalog.unlisted.is_empty()
}

/// The gravest that is wrong with the store.
pub(super) fn store_subject(standing: &Standing, health: &Health) -> Option<Saying> {
    let has = |code: &str| health.causes.iter().any(|cause| cause.code == code);
    if let Some(refusal) = &standing.store_refusal {
        return Some(Saying::new("tell-store-refused").with("cause", cause::short(&refusal.error)));
    }
    [(STORE_GONE, "tell-store-gone"), ("store", "tell-store-trouble"), (STORE_UNREADABLE, "tell-store-unreadable")]
        .into_iter()
        .find_map(|(code, key)| has(code).then(|| Saying::new(key)))
}

/// The first of what needs somebody's attention, and how many kinds more there are.
pub(super) fn attention_subject(health: &Health) -> Option<Saying> {
    let codes = codes_of(health, Topic::Attention);
    let first = codes.first()?;
    Some(Saying::new("tell-attention").with("kind", first).with("more", codes.len() - 1))
}

/// The codes under which health says what this topic tells, each once, gravest first.
pub(super) fn codes_of(health: &Health, topic: Topic) -> Vec<&'static str> {
    let mut codes = Vec::new();
    for cause in health.causes.iter().filter(|cause| of_code(cause.code) == Some(topic)) {
        if !codes.contains(&cause.code) {
            codes.push(cause.code);
        }
    }
    codes
}

/// What the drill that is told of came to; what it found comes before that it is too long ago.
pub(super) fn drill_subject(health: &Health, standing: &Standing) -> Option<&'static str> {
    let has = |code: &str| health.causes.iter().any(|cause| cause.code == code);
    let says_no = standing.sources.iter().any(|source| standing.catalog.open_no(&source.name).is_some())
        || standing
            .jobs
            .get(&Job::Drill)
            .and_then(|jobs| jobs.last.as_ref())
            .is_some_and(RunReport::is_a_no_of_a_drill);
    match (has(DRILL_FAILED), has(DRILL_OVERDUE)) {
        (true, _) if says_no => Some("tell-drill-no"),
        (true, _) => Some("tell-drill-not-held"),
        (false, true) => Some("tell-drill-overdue"),
        (false, false) => None,
    }
}

/// What went wrong first in the last drill, and what to do about it.
pub(super) fn drill_lines(standing: &Standing) -> Vec<Saying> {
    let last = standing.jobs.get(&Job::Drill).and_then(|history| history.last.as_ref());
    let Some(last) = last.filter(|last| last.outcome != Outcome::Succeeded) else { return Vec::new() };
    let of_source = last.sources.iter().find(|source| source.outcome != Outcome::Succeeded);
    let (error, hint) = of_source.map_or((None, None), |source| (source.error.as_deref(), source.hint.as_deref()));
    error_lines(error, last.hint.as_deref().or(hint))
}
