//! What the store itself has to say: whether it can be used, is the one that stood there, is whole, has
//! room; what lies in it of others; what waits. Never: how fresh a source's backup is.

use chrono::TimeDelta;

use super::{Cause, DISK_FILLING, DISK_LOW, VERIFY_FAILED, general};
use crate::domain::name::SourceName;
use crate::domain::restoring::listed;
use crate::domain::saying::Saying;
use crate::domain::set::CatalogSet;
use crate::domain::standing::{Standing, StoreSpace};
use crate::domain::trend::days_until_full;
use crate::domain::trouble::Trouble;
use crate::domain::untold::{Untold, Withheld};

/// Below this share of the volume the disk is low, whatever the sets take.
const FREE_PERCENT_MIN: u128 = 5;

/// Somebody must have the time to find room: that is told so many days before.
const DAYS_UNTIL_FULL_MIN: u32 = 14;

/// A source that sets younger than this hold and that is not configured was hardly left out on
/// purpose: a variable is missing in this shell. Later it is believed.
const FORGOTTEN_FOR: TimeDelta = TimeDelta::days(7);

pub(super) fn causes(standing: &Standing) -> Vec<Cause> {
    let mut causes: Vec<Cause> = if let Some(Trouble { error, hint, .. }) = &standing.store_refusal {
        // One cause, of which whatever else was met is a part; and what to do about it.
        let refused = Saying::new("reason-store-refused").with("error", error);
        [refused].into_iter().chain(hint.clone()).map(|saying| general("store", saying)).collect()
    } else {
        let trouble = |trouble| general("store", Saying::new("reason-store").with("trouble", trouble));
        standing.store_troubles.iter().map(trouble).collect()
    };
    causes.extend(
        standing
            .store_cautions
            .iter()
            .flat_map(|caution| [&caution.saying, &caution.hint].map(|saying| general(caution.code, saying.clone()))),
    );
    // What may not be read looks damaged, and nobody is told to remove it.
    let is_readable = standing.store_refusal.is_none();
    let mut damaged = standing.catalog.sets.iter().rev().filter(|set| is_readable && set.is_torn());
    if let Some(newest) = damaged.next() {
        let saying = Saying::new("reason-damaged").with("count", 1 + damaged.count()).with("id", &newest.id);
        causes.push(general("damaged", saying));
    }
    let mut bad = standing.catalog.sets.iter().rev().flat_map(|set| &set.artifacts).filter(|a| a.is_bad());
    if let Some(newest) = bad.next() {
        let saying = Saying::new("reason-found-bad").with("count", 1 + bad.count()).with("path", &newest.path);
        causes.push(general(VERIFY_FAILED, saying));
    }
    let mut adopted = standing.catalog.adopted.iter().filter(|file| file.is_bad());
    if let Some(first) = adopted.next() {
        let saying =
            Saying::new("reason-found-bad-adopted").with("count", 1 + adopted.count()).with("path", &first.path);
        causes.push(general(VERIFY_FAILED, saying));
    }
    let newest = standing.catalog.newest();
    let days = || days_until_full(standing).flatten().filter(|days| *days <= DAYS_UNTIL_FULL_MIN);
    if standing.space.is_some_and(|space| is_low(space, newest, 1)) {
        causes.push(general(DISK_LOW, Saying::new("reason-disk-low")));
    } else if let Some(days) = days() {
        causes.push(general(DISK_FILLING, Saying::new("reason-disk-filling").with("days", days)));
    }
    if let Some(ahead) = newest.filter(|set| set.doubts(standing.now)) {
        let key = if ahead.is_ahead(standing.now) { "reason-dated-ahead" } else { "reason-clock-behind" };
        causes.push(general("clock_behind", Saying::new(key).with("id", &ahead.id)));
    }
    let is_configured = |name: &SourceName| standing.sources.iter().any(|source| source.name == *name);
    let strangers = standing.catalog.strangers(is_configured, standing.now - FORGOTTEN_FOR);
    let unconfigured = |source| general("unconfigured", Saying::new("reason-unconfigured").with("source", source));
    causes.extend(strangers.into_iter().map(unconfigured));
    causes.extend(standing.old_copies.iter().map(|kept| {
        let saying = Saying::new("reason-old-copies").with("run", &kept.run).with("days", kept.days);
        general("old_copies", saying.with("names", listed(kept.names.iter().map(String::as_str))))
    }));
    causes.extend(standing.unsettled.iter().map(|cut_short| {
        let saying = match &cut_short.why {
            Some(why) => Saying::new("reason-restore-unsettled-why").with("why", why),
            None => Saying::new("reason-restore-unsettled"),
        };
        general("restore_unsettled", saying.with("run", &cut_short.run).with("source", &cut_short.source))
    }));
    causes.extend(standing.untold.iter().map(|(channel, untold)| {
        let saying = if untold.reached.is_empty() {
            undelivered(standing, untold, "reason-untold", "reason-untold-hinted")
        } else {
            let missed = listed(untold.addressees.iter().map(String::as_str));
            undelivered(standing, untold, "reason-untold-some", "reason-untold-some-hinted").with("addressees", missed)
        };
        general("untold", saying.with("channel", channel))
    }));
    causes.extend(standing.withheld.iter().map(|(channel, Withheld { count, until })| {
        let until = until.with_timezone(&standing.zone).format("%Y-%m-%d %H:%M");
        let saying = Saying::new("reason-withheld").with("count", count).with("until", until);
        general("untold", saying.with("channel", channel))
    }));
    causes.extend(
        standing.unheard.iter().map(|unheard| {
            general("unheard", undelivered(standing, unheard, "reason-unheard", "reason-unheard-hinted"))
        }),
    );
    causes
}

/// Since when, why, and where there is a hint, what to do about it.
fn undelivered(standing: &Standing, untold: &Untold, plain: &'static str, hinted: &'static str) -> Saying {
    let since = untold.since.with_timezone(&standing.zone).format("%Y-%m-%d %H:%M");
    let saying = match &untold.hint {
        Some(hint) => Saying::new(hinted).with("hint", hint),
        None => Saying::new(plain),
    };
    saying.with("since", since).with("error", &untold.error)
}

/// Whether the next set may not fit: one and a half times the newest must, since data grows and a
/// set stands twice for a moment where it changes volumes; or hardly anything is left at all. With a
/// `margin` of two there must be twice as much.
fn is_low(space: StoreSpace, newest: Option<&CatalogSet>, margin: u128) -> bool {
    let free = u128::from(space.free_bytes);
    let needed = newest.map_or(0, |set| u128::from(set.size_bytes()));
    free * 2 < needed * 3 * margin || free * 100 < u128::from(space.total_bytes) * FREE_PERCENT_MIN * margin
}

/// Whether the disk is so far from low that one night's ups and downs do not make it low again.
pub fn has_ample_room(standing: &Standing) -> bool {
    standing.space.is_some_and(|space| !is_low(space, standing.catalog.newest(), 2))
}
