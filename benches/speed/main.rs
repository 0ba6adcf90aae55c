//! Measures what design promises of speed and memory, beside the programs that do the same work
//! today: `cargo bench --bench speed`. It makes its own seeded data (kept below `target/` for the
//! next time), runs both sides warm and in turns, compares medians with the bars, and ends with 1
//! where one is missed. A whole run, of all groups at full size, writes `benches/RESULTS.md`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program whose output is what it prints")]

mod archives;
mod contest;
mod data;
mod databases;
mod drill;
mod idle;
mod memory;
mod place;
mod report;
mod restore;
mod round_trip;
mod server;
mod sets;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};

use report::{Report, Section};
use server::Server;

/// Measures speed and memory against design's bars.
#[derive(Parser)]
struct Options {
    /// Small data and few rounds: whether it all works, not how fast; no verdict
    #[arg(long)]
    quick: bool,
    /// Only these groups; prints, and writes no RESULTS.md
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Group>,
    /// Where both sides write [default: a folder in memory where there is one, else target/]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// What is measured together.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    Plain,
    Custom,
    RoundTrip,
    Restore,
    Photos,
    SmallFiles,
    Memory,
    Drill,
    Idle,
    Sets,
}

/// How much of everything there is.
#[derive(Clone, Copy)]
pub struct Scale {
    pub rounds: usize,
    /// All sizes are divided by this.
    pub part: u64,
}

/// Where things lie.
pub struct World {
    pub scale: Scale,
    /// Data that is kept from run to run.
    pub data: PathBuf,
    /// What both sides write to; gone at the end.
    pub out: tempfile::TempDir,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if !options.bench {
        // Run as a test (`cargo test --benches`): that it compiles is all that is asked.
        return ExitCode::SUCCESS;
    }
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("failed to measure: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every bar was met, or none was to be judged.
fn run(options: &Options) -> Result<bool> {
    let scale = if options.quick { Scale { rounds: 1, part: 20 } } else { Scale { rounds: 5, part: 1 } };
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-data").join(format!("1-{}", scale.part));
    fs::create_dir_all(&data).context("make the folder for data")?;
    let out = out_folder(options)?;
    let mut report = Report::new(out.path());
    let world = World { scale, data, out };
    let wanted = |group| options.only.is_empty() || options.only.contains(&group);
    let mut add = |section: Section| report.add(section);

    if [Group::Plain, Group::Custom, Group::RoundTrip, Group::Restore, Group::Memory, Group::Drill]
        .into_iter()
        .any(wanted)
    {
        let server = Server::start(&world)?;
        if wanted(Group::Plain) {
            add(databases::plain(&world, &server)?);
        }
        if wanted(Group::Custom) {
            add(databases::custom(&world, &server)?);
        }
        if wanted(Group::RoundTrip) {
            add(round_trip::measure(&world, &server)?);
        }
        if wanted(Group::Restore) {
            add(restore::measure(&world, &server)?);
        }
        if wanted(Group::Memory) {
            add(memory::measure(&world, &server)?);
        }
        if wanted(Group::Drill) {
            add(drill::measure(&world, server)?);
        }
    }
    if wanted(Group::Photos) {
        add(archives::photos(&world)?);
    }
    if wanted(Group::SmallFiles) {
        add(archives::small_files(&world)?);
    }
    if wanted(Group::Idle) {
        add(idle::measure(&world)?);
    }
    if wanted(Group::Sets) {
        add(sets::measure(&world)?);
    }

    if options.quick {
        println!("\nQuick: small data says nothing about the bars.");
        return Ok(true);
    }
    if options.only.is_empty() {
        report.write()?;
    }
    Ok(report.all_met())
}

/// Both sides write to the same place. In memory, because how fast a disk is says nothing about
/// them, and because we sync what we write, which pipes do not.
fn out_folder(options: &Options) -> Result<tempfile::TempDir> {
    let shared_memory = Path::new("/dev/shm");
    let parent = match &options.out {
        Some(out) => out.clone(),
        None if shared_memory.is_dir() => shared_memory.to_owned(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("target"),
    };
    tempfile::Builder::new().prefix("resguardo-bench-").tempdir_in(parent).context("make the folder to write to")
}
