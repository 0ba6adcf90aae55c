//! The server of a drill: as production's was, as the manifest tells it (superuser, encoding, locale
//! and its provider), and as small as it can be.

use std::path::Path;

use super::{Site, database, home, preload, reach};
use crate::domain::manifest::PostgresFacts;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::access::Access;
use crate::source::postgres::connect::Connection;
use crate::source::postgres::restore::fit;
use crate::source::postgres::throwaway::{Recipe, Throwaway};
use crate::source::postgres::tools::Tools;
use crate::source::prove::Material;

pub(super) const PORT: u16 = 5432;
/// Of a set whose manifest tells nothing.
const SUPERUSER: &str = "postgres";
pub(super) const PROGRAM: &str = "postgres";
/// The folder of the server in scratch.
const FOLDER: &str = "server";

/// One session loads or asks at a time. What makes a server outlive a fault, serve others or log
/// more than its end is off; nothing it says holds a statement, which may hold a secret.
const SETTINGS: [&str; 17] = [
    "port=5432",
    "max_connections=20",
    "restart_after_crash=off",
    "autovacuum=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=256MB",
    "max_worker_processes=0",
    "max_logical_replication_workers=0",
    "max_parallel_workers_per_gather=0",
    "max_parallel_maintenance_workers=0",
    "huge_pages=off",
    "jit=off",
    "lc_messages=C",
    "log_min_error_statement=panic",
];
/// A dump locks every table at once; each of the server's sessions has room for so many.
const LOCKS_MIN: usize = 64;
/// What `initdb` says where it is the locale that it cannot serve.
const OF_LOCALE: [&str; 4] = ["locale", "icu", "encoding", "collat"];

/// Starts it in scratch.
///
/// # Errors
/// Where something is missing here: a program, a locale, a user to run it as.
pub(super) fn start(tools: &Tools, material: &Material, scratch: &Path, work: &Work) -> Result<Throwaway, Trouble> {
    let facts = material.facts.postgres.as_ref();
    let objects = facts.map_or(0, |facts| facts.content.tables.len() + facts.content.sequences.len());
    let locks = format!("max_locks_per_transaction={}", LOCKS_MIN + objects / 2);
    let preloaded = facts.map_or_else(Vec::new, |facts| preload::settings(tools, facts, database(material)));
    let socket = home::socket(scratch, work)?;
    let recipe = Recipe {
        superuser: superuser(material).to_owned(),
        locale: facts.map_or_else(|| plain_locale("UTF8"), locale),
        settings: SETTINGS.iter().map(|&setting| setting.to_owned()).chain([locks]).chain(preloaded).collect(),
        ends_with_us: true,
        reach: Some(reach::of_server(tools, scratch, &socket)),
    };
    let started = Throwaway::start_as(recipe, &work.sys, tools, &scratch.join(FOLDER), &socket, &work.stop);
    started.map_err(|trouble| explained(trouble, facts))
}

pub(super) fn superuser(material: &Material) -> &str {
    material.facts.postgres.as_ref().map_or(SUPERUSER, |facts| &facts.superuser)
}

/// Nothing is written before it is certain that it is our own server that answers.
///
/// # Errors
/// Where it is not.
pub(super) fn must_be_ours(server: &Throwaway, site: &Site<'_>) -> Result<(), Trouble> {
    let ours = server.identifier(&site.scratch.join(FOLDER), &site.work.stop)?;
    let access = Access::read(&site.config.server)?;
    let connection = Connection::open(&access, "postgres", &site.work.runtime)?;
    let answers = connection.texts("SELECT system_identifier FROM pg_control_system()")?;
    if answers == [Some(ours)] {
        return Ok(());
    }
    Err(Trouble::lasting(Stage::SetUp, "look at the throw-away server: another one answers in its place"))
}

fn plain_locale(encoding: &str) -> Vec<String> {
    vec!["--locale=C".to_owned(), format!("--encoding={encoding}")]
}

/// In the words of `initdb`. What a database is sorted by is its own; messages and formats are C's.
pub(super) fn locale(facts: &PostgresFacts) -> Vec<String> {
    let mut words = plain_locale(&facts.encoding);
    words.push(format!("--lc-collate={}", facts.collate));
    words.push(format!("--lc-ctype={}", facts.ctype));
    let provided = facts.icu_locale.as_ref();
    match (facts.locale_provider.as_str(), provided) {
        ("icu", Some(locale)) => {
            words.extend(["--locale-provider=icu".to_owned(), format!("--icu-locale={locale}")]);
        }
        ("builtin", Some(locale)) => {
            words.extend(["--locale-provider=builtin".to_owned(), format!("--builtin-locale={locale}")]);
        }
        _ => {}
    }
    words
}

/// A server that cannot be made: most often it knows no such locale.
fn explained(trouble: Trouble, facts: Option<&PostgresFacts>) -> Trouble {
    if trouble.stopped.is_some() || trouble.hint.is_some() {
        return trouble;
    }
    match facts.filter(|_| trouble.error.contains("initdb") && is_of_locale(&trouble.error)) {
        Some(facts) => no_locale(facts).while_doing(trouble.error),
        None => trouble,
    }
}

/// Whether it is the locale that `initdb` complains of.
pub(super) fn is_of_locale(said: &str) -> bool {
    let said = said.to_lowercase();
    OF_LOCALE.iter().any(|word| said.contains(word))
}

/// The locale a database is to have is not to be had here.
pub(super) fn no_locale(facts: &PostgresFacts) -> Trouble {
    let (locale, provider) = fit::told_locale(facts);
    without_locale(locale, provider)
}

pub(super) fn without_locale(locale: &str, provider: &str) -> Trouble {
    let hint = Saying::new("hint-drill-locale").with("locale", locale).with("provider", provider);
    Trouble { hint: Some(hint), ..fit::no_locale(locale, provider) }
}
