//! Stored formats: what an earlier version wrote stays readable, and is written the same way
//! again. A sample is never changed, only joined by one of the next version.

#![allow(clippy::unwrap_used, reason = "a sample that cannot be read fails its test")]

use resguardo::domain::finding::Finding;
use resguardo::domain::manifest::Manifest;
use resguardo::domain::report::RunReport;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a sample, holds what is written of it against the sample, and gives it back.
fn check<T: Serialize + DeserializeOwned>(sample: &str) -> T {
    let stored: Value = serde_json::from_str(sample).unwrap();
    let read: T = serde_json::from_str(sample).unwrap();
    let written = with_same_instants(serde_json::to_value(&read).unwrap());
    assert_eq!(written, with_same_instants(stored));
    read
}

/// The same value with every instant in one notation: `.250Z` and `.25Z` are equal.
fn with_same_instants(value: Value) -> Value {
    match value {
        Value::String(text) => match text.parse::<chrono::DateTime<chrono::Utc>>() {
            Ok(instant) => Value::String(instant.to_rfc3339()),
            Err(_) => Value::String(text),
        },
        Value::Array(values) => values.into_iter().map(with_same_instants).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, with_same_instants(value))).collect(),
        other => other,
    }
}

#[test]
fn a_manifest_of_version_1_is_read_and_written_the_same() {
    let manifest: Manifest = check(include_str!("samples/manifest-v1.json"));
    assert_eq!(manifest.artifacts[0].facts.rows(), Some(18_234));
    assert_eq!(manifest.artifacts[1].facts.user_tables(), None);
    assert_eq!(manifest.artifacts[3].facts.user_tables(), Some(1));
    assert!(!manifest.artifacts[4].complete);
}

#[test]
fn a_run_report_of_version_1_is_read_and_written_the_same() {
    let report: RunReport = check(include_str!("samples/run-report-v1.json"));
    assert!(report.sources[1].lasting && !report.sources[0].lasting);
}

#[test]
fn a_finding_of_version_1_is_read_and_written_the_same() {
    let finding: Finding = check(include_str!("samples/finding-v1.json"));
    assert!(finding.of("db/patrimonio_20241112_030000.sql.gz").is_some_and(|verified| verified.ok));
}

#[test]
fn fields_of_a_later_version_do_not_make_a_manifest_unreadable() {
    let mut stored: Value = serde_json::from_str(include_str!("samples/manifest-v1.json")).unwrap();
    stored["proof"] = "later".into();
    stored["artifacts"][0]["increment"] = serde_json::json!({"of": "20241111_030000"});
    stored["artifacts"][0]["postgres"]["wal_start"] = "0/16B3748".into();
    let read: Manifest = serde_json::from_value(stored).unwrap();
    assert_eq!(read, check::<Manifest>(include_str!("samples/manifest-v1.json")));
}
