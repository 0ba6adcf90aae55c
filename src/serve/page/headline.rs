//! What is understood in five seconds: is the data safe, since when, how is that known.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::pieces::{Piece, pieces};
use super::sources::tone;
use super::when::{ago, on_the_clock};
use crate::domain::health::{Health, Status};
use crate::domain::name::SourceName;
use crate::domain::report::Job;
use crate::domain::restoring::listed;
use crate::domain::saying::Saying;
use crate::domain::set::CatalogArtifact;
use crate::domain::standing::{SourceStanding, Standing};
use crate::words::Words;

/// Names that are read at a glance.
const NAMES_MAX: usize = 3;

pub(super) struct Headline {
    /// `good`, `warn` or `bad`.
    pub(super) tone: &'static str,
    pub(super) text: String,
    /// Since when; how that is known; what comes next.
    pub(super) lines: Vec<Vec<Piece>>,
}

pub(super) fn headline(words: &Words, standing: &Standing, health: &Health) -> Headline {
    if is_out_of_reach(standing) {
        // What is stored may be whole: nobody is told that there is nothing.
        let why = pieces(&words.text("page-out-of-reach-why", &[]));
        return Headline { tone: "bad", text: words.text("page-out-of-reach", &[]), lines: vec![why] };
    }
    let key = match health.status {
        Status::Healthy => "page-healthy",
        Status::Warning => "page-warning",
        Status::Running => "page-under-way",
        Status::Stale => "page-stale",
        Status::Never => "page-never",
        Status::Empty => "page-empty",
        Status::Suspect => "page-suspect",
    };
    let next = standing
        .next_runs
        .get(&Job::Backup)
        .map(|at| words.say(&Saying::new("page-next-backup").with("at", on_the_clock(*at, standing.zone))));
    // Where nothing is stored there is nothing to prove.
    let is_stored = standing.sources.iter().any(|source| standing.catalog.newest_good(&source.name).is_some());
    let known = is_stored.then(|| how_known(words, standing));
    let lines = [Some(since_when(words, standing)), known, next];
    Headline {
        tone: tone(health.status),
        text: words.text(key, &[]),
        lines: lines.iter().flatten().map(|line| pieces(line)).collect(),
    }
}

/// Whether nobody can see what is stored.
pub(super) fn is_out_of_reach(standing: &Standing) -> bool {
    standing.space.is_none() || (standing.store_refusal.is_some() && standing.catalog.sets.is_empty())
}

/// By the source whose newest copy is the oldest: all of the data is as old as that at most.
fn since_when(words: &Words, standing: &Standing) -> String {
    let newest = |source: &SourceName| standing.catalog.newest_good(source).map(|(_, artifact)| artifact.ended_at);
    oldest(words, standing, newest, "page-nothing-of", |at| {
        Saying::new("page-all-stored")
            .with("ago", ago(words, standing.now - at))
            .with("at", on_the_clock(at, standing.zone))
    })
}

/// By what did not come back in its last drill, else by the source whose last proof is the oldest.
fn how_known(words: &Words, standing: &Standing) -> String {
    let says_no =
        |source: &&SourceStanding| standing.catalog.last_drill(&source.name).is_some_and(|drilled| !drilled.proven);
    let failed: Vec<&str> = standing.sources.iter().filter(says_no).map(|source| source.name.as_str()).collect();
    if !failed.is_empty() {
        return words.say(&Saying::new("page-disproven").with("sources", few(&failed)));
    }
    let of = |source: &SourceName| {
        standing.catalog.data_of(source).filter_map(|(_, artifact)| proven(artifact)).max_by_key(|proven| proven.0)
    };
    let proven_at = |source: &SourceName| Some(of(source)?.0);
    let seconds: f64 = standing.sources.iter().filter_map(|source| of(&source.name)?.1).fold(0.0, |sum, one| sum + one);
    oldest(words, standing, proven_at, "page-unproven", |at| {
        Saying::new("page-all-proven").with("ago", ago(words, standing.now - at)).with("time", words.span(seconds))
    })
}

fn proven(artifact: &CatalogArtifact) -> Option<(DateTime<Utc>, Option<f64>)> {
    Some((artifact.proven_at()?, artifact.drill?.restore_seconds))
}

/// What holds since the oldest time of any source; else which sources have none.
fn oldest(
    words: &Words,
    standing: &Standing,
    time_of: impl Fn(&SourceName) -> Option<DateTime<Utc>>,
    lacking_key: &'static str,
    say: impl Fn(DateTime<Utc>) -> Saying,
) -> String {
    let times = || standing.sources.iter().map(|source| (&source.name, time_of(&source.name)));
    let lacking: BTreeSet<&SourceName> = times().filter(|(_, at)| at.is_none()).map(|(name, _)| name).collect();
    let saying = match times().filter_map(|(_, at)| at).min() {
        Some(at) if lacking.is_empty() => say(at),
        _ => {
            let lacking: Vec<&str> = lacking.into_iter().map(SourceName::as_str).collect();
            Saying::new(lacking_key).with("sources", few(&lacking))
        }
    };
    words.say(&saying)
}

/// The first of these names, and how many more there are: they all stand in the table below.
fn few(names: &[&str]) -> String {
    let more = names.len().saturating_sub(NAMES_MAX);
    let first = listed(names.iter().copied().take(NAMES_MAX));
    if more == 0 { first } else { format!("{first} (+{more})") }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::fixture::{name, set, standing, utc};
    use crate::domain::health::judge;
    use crate::domain::set::{Caveats, Drilled};
    use crate::domain::trouble::{Stage, Trouble};

    fn told(standing: &Standing) -> Vec<String> {
        let lines = headline(&Words::english(), standing, &judge(standing)).lines;
        lines.iter().map(|line| line.iter().map(|piece| piece.text.as_str()).collect()).collect()
    }

    /// A set of each id, with these sources.
    fn life(sources: &[&str], sets: &[(&str, &[&str])]) -> Standing {
        let mut life = standing("2024-11-12T12:00:00", sources);
        life.catalog.sets = sets.iter().map(|(id, of)| set(id, of)).collect();
        life
    }

    fn drill(life: &mut Standing, source: &str, at: &str, proven: bool) {
        let drilled = Drilled { at: utc(at), proven, restore_seconds: Some(30.0), caveats: Caveats::default() };
        let mut artifacts = life.catalog.sets.iter_mut().flat_map(|set| &mut set.artifacts);
        let newest = artifacts.rfind(|artifact| artifact.source == name(source));
        newest.unwrap().drill = Some(drilled);
    }

    #[test]
    fn all_of_it_is_as_old_as_what_is_oldest() {
        let life = life(&["app", "media"], &[("20241103_080000", &["media"]), ("20241112_080000", &["app"])]);
        let since = told(&life).remove(0);
        assert!(since.starts_with("All of it was backed up 9 days ago, on 2024-11-03 03:0"), "{since}");
    }

    #[test]
    fn where_nobody_can_look_nobody_is_told_that_there_is_nothing() {
        let text = |life: &Standing| headline(&Words::english(), life, &judge(life)).text;
        let mut life = life(&["app"], &[("20241112_080000", &["app"])]);
        life.store_refusal = Some(Trouble::lasting(Stage::Publish, "Permission denied"));
        assert_ne!(text(&life), "The copies cannot be seen.", "what is there is seen");
        life.catalog.sets.clear();
        let away = text(&life);
        life.store_refusal = None;
        assert_ne!(text(&life), away);
        life.space = None;
        assert_eq!(text(&life), away);
    }

    #[test]
    fn what_is_not_stored_is_named_and_where_nothing_is_no_proof_is_asked_for() {
        let some = told(&life(&["app", "media"], &[("20241112_080000", &["app"])]));
        assert_eq!(some[0], "Nothing is stored yet of media.");
        assert_eq!(told(&life(&["app"], &[])), ["Nothing is stored yet of app."]);
        let names: Vec<String> = (0..9).map(|number| format!("app{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(told(&life(&names, &[])), ["Nothing is stored yet of app0, app1, app2 (+6)."]);
    }

    #[test]
    fn how_it_is_known_goes_by_the_oldest_proof_and_by_every_no() {
        let mut life = life(&["app", "media"], &[("20241112_080000", &["app", "media"])]);
        assert_eq!(told(&life)[1], "No restore has proven app, media yet: resguardo drill does.");
        drill(&mut life, "app", "2024-11-12T11:00:00", true);
        assert_eq!(told(&life)[1], "No restore has proven media yet: resguardo drill does.");
        drill(&mut life, "media", "2024-11-12T09:00:00", true);
        assert_eq!(told(&life)[1], "All of it was restored for proof 3 hours ago; that took 1 min.");
        drill(&mut life, "media", "2024-11-12T11:30:00", false);
        assert_eq!(told(&life)[1], "In its last restore drill this did NOT come back as it was stored: media.");
        life.next_runs = [(Job::Backup, life.now + TimeDelta::hours(15))].into();
        assert_eq!(told(&life)[2], "The next backup begins on 2024-11-12 22:00.");
    }
}
