//! The mailer that speaks SMTP, by lettre. Credentials are read anew for each letter, so that a
//! rotated password needs no restart. Never: takes longer than its bound; sends credentials
//! without the TLS it was told to use; prints the password, also where the server repeats it.

use std::time::Duration;

use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue};
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{AsyncTransport, Message, Tokio1Executor};
use tokio::runtime::Handle;

use super::compose::Letter;
use super::{Mailer, Undelivered};
use crate::config::secret::Secret;
use crate::config::{MailConfig, MailSecurity};
use crate::domain::saying::Saying;
use crate::domain::scrub::{one_line, scrub};
use crate::domain::trouble::Outlook;
use crate::sys::Sys;

/// From connecting to the server's last answer. A server that needs longer keeps a run, which
/// holds its report until it is told, from ending.
const SEND_LASTS: Duration = Duration::from_secs(30);

/// Sends through the server of the configuration.
pub struct SmtpMailer {
    config: MailConfig,
    sys: Sys,
    runtime: Handle,
    roots: Vec<Certificate>,
    lasts: Duration,
}

impl SmtpMailer {
    /// `runtime` drives the connection; [`Mailer::send`] itself is called from a thread that may
    /// block.
    pub fn new(config: MailConfig, sys: Sys, runtime: Handle) -> Self {
        Self { config, sys, runtime, roots: Vec::new(), lasts: SEND_LASTS }
    }

    /// The same mailer, trusting one more authority beside the system's.
    ///
    /// # Errors
    /// Where the text is not a certificate in PEM.
    pub fn trusting(mut self, pem: &str) -> Result<Self, smtp::Error> {
        self.roots.push(Certificate::from_pem(pem.as_bytes())?);
        Ok(self)
    }

    /// The same mailer with another bound on one sending.
    pub fn lasting(mut self, at_most: Duration) -> Self {
        self.lasts = at_most;
        self
    }

    fn message(&self, letter: &Letter, recipient: &str) -> Result<Message, Undelivered> {
        let address = |text: &str, key: &str| {
            text.parse::<Mailbox>()
                .map_err(|error| lasting(format!("read {key} {}: {error}", one_line(text))).hint("hint-mail-address"))
        };
        let content = Message::builder()
            .from(address(&self.config.from, "mail.from")?)
            .to(address(recipient, "mail.to")?)
            .subject(one_line(&letter.subject))
            .date(self.sys.clock.now().into())
            .message_id(None)
            // Keeps vacation notices from answering (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            // Some filters still break 8-bit text on its way.
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(letter.text.clone());
        content.map_err(|error| lasting(format!("compose a mail: {error}")))
    }

    fn transport(&self, credentials: Option<Credentials>) -> Result<AsyncSmtpTransport<Tokio1Executor>, smtp::Error> {
        let tls = match self.config.security {
            MailSecurity::StartTls => Tls::Required(self.tls()?),
            MailSecurity::Tls => Tls::Wrapper(self.tls()?),
            MailSecurity::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.config.host)
            .port(self.config.port)
            .timeout(Some(self.lasts))
            .tls(tls);
        if let Some(credentials) = credentials {
            builder = builder.credentials(credentials);
        }
        Ok(builder.build())
    }

    fn tls(&self) -> Result<TlsParameters, smtp::Error> {
        let builder = TlsParameters::builder(self.config.host.clone());
        self.roots.iter().cloned().fold(builder, TlsParametersBuilder::add_root_certificate).build()
    }

    fn password(&self) -> Result<String, Undelivered> {
        let secret = self.config.password.as_ref();
        let read = secret.map(Secret::read).transpose();
        read.map(Option::unwrap_or_default)
            .map_err(|error| lasting(format!("read the mail password: {error}")).hint("hint-mail-password-file"))
    }
}

impl Mailer for SmtpMailer {
    fn recipients(&self) -> &[String] {
        &self.config.to
    }

    fn send(&self, letter: &Letter, recipient: &str) -> Result<(), Undelivered> {
        let password = self.password()?;
        let message = self.message(letter, recipient)?;
        let has_user = !self.config.user.is_empty();
        let credentials = has_user.then(|| Credentials::new(self.config.user.clone(), password.clone()));
        let sent = self.runtime.block_on(async {
            let transport = self.transport(credentials)?;
            match tokio::time::timeout(self.lasts, transport.send(message)).await {
                Ok(answer) => answer.map(|_| None),
                Err(_) => Ok(Some(format!("no answer within {} s", self.lasts.as_secs_f64()))),
            }
        });
        let failed = match sent {
            Ok(None) => return Ok(()),
            Ok(Some(late)) => {
                Undelivered { error: late, hint: Some(Saying::new("hint-mail-unreachable")), outlook: Outlook::Passing }
            }
            Err(error) => judge(&error),
        };
        let MailConfig { host, port, .. } = &self.config;
        let error = scrub(&one_line(&failed.error), &[password]);
        Err(Undelivered { error: format!("mail {recipient} through {host}:{port}: {error}"), ..failed })
    }
}

/// What the operator can do about it, and whether it may pass by itself.
fn judge(error: &smtp::Error) -> Undelivered {
    let text = error.to_string();
    let is_certificate = text.contains("certificate");
    let is_login = error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538));
    let (outlook, hint) = match error {
        _ if is_certificate => (Outlook::Lasting, Some("hint-mail-certificate")),
        _ if is_login => (Outlook::Lasting, Some("hint-mail-login")),
        error if error.is_permanent() => (Outlook::Lasting, Some("hint-mail-refused")),
        error if error.is_client() || error.is_tls() => (Outlook::Lasting, Some("hint-mail-security")),
        error if error.is_transient() => (Outlook::Passing, None),
        _ => (Outlook::Passing, Some("hint-mail-unreachable")),
    };
    Undelivered { error: text, hint: hint.map(Saying::new), outlook }
}

fn lasting(error: String) -> Undelivered {
    Undelivered { error, hint: None, outlook: Outlook::Lasting }
}

impl Undelivered {
    fn hint(self, key: &'static str) -> Self {
        Self { hint: Some(Saying::new(key)), ..self }
    }
}
