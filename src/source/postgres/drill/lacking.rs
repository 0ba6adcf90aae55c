//! What this machine lacks of what a set needs, an extension or a locale: asked before anything is begun,
//! of `initdb`, which makes nothing for it. What it does not tell the server itself will say.

use std::path::{Path, PathBuf};

use super::server;
use crate::domain::manifest::PostgresFacts;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::restore::fit;
use crate::source::postgres::tools::Tools;
use crate::sys::programs::Command;

const INITDB: &str = "initdb";
/// How it says where everything lies that a server is made with.
const SHARE: &str = "share_path=";
/// How a complaint of its begins, and the one it makes of a folder that holds something, once all it was
/// told is well.
const COMPLAINT: &str = "initdb: error:";
const ALL_WELL: &str = "not empty";
/// How it says that there is no such locale of the machine's.
const UNKNOWN: &str = "invalid locale name";

/// # Errors
/// The first thing that is missing, and what to install.
pub(super) fn must_be_nothing(tools: &Tools, facts: &PostgresFacts, work: &Work) -> Result<(), Trouble> {
    locale(tools, facts, work)?;
    let Some(controls) = controls(tools, work)? else { return Ok(()) };
    let needed = facts.extensions.iter().map(|extension| extension.name.as_str()).filter(|name| *name != fit::BUILT_IN);
    let is_missing = |name: &&str| controls.join(format!("{name}.control")).symlink_metadata().is_err();
    needed.into_iter().find(is_missing).map_or(Ok(()), |name| Err(no_extension(name, tools.version.major)))
}

/// This extension is not to be had here.
pub(super) fn no_extension(name: &str, major: u32) -> Trouble {
    let hint = Saying::new("hint-drill-extension").with("extension", name).with("major", major);
    Trouble::lasting(Stage::SetUp, format!("the extension {name} is not on this machine")).hint(hint)
}

/// Where extensions are found by the servers of this installation; `None` where that cannot be told.
fn controls(tools: &Tools, work: &Work) -> Result<Option<PathBuf>, Trouble> {
    let folder = |name: &str| tools.program(name).canonicalize().ok()?.parent().map(Path::to_owned);
    // A server looks from where it lies itself, which `initdb` knows only where they lie together.
    let Some(together) = folder(INITDB).filter(|of_initdb| folder(server::PROGRAM).as_ref() == Some(of_initdb)) else {
        return Ok(None);
    };
    let told = ask(tools, &["--show".into(), "-D".into(), together.display().to_string()], work)?;
    let share = told.lines().find_map(|line| line.strip_prefix(SHARE));
    Ok(share.map(|share| Path::new(share.trim()).join("extension")).filter(|folder| folder.is_dir()))
}

fn locale(tools: &Tools, facts: &PostgresFacts, work: &Work) -> Result<(), Trouble> {
    // A folder that is not ours and not empty: the locale is looked at before that is refused.
    let programs = tools.program(INITDB).parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let words = ["--no-clean", "--no-sync", "--auth=trust", "-D"].map(str::to_owned).into_iter().chain([programs]);
    let told = ask(tools, &words.chain(server::locale(facts)).collect::<Vec<_>>(), work)?;
    let is_of_locale = |line: &&str| line.starts_with(COMPLAINT) && server::is_of_locale(line);
    let Some(complaint) = told.lines().filter(|line| !line.contains(ALL_WELL)).find(is_of_locale) else {
        return Ok(());
    };
    // It quotes the one it does not know.
    let unknown = complaint.strip_prefix(COMPLAINT).filter(|_| complaint.contains(UNKNOWN));
    let unknown = unknown.and_then(|complaint| complaint.split('"').nth(1));
    Err(unknown.map_or_else(|| server::no_locale(facts), |locale| server::without_locale(locale, "libc")))
}

/// What it says to this; nothing where it cannot be run.
fn ask(tools: &Tools, words: &[String], work: &Work) -> Result<String, Trouble> {
    let asked = work.sys.programs.output(&Command::new(tools.program(INITDB)).args(words), &work.stop);
    work.stop.check(Stage::SetUp)?;
    Ok(asked
        .map(|(ended, output)| format!("{}\n{}", String::from_utf8_lossy(&output), ended.stderr))
        .unwrap_or_default())
}
