//! Contenders in turns: one round that warms everything and counts for nothing, then the measured
//! ones, A B C A B C, so that whatever else the machine does meets all of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

/// One way to do the work.
pub struct Contender<'a> {
    pub label: &'static str,
    /// As one would type it.
    pub command: String,
    pub run: Box<dyn FnMut() -> Result<Shot> + 'a>,
}

/// One execution.
#[derive(Debug, Clone, Copy)]
pub struct Shot {
    pub seconds: f64,
    /// What was stored, where something was.
    pub size_bytes: Option<u64>,
}

/// What a contender did in all measured rounds.
pub struct Times {
    pub label: &'static str,
    pub command: String,
    pub seconds: Vec<f64>,
    pub size_bytes: Option<u64>,
}

impl Times {
    pub fn median(&self) -> f64 {
        median(&self.seconds)
    }

    pub fn size(&self) -> Result<u64> {
        self.size_bytes.with_context(|| format!("{} stored nothing", self.label))
    }
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Runs them all, `rounds` times after the one that warms.
pub fn alternate<const N: usize>(contenders: [Contender<'_>; N], rounds: usize) -> Result<[Times; N]> {
    let mut entered = contenders
        .map(|c| (Times { label: c.label, command: c.command, seconds: Vec::new(), size_bytes: None }, c.run));
    for round in 0..=rounds {
        for (times, run) in &mut entered {
            let shot = run().with_context(|| format!("run {}", times.label))?;
            println!("  {:<28} {:>8.3} s{}", times.label, shot.seconds, if round == 0 { "  (warm-up)" } else { "" });
            if round > 0 {
                times.seconds.push(shot.seconds);
            }
            times.size_bytes = shot.size_bytes;
        }
    }
    Ok(entered.map(|(times, _)| times))
}

/// Runs a line of shell, to a file or to nowhere; a failure anywhere in a pipe is one.
pub fn shell(line: &str, environment: &[(&str, String)], out: Option<&Path>) -> Result<Shot> {
    let stdout = match out {
        Some(path) => fs::File::create(path).context("create a file to write to")?.into(),
        None => Stdio::null(),
    };
    let mut command = Command::new("bash");
    command.args(["-c", &format!("set -o pipefail; {line}")]).stdin(Stdio::null()).stdout(stdout);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let began = Instant::now();
    let status = command.status().context("run bash")?;
    let seconds = began.elapsed().as_secs_f64();
    ensure!(status.success(), "{line}: {status}");
    let size_bytes = out.map(|path| fs::metadata(path).map(|m| m.len())).transpose()?;
    Ok(Shot { seconds, size_bytes })
}

/// What a line of shell prints.
pub fn ask(line: &str) -> Result<String> {
    let output = Command::new("bash").args(["-c", &format!("set -o pipefail; {line}")]).output().context("run bash")?;
    ensure!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
