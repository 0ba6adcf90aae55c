//! The most memory our own process holds in a backup, however much passes through it: looked at
//! with 8 threads, the most there may be.

use anyhow::Result;

use crate::World;
use crate::archives;
use crate::data;
use crate::place::Place;
use crate::report::{Section, Verdict, mebibytes};
use crate::server::Server;

const PEAK_BYTES_MAX: u64 = 48 << 20;
const THREADS: &str = "[compression]\nthreads = 8\n";

pub fn measure(world: &World, server: &Server) -> Result<Section> {
    println!("\nmemory: the peak of our own process, with 8 threads");
    let mut section = Section::begin("Peak memory of our own process in a backup, 8 threads");
    let part = world.scale.part;
    let few = world.data.join("ten-files");
    data::once(&few, |to| data::texts(to, 10, 10, 1_000_000, 9_000_000))?;
    let many = world.data.join("million-files");
    data::once(&many, |to| data::texts(to, 1_000_000 / part, 1_000, 0, 64))?;
    let works = [
        ("a plain dump of 1 GB", server.source("register", "plain")),
        ("a plain dump of 10 GB", server.source("pages", "plain")),
        ("a custom dump of 1 GB", server.source("register", "custom")),
        ("a folder of 10 files", archives::source(&few)),
        ("a folder of 1 million files", archives::source(&many)),
    ];
    for (nth, (work, source)) in works.into_iter().enumerate() {
        let place = Place::new(world, &format!("memory-{nth}"), &format!("{THREADS}{source}"))?;
        let (seconds, peak_bytes) = place.backup_watched()?;
        println!("  {work:<28} {:>8} in {seconds:.1} s", mebibytes(peak_bytes));
        section.verdicts.push(Verdict::at_most(work, peak_bytes, PEAK_BYTES_MAX, mebibytes));
    }
    Ok(section.end([]))
}
