//! The names of databases and tables that a restore makes and keeps. The server cuts a long name silently;
//! so we cut it first, at the end of a character, and where we did, a mark made from the whole
//! name tells two long names apart that begin alike.

use xxhash_rust::xxh3::xxh3_64;

use crate::domain::id::{BackupId, ID_LENGTH};
use crate::domain::restoring::Exchange;

/// What a name of PostgreSQL's holds at most.
pub(super) const LENGTH_MAX: usize = 63;
const NEW: &str = "_new_";
const BEFORE: &str = "_before_";
const UNDONE: &str = "_undone_";
const RESTORED: &str = "_restored";
/// `~` and eight hexadecimal digits.
const MARK_LENGTH: usize = 9;

/// Where a restore loads to.
pub(super) fn new(live: &str, run: &BackupId) -> String {
    with(live, NEW, run)
}

/// What stood there before a restore.
pub(super) fn before(live: &str, run: &BackupId) -> String {
    with(live, BEFORE, run)
}

/// What stood there before an undo.
pub(super) fn aside(live: &str, run: &BackupId) -> String {
    with(live, UNDONE, run)
}

/// Whether a restore of ours made it: nothing else is ever given up with what was begun.
pub(super) fn is_new(name: &str) -> bool {
    ends_in(name, &[NEW])
}

/// Whether it is a copy that was kept: nothing else is ever cleaned away.
pub(super) fn is_kept(name: &str) -> bool {
    ends_in(name, &[BEFORE, UNDONE])
}

/// All databases of these exchanges.
pub(super) fn of(exchanges: &[Exchange]) -> Vec<&str> {
    exchanges.iter().flat_map(|e| [Some(&e.live), Some(&e.new), e.old.as_ref()]).flatten().map(String::as_str).collect()
}

/// A table that is put beside the one that stands.
pub(super) fn restored(table: &str) -> String {
    cut(table, RESTORED)
}

/// The run that made it, or kept it.
pub(super) fn run_of(name: &str) -> Option<BackupId> {
    let at = name.len().checked_sub(ID_LENGTH).filter(|at| name.is_char_boundary(*at))?;
    BackupId::parse(&name[at..]).ok()
}

fn with(live: &str, word: &str, run: &BackupId) -> String {
    cut(live, &format!("{word}{run}"))
}

fn cut(live: &str, ending: &str) -> String {
    let room = LENGTH_MAX - ending.len();
    if live.len() <= room {
        return format!("{live}{ending}");
    }
    let mut end = room - MARK_LENGTH;
    while !live.is_char_boundary(end) {
        end -= 1;
    }
    let mark = xxh3_64(live.as_bytes()) >> 32;
    format!("{}~{mark:08x}{ending}", &live[..end])
}

fn ends_in(name: &str, words: &[&str]) -> bool {
    run_of(name).is_some_and(|run| words.iter().any(|word| name.ends_with(&format!("{word}{run}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_by_us_at_a_character_and_stay_apart() {
        let run = BackupId::parse("20241112_030000").unwrap();
        assert_eq!(before("app", &run), "app_before_20241112_030000");
        assert_eq!(
            (new("app", &run).as_str(), aside("app", &run).as_str()),
            ("app_new_20241112_030000", "app_undone_20241112_030000")
        );
        let base = "ñ".repeat(30);
        let mut all = std::collections::BTreeSet::new();
        assert_eq!(restored("app"), "app_restored");
        assert_eq!(run_of("app_new_20241112_030000"), Some(run.clone()));
        for live in [base.clone(), format!("{base}a"), format!("{base}b"), "x".repeat(63), "日".repeat(21)] {
            assert!(restored(&live).len() <= LENGTH_MAX && all.insert(restored(&live)), "{live}");
            for name in [new(&live, &run), before(&live, &run), aside(&live, &run)] {
                assert!(name.len() <= LENGTH_MAX, "{name}");
                assert_eq!(
                    (is_new(&name), is_kept(&name)),
                    (name.contains("_new_"), !name.contains("_new_")),
                    "{name}"
                );
                assert!(all.insert(name));
            }
        }
    }

    #[test]
    fn only_names_of_ours_are_ours() {
        for not in ["app", "", "ñ", "app_new_", "_before_2024111", "app_new_20241312_030000", "app_20241112_030000"] {
            assert!(!is_new(not) && !is_kept(not), "{not}");
        }
        assert!(is_kept("x_before_20241112_030000") && !is_new("x_before_20241112_030000"));
    }
}
