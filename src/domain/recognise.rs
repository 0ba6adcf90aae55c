//! What the first bytes of a file say it is: so that a dump of another engine is refused by its
//! name, before anything is loaded. Never: says that the file is whole.

use super::artifact::{Compression, Kind};

/// So many first bytes are enough for every kind there is.
pub const HEAD_BYTES: usize = 4096;

/// What a file looks like, its compression taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    Nothing,
    SqliteFile,
    PlainDump,
    CustomDump,
    /// The roles of a PostgreSQL server, and perhaps all its databases.
    ClusterDump,
    Tar,
    /// Of another engine or kind, by its name.
    Foreign(&'static str),
    Unknown,
}

/// What texts of other engines begin with.
const FOREIGN_TEXTS: [(&str, &str); 6] = [
    ("-- MySQL dump", "a dump of MySQL"),
    ("-- MariaDB dump", "a dump of MariaDB"),
    ("-- mysqldump", "a dump of MySQL"),
    ("-- phpMyAdmin SQL Dump", "a dump of MySQL"),
    ("PRAGMA foreign_keys", "a dump of SQLite as text"),
    ("-- Dumped by Oracle", "a dump of Oracle"),
];
/// What other files begin with.
const FOREIGN_FILES: [(&[u8], &str); 5] = [
    (b"PK\x03\x04", "a zip archive"),
    (b"BZh", "compressed by bzip2"),
    (b"\xfd7zXZ\0", "compressed by xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "compressed twice"),
];

impl Looks {
    /// By the first bytes, or all there are.
    pub fn of(head: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&head[..head.len().min(HEAD_BYTES)]);
        let foreign_file = FOREIGN_FILES.iter().find(|(begins, _)| head.starts_with(begins)).map(|(_, what)| *what);
        let foreign_text = FOREIGN_TEXTS.iter().find(|(begins, _)| text.contains(begins)).map(|(_, what)| *what);
        if head.is_empty() {
            Looks::Nothing
        } else if head.starts_with(b"SQLite format 3\0") {
            Looks::SqliteFile
        } else if head.starts_with(b"PGDMP") {
            Looks::CustomDump
        } else if head.get(257..262) == Some(b"ustar") || is_end_of_tar(head) {
            Looks::Tar
        } else if let Some(what) = foreign_file.or(foreign_text) {
            Looks::Foreign(what)
        } else if text.contains("-- PostgreSQL database cluster dump") {
            Looks::ClusterDump
        } else if text.contains("-- PostgreSQL database dump") {
            Looks::PlainDump
        } else {
            Looks::Unknown
        }
    }

    /// Whether a source of this kind can be restored from it.
    pub fn fits(self, kind: Kind) -> bool {
        match kind {
            Kind::Postgres => matches!(self, Looks::PlainDump | Looks::CustomDump),
            Kind::Sqlite => self == Looks::SqliteFile,
            Kind::Media | Kind::Files => self == Looks::Tar,
            Kind::Database | Kind::Globals => false,
        }
    }

    /// In words, after "it is".
    pub fn as_str(self) -> &'static str {
        match self {
            Looks::Nothing => "empty",
            Looks::SqliteFile => "a SQLite file",
            Looks::PlainDump => "a dump of PostgreSQL",
            Looks::CustomDump => "a custom dump of PostgreSQL",
            Looks::ClusterDump => "a dump of a PostgreSQL server's roles",
            Looks::Tar => "a tar archive",
            Looks::Foreign(what) => what,
            Looks::Unknown => "nothing this program knows",
        }
    }
}

/// How a file is compressed, by its first bytes.
pub fn compression(head: &[u8]) -> Compression {
    if head.starts_with(b"\x1f\x8b") {
        Compression::Gzip
    } else if head.starts_with(b"\x28\xb5\x2f\xfd") {
        Compression::Zstd
    } else {
        Compression::None
    }
}

/// An archive without an entry is two blocks of zeros.
fn is_end_of_tar(head: &[u8]) -> bool {
    head.len() >= 1024 && head[..1024].iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar() -> Vec<u8> {
        let mut head = vec![b'a'; 257];
        head.extend(b"ustar  \0");
        head
    }

    #[test]
    fn each_kind_is_known_by_its_first_bytes() {
        for (head, looks) in [
            (b"".to_vec(), Looks::Nothing),
            (b"SQLite format 3\0\x10".to_vec(), Looks::SqliteFile),
            (b"PGDMP\x01\x0e".to_vec(), Looks::CustomDump),
            (b"--\n-- PostgreSQL database dump\n--\n\n\\restrict x\n".to_vec(), Looks::PlainDump),
            (b"--\n-- PostgreSQL database cluster dump\n--\n".to_vec(), Looks::ClusterDump),
            (tar(), Looks::Tar),
            (vec![0; 10240], Looks::Tar),
            (vec![0; 100], Looks::Unknown),
            (b"-- MySQL dump 10.13  Distrib 8.0\n".to_vec(), Looks::Foreign("a dump of MySQL")),
            (b"/*!999999\\- enable */\n-- MariaDB dump 10.19\n".to_vec(), Looks::Foreign("a dump of MariaDB")),
            (b"PK\x03\x04rest".to_vec(), Looks::Foreign("a zip archive")),
            (b"CREATE TABLE asset (id int);".to_vec(), Looks::Unknown),
        ] {
            assert_eq!(Looks::of(&head), looks, "{:?}", String::from_utf8_lossy(&head));
        }
    }

    #[test]
    fn only_its_own_kind_is_restored_from_a_file() {
        assert!(Looks::PlainDump.fits(Kind::Postgres) && Looks::CustomDump.fits(Kind::Postgres));
        assert!(Looks::SqliteFile.fits(Kind::Sqlite) && Looks::Tar.fits(Kind::Media) && Looks::Tar.fits(Kind::Files));
        assert!(!Looks::SqliteFile.fits(Kind::Postgres) && !Looks::PlainDump.fits(Kind::Sqlite));
        assert!(!Looks::ClusterDump.fits(Kind::Postgres) && !Looks::ClusterDump.fits(Kind::Globals));
        assert!(!Looks::Nothing.fits(Kind::Postgres) && !Looks::Unknown.fits(Kind::Postgres));
    }

    #[test]
    fn compression_is_known_by_the_first_bytes() {
        assert_eq!(compression(b"\x1f\x8b\x08"), Compression::Gzip);
        assert_eq!(compression(b"\x28\xb5\x2f\xfd"), Compression::Zstd);
        assert_eq!(compression(b"PGDMP"), Compression::None);
    }
}
