//! The daemon with nothing to do: its memory, and the time of the processor it takes.

use std::fs;
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::World;
use crate::archives;
use crate::data;
use crate::place::{Daemon, Place, free_port, memory_bytes};
use crate::report::{Section, Verdict, mebibytes};

const MEMORY_BYTES_MAX: u64 = 20 << 20;
/// Long enough to hold the daemon's look at the clock once a minute.
const IDLE_FOR: Duration = Duration::from_secs(65);
/// What a tick of the kernel's clock is: less cannot be seen from outside.
const TICK_MILLIS: u64 = 10;

pub fn measure(world: &World) -> Result<Section> {
    println!("\nidle: a daemon that waits, for {} s", IDLE_FOR.as_secs());
    let mut section = Section::begin("The daemon idle");
    let folder = world.data.join("ten-files");
    data::once(&folder, |to| data::texts(to, 10, 10, 1_000_000, 9_000_000))?;
    let settings = format!("[serve]\nlisten = \"127.0.0.1:{}\"\n{}", free_port()?, archives::source(&folder));
    let place = Place::new(world, "idle", &settings)?;
    place.backup()?;
    let daemon = Daemon::start(&place)?;
    sleep(Duration::from_secs(2));
    let before = ticks(&daemon.0)?;
    sleep(IDLE_FOR);
    let spent = ticks(&daemon.0)? - before;
    let resident_bytes = memory_bytes(&daemon.0, "VmRSS").context("read the daemon's memory")?;
    println!("  {} and {} ms", mebibytes(resident_bytes), spent * TICK_MILLIS);
    section.size("watched for", format!("{} s", IDLE_FOR.as_secs()));
    section.verdicts = vec![
        Verdict::at_most("resident memory", resident_bytes, MEMORY_BYTES_MAX, mebibytes),
        Verdict::at_most("processor time", spent * TICK_MILLIS, IDLE_FOR.as_secs() * TICK_MILLIS / 10, |millis| {
            format!("{millis} ms")
        }),
    ];
    Ok(section.end([]))
}

/// User and system time of a process so far.
fn ticks(child: &Child) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id()))?;
    // The second field is a name in parentheses, which may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let field = |nth: usize| fields.get(nth).and_then(|f| f.parse::<u64>().ok()).context("read /proc/PID/stat");
    Ok(field(11)? + field(12)?)
}
