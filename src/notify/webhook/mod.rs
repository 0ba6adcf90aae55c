//! A webhook as a way to tell people: a letter in the form that Slack, Telegram, ntfy or the operator's
//! own template want, posted to an address that is a secret. Address and token are read anew for each
//! message. Never: shows more of the address than its host.

pub mod body;

use std::slice;

use tokio::runtime::Handle;
use url::Url;

use super::channel::{Channel, Undelivered};
use super::compose::Letter;
use super::http::{self, Post, Roots};
use crate::config::secret::Secret;
use crate::config::{WebhookConfig, http_address};
use crate::sys::Sys;
use crate::words::Words;
use body::Body;

/// Posts to the address of the configuration.
pub struct Webhook {
    config: WebhookConfig,
    /// `webhook:<name>`.
    channel: String,
    sys: Sys,
    runtime: Handle,
    roots: Roots,
}

impl Webhook {
    /// `runtime` drives the connection; [`Channel::send`] itself is called from a thread that may block.
    pub fn new(config: WebhookConfig, sys: Sys, runtime: Handle) -> Self {
        Self { channel: config.channel(), config, sys, runtime, roots: Roots::default() }
    }

    /// The same, trusting these authorities beside the system's.
    pub fn trusting(self, roots: Roots) -> Self {
        Self { roots, ..self }
    }

    fn address(&self) -> Result<Url, String> {
        let text = self.config.url.read().map_err(|error| error.to_string())?;
        http_address::parse(&text).map_err(|saying| Words::english().say(&saying))
    }

    fn token(&self) -> Result<Option<String>, String> {
        let token = self.config.token.as_ref().map(Secret::read).transpose();
        token.map(|token| token.map(|token| token.trim().to_owned())).map_err(|error| error.to_string())
    }

    fn unreadable(&self, error: &str) -> Undelivered {
        let error = format!("webhook {}: read its address: {error}", self.config.name);
        Undelivered::lasting(error).hint("hint-http-address-file")
    }
}

impl Channel for Webhook {
    fn name(&self) -> &str {
        &self.channel
    }

    fn per_day_max(&self) -> u32 {
        self.config.max_per_day
    }

    fn addressees(&self) -> &[String] {
        slice::from_ref(&self.config.name)
    }

    fn host(&self) -> String {
        self.address().map(|url| http_address::host(&url)).unwrap_or_default()
    }

    /// Takes as long as the configuration allows, and a little for the rest of a refusal.
    fn send(&self, letter: &Letter, _addressee: &str) -> Result<String, Undelivered> {
        let read = self.address().and_then(|url| Ok((url, self.token()?)));
        let (url, token) = read.map_err(|error| self.unreadable(&error))?;
        let Body { url, topic, content_type, text } = body::of(letter, &self.config.template, &self.config.chat, url);
        let post = Post { url, topic, token, content_type, body: text };
        let now = self.sys.clock.now();
        let sent = self.runtime.block_on(http::post(&post, &self.roots, self.config.timeout, now));
        let named = |failed: Undelivered| Undelivered {
            error: format!("webhook {} at {}", self.config.name, failed.error),
            ..failed
        };
        sent.map_err(named)
    }
}
