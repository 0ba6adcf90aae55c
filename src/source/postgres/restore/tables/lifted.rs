//! What hangs on a table and must not see its rows come and go: foreign keys, its own and those
//! that point to it, are dropped and made again, which holds every row against them; triggers and
//! rules of users and forced row security are switched off and on. All within one transaction.

use super::relation::Relation;
use super::session::Session;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::postgres::connect::refused;
use crate::source::postgres::load::quoted;

/// One thing that is taken away, and the statements that do so and undo it.
pub(super) struct Lifted {
    down: String,
    up: Vec<String>,
    key: Option<Key>,
}

/// A foreign key between two tables, as SQL.
struct Key {
    name: String,
    from: String,
    to: String,
}

/// The tables and all their partitions.
const TREE: &str = "WITH tree AS (SELECT unnest('{oids}'::oid[]) AS oid
    UNION SELECT p.relid FROM unnest('{oids}'::oid[]) AS o, pg_partition_tree(o) AS p)";

/// A key of a partition that comes from its parent's goes and comes with that.
const KEYS: &str = "
    SELECT k.conname::text, k.conrelid::regclass::text, k.confrelid::regclass::text, pg_get_constraintdef(k.oid),
           obj_description(k.oid, 'pg_constraint'), pg_has_role(c.relowner, 'USAGE'),
           EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled <> 'O')
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype = 'f' AND k.conparentid = 0
      AND (k.conrelid IN (SELECT oid FROM tree) OR k.confrelid IN (SELECT oid FROM tree)) ORDER BY 2, 1";

const SWITCHES: &str = "
    SELECT tgrelid::regclass::text, 'TRIGGER', quote_ident(tgname), tgenabled::text FROM pg_trigger
    WHERE tgrelid IN (SELECT oid FROM tree) AND NOT tgisinternal AND tgenabled <> 'D'
    UNION ALL
    SELECT ev_class::regclass::text, 'RULE', quote_ident(rulename), ev_enabled::text FROM pg_rewrite
    WHERE ev_class IN (SELECT oid FROM tree) AND ev_enabled <> 'D'";

const FORCED: &str =
    "SELECT oid::regclass::text FROM pg_class WHERE oid IN (SELECT oid FROM tree) AND relforcerowsecurity";

/// What must be there to be lifted.
///
/// # Errors
/// A foreign key that our role could not make again as it is.
pub(super) fn check(session: &Session, relation: &Relation, user: &str) -> Result<(), Trouble> {
    for row in session.connection.rows(&of(&[relation], KEYS), &[])? {
        let (key, from): (String, String) = (row.get(0), row.get(1));
        let about = |hint: &'static str| Saying::new(hint).with("key", &key).with("table", &from).with("user", user);
        let refused = |error: String, hint: Saying| {
            Err(Trouble::lasting(Stage::Look, format!("replace {}: {error}", relation.place)).hint(hint))
        };
        if !row.get::<_, bool>(5) {
            let error =
                format!("{user} may not act for the owner of {from}, whose foreign key {key} must be made again");
            return refused(error, about("hint-restore-table-key-owner"));
        }
        if row.get::<_, bool>(6) {
            let error = format!("the foreign key {key} of {from} is switched off in part");
            return refused(error, about("hint-restore-table-key-off"));
        }
    }
    Ok(())
}

/// The tables that a lock must hold while this is done, in one order: these and those that a
/// foreign key binds to them, as far as they are ours.
pub(super) fn bound(session: &Session, relations: &[&Relation]) -> Result<Vec<String>, Trouble> {
    session.texts(&of(
        relations,
        "SELECT DISTINCT 'ONLY ' || c.oid::regclass::text FROM pg_class c JOIN pg_constraint k ON
             (k.conrelid = c.oid AND k.confrelid IN (SELECT oid FROM tree))
             OR (k.confrelid = c.oid AND k.conrelid IN (SELECT oid FROM tree))
         WHERE k.contype = 'f' AND pg_has_role(c.relowner, 'USAGE')
         UNION SELECT 'ONLY ' || oid::regclass::text FROM tree ORDER BY 1",
    ))
}

/// Takes all of it away.
pub(super) fn lift(session: &Session, relations: &[&Relation]) -> Result<Vec<Lifted>, Trouble> {
    let mut all = Vec::new();
    for row in session.connection.rows(&of(relations, KEYS), &[])? {
        let text = |at: usize| row.try_get::<_, String>(at).map_err(|e| refused(&e));
        let (name, from, to, definition) = (text(0)?, text(1)?, text(2)?, text(3)?);
        let comment: Option<String> = row.try_get(4).map_err(|e| refused(&e))?;
        let constraint = quoted(&name);
        let mut up = vec![format!("ALTER TABLE {from} ADD CONSTRAINT {constraint} {definition}")];
        up.extend(comment.map(|comment| {
            format!("COMMENT ON CONSTRAINT {constraint} ON {from} IS '{}'", comment.replace('\'', "''"))
        }));
        let down = format!("ALTER TABLE {from} DROP CONSTRAINT {constraint}");
        all.push(Lifted { down, up, key: Some(Key { name, from, to }) });
    }
    for row in session.connection.rows(&of(relations, SWITCHES), &[])? {
        let text = |at: usize| row.try_get::<_, String>(at).map_err(|e| refused(&e));
        let (table, what, name, mode) = (text(0)?, text(1)?, text(2)?, text(3)?);
        let mode = match mode.as_str() {
            "R" => " REPLICA",
            "A" => " ALWAYS",
            _ => "",
        };
        let switch = |how: &str| format!("ALTER TABLE ONLY {table} {how} {what} {name}");
        all.push(Lifted { down: switch("DISABLE"), up: vec![switch(&format!("ENABLE{mode}"))], key: None });
    }
    for table in session.texts(&of(relations, FORCED))? {
        let switch = |how: &str| format!("ALTER TABLE ONLY {table} {how} ROW LEVEL SECURITY");
        all.push(Lifted { down: switch("NO FORCE"), up: vec![switch("FORCE")], key: None });
    }
    for one in &all {
        session.connection.run(&one.down)?;
    }
    Ok(all)
}

/// Puts all of it back.
///
/// # Errors
/// Rows elsewhere that refer to rows that are not there any more, with the key and both tables.
pub(super) fn put_back(session: &Session, lifted: &[Lifted]) -> Result<(), Trouble> {
    // A check that waits for the end of the transaction would forbid the statements below.
    session.connection.run("SET CONSTRAINTS ALL IMMEDIATE")?;
    for statement in lifted {
        statement.up.iter().try_for_each(|up| session.connection.run(up)).map_err(|trouble| match &statement.key {
            None => trouble,
            Some(Key { name, from, to }) => {
                let hint = Saying::new("hint-restore-table-key").with("key", name).with("from", from).with("to", to);
                trouble.hint(hint).while_doing(format!("the foreign key {name} of {from} to {to} would not hold"))
            }
        })?;
    }
    Ok(())
}

fn of(relations: &[&Relation], sql: &str) -> String {
    let oids: Vec<String> = relations.iter().map(|relation| relation.oid.to_string()).collect();
    TREE.replace("{oids}", &format!("{{{}}}", oids.join(","))) + sql
}
