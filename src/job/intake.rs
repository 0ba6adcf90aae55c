//! One source on its way into the staging folder: dumped, sealed, compared with what stood
//! before. What failed, or panicked, leaves nothing behind.

use std::time::Instant;

use super::Context;
use super::guard::guarded;
use crate::domain::artifact::{self, Compression, Form};
use crate::domain::id::BackupId;
use crate::domain::manifest::Artifact;
use crate::domain::progress::Event;
use crate::domain::saying::Saying;
use crate::domain::set::Catalog;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::{Dumped, Remark, Source};
use crate::store::Staging;
use crate::sys::fault;
use crate::transform::{Recipe, Sealer};

/// A good artifact, and what is worth knowing about it.
pub struct Taken {
    pub artifact: Artifact,
    pub remarks: Vec<Remark>,
}

/// Dumps one source into `staging`.
///
/// # Errors
/// The source's, the store's; the half-written file is gone then.
pub fn take(
    context: &Context,
    staging: &Staging,
    source: &dyn Source,
    id: &BackupId,
    before: &Catalog,
) -> Result<Taken, Trouble> {
    let recipe = recipe(context, source.form());
    let path = artifact::path(source.kind(), source.name(), id, source.form(), recipe.compression);
    context.progress.event(Event::Stage { source: Some(source.name().clone()), stage: "dump", expected_bytes: None });
    let taken = guarded(Stage::Dump, "the source", || dump_and_seal(context, staging, source, recipe, &path))
        .flatten()
        .and_then(|taken| refuse_sudden_emptiness(context, source, taken, before))
        .map_err(|trouble| trouble.while_doing(format!("dump {}", source.name())));
    context.progress.event(Event::StageEnded { source: source.name().clone() });
    match &taken {
        Ok(Taken { artifact, .. }) => context.progress.event(Event::Taken {
            source: artifact.source.clone(),
            kind: artifact.kind,
            raw_bytes: artifact.raw_bytes,
            size_bytes: artifact.size_bytes,
            seconds: artifact.duration_seconds,
        }),
        Err(_) => {
            // What cannot be removed here goes with the staging folder, at the latest at the next start.
            let _goes_later = staging.discard(&path);
        }
    }
    taken
}

fn dump_and_seal(
    context: &Context,
    staging: &Staging,
    source: &dyn Source,
    recipe: Recipe,
    path: &str,
) -> Result<Taken, Trouble> {
    let (started_at, began) = (context.sys.clock.now(), Instant::now());
    let scratch = staging.scratch(source.name().as_str()).map_err(|e| fault::trouble(Stage::Write, &e))?;
    let file = staging.create(path, source.kind().is_private())?;
    let mut sealer = Sealer::start(file, recipe, &context.stop).map_err(|e| fault::trouble(Stage::Write, &e))?;
    let Dumped { facts, complete, warnings } = source.dump(&mut sealer, &context.work(scratch))?;
    let whole = sealer.finish().map_err(|e| match context.stop.reason() {
        Some(reason) => Trouble::stopped(Stage::Write, reason),
        None => fault::trouble(Stage::Write, &e),
    })?;
    let artifact = Artifact {
        source: source.name().clone(),
        kind: source.kind(),
        path: path.to_owned(),
        size_bytes: whole.size_bytes,
        raw_bytes: whole.raw_bytes,
        digest: whole.digest,
        compression: recipe.compression,
        encryption: None,
        started_at,
        duration_seconds: began.elapsed().as_secs_f64(),
        complete,
        facts,
    };
    Ok(Taken { artifact, remarks: warnings })
}

/// A folder that was full and is empty is a volume that is not mounted, until the operator says
/// otherwise.
fn refuse_sudden_emptiness(
    context: &Context,
    source: &dyn Source,
    taken: Taken,
    before: &Catalog,
) -> Result<Taken, Trouble> {
    let allowed = context.config.media.iter().any(|media| media.name == *source.name() && media.allow_empty);
    let is_empty = taken.artifact.facts.archive.as_ref().is_some_and(|a| a.content.files_and_links() == 0);
    let had_entries =
        before.newest_good(source.name()).is_some_and(|(_, newest)| newest.entries.is_some_and(|n| n > 0));
    if is_empty && had_entries && !allowed {
        let error = "the folder is empty where the newest complete set holds files";
        let hint = Saying::new("hint-empty-folder").with("source", source.name());
        return Err(Trouble::lasting(Stage::Dump, error).hint(hint));
    }
    Ok(taken)
}

/// A custom dump is compressed by its program; small statements are compressed like dumps.
fn recipe(context: &Context, form: Form) -> Recipe {
    let settings = context.config.compression;
    let compression = match form {
        Form::CustomDump => Compression::Internal,
        Form::CreateSql => Compression::None,
        Form::PlainSql | Form::SqliteFile | Form::Tar => settings.method,
    };
    Recipe { compression, level: settings.level, threads: settings.threads }
}
