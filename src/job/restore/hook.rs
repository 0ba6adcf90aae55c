//! The operator's programs before and after an exchange: no shell, hardly an environment, bounded
//! in time. What a program leaves behind in its process group is ended with it.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use super::exchange::Exchanger;
use crate::domain::id::BackupId;
use crate::domain::name::SourceName;
use crate::domain::progress::Event;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, StopReason, Trouble};
use crate::job::Context;
use crate::sys::programs::{Command, Ended};
use crate::sys::stop::Stop;

/// Stopping or starting an application takes seconds; one that hangs must not keep it down.
const TIME_MAX: Duration = Duration::from_mins(5);
/// Between two looks whether the program has ended.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// So much of what it says is kept.
const SAID_CHARS_MAX: usize = 500;

/// Runs a hook, where one is set.
///
/// # Errors
/// Where it cannot be started, fails, or takes too long.
pub(super) fn run(
    context: &Context,
    name: &'static str,
    hook: &[String],
    run: &BackupId,
    sources: &[SourceName],
) -> Result<(), Trouble> {
    let Some((program, args)) = hook.split_first() else { return Ok(()) };
    let began = Instant::now();
    let sources: Vec<&str> = sources.iter().map(SourceName::as_str).collect();
    let command = Command::new(program)
        .args(args)
        .env("RESGUARDO_RUN", format!("restore-{run}"))
        .env("RESGUARDO_SOURCES", sources.join(" "));
    let failed = |why: String| {
        let hint = Saying::new("hint-restore-hook").with("hook", name);
        Trouble::lasting(Stage::Hook, format!("run {name} {program}: {why}")).hint(hint)
    };
    let ended = wait_for(context, &command).map_err(|e| failed(e.to_string()))?;
    if !ended.success {
        let said: String = ended.stderr.chars().take(SAID_CHARS_MAX).collect();
        return Err(failed(if said.is_empty() { ended.how } else { format!("{}: {said}", ended.how) }));
    }
    context.progress.event(Event::Stepped {
        source: None,
        what: format!("ran {name}"),
        bytes: None,
        seconds: began.elapsed().as_secs_f64(),
    });
    Ok(())
}

/// It is not ended by what ends the run: an application that was stopped must be started again.
fn wait_for(context: &Context, command: &Command) -> io::Result<Ended> {
    let (stop, began) = (Stop::new(), Instant::now());
    let mut child = context.sys.programs.start(command, &stop)?;
    // Read by nobody, yet never full.
    let unheard = child.take_stdout();
    let reader = std::thread::spawn(move || unheard.map(|mut pipe| io::copy(&mut pipe, &mut io::sink())));
    while child.is_running() {
        if began.elapsed() >= TIME_MAX {
            stop.stop(StopReason::Deadline);
        }
        Stop::new().wait(LOOK_EVERY);
    }
    let ended = child.finish();
    let _heard = reader.join();
    ended
}

/// Runs `exchange` between the hooks, where something live gives way. The one after it runs
/// whatever happened: what was stopped must be started.
pub(super) fn around<T>(
    context: &Context,
    id: &BackupId,
    sources: &[SourceName],
    exchanger: &mut Exchanger<'_>,
    exchange: impl FnOnce(&mut Exchanger<'_>, Result<(), Trouble>) -> T,
) -> T {
    let settings = &context.config.restore;
    if sources.is_empty() {
        return exchange(exchanger, Ok(()));
    }
    let before = run(context, "before_hook", &settings.before_hook, id, sources);
    // Also a bug of ours must not keep the application down.
    let result = catch_unwind(AssertUnwindSafe(|| exchange(exchanger, before)));
    let after = run(context, "after_hook", &settings.after_hook, id, sources);
    exchanger.unnoted.extend(after.err().map(|trouble| trouble.error));
    result.unwrap_or_else(|bug| resume_unwind(bug))
}
