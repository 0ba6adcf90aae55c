//! `config`: what is in force and where it comes from, secrets as `***`, and what to know of it.

use super::args::{Args, ConfigOptions};
use super::exit::Exit;
use super::{output, world};
use crate::config;
use crate::words::Words;

pub fn run(args: &Args, options: &ConfigOptions) -> Exit {
    if options.reference {
        output::print(config::REFERENCE.trim_end());
        return Exit::Done;
    }
    match world::load(args) {
        Ok(loaded) => {
            output::print(config::show(&loaded).trim_end());
            let words = Words::of(loaded.config.language);
            loaded.notices.iter().for_each(|notice| output::complain(&words.say(notice)));
            Exit::Done
        }
        Err(exit) => exit,
    }
}
