//! What a drill found, as it comes out source by source, and how it is written down: beside the manifest
//! of each set that something was taken from.

use std::collections::BTreeSet;

use super::fared::Fared;
use super::piece::Piece;
use crate::domain::drill::DrillFinding;
use crate::domain::finding::ArtifactFinding;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
use crate::domain::trouble::Trouble;
use crate::job::{Context, Order};
use crate::store::LockedStore;

/// What came out so far.
#[derive(Default)]
pub(super) struct Found {
    pub(super) fared: Vec<Fared>,
    /// Configured sources of which nothing good is stored.
    pub(super) missing: Vec<SourceName>,
    findings: Vec<DrillFinding>,
    /// Files whose bytes are not those that were stored.
    bad: Vec<(BackupId, ArtifactFinding)>,
}

impl Found {
    /// Nothing yet, where of these sources nothing good is stored.
    pub(super) fn beside(missing: Vec<SourceName>) -> Self {
        Self { missing, ..Self::default() }
    }

    /// One more source is done. A file of its set that is not what was stored is dated as this no is, by
    /// which one tells who found it.
    pub(super) fn add(
        &mut self,
        context: &Context,
        order: &Order,
        piece: &Piece,
        fared: Fared,
        disk_bytes: Option<u64>,
    ) {
        let at = context.sys.clock.now().max(order.started_at);
        if let Some((path, error)) = &fared.bad {
            let finding = ArtifactFinding { path: path.clone(), ok: false, error: Some(error.clone()), at: Some(at) };
            self.bad.push((piece.set.clone(), finding));
        }
        self.findings.push(DrillFinding {
            backup_id: piece.set.clone(),
            run: order.run.clone(),
            started_at: order.started_at,
            at,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            rpo_seconds: (order.started_at - piece.made_at).num_seconds().max(0).unsigned_abs(),
            disk_bytes,
            nothing_good: self.missing.clone(),
            drilled: fared.drilled.clone(),
        });
        self.fared.push(fared);
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
