//! What drills have to say of data that came back as they were stored: an answer that is not as the
//! operator expects, a question that could not be asked, files that rows name and the media lacks.
//! None of it speaks against a set; each stands until a drill of data as new or newer is without it.

use super::{Cause, DRILL_ANSWER, DRILL_UNASKED, MEDIA_MISSING};
use super::{SourceStanding, Standing, Status};
use crate::domain::saying::Saying;

pub(super) fn causes(standing: &Standing) -> Vec<Cause> {
    standing.sources.iter().flat_map(|source| of_source(standing, source)).collect()
}

fn of_source(standing: &Standing, source: &SourceStanding) -> Vec<Cause> {
    // The newest data that was ever drilled has the word, whichever drill came last; about the media the
    // newest of which they were looked at.
    let drilled =
        || standing.catalog.data_of(&source.name).filter_map(|(set, artifact)| Some((set, artifact.drill?.caveats)));
    let newest = drilled().next();
    let looked = drilled().find(|(_, caveats)| caveats.media.is_some());
    let all = [
        (newest.filter(|(_, caveats)| caveats.answer), DRILL_ANSWER, "reason-drill-answer"),
        (newest.filter(|(_, caveats)| caveats.unasked), DRILL_UNASKED, "reason-drill-unasked"),
        (looked.filter(|(_, caveats)| caveats.media == Some(true)), MEDIA_MISSING, "reason-media-missing"),
    ];
    let held = all.into_iter().filter_map(|(found, code, key)| Some((found?.0, code, key)));
    held.map(|(set, code, key)| Cause {
        status: Status::Warning,
        code,
        source: Some(source.name.clone()),
        saying: Saying::new(key).with("source", &source.name).with("id", &set.id),
    })
    .collect()
}
