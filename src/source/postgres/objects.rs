//! What a dump makes beside rows: every index, constraint, view, function … counted by kind, with
//! the sum of the hashes of their names, so that one that was cut out or put in is noticed. Read
//! from the comment that `pg_dump` and `pg_restore` write before each object, and, for the check
//! constraints that stand within their table, from its lines.
//!
//! By name alone: `x IN ('a', 'b')` comes back from a restore as `x = ANY (ARRAY[…])`, and every
//! version words some definition anew. Only kinds that `pg_dump` of 14 to 18 names alike are
//! counted; owners, user mappings and statistics of the planner are none of them.

use std::collections::BTreeMap;

use memchr::memmem::find;
use xxhash_rust::xxh3::xxh3_128;

use super::statement;
use crate::domain::manifest::Objects;
use crate::source::sums::Sum;

const NAME: &[u8] = b"-- Name: ";
const TYPE: &[u8] = b"; Type: ";
const SCHEMA: &[u8] = b"; Schema: ";
const OWNER: &[u8] = b"; Owner: ";

/// As `pg_dump` says it, and as people say it of several.
const KINDS: [(&str, &str); 47] = [
    ("ACCESS METHOD", "access methods"),
    ("ACL", PRIVILEGES[0]),
    ("AGGREGATE", "aggregates"),
    ("CAST", "casts"),
    ("CHECK CONSTRAINT", CHECKS),
    ("COLLATION", "collations"),
    ("COMMENT", "comments"),
    ("CONSTRAINT", "constraints"),
    ("CONVERSION", "conversions"),
    ("DEFAULT", "defaults"),
    ("DEFAULT ACL", PRIVILEGES[1]),
    ("DOMAIN", "domains"),
    ("EVENT TRIGGER", "event triggers"),
    ("EXTENSION", "extensions"),
    ("FK CONSTRAINT", "foreign keys"),
    ("FOREIGN DATA WRAPPER", "foreign data wrappers"),
    ("FOREIGN TABLE", "foreign tables"),
    ("FUNCTION", "functions"),
    ("INDEX", "indexes"),
    ("INDEX ATTACH", "attached indexes"),
    ("MATERIALIZED VIEW", "materialized views"),
    ("OPERATOR", "operators"),
    ("OPERATOR CLASS", "operator classes"),
    ("OPERATOR FAMILY", "operator families"),
    ("POLICY", "policies"),
    ("PROCEDURAL LANGUAGE", "languages"),
    ("PROCEDURE", "procedures"),
    ("PUBLICATION", "publications"),
    ("PUBLICATION TABLE", "published tables"),
    ("PUBLICATION TABLES IN SCHEMA", "published schemas"),
    ("ROW SECURITY", "tables with row security"),
    ("RULE", "rules"),
    ("SCHEMA", "schemas"),
    ("SECURITY LABEL", "security labels"),
    ("SEQUENCE", "sequences"),
    ("SEQUENCE OWNED BY", "owned sequences"),
    ("SERVER", "foreign servers"),
    ("STATISTICS", "extended statistics"),
    ("SUBSCRIPTION", "subscriptions"),
    ("TABLE", "tables"),
    ("TABLE ATTACH", PARTITIONS),
    ("TEXT SEARCH CONFIGURATION", "text search configurations"),
    ("TEXT SEARCH DICTIONARY", "text search dictionaries"),
    ("TRANSFORM", "transforms"),
    ("TRIGGER", "triggers"),
    ("TYPE", "types"),
    ("VIEW", "views"),
];
const CHECKS: &str = "check constraints";
/// What is told apart from its table only since 14: before, it was a statement within that.
pub(super) const PARTITIONS: &str = "partitions";
pub(super) const PARTITIONS_SINCE: u32 = 14;
/// What depends on roles: it is not the same where a set holds none.
pub(super) const PRIVILEGES: [&str; 2] = ["privileges", "default privileges"];
/// Within what a check constraint may stand.
const CHECKED: [&[u8]; 3] = [b"DOMAIN", b"FOREIGN TABLE", b"TABLE"];
/// What is there without a dump, or is described anew by whatever version makes it: a dump may speak of
/// it and a dump of what was restored not. `pg_dump` tells large objects one by one, or many at once.
const GIVEN: [&[u8]; 5] =
    [b"public; Type: SCHEMA; ", b"SCHEMA public; ", b"plpgsql; Type: EXTENSION; ", b"EXTENSION ", b"LARGE OBJECT"];

/// Counts what is made, as it passes.
#[derive(Default)]
pub(super) struct Made {
    sums: BTreeMap<&'static str, Sum>,
    /// The table or domain whose statements come.
    checked: Option<Vec<u8>>,
}

impl Made {
    /// Looks at a comment between statements. A name that itself reads like the words after it is
    /// read like this every time.
    pub(super) fn comment(&mut self, line: &[u8]) {
        let Some(at) = find(line, TYPE) else { return };
        self.checked = None;
        let Some(object) = line.strip_prefix(NAME) else { return };
        let kind = &line[at + TYPE.len()..];
        let kind = &kind[..find(kind, SCHEMA).unwrap_or(kind.len())];
        let object = &object[..find(object, OWNER).unwrap_or(object.len())];
        if GIVEN.iter().any(|given| object.starts_with(given)) {
            return;
        }
        if CHECKED.contains(&kind) {
            self.checked = Some(object.to_vec());
        }
        if let Some((_, kind)) = KINDS.iter().find(|(told, _)| told.as_bytes() == kind) {
            self.sums.entry(kind).or_default().add(xxh3_128(object));
        }
    }

    /// Looks at a statement for the check constraints that stand in it, each on a line of its own.
    pub(super) fn statement(&mut self, text: &[u8]) {
        let Some(within) = &self.checked else { return };
        for line in text.split(|byte| *byte == b'\n') {
            let Some(rest) = line.trim_ascii_start().strip_prefix(b"CONSTRAINT ") else { continue };
            let Some((name, rest)) = statement::name(rest) else { continue };
            if rest.starts_with(b" CHECK ") {
                let constraint = [within, name.as_bytes()].join(&b"\n"[..]);
                self.sums.entry(CHECKS).or_default().add(xxh3_128(&constraint));
            }
        }
    }

    pub(super) fn summed(self) -> Objects {
        self.sums.into_iter().map(|(kind, sum)| (kind.to_owned(), sum.of_objects())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many of each kind.
    fn counts(made: Made) -> Vec<(String, u64)> {
        made.summed().into_iter().map(|(kind, sum)| (kind, sum.count)).collect()
    }

    fn made(lines: &[&str]) -> Made {
        let mut made = Made::default();
        for line in lines {
            made.comment(line.as_bytes());
        }
        made
    }

    #[test]
    fn objects_are_told_by_kind_schema_and_name_in_any_order() {
        let lines = [
            "-- Name: seen; Type: VIEW; Schema: public; Owner: app",
            "-- Name: seen; Type: VIEW; Schema: other; Owner: app",
            "-- Name: odd \"; Type: name; Type: INDEX; Schema: public; Owner: x; Type: VIEW; Schema: y",
            "-- Name: f(integer, text); Type: FUNCTION; Schema: public; Owner: app; Tablespace: fast",
            "-- Name: TABLE seen; Type: COMMENT; Schema: public; Owner: app",
        ];
        let expected = [("comments", 1), ("functions", 1), ("views", 2)].map(|(kind, count)| (kind.to_owned(), count));
        assert_eq!(counts(made(&lines)), expected);
        let mut others = lines;
        others.reverse();
        assert_eq!(made(&others).summed(), made(&lines).summed());
        for (this, that) in [("seen;", "seem;"), ("other;", "another;"), ("text)", "name)")] {
            let other = lines.map(|line| line.replace(this, that));
            assert_ne!(made(&other.each_ref().map(String::as_str)).summed(), made(&lines).summed(), "{this}");
        }
        let owned_otherwise = lines.map(|line| line.replace("Owner: app", "Owner: postgres"));
        assert_eq!(made(&owned_otherwise.each_ref().map(String::as_str)).summed(), made(&lines).summed());
    }

    #[test]
    fn what_the_server_gives_and_what_holds_data_is_not_told() {
        let lines = [
            "-- Name: public; Type: SCHEMA; Schema: -; Owner: app",
            "-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: app",
            "-- Name: plpgsql; Type: EXTENSION; Schema: -; Owner: -",
            "-- Name: EXTENSION citext; Type: COMMENT; Schema: -; Owner: ",
            "-- Name: LARGE OBJECTS 1..9; Type: ACL; Schema: -; Owner: app",
            "-- Name: 7; Type: BLOB; Schema: -; Owner: app",
            "-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: app",
            "-- Name: s; Type: SEQUENCE SET; Schema: public; Owner: app",
            "-- Name: USER MAPPING app SERVER x; Type: USER MAPPING; Schema: -; Owner: app",
            "-- Name: t",
            "--",
        ];
        assert_eq!(counts(made(&lines)), []);
    }

    #[test]
    fn check_constraints_within_their_table_are_told_with_it() {
        let table = "CREATE TABLE public.t (\n    id integer NOT NULL,\n    note text DEFAULT 'CONSTRAINT x CHECK (y)',\n    \
                     CONSTRAINT \"Odd, one\" CHECK ((id > 0)),\n    CONSTRAINT two CHECK ((id < 9)),\n    \
                     CONSTRAINT there NOT NULL note\n)";
        let of = |comment: &str, text: &str| {
            let mut made = made(&[comment]);
            made.statement(text.as_bytes());
            made.statement(b"ALTER TABLE public.t OWNER TO app");
            made.summed().remove(CHECKS)
        };
        let header = "-- Name: t; Type: TABLE; Schema: public; Owner: app";
        let two = of(header, table).unwrap();
        assert_eq!(two.count, 2);
        assert_ne!(of(header, &table.replace("two", "other")).unwrap().digest, two.digest);
        assert_ne!(of(&header.replace("t;", "u;"), table).unwrap().digest, two.digest);
        let domain = "CREATE DOMAIN public.d AS integer\n\tCONSTRAINT positive CHECK ((VALUE > 0))";
        let said = of("-- Name: d; Type: DOMAIN; Schema: public; Owner: app", domain);
        assert_eq!(said.map(|sum| sum.count), Some(1));
        assert_eq!(of("-- Name: f(); Type: FUNCTION; Schema: public; Owner: app", table), None);
        assert_eq!(of("-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: app", table), None);
    }

    #[test]
    fn each_kind_is_told_once() {
        assert!(KINDS.is_sorted_by(|one, next| one.0 < next.0));
    }
}
