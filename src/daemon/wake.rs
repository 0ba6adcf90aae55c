//! Wake-ups by the cron scheduler. They only wake: what is due is decided anew at each of them
//! and once a minute besides, so that one that is lost, early or an hour off changes nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::config::Config;
use crate::domain::schedule::Schedule;

/// Wakes `wake` at every slot of every schedule, for as long as the returned value lives.
pub async fn start(config: &Config, wake: Arc<Notify>) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let all = config.scheduled().map(|(_, _, schedule)| schedule).chain(&config.schedule.verify);
    let expressions: BTreeSet<&str> = all.map(Schedule::expression).collect();
    for expression in expressions {
        let wake = wake.clone();
        // Its expressions begin with a field of seconds.
        let job = Job::new_tz(format!("0 {expression}"), config.timezone, move |_, _| wake.notify_one())?;
        scheduler.add(job).await?;
    }
    scheduler.start().await?;
    Ok(scheduler)
}
