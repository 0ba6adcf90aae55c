//! Help in the language of whoever asks for it. `args` names a key of the catalogue where clap wants a text;
//! here each becomes its sentence, and clap's own headings theirs.
//!
//! Never: fails. Settings that cannot be read give no language, a text that is no key is shown as it stands.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::args::{Args, HelpOptions};
use super::exit::{self, Exit};
use super::{output, usage};
use crate::config;
use crate::words::Words;

/// What a command alone has comes first, then what all have, then help and version.
const SHARED: usize = 998;
const LAST: usize = 999;

/// Answers a command line that is no work to do: it asks for help, or cannot be understood. Parsed anew, for
/// only now texts are needed.
pub(super) fn answer(untold: &clap::Error) -> Exit {
    let given: Vec<OsString> = std::env::args_os().collect();
    let settings = settings_file(&given);
    answer_to(given, settings.as_deref()).unwrap_or_else(|| exit::of_usage(untold))
}

/// `help`, and `help restore`: what `--help` and `restore --help` answer.
pub(super) fn run(args: &Args, options: &HelpOptions) -> Exit {
    let program = std::env::args_os().take(1);
    let which = options.command.iter().map(String::as_str).chain(["--help"]).map(OsString::from);
    answer_to(program.chain(which).collect(), args.config.as_deref()).unwrap_or(Exit::Done)
}

/// `None` where there is nothing to answer.
fn answer_to(given: Vec<OsString>, settings: Option<&Path>) -> Option<Exit> {
    let words = Words::of(config::language_of_reader(settings));
    let error = command(&words).try_get_matches_from(given).err()?;
    let Some(told) = usage::wrong(&error, &words) else { return Some(exit::of_usage(&error)) };
    output::complain(&told);
    Some(Exit::Usage)
}

/// What `--config` says, also on a line that cannot be understood.
fn settings_file(given: &[OsString]) -> Option<PathBuf> {
    let mut given = given.iter().skip(1);
    while let Some(argument) = given.next() {
        if argument == "--config" {
            return given.next().map(PathBuf::from);
        }
        if let Some(path) = argument.to_str().and_then(|text| text.strip_prefix("--config=")) {
            return Some(PathBuf::from(path));
        }
    }
    None
}

/// The whole command line, every text in one language.
fn command(words: &Words) -> Command {
    let version = flag("version", 'V', ArgAction::Version, "help-version");
    let mut command = told(Args::command().disable_version_flag(true).arg(version), words);
    // From here on each command knows by what name it is called.
    command.build();
    with_usage(command, words)
}

fn flag(name: &'static str, short: char, action: ArgAction, help: &'static str) -> Arg {
    Arg::new(name).long(name).short(short).action(action).help(help).display_order(LAST)
}

fn told(command: Command, words: &Words) -> Command {
    let style = *command.get_styles().get_usage();
    let heading = words.text("help-heading-usage", &[]);
    let template = format!("{{about-with-newline}}\n{style}{heading}:{style:#} {{usage}}\n\n{{all-args}}");
    let about = command.get_about().map(|about| words.text(&about.to_string(), &[])).unwrap_or_default();
    command
        .about(about)
        .disable_help_flag(true)
        .arg(flag("help", 'h', ArgAction::Help, "help-help"))
        .help_template(template)
        .subcommand_help_heading(words.text("help-heading-commands", &[]))
        .subcommand_value_name(words.text("help-a-command", &[]))
        .mut_args(|arg| told_argument(arg, words))
        .mut_subcommands(|command| told(command, words))
}

fn told_argument(arg: Arg, words: &Words) -> Arg {
    let heading = if arg.is_positional() { "help-heading-arguments" } else { "help-heading-options" };
    let help = arg.get_help().map(|help| words.text(&help.to_string(), &[])).unwrap_or_default();
    let default = arg.get_default_values().first().map(|default| default.to_string_lossy().into_owned());
    let arg = arg.help_heading(words.text(heading, &[]));
    let arg = if arg.is_global_set() { arg.display_order(SHARED) } else { arg };
    match default {
        Some(default) => {
            let default = words.text("help-default", &[("value", &default)]);
            arg.help(format!("{help} {default}")).hide_default_value(true)
        }
        None => arg.help(help),
    }
}

/// clap knows no other word than its own for the options of a command.
fn with_usage(mut command: Command, words: &Words) -> Command {
    let usage = command.render_usage().ansi().to_string();
    let usage = usage.split_once(' ').map_or("", |(_heading, usage)| usage);
    let usage = usage.replace("[OPTIONS]", &words.text("help-its-options", &[]));
    command.override_usage(usage).mut_subcommands(|command| with_usage(command, words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    /// Every text that clap was given, with the command it is of.
    fn texts(command: &Command) -> Vec<(String, String)> {
        let name = command.get_name();
        let of_arguments = command.get_arguments().map(|arg| (format!("{name} {}", arg.get_id()), arg.get_help()));
        let own = [(name.to_owned(), command.get_about())].into_iter().chain(of_arguments);
        let told = own.map(|(name, text)| (name, text.map(ToString::to_string).unwrap_or_default()));
        told.chain(command.get_subcommands().flat_map(texts)).collect()
    }

    fn pages(command: &mut Command) -> Vec<String> {
        let own = command.render_long_help().to_string();
        [own].into_iter().chain(command.get_subcommands_mut().flat_map(pages)).collect()
    }

    #[test]
    fn every_command_and_every_argument_names_a_text_of_the_catalogue() {
        let texts = texts(&Args::command());
        assert!(texts.len() > 50, "{texts:#?}");
        for (name, key) in texts {
            for language in Language::ALL {
                let text = Words::of(language).text(&key, &[]);
                assert!(key.starts_with("help-") && text != key, "{name} has no text: {key:?}");
            }
        }
    }

    #[test]
    fn a_page_of_help_has_no_word_of_another_language() {
        for (language, headings) in [
            (Language::English, ["\nUsage: ", "\nOptions:\n", "[default: 0]"]),
            (Language::Spanish, ["\nUso: ", "\nOpciones:\n", "[por defecto: 0]"]),
            (Language::Portuguese, ["\nUso: ", "\nOpções:\n", "[padrão: 0]"]),
        ] {
            let pages = pages(&mut command(&Words::of(language)));
            assert_eq!(pages.len(), 17, "{pages:#?}");
            for page in &pages {
                assert!(page.contains(headings[0]) && page.contains(headings[1]) && !page.contains("help-"), "{page}");
                let is_english =
                    ["Usage", "Options", "[OPTIONS]", "Arguments:", "Commands", "COMMAND", "Print", "[default"]
                        .iter()
                        .any(|word| page.contains(word));
                assert_eq!(is_english, language == Language::English, "{page}");
            }
            assert!(pages.iter().any(|page| page.contains(headings[2])), "{pages:#?}");
        }
    }

    #[test]
    fn the_settings_file_is_known_from_any_line() {
        let of = |line: &str| settings_file(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        for line in
            ["resguardo --config a.toml list", "resguardo lisst --bogus --config=a.toml", "resguardo --config a.toml"]
        {
            assert_eq!(of(line), Some(PathBuf::from("a.toml")), "{line}");
        }
        for line in ["resguardo list", "resguardo --config", "--config resguardo"] {
            assert_eq!(of(line), None, "{line}");
        }
    }
}
