//! Builds what commands work with, once, by hand: settings, words, log, runner.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::runtime::Handle;

use super::args::{Args, Command};
use super::exit::Exit;
use super::logging::Stream;
use super::signals::Signals;
use super::{logging, output, progress};
use crate::config::secret::Secret;
use crate::config::{self, Loaded, WebhookConfig};
use crate::daemon;
use crate::domain::language::Language;
use crate::domain::name::SourceName;
use crate::domain::report::{Outcome, RunReport};
use crate::domain::saying::Saying;
use crate::domain::standing::Caution;
use crate::job::restore::{Ask, Consent};
use crate::notify::Teller;
use crate::notify::channel::Channel;
use crate::notify::compose::Sender;
use crate::notify::run_log::RunLog;
use crate::notify::smtp::SmtpMailer;
use crate::notify::told::ToldFile;
use crate::notify::webhook::Webhook;
use crate::runner::{Request, Runner};
use crate::standing::untold;
use crate::sys::Sys;
use crate::sys::log_file::LogFile;
use crate::sys::rights;
use crate::sys::stop::Stop;
use crate::words::Words;

/// Where nothing can be noted, a daemon that is started again more often than this tells nothing, and one
/// that lives longer tells at most so often.
const SILENT_AT_FIRST: TimeDelta = TimeDelta::hours(1);

/// Who speaks: the daemon logs to standard output; a command keeps that for its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    Daemon,
    Command,
}

pub struct World {
    pub runner: Runner,
    /// For results: English where a machine reads them.
    pub result_words: Words,
    /// `None` where the settings name no server or nobody to tell.
    pub teller: Option<Arc<Teller>>,
    /// What an operator should know of the text of the settings although it stands.
    pub notices: Vec<Saying>,
}

/// From the command line's configuration.
///
/// # Errors
/// The exit code, once every fault of the configuration's text has been printed.
pub fn build(args: &Args, voice: Voice) -> Result<World, Exit> {
    let loaded = load(args)?;
    from_settings(args, voice, &loaded)
}

/// The settings in force; every fault of their text is printed.
///
/// # Errors
/// [`Exit::Usage`].
pub fn load(args: &Args) -> Result<Loaded, Exit> {
    config::load_from_environment(args.config.as_deref()).map_err(|faults| {
        let words = Words::of(config::language_of_reader(args.config.as_deref()));
        output::complain(&words.text("cli-config-faults", &[("count", &faults.len().to_string())]));
        for fault in &faults {
            let said = words.say(&fault.saying);
            // Where the text as a whole is meant there is no key.
            output::complain(&match fault.key.as_str() {
                "" => format!("  {}: {said}", fault.origin),
                key => format!("  {key} ({}): {said}", fault.origin),
            });
            if let Some(path) = &fault.unreadable {
                output::complain(&format!("    {}", words.say(&rights::to_read_own(path))));
            }
        }
        Exit::Usage
    })
}

/// From settings that were read already.
///
/// # Errors
/// The exit code, once what cannot be used has been printed.
pub fn from_settings(args: &Args, voice: Voice, loaded: &Loaded) -> Result<World, Exit> {
    let sys = Sys::real();
    let config = Arc::new(loaded.config.clone());
    let words = Words::of(config.language);
    // What only looks leaves no line in the log of what was done.
    let acts = voice == Voice::Daemon || acts(&args.command);
    let log = acts.then(|| {
        let files = sys.files.clone();
        LogFile::new(files, &config.store.log_dir, "backup.log", config.log.max_bytes, config.log.keep)
    });
    let stream = match voice {
        Voice::Daemon => Stream::Stdout,
        Voice::Command if args.quiet => Stream::StderrFailures,
        Voice::Command => Stream::Stderr,
    };
    if let Err(error) = logging::init(&config.log, config.timezone, sys.clock.clone(), log, stream) {
        output::complain(&format!("start the log: {error}"));
    }
    // Said where one begins to live by the settings, and by `check` and `config`; not with every command.
    if voice == Voice::Daemon {
        for notice in &loaded.notices {
            tracing::warn!("{}", Words::english().say(notice));
        }
    }
    let result_words = if args.json { Words::english() } else { words.clone() };
    let sink = progress::sink(voice, args.quiet || args.json, &words);
    let runner = Runner::new(&sys, config, words, sink).map_err(|trouble| {
        output::complain(&trouble.error);
        Exit::Usage
    })?;
    let teller = teller(&runner, voice);
    Ok(World { runner, result_words, teller, notices: loaded.notices.clone() })
}

impl World {
    /// Whether all of these sources are known; one that is not is told, with those that are.
    pub fn knows_all(&self, asked: &[SourceName], known: &[SourceName]) -> bool {
        let Some(unknown) = asked.iter().find(|name| !known.contains(name)) else { return true };
        let names: Vec<&str> = known.iter().map(SourceName::as_str).collect();
        let saying = Saying::new("cli-unknown-source").with("source", unknown).with("known", names.join(", "));
        output::complain(&self.runner.words.say(&saying));
        false
    }

    /// What went wrong, for a reader who is not served by the English lines of the log.
    pub fn complain_of(&self, report: &RunReport) {
        let words = &self.runner.words;
        if report.outcome == Outcome::Succeeded || self.runner.config.language == Language::English {
            return;
        }
        let mut sayings = Vec::new();
        for source in report.sources.iter().filter(|source| report.error.is_none() || source.error != report.error) {
            if let Some(error) = &source.error {
                let saying = Saying::new("cli-failed-source").with("source", &source.source);
                sayings.push(saying.with("error", error));
                sayings.extend(source.hint.iter().map(|hint| Saying::new("tell-hint").with("hint", hint)));
            }
        }
        sayings.extend(report.error.iter().map(|error| Saying::new("tell-error").with("error", error)));
        sayings.extend(report.hint.iter().map(|hint| Saying::new("tell-hint").with("hint", hint)));
        for saying in sayings {
            output::complain(&words.say(&saying));
        }
    }

    /// Says so where what stands is not the store that stood here, which may be why nothing is found.
    pub fn complain_of_stranger(&self) {
        let runner = &self.runner;
        if let Some(Caution { saying, hint, .. }) = runner.store.stranger(&runner.config) {
            for saying in [saying, hint] {
                output::complain(&runner.words.say(&saying));
            }
        }
    }

    /// Runs one request on the operator's word: ended in order by a signal, told like any other.
    ///
    /// # Errors
    /// The exit code, where a second signal ended it at once. The next run clears up what it left.
    pub async fn run(&self, request: Request) -> Result<RunReport, Exit> {
        self.run_told(|stop| self.runner.run(request, stop)).await
    }

    /// The same for a restore, which asks before it acts.
    ///
    /// # Errors
    /// As for [`World::run`].
    pub async fn restore(&self, ask: Ask, consent: Arc<dyn Consent>) -> Result<RunReport, Exit> {
        self.run_told(|stop| self.runner.restore(ask, consent, stop)).await
    }

    async fn run_told<R: Future<Output = RunReport>>(&self, run: impl FnOnce(Stop) -> R) -> Result<RunReport, Exit> {
        let (stop, signals) = (Stop::new(), Signals::hear());
        let whole = async {
            let report = run(stop.clone()).await;
            let telling = async {
                if let Some(teller) = self.teller.clone() {
                    // A signal also ends the wait for a mail server.
                    let _panicked = daemon::tell(&self.runner, teller, stop.clone()).await;
                }
            };
            tokio::join!(telling, self.runner.heartbeat.settle());
            report
        };
        tokio::select! {
            report = whole => Ok(report),
            () = signals.end(stop.clone(), self.runner.words.clone()) => Err(Exit::Signalled),
        }
    }
}

/// Whether a command does something that belongs into the log of what was done.
fn acts(command: &Command) -> bool {
    match command {
        Command::Backup(_) | Command::Prune(_) | Command::Verify(_) | Command::Discard(_) => true,
        Command::Restore(options) => !options.dry_run,
        Command::Drill(options) => !options.last,
        _ => false,
    }
}

fn teller(runner: &Runner, voice: Voice) -> Option<Arc<Teller>> {
    let channels = channels(runner);
    if channels.is_empty() {
        return None;
    }
    let told = ToldFile::new(runner.sys.files.clone(), &untold::path(&runner.store.state_dir()))
        .or_else(&untold::path(&runner.config.store.log_dir));
    // A command is called by somebody; the daemon may be started again by itself, for ever.
    let told = if voice == Voice::Daemon { told.silent_at_first(SILENT_AT_FIRST) } else { told };
    let log = RunLog::new(runner.config.store.log_dir.join("backup.log"), secrets(runner));
    Some(Arc::new(Teller::new(channels, told, sender(runner), log, runner.words.clone())))
}

/// On whose behalf people are told.
pub fn sender(runner: &Runner) -> Sender {
    let contact = &runner.config.contact;
    let first = || runner.config.source_names().next().map(|name| name.to_string()).unwrap_or_default();
    let place = Some(contact.place.clone()).filter(|place| !place.trim().is_empty()).unwrap_or_else(first);
    Sender { place, contact: contact.lines.clone() }
}

/// All that leads to people by the settings.
pub fn channels(runner: &Runner) -> Vec<Box<dyn Channel>> {
    let hook = |config: &WebhookConfig| Webhook::new(config.clone(), runner.sys.clone(), Handle::current());
    let hooks = runner.config.webhooks.iter().map(|config| Box::new(hook(config)) as Box<dyn Channel>);
    mailer(runner).into_iter().map(|mailer| Box::new(mailer) as Box<dyn Channel>).chain(hooks).collect()
}

/// The mailer, where the settings name a server and somebody to tell.
fn mailer(runner: &Runner) -> Option<SmtpMailer> {
    let mail = &runner.config.mail;
    mail.can_tell().then(|| SmtpMailer::new(mail.clone(), Handle::current()))
}

/// What must not be shown to anyone, whatever quotes it.
fn secrets(runner: &Runner) -> Vec<Secret> {
    let of_databases = runner.config.postgres.iter().filter_map(|postgres| postgres.server.password.clone());
    let of_hooks =
        runner.config.webhooks.iter().flat_map(|hook| [Some(hook.url.clone()), hook.token.clone()]).flatten();
    let others = runner.config.mail.password.clone().into_iter().chain(runner.config.heartbeat.url.clone());
    of_databases.chain(others).chain(of_hooks).collect()
}
