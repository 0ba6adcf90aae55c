//! Tells an address of every backup, as healthchecks.io and what is like it understand: that one
//! began, that it went well, that it did not and why. Whoever waits there speaks up when nothing comes,
//! also of a host that is gone. Never: keeps a run waiting, or changes how it ends.

mod hearing;
mod story;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use url::Url;

use super::channel::Undelivered;
use super::http::{self, Post, Roots};
use crate::config::HeartbeatConfig;
use crate::config::http_address;
use crate::config::secret::Secret;
use crate::domain::report::{Job, Outcome, RunReport};
use crate::domain::trouble::Outlook;
use crate::sys::Sys;
use crate::words::Words;
use hearing::Hearing;

/// For one try. A short word to a server that is there takes a fraction of it.
const PING_LASTS: Duration = Duration::from_secs(3);
/// What is lost then, the next run makes up for: whoever waits there allows for some delay.
const TRIES: usize = 2;
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How long the end of the process waits for what is still to be told: the end of a run, behind its
/// beginning, all tries of both.
const SETTLES_WITHIN: Duration = Duration::from_secs(15);

const TEXT: &str = "text/plain; charset=utf-8";

/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Heartbeat(Option<Arc<Inner>>);

struct Inner {
    url: Secret,
    sys: Sys,
    roots: Roots,
    /// Runs under way.
    begun: Mutex<BTreeSet<String>>,
    /// The last telling, which the next waits for: what comes late must not look like another beginning.
    last: Mutex<Option<JoinHandle<()>>>,
    tasks: TaskTracker,
    hearing: Arc<Hearing>,
}

impl Heartbeat {
    /// Touches nothing yet. Without an address nothing is ever told. That it is not heard is kept in
    /// `folder`, the store's own.
    pub fn new(config: &HeartbeatConfig, sys: &Sys, folder: &Path) -> Self {
        Self::trusting(config, sys, folder, Roots::default())
    }

    /// The same, trusting these authorities beside the system's.
    pub fn trusting(config: &HeartbeatConfig, sys: &Sys, folder: &Path, roots: Roots) -> Self {
        Self(config.url.clone().map(|url| {
            let (begun, last, tasks) = (Mutex::default(), Mutex::default(), TaskTracker::new());
            let hearing = Arc::new(Hearing::new(sys.files.clone(), folder));
            Arc::new(Inner { url, sys: sys.clone(), roots, begun, last, tasks, hearing })
        }))
    }

    /// A run has begun. Returns at once.
    pub fn begins(&self, job: Job, run: &str, runtime: &Handle) {
        let Some(inner) = self.0.as_ref().filter(|_| job == Job::Backup) else { return };
        held(&inner.begun).insert(run.to_owned());
        inner.tell_next(Some("start"), run, String::new(), runtime);
    }

    /// A run has ended so; one that was never begun because another held the store tells nothing. Returns
    /// at once.
    pub fn ends(&self, report: &RunReport, runtime: &Handle) {
        let Some(inner) = self.0.as_ref().filter(|_| report.job == Job::Backup) else { return };
        let was_begun = held(&inner.begun).remove(&report.run);
        if !was_begun && report.outcome == Outcome::Skipped {
            return;
        }
        let way = (report.outcome != Outcome::Succeeded).then_some("fail");
        inner.tell_next(way, &report.run, story::of(report), runtime);
    }

    /// Runs that were killed with their process, which could not tell how they ended. Returns at once; tells
    /// nothing where nothing drives a connection.
    pub fn closes(&self, killed: &[RunReport]) {
        if let Ok(runtime) = Handle::try_current() {
            for report in killed {
                self.ends(report, &runtime);
            }
        }
    }

    /// Waits, within bounds, until all has been told: before the process ends.
    pub async fn settle(&self) {
        if let Some(inner) = &self.0 {
            inner.tasks.close();
            let _all_told = tokio::time::timeout(SETTLES_WITHIN, inner.tasks.wait()).await;
        }
    }

    /// The host that is told; `None` where none is.
    pub fn host(&self) -> Option<String> {
        let url = self.0.as_ref()?.url.read().ok().and_then(|text| http_address::parse(&text).ok());
        Some(url.map(|url| http_address::host(&url)).unwrap_or_default())
    }

    /// Leaves a line at `<address>/log`, which changes nothing there, and gives the other side's answer. One
    /// that was taken was heard.
    ///
    /// # Errors
    /// Where it was not taken.
    pub async fn try_out(&self, text: &str) -> Result<String, Undelivered> {
        let Some(inner) = &self.0 else { return Ok(String::new()) };
        let answer = inner.ping(Some("log"), "check", text).await?;
        inner.note(Ok(())).await;
        Ok(answer)
    }
}

impl Inner {
    /// Tells it once all before it has been told. Returns at once.
    fn tell_next(self: &Arc<Self>, way: Option<&'static str>, run: &str, text: String, runtime: &Handle) {
        let mut last = held(&self.last);
        let (inner, run, before) = (self.clone(), run.to_owned(), last.take());
        let telling = async move {
            if let Some(before) = before {
                let _told = before.await;
            }
            inner.tell(way, &run, text).await;
        };
        *last = Some(self.tasks.spawn_on(telling, runtime));
    }

    /// Tells it, tried again where that can help; that it cannot be told is logged once.
    async fn tell(&self, way: Option<&str>, run: &str, text: String) {
        let mut told = self.ping(way, run, &text).await;
        for _ in 1..TRIES {
            if !told.as_ref().is_err_and(|failed| failed.outlook == Outlook::Passing) {
                break;
            }
            tokio::time::sleep(TRY_AGAIN_AFTER).await;
            told = self.ping(way, run, &text).await;
        }
        self.note(told.map(drop)).await;
    }

    /// Keeps whether it was heard; that it is not, and that it is again, is logged once.
    async fn note(&self, told: Result<(), Undelivered>) {
        let (hearing, now) = (self.hearing.clone(), self.sys.clock.now());
        // Off the threads that serve: a disk may hang.
        let noting = tokio::task::spawn_blocking(move || match told {
            Ok(()) => (hearing.heard(), None),
            Err(failed) => (hearing.missed(&failed, now), Some(failed)),
        });
        match noting.await {
            Ok((true, Some(failed))) => {
                let hint = failed.hint.map(|hint| format!(" ({})", Words::english().say(&hint))).unwrap_or_default();
                tracing::warn!(code = "heartbeat", "heartbeat: {}{hint}", failed.error);
            }
            Ok((true, None)) => tracing::info!("the heartbeat is heard again"),
            _ => {}
        }
    }

    async fn ping(&self, way: Option<&str>, run: &str, text: &str) -> Result<String, Undelivered> {
        let post = Post {
            url: self.address(way, run).map_err(|error| {
                Undelivered::lasting(format!("read its address: {error}")).hint("hint-http-address-file")
            })?,
            topic: None,
            token: None,
            content_type: TEXT,
            body: text.to_owned(),
        };
        http::post(&post, &self.roots, PING_LASTS, self.sys.clock.now()).await
    }

    /// The address as it is now, of what is to be told of which run.
    fn address(&self, way: Option<&str>, run: &str) -> Result<Url, String> {
        let text = self.url.read().map_err(|error| error.to_string())?;
        let mut url = http_address::parse(&text).map_err(|saying| Words::english().say(&saying))?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(way);
        }
        url.query_pairs_mut().append_pair("rid", &run_id(run));
        Ok(url)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The id that ties the end of a run to its beginning: a UUID (RFC 9562, version 8) made from its name.
fn run_id(run: &str) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(run)[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex::encode(bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_one_id_of_its_own() {
        let id = run_id("backup-20241112_030000");
        assert_eq!(id, run_id("backup-20241112_030000"));
        assert_ne!(id, run_id("backup-20241112_030001"));
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(id.as_bytes()[14] == b'8' && b"89ab".contains(&id.as_bytes()[19]), "{id}");
    }
}
