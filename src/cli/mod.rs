//! Floor 8: commands. Turns the command line into work and its result into text and an exit code.
//!
//! Given: arguments, the environment through `config`. Returns: an exit code.
//! Never: does work of its own; writes results anywhere but standard output, anything else
//! anywhere but standard error.

mod args;
mod backup;
mod check;
mod demo;
mod discard;
mod drill;
mod drill_page;
pub mod exit;
mod first;
mod health;
mod help;
mod indented;
mod list;
mod list_table;
pub mod logging;
mod marks;
mod output;
mod progress;
mod prune;
mod restore;
mod run;
mod settings;
mod signals;
mod usage;
mod verify;
mod world;

use std::process::ExitCode;

use clap::Parser;
use rustix::process::Signal;
use tokio::signal::unix::SignalKind;

use args::{Args, Command};
use exit::Exit;

/// Runs the program from its arguments.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(untold) => return exit::at_last(help::answer(&untold)),
    };
    if first::is_this() {
        return first::stand_in();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&format!("start: {error}"));
            return Exit::Failed.into();
        }
    };
    let exit = runtime.block_on(dispatch(args));
    // A thread that hangs on a dead network file system must not keep the process.
    runtime.shutdown_background();
    exit::at_last(exit)
}

async fn dispatch(args: Args) -> Exit {
    // A limit on file sizes (`ulimit -f`) is then a write that fails, not the end of the process.
    let _heard = tokio::signal::unix::signal(SignalKind::from_raw(Signal::XFSZ.as_raw()));
    match &args.command {
        Command::Run => run::run(&args).await,
        Command::Backup(options) => backup::run(&args, options).await,
        Command::List(options) => list::run(&args, options),
        Command::Restore(options) => restore::run(&args, options).await,
        Command::Prune(options) => prune::run(&args, options).await,
        Command::Verify(options) => verify::run(&args, options).await,
        Command::Drill(options) => drill::run(&args, options).await,
        Command::Pin(options) => marks::pin(&args, options),
        Command::Unpin(options) => marks::unpin(&args, options),
        Command::Accept(options) => marks::accept(&args, options),
        Command::Discard(options) => discard::run(&args, options),
        Command::Check(options) => check::run(&args, options).await,
        Command::Health => health::run(&args),
        Command::Config(options) => settings::run(&args, options),
        Command::Demo(options) => demo::run(&args, options).await,
        Command::Help(options) => help::run(&args, options),
    }
}
