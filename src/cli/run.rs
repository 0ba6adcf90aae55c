//! `run`: the daemon, until it is asked to end.

use super::args::Args;
use super::exit::Exit;
use super::signals;
use super::world::{self, Voice};
use crate::daemon;

pub async fn run(args: &Args) -> Exit {
    let ended = signals::signalled();
    match world::build(args, Voice::Daemon) {
        Ok(world) => {
            daemon::live(world.runner, world.teller, ended).await;
            Exit::Done
        }
        Err(exit) => exit,
    }
}
