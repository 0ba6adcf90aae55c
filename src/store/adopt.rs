//! Adoption: files of the shell loop's kind that no manifest names are listed and can be restored;
//! they count for nothing else. Their names say what they are, where they say anything.

use crate::domain::artifact::{self, Kind};
use crate::domain::name::GLOBALS;
use crate::domain::set::AdoptedFile;

/// The folders in which files are adopted.
pub(super) const FOLDERS: [&str; 2] = ["db", "media"];

/// What the ending of a name says of its content, compression taken away; longer endings first.
const KINDS: [(&str, Kind); 12] = [
    (".create.sql", Kind::Database),
    (".sql", Kind::Postgres),
    (".dump", Kind::Postgres),
    (".backup", Kind::Postgres),
    (".pgdump", Kind::Postgres),
    (".sqlite3", Kind::Sqlite),
    (".sqlite", Kind::Sqlite),
    (".db", Kind::Sqlite),
    (".tar", Kind::Media),
    (".tgz", Kind::Media),
    (".tar.bz2", Kind::Media),
    (".tar.xz", Kind::Media),
];

/// The adopted file that a name in one of the folders stands for; `None` for any other file.
pub(super) fn adopted(folder: &str, name: &str, size_bytes: u64) -> Option<AdoptedFile> {
    let kind = kind_of(name)?;
    let (source, id) = artifact::parse_file_name(name).map(|(source, id, _)| (source, id)).unzip();
    let is_globals = kind == Kind::Postgres
        && source.as_ref().is_some_and(|s| s.as_str() == GLOBALS || s.as_str().ends_with("-globals"));
    let kind = if is_globals { Kind::Globals } else { kind };
    Some(AdoptedFile { path: format!("{folder}/{name}"), size_bytes, kind, source, id, verify: None })
}

fn kind_of(name: &str) -> Option<Kind> {
    let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name);
    let known = KINDS.iter().find(|(ending, _)| plain.len() > ending.len() && plain.ends_with(ending));
    known.map(|(_, kind)| *kind).filter(|_| !name.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_loops_kinds_are_known_with_and_without_an_id() {
        let read = |name: &str| {
            adopted("db", name, 1).map(|a| {
                let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
                format!(
                    "{} {} {}",
                    a.kind.as_str(),
                    or_none(a.source.map(|s| s.to_string())),
                    or_none(a.id.map(|i| i.to_string()))
                )
            })
        };
        for (name, expected) in [
            ("patrimonio_20241112_030000.sql.gz", "postgres patrimonio 20241112_030000"),
            ("backup-2024-11-12.sql", "postgres - -"),
            ("app.dump", "postgres - -"),
            ("app.sql.zst", "postgres - -"),
            ("app_20241112_030000.create.sql", "database app 20241112_030000"),
            ("globals_20241112_030000.sql.gz", "globals globals 20241112_030000"),
            ("db.sqlite3.gz", "sqlite - -"),
            ("app.db", "sqlite - -"),
            ("media_20241112_030000.tar.gz", "media media 20241112_030000"),
            ("media.tgz", "media - -"),
        ] {
            assert_eq!(read(name).as_deref(), Some(expected), "{name}");
        }
        for other in ["notes.txt", ".sql", ".hidden.sql", "app.sql.gz.tmp", "app.sql.part", "README", "x.zip"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
