//! A course of values over time as the points of an SVG line.

use chrono::{DateTime, Utc};

/// Points drawn at most; what lies closer is told by its highest.
const POINTS_MAX: usize = 120;
/// Room on every side for the dot at the end.
const MARGIN: f64 = 4.0;

/// A line in a box of `width` by `height`, its lowest possible value, 0, at the bottom.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    pub(super) width: u32,
    pub(super) height: u32,
    /// As SVG's `points` takes them.
    pub(super) points: String,
    /// The same down to 0 on both sides: what lies below the line.
    pub(super) area: String,
    /// Where the highest value and 0 lie.
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// Where the newest value lies.
    pub(super) end: (String, String),
}

/// The line of these values, oldest first; `None` where two are not there to be joined.
pub(super) fn line(values: &[(DateTime<Utc>, f64)], width: u32, height: u32) -> Option<Line> {
    let (first, last) = (values.first()?.0, values.last()?.0);
    let seconds = (last - first).as_seconds_f64();
    let highest = values.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    if seconds <= 0.0 {
        return None;
    }
    let (inner_width, inner_height) = (f64::from(width) - 2.0 * MARGIN, f64::from(height) - 2.0 * MARGIN);
    let place = |(at, value): &(DateTime<Utc>, f64)| {
        let x = MARGIN + (*at - first).as_seconds_f64() / seconds * inner_width;
        let share = if highest > 0.0 { value / highest } else { 0.0 };
        (format!("{x:.1}"), format!("{:.1}", MARGIN + (1.0 - share) * inner_height))
    };
    let thinned = thinned(values);
    let places: Vec<(String, String)> = thinned.iter().map(place).collect();
    let points = places.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
    let (top, bottom) = (MARGIN, f64::from(height) - MARGIN);
    let end = places.last()?.clone();
    let area = format!("{},{bottom} {points} {},{bottom}", places.first()?.0, end.0);
    Some(Line { width, height, points, area, top, bottom, end })
}

/// The highest of each stretch of neighbours, the first and the last as they are.
fn thinned(values: &[(DateTime<Utc>, f64)]) -> Vec<(DateTime<Utc>, f64)> {
    let [first, between @ .., last] = values else { return values.to_vec() };
    let highest = |stretch: &[(DateTime<Utc>, f64)]| stretch.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
    let stretches = between.chunks(between.len().div_ceil(POINTS_MAX).max(1)).filter_map(highest);
    [*first].into_iter().chain(stretches).chain([*last]).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn course(values: impl IntoIterator<Item = f64>) -> Vec<(DateTime<Utc>, f64)> {
        values.into_iter().zip(0..).map(|(value, day)| (DateTime::UNIX_EPOCH + TimeDelta::days(day), value)).collect()
    }

    #[test]
    fn a_line_joins_its_values_within_its_box() {
        let drawn = line(&course([0.0, 10.0, 5.0]), 108, 24).unwrap();
        assert_eq!(drawn.points, "4.0,20.0 54.0,4.0 104.0,12.0");
        assert_eq!(drawn.area, "4.0,20 4.0,20.0 54.0,4.0 104.0,12.0 104.0,20");
        assert_eq!(drawn.end, ("104.0".to_owned(), "12.0".to_owned()));
        assert_eq!(line(&course([0.0, 0.0]), 108, 24).unwrap().points, "4.0,20.0 104.0,20.0");
    }

    #[test]
    fn one_value_is_no_line() {
        assert_eq!(line(&[], 108, 24), None);
        assert_eq!(line(&course([1.0]), 108, 24), None);
    }

    #[test]
    fn of_many_values_the_highest_are_kept() {
        let mut values = vec![1.0; 10_000];
        values[4321] = 9.0;
        let drawn = line(&course(values), 108, 24).unwrap();
        assert!(drawn.points.split(' ').count() <= POINTS_MAX + 2, "{}", drawn.points);
        assert_eq!(drawn.points.split(' ').filter(|point| point.ends_with(",4.0")).count(), 1);
    }
}
