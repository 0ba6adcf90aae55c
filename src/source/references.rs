//! Files that rows name: each value of a column is looked up below a folder of unpacked media, and
//! what leads out of it is as good as missing.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::drill::{Judgement, Proof, What};
use crate::domain::saying::Saying;
use crate::source::proofs;
use crate::source::prove::{Evidence, MissingFiles, Reference};

/// Of a text that is no column's name.
pub(super) fn no_column() -> String {
    proofs::in_english(&Saying::new("proof-no-column"))
}

/// So many missing files are named.
const EXAMPLES_MAX: usize = 5;

/// A column, as the operator names it: `table.column` or `schema.table.column`, names in double
/// quotes where they hold a dot.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) schema: Option<String>,
    pub(super) table: String,
    pub(super) name: String,
}

impl Column {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mut names, mut name, mut is_quoted) = (Vec::new(), String::new(), false);
        for c in text.chars() {
            match c {
                '"' => is_quoted = !is_quoted,
                '.' if !is_quoted => names.push(std::mem::take(&mut name)),
                _ => name.push(c),
            }
        }
        names.push(name);
        if is_quoted || names.iter().any(String::is_empty) {
            return None;
        }
        let (name, table) = (names.pop()?, names.pop()?);
        let schema = names.pop();
        names.is_empty().then_some(Self { schema, table, name })
    }
}

/// A folder in which files are looked up.
pub(super) struct Lookup {
    root: PathBuf,
    found: MissingFiles,
}

impl Lookup {
    fn new(root: &Path) -> io::Result<Self> {
        Ok(Self { root: root.canonicalize()?, found: MissingFiles::default() })
    }

    /// One more path that a row names.
    pub(super) fn look(&mut self, path: &str) {
        self.found.named += 1;
        // Links are followed, and where they end must lie within.
        let is_there =
            self.root.join(path).canonicalize().is_ok_and(|real| real.starts_with(&self.root) && real.is_file());
        if !is_there || Path::new(path).is_absolute() {
            self.found.missing += 1;
            if self.found.examples.len() < EXAMPLES_MAX {
                self.found.examples.push(path.to_owned());
            }
        }
    }
}

/// Looks up what every reference names; `values` hands over the distinct values of a column that
/// are not empty, or says why there are none.
pub(super) fn look_up<E>(
    references: &[Reference],
    evidence: &mut Evidence,
    mut values: impl FnMut(&Column, &mut Lookup) -> Result<Result<(), String>, E>,
) -> Result<(), E> {
    for reference in references {
        let lookup = match (Column::parse(&reference.column), &reference.root) {
            (None, _) => Err(no_column()),
            (_, Err(why)) => Err(why.clone()),
            (Some(column), Ok(root)) => match Lookup::new(root) {
                Err(error) => Err(format!("look into {}: {error}", root.display())),
                Ok(mut lookup) => values(&column, &mut lookup)?.map(|()| lookup.found),
            },
        };
        evidence.missing.push(lookup.unwrap_or_else(|why| {
            evidence.proofs.push(not_looked_up(reference, &why));
            MissingFiles::default()
        }));
    }
    Ok(())
}

fn not_looked_up(reference: &Reference, why: &str) -> Proof {
    Proof { what: What::Media, judgement: Judgement::Skipped, text: format!("{}: {why}", reference.column) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_as_they_are_written() {
        let read = |text: &str| Column::parse(text).map(|c| (c.schema.unwrap_or_default(), c.table, c.name));
        let owned = |a: &str, b: &str, c: &str| Some((a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(read("bien.foto"), owned("", "bien", "foto"));
        assert_eq!(read("public.\"B. ien\".Foto"), owned("public", "B. ien", "Foto"));
        for bad in ["foto", "a.b.c.d", ".foto", "a.\"b", ""] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn nothing_outside_of_the_folder_counts_as_there() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("media");
        std::fs::create_dir_all(root.join("a")).unwrap();
        std::fs::write(root.join("a/ñ.jpg"), "x").unwrap();
        std::fs::write(place.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink("../secret", root.join("out")).unwrap();
        std::os::unix::fs::symlink("a/ñ.jpg", root.join("in")).unwrap();
        let absolute = root.join("a/ñ.jpg").display().to_string();
        let mut lookup = Lookup::new(&root).unwrap();
        for path in ["a/ñ.jpg", "in", "out", "../secret", "../media/a/ñ.jpg", "a/none", &absolute, "a/ñ.jpg/x", "\0"]
        {
            lookup.look(path);
        }
        let MissingFiles { named, missing, examples } = lookup.found;
        assert_eq!((named, missing), (9, 6));
        assert_eq!(examples, ["out", "../secret", "a/none", &absolute, "a/ñ.jpg/x"]);
    }
}
