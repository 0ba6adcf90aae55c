//! The command line: every command and flag, with the help people read.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::restore::RestoreOptions;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;

/// Keeps an application's data restorable: PostgreSQL, SQLite, media, settings.
#[derive(Debug, Parser)]
#[command(name = "resguardo", version, about, disable_help_subcommand = true)]
pub struct Args {
    /// The configuration file [default: config/backup.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print results as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Print nothing but results and failures
    #[arg(long, short, global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the daemon: back up on schedule, prune, serve health and metrics
    Run,
    /// Back up now
    Backup(BackupOptions),
    /// List what the store holds
    List(ListOptions),
    /// Put data back; what stands there is kept beside it
    Restore(Box<RestoreOptions>),
    /// Remove the sets that no rule keeps
    Prune(PruneOptions),
    /// Read every stored byte again and compare
    Verify(VerifyOptions),
    /// Prove a set: restore all of it into scratch, compare, clear away
    Drill(DrillOptions),
    /// Keep a set whatever its age
    Pin(PinOptions),
    /// Let a pinned set expire again
    Unpin(IdOption),
    /// Take a suspect set as good, after asking
    Accept(AcceptOptions),
    /// Look before leaping: sources, tools, rights, room, store, who is told
    Check(CheckOptions),
    /// Say how things stand; exits 1 where a probe would be told 503
    Health,
    /// Print the settings in force and where each comes from
    Config(ConfigOptions),
    /// Show the main job on data of its own
    Demo(DemoOptions),
}

#[derive(Debug, clap::Args)]
pub struct BackupOptions {
    /// Back up only this source (may be given several times)
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub source: Vec<SourceName>,
    /// A note kept with the set
    #[arg(long, value_name = "TEXT")]
    pub label: Option<String>,
    /// Keep the set whatever its age
    #[arg(long)]
    pub pin: bool,
    /// Wait so long for another run to end
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,
}

#[derive(Debug, clap::Args)]
pub struct ListOptions {
    /// Only sets that hold this source
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub source: Option<SourceName>,
}

#[derive(Debug, clap::Args)]
pub struct PruneOptions {
    /// Say what would be removed, remove nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Say of every set why it stays or goes, remove nothing
    #[arg(long)]
    pub explain: bool,
}

#[derive(Debug, clap::Args)]
pub struct VerifyOptions {
    /// The set: `YYYYMMDD_HHMMSS` [default: what `restore --latest` would take]
    #[arg(value_parser = id, conflicts_with = "all")]
    pub id: Option<BackupId>,
    /// Every set, and every adopted file
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, clap::Args)]
pub struct DrillOptions {
    /// The set: `YYYYMMDD_HHMMSS` [default: of each source the newest that is good]
    #[arg(value_parser = id)]
    pub id: Option<BackupId>,
    /// Of each source the newest that is good, which is the default
    #[arg(long, conflicts_with = "id")]
    pub latest: bool,
    /// Hold none: show what the last one found, or what was found of this set last
    #[arg(long, conflicts_with = "latest")]
    pub last: bool,
}

#[derive(Debug, clap::Args)]
pub struct PinOptions {
    /// The set: `YYYYMMDD_HHMMSS`
    #[arg(value_parser = id)]
    pub id: BackupId,
    /// Why it is kept
    #[arg(long, value_name = "TEXT")]
    pub label: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct IdOption {
    /// The set: `YYYYMMDD_HHMMSS`
    #[arg(value_parser = id)]
    pub id: BackupId,
}

#[derive(Debug, clap::Args)]
pub struct AcceptOptions {
    /// The set: `YYYYMMDD_HHMMSS`
    #[arg(value_parser = id)]
    pub id: BackupId,
    /// Consent without being asked: for scripts
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, clap::Args)]
pub struct CheckOptions {
    /// Also send a test by mail and every webhook, leave a line with the heartbeat, and show each answer
    #[arg(long)]
    pub mail: bool,
}

#[derive(Debug, clap::Args)]
pub struct ConfigOptions {
    /// Print every key with its default and meaning instead
    #[arg(long)]
    pub reference: bool,
}

#[derive(Debug, clap::Args)]
pub struct DemoOptions {
    /// Back up once and end
    #[arg(long)]
    pub once: bool,
    /// Where to put it all [default: a new temporary folder]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Where to serve health and metrics
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

pub(super) fn name(text: &str) -> Result<SourceName, crate::domain::Invalid> {
    SourceName::new(text)
}

pub(super) fn id(text: &str) -> Result<BackupId, crate::domain::Invalid> {
    BackupId::parse(text)
}
