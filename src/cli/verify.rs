//! `verify`: reads stored bytes again. The result is a line for each source (of an adopted file, by its
//! name): all of it is good, or what is not. The log says the same in English.

use std::time::Duration;

use super::args::{Args, VerifyOptions};
use super::exit::Exit;
use super::output;
use super::world::{self, Voice, World};
use crate::domain::report::{Job, Outcome};
use crate::domain::saying::Saying;
use crate::domain::selection;
use crate::job::verify::{self, Scope};
use crate::runner::Request;
use crate::words::size;

pub async fn run(args: &Args, options: &VerifyOptions) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    let words = &world.runner.words;
    let scope = match &options.id {
        _ if options.all => Scope::All,
        None => Scope::Latest,
        Some(id) if world.runner.store.catalog().get(id).is_none() => {
            output::complain(&words.say(&Saying::new("cli-no-such-set").with("id", id)));
            world.complain_of_stranger();
            return Exit::Usage;
        }
        Some(id) => Scope::One(id.clone()),
    };
    if scope == Scope::Latest && !args.json {
        say_which(&world);
    }
    let report = match world.run(Request { scope, ..Request::command(Job::Verify, Duration::ZERO) }).await {
        Ok(report) => report,
        Err(exit) => return exit,
    };
    if report.outcome != Outcome::Succeeded {
        world.complain_of_stranger();
    }
    if args.json {
        output::print_json(&report);
        return Exit::of(&report);
    }
    for source in &report.sources {
        let saying = if source.outcome == Outcome::Succeeded {
            Saying::new("cli-verified").with("size", size(source.bytes.unwrap_or(0)))
        } else {
            Saying::new("cli-verified-not").with("error", source.error.as_deref().unwrap_or_default())
        };
        output::print(&words.say(&saying.with("source", &source.source)));
    }
    world.complain_of(&report);
    Exit::of(&report)
}

/// What is read where nothing was named: of each source what `restore --latest` would take.
fn say_which(world: &World) {
    let catalog = world.runner.gatherer.gather().catalog;
    let aimed = selection::to_verify(&catalog, &verify::known(&world.runner.config));
    if !aimed.is_empty() {
        let parts: Vec<String> = aimed.iter().map(|(source, id)| format!("{source} {id}")).collect();
        output::print(&world.runner.words.say(&Saying::new("cli-verify-latest").with("parts", parts.join(", "))));
    }
}
