//! Indexes and constraints of what was restored: valid as in the dump, and every b-tree whole. What
//! was not valid in production itself is a remark, and so is a sequence that lags its column.

use super::Site;
use crate::domain::drill::{Proof, What};
use crate::domain::saying::Saying;
use crate::domain::trouble::Trouble;
use crate::source::postgres::access::Access;
use crate::source::postgres::connect::{Connection, refused};
use crate::source::postgres::load::quoted;
use crate::source::proofs;
use crate::source::prove::Evidence;

/// So many indexes are named that are not whole.
const NAMED_MAX: usize = 3;
const AMCHECK: &str = "amcheck";
/// Where the drill puts it, for it may not meet a name of the application's.
const SCHEMA: &str = "resguardo_drill";

/// Of every index of a user's, also those of what is stored apart; below that number all is the server's own.
const INDEXES: &str = "
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relpersistence <> 't' AND c.oid >= 16384";
const NAME: &str = "format('%I.%I', n.nspname, c.relname)";
const UNVALIDATED: &str = "
    SELECT format('%I on %s', o.conname, coalesce(nullif(o.conrelid, 0)::regclass::text, o.contypid::regtype::text))
    FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace
    WHERE NOT o.convalidated AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1";
const CONSTRAINTS: &str = "
    SELECT count(*) FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')";
/// Of each sequence that counts up for a column whose largest value an index gives at once.
const OWNED: &str = "
    SELECT format('%I.%I', sn.nspname, s.relname), format('%I.%I', tn.nspname, t.relname), quote_ident(a.attname)
    FROM pg_class s JOIN pg_namespace sn ON sn.oid = s.relnamespace JOIN pg_sequence q ON q.seqrelid = s.oid
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
                     AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
    JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE q.seqincrement > 0 AND NOT q.seqcycle AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
      AND EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
                  WHERE i.indrelid = t.oid AND i.indkey[0] = a.attnum AND i.indpred IS NULL AND m.amname = 'btree')
    ORDER BY 1";

pub(super) fn look(site: &Site<'_>, evidence: &mut Evidence) -> Result<(), Trouble> {
    let access = Access::read(&site.config.server)?;
    let connection = Connection::open(&access, &site.config.database, &site.work.runtime)?;
    let connection = connection.patient(Some(&site.work.stop))?.bytewise(site.is_bytewise());
    // What the application set for its sessions is not meant for this one; nor do its triggers
    // have a say in what is only here.
    connection.run(
        "SET default_transaction_read_only = off; SET session_replication_role = replica; SET search_path = pg_catalog;
         SET row_security = off",
    )?;
    evidence.proofs.push(constraints(&connection, &mut evidence.remarks)?);
    evidence.proofs.push(indexes(&connection)?);
    sequences(&connection, &mut evidence.remarks)
}

fn constraints(connection: &Connection, remarks: &mut Vec<Saying>) -> Result<Proof, Trouble> {
    let names = |sql: &str| connection.texts(sql).map(|rows| rows.into_iter().flatten().collect::<Vec<String>>());
    let unvalidated = names(UNVALIDATED)?;
    if let Some(first) = unvalidated.first() {
        remarks.push(Saying::new("remark-not-valid").with("count", unvalidated.len()).with("constraint", first));
    }
    // Only of partitioned tables does a dump hold an index that is not valid.
    let invalid =
        |kind| names(&format!("SELECT {NAME} {INDEXES} AND NOT i.indisvalid AND c.relkind = '{kind}' ORDER BY 1"));
    let parents = invalid('I')?;
    if let Some(first) = parents.first() {
        remarks.push(Saying::new("remark-index-not-valid").with("count", parents.len()).with("index", first));
    }
    let broken = invalid('i')?;
    let count = |sql: &str| connection.row(sql).map(|row| row.get::<_, i64>(0));
    let (all, constraints) = (count(&format!("SELECT count(*) {INDEXES}"))?, count(CONSTRAINTS)?);
    let differs = broken.first().map(|first| format!("{} indexes are not valid, the first {first}", broken.len()));
    let looked_at = Saying::new("proof-constraints").with("indexes", all).with("constraints", constraints);
    Ok(proofs::judged(What::Constraints, differs, &looked_at))
}

/// Every b-tree by amcheck.
fn indexes(connection: &Connection) -> Result<Proof, Trouble> {
    let schema = match amcheck(connection) {
        Err(trouble) if trouble.stopped.is_none() => {
            let why = Saying::new("proof-amcheck-refused").with("error", &trouble);
            return Ok(proofs::skipped(What::Indexes, &why));
        }
        schema => schema?,
    };
    let Some(schema) = schema else {
        return Ok(proofs::skipped(What::Indexes, &Saying::new("proof-no-amcheck")));
    };
    let btrees = format!(
        "SELECT c.oid::int8, {NAME} {INDEXES} AND c.relkind = 'i' AND i.indisvalid AND i.indisready
         AND c.relam = (SELECT oid FROM pg_am WHERE amname = 'btree') ORDER BY 2"
    );
    let (mut count, mut broken) = (0_u64, Vec::new());
    for row in connection.rows(&btrees, &[])? {
        let (oid, name): (i64, String) = (row.get(0), row.try_get(1).map_err(|e| refused(&e))?);
        count += 1;
        match connection.run(&format!("SELECT {schema}.bt_index_check({oid}::oid::regclass)")) {
            Err(trouble) if trouble.stopped.is_none() => broken.push(format!("{}: {trouble}", connection.heard(name))),
            checked => checked?,
        }
    }
    let more = broken.len().saturating_sub(NAMED_MAX);
    broken.truncate(NAMED_MAX);
    if more > 0 {
        broken.push(format!("{more} more"));
    }
    let differs = (!broken.is_empty()).then(|| broken.join("; "));
    Ok(proofs::judged(What::Indexes, differs, &Saying::new("proof-indexes").with("count", count)))
}

/// The schema it is in, once it is there; `None` where it is not to be had.
fn amcheck(connection: &Connection) -> Result<Option<String>, Trouble> {
    let asked = format!("SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = '{AMCHECK}'");
    if let Some(schema) = connection.texts(&asked)?.pop() {
        return Ok(schema);
    }
    let available = format!("SELECT name FROM pg_available_extensions WHERE name = '{AMCHECK}'");
    if connection.texts(&available)?.is_empty() {
        return Ok(None);
    }
    let schema = quoted(SCHEMA);
    connection.run(&format!("CREATE SCHEMA {schema}; CREATE EXTENSION {AMCHECK} SCHEMA {schema}"))?;
    Ok(Some(schema))
}

fn sequences(connection: &Connection, remarks: &mut Vec<Saying>) -> Result<(), Trouble> {
    for row in connection.rows(OWNED, &[])? {
        let text = |at: usize| row.try_get::<_, String>(at).map_err(|e| refused(&e));
        let (sequence, table, column) = (text(0)?, text(1)?, text(2)?);
        let behind = format!(
            "SELECT s.last_value, m.max FROM {sequence} s, (SELECT max({column})::int8 AS max FROM {table}) m
             WHERE m.max > s.last_value OR m.max = s.last_value AND NOT s.is_called"
        );
        if let Some(row) = connection.rows(&behind, &[])?.first() {
            let (value, max): (i64, i64) = (row.get(0), row.get(1));
            let of = connection.heard(format!("{table}.{column}"));
            let remark = Saying::new("remark-sequence-behind").with("sequence", connection.heard(sequence));
            let remark = remark.with("column", of);
            remarks.push(remark.with("value", value).with("max", max));
        }
    }
    Ok(())
}
