//! What a server says of a database when asked: the facts that no dump holds, and the tables a
//! role may not read. Columns that came or went between versions 12 and 18 are asked for by
//! their names in JSON, so that one question serves all.

use super::connect::{Connection, refused};
use crate::domain::manifest::Extension;
use crate::domain::trouble::Trouble;

/// A database as its server describes it.
pub(super) struct Database {
    pub(super) server_version: String,
    pub(super) server_major: u32,
    pub(super) size_bytes: u64,
    pub(super) owner: String,
    pub(super) encoding: String,
    pub(super) locale_provider: String,
    pub(super) collate: String,
    pub(super) ctype: String,
    pub(super) icu_locale: Option<String>,
    pub(super) timezone: String,
    pub(super) superuser: String,
    pub(super) extensions: Vec<Extension>,
    /// The tables the application made.
    pub(super) user_tables: usize,
}

/// What a database is said to be in whose texts may be any bytes: its server hands them out as they
/// are.
pub(super) const NO_ENCODING: &str = "SQL_ASCII";

const DATABASE: &str = "
    SELECT split_part(current_setting('server_version'), ' ', 1),
           current_setting('server_version_num')::int / 10000,
           pg_database_size(d.oid),
           pg_get_userbyid(d.datdba)::text,
           pg_encoding_to_char(d.encoding)::text,
           CASE to_jsonb(d) ->> 'datlocprovider' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
           d.datcollate::text,
           d.datctype::text,
           coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
           current_setting('TimeZone'),
           (SELECT rolname::text FROM pg_roles WHERE oid = 10)
    FROM pg_database d WHERE d.datname = current_database()";

/// The tables the application made: not the server's own, not an extension's.
const USER_TABLES: &str = "
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";

impl Database {
    pub(super) fn read(connection: &Connection) -> Result<Self, Trouble> {
        let row = connection.row(DATABASE)?;
        let text = |at: usize| row.try_get::<_, String>(at).map_err(|e| refused(&e));
        let extensions = connection.rows("SELECT extname::text, extversion FROM pg_extension ORDER BY 1", &[])?;
        Ok(Self {
            server_version: text(0)?,
            server_major: row.try_get::<_, i32>(1).map_err(|e| refused(&e))?.unsigned_abs(),
            size_bytes: row.try_get::<_, i64>(2).map_err(|e| refused(&e))?.unsigned_abs(),
            owner: text(3)?,
            encoding: text(4)?,
            locale_provider: text(5)?,
            collate: text(6)?,
            ctype: text(7)?,
            icu_locale: row.try_get(8).map_err(|e| refused(&e))?,
            timezone: text(9)?,
            superuser: text(10)?,
            extensions: extensions.iter().map(|e| Extension { name: e.get(0), version: e.get(1) }).collect(),
            user_tables: user_tables(connection)?,
        })
    }
}

/// How many tables the application made.
pub(super) fn user_tables(connection: &Connection) -> Result<usize, Trouble> {
    let row = connection.row(&format!("SELECT count(*) {USER_TABLES} AND c.relkind IN ('r', 'p')"))?;
    Ok(usize::try_from(row.get::<_, i64>(0)).unwrap_or(0))
}

/// The first table or sequence that the role may not read.
pub(super) fn unreadable(connection: &Connection) -> Result<Option<String>, Trouble> {
    first(
        connection,
        "c.relkind IN ('r', 'p', 'S')
         AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))",
    )
}

/// The first table whose rows the role sees only in part.
pub(super) fn filtered(connection: &Connection) -> Result<Option<String>, Trouble> {
    first(connection, "c.relkind IN ('r', 'p') AND row_security_active(c.oid)")
}

/// The first table that somebody holds for himself alone right now.
pub(super) fn locked(connection: &Connection) -> Result<Option<String>, Trouble> {
    first(
        connection,
        "EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
                 WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock' AND l.granted)",
    )
}

/// Whether the role may read the passwords' hashes.
pub(super) fn may_read_passwords(connection: &Connection) -> Result<bool, Trouble> {
    Ok(connection.row("SELECT has_table_privilege('pg_catalog.pg_authid', 'SELECT')")?.get(0))
}

fn first(connection: &Connection, condition: &str) -> Result<Option<String>, Trouble> {
    let sql = format!("SELECT format('%I.%I', n.nspname, c.relname) {USER_TABLES} AND {condition} ORDER BY 1 LIMIT 1");
    Ok(connection.rows(&sql, &[])?.first().map(|row| row.get(0)))
}
