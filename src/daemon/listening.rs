//! The address at which health and metrics are served: opened, lost, opened again. Never: keeps a
//! backup waiting for it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::domain::saying::Saying;
use crate::runner::Runner;
use crate::serve;
use crate::words::Words;

/// A port that is taken is tried again so often; backups go on meanwhile. What held it is mostly
/// the process before this one, on its way out: a probe should not fail for long because of it.
const LISTEN_EVERY: Duration = Duration::from_secs(2);
/// Ports below this one are for root, or for a process with a right of its own, on most systems.
const FREE_FOR_ALL: u16 = 1024;

/// Serves health and metrics; an address that cannot be had is named, once, and tried again.
pub async fn keep_serving(runner: Runner, closing: CancellationToken) {
    let address = runner.config.serve.listen;
    let gatherer = runner.gatherer.clone();
    let router = serve::router(Arc::new(move || gatherer.gather()), runner.words.clone());
    let mut told = None;
    while !closing.is_cancelled() {
        match TcpListener::bind(address).await {
            Ok(listener) => {
                // Port 0 is whichever the system gives.
                let given = listener.local_addr().unwrap_or(address);
                tracing::info!("listening on http://{given}");
                told = None;
                if let Err(error) = serve::serve(listener, router.clone(), closing.clone().cancelled_owned()).await {
                    tracing::error!("serve on {given}: {error}");
                }
            }
            Err(error) if told == Some(error.kind()) => {}
            Err(error) => {
                let hint = hint(address, &error).map(|hint| format!(" ({})", Words::english().say(&hint)));
                let hint = hint.unwrap_or_default();
                tracing::error!("listen on {address}: {error}; trying again until it works{hint}");
                told = Some(error.kind());
            }
        }
        tokio::select! {
            () = closing.cancelled() => {}
            () = tokio::time::sleep(LISTEN_EVERY) => {}
        }
    }
}

fn hint(address: SocketAddr, error: &io::Error) -> Option<Saying> {
    let about = |key: &'static str| Saying::new(key).with("port", address.port());
    match error.kind() {
        io::ErrorKind::PermissionDenied if address.port() < FREE_FOR_ALL => {
            Some(about("hint-low-port").with("free", FREE_FOR_ALL))
        }
        io::ErrorKind::AddrInUse => Some(about("hint-port-taken")),
        io::ErrorKind::AddrNotAvailable => Some(Saying::new("hint-no-such-address").with("address", address.ip())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_mended_by_the_setting_gets_its_hint() {
        let hinted =
            |address: &str, kind: io::ErrorKind| hint(address.parse().unwrap(), &kind.into()).map(|hint| hint.key);
        assert_eq!(hinted("0.0.0.0:80", io::ErrorKind::PermissionDenied), Some("hint-low-port"));
        assert_eq!(hinted("[::]:1023", io::ErrorKind::PermissionDenied), Some("hint-low-port"));
        assert_eq!(hinted("0.0.0.0:1024", io::ErrorKind::PermissionDenied), None);
        assert_eq!(hinted("0.0.0.0:8080", io::ErrorKind::AddrInUse), Some("hint-port-taken"));
        assert_eq!(hinted("10.9.8.7:8080", io::ErrorKind::AddrNotAvailable), Some("hint-no-such-address"));
    }
}
