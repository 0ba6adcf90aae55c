//! Floor 2: what is protected. Each source can be surveyed, dumped, inspected and loaded; what
//! it can dump it can load.
//!
//! Given: a configured source, a stream, the doors. Returns: raw bytes and the facts counted in
//! passing. Never: compresses, names stored files, touches the store, decides when.

mod archive;
mod configured;
mod exchange;
pub mod files;
pub mod inspector;
pub mod media;
pub mod postgres;
mod proofs;
pub mod prove;
pub mod provers;
pub mod questions;
mod references;
pub mod restore;
pub mod sqlite;
mod sums;
mod way_back;

pub use configured::configured;
pub use way_back::way_back;

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::artifact::{Form, Kind};
use crate::domain::manifest::{Content, Facts};
use crate::domain::name::SourceName;
use crate::domain::progress::Sink;
use crate::domain::report::Warning;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::stop::Stop;
use crate::sys::{Sys, fault};

/// One thing that becomes one artifact. All calls block; they run on threads of their own. Where
/// one needs an async client it drives it on the runtime handle in [`Work`].
pub trait Source: Send + Sync {
    fn name(&self) -> &SourceName;

    fn kind(&self) -> Kind;

    /// What the raw bytes are; decides the file's ending and whether we compress it (a custom
    /// dump is compressed by its program).
    fn form(&self) -> Form;

    /// Looks before work starts, changing nothing.
    ///
    /// # Errors
    /// What would fail the dump as well: unreachable, missing, too old a tool.
    fn survey(&self, work: &Work) -> Result<Survey, Trouble>;

    /// Writes the raw bytes into `out`, counting in passing. Returning `Ok` promises that the
    /// stream is whole: the child's exit status, the trailer, the ordered end were all seen.
    ///
    /// # Errors
    /// Anything that leaves the stream less than whole; an error of `out` itself is told as one
    /// of stage `write`.
    fn dump(&self, out: &mut dyn Write, work: &Work) -> Result<Dumped, Trouble>;

    /// What the raw bytes alone can tell, counted again from stored bytes. Equal to
    /// [`Facts::content`] of the dump that wrote them.
    ///
    /// # Errors
    /// Where the bytes are not whole or not this kind of thing.
    fn inspect(&self, raw: &mut dyn Read, work: &Work) -> Result<Content, Trouble> {
        inspector::inspect(self.kind(), self.form(), raw, work)
    }

    /// Puts raw bytes into an empty target.
    ///
    /// # Errors
    /// Where the target is not empty, refuses, or the bytes are not whole; the target may then
    /// hold a part.
    fn load(&self, raw: &mut dyn Read, target: &Target, work: &Work) -> Result<(), Trouble>;
}

/// One artifact to make, as configured.
#[derive(Clone)]
pub struct Configured {
    pub source: Arc<dyn Source>,
    /// It is made whenever one of these is: a database's properties with its dump, a server's
    /// roles with any of its databases.
    pub belongs_to: BTreeSet<SourceName>,
}

/// What a source works with: the doors, the signal to end, somewhere to report progress to, and
/// a scratch folder on the store's disk that is cleared away afterwards by whoever handed it out.
#[derive(Clone)]
pub struct Work {
    pub sys: Sys,
    pub stop: Stop,
    pub progress: Arc<dyn Sink>,
    pub scratch: PathBuf,
    /// Drives async clients from a blocking thread.
    pub runtime: tokio::runtime::Handle,
}

impl Work {
    /// An error of the stream a dump is written into: the store's, or the answer of one that was
    /// asked to stop.
    pub(crate) fn write_trouble(&self, error: &io::Error) -> Trouble {
        match self.stop.reason() {
            Some(reason) => Trouble::stopped(Stage::Write, reason),
            None => fault::trouble(Stage::Write, error),
        }
    }
}

/// What a look before the dump found.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// The most the artifact may need, before compression.
    pub bytes_max: u64,
    /// Tables the application made; `None` where the source is no database.
    pub user_tables: Option<usize>,
    /// Worth knowing, though the dump can go on.
    pub warnings: Vec<Remark>,
}

/// A whole dump: its facts, and what is worth knowing about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dumped {
    pub facts: Facts,
    /// False where something of the source could not be read.
    pub complete: bool,
    pub warnings: Vec<Remark>,
}

/// A warning not yet put into words: a stable code and the saying.
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    pub code: &'static str,
    pub saying: Saying,
}

/// The codes of what cannot be read: entries of a folder, a table.
pub const UNREADABLE: &str = "unreadable";
const UNREADABLE_TABLE: &str = "unreadable_table";
/// The code of what a restore as things stand would be refused for.
const RESTORE_HINDERED: &str = "restore_hindered";

impl Remark {
    /// Whether it tells of something that cannot be read: a dump that meets it is not whole, or
    /// fails.
    pub fn is_of_loss(&self) -> bool {
        [UNREADABLE, UNREADABLE_TABLE].contains(&self.code)
    }

    /// Whether it tells of a restore alone: no night is the worse for it.
    pub fn is_of_restore(&self) -> bool {
        self.code == RESTORE_HINDERED
    }

    /// The warning of a report, once `text` has been put into words.
    pub fn into_warning(self, source: &SourceName, text: String) -> Warning {
        Warning { code: self.code.to_owned(), source: Some(source.clone()), text }
    }
}

/// Where to load to.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// An empty database of this name on the source's own server.
    Database(String),
    /// A file (SQLite) or folder (archives) that does not exist yet.
    Path(PathBuf),
}
