//! `pin`, `unpin`, `accept`: marks beside a set, made under the store's lock. What lets older sets
//! expire, an acceptance, is shown and asked for before.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::args::{AcceptOptions, Args, IdOption, PinOptions};
use super::exit::Exit;
use super::output;
use super::restore::Asking;
use super::world::{self, Voice, World};
use crate::domain::id::BackupId;
use crate::domain::saying::Saying;
use crate::domain::set::{Catalog, CatalogArtifact, CatalogSet};
use crate::domain::trouble::Trouble;
use crate::job::restore::{Answer, Consent, Question};
use crate::job::restore_page;
use crate::runner::Runner;
use crate::store::LockedStore;
use crate::sys::stop::Stop;
use crate::words::{Words, size};

/// A mark is made in an instant; a run that holds the lock takes hours.
const WAIT: Duration = Duration::from_secs(2);

/// What a mark says where there was nothing to do, and its name for machines.
pub(super) struct Done {
    pub(super) what: &'static str,
    pub(super) said_unchanged: &'static str,
}

const PINNED: Done = Done { what: "pinned", said_unchanged: "cli-pinned-already" };
const UNPINNED: Done = Done { what: "unpinned", said_unchanged: "cli-not-pinned" };
const ACCEPTED: Done = Done { what: "accepted", said_unchanged: "cli-not-suspect" };

pub fn pin(args: &Args, options: &PinOptions) -> Exit {
    mark(
        args,
        &options.id,
        &PINNED,
        |_, _, _| Ok(()),
        |_, store, _, set| {
            // A label is something new to keep, also with a set that is pinned already.
            let is_new = !set.pinned || options.label.is_some();
            if is_new { store.pin(&set.id, options.label.as_deref()).map(|()| Some("cli-pinned")) } else { Ok(None) }
        },
    )
}

pub fn unpin(args: &Args, options: &IdOption) -> Exit {
    mark(
        args,
        &options.id,
        &UNPINNED,
        |_, _, _| Ok(()),
        |_, store, _, set| {
            if set.pinned { store.unpin(&set.id).map(|()| Some("cli-unpinned")) } else { Ok(None) }
        },
    )
}

pub fn accept(args: &Args, options: &AcceptOptions) -> Exit {
    let ask = |world: &World, catalog: &Catalog, set: &CatalogSet| ask_to_accept(world, catalog, set, options.yes);
    mark(args, &options.id, &ACCEPTED, ask, |Runner { sys, config, words, .. }, store, _, set| {
        let said = match (is_suspect(set), is_doubted(set, sys.clock.now())) {
            (false, false) => return Ok(None),
            (true, false) => "cli-accepted",
            (false, true) => "cli-accepted-ahead",
            (true, true) => "cli-accepted-both",
        };
        store.accept(&set.id, &operator())?;
        // It leads to the accepted set from now on.
        restore_page::refresh(sys, config, words, store).map(|()| Some(said))
    })
}

/// Shows what fell, against what it is compared with, and asks.
fn ask_to_accept(world: &World, catalog: &Catalog, set: &CatalogSet, given: bool) -> Result<(), Exit> {
    let words = &world.runner.words;
    let mut says: Vec<Saying> =
        set.artifacts.iter().filter(|a| a.suspect).map(|a| fallen(words, catalog, set, a)).collect();
    if !says.is_empty() {
        says.push(Saying::new("accept-means"));
    }
    if is_doubted(set, world.runner.sys.clock.now()) {
        says.push(Saying::new("accept-dated-ahead").with("id", &set.id));
    }
    if says.is_empty() {
        return Ok(());
    }
    must_consent(world, &says, &set.id, given)
}

/// Shows these sentences and has the set's id typed.
///
/// # Errors
/// [`Exit::Refused`], once it was said why.
pub(super) fn must_consent(world: &World, says: &[Saying], id: &BackupId, given: bool) -> Result<(), Exit> {
    let words = &world.runner.words;
    let question = Question { lines: says.iter().map(|saying| words.say(saying)).collect(), typed: id.to_string() };
    match (Asking { words: words.clone(), given, only_looks: false }).ask(&question, &Stop::new()) {
        Answer::Yes => Ok(()),
        Answer::No => Err(complain(world, &Saying::new("hint-restore-no-consent"), Exit::Refused)),
        Answer::Nobody => Err(complain(world, &Saying::new("hint-restore-nobody"), Exit::Refused)),
    }
}

fn is_suspect(set: &CatalogSet) -> bool {
    set.artifacts.iter().any(|artifact| artifact.suspect)
}

/// Whether it is dated so far ahead that either it or the clock is wrong, and nobody said yet which.
fn is_doubted(set: &CatalogSet, now: DateTime<Utc>) -> bool {
    set.is_ahead(now) && !set.accepted
}

/// What a suspect artifact holds, and what the newest good one before it does.
fn fallen(words: &Words, catalog: &Catalog, set: &CatalogSet, suspect: &CatalogArtifact) -> Saying {
    let mut older = catalog.data_of(&suspect.source).skip_while(|(newer, _)| newer.id != set.id).skip(1);
    let extent = |artifact| words.say(&extent(artifact));
    let said = |key: &'static str| Saying::new(key).with("source", &suspect.source).with("now", extent(suspect));
    match older.find(|(_, artifact)| artifact.counts()) {
        Some((before, artifact)) => said("accept-fell").with("before", extent(artifact)).with("id", &before.id),
        None => said("accept-fell-from-nothing"),
    }
}

/// How much an artifact holds.
fn extent(artifact: &CatalogArtifact) -> Saying {
    let saying = match (artifact.user_tables, artifact.rows, artifact.entries) {
        (tables, Some(rows), _) => {
            let tables = tables.map_or_else(|| "?".to_owned(), |tables| tables.to_string());
            Saying::new("accept-extent-database").with("tables", tables).with("rows", rows)
        }
        (_, None, Some(entries)) => Saying::new("accept-extent-archive").with("entries", entries),
        (_, None, None) => Saying::new("accept-extent"),
    };
    saying.with("size", size(artifact.raw_bytes))
}

/// Makes a mark under the lock; `ask` is asked before, without it; `act` is given the sets as they are judged
/// then, and gives the key of what it did, if it did anything.
pub(super) fn mark(
    args: &Args,
    id: &BackupId,
    done: &Done,
    ask: impl FnOnce(&World, &Catalog, &CatalogSet) -> Result<(), Exit>,
    act: impl FnOnce(&Runner, &LockedStore, &Catalog, &CatalogSet) -> Result<Option<&'static str>, Trouble>,
) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    let unknown = || complain(&world, &Saying::new("cli-no-such-set").with("id", id), Exit::Usage);
    let seen = world.runner.gatherer.gather().catalog;
    let Some(set) = seen.get(id) else { return unknown() };
    if let Err(exit) = ask(&world, &seen, set) {
        return exit;
    }
    let locked = match world.runner.store.lock(WAIT, &Stop::new()) {
        Ok(Some(locked)) => locked,
        Ok(None) => return complain(&world, &Saying::new("cli-lock-held"), Exit::Busy),
        Err(trouble) => return failed(&world, &trouble),
    };
    let standing = world.runner.gatherer.gather();
    let Some(set) = standing.catalog.get(id) else { return unknown() };
    match act(&world.runner, &locked, &standing.catalog, set) {
        Ok(said) if args.json => {
            output::print_json(&json!({"version": 1, "id": id, "done": done.what, "changed": said.is_some()}));
            Exit::Done
        }
        Ok(said) => {
            let key = said.unwrap_or(done.said_unchanged);
            output::print(&world.runner.words.say(&Saying::new(key).with("id", id)));
            Exit::Done
        }
        Err(trouble) => failed(&world, &trouble),
    }
}

/// A trouble with its hint.
pub fn failed(world: &World, trouble: &Trouble) -> Exit {
    output::complain(&trouble.error);
    if let Some(hint) = &trouble.hint {
        output::complain(&world.runner.words.say(hint));
    }
    Exit::Failed
}

/// Who accepts, as the machine knows it.
fn operator() -> String {
    format!("uid {}", rustix::process::getuid().as_raw())
}

pub(super) fn complain(world: &World, saying: &Saying, exit: Exit) -> Exit {
    output::complain(&world.runner.words.say(saying));
    exit
}
