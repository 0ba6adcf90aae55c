//! `drill`: proves a set by restoring it into scratch. The result is a page of text for people, which
//! `--last` shows again.

use std::time::Duration;

use super::args::{Args, DrillOptions};
use super::exit::Exit;
use super::world::{self, Voice, World};
use super::{drill_page, output};
use crate::domain::drill::DrillReport;
use crate::domain::report::{Job, Outcome, RunReport};
use crate::domain::saying::Saying;
use crate::job::verify::Scope;
use crate::runner::Request;

pub async fn run(args: &Args, options: &DrillOptions) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    if options.last {
        return show_last(&world, args.json);
    }
    let words = &world.runner.words;
    let scope = match &options.id {
        None => Scope::Latest,
        Some(id) if world.runner.store.catalog().get(id).is_none() => {
            output::complain(&words.say(&Saying::new("cli-no-such-set").with("id", id)));
            return Exit::Usage;
        }
        Some(id) => Scope::One(id.clone()),
    };
    let report = match world.run(Request { scope, ..Request::command(Job::Drill, Duration::ZERO) }).await {
        Ok(report) => report,
        Err(exit) => return exit,
    };
    if args.json {
        output::print_json(&report);
    } else if let Some(found) = kept_by(&world, &report) {
        output::print(drill_page::page(words, &found, world.runner.config.timezone).trim_end());
    }
    Exit::of(&report)
}

/// What a run left beside the manifest of its set.
fn kept_by(world: &World, report: &RunReport) -> Option<DrillReport> {
    let found = world.runner.store.drill_report(report.backup_id.as_ref()?)?;
    Some(found).filter(|found| found.run == report.run)
}

/// The newest report there is. A later drill that could not be held is said beside it.
fn show_last(world: &World, json: bool) -> Exit {
    let catalog = world.runner.store.catalog();
    let found = catalog.last_drilled().and_then(|set| world.runner.store.drill_report(&set.id));
    let reports = world.runner.record.read().unwrap_or_default();
    let last = reports.iter().rev().find(|report| report.job == Job::Drill);
    let is_of = |last: &&RunReport| found.as_ref().is_some_and(|found| found.run == last.run);
    if let Some(last) = last.filter(|last| last.outcome != Outcome::Succeeded && !is_of(last)) {
        let saying = Saying::new("drill-last-not-held").with("run", &last.run);
        let error = last.error.as_deref().unwrap_or_default();
        output::complain(&world.runner.words.say(&saying.with("error", error)));
        if let Some(hint) = &last.hint {
            output::complain(hint);
        }
    }
    let Some(found) = found else {
        output::complain(&world.runner.words.text("drill-none-yet", &[]));
        return Exit::Failed;
    };
    if json {
        output::print_json(&found);
    } else {
        output::print(drill_page::page(&world.runner.words, &found, world.runner.config.timezone).trim_end());
    }
    Exit::Done
}
