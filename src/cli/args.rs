//! The command line: every command and flag. Where clap wants a text, the key of one in the catalogue stands;
//! `help` puts the text there in the language of whoever reads it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::restore::RestoreOptions;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;

#[derive(Debug, Parser)]
#[command(name = "resguardo", version, about = "help-resguardo", disable_help_subcommand = true)]
pub struct Args {
    #[arg(long, help = "help-config-file", global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[arg(long, help = "help-json", global = true)]
    pub json: bool,
    #[arg(long, short, help = "help-quiet", global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(about = "help-run")]
    Run,
    #[command(about = "help-backup")]
    Backup(BackupOptions),
    #[command(about = "help-list")]
    List(ListOptions),
    #[command(about = "help-restore")]
    Restore(Box<RestoreOptions>),
    #[command(about = "help-prune")]
    Prune(PruneOptions),
    #[command(about = "help-verify")]
    Verify(VerifyOptions),
    #[command(about = "help-drill")]
    Drill(DrillOptions),
    #[command(about = "help-pin")]
    Pin(PinOptions),
    #[command(about = "help-unpin")]
    Unpin(IdOption),
    #[command(about = "help-accept")]
    Accept(AcceptOptions),
    #[command(about = "help-discard")]
    Discard(DiscardOptions),
    #[command(about = "help-check")]
    Check(CheckOptions),
    #[command(about = "help-health")]
    Health,
    #[command(about = "help-config")]
    Config(ConfigOptions),
    #[command(about = "help-demo")]
    Demo(DemoOptions),
    #[command(about = "help-of-command")]
    Help(HelpOptions),
}

#[derive(Debug, clap::Args)]
pub struct BackupOptions {
    #[arg(long, help = "help-backup-source", value_name = "NAME", value_parser = name)]
    pub source: Vec<SourceName>,
    #[arg(long, help = "help-backup-label", value_name = "TEXT")]
    pub label: Option<String>,
    #[arg(long, help = "help-backup-pin")]
    pub pin: bool,
    #[arg(long, help = "help-backup-wait", value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,
}

#[derive(Debug, clap::Args)]
pub struct ListOptions {
    #[arg(long, help = "help-list-source", value_name = "NAME", value_parser = name)]
    pub source: Option<SourceName>,
}

#[derive(Debug, clap::Args)]
pub struct PruneOptions {
    #[arg(long, help = "help-prune-dry-run")]
    pub dry_run: bool,
    #[arg(long, help = "help-prune-explain")]
    pub explain: bool,
}

#[derive(Debug, clap::Args)]
pub struct VerifyOptions {
    #[arg(help = "help-verify-id", value_parser = id, conflicts_with = "all")]
    pub id: Option<BackupId>,
    #[arg(long, help = "help-verify-all")]
    pub all: bool,
}

#[derive(Debug, clap::Args)]
pub struct DrillOptions {
    #[arg(help = "help-drill-id", value_parser = id)]
    pub id: Option<BackupId>,
    #[arg(long, help = "help-drill-latest", conflicts_with = "id")]
    pub latest: bool,
    #[arg(long, help = "help-drill-last", conflicts_with = "latest")]
    pub last: bool,
}

#[derive(Debug, clap::Args)]
pub struct PinOptions {
    #[arg(help = "help-id", value_parser = id)]
    pub id: BackupId,
    #[arg(long, help = "help-pin-label", value_name = "TEXT")]
    pub label: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct IdOption {
    #[arg(help = "help-id", value_parser = id)]
    pub id: BackupId,
}

#[derive(Debug, clap::Args)]
pub struct AcceptOptions {
    #[arg(help = "help-id", value_parser = id)]
    pub id: BackupId,
    #[arg(long, help = "help-yes")]
    pub yes: bool,
}

#[derive(Debug, clap::Args)]
pub struct DiscardOptions {
    #[arg(help = "help-id", value_parser = id)]
    pub id: BackupId,
    #[arg(long, help = "help-yes")]
    pub yes: bool,
}

#[derive(Debug, clap::Args)]
pub struct CheckOptions {
    #[arg(long, help = "help-check-mail")]
    pub mail: bool,
}

#[derive(Debug, clap::Args)]
pub struct ConfigOptions {
    #[arg(long, help = "help-config-reference")]
    pub reference: bool,
}

#[derive(Debug, clap::Args)]
pub struct DemoOptions {
    #[arg(long, help = "help-demo-once")]
    pub once: bool,
    #[arg(long, help = "help-demo-dir", value_name = "DIR")]
    pub dir: Option<PathBuf>,
    #[arg(long, help = "help-demo-listen", value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

#[derive(Debug, clap::Args)]
pub struct HelpOptions {
    #[arg(help = "help-of-which", value_name = "NAME")]
    pub command: Option<String>,
}

pub(super) fn name(text: &str) -> Result<SourceName, crate::domain::Invalid> {
    SourceName::new(text)
}

pub(super) fn id(text: &str) -> Result<BackupId, crate::domain::Invalid> {
    BackupId::parse(text)
}
