//! The way back of settings: every file by itself to the path it was taken from, and only where
//! the configuration names that path. Where such a path is a link, the file it leads to is
//! exchanged, for that is what was archived.

use std::path::{Path, PathBuf};

use super::plain;
use crate::config::FilesConfig;
use crate::domain::id::BackupId;
use crate::domain::restoring::Exchange;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::exchange::{self, Paths, bring, places, remove, room, single, target};
use crate::source::restore::{Bytes, Kept, Prospect, Restore, Stands, To, Wish};

/// Puts archives of single files back.
pub struct FilesRestore {
    paths: Vec<PathBuf>,
}

impl FilesRestore {
    pub fn new(config: &FilesConfig) -> Self {
        Self { paths: config.paths.clone() }
    }

    /// Where an entry belongs.
    fn place(&self, path: &Path) -> Result<PathBuf, Trouble> {
        let configured: Result<Vec<PathBuf>, Trouble> = self.paths.iter().map(|path| plain(path)).collect();
        let live = Path::new("/").join(path);
        if configured?.iter().any(|configured| path.starts_with(configured)) {
            return Ok(resolved(&live));
        }
        let text = format!("look at {}: the configuration does not name it", live.display());
        Err(Trouble::lasting(Stage::Connect, text).hint(Saying::new("hint-restore-not-named")))
    }
}

impl Restore for FilesRestore {
    /// What lies within the archive decides what is exchanged: that look is [`Restore::look_into`].
    fn look(&self, wish: &Wish, _work: &Work) -> Result<Prospect, Trouble> {
        match &wish.to {
            To::Folder(folder) => target::look(folder, room::of_archive(wish), wish),
            To::Database(_) => Err(target::no_database()),
            To::Home => {
                for path in &self.paths {
                    room::may_write(exchange::nearest_folder(&resolved(path)))?;
                }
                Ok(Prospect { says: Vec::new(), exchanges: Vec::new(), remarks: Vec::new(), in_place: false })
            }
        }
    }

    fn look_into(&self, bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<Prospect, Trouble> {
        if let To::Folder(folder) = &wish.to {
            let prospect = self.look(wish, work)?;
            bring::look_through(folder, bytes.raw, wish, work)?;
            return Ok(prospect);
        }
        if wish.to != To::Home {
            return self.look(wish, work);
        }
        places::look(bytes.raw, &|path| self.place(path), places::Told::ByName, wish, work)
    }

    fn prepare(&self, exchanges: &[Exchange], bytes: Bytes<'_>, wish: &Wish, work: &Work) -> Result<(), Trouble> {
        match &wish.to {
            To::Database(_) => Err(target::no_database()),
            To::Folder(folder) => bring::into_folder(folder, bytes.raw, wish, work),
            To::Home => {
                let brought = bring::single(&all(exchanges), bytes.raw, &|path| self.place(path), wish, work);
                brought.inspect_err(|_| {
                    // What stays is named by its exchange, and asked for again.
                    let _stays = self.discard(exchanges, work);
                })
            }
        }
    }

    fn swap(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
        single::swap(&all(exchanges), &work.sys.files)
    }

    fn settle(&self, exchanges: &[Exchange], work: &Work) -> Result<Stands, Trouble> {
        single::settle(&all(exchanges), &work.sys.files)
    }

    fn discard(&self, exchanges: &[Exchange], work: &Work) -> Result<(), Trouble> {
        single::discard(&all(exchanges), &work.sys.files)
    }

    fn kept(&self, exchanges: &[Exchange], _work: &Work) -> Result<Vec<Kept>, Trouble> {
        remove::kept(&all(exchanges))
    }

    fn clean(&self, exchanges: &[Exchange], work: &Work) -> Result<Option<u64>, Trouble> {
        remove::clean(&all(exchanges), work).map(Some)
    }

    fn reversed(&self, done: &[Exchange], run: &BackupId) -> Vec<Exchange> {
        exchange::reversed(done, &|paths| exchange::ending(&paths.live, &format!("_undone_{run}")))
    }
}

fn all(exchanges: &[Exchange]) -> Vec<Paths> {
    exchanges.iter().map(Paths::of).collect()
}

/// The path with every link on it resolved, as far as it stands.
fn resolved(path: &Path) -> PathBuf {
    let standing = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    match standing {
        Some((above, real)) => {
            real.components().chain(path.strip_prefix(above).unwrap_or(Path::new("")).components()).collect()
        }
        None => path.to_owned(),
    }
}
