//! A table as an operator names it: `name` or `schema.name`. A part that holds a dot or a quotation
//! mark stands in quotation marks, doubled inside, as in SQL; letters are taken as they are.

use std::fmt;

use super::Invalid;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableName {
    pub schema: Option<String>,
    pub name: String,
}

impl TableName {
    pub fn of(schema: &str, name: &str) -> Self {
        Self { schema: Some(schema.to_owned()), name: name.to_owned() }
    }

    /// # Errors
    /// Where it is neither of the two.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid(format!("`{text}` is no table: give NAME or SCHEMA.NAME"));
        let (first, rest) = part(text).ok_or_else(invalid)?;
        let Some(rest) = rest.strip_prefix('.') else {
            return if rest.is_empty() { Ok(Self { schema: None, name: first }) } else { Err(invalid()) };
        };
        match part(rest) {
            Some((name, "")) => Ok(Self { schema: Some(first), name }),
            _ => Err(invalid()),
        }
    }

    /// Whether this table is meant by the name that was given.
    pub fn is_meant_by(&self, given: &TableName) -> bool {
        self.name == given.name && (given.schema.is_none() || self.schema == given.schema)
    }

    /// The number of letters by which two names differ, small and capital ones counted as the same.
    fn distance(&self, other: &TableName) -> usize {
        let letters = |text: &str| text.to_lowercase().chars().collect::<Vec<_>>();
        let (own, others) = (letters(&self.name), letters(&other.name));
        let mut row: Vec<usize> = (0..=others.len()).collect();
        for (at, letter) in own.iter().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], at + 1);
            for (to, other) in others.iter().enumerate() {
                let changed = diagonal + usize::from(letter != other);
                diagonal = row[to + 1];
                row[to + 1] = changed.min(diagonal + 1).min(row[to] + 1);
            }
        }
        row[others.len()]
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |part: &str| {
            let is_plain = !part.is_empty() && !part.contains(['.', '"']);
            if is_plain { part.to_owned() } else { format!("\"{}\"", part.replace('"', "\"\"")) }
        };
        match &self.schema {
            Some(schema) => write!(f, "{}.{}", shown(schema), shown(&self.name)),
            None => f.write_str(&shown(&self.name)),
        }
    }
}

/// So many near misses are named.
const NEAREST: usize = 3;

/// The tables whose names are most like the one that was given, the likest first.
pub fn nearest<'a>(given: &TableName, tables: &'a [TableName]) -> Vec<&'a TableName> {
    let mut all: Vec<&TableName> = tables.iter().collect();
    all.sort_by_key(|table| (table.distance(given), *table));
    all.truncate(NEAREST);
    all
}

/// One part, out of its quotation marks, and what follows it.
fn part(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let (part, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
        return (!part.is_empty() && !part.contains('"')).then(|| (part.to_owned(), rest));
    };
    let mut name = String::new();
    loop {
        let (piece, after) = rest.split_once('"')?;
        name.push_str(piece);
        match after.strip_prefix('"') {
            Some(doubled) => {
                name.push('"');
                rest = doubled;
            }
            None => return (!name.is_empty()).then_some((name, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_shown() {
        let name =
            |schema: Option<&str>, name: &str| TableName { schema: schema.map(str::to_owned), name: name.into() };
        for (text, table) in [
            ("asset", name(None, "asset")),
            ("crm.Asset", name(Some("crm"), "Asset")),
            ("\"a.b\"", name(None, "a.b")),
            ("\"it's \"\"odd\"\".\".año", name(Some("it's \"odd\"."), "año")),
            ("with space.日本", name(Some("with space"), "日本")),
        ] {
            assert_eq!(TableName::parse(text).as_ref(), Ok(&table), "{text}");
            assert_eq!(table.to_string(), text);
        }
        for not in ["", ".", "a.", ".a", "a.b.c", "\"a", "\"\"", "a\"b", "\"a\"b"] {
            assert!(TableName::parse(not).is_err(), "{not}");
        }
    }

    #[test]
    fn a_name_without_a_schema_means_any_and_the_likest_are_named() {
        let tables =
            ["public.asset", "crm.asset", "public.Assets", "public.owner"].map(|t| TableName::parse(t).unwrap());
        let given = |text: &str| TableName::parse(text).unwrap();
        let meant = |text: &str| tables.iter().filter(|table| table.is_meant_by(&given(text))).count();
        assert_eq!((meant("asset"), meant("crm.asset"), meant("Asset")), (2, 1, 0));
        let near: Vec<String> = nearest(&given("aset"), &tables).iter().map(ToString::to_string).collect();
        assert_eq!(near, ["crm.asset", "public.asset", "public.Assets"]);
        assert!(nearest(&given("x"), &[]).is_empty());
    }
}
