//! `drill`: proves what is stored by restoring it into scratch. The result is a page of text for people,
//! which `--last` shows again.

use std::time::Duration;

use super::args::{Args, DrillOptions};
use super::exit::Exit;
use super::world::{self, Voice, World};
use super::{drill_page, output};
use crate::domain::drill::DrillReport;
use crate::domain::id::BackupId;
use crate::domain::report::{Job, Outcome, RunReport};
use crate::domain::saying::Saying;
use crate::job::verify::Scope;
use crate::runner::Request;

pub async fn run(args: &Args, options: &DrillOptions) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    let words = &world.runner.words;
    if let Some(id) = options.id.as_ref().filter(|id| world.runner.store.catalog().get(id).is_none()) {
        output::complain(&words.say(&Saying::new("cli-no-such-set").with("id", id)));
        return Exit::Usage;
    }
    match &options.id {
        Some(id) if options.last => return show_all_of(&world, id, args.json),
        None if options.last => return show_last(&world, args.json),
        Some(_) | None => {}
    }
    let scope = options.id.clone().map_or(Scope::Latest, Scope::One);
    let report = match world.run(Request { scope, ..Request::command(Job::Drill, Duration::ZERO) }).await {
        Ok(report) => report,
        Err(exit) => return exit,
    };
    if args.json {
        output::print_json(&report);
    } else {
        let kept = DrillReport::each(world.runner.store.all_drill_findings());
        match kept.iter().find(|found| found.run == report.run) {
            Some(found) => print(&world, found),
            None => world.complain_of(&report),
        }
    }
    Exit::of(&report)
}

fn print(world: &World, found: &DrillReport) {
    output::print(drill_page::page(&world.runner.words, found, world.runner.config.timezone).trim_end());
}

/// What the last drill found. A later one that found nothing out is said beside it.
fn show_last(world: &World, json: bool) -> Exit {
    let found = DrillReport::each(world.runner.store.all_drill_findings()).pop();
    let reports = world.runner.record.read().unwrap_or_default();
    let last = reports.iter().rev().find(|report| report.job == Job::Drill);
    let is_of = |last: &&RunReport| found.as_ref().is_some_and(|found| found.run == last.run);
    if let Some(last) = last.filter(|last| last.outcome != Outcome::Succeeded && !is_of(last)) {
        let saying = Saying::new("drill-last-not-held").with("run", &last.run);
        let error = last.error.as_deref().unwrap_or_default();
        output::complain(&world.runner.words.say(&saying.with("error", error)));
        if let Some(hint) = &last.hint {
            output::complain(&world.runner.words.retell(hint));
        }
    }
    let Some(found) = found else { return none_yet(world) };
    if json {
        output::print_json(&found);
    } else {
        print(world, &found);
    }
    Exit::Done
}

/// What was found of a set last, source by source: a page for each drill that found any of it.
fn show_all_of(world: &World, id: &BackupId, json: bool) -> Exit {
    let Some(kept) = world.runner.store.drill_findings(id) else { return none_yet(world) };
    if json {
        output::print_json(&kept);
    } else {
        for found in DrillReport::each([kept]) {
            print(world, &found);
        }
    }
    Exit::Done
}

fn none_yet(world: &World) -> Exit {
    output::complain(&world.runner.words.text("drill-none-yet", &[]));
    Exit::Failed
}
