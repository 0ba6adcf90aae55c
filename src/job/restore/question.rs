//! What the operator is told before being asked: where the data comes from, what stands where it
//! goes, what will happen, and what is kept.

use std::collections::BTreeSet;

use super::clean::{Fate, Item};
use super::errand::{PutBack, Question, What};
use super::exchange::of_meanwhile;
use super::find::Chosen;
use super::looked::Looked;
use crate::domain::artifact::Kind;
use crate::domain::name::SourceName;
use crate::domain::restoring::{Exchange, Part, RestoreJournal, listed};
use crate::domain::saying::Saying;
use crate::job::Context;
use crate::store::Restores;
use crate::words::size;

pub(super) fn of_put_back(context: &Context, wish: &PutBack, parts: &[Looked]) -> Question {
    let mut says = Vec::new();
    for part in parts {
        let chosen = &part.verified.chosen;
        says.push(origin(context, part));
        says.extend(chosen.notes.iter().chain(&chosen.noes).cloned());
        let lost = part.verified.lost.iter();
        says.extend(lost.map(|error| Saying::new("restore-companion-lost").with("error", error)));
        says.extend(part.prospect.says.iter().cloned());
        says.extend(of_safety(wish, part));
        says.extend(part.prospect.remarks.iter().map(|remark| remark.saying.clone()));
    }
    says.extend(mixed_sets(wish, parts));
    says.extend(of_hooks(context, parts.iter().any(Looked::replaces)));
    asked(context, &says, parts.iter().map(|part| &part.verified.chosen.source))
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
    asked(context, &says, parts.iter().map(|part| &part.source))
}

pub(super) fn of_clean(context: &Context, items: &[Item<'_>], seen: &Restores) -> Question {
    let mut says = Vec::new();
    for item in items {
        says.push(of_item(context, item));
        if let Fate::Removed { .. } = item.fate
            && !item.part.meanwhile.is_empty()
        {
            says.push(of_meanwhile(&item.part.meanwhile));
        }
        if let (Fate::GivenUp { .. }, Kind::Postgres) = (&item.fate, item.part.kind) {
            let live = listed(item.part.exchanges.iter().map(|exchange| exchange.live.as_str()));
            says.push(Saying::new("restore-give-up-database").with("live", live));
        }
    }
    says.extend(seen.unreadable.iter().map(|one| Saying::new("restore-clean-unreadable").with("error", &one.error)));
    if items.iter().any(|item| matches!(item.fate, Fate::Removed { .. })) {
        says.push(Saying::new("restore-clean-final"));
    }
    let acted_on = items.iter().filter(|item| !matches!(item.fate, Fate::Stays(_)));
    asked(context, &says, acted_on.map(|item| &item.part.source))
}

/// What becomes of one part, in one sentence.
pub(super) fn of_item(context: &Context, item: &Item<'_>) -> Saying {
    let olds = || item.part.cleanable().into_iter().filter_map(|exchange| exchange.old).collect::<Vec<_>>();
    let days = (context.sys.clock.now() - item.journal.started_at).num_days();
    let saying = match &item.fate {
        Fate::Removed { kept, .. } => {
            let saying = match kept.iter().map(|one| one.bytes).sum::<Option<u64>>() {
                Some(bytes) => Saying::new("restore-clean").with("size", size(bytes)),
                None => Saying::new("restore-clean-unsized"),
            };
            saying.with("old", listed(kept.iter().map(|one| one.name.as_str()))).with("days", days)
        }
        Fate::Gone => {
            let old = listed(olds().iter().map(String::as_str));
            Saying::new("restore-clean-gone").with("old", old).with("days", days)
        }
        Fate::GivenUp { why } => {
            let (olds, all) = (olds(), item.part.is_unfinished());
            let names = if all { listed(item.part.may_have_left()) } else { listed(olds.iter().map(String::as_str)) };
            Saying::new("restore-give-up").with("why", why).with("names", names)
        }
        Fate::Stays(trouble) => Saying::new("restore-clean-stays").with("why", &trouble.error),
    };
    saying.with("source", &item.part.source).with("run", &item.journal.id)
}

/// Whatever is asked, consent is the names of its sources as `list` shows them.
fn asked<'a>(context: &Context, says: &[Saying], sources: impl Iterator<Item = &'a SourceName>) -> Question {
    let mut names: Vec<&str> = Vec::new();
    for name in sources.map(SourceName::as_str) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Question { lines: says.iter().map(|saying| context.reader_words.say(saying)).collect(), typed: names.join(" ") }
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

/// What is replaced in place is kept as a set of its own, or not at all.
fn of_safety(wish: &PutBack, part: &Looked) -> Option<Saying> {
    let key = if wish.no_safety_backup { "restore-no-safety" } else { "restore-safety" };
    part.prospect.in_place.then(|| Saying::new(key).with("source", &part.verified.chosen.source))
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
