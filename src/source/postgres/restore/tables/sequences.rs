//! Serial and identity columns: where the dump's sequence stood goes with the copied table, as a
//! comment on its column; the live one is raised to that and never lowered, since numbers that
//! were given out since are known elsewhere.

use super::columns::Column;
use super::relation::Place;
use super::session::Session;
use crate::domain::trouble::Trouble;
use crate::source::postgres::connect::refused;
use crate::source::postgres::load::quoted;

/// How such a comment begins; the value and whether it was given out follow.
const STOOD: &str = "sequence stood at ";

pub(super) fn note(from: &Session, live: &Session, new: &Place, columns: &[Column]) -> Result<(), Trouble> {
    for (column, sequence) in columns.iter().filter_map(|column| Some((column, column.sequence.as_ref()?))) {
        let row = from.connection.row(&format!("SELECT last_value, is_called FROM {sequence}"))?;
        let value: i64 = row.try_get(0).map_err(|e| refused(&e))?;
        let is_called: bool = row.try_get(1).map_err(|e| refused(&e))?;
        let at = format!("{}.{}", new.sql(), quoted(&column.name));
        live.connection.run(&format!("COMMENT ON COLUMN {at} IS '{STOOD}{value} {is_called}'"))?;
    }
    Ok(())
}

/// The statements that raise the sequences of the columns `live`. They take effect at once, also
/// where the transaction is given up later: they are its last.
pub(super) fn raising(session: &Session, new: &Place, live: &[Column]) -> Result<Vec<String>, Trouble> {
    let sql = "SELECT a.attname::text, col_description(a.attrelid, a.attnum) FROM pg_attribute a
               WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped";
    let mut statements = Vec::new();
    for row in session.connection.rows(sql, &[&new.sql()])? {
        let (name, comment): (String, Option<String>) =
            (row.try_get(0).map_err(|e| refused(&e))?, row.try_get(1).map_err(|e| refused(&e))?);
        let stood = comment.as_deref().and_then(read);
        let sequence = live.iter().find(|column| column.name == name).and_then(|column| column.sequence.as_ref());
        if let (Some((value, is_called)), Some(sequence)) = (stood, sequence) {
            statements.push(raise(sequence, value, is_called));
        }
    }
    Ok(statements)
}

fn read(comment: &str) -> Option<(i64, bool)> {
    let (value, is_called) = comment.strip_prefix(STOOD)?.split_once(' ')?;
    Some((value.parse().ok()?, is_called.parse().ok()?))
}

/// Forward alone, whichever way it counts.
fn raise(sequence: &str, value: i64, is_called: bool) -> String {
    let literal = format!("'{}'", sequence.replace('\'', "''"));
    format!(
        "SELECT setval({literal}, {value}, {is_called}) FROM {sequence} s, pg_sequence p
         WHERE p.seqrelid = {literal}::regclass AND (
             CASE WHEN p.seqincrement > 0 THEN s.last_value < {value} ELSE s.last_value > {value} END
             OR s.last_value = {value} AND {is_called} AND NOT s.is_called)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_read_and_other_comments_are_left_alone() {
        assert_eq!(read(&format!("{STOOD}-7 true")), Some((-7, true)));
        for not in ["", "sequence stood at", "sequence stood at x true", "sequence stood at 7", "of somebody else"] {
            assert_eq!(read(not), None, "{not}");
        }
    }
}
