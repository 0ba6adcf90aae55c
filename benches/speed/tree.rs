//! The memory of a program with all that it started: of every process its proportional set, so that
//! what processes share, as a server's buffers, is counted once.

use std::collections::HashMap;
use std::fs;

/// All that a process and its descendants hold now.
pub fn memory_bytes(root: u32) -> u64 {
    family(root).into_iter().filter_map(proportional_bytes).sum()
}

/// A process and its descendants.
fn family(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    let names =
        fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    for process in names.filter_map(|name| name.parse().ok()) {
        if let Some(parent) = parent(process) {
            children.entry(parent).or_default().push(process);
        }
    }
    let (mut family, mut next) = (vec![root], 0);
    while let Some(process) = family.get(next) {
        let born = children.remove(process).unwrap_or_default();
        family.extend(born);
        next += 1;
    }
    family
}

fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is a name in parentheses, which may hold anything.
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

/// `None` of a process that has ended.
fn proportional_bytes(process: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let kib = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    kib.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib * 1024)
}
