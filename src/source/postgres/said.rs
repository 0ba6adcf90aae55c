//! What a server of our own said before it ended: it tells its whole start, and the reason last or
//! among much else. Of that the reason alone is passed on.

/// What the gravest of its lines holds, gravest first. A session that ends because another died says so
/// as well, after the line that says which.
const GRAVE: [&str; 4] = ["PANIC:  ", "was terminated by", "FATAL:  ", "ERROR:  "];
/// What a line begins with, behind its time and its process.
const SEVERITIES: [&str; 5] = ["PANIC:  ", "FATAL:  ", "ERROR:  ", "WARNING:  ", "LOG:  "];

/// Why it ended, in its own words; `None` where it does not say.
pub(super) fn why(log: &str) -> Option<&str> {
    let line = GRAVE.iter().find_map(|sign| log.lines().find(|line| line.contains(sign)))?;
    let text = SEVERITIES.iter().find_map(|severity| line.split_once(severity)).map_or(line, |(_, text)| text);
    Some(text.trim())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const START: &str = "2026-11-23 15:00:00.101 UTC [41] LOG:  starting PostgreSQL 15.18 on x86_64-pc-linux-gnu\n\
                         2026-11-23 15:00:00.105 UTC [41] LOG:  database system is ready to accept connections\n";

    #[rstest]
    #[case::killed("", None)]
    #[case::session_killed(
        "2026-11-23 15:00:09.001 UTC [50] FATAL:  terminating connection because of crash of another server process\n\
         2026-11-23 15:00:09.000 UTC [41] LOG:  server process (PID 49) was terminated by signal 9: Killed\n\
         2026-11-23 15:00:09.000 UTC [41] DETAIL:  Failed process was running: COPY public.t (i) FROM stdin;\n",
        Some("server process (PID 49) was terminated by signal 9: Killed")
    )]
    #[case::no_room(
        "2026-11-23 15:00:09.000 UTC [41] FATAL:  could not write lock file \"postmaster.pid\": No space left on device\n",
        Some("could not write lock file \"postmaster.pid\": No space left on device")
    )]
    #[case::panic(
        "2026-11-23 15:00:09.000 UTC [44] FATAL:  one\n2026-11-23 15:00:09.000 UTC [44] PANIC:  two\n",
        Some("two")
    )]
    fn the_reason_is_found_wherever_it_stands(#[case] then: &str, #[case] expected: Option<&str>) {
        assert_eq!(why(&format!("{START}{then}")), expected);
    }
}
