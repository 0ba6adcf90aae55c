//! Progress of a run: bars on a terminal, a line every ten seconds elsewhere, nothing for the
//! daemon, whose log tells what is done.

use std::io::{IsTerminal, stderr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output;
use super::world::Voice;
use crate::domain::name::SourceName;
use crate::domain::progress::{Event, Sink, Unseen};
use crate::words::size;

/// Off a terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

pub fn sink(voice: Voice, quiet: bool) -> Arc<dyn Sink> {
    if voice == Voice::Daemon || quiet {
        Arc::new(Unseen)
    } else if stderr().is_terminal() {
        Arc::new(Bars::default())
    } else {
        Arc::new(Lines::default())
    }
}

/// One bar for the stage under way: name, bytes, rate, and time left where the size is known.
#[derive(Default)]
struct Bars(Mutex<Option<ProgressBar>>);

impl Sink for Bars {
    fn event(&self, event: Event) {
        let mut bar = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Stage { source, stage, expected_bytes } => {
                let new = expected_bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
                let template = match expected_bytes {
                    Some(_) => "{msg:28} {wide_bar} {decimal_bytes:>10} {decimal_bytes_per_sec:>12} {eta:>4}",
                    None => "{spinner} {msg:28} {decimal_bytes:>10} {decimal_bytes_per_sec:>12} {elapsed:>4}",
                };
                if let Ok(style) = ProgressStyle::with_template(template) {
                    new.set_style(style);
                }
                new.set_message(named(source.as_ref(), stage));
                new.enable_steady_tick(Duration::from_millis(200));
                *bar = Some(new);
            }
            Event::Bytes { more, .. } => {
                if let Some(bar) = bar.as_ref() {
                    bar.inc(more);
                }
            }
            Event::StageEnded { .. } => {
                if let Some(bar) = bar.take() {
                    bar.finish_and_clear();
                }
            }
            Event::Taken { .. } | Event::Stepped { .. } => {}
        }
    }
}

/// The stage under way, its bytes so far, and when a line was last written.
#[derive(Default)]
struct Lines(Mutex<Option<Line>>);

struct Line {
    name: String,
    bytes: u64,
    expected_bytes: Option<u64>,
    began: Instant,
    said: Instant,
}

impl Sink for Lines {
    fn event(&self, event: Event) {
        let mut line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Stage { source, stage, expected_bytes } => {
                let (name, now) = (named(source.as_ref(), stage), Instant::now());
                *line = Some(Line { name, bytes: 0, expected_bytes, began: now, said: now });
            }
            Event::Bytes { more, .. } => {
                if let Some(line) = line.as_mut() {
                    line.bytes += more;
                    if line.said.elapsed() >= LINE_EVERY {
                        line.said = Instant::now();
                        output::complain(&line.text());
                    }
                }
            }
            Event::StageEnded { .. } => *line = None,
            Event::Taken { .. } | Event::Stepped { .. } => {}
        }
    }
}

impl Line {
    fn text(&self) -> String {
        let rate = self.bytes / self.began.elapsed().as_secs().max(1);
        let left = self
            .expected_bytes
            .filter(|all| *all > self.bytes && rate > 0)
            .map(|all| format!(", about {} s left", (all - self.bytes) / rate));
        format!("{}: {}, {}/s{}", self.name, size(self.bytes), size(rate), left.unwrap_or_default())
    }
}

fn named(source: Option<&SourceName>, stage: &str) -> String {
    source.map_or_else(|| stage.to_owned(), |source| format!("{stage} {source}"))
}
