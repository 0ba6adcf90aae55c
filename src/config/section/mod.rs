//! The sections of the text, one reader each: key, meaning, range, default. A new key is a line
//! here, a field in [`Config`] and a line in `config/reference.toml`.

mod compression;
mod drill;
mod mail;
mod plain;
mod postgres;
mod retention;
mod schedule;
mod sources;
mod webhook;

use chrono_tz::Tz;

use super::fault::DEFAULT;
use super::reader::Table;
use super::{Config, Language, PostgresConfig};
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;

/// Reads every section; what comes back counts only where no fault was found. Where a database
/// was named and could not be read (`database_faulty`), nobody is told that there is none; else
/// `no_source` says so.
pub(super) fn read(root: &mut Table<'_>, database_faulty: bool, no_source: Saying) -> Option<Config> {
    let any_source = ["postgres", "sqlite", "media", "files"].iter().any(|kind| root.holds(kind));
    if !any_source && !database_faulty {
        root.fault("postgres", DEFAULT, no_source);
    }
    let zone = |text: &str| text.trim().parse::<Tz>().ok();
    let language =
        root.word("language", &Language::ALL.map(|language| (language.code(), language)), Language::English, "en");
    let timezone = root.parsed("timezone", "UTC", Saying::new("fault-zone"), zone);
    let schedule = root.section("schedule", schedule::read);
    let store = root.section("store", plain::store);
    let retention = root.section("retention", retention::read);
    let compression = root.section("compression", compression::read);
    let postgres = root.tables("postgres", postgres::read);
    let sqlite = root.tables("sqlite", sources::sqlite);
    let media = root.tables("media", sources::media);
    let files = root.tables("files", sources::files);
    let drill = root.section("drill", drill::read);
    globals_stay_free(root, &postgres);
    let databases: Vec<_> = postgres.iter().map(|s| &s.name).chain(sqlite.iter().map(|s| &s.name)).collect();
    let folders: Vec<_> = media.iter().map(|s| &s.name).chain(files.iter().map(|s| &s.name)).collect();
    drill::must_know(root, &drill, &databases, &folders);
    Some(Config {
        restore: root.section("restore", plain::restore),
        mail: root.section("mail", mail::read),
        webhooks: root.tables("webhook", webhook::webhook),
        heartbeat: root.section("heartbeat", webhook::heartbeat),
        health: root.section("health", plain::health),
        serve: root.section("serve", plain::serve),
        contact: root.section("contact", plain::contact),
        log: root.section("log", plain::log),
        language,
        timezone: timezone.unwrap_or_default(),
        store,
        retention,
        compression,
        postgres,
        sqlite,
        media,
        files,
        drill,
        // The one value without a harmless stand-in, looked at when all else has been read.
        schedule: schedule?,
    })
}

/// Where several servers are protected, their roles are stored under `<first source>-globals`.
fn globals_stay_free(root: &mut Table<'_>, sources: &[PostgresConfig]) {
    for postgres in sources {
        let globals = SourceName::globals(Some(&postgres.name));
        if let Some(key) = root.key_of_name(globals.as_str()) {
            root.fault(&key, DEFAULT, Saying::new("fault-name-reserved").with("name", globals));
        }
    }
}
