//! The way back of each source, in steps between any two of which either the old data or the new
//! stands whole. The steps are named before they are taken, so that whoever comes after a crash
//! knows what to look for; who writes those names down, asks for consent and calls the steps in
//! order is the job above.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Remark, Work};
use crate::domain::id::BackupId;
use crate::domain::manifest::Facts;
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::table_name::TableName;
use crate::domain::trouble::{Stage, Trouble};

/// Puts the artifacts of one source back.
pub trait Restore: Send + Sync {
    /// Looks at what stands at the target and at everything that would stop the way later,
    /// changing nothing.
    ///
    /// # Errors
    /// Each reason to refuse, with the line that mends it.
    fn look(&self, wish: &Wish, work: &Work) -> Result<Prospect, Trouble>;

    /// The same look where it needs to know what is in the artifact: the entries of an archive that
    /// are asked for, each of which is exchanged by itself. Reads all of the bytes or none.
    ///
    /// # Errors
    /// As [`Restore::look`], and where the bytes are not whole or nothing in them is asked for.
    fn look_into(&self, _bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<Prospect, Trouble> {
        self.look(wish, work)
    }

    /// Brings the data beside the target under the names of `exchanges`, whole, compared with the
    /// facts, ready for use.
    ///
    /// # Errors
    /// Anything less; what was made is gone then, or is named and [`Restore::discard`] removes it.
    fn prepare(&self, exchanges: &[Exchange], bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble>;

    /// Exchanges new and live. One that fails leaves the old data live; one that is killed is
    /// ended by [`Restore::settle`].
    ///
    /// # Errors
    /// Where the old data still stands in its place.
    fn swap(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble>;

    /// Ends a swap that was cut short, one way or the other, and lets clients in again.
    ///
    /// # Errors
    /// Where that cannot be done now; asked again later it may.
    fn settle(&self, exchanges: &[Exchange], work: &Work) -> Result<Stands, Trouble>;

    /// Puts the data in place in one transaction, where nothing can be brought beside
    /// ([`Prospect::in_place`]). `begun` is told the transaction before anything is done in it.
    ///
    /// # Errors
    /// Where the old data stands as it was, or where [`Restore::settle_replaced`] must tell what does.
    fn replace(&self, _: Bytes<'_>, _: &Wish, _: &mut Begun<'_>, _: &Work) -> Result<(), Trouble> {
        Err(Trouble::lasting(Stage::Swap, NOT_IN_PLACE))
    }

    /// Ends a replacement that was cut short, by the transaction it noted, if it came so far.
    ///
    /// # Errors
    /// Where that cannot be done now; asked again later it may.
    fn settle_replaced(&self, _transaction: Option<&str>, _: &Work) -> Result<Stands, Trouble> {
        Err(Trouble::lasting(Stage::Swap, NOT_IN_PLACE))
    }

    /// Removes what a prepare made; nothing there is no error. Never touches live or old data.
    ///
    /// # Errors
    /// The server's or the system's.
    fn discard(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble>;

    /// What stands of the kept old copies. Changes nothing.
    ///
    /// # Errors
    /// Where that cannot be looked at now.
    fn kept(&self, exchanges: &[Exchange], work: &Work) -> Result<Vec<Kept>, Trouble>;

    /// Where that lies which programs put in place of the data while it was exchanged, and which
    /// has a like in what stands there now.
    fn meanwhile(&self, _exchanges: &[Exchange]) -> Vec<String> {
        Vec::new()
    }

    /// Removes the kept old copies, on the operator's word, and returns the bytes that became free
    /// where that is known.
    ///
    /// # Errors
    /// The server's or the system's.
    fn clean(&self, exchanges: &[Exchange], work: &Work) -> Result<Option<u64>, Trouble>;

    /// The exchanges that take `done` back; what stands now is kept under names that end in
    /// `_undone_<run>`. Changes nothing.
    fn reversed(&self, done: &[Exchange], run: &BackupId) -> Vec<Exchange>;
}

/// Notes a transaction that was begun; nothing is done in one that could not be noted.
pub type Begun<'a> = dyn FnMut(&str) -> Result<(), Trouble> + 'a;

const NOT_IN_PLACE: &str = "replace in place: nothing of this kind is";

/// What is to be put back, and where.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Of the run: what is made beside and what is kept ends in it.
    pub run: BackupId,
    pub to: To,
    /// Only these entries of an archive, as globs; empty: all.
    pub only: Vec<String>,
    /// Only these tables of a database: put beside those that stand, or, where `replace` says so,
    /// in the place of their rows. Empty: all.
    pub tables: Vec<TableName>,
    pub replace: bool,
    /// Parallel jobs of `pg_restore`.
    pub jobs: usize,
    /// Go on where owners cannot be set.
    pub no_owner: bool,
    /// Go on where the room at the target cannot be seen.
    pub assume_room: bool,
    /// What the manifest says of the artifact; nothing for an adopted file.
    pub facts: Facts,
    pub raw_bytes: Option<u64>,
    /// The database's properties (`.create.sql`) and the server's roles, where the set has them.
    pub properties: Option<Vec<u8>>,
    pub roles: Option<Vec<u8>>,
}

/// Where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// Where it came from.
    Home,
    /// A new database of this name on the source's server.
    Database(String),
    /// A folder that is empty or does not exist: nothing is exchanged.
    Folder(PathBuf),
}

/// The raw bytes of the artifact, opened; reading them to their end has checked the digest.
pub struct Bytes<'a> {
    pub raw: &'a mut dyn Read,
    /// The file that holds exactly these bytes, where there is one: for programs that must seek.
    pub file: Option<&'a Path>,
}

/// What a look found: what stands there, what will happen.
#[derive(Debug, Clone)]
pub struct Prospect {
    /// Sentences for the one who is asked, in order.
    pub says: Vec<Saying>,
    pub exchanges: Vec<Exchange>,
    pub remarks: Vec<Remark>,
    /// Nothing can be brought beside: what stands there is replaced in one transaction, and no old
    /// copy is kept by it.
    pub in_place: bool,
}

/// A kept old copy that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// As its exchange names it.
    pub name: String,
    /// What it takes; `None` where that takes long to tell.
    pub bytes: Option<u64>,
}

/// What stands live after a swap that was cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    Old,
    New,
}
