//! A run's report as a few lines of plain text: for whoever is told of it by a machine.

use crate::domain::report::{Outcome, RunReport, SourceReport};
use crate::domain::scrub::one_line;
use crate::words::size;

/// Whoever is told keeps no more of it (healthchecks.io: 10 kB in its oldest releases).
const BYTES_MAX: usize = 10_000;

/// The whole first, then each source, then what else is worth knowing.
pub fn of(report: &RunReport) -> String {
    let mut lines = vec![format!("{}: {} after {:.1} s", report.run, report.outcome.as_str(), report.duration_seconds)];
    lines.extend(told(report.error.as_deref(), report.hint.as_deref()));
    lines.extend(report.sources.iter().flat_map(|source| of_source(report, source)));
    lines.extend(report.warnings.iter().map(|warning| format!("warning: {}", warning.text)));
    // A line of an error is a line here; whatever else it holds moves no cursor.
    let plain: Vec<String> = lines.join("\n").lines().map(one_line).collect();
    cut(plain.join("\n"))
}

fn of_source(report: &RunReport, source: &SourceReport) -> Vec<String> {
    let stored = source.bytes.map(|bytes| format!(", {}", size(bytes))).unwrap_or_default();
    let mut lines = vec![format!("{}: {}{stored}", source.source, source.outcome.as_str())];
    // A run that failed as a whole has said so above.
    if source.outcome != Outcome::Succeeded && (report.error.is_none() || source.error != report.error) {
        lines.extend(told(source.error.as_deref(), source.hint.as_deref()));
    }
    lines
}

fn told(error: Option<&str>, hint: Option<&str>) -> Vec<String> {
    [error, hint].into_iter().flatten().map(|text| format!("  {}", text.replace('\n', "\n  "))).collect()
}

/// Cut between two characters.
fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(BYTES_MAX));
    text
}
