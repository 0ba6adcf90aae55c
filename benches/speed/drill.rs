//! A database of 1 GB restored and proven: `resguardo drill` against its parts by hand, one after
//! the other: initdb, `gunzip -c | psql`, `pg_dump`, amcheck. By hand the server is set up as the
//! drill's own was seen to be, and everything gives way to others as a drill does. What ours does
//! more is to start and end the server, to digest, count and compare. And the most memory that a
//! drill holds, with its server and all it starts.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use resguardo::sys::stop::Stop;
use resguardo::sys::{Sys, priority};

use crate::World;
use crate::contest::{Contender, Shot, alternate, shell};
use crate::place::{Place, toml};
use crate::report::{Section, Verdict, megabytes};
use crate::server::{Server, initialise};
use crate::tree;

const TIMES_MAX: f64 = 1.2;
const MEMORY_BYTES_MAX: u64 = 112_000_000;
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// As the drill gives it to `initdb`, of what the manifest says.
const LOCALE: [&str; 3] = ["--locale=C", "--lc-collate=C.UTF-8", "--lc-ctype=C.UTF-8"];
/// Where the drill has its server, below its scratch folder; and what the server was started with.
const SERVER: &str = ".resguardo-drill/register/server/data";
const STARTED_WITH: &str = "postmaster.opts";
const AMCHECK: &str = "SELECT bt_index_check(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am m ON m.oid = c.relam \
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relpersistence <> 't' \
    AND c.relkind = 'i' AND m.amname = 'btree'";

/// The server with the database ends once it is stored: it would share its program's memory.
pub fn measure(world: &World, server: Server) -> Result<Section> {
    println!("\ndrill: a database proven, against initdb, gunzip and psql, pg_dump, amcheck in turn");
    let mut section = Section::begin("A database drilled");
    // Never in memory: a drill refuses that.
    let scratch = world.data.join("drill");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).context("clear scratch")?;
    }
    let place = |format: &str| -> Result<Place> {
        let settings = format!("{}[drill]\ndir = {}\n", server.source("register", format), toml(&scratch));
        let place = Place::new(world, &format!("drill-{format}"), &settings)?;
        place.backup()?;
        Ok(place)
    };
    let (plain, custom) = (place("plain")?, place("custom")?);
    let programs = server.programs.clone();
    drop(server);

    let (plain_bytes, settings) = watched(&plain, &scratch)?;
    let (custom_bytes, _) = watched(&custom, &scratch)?;
    ensure!(!settings.is_empty(), "the drill's server was not seen");
    let by_hand = ByHand { programs, scratch: &scratch, settings, artifact: plain.artifact()? };
    let times = alternate(
        [
            Contender {
                label: "resguardo drill",
                command: "resguardo drill".to_owned(),
                run: Box::new(|| drilled(&plain)),
            },
            Contender {
                label: "initdb, psql, pg_dump, amcheck",
                command: "initdb --no-sync; gunzip -c F | psql; pg_dump > /dev/null; bt_index_check of each".to_owned(),
                run: Box::new(|| by_hand.run()),
            },
            Contender {
                label: "resguardo drill, custom",
                command: "resguardo drill of a custom dump".to_owned(),
                run: Box::new(|| drilled(&custom)),
            },
        ],
        world.scale.rounds,
    )?;
    fs::remove_dir_all(&scratch).context("clear scratch")?;
    section.size("the plain artifact", megabytes(fs::metadata(plain.artifact()?)?.len()));
    section.size("the custom artifact", megabytes(fs::metadata(custom.artifact()?)?.len()));
    let memory = |what, bytes| Verdict::at_most(what, bytes, MEMORY_BYTES_MAX, megabytes);
    section.verdicts = vec![
        Verdict::slower_at_most(&times[0], &times[1], TIMES_MAX),
        memory("all its memory, plain", plain_bytes),
        memory("all its memory, custom", custom_bytes),
    ];
    Ok(section.end(times))
}

fn drilled(place: &Place) -> Result<Shot> {
    let mut command = place.command(&["--quiet", "drill"]);
    let began = Instant::now();
    let status = command.status().context("run resguardo")?;
    let seconds = began.elapsed().as_secs_f64();
    ensure!(status.success(), "resguardo drill: {status}");
    Ok(Shot { seconds, size_bytes: None })
}

/// One drill: the most memory that all of it held at a time, and the settings of its server.
fn watched(place: &Place, scratch: &Path) -> Result<(u64, Vec<String>)> {
    let mut child = place.command(&["--quiet", "drill"]).spawn().context("run resguardo")?;
    let (mut peak_bytes, mut settings) = (0, Vec::new());
    let status = loop {
        peak_bytes = tree::memory_bytes(child.id()).max(peak_bytes);
        if settings.is_empty() {
            let started_with = fs::read_to_string(scratch.join(SERVER).join(STARTED_WITH)).unwrap_or_default();
            settings = settings_in(&started_with);
        }
        match child.try_wait()? {
            Some(status) => break status,
            None => thread::sleep(LOOK_EVERY),
        }
    };
    ensure!(status.success(), "resguardo drill: {status}");
    println!("  a drill watched: {} at most", megabytes(peak_bytes));
    Ok((peak_bytes, settings))
}

/// What follows each `-c` of a server's quoted arguments.
fn settings_in(started_with: &str) -> Vec<String> {
    let words: Vec<&str> = started_with.split('"').skip(1).step_by(2).collect();
    words.windows(2).filter(|pair| pair[0] == "-c").map(|pair| pair[1].to_owned()).collect()
}

struct ByHand<'a> {
    programs: PathBuf,
    scratch: &'a Path,
    settings: Vec<String>,
    artifact: PathBuf,
}

impl ByHand<'_> {
    /// On a thread that gives way as a drill's does: on a busy machine both are met alike.
    fn run(&self) -> Result<Shot> {
        thread::scope(|scope| {
            let lowered = scope.spawn(|| {
                priority::lower(&Sys::real().programs, &Stop::new());
                self.steps()
            });
            lowered.join().unwrap_or_else(|panicked| std::panic::resume_unwind(panicked))
        })
    }

    /// The sum of the steps; between them the server is started, and at the end all is cleared away.
    fn steps(&self) -> Result<Shot> {
        let data = self.scratch.join("by-hand");
        let began = Instant::now();
        initialise(&self.programs, &data, &LOCALE)?;
        let initialised = began.elapsed().as_secs_f64();
        let server = Server::launch(self.programs.clone(), &data, &self.settings)?;
        server.execute("postgres", "CREATE DATABASE register TEMPLATE template0")?;
        let environment = server.environment();
        let run = |line: &str| shell(line, &environment, None).map(|shot| shot.seconds);
        let psql = "psql -X -q -v ON_ERROR_STOP=1 register";
        let loaded = run(&format!("gunzip -c '{}' | {psql}", self.artifact.display()))?;
        let dumped = run("pg_dump register")?;
        server.execute("register", "CREATE EXTENSION amcheck")?;
        let checked = run(&format!("{psql} -c \"{AMCHECK}\""))?;
        drop(server);
        fs::remove_dir_all(&data)?;
        println!("    initdb {initialised:.2} s, load {loaded:.2} s, dump {dumped:.2} s, amcheck {checked:.2} s");
        Ok(Shot { seconds: initialised + loaded + dumped + checked, size_bytes: None })
    }
}
