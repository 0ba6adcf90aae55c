//! `check`: looks before leaping. Everything a night needs is tried, nothing is made but a
//! folder for the test of the store, which goes again; each finding says what to do.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::args::{Args, CheckOptions};
use super::exit::Exit;
use super::output;
use super::world::{self, Voice, World};
use crate::config::{DrillCheck, MediaCheck};
use crate::domain::artifact::Kind;
use crate::domain::health::{self, Cause, LOG, STORE_GONE, STORE_UNREADABLE, Status};
use crate::domain::id::BackupId;
use crate::domain::progress::Unseen;
use crate::domain::restoring::listed;
use crate::domain::saying::Saying;
use crate::domain::standing::Caution;
use crate::domain::trouble::{Stage, Trouble};
use crate::job::drill::{self, Prospect};
use crate::job::room;
use crate::notify::channel::Channel;
use crate::source::postgres::PostgresDump;
use crate::source::postgres::restore::PostgresRestore;
use crate::source::{Remark, Source, Survey, UNREADABLE, Work, questions};
use crate::standing::log_folder;
use crate::sys::stop::Stop;
use crate::sys::{fault, rights};
use crate::words::{Words, size};

/// The store's own test needs the lock; a run under way proves as much.
const LOCK_WAIT: Duration = Duration::from_secs(2);

/// How long to look for rows that may not fit into memory: somebody is waiting.
const WIDE_ROWS_WAIT: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Good,
    Warning,
    Trouble,
}

#[derive(Debug, serde::Serialize)]
struct Finding {
    what: String,
    verdict: Verdict,
    text: String,
    hint: Option<String>,
}

pub async fn run(args: &Args, options: &CheckOptions) -> Exit {
    let world = match world::build(args, Voice::Command) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    let (runtime, send, words) = (tokio::runtime::Handle::current(), options.mail, world.result_words.clone());
    let findings = match tokio::task::spawn_blocking(move || look(&world, &runtime, send)).await {
        Ok(findings) => findings,
        Err(error) => {
            output::complain(&error.to_string());
            return Exit::Failed;
        }
    };
    show(args, &words, &findings);
    if findings.iter().any(|f| f.verdict == Verdict::Trouble) { Exit::Failed } else { Exit::Done }
}

fn look(world: &World, runtime: &tokio::runtime::Handle, send_mail: bool) -> Vec<Finding> {
    let mut findings: Vec<Finding> = world.notices.iter().map(|notice| of_settings(world, notice)).collect();
    let (of_sources, surveyed) = sources(world, runtime);
    findings.extend(of_sources);
    findings.extend(store(world, &surveyed));
    findings.push(log(world));
    findings.extend(drills(world, runtime));
    // Of a database that lost its tables every question would have another answer.
    if !surveyed.iter().any(|(source, survey)| emptied(world, *source, survey).is_some()) {
        findings.extend(questions(world, runtime));
    }
    let is_well = findings.iter().all(|finding| finding.verdict != Verdict::Trouble);
    findings.extend(standing(world, is_well));
    findings.extend(whom_to_tell(world, send_mail));
    findings.extend(heartbeat(world, runtime, send_mail));
    findings
}

/// What stands in the settings, and may not be meant.
fn of_settings(world: &World, notice: &Saying) -> Finding {
    finding(world, "settings", Verdict::Warning, notice)
}

/// An artifact that can be made, and what the look at it found.
type Surveyed<'w> = (&'w dyn Source, Survey);

/// A line for each source. What comes along with a source's data speaks only where something is
/// wrong with it.
fn sources<'w>(world: &'w World, runtime: &tokio::runtime::Handle) -> (Vec<Finding>, Vec<Surveyed<'w>>) {
    let work = work(world, runtime);
    let (mut findings, mut surveyed) = (Vec::new(), Vec::new());
    for one in world.runner.sources.iter() {
        let (name, kind) = (one.source.name(), one.source.kind());
        let what = if name.is_globals() { name.to_string() } else { format!("{name} ({})", kind.as_str()) };
        match one.source.survey(&work) {
            Ok(survey) => {
                if let Some(saying) = emptied(world, one.source.as_ref(), &survey) {
                    findings.push(finding(world, &what, Verdict::Trouble, &saying));
                } else if kind.is_data() && !survey.warnings.iter().any(Remark::is_of_loss) {
                    let text = Saying::new("check-source").with("size", size(survey.bytes_max));
                    findings.push(finding(world, &what, Verdict::Good, &text));
                }
                let told = |remark| with_mending(world, one.source.as_ref(), remark, of_remark(world, &what, remark));
                findings.extend(survey.warnings.iter().map(told));
                findings.extend(of_database(world, &what, one.source.as_ref(), &work));
                surveyed.push((one.source.as_ref(), survey));
            }
            // One server that is down is one trouble, not one for each thing it holds.
            Err(trouble) if findings.iter().any(|f| f.text == world.result_words.retell_found(&trouble.error)) => {}
            Err(trouble) => findings.push(of_trouble(world, &what, &trouble)),
        }
    }
    (findings, surveyed)
}

/// A database without tables, where the newest good set has some: lost, and made anew empty.
fn emptied(world: &World, source: &dyn Source, survey: &Survey) -> Option<Saying> {
    let catalog = world.runner.gatherer.gather().catalog;
    let (set, stored) = catalog.newest_good(source.name()).filter(|_| survey.user_tables == Some(0))?;
    let tables = stored.user_tables.filter(|tables| *tables > 0)?;
    let saying = Saying::new("check-emptied").with("id", &set.id).with("tables", tables);
    Some(saying.with("source", source.name()))
}

/// What a dump of a database may be killed for, and what a restore would be refused for: nobody should
/// learn either on the day of need.
fn of_database(world: &World, what: &str, source: &dyn Source, work: &Work) -> Vec<Finding> {
    let config = world.runner.config.postgres.iter().find(|postgres| postgres.name == *source.name());
    let Some(config) = config.filter(|_| source.kind() == Kind::Postgres) else { return Vec::new() };
    let limit_bytes = world.runner.sys.programs.memory().limit_bytes();
    let wide_row =
        limit_bytes.map_or(Ok(None), |limit| PostgresDump::new(config).wide_row(limit, WIDE_ROWS_WAIT, work));
    let looks = [wide_row.map(|row| row.into_iter().collect()), PostgresRestore::new(config).forecast(work)];
    let told = |looked: Result<Vec<Remark>, Trouble>| match looked {
        Ok(remarks) => remarks.iter().map(|remark| of_remark(world, what, remark)).collect(),
        Err(trouble) => vec![Finding { verdict: Verdict::Warning, ..of_trouble(world, what, &trouble) }],
    };
    looks.into_iter().flat_map(told).collect()
}

/// A finding that files cannot be read, with the line that lets the program read the first of them.
fn with_mending(world: &World, source: &dyn Source, remark: &Remark, finding: Finding) -> Finding {
    let first = remark.saying.args.iter().find(|(name, _)| *name == "first").map(|(_, first)| first);
    let Some(first) = first.filter(|_| remark.code == UNREADABLE) else { return finding };
    let media = world.runner.config.media.iter().find(|media| media.name == *source.name());
    // Entries of a folder are named from it, single files from the root.
    let root = media.map_or(Path::new("/"), |media| &media.path);
    let path: PathBuf = root.join(first).components().collect();
    let folder = media.map_or(path.as_path(), |media| &media.path);
    Finding { hint: Some(world.runner.words.say(&rights::to_read(&path, folder))), ..finding }
}

fn work(world: &World, runtime: &tokio::runtime::Handle) -> Work {
    Work {
        sys: world.runner.sys.clone(),
        stop: Stop::new(),
        progress: Arc::new(Unseen),
        scratch: world.runner.store.state_dir(),
        runtime: runtime.clone(),
    }
}

fn of_remark(world: &World, what: &str, remark: &Remark) -> Finding {
    let verdict = if remark.is_of_loss() { Verdict::Trouble } else { Verdict::Warning };
    finding(world, what, verdict, &remark.saying)
}

fn store(world: &World, surveyed: &[Surveyed<'_>]) -> Vec<Finding> {
    let what = format!("store {}", world.runner.store.dir().display());
    let good = |key: &'static str| match world.runner.store.space() {
        Ok(space) => {
            let text = Saying::new(key).with("free", size(space.free_bytes));
            finding(world, &what, Verdict::Good, &text)
        }
        Err(error) => Finding { what: what.clone(), verdict: Verdict::Trouble, text: error.to_string(), hint: None },
    };
    let room = || {
        let store = &world.runner.store;
        let surveyed = surveyed.iter().map(|(source, survey)| (*source, survey));
        room::check(store, surveyed, &store.catalog()).err().map(|trouble| of_trouble(world, &what, &trouble))
    };
    if let Some(refusal) = world.runner.store.refusal() {
        return vec![of_trouble(world, &what, &refusal)];
    }
    let stranger = world.runner.store.stranger(&world.runner.config);
    // What cannot be told of a store that stands is told with all else of how things stand.
    if let Some(Caution { saying, hint, .. }) = stranger.filter(|caution| caution.code == STORE_GONE) {
        let hint = Some(world.result_words.say(&hint));
        return vec![Finding { hint, ..finding(world, &what, Verdict::Trouble, &saying) }];
    }
    // Only a backup makes a store: an empty folder may be one whose disk is not mounted.
    if !world.runner.store.stands() {
        return match world.runner.store.test_unmade() {
            Ok(remarks) => {
                let warnings = remarks.iter().map(|r| finding(world, &what, Verdict::Warning, r));
                warnings.chain([room().unwrap_or_else(|| good("check-store-unmade"))]).collect()
            }
            Err(trouble) => vec![of_trouble(world, &what, &trouble)],
        };
    }
    match world.runner.store.lock(LOCK_WAIT, &Stop::new()) {
        Ok(Some(locked)) => match locked.self_test() {
            Ok(remarks) => {
                let warnings = remarks.iter().map(|r| finding(world, &what, Verdict::Warning, r));
                warnings.chain([room().unwrap_or_else(|| good("check-store"))]).collect()
            }
            Err(trouble) => vec![of_trouble(world, &what, &trouble)],
        },
        Ok(None) => vec![finding(world, &what, Verdict::Warning, &Saying::new("check-store-busy"))],
        Err(trouble) => vec![of_trouble(world, &what, &trouble)],
    }
}

fn log(world: &World) -> Finding {
    let dir: &Path = &world.runner.config.store.log_dir;
    let what = format!("log {}", dir.display());
    let path = dir.join("backup.log");
    let tried =
        world.runner.sys.files.make_folder(dir, 0o755).and_then(|()| world.runner.sys.files.append(&path, 0o644));
    let trouble = match tried {
        Ok(_) => log_folder::trouble(dir),
        Err(error) => Some(fault::trouble_of_log(dir, Stage::SetUp, &error)),
    };
    match trouble {
        None => finding(world, &what, Verdict::Good, &Saying::new("check-log")),
        Some(trouble) => of_trouble(world, &what, &trouble),
    }
}

/// Whether a drill of what is newest could be held here, and whether one will be.
fn drills(world: &World, runtime: &tokio::runtime::Handle) -> Vec<Finding> {
    let (runner, what) = (&world.runner, "drill");
    let is_scheduled = runner.config.schedule.drill.is_some();
    let looked = drill::look(&runner.config, &runner.store, &runner.sources, &runner.proving, &work(world, runtime));
    let could_be_held = match looked {
        Ok(None) => None,
        Ok(Some(Prospect { sets, needed_bytes })) => {
            let ids = listed(sets.iter().map(BackupId::as_str));
            let text = Saying::new("check-drill").with("id", ids).with("needed", size(needed_bytes));
            Some(finding(world, what, Verdict::Good, &text.with("path", runner.config.drill.dir.display())))
        }
        Err(trouble) if is_scheduled => Some(of_trouble(world, what, &trouble)),
        Err(trouble) => Some(Finding { verdict: Verdict::Warning, ..of_trouble(world, what, &trouble) }),
    };
    let unscheduled =
        (!is_scheduled).then(|| finding(world, what, Verdict::Warning, &Saying::new("check-drill-unscheduled")));
    could_be_held.into_iter().chain(unscheduled).collect()
}

/// Whether the operator's own questions could be asked, and the files looked for that his columns name: a drill that cannot ask one finds less out.
fn questions(world: &World, runtime: &tokio::runtime::Handle) -> Vec<Finding> {
    let (config, work) = (&world.runner.config, work(world, runtime));
    let of_check = |check: &DrillCheck| {
        let fault = questions::fault(config, check, &work)?;
        let hint = Saying::new("check-question").with("source", &check.source);
        let (text, hint) = (format!("{}: {fault}", check.sql), Some(world.runner.words.say(&hint)));
        Some(Finding { what: check.key(), verdict: Verdict::Warning, text, hint })
    };
    let of_media_check = |check: &MediaCheck| {
        let fault = questions::media_fault(config, check, &work)?;
        let hint = Saying::new("check-media-check").with("source", &check.source);
        let (text, hint) = (format!("{}: {fault}", check.column), Some(world.result_words.say(&hint)));
        Some(Finding { what: "drill.media_check".to_owned(), verdict: Verdict::Warning, text, hint })
    };
    let checks = config.drill.checks.iter().filter_map(of_check);
    checks.chain(config.drill.media_checks.iter().filter_map(of_media_check)).collect()
}

/// How things stand; that all is well only where the looks before found nothing else.
fn standing(world: &World, is_well: bool) -> Vec<Finding> {
    let standing = world.runner.gatherer.gather();
    let mut health = health::judge(&standing);
    // The look at the store has told it, and what to do.
    health.causes.retain(|cause| cause.code != "store" || standing.store_refusal.is_none());
    health.causes.retain(|cause| ![STORE_GONE, LOG].contains(&cause.code));
    if health.causes.is_empty() {
        let well = finding(world, "health", Verdict::Good, &Saying::new("check-healthy"));
        return if is_well { vec![well] } else { Vec::new() };
    }
    let verdict = |cause: &Cause| match cause.status {
        // What cannot be read cannot be restored, however fresh it is.
        _ if cause.code == STORE_UNREADABLE => Verdict::Trouble,
        Status::Healthy | Status::Running => Verdict::Good,
        // A store that was never used is what one checks before the first night.
        Status::Warning | Status::Never => Verdict::Warning,
        Status::Stale | Status::Empty | Status::Suspect => Verdict::Trouble,
    };
    health.causes.iter().map(|cause| finding(world, "health", verdict(cause), &cause.saying)).collect()
}

/// Who would be told of a failed backup; where it was asked for, each is sent a test.
fn whom_to_tell(world: &World, send_test: bool) -> Vec<Finding> {
    let channels = world::channels(&world.runner);
    let tried = channels.iter().flat_map(|channel| of_channel(world, channel.as_ref(), send_test));
    let tried: Vec<Finding> = tried.collect();
    if !tried.is_empty() {
        return tried;
    }
    let mail = &world.runner.config.mail;
    let key = match (mail.host.is_empty(), mail.to.is_empty()) {
        (true, true) => "check-nobody-told",
        (true, false) => "check-no-mail-server",
        (false, _) => "check-no-recipient",
    };
    vec![finding(world, "mail", Verdict::Warning, &Saying::new(key))]
}

fn of_channel(world: &World, channel: &dyn Channel, send_test: bool) -> Vec<Finding> {
    let name = channel.name();
    if !send_test {
        let to = channel.addressees().join(", ");
        let text = Saying::new("check-mail").with("to", to).with("host", channel.host());
        return vec![finding(world, name, Verdict::Good, &text)];
    }
    let runner = &world.runner;
    let letter = world::sender(runner).trial(runner.sys.clock.now(), runner.config.timezone, &runner.words);
    let tried = channel.addressees().iter().map(|to| match channel.send(&letter, to) {
        Ok(answer) => {
            if let Some(teller) = &world.teller {
                teller.note_reached(name, to);
            }
            finding(world, name, Verdict::Good, &Saying::new("check-mail-sent").with("to", to).with("answer", answer))
        }
        Err(failed) => {
            let hint = failed.hint.as_ref().map(|hint| world.result_words.say(hint));
            Finding { what: format!("{name} {to}"), verdict: Verdict::Trouble, text: failed.error, hint }
        }
    });
    tried.collect()
}

/// Whom every backup is told; where it was asked for, a line is left there that means nothing.
fn heartbeat(world: &World, runtime: &tokio::runtime::Handle, send_test: bool) -> Option<Finding> {
    let (heartbeat, what) = (&world.runner.heartbeat, "heartbeat");
    let host = heartbeat.host()?;
    if !send_test {
        return Some(finding(world, what, Verdict::Good, &Saying::new("check-heartbeat").with("host", host)));
    }
    let text = world.runner.words.text("check-heartbeat-text", &[]);
    Some(match runtime.block_on(heartbeat.try_out(&text)) {
        Ok(answer) => {
            let text = Saying::new("check-heartbeat-sent").with("host", host).with("answer", answer);
            finding(world, what, Verdict::Good, &text)
        }
        Err(failed) => {
            let hint = failed.hint.as_ref().map(|hint| world.result_words.say(hint));
            Finding { what: what.to_owned(), verdict: Verdict::Trouble, text: failed.error, hint }
        }
    })
}

fn finding(world: &World, what: &str, verdict: Verdict, saying: &Saying) -> Finding {
    Finding { what: what.to_owned(), verdict, text: world.result_words.say(saying), hint: None }
}

fn of_trouble(world: &World, what: &str, trouble: &Trouble) -> Finding {
    let hint = trouble.hint.as_ref().map(|hint| world.result_words.say(hint));
    let text = world.result_words.retell_found(&trouble.error);
    Finding { what: what.to_owned(), verdict: Verdict::Trouble, text, hint }
}

/// As wide as the widest mark of any language, and a gap: nobody's columns move.
const MARK_WIDTH: usize = 10;

fn show(args: &Args, words: &Words, findings: &[Finding]) {
    if args.json {
        return output::print_json(&serde_json::json!({"version": 1, "findings": findings}));
    }
    for finding in findings {
        let mark = match finding.verdict {
            Verdict::Good => "check-mark-good",
            Verdict::Warning => "check-mark-warning",
            Verdict::Trouble => "check-mark-trouble",
        };
        output::print(&format!("{:<MARK_WIDTH$}{}: {}", words.text(mark, &[]), finding.what, finding.text));
        if let Some(hint) = &finding.hint {
            output::print(&format!("{:MARK_WIDTH$}{hint}", ""));
        }
    }
}
