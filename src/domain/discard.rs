//! Which damaged set may be removed on the operator's word. Rules never remove one: what is damaged
//! counts for nothing, and what can still be saved of it nobody knows. Never: the last good of anything.

use super::artifact::Kind;
use super::id::BackupId;
use super::name::SourceName;
use super::set::{Catalog, CatalogArtifact, CatalogSet, SetState};

/// Why a set stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// What cannot be seen looks damaged.
    Unlisted,
    /// The rules are for it.
    NotDamaged,
    /// What it holds is not known, so neither is whether it is the last good.
    Unreadable,
    Pinned,
    /// This set cannot be restored without it.
    DependedOn(BackupId),
    /// Of this source no other set holds anything good.
    Last(SourceName),
}

/// What speaks against removing this set, if anything does.
pub fn hindrance(catalog: &Catalog, set: &CatalogSet) -> Option<Hindrance> {
    if !catalog.unlisted.is_empty() || !catalog.barred.is_empty() {
        return Some(Hindrance::Unlisted);
    }
    if set.unreadable {
        return Some(Hindrance::Unreadable);
    }
    if set.state() != SetState::Damaged {
        return Some(Hindrance::NotDamaged);
    }
    if set.pinned {
        return Some(Hindrance::Pinned);
    }
    if let Some(other) = catalog.sets.iter().find(|other| other.depends_on.contains(&set.id)) {
        return Some(Hindrance::DependedOn(other.id.clone()));
    }
    let last = wanted(set).map(|artifact| &artifact.source).find(|source| elsewhere(catalog, set, source).is_none());
    last.cloned().map(Hindrance::Last)
}

/// What of a set must be good in another one before it may go: data, and roles. The properties of a
/// database come with its data.
pub fn wanted(set: &CatalogSet) -> impl Iterator<Item = &CatalogArtifact> {
    set.artifacts.iter().filter(|artifact| artifact.kind != Kind::Database)
}

/// The newest other set that holds what is good of this source, which no drill said no to.
pub fn elsewhere<'a>(catalog: &'a Catalog, set: &CatalogSet, source: &'a SourceName) -> Option<&'a BackupId> {
    let mut others = catalog.of_source(source).filter(|(other, artifact)| {
        let is_wanted = artifact.kind != Kind::Database && other.id != set.id;
        is_wanted && other.counts(artifact) && !artifact.is_refuted()
    });
    others.next().map(|(other, _)| &other.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture::{name, set, utc};
    use crate::domain::set::{Caveats, Drilled, Verified};

    const NIGHTS: [&str; 3] = ["20241110_030000", "20241111_030000", "20241112_030000"];

    /// Three nights of two sources, in the second of which a file is gone.
    fn catalog() -> Catalog {
        let mut sets = NIGHTS.map(|night| set(night, &["app", "media"])).to_vec();
        sets[1].artifacts[0].present = false;
        Catalog { sets, ..Catalog::default() }
    }

    fn second(change: impl FnOnce(&mut Catalog)) -> Option<Hindrance> {
        let mut catalog = catalog();
        change(&mut catalog);
        hindrance(&catalog, &catalog.sets[1])
    }

    fn found_bad(catalog: &mut Catalog, set: usize, artifact: usize) {
        catalog.sets[set].artifacts[artifact].verify = Some(Verified { at: utc("2024-11-12T06:00:00"), ok: false });
    }

    #[test]
    fn a_damaged_set_goes_where_all_its_sources_stand_elsewhere() {
        assert_eq!(second(|_| {}), None);
        let bad_alone = |catalog: &mut Catalog| {
            catalog.sets[1].artifacts[0].present = true;
            found_bad(catalog, 1, 0);
        };
        assert_eq!(second(bad_alone), None);
        let catalog = catalog();
        assert_eq!(elsewhere(&catalog, &catalog.sets[1], &name("app")), Some(&catalog.sets[2].id));
    }

    #[test]
    fn what_is_whole_wanted_or_not_known_stays() {
        assert_eq!(second(|c| c.sets[1].artifacts[0].present = true), Some(Hindrance::NotDamaged));
        assert_eq!(second(|c| c.sets[1].pinned = true), Some(Hindrance::Pinned));
        assert_eq!(second(|c| c.sets[1].unreadable = true), Some(Hindrance::Unreadable));
        assert_eq!(second(|c| c.unlisted.push("media: I/O error".to_owned())), Some(Hindrance::Unlisted));
        assert_eq!(second(|c| c.barred.push("db/app.sql".to_owned())), Some(Hindrance::Unlisted));
        let newest = catalog().sets[2].id.clone();
        let depended = |c: &mut Catalog| c.sets[2].depends_on = vec![c.sets[1].id.clone()];
        assert_eq!(second(depended), Some(Hindrance::DependedOn(newest)));
    }

    /// Roles are in a set beside the data, and a newer one may be without.
    #[test]
    fn the_last_good_roles_are_never_taken() {
        let with_roles = |catalog: &mut Catalog, sets: &[usize]| {
            for &set in sets {
                let mut roles = catalog.sets[set].artifacts[0].clone();
                (roles.source, roles.kind, roles.present) = (name("globals"), Kind::Globals, true);
                catalog.sets[set].artifacts.push(roles);
            }
        };
        assert_eq!(second(|catalog| with_roles(catalog, &[1])), Some(Hindrance::Last(name("globals"))));
        assert_eq!(second(|catalog| with_roles(catalog, &[1, 2])), None);
    }

    #[test]
    fn the_last_good_of_a_source_is_never_taken() {
        let last = |source| Some(Hindrance::Last(name(source)));
        // Also what may be saved of the damaged one is not taken while there is nothing else.
        let mut only = catalog();
        only.sets.retain(|set| set.id.as_str() == NIGHTS[1]);
        assert_eq!(hindrance(&only, &only.sets[0]), last("app"));
        assert_eq!(second(|c| c.sets.truncate(2)), None);
        let media_is_bad = |c: &mut Catalog| [0, 2].into_iter().for_each(|set| found_bad(c, set, 1));
        assert_eq!(second(media_is_bad), last("media"));
        let suspect = |c: &mut Catalog| [0, 2].into_iter().for_each(|set| c.sets[set].artifacts[0].suspect = true);
        assert_eq!(second(suspect), last("app"));
        let no = Drilled {
            at: utc("2024-11-12T07:00:00"),
            proven: false,
            restore_seconds: None,
            caveats: Caveats::default(),
        };
        let refuted = |c: &mut Catalog| [0, 2].into_iter().for_each(|set| c.sets[set].artifacts[0].drill = Some(no));
        assert_eq!(second(refuted), last("app"));
        let torn = |c: &mut Catalog| [0, 2].into_iter().for_each(|set| c.sets[set].artifacts[1].present = false);
        assert_eq!(second(torn), last("app"));
    }
}
