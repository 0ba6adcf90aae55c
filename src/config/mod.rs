//! Floor 1: text to checked settings.
//!
//! Given: `config/backup.toml` and the environment. Returns: a [`Config`] every value of which
//! has been judged, with its origin; or every fault of the text at once.
//! Never: looks at the world (a folder, a server, a right); prints a secret; writes.

pub mod body_template;
mod database_url;
pub mod fault;
mod found;
pub mod http_address;
mod layer;
mod load;
mod older;
mod passed_over;
mod reader;
pub mod secret;
mod section;
mod show;
mod small_file;
mod variables;

pub use crate::domain::language::Language;
pub use fault::{Fault, Faults};
pub use load::{DEFAULT_FILE, Loaded, language_of_reader, load, load_from_environment};
pub use reader::Setting;
pub use show::{REFERENCE, show};

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::domain::artifact::{Compression, Kind};
use crate::domain::drill::Expected;
use crate::domain::name::SourceName;
use crate::domain::retention::Policy;
use crate::domain::schedule::Schedule;
use crate::domain::telling::ProofEvery;
use body_template::BodyTemplate;
use secret::Secret;

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Config {
    pub language: Language,
    pub timezone: Tz,
    pub schedule: ScheduleConfig,
    pub store: StoreConfig,
    pub retention: RetentionConfig,
    pub compression: CompressionConfig,
    pub postgres: Vec<PostgresConfig>,
    pub sqlite: Vec<SqliteConfig>,
    pub media: Vec<MediaConfig>,
    pub files: Vec<FilesConfig>,
    pub restore: RestoreConfig,
    pub drill: DrillConfig,
    pub mail: MailConfig,
    pub webhooks: Vec<WebhookConfig>,
    pub heartbeat: HeartbeatConfig,
    pub health: HealthConfig,
    pub serve: ServeConfig,
    pub contact: ContactConfig,
    pub log: LogConfig,
}

impl Config {
    /// Every configured source with its kind and the schedule it follows, in order.
    pub fn scheduled(&self) -> impl Iterator<Item = (&SourceName, Kind, &Schedule)> {
        let postgres = self.postgres.iter().map(|s| (&s.name, Kind::Postgres, s.schedule.as_ref()));
        let sqlite = self.sqlite.iter().map(|s| (&s.name, Kind::Sqlite, s.schedule.as_ref()));
        let media = self.media.iter().map(|s| (&s.name, Kind::Media, s.schedule.as_ref()));
        let files = self.files.iter().map(|s| (&s.name, Kind::Files, s.schedule.as_ref()));
        let all = postgres.chain(sqlite).chain(media).chain(files);
        all.map(|(name, kind, own)| (name, kind, own.unwrap_or(&self.schedule.backup)))
    }

    /// Whether people are told through this channel.
    pub fn tells_through(&self, channel: &str) -> bool {
        match channel {
            MailConfig::CHANNEL => self.mail.can_tell(),
            hook => self.webhooks.iter().any(|webhook| webhook.channel() == hook),
        }
    }

    /// The names of all configured sources, in order.
    pub fn source_names(&self) -> impl Iterator<Item = SourceName> {
        self.scheduled().map(|(name, _, _)| name.clone())
    }
}

#[derive(Debug, Clone)]
pub struct ScheduleConfig {
    pub backup: Schedule,
    /// Unset: only on command.
    pub verify: Option<Schedule>,
    /// Unset: only on command.
    pub drill: Option<Schedule>,
    pub catch_up: bool,
    pub deadline: Duration,
    pub lock_wait: Duration,
    pub grace: Duration,
}

#[derive(Debug, Clone)]
pub struct StoreConfig {
    pub dir: PathBuf,
    pub log_dir: PathBuf,
    /// Name or number of the operator's group; empty: none is given.
    pub group: String,
    pub single_host: bool,
}

#[derive(Debug, Clone)]
pub struct RetentionConfig {
    pub policy: Policy,
    pub suspect_drop_percent: u8,
}

#[derive(Debug, Clone, Copy)]
pub struct CompressionConfig {
    /// Gzip, zstd or none.
    pub method: Compression,
    pub level: u8,
    /// Already resolved: 1 to 8.
    pub threads: usize,
}

#[derive(Debug, Clone)]
pub struct PostgresConfig {
    pub name: SourceName,
    pub server: PostgresServer,
    pub database: String,
    pub format: DumpFormat,
    pub globals: bool,
    /// Where the server's data folder, or another folder of its disk, is mounted here.
    pub data_volume: Option<PathBuf>,
    pub schedule: Option<Schedule>,
}

/// Where a PostgreSQL server is and who we are there.
#[derive(Debug, Clone)]
pub struct PostgresServer {
    /// A host name, an address, or a folder that holds the server's socket.
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Option<Secret>,
    /// `disable`, `prefer`, `require`, `verify-ca`, `verify-full`.
    pub sslmode: String,
    pub sslrootcert: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DumpFormat {
    Plain,
    Custom,
}

#[derive(Debug, Clone)]
pub struct SqliteConfig {
    pub name: SourceName,
    pub path: PathBuf,
    pub schedule: Option<Schedule>,
}

#[derive(Debug, Clone)]
pub struct MediaConfig {
    pub name: SourceName,
    pub path: PathBuf,
    pub exclude: Vec<String>,
    pub allow_empty: bool,
    pub schedule: Option<Schedule>,
}

#[derive(Debug, Clone)]
pub struct FilesConfig {
    pub name: SourceName,
    pub paths: Vec<PathBuf>,
    pub schedule: Option<Schedule>,
}

#[derive(Debug, Clone)]
pub struct RestoreConfig {
    /// An old copy kept for longer is warned about; never removed unasked.
    pub keep_before_days: u32,
    /// A program and its arguments, run before the exchange; empty: none.
    pub before_hook: Vec<String>,
    /// The same after it, whatever happened.
    pub after_hook: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct DrillConfig {
    /// Where it is restored to: a folder of a disk.
    pub dir: PathBuf,
    /// Unset: the longest gap of the schedule and a day.
    pub max_age: Option<TimeDelta>,
    pub checks: Vec<DrillCheck>,
    pub media_checks: Vec<MediaCheck>,
}

/// A question of the operator's own to a restored database.
#[derive(Debug, Clone)]
pub struct DrillCheck {
    /// Its place among its kind, from 0.
    pub place: usize,
    pub source: SourceName,
    pub sql: String,
    pub expected: Expected,
}

impl DrillCheck {
    /// Where it stands in the settings.
    pub fn key(&self) -> String {
        format!("drill.check.{}", self.place)
    }
}

/// A column whose values name files of a folder.
#[derive(Debug, Clone)]
pub struct MediaCheck {
    pub source: SourceName,
    /// `table.column` or `schema.table.column`.
    pub column: String,
    pub media: SourceName,
    pub max_missing_percent: f64,
}

#[derive(Debug, Clone)]
pub struct MailConfig {
    /// Empty: no mail goes out.
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Option<Secret>,
    pub security: MailSecurity,
    pub from: String,
    pub to: Vec<String>,
    pub max_per_day: u32,
    /// How often it is told what is kept.
    pub proof: ProofEvery,
}

impl MailConfig {
    /// The name of the channel.
    pub const CHANNEL: &str = "mail";

    /// Whether there is a server that takes mails, and somebody to tell.
    pub fn can_tell(&self) -> bool {
        !self.host.is_empty() && !self.to.is_empty()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    StartTls,
    Tls,
    None,
}

#[derive(Debug, Clone)]
pub struct WebhookConfig {
    pub name: String,
    /// Where messages are posted to.
    pub url: Secret,
    pub template: WebhookTemplate,
    /// Who is told, where the template asks for it.
    pub chat: String,
    /// Sent as `Authorization: Bearer`.
    pub token: Option<Secret>,
    pub max_per_day: u32,
    /// From connecting to the last byte of the answer.
    pub timeout: Duration,
}

impl WebhookConfig {
    /// The name of the channel, which no other has.
    pub fn channel(&self) -> String {
        format!("webhook:{}", self.name)
    }
}

/// How a message is put to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookTemplate {
    /// Our own form.
    Json,
    Slack,
    Telegram,
    Ntfy,
    Own(BodyTemplate),
}

#[derive(Debug, Clone)]
pub struct HeartbeatConfig {
    /// Unset: nobody is told of each run.
    pub url: Option<Secret>,
}

#[derive(Debug, Clone)]
pub struct HealthConfig {
    /// Unset: the longest gap of the source's schedule plus one hour.
    pub max_age: Option<Duration>,
}

#[derive(Debug, Clone)]
pub struct ServeConfig {
    pub listen: SocketAddr,
}

#[derive(Debug, Clone)]
pub struct ContactConfig {
    /// What people know this place by; empty, its first source.
    pub place: String,
    pub lines: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct LogConfig {
    pub format: LogFormat,
    pub max_bytes: u64,
    /// Rotated files kept beside the current one.
    pub keep: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// Where each value in force came from, by its dotted key: a file, a variable, the default.
pub type Origins = BTreeMap<String, String>;
