//! The drill of each kind, by what the bytes are.

use std::path::Path;

use super::archive::drill::ArchiveDrill;
use super::postgres::drill::{self, PostgresDrill};
use super::prove::Prove;
use super::sqlite::drill::SqliteDrill;
use crate::domain::artifact::Form;
use crate::domain::trouble::Trouble;
use crate::sys::Sys;

/// Who proves artifacts of this form. Properties and roles are proven with the dump they go with.
pub fn prover(form: Form) -> Box<dyn Prove> {
    match form {
        Form::PlainSql | Form::CustomDump | Form::CreateSql => Box::new(PostgresDrill),
        Form::SqliteFile => Box::new(SqliteDrill),
        Form::Tar => Box::new(ArchiveDrill),
    }
}

/// Ends what an earlier drill that was killed left at work in `scratch` or below it; the folder
/// itself is for the caller to clear away.
///
/// # Errors
/// Where that goes on whatever it is sent.
pub fn clear_left_over(scratch: &Path, sys: &Sys) -> Result<(), Trouble> {
    drill::clear_left_over(scratch, sys)
}
