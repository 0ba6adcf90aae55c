//! Progress of a run: bars on a terminal, a line every ten seconds elsewhere, nothing for the
//! daemon, whose log tells what is done.

use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::output;
use super::world::Voice;
use crate::domain::name::SourceName;
use crate::domain::progress::{Event, Sink, Unseen};
use crate::words::{Words, size};

/// Off a terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

pub fn sink(voice: Voice, quiet: bool, words: &Words) -> Arc<dyn Sink> {
    if voice == Voice::Daemon || quiet {
        Arc::new(Unseen)
    } else if stderr().is_terminal() {
        Arc::new(Bars { words: words.clone(), shown: Mutex::default() })
    } else {
        Arc::new(Lines { words: words.clone(), last: Mutex::default() })
    }
}

/// One bar for the stage under way: name, bytes, rate, and time left where the size is known.
struct Bars {
    words: Words,
    shown: Mutex<Option<ProgressBar>>,
}

impl Sink for Bars {
    fn event(&self, event: Event) {
        let mut bar = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Stage { source, stage, expected_bytes } => {
                let new = expected_bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
                let template = match expected_bytes {
                    Some(_) => "{msg:28} {wide_bar} {size:>10} {rate:>12} {eta:>4}",
                    None => "{spinner} {msg:28} {size:>10} {rate:>12} {elapsed:>4}",
                };
                if let Ok(style) = ProgressStyle::with_template(template) {
                    new.set_style(self.in_words(style));
                }
                new.set_message(named(source.as_ref(), stage, &self.words));
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

impl Bars {
    /// Sizes as this language writes them.
    fn in_words(&self, style: ProgressStyle) -> ProgressStyle {
        let (done, rate) = (self.words.clone(), self.words.clone());
        style
            .with_key("size", move |state: &ProgressState, out: &mut dyn Write| {
                let _always_fits = write!(out, "{}", done.cell(&size(state.pos())));
            })
            .with_key("rate", move |state: &ProgressState, out: &mut dyn Write| {
                let _always_fits = write!(out, "{}/s", rate.cell(&size(whole(state.per_sec()))));
            })
    }
}

/// Bytes are not told by halves.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is neither negative nor that high")]
fn whole(rate: f64) -> u64 {
    rate as u64
}

/// The stage under way, its bytes so far, and when a line was last written.
struct Lines {
    words: Words,
    last: Mutex<Option<Line>>,
}

struct Line {
    name: String,
    bytes: u64,
    expected_bytes: Option<u64>,
    began: Instant,
    said: Instant,
}

impl Sink for Lines {
    fn event(&self, event: Event) {
        let mut line = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Stage { source, stage, expected_bytes } => {
                let (name, now) = (named(source.as_ref(), stage, &self.words), Instant::now());
                *line = Some(Line { name, bytes: 0, expected_bytes, began: now, said: now });
            }
            Event::Bytes { more, .. } => {
                if let Some(line) = line.as_mut() {
                    line.bytes += more;
                    if line.said.elapsed() >= LINE_EVERY {
                        line.said = Instant::now();
                        output::complain(&line.text(line.began.elapsed().as_secs(), &self.words));
                    }
                }
            }
            Event::StageEnded { .. } => *line = None,
            Event::Taken { .. } | Event::Stepped { .. } => {}
        }
    }
}

impl Line {
    fn text(&self, seconds: u64, words: &Words) -> String {
        let rate = self.bytes / seconds.max(1);
        let done = [("stage", self.name.as_str()), ("done", &size(self.bytes)), ("rate", &size(rate))];
        let line = words.text("progress-line", &done);
        let left = self.expected_bytes.filter(|all| *all > self.bytes && rate > 0);
        let Some(seconds) = left.map(|all| (all - self.bytes) / rate) else { return line };
        format!("{line}, {}", words.text("progress-left", &[("seconds", &seconds.to_string())]))
    }
}

fn named(source: Option<&SourceName>, stage: &str, words: &Words) -> String {
    let stage = key(stage).map_or_else(|| stage.to_owned(), |key| words.text(key, &[]));
    source.map_or_else(|| stage.clone(), |source| format!("{stage} {source}"))
}

/// The name for people of what a job calls a stage.
fn key(stage: &str) -> Option<&'static str> {
    Some(match stage {
        "dump" => "stage-dump",
        "verify" => "stage-verify",
        "find" => "stage-find",
        "load" => "stage-load",
        "index" => "stage-index",
        "compare" => "stage-compare",
        "swap" => "stage-swap",
        "analyze" => "stage-analyze",
        "drill" => "stage-drill",
        "wait for another run" => "stage-wait",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    #[test]
    fn a_line_is_told_in_every_language() {
        let now = Instant::now();
        let name = |words: &Words| named(Some(&SourceName::new("media").unwrap()), "load", words);
        let told = Language::ALL.map(|language| {
            let words = Words::of(language);
            let of =
                |expected_bytes| Line { name: name(&words), bytes: 45_100_000, expected_bytes, began: now, said: now };
            [of(Some(90_200_000)), of(None)].map(|line| line.text(10, &words))
        });
        let expected = [
            ["load media: 45.1 MB, 4.5 MB/s, about 10 s left", "load media: 45.1 MB, 4.5 MB/s"],
            ["cargando media: 45,1 MB a 4,5 MB/s, faltan unos 10 s", "cargando media: 45,1 MB a 4,5 MB/s"],
            ["carregando media: 45,1 MB a 4,5 MB/s, faltam cerca de 10 s", "carregando media: 45,1 MB a 4,5 MB/s"],
        ];
        assert_eq!(told, expected);
    }
}
