//! A folder as a source: one tar of everything below it, entries relative to it (`./a/b.jpg`).

pub mod restore;

use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use super::archive::{self, Exclude, Packer};
use super::{Dumped, Remark, Source, Survey, Target, Work};
use crate::config::MediaConfig;
use crate::domain::artifact::{Form, Kind};
use crate::domain::manifest::ArchiveContent;
use crate::domain::name::SourceName;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::sys::rights;

/// The code of the warning that a folder holds nothing. Where the newest complete set had files
/// this is a failure, which only who knows the sets can tell: a volume that is not mounted looks
/// just so. A source that is allowed to be empty never gives it.
pub const EMPTY_FOLDER: &str = "empty_folder";

/// A folder that is archived.
pub struct Media {
    name: SourceName,
    path: PathBuf,
    exclude: Exclude,
    allow_empty: bool,
}

impl Media {
    /// # Errors
    /// Where an exclusion is no pattern.
    pub fn new(config: &MediaConfig) -> Result<Self, Trouble> {
        Ok(Self {
            name: config.name.clone(),
            path: config.path.clone(),
            exclude: Exclude::new(&config.exclude)?,
            allow_empty: config.allow_empty,
        })
    }

    fn open(&self) -> Result<OwnedFd, Trouble> {
        archive::open_root(&self.path).map_err(|error| {
            let (folder, path) = (&self.path, self.path.display());
            let text = format!("open the folder {path}: {error}");
            match error.kind() {
                // A volume may come back.
                io::ErrorKind::NotFound => {
                    Trouble::passing(Stage::Connect, text).hint(Saying::new("hint-folder-missing").with("path", path))
                }
                io::ErrorKind::NotADirectory => {
                    Trouble::lasting(Stage::Connect, text).hint(Saying::new("hint-not-a-folder").with("path", path))
                }
                io::ErrorKind::PermissionDenied => {
                    Trouble::lasting(Stage::Connect, text).hint(rights::to_read(folder, folder))
                }
                _ => Trouble::passing(Stage::Connect, text),
            }
        })
    }
}

impl Source for Media {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn kind(&self) -> Kind {
        Kind::Media
    }

    fn form(&self) -> Form {
        Form::Tar
    }

    fn survey(&self, work: &Work) -> Result<Survey, Trouble> {
        let mut measure = archive::Measure::new(&self.path);
        measure.tree(self.open()?, b".", &self.exclude, &work.stop)?;
        Ok(measure.finish())
    }

    fn dump(&self, out: &mut dyn Write, work: &Work) -> Result<Dumped, Trouble> {
        let mut packer = Packer::new(out, work, &self.name);
        packer.tree(self.open()?, b".", &self.exclude)?;
        let mut dumped = packer.finish()?;
        if !self.allow_empty && dumped.facts.archive.as_ref().is_some_and(|facts| is_empty(&facts.content)) {
            let saying = Saying::new("warning-empty-folder").with("path", self.path.display());
            dumped.warnings.push(Remark { code: EMPTY_FOLDER, saying });
        }
        Ok(dumped)
    }

    fn load(&self, raw: &mut dyn Read, target: &Target, work: &Work) -> Result<(), Trouble> {
        archive::load(raw, target, work)
    }
}

/// Holds no more than the folder itself.
fn is_empty(content: &ArchiveContent) -> bool {
    content.files_and_links() == 0 && content.directories <= 1
}
