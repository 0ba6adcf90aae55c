//! An error as short as a subject needs it: the last of its parts that tells something. Never: the whole
//! of it; that is in the body.

use crate::domain::scrub::one_line;

/// What a telephone shows of a subject, after all else that is in it.
const CHARS_MAX: usize = 80;
/// A part shorter than this says nothing by itself.
const CHARS_MIN: usize = 6;
/// What programs set before what they have to say.
const MARKS: [&str; 4] = ["FATAL:", "PANIC:", "ERROR:", "error:"];

/// The cause that an error tells of: `password authentication failed for user "app"`.
pub(super) fn short(error: &str) -> String {
    let lines = || error.lines().map(str::trim).filter(|line| !line.is_empty());
    // What follows an error of a server (DETAIL, HINT, a line's place) explains it; it is not it.
    let marked = MARKS.iter().find_map(|mark| lines().find_map(|line| Some(line.rsplit_once(mark)?.1.trim())));
    let told =
        marked.filter(|told| !told.is_empty()).unwrap_or_else(|| last_part(lines().next_back().unwrap_or(error)));
    let told = told.split(" (os error ").next().unwrap_or(told).trim_end_matches('.');
    let line = one_line(told);
    if line.chars().count() <= CHARS_MAX {
        return line;
    }
    let cut: String = line.chars().take(CHARS_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}

/// The last part between `: ` that says something by itself.
fn last_part(line: &str) -> &str {
    let says_nothing = |part: &str| {
        part.chars().count() < CHARS_MIN || ["exit status", "signal"].iter().any(|empty| part.starts_with(empty))
    };
    let mut from = line.len();
    while let Some(at) = line[..from].rfind(": ") {
        from = at;
        if !says_nothing(&line[at + 2..]) {
            return &line[at + 2..];
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::short;

    #[rstest]
    #[case("no password", "no password")]
    #[case("write /backups/db: No space left on device (os error 28)", "No space left on device")]
    #[case("connect to db:5432: connection refused", "connection refused")]
    #[case("dump db: run pg_dump: exit status 1", "run pg_dump: exit status 1")]
    #[case("open f: no", "open f: no")]
    #[case(
        "dump db: run pg_dump: exit status 1:\npg_dump: error: connection to server at \"db\", port 5432 failed: FATAL:  password authentication failed for user \"app\"\n",
        "password authentication failed for user \"app\""
    )]
    #[case("load: psql:<stdin>:4: ERROR:  relation \"a\" exists\nDETAIL: one.\nLINE 1: x", "relation \"a\" exists")]
    #[case("a: pg_dump: error:\n", "error:")]
    #[case("one\r\nBcc: eve@example.org\u{202e}", "eve@example.org\\u{202e}")]
    #[case("", "")]
    fn the_part_that_tells_is_kept(#[case] error: &str, #[case] cause: &str) {
        assert_eq!(short(error), cause);
    }

    #[test]
    fn it_fits_a_subject_whatever_is_said() {
        let long = short(&"ñandú ".repeat(50));
        assert_eq!((long.chars().count(), long.ends_with('…')), (80, true));
    }
}
