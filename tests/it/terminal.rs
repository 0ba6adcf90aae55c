//! What is shown on a terminal, a real one: its progress, and tables that fit into it.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use crate::support::doors::Started;
use crate::support::site::{Site, toml};

/// The program as it is called in a terminal that is so many columns wide.
fn in_terminal(site: &Site, columns: u32, args: &str) -> Command {
    let program = env!("CARGO_BIN_EXE_resguardo");
    let line = format!("stty cols {columns}; exec {program} --config backup.toml {args}");
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("TERM", "xterm");
    command.current_dir(site.path("")).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// What is shown of a long backup until this much of it was seen.
fn shown_of_a_backup(settings: &str, is_enough: impl Fn(&str) -> bool) -> String {
    let site = Site::new("");
    let media = site.path("media");
    fs::create_dir(&media).unwrap();
    // No disk holds it, yet reading and packing it takes long.
    fs::File::create(media.join("film.mp4")).unwrap().set_len(1 << 30).unwrap();
    site.configure(&format!("{settings}\n[[media]]\nname = \"media\"\npath = {}\n", toml(&media)));
    let mut started = Started(in_terminal(&site, 80, "backup").spawn().unwrap());
    let mut shown = started.0.stdout.take().unwrap();
    let (mut text, mut part) = (String::new(), [0; 4096]);
    while !is_enough(&text) {
        let count = shown.read(&mut part).unwrap();
        assert!(count > 0, "it ended without such a bar: {text}");
        text.push_str(&String::from_utf8_lossy(&part[..count]));
    }
    text
}

/// The numbers of rates that a bar has shown.
fn rates(text: &str) -> impl Iterator<Item = &str> {
    let before = text.split("B/s").map(|before| before.trim_end_matches(char::is_alphabetic).trim_end());
    before
        .filter_map(|before| before.rsplit(' ').next())
        .filter(|number| number.starts_with(|c: char| c.is_ascii_digit()))
}

#[test]
fn progress_counts_bytes_as_the_log_does() {
    let text = shown_of_a_backup("", |text| ["MB/s", "iB/s", "GB/s"].iter().any(|unit| text.contains(unit)));
    assert!(text.contains("dump media") && !text.contains("iB"), "{text}");
}

#[test]
fn progress_is_shown_in_the_readers_language() {
    let text = shown_of_a_backup("language = \"es\"", |text| rates(text).any(|number| number.contains(',')));
    assert!(text.contains("guardando media") && !rates(&text).any(|number| number.contains('.')), "{text}");
}

#[test]
fn a_table_fits_into_the_terminal_and_is_whole_elsewhere() {
    let site = Site::new("");
    fs::create_dir(site.path("media")).unwrap();
    let sources: Vec<String> = (0..9)
        .map(|n| format!("[[media]]\nname = \"photos-of-building-{n}\"\npath = {}\n", toml(&site.path("media"))))
        .collect();
    site.configure(&sources.concat());
    let label = "before the move to the new server, kept for the auditors";
    site.call(&["backup", "--pin", "--label", label]).ends(0);

    let narrow = in_terminal(&site, 80, "list").output().unwrap();
    let narrow = String::from_utf8(narrow.stdout).unwrap();
    let table: Vec<&str> = narrow.lines().take(2).map(|line| line.trim_end_matches('\r')).collect();
    assert!(table.iter().all(|line| line.chars().count() <= 80), "{narrow}");
    assert!(table[0].contains("SOURCES") && table[0].contains("NOTE"), "{narrow}");
    assert!(table[1].contains("photos-of") && table[1].contains("pinned") && table[1].ends_with('…'), "{narrow}");

    let wide = in_terminal(&site, 400, "list").output().unwrap();
    let off = site.call(&["list"]).ends(0).stdout;
    assert!(String::from_utf8(wide.stdout).unwrap().contains(label));
    assert!(off.contains(label) && off.contains("photos-of-building-8"), "{off}");
}
