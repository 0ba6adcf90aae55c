//! Room while a drill is under way: its scratch may share a disk with production or the store, and
//! a drill that fills it would be worse than none.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::domain::drill::Judgement;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, StopReason, Trouble};
use crate::source::Work;
use crate::source::postgres::restore::room;
use crate::source::prove::Evidence;
use crate::sys::stop::Stop;
use crate::sys::{space, strays};

/// A load writes hundreds of megabytes a second; what is kept free covers several looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const SERVER: &str = "postgres";
/// What the system says, also by the server's mouth, and the server of a page that fitted only in
/// part: it speaks English here.
const FULL: [&str; 3] = ["No space left on device", "Disk quota exceeded", "Check free disk space"];
const NOTHING: u64 = u64::MAX;

/// Does `drill` under watch, and ends its server when room gets low.
///
/// # Errors
/// The drill's own; the lack of room, where that ended it.
pub(super) fn over(
    scratch: &Path,
    work: &Work,
    drill: impl FnOnce() -> Result<Evidence, Trouble>,
) -> Result<Evidence, Trouble> {
    let (ended, left_bytes) = (Stop::new(), AtomicU64::new(NOTHING));
    let held = thread::scope(|scope| {
        scope.spawn(|| {
            while ended.reason().is_none() && work.stop.reason().is_none() {
                // Where the room cannot be seen there is nothing to watch.
                let Ok(space) = space::of(scratch) else { return };
                if room::is_low(space) {
                    left_bytes.store(space.free_bytes, Ordering::SeqCst);
                    let _ended = strays::end_in(scratch, SERVER);
                    return;
                }
                ended.wait(LOOK_EVERY);
            }
        });
        let held = drill();
        ended.stop(StopReason::Signal);
        held
    });
    match left_bytes.load(Ordering::SeqCst) {
        NOTHING => held,
        left_bytes => Err(low(scratch, left_bytes)),
    }
}

pub(super) fn is_of_room(held: &Result<Evidence, Trouble>) -> bool {
    held.as_ref().is_err_and(|trouble| trouble.stage == Stage::Space)
}

/// # Errors
/// Where a drill ended, or found what it found, for want of room.
pub(super) fn must_not_be_full(held: &Result<Evidence, Trouble>, scratch: &Path) -> Result<(), Trouble> {
    let is_full = |text: &str| FULL.iter().any(|words| text.contains(words));
    let met = match held {
        Err(trouble) => is_full(&trouble.error),
        Ok(evidence) => {
            let failed = evidence.proofs.iter().filter(|proof| proof.judgement == Judgement::Failed);
            let refused = evidence.answers.iter().filter_map(|answer| answer.as_ref().err());
            failed.map(|proof| &proof.text).chain(refused).any(|text| is_full(text))
        }
    };
    let free_bytes = |space: io::Result<space::Space>| space.map_or(0, |space| space.free_bytes);
    if met { Err(low(scratch, free_bytes(space::of(scratch)))) } else { Ok(()) }
}

fn low(scratch: &Path, free_bytes: u64) -> Trouble {
    let hint = Saying::new("hint-drill-room").with("free", room::in_words(free_bytes)).with("path", scratch.display());
    Trouble::passing(Stage::Space, "the disk of the drill runs full").hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::drill::{Proof, What};

    #[test]
    fn whatever_words_a_full_disk_has_it_says_nothing_of_the_set() {
        let held = |text: &str| {
            let load = Proof { what: What::Load, judgement: Judgement::Failed, text: text.to_owned() };
            Ok(Evidence { proofs: vec![load], ..Evidence::default() })
        };
        for full in [
            "could not write to file: No space left on device",
            "could not extend file \"base/5/6\": wrote only 4096 of 8192 bytes at block 7 HINT:  Check free disk space.",
        ] {
            assert!(must_not_be_full(&held(full), Path::new("/")).is_err(), "{full}");
        }
        assert!(must_not_be_full(&held("syntax error at or near \"x\""), Path::new("/")).is_ok());
    }
}
