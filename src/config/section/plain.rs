//! The sections that are a few plain keys: `[store]`, `[restore]`, `[health]`, `[serve]`, `[contact]`, `[log]`.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::config::reader::Table;
use crate::config::{ContactConfig, HealthConfig, LogConfig, LogFormat, RestoreConfig, ServeConfig, StoreConfig};
use crate::domain::saying::Saying;

/// A year and a day: the rarest backup that still is one.
const MAX_AGE_HOURS_MAX: u64 = 366 * 24;
/// Ten years of a copy nobody asked for is a slip of the keyboard.
const KEEP_BEFORE_DAYS_MAX: u32 = 3660;
const LISTEN_DEFAULT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
const MEGABYTE: u64 = 1_000_000;

pub(super) fn store(table: &mut Table<'_>) -> StoreConfig {
    StoreConfig {
        dir: table.path("dir", "backups"),
        log_dir: table.path("log_dir", "logs"),
        group: table.text("group", ""),
        single_host: table.boolean("single_host", false),
    }
}

pub(super) fn restore(table: &mut Table<'_>) -> RestoreConfig {
    RestoreConfig {
        keep_before_days: table.integer("keep_before_days", 0..=KEEP_BEFORE_DAYS_MAX, 14),
        before_hook: table.texts("before_hook", &Saying::new("fault-text"), |_| true),
        after_hook: table.texts("after_hook", &Saying::new("fault-text"), |_| true),
    }
}

pub(super) fn health(table: &mut Table<'_>) -> HealthConfig {
    let hours = table.optional_integer("max_age_hours", 1..=MAX_AGE_HOURS_MAX);
    HealthConfig { max_age: hours.map(|hours| Duration::from_secs(hours.value * 3600)) }
}

pub(super) fn serve(table: &mut Table<'_>) -> ServeConfig {
    let address = |text: &str| text.trim().parse().ok();
    let listen = table.parsed("listen", &LISTEN_DEFAULT.to_string(), Saying::new("fault-listen"), address);
    ServeConfig { listen: listen.unwrap_or(LISTEN_DEFAULT) }
}

pub(super) fn contact(table: &mut Table<'_>) -> ContactConfig {
    ContactConfig { place: table.text("place", ""), lines: table.texts("lines", &Saying::new("fault-text"), |_| true) }
}

pub(super) fn log(table: &mut Table<'_>) -> LogConfig {
    LogConfig {
        format: table.word("format", &[("text", LogFormat::Text), ("json", LogFormat::Json)], LogFormat::Text, "text"),
        max_bytes: MEGABYTE * table.integer("max_mb", 1..=1000, 10),
        keep: table.integer("keep", 0..=100, 5),
    }
}
