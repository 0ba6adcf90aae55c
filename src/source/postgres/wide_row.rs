//! What the widest row of a database asks of memory: `pg_dump` holds a whole row, about four times over,
//! so one long text can need more than a container is allowed. Sizes are asked of the server, which has
//! them beside the values and need not read those; only where a value could be that large at all, and
//! only for a short while. Never: reads values that are small, or waits for a table that somebody holds.

use std::time::{Duration, Instant};

use super::access::Access;
use super::connect::Connection;
use crate::config::PostgresConfig;
use crate::domain::saying::Saying;
use crate::domain::trouble::Trouble;
use crate::source::{Remark, Work};
use crate::words::size;

/// libpq receives a row whole and hands out a copy of it, and bytes come as two signs each: for bytes
/// that makes four (measured 4.1), for texts it is twice what is needed (measured 2.0).
const TIMES: u64 = 4;
/// What we ourselves take at most while a dump passes.
const OURS_BYTES: u64 = 48 * 1024 * 1024;
/// The server stores a value at best so many times smaller than it is (lz4; its own form reaches less).
const COMPRESSED_MAX: u64 = 255;

/// Tables whose long values take at least so much, largest first, and the question that each is to be
/// asked. The length of texts and bytes is known without reading them; of other types only what is
/// stored large is looked at as text.
const QUESTIONS: &str = "
    SELECT format('%I.%I', n.nspname, c.relname), format('SELECT max(%s) FROM ONLY %I.%I', widths, n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
         LATERAL (SELECT string_agg(format(
                             CASE WHEN a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'bytea'::regtype)
                             THEN 'coalesce(octet_length(%1$I), 0)::int8'
                             ELSE 'coalesce(CASE WHEN pg_column_size(%1$I) < 1048576 THEN pg_column_size(%1$I)
                                                 ELSE octet_length(%1$I::text) END, 0)::int8' END, a.attname), ' + ')
                  FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    AND a.attlen = -1 AND a.attgenerated = '') w(widths)
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.reltoastrelid <> 0 AND widths IS NOT NULL
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
      AND pg_relation_size(c.reltoastrelid) >= $1
    ORDER BY pg_relation_size(c.reltoastrelid) DESC";

/// What there is to say where so much memory is allowed for all; nothing where every row fits.
pub(super) fn look(
    config: &PostgresConfig,
    limit_bytes: u64,
    within: Duration,
    work: &Work,
) -> Result<Option<Remark>, Trouble> {
    let access = Access::read(&config.server)?;
    let connection = Connection::open(&access, &config.database, &work.runtime)?;
    let fits_bytes = limit_bytes.saturating_sub(OURS_BYTES) / TIMES;
    let Widest { row_bytes, table, is_all } = widest(&connection, fits_bytes / COMPRESSED_MAX, within);
    let saying = if row_bytes > fits_bytes {
        Saying::new("forecast-wide-row")
            .with("table", table)
            .with("row", size(row_bytes))
            .with("enough", size(row_bytes * TIMES + OURS_BYTES))
    } else if is_all {
        return Ok(None);
    } else {
        Saying::new("forecast-wide-row-unknown").with("seconds", within.as_secs())
    };
    Ok(Some(Remark { code: "wide_row", saying: saying.with("limit", size(limit_bytes)) }))
}

/// The widest row that was found, and whether all that may be wider were looked at.
#[derive(Default)]
struct Widest {
    row_bytes: u64,
    table: String,
    is_all: bool,
}

fn widest(connection: &Connection, stored_bytes_min: u64, within: Duration) -> Widest {
    let until = Instant::now() + within;
    let mut widest = Widest { is_all: true, ..Widest::default() };
    let ask = |question: &str, at_least: Option<i64>| {
        let left = until.saturating_duration_since(Instant::now()).as_millis();
        // None at all would mean: without an end.
        connection.run(&format!("SET statement_timeout = {}", left.max(1)))?;
        match &at_least {
            Some(bytes) => connection.rows(question, &[bytes]),
            None => connection.rows(question, &[]),
        }
    };
    let Ok(tables) = ask(QUESTIONS, Some(i64::try_from(stored_bytes_min).unwrap_or(i64::MAX))) else {
        return Widest::default();
    };
    for table in tables {
        let (name, question): (String, String) = (table.get(0), table.get(1));
        let Ok(answer) = ask(&question, None) else {
            widest.is_all = false;
            continue;
        };
        let row_bytes = answer.first().and_then(|row| row.get::<_, Option<i64>>(0)).map_or(0, i64::unsigned_abs);
        if row_bytes > widest.row_bytes {
            widest = Widest { row_bytes, table: name, ..widest };
        }
    }
    widest
}
