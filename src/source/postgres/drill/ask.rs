//! What the operator asks of the restored database: questions of his own, and whether the files that
//! rows name are in the media. Everything reads only, in a transaction that is given up.

use std::time::Duration;

use super::Site;
use crate::config::PostgresConfig;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::postgres::access::Access;
use crate::source::postgres::connect::Connection;
use crate::source::postgres::load::quoted;
use crate::source::postgres::server::NO_ENCODING;
use crate::source::prove::Evidence;
use crate::source::questions::NO_VALUE;
use crate::source::references::{self, Column, Lookup};

/// A question that takes longer than this is one nobody waits for.
const QUESTION_MAX: Duration = Duration::from_mins(5);
/// To be understood, a question waits for nobody but who changes its tables.
const LOOK_MAX: Duration = Duration::from_secs(5);
/// More of an answer is not kept.
const ANSWER_CHARS_MAX: usize = 1000;
/// So many values are held at a time.
const VALUES_AT_ONCE: usize = 1000;
/// What a server says of bytes that are no text, in the language of `lc_messages=C` or any other: the name
/// of our side's encoding stands in it.
const NO_TEXT: &str = "\"UTF8\"";
/// Answers come through a cursor: however many rows there are, few are held.
const CURSOR: &str = "resguardo_drill";

pub(super) fn questions(site: &Site<'_>, evidence: &mut Evidence) -> Result<(), Trouble> {
    for question in &site.material.questions {
        let answer = reading(site, question, Some(QUESTION_MAX), |connection| {
            let first = connection.texts(&format!("FETCH 1 FROM {CURSOR}"))?.pop().flatten();
            Ok(first.map(|text| text.chars().take(ANSWER_CHARS_MAX).collect()))
        });
        evidence.answers.push(told(answer)?);
    }
    Ok(())
}

/// Why no drill could ask this of the database: production looks at it, and does not carry it out.
/// `None` where it could, or where production cannot be reached to tell.
pub(in crate::source) fn question_fault(config: &PostgresConfig, question: &str, work: &Work) -> Option<String> {
    let access = Access::read(&config.server).ok()?;
    let connection = Connection::open(&access, &config.database, &work.runtime).ok()?;
    let connection = connection.limited(LOOK_MAX, Some(&work.stop)).ok()?;
    match connection.columns(question) {
        Ok(0) => Some(NO_VALUE.to_owned()),
        Ok(_) => None,
        Err(trouble) if trouble.stopped.is_some() => None,
        // The drill takes texts for bytes there. A question is valid itself: it is the names of what it
        // gives that cannot be told, and so it was understood.
        Err(trouble) if trouble.error.contains(NO_TEXT) && is_bytewise(&connection) => None,
        Err(trouble) => Some(trouble.error),
    }
}

/// The same of a column whose values name files.
pub(in crate::source) fn column_fault(config: &PostgresConfig, column: &Column, work: &Work) -> Option<String> {
    question_fault(config, &values(column), work)
}

fn is_bytewise(connection: &Connection) -> bool {
    connection.texts("SHOW server_encoding").is_ok_and(|told| told == [Some(NO_ENCODING.to_owned())])
}

pub(super) fn references(site: &Site<'_>, evidence: &mut Evidence) -> Result<(), Trouble> {
    references::look_up(&site.material.references, evidence, |column, lookup| {
        told(reading(site, &values(column), None, |connection| look_up_all(connection, lookup)))
    })
}

fn values(column: &Column) -> String {
    let schema = column.schema.as_ref().map(|schema| quoted(schema) + ".").unwrap_or_default();
    let (table, name) = (quoted(&column.table), quoted(&column.name));
    // With its table before it a name that is no column is an error.
    format!("SELECT DISTINCT t.{name}::text FROM {schema}{table} t WHERE t.{name}::text <> ''")
}

fn look_up_all(connection: &Connection, lookup: &mut Lookup) -> Result<(), Trouble> {
    loop {
        let values = connection.texts(&format!("FETCH {VALUES_AT_ONCE} FROM {CURSOR}"))?;
        if values.is_empty() {
            return Ok(());
        }
        values.iter().flatten().for_each(|path| lookup.look(path));
    }
}

/// Opens a cursor on what `sql` selects, in a session of its own.
fn reading<T>(
    site: &Site<'_>,
    sql: &str,
    at_most: Option<Duration>,
    read: impl FnOnce(&Connection) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let access = Access::read(&site.config.server)?;
    let connection = Connection::open(&access, &site.config.database, &site.work.runtime)?;
    let connection = connection.patient(Some(&site.work.stop))?.bytewise(site.is_bytewise());
    if let Some(facts) = site.facts {
        // As production's sessions read dates; a zone that this server does not know is not asked for.
        let zone = facts.timezone.replace('\'', "''");
        match connection.run(&format!("SET TIME ZONE '{zone}'")) {
            Err(trouble) if trouble.stopped.is_some() => return Err(trouble),
            _ => {}
        }
    }
    let limit = at_most.map_or(0, |at_most| at_most.as_millis());
    connection.run(&format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {limit}"))?;
    if connection.columns(sql)? == 0 {
        return Err(Trouble::lasting(Stage::Verify, NO_VALUE));
    }
    connection.run(&format!("DECLARE {CURSOR} NO SCROLL CURSOR FOR {sql}"))?;
    read(&connection)
}

/// A no of the server's is an answer; to be asked to stop is none.
fn told<T>(answer: Result<T, Trouble>) -> Result<Result<T, String>, Trouble> {
    match answer {
        Err(trouble) if trouble.stopped.is_some() || trouble.stage == Stage::SetUp => Err(trouble),
        answer => Ok(answer.map_err(|trouble| trouble.error)),
    }
}
