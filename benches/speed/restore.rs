//! The way back of a database of 1 GB: `resguardo restore` against checking, unpacking, loading and
//! analysing in turn by the programs everybody has. Both make a new database beside; what ours
//! does more is to compare.

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::World;
use crate::contest::{Contender, Shot, alternate, shell};
use crate::place::Place;
use crate::report::{Section, Verdict, megabytes};
use crate::server::Server;

pub fn measure(world: &World, server: &Server) -> Result<Section> {
    println!("\nrestore: a database back, against sha256sum, gunzip, psql and ANALYZE in turn");
    let mut section = Section::begin("A database restored");
    let environment = server.environment();
    let run = |line: &str| shell(line, &environment, None);
    let plain = Place::new(world, "restore-plain", &server.source("register", "plain"))?;
    let custom = Place::new(world, "restore-custom", &server.source("register", "custom"))?;
    plain.backup()?;
    custom.backup()?;
    let file = plain.artifact()?;
    section.size("the plain artifact", megabytes(std::fs::metadata(&file)?.len()));
    let by_hand = format!(
        "sha256sum '{}' && createdb --template=template0 back && gunzip -c '{0}' | psql -X -q -v ON_ERROR_STOP=1 back \
         && psql -X -q -c ANALYZE back",
        file.display()
    );
    let clear = || run("dropdb --if-exists back 2>&1 && psql -X -q -c CHECKPOINT postgres");
    let ours = |place: &Place, more: &[&str]| -> Result<Shot> {
        clear()?;
        let args = [&["--quiet", "restore", "--latest", "--yes", "--to-db", "back"], more].concat();
        let began = Instant::now();
        let status = place.command(&args).status()?;
        let seconds = began.elapsed().as_secs_f64();
        ensure!(status.success(), "restore: {status}");
        Ok(Shot { seconds, size_bytes: None })
    };
    let times = alternate(
        [
            Contender {
                label: "resguardo restore",
                command: "resguardo restore --latest --to-db back".to_owned(),
                run: Box::new(|| ours(&plain, &[])),
            },
            Contender {
                label: "sha256sum, gunzip, psql",
                command: "sha256sum F && createdb back && gunzip -c F | psql back && psql -c ANALYZE back".to_owned(),
                run: Box::new(|| clear().and_then(|_| run(&by_hand))),
            },
            Contender {
                label: "restore, custom, 2 jobs",
                command: "resguardo restore --latest --jobs 2 --to-db back".to_owned(),
                run: Box::new(|| ours(&custom, &["--jobs", "2"])),
            },
        ],
        world.scale.rounds,
    )?;
    clear()?;
    section.verdicts = vec![
        Verdict::slower_at_most(&times[0], &times[1], 1.1),
        Verdict::slower_at_most(&times[2], &times[0], 1.0),
        Verdict::slower_at_most(&times[2], &times[1], 1.0),
    ];
    Ok(section.end(times))
}
