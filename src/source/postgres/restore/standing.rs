//! The database that stands at the target now, as the server's own catalogues tell: they can be
//! asked also where the database itself lets nobody in.

use super::desk::Desk;
use crate::domain::trouble::Trouble;
use crate::source::postgres::connect::refused;

/// What is there to be replaced.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) size_bytes: Option<u64>,
    pub(super) owner: String,
    pub(super) lets_in: bool,
    pub(super) is_template: bool,
    /// The most sessions at a time; −1: any number.
    pub(super) limit: i32,
    /// Where it does not lie in the server's own.
    pub(super) tablespace: Option<String>,
    pub(super) folder: Option<String>,
    pub(super) sessions: u64,
}

const STANDING: &str = "
    SELECT pg_get_userbyid(d.datdba)::text, d.datallowconn, d.datconnlimit,
           nullif(t.spcname::text, 'pg_default'), nullif(pg_tablespace_location(t.oid), ''),
           CASE WHEN has_database_privilege(d.oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
                THEN pg_database_size(d.oid) END, d.datistemplate,
           (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND a.usesysid IS NOT NULL)
    FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = $1::text";

impl Standing {
    pub(super) fn read(desk: &Desk<'_>, database: &str) -> Result<Option<Self>, Trouble> {
        let rows = desk.connection.rows(STANDING, &[&database])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let size: Option<i64> = row.try_get(5).map_err(|e| refused(&e))?;
        Ok(Some(Self {
            owner: row.try_get(0).map_err(|e| refused(&e))?,
            lets_in: row.try_get(1).map_err(|e| refused(&e))?,
            limit: row.try_get(2).map_err(|e| refused(&e))?,
            tablespace: row.try_get(3).map_err(|e| refused(&e))?,
            folder: row.try_get(4).map_err(|e| refused(&e))?,
            size_bytes: size.map(i64::unsigned_abs),
            is_template: row.try_get(6).map_err(|e| refused(&e))?,
            sessions: row.try_get::<_, i64>(7).map_err(|e| refused(&e))?.unsigned_abs(),
        }))
    }
}
