//! Folders against `tar -czf`: photos, which do not compress, and many small texts.

use std::path::Path;

use anyhow::Result;

use crate::World;
use crate::contest::{Contender, alternate, ask, shell};
use crate::data;
use crate::place::{Place, toml};
use crate::report::{Section, Verdict, megabytes};

pub fn photos(world: &World) -> Result<Section> {
    println!("\nphotos: a folder that hardly compresses against tar");
    let part = world.scale.part;
    let folder = world.data.join("photos");
    data::once(&folder, |to| data::photos(to, 2_500 / part, 600 / part))?;
    against_tar(world, "Photos and papers", "photos", &folder, Bars { faster: 7.0, larger: 1.01 })
}

pub fn small_files(world: &World) -> Result<Section> {
    println!("\nsmall files: many texts against tar");
    let folder = world.data.join("small-files");
    data::once(&folder, |to| data::texts(to, 60_000 / world.scale.part, 500, 0, 8_000))?;
    against_tar(world, "Small text files", "small-files", &folder, Bars { faster: 4.0, larger: 1.04 })
}

#[derive(Clone, Copy)]
struct Bars {
    faster: f64,
    larger: f64,
}

fn against_tar(world: &World, title: &str, name: &str, folder: &Path, bars: Bars) -> Result<Section> {
    let mut section = Section::begin(title);
    let place = Place::new(world, name, &source(folder))?;
    let theirs = world.out.path().join(format!("{name}.tar.gz"));
    let tar = format!("tar -czf '{}' -C '{}' .", theirs.display(), folder.display());
    let times = alternate(
        [
            Contender { label: "resguardo", command: "resguardo backup".to_owned(), run: Box::new(|| place.backup()) },
            Contender {
                label: "tar -czf",
                command: format!("tar -czf … -C {name} ."),
                run: Box::new(|| {
                    let shot = shell(&tar, &[], None)?;
                    Ok(crate::contest::Shot { size_bytes: Some(std::fs::metadata(&theirs)?.len()), ..shot })
                }),
            },
        ],
        world.scale.rounds,
    )?;
    section.size("the folder", megabytes(ask(&format!("du -sb '{}' | cut -f1", folder.display()))?.parse()?));
    section.size("entries", entries(&theirs)?.to_string());
    section.verdicts = vec![
        Verdict::faster(&times[1], &times[0], bars.faster),
        Verdict::no_larger(&times[0], &times[1], bars.larger)?,
        Verdict::same("entries that tar -tzf reads", entries(&place.artifact()?)?, entries(&theirs)?),
    ];
    Ok(section.end(times))
}

/// A folder as a source of the program's.
pub fn source(folder: &Path) -> String {
    format!("[[media]]\nname = \"media\"\npath = {}\n", toml(folder))
}

fn entries(archive: &Path) -> Result<u64> {
    Ok(ask(&format!("tar -tzf '{}' | wc -l", archive.display()))?.parse()?)
}
