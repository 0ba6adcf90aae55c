//! The few statements of a dump that carry facts: COPY lines and sequence values. Names in
//! another encoding than UTF-8 are read byte by byte as LATIN1, which loses nothing and is right
//! for most of them.

use crate::domain::manifest::Sequence;

/// The table and columns of a `COPY … FROM stdin` statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) columns: Vec<String>,
}

/// Whether rows follow this statement: no dump holds another kind of COPY.
pub(super) fn is_copy(text: &[u8]) -> bool {
    text.starts_with(b"COPY ")
}

/// Reads `COPY schema.table (column, …) FROM stdin`; a table without columns has no list.
pub(super) fn copy(text: &[u8]) -> Option<Copy> {
    let rest = text.strip_prefix(b"COPY ")?.strip_suffix(b" FROM stdin")?;
    let (schema, table, rest) = qualified(rest)?;
    let mut columns = Vec::new();
    let list = rest.trim_ascii();
    if !list.is_empty() {
        let mut rest = list.strip_prefix(b"(")?.strip_suffix(b")")?;
        loop {
            let (column, after) = name(rest)?;
            columns.push(column);
            if after.is_empty() {
                break;
            }
            rest = after.strip_prefix(b", ")?;
        }
    }
    Some(Copy { schema, table, columns })
}

/// Reads `SELECT pg_catalog.setval('schema.name', 42, true)`.
pub(super) fn sequence(text: &[u8]) -> Option<Sequence> {
    let rest = text.strip_prefix(b"SELECT pg_catalog.setval(")?.strip_suffix(b")")?;
    let (literal, rest) = string(rest)?;
    let (schema, name, after) = qualified(&literal)?;
    let mut values = std::str::from_utf8(rest).ok()?.strip_prefix(", ")?.split(", ");
    let last_value = values.next()?.parse().ok()?;
    let is_called = values.next()?.parse().ok()?;
    (after.is_empty() && values.next().is_none()).then_some(Sequence { schema, name, last_value, is_called })
}

/// The number of the large object a `lo_open` statement opens.
pub(super) fn opened_object(text: &[u8]) -> Option<Vec<u8>> {
    let (oid, _) = string(text.strip_prefix(b"SELECT pg_catalog.lo_open(")?)?;
    Some(oid)
}

fn qualified(text: &[u8]) -> Option<(String, String, &[u8])> {
    let (schema, rest) = name(text)?;
    let (table, rest) = name(rest.strip_prefix(b".")?)?;
    Some((schema, table, rest))
}

/// A name, quoted or not, and what follows it.
pub(super) fn name(text: &[u8]) -> Option<(String, &[u8])> {
    if text.first() == Some(&b'"') {
        let (inside, rest) = quoted(text, b'"')?;
        return Some((readable(inside), rest));
    }
    let end = text.iter().position(|b| b".,() ".contains(b)).unwrap_or(text.len());
    (end > 0).then(|| (readable(text[..end].to_vec()), &text[end..]))
}

/// A string, with escapes where it is marked so, and what follows it.
fn string(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    match text.strip_prefix(b"E") {
        None => quoted(text, b'\''),
        Some(marked) => {
            let (inside, rest) = quoted(marked, b'\'')?;
            let mut plain = Vec::with_capacity(inside.len());
            let mut bytes = inside.into_iter();
            while let Some(byte) = bytes.next() {
                plain.push(if byte == b'\\' { bytes.next()? } else { byte });
            }
            Some((plain, rest))
        }
    }
}

/// What stands between two of these quotes, each doubled one inside taken once.
fn quoted(text: &[u8], quote: u8) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(&[quote])?;
    let mut inside = Vec::new();
    loop {
        let end = memchr::memchr(quote, rest)?;
        inside.extend_from_slice(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(after) = rest.strip_prefix(&[quote]) else { return Some((inside, rest)) };
        inside.push(quote);
        rest = after;
    }
}

pub(super) fn readable(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| e.into_bytes().into_iter().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(text: &str) -> Option<(String, String, Vec<String>)> {
        copy(text.as_bytes()).map(|c| (c.schema, c.table, c.columns))
    }

    #[test]
    fn copy_lines_are_read_with_every_kind_of_name() {
        let strings = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            copied("COPY public.t (id, \"x\"\"y\nz\", \"a, b)\", größe) FROM stdin"),
            Some(("public".into(), "t".into(), strings(&["id", "x\"y\nz", "a, b)", "größe"])))
        );
        assert_eq!(
            copied("COPY \"My.Schema\".\"t (x) FROM stdin\"  FROM stdin"),
            Some(("My.Schema".into(), "t (x) FROM stdin".into(), Vec::new()))
        );
        for bad in ["COPY t (id) FROM stdin", "COPY a.t (id FROM stdin", "COPY a.t (id)", "COPY a.t (id) x FROM stdin"]
        {
            assert_eq!(copied(bad), None, "{bad}");
        }
        let latin = copy(b"COPY public.a\xf1o (id) FROM stdin").map(|c| c.table);
        assert_eq!(latin.as_deref(), Some("año"));
    }

    #[test]
    fn sequence_values_are_read() {
        let read = |text: &str| sequence(text.as_bytes()).map(|s| (s.schema, s.name, s.last_value, s.is_called));
        assert_eq!(
            read("SELECT pg_catalog.setval('public.\"S''q\"\"\\x\"', -5, false)"),
            Some(("public".into(), "S'q\"\\x".into(), -5, false))
        );
        assert_eq!(
            read("SELECT pg_catalog.setval(E'public.\"a\\\\b\"', 9223372036854775807, true)"),
            Some(("public".into(), "a\\b".into(), i64::MAX, true))
        );
        assert_eq!(read("SELECT pg_catalog.setval('public.s', 1)"), None);
        assert_eq!(opened_object(b"SELECT pg_catalog.lo_open('16401', 131072)"), Some(b"16401".to_vec()));
    }
}
