//! What is counted, and what is never taken for whole, whatever looks like it.

use xxhash_rust::xxh3::xxh3_128;

use super::*;

/// Everything that looks like a COPY line, rows or a trailer and is none, around what is.
const DUMP: &str = "--\n-- PostgreSQL database dump\n--\n\n\\restrict Tok\n\nSET standard_conforming_strings = on;\n
CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $_$
COPY public.fake (id) FROM stdin;
1
\\.
--
-- PostgreSQL database dump complete
--
-- Name: fake; Type: INDEX; Schema: public; Owner: app

\\unrestrict Tok

$_$;
--
-- Name: t; Type: TABLE; Schema: public; Owner: app
--

CREATE TABLE public.t (
    id text,
    \"x y\" text,
    CONSTRAINT short CHECK ((length(id) < 99))
);

COMMENT ON FUNCTION public.f() IS '
COPY public.fake (id) FROM stdin;
-- PostgreSQL database dump complete
it''s';
/* COPY public.fake (id) FROM stdin; /* -- PostgreSQL database dump complete
*/
-- PostgreSQL database dump complete
*/
CREATE VIEW public.\"
COPY public.fake (id) FROM stdin;
-- PostgreSQL database dump complete
\" AS SELECT 1 AS \"a\"\"b\";
COPY public.t (id, \"x y\") FROM stdin;
1\tCOPY public.fake (id) FROM stdin;
--
-- PostgreSQL database dump complete
--

\\\\.
\\.x
\\N
\\N
\\.


COPY public.no_columns  FROM stdin;


\\.


COPY public.empty (id) FROM stdin;
\\.


COPY public.t (id, \"x y\") FROM stdin;
again
\\.


SELECT pg_catalog.setval('public.s', 7, true);


BEGIN;

SELECT pg_catalog.lo_open('16401', 131072);
SELECT pg_catalog.lowrite(0, '\\x6162');
SELECT pg_catalog.lowrite(0, '\\x63');
SELECT pg_catalog.lo_close(0);

SELECT pg_catalog.lo_open('16402', 131072);
SELECT pg_catalog.lo_close(0);

COMMIT;

--
-- PostgreSQL database dump complete
--

\\unrestrict Tok

";

fn count<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<PostgresContent, NotWhole> {
    let mut counter = Counter::new(Trailer::Dump);
    pieces.into_iter().for_each(|piece| counter.push(piece));
    counter.finish()
}

fn sum(rows: &[&str]) -> u128 {
    rows.iter().map(|row| xxh3_128(row.as_bytes())).fold(0, u128::wrapping_add)
}

#[test]
fn only_real_copy_blocks_are_counted() {
    let content = count([DUMP.as_bytes()]).unwrap();
    let rows = [
        "1\tCOPY public.fake (id) FROM stdin;",
        "--",
        "-- PostgreSQL database dump complete",
        "--",
        "",
        "\\\\.",
        "\\.x",
        "\\N",
        "\\N",
        "again",
    ];
    let table = |name: &str, columns: &[&str], rows: u64, sum: u128| Table {
        schema: "public".to_owned(),
        name: name.to_owned(),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        rows,
        rows_digest: RowSum::new(rows, sum).rows_digest,
    };
    let expected = [
        table("empty", &["id"], 0, 0),
        table("no_columns", &[], 2, sum(&["", ""])),
        table("t", &["id", "x y"], 10, sum(&rows)),
    ];
    assert_eq!(content.tables, expected);
    assert_eq!(content.large_objects, RowSum::new(2, sum(&["16401\t\\\\x616263", "16402\t\\\\x"])));
    let made: Vec<_> = content.objects.iter().flatten().map(|(kind, sum)| (kind.as_str(), sum.count)).collect();
    assert_eq!(made, [("check constraints", 1), ("tables", 1)]);
    assert_eq!(content.sequences.len(), 1);
    assert_eq!((content.sequences[0].last_value, content.sequences[0].is_called), (7, true));
}

#[test]
fn where_pieces_break_changes_nothing() {
    let whole = count([DUMP.as_bytes()]);
    assert!(whole.is_ok());
    for length in 1..200 {
        assert_eq!(count(DUMP.as_bytes().chunks(length)), whole, "pieces of {length}");
    }
    for at in 0..DUMP.len() {
        let (before, after) = DUMP.as_bytes().split_at(at);
        assert_eq!(count([before, after]), whole, "broken at {at}");
    }
}

#[test]
fn nothing_cut_short_or_added_to_is_whole() {
    for end in 0..DUMP.len() {
        assert!(count([&DUMP.as_bytes()[..end]]).is_err(), "cut at {end}");
    }
    for added in ["\n", "x", "\\unrestrict Tok\n", "SELECT 1;\n", &" ".repeat(1000)] {
        assert_eq!(count([DUMP.as_bytes(), added.as_bytes()]), Err(NotWhole::BadTail), "{added}");
    }
    let other_token = DUMP.replace("\\restrict Tok", "\\restrict Other");
    assert_eq!(count([other_token.as_bytes()]), Err(NotWhole::BadTail));
    let unread = DUMP.replace("COPY public.empty (id)", "COPY empty (id)");
    assert_eq!(count([unread.as_bytes()]), Err(NotWhole::BadCopy));
}

#[test]
fn a_dump_from_before_restrictions_is_whole_without_them() {
    let old = DUMP.replace("\\restrict Tok\n\n", "").replace("\\unrestrict Tok\n\n", "");
    assert!(count([old.as_bytes()]).is_ok());
}
