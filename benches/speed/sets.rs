//! `list`, `/health` and the page upon a store of ten thousand sets of a hundred tables each, and the
//! page upon one of four hundred. The manifests
//! are written as the program writes them; the artifacts are holes of the right size.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use resguardo::domain::artifact::{self, Compression, Form, Kind};
use resguardo::domain::id::BackupId;
use resguardo::domain::manifest::{self, Artifact, Facts, Manifest, PostgresContent, PostgresFacts, RowSum, Table};
use resguardo::domain::name::SourceName;
use resguardo::domain::report::Outcome;

use crate::World;
use crate::contest::{Contender, Shot, alternate};
use crate::data::{Random, once};
use crate::place::{Daemon, Place, free_port, memory_bytes};
use crate::report::{Section, Verdict, mebibytes};

const SETS: u64 = 10_000;
/// A year of nights with some to spare.
const FEW_SETS: u64 = 400;
const TABLES: u64 = 100;
/// Sets lie six hours apart, the last of them in the past.
const FIRST: &str = "2015-01-01T03:00:00Z";
/// The daemon is warm once what it remembers has settled.
const SETTLED_AFTER: Duration = Duration::from_secs(5);
/// Keeps everything, makes nothing: its sources are never due and never asked.
const SETTINGS: &str = "[schedule]\nbackup = \"0 0 29 2 *\"\ncatch_up = false\n[retention]\nkeep_daily = -1\n\
    keep_days = 36500\n[[postgres]]\nname = \"patrimonio\"\nurl = \"postgres://nobody@127.0.0.1:9/patrimonio\"\n";

pub fn measure(world: &World) -> Result<Section> {
    println!("\nsets: list, /health and the page upon a full store");
    let mut section = Section::begin("`list`, `/health` and the page with many sets");
    let sets = SETS / world.scale.part;
    let full = Stand::with(world, "store", sets)?;
    let few = Stand::with(world, "store-few", FEW_SETS)?;
    let times = alternate(
        [
            Contender {
                label: "list",
                command: "resguardo list".to_owned(),
                run: Box::new(|| list(&full.place, &["list"])),
            },
            Contender {
                label: "list --json",
                command: "resguardo list --json".to_owned(),
                run: Box::new(|| list(&full.place, &["--json", "list"])),
            },
            Contender { label: "/health", command: "GET /health".to_owned(), run: Box::new(|| full.ask_health()) },
            Contender { label: "the page", command: "GET /".to_owned(), run: Box::new(|| full.ask_page()) },
            Contender {
                label: "the page of a year",
                command: format!("GET / with {FEW_SETS} sets"),
                run: Box::new(|| few.ask_page()),
            },
        ],
        world.scale.rounds,
    )?;
    let resident_bytes = memory_bytes(&full.daemon.0, "VmRSS").context("read the daemon's memory")?;
    section.size("sets", format!("{sets} of {TABLES} tables"));
    section.size("the daemon's memory with them", mebibytes(resident_bytes));
    section.verdicts = vec![
        Verdict::seconds_at_most(&times[0], 0.100),
        Verdict::seconds_at_most(&times[1], 0.100),
        Verdict::seconds_at_most(&times[2], 0.020),
        Verdict::seconds_at_most(&times[3], 0.200),
        Verdict::seconds_at_most(&times[4], 0.050),
    ];
    Ok(section.end(times))
}

/// A store of so many sets, and a daemon that knows it.
struct Stand {
    place: Place,
    port: u16,
    daemon: Daemon,
}

impl Stand {
    fn with(world: &World, name: &str, sets: u64) -> Result<Self> {
        let store = world.data.join(name);
        once(&store, |to| fill(to, sets))?;
        let port = free_port()?;
        let settings = format!("[serve]\nlisten = \"127.0.0.1:{port}\"\n{SETTINGS}");
        let place = Place::with_store(world, name, &settings, Some(&store))?;
        // Whatever runs under the lock leaves an index behind; nothing expires here.
        ensure!(place.command(&["--quiet", "prune"]).status()?.success(), "prune");
        ensure!(fs::read_dir(store.join("sets"))?.count() as u64 >= sets, "a set is gone");
        let stand = Self { daemon: Daemon::start(&place)?, place, port };
        sleep(SETTLED_AFTER);
        stand.ask_health()?;
        sleep(SETTLED_AFTER);
        Ok(stand)
    }

    /// Well or not (the sets are old), it must be an answer.
    fn ask_health(&self) -> Result<Shot> {
        self.ask("/health", "\"status\"")
    }

    fn ask_page(&self) -> Result<Shot> {
        self.ask("/", "</html>")
    }

    /// From the connection to its end.
    fn ask(&self, path: &str, holds: &str) -> Result<Shot> {
        let began = Instant::now();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).context("reach the daemon")?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let seconds = began.elapsed().as_secs_f64();
        ensure!(answer.contains(holds), "{path}: {answer}");
        Ok(Shot { seconds, size_bytes: None })
    }
}

fn list(place: &Place, args: &[&str]) -> Result<Shot> {
    let mut command = place.command(args);
    let began = Instant::now();
    let status = command.status()?;
    ensure!(status.success(), "list: {status}");
    Ok(Shot { seconds: began.elapsed().as_secs_f64(), size_bytes: None })
}

fn fill(store: &Path, sets: u64) -> Result<()> {
    for folder in ["db", "media", "files", "sets"] {
        fs::create_dir(store.join(folder))?;
    }
    let first: DateTime<Utc> = FIRST.parse()?;
    let mut random = Random::new(5);
    for nth in 0..sets {
        let manifest = set(first + TimeDelta::hours(6) * i32::try_from(nth)?, &mut random)?;
        for artifact in &manifest.artifacts {
            fs::File::create(store.join(&artifact.path))?.set_len(artifact.size_bytes)?;
        }
        let path = store.join("sets").join(format!("{}.json", manifest.id));
        fs::write(path, serde_json::to_vec_pretty(&manifest)?)?;
    }
    Ok(())
}

fn set(started_at: DateTime<Utc>, random: &mut Random) -> Result<Manifest> {
    let id = BackupId::from_local(started_at.naive_utc());
    let (patrimonio, globals) = (SourceName::new("patrimonio")?, SourceName::new("globals")?);
    let mut artifact = |source: &SourceName, kind: Kind, form: Form, compression: Compression| Artifact {
        source: source.clone(),
        kind,
        path: artifact::path(kind, source, &id, form, compression),
        size_bytes: 40_000_000 + random.below(1_000_000),
        raw_bytes: 200_000_000,
        digest: format!("sha256:{:064x}", random.next()),
        compression,
        encryption: None,
        started_at,
        duration_seconds: 6.5,
        complete: true,
        facts: Facts::default(),
    };
    let mut artifacts = vec![
        artifact(&patrimonio, Kind::Postgres, Form::PlainSql, Compression::Gzip),
        artifact(&patrimonio, Kind::Database, Form::CreateSql, Compression::None),
        artifact(&globals, Kind::Globals, Form::PlainSql, Compression::Gzip),
    ];
    artifacts[0].facts.postgres = Some(facts(random));
    Ok(Manifest {
        version: manifest::VERSION,
        id,
        outcome: Outcome::Succeeded,
        started_at,
        ended_at: started_at + TimeDelta::seconds(8),
        timezone: "UTC".to_owned(),
        host: "bench".to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        label: None,
        depends_on: Vec::new(),
        copies: Vec::new(),
        artifacts,
        failed: Vec::new(),
    })
}

fn facts(random: &mut Random) -> PostgresFacts {
    let columns = ["id", "code", "name", "owner", "note", "acquired", "noted_at", "price", "detail"];
    let mut table = |nth: u64| {
        let RowSum { rows, rows_digest } = RowSum::new(random.below(1_000_000), u128::from(random.next()) << 64);
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Table { schema: "public".to_owned(), name: format!("app_table_{nth:03}"), columns, rows, rows_digest }
    };
    PostgresFacts {
        server_version: "15.18".to_owned(),
        client_version: "15.18".to_owned(),
        format: "plain".to_owned(),
        database: "patrimonio".to_owned(),
        size_bytes: 300_000_000,
        owner: "app".to_owned(),
        encoding: "UTF8".to_owned(),
        locale_provider: "libc".to_owned(),
        collate: "C.UTF-8".to_owned(),
        ctype: "C.UTF-8".to_owned(),
        icu_locale: None,
        timezone: "UTC".to_owned(),
        superuser: "postgres".to_owned(),
        user_tables: None,
        extensions: Vec::new(),
        content: PostgresContent { tables: (0..TABLES).map(&mut table).collect(), ..PostgresContent::default() },
    }
}
