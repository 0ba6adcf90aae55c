//! What a verify found, summed up for its report, by source.

use std::collections::BTreeMap;

use super::judge::Verdict;
use crate::domain::name::SourceName;
use crate::domain::report::{Outcome, RunReport, SourceReport, Warning};
use crate::domain::saying::Saying;
use crate::domain::trouble::Stage;
use crate::words::Words;

/// So many files of a source are named in a report; a finding names all of its set.
const NAMED_MAX: usize = 5;

#[derive(Default)]
pub(super) struct Tally {
    sources: BTreeMap<SourceName, OfSource>,
    /// Manifests that cannot be read, in words: whose sets they were nobody knows.
    lost: Vec<String>,
    files: usize,
    bad: usize,
    unseen: usize,
}

#[derive(Default)]
struct OfSource {
    bytes: u64,
    errors: Vec<String>,
    hint: Option<Saying>,
}

impl Tally {
    pub(super) fn add(&mut self, source: &SourceName, path: &str, bytes: u64, verdict: &Verdict) {
        self.files += 1;
        let (error, hint) = match verdict {
            Verdict::Good => (None, None),
            Verdict::Bad(error) => {
                self.bad += 1;
                (Some(format!("{path}: {error}")), Some(Saying::new("hint-bad-copy")))
            }
            Verdict::Unseen(trouble) => {
                self.unseen += 1;
                (Some(format!("{path}: {}", trouble.error)), trouble.hint.clone())
            }
        };
        let of_source = self.sources.entry(source.clone()).or_default();
        of_source.bytes += bytes;
        of_source.errors.extend(error);
        of_source.hint = of_source.hint.take().or(hint);
    }

    /// A set whose manifest cannot be read.
    pub(super) fn add_lost(&mut self, error: String) {
        self.files += 1;
        self.bad += 1;
        self.lost.push(error);
    }

    pub(super) fn sum_up(self, report: &mut RunReport, words: &Words) {
        for (source, of_source) in self.sources {
            let error = joined(&of_source.errors);
            report.sources.push(SourceReport {
                source,
                outcome: if error.is_none() { Outcome::Succeeded } else { Outcome::Failed },
                stage: error.is_some().then(|| Stage::Verify.as_str().to_owned()),
                error,
                hint: of_source.hint.map(|hint| words.say(&hint)),
                bytes: Some(of_source.bytes),
                lasting: false,
            });
        }
        let beside = |text: String| Warning { code: "bad".to_owned(), source: None, text };
        report.warnings.extend(self.lost.into_iter().map(beside));
        let part = |count: usize, what: &str| (count > 0).then(|| format!("{count} of {} files {what}", self.files));
        let errors = [part(self.bad, "are bad"), part(self.unseen, "could not be looked at")];
        let errors: Vec<String> = errors.into_iter().flatten().collect();
        if !errors.is_empty() {
            report.outcome = Outcome::Failed;
            report.stage = Some(Stage::Verify.as_str().to_owned());
            report.error = Some(errors.join(", "));
        }
    }
}

fn joined(errors: &[String]) -> Option<String> {
    let more = errors.len().saturating_sub(NAMED_MAX);
    let more = (more > 0).then(|| format!("and {more} more"));
    let named = errors.iter().take(NAMED_MAX).cloned().chain(more).collect::<Vec<_>>().join("; ");
    (!named.is_empty()).then_some(named)
}
