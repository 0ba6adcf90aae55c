//! The sources that are files: `[[sqlite]]`, `[[media]]`, `[[files]]`.

use std::path::Path;

use globset::Glob;

use crate::config::reader::Table;
use crate::config::{FilesConfig, MediaConfig, SqliteConfig};
use crate::domain::saying::Saying;

/// Settings are what the few files of a source mostly are.
const FILES_NAME: &str = "settings";

pub(super) fn sqlite(table: &mut Table<'_>) -> Option<SqliteConfig> {
    let path = table.required_path("path");
    let stem = path.as_deref().and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    let (name, schedule) = (table.name(stem.as_deref()), table.own_schedule());
    Some(SqliteConfig { name: name?, path: path?, schedule })
}

pub(super) fn media(table: &mut Table<'_>) -> Option<MediaConfig> {
    let path = table.required_path("path");
    let folder = path.as_deref().map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let name = table.name(folder.as_deref());
    let exclude = table.texts("exclude", &Saying::new("fault-glob"), |text| Glob::new(text).is_ok());
    let allow_empty = table.boolean("allow_empty", false);
    let schedule = table.own_schedule();
    Some(MediaConfig { name: name?, path: path?, exclude, allow_empty, schedule })
}

pub(super) fn files(table: &mut Table<'_>) -> Option<FilesConfig> {
    table.require(&["paths"]);
    let paths = table.texts("paths", &Saying::new("fault-path"), |text| !text.is_empty());
    let (name, schedule) = (table.name(Some(FILES_NAME)), table.own_schedule());
    Some(FilesConfig { name: name?, paths: paths.into_iter().map(Into::into).collect(), schedule })
}
