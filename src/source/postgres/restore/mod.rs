//! Putting a PostgreSQL database back: loaded whole into a database beside the one that stands,
//! compared, and only then exchanged with it by two renames in one transaction.
//!
//! Given: a stored dump, its facts, where to. Returns: what stands there and what will happen
//! (`look`); a database beside (`prepare`); the exchange (`swap`), its end after a crash
//! (`settle`), its way back (`reversed`). An exchange whose `old` is `None` is one where nothing
//! stands at `live`: the database beside is given that name, and there is no way back.
//!
//! Never: drops or alters what it did not make, but for its name and whether it lets sessions in;
//! alters a role that exists; creates a tablespace; leaves a database without sessions. Where our role
//! may not create a database, the one it owns is replaced in place, in one transaction (`in_place`).

pub(super) mod beside;
mod compare;
pub(super) mod desk;
mod exchange;
pub(super) mod fit;
mod forecast;
mod hindrance;
mod in_place;
mod look;
mod names;
mod passwords;
mod rights;
pub(super) mod room;
mod sessions;
mod standing;
mod tables;
mod watch;

use crate::config::{DumpFormat, PostgresConfig};
use crate::domain::id::BackupId;
use crate::domain::progress::Event;
use crate::domain::restoring::Exchange;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::postgres::load::Load;
use crate::source::restore::{Begun, Bytes, Kept, Prospect, Restore, Stands, Wish};
use crate::source::{Remark, Work};
use desk::Desk;
pub use exchange::Patience;

/// Puts the dumps of one configured database back.
pub struct PostgresRestore {
    config: PostgresConfig,
    patience: Patience,
}

impl PostgresRestore {
    pub fn new(config: &PostgresConfig) -> Self {
        Self { config: config.clone(), patience: Patience::default() }
    }

    /// The same, where the server is waited for this long.
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// What a restore would be refused for as things stand, with what mends it; nothing is changed.
    ///
    /// # Errors
    /// Where the server cannot be asked, or the path that is to show its room cannot be looked at.
    pub fn forecast(&self, work: &Work) -> Result<Vec<Remark>, Trouble> {
        forecast::forecast(&self.config, work)
    }

    /// Loads into the database that was made beside, compares, and lets the server learn what it
    /// holds.
    fn fill(&self, desk: &Desk<'_>, new: &str, bytes: &mut Bytes<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
        let source = &self.config.name;
        let stage = |stage, expected_bytes| {
            work.progress.event(Event::Stage { source: Some(source.clone()), stage, expected_bytes });
        };
        stage("load", wish.raw_bytes);
        let (format, mut raw) = beside::recognised(bytes.raw)?;
        let load = Load::reach(&self.config, new, work)?
            .named(desk.access.application_name())
            .leaving(beside::left_out(desk, wish, work)?);
        let counted = watch::over(desk, &self.config, new, || match bytes.file {
            Some(file) if format == DumpFormat::Custom && wish.jobs > 1 => {
                load.parallel(file, wish.jobs, &mut raw).map(|()| None)
            }
            _ => load.stream(format, &mut raw),
        })?;
        stage("compare", None);
        compare::compare(desk, new, counted.as_ref(), wish.facts.postgres.as_ref(), work)?;
        if !wish.tables.is_empty() {
            return Ok(());
        }
        stage("analyze", None);
        beside::analyze(desk, new, wish.jobs, work)
    }
}

/// Wherever below it arose: in this part of a restore it did. Room has an exit code of its own.
fn during<T>(stage: Stage, done: Result<T, Trouble>) -> Result<T, Trouble> {
    done.map_err(|trouble| if trouble.stage == Stage::Space { trouble } else { Trouble { stage, ..trouble } })
}

impl Restore for PostgresRestore {
    fn look(&self, wish: &Wish, work: &Work) -> Result<Prospect, Trouble> {
        let look = if wish.tables.is_empty() { look::look } else { tables::look };
        during(Stage::Look, look(&self.config, wish, work))
    }

    fn prepare(&self, exchanges: &[Exchange], bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
        let mut bytes = bytes;
        if tables::are(exchanges) {
            let prepared = tables::prepare(self, exchanges, &mut bytes, wish, work);
            work.progress.event(Event::StageEnded { source: self.config.name.clone() });
            return prepared;
        }
        let [exchange] = exchanges else {
            return Err(Trouble::lasting(Stage::SetUp, "restore a database: it has one exchange"));
        };
        let new = exchange.new.as_str();
        // A busy server takes its time to create a database.
        let desk = Desk::of(&self.config, exchanges, work).and_then(|desk| desk.patient(Some(work)));
        let desk = during(Stage::Load, desk)?;
        let prepared = beside::make(&desk, &self.config, exchange, wish, work).and_then(|later| {
            self.fill(&desk, new, &mut bytes, wish, work)?;
            beside::finish(&desk, new, &later)
        });
        work.progress.event(Event::StageEnded { source: self.config.name.clone() });
        during(Stage::Load, prepared).inspect_err(|_| {
            // What cannot be removed now is named by the journal, and removed later.
            let _left = self.discard(exchanges, work);
        })
    }

    fn swap(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
        let swapped = if tables::are(exchanges) {
            tables::swap(&self.config, exchanges, work)
        } else {
            exchange::swap(&self.config, exchanges, self.patience, work)
        };
        during(Stage::Swap, swapped)
    }

    fn settle(&self, exchanges: &[Exchange], work: &Work) -> Result<Stands, Trouble> {
        let act = if tables::are(exchanges) { tables::settle } else { exchange::settle };
        during(Stage::Swap, act(&self.config, exchanges, self.patience, work))
    }

    fn replace(&self, bytes: Bytes<'_>, wish: &Wish, begun: &mut Begun<'_>, work: &Work) -> Result<(), Trouble> {
        let mut bytes = bytes;
        let replaced = in_place::replace(&self.config, &mut bytes, wish, begun, work);
        work.progress.event(Event::StageEnded { source: self.config.name.clone() });
        replaced
    }

    fn settle_replaced(&self, transaction: Option<&str>, work: &Work) -> Result<Stands, Trouble> {
        in_place::settle(&self.config, transaction, work)
    }

    fn discard(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
        let act = if tables::are(exchanges) { tables::discard } else { exchange::discard };
        during(Stage::Clean, act(&self.config, exchanges, self.patience, work))
    }

    fn kept(&self, exchanges: &[Exchange], work: &Work) -> Result<Vec<Kept>, Trouble> {
        if tables::are(exchanges) {
            tables::kept(&self.config, exchanges, self.patience, work)
        } else {
            exchange::kept(&self.config, exchanges, work)
        }
    }

    fn clean(&self, exchanges: &[Exchange], work: &Work) -> Result<Option<u64>, Trouble> {
        let act = if tables::are(exchanges) { tables::clean } else { exchange::clean };
        during(Stage::Clean, act(&self.config, exchanges, self.patience, work))
    }

    fn reversed(&self, done: &[Exchange], run: &BackupId) -> Vec<Exchange> {
        if tables::are(done) {
            return tables::reversed(done, run);
        }
        done.iter().filter_map(|exchange| exchange.reversed(names::aside(&exchange.live, run))).collect()
    }
}
