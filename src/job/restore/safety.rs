//! The safety backup: what stands where a restore replaces in place, backed up and read again before
//! anything of it is touched. It is a set like any other, pinned, and the only way back.

use std::sync::Arc;

use super::errand::Errand;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
use crate::domain::report::{Job, Outcome, Trigger};
use crate::domain::restoring::safety_label;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::{Context, Order, backup, verify};
use crate::source::Source;
use crate::store::LockedStore;

/// Backs a source up under the lock that the restore holds, and returns the set.
///
/// # Errors
/// Where what stands there is not whole in a set that verifies: then nothing may be touched.
pub(super) fn take(
    context: &Context,
    locked: &LockedStore,
    order: &Order,
    errand: &Errand,
    source: &SourceName,
) -> Result<BackupId, Trouble> {
    let sources: Vec<Arc<dyn Source>> =
        errand.sources.iter().filter(|one| one.belongs_to.contains(source)).map(|one| one.source.clone()).collect();
    let now = context.sys.clock.now();
    let backup = Order {
        run: String::new(),
        id: next_id(context, locked, order),
        job: Job::Backup,
        trigger: Trigger::Command,
        started_at: now,
        label: Some(safety_label(&order.id)),
        pin: true,
    };
    let backup = Order { run: format!("{}-{}", Job::Backup.as_str(), backup.id), ..backup };
    let report = backup::run(context, locked, &sources, &backup);
    context.stop.check(Stage::Dump)?;
    let told = report.error.or_else(|| report.sources.iter().find_map(|source| source.error.clone()));
    match report.backup_id {
        Some(id) if report.outcome == Outcome::Succeeded => read_again(context, locked, &id).map(|()| id),
        _ => Err(refused(source, told.unwrap_or_else(|| report.outcome.as_str().to_owned()))),
    }
    .map_err(|trouble| trouble.while_doing("make a safety backup"))
}

/// Every artifact: its size and digest as stored, and what is in it counted once more.
fn read_again(context: &Context, locked: &LockedStore, id: &BackupId) -> Result<(), Trouble> {
    let manifest = locked.manifest(id).map_err(|e| Trouble::passing(Stage::Verify, format!("read set {id}: {e}")))?;
    let work = context.work(locked.state_dir());
    manifest.artifacts.iter().try_for_each(|artifact| {
        let read = verify::again(locked, artifact, &work);
        read.map_err(
            |trouble| if trouble.stopped.is_some() { trouble } else { refused(&artifact.source, trouble.error) },
        )
    })
}

fn refused(source: &SourceName, error: String) -> Trouble {
    Trouble::lasting(Stage::Look, error).hint(Saying::new("hint-restore-safety").with("source", source))
}

/// Of its own: it starts when it starts, however long the question stood.
fn next_id(context: &Context, locked: &LockedStore, order: &Order) -> BackupId {
    let local = context.sys.clock.now().with_timezone(&context.config.timezone).naive_local();
    let (catalog, restores) = (locked.catalog(), locked.restores());
    let newest = catalog.sets.iter().map(|set| &set.id).max();
    let taken =
        |id: &BackupId| *id == order.id || catalog.get(id).is_some() || locked.is_taken(id) || restores.uses(id);
    BackupId::next(local, newest, taken)
}
