//! Mail: the channel that speaks SMTP, by lettre. Credentials are read anew for each letter, so that a
//! rotated password needs no restart. Never: takes longer than its bound; sends credentials
//! without the TLS it was told to use; prints the password, also where the server repeats it.

use std::slice;
use std::time::Duration;

use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::channel::{Channel, Undelivered};
use super::compose::Letter;
use crate::config::secret::Secret;
use crate::config::{MailConfig, MailSecurity};
use crate::domain::scrub::{one_line, scrub};

/// From connecting to the server's last answer. A server that needs longer keeps a run, which
/// holds its report until it is told, from ending.
const SEND_LASTS: Duration = Duration::from_secs(30);
/// For a goodbye: what the server has taken is delivered, however it ends.
const FAREWELL_LASTS: Duration = Duration::from_secs(2);
/// A header of a few lines; so many troubles of one source do not last at once.
const CLOSES_MAX: usize = 20;

/// Sends through the server of the configuration.
pub struct SmtpMailer {
    config: MailConfig,
    runtime: Handle,
    roots: Vec<Certificate>,
    lasts: Duration,
}

impl SmtpMailer {
    /// `runtime` drives the connection; [`Channel::send`] itself is called from a thread that may
    /// block.
    pub fn new(config: MailConfig, runtime: Handle) -> Self {
        Self { config, runtime, roots: Vec::new(), lasts: SEND_LASTS }
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
            text.parse::<Mailbox>().map_err(|error| {
                Undelivered::lasting(format!("read {key} {}: {error}", one_line(text))).hint("hint-mail-address")
            })
        };
        let from = address(&self.config.from, "mail.from")?;
        let message_id = |of: &str| format!("<{}@{}>", digest(&[&letter.mark, of, recipient]), from.email.domain());
        let first = message_id(&letter.conversation);
        let mut builder = Message::builder()
            .from(from.clone())
            .to(address(recipient, "mail.to")?)
            .subject(one_line(&letter.subject))
            // Every try is the same mail, so that one that arrives twice is known as one.
            .date(letter.at.into())
            .message_id(Some(message_id(&letter.id)))
            // Keeps vacation notices from answering (RFC 3834).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if letter.id != letter.conversation {
            // What ends with it as well is one with it from now on; the last is what it answers (RFC 5322, 3.6.4).
            let ended = letter.closes.iter().take(CLOSES_MAX).map(|conversation| message_id(conversation));
            let references: Vec<String> = ended.chain([first.clone()]).collect();
            builder = builder.in_reply_to(first).references(references.join(" "));
        }
        // Quoted-printable: some filters still break 8-bit text on its way, and no line of it can hold
        // this boundary (RFC 2045, 6.7).
        let boundary = format!("=_{}", digest(&["boundary", &letter.id, recipient]));
        let part = |form: ContentType, body: &str| {
            SinglePart::builder().header(form).header(ContentTransferEncoding::QuotedPrintable).body(body.to_owned())
        };
        let parts = MultiPart::alternative()
            .boundary(boundary)
            .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
            .singlepart(part(ContentType::TEXT_HTML, &letter.html));
        builder.multipart(parts).map_err(|error| Undelivered::lasting(format!("compose a mail: {error}")))
    }

    /// The server's answer to the mail, and the connection, to be ended in its own time.
    async fn hand_over(
        &self,
        credentials: Option<Credentials>,
        message: &Message,
    ) -> Result<(Response, AsyncSmtpConnection), smtp::Error> {
        let MailConfig { host, port, security, .. } = &self.config;
        let (address, name) = ((host.as_str(), *port), ClientId::default());
        let wrapper = (*security == MailSecurity::Tls).then(|| self.tls()).transpose()?;
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.lasts), &name, wrapper, None).await?;
        if *security == MailSecurity::StartTls {
            connection.starttls(self.tls()?, &name).await?;
        }
        if let Some(credentials) = credentials {
            connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        let answer = connection.send(message.envelope(), &message.formatted()).await?;
        Ok((answer, connection))
    }

    fn tls(&self) -> Result<TlsParameters, smtp::Error> {
        let builder = TlsParameters::builder(self.config.host.clone());
        self.roots.iter().cloned().fold(builder, TlsParametersBuilder::add_root_certificate).build()
    }

    fn password(&self) -> Result<String, Undelivered> {
        let secret = self.config.password.as_ref();
        let read = secret.map(Secret::read).transpose();
        read.map(Option::unwrap_or_default).map_err(|error| {
            Undelivered::lasting(format!("read the mail password: {error}")).hint("hint-mail-password-file")
        })
    }
}

impl Channel for SmtpMailer {
    fn name(&self) -> &'static str {
        MailConfig::CHANNEL
    }

    fn per_day_max(&self) -> u32 {
        self.config.max_per_day
    }

    fn addressees(&self) -> &[String] {
        &self.config.to
    }

    fn host(&self) -> String {
        self.config.host.clone()
    }

    fn send(&self, letter: &Letter, addressee: &str) -> Result<String, Undelivered> {
        let password = self.password()?;
        let message = self.message(letter, addressee)?;
        let has_user = !self.config.user.is_empty();
        let credentials = has_user.then(|| Credentials::new(self.config.user.clone(), password.clone()));
        let sent: Result<_, smtp::Error> = self.runtime.block_on(async {
            let Ok(taken) = tokio::time::timeout(self.lasts, self.hand_over(credentials, &message)).await else {
                return Ok(None);
            };
            let (answer, mut connection) = taken?;
            let _farewell = tokio::time::timeout(FAREWELL_LASTS.min(self.lasts), connection.quit()).await;
            Ok(Some(answer))
        });
        let shown = |text: &str| scrub(&one_line(text), slice::from_ref(&password));
        let failed = match sent {
            Ok(Some(answer)) => return Ok(shown(&told(&answer))),
            Ok(None) => Undelivered::silence(self.lasts).hint("hint-mail-unreachable"),
            Err(error) if error.is_timeout() => Undelivered::silence(self.lasts).hint("hint-mail-unreachable"),
            Err(error) => judge(&error, has_user),
        };
        let MailConfig { host, port, .. } = &self.config;
        let error = format!("mail {addressee} through {host}:{port}: {}", shown(&failed.error));
        Err(Undelivered { error, ..failed })
    }
}

/// The server's last line, as it said it: `250 2.0.0 Ok: queued as 4XyZ`.
fn told(answer: &Response) -> String {
    format!("{} {}", answer.code(), answer.message().last().unwrap_or_default()).trim_end().to_owned()
}

/// What the operator can do about it, and whether it may pass by itself.
fn judge(error: &smtp::Error, has_user: bool) -> Undelivered {
    let text = error.to_string();
    let is_certificate = text.contains("certificate");
    let is_login = error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538));
    // A server that wants TLS first says so with the code of one that wants a login (RFC 3207, 4).
    let wants_tls = is_login && text.to_ascii_uppercase().contains("STARTTLS");
    match error {
        _ if is_certificate => Undelivered::lasting(text).hint("hint-mail-certificate"),
        _ if wants_tls => Undelivered::lasting(text).hint("hint-mail-security"),
        _ if is_login && !has_user => Undelivered::lasting(text).hint("hint-mail-no-login"),
        _ if is_login => Undelivered::lasting(text).hint("hint-mail-login"),
        error if error.is_permanent() => Undelivered::lasting(text).hint("hint-mail-refused"),
        error if error.is_client() || error.is_tls() => Undelivered::lasting(text).hint("hint-mail-security"),
        error if error.is_transient() => Undelivered::passing(text),
        _ => Undelivered::passing(text).hint("hint-mail-unreachable"),
    }
}

/// A name made of these, for ids: the same each time, and nothing of them shows in it.
fn digest(parts: &[&str]) -> String {
    let mut sum = Sha256::new();
    for part in parts {
        sum.update(part.as_bytes());
        sum.update([0]);
    }
    hex::encode(&sum.finalize()[..16])
}
