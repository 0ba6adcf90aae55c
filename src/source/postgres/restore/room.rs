//! Room on the disk of the server's data: a disk that fills is the end of every database on it.
//! Asked of the server itself where our role may, else seen at a path the operator named.

use std::path::Path;

use super::desk::Desk;
use crate::config::PostgresConfig;
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::restore::Wish;
use crate::sys::space::{self, Space};

/// A new database is a little larger than one that was vacuumed, and its indexes are sorted on the
/// same disk.
const GROWTH_PERCENT: u64 = 120;
/// Where no manifest tells the size of the database, each byte of SQL is taken for two of data and
/// indexes.
const UNTOLD_PERCENT: u64 = 200;
/// A load is ended while so much is left, or a tenth of a smaller disk.
const RESERVE_BYTES: u64 = 512 * 1024 * 1024;

/// What `df` says, line by line: the server's programs begin in its data folder.
const ASK: &str = "CREATE TEMPORARY TABLE IF NOT EXISTS resguardo_room (line text); TRUNCATE resguardo_room;
    COPY resguardo_room FROM PROGRAM '{program}' WITH (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')";

/// What is needed, and what is there; nothing where that cannot be seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) needed_bytes: u64,
    pub(super) free_bytes: Option<u64>,
}

impl Room {
    pub(super) fn says(self) -> Saying {
        let needed = in_words(self.needed_bytes);
        match self.free_bytes {
            Some(free) => Saying::new("restore-room").with("needed", needed).with("free", in_words(free)),
            None => Saying::new("restore-room-unseen").with("needed", needed),
        }
    }
}

/// Looks whether the new database fits beside the old.
///
/// # Errors
/// Where it does not, or where that cannot be seen and nobody said to go on all the same.
pub(super) fn look(
    desk: &Desk<'_>,
    config: &PostgresConfig,
    folder: Option<&str>,
    wish: &Wish,
) -> Result<Room, Trouble> {
    let told = wish.facts.postgres.as_ref().map(|facts| facts.size_bytes / 100 * GROWTH_PERCENT);
    let size = told.or(wish.raw_bytes.map(|raw| raw / 100 * UNTOLD_PERCENT)).unwrap_or(0);
    let log: i64 = desk.connection.row("SELECT pg_size_bytes(current_setting('max_wal_size'))")?.get(0);
    let needed_bytes = size + log.unsigned_abs();
    let free_bytes = seen(desk, config, folder)?.map(|space| space.free_bytes);
    match free_bytes {
        Some(free) if free < needed_bytes => {
            Err(Trouble::lasting(Stage::Space, "the database does not fit beside the old one").hint(
                Saying::new("hint-restore-server-room")
                    .with("needed", in_words(needed_bytes))
                    .with("free", in_words(free)),
            ))
        }
        None if !wish.assume_room => Err(Trouble::lasting(Stage::Space, "the room at the server cannot be seen")
            .hint(Saying::new("hint-restore-room-unseen").with("needed", in_words(needed_bytes)))),
        _ => Ok(Room { needed_bytes, free_bytes }),
    }
}

/// The room there is, where it can be seen; `folder` is a tablespace's.
pub(super) fn seen(desk: &Desk<'_>, config: &PostgresConfig, folder: Option<&str>) -> Result<Option<Space>, Trouble> {
    let asked = if desk.may.run_programs { asked(desk, folder.unwrap_or(".")) } else { None };
    match (asked, &config.data_volume) {
        (Some(space), _) => Ok(Some(space)),
        (None, None) => Ok(None),
        (None, Some(path)) => at(path).map(Some),
    }
}

/// Whether a load must end now.
pub(in crate::source::postgres) fn is_low(space: Space) -> bool {
    space.free_bytes < RESERVE_BYTES.min(space.total_bytes / 10)
}

pub(super) fn low(space: Space) -> Trouble {
    let hint = Saying::new("hint-restore-room-low").with("free", in_words(space.free_bytes));
    Trouble::lasting(Stage::Space, "the disk of the server's data runs full").hint(hint)
}

pub(in crate::source::postgres) fn in_words(bytes: u64) -> String {
    bytesize::ByteSize::b(bytes).display().si().to_string()
}

fn at(path: &Path) -> Result<Space, Trouble> {
    space::of(path).map_err(|e| {
        Trouble::lasting(Stage::Space, format!("look at the room: {e}"))
            .hint(Saying::new("hint-restore-data-volume").with("path", path.display()))
    })
}

/// Nothing where the server cannot run it: then it is as if we might not ask.
fn asked(desk: &Desk<'_>, folder: &str) -> Option<Space> {
    // Once for the shell, once for SQL.
    let program = format!("df -Pk '{}'", folder.replace('\'', "'\\''")).replace('\'', "''");
    desk.connection.run(&ASK.replace("{program}", &program)).ok()?;
    let lines = desk.connection.rows("SELECT line FROM resguardo_room", &[]).ok()?;
    lines.iter().find_map(|row| read(row.try_get(0).ok()?))
}

/// A line of `df -P -k`: size, used and free stand before the percentage.
fn read(line: &str) -> Option<Space> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let percent = words.iter().position(|word| word.ends_with('%') && word.len() > 1)?;
    let bytes = |back: usize| words.get(percent.checked_sub(back)?)?.parse::<u64>().ok()?.checked_mul(1024);
    Some(Space { total_bytes: bytes(3)?, free_bytes: bytes(1)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_df_are_read_whatever_they_call_things() {
        let space =
            read("/dev/my disk 1024 24 1000 3% /var/lib/postgresql/data").map(|s| (s.total_bytes, s.free_bytes));
        assert_eq!(space, Some((1_048_576, 1_024_000)));
        for none in ["Filesystem 1024-blocks Used Available Capacity Mounted on", "", "% 1 2", "a b c 5% /"] {
            assert!(read(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_load_ends_while_a_tenth_of_a_small_disk_or_half_a_gigabyte_of_a_large_one_is_left() {
        let low = |total_bytes, free_bytes| is_low(Space { total_bytes, free_bytes });
        assert!(low(1000, 99) && !low(1000, 100));
        assert!(low(1 << 40, RESERVE_BYTES - 1) && !low(1 << 40, RESERVE_BYTES));
    }
}
