//! What a drill found, as it comes out source by source, and how it is written down: beside the manifest
//! of each set that something was taken from.

use std::collections::BTreeSet;

use super::fared::Fared;
use super::piece::Piece;
use crate::domain::drill::DrillFinding;
use crate::domain::finding::ArtifactFinding;
use crate::domain::id::BackupId;
use crate::domain::trouble::Trouble;
use crate::job::{Context, Order};
use crate::store::LockedStore;

/// What came out so far.
#[derive(Default)]
pub(super) struct Found {
    pub(super) fared: Vec<Fared>,
    findings: Vec<DrillFinding>,
    /// Files whose bytes are not those that were stored.
    bad: Vec<(BackupId, ArtifactFinding)>,
}

impl Found {
    /// One more source is done.
    pub(super) fn add(
        &mut self,
        context: &Context,
        order: &Order,
        piece: &Piece,
        fared: Fared,
        disk_bytes: Option<u64>,
    ) {
        self.findings.push(DrillFinding {
            backup_id: piece.set.clone(),
            run: order.run.clone(),
            started_at: order.started_at,
            at: context.sys.clock.now().max(order.started_at),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            rpo_seconds: (order.started_at - piece.made_at).num_seconds().max(0).unsigned_abs(),
            disk_bytes,
            drilled: fared.drilled.clone(),
        });
        self.fared.push(fared);
    }

    /// A file of a set is not what was stored.
    pub(super) fn add_bad(&mut self, set: &BackupId, path: &str, error: &str) {
        let finding = ArtifactFinding { path: path.to_owned(), ok: false, error: Some(error.to_owned()), at: None };
        self.bad.push((set.clone(), finding));
    }

    /// Whether it says anything of what is stored. What an earlier drill has proven stays proven where
    /// this one could not look.
    pub(super) fn says_anything(&self) -> bool {
        self.findings.iter().any(DrillFinding::found_anything_out)
    }

    /// Writes all of it down; of a set that is gone meanwhile nothing, which is said.
    pub(super) fn write_down(&self, locked: &LockedStore, order: &Order) -> Result<(), Trouble> {
        let sets: BTreeSet<&BackupId> = self.findings.iter().map(|found| &found.backup_id).collect();
        let written = sets.into_iter().map(|id| {
            let of_set = self.findings.iter().filter(|found| found.backup_id == *id);
            let bad = self.bad.iter().filter(|(set, _)| set == id).map(|(_, finding)| finding.clone());
            locked.keep_drill(id, of_set.cloned().collect())?;
            locked.keep_bad(id, &order.run, &bad.collect::<Vec<_>>())
        });
        written.fold(Ok(()), Result::and)
    }
}
