//! `/metrics`: how things stand as Prometheus text, made anew at each scrape from the standing, so
//! that nothing has to be counted in passing and a restart forgets nothing. A series without a
//! value yet is absent, never 0. The names are those of the design's annex and do not change.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use prometheus::TextEncoder;
use prometheus::proto::{Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType};

use crate::domain::health::{Cause, Health, Status};
use crate::domain::report::{Job, Outcome};
use crate::domain::set::{CatalogArtifact, SetState};
use crate::domain::standing::{Standing, StoreSpace};

/// The content type of the text.
pub use prometheus::TEXT_FORMAT;

/// All families that have a value now.
///
/// # Errors
/// Where a family is not valid, which is a fault of this file.
pub fn render(standing: &Standing, health: &Health) -> Result<String, prometheus::Error> {
    let mut families = Families::default();
    families.gauge(
        "build_info",
        "The version of resguardo that answers.",
        [([("version", env!("CARGO_PKG_VERSION"))], 1.0)],
    );
    families.gauge(
        "health_status",
        "1 for the present status of health, 0 for every other.",
        Status::ALL.map(|status| ([("status", status.as_str())], flag(status == health.status))),
    );
    // One series however many causes share a code; what is of no source has an empty one, which to
    // Prometheus is none.
    let of_source = |cause: &Cause| cause.source.as_ref().map(ToString::to_string).unwrap_or_default();
    let reasons: BTreeSet<(&str, String)> = health.causes.iter().map(|cause| (cause.code, of_source(cause))).collect();
    families.gauge(
        "health_reason",
        "1 for every reason that health names now, by its code; /health has it in words.",
        reasons.iter().map(|(code, source)| ([("code", *code), ("source", source.as_str())], 1.0)),
    );
    sources(&mut families, standing);
    jobs(&mut families, standing);
    families.gauge(
        "store_writable",
        "1 where the store can be read and written, 0 where nothing can be stored.",
        [([], flag(standing.store_refusal.is_none()))],
    );
    // What a store out of reach holds is not 0 but unknown.
    if let Some(space) = standing.space {
        store(&mut families, standing, space);
    }
    TextEncoder::new().encode_to_string(&families.0)
}

fn sources(families: &mut Families, standing: &Standing) {
    let newest = || {
        let good = |source| standing.catalog.newest_good(source).map(|(_, artifact)| artifact);
        standing
            .sources
            .iter()
            .filter_map(move |source| Some(([("source", source.name.as_str())], good(&source.name)?)))
    };
    families.gauge(
        "last_success_timestamp_seconds",
        "When the newest complete artifact of the source stood written.",
        newest().map(|(source, artifact)| (source, seconds(artifact.ended_at))),
    );
    families.gauge(
        "artifact_size_bytes",
        "Size of the source's newest complete artifact as stored.",
        newest().map(|(source, artifact)| (source, artifact.size_bytes as f64)),
    );
    families.gauge(
        "artifact_raw_bytes",
        "Size of the source's newest complete artifact before compression.",
        newest().map(|(source, artifact)| (source, artifact.raw_bytes as f64)),
    );
    families.gauge(
        "verify_last_success_timestamp_seconds",
        "When every byte of an artifact of the source was last read again and found as it was.",
        proofs(standing, |artifact| artifact.verify.filter(|verified| verified.ok).map(|verified| verified.at)),
    );
    families.gauge(
        "drill_last_success_timestamp_seconds",
        "When the source was last restored into a scratch target and compared.",
        proofs(standing, CatalogArtifact::proven_at),
    );
    families.gauge(
        "restore_duration_seconds",
        "How long the last drill took until the source's data was back.",
        standing.sources.iter().filter_map(|source| {
            let drills = standing.catalog.data_of(&source.name).filter_map(|(_, artifact)| artifact.drill);
            let last = drills.filter(|drilled| drilled.restore_seconds.is_some()).max_by_key(|drilled| drilled.at)?;
            Some(([("source", source.name.as_str())], last.restore_seconds?))
        }),
    );
}

/// For each source the newest proof among the sets that hold its data.
fn proofs(
    standing: &Standing,
    proven_at: fn(&CatalogArtifact) -> Option<DateTime<Utc>>,
) -> impl Iterator<Item = ([(&'static str, &str); 1], f64)> {
    standing.sources.iter().filter_map(move |source| {
        let newest = standing.catalog.data_of(&source.name).filter_map(|(_, artifact)| proven_at(artifact)).max()?;
        Some(([("source", source.name.as_str())], seconds(newest)))
    })
}

fn jobs(families: &mut Families, standing: &Standing) {
    let last = || standing.jobs.iter().filter_map(|(job, history)| Some((by_job(*job), history.last.as_ref()?)));
    families.gauge(
        "last_run_timestamp_seconds",
        "When the job's last run ended.",
        last().map(|(job, run)| (job, seconds(run.ended_at))),
    );
    families.gauge(
        "last_run_success",
        "1 where the job's last run succeeded, else 0.",
        last().map(|(job, run)| (job, flag(run.outcome == Outcome::Succeeded))),
    );
    families.gauge(
        "last_run_duration_seconds",
        "How long the job's last run took.",
        last().map(|(job, run)| (job, run.duration_seconds)),
    );
    let counts = standing.jobs.iter().flat_map(|(job, history)| {
        let labels = |outcome: &Outcome| [("job", job.as_str()), ("outcome", outcome.as_str())];
        history.counts.iter().map(move |(outcome, count)| (labels(outcome), *count as f64))
    });
    families.counter("runs_total", "Runs in the record, by outcome.", counts);
    families.gauge(
        "next_run_timestamp_seconds",
        "When the job is next due.",
        standing.next_runs.iter().map(|(job, at)| (by_job(*job), seconds(*at))),
    );
    let running: BTreeSet<Job> = standing.running.iter().map(|run| run.job).collect();
    let known: BTreeSet<&Job> = standing.jobs.keys().chain(standing.next_runs.keys()).chain(&running).collect();
    families.gauge(
        "run_in_progress",
        "1 while a run of the job is under way, else 0.",
        known.into_iter().map(|job| (by_job(*job), flag(running.contains(job)))),
    );
}

fn store(families: &mut Families, standing: &Standing, space: StoreSpace) {
    let sets = &standing.catalog.sets;
    let states = SetState::ALL.map(|state| (state.as_str(), sets.iter().filter(|set| set.state() == state).count()));
    let beside =
        [("adopted", standing.catalog.adopted.len()), ("pinned", sets.iter().filter(|set| set.pinned).count())];
    families.gauge(
        "sets",
        "Backup sets in the store by state; adopted counts files without a manifest.",
        states.into_iter().chain(beside).map(|(state, count)| ([("state", state)], count as f64)),
    );
    families.gauge(
        "oldest_set_timestamp_seconds",
        "When the run that made the oldest set began.",
        sets.first().map(|oldest| ([], seconds(oldest.started_at))),
    );
    families.gauge("store_size_bytes", "What sets and adopted files take.", [([], space.store_bytes as f64)]);
    families.gauge("store_free_bytes", "What is free on the store's volume.", [([], space.free_bytes as f64)]);
}

fn by_job(job: Job) -> [(&'static str, &'static str); 1] {
    [("job", job.as_str())]
}

fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1000.0
}

fn flag(is_so: bool) -> f64 {
    if is_so { 1.0 } else { 0.0 }
}

/// The families of one scrape, in the order in which they are read. One without a series is left
/// out: its name alone would say nothing.
#[derive(Default)]
struct Families(Vec<MetricFamily>);

impl Families {
    fn gauge<'a, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        series: impl IntoIterator<Item = ([(&'static str, &'a str); N], f64)>,
    ) {
        let metrics = series.into_iter().map(|(labels, value)| {
            let mut gauge = Gauge::default();
            gauge.set_value(value);
            let mut metric = labelled(labels);
            metric.set_gauge(gauge);
            metric
        });
        self.add(MetricType::GAUGE, name, help, metrics.collect());
    }

    fn counter<'a, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        series: impl IntoIterator<Item = ([(&'static str, &'a str); N], f64)>,
    ) {
        let metrics = series.into_iter().map(|(labels, value)| {
            let mut counter = Counter::default();
            counter.set_value(value);
            let mut metric = labelled(labels);
            metric.set_counter(counter);
            metric
        });
        self.add(MetricType::COUNTER, name, help, metrics.collect());
    }

    fn add(&mut self, kind: MetricType, name: &str, help: &str, metrics: Vec<Metric>) {
        if metrics.is_empty() {
            return;
        }
        let mut family = MetricFamily::default();
        family.set_name(format!("resguardo_{name}"));
        family.set_help(help.to_owned());
        family.set_field_type(kind);
        family.set_metric(metrics);
        self.0.push(family);
    }
}

fn labelled<const N: usize>(labels: [(&'static str, &str); N]) -> Metric {
    let pair = |(name, value): (&str, &str)| {
        let mut pair = LabelPair::default();
        pair.set_name(name.to_owned());
        pair.set_value(value.to_owned());
        pair
    };
    Metric::from_label(labels.map(pair).to_vec())
}
