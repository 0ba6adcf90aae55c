//! `backup`: one run, now.

use std::time::Duration;

use super::args::{Args, BackupOptions};
use super::exit::Exit;
use super::output;
use super::world::{self, Voice};
use crate::domain::report::{Job, RunReport};
use crate::runner::Request;

pub async fn run(args: &Args, options: &BackupOptions) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    let known: Vec<_> = world.runner.config.source_names().collect();
    if !world.knows_all(&options.source, &known) {
        return Exit::Usage;
    }
    let request = Request {
        sources: options.source.iter().cloned().collect(),
        label: options.label.clone(),
        pin: options.pin,
        ..Request::command(Job::Backup, Duration::from_secs(options.wait))
    };
    let report = match world.run(request).await {
        Ok(report) => report,
        Err(exit) => return exit,
    };
    show(args, &world, &report);
    Exit::of(&report)
}

/// The set's id for scripts, the report on request; what happened in between is in the log.
pub fn show(args: &Args, world: &world::World, report: &RunReport) {
    if args.json {
        output::print_json(report);
        return;
    }
    world.complain_of(report);
    if let Some(id) = &report.backup_id {
        output::print(&world.runner.store.dir().join("sets").join(format!("{id}.json")).display().to_string());
    }
}
