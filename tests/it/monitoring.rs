//! What `config/` has for those who have monitoring: the rules of Prometheus and the dashboard of
//! Grafana, held against what `/metrics` says and by a real Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use resguardo::domain::health;
use resguardo::domain::saying::Saying;
use resguardo::domain::set::Verified;
use resguardo::domain::standing::{Caution, Standing, StoreSpace};
use resguardo::domain::trouble::{Stage, Trouble};
use resguardo::domain::untold::Untold;
use resguardo::serve::metrics;
use serde_json::Value;

use crate::support::prometheus::{Prometheus, promtool_takes};
use crate::support::serve::{Answering, empty_standing, full_standing};
use crate::support::year::{a_year, failed, nothing_yet, stale, suspect, troubled};

fn in_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn the_rules_speak_when_they_should_and_are_silent_on_ordinary_nights() {
    promtool_takes(&["check", "rules", in_project("config/prometheus/rules.yml").to_str().unwrap()]);
    promtool_takes(&["test", "rules", in_project("tests/it/monitoring/rules_test.yml").to_str().unwrap()]);
}

/// That the metrics of the daemon and the rules mean the same: what each rule asks, of each state.
#[test]
fn each_state_of_the_daemon_is_told_by_the_rules_meant_for_it() {
    let shown = Arc::new(Mutex::new(empty_standing()));
    let gather = shown.clone();
    let answering = Answering::start(Arc::new(move || gather.lock().unwrap().clone()));
    let mut prometheus = Prometheus::scraping_with(answering.address, Some(&in_project("config/prometheus/rules.yml")));
    let rules = prometheus.rules();
    let low = StoreSpace { free_bytes: 1, ..a_year().space.unwrap() };
    let ahead = a_year().now - TimeDelta::days(1);
    let states: [(&str, Standing, &str); 15] = [
        ("healthy", a_year(), ""),
        ("stale", stale(), "ResguardoStale"),
        ("suspect", suspect(), "ResguardoUnhealthy"),
        ("never", nothing_yet(), "ResguardoUnhealthy"),
        ("failed", failed(), "ResguardoFailed"),
        ("drill says no", troubled(), "ResguardoDrillFailed"),
        ("drill overdue", Standing { drill_max_age: Some(TimeDelta::days(1)), ..a_year() }, "ResguardoDrillOverdue"),
        ("verify overdue", Standing { verify_overdue: Some(ahead), ..a_year() }, "ResguardoVerify"),
        ("disk low", Standing { space: Some(low), ..a_year() }, "ResguardoDiskLow"),
        ("disk filling", filling(), "ResguardoDiskFilling"),
        ("store gone", cautioned(health::STORE_GONE), "ResguardoStoreGone"),
        ("store unreadable", cautioned(health::STORE_UNREADABLE), "ResguardoStoreUnreadable"),
        ("untold", untold(), "ResguardoUntold"),
        (
            "not writable",
            Standing { store_refusal: Some(Trouble::lasting(Stage::Lock, "no right")), ..a_year() },
            "ResguardoStoreNotWritable",
        ),
        ("odd", Standing { store_troubles: vec!["odd".to_owned()], ..a_year() }, "ResguardoWarns"),
    ];
    // Each is known by how many sets are pinned, which nothing else asks.
    for (number, (name, mut standing, told)) in states.into_iter().enumerate() {
        standing.catalog.sets.iter_mut().take(number).for_each(|set| set.pinned = true);
        let pinned = standing.catalog.sets.iter().filter(|set| set.pinned).count();
        *shown.lock().unwrap() = standing;
        if name == "never" {
            // It has no sets to be known by.
            prometheus.wait_for("resguardo_health_status{status='never'} == 1", |found| !found.is_empty());
        } else {
            prometheus.wait_for(&format!("resguardo_sets{{state='pinned'}} == {pinned}"), |found| !found.is_empty());
        }
        let firing = |(rule, query): &(String, String)| {
            let asked = prometheus.ask("query", &[("query", query)]).unwrap();
            let found = asked["data"]["result"].as_array().unwrap_or_else(|| panic!("{rule}: {asked}"));
            (!found.is_empty()).then(|| rule.clone())
        };
        assert_eq!(rules.iter().filter_map(firing).collect::<Vec<_>>().join(" "), told, "{name}");
    }
    answering.stop();
    let down = rules.iter().find(|(rule, _)| rule == "ResguardoDown").unwrap();
    prometheus.wait_for(&down.1, |found| found.len() == 1);
}

/// Nothing goes, and four nights more fit.
fn filling() -> Standing {
    let mut standing = a_year();
    standing.retention.keep_daily = -1;
    let free_bytes = standing.catalog.newest().unwrap().size_bytes() * 4;
    standing.space = Some(StoreSpace { store_bytes: 0, free_bytes, total_bytes: free_bytes * 2 });
    standing
}

fn cautioned(code: &'static str) -> Standing {
    let caution = Caution { code, saying: Saying::new("reason-store"), hint: Saying::new("hint-bug") };
    Standing { store_cautions: vec![caution], ..a_year() }
}

fn untold() -> Standing {
    let mut standing = a_year();
    let error = "connection refused".to_owned();
    let lost = Untold { since: standing.now, error, hint: None, addressees: BTreeSet::new(), reached: BTreeSet::new() };
    standing.untold.insert("mail".to_owned(), lost);
    standing
}

/// Everything that is drawn has a value here.
fn everything() -> Standing {
    let mut standing = Standing { running: full_standing().running, ..troubled() };
    let at = standing.now - TimeDelta::days(1);
    for artifact in &mut standing.catalog.sets.last_mut().unwrap().artifacts {
        artifact.verify = Some(Verified { at, ok: true });
    }
    standing
}

/// The names of all families.
fn known_metrics() -> BTreeSet<String> {
    let standing = everything();
    let text = metrics::render(&standing, &health::judge(&standing)).unwrap();
    let named = |line: &str| Some(line.strip_prefix("# TYPE ")?.split(' ').next().unwrap().to_owned());
    text.lines().filter_map(named).collect()
}

fn named_metrics(query: &str) -> BTreeSet<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    query.match_indices("resguardo_").map(|(at, _)| name(&query[at..])).collect()
}

struct Dashboard(Value);

/// One query of one panel, with the unit in which its result is shown.
struct Asked {
    panel: String,
    query: String,
    unit: String,
}

impl Dashboard {
    fn read() -> Self {
        let text = std::fs::read_to_string(in_project("config/grafana/resguardo.json")).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    fn panels(&self) -> impl Iterator<Item = &Value> {
        self.0["panels"].as_array().unwrap().iter()
    }

    fn variables(&self) -> BTreeMap<&str, &Value> {
        let list = self.0["templating"]["list"].as_array().unwrap();
        list.iter().map(|one| (one["name"].as_str().unwrap(), one)).collect()
    }

    fn asked(&self) -> Vec<Asked> {
        let of_panel = |panel: &Value| {
            let targets = panel["targets"].as_array().cloned().unwrap_or_default();
            let panel = panel.clone();
            targets.into_iter().map(move |target| Asked {
                panel: panel["title"].as_str().unwrap().to_owned(),
                query: target["expr"].as_str().unwrap().to_owned(),
                unit: unit_of_column(&panel, target["refId"].as_str().unwrap())
                    .unwrap_or_else(|| panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap().to_owned()),
            })
        };
        self.panels().flat_map(of_panel).collect()
    }
}

/// In a table each query is a column, renamed, whose unit is an override of that name.
fn unit_of_column(panel: &Value, query: &str) -> Option<String> {
    let transformations = panel["transformations"].as_array()?;
    let column = format!("Value #{query}");
    let renamed = transformations.iter().find_map(|one| one["options"]["renameByName"][&column].as_str())?;
    let overrides = panel["fieldConfig"]["overrides"].as_array()?;
    let of_column = overrides.iter().find(|one| one["matcher"]["options"] == renamed).unwrap();
    let properties = of_column["properties"].as_array()?;
    Some(properties.iter().find(|property| property["id"] == "unit")?["value"].as_str()?.to_owned())
}

/// The unit that a query's result has, by what its metric is called.
fn fitting_unit(query: &str) -> &'static str {
    let is_of = |suffix: &str| named_metrics(query).iter().all(|metric| metric.ends_with(suffix));
    if query.contains("deriv(") || query.contains("time() - ") || is_of("_duration_seconds") {
        "s"
    } else if is_of("_timestamp_seconds") {
        // Grafana counts milliseconds.
        assert!(query.ends_with(" * 1000"), "{query}");
        "dateTimeFromNow"
    } else if is_of("_bytes") {
        "bytes"
    } else if is_of("_total") || is_of("_sets") {
        "short"
    } else {
        "none"
    }
}

#[test]
fn the_dashboard_asks_for_what_there_is_in_its_unit() {
    let (dashboard, known) = (Dashboard::read(), known_metrics());
    let mut asked_for = BTreeSet::new();
    for Asked { panel, query, unit } in dashboard.asked() {
        let named = named_metrics(&query);
        assert!(!named.is_empty(), "{panel}: {query}");
        assert!(named.is_subset(&known), "{panel}: {query}");
        assert_eq!(unit, fitting_unit(&query), "{panel}: {query}");
        assert_eq!(
            query.matches("resguardo_").count(),
            query.matches("{job=~\"$job\", instance=~\"$instance\"").count()
        );
        asked_for.extend(named);
    }
    for variable in dashboard.variables().values() {
        let query = variable["definition"].as_str().unwrap_or_default();
        assert!(named_metrics(query).is_subset(&known), "{query}");
        asked_for.extend(named_metrics(query));
    }
    // Nothing that the daemon says is left out.
    assert_eq!(known.difference(&asked_for).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn the_dashboard_is_one_that_grafana_draws() {
    let dashboard = Dashboard::read();
    let Value::Object(top) = &dashboard.0 else { panic!("no object") };
    assert_eq!(top["schemaVersion"], 41);
    // Whoever imports it gives it a number, and never the one of somebody else's.
    assert!(!top.contains_key("id"));
    let mut ids = BTreeSet::new();
    let mut taken: BTreeMap<(u64, u64), &str> = BTreeMap::new();
    for panel in dashboard.panels() {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title}: its id is taken");
        let place = |key: &str| panel["gridPos"][key].as_u64().unwrap();
        assert!(place("x") + place("w") <= 24 && place("w") > 0 && place("h") > 0, "{title}");
        for (x, y) in (0..place("w")).flat_map(|x| (0..place("h")).map(move |y| (x, y))) {
            let before = taken.insert((place("x") + x, place("y") + y), title);
            assert_eq!(before, None, "{title} lies upon it");
        }
        if panel["type"] != "row" {
            assert!(panel["description"].as_str().is_some_and(|text| !text.is_empty()), "{title}");
            let sources = panel["targets"].as_array().unwrap().iter().chain([panel]).map(|one| &one["datasource"]);
            assert!(sources.into_iter().all(|source| source["uid"] == "${datasource}"), "{title}");
        }
    }
    let variables = dashboard.variables();
    assert_eq!(variables.keys().copied().collect::<Vec<_>>(), ["datasource", "instance", "job"]);
    let text = dashboard.0.to_string();
    // Beside variables there are `All` and the ends of patterns.
    let is_none = |at: usize| text[at..].starts_with("$__all") || text[at..].starts_with("$/");
    for (at, _) in text.match_indices('$').filter(|(at, _)| !is_none(*at)) {
        let name: String =
            text[at + 1..].trim_start_matches('{').chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(variables.contains_key(name.as_str()), "${name} is not defined");
    }
}

#[test]
fn a_real_prometheus_answers_every_query_of_the_dashboard() {
    let answering = Answering::start(Arc::new(everything));
    let mut prometheus = Prometheus::scraping(answering.address);
    prometheus.value("resguardo_build_info");
    for Asked { panel, query, .. } in Dashboard::read().asked() {
        let query = query.replace("$job", ".*").replace("$instance", ".*");
        let answer = prometheus.ask("query", &[("query", &query)]).unwrap();
        assert_eq!(answer["status"], "success", "{panel}: {query}: {answer}");
        let found = answer["data"]["result"].as_array().unwrap().len();
        // A disk that was looked at for a second does not fill.
        assert_eq!(found > 0, panel != "Disk full in", "{panel}: {query}: {answer}");
    }
}
