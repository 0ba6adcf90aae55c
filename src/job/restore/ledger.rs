//! The journal of a restore in the making: on disk before each step is taken.

use crate::domain::id::BackupId;
use crate::domain::restoring::{InPlace, Part, PartState, RestoreJournal, note_undone};
use crate::domain::trouble::Trouble;
use crate::store::LockedStore;

/// One journal, held with the store's lock.
pub(super) struct Ledger {
    store: LockedStore,
    journal: RestoreJournal,
}

impl Ledger {
    /// Writes the journal before anything is done.
    pub(super) fn begin(store: &LockedStore, journal: RestoreJournal) -> Result<Self, Trouble> {
        store.write_restore(&journal)?;
        Ok(Self { store: store.clone(), journal })
    }

    /// One that an earlier run has written.
    pub(super) fn of(store: &LockedStore, journal: RestoreJournal) -> Self {
        Self { store: store.clone(), journal }
    }

    pub(super) fn journal(&self) -> &RestoreJournal {
        &self.journal
    }

    /// Writes how far a part has come; without that it counts as not having come there.
    pub(super) fn note(&mut self, part: usize, state: PartState) -> Result<(), Trouble> {
        self.change(part, |part| part.state = state)
    }

    /// Writes that nothing of a part is ours to look after any more.
    pub(super) fn end_part(&mut self, part: usize, state: PartState) -> Result<(), Trouble> {
        self.change(part, |part| {
            part.state = state;
            part.unsettled = None;
            part.meanwhile.clear();
        })
    }

    /// Writes why a part cannot be settled now, for whoever asks.
    pub(super) fn note_unsettled(&mut self, part: usize, why: &str) -> Result<(), Trouble> {
        if self.journal.parts[part].unsettled.as_deref() == Some(why) {
            return Ok(());
        }
        self.change(part, |part| part.unsettled = Some(why.to_owned()))
    }

    /// Writes where that lies which came while a part was exchanged.
    pub(super) fn note_meanwhile(&mut self, part: usize, names: &[String]) -> Result<(), Trouble> {
        if names.is_empty() {
            return Ok(());
        }
        self.change(part, |part| part.meanwhile = names.to_vec())
    }

    fn change(&mut self, part: usize, change: impl FnOnce(&mut Part)) -> Result<(), Trouble> {
        let before = self.journal.parts[part].clone();
        change(&mut self.journal.parts[part]);
        let written = self.store.write_restore(&self.journal);
        if written.is_err() {
            self.journal.parts[part] = before;
        }
        written
    }

    /// Writes what is known of a replacement in place, before the next is done.
    pub(super) fn note_in_place(&mut self, part: usize, in_place: InPlace) -> Result<(), Trouble> {
        self.journal.parts[part].in_place = Some(in_place);
        self.store.write_restore(&self.journal)
    }

    /// An undo's old copy is what stood live: the restore that it undoes keeps it no more.
    pub(super) fn note_undone(&self) -> Result<(), Trouble> {
        note_all_undone(&self.store)
    }

    /// Gives what this journal keeps to the restore `root`, which keeps the rest.
    pub(super) fn hand_over(&mut self, root: &BackupId) -> Result<(), Trouble> {
        let journals = self.store.restores().journals;
        let Some(mut root) = journals.into_iter().find(|journal| journal.id == *root) else { return Ok(()) };
        let mut handed = Vec::new();
        for (at, part) in self.journal.parts.iter().enumerate().filter(|(_, part)| part.kept().next().is_some()) {
            let its = root.parts.iter_mut().find(|own| (&own.source, own.kind) == (&part.source, part.kind));
            let Some(its) = its else { continue };
            (its.exchanges, its.state) = (part.exchanges.clone(), PartState::Swapped);
            handed.push(at);
        }
        self.store.write_restore(&root)?;
        handed.into_iter().try_for_each(|at| self.note(at, PartState::Undone))
    }

    /// Keeps the journal for as long as there is something to undo, to clean or to settle.
    pub(super) fn end(self) -> Result<(), Trouble> {
        forget_if_done(&self.store, &self.journal)
    }
}

/// Takes down what undos have exchanged in the journals of what they undid.
pub(super) fn note_all_undone(store: &LockedStore) -> Result<(), Trouble> {
    let mut journals = store.restores().journals;
    let changed = note_undone(&mut journals);
    for journal in journals.iter().filter(|journal| changed.contains(&journal.id)) {
        store.write_restore(journal)?;
        forget_if_done(store, journal)?;
    }
    Ok(())
}

fn forget_if_done(store: &LockedStore, journal: &RestoreJournal) -> Result<(), Trouble> {
    if journal.keeps() || journal.is_unfinished() { Ok(()) } else { store.forget_restore(&journal.id) }
}
