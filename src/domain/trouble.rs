//! What went wrong in a stage of a run, in the form that travels from the floor where it
//! happened to the report: where, what, what to do, and whether trying again can help.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::saying::Saying;

/// The part of a run in which something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Configuration, record, threads: before any source is touched.
    SetUp,
    Lock,
    Recover,
    Space,
    /// Reaching a source: server, file, folder, tool.
    Connect,
    Dump,
    /// Writing into the store.
    Write,
    Publish,
    Prune,
    /// Finding what is to be restored: what was asked for cannot be told.
    Find,
    /// Reading artifacts again before anything is begun.
    Verify,
    /// Looking at the target of a restore, and at all that would stop it later.
    Look,
    Consent,
    /// Bringing data beside what it is to replace.
    Load,
    Hook,
    /// Exchanging new and old.
    Swap,
    /// Removing kept old copies.
    Clean,
    /// Proving by restoring: what was restored is not what was stored.
    Drill,
    /// Asking what was restored the operator's own questions.
    Ask,
    /// The process itself ended in mid-run; told by the next start.
    Process,
}

impl Stage {
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::SetUp => "set_up",
            Stage::Lock => "lock",
            Stage::Recover => "recover",
            Stage::Space => "space",
            Stage::Connect => "connect",
            Stage::Dump => "dump",
            Stage::Write => "write",
            Stage::Publish => "publish",
            Stage::Prune => "prune",
            Stage::Find => "find",
            Stage::Verify => "verify",
            Stage::Look => "look",
            Stage::Consent => "consent",
            Stage::Load => "load",
            Stage::Hook => "hook",
            Stage::Swap => "swap",
            Stage::Clean => "clean",
            Stage::Drill => "drill",
            Stage::Ask => "ask",
            Stage::Process => "process",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a run was asked to end before its work was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// SIGTERM or SIGINT.
    Signal,
    /// The run's deadline has passed.
    Deadline,
    /// A restore takes precedence and asked through the `yield` file.
    Yielded,
}

/// Whether the same attempt, made again later without anyone's help, may succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// A server down, a network away, a disk full: it may pass.
    Passing,
    /// A wrong password, a missing folder, an old tool: somebody must act.
    Lasting,
}

/// A failure of one stage. `error` is English, bare present actions joined by `: `, without a
/// full stop and without a secret; `hint` tells the operator what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Trouble {
    pub stage: Stage,
    pub error: String,
    pub hint: Option<Saying>,
    pub outlook: Outlook,
    pub stopped: Option<StopReason>,
}

impl Trouble {
    /// A trouble that may pass by itself.
    pub fn passing(stage: Stage, error: impl fmt::Display) -> Self {
        Self { stage, error: error.to_string(), hint: None, outlook: Outlook::Passing, stopped: None }
    }

    /// A trouble that stays until somebody acts.
    pub fn lasting(stage: Stage, error: impl fmt::Display) -> Self {
        Self { outlook: Outlook::Lasting, ..Self::passing(stage, error) }
    }

    /// The run was asked to end during `stage`.
    pub fn stopped(stage: Stage, reason: StopReason) -> Self {
        let error = match reason {
            StopReason::Signal => "asked to stop by a signal",
            StopReason::Deadline => "the deadline passed",
            StopReason::Yielded => "made way for a restore",
        };
        Self { stopped: Some(reason), ..Self::passing(stage, error) }
    }

    /// The same trouble with what to do about it.
    pub fn hint(mut self, hint: Saying) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The same trouble, told as part of a larger action.
    pub fn while_doing(mut self, action: impl fmt::Display) -> Self {
        self.error = format!("{action}: {}", self.error);
        self
    }
}
