//! Why a load stopped: the program's own words, and a hint from the statement it stopped at. The
//! words may be in any language; the statement is `pg_dump`'s, and what it names can be looked up.
//! A statement is never told: it may hold a secret.

use std::collections::BTreeSet;

use super::access::Access;
use super::connect::Connection;
use super::{dump as stream, statement};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::sys::programs::Ended;

/// What psql and `pg_restore` write before the statement that failed.
const MARKS: [&str; 2] = ["STATEMENT:  ", "Command was: "];
/// What stands before the name of a role.
const BEFORE_ROLES: [&[u8]; 4] = [b" TO ", b" FROM ", b" FOR ROLE ", b"SET SESSION AUTHORIZATION "];

/// The trouble of a program that loads and ended badly.
pub(super) fn told(access: &Access<'_>, database: &str, program: &str, ended: &Ended, work: &Work) -> Trouble {
    let (said, failed) = apart(&ended.stderr);
    let without = Ended { stderr: said.to_owned(), ..ended.clone() };
    let trouble = Trouble::lasting(Stage::Dump, access.ending(program, &without));
    if stream::was_killed(ended) {
        return Trouble::passing(Stage::Dump, trouble.error).hint(stream::killed(program, ended, work));
    }
    let roles = Connection::open(access, database, &work.runtime)
        .and_then(|connection| connection.rows("SELECT rolname::text FROM pg_roles", &[]));
    let hint = match (failed, roles) {
        (_, Err(why)) => return Trouble { hint: why.hint, outlook: why.outlook, ..trouble },
        (None, _) => None,
        (Some(failed), Ok(rows)) => hint(failed.as_bytes(), &rows.iter().map(|row| row.get(0)).collect()),
    };
    Trouble { hint: hint.map(|hint| hint.with("user", &access.server.user)), ..trouble }
}

/// What was said before the statement that failed, and the statement.
fn apart(stderr: &str) -> (&str, Option<&str>) {
    let found = MARKS.iter().filter_map(|mark| Some((stderr.find(mark)?, mark.len()))).min();
    match found {
        None => (stderr, None),
        Some((at, length)) => {
            let line = stderr[..at].rfind('\n').map_or(0, |end| end + 1);
            (&stderr[..line], Some(&stderr[at + length..]))
        }
    }
}

fn hint(failed: &[u8], roles: &BTreeSet<String>) -> Option<Saying> {
    if let Some(rest) = failed.strip_prefix(b"CREATE EXTENSION ") {
        let (extension, _) = statement::name(rest.strip_prefix(b"IF NOT EXISTS ").unwrap_or(rest))?;
        return Some(Saying::new("hint-restore-extension").with("extension", extension));
    }
    let named: Vec<String> = BEFORE_ROLES
        .iter()
        .filter_map(|before| {
            let at = memchr::memmem::rfind(failed, before)?;
            statement::name(failed[at + before.len()..].trim_ascii_end()).map(|(role, _)| role.replace(';', ""))
        })
        .collect();
    let is_about_roles = [&b"ALTER "[..], b"GRANT ", b"REVOKE ", b"CREATE POLICY ", b"SET "];
    if !is_about_roles.iter().any(|start| failed.starts_with(start)) {
        return None;
    }
    if let Some(missing) = named.iter().find(|role| !roles.contains(*role) && *role != "PUBLIC") {
        return Some(Saying::new("hint-restore-missing-role").with("role", missing));
    }
    let owner = named.first().filter(|_| memchr::memmem::find(failed, b" OWNER TO ").is_some())?;
    Some(Saying::new("hint-restore-ownership").with("owner", owner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_is_told_apart_and_what_it_names_is_looked_up() {
        let psql =
            "psql:<stdin>:7: ERROR:  no role\npsql:<stdin>:7: STATEMENT:  ALTER TABLE public.t OWNER TO \"a b\";";
        let (said, failed) = apart(psql);
        assert_eq!(said, "psql:<stdin>:7: ERROR:  no role\n");
        let roles = BTreeSet::from(["app".to_owned()]);
        let key = |text: &str| hint(text.as_bytes(), &roles).map(|saying| (saying.key, saying.args[0].1.clone()));
        assert_eq!(key(failed.unwrap()), Some(("hint-restore-missing-role", "a b".to_owned())));
        for (text, key_of, names) in [
            ("ALTER TABLE public.t OWNER TO app;\n\n", "hint-restore-ownership", "app"),
            ("GRANT SELECT ON TABLE public.t TO gone;", "hint-restore-missing-role", "gone"),
            ("REVOKE ALL ON TABLE public.t FROM gone;", "hint-restore-missing-role", "gone"),
            ("CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;", "hint-restore-extension", "postgis"),
        ] {
            assert_eq!(key(text), Some((key_of, names.to_owned())), "{text}");
        }
        for none in ["REVOKE ALL ON SCHEMA public FROM PUBLIC;", "CREATE TABLE t (a TO gone);", "SELECT 1"] {
            assert_eq!(key(none), None, "{none}");
        }
        assert_eq!(apart("just words"), ("just words", None));
    }
}
