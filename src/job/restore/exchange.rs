//! Exchanging new and old, part after part, and back again where one of them fails: in the end
//! all of it is new, or all of it is old, or it is said which is which.

use std::time::Instant;

use super::ledger::Ledger;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
use crate::domain::progress::Event;
use crate::domain::report::RunReport;
use crate::domain::restoring::{InPlace, Part, PartState, RestoreJournal, VERSION, listed};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::{Context, warn};
use crate::source::Work;
use crate::source::restore::{Begun, Restore, Stands};
use crate::store::LockedStore;

/// The ways back of a journal's parts, in its order.
pub(super) type Ways<'a> = Vec<&'a dyn Restore>;

/// Puts the data of the part with this number in place, noting the transaction as soon as it is begun.
pub(super) type Replace<'a> = dyn Fn(usize, &mut Begun<'_>) -> Result<(), Trouble> + 'a;

/// What came of an exchange that failed in the middle.
pub(super) struct Broken {
    pub(super) source: SourceName,
    pub(super) trouble: Trouble,
    /// Sources that stay exchanged, for they could not be exchanged back.
    pub(super) stay: Vec<(SourceName, Trouble)>,
    /// What stood in between and is kept, for it may have been written to.
    pub(super) aside: Vec<String>,
}

impl Broken {
    /// One that ended before anything was exchanged.
    pub(super) fn before(source: &SourceName, trouble: Trouble) -> Box<Self> {
        Box::new(Self { source: source.clone(), trouble, stay: Vec::new(), aside: Vec::new() })
    }
}

/// What an exchange works with. Its signal to end is never given: what was begun is ended.
pub(super) struct Exchanger<'a> {
    pub(super) context: &'a Context,
    pub(super) store: &'a LockedStore,
    pub(super) work: &'a Work,
    /// Replaces a part of the journal in place.
    pub(super) in_place: &'a Replace<'a>,
    /// What could not be noted, in words.
    pub(super) unnoted: Vec<String>,
    /// Where that lies which came while data was exchanged.
    meanwhile: Vec<String>,
}

impl<'a> Exchanger<'a> {
    pub(super) fn new(context: &'a Context, store: &'a LockedStore, work: &'a Work, in_place: &'a Replace<'a>) -> Self {
        Self { context, store, work, in_place, unnoted: Vec::new(), meanwhile: Vec::new() }
    }

    /// Ends the journal, clears away, and tells of all that is left.
    pub(super) fn end(mut self, ledger: Ledger, report: &mut RunReport) {
        let ended = ledger.end().and_then(|()| self.store.sweep_restores());
        self.unnoted.extend(ended.err().map(|trouble| trouble.error));
        let mut tell = |code: &str, saying: &Saying| warn(report, code, self.context.words.say(saying));
        for error in self.unnoted {
            tell("restore_unsettled", &Saying::new("warning-restore-unsettled").with("error", error));
        }
        if !self.meanwhile.is_empty() {
            tell("restore_meanwhile", &of_meanwhile(&self.meanwhile));
        }
    }

    /// Exchanges every part that stands prepared.
    pub(super) fn exchange(&mut self, ledger: &mut Ledger, ways: &Ways<'_>) -> Result<(), Box<Broken>> {
        for (at, way) in ways.iter().enumerate() {
            if let Err(trouble) = self.exchange_one(ledger, at, *way) {
                let source = ledger.journal().parts[at].source.clone();
                self.give_up(ledger, ways);
                let (stay, aside) = self.exchange_back(ledger, ways);
                return Err(Box::new(Broken { source, trouble, stay, aside }));
            }
        }
        Ok(())
    }

    fn exchange_one(&mut self, ledger: &mut Ledger, at: usize, way: &dyn Restore) -> Result<(), Trouble> {
        let part = ledger.journal().parts[at].clone();
        if let Some(in_place) = part.in_place {
            return self.replace_one(ledger, at, &in_place, way);
        }
        if part.exchanges.is_empty() {
            return ledger.note(at, PartState::Swapped);
        }
        let began = Instant::now();
        self.context.progress.event(Event::Stage {
            source: Some(part.source.clone()),
            stage: "swap",
            expected_bytes: None,
        });
        let swapped = ledger.note(at, PartState::Swapping).and_then(|()| {
            way.swap(&part.exchanges, self.work).or_else(|trouble| match way.settle(&part.exchanges, self.work) {
                Ok(Stands::New) => Ok(()),
                Ok(Stands::Old) => {
                    // Whether that can be noted or not, the next start settles it.
                    let _settled_later = ledger.note(at, PartState::Prepared);
                    Err(trouble)
                }
                // Noted as under way, it is settled by the next start.
                Err(why) => {
                    self.unnoted.push(untold(&part.source, &why));
                    Err(trouble)
                }
            })
        });
        self.context.progress.event(Event::StageEnded { source: part.source.clone() });
        let came = way.meanwhile(&part.exchanges);
        self.unnoted.extend(ledger.note_meanwhile(at, &came).err().map(|trouble| trouble.error));
        self.meanwhile.extend(came.into_iter().filter(|name| !self.meanwhile.contains(name)).collect::<Vec<_>>());
        swapped?;
        let noted = ledger.note(at, PartState::Swapped).and_then(|()| match ledger.journal().undoes {
            Some(_) => ledger.note_undone(),
            None => Ok(()),
        });
        // The data stands exchanged; only the note is missing, which the next start makes up for.
        self.unnoted.extend(noted.err().map(|trouble| trouble.error));
        self.context.progress.event(Event::Stepped {
            source: Some(part.source),
            what: "exchanged new and old".to_owned(),
            bytes: None,
            seconds: began.elapsed().as_secs_f64(),
        });
        Ok(())
    }

    /// Replaces in place: the server itself knows whether that was done.
    fn replace_one(
        &mut self,
        ledger: &mut Ledger,
        at: usize,
        in_place: &InPlace,
        way: &dyn Restore,
    ) -> Result<(), Trouble> {
        let (began, source) = (Instant::now(), ledger.journal().parts[at].source.clone());
        ledger.note(at, PartState::Swapping)?;
        let mut noted: Option<String> = None;
        let replaced = (self.in_place)(at, &mut |transaction: &str| {
            noted = Some(transaction.to_owned());
            ledger.note_in_place(at, InPlace { transaction: noted.clone(), ..in_place.clone() })
        });
        replaced.or_else(|trouble| match way.settle_replaced(noted.as_deref(), self.work) {
            Ok(Stands::New) => Ok(()),
            Ok(Stands::Old) => {
                // Whether that can be noted or not, the next start settles it.
                let _settled_later = ledger.note(at, PartState::Prepared);
                Err(trouble)
            }
            // Noted as under way, it is settled by the next start.
            Err(why) => {
                self.unnoted.push(untold(&source, &why));
                Err(trouble)
            }
        })?;
        // The data stands; only the note is missing, which the next start makes up for.
        self.unnoted.extend(ledger.note(at, PartState::Swapped).err().map(|trouble| trouble.error));
        self.context.progress.event(Event::Stepped {
            source: Some(source),
            what: "replaced in place".to_owned(),
            bytes: None,
            seconds: began.elapsed().as_secs_f64(),
        });
        Ok(())
    }

    /// Removes what was prepared and is not exchanged. What an undo would have put in place is a
    /// kept old copy, and stays.
    pub(super) fn give_up(&mut self, ledger: &mut Ledger, ways: &Ways<'_>) {
        let is_undo = ledger.journal().undoes.is_some();
        for (at, way) in ways.iter().enumerate() {
            let part = ledger.journal().parts[at].clone();
            // One that is being exchanged is for the next start to settle.
            if !matches!(part.state, PartState::Preparing | PartState::Prepared) {
                continue;
            }
            let discarded =
                if is_undo || part.in_place.is_some() { Ok(()) } else { way.discard(&part.exchanges, self.work) };
            let noted = discarded.and_then(|()| ledger.note(at, PartState::Discarded));
            self.unnoted
                .extend(noted.err().map(|trouble| format!("clear away for {}: {}", part.source, trouble.error)));
        }
    }

    /// Undoes the parts that were exchanged before another failed. Returns those that stay, and
    /// what is kept of the others.
    fn exchange_back(&mut self, ledger: &mut Ledger, ways: &Ways<'_>) -> (Vec<(SourceName, Trouble)>, Vec<String>) {
        let given_up = ledger.journal().clone();
        let is_exchanged = |at: &usize| {
            let part = &given_up.parts[*at];
            part.state == PartState::Swapped && (part.in_place.is_some() || !part.exchanges.is_empty())
        };
        let (mut stay, mut back) = (Vec::new(), Vec::new());
        let run = self.next_id(&given_up.id);
        for at in (0..ways.len()).rev().filter(is_exchanged) {
            let part = &given_up.parts[at];
            let exchanges = ways[at].reversed(&part.exchanges, &run);
            if exchanges.is_empty() {
                let why =
                    if part.in_place.is_some() { "it was replaced in place" } else { "nothing stood there before" };
                stay.push((part.source.clone(), Trouble::lasting(Stage::Swap, why)));
                continue;
            }
            let part = Part::new(part.source.clone(), part.kind, part.backup_id.clone(), exchanges);
            back.push((at, Part { state: PartState::Prepared, ..part }));
        }
        if back.is_empty() {
            return (stay, Vec::new());
        }
        let journal = RestoreJournal {
            version: VERSION,
            id: run,
            started_at: self.context.sys.clock.now(),
            undoes: Some(given_up.id.clone()),
            parts: back.iter().map(|(_, part)| part.clone()).collect(),
        };
        let begun = Ledger::begin(self.store, journal);
        let mut undo = match begun {
            Ok(undo) => undo,
            Err(trouble) => {
                return (back.into_iter().map(|(_, part)| (part.source, trouble.clone())).collect(), Vec::new());
            }
        };
        for (number, (at, part)) in back.iter().enumerate() {
            if let Err(trouble) = self.exchange_one(&mut undo, number, ways[*at]) {
                stay.push((part.source.clone(), trouble));
            }
        }
        self.give_up(&mut undo, &back.iter().map(|(at, _)| ways[*at]).collect());
        if let Some(root) = &given_up.undoes {
            // An undo that failed leaves the restore it was to take back as it was.
            self.unnoted.extend(undo.hand_over(root).err().map(|trouble| trouble.error));
        }
        let aside = undo.journal().parts.iter().flat_map(Part::kept).map(str::to_owned).collect();
        self.unnoted.extend(undo.end().err().map(|trouble| trouble.error));
        (stay, aside)
    }

    /// An id for what is kept by an exchange back: names of two exchanges must never meet.
    fn next_id(&self, run: &BackupId) -> BackupId {
        let restores = self.store.restores();
        BackupId::next(run.local(), None, |id| id == run || restores.uses(id))
    }
}

/// What a program put in place of the data while it was exchanged, and what to do with it.
pub fn of_meanwhile(names: &[String]) -> Saying {
    Saying::new("warning-restore-meanwhile").with("names", listed(names.iter().map(String::as_str)))
}

/// Of an exchange whose end could not be asked for.
fn untold(source: &SourceName, why: &Trouble) -> String {
    format!("whether the old or the new data of {source} stands: {}", why.error)
}
