//! The table of `list`: cells under each other, as wide as the terminal at most. Never: what they say.

/// Where sizes stand, which are read from the right.
const SIZE_COLUMN: usize = 3;
/// What may be cut where the table is wider than the terminal: it says least, or is long.
const SOURCES_COLUMN: usize = 4;
const NOTE_COLUMN: usize = 5;
/// Between two columns.
const GAP: usize = 2;

fn width_of<const N: usize>(rows: &[[String; N]], column: usize) -> usize {
    rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
}

/// Cuts sources and notes so that a row takes no more than `width`: each to half of what the
/// other columns leave, and to more where the other needs less.
pub(super) fn fit(rows: &mut [[String; 6]], width: usize) {
    let others: usize = (0..SOURCES_COLUMN).map(|column| width_of(rows, column) + GAP).sum();
    let room = width.saturating_sub(others + GAP);
    let (sources, note) = (width_of(rows, SOURCES_COLUMN), width_of(rows, NOTE_COLUMN));
    let for_sources = sources.min((room / 2).max(room.saturating_sub(note)));
    for row in rows {
        cut(&mut row[SOURCES_COLUMN], for_sources);
        cut(&mut row[NOTE_COLUMN], room - for_sources);
    }
}

fn cut(text: &mut String, width: usize) {
    if text.chars().count() > width {
        let end = text.char_indices().nth(width.saturating_sub(1)).map_or(0, |(at, _)| at);
        text.truncate(end);
        text.push('…');
    }
}

/// Rows as lines, their cells under each other. Written out here because ten thousand sets are
/// listed in an instant, of which a general table maker took a fifth.
pub(super) fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| width_of(rows, column));
    let mut lines = String::new();
    for row in rows {
        let begins = lines.len();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let gap = width - cell.chars().count();
            let (before, after) = if column == SIZE_COLUMN { (gap, 0) } else { (0, gap) };
            lines.extend(std::iter::repeat_n(' ', before));
            lines.push_str(cell);
            lines.extend(std::iter::repeat_n(' ', after + GAP));
        }
        lines.truncate(begins + lines[begins..].trim_end().len());
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_under_each_other_and_sizes_end_there() {
        let row = |cells: [&str; 5]| cells.map(str::to_owned);
        let rows = [
            row(["Set", "Estado", "x", "Tamaño", "Nota"]),
            row(["a1", "damaged", "", "1.5 MB", "é ñ"]),
            row(["b", "", "", "9 B", ""]),
        ];
        let expected = "Set  Estado   x  Tamaño  Nota\na1   damaged     1.5 MB  é ñ\nb                   9 B\n";
        assert_eq!(columns(&rows), expected);
    }

    #[test]
    fn what_does_not_fit_is_cut_where_it_says_least() {
        let row = |sources: &str, note: &str| ["id", "at", "st", "9 B", sources, note].map(str::to_owned);
        let cut_to = |width: usize, sources: &str, note: &str| {
            let mut rows = [row("S", "N"), row(sources, note)];
            fit(&mut rows, width);
            assert!(columns(&rows).lines().all(|line| line.chars().count() <= width.max(21)), "{rows:?}");
            let [.., sources, note] = rows[1].clone();
            (sources, note)
        };
        let whole = |sources: &str, note: &str| (sources.to_owned(), note.to_owned());
        assert_eq!(cut_to(80, "app, media", "pinned"), whole("app, media", "pinned"));
        assert_eq!(cut_to(31, "app, media", "ñandú"), whole("app, m…", "ñandú"));
        assert_eq!(cut_to(31, "app", "before the move"), whole("app", "before t…"));
        assert_eq!(cut_to(31, "app, media", "before the move"), whole("app, …", "befor…"));
        assert_eq!(cut_to(10, "app, media", "pinned"), whole("…", "…"));
    }
}
