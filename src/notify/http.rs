//! One message posted to an address that is itself a secret, by reqwest. Never: shows more of the
//! address than its host, also where the other side repeats it; follows a redirection or a proxy,
//! which would hand the secret on; takes longer than its bound; keeps more of an answer than it needs.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, redirect};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use super::channel::Undelivered;
use crate::config::http_address::host;
use crate::domain::scrub::{one_line, scrub};

/// Of an answer that refuses; what is longer is an error page, of which the beginning says enough.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Of an error: one line of a log.
const SHOWN_CHARS_MAX: usize = 300;
/// For the rest of an answer, once its head has said no.
const ANSWER_LASTS: Duration = Duration::from_secs(2);
/// Refusals that pass by themselves, among those that say the fault is ours.
const PASSING: [StatusCode; 3] = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
/// Pieces of an address shorter than this are words that an answer may use of itself.
const SECRET_CHARS_MIN: usize = 6;

/// What is posted, and where.
pub struct Post {
    pub url: Url,
    /// What the body holds of the address that was given; as secret as what is left of it.
    pub topic: Option<String>,
    pub token: Option<String>,
    pub content_type: &'static str,
    pub body: String,
}

/// Authorities trusted beside the system's.
#[derive(Debug, Clone, Default)]
pub struct Roots(Vec<CertificateDer<'static>>);

impl Roots {
    /// # Errors
    /// Where the text is not a certificate in PEM.
    pub fn from_pem(pem: &str) -> Result<Self, pem::Error> {
        CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().map(Self)
    }
}

/// Posts it, and gives the line the other side takes it with. `now` is what a date it names to come back
/// at is measured by.
///
/// # Errors
/// Where it was not taken within `lasts`, in words that hold nothing of the address but its host.
pub async fn post(post: &Post, roots: &Roots, lasts: Duration, now: DateTime<Utc>) -> Result<String, Undelivered> {
    let refused = match exchange(post, roots, lasts).await {
        // Taken: what else it may say, or never end saying, changes nothing.
        Ok(answer) if answer.status().is_success() => return Ok(answer.status().to_string()),
        Ok(answer) => refusal(answer, now).await,
        Err(unreached) => unreached,
    };
    let safe: String = one_line(&scrub(&refused.error, &secrets(post))).chars().take(SHOWN_CHARS_MAX).collect();
    Err(Undelivered { error: format!("{}: {safe}", host(&post.url)), ..refused })
}

async fn exchange(post: &Post, roots: &Roots, lasts: Duration) -> Result<Response, Undelivered> {
    let client = client(roots).map_err(Undelivered::lasting)?;
    let mut request = client.post(post.url.clone()).header(CONTENT_TYPE, post.content_type).body(post.body.clone());
    if let Some(token) = &post.token {
        request = request.bearer_auth(token);
    }
    let answer = tokio::time::timeout(lasts, request.send()).await;
    let answer = answer.map_err(|_| Undelivered::silence(lasts).hint("hint-http-unreachable"))?;
    answer.map_err(|error| unreached(&error.without_url()))
}

/// Made anew for each message: they are few, and the system's certificates change in the long life of a
/// daemon.
fn client(roots: &Roots) -> Result<Client, String> {
    let mut trusted = RootCertStore::empty();
    trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    trusted.add_parsable_certificates(roots.0.iter().cloned());
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .user_agent(concat!("resguardo/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.to_string())
}

/// Nobody answered. The innermost error says why; those around it say that there was one.
fn unreached(error: &reqwest::Error) -> Undelivered {
    let mut innermost: &dyn Error = error;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    let text = innermost.to_string();
    if text.contains("certificate") {
        Undelivered::lasting(text).hint("hint-http-certificate")
    } else if error.is_builder() {
        // A token that no header can hold.
        Undelivered::lasting(text).hint("hint-http-forbidden")
    } else {
        Undelivered::passing(text).hint("hint-http-unreachable")
    }
}

async fn refusal(mut answer: Response, now: DateTime<Utc>) -> Undelivered {
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = beginning(&mut answer).await;
    let leads_to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| Url::parse(to).ok());
    let said = match leads_to.filter(|_| status.is_redirection()) {
        Some(url) => format!(": leads to {}, which is not followed", host(&url)),
        // A page for browsers says nothing in a line.
        None if text.is_empty() || text.starts_with('<') => String::new(),
        None => format!(": {text}"),
    };
    let error = format!("answered {status}{said}");
    match status {
        _ if status.is_redirection() => Undelivered::lasting(error).hint("hint-http-redirected"),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Undelivered::lasting(error).hint("hint-http-forbidden"),
        StatusCode::NOT_FOUND | StatusCode::GONE => Undelivered::lasting(error).hint("hint-http-gone"),
        _ if status.is_client_error() && !PASSING.contains(&status) => {
            Undelivered::lasting(error).hint("hint-http-not-taken")
        }
        _ => Undelivered { again_after: pause(&headers, &text, now), ..Undelivered::passing(error) },
    }
}

/// The beginning of what the other side says, as far as it comes in time.
async fn beginning(answer: &mut Response) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        while let Ok(Some(chunk)) = answer.chunk().await {
            bytes.extend_from_slice(&chunk[..chunk.len().min(ANSWER_BYTES_MAX - bytes.len())]);
            if bytes.len() == ANSWER_BYTES_MAX {
                break;
            }
        }
    };
    let _as_far_as_it_came = tokio::time::timeout(ANSWER_LASTS, reading).await;
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

/// What it asks for in its head as HTTP has it, or in its body as Telegram does.
fn pause(headers: &HeaderMap, text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let in_head = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|value| {
        let until = || DateTime::parse_from_rfc2822(value).ok()?.signed_duration_since(now).to_std().ok();
        value.trim().parse().ok().map(Duration::from_secs).or_else(until)
    });
    let in_body = || {
        let body: serde_json::Value = serde_json::from_str(text).ok()?;
        body["parameters"]["retry_after"].as_u64().map(Duration::from_secs)
    };
    in_head.or_else(in_body)
}

/// All of an address that must not be shown, whole and in pieces.
fn secrets(post: &Post) -> Vec<String> {
    let url = &post.url;
    // `bot123456:token` is one segment of a path, of which either half may be repeated.
    let pieces = url.path_segments().into_iter().flatten().flat_map(|segment| segment.split(':')).map(str::to_owned);
    let values = url.query_pairs().map(|(_, value)| value.into_owned());
    let (user, password) = (url.username(), url.password().unwrap_or_default());
    // What goes out as a header of its own may be repeated as that.
    let basic = BASE64_STANDARD.encode(format!("{user}:{password}"));
    let pieces = pieces
        .chain(values)
        .chain([user.to_owned(), password.to_owned(), basic])
        .filter(|piece| piece.chars().count() >= SECRET_CHARS_MIN);
    let whole = [url.as_str(), url.path(), url.query().unwrap_or_default()].map(str::to_owned);
    let whole = whole.into_iter().filter(|part| part.len() > 1);
    pieces.chain(whole).chain(post.token.clone()).chain(post.topic.clone()).collect()
}
