//! `restore`: puts data back, undoes that, clears away what it kept; and says what to do now.

mod consent;
mod options;

use std::sync::Arc;

pub(super) use consent::Asking;
pub use options::RestoreOptions;

use super::args::Args;
use super::exit::Exit;
use super::output;
use super::world::{self, Voice, World};
use crate::domain::id::BackupId;
use crate::domain::report::{Outcome, RunReport};
use crate::domain::restoring::{Part, RestoreJournal, listed};
use crate::domain::saying::Saying;
use crate::job::restore::Ask;
use crate::words::size;

pub async fn run(args: &Args, options: &RestoreOptions) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    let mut known: Vec<_> = world.runner.config.source_names().collect();
    if options.undo || options.clean {
        // What a restore has kept or left may be of a source that is not configured any more.
        let journals = world.runner.store.restores().journals;
        known.extend(journals.into_iter().flat_map(|journal| journal.parts).map(|part| part.source));
        known.sort();
        known.dedup();
    }
    if !world.knows_all(&options.source, &known) {
        return Exit::Usage;
    }
    if options.source_is_unclear() {
        output::complain(&world.runner.words.text("cli-restore-one-source", &[]));
        return Exit::Usage;
    }
    let words = world.runner.words.clone();
    let asking = Asking { words, given: options.yes, only_looks: options.dry_run && !args.json };
    let ask = options.ask();
    let report = match world.restore(ask.clone(), Arc::new(asking)).await {
        Ok(report) => report,
        Err(exit) => return exit,
    };
    if args.json {
        output::print_json(&report);
    } else if report.outcome == Outcome::Succeeded && !options.dry_run {
        say_what_now(&world, &ask, &report);
    } else if options.dry_run && report.outcome != Outcome::Succeeded {
        // A look leaves no line in the log, so its failure is said here.
        complain(&world, &report);
    } else {
        world.complain_of(&report);
    }
    if report.outcome != Outcome::Succeeded {
        world.complain_of_stranger();
    }
    Exit::of(&report)
}

fn complain(world: &World, report: &RunReport) {
    report.error.iter().for_each(|error| output::complain(&world.runner.words.retell_found(error)));
    report.hint.iter().for_each(|hint| output::complain(&world.runner.words.retell(hint)));
}

/// The end of a restore is the application's to see: what to restart, and the way back.
fn say_what_now(world: &World, ask: &Ask, report: &RunReport) {
    let say = |saying: &Saying| output::print(&world.runner.words.say(saying));
    if matches!(ask, Ask::Clean { .. }) {
        let freed: Vec<u64> = report.sources.iter().filter_map(|source| source.bytes).collect();
        if !freed.is_empty() {
            say(&Saying::new("cli-restore-cleaned").with("size", size(freed.iter().sum())));
        }
        return;
    }
    let names: Vec<&str> = report.sources.iter().map(|source| source.source.as_str()).collect();
    say(&Saying::new("cli-restore-done").with("sources", names.join(", ")));
    if is_table_beside(ask) {
        say(&Saying::new("cli-restore-table"));
    } else if goes_home(ask) {
        say(&Saying::new("cli-restore-restart"));
        say(&Saying::new("cli-restore-backup"));
    }
    let Some(kept) = journal_of(world, report).filter(RestoreJournal::keeps) else { return };
    let old = listed(kept.parts.iter().flat_map(Part::kept));
    say(&Saying::new("cli-restore-undo").with("old", old));
    say(&Saying::new("cli-restore-clean"));
}

/// Whether the application's own data was put in place, also where none had stood.
fn goes_home(ask: &Ask) -> bool {
    match ask {
        Ask::PutBack(wish) => wish.to_db.is_none() && wish.to_dir.is_none(),
        Ask::Undo { .. } => true,
        Ask::Clean { .. } => false,
    }
}

/// Whether tables were put beside those that stand, which the application does not know of.
fn is_table_beside(ask: &Ask) -> bool {
    matches!(ask, Ask::PutBack(wish) if !wish.tables.is_empty() && !wish.replace)
}

fn journal_of(world: &World, report: &RunReport) -> Option<RestoreJournal> {
    let id = BackupId::parse(report.run.strip_prefix("restore-")?).ok()?;
    world.runner.store.restores().journals.into_iter().find(|journal| journal.id == id)
}
