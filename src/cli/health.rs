//! `health`: the compose health check. Reads the disk, so it tells the truth also while the
//! daemon is busy, and needs no curl.

use super::args::Args;
use super::exit::Exit;
use super::output;
use super::world::{self, Voice};
use crate::domain::health;
use crate::domain::scrub::one_line;

pub fn run(args: &Args) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    let health = health::judge(&world.runner.gatherer.gather());
    let report = health.report(|saying| world.result_words.say(saying));
    if args.json {
        output::print_json(&report);
    } else {
        output::print(health.status.as_str());
        for reason in &report.reasons {
            let source = reason.source.as_ref().map(|source| format!("{source}: ")).unwrap_or_default();
            output::print(&format!("  {source}{}", one_line(&reason.text)));
        }
    }
    if health.status.is_well() { Exit::Done } else { Exit::Failed }
}
