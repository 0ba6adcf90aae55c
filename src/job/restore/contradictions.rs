//! Flags that do not go together, or not with what was found: what is meant cannot be told, and is
//! the operator's to say.

use std::collections::BTreeSet;

use super::errand::PutBack;
use super::find::Chosen;
use super::refusals::unclear;
use crate::domain::artifact::Kind;
use crate::domain::saying::Saying;
use crate::domain::trouble::Trouble;

/// Flags that do not go with what was chosen.
pub(super) fn refuse(chosen: &[Chosen], wish: &PutBack) -> Result<(), Trouble> {
    let mut seen = BTreeSet::new();
    if let Some(twice) = chosen.iter().find(|one| !seen.insert((one.source.clone(), one.kind))) {
        let error = format!("restore {}: two artifacts are given for it", twice.source);
        return Err(unclear(error, Saying::new("hint-restore-twice")));
    }
    let databases = chosen.iter().filter(|one| one.kind == Kind::Postgres).count();
    let others = chosen.len() - databases;
    // What goes aside goes aside as a whole: nothing of it replaces anything.
    let aside = wish.to_db.is_some() || wish.to_dir.is_some();
    if wish.to_db.is_some() && databases != 1 {
        let error = "--to-db NAME goes with exactly one PostgreSQL database";
        return Err(unclear(error, Saying::new("hint-restore-to-db")));
    }
    if wish.to_dir.is_some() && others == 0 {
        let error = "--to-dir DIR goes with folders, files and SQLite databases";
        return Err(unclear(error, Saying::new("hint-restore-to-dir")));
    }
    let stays = |one: &&Chosen| if one.kind == Kind::Postgres { wish.to_db.is_none() } else { wish.to_dir.is_none() };
    if let (true, Some(one)) = (aside, chosen.iter().find(stays)) {
        let (error, hint) = if one.kind == Kind::Postgres {
            ("does not go into a folder, it is a PostgreSQL database", "hint-restore-aside-database")
        } else {
            ("does not go into a database", "hint-restore-aside-folder")
        };
        let hint = Saying::new(hint).with("source", &one.source);
        return Err(unclear(format!("restore {} aside: it {error}", one.source), hint));
    }
    let is_one_database = databases == 1 && others == 0;
    if !wish.tables.is_empty() && (!is_one_database || aside || !wish.only.is_empty()) {
        let error = "--table T goes with exactly one PostgreSQL database, in its own place";
        return Err(unclear(error, Saying::new("hint-restore-table")));
    }
    if wish.replace && wish.tables.is_empty() {
        return Err(unclear("--replace goes with --table T", Saying::new("hint-restore-table")));
    }
    if !wish.only.is_empty() && chosen.iter().any(|one| !matches!(one.kind, Kind::Media | Kind::Files)) {
        return Err(unclear("--only GLOB goes with folders and files alone", Saying::new("hint-restore-only")));
    }
    Ok(())
}
