//! Floor 5: telling who asks. `/` for people, `/health` for probes, `/live` for the one that only asks
//! whether the process answers, `/metrics` for Prometheus.
//!
//! Given: a way to gather the standing, a listener, words. Returns: answers computed when asked.
//! Never: writes; answers anything but GET and HEAD; lets a slow client, a slow disk or a panic
//! keep others from their answer.

mod bounded;
pub mod metrics;
mod page;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};

use crate::domain::health::{Health, judge};
use crate::domain::standing::Standing;
use crate::words::Words;

/// Gathers the standing, now; reads the disk.
pub type Gather = Arc<dyn Fn() -> Standing + Send + Sync>;

/// Standings gathered at one time. Each holds the whole catalog, and more would only be slower.
const GATHERED_AT_ONCE: usize = 2;
/// How long a question waits for its turn before it is told that we are busy: well below
/// the 10 s after which Prometheus and most probes give up.
const TURN_WAIT: Duration = Duration::from_secs(3);
/// How long answers under way may take once the daemon stops: well within its grace period.
const STOP_WAIT: Duration = Duration::from_secs(1);

#[derive(Clone)]
struct Desk {
    gather: Gather,
    words: Words,
    turns: Arc<Semaphore>,
}

/// The paths and what answers them.
pub fn router(gather: Gather, words: Words) -> Router {
    let desk = Desk { gather, words, turns: Arc::new(Semaphore::new(GATHERED_AT_ONCE)) };
    Router::new()
        .route("/", get(answer_page))
        .route("/health", get(answer_health))
        .route("/live", get(async || "alive\n"))
        .route("/metrics", get(answer_metrics))
        .fallback(async || (StatusCode::NOT_FOUND, "not found\n"))
        .layer(map_response(finish))
        .with_state(desk)
}

/// Answers until `shutdown` comes, then ends what is under way.
///
/// # Errors
/// None that a single connection causes.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stopping = Arc::new(Notify::new());
    let told = stopping.clone();
    let shutdown = async move {
        shutdown.await;
        told.notify_one();
    };
    let served = axum::serve(bounded::Bounded::new(listener), router).with_graceful_shutdown(shutdown);
    let given_up = async {
        stopping.notified().await;
        tokio::time::sleep(STOP_WAIT).await;
    };
    tokio::select! {
        ended = served.into_future() => ended,
        () = given_up => Ok(()),
    }
}

async fn answer_health(State(desk): State<Desk>) -> Response {
    desk.answer(|_, health, _| {
        let code = if health.status.is_well() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (code, axum::Json(health.report(|saying| Words::english().say(saying)))).into_response()
    })
    .await
}

async fn answer_metrics(State(desk): State<Desk>) -> Response {
    desk.answer(|standing, health, _| match metrics::render(standing, health) {
        Ok(text) => ([(header::CONTENT_TYPE, metrics::TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!("failed to render metrics: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    })
    .await
}

async fn answer_page(State(desk): State<Desk>) -> Response {
    desk.answer(|standing, health, words| match page::render(standing, health, words) {
        Ok(page) => (page::headers(), page).into_response(),
        Err(error) => {
            tracing::error!("failed to render the page: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    })
    .await
}

impl Desk {
    /// Gathers, judges and answers on a thread that may block; a panic there is a 500.
    async fn answer(&self, say: fn(&Standing, &Health, &Words) -> Response) -> Response {
        let Ok(Ok(turn)) = tokio::time::timeout(TURN_WAIT, self.turns.clone().acquire_owned()).await else {
            return (StatusCode::SERVICE_UNAVAILABLE, "busy\n").into_response();
        };
        let Self { gather, words, .. } = self.clone();
        let answered = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the question: a client that leaves frees no thread.
            let _turn = turn;
            let standing = gather();
            say(&standing, &judge(&standing), &words)
        });
        answered.await.unwrap_or_else(|error| {
            tracing::error!("failed to gather the standing: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        })
    }
}

/// What every answer carries: it holds for this moment, and one connection asks one question.
async fn finish(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
