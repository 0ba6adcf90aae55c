//! `pin`, `unpin`, `accept`: marks beside a set, made under the store's lock.

use std::time::Duration;

use super::args::{Args, IdOption, PinOptions};
use super::exit::Exit;
use super::output;
use super::world::{self, Voice, World};
use crate::domain::id::BackupId;
use crate::domain::saying::Saying;
use crate::domain::trouble::Trouble;
use crate::job::restore_page;
use crate::runner::Runner;
use crate::store::LockedStore;
use crate::sys::stop::Stop;

/// A mark is made in an instant; a run that holds the lock takes hours.
const WAIT: Duration = Duration::from_secs(2);

pub fn pin(args: &Args, options: &PinOptions) -> Exit {
    mark(args, &options.id, "cli-pinned", |_, store, id| store.pin(id, options.label.as_deref()))
}

pub fn unpin(args: &Args, options: &IdOption) -> Exit {
    mark(args, &options.id, "cli-unpinned", |_, store, id| store.unpin(id))
}

pub fn accept(args: &Args, options: &IdOption) -> Exit {
    mark(args, &options.id, "cli-accepted", |Runner { sys, config, words, .. }, store, id| {
        store.accept(id, &operator())?;
        // It leads to the accepted set from now on.
        restore_page::refresh(sys, config, words, store)
    })
}

fn mark(
    args: &Args,
    id: &BackupId,
    done: &'static str,
    act: impl FnOnce(&Runner, &LockedStore, &BackupId) -> Result<(), Trouble>,
) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    if world.runner.store.catalog().get(id).is_none() {
        return complain(&world, &Saying::new("cli-no-such-set").with("id", id), Exit::Usage);
    }
    match world.runner.store.lock(WAIT, &Stop::new()) {
        Ok(Some(locked)) => match act(&world.runner, &locked, id) {
            Ok(()) => {
                output::print(&world.runner.words.say(&Saying::new(done).with("id", id)));
                Exit::Done
            }
            Err(trouble) => failed(&world, &trouble),
        },
        Ok(None) => complain(&world, &Saying::new("cli-lock-held"), Exit::Busy),
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
