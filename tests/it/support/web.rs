//! Other sides that are told over HTTP: real servers on a port of their own, which answer as a test
//! wants and keep what they were sent; and a client for the tests' own errands.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use futures_util::stream;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::certificate::{Flaw, make_certificate};

/// One request as it came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) content_type: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// How a request is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Status(u16, String),
    /// With one header.
    With(u16, &'static str, String),
    /// One that goes on for ever.
    Endless(u16),
    /// Its head, and not a word of the rest while the server lives.
    Unended(u16),
    /// None, while the server lives.
    Never,
}

impl Answer {
    pub(crate) fn ok() -> Self {
        Self::Status(200, "ok".to_owned())
    }
}

type Answering = dyn Fn(&Seen) -> Answer + Send + Sync;

#[derive(Clone)]
struct Shared {
    seen: Arc<Mutex<Vec<Seen>>>,
    answer: Arc<Answering>,
}

/// A server, as long as it is held.
pub(crate) struct Web {
    pub(crate) address: SocketAddr,
    shared: Shared,
    runtime: Option<Runtime>,
}

impl Web {
    pub(crate) fn start(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let shared = Shared { seen: Arc::default(), answer: Arc::new(answer) };
        let app = axum::Router::new().fallback(take).with_state(shared.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { address, shared, runtime: Some(runtime) }
    }

    /// Its address with this path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it was sent so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    pub(crate) fn targets(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.target).collect()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

async fn take(State(shared): State<Shared>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let header = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let seen = Seen {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        content_type: header("content-type").unwrap_or_default(),
        authorization: header("authorization"),
        body: String::from_utf8(bytes.to_vec()).unwrap(),
    };
    shared.seen.lock().unwrap().push(seen.clone());
    let response = |status: u16| Response::builder().status(status);
    match (shared.answer)(&seen) {
        Answer::Status(status, text) => response(status).body(Body::from(text)).unwrap(),
        Answer::With(status, name, value) => response(status).header(name, value).body(Body::empty()).unwrap(),
        Answer::Endless(status) => {
            let more = stream::repeat_with(|| Ok::<_, std::io::Error>("no ".repeat(4096)));
            response(status).body(Body::from_stream(more)).unwrap()
        }
        Answer::Unended(status) => {
            let nothing = stream::pending::<std::io::Result<&'static str>>();
            response(status).body(Body::from_stream(nothing)).unwrap()
        }
        Answer::Never => std::future::pending().await,
    }
}

/// A server that hangs up on whoever has sent something; as long as the test lives.
pub(crate) fn dropping() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _read = stream.unwrap().read(&mut [0; 64]);
        }
    });
    address
}

/// A server that hears of everybody something, says these bytes and no more, as long as the test lives.
pub(crate) fn falling_silent(after: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // Who does not wait for it has hung up.
            let _said = stream.read(&mut [0; 64]).and_then(|_heard| stream.write_all(after));
            held.push(stream);
        }
    });
    address
}

/// A server that speaks TLS and takes what it is sent, with a certificate that only who is given `pem`
/// trusts.
pub(crate) struct TlsWeb {
    pub(crate) address: SocketAddr,
    pub(crate) pem: String,
}

impl TlsWeb {
    pub(crate) fn start() -> Self {
        Self::with(Flaw::None)
    }

    pub(crate) fn with(flaw: Flaw) -> Self {
        let folder = TempDir::new().unwrap();
        make_certificate(folder.path(), flaw);
        let certificate = CertificateDer::from_pem_file(folder.path().join("cert.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(folder.path().join("key.pem")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = ServerConnection::new(config.clone()).unwrap();
                // Who does not trust it hangs up.
                let _refused = answer_one(StreamOwned::new(connection, stream.unwrap()));
            }
        });
        Self { address, pem: fs::read_to_string(folder.path().join("cert.pem")).unwrap() }
    }
}

fn answer_one(stream: StreamOwned<ServerConnection, TcpStream>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    while stream.read_line(&mut line)? > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    stream.read_exact(&mut vec![0; length])?;
    let stream = stream.get_mut();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// A client for the errands of tests. The one provider of TLS is named, as there is no default.
pub(crate) fn client() -> reqwest::Client {
    let _named_before = ring::default_provider().install_default();
    reqwest::Client::new()
}
