//! What is taken away before a dump is loaded in its place: everything a dump brings, found by the
//! server's own notes of what belongs to which schema. What our role cannot make again stays:
//! extensions of others and the schemas they lie in, the schema `public`; of these the schemas that
//! are ours are made as if new.

use std::collections::BTreeSet;

use crate::domain::trouble::Trouble;
use crate::source::postgres::connect::{Connection, refused};
use crate::source::postgres::without::Stays;

/// Extensions of others, user schemas, and the objects in them that are nobody's part.
macro_rules! with {
    ($rest:literal) => {
        concat!(
            "WITH kept AS (
    SELECT oid, extname, extnamespace FROM pg_extension
    WHERE NOT pg_has_role(extowner, 'USAGE')),
schemas AS (
    SELECT n.oid, n.nspname, quote_ident(n.nspname) AS name, n.nspname = 'public' AS is_public,
           n.nspowner, n.nspacl, pg_has_role(n.nspowner, 'USAGE') AS is_ours,
           n.nspname = 'public' OR n.oid IN (SELECT extnamespace FROM kept) AS stays
    FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend
                      WHERE classid = 'pg_namespace'::regclass AND objid = n.oid AND deptype = 'e')),
objects AS (
    SELECT d.classid, d.objid, s.nspname FROM pg_depend d JOIN schemas s ON s.oid = d.refobjid
    WHERE d.refclassid = 'pg_namespace'::regclass AND d.deptype = 'n'
      AND d.classid NOT IN ('pg_extension'::regclass, 'pg_default_acl'::regclass)
      AND NOT EXISTS (SELECT FROM pg_depend o WHERE (o.classid, o.objid) = (d.classid, d.objid)
          AND (o.deptype = 'e' OR o.deptype = 'i' AND (o.refclassid, o.refobjid) <> (d.classid, d.objid)))),
configs AS (
    SELECT c.oid, c.nspname, c.relname, e.condition,
           has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'DELETE') AS is_open
    FROM (SELECT unnest(extconfig) AS oid, unnest(extcondition) AS condition FROM pg_extension
          WHERE oid IN (SELECT oid FROM kept)) e
    JOIN (SELECT c.oid, n.nspname, c.relname FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r') c USING (oid))
",
            $rest
        )
    };
}

/// The statements that take it away, in their order; `public` and other schemas that stay are given
/// back what a new database grants there.
pub(super) const STATEMENTS: &str = with!(
    ", kinds(kind, name) AS (
    VALUES ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'FUNCTIONS'), ('T', 'TYPES'), ('n', 'SCHEMAS'),
           ('L', 'LARGE OBJECTS')),
defaults AS (
    SELECT d.oid, d.defaclnamespace = 0 AS is_global, k.name AS kind, d.defaclacl,
           quote_ident(pg_get_userbyid(d.defaclrole)) AS owner,
           format('ALTER DEFAULT PRIVILEGES FOR ROLE %I %s ', pg_get_userbyid(d.defaclrole),
                  'IN SCHEMA ' || quote_ident(n.nspname)) AS head
    FROM pg_default_acl d JOIN kinds k ON k.kind = d.defaclobjtype::text
    LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace),
steps(step, of, statement) AS (
    SELECT 1, 0::oid, format('DROP PUBLICATION %I', pubname) FROM pg_publication
    UNION ALL SELECT DISTINCT 2, d.oid, d.head || format('REVOKE ALL ON %s FROM %s', d.kind,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
    FROM defaults d, aclexplode(d.defaclacl) a
    UNION ALL SELECT 3, oid, head || format('GRANT ALL ON %s TO %s', kind, owner) FROM defaults WHERE is_global
    UNION ALL SELECT 3, oid, head || format('GRANT ALL ON %s TO PUBLIC', kind)
    FROM defaults WHERE is_global AND kind IN ('FUNCTIONS', 'TYPES')
    UNION ALL SELECT 4, o.objid, format('DROP %s IF EXISTS %s CASCADE', CASE i.type
        WHEN 'statistics object' THEN 'STATISTICS' WHEN 'composite type' THEN 'TYPE' ELSE upper(i.type) END, i.identity)
    FROM objects o, pg_identify_object(o.classid, o.objid, 0) i
    UNION ALL SELECT 5, 0, format('DROP EXTENSION IF EXISTS %I CASCADE', extname)
    FROM pg_extension WHERE oid NOT IN (SELECT oid FROM kept)
    UNION ALL SELECT 6, 0, format('DELETE FROM ONLY %I.%I %s', nspname, relname, condition) FROM configs WHERE is_open
    UNION ALL SELECT 7, 0, format('DROP SERVER %I CASCADE', srvname) FROM pg_foreign_server s
    WHERE NOT EXISTS (SELECT FROM pg_depend
                      WHERE classid = 'pg_foreign_server'::regclass AND objid = s.oid AND deptype = 'e')
    UNION ALL SELECT 8, 0, format('DROP SCHEMA %s CASCADE', name) FROM schemas WHERE NOT stays
    UNION ALL SELECT 9, 0, format('ALTER SCHEMA %s OWNER TO pg_database_owner', name) FROM schemas
    WHERE is_public AND is_ours AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_database_owner')
    UNION ALL SELECT DISTINCT 10, 0::oid, format('REVOKE ALL ON SCHEMA %s FROM %s CASCADE', s.name,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
    FROM schemas s, aclexplode(s.nspacl) a WHERE s.stays AND s.is_ours AND a.grantee <> s.nspowner
    UNION ALL SELECT 11, 0, format('COMMENT ON SCHEMA %s IS %s', name,
        CASE WHEN is_public THEN quote_literal('standard public schema') ELSE 'NULL' END)
    FROM schemas WHERE stays AND is_ours
    UNION ALL SELECT 12, 0, format('GRANT %s ON SCHEMA %s TO PUBLIC',
        CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'USAGE' ELSE 'ALL' END, name)
    FROM schemas WHERE is_public AND is_ours
    UNION ALL SELECT 13, 0, format('SELECT lo_unlink(%s)', oid) FROM pg_largeobject_metadata)
SELECT statement FROM steps ORDER BY step, of"
);

/// What stands in the way of that: things of roles that ours may not act for, by their kind and name.
const FOREIGN: &str = with!(
    ", owned(classid, oid, owner) AS (
    SELECT 'pg_class'::regclass, oid, relowner FROM pg_class WHERE relkind <> 'i'
    UNION ALL SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc
    UNION ALL SELECT 'pg_type'::regclass, oid, typowner FROM pg_type
    UNION ALL SELECT 'pg_operator'::regclass, oid, oprowner FROM pg_operator
    UNION ALL SELECT 'pg_opclass'::regclass, oid, opcowner FROM pg_opclass
    UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfowner FROM pg_opfamily
    UNION ALL SELECT 'pg_collation'::regclass, oid, collowner FROM pg_collation
    UNION ALL SELECT 'pg_conversion'::regclass, oid, conowner FROM pg_conversion
    UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxowner FROM pg_statistic_ext
    UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictowner FROM pg_ts_dict
    UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgowner FROM pg_ts_config),
found(kind, name, owner) AS (
    SELECT 'schema', nspname::text, nspowner FROM schemas WHERE NOT stays
    UNION ALL SELECT i.type, i.identity, o.owner
    FROM objects JOIN owned o ON (o.classid, o.oid) = (objects.classid, objects.objid),
         pg_identify_object(o.classid, o.oid, 0) i
    UNION ALL SELECT 'publication', pubname::text, pubowner FROM pg_publication
    UNION ALL SELECT 'event trigger', evtname::text, evtowner FROM pg_event_trigger t
    WHERE NOT EXISTS (SELECT FROM pg_depend
                      WHERE classid = 'pg_event_trigger'::regclass AND objid = t.oid AND deptype = 'e')
    UNION ALL SELECT 'server', srvname::text, srvowner FROM pg_foreign_server s
    WHERE NOT EXISTS (SELECT FROM pg_depend
                      WHERE classid = 'pg_foreign_server'::regclass AND objid = s.oid AND deptype = 'e')
    UNION ALL SELECT 'large object', oid::text, lomowner FROM pg_largeobject_metadata
    UNION ALL SELECT 'default privileges', pg_get_userbyid(defaclrole)::text, defaclrole FROM pg_default_acl)
SELECT kind, name, pg_get_userbyid(owner)::text FROM found WHERE NOT pg_has_role(owner, 'USAGE') ORDER BY 1, 2 LIMIT 1"
);

const KEPT: &str = with!("SELECT extname::text FROM kept");
const SCHEMAS: &str = with!("SELECT nspname::text, is_ours FROM schemas WHERE stays");
const CLOSED: &str = with!("SELECT nspname::text, relname::text FROM configs WHERE NOT is_open");

/// What belongs to somebody else and cannot be taken away.
pub(super) struct Foreign {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) owner: String,
}

/// The first thing that cannot be taken away, where there is any.
pub(super) fn foreign(connection: &Connection) -> Result<Option<Foreign>, Trouble> {
    let rows = connection.rows(FOREIGN, &[])?;
    rows.first()
        .map(|row| {
            let text = |at: usize| row.try_get(at).map_err(|e| refused(&e));
            Ok(Foreign { kind: text(0)?, name: text(1)?, owner: text(2)? })
        })
        .transpose()
}

/// What stays as it stands, and is not to be made again.
pub(super) fn stays(connection: &Connection) -> Result<Stays, Trouble> {
    let rows = connection.rows(KEPT, &[])?;
    let extensions = rows.iter().map(|row| row.try_get(0).map_err(|e| refused(&e))).collect::<Result<_, _>>()?;
    let (mut schemas, mut untouched) = (BTreeSet::new(), BTreeSet::new());
    for row in connection.rows(SCHEMAS, &[])? {
        let name: String = row.try_get(0).map_err(|e| refused(&e))?;
        if !row.try_get::<_, bool>(1).map_err(|e| refused(&e))? {
            untouched.insert(name.clone());
        }
        schemas.insert(name);
    }
    let rows = connection.rows(CLOSED, &[])?;
    let pair = |row: &tokio_postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?));
    let closed = rows.iter().map(|row| pair(row).map_err(|e| refused(&e))).collect::<Result<_, _>>()?;
    Ok(Stays { extensions, schemas, untouched, closed })
}

/// How many locks the whole takes: one for each thing that goes, its parts included, and for each
/// relation that comes; and how many the server has room for.
pub(super) fn locks(connection: &Connection, tables: usize) -> Result<(u64, u64, u64), Trouble> {
    let row = connection.row(LOCKS)?;
    let number = |at: usize| row.try_get::<_, i64>(at).map(i64::unsigned_abs).map_err(|e| refused(&e));
    let (going, relations, per_transaction, transactions) = (number(0)?, number(1)?, number(2)?, number(3)?);
    let coming = relations.max(tables as u64 * RELATIONS_PER_TABLE);
    Ok((going + coming, per_transaction, transactions))
}

/// A table, its index, where its long values lie, and the index of that.
const RELATIONS_PER_TABLE: u64 = 4;
/// What the server itself made has smaller numbers.
const LOCKS: &str = "
    SELECT (SELECT count(DISTINCT (classid, objid)) FROM pg_depend WHERE objid >= 16384)
             + (SELECT count(*) FROM pg_largeobject_metadata),
           (SELECT count(*) FROM pg_class WHERE oid >= 16384),
           current_setting('max_locks_per_transaction')::int8,
           current_setting('max_connections')::int8 + current_setting('max_prepared_transactions')::int8";
