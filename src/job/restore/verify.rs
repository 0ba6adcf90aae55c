//! Reads every artifact again before anything is begun: one that its manifest names is what it was
//! when its digest is; one without a manifest is judged from itself.

use std::io::{self, Read};
use std::time::Instant;

use super::find::Chosen;
use super::refusals::{damaged, refused, unread};
use super::stored::{Counted, Digested, Imprint, Told, read_out};
use crate::domain::manifest::Artifact;
use crate::domain::progress::Event;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::{Context, companions};
use crate::source::{Work, inspector};
use crate::store::Store;
use crate::transform;

/// An artifact whose bytes are what they should be.
pub(super) struct Verified {
    pub(super) chosen: Chosen,
    pub(super) imprint: Imprint,
    pub(super) raw_bytes: Option<u64>,
    pub(super) properties: Option<Vec<u8>>,
    pub(super) roles: Option<Vec<u8>>,
    /// Companions that cannot be used, in words.
    pub(super) lost: Vec<String>,
}

/// # Errors
/// Where the artifact is not what it should be; where the run was asked to end.
pub(super) fn verify(context: &Context, store: &Store, work: &Work, chosen: Chosen) -> Result<Verified, Trouble> {
    let began = Instant::now();
    let source = chosen.source.clone();
    let file = chosen.place.open(store).map_err(|e| unread(store, &chosen.place, &e))?;
    let expected_bytes = file.metadata().ok().map(|metadata| metadata.len());
    context.progress.event(Event::Stage { source: Some(source.clone()), stage: "verify", expected_bytes });
    let mut stored = Digested::new(file, None, &context.stop);
    let told = Told { from: &mut stored, source: &source, progress: context.progress.as_ref(), began: false };
    let found = match &chosen.artifact {
        Some(artifact) => as_stated(artifact, told).map(|()| Some(artifact.raw_bytes)),
        None => by_itself(work, &chosen, told),
    };
    context.progress.event(Event::StageEnded { source: source.clone() });
    context.stop.check(Stage::Verify)?;
    let (raw_bytes, imprint) = (found?, stored.imprint());
    if let Some(artifact) = &chosen.artifact {
        must_match(artifact, &imprint)?;
    }
    let mut lost = Vec::new();
    let mut companion = |artifact: &Option<Artifact>| {
        let artifact = artifact.as_ref()?;
        read_companion(context, store, artifact).map_err(|trouble| lost.push(trouble.error)).ok()
    };
    let (properties, roles) = (companion(&chosen.properties), companion(&chosen.roles));
    context.progress.event(Event::Stepped {
        source: Some(source),
        what: format!("verified {}", chosen.place.shown()),
        bytes: Some(imprint.size_bytes),
        seconds: began.elapsed().as_secs_f64(),
    });
    Ok(Verified { chosen, imprint, raw_bytes, properties, roles, lost })
}

/// The digest vouches for every compressed member and all that is in it.
fn as_stated(artifact: &Artifact, mut stored: impl Read) -> Result<(), Trouble> {
    read_out(&mut stored).map(drop).map_err(|e| damaged(&artifact.path, &e))
}

fn must_match(artifact: &Artifact, found: &Imprint) -> Result<(), Trouble> {
    if found.size_bytes == artifact.size_bytes && found.digest == artifact.digest {
        return Ok(());
    }
    let error = format!("verify {}: its bytes are not those that were stored", artifact.path);
    Err(refused(error, Saying::new("hint-restore-damaged")))
}

/// Every member is opened, and what is in it is read to its proper end.
fn by_itself(work: &Work, chosen: &Chosen, stored: impl Read + Send) -> Result<Option<u64>, Trouble> {
    let mut raw = Counted { from: transform::open(stored, chosen.compression), bytes: 0 };
    let unreadable = |e: &io::Error| damaged(&chosen.place.shown(), e);
    inspector::inspect_adopted(chosen.kind, &mut raw, work).map_err(|trouble| {
        if inspector::is_of_the_bytes(&trouble) { damaged(&chosen.place.shown(), &trouble.error) } else { trouble }
    })?;
    // What an inspection leaves unread behind the end of its kind is still part of the file.
    read_out(&mut raw).map_err(|e| unreadable(&e))?;
    Ok(Some(raw.bytes))
}

fn read_companion(context: &Context, store: &Store, artifact: &Artifact) -> Result<Vec<u8>, Trouble> {
    companions::read(store, artifact, &context.stop).map_err(|e| damaged(&artifact.path, &e))
}
