//! Whether the user who runs a drill's server can do so: we may become him, and he comes through to
//! scratch. Asked of the system itself, by a program that he runs.

use std::path::Path;

use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::sys::programs::Command;
use crate::sys::users;

/// Asks it of work whose programs are his.
///
/// # Errors
/// What bars him, and the line that mends it.
pub(super) fn must_be_free(work: &Work) -> Result<(), Trouble> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    if !users::may_end_others() {
        return Err(bound("this root may not end what another user runs"));
    }
    let scratch = std::path::absolute(&work.scratch).unwrap_or_else(|_| work.scratch.clone());
    // Below what stands today we make the rest, open to him.
    let folders: Vec<&Path> = scratch.ancestors().filter(|folder| folder.exists()).collect();
    for folder in folders.into_iter().rev() {
        if !passes(folder, work)? {
            let text = format!("restore into {}: its server does not come through", scratch.display());
            let hint = Saying::new("hint-drill-shut").with("path", folder.display());
            return Err(Trouble::lasting(Stage::SetUp, text).hint(hint));
        }
    }
    Ok(())
}

fn passes(folder: &Path, work: &Work) -> Result<bool, Trouble> {
    match work.sys.programs.output(&Command::new("test").arg("-x").arg(folder), &work.stop) {
        Ok((ended, _)) => {
            work.stop.check(Stage::SetUp)?;
            Ok(ended.success)
        }
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            Err(bound("this root may become nobody else"))
        }
        // Without that program nothing is known; the server itself will say.
        Err(_) => Ok(true),
    }
}

fn bound(why: &str) -> Trouble {
    let text = format!("run PostgreSQL as the user postgres: {why}");
    Trouble::lasting(Stage::SetUp, text).hint(Saying::new("hint-drill-become"))
}
