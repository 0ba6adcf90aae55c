//! Bringing single tables back. The dump is loaded whole into a database beside, compared as ever,
//! and the tables asked for are copied from there into the live database as `<table>_new_<run>`;
//! then the database beside is dropped. The exchange is one transaction over all of the tables:
//! either that table is renamed to `<table>_restored` (`old` is `None`), or its rows take the place
//! of those that stand, which are kept in `<table>_before_<run>`. So an undo is the same exchange
//! the other way round, and after a crash the names alone tell what happened.
//!
//! Given: exchanges whose names are tables `within` a database. Never: removes a table whose name
//! no restore made; touches a live table outside the one transaction of the exchange.

mod columns;
mod exchange;
mod find;
mod lifted;
mod look;
mod relation;
mod sequences;
mod session;
mod stage;

pub(super) use look::look;

use std::slice;

use super::desk::Desk;
use super::exchange::Patience;
use super::{PostgresRestore, beside, exchange as databases, names, watch};
use crate::config::PostgresConfig;
use crate::domain::id::BackupId;
use crate::domain::restoring::Exchange;
use crate::domain::table_name::TableName;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::restore::{Bytes, Kept, Stands, Wish};
use relation::Place;
use session::Session;

/// Whether these are exchanges of tables.
pub(super) fn are(exchanges: &[Exchange]) -> bool {
    exchanges.iter().any(|exchange| exchange.within.is_some())
}

/// The tables of one exchange, and the run whose it is.
struct Tables {
    live: Place,
    new: Place,
    old: Option<Place>,
    run: BackupId,
}

impl Tables {
    fn read(exchange: &Exchange) -> Result<Self, Trouble> {
        let place = |name: &str| TableName::parse(name).ok().and_then(|table| Place::of(&table));
        let old = exchange.old.as_deref().map(place);
        match (place(&exchange.live), place(&exchange.new), old) {
            (Some(live), Some(new), old) if old.as_ref().is_none_or(Option::is_some) => {
                let old = old.flatten();
                let run = names::run_of(&old.as_ref().unwrap_or(&new).name);
                run.map(|run| Self { live, new, old, run }).ok_or_else(|| not_ours(exchange))
            }
            _ => Err(not_ours(exchange)),
        }
    }
}

fn not_ours(exchange: &Exchange) -> Trouble {
    Trouble::lasting(Stage::SetUp, format!("exchange {} and {}: no tables of a restore", exchange.live, exchange.new))
}

/// The database these are tables of with the one their dump is loaded into, and the tables.
fn read(exchanges: &[Exchange]) -> Result<(Exchange, Vec<Tables>), Trouble> {
    let tables: Result<Vec<Tables>, Trouble> = exchanges.iter().map(Tables::read).collect();
    let within = exchanges.iter().find_map(|exchange| exchange.within.as_deref());
    let tables = tables?;
    let one_run = tables.windows(2).all(|two| two[0].run == two[1].run);
    match (within, tables.first()) {
        (Some(database), Some(first)) if one_run => Ok((beside(database, &first.run), tables)),
        _ => Err(Trouble::lasting(Stage::SetUp, "exchange tables: they are of one database and of one run")),
    }
}

/// The database the dump is loaded into, put as if it were to take the live one's place.
fn beside(database: &str, run: &BackupId) -> Exchange {
    let old = Some(names::before(database, run));
    Exchange { live: database.to_owned(), new: names::new(database, run), old, within: None }
}

/// Brings the tables beside those that stand, in the live database.
pub(super) fn prepare(
    source: &PostgresRestore,
    exchanges: &[Exchange],
    bytes: &mut Bytes<'_>,
    wish: &Wish,
    work: &Work,
) -> Result<(), Trouble> {
    let (beside, tables) = read(exchanges)?;
    let staged = load(source, &beside, bytes, wish, work, || stage::all(&source.config, &beside, &tables, wish, work));
    let dropped = databases::discard(&source.config, slice::from_ref(&beside), source.patience, work);
    staged.and(dropped).inspect_err(|_| {
        // What cannot be removed now is named by the journal, and removed later.
        let _left = discard(&source.config, exchanges, source.patience, work);
    })
}

fn load(
    source: &PostgresRestore,
    beside: &Exchange,
    bytes: &mut Bytes<'_>,
    wish: &Wish,
    work: &Work,
    then: impl FnOnce() -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    // A busy server takes its time to create a database.
    let desk = Desk::of(&source.config, slice::from_ref(beside), work)?.patient(Some(work))?;
    beside::make(&desk, &source.config, beside, wish, work)?;
    source.fill(&desk, &beside.new, bytes, wish, work)?;
    watch::over(&desk, &source.config, &beside.new, then)
}

/// Exchanges new and live.
pub(super) fn swap(config: &PostgresConfig, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
    let (beside, tables) = read(exchanges)?;
    let session = Session::open(config, &beside.live, &beside, work)?;
    exchange::exchange(&session, &tables)
}

/// Looks at the names, once nothing of that run is under way any more.
pub(super) fn settle(
    config: &PostgresConfig,
    exchanges: &[Exchange],
    patience: Patience,
    work: &Work,
) -> Result<Stands, Trouble> {
    let (beside, tables) = read(exchanges)?;
    let Some(session) = Session::after(config, &beside, patience, work)? else { return Ok(Stands::Old) };
    for Tables { live, new, old, .. } in &tables {
        let kept = old.as_ref().map_or(Ok(true), |old| session.stands(old))?;
        if !session.stands(live)? || session.stands(new)? || !kept {
            return Ok(Stands::Old);
        }
    }
    Ok(Stands::New)
}

/// Removes what was made beside: the database the tables came from, then the tables.
pub(super) fn discard(
    config: &PostgresConfig,
    exchanges: &[Exchange],
    patience: Patience,
    work: &Work,
) -> Result<(), Trouble> {
    let (beside, tables) = read(exchanges)?;
    let made: Vec<&Place> = tables.iter().map(|table| &table.new).filter(|new| names::is_new(&new.name)).collect();
    if made.is_empty() {
        return Ok(());
    }
    databases::discard(config, slice::from_ref(&beside), patience, work)?;
    let Some(session) = Session::after(config, &beside, patience, work)? else { return Ok(()) };
    made.into_iter().try_for_each(|new| session.drop_table(new).map(drop))
}

/// The kept copies that stand.
pub(super) fn kept(
    config: &PostgresConfig,
    exchanges: &[Exchange],
    patience: Patience,
    work: &Work,
) -> Result<Vec<Kept>, Trouble> {
    let (beside, tables) = read(exchanges)?;
    let Some(session) = Session::after(config, &beside, patience, work)? else { return Ok(Vec::new()) };
    let olds = tables.iter().filter_map(|table| table.old.as_ref());
    let stands = |old: &Place| {
        let size = session.size(old)?;
        Ok(size.map(|bytes| Kept { name: old.to_string(), bytes: Some(bytes) }))
    };
    olds.filter_map(|old| stands(old).transpose()).collect()
}

/// Removes the kept copies; returns what they took.
pub(super) fn clean(
    config: &PostgresConfig,
    exchanges: &[Exchange],
    patience: Patience,
    work: &Work,
) -> Result<Option<u64>, Trouble> {
    let (beside, tables) = read(exchanges)?;
    let Some(session) = Session::after(config, &beside, patience, work)? else { return Ok(Some(0)) };
    let kept = tables.iter().filter_map(|table| table.old.as_ref()).filter(|old| names::is_kept(&old.name));
    kept.map(|old| session.drop_table(old)).sum::<Result<u64, Trouble>>().map(Some)
}

/// The exchanges that take these back.
pub(super) fn reversed(done: &[Exchange], run: &BackupId) -> Vec<Exchange> {
    let back = |exchange: &Exchange| {
        let live = Tables::read(exchange).ok()?.live;
        let aside = Place { name: names::aside(&live.name, run), ..live };
        exchange.reversed(aside.to_string())
    };
    done.iter().filter_map(back).collect()
}
