//! What befalls a life, and when: the same troubles for every zone, on days that the seed moves.

use chrono::{DateTime, TimeDelta, Utc};

use crate::support::fake::Mood;

/// The sources of every life, by number.
pub(super) const APP: usize = 0;
pub(super) const MEDIA: usize = 1;

/// One thing that happens.
#[derive(Debug, Clone)]
pub(super) enum Misfortune {
    /// The daemon is ended, and started again.
    Off,
    On,
    /// From now on a source gives this.
    Mood(usize, Mood),
    /// A source gives these in its next runs, one after the other.
    Next(usize, Vec<Mood>),
    /// So many of the next runs end with their process.
    Killed(usize),
    /// The operator accepts the newest set of the database that is suspect.
    Accepted,
    /// The record is deleted, and the daemon started anew.
    RecordLost,
    /// The clock is set by so much against what it shows.
    Clock(TimeDelta),
}

use Misfortune::{Accepted, Clock, Killed, Mood as From, Next, Off, On, RecordLost};

/// Random numbers that a seed repeats (splitmix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn minutes_below(&mut self, sides: i64) -> TimeDelta {
        TimeDelta::minutes(self.roll(sides.unsigned_abs()).cast_signed())
    }
}

/// The misfortunes of seven years, sorted by when they come; once the clock runs `ahead` for three
/// nights.
pub(super) fn of_seven_years(
    start: DateTime<Utc>,
    ahead: TimeDelta,
    jumps: &[DateTime<Utc>],
    dice: &mut Dice,
) -> Vec<(DateTime<Utc>, Misfortune)> {
    let mut all = vec![(start, On)];
    let mut by_day = Vec::new();
    // Each trouble begins on its day of the life, some weeks and hours later by chance, and takes
    // so many days, to the minute.
    let mut trouble = |day: i64, steps: &[(i64, Misfortune)]| {
        let begins = start + TimeDelta::days(day) + dice.minutes_below(20 * 1440);
        all.extend(steps.iter().map(|(days, step)| (begins + TimeDelta::days(*days), step.clone())));
        begins
    };
    trouble(5, &[(0, Next(APP, vec![Mood::FailsPassing]))]);
    trouble(30, &[(0, Next(MEDIA, vec![Mood::FailsPassing; 4]))]);
    trouble(60, &[(0, Off), (3, On)]);
    trouble(90, &[(0, Off), (21, On)]);
    // Five weeks of failure of both: with every retry in the first days; later the machine is on
    // for some hours of each day only.
    let mut weeks = vec![(0, From(APP, Mood::FailsLasting)), (0, From(MEDIA, Mood::FailsLasting))];
    weeks.extend([(35, From(APP, Mood::Full)), (35, From(MEDIA, Mood::Full)), (35, On)]);
    let begins = trouble(140, &weeks);
    for day in (4..35).map(TimeDelta::days) {
        by_day.extend([(begins + day, On), (begins + day + TimeDelta::hours(5), Off)]);
    }
    trouble(210, &[(0, From(MEDIA, Mood::FailsLasting)), (4, From(MEDIA, Mood::Full))]);
    trouble(
        260,
        &[
            (0, From(APP, Mood::FailsPassing)),
            (0, From(MEDIA, Mood::FailsPassing)),
            (1, Off),
            (2, On),
            (3, From(APP, Mood::Full)),
            (3, From(MEDIA, Mood::Full)),
        ],
    );
    // The database is empty for thirty nights: seen by nights alone, then restored …
    trouble(330, &[(0, From(APP, Mood::Emptied)), (30, From(APP, Mood::Full))]);
    // … seen first by a daemon that comes back …
    trouble(400, &[(0, Off), (1, From(APP, Mood::Emptied)), (2, On), (31, From(APP, Mood::Full))]);
    // … and meant so.
    trouble(470, &[(0, From(APP, Mood::Emptied)), (30, Accepted), (40, From(APP, Mood::Full))]);
    trouble(540, &[(0, Next(APP, vec![Mood::Panics]))]);
    trouble(570, &[(0, Killed(1))]);
    trouble(600, &[(0, Killed(3))]);
    trouble(630, &[(0, Killed(4))]);
    trouble(660, &[(0, From(MEDIA, Mood::Incomplete)), (12, From(MEDIA, Mood::Full))]);
    trouble(700, &[(0, Clock(TimeDelta::days(-2))), (6, Clock(TimeDelta::days(2)))]);
    trouble(740, &[(0, Clock(TimeDelta::days(-2)))]);
    trouble(780, &[(0, Clock(TimeDelta::days(-365))), (5, Clock(TimeDelta::days(365)))]);
    trouble(820, &[(0, Clock(TimeDelta::minutes(-40))), (1, Clock(TimeDelta::minutes(40)))]);
    // The time after is lived in the shadow of the sets from ahead, with troubles of its own.
    trouble(850, &[(0, Clock(ahead)), (3, Clock(-ahead))]);
    trouble(900, &[(0, From(APP, Mood::FailsLasting)), (5, From(APP, Mood::Full))]);
    trouble(950, &[(0, Off), (5, On)]);
    for day in [180, 230, 310, 390, 520, 690, 1300, 1500, 1700, 1900, 2100, 2300, 2500] {
        trouble(day, &[(0, RecordLost)]);
    }
    for year in 4..7 {
        trouble(365 * year, &[(0, Off), (4, On)]);
        trouble(365 * year + 40, &[(0, From(APP, Mood::FailsLasting)), (3, From(APP, Mood::Full))]);
        trouble(365 * year + 80, &[(0, From(APP, Mood::Emptied)), (5, From(APP, Mood::Full))]);
    }
    // A failure in the night of a clock change: its retries fall into the change.
    for jump in jumps {
        let failures = usize::try_from(dice.roll(4)).unwrap();
        all.push((*jump - TimeDelta::hours(20), Next(APP, vec![Mood::FailsPassing; failures])));
    }
    all.extend(by_day);
    all.retain(|(at, _)| *at >= start);
    all.sort_by_key(|(at, _)| *at);
    all
}
