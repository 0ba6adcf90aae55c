//! The scratch folder of a drill: on a disk, out of the store and of what is protected, one drill at a
//! time, gone with the drill. What one that was killed has left there is cleared away by the next,
//! and by the next start of the daemon.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;

use super::Proving;
use crate::config::Config;
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::Sys;
use crate::sys::files::{self, Files};
use crate::sys::lock::{self, FileLock};
use crate::sys::stop::Stop;
use crate::sys::{rights, space, users};
use crate::words::size;

/// All that a drill ever writes or removes in the folder of the settings, which may hold other things.
const OURS: &str = ".resguardo-drill";
const LOCK: &str = ".resguardo-drill.lock";
/// The server of a drill runs as another user than root and must come through; what it or another
/// prover makes below it shuts to everybody else.
const WAY_THROUGH_MODE: u32 = 0o711;
/// A disk that is full to the last byte is everybody's trouble, not the drill's alone.
const MARGIN_BYTES: u64 = 64 * 1024 * 1024;
/// What a file system takes beside the bytes of many small files: a tenth.
const MARGIN_PART: u64 = 10;

/// The folder of one drill, cleared away when dropped.
pub(super) struct Scratch {
    folder: PathBuf,
    files: Files,
    _lock: FileLock,
}

impl Scratch {
    /// # Errors
    /// Where the folder will not do, cannot be made, or another drill is at work in it.
    pub(super) fn take(config: &Config, proving: &Proving, sys: &Sys, stop: &Stop) -> Result<Self, Trouble> {
        let dir = &config.drill.dir;
        let (files, folder) = (&sys.files, dir.join(OURS));
        must_do(config)?;
        files.make_folder(dir, WAY_THROUGH_MODE).map_err(|e| cannot_be_made(dir, &e))?;
        let Some(lock) = hold(dir, sys, stop)? else {
            let held = Trouble::passing(Stage::Lock, format!("another drill is at work in {}", dir.display()));
            return Err(held.hint(Saying::new("hint-drill-held")));
        };
        clear(&folder, proving, sys)?;
        files.make_folder(&folder, WAY_THROUGH_MODE).map_err(|e| cannot_be_made(dir, &e))?;
        must_be_ours(&folder, files).map_err(|e| cannot_be_made(dir, &e))?;
        Ok(Self { folder, files: files.clone(), _lock: lock })
    }

    /// An empty folder for one source.
    pub(super) fn folder_for(&self, source: &SourceName) -> Result<PathBuf, Trouble> {
        let folder = self.folder.join(source.as_str());
        let made = self.files.make_folder(&folder, WAY_THROUGH_MODE);
        made.map(|()| folder).map_err(|e| Trouble::passing(Stage::SetUp, e))
    }

    /// Clears away what a source had; what cannot go stays until the drill ends.
    pub(super) fn give_up(&self, folder: &Path) {
        let _stays = self.files.remove_folder(folder);
    }

    /// The disk it takes now.
    pub(super) fn taken_bytes(&self) -> u64 {
        const BLOCK_BYTES: u64 = 512;
        let (mut folders, mut bytes) = (vec![self.folder.clone()], 0);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let Ok(found) = entry.metadata() else { continue };
                bytes += found.blocks() * BLOCK_BYTES / found.nlink().max(1);
                if found.is_dir() {
                    folders.push(entry.path());
                }
            }
        }
        bytes
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is cleared away by the next drill.
        let _stays = self.files.remove_folder(&self.folder);
    }
}

/// Clears away what a drill that was killed has left, where there is anything and no drill is at work.
///
/// # Errors
/// Where something of it still works, or cannot be removed.
pub fn clear_left_over(config: &Config, proving: &Proving, sys: &Sys, stop: &Stop) -> Result<(), Trouble> {
    let folder = config.drill.dir.join(OURS);
    if folder.symlink_metadata().is_err() {
        return Ok(());
    }
    let Some(_lock) = hold(&config.drill.dir, sys, stop)? else { return Ok(()) };
    clear(&folder, proving, sys)
}

fn hold(dir: &Path, sys: &Sys, stop: &Stop) -> Result<Option<FileLock>, Trouble> {
    lock::exclusive(&sys.files, &dir.join(LOCK), Duration::ZERO, stop).map_err(|e| cannot_be_made(dir, &e))
}

fn clear(folder: &Path, proving: &Proving, sys: &Sys) -> Result<(), Trouble> {
    let Ok(found) = folder.symlink_metadata() else { return Ok(()) };
    let clearing = || format!("clear away what an earlier drill left in {}", folder.display());
    if !found.is_dir() {
        return Err(Trouble::lasting(Stage::SetUp, "it is no folder").while_doing(clearing()));
    }
    (proving.clear_left_over)(folder, sys).map_err(|trouble| trouble.while_doing(clearing()))?;
    let removed = sys.files.remove_folder(folder);
    removed.map_err(|e| Trouble::passing(Stage::SetUp, e).while_doing(clearing()))
}

/// Whether the folder of the settings will do, as far as can be seen before it is made.
///
/// # Errors
/// Why it will not.
pub(super) fn must_do(config: &Config) -> Result<(), Trouble> {
    let dir = &config.drill.dir;
    let unfit = |why: String, hint: &'static str| {
        let error = format!("restore into {}: {why}", dir.display());
        Err(Trouble::lasting(Stage::SetUp, error).hint(Saying::new(hint).with("path", dir.display())))
    };
    let place = real(dir);
    let store = real(&config.store.dir);
    if place.starts_with(&store) || store.starts_with(&place) {
        return unfit(format!("it and the store, {}, lie within each other", store.display()), "hint-drill-dir");
    }
    if let Some(media) = config.media.iter().find(|media| place.starts_with(real(&media.path))) {
        return unfit(format!("it lies in what is backed up as {}", media.name), "hint-drill-dir");
    }
    must_be_writable(dir, &place)?;
    match space::is_memory(existing(&place)) {
        Ok(false) => Ok(()),
        Ok(true) => unfit("it is kept in memory, not on a disk".to_owned(), "hint-drill-dir"),
        Err(e) => Err(cannot_be_made(dir, &e)),
    }
}

/// Asked of the system, so that it is known before a drill is due: the nearest folder that stands,
/// and what an earlier drill left in it, must be ours to write.
fn must_be_writable(dir: &Path, place: &Path) -> Result<(), Trouble> {
    let may = |path: &Path, access| accessat(CWD, path, access, AtFlags::EACCESS);
    let stands = existing(place);
    if !stands.is_dir() {
        return Err(cannot_be_made(dir, &files::at(stands, io::ErrorKind::NotADirectory.into())));
    }
    let (user, enter) = (users::called(users::us()), Access::WRITE_OK | Access::EXEC_OK);
    let barred = |path: &Path, error: Errno, hint: Saying| {
        let doing = format!("make the scratch folder as user {user}");
        let trouble = Trouble::lasting(Stage::SetUp, files::at(path, error.into())).while_doing(doing);
        trouble.hint(hint.with("user", &user).with("dir", dir.display()))
    };
    may(stands, enter).map_err(|error| barred(stands, error, Saying::new("hint-drill-rights")))?;
    let left = [(place.join(OURS), enter), (place.join(LOCK), Access::WRITE_OK)];
    let bars = |(path, access): &(PathBuf, Access)| {
        let stands = path.symlink_metadata().is_ok();
        may(path, *access).err().filter(|_| stands).map(|error| (path.clone(), error))
    };
    let bars: Vec<(PathBuf, Errno)> = left.iter().filter_map(bars).collect();
    // All of it in one line: who has typed it is not to be told of the next.
    match bars.first() {
        Some((path, error)) => {
            Err(barred(path, *error, rights::to_clear_away(bars.iter().map(|(path, _)| path.as_path()), dir)))
        }
        None => Ok(()),
    }
}

/// Whether there is room for so much.
///
/// # Errors
/// Where there is not.
pub(super) fn must_hold(config: &Config, needed_bytes: u64) -> Result<u64, Trouble> {
    let dir = &config.drill.dir;
    let free_bytes = space::of(existing(&real(dir))).map_err(|e| cannot_be_made(dir, &e))?.free_bytes;
    let needed_bytes = needed_bytes + needed_bytes / MARGIN_PART + MARGIN_BYTES;
    if needed_bytes <= free_bytes {
        return Ok(needed_bytes);
    }
    let (free, needed) = (size(free_bytes), size(needed_bytes));
    let error = format!("{free} are free in {} where this drill may need {needed}", dir.display());
    let hint = Saying::new("hint-drill-no-room").with("needed", size(needed_bytes - free_bytes));
    Err(Trouble::passing(Stage::Space, error).hint(hint.with("path", dir.display())))
}

fn cannot_be_made(dir: &Path, error: &io::Error) -> Trouble {
    let hint = Saying::new("hint-drill-dir").with("path", dir.display());
    Trouble::lasting(Stage::SetUp, error).while_doing("make the scratch folder").hint(hint)
}

/// Somebody else may have been quicker, in a folder that everybody writes to. What root makes is the
/// owner's of the folder above, who could have made it himself; it becomes ours.
fn must_be_ours(folder: &Path, files: &Files) -> io::Result<()> {
    let (found, us) = (folder.symlink_metadata()?, rustix::process::geteuid());
    if found.is_dir() && found.uid() == us.as_raw() {
        return Ok(());
    }
    let above = folder.parent().map(Path::metadata).transpose()?;
    if found.is_dir() && us.is_root() && above.is_some_and(|above| above.uid() == found.uid()) {
        return files.give(folder, us.as_raw(), rustix::process::getegid().as_raw());
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{}: somebody else's", folder.display())))
}

/// The nearest folder that stands, of a path or what is to be made of it.
fn existing(path: &Path) -> &Path {
    path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"))
}

/// Where a path leads once it is made: through links, from the root. It ends in no slash, behind which a
/// plain file would seem not to be there.
fn real(path: &Path) -> PathBuf {
    let path: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components().collect();
    let stands = existing(&path);
    let rest = path.strip_prefix(stands).unwrap_or(Path::new(""));
    stands.canonicalize().map_or_else(|_| path.clone(), |stands| stands.join(rest).components().collect())
}
