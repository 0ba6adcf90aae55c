//! Proving by restoring: one artifact of a set is put back into a scratch folder, looked at as a
//! restored thing, compared with what its manifest says, and cleared away. By what the bytes are,
//! never by how a source is configured now.

use std::path::{Path, PathBuf};

use super::Work;
use super::restore::Bytes;
use crate::domain::artifact::Form;
use crate::domain::drill::Proof;
use crate::domain::manifest::Facts;
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::trouble::Trouble;

/// Proves artifacts of one kind.
pub trait Prove: Send + Sync {
    /// Whether it can be held here: programs, a user to run them as. Reads none of the bytes.
    ///
    /// # Errors
    /// What is missing, with the line that mends it: the drill cannot be held.
    fn ready(&self, material: &Material, work: &Work) -> Result<(), Trouble>;

    /// The disk it will take at most, in bytes.
    fn room_bytes(&self, material: &Material) -> u64;

    /// Restores into `scratch`, an empty folder of its own on disk, and looks. What it started is
    /// ended when this returns; what it wrote under `scratch` is cleared away by the caller.
    ///
    /// # Errors
    /// Where it could not be held to its end: a server that died, a disk that filled, a signal. What
    /// was found wrong is no error but a failed proof.
    fn prove(&self, bytes: Bytes<'_>, material: &Material, scratch: &Path, work: &Work) -> Result<Evidence, Trouble>;
}

/// Where the tree of an archive lies once it was proven in `scratch`: below a folder that lets
/// nobody else in.
pub fn unpacked(scratch: &Path) -> PathBuf {
    scratch.join("archive").join("tree")
}

/// What is to be proven.
#[derive(Debug, Clone)]
pub struct Material {
    pub source: SourceName,
    pub form: Form,
    pub facts: Facts,
    pub raw_bytes: Option<u64>,
    /// The database's properties (`.create.sql`) and the server's roles, where the set has them.
    pub properties: Option<Vec<u8>>,
    pub roles: Option<Vec<u8>>,
    /// The operator's own questions, as SQL.
    pub questions: Vec<String>,
    /// Columns that name files, and where the media was unpacked.
    pub references: Vec<Reference>,
}

/// A column whose values are paths below a folder of media.
#[derive(Debug, Clone)]
pub struct Reference {
    /// `table.column` or `schema.table.column`.
    pub column: String,
    pub media: SourceName,
    /// The unpacked media; else why there is none to look in.
    pub root: Result<PathBuf, String>,
}

/// What was seen.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Until the data was back and ready for use.
    pub restore_seconds: Option<f64>,
    pub proofs: Vec<Proof>,
    /// What is odd in production itself: no failure.
    pub remarks: Vec<Saying>,
    /// In the order of the questions: the first column of the first row as text, or why there is none.
    pub answers: Vec<Result<Option<String>, String>>,
    /// In the order of the references.
    pub missing: Vec<MissingFiles>,
}

/// Files that rows name and the media lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MissingFiles {
    pub named: u64,
    pub missing: u64,
    /// The first few.
    pub examples: Vec<String>,
}
