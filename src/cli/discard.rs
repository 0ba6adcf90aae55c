//! `discard`: removes a damaged set, which no rule ever does, on the operator's word. It shows what is
//! lost with it, and asks.

use super::args::{Args, DiscardOptions};
use super::exit::Exit;
use super::marks::{self, Done};
use super::world::World;
use crate::domain::discard::{Hindrance, elsewhere, hindrance, wanted};
use crate::domain::saying::Saying;
use crate::domain::set::{Catalog, CatalogArtifact, CatalogSet};
use crate::domain::trouble::{Stage, Trouble};
use crate::job::restore_page;
use crate::runner::Runner;
use crate::store::LockedStore;
use crate::words::size;

const DISCARDED: Done = Done { what: "discarded", said_unchanged: "cli-discarded" };

pub fn run(args: &Args, options: &DiscardOptions) -> Exit {
    let ask = |world: &World, catalog: &Catalog, set: &CatalogSet| ask(world, catalog, set, options.yes);
    marks::mark(args, &options.id, &DISCARDED, ask, |Runner { sys, config, words, .. }, store, catalog, set| {
        // Meanwhile another may have gone, and this one be the last.
        if let Some(hindrance) = hindrance(catalog, set) {
            let changed = Trouble::lasting(Stage::Prune, format!("remove set {}: it is another now", set.id));
            return Err(changed.hint(why(&hindrance, set, &store.dir().display())));
        }
        must_stand_elsewhere(store, catalog, set)?;
        let freed = size(store.expire(&set.id)?);
        tracing::info!(
            job = "discard",
            backup_id = set.id.as_str(),
            "removed on the operator's word; {freed} became free"
        );
        restore_page::refresh(sys, config, words, store).map(|()| Some(DISCARDED.said_unchanged))
    })
}

/// That a file is there with its size says little of its bytes: what another set is to hold in place of
/// this one is read again.
fn must_stand_elsewhere(store: &LockedStore, catalog: &Catalog, set: &CatalogSet) -> Result<(), Trouble> {
    for source in wanted(set).map(|artifact| &artifact.source) {
        let Some(other) = elsewhere(catalog, set, source) else { continue };
        if !store.has_whole(other, source)? {
            let error = format!("remove set {}: {source} of set {other} is not what was written", set.id);
            return Err(Trouble::lasting(Stage::Prune, error).hint(Saying::new("hint-verify-first").with("id", other)));
        }
    }
    Ok(())
}

fn ask(world: &World, catalog: &Catalog, set: &CatalogSet, given: bool) -> Result<(), Exit> {
    if let Some(hindrance) = hindrance(catalog, set) {
        let why = why(&hindrance, set, &world.runner.store.dir().display());
        return Err(marks::complain(world, &why, Exit::Refused));
    }
    let mut says: Vec<Saying> = set.artifacts.iter().filter_map(|artifact| of(catalog, set, artifact)).collect();
    says.push(Saying::new("discard-means").with("id", &set.id));
    marks::must_consent(world, &says, &set.id, given)
}

/// How one of its files stands; of one that is whole, where else there is a good one. The properties
/// of a database go with its data, and need no word.
fn of(catalog: &Catalog, set: &CatalogSet, artifact: &CatalogArtifact) -> Option<Saying> {
    let saying = if !artifact.present {
        Saying::new("discard-missing")
    } else if artifact.is_bad() {
        Saying::new("discard-bad")
    } else {
        let other = elsewhere(catalog, set, &artifact.source)?;
        Saying::new("discard-whole").with("source", &artifact.source).with("other", other)
    };
    Some(saying.with("path", &artifact.path))
}

fn why(hindrance: &Hindrance, set: &CatalogSet, dir: &dyn std::fmt::Display) -> Saying {
    let saying = match hindrance {
        Hindrance::Unlisted => Saying::new("discard-unlisted"),
        Hindrance::NotDamaged => Saying::new("discard-not-damaged"),
        Hindrance::Unreadable => Saying::new("discard-unreadable").with("dir", dir),
        Hindrance::Pinned => Saying::new("discard-pinned"),
        Hindrance::DependedOn(other) => Saying::new("discard-depended-on").with("other", other),
        Hindrance::Last(source) => Saying::new("discard-last").with("source", source),
    };
    saying.with("id", &set.id)
}
