//! Extensions that work only where their library is loaded together with the server. The manifest
//! names extensions and no settings, so those that are known are loaded with the drill's server;
//! they get no worker there, so nothing that a database schedules is carried out.

use std::path::Path;

use crate::domain::manifest::PostgresFacts;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::postgres::tools::Tools;

/// In the order in which they must be loaded: the first wants to be first.
const KNOWN: [&str; 8] = [
    "citus",
    "timescaledb",
    "pg_stat_statements",
    "pg_stat_kcache",
    "pg_qualstats",
    "pg_wait_sampling",
    "pgaudit",
    SCHEDULER,
];
/// Can be created in one database alone, which a setting names.
const SCHEDULER: &str = "pg_cron";
const SCHEDULES_IN: &str = "cron.database_name";
/// Where libraries lie, seen from the programs.
const FOLDERS: [&str; 2] = ["../lib", "../lib/postgresql"];
/// What an extension says in one way or another that is not loaded so.
const WANTED: &str = "shared_preload_libraries";

/// Settings for the server of a drill that restores into `database`.
pub(super) fn settings(tools: &Tools, facts: &PostgresFacts, database: &str) -> Vec<String> {
    let programs = tools.program("postgres");
    let programs = programs.parent().unwrap_or(Path::new("/"));
    let is_used = |name: &&str| facts.extensions.iter().any(|extension| extension.name == **name);
    // A library that is named and missing keeps a server from starting.
    let is_here = |name: &&str| FOLDERS.iter().any(|folder| programs.join(folder).join(format!("{name}.so")).is_file());
    let loaded: Vec<&str> = KNOWN.into_iter().filter(is_used).filter(is_here).collect();
    if loaded.is_empty() {
        return Vec::new();
    }
    let scheduler = loaded.contains(&SCHEDULER).then(|| format!("{SCHEDULES_IN}={database}"));
    [format!("{WANTED}={}", loaded.join(","))].into_iter().chain(scheduler).collect()
}

/// A load that failed because of a library we do not know of says nothing of the set.
pub(super) fn explained(trouble: Trouble) -> Trouble {
    if !trouble.error.contains(WANTED) {
        return trouble;
    }
    Trouble::lasting(Stage::SetUp, trouble.error).hint(Saying::new("hint-drill-preload"))
}
