//! Proving a copy of a SQLite file: written out, checked by SQLite itself, its rows and its schema
//! compared with the manifest, and the operator's own questions asked of it, which read only.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::tally::{Checked, Tally};
use super::{STEPS_BETWEEN_LOOKS, Sqlite, checked, connect, open_whole, pass_on, tally};
use crate::config::SqliteConfig;
use crate::domain::difference;
use crate::domain::drill::{Judgement, Proof, What};
use crate::domain::manifest::{Content, SqliteFacts};
use crate::domain::progress::Event;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::proofs::{self, Heard};
use crate::source::prove::{Evidence, Material, Prove};
use crate::source::questions::NO_VALUE;
use crate::source::references::{self, Column, Lookup};
use crate::source::restore::Bytes;
use crate::sys::stop::Stop;

/// A question that takes longer than this is one nobody waits for.
const QUESTION_MAX: Duration = Duration::from_mins(5);
/// More of an answer is not kept.
const ANSWER_CHARS_MAX: usize = 1000;
/// Sorting for a question takes room beside the file, at most as much as it.
const ROOM_PERCENT: u64 = 200;

/// So many tables are named that could not be looked into.
const NAMED_MAX: usize = 5;

const COMPARED: [What; 3] = [What::Rows, What::Sequences, What::Schema];

/// Proves copies of SQLite files.
pub struct SqliteDrill;

impl Prove for SqliteDrill {
    fn ready(&self, _material: &Material, _work: &Work) -> Result<(), Trouble> {
        Ok(())
    }

    fn room_bytes(&self, material: &Material) -> u64 {
        material.raw_bytes.unwrap_or(0) / 100 * ROOM_PERCENT
    }

    fn prove(&self, bytes: Bytes<'_>, material: &Material, scratch: &Path, work: &Work) -> Result<Evidence, Trouble> {
        let stage = |stage| {
            let (source, expected_bytes) = (Some(material.source.clone()), material.raw_bytes);
            work.progress.event(Event::Stage { source, stage, expected_bytes });
        };
        stage("load");
        let (began, mut heard, mut evidence) = (Instant::now(), Heard::new(bytes.raw), Evidence::default());
        let copy = match load(&mut heard, &scratch.join("restored.sqlite3"), material, work) {
            Err(trouble) if heard.is_at_fault(&trouble) => {
                let rest: Vec<What> = [What::Integrity].into_iter().chain(COMPARED).collect();
                return Ok(proofs::of_failed_load(trouble.error, &rest, material));
            }
            copy => copy?,
        };
        evidence.restore_seconds = Some(began.elapsed().as_secs_f64());
        evidence.proofs.push(proofs::passed(What::Load, &Saying::new("proof-sqlite-whole")));
        stage("compare");
        look(&copy, material, &mut evidence, work)?;
        for question in &material.questions {
            evidence.answers.push(ask(&copy.path, question, work)?);
        }
        references::look_up(&material.references, &mut evidence, |column, lookup| {
            let looked = each_value(&copy.connection, column, lookup, &work.stop).map_err(|error| error.to_string());
            work.stop.check(Stage::Verify).map(|()| looked)
        })?;
        work.progress.event(Event::StageEnded { source: material.source.clone() });
        Ok(evidence)
    }
}

struct Copy {
    path: PathBuf,
    connection: Connection,
}

fn load(heard: &mut Heard<'_>, path: &Path, material: &Material, work: &Work) -> Result<Copy, Trouble> {
    let mut file = work.sys.files.create_new(path, 0o600).map_err(|error| work.write_trouble(&error))?;
    pass_on(heard, &mut file, work, Some(&material.source))?;
    drop(file);
    Ok(Copy { path: path.to_owned(), connection: open_whole(path, work)? })
}

fn look(copy: &Copy, material: &Material, evidence: &mut Evidence, work: &Work) -> Result<(), Trouble> {
    let checked = checked(&copy.connection);
    work.stop.check(Stage::Verify)?;
    evidence.proofs.extend(match checked {
        Ok(Checked { lines, tables, unchecked }) => {
            let differs = (!lines.is_empty()).then(|| lines.join("; "));
            let proof = proofs::judged(What::Integrity, differs, &Saying::new("proof-integrity"));
            as_far_as_looked(proof, tables, &unchecked)
        }
        Err(error) => vec![proofs::failed(What::Integrity, error.to_string())],
    });
    let found = tally::of(&copy.connection, work);
    work.stop.check(Stage::Verify)?;
    evidence.proofs.extend(match (found, &material.facts.sqlite) {
        (Err(error), _) => {
            let [rows, rest @ ..] = COMPARED;
            let rest = rest.map(|what| proofs::skipped(what, &Saying::new("proof-rows-unread")));
            [proofs::failed(rows, error.to_string())].into_iter().chain(rest).collect::<Vec<_>>()
        }
        (Ok(_), None) => COMPARED.map(proofs::not_stated).to_vec(),
        (Ok(Tally { facts, unread }), Some(stated)) => {
            let [rows, rest @ ..] = compared(stated, &facts);
            let rows = as_far_as_looked(rows, facts.tables.len() + unread.len(), &unread);
            rows.into_iter().chain(rest).collect()
        }
    });
    // Where the check itself cannot be made, integrity has failed already.
    if let Ok(Some((violations, table))) = violations(&copy.connection) {
        evidence.remarks.push(Saying::new("remark-foreign-keys").with("count", violations).with("table", table));
    }
    work.stop.check(Stage::Verify)
}

/// A proof of tables, with those it says nothing of: they rest on what only the application has, such as a
/// function in an index. Where that is all of them, nothing was proven.
fn as_far_as_looked(proof: Proof, tables: usize, unseen: &[String]) -> Vec<Proof> {
    if unseen.is_empty() {
        return vec![proof];
    }
    let named = unseen.iter().take(NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if unseen.len() > NAMED_MAX { ", …" } else { "" };
    let (seen, unseen) = (tables - unseen.len(), unseen.len());
    let why = Saying::new("proof-unseen").with("unseen", unseen).with("tables", tables);
    let skipped = proofs::skipped(proof.what, &why.with("names", format!("{named}{more}")));
    if seen == 0 && proof.judgement == Judgement::Passed { vec![skipped] } else { vec![proof, skipped] }
}

fn compared(stated: &SqliteFacts, found: &SqliteFacts) -> [Proof; 3] {
    let between = |part: fn(&SqliteFacts) -> SqliteFacts| {
        difference::between(&Content::Sqlite(part(stated)), &Content::Sqlite(part(found)))
    };
    let tables = between(|all| SqliteFacts { tables: all.tables.clone(), ..SqliteFacts::default() });
    let sequences = between(|all| SqliteFacts { sequences: all.sequences.clone(), ..SqliteFacts::default() });
    let objects = between(|all| SqliteFacts { objects: all.objects.clone(), ..SqliteFacts::default() });
    let rows: u64 = found.tables.iter().map(|table| table.rows).sum();
    let is_summed = stated.tables.iter().any(|table| table.rows_digest.is_some()) || stated.tables.is_empty();
    let looked_at = Saying::new(if is_summed { "proof-rows" } else { "proof-rows-by-number" });
    let looked_at = looked_at.with("tables", found.tables.len()).with("rows", rows);
    let numbered = found.sequences.as_ref().map_or(0, |sequences| sequences.rows);
    [
        proofs::judged(What::Rows, tables, &looked_at),
        match stated.sequences {
            Some(_) => {
                proofs::judged(What::Sequences, sequences, &Saying::new("proof-sequences").with("count", numbered))
            }
            None => proofs::not_stated(What::Sequences),
        },
        proofs::of_schema(stated.objects.as_ref(), found.objects.as_ref(), objects),
    ]
}

/// How many rows name others that are not there, and the table of the first.
fn violations(copy: &Connection) -> rusqlite::Result<Option<(u64, String)>> {
    let mut check = copy.prepare("PRAGMA foreign_key_check")?;
    let (mut rows, mut found) = (check.query([])?, None);
    while let Some(row) = rows.next()? {
        match &mut found {
            None => found = Some((1, row.get(0)?)),
            Some((violations, _)) => *violations += 1,
        }
    }
    Ok(found)
}

/// On a connection of its own, which ends a question that takes too long.
fn ask(path: &Path, question: &str, work: &Work) -> Result<Result<Option<String>, String>, Trouble> {
    let answer = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, work).and_then(|copy| {
        let (stop, until) = (work.stop.clone(), Instant::now() + QUESTION_MAX);
        let is_over = move || stop.reason().is_some() || Instant::now() >= until;
        copy.progress_handler(STEPS_BETWEEN_LOOKS, Some(is_over))?;
        copy.pragma_update(None, "query_only", true)?;
        let mut asked = copy.prepare(question)?;
        let columns = asked.column_count();
        let mut rows = asked.query([])?;
        Ok(match rows.next()? {
            Some(row) => Ok(text(row.get_ref(0)?).map(|text| text.chars().take(ANSWER_CHARS_MAX).collect())),
            None if columns == 0 => Err(NO_VALUE.to_owned()),
            None => Ok(None),
        })
    });
    work.stop.check(Stage::Verify)?;
    Ok(answer.unwrap_or_else(|error| Err(in_short(&error))))
}

/// Why no drill could ask this of the file: it is read by SQLite, and not carried out. `None` where one
/// could, or where the file cannot be looked at.
pub(in crate::source) fn question_fault(config: &SqliteConfig, question: &str, work: &Work) -> Option<String> {
    let live = Sqlite::new(config).open(work).ok()?;
    live.pragma_update(None, "query_only", true).ok()?;
    let fault = match live.prepare(question) {
        Ok(asked) if asked.column_count() == 0 => NO_VALUE.to_owned(),
        Ok(_) => return None,
        Err(error) => in_short(&error),
    };
    // A writer that holds the file is no fault of the question's.
    let is_readable = live.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())).is_ok();
    is_readable.then_some(fault)
}

/// The same of a column whose values name files.
pub(in crate::source) fn column_fault(config: &SqliteConfig, column: &Column, work: &Work) -> Option<String> {
    question_fault(config, &values(column), work)
}

/// Without the question itself, which stands before it wherever it is told.
fn in_short(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        error => error.to_string(),
    }
}

/// A value as SQLite's own shell shows it.
fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}

fn values(column: &Column) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let schema = column.schema.as_ref().map(|schema| quoted(schema) + ".").unwrap_or_default();
    let (table, name) = (quoted(&column.table), quoted(&column.name));
    // With its table before it a name that is no column is an error, not a text.
    format!("SELECT DISTINCT t.{name} FROM {schema}{table} t WHERE t.{name} <> ''")
}

fn each_value(copy: &Connection, column: &Column, lookup: &mut Lookup, stop: &Stop) -> rusqlite::Result<()> {
    let mut asked = copy.prepare(&values(column))?;
    let mut rows = asked.query([])?;
    while let Some(row) = rows.next()? {
        if stop.reason().is_some() {
            break;
        }
        if let Some(path) = text(row.get_ref(0)?) {
            lookup.look(&path);
        }
    }
    Ok(())
}
