//! Seven years of calendar in each of several zones: scheduler, runner, store and prune on real
//! files, under a clock that is set and on sources that fail, beside an oracle that was written
//! apart and says what should have run and stood. `RESGUARDO_CALENDAR_SEED` lives
//! another one: the one lived by default is always the same, so that a change is judged by itself.

mod almanac;
mod life;
mod misfortune;
mod oracle;

use chrono::{Datelike, NaiveDateTime, TimeDelta, Timelike, Weekday};
use chrono_tz::{America, Australia, Europe, Pacific};

use life::{Place, Tally, live};
use oracle::Keep;

const A_WEEK: Keep = Keep { days: 7, daily: 0, weekly: 0, monthly: 0, yearly: 0, redundancy: 3 };
const A_MONTH: TimeDelta = TimeDelta::days(30);
const A_YEAR: TimeDelta = TimeDelta::days(365);

#[test]
fn lima_where_clocks_stay() {
    let at_three = |t: NaiveDateTime| is_at(t, 3, 0);
    let place = Place {
        zone: America::Lima,
        from: "2018-05-14T12:00:00Z",
        schedules: [("0 3 * * *", at_three), ("0 3 * * *", at_three)],
        keep: A_WEEK,
        catch_up: true,
        ahead: A_YEAR,
    };
    lives(&place);
}

#[test]
fn sao_paulo_where_midnight_is_left_out_until_2018() {
    let place = Place {
        zone: America::Sao_Paulo,
        from: "2013-01-20T12:00:00Z",
        schedules: [("0 0 * * *", |t| is_at(t, 0, 0)), ("30 23 * * 6", |t| is_on(t, Weekday::Sat) && is_at(t, 23, 30))],
        keep: A_WEEK,
        catch_up: true,
        ahead: A_MONTH,
    };
    lives(&place);
}

#[test]
fn london_where_half_past_one_comes_twice_or_not_at_all() {
    let place = Place {
        zone: Europe::London,
        from: "2018-01-10T12:00:00Z",
        schedules: [("30 1 * * *", |t| is_at(t, 1, 30)), ("0 12 * * 0", |t| is_on(t, Weekday::Sun) && is_at(t, 12, 0))],
        keep: Keep { days: 0, daily: 5, weekly: 4, monthly: 6, yearly: 2, redundancy: 2 },
        catch_up: true,
        ahead: A_YEAR,
    };
    lives(&place);
}

#[test]
fn lord_howe_where_the_clock_moves_by_half_an_hour() {
    let place = Place {
        zone: Australia::Lord_Howe,
        from: "2018-02-01T12:00:00Z",
        schedules: [("15 2 * * *", |t| is_at(t, 2, 15)), ("45 1 * * 0", |t| is_on(t, Weekday::Sun) && is_at(t, 1, 45))],
        keep: Keep { days: 3, ..A_WEEK },
        catch_up: true,
        ahead: A_MONTH,
    };
    lives(&place);
}

#[test]
fn apia_where_a_day_was_left_out() {
    let place = Place {
        zone: Pacific::Apia,
        from: "2008-03-01T12:00:00Z",
        schedules: [("0 3 * * *", |t| is_at(t, 3, 0)), ("30 4 30 * *", |t| t.day() == 30 && is_at(t, 4, 30))],
        keep: A_WEEK,
        catch_up: false,
        ahead: A_MONTH,
    };
    lives(&place);
}

#[test]
fn santiago_where_midnight_is_left_out() {
    let place = Place {
        zone: America::Santiago,
        from: "2018-04-02T12:00:00Z",
        schedules: [("0 0 * * *", |t| is_at(t, 0, 0)), ("0 0 * * 1-5", |t| !is_weekend(t) && is_at(t, 0, 0))],
        keep: Keep { days: 2, daily: 0, weekly: 3, monthly: 3, yearly: 0, redundancy: 4 },
        catch_up: true,
        ahead: A_MONTH,
    };
    lives(&place);
}

/// The life that is lived unless another is asked for.
const SEED: u64 = 77;

/// Lives in a place, and says which seed repeats it.
fn lives(place: &Place) {
    let seed = std::env::var("RESGUARDO_CALENDAR_SEED").map_or(SEED, |text| text.parse().unwrap());
    println!("RESGUARDO_CALENDAR_SEED={seed}");
    let tally = live(place, seed);
    println!("{tally:?}");
    saw_everything(place, &tally);
}

/// A life in which nothing went wrong has shown nothing.
fn saw_everything(place: &Place, tally: &Tally) {
    assert!(tally.published > 2000 && tally.runs > tally.published + 300 && tally.pruned > 1500, "{tally:?}");
    for status in ["healthy", "warning", "stale", "never", "suspect"] {
        assert!(tally.graves.contains(status), "{status}: {tally:?}");
    }
    assert_eq!(tally.graves.contains("empty"), place.catch_up, "{tally:?}");
}

fn is_at(time: NaiveDateTime, hour: u32, minute: u32) -> bool {
    (time.hour(), time.minute()) == (hour, minute)
}

fn is_on(time: NaiveDateTime, weekday: Weekday) -> bool {
    time.weekday() == weekday
}

fn is_weekend(time: NaiveDateTime) -> bool {
    is_on(time, Weekday::Sat) || is_on(time, Weekday::Sun)
}
