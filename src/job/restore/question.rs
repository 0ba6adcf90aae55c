//! What the operator is told before being asked: where the data comes from, what stands where it
//! goes, what will happen, and what is kept.

use std::collections::BTreeSet;

use super::errand::{PutBack, Question, What};
use super::find::Chosen;
use super::put_back::Looked;
use crate::domain::name::SourceName;
use crate::domain::restoring::{Exchange, Part, RestoreJournal, listed};
use crate::domain::saying::Saying;
use crate::job::Context;

/// What a clean asks to be typed.
const CLEAN: &str = "clean";

pub(super) fn of_put_back(context: &Context, wish: &PutBack, parts: &[Looked]) -> Question {
    let mut says = Vec::new();
    for part in parts {
        let chosen = &part.verified.chosen;
        says.push(origin(context, part));
        says.extend(chosen.notes.iter().cloned());
        let lost = part.verified.lost.iter();
        says.extend(lost.map(|error| Saying::new("restore-companion-lost").with("error", error)));
        says.extend(part.prospect.says.iter().cloned());
        says.extend(part.prospect.remarks.iter().map(|remark| remark.saying.clone()));
    }
    says.extend(mixed_sets(wish, parts));
    says.extend(of_hooks(context, parts.iter().any(Looked::replaces)));
    let names: Vec<&str> = parts.iter().map(|part| part.prospect.consent.as_str()).collect();
    asked(context, &says, names.join(" "))
}

pub(super) fn of_undo(context: &Context, journal: &RestoreJournal, parts: &[Part]) -> Question {
    let since = journal.started_at;
    let hours = (context.sys.clock.now() - since).num_minutes() as f64 / 60.0;
    let mut says = Vec::new();
    for part in parts {
        let names = |name: fn(&Exchange) -> &str| listed(part.exchanges.iter().map(name));
        let saying = Saying::new("restore-undo").with("live", names(|exchange| &exchange.live));
        let saying = saying.with("old", names(|exchange| &exchange.new));
        says.push(saying.with("aside", names(|exchange| exchange.old.as_deref().unwrap_or_default())));
    }
    let at = since.with_timezone(&context.config.timezone).format("%Y-%m-%d %H:%M");
    says.push(Saying::new("restore-undo-hours").with("since", at).with("hours", format!("{hours:.1}")));
    says.extend(of_hooks(context, true));
    asked(context, &says, names_of(parts))
}

pub(super) fn of_clean(context: &Context, journals: &[RestoreJournal]) -> Question {
    let now = context.sys.clock.now();
    let mut says = Vec::new();
    for journal in journals {
        for part in journal.parts.iter().filter(|part| part.kept().next().is_some()) {
            let saying = Saying::new("restore-clean").with("old", listed(part.kept())).with("source", &part.source);
            says.push(saying.with("run", &journal.id).with("days", (now - journal.started_at).num_days()));
        }
    }
    says.push(Saying::new("restore-clean-final"));
    asked(context, &says, CLEAN.to_owned())
}

fn asked(context: &Context, says: &[Saying], typed: String) -> Question {
    Question { lines: says.iter().map(|saying| context.words.say(saying)).collect(), typed }
}

fn names_of(parts: &[Part]) -> String {
    parts.iter().map(|part| part.source.as_str()).collect::<Vec<_>>().join(" ")
}

fn origin(context: &Context, part: &Looked) -> Saying {
    let Chosen { source, set, place, .. } = &part.verified.chosen;
    let size = bytesize::ByteSize::b(part.verified.imprint.size_bytes).display().si().to_string();
    let saying = match set {
        Some(set) => {
            let at = set.started_at.with_timezone(&context.config.timezone).format("%Y-%m-%d %H:%M");
            Saying::new("restore-from-set").with("id", &set.id).with("at", at)
        }
        None => Saying::new("restore-from-file"),
    };
    saying.with("source", source).with("path", place.shown()).with("size", size)
}

/// Said where the operator did not pick the sets one by one.
fn mixed_sets(wish: &PutBack, parts: &[Looked]) -> Option<Saying> {
    let ids: BTreeSet<_> = parts.iter().filter_map(|part| part.verified.chosen.id()).collect();
    let asked_for_latest = matches!(wish.what, What::Latest { .. });
    let named = |part: &Looked| Some(format!("{} {}", part.verified.chosen.source, part.verified.chosen.id()?));
    let parts: Vec<String> = parts.iter().filter_map(named).collect();
    (asked_for_latest && ids.len() > 1).then(|| Saying::new("restore-mixed-sets").with("parts", parts.join(", ")))
}

fn of_hooks(context: &Context, replaces: bool) -> Vec<Saying> {
    let settings = &context.config.restore;
    let said = |key: &'static str, hook: &[String]| {
        (replaces && !hook.is_empty()).then(|| Saying::new(key).with("program", hook.join(" ")))
    };
    let (before, after) = (&settings.before_hook, &settings.after_hook);
    let hooks = [said("restore-before-hook", before), said("restore-after-hook", after)];
    let none = (replaces && before.is_empty()).then(|| Saying::new("restore-no-hook"));
    hooks.into_iter().flatten().chain(none).collect()
}

/// The sources of these parts, for hooks and records.
pub(super) fn sources_of(parts: &[Part]) -> Vec<SourceName> {
    parts.iter().map(|part| part.source.clone()).collect()
}
