//! Where a restore beside what stands may go: into a folder that is nobody's. One within the store
//! would be taken for stored, one within the logs or an application's folder would be archived every
//! night from then on.

use std::path::{self, Path, PathBuf};

use super::refusals::refused;
use crate::config::Config;
use crate::domain::saying::Saying;
use crate::domain::trouble::Trouble;

/// # Errors
/// Where the folder lies within one that is the store's, the log's or a source's.
pub(super) fn refuse_within_ours(config: &Config, folder: &Path) -> Result<(), Trouble> {
    let ours = [(&config.store.dir, "the store".to_owned()), (&config.store.log_dir, "the log folder".to_owned())];
    let media = config.media.iter().map(|media| (&media.path, format!("the folder of {}", media.name)));
    let files = config
        .files
        .iter()
        .flat_map(|files| files.paths.iter().map(|path| (path, format!("a path of {}", files.name))));
    let folder = plain(folder);
    let within = ours.into_iter().chain(media).chain(files).find(|(path, _)| folder.starts_with(plain(path)));
    let Some((path, whose)) = within else { return Ok(()) };
    let error = format!("restore to {}: it lies within {}, {whose}", folder.display(), path.display());
    Err(refused(error, Saying::new("hint-restore-within")))
}

/// The path without links, as far as it stands.
fn plain(path: &Path) -> PathBuf {
    let path = path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let standing = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    standing.map_or(path.clone(), |(above, real)| match path.strip_prefix(above) {
        Ok(rest) if !rest.as_os_str().is_empty() => real.join(rest),
        _ => real,
    })
}
