//! Prune: acts on a plan of `domain::retention`, and on nothing else. It removes whole sets; a
//! set that cannot be removed is said and stays expired, for the next run to remove.

use chrono::{DateTime, Utc};

use super::restore_page::{self, judged_catalog};
use super::{Context, Order, fail, warn};
use crate::config::Config;
use crate::domain::report::RunReport;
use crate::domain::retention::{self, Circumstances, Plan};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::store::{LockedStore, Store};

/// What would be removed and why the rest stays. Reads the store, changes nothing.
pub fn plan(config: &Config, store: &Store, now: DateTime<Utc>, clock_jumped: bool) -> Plan {
    let catalog = judged_catalog(config, store);
    let sources: Vec<_> = config.source_names().collect();
    let circumstances = Circumstances { now, zone: config.timezone, being_read: store.being_read(), clock_jumped };
    retention::plan(&config.retention.policy, &catalog, &sources, &circumstances)
}

/// A run of its own, on the operator's word.
pub fn run(context: &Context, store: &LockedStore, order: &Order) -> RunReport {
    let mut report = order.report();
    match store.recover() {
        Ok(_) => {
            restore_page::refresh_or_warn(context, store, &mut report);
            within(context, store, &mut report);
        }
        Err(trouble) => fail(&mut report, &trouble, &context.words),
    }
    let _slower_next_time = store.refresh_index();
    report.ended_at = context.sys.clock.now().max(report.started_at);
    report.duration_seconds = (report.ended_at - report.started_at).as_seconds_f64();
    report
}

/// As the last step of a backup that published: its outcome stays what it is.
pub fn within(context: &Context, store: &LockedStore, report: &mut RunReport) {
    let plan = plan(&context.config, store, context.sys.clock.now(), context.clock_jumped);
    if let Some(hold) = plan.hold {
        warn(report, "nothing_expires", context.words.say(&hold.saying()));
    }
    for id in plan.expired() {
        if context.stop.check(Stage::Prune).is_err() {
            break;
        }
        match store.expire(id) {
            Ok(_) => report.pruned.push(id.clone()),
            Err(trouble) => not_removed(context, report, id.as_str(), &trouble),
        }
    }
    for path in &plan.expired_files {
        match store.remove_adopted(path) {
            Ok(()) => report.pruned_files.push(path.clone()),
            Err(trouble) => not_removed(context, report, path, &trouble),
        }
    }
    // Also a set that could not be removed whole is gone.
    if plan.expired().next().is_some() {
        restore_page::refresh_or_warn(context, store, report);
    }
}

fn not_removed(context: &Context, report: &mut RunReport, what: &str, trouble: &Trouble) {
    let saying = Saying::new("warning-not-removed").with("what", what).with("error", &trouble.error);
    warn(report, "not_removed", context.words.say(&saying));
}
