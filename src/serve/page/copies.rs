//! Where the copies are, and how long the disk will do.

use super::headline::is_out_of_reach;
use super::pieces::marked;
use super::sources::growth;
use crate::domain::saying::Saying;
use crate::domain::set::CatalogSet;
use crate::domain::standing::{Standing, StoreSpace};
use crate::domain::trend::{DAYS_AHEAD, StoreTrend};
use crate::words::{Words, size};

/// So many days are a concern, and hardly any a grave one.
const DAYS_WARN: u32 = 14;
const DAYS_BAD: u32 = 3;
/// More of them are beyond what anybody plans for.
const NIGHTS_TOLD_MAX: u64 = 1_000;
/// A disk is drawn this wide.
const WIDTH: u64 = 400;
/// What is stored is seen, however little it is.
const STORED_MIN: u64 = 2;

pub(super) struct Copies {
    pub(super) disk: Option<Disk>,
    pub(super) lines: Vec<Told>,
}

/// A line, and its class where it is no good news.
pub(super) struct Told {
    pub(super) tone: &'static str,
    pub(super) text: String,
}

/// The store's disk as a bar: the copies, what else lies there, and what is free.
pub(super) struct Disk {
    pub(super) width: u64,
    pub(super) stored: u64,
    pub(super) used: u64,
}

pub(super) fn copies(words: &Words, standing: &Standing, trend: Option<StoreTrend>) -> Copies {
    let Some(space) = standing.space.filter(|_| !is_out_of_reach(standing)) else {
        let away = Saying::new("page-store-away").with("dir", marked(&standing.store_dir));
        let away = Told { tone: "bad", text: words.say(&away) };
        return Copies { disk: None, lines: vec![away] };
    };
    let plain = |saying: &Saying| Told { tone: "", text: words.say(saying) };
    let stored = Saying::new("page-stored")
        .with("dir", marked(&standing.store_dir))
        .with("sets", standing.catalog.sets.len())
        .with("size", size(space.store_bytes))
        .with("free", size(space.free_bytes))
        .with("total", size(space.total_bytes));
    let mut lines = vec![plain(&stored)];
    match trend {
        Some(trend) => lines.extend(ahead(words, space, trend)),
        None => lines.extend(room(standing, space).as_ref().map(plain)),
    }
    lines.push(plain(&Saying::new("page-nowhere-else")));
    Copies { disk: disk(space), lines }
}

/// What becomes of it if all goes on as it does.
fn ahead(words: &Words, space: StoreSpace, trend: StoreTrend) -> [Told; 2] {
    let by = growth(words, trend.bytes_per_day, space.store_bytes);
    let by = by.unwrap_or_else(|| words.text("page-growth-none", &[]));
    let days = trend.days_until_full;
    let tone = match days {
        Some(..=DAYS_BAD) => "bad",
        Some(..=DAYS_WARN) => "warn",
        _ => "",
    };
    let full = match days {
        Some(days) => Saying::new("page-full-in").with("days", days),
        None => Saying::new("page-full-far").with("days", DAYS_AHEAD),
    };
    [
        Told { tone: "", text: words.say(&Saying::new("page-store-growth").with("by", by)) },
        Told { tone, text: words.say(&full) },
    ]
}

/// While too little is known to look ahead.
fn room(standing: &Standing, space: StoreSpace) -> Option<Saying> {
    let newest = standing.catalog.newest().map(CatalogSet::size_bytes).filter(|bytes| *bytes > 0)?;
    let nights = space.free_bytes / newest;
    let is_ample = nights > NIGHTS_TOLD_MAX;
    Some(if is_ample { Saying::new("page-room-ample") } else { Saying::new("page-room").with("nights", nights) })
}

fn disk(space: StoreSpace) -> Option<Disk> {
    let part = |bytes: u64| {
        let wide = u128::from(bytes) * u128::from(WIDTH) / u128::from(space.total_bytes.max(1));
        u64::try_from(wide).unwrap_or(WIDTH).min(WIDTH)
    };
    let used = part(space.total_bytes.saturating_sub(space.free_bytes));
    // Sets may lie on another volume than the one that was looked at.
    let stored = part(space.store_bytes).max(STORED_MIN).min(used.max(STORED_MIN));
    (space.total_bytes > 0).then_some(Disk { width: WIDTH, stored, used: used.max(stored) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(store_bytes: u64, free_bytes: u64, total_bytes: u64) -> StoreSpace {
        StoreSpace { store_bytes, free_bytes, total_bytes }
    }

    #[test]
    fn a_disk_is_drawn_in_its_parts() {
        let drawn = |of: StoreSpace| disk(of).map(|disk| (disk.stored, disk.used));
        assert_eq!(drawn(space(1_000, 5_000, 10_000)), Some((40, 200)));
        assert_eq!(drawn(space(0, 10_000, 10_000)), Some((2, 2)));
        assert_eq!(drawn(space(u64::MAX, 0, u64::MAX)), Some((400, 400)));
        assert_eq!(drawn(space(9_000, 9_000, 10_000)), Some((40, 40)));
        assert_eq!(drawn(space(0, 0, 0)), None);
    }

    #[test]
    fn how_long_the_disk_will_do_is_told_in_its_tone() {
        let told = |days_until_full: Option<u32>| {
            let trend = StoreTrend { bytes_per_day: 1_000_000, days_until_full };
            let [grows, full] = ahead(&Words::english(), space(50_000_000, 1, 1), trend);
            assert_eq!((grows.tone, grows.text.as_str()), ("", "Growth: +7.0 MB a week."));
            (full.tone, full.text)
        };
        assert_eq!(told(Some(0)).0, "bad");
        assert_eq!(told(Some(1)), ("bad", "Going on like this, the disk is full in a day.".to_owned()));
        assert_eq!(told(Some(3)).0, "bad");
        assert_eq!(told(Some(4)).0, "warn");
        assert_eq!(told(Some(14)), ("warn", "Going on like this, the disk is full in 14 days.".to_owned()));
        assert_eq!(told(Some(15)).0, "");
        assert_eq!(told(None), ("", "Going on like this, there is room for more than 90 days.".to_owned()));
    }
}
