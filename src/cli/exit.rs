//! Exit codes (design §11). Scripts decide by them, so none changes its meaning.

use std::process::ExitCode;

use super::output;
use crate::domain::report::{Job, Outcome, RunReport};
use crate::domain::trouble::Stage;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, also with warnings.
    Done,
    /// The job failed; health says 503; check found trouble.
    Failed,
    /// Some sources good, some not.
    Partial,
    /// Refused: no room, no consent, not a thing of ours.
    Refused,
    /// Usage or the text of the configuration.
    Usage,
    /// The lock is held by another run.
    Busy,
    /// SIGINT or SIGTERM on a command.
    Signalled,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Partial => 3,
            Exit::Refused => 4,
            Exit::Usage => 64,
            Exit::Busy => 75,
            Exit::Signalled => 130,
        })
    }
}

impl Exit {
    /// Of a run on command.
    pub fn of(report: &RunReport) -> Self {
        match report.outcome {
            Outcome::Succeeded => Exit::Done,
            Outcome::Partial => Exit::Partial,
            Outcome::Interrupted => Exit::Signalled,
            Outcome::Skipped if report.stage.as_deref() == Some(Stage::Lock.as_str()) => Exit::Busy,
            // No room to drill in says nothing of what is stored, and refuses nobody his data.
            Outcome::Failed if report.job == Job::Drill => Exit::Failed,
            Outcome::Failed if report.stage.as_deref() == Some(Stage::Space.as_str()) => Exit::Refused,
            Outcome::Failed if report.job == Job::Restore => Self::of_failed_restore(report),
            Outcome::Failed | Outcome::Skipped => Exit::Failed,
        }
    }

    /// What cannot be told is the command line's matter; what must not be is refused before
    /// anything was begun.
    fn of_failed_restore(report: &RunReport) -> Self {
        let refusals = [Stage::Verify, Stage::Look, Stage::Consent].map(Stage::as_str);
        match report.stage.as_deref() {
            Some(stage) if stage == Stage::Find.as_str() => Exit::Usage,
            Some(stage) if refusals.contains(&stage) => Exit::Refused,
            _ => Exit::Failed,
        }
    }
}

/// Prints clap's own text, help to standard output and complaints to standard error.
pub fn of_usage(error: &clap::Error) -> Exit {
    let printed = error.print();
    if error.use_stderr() {
        return Exit::Usage;
    }
    output::note(printed);
    Exit::Done
}

/// How the program ends after all: what was done is of no use to whoever waits for a result of it that
/// could not be written.
pub fn at_last(exit: Exit) -> ExitCode {
    if exit == Exit::Done && output::is_lost() { Exit::Failed.into() } else { exit.into() }
}
