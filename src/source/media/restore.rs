//! The way back of a folder: the archive is unpacked beside it on the same file system, whole and
//! compared, and takes its place by a rename; within it, entry by entry, where the folder itself
//! cannot be renamed. Single files go back each by itself.

use std::path::{Path, PathBuf};

use crate::config::MediaConfig;
use crate::domain::id::BackupId;
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::exchange::{self, Paths, bring, inside, places, remove, room, single, target, whole};
use crate::source::restore::{Bytes, Kept, Prospect, Restore, Stands, To, Wish};
use crate::sys::mounts;

/// Puts archives of one folder back.
pub struct FolderRestore {
    path: PathBuf,
    always_inside: bool,
    /// What no archive of the folder holds, as it is configured.
    exclude: Vec<String>,
    /// Folders of ours, which must stay where they are.
    ours: Vec<PathBuf>,
}

impl FolderRestore {
    pub fn new(config: &MediaConfig) -> Self {
        Self { path: config.path.clone(), always_inside: false, exclude: config.exclude.clone(), ours: Vec::new() }
    }

    /// The same way back, refusing to move these folders along with the one restored.
    pub fn leaving(self, ours: &[&Path]) -> Self {
        Self { ours: ours.iter().map(|path| (*path).to_owned()).collect(), ..self }
    }

    /// The same way back, as if the folder could not be renamed.
    pub fn inside(self) -> Self {
        Self { always_inside: true, ..self }
    }

    /// The folder itself, where the configured path is a link to it.
    fn live(&self) -> Result<PathBuf, Trouble> {
        let live = target::real(&self.path)?;
        if live.exists() && !live.is_dir() {
            let hint = Saying::new("hint-not-a-folder").with("path", live.display());
            return Err(
                Trouble::lasting(Stage::Connect, format!("look at {}: it is no folder", live.display())).hint(hint)
            );
        }
        Ok(live)
    }

    fn place(&self, path: &Path) -> Result<PathBuf, Trouble> {
        Ok(self.live()?.join(path))
    }

    /// Whether its entries must be exchanged within it.
    fn must_stay(&self, live: &Path) -> Result<bool, Trouble> {
        let mounts = mounts::points().map_err(|error| exchange::trouble(&error))?;
        if let Some(below) = mounts.iter().find(|mount| mount.as_path() != live && mount.starts_with(live)) {
            let text = format!("look at {}: a volume of its own is mounted at {}", live.display(), below.display());
            let hint = Saying::new("hint-mount-below").with("mount", below.display());
            return Err(Trouble::lasting(Stage::Connect, text).hint(hint));
        }
        let beside = live.parent().unwrap_or(live);
        Ok(self.always_inside || mounts.iter().any(|mount| mount == live) || room::may_write(beside).is_err())
    }

    fn look_home(&self, wish: &Wish) -> Result<Prospect, Trouble> {
        let live = self.live()?;
        let kept =
            |old: &Path| Saying::new("restore-folder-kept").with("path", live.display()).with("old", old.display());
        if let Some(within) =
            self.ours.iter().filter_map(|ours| ours.canonicalize().ok()).find(|it| it.starts_with(&live))
        {
            let text = format!("look at {}: {} lies in it and would move with it", live.display(), within.display());
            let hint = Saying::new("hint-restore-ours-within").with("path", within.display());
            return Err(Trouble::lasting(Stage::Connect, text).hint(hint));
        }
        let mut says = Vec::new();
        let mut standing = live.parent().unwrap_or(&live);
        let (new, old) = if !live.exists() {
            says.push(Saying::new("restore-nothing-stands").with("path", live.display()));
            (exchange::new_beside(&live, &wish.run), None)
        } else if self.must_stay(&live)? {
            let old = live.join(format!("{}before-{}", exchange::OWN, wish.run));
            says.extend([kept(&old), Saying::new("restore-folder-inside").with("path", live.display())]);
            standing = &live;
            (exchange::new_within(&live, &wish.run), Some(old))
        } else {
            let old = exchange::ending(&live, &format!("_before_{}", wish.run));
            says.push(kept(&old));
            (exchange::new_beside(&live, &wish.run), Some(old))
        };
        if old.is_some() && !self.exclude.is_empty() {
            says.push(Saying::new("restore-folder-excluded").with("patterns", self.exclude.join(" ")));
        }
        target::is_free(old.as_deref())?;
        target::is_free(Some(&new))?;
        room::may_write(standing)?;
        room::demand(standing, room::of_archive(wish), wish)?;
        let exchanges = vec![Paths { live: live.clone(), new, old }.exchange()];
        Ok(Prospect { says, exchanges, remarks: Vec::new(), in_place: false })
    }
}

impl Restore for FolderRestore {
    fn look(&self, wish: &Wish, _work: &Work) -> Result<Prospect, Trouble> {
        match &wish.to {
            To::Home => self.look_home(wish),
            To::Folder(folder) => target::look(folder, room::of_archive(wish), wish),
            To::Database(_) => Err(target::no_database()),
        }
    }

    fn look_into(&self, bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<Prospect, Trouble> {
        if wish.to == To::Home && !wish.only.is_empty() {
            return places::look(bytes.raw, &|path| self.place(path), places::Told::Counted, wish, work);
        }
        let prospect = self.look(wish, work)?;
        let folder = if let To::Folder(folder) = &wish.to { folder } else { &self.path };
        bring::look_through(folder, bytes.raw, wish, work)?;
        Ok(prospect)
    }

    fn prepare(&self, exchanges: &[Exchange], bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
        let all: Vec<Paths> = exchanges.iter().map(Paths::of).collect();
        let brought = match (&wish.to, all.as_slice()) {
            (To::Database(_), _) => return Err(target::no_database()),
            (To::Folder(folder), _) => return bring::into_folder(folder, bytes.raw, wish, work),
            (To::Home, [paths]) if wish.only.is_empty() => bring::whole(&paths.new, bytes.raw, wish, work),
            (To::Home, all) => bring::single(all, bytes.raw, &|path| self.place(path), wish, work),
        };
        brought.inspect_err(|_| {
            // What stays is named by its exchange, and asked for again.
            let _stays = self.discard(exchanges, work);
        })
    }

    fn swap(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
        match Form::of(exchanges) {
            Form::Inside(paths) => inside::swap(&paths, &work.sys.files),
            Form::Whole(paths) => whole::swap(&paths, &work.sys.files),
            Form::Single(all) => single::swap(&all, &work.sys.files),
        }
    }

    fn settle(&self, exchanges: &[Exchange], work: &Work) -> Result<Stands, Trouble> {
        match Form::of(exchanges) {
            Form::Inside(paths) => inside::settle(&paths, &work.sys.files),
            Form::Whole(paths) => whole::settle(&paths, &work.sys.files),
            Form::Single(all) => single::settle(&all, &work.sys.files),
        }
    }

    fn discard(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
        match Form::of(exchanges) {
            Form::Inside(paths) => inside::discard(&paths, &work.sys.files),
            Form::Whole(paths) => whole::discard(&paths, &work.sys.files),
            Form::Single(all) => single::discard(&all, &work.sys.files),
        }
    }

    fn kept(&self, exchanges: &[Exchange], _work: &Work) -> Result<Vec<Kept>, Trouble> {
        remove::kept(&exchanges.iter().map(Paths::of).collect::<Vec<_>>())
    }

    fn meanwhile(&self, exchanges: &[Exchange]) -> Vec<String> {
        match Form::of(exchanges) {
            Form::Inside(paths) => inside::meanwhile_in(&paths.live).iter().map(|path| exchange::text(path)).collect(),
            Form::Whole(_) | Form::Single(_) => Vec::new(),
        }
    }

    fn clean(&self, exchanges: &[Exchange], work: &Work) -> Result<Option<u64>, Trouble> {
        let all: Vec<Paths> = exchanges.iter().map(Paths::of).collect();
        remove::clean(&all, work).map(Some)
    }

    fn reversed(&self, done: &[Exchange], run: &BackupId) -> Vec<Exchange> {
        exchange::reversed(done, &|paths| {
            if inside::is_inside(paths) {
                paths.live.join(format!("{}undone-{run}", exchange::OWN))
            } else {
                exchange::ending(&paths.live, &format!("_undone_{run}"))
            }
        })
    }
}

/// How exchanges are made, which their names and what stands there say.
enum Form {
    Inside(Paths),
    Whole(Paths),
    Single(Vec<Paths>),
}

impl Form {
    fn of(exchanges: &[Exchange]) -> Self {
        let mut all: Vec<Paths> = exchanges.iter().map(Paths::of).collect();
        match all.pop() {
            Some(paths) if all.is_empty() && inside::is_inside(&paths) => Form::Inside(paths),
            Some(paths) if all.is_empty() && paths.is_of_folder() => Form::Whole(paths),
            last => {
                all.extend(last);
                Form::Single(all)
            }
        }
    }
}
