//! What every proof is made with: the three judgements, and telling damaged bytes from a machine
//! that could not read or hold them.

use std::io::{self, Read};

use crate::domain::drill::{Judgement, Proof, What};
use crate::domain::manifest::Objects;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Outlook, Stage, Trouble};
use crate::source::prove::{Evidence, Material, MissingFiles};
use crate::sys::files;
use crate::words::Words;

/// What was looked at. A report keeps it in English; whoever shows it tells it in the reader's language.
pub(super) fn passed(what: What, looked_at: &Saying) -> Proof {
    Proof { what, judgement: Judgement::Passed, text: in_english(looked_at) }
}

pub(super) fn failed(what: What, text: impl Into<String>) -> Proof {
    Proof { what, judgement: Judgement::Failed, text: text.into() }
}

pub(super) fn skipped(what: What, why: &Saying) -> Proof {
    Proof { what, judgement: Judgement::Skipped, text: in_english(why) }
}

/// There was nothing to compare with.
pub(super) fn not_stated(what: What) -> Proof {
    skipped(what, &Saying::new("proof-not-stated"))
}

pub(super) fn in_english(saying: &Saying) -> String {
    Words::english().say(saying)
}

/// Passed, or what differs.
pub(super) fn judged(what: What, differs: Option<String>, looked_at: &Saying) -> Proof {
    differs.map_or_else(|| passed(what, looked_at), |differs| failed(what, differs))
}

/// Of what a database makes beside rows, where the manifest speaks of it.
pub(super) fn of_schema(stated: Option<&Objects>, found: Option<&Objects>, differs: Option<String>) -> Proof {
    let (Some(_), Some(found)) = (stated, found) else { return not_stated(What::Schema) };
    let objects: u64 = found.values().map(|sum| sum.count).sum();
    judged(What::Schema, differs, &Saying::new("proof-schema").with("objects", objects).with("kinds", found.len()))
}

/// Of a load that failed: what it failed by, and nothing else was looked at.
pub(super) fn of_failed_load(why: String, skipped_then: &[What], material: &Material) -> Evidence {
    let not_loaded = Saying::new("proof-not-loaded");
    let rest = skipped_then.iter().map(|what| skipped(*what, &not_loaded));
    Evidence {
        proofs: [failed(What::Load, why)].into_iter().chain(rest).collect(),
        answers: material.questions.iter().map(|_| Err(in_english(&not_loaded))).collect(),
        missing: material.references.iter().map(|_| MissingFiles::default()).collect(),
        ..Evidence::default()
    }
}

/// The raw bytes on their way, and whether they could be read.
pub(super) struct Heard<'a> {
    raw: &'a mut dyn Read,
    fault: Option<Fault>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Of what is stored: cut, altered, not to be decompressed.
    Bytes,
    /// Of the disk they lie on.
    System,
}

impl<'a> Heard<'a> {
    pub(super) fn new(raw: &'a mut dyn Read) -> Self {
        Self { raw, fault: None }
    }

    /// Whether a restore that ended in this trouble ended so because of the bytes. Otherwise it
    /// could not be made here and now, which says nothing of them.
    pub(super) fn is_at_fault(&self, trouble: &Trouble) -> bool {
        let by_itself = trouble.stage == Stage::Dump && trouble.outlook == Outlook::Lasting;
        trouble.stopped.is_none() && self.fault.map_or(by_itself, |fault| fault == Fault::Bytes)
    }
}

impl Read for Heard<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.raw.read(into).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                let fault = if files::errno(error).is_some() { Fault::System } else { Fault::Bytes };
                self.fault.get_or_insert(fault);
            }
        })
    }
}
