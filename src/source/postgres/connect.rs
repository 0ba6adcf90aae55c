//! A short conversation with the server over our own client: what a database is like, and
//! statements one by one. Dumps never pass through here; they are `pg_dump`'s.

mod bytewise;
mod copying;

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, Row, SimpleQueryMessage, SimpleQueryRow};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::access::{Access, CONNECT_TIMEOUT};
use super::tls;
use crate::config::PostgresServer;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::stop::Stop;

/// Our questions read small catalogues; creating a database copies a template's files.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);
/// To count every row or to remove every file takes as long as the disk needs: the run's own
/// deadline ends that sooner.
const ANSWER_TIMEOUT_PATIENT: Duration = Duration::from_hours(24);
/// The server ends a statement at its limit by itself; where even that is not heard of so long
/// after, it has stopped, or the network has.
const ANSWER_GRACE: Duration = Duration::from_secs(10);
/// While an answer is waited for, the stop signal is looked at so often.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// An open conversation with one database; ends when it is dropped.
pub(super) struct Connection {
    client: Client,
    runtime: Handle,
    answer_timeout: Duration,
    stop: Option<Stop>,
    /// An answer was not waited for to the end; behind it every other would wait as well.
    is_given_up: AtomicBool,
    is_bytewise: bool,
}

impl Connection {
    /// # Errors
    /// Why the server cannot be reached or does not let us in, and what to do about it.
    pub(super) fn open(access: &Access<'_>, database: &str, runtime: &Handle) -> Result<Self, Trouble> {
        let server = access.server;
        let doing = format!("connect to {}", access.place());
        let tls = tls::config(server)
            .map_err(|e| Trouble::lasting(Stage::Connect, e).hint(Saying::new("hint-tls")).while_doing(&doing))?;
        let mut config = Config::new();
        config
            .host(&server.host)
            .port(server.port)
            .user(&server.user)
            .dbname(database)
            .application_name(access.application_name())
            .connect_timeout(CONNECT_TIMEOUT)
            .options(format!("-c statement_timeout={}", ANSWER_TIMEOUT.as_millis()))
            .ssl_mode(ssl_mode(server));
        if let Some(password) = &access.password {
            config.password(password);
        }
        let connect = |config: &Config| {
            let opening = async {
                // The client's own limit ends with the TCP connection; the talk after it needs one too.
                let tls = MakeRustlsConnect::new(tls.clone());
                tokio::time::timeout(CONNECT_TIMEOUT * 2, config.connect(tls)).await
            };
            runtime.block_on(opening)
        };
        let mut opened = connect(&config);
        // As libpq does: who merely prefers to encrypt is content where that alone is refused.
        if config.get_ssl_mode() == SslMode::Prefer && matches!(&opened, Ok(Err(e)) if is_not_let_in(e)) {
            opened = connect(config.ssl_mode(SslMode::Disable));
        }
        match opened {
            Ok(Ok((client, talk))) => {
                runtime.spawn(talk);
                let (runtime, is_given_up) = (runtime.clone(), AtomicBool::new(false));
                Ok(Self {
                    client,
                    runtime,
                    answer_timeout: ANSWER_TIMEOUT,
                    stop: None,
                    is_given_up,
                    is_bytewise: false,
                })
            }
            Ok(Err(error)) => Err(told(&error, access, database).while_doing(doing)),
            Err(_late) => Err(unreachable(access, "the server does not answer").while_doing(doing)),
        }
    }

    /// The same conversation for questions that read or remove much; it ends when the run is asked
    /// to stop, where one is named.
    ///
    /// # Errors
    /// Where the server refuses.
    pub(super) fn patient(self, stop: Option<&Stop>) -> Result<Self, Trouble> {
        self.limited(ANSWER_TIMEOUT_PATIENT, stop)
    }

    /// The same conversation, where no statement takes longer than this.
    ///
    /// # Errors
    /// Where the server refuses.
    pub(super) fn limited(mut self, at_most: Duration, stop: Option<&Stop>) -> Result<Self, Trouble> {
        self.run(&format!("SET statement_timeout = {}", at_most.as_millis()))?;
        self.answer_timeout = at_most;
        self.stop = stop.cloned();
        Ok(self)
    }

    /// # Errors
    /// Where the server refuses or does not answer in time.
    pub(super) fn rows(&self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Trouble> {
        self.answer(self.client.query(sql, params))
    }

    /// # Errors
    /// Where the server refuses or does not answer in time, or answers no row.
    pub(super) fn row(&self, sql: &str) -> Result<Row, Trouble> {
        self.answer(self.client.query_one(sql, &[]))
    }

    /// Runs one statement by itself.
    ///
    /// # Errors
    /// Where the server refuses or does not answer in time.
    pub(super) fn run(&self, statement: &str) -> Result<(), Trouble> {
        self.answer(self.client.batch_execute(&self.said(statement)))
    }

    /// How many columns this gives: the server looks at it and does not carry it out.
    ///
    /// # Errors
    /// Where the server does not understand it, or does not answer in time.
    pub(super) fn columns(&self, sql: &str) -> Result<usize, Trouble> {
        self.answer(self.client.prepare(&self.said(sql))).map(|looked_at| looked_at.columns().len())
    }

    /// The first column of what this asks, row by row, as the server writes it.
    ///
    /// # Errors
    /// Where the server refuses or does not answer in time.
    pub(super) fn texts(&self, sql: &str) -> Result<Vec<Option<String>>, Trouble> {
        let messages = self.answer(self.client.simple_query(sql))?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let first = |row: &SimpleQueryRow| {
            if row.is_empty() { Ok(None) } else { row.try_get(0).map(|text| text.map(str::to_owned)) }
        };
        let heard = |text: Option<String>| text.map(|text| self.heard(text));
        rows.map(|row| first(row).map(heard).map_err(|error| refused(&error))).collect()
    }

    fn answer<T>(&self, question: impl Future<Output = Result<T, Error>>) -> Result<T, Trouble> {
        let silent = || Trouble::passing(Stage::Connect, "the server does not answer");
        if self.is_given_up.load(Ordering::Relaxed) {
            return Err(silent());
        }
        let until = Instant::now() + self.answer_timeout + ANSWER_GRACE;
        self.runtime.block_on(async {
            let mut question = pin!(question);
            loop {
                if let Ok(answer) = tokio::time::timeout(LOOK_EVERY, &mut question).await {
                    return answer.map_err(|error| refused(&error));
                }
                let asked = self.stop.as_ref().map_or(Ok(()), |stop| stop.check(Stage::Dump));
                let given_up = asked.and_then(|()| if Instant::now() >= until { Err(silent()) } else { Ok(()) });
                given_up.inspect_err(|_| self.is_given_up.store(true, Ordering::Relaxed))?;
            }
        })
    }
}

fn ssl_mode(server: &PostgresServer) -> SslMode {
    match server.sslmode.as_str() {
        // Over a socket libpq never encrypts, whatever was asked for.
        _ if server.host.starts_with('/') => SslMode::Disable,
        "disable" => SslMode::Disable,
        "allow" | "prefer" => SslMode::Prefer,
        _ => SslMode::Require,
    }
}

fn is_not_let_in(error: &Error) -> bool {
    error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
}

/// An answer of the server to a question, or the end of the conversation.
pub(super) fn refused(error: &Error) -> Trouble {
    match error.as_db_error() {
        Some(answer) if *answer.code() == SqlState::INSUFFICIENT_PRIVILEGE => {
            Trouble::lasting(Stage::Connect, answer.message())
        }
        Some(answer) => Trouble::passing(Stage::Connect, answer.message()),
        None => Trouble::passing(Stage::Connect, with_causes(error)),
    }
}

/// Why a connection was not made. The server's own words may be in any language; its codes are not.
fn told(error: &Error, access: &Access<'_>, database: &str) -> Trouble {
    let Some(answer) = error.as_db_error() else {
        let text = with_causes(error);
        // These two come from the client itself, which gives them no code.
        return if text.contains("password missing") {
            Trouble::lasting(Stage::Connect, "the server asks for a password and none is configured")
                .hint(Saying::new("hint-no-password").with("user", &access.server.user))
        } else if text.contains("TLS") {
            Trouble::lasting(Stage::Connect, text).hint(Saying::new("hint-tls"))
        } else {
            unreachable(access, &text)
        };
    };
    let message = access.scrub(answer.message());
    let lasting = Trouble::lasting(Stage::Connect, &message);
    let passing = Trouble::passing(Stage::Connect, &message);
    let code = answer.code();
    if *code == SqlState::INVALID_PASSWORD {
        lasting.hint(wrong_password(access))
    } else if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        lasting.hint(Saying::new("hint-not-let-in").with("user", &access.server.user).with("database", database))
    } else if *code == SqlState::INVALID_CATALOG_NAME {
        lasting.hint(Saying::new("hint-no-database").with("database", database).with("host", access.place()))
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        lasting.hint(Saying::new("hint-no-connect").with("user", &access.server.user).with("database", database))
    } else if *code == SqlState::TOO_MANY_CONNECTIONS {
        passing.hint(Saying::new("hint-too-many-connections"))
    } else if *code == SqlState::CANNOT_CONNECT_NOW {
        passing.hint(Saying::new("hint-server-starting"))
    } else {
        passing
    }
}

fn unreachable(access: &Access<'_>, text: &str) -> Trouble {
    Trouble::passing(Stage::Connect, text).hint(Saying::new("hint-unreachable").with("host", access.place()))
}

fn wrong_password(access: &Access<'_>) -> Saying {
    Saying::new("hint-wrong-password").with("user", &access.server.user)
}

/// The client's own errors say what they were doing; why stands in their causes.
fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}
