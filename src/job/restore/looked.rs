//! The look at the target of one artifact: what stands there, what will happen, and everything that
//! would stop the way later. And its bytes, opened once more for whoever needs them.

use super::errand::{Errand, PutBack, way_of};
use super::find::Chosen;
use super::stored::{Digested, Told, read_out};
use super::verify::Verified;
use crate::domain::artifact::Compression;
use crate::domain::manifest::Facts;
use crate::domain::name::SourceName;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::{Context, Order};
use crate::source::Work;
use crate::source::restore::{Bytes, Prospect, Restore, To, Wish};
use crate::store::Store;
use crate::transform;

/// An artifact, its way back, and what stands where it goes.
pub(super) struct Looked {
    pub(super) verified: Verified,
    pub(super) wish: Wish,
    pub(super) prospect: Prospect,
    pub(super) way: Box<dyn Restore>,
    /// Why a restore would be refused, where a look went on to show the rest.
    pub(super) refusal: Option<Trouble>,
}

impl Looked {
    /// Whether something live gives way.
    pub(super) fn replaces(&self) -> bool {
        let gives_way = self.wish.tables.is_empty() || self.wish.replace;
        self.prospect.in_place || (self.wish.to == To::Home && gives_way && !self.prospect.exchanges.is_empty())
    }

    /// Whether it goes where nothing stands, by the operator's own word.
    pub(super) fn fills_a_folder(&self) -> bool {
        matches!(self.wish.to, To::Folder(_)) && self.prospect.exchanges.is_empty()
    }

    pub(super) fn chosen(&self) -> &Chosen {
        &self.verified.chosen
    }
}

/// What every look is made with.
pub(super) struct Look<'a> {
    pub(super) context: &'a Context,
    pub(super) store: &'a Store,
    pub(super) order: &'a Order,
    pub(super) errand: &'a Errand,
    pub(super) wish: &'a PutBack,
    pub(super) work: &'a Work,
}

/// # Errors
/// Everything that would stop the way later.
pub(super) fn look(through: &Look<'_>, mut verified: Verified, to: To) -> Result<Looked, Trouble> {
    let Look { context, store, order, errand, wish: asked, work } = *through;
    context.stop.check(Stage::Look)?;
    let (source, kind) = (verified.chosen.source.clone(), verified.chosen.kind);
    let way = way_of(&errand.way_back, &context.config, kind, &source)?;
    let wish = Wish {
        run: order.id.clone(),
        to,
        only: asked.only.clone(),
        tables: asked.tables.clone(),
        replace: asked.replace,
        jobs: asked.jobs,
        no_owner: asked.no_owner,
        assume_room: asked.assume_room,
        facts: verified.chosen.artifact.as_ref().map_or_else(Facts::default, |artifact| artifact.facts.clone()),
        raw_bytes: verified.raw_bytes,
        properties: verified.properties.take(),
        roles: verified.roles.take(),
    };
    let look = |wish: &Wish| with_bytes(context, store, &verified, |bytes| way.look_into(bytes, wish, work));
    let looked = match look(&wish) {
        Err(trouble) if asked.dry_run && is_of_unseen_room(&trouble) => {
            look(&Wish { assume_room: true, ..wish.clone() }).map(|prospect| (prospect, Some(trouble)))
        }
        looked => looked.map(|prospect| (prospect, None)),
    };
    let (prospect, refusal) = looked.map_err(|trouble| as_refusal(trouble, &source))?;
    let refusal = refusal.map(|trouble| as_refusal(trouble, &source));
    Ok(Looked { verified, wish, prospect, way, refusal })
}

/// What a look need not end at, for it can say what would happen all the same.
fn is_of_unseen_room(trouble: &Trouble) -> bool {
    let hint = trouble.hint.as_ref().map(|hint| hint.key);
    hint.is_some_and(|key| ["hint-restore-room-unseen", "hint-room-unseen"].contains(&key))
}

/// Whatever a look finds in the way is a refusal: nothing was begun.
fn as_refusal(trouble: Trouble, source: &SourceName) -> Trouble {
    let stays = trouble.stopped.is_some() || trouble.stage == Stage::Space;
    let stage = if stays { trouble.stage } else { Stage::Look };
    Trouble { stage, ..trouble }.while_doing(format!("restore {source}"))
}

/// Opens an artifact once more; what reads it to its end has read the bytes that were verified.
pub(super) fn with_bytes<T>(
    context: &Context,
    store: &Store,
    verified: &Verified,
    work: impl FnOnce(Bytes<'_>) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let chosen = &verified.chosen;
    let unreadable = |e: &std::io::Error| Trouble::passing(Stage::Load, format!("read {}: {e}", chosen.place.shown()));
    let file = chosen.place.open(store).map_err(|e| unreadable(&e))?;
    let mut stored = Digested::new(file, Some(&verified.imprint), &context.stop);
    let opened = transform::open(&mut stored, chosen.compression);
    let mut raw = Told { from: opened, source: &chosen.source, progress: context.progress.as_ref(), began: false };
    let is_plain = matches!(chosen.compression, Compression::None | Compression::Internal);
    let path = is_plain.then(|| chosen.place.full(store));
    let done = work(Bytes { raw: &mut raw, file: path.as_deref() })?;
    // Whoever began to read stopped at the end of its kind; the file must end in order too.
    if raw.began {
        read_out(&mut raw).map_err(|e| unreadable(&e))?;
    }
    Ok(done)
}
