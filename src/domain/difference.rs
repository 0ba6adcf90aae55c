//! In what two contents differ, in words that name the table or the number. English, for the
//! errors of a report; never more than a few, for a cut dump differs in all its tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::manifest::{
    ArchiveContent, Content, ObjectSum, Objects, PostgresContent, RowSum, Sequence, SqliteFacts, SqliteTable, Table,
};

/// So many differences are named; the rest is a number.
const NAMED_MAX: usize = 3;

/// What is otherwise in `found` than the manifest states; `None` where nothing is.
pub fn between(stated: &Content, found: &Content) -> Option<String> {
    let mut differences = match (stated, found) {
        (Content::Postgres(stated), Content::Postgres(found)) => of_postgres(stated, found),
        (Content::Sqlite(stated), Content::Sqlite(found)) => of_sqlite(stated, found),
        (Content::Archive(stated), Content::Archive(found)) => of_archive(stated, found),
        (Content::Statements, Content::Statements) => Vec::new(),
        _ => vec!["it holds another kind of thing than the manifest states".to_owned()],
    };
    let more = differences.len().saturating_sub(NAMED_MAX);
    differences.truncate(NAMED_MAX);
    if more > 0 {
        differences.push(format!("{more} more differences"));
    }
    (!differences.is_empty()).then(|| differences.join("; "))
}

fn of_postgres(stated: &PostgresContent, found: &PostgresContent) -> Vec<String> {
    let rows = |table: &Table| RowSum { rows: table.rows, rows_digest: table.rows_digest.clone() };
    let table = |name: &str, stated: &Table, found: &Table| {
        if stated.columns == found.columns {
            of_rows(name, &rows(stated), &rows(found))
        } else {
            Some(format!("{name}: other columns than the manifest states"))
        }
    };
    let sequence = |name: &str, stated: &Sequence, found: &Sequence| {
        let text = |s: &Sequence| format!("{}{}", s.last_value, if s.is_called { "" } else { " (not called)" });
        (stated != found).then(|| other(name, text(found), text(stated)))
    };
    let mut differences = of_named(&stated.tables, &found.tables, |t| format!("table {}.{}", t.schema, t.name), table);
    differences.extend(of_rows("large objects", &stated.large_objects, &found.large_objects));
    differences.extend(of_named(
        &stated.sequences,
        &found.sequences,
        |s| format!("sequence {}.{}", s.schema, s.name),
        sequence,
    ));
    differences.extend(of_objects(stated.objects.as_ref(), found.objects.as_ref()));
    differences
}

fn of_sqlite(stated: &SqliteFacts, found: &SqliteFacts) -> Vec<String> {
    let table = |name: &str, stated: &SqliteTable, found: &SqliteTable| {
        of_count(name, "rows", stated.rows, found.rows).or_else(|| {
            // A manifest from before rows were summed has their number alone.
            let is_other = stated.rows_digest.is_some() && stated.rows_digest != found.rows_digest;
            is_other.then(|| other_rows(name))
        })
    };
    let mut differences = of_named(&stated.tables, &found.tables, |table| format!("table {}", table.name), table);
    if let (Some(stated), Some(found)) = (&stated.sequences, &found.sequences) {
        differences.extend(of_rows("table sqlite_sequence", stated, found));
    }
    differences.extend(of_objects(stated.objects.as_ref(), found.objects.as_ref()));
    differences
}

/// Kind by kind; nothing where one of the two was made before they were counted.
fn of_objects(stated: Option<&Objects>, found: Option<&Objects>) -> Vec<String> {
    let (Some(stated), Some(found)) = (stated, found) else { return Vec::new() };
    let kinds: BTreeSet<&String> = stated.keys().chain(found.keys()).collect();
    let count = |of: Option<&ObjectSum>| of.map_or(0, |sum| sum.count);
    let of_kind = |kind: &String| match (stated.get(kind), found.get(kind)) {
        (stated, found) if stated == found => None,
        (stated, found) if count(stated) == count(found) => Some(format!("other {kind} than the manifest states")),
        (stated, found) => Some(format!("{} {kind} where the manifest states {}", count(found), count(stated))),
    };
    kinds.into_iter().filter_map(of_kind).collect()
}

fn of_archive(stated: &ArchiveContent, found: &ArchiveContent) -> Vec<String> {
    let counts = [
        ("files", stated.files, found.files),
        ("folders", stated.directories, found.directories),
        ("links", stated.links, found.links),
        ("hard links", stated.hard_links, found.hard_links),
        ("bytes of content", stated.content_bytes, found.content_bytes),
    ];
    let mut differences: Vec<String> =
        counts.iter().filter_map(|(what, stated, found)| of_count("the archive", what, *stated, *found)).collect();
    if stated.tree_digest != found.tree_digest {
        differences.push("the digest of its tree is not the manifest's".to_owned());
    }
    differences
}

/// Compares what bears the same name, and names what only one of the two has.
fn of_named<T>(
    stated: &[T],
    found: &[T],
    name: impl Fn(&T) -> String,
    compare: impl Fn(&str, &T, &T) -> Option<String>,
) -> Vec<String> {
    let mut not_stated: BTreeMap<String, &T> = found.iter().map(|one| (name(one), one)).collect();
    let mut differences: Vec<String> = stated
        .iter()
        .filter_map(|stated| {
            let name = name(stated);
            match not_stated.remove(&name) {
                Some(found) => compare(&name, stated, found),
                None => Some(format!("{name}: missing")),
            }
        })
        .collect();
    differences.extend(not_stated.keys().map(|name| format!("{name}: not in the manifest")));
    differences
}

fn of_rows(name: &str, stated: &RowSum, found: &RowSum) -> Option<String> {
    of_count(name, "rows", stated.rows, found.rows)
        .or_else(|| (stated.rows_digest != found.rows_digest).then(|| other_rows(name)))
}

fn other_rows(name: &str) -> String {
    format!("{name}: other rows than the manifest states")
}

fn of_count(name: &str, what: &str, stated: u64, found: u64) -> Option<String> {
    (stated != found).then(|| other(name, format_args!("{found} {what}"), stated))
}

fn other(name: &str, found: impl Display, stated: impl Display) -> String {
    format!("{name}: {found} where the manifest states {stated}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, rows: u64, sum: u128) -> Table {
        let RowSum { rows, rows_digest } = RowSum::new(rows, sum);
        Table { schema: "public".to_owned(), name: name.to_owned(), columns: vec!["id".to_owned()], rows, rows_digest }
    }

    fn postgres(tables: Vec<Table>) -> PostgresContent {
        let sequence = Sequence { schema: "public".into(), name: "s".into(), last_value: 7, is_called: true };
        PostgresContent { large_objects: RowSum::default(), tables, sequences: vec![sequence], objects: None }
    }

    fn said(stated: PostgresContent, found: PostgresContent) -> Option<String> {
        between(&Content::Postgres(stated), &Content::Postgres(found))
    }

    #[test]
    fn each_table_sequence_and_sum_is_named_and_order_is_none() {
        let stated = || postgres(vec![table("a", 2, 5), table("b", 3, 6)]);
        assert_eq!(said(stated(), postgres(vec![table("b", 3, 6), table("a", 2, 5)])), None);
        let found = postgres(vec![table("a", 1, 5), table("c", 3, 6)]);
        assert_eq!(
            said(stated(), found).as_deref(),
            Some(
                "table public.a: 1 rows where the manifest states 2; table public.b: missing; table public.c: not in the manifest"
            )
        );
        let found = postgres(vec![table("a", 2, 9), table("b", 3, 6)]);
        assert_eq!(said(stated(), found).as_deref(), Some("table public.a: other rows than the manifest states"));
        let mut found = stated();
        found.tables[0].columns.clear();
        found.sequences[0].is_called = false;
        found.large_objects = RowSum::new(1, 1);
        assert_eq!(
            said(stated(), found).as_deref(),
            Some(
                "table public.a: other columns than the manifest states; large objects: 1 rows where the manifest states 0; sequence public.s: 7 (not called) where the manifest states 7"
            )
        );
    }

    #[test]
    fn what_a_dump_makes_is_compared_by_kind_where_both_speak_of_it() {
        let objects = |kinds: &[(&str, u64, u128)]| {
            let sum = |(kind, count, sum): &(&str, u64, u128)| ((*kind).to_owned(), ObjectSum::new(*count, *sum));
            PostgresContent { objects: Some(kinds.iter().map(sum).collect()), ..PostgresContent::default() }
        };
        let stated = objects(&[("indexes", 4, 9), ("triggers", 2, 5), ("views", 1, 7)]);
        let found = objects(&[("indexes", 3, 8), ("rules", 1, 1), ("triggers", 2, 6)]);
        assert_eq!(
            said(stated.clone(), found.clone()).as_deref(),
            Some(
                "3 indexes where the manifest states 4; 1 rules where the manifest states 0; other triggers than the manifest states; 1 more differences"
            )
        );
        assert_eq!(said(stated.clone(), stated.clone()), None);
        assert_eq!(said(PostgresContent::default(), found.clone()), None);
        assert!(found.is_as_stated(&found) && found.is_as_stated(&PostgresContent::default()));
        assert!(!found.is_as_stated(&stated) && !PostgresContent::default().is_as_stated(&stated));
    }

    #[test]
    fn rows_of_sqlite_are_compared_by_their_sums_where_the_manifest_has_them() {
        let facts = |digest: Option<&str>, sum: Option<u128>| SqliteFacts {
            tables: vec![SqliteTable { name: "t".to_owned(), rows: 2, rows_digest: digest.map(str::to_owned) }],
            sequences: sum.map(|sum| RowSum::new(1, sum)),
            objects: None,
        };
        let said = |stated, found| between(&Content::Sqlite(stated), &Content::Sqlite(found)).unwrap_or_default();
        let found = || facts(Some("b"), Some(2));
        assert_eq!(said(facts(None, None), found()), "");
        assert_eq!(said(facts(Some("b"), Some(2)), found()), "");
        assert_eq!(
            said(facts(Some("a"), Some(1)), found()),
            "table t: other rows than the manifest states; table sqlite_sequence: other rows than the manifest states"
        );
    }

    #[test]
    fn many_differences_are_a_number() {
        let table = |n| SqliteTable { name: format!("t{n}"), rows: n, rows_digest: None };
        let stated = SqliteFacts { tables: (0..9).map(table).collect(), ..SqliteFacts::default() };
        let said = between(&Content::Sqlite(stated), &Content::Sqlite(SqliteFacts::default())).unwrap();
        assert_eq!(said, "table t0: missing; table t1: missing; table t2: missing; 6 more differences");
    }

    #[test]
    fn an_archive_differs_in_any_number_or_in_its_tree() {
        let stated = ArchiveContent { files: 2, tree_digest: "x".to_owned(), ..ArchiveContent::default() };
        let found = ArchiveContent { files: 1, tree_digest: "y".to_owned(), ..ArchiveContent::default() };
        assert_eq!(
            between(&Content::Archive(stated.clone()), &Content::Archive(found)).as_deref(),
            Some("the archive: 1 files where the manifest states 2; the digest of its tree is not the manifest's")
        );
        assert_eq!(between(&Content::Archive(stated.clone()), &Content::Archive(stated.clone())), None);
        assert!(between(&Content::Archive(stated), &Content::Statements).is_some());
    }
}
