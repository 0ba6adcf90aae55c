//! `pin`, `unpin`, `accept`: marks beside a set, made under the store's lock.

use std::time::Duration;

use serde_json::json;

use super::args::{Args, IdOption, PinOptions};
use super::exit::Exit;
use super::output;
use super::world::{self, Voice, World};
use crate::domain::id::BackupId;
use crate::domain::saying::Saying;
use crate::domain::set::CatalogSet;
use crate::domain::trouble::Trouble;
use crate::job::restore_page;
use crate::runner::Runner;
use crate::store::LockedStore;
use crate::sys::stop::Stop;

/// A mark is made in an instant; a run that holds the lock takes hours.
const WAIT: Duration = Duration::from_secs(2);

/// What a mark says: once it was made, and where there was nothing to do.
struct Done {
    what: &'static str,
    said: &'static str,
    said_unchanged: &'static str,
}

const PINNED: Done = Done { what: "pinned", said: "cli-pinned", said_unchanged: "cli-pinned-already" };
const UNPINNED: Done = Done { what: "unpinned", said: "cli-unpinned", said_unchanged: "cli-not-pinned" };
const ACCEPTED: Done = Done { what: "accepted", said: "cli-accepted", said_unchanged: "cli-not-suspect" };

pub fn pin(args: &Args, options: &PinOptions) -> Exit {
    mark(args, &options.id, &PINNED, |_, store, set| {
        // A label is something new to keep, also with a set that is pinned already.
        let is_new = !set.pinned || options.label.is_some();
        if is_new { store.pin(&set.id, options.label.as_deref()).map(|()| true) } else { Ok(false) }
    })
}

pub fn unpin(args: &Args, options: &IdOption) -> Exit {
    mark(
        args,
        &options.id,
        &UNPINNED,
        |_, store, set| {
            if set.pinned { store.unpin(&set.id).map(|()| true) } else { Ok(false) }
        },
    )
}

pub fn accept(args: &Args, options: &IdOption) -> Exit {
    mark(args, &options.id, &ACCEPTED, |Runner { sys, config, words, .. }, store, set| {
        if !set.artifacts.iter().any(|artifact| artifact.suspect) {
            return Ok(false);
        }
        store.accept(&set.id, &operator())?;
        // It leads to the accepted set from now on.
        restore_page::refresh(sys, config, words, store).map(|()| true)
    })
}

/// Makes a mark under the lock; `act` is given the set as it is judged then, and says whether it
/// changed anything.
fn mark(
    args: &Args,
    id: &BackupId,
    done: &Done,
    act: impl FnOnce(&Runner, &LockedStore, &CatalogSet) -> Result<bool, Trouble>,
) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    let unknown = || complain(&world, &Saying::new("cli-no-such-set").with("id", id), Exit::Usage);
    if world.runner.store.catalog().get(id).is_none() {
        return unknown();
    }
    let locked = match world.runner.store.lock(WAIT, &Stop::new()) {
        Ok(Some(locked)) => locked,
        Ok(None) => return complain(&world, &Saying::new("cli-lock-held"), Exit::Busy),
        Err(trouble) => return failed(&world, &trouble),
    };
    let standing = world.runner.gatherer.gather();
    let Some(set) = standing.catalog.get(id) else { return unknown() };
    match act(&world.runner, &locked, set) {
        Ok(changed) if args.json => {
            output::print_json(&json!({"version": 1, "id": id, "done": done.what, "changed": changed}));
            Exit::Done
        }
        Ok(changed) => {
            let key = if changed { done.said } else { done.said_unchanged };
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

fn complain(world: &World, saying: &Saying, exit: Exit) -> Exit {
    output::complain(&world.runner.words.say(saying));
    exit
}
