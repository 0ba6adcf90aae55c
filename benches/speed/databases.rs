//! A database of 1 GB, plain against pipes of `pg_dump`, and in the custom format against
//! `pg_dump` alone.

use std::path::Path;

use anyhow::Result;

use crate::World;
use crate::contest::{Contender, alternate, ask, shell};
use crate::place::Place;
use crate::report::{Section, Verdict, megabytes};
use crate::server::Server;

pub fn plain(world: &World, server: &Server) -> Result<Section> {
    println!("\nplain: a database against pg_dump and its pipes");
    let mut section = Section::begin("A plain dump of a database");
    let place = Place::new(world, "plain", &server.source("register", "plain"))?;
    let theirs = world.out.path().join("plain.sql.gz");
    let environment = server.environment();
    let peer = |label, line: &'static str, out: Option<&'static str>| {
        let (environment, path) = (&environment, out.map(|name| world.out.path().join(name)));
        Contender { label, command: line.to_owned(), run: Box::new(move || shell(line, environment, path.as_deref())) }
    };
    let times = alternate(
        [
            Contender { label: "resguardo", command: "resguardo backup".to_owned(), run: Box::new(|| place.backup()) },
            peer("pg_dump | gzip", "pg_dump register | gzip", Some("plain.sql.gz")),
            peer("pg_dump | zstd -T2", "pg_dump register | zstd -q -T2", Some("plain.sql.zst")),
            peer("pg_dump", "pg_dump register", None),
        ],
        world.scale.rounds,
    )?;
    let [ours, gzip, zstd, bare] = &times;
    let raw_bytes = raw_bytes(&theirs)?;
    section.size("the dump", megabytes(raw_bytes));
    section.verdicts = vec![
        Verdict::faster(gzip, ours, 3.0),
        Verdict::no_larger(ours, gzip, 1.0)?,
        Verdict::slower_at_most(ours, zstd, 1.05),
        Verdict::slower_at_most(ours, bare, 1.5),
        Verdict::same("bytes that gunzip reads", self::raw_bytes(&place.artifact()?)?, raw_bytes),
    ];
    Ok(section.end(times))
}

pub fn custom(world: &World, server: &Server) -> Result<Section> {
    println!("\ncustom: a database against pg_dump -Fc");
    let mut section = Section::begin("A custom dump of the same database");
    let place = Place::new(world, "custom", &server.source("register", "custom"))?;
    let environment = server.environment();
    let bare = "pg_dump -Fc register";
    let times = alternate(
        [
            Contender { label: "resguardo", command: "resguardo backup".to_owned(), run: Box::new(|| place.backup()) },
            Contender {
                label: "pg_dump -Fc",
                command: bare.to_owned(),
                run: Box::new(|| shell(bare, &environment, None)),
            },
        ],
        world.scale.rounds,
    )?;
    section.verdicts = vec![Verdict::slower_at_most(&times[0], &times[1], 1.15)];
    Ok(section.end(times))
}

fn raw_bytes(path: &Path) -> Result<u64> {
    Ok(ask(&format!("gunzip -c '{}' | wc -c", path.display()))?.parse()?)
}
