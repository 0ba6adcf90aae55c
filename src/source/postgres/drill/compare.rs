//! A second dump, of what was restored, held against the manifest table by table. It is never
//! stored: it is counted as it passes.

use std::collections::BTreeSet;
use std::io;

use super::Site;
use crate::config::{DumpFormat, PostgresConfig};
use crate::domain::difference;
use crate::domain::drill::{Proof, What};
use crate::domain::manifest::{Content, PostgresContent, PostgresFacts, Table};
use crate::domain::saying::Saying;
use crate::domain::trouble::Trouble;
use crate::source::Source;
use crate::source::postgres::PostgresDump;
use crate::source::postgres::access::Access;
use crate::source::postgres::dump::{self as stream, Run};
use crate::source::postgres::load::quoted;
use crate::source::postgres::objects::{PARTITIONS, PARTITIONS_SINCE, PRIVILEGES};
use crate::source::postgres::reached::Reached;
use crate::source::postgres::rows::Rows;
use crate::source::postgres::tools::Version;
use crate::source::proofs;
use crate::source::prove::Evidence;

/// What `pg_dump` sets before it copies, beside what every program of ours is given.
const AS_A_DUMP: &str = "SET datestyle = ISO; SET intervalstyle = postgres; SET extra_float_digits = 3; \
                         SET statement_timeout = 0; SET row_security = off; SET search_path = ''";

const COMPARED: [What; 4] = [What::Rows, What::LargeObjects, What::Sequences, What::Schema];

pub(super) fn compare(site: &Site<'_>, evidence: &mut Evidence) -> Result<(), Trouble> {
    // Whatever was stored: what is only counted need not be compressed and unpacked again.
    let as_sql = PostgresConfig { format: DumpFormat::Plain, ..site.config.clone() };
    let dumped = PostgresDump::new(&as_sql).dump(&mut io::sink(), site.work)?;
    let Some(mut found) = dumped.facts.postgres else { return Ok(()) };
    let Some(stated) = site.facts else {
        evidence.proofs.extend(COMPARED.map(proofs::not_stated));
        return Ok(());
    };
    in_stated_order(site, stated, &mut found)?;
    let tell_partitions = tells_partitions(&stated.client_version) && tells_partitions(&found.client_version);
    // Where the set holds no roles nobody was there to be given what the dump gives.
    let gives_privileges = site.material.roles.is_some();
    let is_told =
        |kind: &str| (tell_partitions || kind != PARTITIONS) && (gives_privileges || !PRIVILEGES.contains(&kind));
    let [stated, found] = [&stated.content, &found.content].map(|content| {
        let mut content = content.clone();
        content.objects.iter_mut().for_each(|objects| objects.retain(|kind, _| is_told(kind)));
        content
    });
    evidence.proofs.extend(judged(&stated, &found));
    Ok(())
}

/// Whether the `pg_dump` that made a dump says of partitions by themselves what they are.
fn tells_partitions(client_version: &str) -> bool {
    Version::parse(client_version).is_none_or(|version| version.major >= PARTITIONS_SINCE)
}

fn judged(stated: &PostgresContent, found: &PostgresContent) -> [Proof; 4] {
    let between = |part: fn(&PostgresContent) -> PostgresContent| {
        difference::between(&Content::Postgres(part(stated)), &Content::Postgres(part(found)))
    };
    let tables = between(|all| PostgresContent { tables: all.tables.clone(), ..PostgresContent::default() });
    let large_objects =
        between(|all| PostgresContent { large_objects: all.large_objects.clone(), ..PostgresContent::default() });
    let sequences = between(|all| PostgresContent { sequences: all.sequences.clone(), ..PostgresContent::default() });
    let objects = between(|all| PostgresContent { objects: all.objects.clone(), ..PostgresContent::default() });
    let rows: u64 = found.tables.iter().map(|table| table.rows).sum();
    let looked_at = Saying::new("proof-rows").with("tables", found.tables.len()).with("rows", rows);
    [
        proofs::judged(What::Rows, tables, &looked_at),
        proofs::judged(
            What::LargeObjects,
            large_objects,
            &Saying::new("proof-large-objects").with("count", found.large_objects.rows),
        ),
        proofs::judged(
            What::Sequences,
            sequences,
            &Saying::new("proof-sequences").with("count", found.sequences.len()),
        ),
        proofs::of_schema(stated.objects.as_ref(), found.objects.as_ref(), objects),
    ]
}

/// A table that inherits a column added late has it last, and restored before its own: its rows are
/// summed once more with their columns in the manifest's order.
fn in_stated_order(site: &Site<'_>, stated: &PostgresFacts, found: &mut PostgresFacts) -> Result<(), Trouble> {
    for table in &mut found.content.tables {
        let is_it = |other: &&Table| (&other.schema, &other.name) == (&table.schema, &table.name);
        let Some(wanted) = stated.content.tables.iter().find(is_it) else { continue };
        let set = |table: &Table| table.columns.iter().cloned().collect::<BTreeSet<String>>();
        if table.columns != wanted.columns && set(table) == set(wanted) && table.rows == wanted.rows {
            table.rows_digest = digest(site, &stated.encoding, wanted)?;
            table.columns.clone_from(&wanted.columns);
        }
    }
    Ok(())
}

/// Of a table's own rows, as `COPY` gives them.
fn digest(site: &Site<'_>, encoding: &str, table: &Table) -> Result<String, Trouble> {
    let (database, work) = (&site.config.database, site.work);
    let Reached { tools, .. } = Reached::reach(&site.config.server, database, work)?;
    let access = Access::read(&site.config.server)?;
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(column)).collect();
    let (schema, name, columns) = (quoted(&table.schema), quoted(&table.name), columns.join(", "));
    let copy = format!("COPY (SELECT {columns} FROM ONLY {schema}.{name}) TO STDOUT");
    let command = access
        .command(&tools.program("psql"), database, encoding)
        .args(["--no-psqlrc", "--no-password", "--quiet", "--set=ON_ERROR_STOP=1"])
        .args(["--command", AS_A_DUMP, "--command", &copy]);
    let mut child = stream::start("psql", &command, work)?;
    let mut rows = Rows::new();
    // The end of the line that a COPY begins with.
    rows.push(b"\n");
    stream::pass(stream::take_stdout(&mut child)?, work, None, |piece| {
        rows.push(piece);
        Ok(())
    })?;
    Run { source: &site.material.source, access: &access, database, work }.ended_well("psql", child)?;
    Ok(rows.summed().rows_digest)
}
