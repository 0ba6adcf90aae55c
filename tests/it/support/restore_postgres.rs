//! Restores of PostgreSQL databases: what a set would hold, the steps in their order, what a
//! whole server holds, and a client that never stops reconnecting.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use resguardo::config::PostgresConfig;
use resguardo::domain::id::BackupId;
use resguardo::domain::manifest::Facts;
use resguardo::domain::restoring::Exchange;
use resguardo::domain::trouble::Trouble;
use resguardo::source::postgres::restore::PostgresRestore;
use resguardo::source::postgres::{PostgresDump, PostgresGlobals, PostgresProperties};
use resguardo::source::restore::{Bytes, Prospect, Restore, Wish};
use resguardo::source::{Source, Work};
use resguardo::words::Words;

use super::odd::raw_of;
use super::postgres::Server;
use super::way_back::wish_home;

/// What a set holds of one database.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) raw: Vec<u8>,
    pub(crate) facts: Facts,
    pub(crate) properties: Vec<u8>,
    pub(crate) roles: Vec<u8>,
}

impl Stored {
    pub(crate) fn take(config: &PostgresConfig, work: &Work) -> Self {
        let mut raw = Vec::new();
        let facts = PostgresDump::new(config).dump(&mut raw, work).unwrap().facts;
        let properties = raw_of(&PostgresProperties::new(config), work);
        let roles = raw_of(&PostgresGlobals::new(config.name.clone(), config), work);
        Self { raw, facts, properties, roles }
    }

    /// To put all of it back home; runs are told apart by their minute.
    pub(crate) fn wish(&self, minute: u32) -> Wish {
        Wish {
            properties: Some(self.properties.clone()),
            roles: Some(self.roles.clone()),
            ..wish_home(run(minute), &self.raw, &self.facts)
        }
    }
}

pub(crate) fn run(minute: u32) -> BackupId {
    BackupId::parse(&format!("20241112_03{minute:02}00")).unwrap()
}

/// Looks and prepares, as the job does; what was looked at comes back.
pub(crate) fn prepare(
    config: &PostgresConfig,
    raw: &[u8],
    file: Option<&Path>,
    wish: &Wish,
    work: &Work,
) -> Result<Prospect, Trouble> {
    let restore = PostgresRestore::new(config);
    let prospect = restore.look(wish, work)?;
    restore.prepare(&prospect.exchanges, Bytes { raw: &mut &*raw, file }, wish, work)?;
    Ok(prospect)
}

/// All the way.
pub(crate) fn restore(
    config: &PostgresConfig,
    stored: &Stored,
    wish: &Wish,
    work: &Work,
) -> Result<Vec<Exchange>, Trouble> {
    let prospect = prepare(config, &stored.raw, None, wish, work)?;
    PostgresRestore::new(config).swap(&prospect.exchanges, work)?;
    Ok(prospect.exchanges)
}

/// The sentence that tells what to do.
pub(crate) fn hint(trouble: &Trouble) -> String {
    trouble.hint.as_ref().map_or_else(String::new, |hint| Words::english().say(hint))
}

/// Everything a server holds, as its own program writes it: every database with its properties,
/// roles and memberships.
pub(crate) fn everything(server: &Server) -> String {
    dumped(server, "pg_dumpall", &[])
}

/// One database with its properties.
pub(crate) fn whole(server: &Server, database: &str) -> String {
    dumped(server, "pg_dump", &["--create", "--dbname", &format!("dbname='{}'", database.replace('\'', "\\'"))])
}

fn dumped(server: &Server, name: &str, args: &[&str]) -> String {
    let mut command = Command::new(server.program(name));
    let config = server.config("postgres").server;
    command.args(args).env_clear().env("PGHOST", config.host).env("PGPORT", config.port.to_string());
    let output = command.env("PGUSER", "postgres").env("PGTZ", "UTC").output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    // Its token differs in every dump.
    let is_token = |line: &&str| !line.starts_with("\\restrict ") && !line.starts_with("\\unrestrict ");
    String::from_utf8_lossy(&output.stdout).lines().filter(is_token).collect::<Vec<_>>().join("\n")
}

pub(crate) fn databases(server: &Server) -> BTreeSet<String> {
    let listed = server.psql("postgres", "SELECT datname FROM pg_database WHERE datname !~ '^template|^postgres$'");
    listed.lines().map(str::to_owned).collect()
}

/// Gives the dump half-way, then does something, then the rest.
pub(crate) struct Midway<'a, F: FnMut()> {
    pub(crate) raw: &'a [u8],
    pub(crate) half: usize,
    pub(crate) act: F,
}

impl<F: FnMut()> Read for Midway<'_, F> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.raw.len() <= self.half {
            self.half = 0;
            (self.act)();
        }
        let until = self.raw.len().saturating_sub(self.half).max(usize::from(!self.raw.is_empty()));
        self.raw.take(until as u64).read(into).inspect(|read| self.raw = &self.raw[*read..])
    }
}

/// What a client sees when it asks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    Rows(String),
    /// Not let in, or its session ended.
    Refused,
    /// Let in, and then told something else than rows.
    Odd(String),
}

/// Reconnects in a loop, asks, and writes down what it sees and for how long it was kept out.
pub(crate) struct Client {
    is_over: std::sync::Arc<AtomicBool>,
    thread: JoinHandle<(Vec<Sight>, Duration)>,
}

impl Client {
    /// `sql` answers one text.
    pub(crate) fn start(server: &Server, database: &str, sql: &str) -> Self {
        Self::start_as(server, "postgres", database, sql)
    }

    pub(crate) fn start_as(server: &Server, user: &str, database: &str, sql: &str) -> Self {
        let is_over = std::sync::Arc::new(AtomicBool::new(false));
        let (over, sql) = (is_over.clone(), sql.to_owned());
        let mut config = tokio_postgres::Config::new();
        config.host_path(server.socket_folder()).port(server.port()).user(user).dbname(database);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let (mut seen, mut kept_out, mut since) = (Vec::new(), Duration::ZERO, None);
                while !over.load(Ordering::Relaxed) {
                    let sight = ask(&config, &sql).await;
                    if sight == Sight::Refused {
                        let since = *since.get_or_insert_with(Instant::now);
                        kept_out = kept_out.max(since.elapsed());
                    } else {
                        since = None;
                    }
                    if seen.last() != Some(&sight) {
                        seen.push(sight);
                    }
                }
                (seen, kept_out)
            })
        });
        Self { is_over, thread }
    }

    /// What it saw, each change once, and the longest time it was kept out.
    pub(crate) fn end(self) -> (Vec<Sight>, Duration) {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

async fn ask(config: &tokio_postgres::Config, sql: &str) -> Sight {
    let Ok((client, talk)) = config.connect(tokio_postgres::NoTls).await else { return Sight::Refused };
    let talking = tokio::spawn(talk);
    // Asks on until it is put out, so that sessions are open when they are to be ended.
    let mut sight = Sight::Refused;
    for _ in 0..20 {
        match client.query_one(sql, &[]).await {
            Ok(row) => sight = Sight::Rows(row.get(0)),
            Err(error) => {
                let code = error.code().map(|code| code.code().to_owned());
                // Ended by an administrator, or the conversation broke off.
                if code.as_deref().is_some_and(|code| code != "57P01") {
                    sight = Sight::Odd(error.to_string());
                }
                break;
            }
        }
    }
    talking.abort();
    sight
}
