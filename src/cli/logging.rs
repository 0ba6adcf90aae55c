//! Where events go: lines for people into `backup.log` and onto a stream, or JSON onto the stream.
//! Every event becomes exactly one line whatever it quotes. The time is that of the clock handed
//! in, so that a log agrees with the record beside it. Never: fails a run because of a log.

use std::fmt::{self, Write as _};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::config::{LogConfig, LogFormat};
use crate::domain::scrub::one_line;
use crate::domain::trouble::Stage;
use crate::sys::clock::Clock;
use crate::sys::fault;
use crate::sys::files::parent;
use crate::sys::log_file::LogFile;
use crate::words::Words;

/// Our own events begin with this; of libraries only warnings are heard.
const OURS: &str = "resguardo";

/// Beside the log file, for what restores do.
const RESTORE_LOG: &str = "restore.log";

/// Where lines go beside the log file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// The daemon's, as text or JSON.
    Stdout,
    /// A command's, always text: its results go to standard output.
    Stderr,
    /// Failures alone: a command that was asked to be quiet.
    StderrFailures,
}

/// Sends all events of this process, from now on, to the log file and the stream.
///
/// # Errors
/// Where it was called before.
pub fn init(
    config: &LogConfig,
    zone: Tz,
    clock: Arc<dyn Clock>,
    log_file: Option<LogFile>,
    to: Stream,
) -> anyhow::Result<()> {
    let (stream, format): (Box<dyn Write + Send>, _) = match to {
        Stream::Stdout => (Box::new(std::io::stdout()), config.format),
        Stream::Stderr | Stream::StderrFailures => (Box::new(std::io::stderr()), LogFormat::Text),
    };
    let least = if to == Stream::StderrFailures { Level::ERROR } else { Level::TRACE };
    tracing::subscriber::set_global_default(subscriber(format, zone, clock, log_file, stream, least))?;
    Ok(())
}

/// What [`init`] installs; a test hands in a stream of its own. `least` is the least grave of what
/// the stream is given; the log file is given everything.
pub fn subscriber(
    format: LogFormat,
    zone: Tz,
    clock: Arc<dyn Clock>,
    log_file: Option<LogFile>,
    stream: Box<dyn Write + Send>,
    least: Level,
) -> impl Subscriber + Send + Sync {
    let heard = Targets::new().with_default(LevelFilter::WARN).with_target(OURS, LevelFilter::INFO);
    let out = Mutex::new(Out { log_file, log_fails: false, stream });
    tracing_subscriber::registry().with(Lines { format, zone, clock, least, out }.with_filter(heard))
}

/// Turns each event into its line.
struct Lines {
    format: LogFormat,
    zone: Tz,
    clock: Arc<dyn Clock>,
    least: Level,
    out: Mutex<Out>,
}

/// Where lines go, and whether the log file refused the last one.
struct Out {
    log_file: Option<LogFile>,
    log_fails: bool,
    stream: Box<dyn Write + Send>,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut line = Line::new(self.clock.now(), *event.metadata().level());
        event.record(&mut line);
        if !event.metadata().target().starts_with(OURS) {
            line.fields.insert("target".to_owned(), event.metadata().target().into());
        }
        self.write(&line);
    }
}

impl Lines {
    fn write(&self, line: &Line) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        self.write_stream(&mut out, line);
        let Some(log_file) = &out.log_file else { return };
        let of_restore =
            (line.fields.get("job").and_then(Value::as_str) == Some("restore")).then(|| log_file.named(RESTORE_LOG));
        let log_file = of_restore.as_ref().unwrap_or(log_file);
        let (fails, path) = (log_file.append(&line.text(self.zone)).err(), log_file.path().to_owned());
        // Said when it begins and when it is over, not with every line between.
        match (fails, out.log_fails) {
            (Some(error), false) => {
                out.log_fails = true;
                let hint = fault::trouble_of_log(parent(&path), Stage::SetUp, &error).hint;
                let hint = hint.map(|hint| format!(" ({})", Words::english().say(&hint))).unwrap_or_default();
                let failed = format!("failed to write the log: {error}{hint}");
                self.write_stream(&mut out, &line.beside(Level::WARN, failed));
            }
            (None, true) => {
                out.log_fails = false;
                self.write_stream(&mut out, &line.beside(Level::INFO, format!("{} is written again", path.display())));
            }
            _ => {}
        }
    }

    fn write_stream(&self, out: &mut Out, line: &Line) {
        if line.level > self.least {
            return;
        }
        let mut text = match self.format {
            LogFormat::Text => line.text(self.zone),
            LogFormat::Json => line.json(),
        };
        text.push('\n');
        // A stream that nobody reads any more leaves nowhere to say so; the run goes on.
        let _unread = out.stream.write_all(text.as_bytes()).and_then(|()| out.stream.flush());
    }
}

/// One event: when, how grave, what, and its fields.
struct Line {
    at: DateTime<Utc>,
    level: Level,
    message: String,
    fields: Map<String, Value>,
}

impl Line {
    fn new(at: DateTime<Utc>, level: Level) -> Self {
        Self { at, level, message: String::new(), fields: Map::new() }
    }

    /// Another line of the same instant.
    fn beside(&self, level: Level, message: String) -> Self {
        Self { message, ..Self::new(self.at, level) }
    }

    /// `2024-11-12 03:00:07-05:00 INFO backup 20241112_030000 patrimonio: dumped 45.1 MB in 7.2 s`
    fn text(&self, zone: Tz) -> String {
        let mut line = format!("{} {}", self.at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S%:z"), self.level);
        for name in ["target", "job", "backup_id", "source"] {
            match self.fields.get(name) {
                None => {}
                Some(Value::String(value)) => line.extend([" ", &one_line(value)]),
                Some(value) => line.extend([" ", &value.to_string()]),
            }
        }
        line.extend([": ", &one_line(&self.message)]);
        line
    }

    /// The same, flat, with all its fields. JSON escapes what could end the line.
    fn json(&self) -> String {
        let mut all = self.fields.clone();
        all.insert("time".to_owned(), self.at.to_rfc3339_opts(SecondsFormat::Millis, true).into());
        all.insert("level".to_owned(), self.level.to_string().into());
        all.insert("message".to_owned(), self.message.as_str().into());
        Value::Object(all).to_string()
    }

    fn record(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(message)) => self.message = message,
            (name, value) => drop(self.fields.insert(name.to_owned(), value)),
        }
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.record(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.record(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.record(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.record(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        // A value that cannot print itself leaves what it printed.
        let _partly = write!(text, "{value:?}");
        self.record(field, text.into());
    }
}
