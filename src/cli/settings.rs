//! `config`: what is in force and where it comes from, secrets as `***`.

use super::args::{Args, ConfigOptions};
use super::exit::Exit;
use super::{output, world};
use crate::config;

pub fn run(args: &Args, options: &ConfigOptions) -> Exit {
    if options.reference {
        output::print(config::REFERENCE.trim_end());
        return Exit::Done;
    }
    match world::load(args) {
        Ok(loaded) => {
            output::print(config::show(&loaded).trim_end());
            Exit::Done
        }
        Err(exit) => exit,
    }
}
