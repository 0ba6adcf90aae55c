//! A database of 1 GB and a folder of 650 MB through one `resguardo backup` and back by the
//! programs everybody has: `gunzip -c | psql` into an empty database, `tar -xzf` into an empty
//! folder. What came back must be what was there: equal dumps of both databases, equal trees.

use std::fs;

use anyhow::{Context as _, Result};

use crate::World;
use crate::archives;
use crate::contest::{Shot, Times, shell};
use crate::data;
use crate::place::Place;
use crate::report::{Section, Verdict, megabytes};
use crate::server::Server;

/// Lines in order, since which free page a row lands in is the server's own business, and without
/// psql's guard, which has a new token each time.
const DUMP: &str = "pg_dump $database | grep -v '^.\\(un\\)\\?restrict ' | LC_ALL=C sort | sha256sum | cut -c1-64";
/// Of every entry: type, mode, owner, time, links, target, name; and of every file its content.
const TREE: &str = "(find . -type d -printf '%m %U %G %T@ %p\\n' | sort; \
    find . ! -type d -printf '%y %m %U %G %T@ %n %s %l %p\\n' | sort; \
    find . -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum | cut -c1-64";

pub fn measure(world: &World, server: &Server) -> Result<Section> {
    println!("\nround trip: a database and a folder, and back by gunzip, psql and tar");
    let mut section = Section::begin("There and back: `resguardo backup`, then `gunzip -c | psql` and `tar -xzf`");
    let part = world.scale.part;
    let folder = world.data.join("photos");
    data::once(&folder, |to| data::photos(to, 2_500 / part, 600 / part))?;
    let sources = format!("{}{}", server.source("register", "plain"), archives::source(&folder));
    let place = Place::new(world, "round-trip", &sources)?;
    let environment = server.environment();
    let once = |label: &'static str, shot: Shot| {
        println!("  {label:<28} {:>8.3} s", shot.seconds);
        Times { label, command: label.to_owned(), seconds: vec![shot.seconds], size_bytes: shot.size_bytes }
    };
    let run = |line: &str| shell(line, &environment, None);
    let stored = |folder: &str| -> Result<String> {
        let files = fs::read_dir(place.dir.join("backups").join(folder))?.flatten();
        let largest = files.max_by_key(|file| file.metadata().map_or(0, |m| m.len()));
        Ok(largest.context("find what was stored")?.path().display().to_string())
    };

    let backup = once("resguardo backup", place.backup()?);
    run("dropdb --if-exists register_back && createdb --template=template0 register_back")?;
    let psql = format!("gunzip -c '{}' | psql -X -q -v ON_ERROR_STOP=1 register_back", stored("db")?);
    let load = once("gunzip -c | psql", run(&psql)?);
    let unpacked = place.dir.join("unpacked");
    fs::create_dir(&unpacked)?;
    let tar = format!("tar -xzf '{}' -C '{}'", stored("media")?, unpacked.display());
    let unpack = once("tar -xzf", run(&tar)?);

    let tell = |name: &str, line: String| -> Result<String> {
        let path = world.out.path().join(name);
        shell(&line, &environment, Some(&path))?;
        Ok(fs::read_to_string(path)?.trim().to_owned())
    };
    let dump = |database: &str| tell("dump-digest", DUMP.replace("$database", database));
    let tree = |folder: &std::path::Path| tell("tree-digest", format!("cd '{}' && {TREE}", folder.display()));
    section.size("the database's artifact", megabytes(fs::metadata(stored("db")?)?.len()));
    section.size("the folder's artifact", megabytes(fs::metadata(stored("media")?)?.len()));
    section.verdicts = vec![
        Verdict::equal("a dump of both databases", &dump("register_back")?, &dump("register")?),
        Verdict::equal("both trees, entry by entry", &tree(&unpacked)?, &tree(&folder)?),
    ];
    run("dropdb register_back")?;
    Ok(section.end([backup, load, unpack]))
}
