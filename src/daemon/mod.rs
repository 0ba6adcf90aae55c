//! Floor 7: the long life. Starts, asks what is due, starts runs, tells, serves, stops in order.
//!
//! Given: a runner, a listener's address, a signal to end. Returns: when everything has ended.
//! Never: does a run's work itself; lets a library decide what is due; ends by a failed run.

mod listening;
pub mod scheduler;
pub mod store_watch;
mod wake;

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::domain::artifact::Kind;
use crate::domain::health;
use crate::domain::name::SourceName;
use crate::domain::report::RunReport;
use crate::domain::schedule::Schedule;
use crate::domain::trouble::StopReason;
use crate::notify::Teller;
use crate::runner::{Request, Runner};
use crate::sys::stop::Stop;
use scheduler::Scheduler;
use store_watch::StoreWatch;

/// What is due is asked at least so often, whatever wake-ups were lost.
const ASK_EVERY: Duration = Duration::from_mins(1);

/// A run that is due has its mark on disk at once, unless another holds the lock: nobody is kept untold for longer.
const BEGINS_WITHIN: Duration = Duration::from_secs(30);

/// A backup, a verify and a drill, one of each at a time.
const LANES: usize = 3;

/// A run under way and the signal that ends it.
struct UnderWay {
    task: JoinHandle<RunReport>,
    stop: Stop,
}

/// Lives until `ended` resolves, then stops in order within the grace period. Nothing of the
/// world ends it: what fails is said, and tried again.
pub async fn live(runner: Runner, teller: Option<Arc<Teller>>, ended: impl Future<Output = ()>) {
    let wake = Arc::new(Notify::new());
    let wakeups = wake::start(&runner.config, wake.clone()).await;
    if let Err(error) = &wakeups {
        tracing::warn!("set up wake-ups: {error}; what is due is looked at once a minute");
    }
    let closing = CancellationToken::new();
    let server = tokio::spawn(listening::keep_serving(runner.clone(), closing.clone()));
    let mut scheduler = Scheduler::new(runner.config.clone(), runner.sys.clock.now());
    announce(&runner);
    let mut store_watch = look_at_store(&runner, StoreWatch::default()).await.0;
    off_thread(&runner, Runner::recover).await;

    let mut ended = std::pin::pin!(ended);
    // Side by side: a verify or a drill may take hours, and no backup waits for it.
    let mut lanes: [Option<UnderWay>; LANES] = Default::default();
    let mut telling: Option<JoinHandle<()>> = None;
    let mut beginning: Option<Instant> = None;
    let hang_up = Stop::new();
    loop {
        let (watched, is_mended) = look_at_store(&runner, store_watch).await;
        store_watch = watched;
        if is_mended {
            off_thread(&runner, Runner::recover).await;
            scheduler.forget();
        }
        if lanes.iter().any(Option::is_none) {
            for (lane, due) in lanes.iter_mut().zip(due(&runner, &scheduler).await.unwrap_or_default()) {
                if lane.is_none()
                    && let Some(request) = due
                {
                    *lane = Some(start(&runner, request));
                    beginning = Some(Instant::now());
                }
            }
        }
        // Who is told that nights were missed is to be told that they are being made up for.
        let is_beginning = beginning.is_some_and(|since| since.elapsed() < BEGINS_WITHIN);
        // A mail server that is slow keeps nobody: the next telling waits, the next run does not.
        if !is_beginning && telling.as_ref().is_none_or(JoinHandle::is_finished) {
            telling = teller.clone().map(|teller| tell(&runner, teller, hang_up.clone()));
        }
        tokio::select! {
            () = &mut ended => break,
            () = wake.notified() => {}
            () = tokio::time::sleep(store_watch.look_within().unwrap_or(ASK_EVERY)) => {}
            () = runner.begun.notified() => beginning = None,
            report = finished(&mut lanes) => {
                beginning = None;
                scheduler.note(report);
            }
        }
    }
    hang_up.stop(StopReason::Signal);
    let grace = runner.config.schedule.grace;
    let [backup, verify, drill] = lanes;
    tokio::join!(stop_in_order(backup, grace), stop_in_order(verify, grace), stop_in_order(drill, grace));
    closing.cancel();
    let (_ended, ()) = tokio::join!(server, runner.heartbeat.settle());
    tracing::info!("stopped");
}

/// Whether the store has just become usable again, and the watch that knows it.
async fn look_at_store(runner: &Runner, mut watch: StoreWatch) -> (StoreWatch, bool) {
    let looked = off_thread(runner, move |runner| {
        let is_mended = watch.look(runner);
        (watch, is_mended)
    });
    looked.await.unwrap_or_default()
}

/// The backup, the verify and the drill that are due.
async fn due(runner: &Runner, scheduler: &Scheduler) -> Option<[Option<Request>; LANES]> {
    let looking = |runner: &Runner| (runner.gatherer.gather(), runner.record.known().0);
    let (standing, reports) = off_thread(runner, looking).await?;
    Some([
        scheduler.due(&standing, &reports),
        scheduler.verify_due(&standing, &reports),
        scheduler.drill_due(&standing, &reports),
    ])
}

/// Tells whoever must be told of how things stand now, off the threads that serve.
pub fn tell(runner: &Runner, teller: Arc<Teller>, stop: Stop) -> JoinHandle<()> {
    let gatherer = runner.gatherer.clone();
    tokio::task::spawn_blocking(move || {
        let standing = gatherer.gather();
        for warning in teller.tell(&standing, &health::judge(&standing), &stop) {
            tracing::warn!(code = warning.code, "{}", warning.text);
        }
    })
}

fn start(runner: &Runner, request: Request) -> UnderWay {
    let stop = Stop::new();
    let (runner, signal) = (runner.clone(), stop.clone());
    UnderWay { task: tokio::spawn(async move { runner.run(request, signal).await }), stop }
}

/// Resolves when one of the runs under way has ended, and leaves its lane free; never while there is none.
async fn finished(lanes: &mut [Option<UnderWay>; LANES]) -> Option<RunReport> {
    std::future::poll_fn(|context| {
        for lane in lanes.iter_mut() {
            let ended = lane.as_mut().map(|run| Pin::new(&mut run.task).poll(context));
            if let Some(Poll::Ready(result)) = ended {
                *lane = None;
                return Poll::Ready(result.ok());
            }
        }
        Poll::Pending
    })
    .await
}

/// A run under way is asked to end; past the grace period the process ends all the same, and the
/// next start closes the run as interrupted.
async fn stop_in_order(under_way: Option<UnderWay>, grace: Duration) {
    let Some(run) = under_way else { return };
    tracing::info!("asked to stop: ending the run under way");
    run.stop.stop(StopReason::Signal);
    if tokio::time::timeout(grace, run.task).await.is_err() {
        tracing::error!("the run under way did not end within {} s", grace.as_secs());
    }
}

/// Work that reads the disk stays off the threads that serve. `None`: it panicked, a bug that is
/// said and must not end the daemon.
async fn off_thread<T: Send + 'static>(runner: &Runner, work: impl FnOnce(&Runner) -> T + Send + 'static) -> Option<T> {
    let runner = runner.clone();
    let result = tokio::task::spawn_blocking(move || work(&runner)).await;
    result.inspect_err(|error| tracing::error!("look at the store: {error}")).ok()
}

fn announce(runner: &Runner) {
    let config = &runner.config;
    let expression = config.schedule.backup.expression();
    let source = |(name, _, schedule): (&SourceName, Kind, &Schedule)| match schedule.expression() {
        usual if usual == expression => name.to_string(),
        own => format!("{name} (`{own}`)"),
    };
    let names: Vec<String> = config.scheduled().map(source).collect();
    let now = runner.sys.clock.now();
    let next = config.scheduled().filter_map(|(_, _, schedule)| schedule.next_after(config.timezone, now)).min();
    let next = next.map_or_else(|| "never".to_owned(), |at| at.with_timezone(&config.timezone).to_rfc3339());
    tracing::info!(
        "resguardo {} started: protecting {}; `{expression}` in {}, next at {next}",
        env!("CARGO_PKG_VERSION"),
        names.join(", "),
        config.timezone
    );
}
