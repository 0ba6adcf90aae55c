//! `RESTORE.md`: how to restore the newest good artifacts with public tools alone, for the night
//! when this program is not at hand. Commands name the stored files and can be pasted as they stand.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::newest_good::{Good, NewestGood, PassedOver, Why};
use crate::domain::artifact::{Compression, Kind};
use crate::domain::manifest::Artifact;
use crate::words::Words;

/// What the page says beside what stands: when it was written, and whom to call.
#[derive(Debug, Clone, Copy)]
pub struct Imprint<'a> {
    pub written_at: DateTime<Utc>,
    pub zone: Tz,
    pub contact_lines: &'a [String],
}

/// The page for what stands in a store.
pub fn restore_md(words: &Words, standing: &NewestGood, imprint: &Imprint<'_>) -> String {
    let good = &standing.good;
    let any = |wanted: &dyn Fn(&Artifact) -> bool| good.iter().any(|g| wanted(&g.artifact));
    let mut page = words.restore_page("head", &[("written", &imprint.time(imprint.written_at))]);
    if !imprint.contact_lines.is_empty() {
        page += &words.restore_page("contact", &[]);
        page += &imprint.contact_lines.iter().fold(String::new(), |mut lines, line| {
            // Writing into a string cannot fail.
            let _ = writeln!(lines, "- {line}");
            lines
        });
    }
    page += &words.restore_page("standing", &[]);
    for one in good {
        let values = [
            ("source", one.artifact.source.as_str()),
            ("file", &one.artifact.path),
            ("id", one.id.as_str()),
            ("started", &imprint.time(one.started_at)),
        ];
        page += &words.restore_page("stands", &values);
        if let Some(at) = one.proven_at {
            page += &words.restore_page("proven", &[("at", &imprint.time(at))]);
        }
        if let Some(no) = &one.no {
            page += &words.restore_page("refuted-alone", &[("at", &imprint.time(no.at)), ("error", &no.error)]);
        }
    }
    for source in &standing.missing {
        page += &words.restore_page("missing", &[("source", source.as_str())]);
    }
    for PassedOver { source, id, started_at, path, why } in &standing.passed_over {
        let (part, at, error) = match why {
            Why::Suspect => ("suspect", String::new(), ""),
            Why::Incomplete => ("incomplete", String::new(), ""),
            Why::Bad => ("bad", String::new(), ""),
            Why::Refuted(no) => ("refuted", imprint.time(no.at), no.error.as_str()),
        };
        let started = imprint.time(*started_at);
        let values = [("source", source.as_str()), ("file", path), ("id", id.as_str()), ("started", &started)];
        page += &words.restore_page(part, &[&values[..], &[("at", &at), ("error", error)]].concat());
    }
    if !good.is_empty() {
        let files = good.iter().flat_map(|g| std::iter::once(&g.artifact).chain(&g.properties));
        let sums: Vec<String> = files.map(sum_line).collect();
        page += &words.restore_page("digests", &[("sums", &sums.join("\n"))]);
    }
    if any(&|a| a.compression == Compression::Gzip) {
        page += &words.restore_page("gzip", &[]);
    }
    if any(&|a| matches!(a.kind, Kind::Postgres | Kind::Globals)) {
        page += &words.restore_page("postgres", &[]);
    }
    if any(&|a| a.kind == Kind::Postgres) && !any(&|a| a.kind == Kind::Globals) {
        page += &words.restore_page("no-globals", &[]);
    }
    // Roles before the databases they own, those before folders.
    for kind in [Kind::Globals, Kind::Postgres, Kind::Sqlite, Kind::Media, Kind::Files] {
        for one in good.iter().filter(|g| g.artifact.kind == kind) {
            page += &section(words, one);
        }
    }
    page
}

impl Imprint<'_> {
    /// In the place's own time, with what it is off by: whoever reads may be elsewhere.
    fn time(&self, at: DateTime<Utc>) -> String {
        format!("{} ({})", at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M %:z"), self.zone)
    }
}

fn section(words: &Words, Good { artifact, properties, .. }: &Good) -> String {
    let facts = artifact.facts.postgres.as_ref();
    let database = facts.map_or(artifact.source.as_str(), |f| &f.database);
    let (name, target) = (quoted(database), quoted(&connection(database)));
    let version = facts.map_or("", |f| &f.client_version);
    let part = |part: &str, of: &Artifact| {
        let values = [
            ("source", of.source.as_str()),
            ("name", &name),
            ("target", &target),
            ("file", &quoted(&of.path)),
            ("cat", reader(of.compression)),
            ("version", version),
        ];
        words.restore_page(part, &values)
    };
    match artifact.kind {
        Kind::Postgres => {
            let made = match properties {
                Some(properties) => part("database", properties),
                None => part("database-by-hand", artifact),
            };
            let form = if artifact.compression == Compression::Internal { "custom" } else { "plain" };
            made + &part(form, artifact)
        }
        // Stands with the data it belongs to.
        Kind::Database => String::new(),
        Kind::Globals => part("globals", artifact),
        Kind::Sqlite => part("sqlite", artifact),
        Kind::Media => part("media", artifact),
        Kind::Files => part("files", artifact),
    }
}

/// The program that gives the raw bytes of a file.
fn reader(compression: Compression) -> &'static str {
    match compression {
        Compression::Gzip => "gunzip -c",
        Compression::Zstd => "zstd -dc",
        Compression::None | Compression::Internal => "cat",
    }
}

/// A line as `sha256sum -c` reads it.
fn sum_line(artifact: &Artifact) -> String {
    format!("{}  {}", artifact.digest.trim_start_matches("sha256:"), artifact.path)
}

/// What psql takes for a database's name: one that looks like a connection string is put into one.
fn connection(database: &str) -> String {
    if database.contains('=') || database.contains("://") {
        return format!("dbname='{}'", database.replace('\\', r"\\").replace('\'', r"\'"));
    }
    database.to_owned()
}

/// One word for a shell: database names hold spaces and quotes.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_the_shell_is_one_word() {
        assert_eq!(quoted("db/app_20241112_030000.sql.gz"), "db/app_20241112_030000.sql.gz");
        assert_eq!(quoted("Gestión 2024"), "'Gestión 2024'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("-d"), "'-d'");
        assert_eq!(connection("app"), "app");
        assert_eq!(connection("a='b"), r"dbname='a=\'b'");
    }
}
