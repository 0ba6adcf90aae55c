//! `list`: what the store holds, newest first, as a table with totals or as JSON (design §11); of
//! what is less than good, which source it is.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::args::{Args, ListOptions};
use super::exit::Exit;
use super::list_table::{columns, fit};
use super::output;
use super::world::{self, Voice, World};
use crate::domain::artifact::Kind;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
use crate::domain::report::Outcome;
use crate::domain::saying::Saying;
use crate::domain::scrub::one_line;
use crate::domain::set::{CatalogSet, SetState};
use crate::domain::standing::Standing;
use crate::words::size;

/// `list --json`. It borrows from the standing: ten thousand sets are not copied to be printed.
#[derive(Debug, Serialize)]
struct Listing<'a> {
    version: u32,
    sets: Vec<ListedSet<'a>>,
    adopted: Vec<ListedFile<'a>>,
    /// `None` where not everything could be seen.
    totals: Option<Totals>,
}

#[derive(Debug, Serialize)]
struct ListedSet<'a> {
    id: &'a BackupId,
    outcome: Outcome,
    state: SetState,
    label: Option<&'a str>,
    pinned: bool,
    started_at: DateTime<Utc>,
    /// Its date is still to come: it was made under a clock that was wrong.
    dated_ahead: bool,
    verified_at: Option<DateTime<Utc>>,
    /// When the last verify, or a drill, found that something of it is not what was written.
    found_bad_at: Option<DateTime<Utc>>,
    /// When the last drill restored all of it and found it as it was stored.
    drilled_at: Option<DateTime<Utc>>,
    /// When the last drill did not find all of it so.
    drill_failed_at: Option<DateTime<Utc>>,
    /// When the last drill got another answer from it than the operator expects.
    answered_otherwise_at: Option<DateTime<Utc>>,
    unasked_at: Option<DateTime<Utc>>,
    media_missing_at: Option<DateTime<Utc>>,
    #[serde(skip)]
    found_bad_by_verify_at: Option<DateTime<Utc>>,
    size_bytes: u64,
    /// Sources whose data is not whole in it: they failed, or something could not be read.
    wanting: BTreeSet<&'a SourceName>,
    artifacts: Vec<ListedArtifact<'a>>,
}

#[derive(Debug, Serialize)]
struct ListedArtifact<'a> {
    source: &'a SourceName,
    kind: Kind,
    path: &'a str,
    size_bytes: u64,
    complete: bool,
    /// The last verify, or a drill, found it bad.
    bad: bool,
    /// It fell far below the one before, and nobody accepted that.
    suspect: bool,
    /// When the last drill restored it and found it as it was stored.
    drilled_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize)]
struct ListedFile<'a> {
    path: &'a str,
    size_bytes: u64,
    kind: Kind,
    /// When the last verify read it to its end and found it whole, or not.
    verified_at: Option<DateTime<Utc>>,
    found_bad_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize)]
struct Totals {
    sets: usize,
    size_bytes: u64,
    free_bytes: Option<u64>,
}

pub fn run(args: &Args, options: &ListOptions) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    let exit = show(&world, options.source.as_ref(), args.json);
    // The process ends now: to free ten thousand sets one by one takes a tenth of its whole time.
    std::mem::forget(world);
    exit
}

/// Prints what the store holds; what could not be listed is said, and fails the command.
pub fn show(world: &World, source: Option<&SourceName>, json: bool) -> Exit {
    let standing = world.runner.gatherer.gather();
    if !world.knows_all(source.map_or(&[], std::slice::from_ref), &known(&standing)) {
        return Exit::Usage;
    }
    // First of all, for what follows may be less than what stands there.
    if !standing.catalog.unlisted.is_empty() {
        output::complain(&world.runner.words.text("list-unseen", &[]));
    }
    for trouble in &standing.store_troubles {
        output::complain(trouble);
    }
    world.complain_of_stranger();
    let failed = failed(world, &standing, source);
    let listing = listing(&standing, source, &failed);
    if json {
        output::print_json(&listing);
    } else {
        print(world, &standing, &listing);
    }
    let exit = if standing.store_troubles.is_empty() { Exit::Done } else { Exit::Failed };
    std::mem::forget(listing);
    std::mem::forget(standing);
    exit
}

/// The sources that are configured, and those that the store still holds something of.
fn known(standing: &Standing) -> Vec<SourceName> {
    let mut known: Vec<SourceName> = standing.sources.iter().map(|source| source.name.clone()).collect();
    let stored = standing.catalog.sets.iter().flat_map(|set| &set.artifacts).map(|artifact| &artifact.source);
    for name in stored.chain(standing.catalog.adopted.iter().filter_map(|file| file.source.as_ref())) {
        if !known.contains(name) {
            known.push(name.clone());
        }
    }
    known
}

/// Whether a set holds anything of the source that was asked for.
fn is_wanted(set: &CatalogSet, source: Option<&SourceName>) -> bool {
    source.is_none_or(|name| set.artifacts.iter().any(|a| a.source == *name))
}

/// Of so many sets, the newest, it is read which sources failed: their manifests alone say so.
const FAILED_READ_MAX: usize = 100;

/// The sources that failed in the run of a set.
type Failed = BTreeMap<BackupId, Vec<SourceName>>;

/// None of a set whose manifest cannot be read, which is said elsewhere.
fn failed(world: &World, standing: &Standing, source: Option<&SourceName>) -> Failed {
    let sets = standing.catalog.sets.iter().rev().filter(|set| is_wanted(set, source));
    let partial = sets.filter(|set| set.outcome == Outcome::Partial).take(FAILED_READ_MAX);
    let manifests = partial.filter_map(|set| world.runner.store.manifest(&set.id).ok());
    manifests.map(|manifest| (manifest.id, manifest.failed.into_iter().map(|failed| failed.source).collect())).collect()
}

fn listing<'a>(standing: &'a Standing, source: Option<&SourceName>, failed: &'a Failed) -> Listing<'a> {
    let sets = standing.catalog.sets.iter().rev().filter(|set| is_wanted(set, source));
    let sets: Vec<ListedSet<'a>> = sets.map(|set| listed(set, standing.now, failed.get(&set.id))).collect();
    let adopted = standing.catalog.adopted.iter().filter(|file| source.is_none() || file.source.as_ref() == source);
    Listing {
        version: 1,
        totals: standing.catalog.unlisted.is_empty().then(|| Totals {
            sets: sets.len(),
            size_bytes: sets.iter().map(|set| set.size_bytes).sum(),
            free_bytes: standing.space.map(|space| space.free_bytes),
        }),
        sets,
        adopted: adopted
            .map(|file| {
                let at =
                    |is_good: bool| file.verify.filter(|verified| verified.ok == is_good).map(|verified| verified.at);
                let (path, size_bytes, kind) = (file.path.as_str(), file.size_bytes, file.kind);
                ListedFile { path, size_bytes, kind, verified_at: at(true), found_bad_at: at(false) }
            })
            .collect(),
    }
}

fn listed<'a>(set: &'a CatalogSet, now: DateTime<Utc>, failed: Option<&'a Vec<SourceName>>) -> ListedSet<'a> {
    let incomplete = set.artifacts.iter().filter(|a| !a.complete).map(|a| &a.source);
    ListedSet {
        id: &set.id,
        outcome: set.outcome,
        state: set.state(),
        label: set.label.as_deref(),
        pinned: set.pinned,
        started_at: set.started_at,
        dated_ahead: set.is_ahead(now),
        verified_at: set.verified_at(),
        found_bad_at: set.found_bad_at(),
        drilled_at: set.drilled_at(),
        drill_failed_at: set.drill_failed_at(),
        answered_otherwise_at: set.answered_otherwise_at(),
        unasked_at: set.caveat_at(|caveats| caveats.unasked),
        media_missing_at: set.caveat_at(|caveats| caveats.media == Some(true)),
        found_bad_by_verify_at: set.found_bad_by_verify_at(),
        size_bytes: set.size_bytes(),
        wanting: incomplete.chain(failed.into_iter().flatten()).collect(),
        artifacts: set
            .artifacts
            .iter()
            .map(|a| ListedArtifact {
                source: &a.source,
                kind: a.kind,
                path: &a.path,
                size_bytes: a.size_bytes,
                complete: a.complete && a.present,
                bad: a.is_bad(),
                suspect: a.suspect,
                drilled_at: a.proven_at(),
            })
            .collect(),
    }
}

fn print(world: &World, standing: &Standing, listing: &Listing<'_>) {
    let words = &world.runner.words;
    let text = |key: &str| words.text(key, &[]);
    let heads = ["list-set", "list-started", "list-state", "list-size", "list-sources", "list-note"].map(text);
    let row = |set: &ListedSet<'_>| {
        let local = |at: DateTime<Utc>| at.with_timezone(&standing.zone).naive_local().to_string();
        // The first characters of a time are its date, its minute.
        let cut = |at, like: &str| local(at).chars().take(like.len()).collect::<String>();
        let dated = |key: &str, at| world.runner.words.text(key, &[("at", &cut(at, "2024-11-12"))]);
        let about = |key: &str, names: Vec<&str>| {
            (!names.is_empty()).then(|| world.runner.words.text(key, &[("sources", &names.join(" "))]))
        };
        let suspect = set.artifacts.iter().filter(|a| a.suspect).map(|a| a.source.as_str());
        // A drill takes of each source the newest, so that often a part of a set is proven.
        let proven = set.artifacts.iter().filter(|a| set.drilled_at.is_none() && a.drilled_at.is_some());
        let proven = proven.filter(|a| a.kind.is_data()).map(|a| a.source.as_str());
        let note = [
            set.dated_ahead.then(|| text("list-dated-ahead")),
            about("list-suspect", suspect.collect()),
            about("list-wanting", set.wanting.iter().map(|source| source.as_str()).collect()),
            set.found_bad_by_verify_at.map(|at| dated("list-found-bad", at)),
            set.verified_at.map(|at| dated("list-verified", at)),
            set.drill_failed_at.map(|at| dated("list-drill-failed", at)),
            set.drilled_at.map(|at| dated("list-proven", at)),
            about("list-proven-of", proven.collect()),
            set.answered_otherwise_at.map(|_| text("list-answer")),
            set.unasked_at.map(|_| text("list-unasked")),
            set.media_missing_at.map(|_| text("list-media-missing")),
            set.pinned.then(|| text("list-pinned")),
            set.label.map(one_line),
        ];
        [
            set.id.to_string(),
            words.cell(&cut(set.started_at, "2024-11-12 03:00")),
            text(state_key(set.state)),
            words.cell(&size(set.size_bytes)),
            sources(set),
            note.into_iter().flatten().collect::<Vec<_>>().join(", "),
        ]
    };
    if !listing.sets.is_empty() {
        let mut rows: Vec<_> = std::iter::once(heads).chain(listing.sets.iter().map(row)).collect();
        if let Some(width) = output::terminal_width() {
            fit(&mut rows, width);
        }
        output::print(columns(&rows).trim_end());
    }
    if listing.sets.iter().flat_map(|set| &set.artifacts).any(|artifact| artifact.kind.is_data() && is_marked(artifact))
    {
        output::print(&text("list-legend"));
    }
    for file in &listing.adopted {
        let (key, at) = match (file.found_bad_at, file.verified_at) {
            (Some(at), _) => ("list-adopted-bad", Some(at)),
            (None, Some(at)) => ("list-adopted-whole", Some(at)),
            (None, None) => ("list-adopted", None),
        };
        let at = at.map(|at| at.with_timezone(&standing.zone).date_naive().to_string()).unwrap_or_default();
        let saying = Saying::new(key).with("path", file.path).with("size", size(file.size_bytes)).with("at", at);
        output::print(&world.runner.words.say(&saying));
    }
    if listing.sets.is_empty() && listing.adopted.is_empty() && standing.catalog.unlisted.is_empty() {
        let dir = world.runner.store.dir();
        let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        output::print(&world.runner.words.say(&Saying::new("list-empty").with("dir", dir.display())));
    }
    let Some(totals) = &listing.totals else { return };
    let free = totals.free_bytes.map_or_else(|| "?".to_owned(), size);
    let totals =
        Saying::new("list-totals").with("sets", totals.sets).with("size", size(totals.size_bytes)).with("free", free);
    output::print(&world.runner.words.say(&totals));
}

fn state_key(state: SetState) -> &'static str {
    match state {
        SetState::Complete => "list-state-complete",
        SetState::Partial => "list-state-partial",
        SetState::Suspect => "list-state-suspect",
        SetState::Damaged => "list-state-damaged",
    }
}

fn is_marked(artifact: &ListedArtifact<'_>) -> bool {
    !artifact.complete || artifact.bad
}

/// The sources a set holds, each once, those not whole or found bad marked.
fn sources(set: &ListedSet<'_>) -> String {
    let mut names: Vec<String> = Vec::new();
    for artifact in set.artifacts.iter().filter(|a| a.kind.is_data()) {
        let mark = if is_marked(artifact) { "!" } else { "" };
        names.push(format!("{}{mark}", artifact.source));
    }
    names.join(", ")
}
