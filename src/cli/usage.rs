//! What is wrong with a command line, in the language of whoever wrote it. clap finds it; its own texts are
//! English, so each kind of fault becomes a sentence of the catalogue here.

use std::error::Error as _;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::domain::saying::Saying;
use crate::words::Words;

/// `None` for what is no fault (help, the version), and for faults so rare that they stay in clap's English.
pub(super) fn wrong(error: &Error, words: &Words) -> Option<String> {
    let mut said = vec![words.say(&fault(error)?)];
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let near = near.into_iter().find_map(|kind| of(error, kind));
    said.extend(near.map(|near| words.say(&Saying::new("usage-near").with("near", near))));
    let mut lines = vec![said.join(" ")];
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let (_heading, usage) = usage.split_once(' ').unwrap_or_default();
        lines.push(format!("\n{}: {usage}", words.text("help-heading-usage", &[])));
    }
    lines.push(words.text("usage-more", &[]));
    Some(lines.join("\n"))
}

fn fault(error: &Error) -> Option<Saying> {
    let argument = of(error, ContextKind::InvalidArg);
    let value = of(error, ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::UnknownArgument => Saying::new("usage-no-argument").with("argument", argument?),
        ErrorKind::InvalidSubcommand => {
            Saying::new("usage-no-command").with("command", of(error, ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::MissingSubcommand => Saying::new("usage-which-command"),
        ErrorKind::MissingRequiredArgument => Saying::new("usage-missing").with("argument", argument?),
        ErrorKind::InvalidValue if value.as_deref() == Some("") => {
            Saying::new("usage-value-missing").with("argument", argument?)
        }
        ErrorKind::InvalidValue => Saying::new("usage-value").with("argument", argument?).with("value", value?),
        ErrorKind::ValueValidation => Saying::new("usage-value-why")
            .with("argument", argument?)
            .with("value", value?)
            .with("error", error.source()?),
        ErrorKind::TooManyValues => {
            Saying::new("usage-value-too-many").with("argument", argument?).with("value", value?)
        }
        ErrorKind::ArgumentConflict => match of(error, ContextKind::PriorArg)? {
            other if Some(&other) == argument.as_ref() => Saying::new("usage-twice").with("argument", other),
            other => Saying::new("usage-conflict").with("argument", argument?).with("other", other),
        },
        _ => return None,
    })
}

fn of(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) if !texts.is_empty() => Some(texts.join("`, `")),
        _ => None,
    }
}
