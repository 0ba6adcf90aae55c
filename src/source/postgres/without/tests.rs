//! What is left out of a dump, and that nothing else is.

use super::*;

/// Gives a byte at a time.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(&mut into[..1])
    }
}

const DUMP: &str = "--\n-- x\n--\n\n\\restrict a\n\nSET default_tablespace = fast;\n
ALTER TABLE public.\"a OWNER TO b\" OWNER TO \"some; one\";
ALTER TABLE public.t ADD CHECK (x <> ' OWNER TO app');
SET default_tablespace = '';
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$
ALTER TABLE public.t OWNER TO app;
$$;
COPY public.t (x) FROM stdin;
ALTER TABLE public.t OWNER TO app;
SET default_tablespace = fast;
\\.

SET default_tablespace = slow;
ALTER FUNCTION public.f() OWNER TO app;

--
-- PostgreSQL database dump complete
--

\\unrestrict a
";

fn read(leave: &Leave) -> String {
    let (mut whole, mut slow) = (String::new(), String::new());
    Without::new(DUMP.as_bytes(), leave).read_to_string(&mut whole).unwrap();
    Without::new(Slow(DUMP.as_bytes()), leave).read_to_string(&mut slow).unwrap();
    assert_eq!(whole, slow);
    whole
}

#[test]
fn only_what_is_to_be_left_out_is() {
    assert_eq!(read(&Leave::default()), DUMP);
    let owners = read(&Leave { owners: true, ..Leave::default() });
    let without = DUMP
        .replace("\n\nALTER TABLE public.\"a OWNER TO b\" OWNER TO \"some; one\";", "")
        .replace("\nALTER FUNCTION public.f() OWNER TO app;", "");
    assert_eq!(owners, without);
    let here = BTreeSet::from(["slow".to_owned()]);
    let tablespaces = read(&Leave { tablespaces_but: Some(here), ..Leave::default() });
    assert_eq!(tablespaces, DUMP.replacen("SET default_tablespace = fast;", "SET default_tablespace = '';", 1));
}

#[test]
fn roles_that_a_dump_names_are_made_before_that_once_each() {
    let dump = "GRANT SELECT ON TABLE public.t TO app;\n\nGRANT ALL ON TABLE public.t TO \"a b\";\nREVOKE ALL ON SCHEMA s FROM \"a b\";\n\
                CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$\nGRANT x TO nobody;\n$$;\n";
    let leave = Leave { roles_but: Some(BTreeSet::from(["app".to_owned()])), ..Leave::default() };
    let mut out = String::new();
    Without::new(Slow(dump.as_bytes()), &leave).read_to_string(&mut out).unwrap();
    let made = "\nCREATE ROLE \"a b\";\n\nGRANT ALL ON";
    assert_eq!(out, dump.replace("\n\nGRANT ALL ON", made));
}

#[test]
fn what_asks_other_servers_is_left_out_once_something_can() {
    let view = "REFRESH MATERIALIZED VIEW public.v;\n";
    let mapping = "CREATE USER MAPPING FOR x SERVER s OPTIONS (\n    password 'a;b'\n);\n";
    let leave = Leave { asks_others: true, ..Leave::default() };
    for (maker, left) in [
        ("CREATE SERVER s FOREIGN DATA WRAPPER w;\n", 1),
        ("CREATE EXTENSION IF NOT EXISTS dblink WITH SCHEMA public;\n", 1),
        ("CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;\n", 0),
    ] {
        let dump = format!("{maker}{mapping}COPY public.t (x) FROM stdin;\n{view}\\.\n{view}");
        let (mut read, mut without) = (String::new(), Without::new(Slow(dump.as_bytes()), &leave));
        without.read_to_string(&mut read).unwrap();
        assert_eq!(without.left_empty(), left);
        let kept = [mapping, view].map(|text| read.matches(text.trim_end()).count());
        assert_eq!(kept, if left > 0 { [0, 1] } else { [1, 2] }, "{read}");
        read.clear();
        Without::new(dump.as_bytes(), &Leave::default()).read_to_string(&mut read).unwrap();
        assert_eq!(read, dump);
    }
}

const IN_PLACE: &str = "\\restrict a
CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
COMMENT ON EXTENSION postgis IS 'it''s; large';
CREATE SCHEMA app;
CREATE SCHEMA ext;
ALTER SCHEMA public OWNER TO x;
ALTER SCHEMA ext OWNER TO x;
CREATE FUNCTION f() RETURNS void LANGUAGE sql
    BEGIN ATOMIC
 SELECT 1;
END;
COPY public.spatial_ref_sys (srid) FROM stdin;
\\.
COPY public.t (x) FROM stdin;
COMMIT;
\\.
BEGIN;
SELECT pg_catalog.lo_close(0);
COMMIT;
GRANT ALL ON SCHEMA public TO y;
GRANT ALL ON SCHEMA ext TO y;
\\unrestrict a
";

fn in_place(dump: &str) -> Result<String, String> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let stays = Stays {
        extensions: names(&["postgis"]),
        schemas: names(&["public", "ext"]),
        untouched: names(&["public"]),
        closed: BTreeSet::from([("public".to_owned(), "spatial_ref_sys".to_owned())]),
    };
    let leave = Leave { stays: Some(stays), ..Leave::default() };
    let (mut whole, mut slow) = (String::new(), String::new());
    let read = Without::new(dump.as_bytes(), &leave).read_to_string(&mut whole);
    let slowly = Without::new(Slow(dump.as_bytes()), &leave).read_to_string(&mut slow);
    assert_eq!(read.is_ok(), slowly.is_ok());
    read.map(|_| assert_eq!(whole, slow)).map_err(|e| e.to_string())?;
    Ok(whole)
}

#[test]
fn in_place_what_stays_is_not_made_again() {
    let expected = IN_PLACE
        .replace("\nCREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;", "")
        .replace("\nCOMMENT ON EXTENSION postgis IS 'it''s; large';", "")
        .replace("\nCREATE SCHEMA ext;", "")
        .replace("\nALTER SCHEMA public OWNER TO x;", "")
        .replace("\nCOPY public.spatial_ref_sys (srid) FROM stdin;\n\\.\n", "")
        .replace("\\.\n\nBEGIN;", "\\.\n")
        .replace("lo_close(0);\nCOMMIT;", "lo_close(0);")
        .replace("\nBEGIN;", "")
        .replace("\nGRANT ALL ON SCHEMA public TO y;", "");
    let squeezed = |text: &str| text.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(in_place(IN_PLACE).map(|text| squeezed(&text)), Ok(squeezed(&expected)));
    let full = IN_PLACE.replace("(srid) FROM stdin;\n", "(srid) FROM stdin;\n4326\n");
    assert_eq!(in_place(&full), Err("it holds rows of a table of an extension that stays".to_owned()));
}

#[test]
fn in_place_nothing_that_would_end_the_transaction_passes() {
    for planted in [
        "COMMIT;",
        "commit;",
        " /* x */ Commit Work;",
        "END;",
        "ROLLBACK;",
        "ABORT;",
        "BEGIN;\nBEGIN;",
        "BEGIN;\nCOMMIT;\nCOMMIT;",
        "START TRANSACTION;",
        "PREPARE TRANSACTION 'x';",
        "SAVEPOINT x;",
        "SELECT 1 \\; COMMIT;\n;",
        "\\; COMMIT;\n",
        "\\! true\n",
        "CREATE FUNCTION g() RETURNS text LANGUAGE sql AS '\n    BEGIN ATOMIC\n';\nEND;",
        "copy public.t from stdin;\n\\.\n",
        "COPY public.t TO stdout;\nCOMMIT;\n\\.\n",
        "set standard_conforming_strings to off;",
    ] {
        let dump = IN_PLACE.replace("CREATE SCHEMA app;", &format!("CREATE SCHEMA app;\n{planted}"));
        assert!(in_place(&dump).is_err(), "{planted}");
    }
}
