//! What was measured, as it is printed and as it stands in `benches/RESULTS.md`: every time, every
//! bar, and how busy the machine was meanwhile.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::contest::{Times, ask};

/// Beyond this the machine does something else as well, and the times are not worth much.
const LOAD_BEFORE_MAX: f64 = 0.5;

/// A figure held against a bar.
pub struct Verdict {
    what: String,
    figure: String,
    bar: String,
    met: bool,
}

impl Verdict {
    /// Ours is at least so many times as fast as theirs.
    pub fn faster(theirs: &Times, ours: &Times, times: f64) -> Self {
        let ratio = theirs.median() / ours.median();
        let what = format!("as fast as {}", theirs.label);
        Self { what, figure: format!("{ratio:.2} times"), bar: format!("at least {times} times"), met: ratio >= times }
    }

    /// Ours takes at most so many times their time.
    pub fn slower_at_most(ours: &Times, theirs: &Times, times: f64) -> Self {
        let ratio = ours.median() / theirs.median();
        let what = format!("the time of {}", theirs.label);
        Self { what, figure: format!("{ratio:.3} times"), bar: format!("at most {times} times"), met: ratio <= times }
    }

    /// Ours is at most so many times as large.
    pub fn no_larger(ours: &Times, theirs: &Times, times: f64) -> Result<Self> {
        let ratio = ours.size()? as f64 / theirs.size()? as f64;
        let what = format!("as large as {}", theirs.label);
        Ok(Self {
            what,
            figure: format!("{ratio:.4} times"),
            bar: format!("at most {times} times"),
            met: ratio <= times,
        })
    }

    pub fn same(what: &str, ours: u64, theirs: u64) -> Self {
        Self { what: what.to_owned(), figure: ours.to_string(), bar: theirs.to_string(), met: ours == theirs }
    }

    /// Two digests of what must be the same; their first characters are shown.
    pub fn equal(what: &str, ours: &str, theirs: &str) -> Self {
        let short = |digest: &str| digest.chars().take(12).collect::<String>();
        Self { what: what.to_owned(), figure: short(ours), bar: short(theirs), met: ours == theirs && !ours.is_empty() }
    }

    pub fn at_most(what: &str, value: u64, most: u64, show: fn(u64) -> String) -> Self {
        let bar = format!("at most {}", show(most));
        Self { what: what.to_owned(), figure: show(value), bar, met: value <= most }
    }

    pub fn seconds_at_most(times: &Times, seconds: f64) -> Self {
        let median = times.median();
        let bar = format!("at most {:.0} ms", seconds * 1e3);
        Self { what: times.label.to_owned(), figure: format!("{:.1} ms", median * 1e3), bar, met: median <= seconds }
    }

    fn sign(&self) -> &'static str {
        if self.met { "met" } else { "**missed**" }
    }
}

/// What was measured together.
pub struct Section {
    title: String,
    load_before: String,
    load_after: String,
    sizes: Vec<(String, String)>,
    times: Vec<Times>,
    pub verdicts: Vec<Verdict>,
}

impl Section {
    pub fn begin(title: &str) -> Self {
        let load_before = load();
        if load_before.split(' ').next().and_then(|l| l.parse::<f64>().ok()).is_some_and(|l| l > LOAD_BEFORE_MAX) {
            println!("  the machine is busy (load {load_before}): these times are worth little");
        }
        Self {
            title: title.to_owned(),
            load_before,
            load_after: String::new(),
            sizes: Vec::new(),
            times: Vec::new(),
            verdicts: Vec::new(),
        }
    }

    pub fn size(&mut self, what: &str, size: impl Into<String>) {
        self.sizes.push((what.to_owned(), size.into()));
    }

    pub fn end(mut self, times: impl IntoIterator<Item = Times>) -> Self {
        self.times.extend(times);
        self.load_after = load();
        for verdict in &self.verdicts {
            println!("  {:<32} {:>14}  {:<20} {}", verdict.what, verdict.figure, verdict.bar, verdict.sign());
        }
        self
    }

    fn markdown(&self) -> String {
        let mut text = format!("\n## {}\n", self.title);
        for (what, size) in &self.sizes {
            let _ = writeln!(text, "- {what}: {size}");
        }
        let _ = writeln!(text, "- load before and after: {}; {}\n", self.load_before, self.load_after);
        text.push_str("| | figure | bar | |\n|---|---|---|---|\n");
        for verdict in &self.verdicts {
            let Verdict { what, figure, bar, .. } = verdict;
            let what = what.replace('|', "\\|");
            let _ = writeln!(text, "| {what} | {figure} | {bar} | {} |", verdict.sign());
        }
        if !self.times.is_empty() {
            text.push_str("\n| command | median | all rounds, s | stored |\n|---|---|---|---|\n");
        }
        for times in &self.times {
            let rounds: Vec<String> = times.seconds.iter().map(|s| format!("{s:.3}")).collect();
            let stored = times.size_bytes.map_or_else(String::new, megabytes);
            let (command, median) = (&times.command, times.median());
            let _ = writeln!(
                text,
                "| `{}` | {median:.3} s | {} | {stored} |",
                command.replace('|', "\\|"),
                rounds.join(" ")
            );
        }
        text
    }
}

/// All of a run.
pub struct Report {
    out: PathBuf,
    sections: Vec<Section>,
}

impl Report {
    pub fn new(out: &Path) -> Self {
        Self { out: out.to_owned(), sections: Vec::new() }
    }

    pub fn add(&mut self, section: Section) {
        self.sections.push(section);
    }

    pub fn all_met(&self) -> bool {
        self.sections.iter().flat_map(|section| &section.verdicts).all(|verdict| verdict.met)
    }

    /// Writes `benches/RESULTS.md`.
    pub fn write(&self) -> Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut text = "# What was measured\n\nBoth sides in one run, warm, in turns; medians of five. \
            Our side is the whole of `resguardo backup`: connecting, looking for room, dumping, counting rows, \
            digesting, syncing, publishing, pruning, recording. Written by the command below; not by hand.\n\n"
            .to_owned();
        for (what, value) in self.surroundings()? {
            let _ = writeln!(text, "- {what}: {value}");
        }
        text.extend(self.sections.iter().map(Section::markdown));
        let path = root.join("benches/RESULTS.md");
        fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
        println!("\nwritten to {}", path.display());
        Ok(())
    }

    fn surroundings(&self) -> Result<Vec<(&'static str, String)>> {
        let changed = ask("git status --porcelain --untracked-files=no -- . ':!benches/RESULTS.md'")?;
        let commit =
            format!("{}{}", ask("git rev-parse --short HEAD")?, if changed.is_empty() { "" } else { ", changed" });
        let medium = ask(&format!("stat -f -c %T '{}'", self.out.display()))?;
        Ok(vec![
            ("command", "`cargo bench --bench speed`".to_owned()),
            ("commit", commit),
            (
                "processor",
                ask("grep -m1 'model name' /proc/cpuinfo | cut -d: -f2; nproc | sed 's/$/ cores/'")?
                    .replace('\n', ", "),
            ),
            ("memory", ask("grep MemTotal /proc/meminfo | tr -s ' ' | cut -d' ' -f2-")?),
            ("both sides write to", medium),
            (
                "beside it",
                ask("pg_dump --version; gzip --version | head -1; zstd --version; tar --version | head -1")?
                    .replace('\n', "; "),
            ),
        ])
    }
}

pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

pub fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
