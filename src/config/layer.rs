//! Where values come from before they are judged: the file and single variables, handed to
//! figment as they were written. figment merges them and remembers who gave what; it never
//! parses a value, because a password `00123` is not the number 123.

use std::io;
use std::path::Path;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Tag, Value};
use figment::{Error, Figment, Metadata, Profile, Provider};

use super::fault::{DEFAULT, Fault};
use super::small_file;
use crate::domain::saying::Saying;

/// Who beats whom, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Default,
    /// An older name that only fills what the file leaves out.
    Fill,
    File,
    /// A name that an application's `.env.prod` already has, such as `TARGET_HOUR`.
    Older,
    /// `RESGUARDO_SECTION__KEY`.
    Environment,
}

impl Rank {
    const GIVEN: [(Rank, &str); 4] =
        [(Rank::Fill, "fill"), (Rank::File, "file"), (Rank::Older, "older name"), (Rank::Environment, "environment")];

    fn label(self) -> &'static str {
        Self::GIVEN.iter().find(|(rank, _)| *rank == self).map_or(DEFAULT, |(_, label)| label)
    }
}

/// One variable, as the value of one key.
#[derive(Clone)]
pub(super) struct Variable {
    /// The variable's own name, or several where one value is made of several.
    pub(super) name: String,
    /// The dotted key, `postgres.0.password`.
    pub(super) key: String,
    pub(super) value: String,
    pub(super) rank: Rank,
}

impl Provider for Variable {
    fn metadata(&self) -> Metadata {
        Metadata::from(self.name.clone(), self.rank.label())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let leaf = Value::from(self.value.clone());
        let tree = self.key.rsplit('.').fold(leaf, |inner, part| Value::from(Dict::from([(part.to_owned(), inner)])));
        Ok(Profile::Default.collect(tree.into_dict().unwrap_or_default()))
    }
}

/// The file's text, read into a tree.
#[derive(Clone)]
pub(super) struct File {
    name: String,
    pub(super) tree: Dict,
    is_there: bool,
}

impl File {
    /// The file of an operator who has none; this is where it was looked for.
    pub(super) fn absent(path: &Path) -> Self {
        Self { name: path.display().to_string(), tree: Dict::new(), is_there: false }
    }

    /// What to say where neither it nor the environment names a source.
    pub(super) fn no_source(&self) -> Saying {
        let key = if self.is_there { "fault-no-source" } else { "fault-no-source-no-file" };
        // A relative path says little to whoever stands in another folder.
        let path =
            std::path::absolute(&self.name).map_or_else(|_| self.name.clone(), |path| path.display().to_string());
        Saying::new(key).with("path", path)
    }

    /// # Errors
    /// Where the file cannot be read, is no small file or is not TOML. The line of the fault is named, not shown:
    /// it may hold a password.
    pub(super) fn read(path: &Path, named_by: &str) -> Result<Self, Fault> {
        let name = path.display().to_string();
        let text = small_file::text(path).map_err(|error| {
            let is_refused = error.kind() == io::ErrorKind::PermissionDenied;
            let saying = Saying::new("fault-file-unreadable").with("path", &name).with("error", error);
            Fault::new("", named_by, saying).unreadable(is_refused.then(|| path.to_owned()))
        })?;
        let tree = <Toml as Format>::from_str::<Dict>(&text).map_err(|error| {
            let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            let saying = Saying::new("fault-toml")
                .with("line", before.matches('\n').count() + 1)
                .with("column", before[line_start..].chars().count() + 1)
                .with("error", error.message().lines().collect::<Vec<_>>().join(", "));
            Fault::new("", &name, saying)
        })?;
        Ok(Self { name, tree: tree.into_iter().map(|(key, value)| (key, by_index(value))).collect(), is_there: true })
    }
}

impl Provider for File {
    fn metadata(&self) -> Metadata {
        Metadata::from(self.name.clone(), Rank::File.label())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.tree.clone()))
    }
}

/// A list as a table of its indexes, so that `RESGUARDO_POSTGRES__0__URL` can reach into a list
/// of the file: figment merges tables and replaces lists.
fn by_index(value: Value) -> Value {
    match value {
        Value::Array(tag, items) => {
            let items = items.into_iter().enumerate();
            Value::Dict(tag, items.map(|(index, item)| (index.to_string(), by_index(item))).collect())
        }
        Value::Dict(tag, dict) => Value::Dict(tag, dict.into_iter().map(|(k, v)| (k, by_index(v))).collect()),
        other => other,
    }
}

/// Who gave the value of this tag: the rank, and the name of the file or variable.
pub(super) fn giver(figment: &Figment, tag: Tag) -> (Rank, String) {
    let Some(metadata) = figment.get_metadata(tag) else {
        return (Rank::Default, DEFAULT.to_owned());
    };
    let label = metadata.source.as_ref().and_then(figment::Source::custom);
    let rank = Rank::GIVEN.iter().find(|(_, of_rank)| label == Some(of_rank)).map_or(Rank::Default, |(rank, _)| *rank);
    (rank, metadata.name.to_string())
}
