//! `prune`: the plan, or its execution.

use std::time::Duration;

use super::args::{Args, PruneOptions};
use super::exit::Exit;
use super::world::{self, Voice, World};
use super::{backup, output};
use crate::domain::report::Job;
use crate::domain::retention::Plan;
use crate::domain::saying::Saying;
use crate::runner::Request;

pub async fn run(args: &Args, options: &PruneOptions) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    if options.dry_run || options.explain {
        let plan = world.runner.prune_plan();
        show(&world, &plan, options.explain, args.json);
        return Exit::Done;
    }
    let report = match world.run(Request::command(Job::Prune, Duration::ZERO)).await {
        Ok(report) => report,
        Err(exit) => return exit,
    };
    backup::show(args, &world, &report);
    if !args.json {
        for id in &report.pruned {
            output::print(id.as_str());
        }
        report.pruned_files.iter().for_each(|path| output::print(path));
    }
    Exit::of(&report)
}

fn show(world: &World, plan: &Plan, explain: bool, json: bool) {
    let words = &world.result_words;
    if json {
        let sets: Vec<_> = plan
            .verdicts
            .iter()
            .map(|v| serde_json::json!({"id": v.id, "kept": v.reasons.iter().map(|r| words.say(&r.saying())).collect::<Vec<_>>()}))
            .collect();
        let hold = plan.hold.map(|hold| words.say(&hold.saying()));
        let expired: Vec<_> = plan.expired().collect();
        output::print_json(
            &serde_json::json!({"expired": expired, "hold": hold, "sets": sets, "expired_files": plan.expired_files}),
        );
        return;
    }
    if let Some(hold) = plan.hold {
        output::complain(&words.say(&hold.saying()));
    }
    if explain {
        for verdict in &plan.verdicts {
            let reasons: Vec<String> = verdict.reasons.iter().map(|reason| words.say(&reason.saying())).collect();
            let why = if reasons.is_empty() { words.say(&Saying::new("expired")) } else { reasons.join(", ") };
            output::print(&format!("{}  {why}", verdict.id));
        }
    } else {
        plan.expired().for_each(|id| output::print(id.as_str()));
    }
    for path in &plan.expired_files {
        let why = if explain { format!("  {}", words.say(&Saying::new("expired"))) } else { String::new() };
        output::print(&format!("{path}{why}"));
    }
    if !explain && plan.expired().next().is_none() && plan.expired_files.is_empty() {
        output::complain(&words.say(&Saying::new("prune-nothing")));
    }
}
